"""Cells split by compiled loops are those of the plain loops: leaves, counts, and doubles to the bit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from exactrelu import Search
from exactrelu.enumeration import Problem, count_configurations, enumerate_leaves
from exactrelu.enumeration.generator_engine import search
from exactrelu.enumeration.generator_engine.compiled_cells import CompiledCells
from exactrelu.enumeration.generator_engine.compiled_table import CompiledTable
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.incidences import Incidences
from exactrelu.enumeration.generator_engine.search import Chunk, count_cells
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.errors import EngineUnavailableError
from exactrelu.kernels import library, split_cells
from exactrelu.kernels.vertex_lists import VertexLists
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import Chooser
from tests.support.engine_agreement import READINGS, drawn, shown

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")


@pytest.fixture
def both_roads(monkeypatch):
    """A function: what the engine finds with the compiled loops and with the plain ones."""

    def found(problem):
        answers = []
        for switch in ("1", "0"):
            monkeypatch.setenv(library.SWITCH, switch)
            leaves = [shown(leaf) for leaf in enumerate_leaves(problem, search=Search("generators"))]
            answers.append((leaves, count_configurations(problem, search=Search("generators"))))
        monkeypatch.delenv(library.SWITCH)
        return answers

    return found


def problems(name, seed, cases, **drawing):
    """Problems of drawn networks on drawn domains in all readings."""
    for case in range(cases):
        network, domain = drawn(name, seed, case, **drawing)
        for reading in READINGS:
            yield Problem.of(network, domain, reading)


def planes(axes, *, multiples=(1,)):
    """A network of one layer whose zeros are the planes x_j = k for k = 1, ..., axes[j]."""
    rows = [
        ([factor * (i == j) for i in range(len(axes))], -factor * k)
        for j, number in enumerate(axes)
        for k in range(1, number + 1)
        for factor in multiples
    ]
    weights, biases = zip(*rows, strict=True)
    return Network.from_rationals([(weights, biases), ([[1] * len(rows)], None)])


# the same cells ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_leaves_and_counts_are_those_of_the_plain_loops(seed, both_roads):
    for problem in problems("compiled", seed, 10, most_inputs=4, most_hidden=8, units=bool(seed % 2)):
        compiled, plain = both_roads(problem)
        assert compiled == plain
        assert compiled[1] == len(compiled[0])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_leaves_and_counts_of_thousands_are_those_of_the_plain_loops(seed, both_roads):
    for problem in problems("compiled many", seed, 60, most_inputs=5, most_hidden=11, units=bool(seed % 2)):
        compiled, plain = both_roads(problem)
        assert compiled == plain
        assert compiled[1] == len(compiled[0])


@pytest.mark.parametrize("limit", [1, 300, 3000])
def test_chunks_of_any_size_change_nothing(limit, both_roads, monkeypatch):
    monkeypatch.setattr(search, "LIMIT", limit)
    for problem in problems("compiled chunks", limit, 10, most_hidden=8):
        compiled, plain = both_roads(problem)
        assert compiled == plain


def test_room_for_one_more_is_enough_to_begin_with(both_roads, monkeypatch):
    monkeypatch.setattr(split_cells, "_CELLS", 1)
    monkeypatch.setattr(split_cells, "_EDGES", 1)
    asked = set()
    make_room = split_cells._Work._make_room

    def noted(work, status):
        asked.add(status)
        make_room(work, status)

    monkeypatch.setattr(split_cells._Work, "_make_room", noted)
    for problem in problems("compiled room", 0, 25, most_inputs=5, most_hidden=11):
        compiled, plain = both_roads(problem)
        assert compiled == plain
    assert asked == {2, 3, 4, 5, 6}


# more rows than bits in a word: a product of axes has as many cells as the axes' products ------------------


@pytest.mark.parametrize("axes", [(40, 9, 6), (3, 70, 4), (2, 2, 140), (30, 2, 1, 40)])
def test_cells_between_planes_of_many_neurons_are_counted(axes, both_roads):
    network, expected = planes(axes), 1
    for number in axes:
        expected *= number + 1
    for reading in READINGS:
        (leaves, count), plain = both_roads(Problem.of(network, None, reading))
        assert (leaves, count) == plain
        assert len(leaves) == count == expected


@pytest.mark.parametrize("reading", [Reading.FULL, Reading.HALF_OPEN])  # closed ones double at each neuron
def test_planes_that_dozens_of_neurons_share_have_few_cells(reading, both_roads):
    network = planes((1, 2, 1), multiples=[*range(1, 25), *range(-20, 0)])
    domain = Domain.from_inequalities(3, [([1, 1, 1], -10, "<"), ([1, 0, 0], 5, ">=")])
    (leaves, count), plain = both_roads(Problem.of(network, domain, reading))
    assert (leaves, count) == plain
    if reading is Reading.FULL:
        assert count == 12


@pytest.mark.parametrize("gap", [0, 52, 300])
@pytest.mark.parametrize("reading", [Reading.FULL, Reading.HALF_OPEN])
def test_many_planes_through_a_point_that_one_misses_by_a_little(gap, reading, both_roads):
    c = Chooser.seeded("pencil", gap)
    rows = [[c.integer(-9, 9) for _ in range(3)] for _ in range(12)]
    bias = [0] * 11 + ["0" if gap == 0 else f"1/{2**gap}"]
    layers = [(rows, bias), ([[1] * 12, [1, -1] * 6], [0, f"1/{2**52}"]), ([[1, 1]], None)]
    compiled, plain = both_roads(Problem.of(Network.from_rationals(layers), None, reading))
    assert compiled == plain
    assert compiled[1] == len(compiled[0])


# the same doubles ----------------------------------------------------------------------------------------

_SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 2.0**-1022, 1.0, -1.0, 1e308])


def table_of_doubles(kind, draw, rows, width):
    """A table of one layer with drawn values and bounds; it writes down whom it would make exact."""
    unit = [[int(i == j) for j in range(width)] for i in range(width)]
    network = Network.from_rationals([(unit, None), ([[1] * width], None)])
    table = kind.of_seeds(network, [(0,) * width + (1,)] * rows, outputs=True)
    table.enter_layer()
    table.values[:] = np.where(
        draw.random(table.values.shape) < 0.2,
        draw.choice(_SPECIAL, table.values.shape),
        draw.normal(size=table.values.shape),
    )
    table.bounds[:] = np.where(
        draw.random(table.values.shape) < 0.3,
        draw.choice(np.abs(_SPECIAL), table.values.shape),
        1e-3 * draw.random(table.values.shape),
    )
    # No edge is crossed by neurons that are done: all vertices lie on one side of each, or on it.
    table.signs[:] = draw.choice([-1, 1], (width, 1)) * draw.integers(0, 2, size=table.signs.shape)
    if isinstance(table, CompiledTable):
        table._rows().pack_sides(library.compiled(), np.arange(rows))
    return table


@pytest.mark.parametrize("seed", range(20))
def test_new_vertices_have_the_doubles_of_numpy_to_the_bit(seed, monkeypatch):
    found = {}
    for kind in (VertexTable, CompiledTable):
        draw = np.random.default_rng(seed)
        rows, width = int(draw.integers(4, 60)), int(draw.choice([1, 3, 8, 70]))
        table = table_of_doubles(kind, draw, rows, width)
        column, size = int(draw.integers(0, width)), 50
        above, below = (draw.integers(0, rows, size).astype(np.int32) for _ in range(2))
        open_: list[int] = []
        monkeypatch.setattr(kind, "refresh", lambda self, rows, out=open_: out.extend(rows.tolist()))
        (table.cut_edges if kind is CompiledTable else table.cut)(above, below, column)
        new = slice(rows, rows + size)
        found[kind] = table.values[new], table.bounds[new], table.signs[:, new], sorted(open_)
        if kind is CompiledTable:
            bits = np.unpackbits(table.sides[new].view(np.uint8), axis=1, bitorder="little")
            half = bits.shape[1] // 2
            assert (bits[:, :width] == (table.signs[:, new].T > 0)).all()
            assert (bits[:, half:][:, :width] == (table.signs[:, new].T < 0)).all()
    plain, compiled = found.values()
    for one, two in zip(plain[:2], compiled[:2], strict=True):
        assert (one.view(np.uint64) == two.view(np.uint64))[~np.isnan(one)].all()
        assert (np.isnan(one) == np.isnan(two)).all()
    assert (plain[2] == compiled[2]).all()
    assert plain[3] == compiled[3]


def test_a_bound_that_is_not_a_number_stays_one():
    # A larger of two that forgot it would let a sign pass whose error nobody knows.
    draw = np.random.default_rng(0)
    for above, below in itertools.permutations((0, 1)):
        table = table_of_doubles(CompiledTable, draw, 2, 1)
        table.values[:], table.bounds[:] = [[1.0, 1.0], [-1.0, 1.0]], 0.0
        table.bounds[0, 1] = np.nan
        table.cut_edges(np.array([above], dtype=np.int32), np.array([below], dtype=np.int32), 0)
        assert np.isnan(table.bounds[2, 1])


# what is refused -----------------------------------------------------------------------------------------


def test_a_part_that_meets_no_kernels_says_so(monkeypatch):
    problem = Problem.of(planes((3, 3, 3)), None, "full")
    chunk = Chunk.first(problem, first_cells(problem), paths=False)
    assert isinstance(chunk.cells, CompiledCells)
    monkeypatch.setenv(library.SWITCH, "0")
    with pytest.raises(EngineUnavailableError, match="kernels: expected compiled ones, as where"):
        count_cells(chunk, lambda: None)
    assert isinstance(Chunk.first(problem, first_cells(problem), paths=False).cells, Incidences)


def test_too_many_vertices_to_number_are_refused(monkeypatch):
    monkeypatch.setattr(split_cells, "_MOST", 8)
    problem = Problem.of(planes((3, 3, 3)), None, "full")
    with pytest.raises(MemoryError, match="vertices"):
        count_configurations(problem, search=Search("generators"))


def test_lists_of_dropped_cells_are_waste_and_packing_removes_it():
    lists = VertexLists.of([[1, 2, 3], [4], [5, 6]])
    lists.drop(np.array([0]))
    assert (lists.waste, lists.used, lists.nbytes) == (3, 6, 12 + 36)
    packed = lists.packed(np.array([2, 1]))
    assert (packed.pool.tolist(), packed.waste) == ([5, 6, 4], 0)
