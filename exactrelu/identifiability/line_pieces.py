"""The affine pieces of a piecewise linear function along a line, from exact values alone.

Two affine pieces that meet do so in one point, which is computed and not approximated: so a breakpoint is
found exactly as soon as the two pieces beside it are known. An interval is cut until that is so. A slope is
believed when points at irregular distances lie on one line; what is believed here is proved, or refused, by
whoever compares the network that comes out with the function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NotRecoveredError
from exactrelu.identifiability.black_box import BlackBox, Line
from exactrelu.numbers.points import Point

_Value = Callable[[Fraction], Point]
_PROBES = (Fraction(3, 7), Fraction(11, 13))
_NEAR = (Fraction(1, 17), Fraction(1, 509), Fraction(1, 65521))
_CUTS = (Fraction(32, 65), Fraction(17, 31), Fraction(41, 97))
_MOST_CUTS = 2_000
_SHRINK, _MOST_SHRINKS = Fraction(1, 16), 60
_REACH, _FAR, _MOST_REACHES = 2**8, 2**40, 40


@dataclass(frozen=True)
class LinePiece:
    """The affine function t -> offset + t slope, with a value for each output."""

    slope: Point
    offset: Point

    def __call__(self, t: Fraction) -> Point:
        """Return the value at a parameter."""
        return tuple(a * t + b for a, b in zip(self.slope, self.offset, strict=True))

    def meets(self, other: LinePiece) -> Fraction | None:
        """Return the one t at which two pieces agree, None if there is none or all."""
        for a, b, c, d in zip(self.slope, other.slope, self.offset, other.offset, strict=True):
            if a != b:
                t = (d - c) / (a - b)
                return t if self(t) == other(t) else None
        return None


def one_sided_piece(value: _Value, t: Fraction, step: Fraction) -> LinePiece:
    """Return the piece that begins at t in the direction of the step, which is shortened as need be.

    Raises
    ------
    NotRecoveredError
        If no step is short enough: the function is not piecewise linear, or its pieces are too small.

    Examples
    --------
    >>> one_sided_piece(lambda t: (abs(t - 1),), Fraction(0), Fraction(8))
    LinePiece(slope=(Fraction(-1, 1),), offset=(Fraction(1, 1),))
    """
    here = value(t)
    for _ in range(_MOST_SHRINKS):
        slope = tuple((b - a) / step for a, b in zip(here, value(t + step), strict=True))
        piece = LinePiece(slope, tuple(a - t * s for a, s in zip(here, slope, strict=True)))
        if all(value(t + step * probe) == piece(t + step * probe) for probe in _PROBES):
            return piece
        step *= _SHRINK
    raise NotRecoveredError(f"no affine piece was found at the parameter {t} of a line")


@dataclass(frozen=True)
class LinePieces:
    """The breakpoints of a function along a line, sorted, and the pieces between them and beyond."""

    breaks: tuple[Fraction, ...]
    pieces: tuple[LinePiece, ...]

    def inside(self, k: int) -> Fraction:
        """Return a parameter inside of piece k."""
        if not self.breaks:
            return Fraction(0)
        if k == 0:
            return self.breaks[0] - 1
        if k == len(self.breaks):
            return self.breaks[-1] + 1
        low, high = self.breaks[k - 1 : k + 1]
        return low + (high - low) * _CUTS[0]

    def room(self, k: int) -> Fraction:
        """Return the length of piece k, at most 1."""
        if k in (0, len(self.breaks)):
            return Fraction(1)
        return min(Fraction(1), self.breaks[k] - self.breaks[k - 1])


def pieces_along(box: BlackBox, line: Line) -> LinePieces:
    """Return the breakpoints and pieces of a black box along a line.

    Raises
    ------
    NotRecoveredError
        If there are more pieces, or smaller ones, than can be told apart.

    Examples
    --------
    >>> box = BlackBox(lambda x: (max(x[0], 0) + abs(x[0] - 7),), 1, 1)
    >>> pieces_along(box, Line((Fraction(1, 3),), (Fraction(1),))).breaks
    (Fraction(-1, 3), Fraction(20, 3))
    """

    def value(t: Fraction) -> Point:
        return box(line.at(t))

    reach = Fraction(_REACH)
    for _ in range(_MOST_REACHES):
        ends = [one_sided_piece(value, side * reach, side * reach) for side in (-1, 1)]
        if all(
            value(side * reach * _FAR) == end(side * reach * _FAR)
            for side, end in zip((-1, 1), ends, strict=True)
        ):
            return _assembled(value, -reach, reach)
        reach *= _REACH
    raise NotRecoveredError("the function has breakpoints at all distances along a line")


def _assembled(value: _Value, low: Fraction, high: Fraction) -> LinePieces:
    first = one_sided_piece(value, low, (high - low) / 4)
    last = one_sided_piece(value, high, (low - high) / 4)
    steps = sorted(_found(value, (low, first), (high, last)), key=lambda end: end[0])
    breaks, pieces = [], [first]
    for t, piece in steps:
        if piece != pieces[-1]:
            breaks.append(t)
            pieces.append(piece)
    return LinePieces(tuple(breaks), tuple(pieces))


_End = tuple[Fraction, LinePiece]


def _found(value: _Value, low: _End, high: _End) -> list[_End]:
    """Return the places inside an interval where a piece begins, with these pieces."""
    found: list[_End] = []
    stack = [(low, high, 0)]
    for _ in range(_MOST_CUTS):
        if not stack:
            return found
        (a, left), (b, right), cut = stack.pop()
        if left == right and _holds(value, left, a, b):
            continue
        t = left.meets(right)
        meeting = t if t is not None and a < t < b else None
        if meeting is not None and _bends_at(value, (a, left), meeting, (b, right)):
            found.append((meeting, right))
            continue
        middle = _cut(a, b, meeting, cut)
        before = one_sided_piece(value, middle, (a - middle) / 2)
        after = one_sided_piece(value, middle, (b - middle) / 2)
        if before != after:
            found.append((middle, after))
        stack += [((middle, after), (b, right), cut + 1), ((a, left), (middle, before), cut + 1)]
    raise NotRecoveredError(f"more than {_MOST_CUTS} cuts of a line are needed")


def _bends_at(value: _Value, low: _End, t: Fraction, high: _End) -> bool:
    """Return whether one piece holds all the way to t, where they meet, and the other from there on."""
    return value(t) == low[1](t) and all(
        value(t + (end - t) * probe) == piece(t + (end - t) * probe)
        for end, piece in (low, high)
        for probe in (*_PROBES, *_NEAR)
    )


def _cut(a: Fraction, b: Fraction, meeting: Fraction | None, cut: int) -> Fraction:
    """Return where to cut: beside the point where the pieces at the ends would meet, or near the middle.

    Not at that point itself: there a far piece and the value agree although it need not begin there.
    """
    if meeting is None or cut % 3 == 2:
        return a + (b - a) * _CUTS[cut % 3]
    return meeting + ((b - meeting) if cut % 3 == 0 else (a - meeting)) / 29


def _holds(value: _Value, piece: LinePiece, a: Fraction, b: Fraction) -> bool:
    return all(value(t) == piece(t) for t in (a + (b - a) * probe for probe in _PROBES))
