"""The engine `generators` yields the leaves of the reference engine, and its filter keeps its promises."""

from __future__ import annotations

import itertools
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from exactrelu import Search
from exactrelu.documents.region import region_document
from exactrelu.enumeration import (
    Problem,
    count,
    count_configurations,
    engine_names,
    enumerate_leaves,
    resolve_engine,
    sharing,
)
from exactrelu.enumeration.generator_engine import search, vertex_table
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.search import Chunk, count_cells
from exactrelu.errors import ArgumentError, EngineUnavailableError
from exactrelu.networks.network import Network
from exactrelu.numbers import rounding_mode
from exactrelu.polyhedra.domain import Domain
from tests.support.command_line import network_document
from tests.support.drawn_networks import Chooser
from tests.support.engine_agreement import READINGS, agrees_with_ppl, drawn
from tests.support.generator_bound_check import broken_promises

agree = partial(agrees_with_ppl, "generators")


def one_layer(weight, bias=None):
    return Network.from_rationals([(weight, bias), ([[1] * len(weight)], None)])


# the same leaves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_leaves_of_drawn_networks_are_those_of_the_reference(seed):
    for case in range(25):
        assert agree(*drawn("generators", seed, case)), (seed, case)


@pytest.mark.parametrize("seed", range(8))
def test_the_leaves_of_more_drawn_networks_are_the_same(seed):
    for case in range(15):
        assert agree(*drawn("trees", seed, case, most_hidden=7)), (seed, case)


@pytest.mark.parametrize("seed", range(5))
def test_larger_networks_too(seed):
    for case in range(5):
        network, domain = drawn("larger generators", seed, case, most_inputs=5, most_hidden=11)
        assert agree(network, domain, ["full", "half-open"]), (seed, case)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_ten_thousand_drawn_networks(seed):
    for case in range(200):
        assert agree(*drawn("many", seed, case, most_inputs=4, most_hidden=8)), (seed, case)


@pytest.mark.parametrize("limit", [1, 300, 2000])
def test_chunks_of_any_size_give_the_same_leaves_in_the_same_order(limit, monkeypatch):
    monkeypatch.setattr(search, "LIMIT", limit)
    for case in range(25):
        assert agree(*drawn("chunks", case, most_hidden=8)), case


def test_json_regions_are_the_same_to_the_byte_save_engine_and_point():
    for case in range(40):
        network, domain = drawn("json", case)
        for reading in READINGS:
            problem = Problem.of(network, domain, reading)
            texts = []
            for engine in ("ppl", "generators"):
                leaves = enumerate_leaves(problem, search=Search(engine))
                documents = [region_document(leaf.region()) for leaf in leaves]
                texts.append(json.dumps([{**one, "point": None} for one in documents]))
            assert texts[0] == texts[1], (case, reading)


def test_the_witness_of_a_leaf_has_its_configuration():
    for case in range(40):
        network, domain = drawn("witness", case)
        for reading in ("half-open", "full"):
            for leaf in enumerate_leaves(Problem.of(network, domain, reading), search=Search("generators")):
                point = leaf.point()
                assert domain.contains(point), case
                assert network.configuration(point) == leaf.configuration, case


# networks that are built to break filters ------------------------------------------------------------


@pytest.mark.parametrize("gap", [0, 1, 60, 200, 2600])
def test_twenty_lines_through_a_point_that_one_line_misses_by_a_little(gap):
    lines = [[k, 20 - k] for k in range(-10, 10)]
    offset = Fraction(0) if gap == 0 else Fraction(1, 2**gap)
    network = one_layer([*lines, [7, -3]], [0] * 20 + [offset])
    cells = 42 if gap == 0 else 61  # 21 lines through a point, or 40 sectors and a line through 21 of them
    assert count(network, reading="full", search=Search("generators")) == cells
    assert agree(network, None, ["full", "half-open"])


@pytest.mark.parametrize("exponent", [-2600, -300, 300, 2600])
@pytest.mark.parametrize("seed", range(6))
def test_weights_far_beyond_the_range_of_doubles_are_no_special_case(exponent, seed):
    c = Chooser.seeded("scales", seed)
    scale = Fraction(2) ** exponent

    def row(length):
        return [c.integer(-5, 5) * c.choose([Fraction(1), scale]) for _ in range(length)]

    layers = [([row(2) for _ in range(5)], row(5)), ([row(5) for _ in range(4)], row(4)), ([[1] * 4], None)]
    network = Network.from_rationals(layers)
    assert agree(network, None, ["full", "half-open"])
    assert agree(network, Domain.box([(-1, 1), (-scale, scale)]), ["full"])


