"""The maximum of finitely many rational functions of the parameter, as one that is rational by pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from flint import fmpz_poly

from exactrelu.families.piecewise_functions import Number, Step
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, roots_between
from exactrelu.numbers.rational_functions import RationalFunction

Roots = tuple[AlgebraicNumber, ...]
Components = tuple[RationalFunction, ...]


class Envelopes:
    """Maxima on parts of one interval; what was found on one part is known on the next.

    Parameters
    ----------
    low, high
        The ends of the interval, None for infinities.

    Examples
    --------
    >>> t = RationalFunction.identity()
    >>> [str(value) for _, _, value in Envelopes(None, None).maximum_steps([t, -t, t * t], None, None)]
    ['t^2', 't^2', '-t', '-t', 't', 't', 't^2']
    """

    def __init__(self, low: Number, high: Number) -> None:
        self._ends = low, high
        self._roots: dict[RationalFunction, Roots] = {}
        self._differences: dict[tuple[RationalFunction, RationalFunction], RationalFunction] = {}
        self._sums: dict[Components, tuple[Roots, dict[int, RationalFunction]]] = {}
        self._last: RationalFunction | None = None

    def maximum_at(self, functions: Iterable[RationalFunction], place: Place) -> RationalFunction:
        """Return a function that is the largest at a place; there must be one, and no pole at the place."""
        candidates = list(functions)
        best = self._last if self._last in candidates else candidates[0]
        for other in candidates:
            if self._order(other, best, place) > 0:
                best = other
        self._last = best
        return best

    def maximum_steps(self, functions: Iterable[RationalFunction], low: Number, high: Number) -> list[Step]:
        """Return the maximum between two ends, without a pole between them, by intervals and points."""
        candidates = list(dict.fromkeys(functions))
        steps: list[Step] = []
        while True:
            best = self.maximum_at(candidates, Place(low, after=True))
            end = self._first_overtaken(best, candidates, low, high)
            steps.append((low, high if end is None else end, best))
            if end is None:
                return steps
            steps.append((end, end, best))
            low = end

    def sizes(self, components: Components, low: Number, high: Number) -> list[RationalFunction]:
        """Return functions whose maximum is sum |f_i| between two ends, without a pole between them.

        They are the sums with the signs that the components have somewhere between: none is larger than
        sum |f_i|, and everywhere one of them is it.
        """
        marks = self._marks(components)
        first = 0 if low is None else bisect_right(marks, low)
        last = len(marks) if high is None else bisect_left(marks, high)
        return [self._signed_sum(components, marks, k) for k in range(first, last + 1)]

    def size_at(self, components: Components, number: AlgebraicNumber) -> RationalFunction:
        """Return a function that has the value of sum |f_i| at a number that is no pole."""
        marks = self._marks(components)
        return self._signed_sum(components, marks, bisect_right(marks, number))

    def _marks(self, components: Components) -> Roots:
        """Return the numbers where a component changes its sign."""
        if components not in self._sums:
            parts = [part for f in components for part in (f.numerator, f.denominator) if part.degree() > 0]
            roots = {root for part in parts for root in roots_between(part, *self._ends)}
            self._sums[components] = tuple(sorted(roots)), {}
        return self._sums[components][0]

    def _signed_sum(self, components: Components, marks: Roots, k: int) -> RationalFunction:
        """Return sum |f_i| just before mark k."""
        known = self._sums[components][1]
        if k not in known:
            place = Place(marks[k - 1] if k else self._ends[0], after=True)
            known[k] = signed_sum(components, place)
        return known[k]

    def _first_overtaken(
        self, best: RationalFunction, candidates: Sequence[RationalFunction], low: Number, high: Number
    ) -> AlgebraicNumber | None:
        """Return the first number after which another function is larger."""
        first: AlgebraicNumber | None = None
        for other in candidates:
            if other == best:
                continue
            for root in self._between(self._difference(other, best), low, high if first is None else first):
                if self._order(other, best, Place(root, after=True)) > 0:
                    first = root
                    break
        return first

    def _order(self, one: RationalFunction, two: RationalFunction, place: Place) -> int:
        """Return the sign of one - two at a place that is no pole."""
        return 0 if one == two else sign(self._difference(one, two), place)

    def _difference(self, one: RationalFunction, two: RationalFunction) -> RationalFunction:
        if (one, two) not in self._differences:
            self._differences[one, two] = one - two
        return self._differences[one, two]

    def _between(self, function: RationalFunction, low: Number, high: Number) -> list[AlgebraicNumber]:
        """Return the zeros of a function between two ends, ascending; those of 0 are none."""
        if function not in self._roots:
            self._roots[function] = tuple(roots_between(function.numerator, *self._ends))
        found = self._roots[function]
        return [root for root in found if (low is None or root > low) and (high is None or root < high)]


def sign(function: RationalFunction, place: Place) -> int:
    """Return the sign of a function at a place that is no pole."""
    return place.sign(function.numerator) * place.sign(function.denominator)


def signed_sum(components: Sequence[RationalFunction], place: Place) -> RationalFunction:
    """Return sum |f_i| by the signs at a place."""
    total = RationalFunction(fmpz_poly([]), fmpz_poly([1]))
    for f in components:
        total = total - f if sign(f, place) < 0 else total + f
    return total
