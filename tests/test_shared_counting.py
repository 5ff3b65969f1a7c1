"""Counting by workers: the same number, whatever becomes of them; finished parts are not counted twice."""

from __future__ import annotations

import json
import os
import random
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import exactrelu
from exactrelu import Network, Search, count
from exactrelu.distribution import schedule
from exactrelu.distribution.part_files import PartFiles
from exactrelu.distribution.processes import Processes
from exactrelu.enumeration import Problem, sharing, subtree_search
from exactrelu.enumeration.shared_counting import Counting
from exactrelu.errors import BudgetExhaustedError, FormatError, WorkersLostError
from tests.support.odd_executors import Doomed, Mortal, Odd

GENERATOR = random.Random(5)  # noqa: S311 - test cases are no secrets
LAYERS = [
    ([[f"{GENERATOR.randint(-64, 64)}/64" for _ in range(m)] for _ in range(n)], [1] * n)
    for m, n in ((3, 12), (12, 8), (8, 1))
]
NETWORK = Network.from_rationals(LAYERS)
BOX = [(-1, 1)] * 3
EXPECTED = exactrelu.count(NETWORK, BOX, engine="generators")


@pytest.fixture(autouse=True)
def shared_from_the_start(monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    monkeypatch.setattr(schedule, "_SHORT", 0.0)
    monkeypatch.setattr(schedule, "_LONG", 0.0)
    monkeypatch.setattr(schedule, "_OWN", 0.0)
    monkeypatch.setattr(subtree_search, "_LEAST", 0.002)


def counted(executor=None, **words):
    words.setdefault("engine", "generators")
    return exactrelu.count(NETWORK, BOX, executor=executor, **words)


@pytest.mark.parametrize("engine", ["generators", "lp"])
@pytest.mark.parametrize("parts", [1, 3])
def test_parts_add_up_to_the_count(engine, parts):
    executor, told = Odd(), []
    assert counted(executor, parts=parts, engine=engine, progress=told.append) == EXPECTED
    assert executor.tasks > 1
    assert told[-1].done == 1.0
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert (told[-1].running, told[-1].waiting, told[-1].lost) == (0, 0, 0)


def test_processes_and_threads_count_the_same():
    for kind in (ProcessPoolExecutor, ThreadPoolExecutor, Processes):
        with kind(2) as executor:
            assert counted(executor) == EXPECTED


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, OSError, EOFError, None])
@pytest.mark.parametrize("failing", [(1,), (2,), (3, 4, 6)])
def test_a_lost_part_is_counted_again(failing, error):
    told = []
    assert counted(Odd(failing, error), parts=3, progress=told.append) == EXPECTED
    assert told[-1].lost == len(failing)


@pytest.mark.parametrize("refuses_from", [1, 3])
def test_an_executor_that_takes_no_more_work_is_done_without(refuses_from):
    assert counted(Odd(refuses_from=refuses_from), parts=2) == EXPECTED


@pytest.mark.parametrize("seed", range(4))
def test_processes_that_are_killed_at_random_change_no_count(seed):
    told = []
    with Mortal(2, seed) as executor:
        assert counted(executor, progress=told.append) == EXPECTED
    assert told[-1].lost > 0


def test_a_pool_of_somebody_else_that_breaks_is_done_without():
    class Deadly(ProcessPoolExecutor):
        submitted = 0

        def submit(self, function, /, *args, **kwargs):
            self.submitted += 1
            return super().submit(os._exit, 9) if self.submitted == 3 else super().submit(function, *args)

    with Deadly(2) as executor:
        assert counted(executor, parts=2) == EXPECTED


def test_workers_that_always_die_are_one_error(monkeypatch):
    monkeypatch.setattr(schedule, "_OWN", 0.0)
    expected = r"workers: expected .* 11 lost in a row"
    with Doomed(2) as executor, pytest.raises(WorkersLostError, match=expected):
        exactrelu.count(NETWORK, [(-20, 20)] * 3, executor=executor, engine="generators")


def test_an_error_of_the_work_itself_is_no_loss(monkeypatch):
    def broken(*_, **__):
        raise ArithmeticError("a fault")

    monkeypatch.setattr(Counting, "searched", broken)
    with pytest.raises(ArithmeticError, match="a fault"):
        counted(Odd())


def test_a_time_limit_ends_a_shared_count():
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        counted(Odd(), engine=None, search=Search("generators", time_limit=1e-6))


@pytest.mark.parametrize("box", [[(1, 0)] * 3, [(0, 0)] * 3, [(-1, 1), (0, 0), (-1, 1)]])
def test_empty_domains_points_and_thin_domains_are_counted_by_more_workers_than_cells(box):
    expected = exactrelu.count(NETWORK, box)
    assert exactrelu.count(NETWORK, box, executor=Odd(), parts=50) == expected


def test_a_network_without_hidden_layers_has_one_cell():
    assert count(Network.from_rationals([([[1]], None)]), executor=Odd()) == 1


# finished parts ---------------------------------------------------------------------------------------------


