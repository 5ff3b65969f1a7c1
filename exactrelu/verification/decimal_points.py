"""Unsafe points whose coordinates are finite decimals, near an unsafe rational point.

Where the unsafe set has interior near the point, rounding with enough digits finds one. A point on its
boundary (a vertex, where a search stops) is first moved into the relative interior of the unsafe part of a
cell that touches it. If that part lies in a proper affine subspace, the decimals of the subspace are sought:
Z[1/10] is dense in the reals, so the subspace has decimals near each of its points as soon as it has one, and
whether it has one is a question about a Hermite normal form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, islice, product

from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.decimals import decimal_places, rounded_to_digits, rounded_to_places
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Row
from exactrelu.polyhedra.polyhedron import Polyhedron
from exactrelu.verification.distribution import Rows
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet, Property

DIGITS = (6, 9, 12, 17, 25, 40, 80, 160, 320)
"""How many significant digits are tried, one after the other."""

MOST_INPUTS = 12
"""Most inputs for which the unsafe part of a cell is computed as a polyhedron."""

MOST_CELLS = 64
"""Most cells that touch the point and are looked into."""


@dataclass(frozen=True)
class NoDecimals:
    """Why no point was found whose coordinates are decimals."""

    reason: str


_NONE_NEAR = NoDecimals(f"no decimals of up to {DIGITS[-1]} digits near the point are unsafe")


def decimal_unsafe_point(network: Network, p: Property, point: Point) -> Point | NoDecimals:
    """Return an unsafe input with finite decimals as coordinates, near an unsafe input.

    Parameters
    ----------
    network, p
        The network f and the property.
    point
        An input x such that (x, f(x)) is unsafe.

    Returns
    -------
    Point or NoDecimals
        A point x' of decimals with (x', f(x')) unsafe, checked exactly; or why none was found. Where
        equations without decimals are the reason, it is one about the cells that touch ``point``.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1]], None)])
    >>> third = Property.from_bounds(1, 1, Domain.from_inequalities(1, [([3], -1, "=")]), ["y0 > 1"])
    >>> decimal_unsafe_point(net, third, (Fraction(1, 3),)).reason
    'input 0 is 1/3, no finite decimal, in all of the input set'
    """
    group, rows = _holding(network, p, point)
    for i, interval in enumerate(group.box):
        if (
            interval.lower is not None
            and interval.lower == interval.upper
            and decimal_places(point[i]) is None
        ):
            return NoDecimals(f"input {i} is {point[i]}, no finite decimal, in all of the input set")
    found = _first_unsafe(network, p, _rounded(group.box, point))
    if found is not None:
        return found
    if all(decimal_places(t) is not None for t in point):
        return point
    if network.inputs > MOST_INPUTS:
        return _NONE_NEAR
    return _inside_cells(network, p, point, (group, rows))


def _holding(network: Network, p: Property, point: Point) -> tuple[InputSet, Rows]:
    """Return the input set and the disjunct in which the point is unsafe."""
    outputs = network(point)
    for group in p.groups:
        if group.contains(point):
            for rows in group.disjuncts:
                if all(row.holds_at(point, outputs) for row in rows):
                    return group, rows
    raise ValueError("the point is not unsafe")  # a mistake of the caller, not of a user


def _first_unsafe(network: Network, p: Property, candidates: Iterator[Point]) -> Point | None:
    return next((x for x in candidates if p.holds_at(x, network(x))), None)


def _rounded(box: Sequence[Interval], point: Point) -> Iterator[Point]:
    """Yield decimals near the point, more and more digits, within the box where its ends are decimals."""
    for digits in DIGITS:
        yield tuple(
            _clamped(interval, rounded_to_digits(t, digits)) for interval, t in zip(box, point, strict=True)
        )


def _clamped(interval: Interval, t: Fraction) -> Fraction:
    for end, beyond in (
        (interval.lower, interval.lower is not None and t < interval.lower),
        (interval.upper, interval.upper is not None and t > interval.upper),
    ):
        if beyond and end is not None and decimal_places(end) is not None:
            return end
    return t


def _inside_cells(
    network: Network, p: Property, point: Point, holding: tuple[InputSet, Rows]
) -> Point | NoDecimals:
    """Look for decimals in the unsafe parts of the cells that touch the point, which are polyhedra."""
    group, rows = holding
    reasons = []
    for theta in islice(_touching(network, point), MOST_CELLS):
        last = affine_maps(network, theta)[-1]
        constraints: list[Row] = list(cell_rows(network, theta, group.domain(), Reading.CLOSED))
        constraints += [row.through(last).row for row in rows]
        closure = Polyhedron.closure_of(network.inputs, constraints)
        unsafe = CanonicalPolyhedron.of(closure, network.inputs)
        candidates = [_rounded(group.box, unsafe.point)]
        if unsafe.equations:
            subspace = _DecimalSubspace.of(unsafe.equations, network.inputs)
            if subspace is None:
                reasons.append(_equation_text(unsafe.equations[0]))
                continue
            candidates.append(map(partial(subspace.near, unsafe.point), DIGITS))
        found = _first_unsafe(network, p, chain(*candidates))
        if found is not None:
            return found
        reasons.append("")
    if all(reasons):
        cells = f"the unsafe points of the {len(reasons)} cells tried that touch the point"
        return NoDecimals(f"{cells} satisfy equations without decimals ({reasons[0]}, ...)")
    return _NONE_NEAR


def _touching(network: Network, point: Point) -> Iterator[Configuration]:
    """Yield the configurations whose closed cells hold the point, its own first; a zero has either bit."""
    own = network.configuration(point)
    layers = zip(network.activations, network.preactivations(point), strict=True)
    zero = [y == 0 for activation, layer in layers for y in activation.bent_of(layer)]
    bits = [bit for _, _, bit in own.bits()]
    for chosen in product(
        *((bit, 1 - bit) if free else (bit,) for bit, free in zip(bits, zero, strict=True))
    ):
        entries = iter(chosen)
        yield Configuration(tuple(tuple(islice(entries, len(layer))) for layer in own.layers))


def _equation_text(row: IntegerRow) -> str:
    terms = " + ".join(f"{a} X_{i}" for i, a in enumerate(row[:-1]) if a)
    return f"{terms} = {-row[-1]}"


@dataclass(frozen=True)
class _DecimalSubspace:
    """The decimals x = origin + sum z_k directions_k, z_k decimals, of an affine subspace."""

    origin: Point
    directions: tuple[IntegerRow, ...]

    @classmethod
    def of(cls, equations: Sequence[IntegerRow], n: int) -> _DecimalSubspace | None:
        """Return the decimals of {x : a.x + c = 0 for each (a, c)}, None if there are none.

        With U A^T = H the Hermite normal form (U unimodular), x = y U solves A x = -c exactly if y H = -c.
        A unimodular U maps the decimals onto themselves, so x is decimal exactly if y is; the leading part of
        y is found by substitution, and the rows of U below it span the kernel.
        """
        from flint import fmpz_mat

        count = len(equations)
        rows = [[equation[j] for equation in equations] + [int(i == j) for i in range(n)] for j in range(n)]
        hermite = [[int(entry) for entry in row] for row in fmpz_mat(rows).hnf().tolist()]
        rest = [Fraction(-equation[-1]) for equation in equations]
        origin, kernel = [Fraction(0)] * n, []
        for row in hermite:
            pivot = next((j for j in range(count) if row[j]), None)
            if pivot is None:
                kernel.append(tuple(row[count:]))
                continue
            y = rest[pivot] / row[pivot]
            if decimal_places(y) is None:
                return None
            rest = [value - y * entry for value, entry in zip(rest, row[:count], strict=True)]
            origin = [value + y * entry for value, entry in zip(origin, row[count:], strict=True)]
        return cls(tuple(origin), tuple(kernel))

    def near(self, target: Point, places: int) -> Point:
        """Return the decimals of the subspace that rounding coordinates along its directions gives."""
        from flint import fmpq, fmpq_mat

        if not self.directions:
            return self.origin
        gram = [
            [fmpq(sum(a * b for a, b in zip(u, v, strict=True))) for v in self.directions]
            for u in self.directions
        ]
        away = [t - o for t, o in zip(target, self.origin, strict=True)]
        dots = [sum((a * t for a, t in zip(u, away, strict=True)), Fraction(0)) for u in self.directions]
        right = fmpq_mat([[fmpq(dot.numerator, dot.denominator)] for dot in dots])
        solution = fmpq_mat(gram).solve(right)
        point = list(self.origin)
        for k, direction in enumerate(self.directions):
            exact = Fraction(int(solution[k, 0].p), int(solution[k, 0].q))
            z = rounded_to_places(exact, places)
            point = [t + z * a for t, a in zip(point, direction, strict=True)]
        return tuple(point)
