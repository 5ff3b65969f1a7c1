"""Bends: where a black box has a kink along a line, on which hyperplane, and by how much its slope jumps.

At a breakpoint x of a line the Jacobian jumps by J' - J = c (x) w. If one neuron bends there, this has the
rank 1: w is, up to scale, the gradient of its pre-activation, which vanishes at x. With h(x) = w.x + const
the primitive integer functional that grows along the line, the function gains c relu(h) near x, up to an
affine one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NotRecoveredError
from exactrelu.identifiability.black_box import BlackBox, Line
from exactrelu.identifiability.line_pieces import one_sided_piece, pieces_along
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point

AffineRows = tuple[tuple[Fraction, ...], ...]
"""An affine map as its rows (a_1, ..., a_n, constant)."""


@dataclass(frozen=True)
class Bend:
    """A breakpoint on a line: where, the functional that vanishes there, the gain for each output.

    ``functional`` is primitive and grows along the line.
    """

    t: Fraction
    point: Point
    functional: IntegerRow
    gain: Point

    @property
    def hyperplane(self) -> IntegerRow:
        """The functional with its first nonzero entry positive."""
        return unsigned(self.functional)


@dataclass(frozen=True)
class BentLine:
    """A line, its bends in order, and the affine maps of the function between them and beyond."""

    line: Line
    bends: tuple[Bend, ...]
    maps: tuple[AffineRows, ...]
    places: tuple[Point, ...]


def unsigned(row: IntegerRow) -> IntegerRow:
    """Return the row or its negative, whichever begins with a positive entry.

    Examples
    --------
    >>> unsigned((0, -1, 2))
    (0, 1, -2)
    """
    lead = next((entry for entry in row if entry), 0)
    return tuple(-entry for entry in row) if lead < 0 else row


def value_of(row: Sequence[int | Fraction], x: Point) -> Fraction:
    """Return a.x + c for the row (a, c)."""
    return sum((a * b for a, b in zip(row, x, strict=False)), Fraction(row[-1]))


def bent_line(box: BlackBox, line: Line) -> BentLine:
    """Return all bends of a black box along a line.

    Raises
    ------
    NotRecoveredError
        If the line is not in general position: several neurons bend at one of its points.

    Examples
    --------
    >>> box = BlackBox(lambda x: (max(2 * x[0] + x[1] - 1, 0),), 2, 1)
    >>> (bend,) = bent_line(box, Line((Fraction(0), Fraction(0)), (Fraction(-1), Fraction(0)))).bends
    >>> bend.functional, bend.gain  # off where -2 x1 - x2 + 1 > 0: the gain of its relu has the same sign
    ((-2, -1, 1), (Fraction(1, 1),))
    """
    found = pieces_along(box, line)
    places = tuple(line.at(found.inside(k)) for k in range(len(found.pieces)))
    maps = tuple(affine_map_at(box, x, found.room(k)) for k, x in enumerate(places))
    bends = tuple(_bend(line, t, maps[k], maps[k + 1]) for k, t in enumerate(found.breaks))
    return BentLine(line, bends, maps, places)


def affine_map_at(box: BlackBox, x: Point, step: Fraction) -> AffineRows:
    """Return the affine map of the function at a point that is inside of a piece."""
    value = box(x)
    columns = [_partial(box, x, j, step) for j in range(box.inputs)]
    linear = list(zip(*columns, strict=True))
    return tuple((*row, y - value_of((*row, 0), x)) for row, y in zip(linear, value, strict=True))


def _partial(box: BlackBox, x: Point, j: int, step: Fraction) -> Point:
    axis = Line(x, tuple(Fraction(int(i == j)) for i in range(len(x))))
    return one_sided_piece(lambda t: box(axis.at(t)), Fraction(0), step / 64).slope


def _bend(line: Line, t: Fraction, before: AffineRows, after: AffineRows) -> Bend:
    jump = [[b - a for a, b in zip(one, two, strict=True)] for one, two in zip(before, after, strict=True)]
    row = next((row for row in jump if any(row)), None)
    if row is None:
        raise NotRecoveredError("the slopes at the two sides of a breakpoint could not be told apart")
    functional = primitive_from_rationals(row)
    growth = sum(a * d for a, d in zip(functional, line.direction, strict=False))
    if growth < 0:
        functional = tuple(-entry for entry in functional)
    lead = next((j for j, entry in enumerate(functional[:-1]) if entry), None)
    if lead is None:
        raise NotRecoveredError("the function is not continuous")
    gain = tuple(r[lead] / functional[lead] for r in jump)
    if any(g * a != b for g, r in zip(gain, jump, strict=True) for a, b in zip(functional, r, strict=True)):
        raise NotRecoveredError("several neurons bend at one point of a line")
    point = line.at(t)
    if value_of(functional, point):
        raise NotRecoveredError("the function is not continuous")
    return Bend(t, point, functional, gain)
