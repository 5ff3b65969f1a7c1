"""The rectangle of the plane that a picture shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.errors import DomainError
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational, rational
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron

Bounds = tuple[Fraction, Fraction]

_DOMAIN_MARGIN = Fraction(1, 20)
_VERTEX_MARGIN = Fraction(1, 2)
_SIDE_OF_NOTHING = Fraction(2)
_OUTER_PART = 20  # one vertex in so many may be left out on each side ...
_LEAST_CUT = 2  # ... if these are at least two ...
_MUCH = 4  # ... and the picture grows so many times larger


@dataclass(frozen=True)
class Window:
    """The rectangle [x_lo, x_hi] x [y_lo, y_hi], lo < hi, with rational sides.

    Examples
    --------
    >>> window = Window.of([(-1, "1/2"), (0, 3)])
    >>> window.area, window.unit((Fraction(1, 2), Fraction(0)))
    (Fraction(9, 2), (1.0, 0.0))
    """

    x: Bounds
    y: Bounds

    @classmethod
    def of(cls, bounds: Sequence[Sequence[Any]]) -> Window:
        """Return the window of the pairs (x_lo, x_hi), (y_lo, y_hi) of exact rationals.

        Raises
        ------
        DomainError
            If there are not two pairs, or a lower bound is not below its upper bound.
        InexactNumberError, NumberSyntaxError
            For a bound that is not an exact rational.
        """
        if len(bounds) != 2 or any(len(pair) != 2 for pair in bounds):
            raise DomainError("window: expected two pairs of bounds LO:HI, one for each input")
        sides = [(rational(low), rational(high)) for low, high in bounds]
        for i, (low, high) in enumerate(sides):
            if low >= high:
                got = f"{format_rational(low)}:{format_rational(high)}"
                raise DomainError(f"window, coordinate {i}: expected LO < HI, got {got}")
        return cls(*sides)

    @property
    def width(self) -> Fraction:
        """The length of the side in the first coordinate."""
        return self.x[1] - self.x[0]

    @property
    def height(self) -> Fraction:
        """The length of the side in the second coordinate."""
        return self.y[1] - self.y[0]

    @property
    def area(self) -> Fraction:
        """Width times height."""
        return self.width * self.height

    @property
    def sides(self) -> tuple[Functional, ...]:
        """The four functionals that are >= 0 on the window."""
        rows = []
        for axis, (low, high) in enumerate((self.x, self.y)):
            unit = [Fraction(int(axis == j)) for j in range(2)]
            rows.append([*unit, -low])
            rows.append([*(-entry for entry in unit), high])
        return tuple(Functional(primitive_from_rationals(row)) for row in rows)

    def clipped(self, polyhedron: Polyhedron) -> Polyhedron:
        """Return the intersection of a polyhedron in the plane with the window, exactly."""
        first, *others = self.sides
        result = polyhedron.restricted(first, Relation.AT_LEAST)
        for functional in others:
            result.restrict(functional, Relation.AT_LEAST)
        return result

    def unit(self, point: Point) -> tuple[float, float]:
        """Return the point in the coordinates that map the window to the unit square, rounded to floats.

        The quotient is exact before it is rounded, so no coordinate is too large or too small.
        """
        return float((point[0] - self.x[0]) / self.width), float((point[1] - self.y[0]) / self.height)


def default_window(regions: Sequence[Region]) -> Window:
    """Return the window that shows the regions of one network on one domain.

    On a bounded domain it is the domain's bounding box with a margin, else a square round the
    vertices of all cells, with room for the unbounded ones; a cell with lines stands there with the
    representatives of its minimal faces. Where there are many vertices and a few lie so far out that
    the rest would be a dot, the square is round the rest. Without regions it is [-1, 1]^2.
    """
    if not regions:
        return _square((Fraction(0), Fraction(0)), _SIDE_OF_NOTHING)
    closure = regions[0].domain.closure
    if closure.is_bounded():
        return _round_domain(_bounding_box(closure.generators().points))
    x, y = _core({point for region in regions for point in _corners(region)})
    side = _longest((x, y)) * (1 + 2 * _VERTEX_MARGIN)
    return _square(((x[0] + x[1]) / 2, (y[0] + y[1]) / 2), side or _SIDE_OF_NOTHING)


def _corners(region: Region) -> list[Point]:
    generators = region.closure.generators()
    if not generators.lines:
        return generators.points
    # With lines the points of a minimal system are arbitrary; the canonical ones are not.
    return CanonicalPolyhedron.of(region.closure, 2).vertices


def _bounding_box(points: Iterable[Point]) -> tuple[Bounds, Bounds]:
    first, second = (sorted(column) for column in zip(*points, strict=True))
    return (first[0], first[-1]), (second[0], second[-1])


def _core(points: Collection[Point]) -> tuple[Bounds, Bounds]:
    """Return the bounding box of the points, or of their middle part if it is much smaller."""
    box = _bounding_box(points)
    cut = len(points) // _OUTER_PART
    if cut < _LEAST_CUT:
        return box
    first, second = (sorted(column)[cut:-cut] for column in zip(*points, strict=True))
    middle = (first[0], first[-1]), (second[0], second[-1])
    return middle if _MUCH * _longest(middle) < _longest(box) else box


def _longest(box: tuple[Bounds, Bounds]) -> Fraction:
    return max(high - low for low, high in box)


def _round_domain(box: tuple[Bounds, Bounds]) -> Window:
    """Return the box with a margin; a side of length zero is made as long as the other."""
    longest = _longest(box) or _SIDE_OF_NOTHING
    sides = []
    for low, high in box:
        pad = longest * _DOMAIN_MARGIN if low < high else longest / 2
        # The margin of a thin box is measured by its own side, lest the box vanish in it.
        pad = min(pad, (high - low) / 2) if low < high else pad
        sides.append((low - pad, high + pad))
    return Window(*sides)


def _square(centre: Point, side: Fraction) -> Window:
    half = side / 2
    return Window((centre[0] - half, centre[0] + half), (centre[1] - half, centre[1] + half))
