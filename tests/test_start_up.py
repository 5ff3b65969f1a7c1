"""Start-up, interrupts and closed pipes: what only a process of its own can show."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.command_line import ABSOLUTE, network_document, start

HEAVY = ("concurrent", "flint", "ppl", "onnx", "matplotlib", "sympy", "networkx", "rich", "numpy")


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules, file=sys.__stdout__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import exactrelu",
        "from exactrelu.cli.main import main",
        "from exactrelu.cli.parser import parse_arguments; parse_arguments(['hash', 'x'])",
        "from exactrelu.cli.main import main; sys.stdout = sys.stderr; main(['--help'])",
    ],
)
def test_start_up_imports_nothing_heavy(statement):
    assert not modules_after(statement) & set(HEAVY)


@pytest.mark.parametrize("words", [(), ("--cells", "full"), ("--cells", "closed")])
def test_counting_the_cells_of_a_small_network_needs_neither_numpy_nor_ppl(words):
    called = ["regions", "examples/figure1.json", "--count", *words]
    code = f"from exactrelu.cli.main import main; sys.stdout = sys.stderr; main({called!r})"
    loaded = modules_after(code)
    assert "flint" in loaded
    assert not loaded & {"numpy", "ppl", "gmpy2", "onnx", "rich", "concurrent"}


def test_the_parser_of_a_command_imports_no_other():
    code = "import sys; from exactrelu.cli.parser import parse_arguments; parse_arguments(['hash', 'x']); "
    code += "print(*(name for name in sys.modules if name.endswith('_command')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["exactrelu.cli.hash_command"]


def test_importing_everything_leaves_floats_rounding_to_nearest():
    # Some releases of pplpy switch the whole process to rounding upwards.
    code = "import exactrelu.polyhedra.farkas as f; f.ppl.MIP_Problem; "
    code += "print(*(1 / float(q) for q in ('27', '-27')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0.037037037037037035", "-0.037037037037037035"]


def test_every_public_name_is_there():
    import exactrelu

    for name in exactrelu.__all__:
        module = f"exactrelu.{exactrelu._HOMES[name]}"
        for _ in range(2):  # a module of the same name would take its place once it is imported
            assert getattr(exactrelu, name) is getattr(importlib.import_module(module), name)
    assert set(exactrelu.__all__) == set(exactrelu._HOMES)
    with pytest.raises(AttributeError, match="nothing"):
        _ = exactrelu.nothing


@pytest.fixture
def endless(tmp_path):
    """A network whose enumeration would take days."""
    weights = [[(i * i + 3 * j * i + j) % 11 - 5 for j in range(10)] for i in range(80)]
    path = tmp_path / "endless.json"
    document = network_document((weights, [i % 7 - 3 for i in range(80)]), ([[1] * 80], None))
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_at_once_and_leaves_no_file(endless, number):
    process = start("regions", str(endless), "--json", str(endless.parent / "out.json"))
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert "Traceback" not in err
    assert [path.name for path in endless.parent.iterdir()] == ["endless.json"]


@pytest.mark.skipif(os.name != "posix", reason="process groups are a matter of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "words", [("--json", "out.json"), ("--json", "out.json", "--jobs", "2"), ("--certificate", "c.jsonl.gz")]
)
def test_signals_in_any_number_to_any_process_are_one_quiet_end(endless, number, words):
    option, name, *more = words
    target = str(endless.parent / name)
    process = start("regions", str(endless), option, target, *more, start_new_session=True)
    while not any(path.suffix == ".part" for path in endless.parent.iterdir()):
        assert process.poll() is None
        time.sleep(0.02)
    for n in range(12):
        if n == 8:  # of two that are pending at once the system runs the later one's handler first
            time.sleep(0.5)
        with suppress(ProcessLookupError):
            (os.kill if n % 3 else os.killpg)(process.pid, number if n < 8 else signal.SIGTERM)
        time.sleep(0.001)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    said = [line for line in err.splitlines() if "so far: cells" not in line]
    assert (out, said) == ("", ["exactrelu: interrupted"] if number == signal.SIGINT else [])
    assert [path.name for path in endless.parent.iterdir()] == ["endless.json"]
    with pytest.raises(ProcessLookupError):  # no process of the group is left
        _until_gone(process.pid)


def _until_gone(group):
    for _ in range(100):
        os.killpg(group, 0)
        time.sleep(0.05)


@pytest.mark.parametrize("delay", [0.1, 0.2, 0.3, 0.4])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_while_it_starts_are_one_quiet_end(endless, number, delay):
    process = start("regions", str(endless), "--json", str(endless.parent / "out.json"))
    time.sleep(delay)
    for _ in range(3):
        process.send_signal(number)
        time.sleep(0.002)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    assert [path.name for path in endless.parent.iterdir()] == ["endless.json"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux is asked for")
def test_a_process_whose_parent_died_before_it_began_ends_itself():
    code = (
        "import os, sys, time\n"
        "from exactrelu.cli.supervisor import begin_worker\n"
        "parent = os.getpid()\n"
        "if os.fork():\n"
        "    os._exit(0)\n"
        "while os.getppid() == parent:\n"
        "    time.sleep(0.01)\n"
        "begin_worker(parent)\n"
        "print('it runs on')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_a_signal_that_is_ignored_stays_ignored(small):
    command = f'trap "" INT; "{sys.executable}" -m exactrelu regions "{small}" --count &'
    command += " for n in 1 2 3 4 5 6 7 8; do sleep 0.05; kill -INT $! 2>/dev/null; done; wait $!"
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_of_its_own_is_no_verdict(small):
    code = (
        "import sys; from exactrelu.cli import main\n"
        "def fail(_): raise ZeroDivisionError('of a test')\n"
        "main.main = fail; main.run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(
        "exactrelu: unknown: an error of exactrelu's own, ZeroDivisionError: of a test ("
    )
    assert done.stderr.count("\n") == 1


def test_digits_are_bounded_and_the_time_limit_covers_their_printing(exactrelu, tmp_path):
    path = exactrelu.file("net.json", network_document(([[1, 1], [0, 1]], None)))
    assert exactrelu("lipschitz", path, "--digits", "10000000").is_refusal(
        "--digits", "at most 100000", "10000000"
    )
    assert exactrelu("lipschitz", path, "--digits", "1000").status == 0
    process = start("lipschitz", path, "--digits", "100000", "--time-limit", "0.5")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (3, "")
    assert err.splitlines()[0] == "exactrelu: unknown: the time limit ran out"


@pytest.fixture
def stuck(tmp_path):
    """A network and a box with 2^40 vertices: PPL would never finish its first step."""
    path = tmp_path / "stuck.json"
    path.write_text(json.dumps(network_document(([[1] * 40], [-1]), ([[1]], None))), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["regions"])
def test_a_time_limit_ends_a_single_step_that_would_not_end(stuck, command):
    process = start(command, str(stuck), "--box", "0:1", "--time-limit", "4", "--json", "-")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (3, "")
    assert err.splitlines()[0] == "exactrelu: unknown: the time limit ran out"


def test_what_needs_no_vertices_is_answered_on_a_box_that_has_2_to_the_40(exactrelu, stuck):
    outcome = exactrelu("lipschitz", str(stuck), "--box", "0:1", "--norm", "inf", "--json", "-")
    assert json.loads(outcome.out)["constant"] == "40"
    (output,) = exactrelu("range", str(stuck), "--box", "0:1", "--json", "-").json["outputs"]
    assert (output["min"], output["max"]) == ("0", "39")


@pytest.fixture
def long(tmp_path):
    """A network with very many cells, the first of which come soon."""
    weights = [[(i * i + 3 * j * i + j) % 11 - 5 for j in range(3)] for i in range(60)]
    path = tmp_path / "long.json"
    document = network_document((weights, [i % 7 - 3 for i in range(60)]), ([[1] * 60], None))
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("command", "known"),
    [
        (("regions",), "cells: 3"),
        (("pieces",), "cells: 3"),
        (("range",), "range: output 0 at least from "),
        (("lipschitz", "--norm", "1"), "constant: at least ~"),
        (("distance", "OTHER"), "range of the difference: output 0 at least from "),
        (("distance", "OTHER", "--norm", "w1inf"), "distance: at least "),
        (("distance", "OTHER", "--norm", "l1"), "integral: at least "),
    ],
)
def test_what_is_known_so_far_is_said_when_a_budget_runs_out(exactrelu, long, command, known):
    other = exactrelu.file("other.json", network_document(([[1] * 3], None)))
    first, *rest = (other if word == "OTHER" else word for word in command)
    outcome = exactrelu(first, long, *rest, "--box", "-1:1", "--max-regions", "3", "--json", "-")
    assert (outcome.status, outcome.out) == (3, "")
    reason, so_far = outcome.err.splitlines()
    assert reason == "exactrelu: unknown: more than 3 regions"
    assert so_far.startswith("exactrelu: so far: cells")
    assert known in so_far


def test_what_is_known_so_far_is_said_on_an_interrupt(long):
    process = start("regions", long, "--box", "-1:1", "--engine", "ppl", "--jsonl", "-", "--geometry", "none")
    assert json.loads(process.stdout.readline())["dimension"] is not None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    reason, so_far = err.splitlines()
    assert reason == "exactrelu: interrupted"
    assert so_far.startswith("exactrelu: so far: cells: ")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_single_step_that_would_not_end(stuck, number, status):
    process = start("regions", str(stuck), "--box", "0:1", "--jsonl", "-")
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(number)
    process.communicate(timeout=5)
    assert process.returncode == status


def test_a_closed_pipe_is_no_error_message(endless):
    process = start("regions", str(endless), "--jsonl", "-", "--geometry", "none")
    assert json.loads(process.stdout.readline())["dimension"] is not None
    process.stdout.close()
    assert process.wait(timeout=20) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_python_dash_m_is_the_command_line():
    process = start("--version")
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, out.split()[0]) == (0, "exactrelu")


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "abs.json"
    path.write_text(json.dumps(ABSOLUTE), encoding="utf-8")
    return str(path)


def test_json_lines_on_stdout_are_there_when_a_budget_ends_the_stream(small):
    out, _ = start("regions", small, "--max-regions", "2", "--jsonl", "-").communicate(timeout=20)
    assert [json.loads(line)["configuration"] for line in out.splitlines()] == ["00", "01"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [("--help",), ("hash", "NET"), ("regions", "NET", "--json", "-")])
def test_a_full_disk_is_one_line_that_names_stdout(small, words):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        process = start(*(small if word == "NET" else word for word in words), stdout=full)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert err.startswith("exactrelu: stdout: ")
    assert err.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="closed streams are a matter of POSIX shells")
@pytest.mark.parametrize(("redirection", "status"), [(">&-", 0), ("2>&-", 0), ("<&-", 0)])
def test_closed_streams_are_no_error(small, redirection, status):
    command = f'"{sys.executable}" -m exactrelu hash "{small}" {redirection}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no parent-death signal")
def test_the_worker_dies_with_its_supervisor(stuck):
    process = start("regions", str(stuck), "--box", "0:1", "--count", "--engine", "ppl")
    time.sleep(1.5)
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    process.kill()
    process.communicate(timeout=5)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()
