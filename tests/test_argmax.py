"""Argmax regions tile the domain, and the decision boundary is where two classes meet."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, argmax_regions, load_network
from exactrelu.analysis.decision_regions import with_threshold
from exactrelu.errors import NetworkError
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain_points import domain_points
from exactrelu.polyhedra.integration import Polytope
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron
from tests.support.brute_force import dimension_of, domain_constraints, evaluate
from tests.support.command_line import network_document
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.seeded_cases import seeded_cases

F = Fraction


def largest(network: Network, x) -> tuple[int, ...]:
    """The outputs that are largest at a point."""
    values = evaluate(network, x)[1]
    return tuple(i for i, value in enumerate(values) if value == max(values))


def holds(geometry: CanonicalPolyhedron, x) -> bool:
    rows = [*geometry.facets, *geometry.equations, *([-a for a in row] for row in geometry.equations)]
    return all(sum(a * b for a, b in zip(row, (*x, 1), strict=True)) >= 0 for row in rows)


def volume(geometry: CanonicalPolyhedron) -> Fraction:
    polyhedron = Polyhedron.universe(geometry.ambient)
    for row in geometry.facets:
        polyhedron.restrict(Functional(row), Relation.AT_LEAST)
    return Polytope(polyhedron, geometry.ambient).volume


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=5, units=25))
def test_inside_a_region_exactly_its_classes_are_largest(network, domain):
    found = argmax_regions(network, domain)
    size = dimension_of(domain.dimension, domain_constraints(domain))
    for region in found.regions:
        assert largest(network, region.geometry.point) == region.classes
        assert str(network.configuration(region.geometry.point)) == str(region.configuration) or size < 0
        assert region.geometry.dimension == size
    for facet in found.boundary:
        assert largest(network, facet.geometry.point) == facet.classes
        assert len(facet.classes) > 1
        assert facet.geometry.dimension == size - 1
    for x in domain_points(domain, 20):
        classes = {c for region in found.regions if holds(region.geometry, x) for c in region.classes}
        assert set(largest(network, x)) >= classes > set()


@pytest.mark.parametrize("seed", range(25))
def test_the_regions_fill_the_box_without_overlap(seed):
    network = draw_network(Chooser.seeded("argmax", seed), most_inputs=2, most_hidden=5)
    found = argmax_regions(network, Domain.box([(-1, 2)] * network.inputs))
    assert sum(volume(region.geometry) for region in found.regions) == 3**network.inputs


@pytest.mark.parametrize("seed", range(25))
def test_between_two_classes_lies_a_facet(seed):
    # In one input: walk along the ends of the regions; where the class changes there is a facet.
    network = draw_network(Chooser.seeded("walk", seed), most_inputs=1, most_hidden=5)
    found = argmax_regions(network, Domain.box([(-3, 3)]))
    walls = {facet.geometry.point for facet in found.boundary}
    ordered = sorted(found.regions, key=lambda region: region.geometry.vertices)
    for one, two in itertools.pairwise(ordered):
        assert one.geometry.vertices[-1] == two.geometry.vertices[0]
        changes = not set(one.classes) & set(two.classes)
        assert not changes or two.geometry.vertices[0] in walls


def test_outputs_that_agree_on_a_cell_are_one_class_set():
    # relu(x), relu(x), 0: all tie on x < 0, the first two on x > 0, and all three meet at 0.
    net = Network.from_rationals([([[1]], None), ([[1], [1], [0]], None)])
    found = argmax_regions(net)
    assert [region.classes for region in found.regions] == [(0, 1, 2), (0, 1)]
    assert {facet.classes for facet in found.boundary} == {(0, 1, 2)}
    assert len(found.of_class(2)) == 1


def test_on_a_line_classes_are_compared_along_it():
    net = Network.from_rationals([([[1, 0], [0, 1]], None)])
    line = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    found = argmax_regions(net, line)
    assert [region.classes for region in found.regions] == [(0, 1)]
    assert found.boundary == ()


def test_three_classes_that_meet_in_a_point_have_three_facets():
    net = Network.from_rationals([([[1, 0], [0, 1], [-1, -1]], None)])
    found = argmax_regions(net)
    assert [region.classes for region in found.regions] == [(0,), (1,), (2,)]
    assert sorted(facet.classes for facet in found.boundary) == [(0, 1), (0, 2), (1, 2)]
    assert [facet.geometry.vertices for facet in found.boundary] == [[(0, 0)]] * 3


def test_classes_that_only_touch_have_no_facet():
    corner = Network.from_rationals([([[1, 0], [-1, 0], [0, 1], [0, -1]], None), ([[0] * 4, [-1] * 4], None)])
    found = argmax_regions(corner)
    assert {region.classes for region in found.regions} == {(0,)}
    assert found.boundary == ()


def test_an_empty_domain_has_no_regions():
    net = Network.from_rationals([([[1]], None)])
    found = argmax_regions(net, Domain.from_inequalities(1, [([1], 0, "<"), ([1], 0, ">")]))
    assert (found.regions, found.boundary, found.cells) == ((), (), 0)


def test_the_regions_of_iris_fill_the_box():
    net = load_network("examples/iris.onnx")
    found = argmax_regions(net, Domain.box([(4, 8), (2, 5), (1, 7), (0, 3)]))
    assert sum(volume(region.geometry) for region in found.regions) == 4 * 3 * 6 * 3
    assert {region.classes for region in found.regions} == {(0,), (1,), (2,)}
    assert {facet.classes for facet in found.boundary} == {(0, 1), (1, 2)}
    assert all(largest(net, facet.geometry.point) == facet.classes for facet in found.boundary)


def test_the_boundary_of_moons_is_the_zero_set_of_its_output():
    net = load_network("examples/moons.onnx")
    found = argmax_regions(with_threshold(net, 0), Domain.box([(-2, 3)] * 2))
    assert sum(volume(region.geometry) for region in found.regions) == 25
    assert found.boundary
    for facet in found.boundary:
        assert [net(vertex) for vertex in facet.geometry.vertices] == [(0,), (0,)]
    with pytest.raises(NetworkError, match="expected a network with one output, got 3"):
        with_threshold(load_network("examples/iris.onnx"), 0)


def test_the_command_prints_regions_and_boundary(exactrelu):
    path = exactrelu.file("n.json", network_document(([["1"], ["-1"]], None), ([["1", "1"]], None)))
    result = exactrelu("argmax", path, "--threshold", "-1", "--box", "-3:3", "--json", "-")
    assert [(r["classes"], r["vertices"]) for r in result.json["regions"]] == [
        ([1], [["-3"], ["0"]]),
        ([1], [["0"], ["3"]]),
    ]
    result = exactrelu("argmax", path, "--threshold", "1", "--box", "-3:3", "--json", "-")
    assert result.json["count"] == 4
    assert [(f["classes"], f["point"]) for f in result.json["boundary"]] == [
        ([0, 1], ["-1"]),
        ([0, 1], ["1"]),
    ]
    text = exactrelu("argmax", path, "--threshold", "1")
    assert (text.status, "2 facets" in text.out) == (0, True)
    wide = exactrelu.file("w.json", network_document(([["1"], ["2"]], None)))
    assert exactrelu("argmax", wide, "--threshold", "1").is_refusal(
        "expected a network with one output, got 2"
    )
