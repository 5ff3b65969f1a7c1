"""Regions read off the table of vertices, many at once, are those that PPL computes one by one."""

from __future__ import annotations

import itertools
import json
import pickle
from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Search
from exactrelu.analysis.pieces import tiling
from exactrelu.documents.region import GeometryDetail, region_document
from exactrelu.documents.region_texts import RegionTexts, ratios
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.generator_engine import found, search
from exactrelu.enumeration.generator_engine.exact_order import nearest_doubles, ranks_of_points
from exactrelu.enumeration.generator_engine.facet_incidences import Incidence
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.region import region_of
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.domain import Domain
from tests.support.engine_agreement import READINGS, drawn


def leaves(problem):
    return list(enumerate_leaves(problem, search=Search("generators")))


def is_written_as_ppl_says(problem):
    """Compare the texts, point included, and what regions say; return how many came from blocks."""
    full, constraints = RegionTexts(GeometryDetail.FULL), RegionTexts(GeometryDetail.CONSTRAINTS)
    from_blocks = 0
    for leaf in leaves(problem):
        expected = region_of(problem.network, leaf.configuration, problem.domain, problem.reading)
        document = json.dumps(region_document(expected))
        assert full.of(leaf) == document
        assert constraints.of(leaf) == json.dumps(region_document(expected, GeometryDetail.CONSTRAINTS))
        region = leaf.region()
        assert json.dumps(region_document(region)) == document
        assert (region.dimension, region.geometry.dimension) == (expected.dimension,) * 2
        assert region.closure.constraints()[0] == [] or expected.dimension < problem.network.inputs
        from_blocks += leaf.source is not None
    return from_blocks


@pytest.mark.parametrize(("kind", "units"), [("blocks", False), ("unit blocks", True)])
@pytest.mark.parametrize("seed", range(4))
def test_drawn_regions_are_written_as_the_other_road_computes_them(kind, units, seed):
    from_blocks = 0
    for case in range(12):
        network, domain = drawn(kind, seed, case, units=units)
        for where, reading in itertools.product((domain, None), READINGS):
            from_blocks += is_written_as_ppl_says(Problem.of(network, where, reading))
    assert from_blocks > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_more_and_larger_drawn_regions_too(seed):
    for case in range(30):
        network, domain = drawn("more blocks", seed, case, most_inputs=5, most_hidden=8, units=case % 2 == 0)
        for where, reading in itertools.product((domain, None), ("full", "half-open")):
            is_written_as_ppl_says(Problem.of(network, where, reading))


@pytest.mark.parametrize(
    ("together", "members", "limit"),
    [(1, 1 << 18, 1 << 24), (3, 1 << 18, 300), (4096, 1 << 18, 1), (4096, 7, 300)],
)
def test_blocks_and_chunks_of_any_size_give_the_same(together, members, limit, monkeypatch):
    monkeypatch.setattr(found, "_TOGETHER", together)
    monkeypatch.setattr(found, "_MEMBERS", members)
    monkeypatch.setattr(search, "LIMIT", limit)
    for case in range(8):
        network, domain = drawn("sizes", case, most_hidden=8)
        for where, reading in itertools.product((domain, None), ("full", "half-open")):
            is_written_as_ppl_says(Problem.of(network, where, reading))


FLAT = Domain.from_inequalities(3, [([1, 1, 1], -1, "="), ([1, 0, 0], 0, ">"), ([0, 1, -2], 3, ">=")])


def test_on_a_flat_open_unbounded_domain_rows_are_reduced_and_strict_ones_are_named():
    network = Network.from_rationals(
        [([[1, 2, 0], [0, -1, 1], [1, 1, 1]], [0, "1/2", -1]), ([[1, -1, 1]], None)]
    )
    for reading in READINGS:
        assert is_written_as_ppl_says(Problem.of(network, FLAT, reading)) >= 3


def test_a_tower_of_concurrent_planes_has_vertices_that_are_not_simple():
    normals = [[1, k, k * k] for k in range(-2, 3)]
    network = Network.from_rationals(
        [(normals, [0] * 5), ([[1, -1, 1, -1, 1]] * 2, [0, -1]), ([[1, 1]], None)]
    )
    assert is_written_as_ppl_says(Problem.of(network, None, "half-open")) > 20
    assert is_written_as_ppl_says(Problem.of(network, Domain.box([(-1, 1)] * 3), "full")) > 20


@pytest.mark.parametrize("exponent", [-2600, 300, 2600])
def test_numbers_far_beyond_doubles_are_written_all_the_same(exponent):
    far = Fraction(2) ** exponent
    network = Network.from_rationals([([[1, far], [3, 1], [far, -1]], [far, 1, 0]), ([[1, 2, -far]], [1])])
    for reading in ("full", "half-open"):
        assert is_written_as_ppl_says(Problem.of(network, None, reading))


def test_lines_that_all_cells_share_are_written_and_vertices_are_zero_along_them():
    network = Network.from_rationals([([[1, 1, 0, 2], [2, 2, 0, 5]], [1, -1]), ([[1, 1]], None)])
    texts = RegionTexts(GeometryDetail.FULL)
    documents = [json.loads(texts.of(leaf)) for leaf in leaves(Problem.of(network))]
    assert {json.dumps(one["lines"]) for one in documents} == {
        '[["1", "-1", "0", "0"], ["0", "0", "1", "0"]]'
    }
    assert {point[0] for one in documents for point in one["vertices"]} == {"0"}
    assert is_written_as_ppl_says(Problem.of(network)) == len(documents)


