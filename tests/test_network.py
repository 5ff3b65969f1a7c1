"""Networks: evaluation against plain fractions, networks from networks, identity, and errors with places."""

from __future__ import annotations

import copy
import hashlib
import itertools
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.enumeration import count
from exactrelu.errors import DomainError, InexactNumberError, NetworkError, NumberSyntaxError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from tests.support import brute_force
from tests.support.drawn_networks import STEADY, Chooser, draw_network, networks, points, rationals

LINE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], ["-1/2"])])


def value(network, x):
    return brute_force.evaluate(network, x)[1]


def same_shape(data, network, most_hidden=4):
    """Draw a network with the inputs and outputs of ``network``, of any depth."""
    c = Chooser.drawn(data.draw)
    hidden = [c.integer(1, 3) for _ in range(c.integer(0, 3))]
    widths = [network.inputs, *hidden, network.outputs]
    entry = rationals(9)
    layers = [
        (
            data.draw(st.lists(st.lists(entry, min_size=a, max_size=a), min_size=b, max_size=b)),
            data.draw(st.lists(entry, min_size=b, max_size=b)),
        )
        for a, b in itertools.pairwise(widths)
    ]
    return Network.from_rationals(layers)


# evaluation ---------------------------------------------------------------------------------------


@STEADY
@given(networks(), st.data())
def test_evaluation_equals_the_definition_in_plain_fractions(network, data):
    x = data.draw(points(network.inputs))
    hidden, output = brute_force.evaluate(network, x)
    assert [list(layer) for layer in network.preactivations(x)] == hidden
    assert list(network(x)) == output
    bits = tuple(tuple(int(y > 0) for y in layer) for layer in hidden)
    assert network.configuration(x).layers == bits
    assert all(type(y) is Fraction for y in network(x))


def test_an_affine_network_has_no_preactivations():
    affine = Network.from_rationals([([["1/2", 3]], [1])])
    assert affine.preactivations((2, 1)) == ()
    assert affine((2, 1)) == (5,)
    assert str(affine.configuration((2, 1))) == ""
    assert (affine.depth, affine.widths, affine.hidden_widths) == (1, (2, 1), ())


def test_a_preactivation_of_zero_is_inactive_and_one_of_two_to_the_minus_300_is_active():
    assert str(LINE.configuration((0,))) == "00"
    assert str(LINE.configuration((Fraction(1, 2**300),))) == "10"
    assert str(LINE.configuration(("-1e-100",))) == "01"


def test_points_may_be_any_exact_numbers_of_the_right_dimension():
    assert LINE(["-3"]) == LINE([fmpq(-3)]) == LINE((Fraction(-3),)) == (Fraction(5, 2),)
    with pytest.raises(NetworkError, match="expected 1 coordinates, got 2"):
        LINE((1, 2))
    with pytest.raises(NetworkError, match="expected 1 coordinates, got 0"):
        LINE.configuration(())
    with pytest.raises(InexactNumberError, match=r"rational_from_float\(0.5\)"):
        LINE((0.5,))


def test_shapes_of_a_network_with_several_outputs():
    network = Network.from_rationals([([[1, 2]] * 3, None), ([[1, 1, 1]], None), ([[1], [2]], None)])
    assert network.widths == (2, 3, 1, 2)
    assert (network.inputs, network.hidden_widths, network.outputs, network.depth) == (2, (3, 1), 2, 3)
    assert repr(network) == "<Network 2-3-1-2>"


# networks from networks ---------------------------------------------------------------------------


@STEADY
@given(networks(), st.data())
def test_sum_difference_negative_and_multiple_are_pointwise(network, data):
    other = same_shape(data, network)
    x, factor = data.draw(points(network.inputs)), data.draw(rationals(9))
    one, two = value(network, x), value(other, x)
    assert value(network + other, x) == [a + b for a, b in zip(one, two, strict=True)]
    assert value(network - other, x) == [a - b for a, b in zip(one, two, strict=True)]
    assert value(-network, x) == [-a for a in one]
    assert value(network.scaled(factor), x) == [factor * a for a in one]
    assert value(network - network, x) == [0] * network.outputs
    assert (network + other).depth == max(network.depth, other.depth)


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_deep_networks_keep_every_bias(seed):
    c = Chooser.seeded("deep sums", seed)

    def dense(*widths):
        return Network.from_rationals(
            [
                (
                    [[c.integer(-3, 3) for _ in range(a)] for _ in range(b)],
                    [c.integer(-3, 3) for _ in range(b)],
                )
                for a, b in itertools.pairwise(widths)
            ]
        )

    one, two = dense(2, 3, 2, c.integer(1, 3), 2), dense(2, 2, c.integer(1, 3), 3, 2)
    for _ in range(20):
        x = [Fraction(c.integer(-9, 9), c.integer(1, 4)) for _ in range(2)]
        both = zip(value(one, x), value(two, x), strict=True)
        assert value(one + two, x) == [a + b for a, b in both]
        assert value(one.after(two), x) == value(one, value(two, x))


