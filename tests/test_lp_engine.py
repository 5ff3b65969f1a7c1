"""The engine `lp` yields the leaves of the reference engine, and proves what it takes from floats."""

from __future__ import annotations

import itertools
import math
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from exactrelu.documents.region import region_document
from exactrelu.enumeration import (
    Problem,
    Search,
    count,
    count_configurations,
    enumerate_leaves,
    regions,
    resolve_engine,
    sharing,
)
from exactrelu.enumeration.lp_engine import certificates, decisions, float_bounds, search
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.certificates import passed_on
from exactrelu.enumeration.lp_engine.children import children
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell, farkas_constant
from exactrelu.enumeration.lp_engine.exact_programs import least_value, relative_interior
from exactrelu.enumeration.lp_engine.float_bounds import enclose_multipliers
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows
from exactrelu.enumeration.lp_engine.start import start_of
from exactrelu.enumeration.subtrees import Subtree
from exactrelu.errors import EngineUnavailableError
from exactrelu.kernels.library import SWITCH, compiled
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers import rounding_mode
from exactrelu.numbers.batched_simplex import climb
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Polyhedron
from tests.support.drawn_networks import Chooser, draw_domain
from tests.support.engine_agreement import READINGS, agrees_with_ppl, drawn
from tests.support.lp_bound_check import broken_promises, is_enclosed

agree = partial(agrees_with_ppl, "lp")


@pytest.fixture
def in_numpy(monkeypatch):
    """The road without compiled kernels, whose parts can be exchanged."""
    monkeypatch.setenv(SWITCH, "0")


def one_layer(weight, bias=None):
    return Network.from_rationals([(weight, bias), ([[1] * len(weight)], None)])


def random_network(widths, *seed):
    c = Chooser.seeded("lp", widths, *seed)

    def row(length):
        return [Fraction(c.integer(-1024, 1024), 1024) for _ in range(length)]

    shapes = itertools.pairwise(widths)
    return Network.from_rationals([([row(m) for _ in range(n)], row(n)) for m, n in shapes])


def zaslavsky(hyperplanes, dimension):
    """The number of chambers of hyperplanes in general position."""
    return sum(math.comb(hyperplanes, k) for k in range(dimension + 1))


# the same leaves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(16))
def test_leaves_of_drawn_networks_are_those_of_the_reference(seed):
    for case in range(10):
        assert agree(*drawn("lp", seed, case)), case


@pytest.mark.usefixtures("in_numpy")
@pytest.mark.parametrize("seed", range(5))
def test_the_leaves_of_more_drawn_networks_are_the_same(seed):
    for case in range(6):
        assert agree(*drawn("lp tree", seed, case)), case


@pytest.mark.parametrize("seed", range(6))
def test_larger_networks_too(seed):
    for case in range(3):
        assert agree(*drawn("lp large", seed, case, most_inputs=5, most_hidden=8), ["full", "half-open"]), (
            case
        )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_thousands_of_drawn_networks(seed):
    for case in range(100):
        assert agree(*drawn("lp many", seed, case)), case


@pytest.mark.parametrize("limit", [1, 2, 5, 40])
def test_chunks_of_any_size_give_the_same_leaves_in_the_same_order(limit, monkeypatch):
    monkeypatch.setattr(search.CellSearch, "__init__", _limited(limit))
    assert agree(random_network((2, 6, 4, 1), 3))
    concurrent = one_layer([[1, 0], [0, 1], [1, 1], [1, -1], [2, 1]])
    assert agree(concurrent, Domain.box([(-1, 1), (0, 1)]))


def _limited(limit):
    original = search.CellSearch.__init__
    return lambda self, reading, checkpoint, _limit=0, keep=None: original(
        self, reading, checkpoint, limit, keep
    )


def test_json_regions_are_the_same_to_the_byte_save_point():
    network, domain = random_network((3, 4, 3, 2), 1), Domain.box([(-1, 1)] * 3)
    for reading in READINGS:
        documents = [
            [
                region_document(region, "full")
                for region in regions(network, domain, reading, search=Search(engine))
            ]
            for engine in ("ppl", "lp")
        ]
        for document in itertools.chain(*documents):
            document.pop("point")
        assert documents[0] == documents[1]


