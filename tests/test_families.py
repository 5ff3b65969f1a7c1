"""Families of networks: all values of a parameter at which the configurations change."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import exactrelu
from exactrelu import AlgebraicNumber, DomainFamily, NetworkFamily, Problem, Reading, bifurcations
from exactrelu.errors import BudgetExhaustedError, ExactReluError
from exactrelu.families.configurations import Diagram, union
from exactrelu.families.sweep import Sweep
from exactrelu.numbers.places import between
from tests.support.drawn_families import drawn_domain_family, drawn_family

EXAMPLES = Path(exactrelu.__file__).resolve().parent.parent / "examples" / "families"
ABSOLUTE = [([[1], [-1]], None), ([[1, 1]], None)]


def changes(found):
    return [change.number for change in found.changes]


def counts(found, reading):
    return [part.configurations and part.configurations.count(reading) for part in found.parts]


def texts(network, domain, reading):
    leaves = exactrelu.enumerate_leaves(Problem.of(network, domain, reading))
    return sorted(str(leaf.configuration) for leaf in leaves)


def samples(part, more):
    """Return rationals in a part: the simplest one, and some that come close to both ends."""
    first = part.sample
    if first is None or part.is_point:
        return [] if first is None else [first]
    values, low, high = [first], first, first
    for _ in range(more):
        low = between(part.low, AlgebraicNumber.from_rational(low))
        high = between(AlgebraicNumber.from_rational(high), part.high)
        values += [low, high]
    ends = [end.rational for end, closed in zip((part.low, part.high), part.closed, strict=True) if closed]
    return values + [end for end in ends if end is not None]


# changes that are known by hand -------------------------------------------------------------------


def test_three_lines_pass_through_a_point_at_a_square_root():
    lines = NetworkFamily.of([([[1, 0], [0, 1], [1, 1]], [0, 0, "t^2-2"]), ([[1, 1, 1]], None)])
    found = bifurcations(lines, (-math.inf, math.inf))
    root = AlgebraicNumber.largest_root([-2, 0, 1])
    assert changes(found) == [-root, root]
    # a triangle opens, closes and opens on the other side; at the root one point is in all three lines
    assert counts(found, Reading.FULL) == [7, 6, 7, 6, 7]
    assert counts(found, Reading.HALF_OPEN) == [7, 6, 7, 6, 7]
    assert counts(found, Reading.CLOSED) == [7, 8, 7, 8, 7]
    missing = [set(part.configurations.texts(Reading.FULL)) for part in found.parts]
    assert missing[0] - missing[2] == {"001"}
    assert missing[2] - missing[0] == {"110"}


def test_a_line_passes_through_the_corner_of_a_box_and_leaves_it():
    line = NetworkFamily.of([([[1, 1]], ["-t"]), ([[1]], None)])
    found = bifurcations(line, (-1, 3), [(0, 1), (0, 1)])
    assert changes(found) == [0, 2]
    assert counts(found, Reading.FULL) == [1, 1, 2, 1, 1]
    assert counts(found, Reading.HALF_OPEN) == [1, 2, 2, 1, 1]
    assert counts(found, Reading.CLOSED) == [1, 2, 2, 2, 1]


def test_the_second_tooth_of_a_sawtooth_grows_at_slope_one():
    # the tent is t x up to 1/2 and back; its tent bends where it is 1/2, which it exceeds for t > 1
    found = bifurcations(EXAMPLES / "sawtooth.json", (0, 4), [(0, 1)])
    assert changes(found) == [0, 1]
    assert counts(found, Reading.FULL) == [2, 2, 2, 4]


@pytest.mark.parametrize(("depth", "teeth"), [(2, 4), (3, 8), (4, 16)])
def test_iterated_tents_of_slope_two_have_all_their_teeth(depth, teeth):
    # the tent of slope t has its top at t/2; a further tent doubles the pieces at once where t > 1
    layers = [([[1], [1]], [0, "-1/2"])]
    layers += [([["t", "-2*t"]] * 2, [0, "-1/2"])] * (depth - 1)
    family = NetworkFamily.of([*layers, ([["t", "-2*t"]], None)])
    found = bifurcations(family, ("3/2", 3), [(0, 1)])
    part = next(part for part in found.parts if not part.is_point and part.low < 2 <= part.high)
    assert found.family.at(2)((Fraction(1, 2),)) == ((0,) if depth > 1 else (1,))
    full = part.configurations.count(Reading.FULL)
    assert full == exactrelu.count(family.at(part.sample), [(0, 1)], "full")
    assert exactrelu.count(family.at(2), [(0, 1)], "full") == teeth


def test_a_moving_weight_that_becomes_zero_takes_a_line_away():
    found = bifurcations(EXAMPLES / "turning_lines.json", (-1, 1))
    assert changes(found) == [0]  # both lines are x1 = 0 there
    assert counts(found, Reading.FULL) == [4, 2, 4]
    assert counts(found, Reading.HALF_OPEN) == [4, 2, 4]


def test_near_opposite_neurons_are_opposite_at_zero():
    found = bifurcations(EXAMPLES / "near_opposite.json", (-1, 1))
    assert changes(found) == [0]
    assert [part.configurations.texts(Reading.FULL) for part in found.parts] == [
        ["00", "01", "10", "11"],
        ["01", "10"],
        ["00", "01", "10", "11"],
    ]
    assert [str(r) for r in found.changes[0].readings] == ["half-open", "full"]


def test_the_neurons_of_example_2_5_never_change_their_cells():
    for name in ("gamma", "theta"):
        found = bifurcations(EXAMPLES / f"example_2_5_{name}.json", (0, math.inf))
        assert [(change.number, change.is_pole) for change in found.changes] == [(0, True)]
        assert counts(found, Reading.FULL) == [None, 8]


def test_a_neuron_that_vanishes_has_no_cell_of_its_own_at_that_value():
    neuron = NetworkFamily.of([([["t"]], ["t"]), ([[1]], None)])
    found = bifurcations(neuron, (-1, 1))
    assert changes(found) == [0]
    assert counts(found, Reading.HALF_OPEN) == [2, 1, 2]
    assert counts(found, Reading.CLOSED) == [2, 2, 2]


def test_a_domain_that_moves_is_empty_before_zero_and_a_point_at_zero():
    found = bifurcations(NetworkFamily.of(ABSOLUTE), (-1, 1), [("-t", "t")])
    assert changes(found) == [0]
    assert counts(found, Reading.HALF_OPEN) == [0, 1, 3]
    assert counts(found, Reading.CLOSED) == [0, 4, 4]
    assert counts(found, Reading.FULL) == [0, 1, 2]


def test_a_network_that_does_not_move_never_changes():
    found = bifurcations(exactrelu.Network.from_rationals(ABSOLUTE), (-math.inf, math.inf))
    assert changes(found) == []
    assert (found.critical, counts(found, Reading.CLOSED)) == (0, [4])
    assert found.parts[0].closed == (False, False)


def test_ends_belong_to_the_interval_and_are_decided_too():
    line = NetworkFamily.of([([[1]], ["-t"]), ([[1]], None)])
    found = bifurcations(line, (0, 1), [(0, 1)])
    assert changes(found) == [0, 1]  # at 0 only the end x = 0 is off, at 1 nothing is on
    assert counts(found, Reading.HALF_OPEN) == [2, 2, 1]
    assert counts(found, Reading.FULL) == [1, 2, 1]
    assert [str(r) for r in found.changes[0].readings] == ["full"]


# random families against the ordinary enumeration -------------------------------------------------


@pytest.mark.parametrize("seed", range(24))
def test_the_sets_are_those_of_the_enumeration_of_single_networks(seed):
    random = Random(seed)  # noqa: S311
    family = drawn_family(random)
    domain = drawn_domain_family(random, family.inputs)
    found = bifurcations(family, (-1, 1), domain)
    for part in found.parts:
        for t in samples(part, 2):
            if part.configurations is None:
                with pytest.raises(ExactReluError):
                    family.at(t)
                continue
            for reading in Reading:
                expected = texts(family.at(t), domain.at(t), reading)
                assert part.configurations.texts(reading) == expected, (t, reading)


def test_local_steps_agree_with_the_enumeration_at_fifty_values():
    # many lines in general position that all move: every critical value is passed locally
    random = Random(5)  # noqa: S311
    rows = [[f"{random.randint(-9, 9)}+({random.randint(-3, 3)})*t" for _ in range(3)] for _ in range(7)]
    deeper = [[random.randint(-4, 4) for _ in range(8)] for _ in range(2)]
    family = NetworkFamily.of(
        [([r[:2] for r in rows], [r[2] for r in rows]), ([r[:7] for r in deeper], ["t", 1]), ([[1, 1]], None)]
    )
    found = bifurcations(family, (0, 2), [(-1, 1)] * 2)
    assert found.critical > 20
    values = [Fraction(2 * k + 1, 50) for k in range(50)]
    for t in values:
        part = next(p for p in found.parts if p.low <= t <= p.high and (p.is_point or p.low < t < p.high))
        for reading in (Reading.HALF_OPEN, Reading.FULL):
            expected = texts(family.at(t), exactrelu.Domain.box([(-1, 1)] * 2), reading)
            assert part.configurations.texts(reading) == expected


def test_a_change_that_is_left_out_would_be_seen():
    """The test of the tests: parts that are joined across a change do not agree with the enumeration."""
    lines = NetworkFamily.of([([[1, 0], [0, 1], [1, 1]], [0, 0, "t"]), ([[1, 1, 1]], None)])
    before, _, after = bifurcations(lines, (-1, 1)).parts
    t = after.sample
    assert before.configurations.texts(Reading.FULL) != texts(lines.at(t), None, Reading.FULL)


@pytest.mark.parametrize("seed", range(8))
def test_local_steps_find_what_is_found_anew_at_irrational_values_too(monkeypatch, seed):
    random = Random(seed)  # noqa: S311
    widths = [random.choice((1, 2, 2, 3)), random.randint(2, 4), random.randint(1, 3), 1]
    layers = []
    for before, after in itertools.pairwise(widths):
        rows = [
            [
                f"{random.randint(-3, 3)}+({random.randint(-3, 3)})*t+({random.randint(-2, 2)})*t^2"
                for _ in range(before + 1)
            ]
            for _ in range(after)
        ]
        layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
    family, ends = (
        NetworkFamily.of(layers),
        (AlgebraicNumber.from_rational(-1), AlgebraicNumber.from_rational(1)),
    )
    domain = DomainFamily.box([(-1, 1)] * family.inputs)
    local = [(t.low, t.high, t.faces) for t in Sweep(family, domain, *ends)]
    monkeypatch.setattr(DomainFamily, "is_constant", False)  # now everything is found anew, always
    assert [(t.low, t.high, t.faces) for t in Sweep(family, domain, *ends)] == local


def test_iterated_tents_change_at_the_slopes_that_are_known_from_dynamics():
    # the top of the tent comes back to the bend: t = 1, the golden ratio, the tribonacci number
    layers = [([[1], [1]], [0, "-1/2"]), *[([["t", "-2*t"]] * 2, [0, "-1/2"])] * 4, ([["t", "-2*t"]], None)]
    found = bifurcations(NetworkFamily.of(layers), ("1/2", 2), [(0, 1)])
    golden, tribonacci = (AlgebraicNumber.largest_root(p) for p in ([-1, -1, 1], [-1, -1, -1, 1]))
    assert {1, golden, tribonacci} <= set(changes(found))
    for part in found.parts:
        if part.sample is not None:
            net = found.family.at(part.sample)
            assert part.configurations.count(Reading.FULL) == exactrelu.count(net, [(0, 1)], "full")


# sets that are too large to list ------------------------------------------------------------------


def test_the_closed_configurations_of_a_network_without_biases_are_counted_not_listed():
    rows = [[k, k * k - 3] for k in range(1, 20)]
    family = NetworkFamily.of([(rows, None), ([["t"] * 19], None)])
    found = bifurcations(family, (0, 1))
    assert counts(found, Reading.CLOSED) == [2**19]
    assert found.parts[0].configurations.texts(Reading.CLOSED) is None


def test_diagrams_are_equal_exactly_if_the_sets_are():
    whole = union({(0, (1 << 20) - 1)}, 20)
    halves = union({(0, (1 << 19) - 1), (1 << 19, (1 << 19) - 1)}, 20)
    most = union({(0, (1 << 19) - 1), (1 << 19, (1 << 18) - 1)}, 20)
    assert isinstance(whole, Diagram)
    assert whole == halves != most
    assert most.count == 3 << 18


# what cannot be asked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "domain", "words"),
    [
        ((1, 1), None, "expected low < high"),
        ((1, 0), None, "expected low < high"),
        ((0.5, 1), None, "rational_from_float"),
        ((0, 1, 2), None, "a pair (low, high)"),
        ((0, 1), [(0, 1)] * 2, "expected dimension 1"),
        ((0, 1), [("s", 1)], "got 's'"),
        ((0, 1), 5, "a DomainFamily, a Domain or a list"),
    ],
)
def test_what_is_no_interval_or_domain_is_refused(interval, domain, words):
    with pytest.raises(ExactReluError) as caught:
        bifurcations(NetworkFamily.of(ABSOLUTE), interval, domain)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([], "at least one"),
        ([([["t"]], None), ([["t", 1]], None)], "layers[1].weight: expected 1 columns"),
        ([([["t"], [1, 2]], None)], "layers[0].weight[1]: expected 1 entries"),
        ([([["t"]], [1, 2])], "layers[0].bias: expected 1 entries"),
        ([([["1/(t-t)"]], None)], "a divisor that is not zero"),
        ([([[0.5]], None)], "rational_from_float(0.5)"),
    ],
)
def test_what_is_no_family_is_refused(layers, words):
    with pytest.raises(ExactReluError) as caught:
        NetworkFamily.of(layers)
    assert words in str(caught.value)


def test_budgets_end_a_sweep():
    family = NetworkFamily.of([([[1, "t"], ["t", 1]], [1, 2]), ([[1, 1]], None)])
    with pytest.raises(BudgetExhaustedError):
        bifurcations(family, (0, 1), max_regions=3)
    with pytest.raises(BudgetExhaustedError):
        bifurcations(family, (0, 1), time_limit=1e-9)


def test_results_show_themselves():
    lines = NetworkFamily.of([([[1, 0], [0, 1], [1, 1]], [0, 0, "t^2-2"]), ([[1, 1, 1]], None)])
    found = bifurcations(lines, (0, 2))
    assert repr(found) == "<Bifurcations of 2-3-1: 1 changes (~1.414214)>"
    assert repr(lines) == "<NetworkFamily 2-3-1 of t>"
    assert repr(found.parts[0].configurations) == "<Configurations 7 half-open, 7 closed, 7 full>"
    assert "t: the root of t^2 - 2 in [1, 2]" in found._repr_html_()


def test_domain_families_at_a_value_are_domains():
    assert DomainFamily.box([("t", 2)]).at(Fraction(1)).contains((1,))
