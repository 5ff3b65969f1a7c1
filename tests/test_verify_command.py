"""The command ``verify``: verdicts, exit statuses, documents, witnesses, refusals in one line."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pty
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu.formats import load_network
from exactrelu.formats.vnnlib import read_property
from exactrelu.formats.witness import read_witness
from tests.support.command_line import ABSOLUTE, network_document

SPACE = "(declare-const X_0 Real) (declare-const Y_0 Real)"
BOX = f"{SPACE} (assert (>= X_0 -1)) (assert (<= X_0 1))"
SAT = f"{BOX} (assert (or (and (>= Y_0 0.5)) (and (<= Y_0 -5))))"
UNSAT = f"{BOX} (assert (or (and (<= Y_0 -5))))"


@pytest.fixture
def absolute(exactrelu):
    return exactrelu.file("abs.json", ABSOLUTE)


@pytest.fixture
def write(tmp_path):
    """Write a property file and return its name."""

    def written(text, name="p.vnnlib"):
        data = text.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(tmp_path / name)

    return written


@pytest.mark.parametrize("name", ["p.vnnlib", "p.vnnlib.gz"])
def test_a_disjunction_is_read_in_full_and_refuted_by_a_point(exactrelu, absolute, write, name):
    prop = write(SAT, name)
    outcome = exactrelu("verify", absolute, prop, "--json", "-")
    answer = outcome.json
    assert (outcome.status, answer["verdict"], answer["format"], answer["version"]) == (
        1, "refuted", "exactrelu-verify", 1,
    )  # fmt: skip
    (x,), (y,) = map(Fraction, answer["point"]), map(Fraction, answer["outputs"])
    assert abs(x) == y >= Fraction(1, 2)
    assert abs(x) <= 1
    assert answer["property"] == "sha256:" + hashlib.sha256(Path(prop).read_bytes()).hexdigest()
    assert answer["network"] == load_network(absolute).digest
    assert answer["boxes"] >= 0
    assert answer["seconds"] >= 0


def test_the_last_disjunct_alone_is_never_reached(exactrelu, absolute, write):
    outcome = exactrelu("verify", absolute, write(UNSAT), "--json", "-")
    assert (outcome.status, outcome.json["verdict"]) == (0, "holds")
    assert (outcome.json["point"], outcome.json["outputs"]) == (None, None)


def test_people_see_the_exact_point_and_outputs(exactrelu, absolute):
    outcome = exactrelu("verify", absolute, "--box", "1/3:1/3", "--bound", "y0 < 1/3")
    facts = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert outcome.status == 1
    assert facts["verdict"] == "refuted (the point is unsafe)"
    assert (facts["point"], facts["outputs"]) == ("(1/3)", "(1/3)")
    assert facts["bound"] == "y0 < 1/3"


@pytest.mark.parametrize(
    ("bounds", "status"),
    [
        (["y0 <= 1"], 0),
        (["y0 < 1"], 1),
        (["y0 <= 1", "y0 >= 0"], 0),
        (["y0 <= 1", "y0 > 0"], 1),
        (["-y0 <= 0"], 0),
        (["y0 - x0 >= 0", "y0 + x0 >= 0"], 0),
        (["x0 - 2 y0 <= 5/2"], 0),
        (["y0 = x0"], 1),
    ],
)
def test_bounds_on_the_line_may_be_attained_but_not_passed(exactrelu, absolute, bounds, status):
    words = [word for bound in bounds for word in ("--bound", bound)]
    outcome = exactrelu("verify", absolute, "--box", "-1:1", *words, "--json", "-")
    assert outcome.status == status
    assert outcome.json["bounds"] == bounds
    assert outcome.json["domain"]["format"] == "exactrelu-domain"


@pytest.mark.parametrize(
    "text",
    [
        f"{SPACE} (assert (>= X_0 1.5)) (assert (<= X_0 0.5)) (assert (>= Y_0 -9))",
        f"{SPACE} (assert (> X_0 0.5)) (assert (<= X_0 0.5)) (assert (>= Y_0 -9))",
        f"{SPACE} (assert (>= (+ X_0 X_0) 3)) (assert (<= (* 2 X_0) 1)) (assert (>= Y_0 -9))",
        f"{BOX} (assert (> X_0 (* 1 X_0))) (assert (>= Y_0 -9))",
        f"{SPACE} (assert false)",
    ],
)
def test_an_empty_input_set_gives_holds_however_it_is_written(exactrelu, absolute, write, text):
    assert exactrelu("verify", absolute, write(text), "--json", "-").json["verdict"] == "holds"


@pytest.mark.parametrize("box", ["3/2:1/2", "1:0"])
def test_an_empty_box_gives_holds(exactrelu, absolute, box):
    assert exactrelu("verify", absolute, "--box", box, "--bound", "y0 < -9").status == 0


def test_a_domain_file_with_rows_that_exclude_each_other_gives_holds(exactrelu, absolute):
    rows = [
        {"normal": ["1"], "offset": "0", "relation": ">"},
        {"normal": ["1"], "offset": "0", "relation": "<"},
    ]
    document = {"format": "exactrelu-domain", "version": 1, "inequalities": rows}
    file = exactrelu.file("empty.json", document)
    assert exactrelu("verify", absolute, "--domain", file, "--bound", "y0 < -9").status == 0


# witnesses --------------------------------------------------------------------------------------


def test_a_witness_is_read_back_and_unsafe_exactly(exactrelu, absolute, write, tmp_path):
    target, prop = str(tmp_path / "w.txt"), write(SAT)
    outcome = exactrelu("verify", absolute, prop, "--witness", target, "--json", "-")
    assert outcome.json["witness"] == target
    witness = read_witness(target, 1, 1)
    assert read_property(prop).holds_at(witness.inputs, witness.outputs)
    assert read_property(prop).holds_at(witness.inputs, load_network(absolute)(witness.inputs))


def test_where_no_decimals_are_unsafe_it_is_said_why_and_nothing_is_written(exactrelu, absolute, tmp_path):
    target = tmp_path / "w.txt"
    words = ("--box", "1/3:1/3", "--bound", "y0 < 0", "--witness", str(target))
    outcome = exactrelu("verify", absolute, *words, "--json", "-")
    assert (outcome.status, outcome.json["witness"]) == (1, None)
    assert "1/3" in outcome.json["no_witness"]
    assert not target.exists()
    assert "no finite decimal" in exactrelu("verify", absolute, *words).out


# refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ((), "expected PROPERTY or --bound"),
        (("P", "--bound", "y0 <= 1"), "or --bound, got both"),
        (("P", "--box", "0:1"), "or --box, got both"),
        (("--box", "0:1", "--bound", "y1 <= 1"), "an output from 0 to 0"),
        (("--box", "0:1", "--bound", "y0"), "bound"),
        (("--box", "0:1,0:1", "--bound", "y0 <= 1"), "1 interval"),
        (("nowhere.vnnlib",), "No such file"),
        (("P", "--jobs", "0"), "at least 1"),
        (("P", "--time-limit", "0"), "positive"),
        (("P", "--witness", "P"), "a file of its own"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_line(exactrelu, absolute, write, words, fragment):
    prop = write(SAT)
    outcome = exactrelu("verify", absolute, *(prop if word == "P" else word for word in words))
    assert outcome.is_refusal(fragment), outcome


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (f"{BOX} (assert ", "line 1: expected a closing parenthesis for (assert"),
        (f"{BOX} (assert {'(and ' * 10**5}", "line 1: expected"),
        (f"{BOX} (assert (or {'(and (>= X_0 1) (>= Y_0 1))' * 10**6}))", "expected at most"),
        (f"{BOX} (assert (>= Y_1 0))", "line 1: expected a declared variable or a number, got Y_1"),
    ],
    ids=["no end", "deep", "a million disjuncts", "undeclared"],
)
def test_a_hostile_file_is_one_line_and_exit_2(exactrelu, absolute, write, text, fragment):
    assert exactrelu("verify", absolute, write(text)).is_refusal("p.vnnlib", fragment)


def test_a_property_of_another_shape_is_refused(exactrelu, write):
    wide = exactrelu.file("wide.json", network_document(([[1, 1]], None)))
    assert exactrelu("verify", wide, write(SAT)).is_refusal("p.vnnlib", "2 inputs")


@pytest.mark.parametrize("option", ["--json", "--witness"])
def test_a_full_disk_is_told_in_a_line_and_leaves_nothing(
    exactrelu, absolute, write, monkeypatch, option, tmp_path
):
    def full(path, _):
        raise OSError(28, "No space left on device", str(path))

    prop = write(SAT)
    monkeypatch.setattr("exactrelu.writing.atomic_file.Path.replace", full)
    target = tmp_path / "out.file"
    before = sorted(tmp_path.iterdir())
    outcome = exactrelu("verify", absolute, prop, option, str(target))
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"exactrelu: {target}: No space left on device\n"
    assert sorted(tmp_path.iterdir()) == before


# budgets ----------------------------------------------------------------------------------------


@pytest.fixture
def hard(exactrelu):
    """A network and a bound that is attained at one point of many cells: no search decides it soon."""
    rows = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(12)] for i in range(60)]
    second = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(60)] for i in range(40)]
    layers = (rows, [i % 9 - 4 for i in range(60)]), (second, None), ([[(-1) ** i for i in range(40)]], None)
    return exactrelu.file("hard.json", network_document(*layers))


def test_a_time_limit_gives_unknown_with_what_is_decided(exactrelu, hard):
    words = ("verify", hard, "--box", "-1:1", "--bound", "y0 <= 6000", "--time-limit", "0.5")
    outcome = exactrelu(*words, "--json", "-")
    answer = outcome.json
    assert (outcome.status, answer["verdict"], answer["point"]) == (3, "unknown", None)
    assert 0 <= answer["decided"] < 1
    assert answer["bound"] is None or answer["bound"] <= 0
    assert "time limit" in answer["reason"]
    text = exactrelu(*words).out
    assert "decided, best bound" in text


def test_a_terminal_sees_how_far_the_search_is(hard):
    """Run it under a pseudo-terminal: the line says share, bound and boxes, and is cleared at the end."""
    master, slave = pty.openpty()
    words = ["verify", hard, "--box", "-1:1", "--bound", "y0 <= 6000", "--time-limit", "2", "--json", "-"]
    command = [sys.executable, "-m", "exactrelu", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave)
    out, _ = process.communicate(timeout=60)
    os.close(slave)
    shown = os.read(master, 1 << 16).decode()
    os.close(master)
    assert process.returncode == 3
    assert "% decided, best bound" in shown
    if out:  # on a busy machine the supervisor may be first: then it says on stderr what is known
        assert json.loads(out)["verdict"] == "unknown"
        assert shown.endswith("\r\x1b[2K")
    else:
        assert "so far: verification: " in shown
