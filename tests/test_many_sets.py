"""Properties with many input sets: bounded together, or one by one, they get one verdict."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Network, Property, verify
from exactrelu.bounds.float_layers import float_layers
from exactrelu.verification import many_sets
from exactrelu.verification import verify as verify_module
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.interval import Interval
from exactrelu.verification.many_sets import MANY, ManySets
from exactrelu.verification.property import InputSet
from tests.support.drawn_networks import Chooser, draw_network

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def at_least(value: Fraction, *, strict: bool = False) -> Inequality:
    """y0 >= value, or y0 > value."""
    return Inequality((), ((0, Fraction(1)),), -value, strict)


def at_most(value: Fraction, *, strict: bool = False) -> Inequality:
    return Inequality((), ((0, Fraction(-1)),), value, strict)


def sets_of_absolute(shift: Fraction, count: int, *, strict: bool = True) -> list[InputSet]:
    """On [k, k+1] the value |x| is unsafe above k + 1 + shift and below k - shift."""
    return [
        InputSet(
            (Interval(Fraction(k), Fraction(k + 1)),),
            (),
            ((at_least(k + 1 + shift, strict=strict),), (at_most(k - shift, strict=strict),)),
        )
        for k in range(count)
    ]


def closed(groups: list[InputSet], network: Network = ABSOLUTE) -> list[bool]:
    many = ManySets(network, float_layers(network), groups, lambda: None)
    return [many.closes(number) for number in range(len(groups))]


def property_of(groups: list[InputSet]) -> Property:
    return Property(1, 1, "sha256:none", tuple(groups))


def test_a_set_is_closed_by_its_own_constants():
    groups = sets_of_absolute(Fraction(1, 1000), 200)
    assert all(closed(groups))
    groups[77] = sets_of_absolute(Fraction(-1, 1000), 78)[77]
    assert closed(groups) == [k != 77 for k in range(200)]


def test_what_touches_is_left_to_the_exact_search():
    for strict in (True, False):
        groups = sets_of_absolute(Fraction(0), 20, strict=strict)
        decision = verify(ABSOLUTE, property_of(groups))
        assert str(decision.verdict) == ("holds" if strict else "refuted")
        if not strict:
            assert not any(closed(groups))


def test_one_unsafe_set_among_many_is_found():
    groups = sets_of_absolute(Fraction(1, 10**9), 300)
    groups[250] = InputSet(groups[250].box, (), ((at_least(Fraction(501, 2)), at_most(Fraction(501, 2))),))
    decision = verify(ABSOLUTE, property_of(groups))
    assert decision.point == (Fraction(501, 2),)
    assert decision.boxes > 0


def test_rows_over_inputs_and_odd_sets_are_not_forgotten():
    odd = [
        InputSet((Interval(Fraction(2), Fraction(1)),), (), ((at_least(Fraction(-9)),),)),  # empty
        InputSet((Interval(None, Fraction(1)),), (), ((at_most(Fraction(-1)),),)),  # unbounded
        InputSet((Interval(Fraction(0), Fraction(1)),), (), ()),  # nothing is unsafe
        InputSet(
            (Interval(Fraction(0), Fraction(9)),),
            (Inequality(((0, Fraction(-1)),), (), Fraction(-1), strict=False),),  # x0 <= -1
            ((at_least(Fraction(0)),),),
        ),
    ]
    found = closed([*odd, *sets_of_absolute(Fraction(1), 5)])
    assert found == [False, False, True, True, *[True] * 5]
    everything = [*odd, *sets_of_absolute(Fraction(1), MANY)]
    assert str(verify(ABSOLUTE, property_of(everything)).verdict) == "holds"


@pytest.mark.parametrize("seed", range(25))
def test_verdicts_are_those_of_single_sets(seed, monkeypatch):
    monkeypatch.setattr(many_sets, "_BATCH", 4)
    c = Chooser.seeded("many sets", seed)
    network = draw_network(c, most_inputs=2, most_hidden=5)
    groups = []
    for _ in range(2 * MANY):
        box = []
        for _ in range(network.inputs):
            low = Fraction(c.integer(-8, 8), 4)
            box.append(Interval(low, low + Fraction(c.integer(0, 4), 4)))
        level = Fraction(c.integer(-6, 30), 2)
        disjuncts = [
            (at_least(level, strict=bool(c.integer(0, 1))),),
            (at_most(-level), at_least(-level - 1)),
        ]
        groups.append(InputSet(tuple(box), (), tuple(disjuncts[: c.integer(1, 2)])))
    each = [verify(network, Property(network.inputs, network.outputs, "sha256:none", (g,))) for g in groups]
    holds = [str(one.verdict) == "holds" for one in each]
    assert all(one or not shut for one, shut in zip(holds, closed(groups, network), strict=True))
    whole = verify(network, Property(network.inputs, network.outputs, "sha256:none", tuple(groups)))
    assert (str(whole.verdict) == "holds") == all(holds)


def test_a_constant_that_is_ignored_is_noticed(monkeypatch):
    groups = sets_of_absolute(Fraction(-1, 10), 20)
    assert str(verify(ABSOLUTE, property_of(groups)).verdict) == "refuted"
    monkeypatch.setattr(many_sets, "_cannot_hold", lambda _row, least: least > -(10**6))
    assert str(verify(ABSOLUTE, property_of(groups)).verdict) == "holds"
    monkeypatch.setattr(verify_module, "MANY", 10**6)
    assert str(verify(ABSOLUTE, property_of(groups)).verdict) == "refuted"
