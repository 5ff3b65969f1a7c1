"""Functions of a family's parameter: ranges, slopes, distances and ratios, exact for all values at once."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import exactrelu
from exactrelu import (
    AlgebraicNumber,
    NetworkFamily,
    distance,
    family_report,
    lipschitz_constant,
    output_range,
)
from exactrelu.errors import ExactReluError
from exactrelu.families.envelopes import Envelopes
from exactrelu.families.piecewise_functions import PiecewiseFunction
from exactrelu.numbers.places import between
from exactrelu.numbers.rational_function_text import parse_rational_function as function
from exactrelu.stability.nearest_permutation import nearest_permutation
from proofs_checks.berner_elbraechter_grohs import example_2_5_near_opposite as example_2_5
from proofs_checks.fibre_bounds import line_bound, ray_bound
from proofs_checks.shallow_families import of_lists
from tests.support.drawn_families import drawn_domain_family, drawn_family

EXAMPLES = Path(exactrelu.__file__).resolve().parent.parent / "examples" / "families"

HALF = Fraction(1, 2)


def pieces(found):
    """Return ends, closed ends and formula of each piece."""
    return [(piece.low, piece.high, piece.closed, str(piece.value)) for piece in found.pieces]


def compared(gamma, theta, **more):
    return family_report(EXAMPLES / f"{gamma}.json", (0, 1), other=EXAMPLES / f"{theta}.json", **more)


def one_formula(found):
    """Return the formula that holds for 0 < t <= 1, whatever is at 0."""
    *before, last = found.pieces
    assert (last.low, last.high, last.closed[1]) == (0, 1, True)
    assert all(piece.is_point for piece in before)
    return last.value


# the examples of Berner, Elbraechter & Grohs (our reconstruction), for all k >= 1 with t = 1/k ----------


def test_example_2_1_for_all_k():
    found = compared("zero_2_2_1", "example_2_1_g", domain=[(-1, 1)] * 2).functions
    assert one_formula(found["sup distance"]) == function("t")  # 1/k
    assert one_formula(found["w1inf distance"]) == function("1/t^2")  # k^2
    assert one_formula(found["fibre size squared at least"]) == function(
        "1/(2*t^2)"
    )  # ||Phi - 0|| >= k / sqrt(2)
    assert found["sup distance"].limits[0] == 0
    assert found["w1inf distance"].limits[0] == math.inf


@pytest.mark.parametrize(
    ("gamma", "theta", "delta", "bound"),
    [
        ("example_2_2_gamma", "example_2_2_g", "t", "1"),
        ("example_2_3_gamma", "example_2_3_g", "t", "1"),
        ("example_2_4_gamma", "example_2_4_g", "t", "1/2"),
        ("example_2_5_gamma", "example_2_5_theta", "3*t", "4/(3*t)"),
        ("example_a_4_gamma", "example_2_2_g", "t", "1/t"),
        ("example_2_2_gamma", "example_a_1_g", "t", "1"),
    ],
)
def test_the_realizations_meet_while_all_parametrizations_stay_away(gamma, theta, delta, bound):
    found = compared(gamma, theta).functions
    assert one_formula(found["w1inf distance"]) == function(delta)
    assert one_formula(found["fibre distance at least"]) == function(bound)
    assert found["w1inf distance"].limits[0] == 0
    assert one_formula(found["fibre ratio squared"]) == function(f"({bound})^2/({delta})")
    assert found["fibre ratio squared"].limits[0] == math.inf  # no s, for any constant


def test_the_bounds_are_those_of_single_pairs():
    family = compared("example_2_5_gamma", "example_2_5_theta")
    for k in (1, 2, 7):
        rows, coefficients = example_2_5.rational(Fraction(k))
        gamma = of_lists((rows, coefficients))
        theta = of_lists((example_2_5.negative(rows), coefficients))
        found = family.functions["fibre distance at least"](Fraction(1, k))
        assert found == max(ray_bound(gamma, theta), line_bound(gamma, theta)) >= k
        assert family.functions["w1inf distance"](Fraction(1, k)) == Fraction(3, k)
        assert family.functions["parameter distance"](Fraction(1, k)) == 4 * k
        nearest = nearest_permutation(gamma, theta).value
        assert found <= family.functions["permutation distance"](Fraction(1, k)) == nearest


def test_the_loss_of_example_a_1_is_less_than_one_for_all_k():
    points = [(-1, 1), (-1, -1)]
    found = family_report(EXAMPLES / "example_a_1_g.json", (0, 1), points=points).functions
    first, second = (found[f"y0 at ({x}, {y})"] for x, y in points)
    assert pieces(first) == [(0, 1, (True, True), "2*t")]
    assert pieces(second) == [(0, 1, (True, True), "0")]

    def loss(one, two, _place):
        half, unit = function("1/2"), function("1")
        return half * ((one - unit) ** 2 + (two + unit) ** 2)

    # 1 - 2 t + 2 t^2 < 1 for 0 < t < 1
    assert pieces(first.combined(second, loss)) == [(0, 1, (True, True), "2*t^2 - 2*t + 1")]


# functions that are known by hand -------------------------------------------------------------------


def test_the_nearest_order_of_neurons_changes_where_two_orders_are_as_near():
    # rows 0 and 1 against rows t and 1 - t: the given order is t away, the other one 1 - t
    one = NetworkFamily.of([([[0], [1]], None), ([[1, 1]], None)])
    two = NetworkFamily.of([([["t"], ["1-t"]], None), ([[1, 1]], None)])
    found = family_report(one, (0, 1), other=two).functions["permutation distance"]
    assert pieces(found) == [(0, HALF, (True, True), "t"), (HALF, 1, (True, True), "-t + 1")]


def test_a_sawtooth_has_its_range_and_slope_as_polynomials():
    found = family_report(EXAMPLES / "sawtooth.json", (0, 4), [(0, 1)]).functions
    assert pieces(found["max y0"]) == [(0, 1, (True, True), "1/2*t^2"), (1, 4, (True, True), "1/2*t")]
    assert pieces(found["min y0"]) == [(0, 2, (True, True), "0"), (2, 4, (True, True), "-1/2*t^2 + t")]
    assert pieces(found["lipschitz 1"]) == [(0, 4, (True, True), "t^2")]


def test_the_norm_2_of_several_outputs_lies_between_its_bounds():
    family = NetworkFamily.of([([[1, "t"], ["-t", 2]], ["t", 0]), ([[1, "t"], [3, -1]], None)])
    found = family_report(family, (0, 2), [(-1, 1)] * 2).functions
    assert "lipschitz 2 squared" not in found
    for t in map(Fraction, ("0", "1/3", "1", "5/3")):
        square = lipschitz_constant(family.at(t), [(-1, 1)] * 2, "2").power
        least, most = (found[f"lipschitz 2 squared at {word}"](t) for word in ("least", "most"))
        assert least <= square <= most


def test_a_supremum_is_infinite_until_the_ray_turns_down():
    line = NetworkFamily.of([([[1]], None), ([["-t"]], None)])  # -t relu(x)
    found = family_report(line, (-1, 1)).functions
    assert pieces(found["max y0"]) == [(-1, 0, (True, False), "inf"), (0, 1, (True, True), "0")]
    assert pieces(found["min y0"]) == [(-1, 0, (True, True), "0"), (0, 1, (False, True), "-inf")]


def test_a_slope_that_is_there_at_one_value_only_is_a_point_of_its_own():
    # relu(x - t) - relu(x) + t has slope -1 between 0 and t; where t = 0 it is constant
    bump = NetworkFamily.of([([[1], [1]], ["-t", 0]), ([[1, -1]], None)])
    found = family_report(bump, (-1, 1)).functions["lipschitz 1"]
    assert pieces(found) == [
        (-1, 0, (True, False), "1"),
        (0, 0, (True, True), "0"),
        (0, 1, (False, True), "1"),
    ]


def test_an_affine_map_without_neurons_is_tracked_too():
    found = family_report(NetworkFamily.of([([["t", 1]], ["1/t"])]), (0, 2), [(0, 1)] * 2)
    assert [change.is_pole for change in found.bifurcations.changes] == [True]
    assert pieces(found.functions["max y0"]) == [(0, 2, (False, True), "(t^2 + t + 1)/t")]
    assert found.functions["max y0"].limits == (math.inf, Fraction(7, 2))


def test_irrational_ends_have_exact_limits():
    tent = NetworkFamily.of([([[1]], ["t^2-2"]), ([["t"]], None)])  # t relu(x + t^2 - 2)
    found = family_report(tent, (1, 2), [(0, 0)]).functions["max y0"]
    root = AlgebraicNumber.largest_root([-2, 0, 1])
    assert pieces(found) == [(1, root, (True, True), "0"), (root, 2, (True, True), "t^3 - 2*t")]
    assert found.pieces[1].limits == (0, 4)


def test_an_empty_domain_has_no_range():
    found = family_report(NetworkFamily.of([([["t"]], None)]), (-1, 1), [("-t", "t")]).functions
    assert pieces(found["max y0"])[-1] == (0, 1, (True, True), "t^2")
    assert found["max y0"](Fraction(-1, 2)) is None


def test_maxima_change_where_formulas_cross_not_where_they_touch():
    candidates = [function("t^2"), function("0"), function("2*t - 1")]
    steps = Envelopes(None, None).maximum_steps(candidates, None, None)
    assert [str(value) for _, _, value in steps] == ["t^2"]


def test_pieces_are_joined_only_where_the_value_between_agrees():
    zero = AlgebraicNumber.from_rational(0)
    t, one = function("t"), function("1")
    whole = PiecewiseFunction.of([(None, zero, t), (zero, zero, t * t), (zero, None, t)])
    assert pieces(whole) == [(None, None, (False, False), "t")]
    holed = PiecewiseFunction.of([(None, zero, t), (zero, zero, one), (zero, None, t)])
    assert [piece.closed for piece in holed.pieces] == [(False, False), (True, True), (False, False)]
    open_at_zero = PiecewiseFunction.of([(None, zero, t), (zero, None, t)])
    assert len(open_at_zero.pieces) == 2
    assert open_at_zero(Fraction(0)) is None


# random families against the functions for single networks ------------------------------------------


def values(report):
    """Return rationals in all parts and pieces, and their rational ends."""
    every = [*report.bifurcations.parts, *(p for f in report.functions.values() for p in f.pieces)]
    ends = {end.rational for part in every for end in (part.low, part.high)}
    inside = {between(part.low, part.high) for part in every if not part.is_point}
    return sorted((ends | inside) - {None})


@pytest.mark.parametrize("seed", range(16))
def test_functions_agree_with_those_of_single_networks(seed):
    random = Random(seed)  # noqa: S311
    family = drawn_family(random)
    domains = drawn_domain_family(random, family.inputs)
    others = [other for other in (drawn_family(random) for _ in range(8)) if other.inputs == family.inputs]
    other = others[0] if others else None
    report = family_report(family, (-1, 1), domains, other=other, points=[[1] * family.inputs])
    for t in values(report):
        try:
            net, second, domain = family.at(t), other and other.at(t), domains.at(t)
        except ExactReluError:
            continue  # a pole
        found = {name: tracked(t) for name, tracked in report.functions.items()}
        expected = output_range(net, domain)
        ends = (None, None) if expected is None else (expected[0].minimum.value, expected[0].maximum.value)
        assert (found.get("min y0"), found.get("max y0")) == ends
        if domain.affine_dimension == domain.dimension:
            for norm, name in (("1", "lipschitz 1"), ("inf", "lipschitz inf"), ("2", "lipschitz 2 squared")):
                assert found[name] == lipschitz_constant(net, domain, norm).power
            if second:
                assert found["w1inf distance"] == distance(net, second, domain, "w1inf").power
        if second and not domain.is_empty:
            assert found["sup distance"] == distance(net, second, domain).power


# the command and the picture --------------------------------------------------------------------------


def test_the_command_writes_functions_and_limits(exactrelu):
    gamma, theta = (str(EXAMPLES / f"example_2_5_{name}.json") for name in ("gamma", "theta"))
    found = exactrelu(
        "family", gamma, "--other", theta, "--interval", "0:1", "--at", "-1,0,1", "--json", "-"
    ).json
    ratio = found["functions"]["fibre ratio squared"]
    assert ratio["pieces"] == [{"interval": ["0", "1"], "closed": [False, True], "value": "16/(27*t^3)"}]
    assert ratio["limits"] == ["inf", "16/27"]
    assert found["difference"]["changes"][0]["pole"]
    assert "y0 at (-1, 0, 1)" in found["functions"]


def test_the_command_prints_functions(exactrelu):
    shown = exactrelu("family", str(EXAMPLES / "sawtooth.json"), "--interval", "0:4", "--box", "0:1").out
    assert "-1/2*t^2 + t" in shown
    counted = exactrelu("family", str(EXAMPLES / "sawtooth.json"), "--interval", "0:4", "--count").out
    assert "lipschitz" not in counted


@pytest.mark.parametrize("interval", ["0:4", "-inf:inf"])
@pytest.mark.parametrize("name", ["sawtooth", "example_2_5_gamma"])
def test_the_picture_is_drawn_and_the_same_twice(exactrelu, tmp_path, name, interval):
    drawn = []
    for file in ("one.svg", "two.svg"):
        path = tmp_path / file
        words = ("family", str(EXAMPLES / f"{name}.json"), "--interval", interval, "--plot", str(path))
        assert exactrelu(*words).status == 0
        drawn.append(path.read_bytes())
    assert drawn[0] == drawn[1]
    assert b"<svg" in drawn[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plot", "x.pdf"), "expected .svg or .png"),
        (("--other", str(EXAMPLES / "zero_2_2_1.json")), "expected 1 inputs and 1 outputs"),
        (("--at", "1,2"), "expected 1 coordinates"),
        (("--other", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(exactrelu, words, message):
    line = ("family", str(EXAMPLES / "sawtooth.json"), "--interval", "0:1", *words)
    assert exactrelu(*line).is_refusal(message)
