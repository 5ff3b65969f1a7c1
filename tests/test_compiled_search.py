"""The compiled search of the engine `lp`: cells that keep their promises, refutations that are true."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from exactrelu.enumeration import Problem, Search, count, enumerate_leaves, lp_engine
from exactrelu.enumeration.leaf_blocks import leaves_in
from exactrelu.enumeration.lp_engine import compiled_search, exact_cell, search, steps
from exactrelu.enumeration.lp_engine.boxes import box_of
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell
from exactrelu.enumeration.lp_engine.exact_programs import least_value
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows
from exactrelu.enumeration.lp_engine.start import start_of
from exactrelu.enumeration.lp_engine.steps import Stepper
from exactrelu.errors import ArgumentError
from exactrelu.kernels import library
from exactrelu.kernels.layer_search import Questions, Surroundings, Wanted, search_layer
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import DOMAINS, Chooser, draw_network
from tests.support.engine_agreement import agrees_with_ppl, drawn, shown
from tests.support.lp_bound_check import broken_promises

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")

TINY = Fraction(1, 2**52)


def random_network(widths, *seed, biased=True):
    c = Chooser.seeded("compiled", widths, *seed)

    def row(length):
        return [Fraction(c.integer(-64, 64), 64) for _ in range(length)]

    shapes = itertools.pairwise(widths)
    return Network.from_rationals(
        [([row(m) for _ in range(n)], row(n) if biased else None) for m, n in shapes]
    )


def leaves(problem):
    return [shown(leaf) for leaf in lp_engine.leaves(problem, checkpoint=lambda: None)]


def every_step(problem):
    """Yield the cells before each neuron is decided, the neuron not constant on any, and after it."""
    start = start_of(problem)
    if start is None:
        return
    cells, widths = Cells.first(NeuronRows(start)), problem.network.bent_widths
    stepper = Stepper(problem.reading, lambda: None)
    while cells.decided < sum(widths):
        while cells.neuron == widths[cells.layer]:
            cells.enter_layer(cells.layer + 1)
        after = stepper.advanced(cells, cells.neuron + 1).through
        yield cells, after
        cells = after


# both roads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_both_roads_give_the_same_leaves_in_the_same_order(seed, monkeypatch):
    for case, reading in itertools.product(range(12), Reading):
        problem = Problem.of(*drawn("roads", seed, case, most_inputs=4, units=case % 2), reading)
        found = leaves(problem)
        with monkeypatch.context() as context:
            context.setenv(library.SWITCH, "0")
            assert leaves(problem) == found, case
        assert lp_engine.count(problem, checkpoint=lambda: None) == len(found)


@pytest.mark.parametrize(("limit", "effort"), [(1, 10**9), (7, 50), (8192, 1), (8192, 400)])
def test_calls_that_end_early_change_no_leaf_and_no_order(limit, effort, monkeypatch):
    monkeypatch.setattr(search, "LIMIT", limit)
    monkeypatch.setattr(compiled_search, "EFFORT", effort)
    for seed, reading in itertools.product(range(4), Reading):
        problem = Problem.of(*drawn("early", seed, most_inputs=3), reading)
        whole = [shown(leaf) for leaf in enumerate_leaves(problem, search=Search("ppl"))]
        own = search.CellSearch(reading, lambda: None, limit)
        start = start_of(problem)
        assert ([] if start is None else [shown(leaf) for leaf in leaves_in(own.reached(start))]) == whole
        assert (0 if start is None else own.count(start)) == len(whole)


@pytest.mark.parametrize("effort", [10**9, 1])
def test_two_layers_in_five_dimensions_and_in_a_box(effort, monkeypatch):
    monkeypatch.setattr(compiled_search, "EFFORT", effort)
    network = random_network((5, 6, 5, 1))
    for domain in (None, Domain.box([(-1, 1)] * 5)):
        assert agrees_with_ppl("lp", network, domain, ["full", "half-open"])


@pytest.mark.parametrize("gap", [0, TINY, -TINY, TINY / 2, Fraction(1, 2**1074), Fraction(2) ** 300])
def test_neurons_that_touch_up_to_a_gap(gap):
    first = [[1, 0, 1], [0, 1, 1], [1, 1, 2], [1, 1, 2]], [0, 0, gap, 1]
    second = [[1, 1, -1, 0], [1, 1, -1 - gap, 0], [0, 0, 1, -1]], [0, gap, 1 + gap]
    network = Network.from_rationals([first, second, ([[1, 1, 1]], None)])
    box = Domain.box([(-1, 1), (-2, gap), (0, 1)] if gap else [(-1, 1)] * 3)
    orthant = Domain.from_inequalities(3, [([1, 0, 0], 0, ">="), ([0, 1, 0], gap, ">"), ([1, 1, 1], -1, "<")])
    for domain in (None, box, orthant):
        assert agrees_with_ppl("lp", network, domain)


# what is proved ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_that_comes_out_keeps_its_promises(seed):
    for case in range(6):
        problem = Problem.of(*drawn("promises", seed, case), "full")
        assert [line for cells, _ in every_step(problem) for line in broken_promises(cells)] == []


@pytest.mark.parametrize(
    ("widths", "half", "biased"),
    [
        ((3, 6, 4, 1), None, True),
        ((5, 6, 3, 1), 1, True),
        ((6, 3, 5, 1), None, True),
        ((3, 5, 4, 1), None, False),
    ],
)
def test_a_side_that_is_refuted_is_empty_by_exact_programs(widths, half, biased, monkeypatch):
    network = random_network(widths, biased=biased)
    domain = Domain.box([(-half, half)] * widths[0]) if half else None
    by_integers = []
    decided = steps.decided_exactly
    monkeypatch.setattr(
        steps, "decided_exactly", lambda *args, **more: by_integers.append(args[0]) or decided(*args, **more)
    )
    refuted = 0
    for cells, after in every_step(Problem.of(network, domain, "full")):
        children = [row.tobytes() for row in after.bits[:, : cells.decided]]
        for number, path in enumerate(row.tobytes() for row in cells.bits[:, : cells.decided]):
            if children.count(path) == 1:
                cell = ExactCell(cells, number)
                rows = [row for row in cell.rows if any(row)]
                target = tuple(cell.sign() * entry for entry in cell.target)
                assert least_value(len(cell.point), rows, target, Fraction(1)).value >= 0
                refuted += 1
    assert refuted > 10
    assert sum(map(len, by_integers)) < refuted / 4


def test_a_box_is_told_as_limits_with_its_tightest_rows():
    network = random_network((2, 3, 1))
    rows = [([1, 0], 1, ">="), ([2, 0], 1, ">"), ([0, 3], 1, ">="), ([-1, 0], 1, ">="), ([0, -1], 2, ">")]
    start = start_of(Problem.of(network, Domain.from_inequalities(2, rows)))
    box = box_of(start)
    assert box.ends[0].tolist() == [-0.5, np.nextafter(-1 / 3, -1)]
    assert box.ends[1].tolist() == [1, 2]
    assert Fraction(box.ends[0, 1]) < Fraction(-1, 3) < Fraction(box.ends[2, 1])
    assert [start.rows[r].entries for r in box.sides[0]] == [(2, 0, 1), (0, 3, 1)]
    for fewer in (rows[:-1], [*rows, ([1, 1], 9, ">=")], [*rows, ([0, 1], Fraction(10) ** 400, ">=")]):
        found = box_of(start_of(Problem.of(network, Domain.from_inequalities(2, fewer))))
        assert (found is None) == (fewer[-1][0] != [0, 1])


def test_a_box_beyond_the_range_of_doubles_is_none_and_changes_no_answer():
    far = Fraction(10) ** 400
    network = random_network((2, 4, 1))
    domain = Domain.box([(-far, far), (-1, 1)])
    assert box_of(start_of(Problem.of(network, domain))) is None
    assert agrees_with_ppl("lp", network, domain)


# many inputs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_wide_boxes_have_the_cells_that_single_programs_find(seed, monkeypatch):
    network = random_network((120, 4, 3, 1), seed)
    problem = Problem.of(network, Domain.box([(-1, Fraction(1, 2))] * 120), "full")
    found = leaves(problem)
    monkeypatch.setenv(library.SWITCH, "0")
    assert leaves(problem) == found
    assert len(found) > 20


def test_neurons_that_only_touch_a_wide_box_are_decided_in_integers():
    n, gap = 130, Fraction(1, 2**80)
    thirds = [Fraction(1, 3)] * n
    rows = [[1] * n, [1] * n, thirds, [-1] * n, [2] * n]
    bias = [
        -n,
        -n + gap,
        -Fraction(n, 3),
        -n,
        1 - 2 * n,
    ]
    network = Network.from_rationals(
        [(rows, bias), ([[1, 1, 1, 1, 0], [0, 0, 0, 0, 1]], [0, -1]), ([[1, 1]], None)]
    )
    box = Domain.box([(0, 1)] * n)
    assert count(network, box, "full", search=Search("lp")) == 3
    narrow = Network.from_rationals(
        [
            ([[n], [n], [Fraction(n, 3)], [-n], [2 * n]], bias),
            *[(layer.weight, layer.bias) for layer in network.layers[1:]],
        ]
    )
    assert count(narrow, Domain.box([(0, 1)]), "full", search=Search("ppl")) == 3


@pytest.mark.parametrize("seed", range(12))
def test_programs_and_multipliers_of_boxes_are_those_of_any_domain(seed, monkeypatch):
    monkeypatch.setattr(exact_cell, "_FEW", 0)
    for case in range(4):
        c = Chooser.seeded("exact box", seed, case)
        network = draw_network(c)
        domain = DOMAINS[1](c, network.inputs)  # a box
        assert agrees_with_ppl("lp", network, domain)


# what is passed on -------------------------------------------------------------------------------------


def one_question(**changes):
    asked = {"rows": np.zeros((1, 0, 3)), "table": np.array([[[1.0, 0.5, 0.25]]])}
    asked |= {
        "points": np.array([[0.0, 0.0, 1.0]]),
        "signs": np.zeros((1, 0), np.int8),
        "first": 0,
        "last": 1,
    }
    around = Surroundings(
        None, np.zeros((2, 0), np.int32), 0, np.zeros(0, np.int32), np.zeros((1, 0), np.int32),
        np.zeros((1, 0), np.uint8),
    )  # fmt: skip
    room = changes.pop("capacity", 9)
    return search_layer(
        library.compiled(), Questions(**(asked | changes)), around, Wanted(False, False, room, 10**6)
    )


def test_a_line_cuts_the_plane_in_two():
    found = one_question()
    assert found.bits.tolist() == [[0], [1]]
    assert found.signs.tolist() == [[-1], [1]]
    assert found.points[1].tolist() == [0, 0, 1]
    assert found.points[0] @ [1, 0.5, 0.25] < 0
    assert found.status.tolist() == [0, 0]


@pytest.mark.parametrize("table", [[np.nan, 1, 1], [np.inf, 1, 1], [1, 1, 0], [1e-300, 0, 1]])
def test_what_is_undefined_or_undecided_stays_open(table):
    found = one_question(table=np.array([[table]], dtype=np.float64))
    assert found.status.tolist() == [2]
    assert found.neurons.tolist() == [0]


@pytest.mark.parametrize("changes", [{"last": 2}, {"first": 2}, {"capacity": 3}])
def test_numbers_that_do_not_fit_are_refused(changes):
    with pytest.raises(ArgumentError, match="kernel layer_search: expected 0 <= first <= last <= 1 and"):
        one_question(**changes)


@pytest.mark.parametrize("name", ["rows", "table", "points"])
def test_arrays_of_another_type_are_refused(name):
    shapes = {"rows": (1, 0, 3), "table": (1, 1, 3), "points": (1, 3)}
    with pytest.raises(ArgumentError, match=f"kernel argument {name}: expected .* float64, got"):
        one_question(**{name: np.zeros(shapes[name], dtype=np.float32)})


def test_counts_of_ten_dimensions_are_those_of_zaslavsky():
    assert count(random_network((10, 12, 1)), reading="full", search=Search("lp")) == 4083
