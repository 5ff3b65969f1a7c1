"""What float verifiers disagreed about in public, decided exactly: tolerances, absorption, spikes, orders."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Network, Search, verify
from exactrelu.formats.vnnlib import parse_property

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
HEAD = "(declare-const X_0 Real) (declare-const Y_0 Real) "
BOX = HEAD + "(assert (>= X_0 -1)) (assert (<= X_0 1)) "


def decided(network, text):
    """Return the verdict; a refutation is confirmed here once more."""
    prop = parse_property(text)
    decision = verify(network, prop, search=Search(time_limit=30))
    if decision.point is not None:
        assert prop.holds_at(decision.point, network(decision.point))
    return str(decision.verdict)


@pytest.mark.parametrize(
    ("unsafe", "expected"),
    [
        ("(or (and (>= Y_0 0.5)) (and (<= Y_0 -5)))", "refuted"),
        ("(or (and (<= Y_0 -5)))", "holds"),
        ("(>= Y_0 1)", "refuted"),
        ("(> Y_0 1)", "holds"),
        ("(>= Y_0 1.00000000000000000001)", "holds"),
        ("(<= Y_0 0)", "refuted"),
        ("(< Y_0 0)", "holds"),
        ("(<= Y_0 -1e-9)", "holds"),
        ("(< Y_0 X_0)", "holds"),
        ("(<= Y_0 (* -1 X_0))", "refuted"),
        ("(and (> Y_0 X_0) (> X_0 0))", "holds"),
        ("(and (> Y_0 X_0) (>= Y_0 1))", "refuted"),
        ("(and (>= X_0 0.25) (<= (+ Y_0 X_0) 0.5))", "refuted"),
        ("(and (>= X_0 0.25) (< (+ Y_0 X_0) 0.5))", "holds"),
    ],
)
def test_attained_optima_disjunctions_and_mixed_rows_of_the_absolute_value(unsafe, expected):
    assert decided(ABSOLUTE, f"{BOX} (assert {unsafe})") == expected


def test_a_counterexample_that_is_valid_by_tolerance_only_is_none():
    """relu(x) - x is 0 for x >= 0: -1e-7 is below every tolerance of a float verifier, and never reached."""
    gap = Network.from_rationals([([[1], [-1]], None), ([[0, 1]], None)])  # relu(-x), shifted by rows over x
    assert decided(gap, f"{BOX} (assert (<= Y_0 -0.0000001))") == "holds"
    assert (
        decided(gap, f"{HEAD} (assert (>= X_0 -1)) (assert (<= X_0 0.0000001)) (assert (>= Y_0 1.0000001))")
        == "holds"
    )


def test_a_bias_that_absorbs_the_input_in_doubles_is_exact():
    """relu(x + 2^54) - 2^54 is x; doubles return 0 or 2 for x = 1."""
    big = 2**54
    network = Network.from_rationals([([[1]], [big]), ([[1]], [-big])])
    assert decided(network, f"{BOX} (assert (>= Y_0 1))") == "refuted"
    assert decided(network, f"{BOX} (assert (> Y_0 1))") == "holds"
    assert decided(network, f"{BOX} (assert (and (>= Y_0 0.25) (<= X_0 0.125)))") == "holds"


@pytest.mark.parametrize("width", ["1e-6", "1e-12", "1e-18", "1e-30"])
def test_a_spike_is_found_however_narrow_it_is(width):
    """The hat (relu(u + w) - 2 relu(u) + relu(u - w)) / w, u = x - 1/3, has height 1 and half-width w."""
    w = Fraction(width)
    biases = [-Fraction(1, 3) + w, -Fraction(1, 3), -Fraction(1, 3) - w]
    spike = Network.from_rationals([([[1], [1], [1]], biases), ([[1 / w, -2 / w, 1 / w]], None)])
    assert spike((Fraction(1, 3),)) == (1,)
    assert decided(spike, f"{BOX} (assert (>= Y_0 1))") == "refuted"
    assert decided(spike, f"{BOX} (assert (> Y_0 1))") == "holds"
    assert decided(spike, f"{BOX} (assert (< Y_0 0))") == "holds"
    assert decided(spike, f"{BOX} (assert (and (>= Y_0 0.5) (or (<= X_0 0.25) (>= X_0 0.5))))") == "holds"


def test_a_lower_bound_above_the_upper_one_is_an_empty_set():
    text = HEAD + "(assert (>= X_0 1)) (assert (<= X_0 0.999999999)) (assert (>= Y_0 -100))"
    assert decided(ABSOLUTE, text) == "holds"


@pytest.mark.parametrize(("value", "expected"), [("0.5", "refuted"), ("0.25", "holds")])
def test_a_constant_input_is_a_point(value, expected):
    text = f"{HEAD} (assert (>= X_0 {value})) (assert (<= X_0 {value})) (assert (>= Y_0 0.5))"
    assert decided(ABSOLUTE, text) == expected


@pytest.mark.parametrize("places", [8, 20, 200])
def test_tiny_weights_are_not_zero(places):
    tiny = Fraction(1, 10**places)
    network = Network.from_rationals([([[tiny], [-tiny]], None), ([[tiny, tiny]], None)])
    digits = f"1e-{2 * places}"
    assert decided(network, f"{BOX} (assert (>= Y_0 {digits}))") == "refuted"
    assert decided(network, f"{BOX} (assert (> Y_0 {digits}))") == "holds"
    assert decided(network, f"{BOX} (assert (< Y_0 0))") == "holds"


def test_a_point_of_many_inputs_is_evaluated():
    network = Network.from_rationals([([[1] * 40, [-1] * 40], ["-1/7", "1/7"]), ([[1, -1]], None)])
    names = "".join(f"(declare-const X_{i} Real) " for i in range(40)) + "(declare-const Y_0 Real) "
    point = "".join(f"(assert (= X_{i} 0.1)) " for i in range(40))
    exact = Fraction(4) - Fraction(1, 7)
    assert network((Fraction(1, 10),) * 40) == (exact,)
    for relation, expected in ((">=", "refuted"), (">", "holds")):
        assert decided(network, f"{names}{point}(assert ({relation} Y_0 (/ 27 7)))") == expected


@pytest.mark.parametrize("limit", [1e-6, 0.001, 0.01, 0.05, 0.2])
def test_whenever_the_time_ends_the_verdict_is_right_or_unknown(limit):
    rows = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(4)] for i in range(24)]
    network = Network.from_rationals([(rows, [i % 9 - 4 for i in range(24)]), ([[1, -1] * 12], None)])
    for bound, expected in (("y0 <= 300", "holds"), ("y0 <= 10", "refuted")):
        decision = verify(network, bound, [(-1, 1)] * 4, time_limit=limit)
        assert str(decision.verdict) in (expected, "unknown")
        assert (decision.reason is not None) == (str(decision.verdict) == "unknown")
        assert 0 <= decision.decided <= 1 + 1e-9
