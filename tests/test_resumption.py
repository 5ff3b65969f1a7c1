"""An interrupted `regions --jsonl` goes on where it stopped, and ends as if it had never been interrupted."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import ABSOLUTE, PLANE, CommandLine


@pytest.mark.parametrize("geometry", ["none", "constraints", "full"])
@pytest.mark.parametrize("engine", ["ppl", "generators"])
def test_a_file_cut_anywhere_is_completed(exactrelu: CommandLine, geometry: str, engine: str) -> None:
    net, path = exactrelu.file("net.json", PLANE), exactrelu.folder / "r.jsonl"
    words = ("regions", net, "--jsonl", str(path), "--geometry", geometry, "--engine", engine)
    assert exactrelu(*words).status == 0
    whole = path.read_bytes()
    last = len(whole) - len(whole.splitlines(keepends=True)[-1])
    for cut in (0, 1, last // 3, last // 2, last - 1, last, last + 5):
        path.write_bytes(whole[:cut])
        outcome = exactrelu(*words, "--resume")
        assert outcome.status == 0, outcome.err
        assert path.read_bytes() == whole


def test_another_run_cannot_be_resumed(exactrelu: CommandLine) -> None:
    net, other = exactrelu.file("net.json", PLANE), exactrelu.file("other.json", ABSOLUTE)
    path = exactrelu.folder / "r.jsonl"
    assert exactrelu("regions", net, "--jsonl", str(path)).status == 0
    assert exactrelu("regions", net, "--jsonl", str(path), "--resume").is_refusal("line 8", "a complete one")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    for words in (
        ("regions", other),
        ("regions", net, "--box", "-7:-5"),
        ("regions", net, "--geometry", "none"),
        ("regions", net, "--depth", "1"),
    ):
        assert exactrelu(*words, "--jsonl", str(path), "--resume").is_refusal("line 4", "one of another run")
        assert path.read_text(encoding="utf-8") == kept
    path.write_text("[1]\n", encoding="utf-8")
    assert exactrelu("regions", net, "--jsonl", str(path), "--resume").is_refusal("line 1")
    path.write_text("nonsense\n", encoding="utf-8")
    assert exactrelu("regions", net, "--jsonl", str(path), "--resume").is_refusal("line 1", "JSON")


def test_every_line_of_the_file_is_compared_with_the_leaf_in_its_place(exactrelu: CommandLine) -> None:
    net, path = exactrelu.file("net.json", PLANE), exactrelu.folder / "r.jsonl"
    assert exactrelu("regions", net, "--jsonl", str(path)).status == 0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:4]
    repeated, missing, thin = [lines[0], *lines], lines[1:], list(lines)
    thin[1] = json.dumps({**json.loads(lines[1]), "dimension": 0}) + "\n"
    for broken, place in (
        (repeated, "line 2"),
        (missing, "line 1"),
        (thin, "line 2"),
        (["{\n", *lines], "line 1"),
    ):
        path.write_text("".join(broken), encoding="utf-8")
        outcome = exactrelu("regions", net, "--jsonl", str(path), "--resume")
        assert outcome.is_refusal(place), broken
        assert path.read_text(encoding="utf-8") == "".join(broken)


def test_a_run_in_another_reading_is_not_resumed_though_its_last_cell_is_the_same(
    exactrelu: CommandLine,
) -> None:
    net, path = exactrelu.file("net.json", ABSOLUTE), exactrelu.folder / "r.jsonl"
    # On the line, `half-open` has the point 00 before the cells 01 and 10; `full` has these two alone.
    words = ("regions", net, "--jsonl", str(path), "--geometry", "none")
    assert exactrelu(*words, "--cells", "half-open", "--max-regions", "2").status == 3
    kept = path.read_text(encoding="utf-8")
    assert [json.loads(line)["configuration"] for line in kept.splitlines()] == ["00", "01"]
    outcome = exactrelu(*words, "--cells", "full", "--resume")
    assert outcome.is_refusal("line 1", "one of another run")
    assert path.read_text(encoding="utf-8") == kept
    assert exactrelu(*words, "--cells", "half-open", "--resume").status == 0


def test_resume_needs_a_file_to_go_on_with(exactrelu: CommandLine) -> None:
    net = exactrelu.file("net.json", PLANE)
    assert exactrelu("regions", net, "--resume").is_refusal("--resume")
    assert exactrelu("regions", net, "--jsonl", "-", "--resume").is_refusal("--resume")
    assert exactrelu("regions", net, "--jsonl", "none.jsonl", "--resume").is_refusal("none.jsonl")
    path = exactrelu.folder / "r.jsonl"
    path.write_text("", encoding="utf-8")
    outcome = exactrelu("regions", net, "--jsonl", str(path), "--resume", "--certificate", str(path) + ".c")
    assert outcome.is_refusal("--resume")


def test_the_count_of_a_resumed_run_is_that_of_the_whole(exactrelu: CommandLine) -> None:
    net, path = exactrelu.file("net.json", PLANE), exactrelu.folder / "r.jsonl"
    assert exactrelu("regions", net, "--jsonl", str(path), "--max-regions", "3").status == 3
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    outcome = exactrelu("regions", net, "--jsonl", str(path), "--resume")
    assert outcome.status == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["count"] == len(lines) - 1 == 7


def test_several_processes_write_what_one_writes(exactrelu: CommandLine) -> None:
    net = exactrelu.file("net.json", PLANE)

    def written(*words: str) -> list[str]:
        path = exactrelu.folder / "r"
        assert exactrelu("regions", net, "--cells", "full", *words, str(path)).status == 0
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.dumps({k: v for k, v in json.loads(line).items() if k != "point"}) for line in lines]

    assert written("--jobs", "2", "--jsonl") == written("--jsonl")
    alone = ("--engine", "ppl", "--jsonl")  # regions that come one by one, which are shared out
    assert written("--jobs", "2", *alone) == written(*alone)
    assert written(*alone)[:-1] == written("--jsonl")[:-1]
    whole = exactrelu("regions", net, "--jobs", "2", "--json", "-").json
    assert whole["count"] == len(whole["regions"]) == 7
    assert exactrelu("regions", net, "--jobs", "2").is_refusal("--jobs")
    limited = exactrelu("regions", net, "--jobs", "2", "--count", "--max-regions", "9")
    assert limited.is_refusal("--jobs", "--max-regions")
