"""Minimal systems of rows in many dimensions, where nearly all rows are sides of a box.

Whether a row is a facet is seen from a point inside: if some ray meets it first and alone, it is one. A side
is met by the ray along its axis, unless rows with several coordinates cut it off. What no ray shows, linear
programs over the other rows decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import mul

from exactrelu.numbers.linear_algebra import IntegerRow, primitive, reduced_modulo
from exactrelu.numbers.points import IntegerPoint
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import Optimum, maximise_over
from exactrelu.polyhedra.row_system import RowSystem

_NEAR = 64  # the part of the way from an optimum to a point inside that is gone, to be inside


def minimal_rows(
    system: RowSystem, equations: Sequence[IntegerRow], inside: IntegerPoint
) -> list[IntegerRow]:
    """Return the facets of a polyhedron: reduced modulo the equations of its hull, primitive, sorted.

    ``equations`` are a reduced row echelon form; ``inside`` is a point of the relative interior.

    Examples
    --------
    >>> rows = [Row((1, 0, 0), Relation.AT_LEAST), Row((0, 1, 0), Relation.AT_LEAST)]
    >>> rows += [Row((-1, -1, 4), Relation.AT_LEAST), Row((-1, -2, 9), Relation.AT_LEAST)]
    >>> minimal_rows(RowSystem.of(2, rows), [], IntegerPoint((1, 1), 1))
    [(-1, -1, 4), (0, 1, 0), (1, 0, 0)]
    """
    kept = _worth_a_look(system, equations)
    if equations and any(row[:-1].count(0) < system.dimension - 1 for row in equations):
        proved: set[int] = set()
    else:  # a full polyhedron, but for coordinates that no row has
        proved = set(_met_alone(kept, inside))
        proved.update(_touched_alone(kept, inside, proved))
    hull = [Row(row, Relation.EQUAL) for row in equations]
    loose: set[int] = set()
    for i, row in enumerate(kept.rows):
        if i not in proved:
            others = [other for k, other in enumerate(kept.rows) if k != i and k not in loose]
            found = maximise_over(RowSystem.of(kept.dimension, [*others, *hull]), [-a for a in row.entries])
            if isinstance(found, Optimum) and found.value <= 0:
                loose.add(i)
    return sorted(row.entries for i, row in enumerate(kept.rows) if i not in loose)


def _worth_a_look(system: RowSystem, equations: Sequence[IntegerRow]) -> RowSystem:
    """Return the tightest sides, and the other rows that do not follow from them by signs."""
    if equations:
        bounds = [row.entries for row in system.rows if row.relation is not Relation.EQUAL]
        reduced = (Row(row, Relation.AT_LEAST) for row in reduced_modulo(bounds, equations))
        system = RowSystem.of(system.dimension, [row for row in reduced if not row.is_constant])
    box = system.box
    several = {primitive(system.rows[i].entries) for i in system.general}
    sides = [_primitive(system.rows[i]) for i in sorted({*box.lower.values(), *box.upper.values()})]
    open_rows = []
    for row in sorted(several):
        least = box.largest([-entry for entry in row])
        if least is None or least > 0:
            open_rows.append(Row(row, Relation.AT_LEAST))
    return RowSystem.of(system.dimension, [*sides, *open_rows])


def _primitive(row: Row) -> Row:
    entries = primitive(row.entries)
    return row if entries is row.entries else Row(entries, row.relation)


def _met_alone(system: RowSystem, inside: IntegerPoint) -> Iterator[int]:
    """Yield rows that some ray from inside meets first and alone: along axes, and against rows' normals.

    A row of value v and slope -s < 0 along the ray is met at the time v / s; times of two rows are compared
    by products. All values are integers over the denominators of the point and of the box.
    """
    factor = system.box.denominator
    values = [value * factor for value in system.general_values(inside)]
    rows = [system.rows[i].entries for i in system.general]
    sides = list(_sides(system, inside))
    columns = list(zip(*rows, strict=True)) or [()] * system.dimension
    for i, j, sign, value in sides:
        if all(sign * a * value < other for a, other in zip(columns[j], values, strict=True)):
            yield i
    for k, i in enumerate(system.general):
        own = [sum(map(mul, rows[k][:-1], row)) for row in rows]
        others = ((s, v) for m, (s, v) in enumerate(zip(own, values, strict=True)) if m != k)
        met = ((sign * rows[k][j], value) for _, j, sign, value in sides)
        if all(s <= 0 or values[k] * s < v * own[k] for s, v in chain(others, met)):
            yield i


def _sides(system: RowSystem, inside: IntegerPoint) -> Iterator[tuple[int, int, int, int]]:
    """Yield each side: its row, its coordinate, 1 for a lower and -1 for an upper one, and how far it is."""
    box = system.box
    for tightest, sign in ((box.lower, 1), (box.upper, -1)):
        for j, i in tightest.items():
            end = box.ends[i] * inside.denominator
            yield i, j, sign, sign * (inside.numerators[j] * box.denominator - end)


def _touched_alone(system: RowSystem, inside: IntegerPoint, proved: set[int]) -> Iterator[int]:
    """Yield sides that hold a point where all other rows are positive, which is looked for in few places.

    Where a row cuts off the ray along an axis, the set may be the part of a box near a corner. So a point
    near the optimum of that row is moved into the side.
    """
    sides = [side for side in _sides(system, inside) if side[0] not in proved]
    near: dict[int, IntegerPoint | None] = {}
    for i, j, sign, value in sides:
        for m in system.general:
            row = system.rows[m].entries
            if sign * row[j] * value < inside.value(row) * system.box.denominator:
                continue
            if m not in near:
                near[m] = _near_optimum(system, row, inside)
            point = near[m]
            if point is not None and _is_alone_at(system, i, point):
                yield i
                break


def _near_optimum(system: RowSystem, row: IntegerRow, inside: IntegerPoint) -> IntegerPoint | None:
    """Return a point inside, but near one where the row is largest."""
    top = maximise_over(system, row)
    if not isinstance(top, Optimum):
        return None
    own, other = (_NEAR - 1) * inside.denominator, top.place.denominator
    pairs = zip(top.place.numerators, inside.numerators, strict=True)
    return IntegerPoint([own * x + other * y for x, y in pairs], _NEAR * other * inside.denominator)


def _is_alone_at(system: RowSystem, side: int, point: IntegerPoint) -> bool:
    """Return whether all rows but a side's are positive at a point that is moved into the side."""
    box, j = system.box, system.box.coordinate[side]
    numerators = [x * box.denominator for x in point.numerators]
    numerators[j] = box.ends[side] * point.denominator
    moved = IntegerPoint(numerators, point.denominator * box.denominator)
    others = (value for i, _, _, value in _sides(system, moved) if i != side)
    return all(value > 0 for value in chain(others, system.general_values(moved)))