@pytest.mark.parametrize("gap", [60, 200])
def test_coincidences_up_to_a_tiny_gap_in_a_second_layer_are_cells(gap):
    tiny = Fraction(1, 2**gap)
    network = Network.from_rationals(
        [
            ([[1, "1/3"], ["1/7", -1], [1, 1], [3, 1]], ["1/3", "1/11", tiny, 1 + tiny]),
            ([[1, 1, -1, 0], [1, 1, -1, tiny], [2, 2, -2, 0], [1, 0, 0, "-1/3"]], [0, 0, tiny, tiny]),
            ([[1, 1, 1, 1]], None),
        ]
    )
    assert agree(network, None)
    assert agree(network, Domain.box([(-1, 1), (-1, 1)]))


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
def test_duplicates_opposites_and_dead_neurons_in_every_dimension(inputs):
    unit = [[int(i == j) for j in range(inputs)] for i in range(inputs)]
    weight = [*unit, *([-3 * a for a in row] for row in unit), [0] * inputs, [1] * inputs, [1] * inputs]
    network = one_layer(weight, [0] * (2 * inputs) + [0, "1/3", "1/3"])
    assert agree(network, None, ["full", "half-open"])
    assert agree(network, Domain.box([(0, 1)] * inputs), ["full", "half-open"])


def test_a_network_whose_cells_all_contain_a_line_is_searched_in_a_section():
    network = one_layer([[1, 2, 3], [2, 4, 6], [1, 2, 4]], [0, 1, -1])  # rank 2 in three inputs
    start = first_cells(Problem.of(network, reading="full"))
    assert (start.rank, len(start.lineality), start.pivots) == (2, 1, [0, 2])
    assert agree(network, None)
    half_space = Domain.from_inequalities(3, [([1, 0, 0], 0, ">")])
    assert agree(network, half_space)


# the filter ------------------------------------------------------------------------------------------


def promises_kept(network, domain, reading):
    """Run the search and return what is wrong with any vertex after any step."""
    problem = Problem.of(network, domain, reading)
    start = first_cells(problem)
    if start is None:
        return []
    chunk, wrong = Chunk.first(problem, start, paths=False), []
    while not chunk.done:
        chunk.advance()
        wrong += broken_promises(chunk.cells.table, chunk.next_column)
    return wrong


@pytest.mark.parametrize("seed", range(10))
def test_every_bound_and_every_sign_is_right_after_every_step(seed):
    for case in range(8):
        network, domain = drawn("bounds", seed, case)
        assert promises_kept(network, domain, "full") == []
        assert promises_kept(network, domain, "half-open") == []


def deep_network(widths, seed):
    c = Chooser.seeded("deep", widths, seed)

    def row(length):
        return [Fraction(c.integer(-1024, 1024), 1024) for _ in range(length)]

    shapes = itertools.pairwise(widths)
    return Network.from_rationals([([row(m) for _ in range(n)], row(n)) for m, n in shapes])


@pytest.mark.parametrize("widths", [(2, 9, 9, 9, 9, 1), (3, 7, 6, 1), (4, 7, 1), (5, 7, 1)])
def test_bounds_hold_in_generic_networks_where_few_signs_are_ambiguous(widths):
    network = deep_network(widths, 1)
    assert promises_kept(network, None, "full") == []


def test_a_bound_that_is_too_small_and_a_wrong_sign_are_seen():
    problem = Problem.of(deep_network((2, 6, 6, 1), 2), reading="full")
    chunk = Chunk.first(problem, first_cells(problem), paths=False)
    while chunk.cells.table.layer < 1:
        chunk.advance()
    table = chunk.cells.table
    assert broken_promises(table) == []
    table.values[3, 2] += max(1e-6, 4 * table.bounds[3, 2])
    assert broken_promises(table)[0].startswith("vertex 3: no c > 0")
    table.signs[1, 4] *= -1
    assert any(line.startswith("vertex 4: the signs") for line in broken_promises(table))


def test_a_filter_that_trusts_every_float_breaks_its_promises(monkeypatch):
    cut = vertex_table.VertexTable.cut

    def trusting(self, positive, negative, neuron):
        self.bounds[:] = 0.0
        monkeypatch.setattr(vertex_table, "_FLOOR", 0.0)
        monkeypatch.setattr(vertex_table, "_U", 0.0)
        return cut(self, positive, negative, neuron)

    c = Chooser.seeded("trusting")
    lines = [[Fraction(c.integer(-99, 99), c.integer(1, 99)) for _ in range(2)] for _ in range(12)]
    bias = [-a / 3 - b / 7 for a, b in lines]  # all lines pass through (1/3, 1/7)
    network, box = one_layer(lines, bias), Domain.box([(-1, 1), (-1, 1)])
    assert promises_kept(network, box, "full") == []
    monkeypatch.setattr(vertex_table.VertexTable, "cut", trusting)
    problem = Problem.of(network, box, "full")
    chunk = Chunk.first(problem, first_cells(problem), paths=False)
    chunk.advance()
    while not broken_promises(chunk.cells.table, chunk.next_column):
        chunk.advance()
    assert any(": no c > 0" in line for line in broken_promises(chunk.cells.table, chunk.next_column))


def test_another_rounding_mode_is_refused(monkeypatch):
    monkeypatch.setattr(rounding_mode, "_UNIT", 2.0**-50)  # as if half an ulp were not rounded away
    with pytest.raises(EngineUnavailableError, match="rounded to nearest"):
        count(one_layer([[1]]), search=Search("generators"))