@pytest.mark.parametrize("seed", range(8))
def test_the_point_of_a_leaf_lies_in_the_relative_interior_of_its_cell(seed):
    for reading in READINGS:
        for case in range(3):
            for leaf in enumerate_leaves(
                Problem.of(*drawn("lp points", seed, case), reading), search=Search("lp")
            ):
                facets = leaf.region().geometry.facets
                equations = leaf.region().geometry.equations
                values = [sum(a * x for a, x in zip(f, (*leaf.point(), 1), strict=True)) for f in facets]
                assert all(value > 0 for value in values)
                assert not any(
                    sum(a * x for a, x in zip(e, (*leaf.point(), 1), strict=True)) for e in equations
                )


# networks built to break filters ---------------------------------------------------------------------


@pytest.mark.parametrize("gap", [0, Fraction(1, 2**60), Fraction(1, 2**200), Fraction(-1, 2**2600)])
def test_twenty_lines_through_a_point_that_one_line_misses_by_a_little(gap):
    c = Chooser.seeded("pencil")
    lines = [[c.integer(-99, 99), c.integer(1, 99)] for _ in range(20)]
    bias = [-Fraction(a, 3) - Fraction(b, 7) for a, b in lines]
    bias[-1] += gap
    network = one_layer(lines, bias)
    assert agree(network, None, ["full", "half-open"])
    assert count(network, reading="full", search=Search("lp")) == (40 if gap == 0 else 58)


@pytest.mark.parametrize("exponent", [300, -300, 2600, -2600])
def test_weights_far_beyond_the_range_of_doubles_are_no_special_case(exponent):
    c = Chooser.seeded("scales", exponent)
    scale = Fraction(2) ** exponent
    for _ in range(3):
        factors = [1, scale, -1, 3 * scale]
        rows = [[c.choose(factors) * c.integer(-3, 3) for _ in range(2)] for _ in range(4)]
        bias = [c.choose(factors) * c.integer(-3, 3) for _ in range(4)]
        network = Network.from_rationals([(rows, bias), ([[1, -scale, 1, 2]], [-1]), ([[1]], None)])
        assert agree(network, None, ["full", "half-open"])
        assert agree(network, Domain.box([(-1, 2), (0, scale)]), ["full", "half-open"])


@pytest.mark.parametrize("gap", [0, Fraction(1, 2**60), Fraction(1, 2**200)])
def test_coincidences_in_a_second_layer_up_to_a_tiny_gap(gap):
    first = ([[1, 0, 1], [0, 1, 1], [1, 1, 2]], [0, 0, gap])
    second = ([[1, 1, -1], [1, 1, -1 - gap], [-1, -1, 1]], [0, gap, gap])
    assert agree(Network.from_rationals([first, second, ([[1, 1, 1]], None)]), None, READINGS)


@pytest.mark.parametrize("inputs", [1, 2, 3, 5])
def test_identities_of_lower_rank_duplicates_and_dead_neurons(inputs):
    unit = [[int(i == j) for j in range(inputs)] for i in range(inputs)]
    first = ([*unit, [2 * x for x in unit[0]], [-x for x in unit[0]], [0] * inputs, [1] * inputs], None)
    width = inputs + 4
    second = ([[1] * width, [1] * inputs + [0, 0, 0, -1], [3] * width], [1, 0, 3])
    assert agree(Network.from_rationals([first, second, ([[1, 1, 1]], None)]), None, ["full", "half-open"])


def test_a_network_on_few_directions_of_many_inputs_is_searched_in_these():
    weight = [[i * (j + 1) + (i % 2) for j in range(40)] for i in range(1, 6)]
    start = start_of(Problem.of(one_layer(weight, [1, 2, 3, 4, 5]), reading="full"))
    assert (start.coordinates, start.dimension) == (2, 40)
    assert count(one_layer(weight, [1, 2, 3, 4, 5]), reading="full", search=Search("lp")) == len(
        list(regions(one_layer(weight, [1, 2, 3, 4, 5]), reading="full", search=Search("ppl")))
    )