def test_finished_parts_are_not_counted_again(tmp_path):
    folder, executor = tmp_path / "parts", Odd()
    assert counted(executor, resume=folder) == EXPECTED
    assert executor.tasks > 1
    again = Odd()
    assert counted(again, resume=folder) == EXPECTED
    assert again.tasks == 0


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_run_that_was_stopped_goes_on_with_what_is_there(tmp_path, kept):
    class StoppedError(Exception):
        pass

    def stop(headway):
        if headway.finished > kept:
            raise StoppedError

    folder = tmp_path / "parts"
    with pytest.raises(StoppedError):
        counted(Odd(), resume=folder, progress=stop)
    files = len(list(folder.glob("*.part.json")))
    assert files > kept
    assert counted(Odd(), resume=folder) == EXPECTED
    assert len(list(folder.glob("*.part.json"))) >= files


def test_the_parts_of_another_question_are_refused_in_one_line(tmp_path):
    counted(Odd(), resume=tmp_path / "parts")
    for words in ({"domain": [(-1, 2)] * 3}, {"reading": "full"}, {"engine": "lp"}):
        asked = {"domain": BOX, "engine": "generators"} | words
        expected = r"parts: expected parts of count of sha256:.*, got count of"
        with pytest.raises(FormatError, match=expected) as error:
            exactrelu.count(NETWORK, resume=tmp_path / "parts", **asked)
        assert "\n" not in str(error.value)


def test_a_directory_with_other_files_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FormatError, match=r"expected question.json or an empty directory, got other files"):
        counted(Odd(), resume=tmp_path)
    with pytest.raises(FileNotFoundError):
        counted(Odd(), resume=tmp_path / "no" / "folder")


def changed(text, key, value):
    return json.dumps(json.loads(text) | {key: value})


BREAKS = {
    "cut off": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "another result": lambda text: changed(text, "result", 7),
    "another part": lambda text: changed(text, "part", ["+0"]),
    "another question": lambda text: changed(text, "question", "0" * 64),
    "less rest": lambda text: changed(text, "rest", []),
    "another sum": lambda text: changed(text, "sum", "0" * 64),
    "no sum": lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "sum"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_part_that_was_tampered_with_is_refused(tmp_path, name):
    folder = tmp_path / "parts"
    counted(Odd(), resume=folder)
    work = Counting(Problem.of(NETWORK, exactrelu.Domain.box(BOX)), "generators")
    first = PartFiles(folder, work)._path(work.whole())
    first.write_text(BREAKS[name](first.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(FormatError, match=first.name):
        counted(Odd(), resume=folder)


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path, monkeypatch):
    def full(path, _):
        raise OSError(28, "No space left on device", str(path))

    folder = tmp_path / "parts"
    folder.mkdir()
    monkeypatch.setattr("exactrelu.distribution.part_files.write_atomically", full)
    with pytest.raises(OSError, match=r"No space left on device: .*parts"):
        counted(Odd(), resume=folder)


# the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.json"
    exactrelu.write_network(NETWORK, path)
    return str(path)


@pytest.fixture
def command(request):
    return request.getfixturevalue("exactrelu")


def test_jobs_and_finished_parts_on_the_command_line(command, file, tmp_path):
    words = ("regions", file, "--box", "-1:1", "--count", "--json", "-")
    folder = str(tmp_path / "parts")
    for more in (("--jobs", "2"), ("--resume", folder), ("--resume", folder, "--jobs", "2")):
        assert command(*words, *more).json["count"] == EXPECTED
    other = command("regions", file, "--box", "-1:2", "--count", "--resume", folder)
    assert other.is_refusal("parts of count of sha256", "got count of sha256")
    assert command("regions", file, "--count", "--resume").is_refusal("--resume: expected DIR with --count")


def test_no_directory_for_finished_parts_is_an_error_of_one_line(command, file, tmp_path):
    words = ("regions", file, "--count", "--resume", str(tmp_path / "none" / "parts"))
    assert command(*words).is_refusal("none/parts")


class Tree:
    """A subtree of nothing, which can always be divided."""

    def __init__(self, path: str = "") -> None:
        self.path = path

    def below(self, path: str) -> Tree:
        return Tree(path)

    def children(self, *, in_order: bool) -> tuple[Tree, Tree]:
        return Tree(f"{self.path}-{in_order:d}"), Tree(f"{self.path}+{in_order:d}")


def test_what_is_given_back_is_expected_to_take_what_all_beside_it_takes() -> None:
    def told(stack: list[subtree_search._Branch]) -> list[str]:
        return [text for part in subtree_search._grouped(stack, 9) for text in part.what]

    stack = [subtree_search._Branch(Tree(), 1.0)]
    for _ in range(3):
        stack += stack.pop().halves(in_order=False)
    assert told(stack) == ["-0-0-0", "-0-0+0", "-0+0", "+0"]  # nothing is known
    for spent in stack.pop().above:
        spent.seconds += 3.0  # an eighth is searched
    assert told(stack) == ["-0-0+0 3", "-0+0 6", "+0 12"]
    again = subtree_search._Branch.told(Tree(), "", 1.0)
    again.beside = subtree_search._Spent(5.0)  # told by whoever gave it back
    assert told([again]) == [" 5"]