@STEADY
@given(networks(), st.data())
def test_composition_is_pointwise(network, data):
    c = Chooser.drawn(data.draw)
    first = draw_network(c, most_hidden=3)
    joint = network.after(
        Network((AffineMap.from_rationals([[1] * first.outputs] * network.inputs),)).after(first)
    )
    x = data.draw(points(first.inputs))
    middle = [sum(value(first, x), Fraction(0))] * network.inputs
    assert value(joint, x) == value(network, middle)
    assert joint.depth == network.depth + first.depth - 1


@STEADY
@given(networks(), st.integers(0, 3), st.data())
def test_a_deepened_network_computes_the_same_function(network, extra, data):
    deep = network.deepened(network.depth + extra)
    x = data.draw(points(network.inputs))
    assert deep.depth == network.depth + extra
    assert value(deep, x) == value(network, x)
    assert network.deepened(network.depth) == network


def test_an_affine_map_is_deepened_on_its_positive_and_negative_part():
    affine = Network.from_rationals([([[1], ["-1/2"]], [-3, 1])])
    for depth in (2, 3, 5):
        deep = affine.deepened(depth)
        assert (deep.depth, deep.hidden_widths) == (depth, (4,) * (depth - 1))
        for x in (-7, 0, 2, 3, 9):
            assert deep((x,)) == affine((x,)) == (x - 3, 1 - Fraction(x, 2))
    with pytest.raises(NetworkError, match="depth: expected at least 2, got 1"):
        LINE.deepened(1)


@STEADY
@given(networks(), st.data())
def test_the_first_layers_give_the_preactivations_of_the_next(network, data):
    x = data.draw(points(network.inputs))
    hidden, output = brute_force.evaluate(network, x)
    for k in range(1, network.depth + 1):
        first = network.first_layers(k)
        assert first.depth == k
        assert list(first(x)) == [*hidden, output][k - 1]
        assert first.configuration(x) == network.configuration(x).prefix(k - 1)
    assert network.first_layers(network.depth) == network


@pytest.mark.parametrize("count", [-1, 0, 3])
def test_a_number_of_layers_that_there_is_not_is_refused(count):
    with pytest.raises(NetworkError, match=f"number of layers: expected 1 to 2, got {count}"):
        LINE.first_layers(count)


def test_networks_of_other_shapes_do_not_add_or_compose():
    plane = Network.from_rationals([([[1, 1]], None)])
    with pytest.raises(NetworkError, match="1 -> 1 and 2 -> 1"):
        LINE + plane
    with pytest.raises(NetworkError, match="1 -> 1 and 2 -> 1"):
        LINE - plane
    with pytest.raises(NetworkError, match="expected a map into dimension 2, got 1"):
        plane.after(LINE)
    with pytest.raises(TypeError):
        LINE + 1
    with pytest.raises(TypeError):
        LINE - 1
    with pytest.raises(InexactNumberError):
        LINE.scaled(0.5)


# identity -----------------------------------------------------------------------------------------


def test_the_digest_is_the_sha256_of_the_compact_json_of_lowest_terms():
    network = Network.from_rationals([([["2/4", "-3"], [0, "1.0"]], ["0", "1/3"]), ([[1, "-1e0"]], None)])
    text = (
        '{"layers":[{"weight":[["1/2","-3"],["0","1"]],"bias":["0","1/3"]},'
        '{"weight":[["1","-1"]],"bias":["0"]}]}'
    )
    assert network.digest == "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()
    # the same by `sha256sum`
    assert network.digest == "sha256:63564af3a4cf7e522cd096f478b4b0589e9cd840fa385f0e40c0c07b436d2fbc"


@STEADY
@given(networks())
def test_equal_weights_in_any_form_have_equal_digest_hash_and_are_equal(network):
    texts = [
        (
            [[str(e) for e in row] for row in layer.weight],
            [fmpq(e.numerator, e.denominator) for e in layer.bias],
        )
        for layer in network.layers
    ]
    other = Network.from_rationals(texts, name="another", description="text", source="elsewhere")
    assert other == network
    assert hash(other) == hash(network)
    assert other.digest == network.digest
    assert other.name == "another"


