"""The benchmark beside other tools: its references, verdicts, limits and table. No peer is installed here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.peers.__main__ import chosen_works, parser
from benchmarks.peers.comparison import compared
from benchmarks.peers.environments import PEERS, NotInstalledError, python_of
from benchmarks.peers.networks import drawn, fits_float32, network_of, write_for_all
from benchmarks.peers.plot import draw, points_of
from benchmarks.peers.reference import DisagreementError, judged, true_count, zaslavsky
from benchmarks.peers.runs import Limits, Runs, cpu_seconds_of, interleaved, one_run, shortened
from benchmarks.peers.table import as_markdown, open_signs
from benchmarks.peers.targets import verdicts
from benchmarks.peers.tools import Tool, all_tools, engine
from benchmarks.peers.works import WORKS, Target, Work
from exactrelu import Domain, Network, Search, count, load_network

LIMITS = Limits(cpu_seconds=60)
MACHINE = {
    "date": "2026-11-22",
    "processor": "P",
    "cores": 2,
    "memory": "8 GiB",
    "system": "S",
    "versions": {"exactrelu": "0"},
}


def run(seconds, number=100, reading="full", megabytes=50):
    return {
        "median seconds": seconds,
        "seconds": [seconds],
        "count": number,
        "reading": reading,
        "megabytes": megabytes,
    }


def record(tools, **changes):
    base = {
        "name": "2-4-1",
        "domain": "whole space",
        "widths": [2, 4, 1],
        "cells": 100,
        "auto": "generators",
        "target": None,
        "signs": None,
        "jobs": {},
        "tools": tools,
    }
    return base | changes


# networks and works -----------------------------------------------------------------------------


def test_every_drawn_network_is_the_same_in_float32_and_in_rationals():
    for work in WORKS:
        if work.quick:
            assert fits_float32(network_of(work))


def test_a_third_is_no_number_for_the_peers(tmp_path):
    network = Network.from_rationals([([["1/3"]], None), ([[1]], None)])
    with pytest.raises(ValueError, match="expected a number of float64, got 1/3"):
        write_for_all(network, tmp_path, "third")


def test_the_arrays_and_the_native_file_hold_one_network(tmp_path):
    np = pytest.importorskip("numpy")
    network = drawn((2, 3, 1), 8, 0)
    native, arrays = write_for_all(network, tmp_path, "net")
    assert load_network(native) == network
    stored = np.load(arrays)
    again = [
        (stored[f"weight{k}"].astype(int).tolist(), stored[f"bias{k}"].astype(int).tolist()) for k in (0, 1)
    ]
    assert Network.from_rationals(again) == network


def test_options_choose_works():
    everything = chosen_works(parser().parse_args(["--long"]))
    assert not any(work.quick for work in everything)
    assert any(work.long for work in everything)
    assert not any(work.long for work in chosen_works(parser().parse_args([])))
    assert all(work.quick for work in chosen_works(parser().parse_args(["--quick"])))
    only = chosen_works(parser().parse_args(["--only", "8-12-1", "--only", "moons"]))
    assert [work.name for work in only] == ["8-12-1", "8-12-1, box", "moons"]


def test_regioncam_takes_squares_in_the_plane_only():
    tool = Tool("regioncam", Path("python"), "regioncam_adapter")
    taken = [work.name for work in WORKS if tool.takes(work)]
    assert "2-64-64-1, box" in taken
    assert "moons" in taken
    assert not {"3-16-16-1", "8-12-1, box", "iris", "2-1450-1"} & set(taken)


# references -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("widths", "cells"), [((1, 4, 1), 5), ((2, 5, 1), 16), ((3, 5, 1), 26), ((5, 3, 1), 8)]
)
def test_the_formula_for_general_position_agrees_with_the_reference_engine(widths, cells):
    network = drawn(widths, None, 0)
    assert zaslavsky(network) == cells == count(network, reading="full", search=Search("ppl"))


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 0, 0], [1, 0, 1], [0, 1, 0]],  # parallel
        [[1, 0, 0], [0, 1, 0], [1, 1, 0]],  # through one point
        [[1, 0, 0], [2, 0, 0], [0, 1, 0]],  # the same line
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],  # no line
    ],
)
def test_the_formula_is_silent_where_lines_are_not_in_general_position(rows):
    network = Network.from_rationals(
        [([row[:2] for row in rows], [row[2] for row in rows]), ([[1] * 3], None)]
    )
    assert zaslavsky(network) is None
    assert count(network, reading="full", search=Search("ppl")) < 7


def test_the_formula_is_silent_about_deep_networks():
    assert zaslavsky(drawn((2, 3, 3, 1), None, 0)) is None


def test_exact_counts_that_differ_end_the_benchmark():
    network = drawn((2, 3, 1), None, 0)
    with pytest.raises(DisagreementError, match="exact counts differ"):
        true_count(network, False, {"ppl": 7, "generators": 6})
    with pytest.raises(DisagreementError, match="formula"):
        true_count(network, True, {"generators": 6})


def test_the_true_count_says_on_whose_word():
    network = drawn((2, 3, 3, 1), None, 0)
    assert true_count(network, True, {"generators": 9, "ppl": 9}) == (9, "ppl")
    assert true_count(network, True, {"generators": 9, "lp": 9}) == (9, "generators and lp")
    assert true_count(network, True, {"generators": 9}) == (9, "generators alone")
    assert true_count(network, True, {}) is None
    assert true_count(drawn((2, 3, 1), None, 0), True, {}) == (7, "formula alone")


def test_a_count_is_named_by_its_reading():
    absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])

    def other(reading):
        return count(absolute, reading=reading)

    assert [judged(n, 2, other) for n in (2, 3, 4, 5)] == ["full", "half-open", "closed", "wrong"]
    assert judged(5, 2, lambda _: None) == "not full"


# runs -------------------------------------------------------------------------------------------


def task_of(folder, network, box=None, name="ppl"):
    native, arrays = write_for_all(network, folder, "net")
    return {"network": str(native), "arrays": str(arrays), "box": box, "reading": "full", "engine": name}


def test_a_run_counts_in_a_process_of_its_own(tmp_path):
    network = drawn((2, 8, 8, 1), 8, 0)
    tool = engine("ppl")
    result = one_run(tool.python, tool.adapter, task_of(tmp_path, network, [[-1, 1]] * 2), LIMITS)
    assert result["count"] == count(network, Domain.box([(-1, 1)] * 2), "full", search=Search("ppl"))
    assert result["seconds"] > 0
    assert result["megabytes"] > 1


def test_a_run_is_ended_after_its_seconds(tmp_path):
    tool = engine("ppl")
    task = task_of(tmp_path, drawn((10, 15, 1), None, 0))
    assert one_run(tool.python, tool.adapter, task, Limits(cpu_seconds=1)) == {"failure": "> 1 s"}


def test_a_run_that_fails_says_why(tmp_path):
    tool = engine("ppl")
    task = task_of(tmp_path, drawn((1, 1, 1), None, 0), name="none")
    assert "expected one of auto" in one_run(tool.python, tool.adapter, task, LIMITS)["failure"]


STAND_IN = """
import sys, types
def update_settings(VERBOSE): pass
class Complex(list):
    def __init__(self, network): self.layers = network
    def bfs(self, start, nworkers, **cube):
        import gurobipy
        if len(self.layers) > 2:
            raise gurobipy.GurobiError("Model too large; buy one")
        self[:] = range(7 if not cube else int(cube["cube_radius"]))
        return types.SimpleNamespace(verified=len(self) < 8)
