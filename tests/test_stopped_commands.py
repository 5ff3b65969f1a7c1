"""Commands that are stopped at any moment: what they say is right, what they leave is whole, nothing else.

Each run is stopped by a time limit, or by signals to the process or its group, after a drawn time; the
commands take about as long, so some of them end by themselves.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from exactrelu import load_network
from exactrelu.formats.vnnlib import parse_property
from exactrelu.formats.witness import read_witness
from tests.support.certificate_lines import refusal
from tests.support.command_line import network_document, start

ROWS = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(4)] for i in range(24)]
SECOND = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(24)] for i in range(16)]
NETWORK = network_document(
    (ROWS, [i % 9 - 4 for i in range(24)]), (SECOND, None), ([[(-1) ** i for i in range(16)]], None)
)
VERIFY = "verify NET --box -1:1 --json out.json"
WORDS = {
    f"{VERIFY} --bound y0<=261 --certificate c.jsonl.gz": 0,
    f"{VERIFY} --bound y0<=261 --jobs 2": 0,
    f"{VERIFY} --bound y0<=259 --witness w.txt": 1,
    "range NET --box -1/4:1/4 --json out.json --certificate c.jsonl": 0,
    "regions NET --box -1/4:1/4 --json out.json --certificate c.jsonl.gz --geometry none": 0,
    "regions NET --box -1/4:1/4 --json out.json --jobs 2 --geometry constraints": 0,
}
"""Commands, and the exit status at the end."""

RUNS = [
    pytest.param(5, id="some"),
    *(pytest.param(n, id=f"many, {n}", marks=pytest.mark.slow) for n in range(100, 120)),
]


@pytest.mark.skipif(os.name != "posix", reason="process groups are a matter of POSIX")
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("seed", RUNS)
def test_whenever_it_is_stopped_it_says_what_is_right_and_leaves_what_is_whole(tmp_path, words, seed):
    rng = random.Random(f"{words} {seed}")  # noqa: S311 - no secrets
    net = tmp_path / "net.json"
    net.write_text(json.dumps(NETWORK), encoding="utf-8")
    parts = ["net.json" if word == "NET" else word for word in words.split()]
    limit = rng.choice([None, rng.uniform(0.01, 3)])
    more = [] if limit is None else ["--time-limit", str(limit)]
    process = start(*parts, *more, cwd=tmp_path, start_new_session=True)
    asked = _signals(process, rng) if limit is None else None
    out, err = process.communicate(timeout=60)
    statuses = {WORDS[words], 3} if limit is not None else {WORDS[words], asked}
    assert process.returncode in statuses, err
    assert "Traceback" not in err
    assert out == "" or process.returncode in {WORDS[words], 3}
    _see_files(tmp_path, process.returncode)
    assert _is_gone(process.pid)


def _is_gone(group: int) -> bool:
    """Return whether soon no process of a group is left."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def _signals(process: subprocess.Popen[str], rng: random.Random) -> int:
    """Send some signals of one kind after a drawn time, and return the status that they ask for."""
    number = rng.choice([signal.SIGINT, signal.SIGTERM])
    time.sleep(rng.uniform(0.15, 3))
    for _ in range(rng.randint(1, 4)):
        with suppress(ProcessLookupError):
            rng.choice([os.kill, os.killpg])(process.pid, number)
        time.sleep(rng.choice([0, 0.001, 0.005]))
    return 128 + number


def _see_files(folder: Path, status: int) -> None:
    """See that each file that is there is whole and right, and that no other file is."""
    found = Counter(path.name for path in folder.iterdir())
    assert not set(found) - {"net.json", "out.json", "c.jsonl", "c.jsonl.gz", "w.txt"}
    for name in ("c.jsonl", "c.jsonl.gz"):
        assert name not in found or refusal(folder / name) == ""
    if "w.txt" in found:
        text = "".join(f"(declare-const X_{i} Real)" for i in range(4)) + "(declare-const Y_0 Real)"
        text += "".join(f"(assert (>= X_{i} -1)) (assert (<= X_{i} 1))" for i in range(4))
        point = read_witness(str(folder / "w.txt"), 4, 1).inputs
        prop = parse_property(text + "(assert (> Y_0 259))")
        assert prop.holds_at(point, load_network(folder / "net.json")(point))
    if "out.json" in found:
        document = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        verdict = document.get("verdict")
        assert verdict in (
            None,
            {0: "holds", 1: "refuted"}.get(status, "unknown"),
            "unknown",
            "holds",
            "refuted",
        )
    elif status in (0, 1):
        raise AssertionError("a command that ended has written its document")
