"""Points inside a polyhedron by linear programming, without its vertices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem


def point_inside(dimension: int, rows: Sequence[Row]) -> Point | None:
    """Return a point where all inequalities are strict, by a linear program; None if there is none.

    Examples
    --------
    >>> point_inside(1, [Row((1, 0), Relation.AT_LEAST), Row((-1, 4), Relation.AT_LEAST)])
    (Fraction(1, 1),)
    """
    n = dimension
    program = MIP_Problem(n + 1)  # the last variable is the slack, at most 1
    program.add_constraint(Linear_Expression([*(0,) * n, -1], 1) >= 0)
    program.add_constraint(Linear_Expression([*(0,) * n, 1], 0) >= 0)
    for row in rows:
        normal, offset = row.entries[:-1], row.entries[-1]
        if row.relation is Relation.EQUAL:
            program.add_constraint(Linear_Expression([*normal, 0], offset) == 0)
        else:
            program.add_constraint(Linear_Expression([*normal, -1], offset) >= 0)
    program.set_objective_function(Linear_Expression([*(0,) * n, 1], 0))
    if not program.is_satisfiable():
        return None
    solution = program.optimizing_point()
    entries = [int(entry) for entry in solution.coefficients()]
    entries += [0] * (n + 1 - len(entries))
    if not entries[n]:
        return None
    return tuple(Fraction(entry, int(solution.divisor())) for entry in entries[:n])
