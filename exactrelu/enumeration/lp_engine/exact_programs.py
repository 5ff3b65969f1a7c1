"""Exact linear programs, PPL's: the last resort of the search, and where its first cells come from."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from exactrelu.enumeration.lp_engine.inner_points import value_at
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.interior import are_intervals, point_of_intervals
from exactrelu.polyhedra.linear_program import Optimum, maximise
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem


class Interior(NamedTuple):
    """A point of the relative interior of a polyhedron, and rows that span the equations of its hull."""

    point: Point
    equations: list[IntegerRow]


def relative_interior(dimension: int, rows: Sequence[Row]) -> Interior | None:
    """Return a point of the relative interior of {all rows hold}, None if that is empty.

    Strict rows hold there as well; if one vanishes on the closure, there is no point (`polyhedra.cell`).

    Examples
    --------
    >>> relative_interior(1, [Row((1, 0), Relation.AT_LEAST), Row((-1, 0), Relation.AT_LEAST)])
    Interior(point=(Fraction(0, 1),), equations=[(1, 0), (-1, 0)])
    >>> relative_interior(1, [Row((1, 0), Relation.GREATER), Row((-1, 0), Relation.AT_LEAST)]) is None
    True
    """
    if are_intervals(rows):
        point = point_of_intervals(dimension, rows)
        tight = [row.entries for row in rows if any(row.entries[:-1]) and point and not row.value(point)]
        return None if point is None else Interior(point, tight)
    return _of_program(dimension, rows)


def _of_program(dimension: int, rows: Sequence[Row]) -> Interior | None:
    """Maximise the sum of t_i, 0 <= t_i <= 1, where row i of (x, a), a >= 1, is at least t_i.

    All rows that are not equations in disguise can be made at least 1 at once, by an average of points at
    which one of them is positive, times a factor; so t_i is 1 for these at the maximum, 0 for the others.
    """
    bounded = [row for row in rows if row.relation is not Relation.EQUAL]
    total = dimension + 1 + len(bounded)
    program = MIP_Problem(total)
    for row in rows:
        if row.relation is Relation.EQUAL:
            program.add_constraint(Linear_Expression(row.entries, 0) == 0)
    program.add_constraint(Linear_Expression(_unit(dimension), -1) >= 0)
    for i, row in enumerate(bounded):
        slack = [0] * len(bounded)
        slack[i] = -1
        program.add_constraint(Linear_Expression([*row.entries, *slack], 0) >= 0)
        program.add_constraint(Linear_Expression(_unit(dimension + 1 + i), 0) >= 0)
        program.add_constraint(Linear_Expression(_unit(dimension + 1 + i), 0) <= 1)
    program.set_objective_function(Linear_Expression([0] * (dimension + 1) + [1] * len(bounded), 0))
    if not program.is_satisfiable():
        return None
    solution = _coefficients(program, total)
    point = tuple(Fraction(entry, solution[dimension]) for entry in solution[:dimension])
    flat = [row for row in bounded if value_at(row.entries, point) == 0]
    if any(row.relation is Relation.GREATER for row in flat):
        return None
    equations = [row.entries for row in rows if row.relation is Relation.EQUAL]
    return Interior(
        point, [entries for entries in [*equations, *(row.entries for row in flat)] if any(entries)]
    )


class Least(NamedTuple):
    """The least value of a functional on a polyhedron, or of it and -1 times a start, and where it is."""

    value: Fraction
    point: Point


def least_value(dimension: int, rows: Sequence[IntegerRow], target: IntegerRow, most: Fraction) -> Least:
    """Minimise ``target`` over {all rows >= 0, target >= -most}, ``most`` > 0: a set that has points."""
    program = MIP_Problem(dimension)
    for row in rows:
        program.add_constraint(Linear_Expression(row[:-1], row[-1]) >= 0)
    numerator, denominator = most.numerator, most.denominator
    scaled = [entry * denominator for entry in target]
    program.add_constraint(Linear_Expression(scaled[:-1], scaled[-1] + numerator) >= 0)
    program.set_objective_function(Linear_Expression([-entry for entry in target[:-1]], -target[-1]))
    divisor = int(program.optimizing_point().divisor())
    point = tuple(Fraction(entry, divisor) for entry in _coefficients(program, dimension))
    return Least(value_at(target, point), point)


def least_on_box(rows: Sequence[IntegerRow], target: IntegerRow) -> Least:
    """Minimise ``target`` over {all rows >= 0}, among which are those of a box that has points in it."""
    every = [Row(row, Relation.AT_LEAST) for row in rows]
    top = maximise(len(target) - 1, [-entry for entry in target], every)
    if isinstance(top, Optimum):
        return Least(-top.value, top.point)
    raise ArithmeticError("a program on a box has no optimum")


def _unit(index: int) -> list[int]:
    return [*[0] * index, 1]


def _coefficients(program: MIP_Problem, dimension: int) -> list[int]:
    found = [int(entry) for entry in program.optimizing_point().coefficients()]
    return found + [0] * (dimension - len(found))
