"""From nested ``and`` and ``or`` to a union of input sets, each with alternatives of conjunctions.

A formula is held as a mapping from an input part (bounds of single inputs joined into a box, and rows over
inputs alone) to the conjunctions of the other rows that go with it. A conjunction of a formula about inputs
with one about outputs then costs nothing: the alternatives are shared, not multiplied. What multiplies is a
conjunction of several alternatives of the same kind, and for that there is a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exactrelu.errors import PropertyError
from exactrelu.verification.inequality import Inequality, literals
from exactrelu.verification.interval import Interval, interval_of

MAX_LITERALS = 1_000_000
"""Most inequalities that distributing ``and`` over ``or`` may write down."""

MAX_JOINED = 3_000_000
"""Most bounds and rows of input parts that distributing may write down."""

MAX_COPIES = 100_000_000
"""Most references that joining alternatives may copy."""

Rows = tuple[Inequality, ...]


class InputPart(NamedTuple):
    """Bounds of single inputs, by index, and rows over inputs alone: all of them hold."""

    bounds: tuple[tuple[int, Interval], ...] = ()
    rows: Rows = ()

    def joined(self, other: InputPart) -> InputPart:
        """Return the conjunction."""
        if not other.bounds and not other.rows:
            return self
        if not self.bounds and not self.rows:
            return other
        bounds = dict(self.bounds)
        for i, interval in other.bounds:
            join_bound(bounds, i, interval)
        return InputPart(tuple(sorted(bounds.items())), self.rows + other.rows)


Formula = Mapping[InputPart, tuple[Rows, ...]]
"""The union, over the input parts, of {the part holds, and one of its conjunctions}."""

TRUE: Formula = {InputPart(): ((),)}
FALSE: Formula = {}
Child = Inequality | Formula


def join_bound(bounds: dict[int, Interval], i: int, interval: Interval) -> None:
    """Intersect what is known of input i with an interval."""
    bounds[i] = bounds[i].joined(interval) if i in bounds else interval


class Distribution:
    """Conjunctions and disjunctions, with what they may still cost together.

    Examples
    --------
    >>> from fractions import Fraction
    >>> at_least_one = Inequality((), ((0, Fraction(1)),), Fraction(-1), strict=False)
    >>> whole = Distribution().disjunction([at_least_one, at_least_one.negated()])
    >>> len(whole[InputPart()])
    2
    """

    def __init__(self, most_literals: int = MAX_LITERALS, most_copies: int = MAX_COPIES) -> None:
        self._most_literals = self._literals_left = most_literals
        self._copies_left = most_copies
        self._joined_left = MAX_JOINED

    def conjunction(self, children: Iterable[Child]) -> Formula:
        """Return the formula that holds where all children do; of none it is true."""
        bounds: dict[int, Interval] = {}
        on_inputs: list[Inequality] = []
        others: list[Inequality] = []
        formulas: list[Formula] = []
        for child in children:
            if not isinstance(child, Inequality):
                formulas.append(child)
            elif child.y:
                others.append(child)
            elif len(child.x) == 1:
                join_bound(bounds, child.x[0][0], interval_of(child))
            else:
                on_inputs.append(child)
        if not bounds and not on_inputs and not others and len(formulas) == 1:
            return formulas[0]
        part = InputPart(tuple(sorted(bounds.items())), tuple(on_inputs))
        result: Formula = {part: (tuple(others),)}
        for formula in formulas:
            result = self._product(result, formula)
        return result

    def disjunction(self, children: Iterable[Child]) -> Formula:
        """Return the formula that holds where one of the children does; of none it is false."""
        formulas = [self.conjunction([c]) if isinstance(c, Inequality) else c for c in children]
        if len(formulas) == 1:
            return formulas[0]
        result: dict[InputPart, list[Rows]] = {}
        for formula in formulas:
            for part, alternatives in formula.items():
                self._spend_copies(1 + len(part.bounds) + len(alternatives))
                result.setdefault(part, []).extend(alternatives)
        return {part: _simplified(tuple(alternatives)) for part, alternatives in result.items()}

    def _product(self, one: Formula, two: Formula) -> Formula:
        result: dict[InputPart, tuple[Rows, ...]] = {}
        for part, alternatives in one.items():
            for other, more in two.items():
                joined = part.joined(other)
                if joined is not part and joined is not other:
                    self._spend_joined(1 + len(joined.bounds) + len(joined.rows))
                found = self._all_pairs(alternatives, more)
                if joined in result:
                    self._spend_copies(len(result[joined]) + len(found))
                    found = _simplified(result[joined] + found)
                result[joined] = found
        return result

    def _all_pairs(self, one: tuple[Rows, ...], two: tuple[Rows, ...]) -> tuple[Rows, ...]:
        if one == ((),):
            return two
        if two == ((),):
            return one
        self._literals_left -= len(two) * sum(map(literals, one)) + len(one) * sum(map(literals, two))
        if self._literals_left < 0:
            raise PropertyError(
                "and, or", f"at most {self._most_literals} terms after distributing and over or", "more"
            )
        return tuple(rows + others for rows in one for others in two)

    def _spend_joined(self, count: int) -> None:
        self._joined_left -= count
        if self._joined_left < 0:
            raise PropertyError(
                "and, or", f"at most {MAX_JOINED} bounds of inputs after distributing", "more"
            )

    def _spend_copies(self, count: int) -> None:
        self._copies_left -= count
        if self._copies_left < 0:
            raise PropertyError("and, or", "less work in joining nested alternatives", "more")


def _simplified(alternatives: tuple[Rows, ...]) -> tuple[Rows, ...]:
    """Return the alternatives, or the empty conjunction alone if it is one of them: it always holds."""
    return ((),) if () in alternatives else alternatives