def test_cells_in_parts_across_seams_come_from_no_block():
    network = Network.from_rationals(
        [([[1, 0], [0, 1]], None), ([[1, 1]], [-1]), ([[1]], None)],
        activations=[Activation.of([(0, 1), (1, 1)]), Activation.relu(1)],
    )
    assert is_written_as_ppl_says(Problem.of(network)) == 0


@pytest.mark.parametrize("units", [False, True])
def test_neighbours_that_the_table_names_are_those_that_forward_passes_find(units):
    named = 0
    for case in range(40):
        network, domain = drawn("neighbours", case, most_hidden=8, units=units)
        for where in (domain, None):
            by_table, by_passes = (tiling(network, where, search=Search(e)) for e in ("generators", "ppl"))
            assert (by_table.maps, by_table.edges) == (by_passes.maps, by_passes.edges), case
            cells = leaves(Problem.of(network, where, "full"))
            named += sum(len(leaf.region().flips) for leaf in cells)
    assert named > 100


def test_where_two_neurons_bend_at_one_facet_no_bit_is_named():
    network = Network.from_rationals([([[1, 0], [-2, 0], [0, 1]], None), ([[1, 1, 1]], [-1]), ([[1]], None)])
    for leaf in leaves(Problem.of(network, None, "full")):
        for facet, (layer, place) in leaf.region().flips.items():
            assert facet[0] != 0 or facet[1] != 0
            assert (layer, place) not in [(1, 0), (1, 1)]
    assert all(leaf.region().flips == {} for leaf in leaves(Problem.of(network)))  # not in half-open cells


def test_regions_of_blocks_can_be_copied_and_pickled():
    network, domain = drawn("pickle", 3)
    for leaf in leaves(Problem.of(network, domain, "full")):
        region = leaf.region()
        copy = pickle.loads(pickle.dumps(region))  # noqa: S301 - our own
        assert copy == region
        assert region_document(copy) == region_document(region)


# the parts -------------------------------------------------------------------------------------------


def test_points_whose_doubles_are_equal_are_sorted_exactly():
    tiny = 2**80
    points = [(tiny + 1, 5, tiny), (1, 0, 1), (tiny + 1, 4, tiny), (tiny - 1, 7, tiny), (2, 0, 2)]
    ranks = ranks_of_points(points, nearest_doubles(points)).tolist()
    expected = sorted(range(5), key=lambda v: [Fraction(x, points[v][-1]) for x in points[v][:-1]])
    assert sorted(range(5), key=ranks.__getitem__) == expected


def test_coordinates_beyond_doubles_are_sorted_exactly():
    points = [(10**400, 1), (10**400 - 1, 1), (-(10**500), 1), (0, 1)]
    assert ranks_of_points(points, nearest_doubles(points)).tolist() == [3, 2, 0, 1]


def test_a_row_that_touches_in_less_than_a_facet_is_none():
    # A square pyramid: five facets, and one more row through the apex alone; rows are bits 1 to 6.
    tight = np.zeros((5, 7), dtype=bool)
    for side in range(4):
        tight[[side, (side + 1) % 4, 4], 1 + side] = True
    tight[:4, 5] = tight[4, 6] = True
    cell, vertex = np.zeros(5, dtype=np.int64), np.arange(5)
    incidence = Incidence(tight, vertex, cell, 1, is_ray=np.zeros(5, dtype=bool))
    facets = incidence.facets(np.zeros(1, dtype=bool), 3)
    assert incidence.bit[facets].tolist() == [1, 2, 3, 4, 5]
    assert not incidence.everywhere.any()


def test_the_inner_point_of_an_unbounded_cell_has_short_numbers():
    network = Network.from_rationals([([[10**30, 10**30 + 1], [10**30 + 3, 1]], None), ([[1, 1]], None)])
    for leaf in leaves(Problem.of(network, None, "full")):
        region = leaf.region()
        assert all(abs(x) < 8 for x in region.point)
        assert network.configuration(region.point) == leaf.configuration


def test_a_point_that_is_not_inside_is_found_out_by_no_rounding():
    thin = Domain.from_inequalities(1, [([1], 0, ">="), ([-1], Fraction(1, 2**200), ">=")])
    network = Network.from_rationals([([[1]], [1]), ([[1]], None)])
    (leaf,) = leaves(Problem.of(network, thin, "full"))
    assert leaf.region().point == (Fraction(1, 2**201),)
    assert isinstance(leaf.region().geometry, CanonicalPolyhedron)


def test_long_numbers_are_written_whole():
    assert ratios([10**5000, 3], 3) == ["1" + "0" * 5000 + "/3", "1"]


@pytest.mark.parametrize("bits", [10, 17, 23, 60])
def test_rows_are_composed_in_doubles_in_integers_and_one_by_one(bits):
    # Three layers of numbers of so many bits: short ones in all, in some and in no layer.
    big = 1 << bits
    layers = [
        ([[big - 3 * i, (-1) ** i * (big // 3)] for i in range(4)], [big // 5, 1, -big, 0]),
        ([[big // (i + 2), -big, 3, i] for i in range(3)], [big, -(big**2), 5]),
        ([[1, -big, 7], [big, 2, -1]], [0, -(big**3)]),
        ([[1, -1], [big, 2]], [big, 0]),
    ]
    network = Network.from_rationals(layers)
    cells = [leaf for leaf in leaves(Problem.of(network)) if leaf.source is not None]
    rows = cells[0].source[0]._rows
    short = sum(rows._short_layer(k) is not None for k in range(4))
    assert short == {10: 4, 17: 3, 23: 2, 60: 1}[bits]
    assert is_written_as_ppl_says(Problem.of(network)) == len(cells)