# high dimension ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("inputs", "neurons"), [(1, 9), (3, 8), (8, 10), (10, 12), (30, 8)])
def test_hyperplanes_in_general_position_cut_space_into_as_many_cells_as_zaslavsky_says(inputs, neurons):
    network = random_network((inputs, neurons, 1))
    assert count(network, reading="full", search=Search("lp")) == zaslavsky(neurons, inputs)
    assert count(network, reading="half-open", search=Search("lp")) == zaslavsky(neurons, inputs)


@pytest.mark.slow
def test_sixteen_hyperplanes_in_twelve_dimensions():
    assert (
        count(random_network((12, 16, 1)), reading="full", search=Search("lp")) == zaslavsky(16, 12) == 64_839
    )


def test_engines_agree_in_eight_dimensions_and_two_layers():
    network = random_network((8, 7, 6, 1))
    assert count(network, reading="full", search=Search("lp")) == count(
        network, reading="full", search=Search("generators")
    )


def test_a_box_in_fifty_dimensions():
    c = Chooser.seeded("fifty")
    network = one_layer(
        [[c.integer(-9, 9) for _ in range(50)] for _ in range(5)], [c.integer(-9, 9) for _ in range(5)]
    )
    assert resolve_engine("auto", Problem.of(network, Domain.box([(-1, 1)] * 50))) == "lp"
    assert count(network, Domain.box([(-1, 1)] * 50), "full", search=Search("lp")) == 32
    corner = one_layer([[1] * 50, [1] * 50, [-1] * 50], [-50, -49, 51])  # the first only touches the box
    assert [
        count(corner, Domain.box([(-1, 1)] * 50), reading, search=Search("lp"))
        for reading in ("full", "half-open", "closed")
    ] == [2, 2, 3]


