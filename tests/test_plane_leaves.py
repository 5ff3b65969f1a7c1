"""Leaves of the kernel of the plane, with all their geometry, are those of the NumPy road and of `ppl`."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Domain, Network, Search
from exactrelu.documents.region import GeometryDetail
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Problem, count_configurations, enumerate_leaves
from exactrelu.enumeration.generator_engine import plane_search, prefix_rows
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.plane_chart import cross, dot
from exactrelu.enumeration.generator_engine.plane_corners import meeting_points
from exactrelu.enumeration.generator_engine.plane_leaves import blocks_in_plane
from exactrelu.enumeration.generator_engine.plane_rows import PlaneRows
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.kernels import library
from exactrelu.kernels.plane import Event
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.engine_agreement import READINGS, shown
from tests.test_plane_search import BOX, drawn_in_the_plane, integers, never, planar

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")


def leaves(problem, engine="generators"):
    return list(enumerate_leaves(problem, search=Search(engine)))


def told(problem):
    """All that leaves say of themselves."""
    texts, found = RegionTexts(GeometryDetail.FULL), []
    for leaf in enumerate_leaves(problem, search=Search("generators")):
        block, number = leaf.source
        region = leaf.region()
        parts = region.geometry.equations, region.geometry.facets, region.strict
        found.append((*shown(leaf), leaf.point(), parts, block.flips_of(number), texts.of(leaf)))
    return found


def told_by_numpy(problem, monkeypatch):
    with monkeypatch.context() as context:
        context.setenv(library.SWITCH, "0")
        return told(problem)


def agree(problem, monkeypatch):
    """Whether leaves are those of the other road and of the reference; None if the kernel does not serve."""
    if planar(problem) is None:
        return None
    found = told(problem)
    expected = [shown(leaf) for leaf in leaves(problem, "ppl")]
    return found == told_by_numpy(problem, monkeypatch) and [one[:3] for one in found] == expected


# leaf for leaf ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_leaves_are_those_of_the_other_roads(seed, monkeypatch):
    for case in range(4):
        network, domain = drawn_in_the_plane("leaves", seed, case)
        for reading in READINGS[: 3 if sum(network.hidden_widths) <= 7 else 2]:
            assert agree(Problem.of(network, domain, reading), monkeypatch) is not False, (case, reading)


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_leaves_in_more_dimensions_than_two_and_of_other_units(seed, monkeypatch):
    served = 0
    for case in range(12):
        c = Chooser.seeded("plane in space", seed, case)
        network = draw_network(c, most_inputs=4, most_hidden=6)
        if case % 3 == 0:
            network = with_drawn_units(c, network)
        domain = draw_domain(c, network.inputs) if case % 2 else None
        for reading in READINGS:
            agreed = agree(Problem.of(network, domain, reading), monkeypatch)
            assert agreed is not False, (case, reading)
            served += agreed is True
    assert served


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    "rows",
    [
        [([1, 0], 0), ([2, 0], -1), ([-1, 0], 3), ([0, 1], 1), ([1, 1], 0)],  # the second pivot is the fourth
        [
            ([0, 0], 0),
            ([0, 0], 1),
            ([1, 1], 0),
            ([-2, -2], 1),
            ([1, -1], 0),
        ],  # pivots are the third and fifth
        [([1, 1], 0), ([1, 1], 0), ([0, 0], 0), ([-1, -1], 0), ([1, 0], 0)],  # three lines that are one
    ],
)
def test_first_cells_whose_configurations_alternate_are_merged(reading, rows, monkeypatch):
    network = Network.from_rationals(
        [
            ([w for w, _ in rows], [b for _, b in rows]),
            ([[1, -1, 2, 0, 1], [1, 1, 1, 1, 1]], [0, -1]),
            ([[1, 1]], None),
        ]
    )
    problem = Problem.of(network, None, reading)
    assert not planar(problem).chart.is_in_order
    for room in (2, 3, 4096):
        monkeypatch.setattr(plane_search, "_AT_FIRST", room)
        monkeypatch.setattr(plane_search, "_TOGETHER", room)
        assert agree(problem, monkeypatch)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    "domain",
    [
        Domain.from_inequalities(2, [([1, 1], -1, "<")]),
        Domain.from_inequalities(2, [([1, 0], 0, ">"), ([0, 1], 0, ">=")]),
        Domain.from_inequalities(2, [([1, -1], 1, ">"), ([1, -1], -1, "<=")]),
        Domain.from_inequalities(
            2, [([1, 0], 0, ">="), ([0, 1], 0, ">="), ([1, 1], 0, ">"), ([1, 1], -2, "<")]
        ),
    ],
)
def test_open_half_planes_quadrants_and_strips(reading, domain, monkeypatch):
    assert agree(Problem.of(integers((2, 5, 2, 1), 1, seed=3), domain, reading), monkeypatch)


@pytest.mark.parametrize(
    "domain", [Domain.box([(0, 1), (1, 1)]), Domain.box([(1, 1), (2, 2)]), Domain.box([(1, 0), (0, 1)])]
)
def test_segments_points_and_nothing_are_left_to_others(domain):
    problem = Problem.of(integers((2, 5, 3, 1), 2), domain, "half-open")
    assert planar(problem) is None
    assert [shown(x) for x in leaves(problem)] == [shown(x) for x in leaves(problem, "ppl")]


def test_a_cell_of_many_corners(monkeypatch):
    slopes = [Fraction(k, 40) for k in range(-40, 40)]
    rows = [[(s * s - 1) / (1 + s * s), 2 * s / (1 + s * s)] for s in slopes]
    network = Network.from_rationals([(rows, [1] * 80), ([[1] * 80], None)])
    problem = Problem.of(network, BOX, "full")
    assert max(len(leaf.region().geometry.vertices) for leaf in leaves(problem)) > 70
    found = [(leaf.bits, leaf.point(), leaf.region().geometry) for leaf in leaves(problem)]
    monkeypatch.setenv(library.SWITCH, "0")
    assert found == [(leaf.bits, leaf.point(), leaf.region().geometry) for leaf in leaves(problem)]


def test_weights_that_no_double_holds_meet_rows_that_are_zero():
    network = Network.from_rationals(
        [([[0, 0], [0, 0]], None), ([[2**1100, 1], [1, 1]], [1, 0]), ([[1, 1]], None)]
    )
    (leaf,) = leaves(Problem.of(network, BOX, "full"))
    assert len(leaf.region().geometry.facets) == 4


@pytest.mark.parametrize("longest", [3, 28, 31, 62, 64, 1100])
def test_corners_are_cross_products_on_the_right_side(longest):
    c = Chooser.seeded("corners", longest)
    rows = [tuple(c.integer(-(2**longest), 2**longest) for _ in range(3)) for _ in range(40)]
    rows += [(0, 0, 1), (1, 0, 0), (2**62 - 1, 1 - 2**62, 1), (2**62, 0, 3), (-(2**63), 1, 0)]
    positive = [tuple(c.integer(-(2**size), 2**size) for _ in range(3)) for size in (1, 8, 70, 1030)]
    pairs = [
        (i, j, k)
        for i, j, k in itertools.product(range(len(rows)), range(len(rows)), range(4))
        if dot(positive[k], cross(rows[i], rows[j]))
    ]
    one, two, which = (np.array(column) for column in zip(*pairs, strict=True))
    expected = [
        tuple(x if dot(positive[k], z) > 0 else -x for x in z)
        for (i, j, k) in pairs
        for z in [cross(rows[i], rows[j])]
    ]
    assert meeting_points(rows, (one, two), positive, which) == expected


# blocks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", READINGS)
def test_blocks_of_any_size_give_the_same_leaves_in_order(reading, monkeypatch):
    problem = Problem.of(integers((2, 8, 4, 1), 2), None, reading)
    expected = told(problem)
    assert [one[1] for one in expected] == sorted(one[1] for one in expected)
    for room in (2, 3, 7):
        monkeypatch.setattr(plane_search, "_AT_FIRST", room)
        monkeypatch.setattr(plane_search, "_TOGETHER", room)
        assert told(problem) == expected


def test_wide_networks_hand_over_fewer_cells_at_once(monkeypatch):
    monkeypatch.setattr(plane_search, "_BYTES", 100)
    own = planar(Problem.of(integers((2, 20, 1), 9), BOX, "full"))
    assert {len(cells) for cells in own.cells(never)} <= set(range(1, 6))


def test_the_first_leaves_come_before_all_cells_are_found():
    problem = Problem.of(integers((2, 150, 1), 1000), None, "full")
    total, some = count_configurations(problem), list(itertools.islice(planar(problem).cells(never), 2))
    assert sum(map(len, some)) < total / 5


def test_rows_of_wide_layers_are_composed_as_far_as_cells_ask(monkeypatch):
    problem = Problem.of(integers((2, 20, 9, 5, 1), 9), BOX, "full")
    expected = told(problem)
    monkeypatch.setattr(prefix_rows, "_FEW", 0)
    assert told(problem) == expected


def test_limits_end_leaves():
    problem = Problem.of(integers((2, 30, 1), 9), None, "full")
    with pytest.raises(BudgetExhaustedError, match="more than 10 regions"):
        list(enumerate_leaves(problem, search=Search("generators", max_regions=10)))

    def enough():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(blocks_in_plane(library.compiled(), problem, first_cells(problem), enough))


def test_centres_are_inside():
    network = integers((2, 16, 6, 1), 20)
    problem = Problem.of(network, BOX, "half-open")
    found = iter(enumerate_leaves(problem))
    for cells in planar(problem).cells(never):
        for centre, rank in zip(cells.centres.tolist(), cells.ranks.tolist(), strict=True):
            leaf = next(found)
            if rank == 3:
                point = [Fraction(x) / Fraction(centre[-1]) for x in centre[:-1]]
                assert all(
                    sum(a * x for a, x in zip(row, [*point, 1], strict=True)) > 0
                    for row in leaf.region().geometry.facets
                )
    assert next(found, None) is None


# questions -------------------------------------------------------------------------------------------------


def searched(own, answers, steps=None):
    """The bits and zeros that a search finds that asks for every sign."""
    found = []
    for polygon in own.chart.polygons:
        search, rows = own._search(), PlaneRows(own._problem.network, own.chart, polygon)
        search.doubt()
        search.hand_over(list(range(sum(own._problem.network.hidden_widths))), 5)
        search.begin(own._arrays.cell(polygon, own._problem.network.hidden_widths[0]))
        event = Event.BUSY
        while event is not Event.DONE and steps != 0:
            event = search.step()
            if event is Event.QUESTIONS:
                search.answer(answers(rows, search.questions()))
            if event in {Event.FILLED, Event.DONE}:
                found.append(search.take(5))
            steps = None if steps is None else steps - 1
    return found


@pytest.mark.parametrize("reading", READINGS)
def test_leaves_are_the_same_where_every_sign_is_asked_for(reading):
    for case in range(8):
        network, domain = drawn_in_the_plane("doubtful leaves", case)
        own = planar(Problem.of(network, domain, reading))
        if own and sum(network.hidden_widths) <= 8 and all(a.is_relu for a in network.activations):
            bits = [row.tobytes() for cells in searched(own, PlaneRows.signs) for row in cells.bits]
            assert sorted(bits) == [row.tobytes() for cells in own.cells(never) for row in cells.bits]


def test_answers_that_are_wrong_end_in_an_error_or_in_leaves_and_never_in_a_crash():
    errors = 0
    for case in range(60):
        network, domain = drawn_in_the_plane("lies in leaves", case)
        own, c = planar(Problem.of(network, domain, READINGS[case % 3])), Chooser.seeded("lies", case)
        if own:
            try:
                searched(own, lambda _, q, c=c: [c.integer(-1, 1) for _ in q.asked], steps=400)
            except ArithmeticError:
                errors += 1
    assert errors


def test_room_for_one_leaf_and_leaves_that_nobody_wanted_are_refused():
    search = planar(Problem.of(integers((2, 4, 1), 3), BOX, "full"))._search()
    with pytest.raises(ArgumentError, match="expected hand_over before"):
        search.take(5)
    with pytest.raises(ArgumentError, match="room for at least 2, got 1"):
        search.hand_over([0, 1, 2, 3], 1)
