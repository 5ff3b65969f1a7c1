"""Integrals as sums over vertices, against simplices: two roads to each number."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from exactrelu import Domain, Network, Problem, Search, distance, load_network
from exactrelu.analysis.difference_integrals import integral
from exactrelu.enumeration.generator_engine.cell_corners import searched_cells
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rationals import rational
from exactrelu.polyhedra.integration import Polytope
from exactrelu.polyhedra.vertex_sums import Cone, Corner, CornerPolytope, Integrand, NotSimpleError
from tests.support.drawn_networks import Chooser, draw_domain, draw_network
from tests.support.near_copies import float16_copy, near_copy

F = Fraction
BY_SIMPLICES = Search("ppl")


def by_simplices(polytope: Polytope, row: list[Fraction], integrand: Integrand) -> Fraction:
    return (
        polytope.integral_of_absolute(row)
        if integrand is Integrand.ABSOLUTE
        else polytope.integral_of_square(row)
    )


def drawn_row(c: Chooser, n: int) -> list[Fraction]:
    """A row in which entries vanish and repeat: along many edges the function is constant."""
    return [F(c.choose([0, 0, 1, -1, 2, F(1, 3), -5])) for _ in range(n)] + [F(c.integer(-3, 3), 2)]


def drawn_network(c: Chooser, inputs: int) -> Network:
    """A drawn network with so many inputs and a hidden layer."""
    while True:
        network = draw_network(c, most_inputs=inputs, most_hidden=5)
        if network.inputs == inputs and network.depth > 1:
            return network


# single polytopes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_every_cell_of_a_drawn_network_has_the_integrals_of_its_simplices(seed):
    c = Chooser.seeded("vertex sums", seed)
    n = c.integer(3, 4)
    network = drawn_network(c, n)
    low = [c.integer(-2, 0) for _ in range(n)]
    domain = Domain.box([(a, a + c.integer(1, 3)) for a in low])
    if seed % 3 == 0:  # a corner cut off, perhaps through other corners
        domain = Domain.from_inequalities(
            n,
            [
                *((row.entries[:-1], row.entries[-1], ">=") for row in domain.rows),
                ([1] * n, -sum(low) - 1, ">="),
            ],
        )
    if domain.is_empty or domain.affine_dimension < n:
        return
    for number, cell in enumerate(
        searched_cells(Problem.of(network, domain, Reading.FULL), checkpoint=lambda: None)
    ):
        if number > 5:
            break
        polytope, expected = cell.polytope(), Polytope(cell.leaf.region().closure, n)
        for row, integrand in product((drawn_row(c, n), *cell.leaf.affine_map().rows), Integrand):
            assert rational(polytope.integral(row, integrand)) == by_simplices(expected, list(row), integrand)


def test_a_pyramid_over_a_square_has_an_apex_that_is_not_simple():
    network = Network.from_rationals([([[0, 0, 1]], [-5]), ([[1]], None)])
    pyramid = Domain.from_inequalities(
        3, [([0, 0, 1], 0, ">="), *(([a, b, -1], 1, ">=") for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1)))]
    )
    (cell,) = searched_cells(Problem.of(network, pyramid, Reading.FULL), checkpoint=lambda: None)
    polytope = cell.polytope()
    assert sorted(type(corner).__name__ for corner in polytope.corners) == ["Cone"] * 2 + ["Corner"] * 4
    one = [F(0), F(0), F(0), F(1)]
    assert rational(polytope.integral(one, Integrand.ABSOLUTE)) == F(4, 3)
    height = [F(0), F(0), F(1), F(0)]
    assert rational(polytope.integral(height, Integrand.ABSOLUTE)) == F(1, 3)


def test_a_function_that_is_zero_through_corners_and_constant_along_edges_is_integrated():
    cube = {i: (*(int(i == j) for j in range(3)), 0) for i in range(3)}
    cube |= {3 + i: (*(-int(i == j) for j in range(3)), 1) for i in range(3)}
    corners = [Corner((*x, 1), [i + 3 * x[i] for i in range(3)]) for x in product((0, 1), repeat=3)]
    polytope = CornerPolytope(cube, corners)
    for row, absolute, square in [
        ([1, 0, 0, 0], F(1, 2), F(1, 3)),
        ([1, 0, 0, F(-1, 2)], F(1, 4), F(1, 12)),
        ([1, -1, 0, 0], F(1, 3), F(1, 6)),
        ([0, 0, 0, -2], F(2), F(4)),
    ]:
        entries = [F(entry) for entry in row]
        assert rational(polytope.integral(entries, Integrand.ABSOLUTE)) == absolute
        assert rational(polytope.integral(entries, Integrand.SQUARE)) == square


def test_a_corner_with_dependent_rows_is_refused():
    rows = {0: (1, 0, 0), 1: (2, 0, 0), 2: (0, 1, 0)}
    polytope = CornerPolytope(rows, [Corner((0, 0, 1), (0, 1))])
    with pytest.raises(NotSimpleError):
        polytope.integral([F(1), F(1), F(0)], Integrand.SQUARE)
    slanted = CornerPolytope({0: (1, 1, 0), 1: (2, 2, 0)}, [Corner((0, 0, 1), (0, 1))])
    with pytest.raises(NotSimpleError):
        slanted.integral([F(1), F(1), F(0)], Integrand.SQUARE)


def test_a_corner_that_is_left_out_or_moved_changes_the_integral():
    square = {0: (1, 0, 0), 1: (-1, 0, 2), 2: (0, 1, 0), 3: (0, -1, 3)}
    corners = [Corner((x, y, 1), (int(x > 0), 2 + int(y > 0))) for x in (0, 2) for y in (0, 3)]
    row = [F(1), F(1), F(-1)]
    true = CornerPolytope(square, corners).integral(row, Integrand.SQUARE)
    assert CornerPolytope(square, corners[1:]).integral(row, Integrand.SQUARE) != true
    moved = [Corner((0, 1, 1), corners[0].rows), *corners[1:]]
    assert CornerPolytope(square, moved).integral(row, Integrand.SQUARE) != true
    cone = [Cone((0, 0, 1), ((1, 0), (0, 1))), *corners[1:]]
    assert CornerPolytope(square, cone).integral(row, Integrand.SQUARE) == true


# distances ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", ["l1", "l2"])
@pytest.mark.parametrize("seed", range(25))
def test_distances_are_those_of_triangulated_regions(seed, norm):
    c = Chooser.seeded("vertex sums of distances", seed)
    one = drawn_network(c, 3)
    two = near_copy(c, one)
    domain = draw_domain(c, 3) if seed % 2 else Domain.box([(-1, 2), (0, 1), (-3, F(1, 2))])
    if domain.is_empty or domain.affine_dimension < 3:
        return
    assert (
        distance(one, two, domain, norm).power == distance(one, two, domain, norm, search=BY_SIMPLICES).power
    )


@pytest.mark.parametrize("integrand", Integrand)
def test_a_trained_network_on_a_small_box_has_the_integrals_of_its_regions(integrand):
    network = load_network("examples/iris.onnx")
    box = Domain.box([(5, F(21, 4)), (3, F(13, 4)), (1, F(5, 4)), (0, F(1, 4))])
    found = integral(network, box, integrand, Search())
    assert found == integral(network, box, integrand, BY_SIMPLICES)


@pytest.mark.slow
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_the_integrals_of_a_trained_network_in_eight_inputs_are_exact(norm):
    network = load_network("examples/cancer8.onnx")
    copy, box = float16_copy(network), Domain.box([(0, 1)] * 8)
    found = distance(network, copy, box, norm, search=Search(time_limit=120)).power
    scaled = distance(network.scaled(2), copy.scaled(2), box, norm, search=Search(time_limit=120)).power
    assert scaled == found * (2 if norm == "l1" else 4)
    halves = [Domain.box([(a, a + F(1, 2)), *[(0, 1)] * 7]) for a in (0, F(1, 2))]
    assert found == sum(
        distance(network, copy, half, norm, search=Search(time_limit=120)).power for half in halves
    )
