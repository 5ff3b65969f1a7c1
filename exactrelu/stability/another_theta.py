"""Condition C.3 of Theorem 3.1 for some Theta that realizes g, found or excluded.

Let Theta have no two opposite directions and realize g. Merged, it has one neuron for each hyperplane
{h = 0} with a kink kappa of g, and it is kappa relu(s h) with a sign s; there are no others. The signs give
the linear part: sum s kappa h / 2 = A. By C.3b, s is fixed on the hyperplanes of Gamma's neurons. So Theta
is a choice of signs for the rest with a given sum of vectors: a subset-sum problem, hard in general, so there
is a budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from exactrelu.errors import BudgetExhaustedError
from exactrelu.shallow.canonical_forms import HyperplaneKink, canonical_form
from exactrelu.shallow.directions import neurons_by_direction, opposite_directions
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.subset_sums import MOST_SUMS, subsets_with_sum
from exactrelu.stability.theorem_3_3 import padded


class Existence(StrEnum):
    """Whether some Theta satisfies C.3."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SomeTheta:
    """Whether C.3 holds with some Theta of at most Gamma's width; ``theta`` is one if it does.

    ``reason`` says why there is none, or which budget ran out.
    """

    verdict: Existence
    theta: Parametrization | None
    reason: str


def some_theta(gamma: Parametrization, theta: Parametrization, *, most_sums: int = MOST_SUMS) -> SomeTheta:
    """Decide whether some Theta with R(Theta) = R(theta) satisfies C.3 of Theorem 3.1.

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> 1 without biases.
    most_sums
        The budget: sums of subsets.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Theorem 3.1; that this is a subset-sum problem is
    derived here.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0]] * 3, [[1]] * 3)
    >>> theta = Parametrization.from_rationals([[-1, 0], [0, -1], [1, 1]], [[1]] * 3)
    >>> [n.weight for n in some_theta(gamma, theta).theta.neurons]  # all signs changed
    [(Fraction(0, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(0, 1)), (Fraction(-1, 1), Fraction(-1, 1))]
    """
    pair = opposite_directions(gamma)
    if pair is not None:
        return _none(f"neurons {pair[0]} and {pair[1]} of Gamma have opposite directions, whatever Theta is")
    form = canonical_form(theta)
    if len(form.kinks) > gamma.width:
        return _none(f"g has {len(form.kinks)} hyperplanes, more than Gamma has neurons ({gamma.width})")
    fixed, free = _split(gamma, form.kinks)
    target = _target(form.linear[0], fixed, free)
    try:
        found = next(iter(subsets_with_sum([_vector(kink) for kink in free], target, most_sums)), None)
    except BudgetExhaustedError as error:
        return SomeTheta(Existence.UNKNOWN, None, str(error))
    if found is None:
        return _none("no choice of signs on the hyperplanes of g gives its linear part")
    signs = [(kink, 1 if k in found else -1) for k, kink in enumerate(free)]
    neurons = tuple(_neuron(kink, sign) for kink, sign in sorted([*fixed, *signs]))
    other = Parametrization(theta.inputs, 1, neurons, theta.output_bias)
    if canonical_form(other) != form:
        raise ArithmeticError("the Theta that was found realizes another function")
    return SomeTheta(Existence.HOLDS, padded(other, gamma.width), "")


def _none(reason: str) -> SomeTheta:
    return SomeTheta(Existence.REFUTED, None, reason)


def _split(
    gamma: Parametrization, kinks: tuple[HyperplaneKink, ...]
) -> tuple[list[tuple[HyperplaneKink, int]], list[HyperplaneKink]]:
    """Return the kinks whose sign Gamma's directions fix, with the sign, and the others."""
    directions = neurons_by_direction(gamma)
    fixed, free = [], []
    for kink in kinks:
        normal = kink.functional[:-1]
        if normal in directions:
            fixed.append((kink, 1))
        elif tuple(-entry for entry in normal) in directions:
            fixed.append((kink, -1))
        else:
            free.append(kink)
    return fixed, free


def _target(
    linear: tuple[Fraction, ...], fixed: list[tuple[HyperplaneKink, int]], free: list[HyperplaneKink]
) -> tuple[Fraction, ...]:
    """Return A - 1/2 sum_fixed s kappa h + 1/2 sum_free kappa h, what the free kinks with s = 1 add up to."""
    total = list(linear)
    for kink, sign in [*((kink, -sign) for kink, sign in fixed), *((kink, 1) for kink in free)]:
        total = [entry + sign * v / 2 for entry, v in zip(total, _vector(kink), strict=True)]
    return tuple(total)


def _vector(kink: HyperplaneKink) -> tuple[Fraction, ...]:
    return tuple(kink.jump[0] * entry for entry in kink.functional[:-1])


def _neuron(kink: HyperplaneKink, sign: int) -> Neuron:
    return Neuron(tuple(Fraction(sign * entry) for entry in kink.functional[:-1]), kink.jump)
