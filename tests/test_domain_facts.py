"""What a domain knows about its set: linear programs on its rows say the same as PPL's double description."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Polyhedron, is_feasible
from exactrelu.polyhedra.subspace import Subspace
from tests.support.drawn_networks import Chooser, draw_domain


def domain(n, *rows):
    return Domain.from_inequalities(n, rows)


DEGENERATE = {
    "whole space": Domain.whole_space(2),
    "a point": domain(2, ([1, 0], -1, "="), ([0, 1], 0, ">="), ([0, 1], 0, "<=")),
    "a line in disguise": domain(2, ([1, 1], -1, ">="), ([2, 2], -2, "<=")),
    "an open half-line": domain(2, ([1, -1], 0, "="), ([1, 0], 0, ">")),
    "touching, one side open": domain(1, ([1], 0, "<"), ([1], 0, ">=")),
    "a constant that holds": domain(2, ([0, 0], 1, ">")),
    "a constant that does not": domain(2, ([0, 0], 0, ">")),
    "0 = 0": domain(1, ([0], 0, "=")),
    "upside down": Domain.box([(1, 0), (0, 1)]),
    "no inputs": Domain.whole_space(0),
}


def drawn():
    return [draw_domain(Chooser.seeded(f"facts {i}"), 1 + i % 4) for i in range(150)]


@pytest.mark.parametrize("one", [*DEGENERATE.values(), None], ids=[*DEGENERATE, "drawn"])
def test_linear_programs_and_double_description_agree(one):
    empty = flat = 0
    for each in drawn() if one is None else [one]:
        n = each.dimension
        assert each.is_empty == (each.cell is None) == (not is_feasible(n, each.rows))
        assert each.is_empty == (each.interior_point is None) == each.closure.is_empty()
        empty += each.is_empty
        if each.is_empty:
            assert each.emptiness.is_valid()
            assert (each.affine_dimension, each.equations, each.directions.dimension) == (-1, (), 0)
            continue
        closure = Polyhedron.closure_of(n, each.rows)
        assert each.affine_dimension == closure.dimension()
        assert each.equations == CanonicalPolyhedron.of(closure, n).equations
        equations, _ = closure.constraints()
        assert each.directions == Subspace.of_equations([row[:-1] for row in equations], n)
        inside = each.interior_point
        assert each.contains(inside)
        facets = CanonicalPolyhedron.of(closure, n).facets
        assert all(Row(facet, Relation.GREATER).value(inside) > 0 for facet in facets)
        flat += 0 <= each.affine_dimension < n
    assert one is not None or (empty > 5 and flat > 5)


def test_facts_are_found_once_and_do_not_travel():
    box = Domain.box([(0, 1), (2, 2)])
    names = ("emptiness", "cell", "interior_point", "equations", "directions", "rows")
    assert all(getattr(box, name) is getattr(box, name) for name in names)
    assert box.closure is box.cell.closure
    copy = pickle.loads(pickle.dumps(box))  # noqa: S301 - our own bytes
    assert copy == box
    assert hash(copy) == hash(box)
    assert set(vars(copy)) == {"dimension", "constraints"}
    assert copy.equations == box.equations == ((0, 1, -2),)


def test_a_box_in_many_inputs_is_no_harder_than_its_rows():
    box = Domain.box([(0, 1)] * 60 + [(3, 3)])  # its closure has 2^60 vertices
    assert not box.is_empty
    assert box.affine_dimension == box.directions.dimension == 60
    assert box.interior_point == (Fraction(1, 2),) * 60 + (Fraction(3),)
    assert Domain.box([(0, 1)] * 60 + [(3, 2)]).affine_dimension == -1