class ReLUNetwork(list): input_shape = (2,)
model = types.ModuleType("relucent.model.model")
model.LinearLayer, model.ReLULayer, model.ReLUNetwork = (lambda w, b: b.shape), object, ReLUNetwork
sys.modules |= {"relucent.model": types.ModuleType("relucent.model"), "relucent.model.model": model}
"""
GUROBI = """
class GRB: ERROR_SIZE_LIMIT_EXCEEDED, ERROR_NO_LICENSE = 10010, 10009
class GurobiError(Exception):
    def __init__(self, message): self.message, self.errno = message, 10010
"""


def test_relucent_counts_or_says_why_not(tmp_path, monkeypatch):
    (tmp_path / "relucent.py").write_text(STAND_IN, encoding="utf-8")
    (tmp_path / "gurobipy.py").write_text(GUROBI, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    tool = Tool("relucent", Path(sys.executable), "relucent_adapter")

    def told(widths, box):
        return one_run(tool.python, tool.adapter, task_of(tmp_path, drawn(widths, None, 0), box), LIMITS)

    assert told((2, 3, 1), None)["count"] == 7
    assert told((2, 3, 1), [[-4, 4]] * 2)["count"] == 4
    assert told((2, 3, 1), [[-8, 8]] * 2) == {"failure": "failed: it says that its search is not verified"}
    assert told((2, 3, 3, 1), None) == {
        "failure": "failed: Gurobi's licence does not allow it: Model too large"
    }


def test_a_peer_that_cannot_be_installed_is_named_with_the_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.peers.environments._BUILD", tmp_path)
    monkeypatch.setattr("benchmarks.peers.environments.sys.executable", "/nowhere/python")
    with pytest.raises(NotInstalledError, match="its environment cannot be made"):
        python_of("relucent")
    assert capsys.readouterr().err.splitlines()[1].startswith("relucent is left out: ")
    document = {
        "machine": MACHINE,
        "repetitions": 3,
        "limits": {"cpu_seconds": 60},
        "left out": {"relucent": "pip install fails"},
        "works": [record({"generators": run(1)})],
    }
    assert "Left out: relucent, pip install fails." in as_markdown(document).splitlines()


def test_the_seconds_of_a_run_are_those_of_all_its_processes():
    code = (
        "import os, time\nif os.fork():\n    print(flush=True), time.sleep(60)\n"
        "while time.process_time() < 0.5: pass\nprint(flush=True), time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout.readline()
        assert process.stdout.readline()
        spent = cpu_seconds_of(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
    assert spent >= 0.4  # the clock of processes has ticks


def test_last_words_are_short():
    assert shortened("a.b.Error: x [1]", 100) == "Error: x [1]"
    assert shortened("Error: one two three", 14) == "Error: one..."


def test_a_tool_that_has_taken_long_enough_is_not_run_again(tmp_path):
    tool = engine("ppl")
    entries = {"ppl": (tool, task_of(tmp_path, drawn((1, 1, 1), None, 0)))}
    assert interleaved(entries, Limits(enough=0.0), 3)["ppl"].seconds == []
    runs = interleaved(entries, LIMITS, 2)["ppl"]
    assert (runs.counts, len(runs.seconds), runs.failure) == ([2, 2], 2, None)


def test_a_tool_whose_counts_differ_has_no_count():
    runs = Runs()
    for number in (4, 5):
        runs.add({"count": number, "seconds": 1.0, "wall": 1.0, "megabytes": 1})
    assert (runs.count, runs.median, runs.failure) == (None, None, "its counts differ: [4, 5]")


def test_a_work_becomes_a_record(monkeypatch):
    def none(peer):
        raise NotInstalledError(f"no {peer} here")

    monkeypatch.setattr("benchmarks.peers.environments.python_of", none)
    found, left_out = all_tools()
    assert left_out == {peer: f"no {peer} here" for peer in PEERS}
    tools = [tool for tool in found if tool.name in ("ppl", "generators")]
    work = Work("square", (2, 4, 4, 1), half=1, target=Target("regioncam", 2))
    found = compared(work, tools, LIMITS, 1, long=0.0)
    box = Domain.box([(-1, 1)] * 2)
    assert found["cells"] == count(drawn((2, 4, 4, 1), None, 0), box, "full", search=Search("ppl"))
    assert found["according to"] == "ppl"
    assert {name: run["reading"] for name, run in found["tools"].items()} == {
        "ppl": "full",
        "generators": "full",
    }
    assert found["signs"]["asked"] > found["signs"]["ambiguous"] >= 0
    assert set(found["jobs"]) == {"generators"}  # the engine that shares its work
    assert verdicts(found, 60)[0] == "regioncam: no time to compare with"


# verdicts, table, picture -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "factor", "said"),
    [
        (0.2, run(0.1), 2.5, "met: `generators` 2 x regioncam (at most 2.5 x)"),
        (0.3, run(0.1), 2.5, "missed: `generators` 3 x regioncam (at most 2.5 x)"),
        (
            0.1,
            run(2.5),
            1 / 25,
            "met: `generators` 25 times faster than regioncam (at least 25 times faster)",
        ),
        (0.1, run(1.0), 0.5, "met: `generators` 10 times faster than regioncam (at least 2 times faster)"),
        (
            2,
            {"failure": "> 60 s"},
            0.5,
            "met: `generators` more than 30 times faster than regioncam (at least 2",
        ),
        (
            50,
            {"failure": "> 60 s"},
            0.5,
            "open: `generators` more than 1.2 times faster than regioncam (at least",
        ),
        (50, {"failure": "failed: SIGABRT"}, 0.5, "regioncam: no time to compare with"),
    ],
)
def test_a_target_is_met_or_missed(ours, theirs, factor, said):
    tools = {"generators": run(ours), "regioncam": theirs}
    target = {"tool": "regioncam", "factor": factor}
    (line,) = verdicts(record(tools, target=target), 60)
    assert line.startswith(said)


def test_a_quicker_engine_than_that_of_auto_is_named_too():
    tools = {"ppl": run(9), "generators": run(1), "lp": run(0.2), "affinitree": run(1)}
    (line,) = verdicts(record(tools, target={"tool": "affinitree", "factor": 0.5}), 60)
    assert line == (
        "missed: `generators` 1 x affinitree; met: `lp` 5 times faster than affinitree "
        "(at least 2 times faster)"
    )


def test_memory_clock_and_two_jobs_are_judged():
    tools = {"generators": run(70, megabytes=260)}
    jobs = {"generators": {"1": 72.0, "2": 40.0, "megabytes": 90}}
    assert verdicts(record(tools, target={"megabytes": 250, "seconds": 60}, jobs=jobs), 99) == [
        "missed: `generators` 260 MB (at most 250 MB)",
        "met: `generators`, two jobs: 40 s (at most 60 s)",
        "met: `generators` 1.80 times faster with two jobs (at least 1.7)",
    ]


def test_the_table_names_readings_wrong_counts_and_ends():
    tools = {
        "ppl": {"failure": "> 60 s"},
        "generators": run(0.125),
        "regioncam": run(0.0625, 101, "wrong"),
        "affinitree": run(8, 3515, "closed"),
    }
    signs = {"asked": 2000, "ambiguous": 1}
    document = {
        "machine": MACHINE,
        "repetitions": 3,
        "limits": {"cpu_seconds": 60},
        "works": [record(tools, signs=signs), record({"generators": run(1)}, name="other")],
    }
    lines = as_markdown(document).splitlines()
    assert (
        "| 2-4-1 | whole space | 100 | > 60 s | **0.125** (50 MB) | 0.0625 (50 MB), **101 wrong** "
        "| 8 (50 MB), 3,515 (closed) | 0.05 % |" in lines
    )
    assert "| other | whole space | 100 | - | **1** (50 MB) | - | - | - |" in lines
    assert lines[2] == "2026-11-22; P, 2 cores, 8 GiB, S; exactrelu 0."


def test_ratios_have_their_spread():
    ours, theirs = run(0.002), run(0.01)
    ours["seconds"], theirs["seconds"] = [0.001, 0.002, 0.004], [0.01, 0.008, 0.02]
    works = [record({"generators": ours, "regioncam": theirs}), record({"generators": run(1)}, name="alone")]
    document = {"machine": MACHINE, "repetitions": 3, "limits": {"cpu_seconds": 60}, "works": works}
    lines = as_markdown(document).splitlines()
    assert "| 2-4-1 | regioncam | 5 | 4 | 10 | 20 |" in lines
    assert "| alone | | | | | 1e+04 |" in lines


def test_no_open_signs_are_a_plain_zero():
    assert open_signs(record({}, signs={"asked": 5, "ambiguous": 0})) == "0"
    assert open_signs(record({}, signs={"asked": 0, "ambiguous": 0})) == "-"


def test_the_picture_shows_right_and_other_counts(tmp_path):
    works = [
        record({"generators": run(0.5), "regioncam": run(0.1, 99, "wrong"), "ppl": {"failure": "> 60 s"}}),
        record({"generators": run(0.5), "affinitree": run(1)}, widths=[3, 4, 1]),
    ]
    assert points_of(works, "regioncam") == [(100, 0.1, False)]
    assert points_of(works, "generators") == [(100, 0.5, True), (100, 0.5, True)]
    assert points_of(works, "ppl") == []
    draw({"works": works}, tmp_path / "a.svg")
    draw({"works": works}, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    tree = ET.parse(tmp_path / "a.svg")  # noqa: S314 - written just now
    texts = {node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"regioncam, another count", "generators", "affinitree", "CPU seconds"} <= texts
