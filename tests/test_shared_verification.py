"""A search shared among workers: the same verdicts, whatever becomes of the workers."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction

import pytest

from exactrelu import Network, Search, verify
from exactrelu.distribution import schedule
from exactrelu.errors import ArgumentError, FormatError
from exactrelu.verification import branch_and_bound, sharing
from exactrelu.verification.nodes import InputCut
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_property
from tests.support.odd_executors import Mortal, Odd

ROWS = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(4)] for i in range(24)]
SECOND = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(24)] for i in range(16)]
NETWORK = Network.from_rationals(
    [(ROWS, [i % 9 - 4 for i in range(24)]), (SECOND, None), ([[(-1) ** i for i in range(16)]], None)]
)
BOX = [(-1, 1)] * 4
HOLDS, REFUTED = "y0 <= 500", "y0 <= 100"


@pytest.fixture(autouse=True)
def shared_from_the_start(monkeypatch):
    monkeypatch.setattr(sharing, "_ALONE", -1.0)
    monkeypatch.setattr(branch_and_bound, "_BATCH", 4)
    monkeypatch.setattr(schedule, "_SHORT", 0.02)


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_slices_give_the_verdict_of_a_serial_search(parts):
    executor = Odd()
    decision = verify(NETWORK, HOLDS, BOX, executor=executor, parts=parts)
    assert executor.tasks > 0
    assert (str(decision.verdict), decision.decided, decision.bound) == ("holds", 1.0, float("inf"))
    found = verify(NETWORK, REFUTED, BOX, executor=Odd(), parts=parts)
    assert found.property.holds_at(found.point, NETWORK(found.point))


def test_processes_and_threads_share_a_search():
    assert str(verify(NETWORK, HOLDS, BOX).verdict) == "holds"
    for kind in (ProcessPoolExecutor, ThreadPoolExecutor):
        with kind(2) as executor:
            decision = verify(NETWORK, HOLDS, BOX, executor=executor, parts=2)
        assert (str(decision.verdict), decision.decided) == ("holds", 1.0)


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, OSError])
@pytest.mark.parametrize("failing", [(1,), (2,), (3, 4)])
def test_a_lost_slice_is_searched_again(failing, error):
    decision = verify(NETWORK, HOLDS, BOX, executor=Odd(failing, error), parts=3)
    assert (str(decision.verdict), decision.decided) == ("holds", pytest.approx(1.0))


@pytest.mark.parametrize("refuses_from", [1, 3])
def test_an_executor_that_takes_no_more_work_is_done_without(refuses_from):
    executor = Odd(refuses_from=refuses_from)
    assert str(verify(NETWORK, HOLDS, BOX, executor=executor, parts=2).verdict) == "holds"


def test_a_worker_that_is_killed_changes_no_verdict():
    class Deadly(ProcessPoolExecutor):
        submitted = 0

        def submit(self, function, /, *args, **kwargs):
            self.submitted += 1
            return super().submit(os._exit, 9) if self.submitted == 2 else super().submit(function, *args)

    with Deadly(2) as executor:
        decision = verify(NETWORK, HOLDS, BOX, executor=executor, parts=2)
    assert (str(decision.verdict), decision.decided) == ("holds", pytest.approx(1.0))


def test_a_time_limit_ends_a_shared_search():
    network = Network.from_rationals([(ROWS * 3, [i % 7 - 3 for i in range(72)]), ([[1, -1] * 36], None)])
    middle = verify(network, "y0 <= 0", BOX)
    assert str(middle.verdict) == "refuted"
    decision = verify(network, "y0 <= 1000", BOX, executor=Odd(), parts=2, search=Search(time_limit=1e-9))
    assert str(decision.verdict) == "unknown"
    assert 0 <= decision.decided <= 1


def test_the_tree_of_a_shared_search_is_whole():
    decision = verify(NETWORK, HOLDS, BOX, executor=Odd(failing=(3,)), parts=3, trees=True)
    (tree,) = decision.trees
    reached = []
    stack = [(0, [(Fraction(-1), Fraction(1))] * 4)]
    while stack:
        number, box = stack.pop()
        reached.append(number)
        if number not in tree.cuts:
            continue
        cut = tree.cuts[number]
        assert isinstance(cut, InputCut)
        low, high = box[cut.input]
        assert low < Fraction(cut.at) < high
        halves = ((low, Fraction(cut.at)), (Fraction(cut.at), high))
        for child, side in zip(tree.children[number], halves, strict=True):
            stack.append((child, [*box[: cut.input], side, *box[cut.input + 1 :]]))
    assert len(reached) == len(set(reached)) == 2 * len([n for n in reached if n in tree.cuts]) + 1


@pytest.mark.parametrize("seed", range(25))
def test_shared_verdicts_are_serial_verdicts_on_drawn_networks(seed):
    c = Chooser.seeded("shared", seed)
    network = draw_network(c)
    prop = draw_property(c, network)
    serial = verify(network, prop, search=Search(time_limit=20))
    shared = verify(network, prop, search=Search(time_limit=20), executor=Odd(failing=(2,)), parts=3)
    assert serial.verdict == shared.verdict


def test_an_executor_that_is_none_is_refused():
    with pytest.raises(ValueError, match="verify: executor: expected a concurrent"):
        verify(NETWORK, HOLDS, BOX, executor=3)


def test_finished_parts_are_not_searched_again(tmp_path):
    folder, first, again = tmp_path / "parts", Odd(), Odd()
    for executor in (first, again):
        decision = verify(NETWORK, HOLDS, BOX, executor=executor, parts=2, resume=folder)
        assert (str(decision.verdict), decision.decided) == ("holds", pytest.approx(1.0))
    assert (first.tasks > 0, again.tasks) == (True, 0)
    with pytest.raises(FormatError, match="expected parts of verify"):
        verify(NETWORK, "y0 <= 501", BOX, executor=Odd(), resume=folder)
    with pytest.raises(ArgumentError, match="resume: expected no trees"):
        verify(NETWORK, HOLDS, BOX, resume=folder, trees=True)


@pytest.mark.parametrize("seed", range(2))
def test_processes_that_are_killed_at_random_change_no_verdict(seed):
    with Mortal(2, seed) as executor:
        assert str(verify(NETWORK, HOLDS, BOX, executor=executor).verdict) == "holds"
    with Mortal(2, seed) as executor:
        found = verify(NETWORK, REFUTED, BOX, executor=executor)
    assert found.property.holds_at(found.point, NETWORK(found.point))