def test_processes_share_the_work_without_changing_the_count(monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    problem = Problem.of(random_network((4, 6, 4, 1)), reading="half-open")
    with ProcessPoolExecutor(2) as executor:
        shared = count_configurations(problem, search=Search("lp"), executor=executor, parts=5)
    assert shared == count_configurations(problem, search=Search("ppl"))


# what floats prove ---------------------------------------------------------------------------------------


def every_step(problem):
    """Yield the cells before each neuron is decided."""
    cells = Cells.first(NeuronRows(start_of(problem)))
    widths = problem.network.hidden_widths
    while cells.decided < sum(widths):
        if cells.neuron == widths[cells.layer]:
            cells.enter_layer(cells.layer + 1)
        yield cells
        decided = decisions.decide(cells, faces=False, checkpoint=lambda: None)
        cells = children(cells, decided, problem.reading)


@pytest.mark.parametrize("seed", range(8))
def test_every_row_point_and_value_keeps_its_promise_after_every_step(seed):
    for case in range(6):
        problem = Problem.of(*drawn("lp bounds", seed, case), "full")
        if start_of(problem) is not None:
            assert [line for cells in every_step(problem) for line in broken_promises(cells)] == []


def test_promises_are_kept_in_generic_networks_of_three_hidden_layers():
    problem = Problem.of(random_network((3, 4, 4, 3, 1)), reading="full")
    assert [line for cells in every_step(problem) for line in broken_promises(cells)] == []


def test_a_wrong_row_point_or_bound_is_seen(monkeypatch):
    *_, cells = every_step(Problem.of(random_network((3, 5, 4, 1)), reading="full"))
    assert broken_promises(cells) == []
    cells.points[2, :-1] += 1e6
    assert any(line.startswith("cell 2:") and "not inside" in line for line in broken_promises(cells))
    cells.tables[1].rows[:] *= 1 + 2.0**-40
    assert any("is not rounded" in line for line in broken_promises(cells))
    monkeypatch.setattr("tests.support.lp_bound_check.value_bounds", lambda p: np.zeros(len(p)))
    assert any("+- 0.0" in line for line in broken_promises(cells))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_enclosures_hold_the_exact_multipliers_of_all_matrices_that_round_to_the_given_one(size):
    rng = np.random.default_rng(size)
    basis = rng.uniform(-1, 1, (60, size, size))
    basis[:20, -1] = basis[:20, 0] + 10.0 ** rng.uniform(-16, -2, (20, 1)) * basis[:20, -1]
    basis = np.clip(basis, -1, 1)
    target = rng.uniform(-1, 1, (60, size))
    found = enclose_multipliers(basis, target)
    assert np.isfinite(found.radius[20:]).all(axis=1).mean() > 0.9
    for system in range(60):
        for sign in (0, 1, -1):  # at the ends of what the rounding may have hidden
            exact = [
                [Fraction(x) * (1 + sign * Fraction(1, 2**53)) for x in row] for row in basis[system].tolist()
            ]
            aim = [Fraction(x) * (1 - sign * Fraction(1, 2**53)) for x in target[system].tolist()]
            assert is_enclosed(found, system, exact, aim)


def test_an_enclosure_that_is_too_narrow_is_seen():
    basis, target = [[Fraction(1, 49)]], [Fraction(1)]
    found = enclose_multipliers(np.array([[[1 / 49]]]), np.array([[1.0]]))
    assert is_enclosed(found, 0, basis, target)
    found.radius[:] = 0
    assert not is_enclosed(found, 0, basis, target)


@pytest.mark.usefixtures("in_numpy")
@pytest.mark.parametrize("widths", [(3, 5, 4, 1), (5, 4, 4, 1)])
def test_enclosures_of_a_search_hold_the_exact_multipliers(widths, monkeypatch):
    checked = []

    def enclose(basis, target):
        found = enclose_multipliers(basis, target)
        for system, (rows, aim) in enumerate(zip(basis.tolist(), target.tolist(), strict=True)):
            exact = [[Fraction(x) for x in row] for row in rows]  # weights k/1024: the rows are not rounded
            checked.append(is_enclosed(found, system, exact, [Fraction(x) for x in aim]))
        return found

    monkeypatch.setattr(certificates, "enclose_multipliers", enclose)
    assert count(random_network(widths), reading="full", search=Search("lp")) == count(
        random_network(widths), reading="full", search=Search("ppl")
    )
    assert all(checked)
    assert len(checked) > 50


@pytest.mark.usefixtures("in_numpy")
@pytest.mark.parametrize(
    ("widths", "scale"), [((3, 5, 4, 1), 1), ((6, 4, 4, 1), Fraction(1, 3)), ((2, 6, 3, 1), 0)]
)
def test_what_floats_prove_of_a_neuron_is_true_by_exact_programs(widths, scale, monkeypatch):
    drawn_network = random_network(widths)
    layers = [
        ([[x * (scale or 1) for x in row] for row in layer.weight], [b * scale for b in layer.bias])
        for layer in drawn_network.layers
    ]
    proved = []

    def prove(cells, which, *rest):
        answers = certificates.prove(cells, which, *rest)
        for number, answer in zip(which.tolist(), answers.tolist(), strict=True):
            cell = ExactCell(cells, number)
            target = tuple(cell.sign() * entry for entry in cell.target)
            rows = [row for row in cell.rows if any(row)]
            value = least_value(len(cell.point), rows, target, Fraction(1)).value
            proved.append(answer)
            assert (
                value >= 0 if answer == certificates.NONNEGATIVE else value > 0 or answer == certificates.OPEN
            )
        return answers

    monkeypatch.setattr(decisions, "prove", prove)
    assert count(Network.from_rationals(layers), reading="full", search=Search("lp")) > 10
    assert sum(answer != certificates.OPEN for answer in proved) > 10
    assert (certificates.NONNEGATIVE in proved) == (scale == 0)  # without biases all constants are zero


def test_singular_overflowing_and_undefined_systems_prove_nothing():
    basis = np.array([[[1.0, 1.0], [1.0, 1.0]], [[np.nan, 1.0], [0.0, 1.0]], [[1e-320, 0.0], [0.0, 1.0]]])
    with np.errstate(all="ignore"):
        found = enclose_multipliers(basis, np.ones((3, 2)))
    assert not float_bounds.are_positive(found).any()


def test_a_support_below_the_rank_bound_is_left_to_integers():
    # y = s_0 + s_1 + 10^-30 z is positive on no cone of s_0, s_1 >= 0; floats can not see the last term.
    tiny = Fraction(1, 2**100)
    network = one_layer([[1, 0, 0], [0, 1, 0], [1, 1, tiny]], [0, 0, 1])
    assert agree(network, None, ["full", "half-open"])
    assert count(network, reading="full", search=Search("lp")) == 8


@pytest.mark.usefixtures("in_numpy")
def test_the_engine_without_its_bounds_is_wrong(monkeypatch):
    gap = Fraction(1, 2**200)
    network = one_layer([[1, 0], [1, 0], [0, 1]], [1, 1 + gap, 0])
    assert count(network, reading="full", search=Search("lp")) == 6
    monkeypatch.setattr(decisions, "prove", lambda *args: np.full(len(args[1]), certificates.POSITIVE))
    assert count(network, reading="full", search=Search("lp")) < 6


@pytest.mark.usefixtures("in_numpy")
def test_without_any_float_proof_the_answers_are_the_same(monkeypatch):
    monkeypatch.setattr(decisions, "prove", lambda *args: np.full(len(args[1]), certificates.OPEN))
    monkeypatch.setattr(
        decisions, "_are_inside", lambda _rows, points, _signs: np.zeros(len(points), dtype=bool)
    )
    assert agree(random_network((3, 5, 3, 1), 2))
    assert agree(random_network((3, 5, 3, 1), 2), Domain.box([(-1, 1)] * 3), ["full"])


@pytest.mark.usefixtures("in_numpy")
def test_with_useless_proposals_the_answers_are_the_same(monkeypatch):
    def nothing(tableau, _enough):
        found = climb(tableau, np.full(len(tableau), -np.inf))
        found.values[:] = 1.0
        found.steps[:] = np.nan
        return found

    monkeypatch.setattr(decisions, "climb", nothing)
    assert agree(random_network((3, 5, 3, 1), 4))


def test_another_rounding_mode_is_refused(monkeypatch):
    monkeypatch.setattr(rounding_mode, "_UNIT", 2.0**-50)  # as if half an ulp were not rounded away
    with pytest.raises(EngineUnavailableError, match="rounded to nearest"):
        count(one_layer([[1]]), search=Search("lp"))


def test_a_mode_without_denormal_numbers_is_refused(monkeypatch):
    monkeypatch.setattr(rounding_mode, "_LEAST_NORMAL", 2.0**-1074)  # as if a quarter of it were zero
    with pytest.raises(EngineUnavailableError, match="denormal"):
        count(one_layer([[1]]), search=Search("lp"))


def test_generic_networks_need_next_to_no_exact_decisions(monkeypatch):
    exact = []
    sides = ExactCell.sides
    monkeypatch.setattr(ExactCell, "sides", lambda self, *args: exact.append(self) or sides(self, *args))
    assert count(random_network((5, 8, 6, 1)), reading="full", search=Search("lp")) == 2992
    assert len(exact) < 60


# exact parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_relative_interiors_are_those_of_the_polyhedron(seed):
    c = Chooser.seeded("interior", seed)
    dimension = c.integer(1, 4)
    domain = draw_domain(c, dimension)
    found = relative_interior(dimension, domain.rows)
    polyhedron = Polyhedron.closure_of(dimension, domain.rows)
    expected = start_of_ppl(domain)
    assert (found is None) == (expected is None)
    if found is not None:
        assert domain.contains(found.point)
        facets = polyhedron.constraints()[1]
        assert all(sum(a * x for a, x in zip(row, (*found.point, 1), strict=True)) > 0 for row in facets)


def start_of_ppl(domain):
    problem = Problem.of(Network.from_rationals([([[0] * domain.dimension], None)]), domain)
    return next(iter(enumerate_leaves(problem, search=Search("ppl"))), None)


def test_the_least_value_is_exact_or_bounded_by_the_given_one():
    triangle = [(1, 0, 0), (0, 1, 0), (-3, -7, 1)]
    assert least_value(2, triangle, (-1, -1, 1), Fraction(1)).value == Fraction(2, 3)
    assert least_value(2, triangle[:2], (-1, -1, 1), Fraction(5)).value == -5


def test_multipliers_prove_only_what_they_prove():
    assert farkas_constant([(1, 0, 0), (0, 1, 0)], (1, 1, 1)) == 1
    assert farkas_constant([(1, 0, 0), (0, 1, 0)], (1, 1, 0)) == 0
    assert farkas_constant([(1, 0, 0), (0, 1, 0)], (1, 1, -1)) is None
    assert farkas_constant([(1, 0, 0), (0, 1, 0)], (1, -1, 1)) is None
    assert farkas_constant([(1, 0, 0)], (1, 1, 1)) is None


def test_a_search_can_be_pickled_and_finished_elsewhere():
    cells = list(every_step(Problem.of(random_network((3, 6, 4, 1)), reading="full")))[7]
    total = search.CellSearch(Reading.FULL, _nothing).count_in(cells)
    copy, finder = pickle.loads(pickle.dumps((cells, search.CellSearch(Reading.FULL, _nothing))))  # noqa: S301
    assert finder.count_in(copy) == total


def _nothing():
    return None


def test_rows_of_a_domain_without_an_inner_point_leave_nothing():
    assert relative_interior(1, [Row((1, 0), Relation.GREATER), Row((-1, 0), Relation.GREATER)]) is None
    assert (
        relative_interior(2, [Row((1, 1, 0), Relation.GREATER), Row((-1, -1, 0), Relation.AT_LEAST)]) is None
    )


# which engine counts -------------------------------------------------------------------------------------


@pytest.mark.skipif(compiled() is None, reason="in NumPy generators are quicker up to nine dimensions")
@pytest.mark.parametrize(
    ("widths", "boxed", "engine"),
    [
        ((6, 12, 12, 1), False, "generators"),
        ((7, 12, 1), False, "lp"),
        ((8, 10, 10, 1), False, "lp"),
        ((8, 9, 9, 1), False, "generators"),
        ((4, 12, 1), True, "generators"),
        ((5, 12, 1), True, "lp"),
        ((5, 12, 12, 1), True, "generators"),
        ((6, 12, 12, 1), True, "lp"),
        ((6, 8, 8, 8, 1), True, "generators"),
        ((8, 12, 1), True, "lp"),
    ],
)
def test_auto_counts_by_the_engine_that_was_measured_to_be_quicker(widths, boxed, engine, monkeypatch):
    domain = Domain.box([(-1, 1)] * widths[0]) if boxed else None
    problem = Problem.of(random_network(widths), domain, "full")
    assert resolve_engine("auto", problem, counting=True) == engine
    few = widths[0] <= (6 if boxed else 9)
    assert resolve_engine("auto", problem) == ("generators" if few else "lp")
    monkeypatch.setenv(SWITCH, "0")
    assert resolve_engine("auto", problem, counting=True) == ("generators" if few else "lp")


def test_neurons_pass_their_value_on_where_their_slope_is_not_zero():
    signs = np.array([[1, -1, 0], [-1, 1, 1]], dtype=np.int8)
    relu, more = passed_on(Activation.relu(3), signs)
    assert (relu.tolist(), more) == ([[True, False, False], [False, True, True]], 0)
    mixed = Activation.of([("1/2", 1), (0, 0), (0, 1), (1, 1), (-1, 0)])  # the second and fourth have no bit
    passing, more = passed_on(mixed, signs)
    assert (passing.tolist(), more) == ([[True, False, False], [True, True, False]], 1)


@pytest.mark.parametrize("kernels", ["1", "0"])
def test_in_a_subtree_little_is_left_to_integers(kernels, monkeypatch):
    monkeypatch.setenv(SWITCH, kernels)
    rng = np.random.default_rng(5)
    layers = [
        (rng.integers(-64, 65, (n, m)).tolist(), rng.integers(-64, 65, n).tolist())
        for m, n in ((5, 6), (6, 5), (5, 1))
    ]
    subtree = Subtree.root(Problem.of(Network.from_rationals(layers), reading="full"))
    for _ in range(4):  # so that few neurons of the first layer pass anything on
        subtree = subtree.children(in_order=False)[0]
    exactly = []
    constant = ExactCell.constant
    monkeypatch.setattr(ExactCell, "constant", lambda *asked: exactly.append(1) or constant(*asked))
    found = count_configurations(subtree.inner, search=Search("lp"))
    assert found == count_configurations(subtree.inner, search=Search("ppl")) > 10
    assert len(exactly) <= 5  # 25 where layers with decided neurons give no bound on ranks
