"""Exact linear programs over rows: the optimum, a ray, or multipliers that show that there is no point.

On a box signs decide. Else doubles propose a basis (`float_basis`), which is solved in rationals and, where
it is not quite right, repaired by exact pivots (`exact_basis`). Where that does not end, PPL does it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.exact_basis import Infeasible, Optimum, Outcome, Program, Unbounded, improved
from exactrelu.polyhedra.farkas import prove_infeasible
from exactrelu.polyhedra.float_basis import Sides, proposal
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem

__all__ = ["Infeasible", "Optimum", "Outcome", "Unbounded", "feasible_point", "maximise"]

_ZERO = Fraction(0)
_MARGIN = Fraction(1, 64)  # of a box: points are first looked for so far inside
_INSIDE = 1e-6  # of the largest entry of a row: points of doubles that are this far inside are tried first


def maximise(dimension: int, objective: Sequence[Fraction | int], rows: Sequence[Row]) -> Outcome:
    """Maximise c.x + c_0 over {x in R^dimension : all rows hold}, strict rows relaxed, exactly.

    Parameters
    ----------
    dimension
        n.
    objective
        (c_1, ..., c_n, c_0), rationals.
    rows
        Integer rows with ``>=``, ``>`` (taken as ``>=``) or ``=``.

    Returns
    -------
    Optimum, Unbounded or Infeasible
        Each with its evidence, by the rows' indices.

    Examples
    --------
    >>> triangle = [Row((1, 0, 0), Relation.AT_LEAST), Row((0, 1, 0), Relation.AT_LEAST),
    ...             Row((-1, -2, 3), Relation.AT_LEAST)]
    >>> top = maximise(2, (1, 1, 0), triangle)
    >>> top.value, top.point, top.multipliers
    (Fraction(3, 1), (Fraction(3, 1), Fraction(0, 1)), {2: Fraction(1, 1), 1: Fraction(1, 1)})
    >>> maximise(2, (0, 1, 0), triangle[:2]).ray
    (Fraction(0, 1), Fraction(1, 1))
    """
    program = Program(dimension, [Fraction(c) for c in objective], rows)
    for i, row in enumerate(rows):
        if row.only_coordinate is not None or any(row.entries[:-1]):
            continue
        c = row.entries[-1]
        if c < 0 or (c and program.is_equation(i)):
            return Infeasible({i: Fraction(-1 if row.entries[-1] > 0 else 1)})
    sides = Sides.of(program)
    found: Outcome | None = sides.contradiction(program)
    if found is None and not program.general:
        found = _by_signs(program, sides)
    return found or _by_basis(program, sides) or _by_ppl(program)


def _by_signs(program: Program, sides: Sides) -> Outcome:
    """Maximise on a box: each coordinate lies at the end that the sign of its coefficient names."""
    point: list[Fraction] = []
    multipliers: dict[int, Fraction] = {}
    free: int | None = None
    for j, c in enumerate(program.linear):
        wanted = (sides.upper if c > 0 else sides.lower).get(j)
        if wanted is None and c:
            free = j
        end = wanted or sides.lower.get(j) or sides.upper.get(j)
        point.append(_ZERO if end is None else end[0])
        if wanted is not None and c:
            multipliers[wanted[1]] = (
                multipliers.get(wanted[1], _ZERO) - c / program.rows[wanted[1]].entries[j]
            )
    if free is not None:
        step = 1 if program.linear[free] > 0 else -1
        return Unbounded(tuple(point), tuple(Fraction(step * (i == free)) for i in range(program.dimension)))
    return Optimum(program.value_at(point), tuple(point), multipliers)


def _by_basis(program: Program, sides: Sides) -> Outcome | None:
    proposed = proposal(program, sides)
    if proposed is None:
        return None
    if proposed.infeasible:  # whatever the objective: for 0 every basis has good multipliers
        program = program.with_objective([_ZERO] * (program.dimension + 1))
    found = improved(program, proposed.basis)
    return None if proposed.infeasible and not isinstance(found, Infeasible) else found


# PPL --------------------------------------------------------------------------------------------------


def _by_ppl(program: Program) -> Outcome:
    point = _ppl_point(program.dimension, program.rows, [*program.linear, program.constant])
    if point is None:
        proof = prove_infeasible(program.dimension, [_relaxed(row) for row in program.rows])
        return Infeasible({i: m for i, m in enumerate(proof.multipliers) if m})
    multipliers = _ppl_multipliers(program)
    if multipliers is None:
        inside = _ppl_point(program.dimension, program.rows, [_ZERO] * (program.dimension + 1))
        return Unbounded(inside or point, _ppl_ray(program))
    return Optimum(program.value_at(point), point, multipliers)


def _relaxed(row: Row) -> Row:
    return Row(row.entries, Relation.AT_LEAST) if row.relation is Relation.GREATER else row


def _ppl_point(dimension: int, rows: Sequence[Row], objective: Sequence[Fraction]) -> Point | None:
    """Return a point where the objective is largest, any point where it has no bound, None without points."""
    problem = MIP_Problem(dimension)
    for row in rows:
        expression = Linear_Expression(row.entries[:-1], row.entries[-1])
        problem.add_constraint(expression == 0 if row.relation is Relation.EQUAL else expression >= 0)
    if not problem.is_satisfiable():
        return None
    scale = common_denominator(objective)
    problem.set_objective_function(Linear_Expression([int(c * scale) for c in objective[:-1]], 0))
    try:
        found = problem.optimizing_point()
    except ValueError:  # there is no bound
        problem.set_objective_function(Linear_Expression([0] * dimension, 0))
        found = problem.optimizing_point()
    entries = [int(entry) for entry in found.coefficients()]
    entries += [0] * (dimension - len(entries))
    return tuple(Fraction(entry, int(found.divisor())) for entry in entries)


def _ppl_multipliers(program: Program) -> dict[int, Fraction] | None:
    """Return multipliers of least sum m_i row_i + objective, a constant; None if there are none."""
    count = len(program.rows)
    dual = []
    for j in range(program.dimension):
        column = [Fraction(row.entries[j]) for row in program.rows]
        dual.append(Row(primitive_from_rationals([*column, program.linear[j]]), Relation.EQUAL))
    dual += [
        Row((*(int(i == k) for k in range(count)), 0), Relation.AT_LEAST)
        for i in range(count)
        if not program.is_equation(i)
    ]
    least = [-Fraction(row.entries[-1]) for row in program.rows]
    found = _ppl_point(count, dual, [*least, _ZERO])
    return None if found is None else {i: m for i, m in enumerate(found) if m}


def _ppl_ray(program: Program) -> Point:
    rows = [Row((*row.entries[:-1], 0), row.relation) for row in program.rows]
    growing = Row(primitive_from_rationals([*program.linear, Fraction(-1)]), Relation.EQUAL)
    found = _ppl_point(program.dimension, [*rows, growing], [_ZERO] * (program.dimension + 1))
    if found is None:
        raise ArithmeticError("an objective without bound has no ray")
    return found


# points -----------------------------------------------------------------------------------------------


def feasible_point(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return a point where all rows hold, strict ones strictly; None if there is none.

    Examples
    --------
    >>> feasible_point(1, [Row((1, 0), Relation.GREATER), Row((-1, 1), Relation.AT_LEAST)])
    (Fraction(1, 2),)
    >>> feasible_point(1, [Row((1, 0), Relation.GREATER), Row((-1, 0), Relation.AT_LEAST)]) is None
    True
    """
    rows, constant = _parted(rows)
    if not _all_hold(constant, (_ZERO,) * dimension):
        return None
    if all(row.only_coordinate is not None for row in rows):
        return _point_of_box(dimension, rows)
    quick = None if any(row.relation is Relation.EQUAL for row in rows) else _inner_point(dimension, rows)
    if quick is not None:
        return quick
    strict = [row.relation is Relation.GREATER for row in rows]
    if not any(strict):
        found = maximise(dimension, (0,) * (dimension + 1), rows)
        return None if isinstance(found, Infeasible) else found.point
    lifted = _with_slack(rows, strict)
    top = maximise(dimension + 1, (*(0,) * dimension, 1, 0), lifted)
    if not isinstance(top, Optimum) or top.value <= 0:
        return None
    return top.point[:-1]


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows that are not constant, and those that are."""
    constant = [row for row in rows if not any(row.entries[:-1])]
    return [row for row in rows if any(row.entries[:-1])], constant


def _point_of_box(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return the middle of a box, or of what it has of one, if all rows hold there."""
    sides = Sides.of(Program(dimension, (_ZERO,) * (dimension + 1), rows))
    point = []
    for j in range(dimension):
        low, high = (ends[j][0] if j in ends else None for ends in sides)
        if low is not None and high is not None:
            point.append((low + high) / 2)
        elif low is not None:
            point.append(low + 1)
        else:
            point.append(_ZERO if high is None else high - 1)
    return tuple(point) if _all_hold(rows, tuple(point)) else None


