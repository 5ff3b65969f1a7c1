"""Linear bounds in text: ``y0 - 2 y1 <= 5/2``, what a network's inputs and outputs should satisfy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import ArgumentError, PropertyError
from exactrelu.numbers.rationals import format_rational, rational_at
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.inequality import Inequality, Terms

_NEGATED = {
    Relation.LESS: (Relation.AT_LEAST,),
    Relation.AT_MOST: (Relation.GREATER,),
    Relation.AT_LEAST: (Relation.LESS,),
    Relation.GREATER: (Relation.AT_MOST,),
    Relation.EQUAL: (Relation.LESS, Relation.GREATER),
}
_SIDES = re.compile(r"([^<>=]*)(<=|>=|<|>|=)([^<>=]*)")
_SUMMAND = re.compile(
    r"\s*(?P<sign>[+-]?)\s*"
    r"(?:(?P<number>[0-9]+(?:/[0-9]+|(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))(?P<times>\s*\*)?)?"
    r"\s*(?:(?P<name>[xy])(?P<index>[0-9]{1,9}))?\s*"
)


@dataclass(frozen=True)
class LinearBound:
    """The claim x-terms + y-terms + offset RELATION 0, over the rationals.

    Examples
    --------
    >>> bound = LinearBound.parse("y0 - 2 y1 <= 5/2")
    >>> bound.y, bound.offset
    (((0, Fraction(1, 1)), (1, Fraction(-2, 1))), Fraction(-5, 2))
    >>> str(bound)
    '1 y0 - 2 y1 - 5/2 <= 0'
    """

    x: Terms
    y: Terms
    offset: Fraction
    relation: Relation

    @classmethod
    def parse(cls, text: str) -> LinearBound:
        """Return the bound written as SUM RELATION SUM; blanks round signs and names do not count.

        A sum has terms such as ``2 y1``, ``-1/2*x0``, ``y3``, ``1e-3``; a relation is ``<=``, ``>=``, ``<``,
        ``>`` or ``=``. Inputs are x0, x1, ... and outputs y0, y1, ...

        Raises
        ------
        ArgumentError
            If the text is no such bound, or no variable is left in it.
        """
        sides = _SIDES.fullmatch(text)
        coefficients: dict[tuple[str, int], Fraction] = {}
        if sides is None:
            raise _no_bound(text)
        for side, sign in ((sides[1], 1), (sides[3], -1)):
            _add_sum(coefficients, side, sign, text)
        offset = coefficients.pop(("", 0), Fraction(0))
        x, y = (
            tuple((i, a) for (name, i), a in sorted(coefficients.items()) if name == which and a)
            for which in "xy"
        )
        if not x and not y:
            raise _no_bound(text)
        return cls(x, y, offset, Relation(sides[2]))

    def require_shape(self, inputs: int, outputs: int) -> None:
        """Raise `PropertyError` if the bound names an input or output that there is not."""
        for what, terms, count in (("input", self.x, inputs), ("output", self.y, outputs)):
            for i, _ in terms:
                if i >= count:
                    raise PropertyError("bound", f"an {what} from 0 to {count - 1}", str(i))

    def violations(self) -> list[Inequality]:
        """Return the inequalities of which one holds exactly where the bound does not."""
        x, y = dict(self.x), dict(self.y)
        return [Inequality.of(x, y, self.offset, relation) for relation in _NEGATED[self.relation]]

    def __str__(self) -> str:
        named = [(a, f" x{i}") for i, a in self.x] + [(a, f" y{j}") for j, a in self.y]
        if self.offset:
            named.append((self.offset, ""))
        text = "".join(f" {'-' if a < 0 else '+'} {format_rational(abs(a))}{name}" for a, name in named)
        return f"{text.removeprefix(' + ').strip()} {self.relation} 0"


def _add_sum(coefficients: dict[tuple[str, int], Fraction], side: str, sign: int, text: str) -> None:
    """Add the terms of a sum, times a sign; the constant stands under ("", 0)."""
    position = 0
    while position < len(side) or position == 0:
        match = _SUMMAND.match(side, position)
        if match is None or not (match["number"] or match["name"]) or (position and not match["sign"]):
            raise _no_bound(text)
        if match["times"] and not match["name"]:
            raise _no_bound(text)
        value = rational_at("bound", match["number"] or "1") * (-sign if match["sign"] == "-" else sign)
        key = (match["name"] or "", int(match["index"] or 0))
        coefficients[key] = coefficients.get(key, Fraction(0)) + value
        position = match.end()


def _no_bound(text: str) -> ArgumentError:
    return ArgumentError(f"bound: expected one such as 'y0 <= 5/2' or 'y0 - 2 y1 <= x0', got {text!r}")
