"""Polyhedra by rows and linear programs, against those that PPL keeps by generators as well."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, region_at, tiling
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron
from exactrelu.polyhedra.row_polyhedron import MOST_BY_GENERATORS, RowPolyhedron, closure_of
from tests.support.drawn_networks import Chooser
from tests.test_linear_program import draw_rows


@pytest.mark.parametrize("seed", range(250))
def test_signs_shape_and_minimal_rows_are_ppls(seed):
    c = Chooser.seeded("row polyhedra", seed)
    n = c.integer(1, 4)
    rows = draw_rows(c, n)
    one, two = RowPolyhedron(n, rows), Polyhedron.closure_of(n, rows)
    assert one.is_empty() == two.is_empty()
    if one.is_empty():
        return
    assert (one.dimension(), one.is_bounded()) == (two.dimension(), two.is_bounded())
    assert CanonicalPolyhedron.of(one, n) == CanonicalPolyhedron.of(two, n)
    inside = one.relative_interior_point()
    facets = CanonicalPolyhedron.of(two, n).facets
    assert all(sum(a * x for a, x in zip(row, inside, strict=False)) + row[-1] > 0 for row in facets)
    functional = Functional(tuple(c.integer(-2, 2) for _ in range(n + 1)))
    assert one.sign_range(functional) == two.sign_range(functional)
    assert one.is_positive_on(functional) == two.is_positive_on(functional)
    assert one.is_nonpositive_on(functional) == two.is_nonpositive_on(functional)
    assert one.sign_if_open_side(functional) == two.sign_if_open_side(functional)
    assert one.sign_if_closed_side(functional) == two.sign_if_closed_side(functional)
    part, other = (p.restricted(functional, Relation.AT_LEAST) for p in (one, two))
    assert part.is_empty() == other.is_empty()
    one.restrict(functional, Relation.AT_LEAST)
    assert one.is_empty() == other.is_empty()


def test_generators_are_there_for_who_asks_and_copies_are_equal():
    square = RowPolyhedron(2, Domain.box([(0, 1), (0, 2)]).rows)
    for polyhedron in (square, copy.deepcopy(square)):
        assert len(polyhedron.generators().points) == 4
    assert type(closure_of(MOST_BY_GENERATORS, [])) is Polyhedron
    assert type(closure_of(MOST_BY_GENERATORS + 1, [])) is RowPolyhedron


def test_a_region_in_many_dimensions_has_facets_and_no_vertices_are_listed():
    n = 60
    rows = [[(3 * i + j) % 7 - 3 for j in range(n)] for i in range(4)]
    network = Network.from_rationals([(rows, [1] * 4), ([[1, -1, 2, 1]], None)])
    region = region_at(network, [0] * n)
    assert (region.dimension, region.bounded) == (n, False)
    assert sorted(region.geometry.facets) == sorted((*row, 1) for row in rows)
    assert region.strict == tuple(sorted((*row, 1) for row in rows))
    boxed = region_at(network, [0] * n, domain=Domain.box([(0, Fraction(1, 10**4))] * n))
    assert (len(boxed.geometry.facets), boxed.bounded, boxed.strict) == (2 * n, True, ())


def test_pieces_of_wide_inputs_join_through_facets_found_by_programs():
    n = 30
    network = Network.from_rationals([([[1] * n, [1, -1] + [0] * (n - 2)], [-1, 0]), ([[1, 0]], None)])
    found = tiling(network, Domain.box([(0, 1)] * n))
    assert (len(found.maps), len(found.pieces), len(found.edges)) == (4, 2, 4)