@STEADY
@given(networks(), st.data())
def test_one_changed_entry_changes_equality_and_digest(network, data):
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    weight, bias = data.draw(st.sampled_from(layers))
    row = data.draw(st.sampled_from([*weight, bias]))
    row[data.draw(st.integers(0, len(row) - 1))] += Fraction(1, 2**400)
    other = Network.from_rationals(layers)
    assert other != network
    assert other.digest != network.digest


def test_the_order_of_neurons_and_the_split_into_layers_count():
    swapped = Network.from_rationals([([[-1], [1]], None), ([[1, 1]], ["-1/2"])])
    assert swapped != LINE
    assert swapped.digest != LINE.digest
    zeros = {Network.from_rationals([([[0] * n] * m, None)]) for n, m in ((1, 2), (2, 1), (1, 1), (2, 2))}
    assert len(zeros) == len({network.digest for network in zeros}) == 4
    assert LINE != "LINE"


def test_a_bias_left_out_is_zero():
    assert Network.from_rationals([([[1]], None)]) == Network.from_rationals([([[1]], [0])])


def test_a_network_is_immutable():
    with pytest.raises(FrozenInstanceError):
        LINE.layers = ()
    with pytest.raises(TypeError):
        LINE.layers[0] = LINE.layers[1]
    rows = [[1], [2]]
    network = Network.from_rationals([(rows, None)])
    rows[0][0] = 5
    assert network.layers[0].weight == ((1,), (2,))


def test_copies_and_pickles_of_a_network_are_equal_to_it():
    LINE.digest, hash(LINE)  # what is cached must not get in the way
    for other in (copy.copy(LINE), copy.deepcopy(LINE), pickle.loads(pickle.dumps(LINE))):  # noqa: S301
        assert other == LINE
        assert other((5,)) == LINE((5,))


def test_numbers_beyond_pythons_digit_limit_are_evaluated_and_hashed():
    huge = Network.from_rationals([([["1e5000"]], ["-1e-5000"]), ([[1]], None)])
    assert huge((1,)) == (Fraction(10**10_000 - 1, 10**5_000),)
    assert str(huge.configuration(("1e-10001",))) == "0"
    ones = "1" + "0" * 5_000
    text = f'{{"layers":[{{"weight":[["{ones}"]],"bias":["-1/{ones}"]}},{{"weight":[["1"]],"bias":["0"]}}]}}'
    assert huge.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


# errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([], NetworkError, "layers: expected at least one, got none"),
        ([([[1]], None), ([[1, 1]], None)], NetworkError, r"layers\[1\]\.weight: expected 1 columns.*got 2"),
        ([([[1]], None), ([], None)], NetworkError, r"layers\[1\]\.weight: expected at least one row"),
        ([([[1]], None), ([[1], [1, 2]], None)], NetworkError, r"layers\[1\]\.weight\[1\]: expected 1"),
        ([([[1]], [1, 2])], NetworkError, r"layers\[0\]\.bias: expected 1 entries.*got 2"),
        ([([[1]], None), ([[0.5]], None)], InexactNumberError, r"layers\[1\]\.weight\[0\]\[0\].*0\.5"),
        ([([[1]], [True])], InexactNumberError, r"layers\[0\]\.bias\[0\]: .*bool"),
        ([([["1_0"]], None)], NumberSyntaxError, r"layers\[0\]\.weight\[0\]\[0\]: .*'1_0'"),
    ],
)
def test_what_is_no_network_is_refused_with_its_place(layers, error, message):
    with pytest.raises(error, match=message):
        Network.from_rationals(layers)


def test_a_hidden_width_mismatch_is_found_in_the_constructor_too():
    one, two = AffineMap.from_rationals([[1, 2]]), AffineMap.from_rationals([[1, 2]])
    with pytest.raises(NetworkError, match=r"layers\[1\]\.weight: expected 1 columns"):
        Network((one, two))
    with pytest.raises(NetworkError, match="at least one"):
        Network(())


@pytest.mark.parametrize("layers", [[[[1]], [1]], ([[1]], None), [([[1]],)], [([1], None)], [(["12"], None)]])
def test_what_is_no_list_of_pairs_is_refused_with_its_place(layers):
    with pytest.raises(NetworkError, match=r"layers\[0\]"):
        Network.from_rationals(layers)


def test_a_forgotten_keyword_is_refused_by_name():
    with pytest.raises(DomainError, match="domain: expected a Domain, got str"):
        count(LINE, "full")
    with pytest.raises(NetworkError, match="network: expected a Network, got str"):
        count("net.json")
    with pytest.raises(NetworkError, match="expected 1 coordinates, got str"):
        LINE("1")
