"""The engine `generators` on networks of units with two slopes: its leaves are those of the reference."""

from __future__ import annotations

import itertools
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial

import pytest

from exactrelu import Search
from exactrelu.documents.region import region_document
from exactrelu.enumeration import (
    Problem,
    count,
    count_configurations,
    enumerate_leaves,
    resolve_engine,
    sharing,
)
from exactrelu.enumeration.generator_engine import search
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.scaled_layers import scaled_layers
from exactrelu.enumeration.generator_engine.search import Chunk, count_cells
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.engine_agreement import READINGS, agrees_with_ppl
from tests.support.engine_agreement import drawn as drawn_with
from tests.support.generator_bound_check import broken_promises

agree = partial(agrees_with_ppl, "generators")
drawn = partial(drawn_with, units=True)


@pytest.mark.parametrize("seed", range(20))
def test_leaves_of_drawn_networks_of_all_units_are_those_of_the_reference(seed):
    for case in range(25):
        assert agree(*drawn("units", seed, case)), (seed, case)


@pytest.mark.parametrize("seed", range(5))
def test_larger_networks_too(seed):
    for case in range(5):
        network, domain = drawn("larger units", seed, case, most_inputs=4, most_hidden=10)
        assert agree(network, domain, ["full", "half-open"]), (seed, case)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_five_thousand_drawn_networks(seed):
    for case in range(100):
        assert agree(*drawn("many units", seed, case, most_inputs=4, most_hidden=8)), (seed, case)


@pytest.mark.parametrize("limit", [1, 300, 2000])
def test_chunks_of_any_size_give_the_same_leaves_in_the_same_order(limit, monkeypatch):
    monkeypatch.setattr(search, "LIMIT", limit)
    for case in range(25):
        network, domain = drawn("unit chunks", case, most_hidden=8)
        assert agree(network, domain), case
        assert agree(network, None, ["full", "half-open"]), case


def test_regions_are_the_same_to_the_byte_save_engine_and_point():
    for case in range(40):
        network, domain = drawn("unit json", case)
        for where, reading in itertools.product((domain, None), READINGS):
            problem = Problem.of(network, where, reading)
            texts = []
            for engine in ("ppl", "generators"):
                leaves = enumerate_leaves(problem, search=Search(engine))
                documents = [region_document(leaf.region()) for leaf in leaves]
                texts.append(json.dumps([{**one, "point": None} for one in documents]))
            assert texts[0] == texts[1], (case, reading)


def test_the_witness_of_a_leaf_has_its_configuration():
    for case in range(40):
        network, domain = drawn("unit witness", case)
        for where, reading in itertools.product((domain, None), ("half-open", "full")):
            for leaf in enumerate_leaves(Problem.of(network, where, reading), search=Search("generators")):
                point = leaf.point()
                assert where is None or where.contains(point), case
                assert network.configuration(point) == leaf.configuration, case


# the filter ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_every_bound_and_every_sign_is_right_after_every_step(seed):
    for case, reading in itertools.product(range(8), ("full", "half-open")):
        problem = Problem.of(*drawn("unit bounds", seed, case), reading)
        start = first_cells(problem)
        if start is None:
            continue
        chunk = Chunk.first(problem, start, paths=False)
        while not chunk.done:
            chunk.advance()
            assert broken_promises(chunk.cells.table, chunk.next_column) == [], (seed, case)


@pytest.mark.parametrize("exponent", [-2600, -1100, 1100, 2600])
def test_slopes_far_beyond_the_range_of_doubles_are_no_special_case(exponent):
    steep = Fraction(3, 5) * Fraction(2) ** exponent
    layers = [
        ([[1, 2], [2, -1], [1, 1]], [0, 1, -1]),
        ([[1, 1, 1], [-1, 2, 1]], [steep, 1]),
        ([[1, 1]], None),
    ]
    pairs = [[(steep, 1), (-1, steep), (steep, steep)], [(0, steep), (1, -steep)]]
    network = Network.from_rationals(layers, activations=[Activation.of(p) for p in pairs])
    assert agree(network, None, ["full", "half-open"])
    assert agree(network, Domain.box([(-1, 1), (-1, 1)]), ["full"])
    _, flat = scaled_layers(network.layers[:-1], network.activations)
    assert all(Fraction(1, 2) < activation.steepness <= 1 for activation in flat)


def test_flattened_slopes_times_their_powers_of_two_are_the_slopes():
    pairs = [(0, 1), (0, 0), ("-7/3", 2), (Fraction(1, 2**70), 0), (2, 2), ("1/4", "1/2")]
    activation = Activation.of(pairs)
    flat, exponents = activation.flattened()
    assert exponents == [0, 0, 2, -70, 1, -1]
    for pair, one, e in zip(activation.slopes, flat.slopes, exponents, strict=True):
        assert tuple(s * Fraction(2) ** e for s in one) == pair
    assert Activation.relu(3).flattened() == (Activation.relu(3), [0, 0, 0])