def _with_slack(rows: Sequence[Row], slack: Sequence[bool]) -> list[Row]:
    """Return the rows over (x, s), some of them at least s times their largest entry, and s <= 1."""
    lifted = []
    for row, has_slack in zip(rows, slack, strict=True):
        size = max(map(abs, row.entries)) if has_slack else 0
        relation = row.relation if row.relation is Relation.EQUAL else Relation.AT_LEAST
        lifted.append(Row((*row.entries[:-1], -size, row.entries[-1]), relation))
    zero = (0,) * (len(rows[0].entries) - 1) if rows else ()
    return [*lifted, Row((*zero, -1, 1), Relation.AT_LEAST)]


def _inner_point(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return a point of doubles well inside, confirmed exactly; None if it is not that simple."""
    joint = [row for row in rows if row.only_coordinate is None]
    lifted = [*_with_slack(joint, [True] * len(joint)), *_moved_inwards(dimension, rows)]
    program = Program(dimension + 1, [*(_ZERO,) * dimension, Fraction(1), _ZERO], lifted)
    proposed = proposal(program, Sides.of(program))
    if proposed is None or not proposed.point[dimension] > _INSIDE:
        return None
    point = tuple(map(Fraction, proposed.point[:dimension]))
    return point if _all_hold(rows, point) else None


def _moved_inwards(dimension: int, rows: Sequence[Row]) -> list[Row]:
    """Return the sides of the box that the rows with one coordinate are, over (x, s), a little further in."""
    moved = []
    lower, upper = Sides.of(Program(dimension, (_ZERO,) * (dimension + 1), rows))
    for ends, others, sign in ((lower, upper, 1), (upper, lower, -1)):
        for j, (end, _) in ends.items():
            inwards = abs(others[j][0] - end) * _MARGIN if j in others else Fraction(1)
            side = end + sign * inwards
            entries = [0] * (dimension + 2)
            entries[j], entries[-1] = sign * side.denominator, -sign * side.numerator
            moved.append(Row(tuple(entries), Relation.AT_LEAST))
    return moved


def _all_hold(rows: Sequence[Row], point: Point) -> bool:
    scale = common_denominator(point)
    numerators = [x.numerator * (scale // x.denominator) for x in point]
    for row in rows:
        value = sum(a * x for a, x in zip(row.entries, numerators, strict=False) if a)
        value += row.entries[-1] * scale
        if value < 0 or (value == 0 and row.relation is Relation.GREATER):
            return False
        if value and row.relation is Relation.EQUAL:
            return False
    return True
