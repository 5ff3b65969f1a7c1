"""The maximum of finitely many rational functions of the parameter, as one that is rational by pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exactrelu.families.piecewise_functions import Number, Step
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, roots_between
from exactrelu.numbers.rational_functions import RationalFunction


def maximum_at(functions: Iterable[RationalFunction], place: Place) -> RationalFunction:
    """Return a function that is the largest at a place; there must be one, and no pole at the place."""
    best, *others = functions
    for other in others:
        if order(other, best, place) > 0:
            best = other
    return best


def order(one: RationalFunction, two: RationalFunction, place: Place) -> int:
    """Return the sign of one - two at a place that is no pole."""
    if one == two:
        return 0
    difference = one - two
    return place.sign(difference.numerator) * place.sign(difference.denominator)


def maximum_steps(functions: Iterable[RationalFunction], low: Number, high: Number) -> list[Step]:
    """Return the maximum between two ends, without a pole between them, by intervals and points.

    Examples
    --------
    >>> t = RationalFunction.identity()
    >>> [str(value) for _, _, value in maximum_steps([t, -t, t * t], None, None)]
    ['t^2', 't^2', '-t', '-t', 't', 't', 't^2']
    """
    candidates = list(dict.fromkeys(functions))
    steps: list[Step] = []
    while True:
        best = maximum_at(candidates, Place(low, after=True))
        end = _first_overtaken(best, candidates, low, high)
        steps.append((low, high if end is None else end, best))
        if end is None:
            return steps
        steps.append((end, end, best))
        low = end


def _first_overtaken(
    best: RationalFunction, candidates: Sequence[RationalFunction], low: Number, high: Number
) -> AlgebraicNumber | None:
    """Return the first number after which another function is larger."""
    first: AlgebraicNumber | None = None
    for other in candidates:
        if other == best:
            continue
        roots = roots_between((other - best).numerator, low, high if first is None else first)
        first = next((root for root in roots if order(other, best, Place(root, after=True)) > 0), first)
    return first


def sizes(components: Sequence[RationalFunction], low: Number, high: Number) -> list[RationalFunction]:
    """Return functions whose maximum is sum |f_i| between two ends.

    They are the sums with the signs that the components have somewhere between: none is larger than
    sum |f_i|, and everywhere one of them is it.
    """
    roots = sorted({root for f in components for root in roots_between(f.numerator, low, high)})
    return [signed_sum(components, Place(start, after=True)) for start in (low, *roots)]


def signed_sum(components: Sequence[RationalFunction], place: Place) -> RationalFunction:
    """Return sum |f_i| by the signs at a place."""
    total = RationalFunction.constant(0)
    for f in components:
        negative = place.sign(f.numerator) * place.sign(f.denominator) < 0
        total = total - f if negative else total + f
    return total
