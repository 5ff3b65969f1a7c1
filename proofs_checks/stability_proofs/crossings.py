"""Across the hyperplane of v: the multiples of v in two lists of neurons, and the bound on their jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..kernel.rules import Theorem
from ..proving.tactics import parts, use, with_witness
from ..statements.expressions import Expression
from .independent_jumps import jump_of_independent
from .kinks import classes_exist, kink
from .opening import Entry


class Neurons(NamedTuple):
    """The coefficients and the weights of a list, and its length."""

    coefficients: Entry
    weights: Entry
    length: Expression


class Place(NamedTuple):
    """The step function, the dimension, v, and that the first is the step and v != 0."""

    H: Expression
    d: Expression
    v: Expression
    step: Theorem
    nonzero: Theorem


class Multiples(NamedTuple):
    """Which neurons of a list are multiples of v, with which factors, as terms and as a theorem."""

    place: Place
    neurons: Neurons
    flag: Expression
    size: Expression
    known: Theorem

    def jumps(self, independent: Theorem) -> list[Theorem]:
        """The jump of a list of pairwise independent weights: that of the one multiple, or 0."""
        coefficients, weights, length = self.neurons
        terms = (self.place.d, length, weights, coefficients, self.place.v, self.flag, self.size)
        return parts(use(jump_of_independent(), *terms, self.place.nonzero, independent, self.known))


def with_kink(
    place: Place,
    one: Neurons,
    two: Neurons,
    near: tuple[Entry, Theorem],
    build: Callable[[Multiples, Multiples, Theorem], Theorem],
) -> Theorem:
    """Name the multiples of v in both lists; ``build`` gets them, and that their jumps differ by <= 2 delta.

    ``near`` is delta, and that the gradients differ by at most delta on all cells.
    """
    delta, cells = near

    def with_one(flag: Expression, size: Expression, known: Theorem) -> Theorem:
        first = Multiples(place, one, flag, size, known)

        def with_two(flag: Expression, size: Expression, known: Theorem) -> Theorem:
            second = Multiples(place, two, flag, size, known)
            lists = [(x.neurons.length, *x.neurons[:2], x.flag, x.size) for x in (first, second)]
            terms = (place.H, place.d, place.v, delta, *lists[0], *lists[1])
            facts = (place.step, cells, place.nonzero, first.known, second.known)
            return build(first, second, use(kink(), *terms, *facts))

        return with_witness(use(classes_exist(), place.d, two.length, two.weights, place.v), with_two)

    return with_witness(use(classes_exist(), place.d, one.length, one.weights, place.v), with_one)
