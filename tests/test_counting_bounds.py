"""Bounds of the number of cells: their formulas by brute force, and beside counts of networks."""

from __future__ import annotations

import itertools
import json
import math

import pytest

import exactrelu
from exactrelu.counting_bounds.arrangement import hyperplanes_of, region_count
from exactrelu.counting_bounds.formulas import (
    layer_product,
    montufar_lower_bound,
    narrowed_product,
    partial_sum,
    serra_bound,
)
from exactrelu.counting_bounds.known_bounds import (
    BoundKind,
    CountBound,
    architecture_bounds,
    network_bounds,
)
from exactrelu.errors import NetworkError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import Chooser, draw_domain, draw_network

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
SHAPES = [(1,), (3,), (2, 3), (3, 1, 3), (4, 2, 3), (2, 2, 2, 2), ()]


def by_definition(hidden, dimension):
    """Return Serra's sum, over every tuple of J."""
    total = 0
    for j in itertools.product(*(range(width + 1) for width in hidden)):
        left = [dimension, *(width - i for width, i in zip(hidden, j, strict=True))]
        if all(j[k] <= min(*left[: k + 1], hidden[k]) for k in range(len(hidden))):
            total += math.prod(math.comb(width, i) for width, i in zip(hidden, j, strict=True))
    return total


@pytest.mark.parametrize("hidden", SHAPES)
@pytest.mark.parametrize("dimension", [0, 1, 2, 3, 7])
def test_serras_sum_is_the_sum_over_j_and_the_bounds_are_in_order(hidden, dimension):
    bound = serra_bound(hidden, dimension)
    assert bound == by_definition(hidden, dimension)
    narrowed = narrowed_product(hidden, (dimension, *hidden)[: len(hidden)])
    assert bound <= narrowed <= layer_product(hidden, dimension) <= 2 ** sum(hidden)
    lower = montufar_lower_bound(hidden, dimension)
    assert lower is None or lower <= bound


@pytest.mark.parametrize(("neurons", "dimension"), [(1, 1), (4, 1), (4, 2), (5, 2), (5, 3), (3, 4)])
def test_the_partial_sum_is_the_count_of_hyperplanes_in_general_position(neurons, dimension):
    rows = [[i**k for k in range(dimension)] for i in range(1, neurons + 1)]
    biases = [i**dimension for i in range(1, neurons + 1)]
    net = Network.from_rationals([(rows, biases), ([[1] * neurons], None)])
    expected = partial_sum(neurons, dimension)
    assert exactrelu.count(net, reading="full") == expected
    assert region_count(hyperplanes_of(net.layers[0].rows), dimension) == expected


@pytest.mark.parametrize("seed", range(60))
def test_zaslavskys_theorem_counts_the_full_cells_of_degenerate_arrangements(seed):
    net = draw_network(Chooser.seeded("arrangement", seed), most_hidden=6).first_layers(1)
    net = Network((net.layers[0], exactrelu.AffineMap.from_rationals([[1] * net.outputs])))
    exact = [bound for bound in network_bounds(net) if bound.kind is BoundKind.EXACT]
    assert [bound.value for bound in exact] == [exactrelu.count(net, reading="full")]


@pytest.mark.parametrize("seed", range(80))
def test_no_count_of_half_open_or_full_cells_exceeds_a_bound(seed):
    c = Chooser.seeded("bounded counts", seed)
    net = draw_network(c)
    domain = draw_domain(c, net.inputs)
    bounds = network_bounds(net, domain)
    assert bool(bounds) == (not domain.is_empty)
    for reading in Reading:
        count = exactrelu.count(net, domain, reading)
        assert all(bound.allows(count, reading) is not False for bound in bounds)


def test_closed_cells_may_exceed_every_bound_but_2_to_the_n_and_the_table_does_not_speak_of_them():
    count = exactrelu.count(ABSOLUTE, reading="closed")
    exceeded = [
        bound for bound in network_bounds(ABSOLUTE) if bound.value is not None and bound.value < count
    ]
    assert count == 4
    assert {bound.source for bound in exceeded} >= {"Zaslavsky 1975", "Serra et al. 2018"}
    assert all(bound.allows(count, "closed") is None for bound in exceeded)
    assert all(Reading.CLOSED not in bound.readings or bound.value == 4 for bound in network_bounds(ABSOLUTE))


