"""Linear pieces and adjacency: facets by another road, coincident neurons, maps on the affine hull."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import networkx as nx
import pytest

from exactrelu.analysis.adjacency import configuration_along, neighbours
from exactrelu.analysis.pieces import Tiling, tiling
from exactrelu.enumeration import count, regions
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional
from tests.support.seeded_cases import seeded_cases


def edges_by_meeting_cells(network: Network, domain: Domain) -> set[frozenset[str]]:
    """The second road: two full cells are neighbours if their closures meet in a common facet."""
    cells = list(regions(network, domain, "full"))
    found = set()
    for i, one in enumerate(cells):
        for two in cells[i + 1 :]:
            meeting = one.closure
            for row in two.geometry.equations:
                meeting = meeting.restricted(Functional(row), Relation.EQUAL)
            for row in two.geometry.facets:
                meeting = meeting.restricted(Functional(row), Relation.AT_LEAST)
            if not meeting.is_empty() and meeting.dimension() == one.dimension - 1:
                found.add(frozenset((str(one.configuration), str(two.configuration))))
    return found


def edges_of(found: Tiling) -> set[frozenset[str]]:
    return {frozenset((str(edge.one), str(edge.two))) for edge in found.edges}


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=7, units=25))
def test_neighbours_are_the_cells_that_meet_in_a_facet(network, domain):
    assert edges_of(tiling(network, domain)) == edges_by_meeting_cells(network, domain)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=8, units=20))
def test_pieces_are_the_components_of_edges_with_equal_maps(network, domain):
    found = tiling(network, domain)
    graph = found.graph()
    assert len(graph) == count(network, domain, "full") == len(found.maps)
    same = nx.Graph()
    same.add_nodes_from(graph.nodes)
    same.add_edges_from(
        (a, b) for a, b in graph.edges if graph.nodes[a]["affine_map"] == graph.nodes[b]["affine_map"]
    )
    components = {frozenset(component) for component in nx.connected_components(same)}
    assert {frozenset(piece.configurations) for piece in found.pieces} == components


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=8, units=20))
def test_the_map_of_a_piece_is_the_network_on_each_of_its_cells(network, domain):
    points = {r.configuration: r for r in regions(network, domain, "full")}
    for piece in tiling(network, domain).pieces:
        for configuration in piece.configurations:
            region = points[configuration]
            for x in (region.point, *region.geometry.vertices):
                assert piece.affine_map(x) == network(x)


def test_coincident_neurons_flip_together():
    network = Network.from_rationals([([[1, 0], [-2, 0], [0, 1]], None), ([[1, 1, 1]], None)])
    flipped = {edge.flipped for edge in tiling(network).edges}
    assert flipped == {frozenset({(1, 0), (1, 1)}), frozenset({(1, 2)})}


def test_cells_with_one_map_but_no_common_facet_are_two_pieces():
    # relu(-x) and relu(x - 1) both off on [0, 1]; f = relu(relu(x) - 1) * 0 is constant on both far sides.
    # f(x) = relu(x) - 2 relu(x - 1) + relu(x - 2): zero on x <= 0 and on x >= 2, a tent between.
    tent = Network.from_rationals([([[1], [1], [1]], [0, -1, -2]), ([[1, -2, 1]], None)])
    found = tiling(tent)
    maps = [piece.affine_map for piece in found.pieces]
    assert len(found.pieces) == 4
    assert maps[0] == maps[-1]


def test_a_network_that_is_affine_has_one_piece_however_many_cells():
    identity = Network.from_rationals([([[1], [-1], [1]], [0, 0, -1]), ([[1, -1, 0]], None)])
    found = tiling(identity)
    assert (len(found.maps), len(found.pieces)) == (3, 1)


def test_on_a_line_maps_are_compared_on_the_line():
    # relu(x) - relu(y) vanishes on {x = y}: one piece there, though the maps of the cells differ off it.
    network = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, -1]], None)])
    diagonal = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    found = tiling(network, diagonal)
    assert (len(found.maps), len(found.pieces)) == (2, 1)
    assert found.pieces[0].affine_map((5, 5)) == (0,)
    assert len(tiling(network).pieces) == 4


def test_an_empty_domain_has_no_cells_and_no_pieces():
    network = Network.from_rationals([([[1]], None), ([[1]], None)])
    nothing = Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<")])
    found = tiling(network, nothing)
    assert (found.maps, found.edges, found.pieces) == ({}, (), ())


def test_the_domains_boundary_is_no_edge():
    network = Network.from_rationals([([[1]], None), ([[1]], None)])
    assert tiling(network, Domain.box([(0, 1)])).edges == ()
    assert len(tiling(network, Domain.box([(-1, 1)])).edges) == 1


def test_flipped_sets_are_the_differing_bits_and_the_relation_is_symmetric():
    network = Network.from_rationals(
        [([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, -1], [1, -1, 0]], [-1, 0]), ([[1, 1]], None)]
    )
    seen: defaultdict[frozenset[Configuration], list[frozenset[tuple[int, int]]]] = defaultdict(list)
    for region in regions(network, reading="full"):
        for neighbour in neighbours(region):
            assert neighbour.flipped == region.configuration.differing(neighbour.configuration) != frozenset()
            seen[frozenset((region.configuration, neighbour.configuration))].append(neighbour.flipped)
    assert all(len(both) == 2 and both[0] == both[1] for both in seen.values())


def test_the_configuration_along_a_ray_is_that_of_points_close_by():
    network = Network.from_rationals(
        [([[1, -1], [2, 1]], [0, "1/3"]), ([[1, -1], [1, 1]], [0, "-1/3"]), ([[1, 1]], None)]
    )
    start, direction = (Fraction(0), Fraction(0)), (Fraction(3), Fraction(-7))
    near = tuple(s + v / 10**9 for s, v in zip(start, direction, strict=True))
    assert configuration_along(network, start, direction) == network.configuration(near)