def test_a_mode_without_denormal_numbers_is_refused(monkeypatch):
    monkeypatch.setattr(rounding_mode, "_LEAST_NORMAL", 2.0**-1074)  # as if a quarter of it were zero
    with pytest.raises(EngineUnavailableError, match="denormal"):
        count(one_layer([[1]]), search=Search("generators"))


def test_generic_networks_have_next_to_no_ambiguous_signs():
    problem = Problem.of(deep_network((2, 20, 20, 20, 1), 3), Domain.box([(-1, 1), (-1, 1)]), "full")
    chunk = Chunk.first(problem, first_cells(problem), paths=False)
    while not chunk.done:
        chunk.advance()
    table = chunk.cells.table
    first = 24 * 20  # what concerns the corners of the box is exact from the start
    assert table.ambiguous <= first + table.asked // 100


# parts, pickles and refusals -------------------------------------------------------------------------


def test_a_chunk_can_be_pickled_and_finished_elsewhere():
    for reading in READINGS:
        problem = Problem.of(deep_network((2, 6, 5, 1), 4), Domain.box([(-1, 1), (-1, 1)]), reading)
        chunk = Chunk.first(problem, first_cells(problem), paths=False)
        while not chunk.pending or chunk.cells.count < 4:
            chunk.advance()
        parts = [pickle.loads(pickle.dumps(part)) for part in chunk.parts(1)]  # noqa: S301
        assert len(parts) > 3
        total = sum(count_cells(part, lambda: None) for part in parts)
        assert total == count(problem.network, problem.domain, reading, search=Search("ppl"))


@pytest.mark.parametrize("reading", READINGS)
def test_processes_share_the_work_without_changing_the_count(reading, monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    problem = Problem.of(deep_network((2, 9, 8, 1), 5), Domain.box([(-1, 1), (-1, 1)]), reading)
    with ProcessPoolExecutor(2) as executor:
        shared = count_configurations(problem, search=Search("generators"), executor=executor, parts=5)
        with pytest.raises(ArgumentError, match="executor: expected engine generators"):
            count_configurations(problem, search=Search("ppl"), executor=executor)
    assert shared == count(problem.network, problem.domain, reading, search=Search("ppl"))


def test_jobs_are_for_counting_alone(exactrelu):
    path = exactrelu.file("net.json", network_document(([[1, 2], [2, -1]], None), ([[1, 1]], None)))
    assert exactrelu("regions", path, "--count", "--jobs", "2", "--json", "-").json["count"] == 4
    assert exactrelu("regions", path, "--jobs", "2").is_refusal("--jobs", "--count")
    assert exactrelu("regions", path, "--count", "--jobs", "0").is_refusal("--jobs", "at least 1")


def test_auto_takes_generators_where_cells_have_few_vertices():
    assert set(engine_names()) == {"auto", "ppl", "generators", "lp"}
    wide = one_layer(np.eye(13, dtype=int).tolist())
    assert resolve_engine("auto", Problem.of(wide)) == "lp"
    assert resolve_engine("auto", Problem.of(one_layer([[1] * 13]))) == "generators"  # rank 1
    nine = one_layer([[1] * 9])
    assert resolve_engine("auto", Problem.of(nine, Domain.box([(0, 1)] * 9))) == "lp"
    assert resolve_engine("ppl", Problem.of(nine)) == "ppl"


@pytest.mark.parametrize(("rank", "engine"), [(8, "generators"), (9, "generators"), (10, "lp"), (11, "lp")])
def test_auto_takes_generators_up_to_rank_9_in_the_whole_space(rank, engine):
    # Up to there they are the quicker ones, as was measured; the README says so. Inputs that no neuron
    # looks at, and neurons that repeat others, make no cell harder.
    rows = [[int(i == j) for j in range(20)] for i in range(rank)]
    assert resolve_engine("auto", Problem.of(one_layer(rows))) == engine
    assert resolve_engine("auto", Problem.of(one_layer([*rows, *rows, [0] * 20]))) == engine


@pytest.mark.parametrize(("inputs", "engine"), [(5, "generators"), (6, "generators"), (7, "lp"), (8, "lp")])
def test_auto_takes_generators_up_to_6_inputs_in_a_domain(inputs, engine):
    # A box in n inputs has 2^n vertices whatever the neurons are, so their rank plays no part.
    network = one_layer([[1] * inputs])
    for domain in (
        Domain.box([(0, 1)] * inputs),
        Domain.from_inequalities(inputs, [([1] * inputs, 0, ">=")]),
    ):
        assert resolve_engine("auto", Problem.of(network, domain)) == engine


def test_outputs_say_which_engine_was_used(exactrelu):
    path = exactrelu.file("net.json", network_document(([[1, 2], [2, -1]], None), ([[1, 1]], None)))
    for engine, said in (("auto", "generators"), ("generators", "generators"), ("ppl", "ppl")):
        document = exactrelu("regions", path, "--engine", engine, "--count", "--json", "-").json
        assert (document["engine"], document["count"]) == (said, 4)
        assert f"engine          {said}" in exactrelu("regions", path, "--engine", engine).out