def test_a_count_that_a_bound_does_not_allow_is_told():
    upper = CountBound(BoundKind.UPPER, 3, "", "", (Reading.FULL,))
    exact = CountBound(BoundKind.EXACT, 3, "", "", (Reading.FULL,))
    lower = CountBound(BoundKind.LOWER, 3, "", "", (Reading.FULL,))
    assert [upper.allows(count, "full") for count in (2, 3, 4)] == [True, True, False]
    assert [exact.allows(count, "full") for count in (2, 3, 4)] == [False, True, False]
    assert lower.allows(2, "full") is None
    assert upper.allows(4, "half-open") is None


def test_ranks_of_weights_are_seen():
    flat = Network.from_rationals([([[1, 1], [2, 2], [-1, -1]], [0, 1, 2]), ([[1, 1, 1]], None)])
    (ranks,) = (bound for bound in network_bounds(flat) if bound.source == "ranks of the weights")
    assert ranks.value == exactrelu.count(flat, reading="full") == 4


def test_other_units_keep_the_bounds_that_need_no_inactive_side():
    leaky = exactrelu.Activation.of([("1/4", 1), ("1/4", 1), (1, 1)])
    net = Network.from_rationals([([[1], [1], [1]], [0, 1, 2]), ([[1, 1, 1]], None)], activations=[leaky])
    bounds = network_bounds(net)
    assert "Serra et al. 2018" not in {bound.source for bound in bounds}
    assert {bound.value for bound in bounds} == {4, 3}  # the linear neuron is not counted
    assert exactrelu.count(net) == 3


def test_a_domain_of_lower_dimension_has_the_bounds_of_its_dimension():
    plane = Network.from_rationals([([[1, 0], [0, 1], [1, 1], [1, -1]], [0, 0, -2, 3]), ([[1] * 4], None)])
    edge = Domain.from_inequalities(2, [([1, 2], -1, "=")])
    by_source = {bound.source: bound.value for bound in network_bounds(plane, edge)}
    assert by_source["Zaslavsky 1975"] == 5
    assert exactrelu.count(plane, edge, "full") == 5


def test_the_widest_network_is_answered_at_once():
    bounds = architecture_bounds((784, 64, 64, 10))
    assert bounds[0].value == 2**128
    assert bounds[3].value < 2**128


@pytest.mark.parametrize(
    ("widths", "dimension", "message"),
    [
        ((2,), None, "expected at least 2"),
        ((2, 0, 1), None, r"widths\[1\]"),
        ((2, 3, 1), 3, "dimension: expected 0 to 2"),
    ],
)
def test_what_is_no_architecture_is_refused(widths, dimension, message):
    with pytest.raises(NetworkError, match=message):
        architecture_bounds(widths, dimension)


def test_the_commands_show_counts_beside_bounds(exactrelu):
    net = exactrelu.file("absolute.json", {"format": "exactrelu-network", "version": 1,
        "layers": [{"weight": [["1"], ["-1"]]}, {"weight": [["1", "1"]]}]})  # fmt: skip
    shown = exactrelu("regions", net, "--count", "--bounds", "--cells", "full")
    assert shown.status == 0
    assert ["exact", "2", "yes", "full", "Zaslavsky", "1975"] in map(str.split, shown.out.splitlines())
    assert "NO" not in shown.out
    document = json.loads(exactrelu("regions", net, "--count", "--bounds", "--json", "-").out)
    assert [bound["value"] for bound in document["bounds"][:2]] == ["4", "3"]
    assert "bounds" not in exactrelu("regions", net, "--count", "--json", "-").json
    answer = exactrelu("architecture", "2-4-4-1", "--json", "-").json
    assert [(bound["kind"], bound["value"]) for bound in answer["bounds"]][-2:] == [
        ("lower", "44"),
        ("expected", None),
    ]
    assert exactrelu("architecture", "2-x-1").is_refusal("WIDTHS: expected a natural number")
    assert exactrelu("architecture", "2-4-1", "--dimension", "5").is_refusal("dimension: expected 0 to 2")
    assert "2^N" in exactrelu("architecture", "2-4-1").out
