"""Units of PyTorch modules: what their names mean, by hand at points on all sides of the bends."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from exactrelu.errors import NetworkError, UnsupportedOperatorError
from exactrelu.formats.torch_modules import network_from_torch
from tests.test_arrays import Linear, Sequential, Tensor

F = Fraction
FIRST = [[1, -1], [0.5, 1], [-2, 1]]
BIAS = [0.25, -0.5, 0.125]
LAST = [[1, 2, -1]]
POINTS = list(product((F(-3), F(-1, 4), F(0), F(5, 4), F(9)), repeat=2))


def named(kind, **attributes):
    """Return an object of a class with a name and the attributes."""
    made = type(kind, (), {})()
    vars(made).update(attributes)
    return made


def through(unit, dtype="float32"):
    """Return the network with a unit between two layers, and the same function with a Python function."""
    network = network_from_torch(Sequential([Linear(FIRST, BIAS, dtype), unit, Linear(LAST, [0.5], dtype)]))

    def by_hand(function):
        for x in POINTS:
            ys = [
                sum((F(w) * c for w, c in zip(row, x, strict=True)), F(b))
                for row, b in zip(FIRST, BIAS, strict=True)
            ]
            values = [function(i, y) for i, y in enumerate(ys)]
            expected = sum((F(w) * v for w, v in zip(LAST[0], values, strict=True)), F(1, 2))
            assert network(x) == (expected,)

    return network, by_hand


def test_leaky_relu_has_its_slope_below_zero():
    network, agrees = through(named("LeakyReLU", negative_slope=0.25))
    agrees(lambda _, y: y if y > 0 else y / 4)
    assert network((F(3, 4), F(-5, 4))) == (F(87, 32),)
    assert network.widths == (2, 3, 1)


@pytest.mark.parametrize(
    ("dtype", "slope"),
    [
        ("float32", F(5368709, 536870912)),
        ("float64", F(0.01)),
        ("float16", F(1311, 131072)),
        ("bfloat16", F(41, 4096)),
    ],
)
def test_a_slope_is_taken_in_the_type_of_the_tensors_as_torch_does(dtype, slope):
    network, agrees = through(named("LeakyReLU", negative_slope=0.01), dtype)
    assert network.activations[0].slopes[0] == (slope, 1)
    agrees(lambda _, y: y if y > 0 else y * slope)


def test_prelu_has_one_slope_for_all_or_one_for_each():
    through(named("PReLU", weight=Tensor([-0.5])))[1](lambda _, y: y if y > 0 else -y / 2)
    slopes = [0.5, -1, 1]
    network, agrees = through(named("PReLU", weight=Tensor(slopes)))
    agrees(lambda i, y: y if y > 0 else y * F(slopes[i]))
    assert network.bent_widths == (2,)  # the last one is linear
    with pytest.raises(NetworkError, match=r"1.weight: expected one slope or 3, one for each value, got 2"):
        through(named("PReLU", weight=Tensor([1, 2])))


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 6.0), (0.5, 0.5), (-2, 0)])
def test_hardtanh_and_relu6_are_bounded_on_both_sides(low, high):
    network, agrees = through(named("Hardtanh", min_val=low, max_val=high))
    agrees(lambda _, y: min(max(y, F(low)), F(high)))
    assert network.widths == ((2, 6, 1) if low < high else (2, 1))
    assert network.is_relu
    assert through(named("ReLU6", min_val=low, max_val=high))[0] == network


def test_units_at_the_ends_and_in_a_row_are_applied_one_after_the_other():
    leaky, clip = named("LeakyReLU", negative_slope=0.5), named("Hardtanh", min_val=-1.0, max_val=1.0)
    network = network_from_torch(Sequential([leaky, Linear([[2]]), leaky, clip]))
    for x in POINTS:
        y = 2 * (x[0] if x[0] > 0 else x[0] / 2)
        y = y if y > 0 else y / 2
        assert network(x[:1]) == (min(max(y, F(-1)), F(1)),)


def test_what_has_no_meaning_is_refused_by_position():
    with pytest.raises(
        UnsupportedOperatorError, match=r"Hardtanh at position 1 .*min_val 1 is larger than max_val 0"
    ):
        through(named("Hardtanh", min_val=1, max_val=0))
    for kind in ("Softplus", "Sigmoid", "RReLU", "Hardswish"):
        with pytest.raises(UnsupportedOperatorError, match=f"not supported: {kind} at position 1"):
            through(named(kind))
    with pytest.raises(UnsupportedOperatorError, match=r"Dropout1d at position 1 .*training mode"):
        through(named("Dropout1d", training=True))
    through(named("Dropout1d", training=False))
