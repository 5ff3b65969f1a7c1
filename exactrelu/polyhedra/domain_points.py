"""Points of a domain with small numbers: where a counterexample is looked for first.

Points steer a search and decide nothing: whoever takes one evaluates it exactly.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.subspace import Subspace

_LENGTHS = [Fraction(2) ** e for e in (0, 0, 1, 2, -1, -2, 4, 7, -5, 10)]
_BITS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
_FEW = 32  # coordinates that are simplified one by one


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the rational with the smallest denominator in the closed interval [low, high], low <= high.

    Of the integers in it, the one nearest to zero.

    Examples
    --------
    >>> simplest_between(Fraction(3, 10), Fraction(4, 9)), simplest_between(Fraction(-5), Fraction(-3, 2))
    (Fraction(1, 3), Fraction(-2, 1))
    """
    if low > 0:
        whole = -(-low // 1)
        if whole <= high:
            return Fraction(whole)
        floor = low // 1
        return floor + 1 / simplest_between(1 / (high - floor), 1 / (low - floor))
    return Fraction(0) if high >= 0 else -simplest_between(-high, -low)


def domain_points(domain: Domain, number: int, seed: int = 0) -> Iterator[Point]:
    """Yield at most ``number`` points of the domain, the same ones for the same seed; none if it is empty.

    Examples
    --------
    >>> all(Domain.box([(0, 1), (2, 2)]).contains(x) for x in domain_points(Domain.box([(0, 1), (2, 2)]), 9))
    True
    """
    centre = domain.interior_point
    if centre is None or not number:
        return
    yield centre
    rng = random.Random(seed)  # noqa: S311 - the points need not be secret
    space = domain.directions
    rows = [row.entries for row in domain.rows if row.relation is not Relation.EQUAL]
    for _ in range(number - 1 if space.dimension else 0):
        step = _step(space, rng)
        length = _length(rows, centre, step, rng)
        point = tuple(x + length * s for x, s in zip(centre, step, strict=True))
        if domain.contains(point):
            yield point


def _step(space: Subspace, rng: random.Random) -> list[int]:
    """Return a random direction of the space with small integer entries."""
    if not space.equations:
        return [rng.randint(-4, 4) for _ in range(space.ambient)]
    mixed = [rng.randint(-4, 4) for _ in space.basis]
    return [sum(m * v[j] for m, v in zip(mixed, space.basis, strict=True)) for j in range(space.ambient)]


def _length(rows: Sequence[IntegerRow], centre: Point, step: Sequence[int], rng: random.Random) -> Fraction:
    """Return a random t such that centre + t * step satisfies the rows ``>= 0``, simple where possible."""
    bounds = []
    for row in rows:
        slope = sum(a * s for a, s in zip(row, step, strict=False))
        if slope < 0:
            bounds.append(_value(row, centre) / -slope)
    wanted = rng.choice(_LENGTHS)
    if not bounds or wanted < min(bounds):
        return wanted
    least = min(bounds)
    share = Fraction(rng.randint(1, 15), 16)
    return simplest_between(least * share, least * (share + Fraction(1, 32)))


def simplified(point: Point, is_good: Callable[[Point], bool]) -> Point:
    """Return a good point near a good one with few binary digits: all coordinates, else one by one.

    Examples
    --------
    >>> simplified((Fraction(7, 9), Fraction(1, 3)), lambda x: x[0] > x[1])
    (Fraction(1, 1), Fraction(0, 1))
    """
    for bits in _BITS:
        rounded = tuple(_rounded(x, bits) for x in point)
        if is_good(rounded):
            point = rounded
            break
    for j, x in enumerate(point if len(point) <= _FEW else ()):
        for bits in _BITS:
            if x.denominator <= 2**bits:
                break
            changed = (*point[:j], _rounded(x, bits), *point[j + 1 :])
            if is_good(changed):
                point = changed
                break
    return point


def _rounded(x: Fraction, bits: int) -> Fraction:
    return Fraction(round(x * 2**bits), 2**bits)


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
