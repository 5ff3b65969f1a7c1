"""Weights come back from values alone, exactly; where they do not, nothing comes back and it is said why."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

import exactrelu as package
from exactrelu.analysis.equality import decide_equality
from exactrelu.errors import ArgumentError, InexactNumberError, NetworkError, NotRecoveredError
from exactrelu.identifiability.bends import bent_line
from exactrelu.identifiability.black_box import BlackBox, Line
from exactrelu.identifiability.isomorphism import decide_isomorphism
from exactrelu.identifiability.line_pieces import one_sided_piece, pieces_along
from exactrelu.identifiability.recovery import recover
from exactrelu.networks.network import Network
from exactrelu.verification.verdict import Verdict
from tests.support.command_line import network_document

HOLDS, UNKNOWN = Verdict.HOLDS, Verdict.UNKNOWN


def drawn(widths, seed, most=1024):
    rng = random.Random(seed)  # noqa: S311 - weights are no secrets

    def entry():
        return Fraction(rng.randint(-most, most), most)

    return Network.from_rationals(
        [
            ([[entry() for _ in range(a)] for _ in range(b)], [entry() for _ in range(b)])
            for a, b in itertools.pairwise(widths)
        ]
    )


def values_of(network):
    """The network as nothing but a function of points."""
    return lambda x: list(network(x))


@pytest.mark.parametrize("widths", [(3, 8, 1), (1, 4, 1), (2, 5, 3), (4, 6, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_one_hidden_layer(widths, seed):
    network = drawn(widths, seed)
    found = recover(values_of(network), widths)
    assert (found.verdict, found.free, found.network.widths) == (HOLDS, 0, widths)
    assert decide_equality(network, found.network).verdict is HOLDS
    assert decide_isomorphism(network, found.network).verdict is HOLDS


@pytest.mark.parametrize(
    ("widths", "seed"),
    [
        ((2, 6, 4, 1), 4),
        pytest.param((2, 6, 4, 1), 18, marks=pytest.mark.slow),
        ((2, 3, 2, 2), 2),
        ((3, 4, 2, 1), 3),
    ],
)
def test_two_hidden_layers(widths, seed):
    network = drawn(widths, seed)
    found = recover(values_of(network), widths)
    assert (found.verdict, found.free) == (HOLDS, 0)
    assert decide_equality(network, found.network).verdict is HOLDS
    assert decide_isomorphism(network, found.network).verdict is HOLDS


@pytest.mark.slow
def test_a_function_that_does_not_determine_all_weights_comes_back_with_others():
    network = drawn((2, 6, 4, 1), 6)
    assert package.functional_dimension(network).hidden == 1
    found = recover(values_of(network), (2, 6, 4, 1))
    assert (found.verdict, found.free) == (HOLDS, 1)
    assert decide_equality(network, found.network).verdict is HOLDS
    assert decide_isomorphism(network, found.network).verdict is Verdict.REFUTED


def test_neurons_of_the_second_layer_that_never_bend_come_back_as_one_that_is_on_or_off():
    first = ([[3, 1], [-1, 2], [1, -4]], [1, 2, -1])
    for second, last in (
        ([[2, -3, 1], [1, 1, 1]], [[1, 2]]),
        ([[2, -3, 1], [1, 0, 1]], [[1, -2]]),
        ([[2, -3, 1], [-1, 0, -1]], [[1, 5]]),
    ):
        network = Network.from_rationals([first, (second, [-1, 0]), (last, [7])])
        found = recover(values_of(network), (2, 3, 2, 1))
        assert found.verdict is HOLDS
        assert found.free > 0
        assert found.network.widths == network.widths
        assert decide_equality(network, found.network).verdict is HOLDS


DEGENERATE = {
    "dead by its zero row": ([[1, 0], [0, 0]], [0, -1], [[1, 1]]),
    "constant": ([[1, 0], [0, 0]], [0, 1], [[1, 1]]),
    "unread": ([[1, 0], [0, 1]], [0, 1], [[1, 0]]),
    "parallel": ([[1, 2], [2, 4]], [1, 2], [[1, 1]]),
    "opposite": ([[1, 2], [-1, -2]], [1, -1], [[1, 1]]),
}


@pytest.mark.parametrize("kind", DEGENERATE)
def test_degenerate_shallow_networks_are_refused_in_words(kind):
    rows, bias, last = DEGENERATE[kind]
    found = recover(values_of(Network.from_rationals([(rows, bias), (last, [3])])), (2, 2, 1))
    assert (found.verdict, found.network) == (UNKNOWN, None)
    assert "some neurons are dead, constant, unread or on one hyperplane" in found.reason
    assert found.queries > 0


def test_a_wrong_architecture_gives_no_network():
    network = drawn((2, 4, 1), 0)
    for widths in ((2, 3, 1), (2, 5, 1)):
        assert recover(values_of(network), widths).verdict is UNKNOWN
    deep = drawn((2, 3, 2, 1), 0)
    assert recover(values_of(deep), (2, 3, 1)).verdict is UNKNOWN


def test_two_layers_on_a_line_are_refused():
    found = recover(values_of(drawn((1, 3, 2, 1), 0)), (1, 3, 2, 1))
    assert found.reason == "on a line the kinks of the first layer look like those of the second"


def test_what_is_not_piecewise_linear_is_refused():
    found = recover(lambda x: [x[0] * x[0]], (1, 2, 1))
    assert (found.verdict, found.network) == (UNKNOWN, None)
    assert "no affine piece was found" in found.reason
    found = recover(lambda x: [int(x[0] > 0)], (1, 1, 1))
    assert found.verdict is UNKNOWN


def test_a_function_that_lies_at_one_point_that_is_compared_is_no_network():
    network, asked = drawn((2, 2, 1), 1), []
    recover(lambda x: asked.append(x) or network(x), (2, 2, 1))
    liar = asked[-1]
    found = recover(lambda x: [y + (x == liar) for y in network(x)], (2, 2, 1))
    assert found.verdict is UNKNOWN


def test_the_budget_of_queries_is_kept():
    count = []
    found = recover(lambda x: count.append(x) or (x[0] * 0,), (1, 2, 1), most_queries=5)
    assert (found.verdict, found.reason) == (UNKNOWN, "more than 5 queries are needed")
    assert len(count) == len(set(count)) == found.queries == 6


def test_what_is_no_black_box_or_architecture_is_refused():
    with pytest.raises(ArgumentError, match=r"architecture: expected 3 or 4 positive widths, .* got 2-1"):
        recover(values_of(drawn((2, 1), 0)), (2, 1))
    with pytest.raises(ArgumentError, match="got 2-0-1"):
        recover(values_of(drawn((2, 1), 0)), (2, 0, 1))
    with pytest.raises(InexactNumberError):
        recover(lambda x: [float(x[0])], (1, 1, 1))
    with pytest.raises(NetworkError, match="value of the black box: expected 2 coordinates, got 1"):
        recover(lambda x: [x[0]], (1, 1, 2))


def test_breakpoints_are_exact_however_near_and_far():
    places = [Fraction(-(10**9)), Fraction(0), Fraction(1, 10**9), Fraction(1, 3), 10**7 + Fraction(1, 7)]
    box = BlackBox(lambda x: [sum((k + 1) * max(x[0] - t, 0) for k, t in enumerate(places))], 1, 1)
    found = pieces_along(box, Line((Fraction(0),), (Fraction(2),)))
    assert [2 * t for t in found.breaks] == places
    assert [piece.slope for piece in found.pieces] == [(2 * s,) for s in (0, 1, 3, 6, 10, 15)]


def test_a_slope_is_not_taken_from_a_far_piece():
    piece = one_sided_piece(lambda t: (max(t, Fraction(1, 4)),), Fraction(0), Fraction(8))
    assert (piece.slope, piece.offset) == ((0,), (Fraction(1, 4),))


def test_neurons_that_bend_at_one_point_of_a_line_are_not_taken_for_one():
    box = BlackBox(lambda x: [max(x[0], 0), max(x[1], 0)], 2, 2)
    with pytest.raises(NotRecoveredError, match="several neurons bend at one point of a line"):
        bent_line(box, Line((Fraction(0), Fraction(0)), (Fraction(1), Fraction(2))))


def test_the_door_takes_a_network_and_a_text():
    network = drawn((2, 3, 1), 0)
    assert package.recover(network, "2-3-1").verdict is HOLDS
    with pytest.raises(ArgumentError, match="architecture"):
        package.recover(network, "2-x-1")


def test_the_command(exactrelu, tmp_path):
    net = exactrelu.file(
        "net.json", network_document(([["1", "2"], ["-1", "1"]], ["0", "1"]), ([["3", "5"]], ["1/2"]))
    )
    out = str(tmp_path / "out.json")
    done = exactrelu("recover", net, "--architecture", "2-2-1", "-o", out)
    assert done.status == 0
    assert "yes, up to permutation and positive scaling" in done.out
    assert exactrelu("isomorphic", net, out).status == 0
    document = exactrelu("recover", net, "--json", "-").json
    assert (document["verdict"], document["equal"], document["isomorphic"], document["free"]) == (
        *["holds"] * 3,
        0,
    )
    refused = exactrelu("recover", net, "--architecture", "2-3-1", "-o", str(tmp_path / "none.json"))
    assert refused.status == 3
    assert "2 bends on 2 hyperplanes" in refused.out
    assert not (tmp_path / "none.json").exists()
    assert exactrelu("recover", net, "--architecture", "3-2-1").status == 2
