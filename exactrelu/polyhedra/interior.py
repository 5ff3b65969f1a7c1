"""Points inside a polyhedron by linear programming, without its vertices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.numbers.points import Point
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row


def point_inside(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return a point where all inequalities are strict, by a linear program; None if there is none.

    Examples
    --------
    >>> point_inside(1, [Row((1, 0), Relation.AT_LEAST), Row((-1, 4), Relation.AT_LEAST)])
    (Fraction(1, 1),)
    """
    n = dimension
    program = ppl.MIP_Problem(n + 1)  # the last variable is the slack, at most 1
    program.add_constraint(ppl.Linear_Expression([*(0,) * n, -1], 1) >= 0)
    program.add_constraint(ppl.Linear_Expression([*(0,) * n, 1], 0) >= 0)
    for row in rows:
        normal, offset = row.entries[:-1], row.entries[-1]
        if row.relation is Relation.EQUAL:
            program.add_constraint(ppl.Linear_Expression([*normal, 0], offset) == 0)
        else:
            program.add_constraint(ppl.Linear_Expression([*normal, -1], offset) >= 0)
    program.set_objective_function(ppl.Linear_Expression([*(0,) * n, 1], 0))
    if not program.is_satisfiable():
        return None
    solution = program.optimizing_point()
    entries = [int(entry) for entry in solution.coefficients()]
    entries += [0] * (n + 1 - len(entries))
    if not entries[n]:
        return None
    return tuple(Fraction(entry, int(solution.divisor())) for entry in entries[:n])


def point_relatively_inside(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return a point of the relative interior, by one linear program; None if the rows have no common point.

    Over x, l >= 1 and 0 <= t_r <= 1 the sum of the t_r is maximised, where a_r.x + c_r l >= t_r for
    inequalities and = 0 for equations. If row r is positive somewhere on the closure P, then it is positive
    at a point p of the relative interior, and x = l p with a large l allows t_r = 1, for all such r at once.
    So at the maximum x / l has all rows positive that are not zero on P (Freund, Roundy & Todd 1985).

    Examples
    --------
    >>> diagonal = [Row((1, -1, 0), Relation.AT_LEAST), Row((-1, 1, 0), Relation.AT_LEAST)]
    >>> x, y = point_relatively_inside(2, [*diagonal, Row((-1, 0, 2), Relation.GREATER)])
    >>> x == y < 2
    True
    >>> point_relatively_inside(2, [*diagonal, Row((1, -1, 0), Relation.GREATER)]) is None
    True
    """
    n, count = dimension, sum(row.relation is not Relation.EQUAL for row in rows)
    program, slacks = ppl.MIP_Problem(n + 1 + count), iter(range(count))
    program.add_constraint(ppl.Linear_Expression([*(0,) * n, 1], -1) >= 0)
    for row in rows:
        if row.relation is Relation.EQUAL:
            program.add_constraint(ppl.Linear_Expression([*row.entries], 0) == 0)
            continue
        unit = _unit(next(slacks), count)
        program.add_constraint(ppl.Linear_Expression([*row.entries, *(-entry for entry in unit)], 0) >= 0)
        program.add_constraint(ppl.Linear_Expression([*(0,) * (n + 1), *unit], 0) >= 0)
        program.add_constraint(ppl.Linear_Expression([*(0,) * (n + 1), *(-entry for entry in unit)], 1) >= 0)
    program.set_objective_function(ppl.Linear_Expression([*(0,) * (n + 1), *(1,) * count], 0))
    if not program.is_satisfiable():
        return None
    entries = [int(entry) for entry in program.optimizing_point().coefficients()]
    entries += [0] * (n + 1 - len(entries))
    point = tuple(Fraction(entry, entries[n]) for entry in entries[:n])
    strict = (row for row in rows if row.relation is Relation.GREATER)
    return None if any(row.value(point) <= 0 for row in strict) else point


def _unit(index: int, length: int) -> list[int]:
    return [int(j == index) for j in range(length)]


def are_intervals(rows: Sequence[Row]) -> bool:
    """Return whether every row has at most one coordinate."""
    return all(row.entries[:-1].count(0) >= len(row.entries) - 2 for row in rows)


def point_of_intervals(dimension: int, rows: Sequence[Row], *, simple: bool = False) -> Point | None:
    """Return a relatively inner point where every row has at most one coordinate, None if there is none.

    Strict rows hold there as well. On request it is a simple one of a box, else one that is seldom special.

    Examples
    --------
    >>> point_of_intervals(1, [Row((1, 0), Relation.AT_LEAST), Row((-1, 4), Relation.GREATER)])
    (Fraction(311, 256),)
    """
    lower: list[Fraction | None] = [None] * dimension
    upper: list[Fraction | None] = [None] * dimension
    for row in rows:
        j = next((j for j, entry in enumerate(row.entries[:-1]) if entry), None)
        if j is None:
            if not _constant_holds(row):
                return None
            continue
        bound = Fraction(-row.entries[-1], row.entries[j])
        if row.relation is Relation.EQUAL or row.entries[j] > 0:
            lower[j] = bound if (low := lower[j]) is None else max(low, bound)
        if row.relation is Relation.EQUAL or row.entries[j] < 0:
            upper[j] = bound if (high := upper[j]) is None else min(high, bound)
    if any(
        low is not None and high is not None and low > high for low, high in zip(lower, upper, strict=True)
    ):
        return None
    place = _simply_between if simple and None not in (*lower, *upper) else _between
    point = tuple(place(j, low, high) for j, (low, high) in enumerate(zip(lower, upper, strict=True)))
    strict = (row for row in rows if row.relation is Relation.GREATER and any(row.entries[:-1]))
    return None if any(not row.value(point) for row in strict) else point


def _between(j: int, low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return a number between the bounds, another fraction of the way for each j: seldom a special one."""
    part = Fraction((j + 1) * 40503 % 512 + 256, 1024)
    if low is not None and high is not None:
        return low + (high - low) * part
    if low is not None:
        return low + part
    return part - Fraction(1, 2) if high is None else high - part


def _simply_between(_: int, low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return 0 if it is at least 1 from both bounds; else what is 1 above the lower one, or the middle."""
    if low is None or high is None:
        raise ValueError("expected two bounds")
    if low + 1 <= 0 <= high - 1:
        return Fraction(0)
    return low + min(Fraction(1), (high - low) / 2)


def _constant_holds(row: Row) -> bool:
    match row.relation:
        case Relation.EQUAL:
            return row.entries[-1] == 0
        case Relation.GREATER:
            return row.entries[-1] > 0
        case _:
            return row.entries[-1] >= 0
