"""Exact linear programs over rows: the optimum, a ray, or multipliers that show that there is no point.

On a box signs decide. Else doubles propose a basis (`float_basis`), which is solved in rationals and, where
it is not quite right, repaired by exact pivots (`exact_basis`). Where that does not end, PPL does it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.numbers.linear_algebra import primitive
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.exact_basis import (
    Infeasible,
    Optimum,
    Outcome,
    Program,
    Unbounded,
    improved,
    integer_objective,
)
from exactrelu.polyhedra.farkas import prove_infeasible
from exactrelu.polyhedra.float_basis import inner_point, proposal
from exactrelu.polyhedra.row_system import RowSystem

__all__ = [
    "Infeasible",
    "Optimum",
    "Outcome",
    "Unbounded",
    "feasible_point",
    "inner_points",
    "maximise",
    "maximise_over",
    "point_of_system",
]

_MARGINS = (2**6, 2**16, 2**40)  # of a box: points are looked for one part of so many inside


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
    return maximise_over(RowSystem.of(dimension, rows), *integer_objective(objective))


class UndecidedError(Exception):
    """Exact pivots from a basis of doubles led nowhere, and PPL was not to be asked."""


def maximise_over(
    system: RowSystem, objective: Sequence[int], scale: int = 1, *, by_ppl: bool = True
) -> Outcome:
    """Return `maximise` for rows that are sorted already, and an objective (c.x + c_0) / scale in integers.

    ``by_ppl``: whether PPL is asked where nothing else decides, which takes minutes in many dimensions.

    Raises
    ------
    UndecidedError
        If it is not asked.

    Examples
    --------
    >>> half = RowSystem.of(1, [Row((-2, 1), Relation.AT_LEAST)])
    >>> maximise_over(half, (3, 0)).value
    Fraction(3, 2)
    >>> maximise_over(half.extended([Row((-3, 1), Relation.AT_LEAST)]), (3, 0)).value
    Fraction(1, 1)
    """
    program = Program(system, objective, scale)
    false = system.false_constant()
    if false is not None:
        return Infeasible({false: Fraction(-1 if system.rows[false].entries[-1] > 0 else 1)})
    if system.box.crossed is not None:
        return _crossed(system, *system.box.crossed)
    if not system.general:
        return _by_signs(program)
    found = _by_basis(program)
    if found is None and not by_ppl:
        raise UndecidedError
    return found or _by_ppl(program)


def _crossed(system: RowSystem, one: int, other: int) -> Infeasible:
    """Return multipliers of a lower bound that is above an upper one."""
    j = system.box.coordinate[one]
    first, second = system.rows[one].entries[j], system.rows[other].entries[j]
    return Infeasible({one: Fraction(1, first), other: Fraction(-1, second)})


def _by_signs(program: Program) -> Outcome:
    """Maximise on a box: each coordinate lies at the end that the sign of its coefficient names."""
    box, point, free = program.box, [0] * program.dimension, None
    used: dict[int, int] = {}
    for j, c in enumerate(program.objective[:-1]):
        wanted = (box.upper if c > 0 else box.lower).get(j)
        if wanted is None and c:
            free = j
        end = wanted if wanted is not None else box.lower.get(j, box.upper.get(j))
        point[j] = 0 if end is None else box.ends[end]
        if wanted is not None and c:
            used[wanted] = j
    place = IntegerPoint(point, box.denominator)
    if free is not None:
        step = 1 if program.objective[free] > 0 else -1
        return Unbounded(place.point, tuple(Fraction(step * (i == free)) for i in range(program.dimension)))

    def multipliers() -> dict[int, Fraction]:
        entries = ((i, program.objective[j], program.rows[i].entries[j]) for i, j in used.items())
        return {i: Fraction(-c, a * program.scale) for i, c, a in entries}

    return Optimum(program.value_at(place), place, multipliers)


def _by_basis(program: Program) -> Outcome | None:
    proposed = proposal(program)
    if proposed is None:
        return None
    if proposed.infeasible:  # whatever the objective: for 0 every basis has good multipliers
        program = Program(program.system, [0] * (program.dimension + 1))
    found = improved(program, proposed.basis)
    return None if proposed.infeasible and not isinstance(found, Infeasible) else found


# PPL --------------------------------------------------------------------------------------------------


def _by_ppl(program: Program) -> Outcome:
    point = _ppl_point(program.dimension, program.rows, program.objective)
    if point is None:
        proof = prove_infeasible(program.dimension, [row.relaxed for row in program.rows])
        return Infeasible({i: m for i, m in enumerate(proof.multipliers) if m})
    multipliers = _ppl_multipliers(program)
    if multipliers is None:
        inside = _ppl_point(program.dimension, program.rows, [0] * (program.dimension + 1))
        return Unbounded(inside or point, _ppl_ray(program))
    place = IntegerPoint.of(point)
    return Optimum(program.value_at(place), place, lambda: multipliers)


def _ppl_point(dimension: int, rows: Sequence[Row], objective: Sequence[int]) -> Point | None:
    """Return a point where the objective is largest, any point where it has no bound, None without points."""
    problem = ppl.MIP_Problem(dimension)
    for row in rows:
        expression = ppl.Linear_Expression(row.entries[:-1], row.entries[-1])
        problem.add_constraint(expression == 0 if row.relation is Relation.EQUAL else expression >= 0)
    if not problem.is_satisfiable():
        return None
    problem.set_objective_function(ppl.Linear_Expression(list(objective[:-1]), 0))
    try:
        found = problem.optimizing_point()
    except ValueError:  # there is no bound
        problem.set_objective_function(ppl.Linear_Expression([0] * dimension, 0))
        found = problem.optimizing_point()
    entries = [int(entry) for entry in found.coefficients()]
    entries += [0] * (dimension - len(entries))
    return tuple(Fraction(entry, int(found.divisor())) for entry in entries)


def _ppl_multipliers(program: Program) -> dict[int, Fraction] | None:
    """Return multipliers of least sum m_i row_i + objective, a constant; None if there are none."""
    count, scale = len(program.rows), program.scale
    dual = []
    for j in range(program.dimension):
        column = [row.entries[j] * scale for row in program.rows]
        dual.append(Row(primitive([*column, program.objective[j]]), Relation.EQUAL))
    dual += [
        Row((*(int(i == k) for k in range(count)), 0), Relation.AT_LEAST)
        for i in range(count)
        if not program.system.is_equation(i)
    ]
    found = _ppl_point(count, dual, [*(-row.entries[-1] for row in program.rows), 0])
    return None if found is None else {i: m for i, m in enumerate(found) if m}


def _ppl_ray(program: Program) -> Point:
    rows = [Row((*row.entries[:-1], 0), row.relation) for row in program.rows]
    growing = Row(primitive([*program.objective[:-1], -1]), Relation.EQUAL)
    found = _ppl_point(program.dimension, [*rows, growing], [0] * (program.dimension + 1))
    if found is None:
        raise ArithmeticError("an objective without bound has no ray")
    return found


# points -----------------------------------------------------------------------------------------------


def feasible_point(dimension: int, rows: Sequence[Row], *, by_ppl: bool = True) -> Point | None:
    """Return a point where all rows hold, strict ones strictly; None if there is none.

    ``by_ppl`` as in `maximise_over`, which may raise.

    Examples
    --------
    >>> feasible_point(1, [Row((1, 0), Relation.GREATER), Row((-1, 1), Relation.AT_LEAST)])
    (Fraction(1, 2),)
    >>> feasible_point(1, [Row((1, 0), Relation.GREATER), Row((-1, 0), Relation.AT_LEAST)]) is None
    True
    """
    return point_of_system(RowSystem.of(dimension, rows), by_ppl=by_ppl)


def point_of_system(system: RowSystem, *, by_ppl: bool = True) -> Point | None:
    """Return `feasible_point` for rows that are sorted already."""
    constant = [system.rows[i] for i in system.constant]
    if not all(row.relation.holds(row.entries[-1]) for row in constant) or system.box.crossed is not None:
        return None
    if not system.general:
        return _point_of_box(system)
    quick = inner_point_of(system)
    if quick is not None and system.holds_at(quick):
        return quick.point
    strict = [row.relation is Relation.GREATER and not row.is_constant for row in system.rows]
    if not any(strict):
        found = maximise_over(system, [0] * (system.dimension + 1), by_ppl=by_ppl)
        return None if isinstance(found, Infeasible) else found.point
    lifted = _with_slack(system.rows, strict)
    objective = [*[0] * system.dimension, 1, 0]
    top = maximise_over(RowSystem.of(system.dimension + 1, lifted), objective, by_ppl=by_ppl)
    if not isinstance(top, Optimum) or top.value <= 0:
        return None
    return top.point[:-1]


def _point_of_box(system: RowSystem) -> Point | None:
    """Return the middle of a box, or of what it has of one, if all rows hold there."""
    place = IntegerPoint.of(_middle(system, (Fraction(0),) * system.dimension))
    return place.point if system.holds_at(place) else None


def _with_slack(rows: Sequence[Row], slack: Sequence[bool]) -> list[Row]:
    """Return the rows over (x, s), some of them at least s times their largest entry, and s <= 1."""
    lifted = []
    for row, has_slack in zip(rows, slack, strict=True):
        size = max(map(abs, row.entries)) if has_slack else 0
        relation = row.relation if row.relation is Relation.EQUAL else Relation.AT_LEAST
        lifted.append(Row((*row.entries[:-1], -size, row.entries[-1]), relation))
    zero = (0,) * (len(rows[0].entries) - 1) if rows else ()
    return [*lifted, Row((*zero, -1, 1), Relation.AT_LEAST)]


def inner_point_of(system: RowSystem) -> IntegerPoint | None:
    """Return a point proposed by doubles as well inside, at the one place where sides leave no width.

    None if there seems to be none, or if rows with several coordinates are equations.
    """
    if any(system.is_equation(i) for i in system.general):
        return None
    proposed = inner_point(system)
    if proposed is None:
        return None
    point = list(map(Fraction, proposed))
    for j, (low, high) in enumerate(zip(*system.box.bounds, strict=True)):
        if low is not None and low == high:
            point[j] = Fraction(low, system.box.denominator)
    return IntegerPoint.of(point)


def inner_points(system: RowSystem) -> Iterator[IntegerPoint]:
    """Yield points that may lie where no row of a system vanishes, but equations and sides without room.

    The last ones are sought by exact programs: with all sides a little further in, then, without equations,
    from the point that is furthest inside of the other rows towards the middle of the box.
    There may be points inside, in thin sets with equations, though none is found.
    """
    if not system.general:
        point = point_of_system(system)
        yield from () if point is None else [IntegerPoint.of(point)]
        return
    proposed = inner_point_of(system)
    if proposed is not None:
        yield proposed
    moved = (_deepest(system, margin) for margin in _MARGINS)
    yield from (point for point in moved if point is not None)
    if not any(system.is_equation(i) for i in system.general):
        deepest = _deepest(system, 0)
        if deepest is not None:
            yield _towards_middle(system, deepest)


def _deepest(system: RowSystem, margin: int) -> IntegerPoint | None:
    """Return the point furthest inside of the rows with several coordinates, None if none is inside of all.

    The sides are moved inwards by one part of ``margin`` of their width, by nothing for 0.
    """
    n = system.dimension
    rows = [_with_slack([system.rows[i]], [True])[0] for i in system.general]
    unit = system.box.denominator * (margin or 1)
    for j, (low, high) in enumerate(zip(*system.box.bounds, strict=True)):
        step = (high - low if low is not None and high is not None else system.box.denominator) * bool(margin)
        for end, sign in ((low, 1), (high, -1)):
            if end is not None:
                side = sign * unit, -sign * (end * (margin or 1) + sign * step)
                rows.append(Row.of_side(n + 1, j, side, Relation.AT_LEAST))
    rows.append(Row.of_side(n + 1, n, (-1, 1), Relation.AT_LEAST))
    top = maximise(n + 1, (*(0,) * n, 1, 0), rows)
    return top.place.first(n) if isinstance(top, Optimum) and top.value > 0 else None


def _towards_middle(system: RowSystem, point: IntegerPoint) -> IntegerPoint:
    """Return a point on the way to the middle of the box where no row that is positive here vanishes."""
    middle = IntegerPoint.of(_middle(system, point.point))
    part = Fraction(1, 2)
    for i in system.general:
        here, there = (Fraction(p.value(system.rows[i].entries), p.denominator) for p in (point, middle))
        if there <= 0:
            part = min(part, here / (here - there) / 2)
    pairs = zip(point.point, middle.point, strict=True)
    return IntegerPoint.of([x + part * (y - x) for x, y in pairs])


def _middle(system: RowSystem, otherwise: Point) -> list[Fraction]:
    """Return the middle of a box; where it has one end, what is 1 from it, and without any another point."""
    unit = system.box.denominator
    found = []
    for x, low, high in zip(otherwise, *system.box.bounds, strict=True):
        if low is not None and high is not None:
            found.append(Fraction(low + high, 2 * unit))
        elif low is not None:
            found.append(Fraction(low, unit) + 1)
        else:
            found.append(x if high is None else Fraction(high, unit) - 1)
    return found
