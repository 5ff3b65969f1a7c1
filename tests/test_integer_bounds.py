"""Bounds of many boxes at once are, integer for integer, those that the checker computes one by one."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from exactrelu import checker
from exactrelu.bounds.float_layers import float_layers
from exactrelu.certificates import integer_bounds
from exactrelu.certificates.checker_network import CheckerNetwork
from exactrelu.certificates.document import network_value
from exactrelu.certificates.integer_bounds import IntegerBatch, IntegerLayers, OutOfRangeError
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from tests.support.drawn_networks import Chooser


def drawn_network(c: Chooser, scale: Fraction, inputs: int = 3, width: int = 7, depth: int = 3) -> Network:
    """Return a network some of whose entries are 0, some dyadic, some in thirds."""

    def entry() -> Fraction:
        kind = c.integer(0, 5)
        fine = 3 if kind == 1 else 2**24
        return Fraction(0) if kind == 0 else scale * Fraction(c.integer(-2 * fine, 2 * fine), fine)

    widths = [inputs, *[width] * depth, 2]
    return Network.from_rationals(
        [([[entry() for _ in range(a)] for _ in range(b)], [entry() for _ in range(b)])
         for a, b in pairwise(widths)]
    )  # fmt: skip


def drawn_boxes(c: Chooser, inputs: int, count: int = 5) -> list[checker.Box]:
    """Return boxes, some flat, over several grids."""
    boxes = []
    for _ in range(count):
        low = [c.integer(-40, 40) for _ in range(inputs)]
        high = [a + c.choose([0, 1, 7, 60]) for a in low]
        boxes.append(checker.Box(low, high, c.choose([1, 3, 40]), []))
    return boxes


def known_one_by_one(net: checker.Network, precision: int, boxes: list[checker.Box]) -> list:
    """Return bounds and emptiness of each box as the checker finds them."""
    tree = checker.PropertyTree(net, [], precision)
    found = []
    for box in boxes:
        box.bounds = [[(-math.inf, math.inf)] * width for width in net.hidden]
        empty = tree.bound("bounds", box, "all")
        found.append(([pair for layer in box.bounds for pair in layer], empty))
    return found


def known_at_once(network: Network, precision: int, boxes: list[checker.Box]) -> list:
    net = CheckerNetwork(network, network_value(network))
    layers = IntegerLayers(checker.Substitution(net, precision), float_layers(network))
    neurons = sum(net.hidden)
    nothing = [np.full(neurons, -np.inf)] * len(boxes), [np.full(neurons, np.inf)] * len(boxes)
    batch = IntegerBatch(layers, boxes, *nothing)
    empty = batch.tighten()
    pairs = [list(zip(*ends, strict=True)) for ends in zip(batch.lower, batch.upper, strict=True)]
    return list(zip(pairs, empty, strict=True))


@pytest.mark.parametrize("precision", [1, 8, 22, 32])
@pytest.mark.parametrize("seed", range(4))
def test_bounds_of_many_boxes_are_the_checkers_integers(seed, precision):
    c = Chooser.seeded("integer bounds", seed)
    network = drawn_network(c, c.choose([Fraction(1), Fraction(1, 50), Fraction(7)]))
    boxes = drawn_boxes(c, network.inputs)
    net = CheckerNetwork(network, network_value(network))
    assert known_at_once(network, precision, boxes) == known_one_by_one(net, precision, boxes)


@pytest.mark.parametrize("seed", range(3))
def test_sums_that_are_whole_numbers_are_rounded_as_they_are(seed):
    c = Chooser.seeded("whole bounds", seed)
    rows = [[[c.integer(-2, 2) for _ in range(4)] for _ in range(4)] for _ in range(4)]
    network = Network.from_rationals([(table, [c.integer(-2, 2) for _ in range(4)]) for table in rows])
    boxes = drawn_boxes(c, 4)
    net = CheckerNetwork(network, network_value(network))
    assert known_at_once(network, 22, boxes) == known_one_by_one(net, 22, boxes)


def test_a_floor_that_is_in_doubt_is_taken_again(monkeypatch):
    rows = [[[1]], [[Fraction(1, 49)]], [[49]], [[1]]]  # 49 times the double 1 / 49 is less than 1
    network = Network.from_rationals([(row, None) for row in rows])
    net, boxes = CheckerNetwork(network, network_value(network)), [checker.Box([1], [2], 1, [])]
    assert known_at_once(network, 22, boxes) == known_one_by_one(net, 22, boxes)
    monkeypatch.setattr(IntegerBatch, "_repair", lambda *_: None)
    assert known_at_once(network, 22, boxes) != known_one_by_one(net, 22, boxes)


def test_quotients_and_charges_are_whole_where_products_exceed_64_bits():
    c = Chooser.seeded("chords")
    for precision in (1, 22, 50):
        rows = [(c.integer(-(2**49), -1), -c.integer(1, 2**50), c.integer(1, 2**50)) for _ in range(50)]
        rows += [(-6, -3, 9), (-(2**49), -(2**50), 2**50), (-1, -1, 1)]
        rows = [row for row in rows if abs(row[0] * max(-row[1], row[2])) >> precision < 2**51]
        a, low, high = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
        slopes, charges = integer_bounds._chords(a, low, high, precision)
        for (x, l, h), slope, charge in zip(rows, slopes, charges, strict=True):  # noqa: E741
            assert slope == x * h // (h - l)
            assert charge == min(-int(slope) * l, (x - int(slope)) * h) >> precision


@pytest.mark.parametrize("scale", [Fraction(1, 10**295), Fraction(2**60)])
def test_weights_that_doubles_hold_badly_are_not_taken(scale):
    network = drawn_network(Chooser.seeded("extreme weights"), scale)
    net = CheckerNetwork(network, network_value(network))
    with pytest.raises(OutOfRangeError, match="weights"):
        IntegerLayers(checker.Substitution(net, 22), float_layers(network))


def test_values_that_doubles_do_not_hold_are_noticed():
    network = drawn_network(Chooser.seeded("large values"), Fraction(2**12), depth=4)
    with pytest.raises(OutOfRangeError):
        known_at_once(network, 22, drawn_boxes(Chooser.seeded("boxes"), network.inputs))


def test_precisions_beyond_doubles_are_not_taken():
    network = Network.from_rationals([([[1]], None), ([[1]], None)])
    net = CheckerNetwork(network, network_value(network))
    with pytest.raises(OutOfRangeError, match="precision"):
        IntegerLayers(checker.Substitution(net, 64), float_layers(network))


def test_units_that_are_not_relu_are_not_taken():
    network = Network.from_rationals([([[1]], None), ([[1]], None)], activations=[Activation.of([(-1, 1)])])
    net = CheckerNetwork(network, network_value(network))
    with pytest.raises(OutOfRangeError, match="not ReLU"):
        IntegerLayers(checker.Substitution(net, 22), float_layers(network))


@pytest.mark.parametrize("kind", ["relu", "absolute"])
def test_a_network_without_texts_is_the_one_that_the_checker_reads(kind):
    units = [] if kind == "relu" else [Activation.of([(-1, 1)] * 7)] * 3
    drawn = drawn_network(Chooser.seeded("network of texts"), Fraction(1))
    network = Network(drawn.layers, activations=units)
    value = network_value(network)
    assert vars(CheckerNetwork(network, value)) == vars(checker.Network("networks[0]", value, ""))
