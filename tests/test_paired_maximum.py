"""Suprema of the difference of networks that are nearly equal, against the vertices of joint cells."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import pytest

from exactrelu import Domain, Network, Search, distance, load_network, output_range
from exactrelu.analysis.optima import output_functions, supremum, worthwhile_pair
from exactrelu.networks.activation import Activation
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.verification.paired_maximum import PairedQuestion, PairedSearch, paired_maximum
from exactrelu.verification.property import InputSet
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_box
from tests.support.near_copies import float16_copy, int8_copy, near_copy
from tests.test_maximum import CELLS, draw_domain_in_a_box, draw_units, sides
from tests.test_pair_bounds import drawn_pair

F = Fraction


def found_sides(pair: PairedNetworks, domain: Domain) -> list[tuple[Fraction, bool]]:
    """The suprema of -y_j and y_j that branch and bound finds, each attained where it says so."""
    inputs, found = InputSet.of_domain(domain), []
    for i, function in enumerate(output_functions(pair.joint.outputs)):
        arguments = (pair.joint, inputs, [function], Search(time_limit=60), lambda _: None, pair)
        top, _ = supremum(*arguments)
        assert pair.joint(top.point)[i // 2] == (top.value if i % 2 else -top.value)
        assert domain.contains(top.point) or not top.attained
        found.append((top.value if i % 2 else -top.value, top.attained))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_every_supremum_of_a_difference_is_that_of_the_list_of_joint_cells(seed):
    c = Chooser.seeded("paired maximum", seed)
    one = draw_network(c, most_hidden=5)
    if seed % 3 == 0:
        one = draw_units(c, one)
    pair = PairedNetworks.of(one, near_copy(c, one))
    domain = draw_domain_in_a_box(c, one.inputs)
    if pair is None or domain.is_empty:
        return
    assert found_sides(pair, domain) == sides(output_range(pair.joint, domain, search=CELLS))


@pytest.mark.parametrize("seed", range(40))
def test_the_programs_of_a_box_bound_the_difference_and_their_split_parts_are_exact(seed):
    c = Chooser.seeded("paired programs", seed)
    one, two = drawn_pair(c, any_units=seed % 2 == 1)
    pair = PairedNetworks.of(one, two)
    inputs = InputSet(draw_box(c, one.inputs), (), ())
    if pair is None or inputs.domain().is_empty or sum(pair.joint.bent_widths) > 9:
        return
    function = output_functions(1)[1]
    start = tuple(F(0) if side.lower is None else side.lower for side in inputs.box)
    search = PairedSearch(pair, inputs, [function], start, lambda _: None)
    node = search._root()
    search._bounded([node])
    leaves = []

    class StopError(Exception):
        pass

    def taken(leaf, *_):
        leaves.append(leaf)
        raise StopError

    search._solve = taken
    with pytest.raises(StopError):
        search._exactly(node, search._signs(node))
    exact = paired_maximum(pair, inputs, [function]).value
    assert leaves[0].optimum(function, {}).value >= exact
    parts = [
        leaves[0].optimum(function, dict(enumerate(bits)))
        for bits in product((0, 1), repeat=len(leaves[0].open))
    ]
    assert max(part.value for part in parts if part is not None) == exact


# real networks ------------------------------------------------------------------------------------------


def box_of(network: Network, low: int, high: int) -> Domain:
    return Domain.box([(low, high)] * network.inputs)


@pytest.mark.parametrize("copy", [float16_copy, int8_copy])
@pytest.mark.parametrize(("name", "high"), [("iris", 8), ("cancer8", 1)])
def test_distances_of_trained_networks_and_their_copies_are_attained_and_nowhere_exceeded(name, high, copy):
    network = load_network(f"examples/{name}.onnx")
    other, box = copy(network), box_of(network, 0, high)
    found = distance(network, other, box, search=Search(time_limit=60))
    difference = [abs(a - b) for a, b in zip(network(found.point), other(found.point), strict=True)]
    assert max(difference) == difference[found.output] == found.power
    assert found.attained
    assert distance(other, network, box, search=Search(time_limit=60)).power == found.power
    rng = random.Random(name)  # noqa: S311 - test cases are no secrets
    for _ in range(300):
        point = [F(rng.randint(0, 1024) * high, 1024) for _ in range(network.inputs)]
        pairs = zip(network(point), other(point), strict=True)
        assert max(abs(a - b) for a, b in pairs) <= found.power


def test_iris_and_its_copy_have_the_distance_that_their_joint_cells_say_on_a_small_box():
    network = load_network("examples/iris.onnx")
    box = Domain.box([(5, F(21, 4)), (3, F(13, 4)), (1, F(5, 4)), (0, F(1, 4))])
    for other in (float16_copy(network), int8_copy(network)):
        by_bounds = distance(network, other, box, search=Search(time_limit=60))
        assert distance(network, other, box, search=CELLS).power == by_bounds.power


def drawn(widths: tuple[int, ...], seed: int = 1) -> Network:
    rng = random.Random(seed)  # noqa: S311 - test cases are no secrets

    def numbers(size: int) -> list[Fraction]:
        return [F(rng.randint(-2048, 2048), 9999) for _ in range(size)]

    return Network.from_rationals([([numbers(a) for _ in range(b)], numbers(b)) for a, b in pairwise(widths)])


@pytest.mark.slow
def test_images_in_a_small_ball_need_no_joint_cells():
    network = drawn((784, 64, 64, 10))
    ball = Domain.box([(F(i % 7, 10), F(i % 7, 10) + F(1, 2550)) for i in range(784)])
    found = distance(network, float16_copy(network), ball, search=Search(time_limit=120))
    point, other = found.point, float16_copy(network)
    values = [abs(a - b) for a, b in zip(network(point), other(point), strict=True)]
    assert max(values) == found.power


# degenerate pairs ---------------------------------------------------------------------------------------


def wide_network() -> Network:
    return drawn((5, 12, 12, 2), seed=3)


def changed(network: Network, k: int, i: int, j: int, step: Fraction) -> Network:
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    layers[k][0][i][j] += step
    return Network.from_rationals(layers, activations=network.activations)


def test_a_network_and_itself_are_at_distance_zero():
    network = wide_network()
    assert distance(network, network, box_of(network, -1, 1)).power == 0
    assert PairedNetworks.of(network, network).joint.widths == network.widths


@pytest.mark.parametrize("step", [F(1, 2**60), F(1, 2**300), F(2) ** 54])
def test_one_weight_that_is_changed_by_next_to_nothing_or_by_very_much_has_an_exact_distance(step):
    """The changed neuron alone: the distance is the step times the largest |x_j| where the neuron is on."""
    network = Network.from_rationals([([[1, 1, 0], [0, 1, 1]] * 9, [3] * 18), ([[1] * 18, [0] * 18], None)])
    other = changed(network, 0, 4, 1, step)  # z = x_0 + x_1 + 3 is on all over the box, x_1 = 1 is the worst
    found = distance(network, other, box_of(network, -1, 1))
    assert (found.power, found.point[1], found.output) == (max(step, 0), 1, 0)


@pytest.mark.slow
def test_permuted_and_rescaled_copies_of_rounded_networks_have_the_distance_of_the_rounded_ones():
    network = wide_network()
    rounded = float16_copy(network)
    order, factors = [*range(5, 12), *range(5)], [F(1 + i, 3) for i in range(12)]
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in rounded.layers]
    w, b = layers[0]
    layers[0] = (
        [[a * factors[i] for a in w[i]] for i in order],
        [b[i] * factors[i] for i in order],
    )
    layers[1] = [[row[i] / factors[i] for i in order] for row in layers[1][0]], layers[1][1]
    disguised = Network.from_rationals(layers)
    box = box_of(network, -1, 1)
    expected = distance(network, rounded, box, search=Search(time_limit=60)).power
    assert distance(network, disguised, box, search=Search(time_limit=60)).power == expected > 0
    assert PairedNetworks.of(network, disguised).joint.widths == (5, 24, 24, 2)


def test_two_pruned_versions_are_compared_by_what_they_share():
    network = drawn((5, 14, 8, 1), seed=5)
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]

    def without(dropped: list[int]) -> Network:
        kept = [i for i in range(14) if i not in dropped]
        first = [layers[0][0][i] for i in kept], [layers[0][1][i] for i in kept]
        return Network.from_rationals(
            [first, ([[row[i] for i in kept] for row in layers[1][0]], layers[1][1]), layers[2]]
        )

    one, two = without([1, 2]), without([2, 3])
    pair = worthwhile_pair(one, two, one - two)
    assert pair.joint.widths == (5, 13, 16, 1)  # 11 neurons are shared, one more is each network's own
    box = Domain.box([(-1, F(-1, 2)), (0, F(1, 2)), (0, F(1, 4)), (F(1, 4), F(1, 2)), (0, F(1, 4))])
    assert distance(one, two, box).power == distance(one, two, box, search=CELLS).power


def test_networks_of_different_depth_are_compared_as_before():
    network = drawn((3, 6, 1), seed=2)
    other = changed(network, 0, 2, 1, F(1, 64)).deepened(4)
    assert worthwhile_pair(network, other, network - other) is None
    box = box_of(network, -1, 1)
    assert (
        distance(network, other, box).power
        == distance(network, changed(network, 0, 2, 1, F(1, 64)), box).power
    )


def test_sides_that_are_open_are_suprema_that_are_not_attained():
    network = wide_network()
    other = changed(network, 2, 0, 0, F(1, 64))
    n = network.inputs
    units = [[int(i == j) for j in range(n)] for i in range(n)]
    opened = Domain.from_inequalities(n, [(row, 0, ">") for row in units] + [(row, -1, "<") for row in units])
    found = distance(network, other, opened, search=Search(time_limit=60))
    assert found.power == distance(network, other, box_of(network, 0, 1)).power
    assert found.attained == opened.contains(found.point)


def test_units_with_two_slopes_are_paired_only_with_their_own_kind():
    slopes = [(-1, 1), ("1/4", 1), (0, 1)]
    rows = [[1, 2], [3, -1], [-1, "1/2"]]
    one = Network.from_rationals([(rows, None), ([[1, 1, 1]], None)], activations=[Activation.of(slopes)])
    two = Network.from_rationals(
        [(rows, [0, "1/9", 0]), ([[1, 1, 1]], None)], activations=[Activation.of([*slopes[:2], (0, "1/2")])]
    )
    pair = PairedNetworks.of(one, two)
    assert (pair.joint.widths, pair.pairs[0].firsts) == ((2, 5, 1), (1,))


def test_a_question_about_the_difference_is_refuted_by_a_point_or_has_none():
    network = wide_network()
    other = float16_copy(network)
    pair, box = PairedNetworks.of(network, other), InputSet.of_domain(box_of(network, 0, 1))
    top = paired_maximum(pair, box, output_functions(2))
    for factor, is_reached in ((F(1, 2), True), (F(3, 2), False)):
        rows = tuple((replace(f, offset=f.offset - factor * top.value),) for f in output_functions(2))
        point = PairedQuestion(pair, InputSet(box.box, (), rows), lambda _: None).run()
        assert (point is not None) == is_reached
        if point is not None:
            assert max(map(abs, pair.joint(point))) >= factor * top.value
