"""Least squares with coefficients that must not be negative, over the rationals.

Lawson & Hanson's method of active sets, *Solving Least Squares Problems* (1974), chapter 23. Its columns in
use stay independent, for one that comes in is not orthogonal to the residual; the sum of squares falls with
every step; so in exact arithmetic it ends, with the conditions of Karush, Kuhn and Tucker.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from exactrelu.numbers.points import Point


def least_squares(columns: Sequence[Point], free: Sequence[Point], target: Point) -> tuple[Point, Point]:
    """Return the coefficients, those of the columns >= 0, with the least sum of squares of target - A x.

    Parameters
    ----------
    columns, free
        Vectors of the target's length; coefficients of the free ones, which must be independent, may be
        negative.

    Examples
    --------
    >>> one, two = (Fraction(1), Fraction(0)), (Fraction(1), Fraction(1))
    >>> [str(x) for x in least_squares([one, two], [], (Fraction(0), Fraction(2)))[0]]
    ['0', '1']
    """
    vectors = [*free, *columns]
    always = range(len(free))
    used: list[int] = [*always]
    current = [Fraction(0)] * len(vectors)
    while True:
        current = _settled(vectors, target, used, current, len(free))
        residual = _residual(vectors, current, target)
        gains = {
            j: _dot(vector, residual) for j, vector in enumerate(vectors) if j not in used and j not in always
        }
        best = max(gains, key=gains.__getitem__, default=None)
        if best is None or gains[best] <= 0:
            return tuple(current[len(free) :]), tuple(current[: len(free)])
        used.append(best)


def _settled(
    vectors: Sequence[Point], target: Point, used: list[int], current: list[Fraction], free: int
) -> list[Fraction]:
    """Return the least squares of the columns in use; those that reach zero on the way there leave."""
    while True:
        wanted = dict(zip(used, _solved([vectors[j] for j in used], target), strict=True))
        blocked = [j for j in used if j >= free and wanted[j] <= 0]
        if not blocked:
            return [wanted.get(j, Fraction(0)) for j in range(len(vectors))]
        step = min(current[j] / (current[j] - wanted[j]) for j in blocked if current[j] != wanted[j])
        for j in used:
            current[j] += step * (wanted[j] - current[j])
        for j in blocked:
            if not current[j]:
                used.remove(j)


def _solved(vectors: Sequence[Point], target: Point) -> list[Fraction]:
    if not vectors:
        return []
    gram = [_exact(_dot(one, two)) for one in vectors for two in vectors]
    right = fmpq_mat(len(vectors), 1, [_exact(_dot(one, target)) for one in vectors])
    solved = fmpq_mat(len(vectors), len(vectors), gram).solve(right)
    return [Fraction(int(x.p), int(x.q)) for x in solved.entries()]


def _residual(vectors: Sequence[Point], current: Sequence[Fraction], target: Point) -> Point:
    residual = list(target)
    for x, vector in zip(current, vectors, strict=True):
        if x:
            residual = [r - x * entry for r, entry in zip(residual, vector, strict=True)]
    return tuple(residual)


def _dot(one: Point, two: Point) -> Fraction:
    return sum((a * b for a, b in zip(one, two, strict=True)), Fraction(0))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
