"""Equality and equality up to a number by bounds of the difference, against all joint cells."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Domain, Network, Search, Verdict, are_equal, decide_equality, distance, load_network
from exactrelu.analysis.equality_decision import EqualityMethod
from exactrelu.bounds.vanishing import Vanishing
from exactrelu.errors import ArgumentError
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.verification.difference_question import DifferenceQuestion
from exactrelu.verification.lifted_composition import composition
from exactrelu.verification.property import InputSet
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.near_copies import float16_copy, int8_copy, near_copy
from tests.test_linear_bounds import drawn_boxes, points_of
from tests.test_maximum import CELLS, draw_domain_in_a_box, draw_units
from tests.test_pair_bounds import bounded, drawn_pair
from tests.test_paired_maximum import box_of, changed, drawn

F = Fraction
TINY = F(1, 2**60)


def exceeding_point(pair: PairedNetworks, domain: Domain, within: Fraction) -> tuple[Fraction, ...] | None:
    return DifferenceQuestion(pair, InputSet.of_domain(domain), within, lambda _: None).run()


def size_at(one: Network, two: Network, point: tuple[Fraction, ...]) -> Fraction:
    return max(abs(a - b) for a, b in zip(one(point), two(point), strict=True))


# against the list of all joint cells ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(120))
def test_the_difference_exceeds_a_number_exactly_where_its_supremum_over_all_joint_cells_does(seed):
    c = Chooser.seeded("near equality", seed)
    one = draw_network(c, most_hidden=5)
    if seed % 3 == 0:
        one = draw_units(c, one)
    two = near_copy(c, one)
    domain = draw_domain_in_a_box(c, one.inputs)
    if domain.is_empty or one.depth == 1:
        return
    top = distance(one, two, domain, search=CELLS).power
    pairs = [PairedNetworks.of(one, two), PairedNetworks.single(one - two)]
    for pair in filter(None, pairs):
        for within in {F(0), top, top / 2, top + TINY, max(top - TINY, F(0))}:
            point = exceeding_point(pair, domain, within)
            assert (point is None) == (top <= within)
            assert point is None or size_at(one, two, point) > within


@pytest.mark.parametrize("seed", range(60))
def test_every_step_gives_the_verdict_of_the_list_of_joint_cells(seed):
    c = Chooser.seeded("near equality by steps", seed)
    one = draw_network(c, most_hidden=5)
    two = near_copy(c, one)
    domain = draw_domain_in_a_box(c, one.inputs)
    for within in (F(0), F(1, 16), F(3)):
        found = decide_equality(one, two, domain, within=within)
        assert found.verdict is decide_equality(one, two, domain, within=within, search=CELLS).verdict
        if found.point is not None:
            assert domain.contains(found.point)
            assert size_at(one, two, found.point) > within
            assert found.outputs == (one(found.point), two(found.point))


@pytest.mark.parametrize("seed", range(20))
def test_on_the_whole_space_the_verdict_is_that_of_the_distance(seed):
    c = Chooser.seeded("near equality without bounds", seed)
    one = draw_network(c, most_hidden=4)
    two = near_copy(c, one)
    top = distance(one, two).power
    for within in (F(0), F(1), F(10**6), *([top] if isinstance(top, Fraction) else [])):
        found = decide_equality(one, two, within=within)
        assert (found.verdict is Verdict.HOLDS) == (top <= within)
        assert found.point is None or size_at(one, two, found.point) > within


# what closes boxes exactly ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_outputs_that_vanish_by_structure_are_zero_at_points_of_the_box(seed):
    c = Chooser.seeded("vanishing", seed)
    one, two = drawn_pair(c, any_units=seed % 2 == 1)
    pair = PairedNetworks.of(one, two)
    if pair is None:
        return
    low, high = drawn_boxes(c, one.inputs, 3)
    batch = bounded(pair, low, high)
    zero = Vanishing(pair).zero_outputs(low, high, batch.upper)
    for box in range(len(low)):
        for point in points_of(c, low[box], high[box]):
            values = [a - b for a, b in zip(one(point), two(point), strict=True)]
            assert not any(value for value, is_zero in zip(values, zero[box], strict=True) if is_zero)


def test_a_neuron_that_is_off_takes_its_changes_with_it_and_one_that_may_be_on_does_not():
    one = Network.from_rationals([([[1], [1]], [-1, 2]), ([[1, 1], [0, 1]], None), ([[1, 1]], None)])
    two = changed(one, 0, 0, 0, TINY)  # off for x <= 1/2 in both
    pair = PairedNetworks.of(one, two)
    low, high = np.array([[-1.0], [-1.0]]), np.array([[0.5], [1.5]])
    batch = bounded(pair, low, high)
    assert Vanishing(pair).zero_outputs(low, high, batch.upper).tolist() == [[True], [False]]


def test_a_constant_that_differs_is_no_zero_by_structure():
    one = Network.from_rationals([([[1], [2]], None), ([[1, 1]], [1])])
    two = Network.from_rationals([([[1], [2]], None), ([[1, 1]], [2])])
    pair = PairedNetworks.of(one, two)
    low = np.zeros((1, 1))
    assert not Vanishing(pair).zero_outputs(low, low, bounded(pair, low, low).upper).any()


@pytest.mark.parametrize("seed", range(60))
def test_a_composition_with_merged_neurons_has_the_values_of_the_network(seed):
    c = Chooser.seeded("merged", seed)
    network = draw_network(c)
    if seed % 2:
        network = draw_units(c, network)
    point = tuple(F(c.integer(-8, 8), 4) for _ in range(network.inputs))
    values = network.preactivations(point)
    signs = [
        np.array(
            [1 if s[0] == s[1] else c.choose([-1, -1, int(v > 0)]) for v, s in zip(y, a.slopes, strict=True)]
        )
        for y, a in zip(values, network.activations, strict=True)
    ]
    found = composition(network, signs)
    lifted = [*point, *(max(values[k][i], F(0)) for k, i in found.variables)]
    for k, y in enumerate((*values, network(point))):
        for i, (row, value) in enumerate(zip(found.maps[k].affine_map().rows, y, strict=True)):
            if (k, i) not in found.partial:
                assert sum(a * x for a, x in zip(row, lifted, strict=False)) + row[-1] == value
    assert not any(k == len(values) for k, _ in found.partial)


def test_neurons_that_are_multiples_of_each_other_share_a_variable_whatever_the_sign():
    rows = [[2, 0], [-1, 0], [0, 3], [4, 0]]
    network = Network.from_rationals([(rows, None), ([[1, -2, 1, 0]], None)])
    found = composition(network, [np.full(4, -1)])
    assert found.variables == [(0, 2)]  # relu(2x) - 2 relu(-x) = 2x
    assert found.maps[1].affine_map().weight == ((2, 0, 1),)


# real and wide networks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("copy", [float16_copy, int8_copy])
@pytest.mark.parametrize(("name", "high"), [("iris", 8), ("cancer8", 1)])
def test_a_trained_network_and_its_copy_are_within_their_distance_and_within_no_less(name, high, copy):
    network = load_network(f"examples/{name}.onnx")
    other, box = copy(network), box_of(network, 0, high)
    top = distance(network, other, box).power
    assert decide_equality(network, other, box).verdict is Verdict.REFUTED
    assert are_equal(network, other, box, within=top)
    found = decide_equality(network, other, box, within=top - F(1, 10**30))
    assert size_at(network, other, found.point) > top - F(1, 10**30)


def with_bias(network: Network, k: int, i: int, bias: Fraction) -> Network:
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    layers[k][1][i] = bias
    return Network.from_rationals(layers)


@pytest.mark.parametrize("seed", range(3))
def test_one_weight_of_a_neuron_that_is_never_on_in_the_box_changes_nothing_there(seed):
    """Bounds at the root do not see that it is off; boxes and programs do."""
    network = with_bias(drawn((8, 10, 10, 2), seed), 1, 1, F(-5, 8))
    other, box = changed(network, 1, 1, 3, TINY), box_of(network, -1, 1)
    found = decide_equality(network, other, box)
    if found.method is EqualityMethod.DIFFERENCE_BOUNDS:
        assert found.verdict is decide_equality(network, other, box, search=Search("lp")).verdict
    assert found.verdict is Verdict.HOLDS or size_at(network, other, found.point) > 0


def test_one_weight_of_a_neuron_that_is_on_in_a_corner_alone_is_found_out():
    network = with_bias(drawn((6, 12, 12, 2), 4), 0, 3, F(0))
    reach = sum(map(abs, network.layers[0].weight[3]), F(0))
    network = with_bias(network, 0, 3, -reach + F(1, 10**6))  # on in a corner of the box
    other, box = changed(network, 0, 3, 0, TINY), box_of(network, -1, 1)
    found = decide_equality(network, other, box)
    assert found.verdict is Verdict.REFUTED
    assert 0 < size_at(network, other, found.point) < F(1, 2**50)


@pytest.mark.parametrize("step", [TINY, F(1, 2**300), F(-(2**54))])
def test_a_weight_of_a_wide_network_that_is_changed_shows_at_a_point(step):
    network = drawn((40, 64, 64, 10))
    box = box_of(network, 0, 1)
    for k, i, j in ((0, 0, 0), (1, 7, 3), (2, 4, 60)):
        found = decide_equality(network, changed(network, k, i, j, step), box)
        assert found.verdict is Verdict.REFUTED


# degenerate pairs -------------------------------------------------------------------------------------------


def tent(start: Fraction, width: Fraction, inputs: int, depth: int) -> Network:
    row = [F(1), *[F(0)] * (inputs - 1)]
    biases = [-start, -start - width, -start - 2 * width]
    return Network.from_rationals([([row] * 3, biases), ([[1, -2, 1]], None)]).deepened(depth)


@pytest.mark.parametrize("start", [F(1, 3), F(5)])
def test_a_spike_of_width_10_to_minus_6_counts_if_it_is_in_the_box(start):
    network = drawn((5, 12, 12, 1), seed=3)
    other = network + tent(start, F(1, 10**6), 5, 3)
    found = decide_equality(network, other, box_of(network, -1, 1))
    assert (found.verdict is Verdict.REFUTED) == (start < 1)
    found = decide_equality(network, other, box_of(network, -1, 1), within=F(1, 10**6))
    assert found.verdict is Verdict.HOLDS
    found = decide_equality(network, other, box_of(network, -1, 1), within=F(1, 10**6) - TINY)
    assert (found.verdict is Verdict.REFUTED) == (start < 1)


def test_a_weight_of_2_to_54_absorbs_nothing():
    """In doubles x + 2^54 - 2^54 is 0 for small x: the networks differ exactly by what is absorbed."""
    big = F(2**54)
    one = Network.from_rationals([([[1, 0], [0, 1]] * 14, [0] * 28), ([[1, 0] * 14], [big]), ([[1]], [-big])])
    two = changed(one, 1, 0, 0, F(1, 2**10))
    box = box_of(one, 0, 1)
    found = decide_equality(one, two, box)
    assert size_at(one, two, found.point) == found.point[0] / 2**10 > 0
    assert are_equal(one, two, box, within=F(1, 2**10))
    assert not are_equal(one, two, box, within=F(1, 2**10) - TINY)


def test_weights_of_10_to_minus_8_are_no_zeros():
    small = F(1, 10**8)
    one = Network.from_rationals([([[small, -small], [small, small]] * 14, None), ([[small] * 28], None)])
    two = changed(one, 0, 0, 0, small * small)
    box = box_of(one, -1, 1)
    assert not are_equal(one, two, box)
    assert are_equal(one, two, box, within=small**3)
    assert not are_equal(one, two, box, within=small**3 / 2)


def test_a_constant_input_a_single_point_and_an_empty_box_are_boxes_too():
    network = drawn((5, 14, 14, 1), seed=5)
    other = changed(network, 0, 0, 2, TINY)
    held = Domain.box([(-1, 1), (-1, 1), (0, 0), (-1, 1), (-1, 1)])  # the changed input is zero
    assert are_equal(network, other, held)
    point = [F(1, 3)] * 5
    single = Domain.box([(x, x) for x in point])
    assert are_equal(network, other, single) == (network(point) == other(point))
    assert are_equal(network, other, Domain.box([(1, 0)] * 5))


def test_coincident_neurons_and_dead_layers_do_not_hide_a_difference():
    c = Chooser.seeded("coincident")
    rows = [[c.integer(-3, 3) for _ in range(5)] for _ in range(6)]
    twice = [*rows, *rows, *[[-a for a in row] for row in rows]]
    out = [1] * 6 + [-1] * 6 + [0] * 6
    zero = Network.from_rationals([(twice, None), ([out, [1] * 18], [0, -(10**4)]), ([[1, 1]], None)])
    nothing = Network.from_rationals([([[0] * 5], None)])
    box = box_of(zero, -1, 1)
    assert are_equal(zero, nothing, box)
    assert not are_equal(zero, nothing, box_of(zero, -(10**4), 10**4))
    assert not are_equal(changed(zero, 0, 7, 1, TINY), nothing, box)


def test_open_domains_have_a_witness_inside_if_the_closure_has_one():
    network = drawn((5, 14, 14, 1), seed=6)
    other = with_bias(network, 2, 0, network.layers[2].bias[0] + 1)
    units = [[int(i == j) for j in range(5)] for i in range(5)]
    opened = Domain.from_inequalities(5, [(u, 0, ">") for u in units] + [(u, -1, "<") for u in units])
    assert are_equal(network, other, opened, within=1)
    sloped = changed(other, 2, 0, 0, F(1))
    top = distance(network, sloped, opened)
    found = decide_equality(network, sloped, opened, within=top.power - F(1, 10**9))
    assert found.verdict is Verdict.REFUTED
    assert opened.contains(found.point)
    assert are_equal(network, sloped, opened, within=top.power)


def test_polytopes_that_rows_bound_are_searched_too():
    network = drawn((5, 14, 14, 1), seed=7)
    other = float16_copy(network)
    sides = [([int(i == j) for j in range(5)], 0, ">=") for i in range(5)]
    simplex = Domain.from_inequalities(5, [*sides, ([1] * 5, -1, "<=")])
    top = distance(network, other, simplex).power
    assert are_equal(network, other, simplex, within=top)
    assert not are_equal(network, other, simplex, within=top - F(1, 10**20))


# what is asked, and what stays unknown ----------------------------------------------------------------------


def test_a_negative_number_is_refused():
    network = drawn((2, 3, 1))
    with pytest.raises(ArgumentError, match="within: expected at least 0, got -1/2"):
        decide_equality(network, network, within="-1/2")


def test_a_search_that_is_ended_says_what_the_difference_is_at_most():
    network = drawn((20, 40, 40, 40, 2), seed=8)
    other, box = int8_copy(network), box_of(network, -4, 4)
    found = decide_equality(network, other, box, within=F(1, 10), search=Search(time_limit=1))
    if found.verdict is Verdict.UNKNOWN:
        assert found.point is None
        assert "time limit" in found.reason
        assert found.bound is None or found.bound >= F(1, 10)


def test_the_known_bound_is_not_below_the_distance():
    network = drawn((5, 14, 14, 1), seed=9)
    other, box = float16_copy(network), box_of(network, -1, 1)
    top = distance(network, other, box).power
    pair = PairedNetworks.of(network, other)
    question = DifferenceQuestion(pair, InputSet.of_domain(box), top, lambda _: None)
    for _ in range(4):
        if question.stack:
            question.advance()
        assert question.bound is None or question.bound >= top