# linear units: never split, and seams where nothing else cuts the lines -------------------------------


RESIDUAL = Network.from_rationals(  # relu(x1 - 1), x1, x2 travel on; then two ReLUs of all three
    [([[1, 0], [1, 0], [0, 1]], [-1, 0, 0]), ([[1, 0, 1], [-2, 1, -1]], [0, 1]), ([[1, 1]], None)],
    activations=[Activation.of([(0, 1), (1, 1), (1, 1)]), Activation.relu(2)],
)


def test_lines_that_no_bent_neuron_cuts_are_cut_along_seams_and_joined_again():
    start = first_cells(Problem.of(RESIDUAL))
    assert (start.pivots, start.has_seams, start.rows, len(start.pieces)) == ([0], True, [(0, 1, 0)], 4)
    assert agree(RESIDUAL)
    cells = list(enumerate_leaves(Problem.of(RESIDUAL, reading="full"), search=Search("generators")))
    reference = list(enumerate_leaves(Problem.of(RESIDUAL, reading="full"), search=Search("ppl")))
    for one, two in zip(cells, reference, strict=True):
        assert one.region() == two.region()
        assert one.region().geometry == two.region().geometry


def test_a_bounded_domain_has_no_seams_and_neither_has_a_layer_that_cuts_all_lines():
    assert not first_cells(Problem.of(RESIDUAL, Domain.box([(-1, 1)] * 2))).has_seams
    layers = [([[1, 2], [1, 0], [0, 1]], None), ([[1, 1, 1]], None)]
    mixed = Network.from_rationals(layers, activations=[Activation.of([(0, 1), (-1, 1), (1, 1)])])
    start = first_cells(Problem.of(mixed))
    assert (start.pivots, start.has_seams, len(start.lineality)) == ([0, 1], False, 0)


def test_a_network_of_linear_units_is_one_cell():
    layers = [([[1, 2], [0, 1]], [1, 0]), ([[1, 1]], [-2])]
    network = Network.from_rationals(layers, activations=[Activation.linear(2)])
    for reading in READINGS:
        (leaf,) = enumerate_leaves(Problem.of(network, reading=reading), search=Search("generators"))
        assert (leaf.bits, leaf.dimension, leaf.region().geometry.facets) == (b"", 2, ())
        assert count(network, reading=reading, search=Search("generators")) == 1


def test_bits_stand_for_bent_neurons_alone():
    layers = [([[1], [1], [1]], [0, 5, -1]), ([[1, 1, 1], [1, 0, 0]], [-5, 1]), ([[1, 1]], None)]
    pairs = [[(0, 1), (1, 1), (-1, 1)], [(1, 1), ("1/2", 1)]]
    network = Network.from_rationals(layers, activations=[Activation.of(p) for p in pairs])
    leaves = enumerate_leaves(Problem.of(network, reading="full"), search=Search("generators"))
    assert [str(leaf.configuration) for leaf in leaves] == ["00|1", "10|1", "11|1"]


@pytest.mark.parametrize("reading", READINGS)
def test_parts_are_pickled_shared_and_joined(reading, monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    problem = Problem.of(RESIDUAL, reading=reading)
    expected = count(RESIDUAL, reading=reading, search=Search("ppl"))
    with ProcessPoolExecutor(2) as executor:
        shared = count_configurations(problem, search=Search("generators"), executor=executor, parts=3)
    assert shared == expected
    chunk = Chunk.first(problem, first_cells(problem), paths=False)
    while chunk.cells.table.layer < 1 or not chunk.pending:
        chunk.advance()
    parts = [pickle.loads(pickle.dumps(part)) for part in chunk.cut(5)]  # noqa: S301
    assert len(parts) > 1
    assert sum(count_cells(part, lambda: None) for part in parts) == expected


@pytest.mark.parametrize(("seams", "engine"), [(0, "generators"), (3, "generators"), (4, "lp")])
def test_auto_takes_it_where_few_seams_are_needed(seams, engine):
    unit = [[int(i == j) for j in range(6)] for i in range(6)]
    units = Activation.of([(0, 1)] * (6 - seams) + [(1, 1)] * seams)
    network = Network.from_rationals([(unit, None), ([[1] * 6], None)], activations=[units])
    assert first_cells(Problem.of(network)).has_seams == (seams > 0)
    assert resolve_engine("auto", Problem.of(network)) == engine


def test_auto_takes_it_as_for_relu():
    assert resolve_engine("auto", Problem.of(RESIDUAL)) == "generators"
    assert resolve_engine("auto", Problem.of(RESIDUAL, Domain.box([(0, 1)] * 2))) == "generators"
