"""Exact linear programs: their evidence is checked by what it says, their answers against PPL's."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu.polyhedra import linear_program
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.exact_basis import Basis, Program, improved
from exactrelu.polyhedra.linear_program import (
    Infeasible,
    Optimum,
    Unbounded,
    UndecidedError,
    feasible_point,
    maximise,
)
from exactrelu.polyhedra.polyhedron import is_feasible
from exactrelu.polyhedra.row_system import RowSystem
from tests.support.drawn_networks import Chooser

RELATIONS = [Relation.AT_LEAST] * 5 + [Relation.GREATER, Relation.EQUAL]
ENTRIES = {
    "small": [0, 0, 1, -1, 2],
    "thick": list(range(-9, 10)),
    "scales": [0, 1, -1, 2**40, -(2**40), 3**30],
    "huge": [0, 1, -1, 2**600, -(2**600)],
    "boxes": [0, 0, 0, 0, 1, -1],
}


def draw_rows(c: Chooser, n: int) -> list[Row]:
    """Return rows with repeated, opposite, parallel and constant ones among them."""
    kind = ENTRIES[c.choose(list(ENTRIES))]
    rows = [
        Row(tuple(c.choose(kind) for _ in range(n + 1)), c.choose(RELATIONS)) for _ in range(c.integer(0, 9))
    ]
    for _ in range(c.integer(0, 2)):
        if rows:
            one = c.choose(rows).entries
            factor = c.choose([1, -1, 2, -3])
            rows.append(Row((*(factor * a for a in one[:-1]), factor * one[-1] + c.choose([0, 0, 1])),
                            c.choose(RELATIONS)))  # fmt: skip
    if c.integer(0, 1):
        for j in range(n):
            unit = [int(i == j) for i in range(n)]
            rows.append(Row((*unit, c.integer(0, 2)), Relation.AT_LEAST))
            rows.append(Row((*(-a for a in unit), c.integer(0, 2)), Relation.AT_LEAST))
    return rows


def closed(row: Row, value: Fraction) -> bool:
    return value == 0 if row.relation is Relation.EQUAL else value >= 0


def proves(rows, objective, found) -> bool:
    """Whether the evidence of an outcome shows what it says."""
    if isinstance(found, Unbounded):
        slopes = [(row, row.value((*found.ray, 0)) - row.entries[-1]) for row in rows]
        growing = sum(c * x for c, x in zip(objective, found.ray, strict=False)) > 0
        inside = all(closed(row, row.value(found.point)) for row in rows)
        return growing and inside and all(closed(row, slope) for row, slope in slopes)
    if any(m < 0 for i, m in found.multipliers.items() if rows[i].relation is not Relation.EQUAL):
        return False
    start = objective if isinstance(found, Optimum) else [0] * len(objective)
    sums = [
        c + sum(m * rows[i].entries[j] for i, m in found.multipliers.items()) for j, c in enumerate(start)
    ]
    if any(sums[:-1]):
        return False
    if isinstance(found, Infeasible):
        return sums[-1] < 0
    value = sum(c * x for c, x in zip(objective, found.point, strict=False)) + objective[-1]
    inside = all(closed(row, row.value(found.point)) for row in rows)
    return inside and sums[-1] == found.value == value


def case(seed: int) -> tuple[int, list[Row], list[Fraction]]:
    c = Chooser.seeded("linear program", seed)
    n = c.integer(1, 5)
    objective = [Fraction(c.choose([0, 1, -1, 3, 2**30]), c.choose([1, 7])) for _ in range(n + 1)]
    return n, draw_rows(c, n), objective


@pytest.mark.parametrize("seed", range(400))
def test_optima_rays_and_multipliers_prove_what_they_say_and_agree_with_ppl(seed):
    n, rows, objective = case(seed)
    found = maximise(n, objective, rows)
    assert proves(rows, objective, found)
    second = linear_program._by_ppl(Program.of(n, objective, rows))
    assert proves(rows, objective, second)
    assert type(found) is type(second)
    if isinstance(found, Optimum):
        assert found.value == second.value


@pytest.mark.parametrize("seed", range(400))
def test_points_satisfy_strict_rows_strictly_and_exist_where_ppl_says_so(seed):
    n, rows, _ = case(seed)
    point = feasible_point(n, rows)
    assert (point is not None) == is_feasible(n, rows)
    if point is not None:
        values = [(row, row.value(point)) for row in rows]
        assert all(v > 0 if row.relation is Relation.GREATER else closed(row, v) for row, v in values)


@pytest.mark.parametrize("seed", range(60))
def test_exact_pivots_from_any_vertex_or_dual_vertex_reach_the_optimum(seed):
    c = Chooser.seeded("pivots", seed)
    n = c.integer(1, 4)
    rows = [
        Row((*(c.integer(-5, 5) for _ in range(n)), c.integer(1, 9)), Relation.AT_LEAST) for _ in range(8)
    ]
    rows += [Row((*(int(i == j) for i in range(n)), 3), Relation.AT_LEAST) for j in range(n)]
    rows += [Row((*(-int(i == j) for i in range(n)), 3), Relation.AT_LEAST) for j in range(n)]
    objective = [Fraction(c.integer(-4, 4)) for _ in range(n + 1)]
    program = Program.of(n, objective, rows)
    start = Basis({j: 8 + j + (n if objective[j] > 0 else 0) for j in range(n)}, [])  # best on the box alone
    found = improved(program, start)
    assert found is None or (proves(rows, objective, found) and isinstance(found, Optimum))
    assert found is not None


@pytest.mark.parametrize("seed", range(80))
def test_exact_pivots_go_on_where_rows_and_multipliers_are_both_wrong(seed):
    c = Chooser.seeded("both wrong", seed)
    n = c.integer(2, 4)
    rows = [
        Row((*(c.integer(-5, 5) for _ in range(n)), c.integer(-3, 9)), Relation.AT_LEAST) for _ in range(6)
    ]
    for sign in (1, -1):
        rows += [Row((*(sign * int(i == j) for i in range(n)), 3), Relation.AT_LEAST) for j in range(n)]
    objective = [Fraction(c.integer(-4, 4)) for _ in range(n + 1)]
    start = Basis({j: 6 + j + n * c.integer(0, 1) for j in range(n)}, [])  # any vertex of the box
    found = improved(Program.of(n, objective, rows), start)
    assert found is not None
    assert proves(rows, objective, found)
    assert type(found) is type(maximise(n, objective, rows))


def test_a_proof_that_is_changed_is_refused():
    rows = [Row((1, 0), Relation.AT_LEAST), Row((-1, 1), Relation.AT_LEAST)]
    found = maximise(1, (Fraction(2), Fraction(1)), rows)
    assert (found.value, found.point, found.multipliers) == (3, (1,), {1: 2})
    assert proves(rows, (2, 1), found)
    assert not proves(rows, (2, 1), Optimum(Fraction(4), found.place, lambda: found.multipliers))
    assert not proves(rows, (2, 1), Optimum(found.value, found.place, lambda: {0: Fraction(-2)}))
    assert not proves(rows, (2, 1), Unbounded((Fraction(0),), (Fraction(1),)))
    assert not proves(rows, (2, 1), Infeasible({0: Fraction(1)}))


def test_a_program_in_many_coordinates_needs_only_its_few_joint_rows():
    n = 400
    rows = [Row((*(int(i == j) for i in range(n)), 0), Relation.AT_LEAST) for j in range(n)]
    rows.append(Row((*(-1 for _ in range(n)), 1), Relation.AT_LEAST))
    objective = [Fraction(j + 1) for j in range(n)] + [Fraction(0)]
    found = maximise(n, objective, rows)
    assert found.value == n
    assert proves(rows, objective, found)


def test_ppl_is_not_asked_where_that_is_forbidden(monkeypatch):
    rows = [
        Row((1, 1, -1), Relation.AT_LEAST),
        Row((-1, 1, 0), Relation.GREATER),
        Row((0, -1, 3), Relation.AT_LEAST),
    ]
    assert feasible_point(2, rows, by_ppl=False) is not None
    monkeypatch.setattr(linear_program, "_by_basis", lambda _: None)
    monkeypatch.setattr(linear_program, "inner_point_of", lambda _: None)
    assert feasible_point(2, rows) is not None
    with pytest.raises(UndecidedError):
        feasible_point(2, rows, by_ppl=False)
    with pytest.raises(UndecidedError):
        linear_program.maximise_over(RowSystem.of(2, rows), (1, 1, 0), by_ppl=False)
