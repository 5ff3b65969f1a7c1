"""Definition 3.2: the restricted parametrization space, on which the realization map is inverse stable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Never

from exactrelu.errors import ArgumentError
from exactrelu.shallow.balancing import BalanceNorm, is_balanced
from exactrelu.shallow.directions import same_direction
from exactrelu.shallow.parametrization import Parametrization


class Positivity(StrEnum):
    """Of which neurons the last clause of Definition 3.2 speaks; the text does not tell."""

    SUPPORT = "support"  # i in I, the neurons with a_i != 0
    ALL = "all"  # all i, so that no weight vector is zero

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"positivity: expected support or all, got {value!r}")


class Clause(StrEnum):
    """The clauses of Definition 3.2."""

    NO_BIAS = "no biases"
    TWO_INPUTS = "at least two inputs"
    BALANCED = "balanced"
    DISTINCT_DIRECTIONS = "distinct directions"
    POSITIVE = "last two coordinates positive"


@dataclass(frozen=True)
class Violation:
    """A clause that fails, and the neurons (from 0) at which it does."""

    clause: Clause
    neurons: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = " and ".join(f"neuron {i}" for i in self.neurons)
        return f"{self.clause}: fails" + (f" at {where}" if where else "")


def restricted_space_violations(
    shallow: Parametrization, positivity: Positivity | str = Positivity.SUPPORT
) -> tuple[Violation, ...]:
    """Return the clauses of Definition 3.2 that fail, each with its first neuron; none: it is in the space.

    The clauses: no biases, d >= 2; ||a_i||_inf = ||c_i||_inf for all i; a_i, a_j of different directions for
    i != j in I = {i : a_i != 0}; the last two coordinates of a_i positive for i in I (or for all i).

    Parameters
    ----------
    shallow
        A parametrization d -> D; scales are respected, so neurons balanced by square roots are balanced.
    positivity
        Of which neurons the last clause speaks.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Definition 3.2. Without neurons every clause holds.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[-3, 2, 1], [2, 1, 1]], [[3], [1]])
    >>> [str(violation) for violation in restricted_space_violations(gamma)]
    ['balanced: fails at neuron 1']
    """
    return tuple(_violations(shallow, Positivity(positivity)))


def _violations(shallow: Parametrization, positivity: Positivity) -> Iterator[Violation]:
    if shallow.has_biases:
        yield Violation(Clause.NO_BIAS, tuple(i for i, n in enumerate(shallow.neurons) if n.bias)[:1])
    if shallow.inputs < 2:
        yield Violation(Clause.TWO_INPUTS)
    for i, neuron in enumerate(shallow.neurons):
        if not is_balanced(neuron, BalanceNorm.MAX):
            yield Violation(Clause.BALANCED, (i,))
            break
    pair = same_direction(shallow)
    if pair is not None:
        yield Violation(Clause.DISTINCT_DIRECTIONS, pair)
    for i, neuron in enumerate(shallow.neurons):
        exempt = neuron.is_constant and positivity is Positivity.SUPPORT
        if not exempt and not all(entry > 0 for entry in neuron.weight[-2:]):
            yield Violation(Clause.POSITIVE, (i,))
            break
