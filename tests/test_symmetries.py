"""Functional dimension by two roads; what hides parameters is named; what is seen is counted."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from flint import fmpz_mat

from exactrelu.enumeration import regions
from exactrelu.errors import ArgumentError, BudgetExhaustedError, NetworkError
from exactrelu.identifiability.functional_dimension import functional_dimension, rescaling_dimension
from exactrelu.identifiability.hidden_symmetries import HiddenSymmetry
from exactrelu.identifiability.symmetry_report import symmetries
from exactrelu.identifiability.transparency import Visibility, transparency
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.row_space import independent_rows, kernel_of, proved_rank
from exactrelu.polyhedra.domain import Domain
from tests.support.brute_symmetries import disguised
from tests.support.command_line import network_document
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.symbolic_jacobian import symbolic_rank

KIND = HiddenSymmetry


def general_points(dimension: int):
    """Points on which an affine function of so many variables is determined."""
    return [tuple(Fraction(int(i == j)) for j in range(dimension)) for i in range(dimension + 1)]


def found(report, kind):
    return [(finding.layer, finding.neurons) for finding in report.hidden if finding.kind is kind]


@pytest.mark.parametrize("seed", range(9))
def test_the_functional_dimension_is_the_rank_of_symbolic_derivatives(seed):
    c = Chooser.seeded("dimension", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    if seed % 2:
        network = with_drawn_units(c, network)
    cells = [region.configuration for region in regions(network, reading=Reading.FULL)]
    dimension = functional_dimension(network)
    assert dimension.value == symbolic_rank(
        network, [(cell, general_points(network.inputs)) for cell in cells]
    )
    assert dimension.value <= dimension.most
    assert dimension.cells == len(cells)
    assert functional_dimension(disguised(c, network)).value == dimension.value


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5])
def test_the_batch_functional_dimension_is_the_rank_at_the_points(seed):
    c = Chooser.seeded("batch", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    points = [
        region.point
        for region in regions(network, reading=Reading.FULL)
        if all(all(layer) for layer in network.preactivations(region.point))
    ]
    value = functional_dimension(network, points=points).value
    assert value == symbolic_rank(network, [(network.configuration(point), [point]) for point in points])
    assert value <= functional_dimension(network).value


@pytest.mark.parametrize("seed", range(5))
def test_a_domain_shows_no_more_than_the_whole_space_and_its_affine_hull_counts(seed):
    c = Chooser.seeded("domain", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    domain = draw_domain(c, network.inputs)
    found_there = functional_dimension(network, domain)
    cells = [region.configuration for region in regions(network, domain, Reading.FULL)]
    inside = [] if domain.is_empty else spanning_points(domain)
    assert found_there.value == symbolic_rank(network, [(cell, inside) for cell in cells])


def spanning_points(domain: Domain):
    base = domain.interior_point
    return [base] + [
        tuple(x + v for x, v in zip(base, direction, strict=True)) for direction in domain.directions.basis
    ]


def test_a_good_network_has_all_the_dimensions_that_it_can_have():
    report = symmetries(
        Network.from_rationals([([[1, 2], [2, -1], [-1, 1]], [1, 2, 3]), ([[1, -2, 3]], [1])])
    )
    assert (report.dimension.value, report.dimension.parameters, report.dimension.rescalings) == (10, 13, 3)
    assert report.hidden == ()
    assert all(bend.visibility is Visibility.WHOLE and bend.alone == bend.seen for bend in report.bends)


def test_what_is_degenerate_in_a_layer_is_named():
    rows = [[1], [2], [-3], [0], [0], [1], [5]]
    network = Network.from_rationals([(rows, [0, 0, 0, 1, -1, 9, 7]), ([[1, 1, 1, 1, 1, 1, 0]], None)])
    report = symmetries(network, Domain.box([(-1, 1)]))
    assert found(report, KIND.DEAD) == [(1, (4,))]
    assert found(report, KIND.CONSTANT) == [(1, (3,))]
    assert found(report, KIND.NEVER_BENT) == [(1, (5, 6))]
    assert found(report, KIND.UNREAD) == [(1, (6,))]
    assert found(report, KIND.PARALLEL) == [(1, (0, 1))]
    assert found(report, KIND.OPPOSITE) == [(1, (0, 1, 2))]
    assert [f.relations for f in report.hidden if f.kind is KIND.DEPENDENT] == [5]


def test_linear_and_collapsed_layers_are_named():
    linear = Network.from_rationals([([[1], [-1]], [5, 5]), ([[1, 2]], None)])
    assert found(symmetries(linear, Domain.box([(-1, 1)])), KIND.LINEAR) == [(1, (0, 1))]
    assert found(symmetries(linear), KIND.LINEAR) == []
    collapsed = Network.from_rationals([([[1]], None), ([[-1], [0]], [0, 2]), ([[1, 1]], None)])
    report = symmetries(collapsed)
    assert found(report, KIND.COLLAPSED) == [(2, (0, 1))]
    assert found(report, KIND.UNREAD) == [(1, (0,))]
    assert [bend.visibility for bend in report.bends] == [
        Visibility.NOWHERE, Visibility.NO_BEND, Visibility.NO_BEND,
    ]  # fmt: skip


def test_leaky_and_linear_units():
    layers = [([[1], [2], [1]], [1, 3, 0]), ([[1, 1, 1]], None)]
    units = [Activation.of([("1/4", 1), (0, 1), (1, 1)])]
    report = symmetries(Network.from_rationals(layers, activations=units))
    assert [bend.neuron for bend in report.bends] == [(1, 0), (1, 1)]
    assert report.transparency is None
    assert found(report, KIND.DEAD) == found(report, KIND.NEVER_BENT) == []


def test_zero_neurons_have_no_direction_of_their_own():
    zero = Network.from_rationals([([[0], [1]], [0, 1]), ([[0, 1]], None)])
    assert rescaling_dimension(zero) == 1
    assert functional_dimension(zero).value == functional_dimension(zero).most - 3
    assert found(symmetries(zero), KIND.DEAD) == [(1, (0,))]


def test_nothing_is_seen_on_an_empty_domain():
    network = Network.from_rationals([([[1]], None), ([[1]], None)])
    report = symmetries(network, Domain.box([(1, 0)]))
    assert (report.dimension.value, report.dimension.cells, report.hidden) == (0, 0, ())
    assert report.transparency.holds


def test_an_affine_map_has_all_its_dimensions():
    assert functional_dimension(Network.from_rationals([([[1, 2], [0, 0]], None)])).value == 6


def test_a_layer_that_is_off_is_not_transparent():
    network = Network.from_rationals([([[1], [-1]], [-1, -1]), ([[1, 1]], None)])
    assert str(transparency(network, Domain.whole_space(1)).configuration) == "00"
    assert transparency(network, Domain.box([(2, 3)])).holds
    leaky = Network(network.layers, activations=(Activation.of([("1/2", 1)] * 2),))
    with pytest.raises(NetworkError, match="transparency: expected ReLU in all hidden layers"):
        transparency(leaky, Domain.whole_space(1))


def test_kinks_points_outside_and_budgets_are_refused():
    network = Network.from_rationals([([[1], [1]], [0, 1]), ([[1, 1]], None)])
    with pytest.raises(ArgumentError, match=r"points\[1\]: .* got 0 at neuron 1 of hidden layer 1"):
        functional_dimension(network, points=[[5], [-1]])
    with pytest.raises(ArgumentError, match=r"points\[0\]: expected a point of the domain"):
        functional_dimension(network, Domain.box([(0, 1)]), points=[[5]])
    from exactrelu.enumeration.effort import Search

    with pytest.raises(BudgetExhaustedError):
        symmetries(network, search=Search(max_regions=1))


def test_a_rank_is_proved_even_where_the_first_prime_lies():
    prime = 2**61 - 1
    lying = [fmpz_mat([[prime, 0, 0], [0, 1, 0]]), fmpz_mat([[prime, 1, 0]])]
    assert independent_rows(lying, 3).rank == 1
    assert proved_rank(lambda: lying, 3) == 2
    assert proved_rank(list, 3) == 0
    every = prime * (2**31 - 1) * (2**19 - 1)
    assert proved_rank(lambda: [fmpz_mat([[every, 0]])], 2) == 1


def test_the_kernel_annihilates_the_rows():
    rows = fmpz_mat([[2, 4, 6, 1], [1, 1, 1, 1]])
    kernel = kernel_of(independent_rows([rows], 4))
    assert (kernel.ncols(), kernel.rank(), any((rows * kernel).entries())) == (2, 2, False)


def test_the_command(exactrelu):
    net = exactrelu.file(
        "net.json", network_document(([["1"], ["2"], ["-1"]], ["0", "0", "3"]), ([["1", "1", "1"]], None))
    )
    answer = exactrelu("symmetries", net, "--box", "-1:1", "--json", "-").json
    assert answer["functional_dimension"]["most"] == 7
    assert {"kind": "parallel", "layer": 1, "neurons": [0, 1]} in answer["hidden"]
    assert answer["transparency"] == {"holds": True}
    assert [bend["visibility"] for bend in answer["bends"]] == ["whole", "whole", "no bend"]
    text = exactrelu("symmetries", net).out
    assert "7 = 10 parameters - 3 rescalings" in text
    assert "hidden layer 1: neurons 0, 1 parallel" in text
    batch = json.loads(exactrelu("symmetries", net, "--at", "-1", "--at", "1/2", "--json", "-").out)
    assert batch["batch_functional_dimension"]["value"] == 2
    assert exactrelu("symmetries", net, "--at", "0").status == 2
