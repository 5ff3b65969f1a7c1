"""Ranges and Lipschitz constants found by workers: the same numbers, whatever becomes of them."""

from __future__ import annotations

import math

import pytest

import exactrelu
from exactrelu import Network
from exactrelu.distribution import schedule
from exactrelu.enumeration import sharing, subtree_search
from exactrelu.errors import BracketError, FormatError
from exactrelu.verification import branch_and_bound
from tests.support.drawn_networks import Chooser, draw_domain, draw_network
from tests.support.odd_executors import Doomed, Mortal, Odd

ROWS = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(3)] for i in range(9)]
SECOND = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(9)] for i in range(6)]
LAST = [[(-1) ** i for i in range(6)]]
NETWORK = Network.from_rationals([(ROWS, [i % 9 - 4 for i in range(9)]), (SECOND, None), (LAST, None)])
BOX = [(-1, 1)] * 3
OPEN = exactrelu.Domain.from_inequalities(
    3, [(row, 1, ">") for row in ([1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1])]
)
CONE = exactrelu.Domain.from_inequalities(
    3, [([1, 0, 0], 0, ">="), ([0, 1, 0], 0, ">="), ([0, 0, 1], 0, ">")]
)
DOMAINS = {
    "box": BOX,
    "open box": OPEN,
    "cone": CONE,
    "space": None,
    "empty": [(1, 0)] * 3,
    "point": [(0, 0)] * 3,
}


@pytest.fixture(autouse=True)
def shared_from_the_start(monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    monkeypatch.setattr(schedule, "_SHORT", 0.01)
    monkeypatch.setattr(schedule, "_OWN", 0.001)
    monkeypatch.setattr(branch_and_bound, "_BATCH", 4)
    monkeypatch.setattr(subtree_search, "_LEAST", 0.01)


def ends(ranges):
    """Return what is not a matter of choice: values, and whether they are attained."""
    pairs = [(one.minimum, one.maximum) for one in ranges or ()]
    return [(end.value, end.attained) for pair in pairs for end in pair]


def see_points(network, ranges):
    for j, one in enumerate(ranges or ()):
        for end in (one.minimum, one.maximum):
            if end.attained:
                assert network(end.point)[j] == end.value


@pytest.mark.parametrize("name", DOMAINS)
def test_ranges_by_workers_are_those_of_one_process(name):
    domain, executor = DOMAINS[name], Odd(failing=(2,))
    shared = exactrelu.output_range(NETWORK, domain, executor=executor, parts=3)
    assert ends(shared) == ends(exactrelu.output_range(NETWORK, domain))
    see_points(NETWORK, shared)
    assert executor.tasks > 0 or name == "empty"


@pytest.mark.parametrize("engine", ["generators", "lp", "ppl"])
def test_ranges_by_workers_and_a_named_engine(engine):
    network = Network.from_rationals([(ROWS[:6], [1] * 6), ([[1, -1, 2, -2, 1, -3]], None)])
    shared = exactrelu.output_range(network, BOX, executor=Odd(), parts=2, engine=engine)
    assert ends(shared) == ends(exactrelu.output_range(network, BOX))


@pytest.mark.parametrize("seed", range(12))
def test_ranges_of_drawn_networks(seed):
    c = Chooser.seeded("shared ranges", seed)
    network = draw_network(c)
    domain = draw_domain(c, network.inputs)
    shared = exactrelu.output_range(network, domain, executor=Odd(failing=(3,)), parts=3)
    assert ends(shared) == ends(exactrelu.output_range(network, domain))
    see_points(network, shared)


def test_ranges_by_processes_that_are_killed_at_random():
    with Mortal(2, 1) as executor:
        assert ends(exactrelu.output_range(NETWORK, BOX, executor=executor)) == ends(
            exactrelu.output_range(NETWORK, BOX)
        )


@pytest.mark.parametrize("name", ["box", "space"])
def test_finished_parts_of_a_range_are_not_searched_again(name, tmp_path):
    folder, first, again = tmp_path / "parts", Odd(), Odd()
    found = exactrelu.output_range(NETWORK, DOMAINS[name], executor=first, parts=2, resume=folder)
    second = exactrelu.output_range(NETWORK, DOMAINS[name], executor=again, parts=2, resume=folder)
    assert ends(second) == ends(found)
    assert (first.tasks > 0, again.tasks) == (True, 0)
    with pytest.raises(FormatError, match="expected parts of"):
        exactrelu.output_range(NETWORK, [(-2, 1)] * 3, executor=Odd(), resume=folder)


# Lipschitz constants ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOMAINS)
def test_lipschitz_constants_by_workers_are_those_of_one_process(name):
    domain, norm = DOMAINS[name], "2" if name == "box" else "1"
    shared = exactrelu.lipschitz_constant(NETWORK, domain, norm, executor=Odd(failing=(2,)), parts=3)
    alone = exactrelu.lipschitz_constant(NETWORK, domain, norm)
    assert shared.power == alone.power
    if shared.point is not None and name not in ("point", "empty"):
        cell = exactrelu.region_of(NETWORK, shared.configuration)
        assert cell.contains(shared.point)


@pytest.mark.parametrize("seed", range(12))
def test_lipschitz_constants_of_drawn_networks(seed):
    c = Chooser.seeded("shared constants", seed)
    network = draw_network(c)
    domain, norm = draw_domain(c, network.inputs), ("1", "2", "inf")[seed % 3]
    shared = exactrelu.lipschitz_constant(network, domain, norm, executor=Odd(failing=(3,)), parts=3)
    assert shared.power == exactrelu.lipschitz_constant(network, domain, norm).power


def test_finished_parts_of_a_constant_are_not_searched_again(tmp_path):
    folder, first, again = tmp_path / "parts", Odd(), Odd()
    words = {"norm": "1", "parts": 2, "resume": folder}
    found = exactrelu.lipschitz_constant(NETWORK, BOX, executor=first, **words)
    assert exactrelu.lipschitz_constant(NETWORK, BOX, executor=again, **words).power == found.power
    assert (first.tasks > 0, again.tasks) == (True, 0)
    with pytest.raises(FormatError, match="expected parts of"):
        exactrelu.lipschitz_constant(NETWORK, BOX, executor=Odd(), **words | {"norm": "inf"})


def test_a_constant_by_processes_that_are_killed_at_random():
    with Mortal(2, 3) as executor:
        found = exactrelu.lipschitz_constant(NETWORK, BOX, "inf", executor=executor)
    assert found.power == exactrelu.lipschitz_constant(NETWORK, BOX, "inf").power


def test_workers_that_always_die_leave_a_bracket(monkeypatch):
    monkeypatch.setattr(schedule, "_OWN", 0.0)
    with Doomed(2) as executor, pytest.raises(BracketError, match="lost in a row") as error:
        exactrelu.lipschitz_constant(NETWORK, BOX, "1", executor=executor)
    alone = exactrelu.lipschitz_constant(NETWORK, BOX, "1").value
    assert error.value.lower <= alone <= error.value.upper < math.inf
