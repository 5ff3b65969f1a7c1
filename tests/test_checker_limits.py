"""What the checker reads is bounded, before it is read; what it says can be written, or it says that not."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import exactrelu
from exactrelu import checker
from exactrelu.checker import BeyondLimitsError, InvalidCertificateError, Limits, NotACertificateError
from exactrelu.errors import FormatError
from tests.support import second_checker, second_property_checker
from tests.support.certificate_lines import domain, end, header, network, write

IDENTITY = network(([["1"]], ["0"]))
ONE_NEURON = network(([["1"]], ["0"]), ([["1"]], ["0"]))
DEPTH_0 = {"kind": "configurations", "depth": 0}
VALID = [header(DEPTH_0, [IDENTITY], None, "half-open"), {"reached": ["0"]}, end(3, reached=1)]
BEGINNING = b'{"format":"exactrelu-certificate","claim":'


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the checker as a file, alone, in little memory."""
    limited = 'ulimit -v 800000; exec "$0" "$@"'
    command = ["/bin/bash", "-c", limited, sys.executable, str(Path(checker.__file__)), *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, text=True, check=False, **streams)


@pytest.fixture
def valid(tmp_path):
    return str(write(tmp_path / "valid.jsonl", VALID))


# sizes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [b"[],", b'{"":[]},', b"[", b"1" * 1000, b'"', b'"a",', b"\\"])
def test_a_small_gzip_file_with_an_enormous_line_is_refused_in_one_line_and_little_memory(tmp_path, piece):
    path = tmp_path / "c.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(BEGINNING + b"[")
        for _ in range(90):
            file.write(piece * (1_000_000 // len(piece)))
        file.write(b"[]]}\n")
    done = run(str(path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "line 1: expected at most 67108864 bytes (more with --max-line), got more" in done.stderr


@pytest.mark.parametrize(
    ("content", "option"),
    [
        (b"[" + b"[]," * 2_200_000 + b"[]]}\n", "--max-elements"),
        (b"[" + b"{}," * 2_200_000 + b"[]]}\n", "--max-elements"),
        (b"[" + b"0," * 4_500_000 + b"0]}\n", "--max-elements"),
        (b"1" * 200_000 + b"}\n", "--max-digits"),
        (b"[" + b"[]," * 23_000_000 + b"[]]}\n", "--max-line"),
    ],
)
def test_too_many_elements_or_digits_are_refused_before_they_are_values(tmp_path, content, option):
    path = tmp_path / "c.jsonl"
    path.write_bytes(BEGINNING + content)
    done = run(str(path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert option in done.stderr


def test_what_is_beyond_a_limit_is_checked_where_an_option_raises_it(tmp_path):
    number = "7" * 120_000
    net = network(([[number]], ["0"]))
    path = write(tmp_path / "c.jsonl", [header(DEPTH_0, [net], None, "half-open"), *VALID[1:]])
    assert run(str(path)).returncode == 2
    assert run("--max-digits", "130000", str(path)).returncode == 0
    assert run(str(path), "--max-digits", "119999").returncode == 2
    size = path.read_bytes().index(b"\n") + 1
    long = ("--max-digits", "1000000")
    assert run(*long, "--max-line", str(size), str(path)).returncode == 0
    assert "line 1: expected at most" in run(*long, "--max-line", str(size - 1), str(path)).stderr
    assert run(*long, "--max-elements", "9", str(path)).returncode == 2
    with pytest.raises(FormatError, match="at most 100000 digits"):
        exactrelu.check(path)
    assert exactrelu.check(path, max_digits=120_000).valid


def test_the_command_has_the_same_limits(exactrelu, tmp_path):
    number = "7" * 120_000
    net = network(([[number]], ["0"]))
    path = str(write(tmp_path / "c.jsonl", [header(DEPTH_0, [net], None, "half-open"), *VALID[1:]]))
    assert exactrelu("check", path).is_refusal("at most 100000 digits", "got more")
    assert exactrelu("check", path, "--max-digits", "120000").status == 0
    assert exactrelu("check", path, "--max-digits", "0").is_refusal("--max-digits")


@pytest.mark.parametrize("words", ["", "a b", "--max-line x c", "--max-line", "a --max-digits"])
def test_wrong_words_are_answered_by_the_usage(words, capsys):
    assert checker.main(words.split()) == 2
    assert capsys.readouterr().err == (
        "usage: python -m exactrelu.checker [--max-line N] [--max-elements N] [--max-digits N] FILE\n"
    )


@pytest.mark.parametrize(
    "claim",
    [
        "[" * 16 + "]" * 16,
        '[{"x":' * 8 + "0" + "}]" * 8,
        "[" * 30_000_000,
        "]",
        '["\\"["' + "[" * 16 + "]" * 17,
    ],
)
def test_values_that_are_nested_deeply_are_no_certificate(tmp_path, claim):
    path = tmp_path / "c.jsonl"
    path.write_bytes(BEGINNING + claim.encode() + b"}\n")
    done = run(str(path))
    assert done.returncode == 1 + (len(claim) > 2**21)
    assert done.stderr + done.stdout


@pytest.mark.parametrize(
    "text", ['"[[[[[[[[[[[[[[[[[[[["', '"\\"]]]"', '"{" , "}"', '"\\\\"', '"]", "[\\\\", "\\\\\\""']
)
def test_brackets_in_strings_nest_nothing(tmp_path, text):
    path = tmp_path / "c.jsonl"
    path.write_bytes(BEGINNING + b"[" + text.encode() + b"]}\n")
    with pytest.raises(InvalidCertificateError, match="the keys"):  # so it was read as JSON
        checker.check(path)


def property_entries(net: Any, claim: dict[str, Any], *lines: dict[str, Any]) -> list[dict[str, Any]]:
    leaves = {kind: sum(kind in line for line in lines) for kind in ("closed", "linear")}
    last = {"end": {"lines": len(lines) + 2, "leaves": leaves}}
    return [header(claim, [net], None, None), *lines, last]


def row(*, y: str = "1", offset: str = "0") -> dict[str, Any]:
    return {"x": [], "y": [[0, y]], "offset": offset, "strict": True}


def test_maps_that_are_much_larger_than_their_factors_are_refused_before_they_are_made(tmp_path):
    narrow = network(([["1"] * 4000], ["0"]), ([["1"]] * 4000, ["0"] * 4000), ([["1"] * 4000], ["0"]))
    entries = [header({"kind": "configurations", "depth": 2}, [narrow], None, "half-open"), {"split": [1, 0]}]
    path = write(tmp_path / "c.jsonl", entries)
    with pytest.raises(BeyondLimitsError, match=r"networks\[0\]: expected at most 8388608 numbers"):
        checker.check(path)


def test_dense_rows_of_sparse_inequalities_are_counted(tmp_path):
    net = network(([["1"] * 3000], ["0"]))
    side = ["0", "1", False, False]
    one = {
        "box": [side] * 3000,
        "rows": [],
        "disjuncts": [[{"x": [], "y": [], "offset": "0", "strict": False}]] * 3000,
    }
    path = write(
        tmp_path / "c.jsonl",
        property_entries(net, {"kind": "property", "property": None, "sets": [one], "precision": 8}),
    )
    with pytest.raises(BeyondLimitsError, match=r"claim.sets\[0\]: expected at most 8388608 numbers"):
        checker.check(path)


def test_a_branch_of_a_property_tree_has_room_for_so_many_boxes(tmp_path):
    net = network(([["1"] * 50], ["0"]))
    one = {"box": [["0", "1", False, False]] * 50, "rows": [], "disjuncts": [[row(y="-1", offset="-1")]]}
    claim = {"kind": "property", "property": None, "sets": [one], "precision": 8}
    cuts = [{"cut": [0, "1/2"]}] * 40
    leaves = [{"closed": [[[[0, "1"]], "0"]]}] * 41
    path = write(tmp_path / "c.jsonl", property_entries(net, claim, *cuts, *leaves))
    assert checker.check(path)["leaves"] == {"closed": 41, "linear": 0}
    with pytest.raises(BeyondLimitsError, match="line 37: expected at most 2000 numbers"):
        checker.check(path, Limits(elements=1000))


def test_ends_of_boxes_do_not_grow_without_bound(tmp_path):
    one = {"box": [["0", "1", False, False]], "rows": [], "disjuncts": [[row(offset="-1/2")]]}
    claim = {"kind": "property", "property": None, "sets": [one], "precision": 8}
    clip = [[[[0, "1"]], "0"]] * 300
    path = write(tmp_path / "c.jsonl", property_entries(IDENTITY, claim, {"clip": clip, "closed": []}))
    with pytest.raises(BeyondLimitsError, match="the ends of a box: expected at most 1000 digits"):
        checker.check(path, Limits(digits=1000))


@pytest.fixture
def any_digits():
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(before)


# numbers beyond doubles ----------------------------------------------------------------------------------


def test_bounds_may_be_larger_than_any_double(tmp_path):
    slopes = [["1/3", "1"]]
    leaky = {"layers": [ONE_NEURON["layers"][0] | {"slopes": slopes}, ONE_NEURON["layers"][1]]}
    one = {"box": [["-1", "1", False, False]], "rows": [], "disjuncts": [[row(offset="-2")]]}
    claim = {"kind": "property", "property": None, "sets": [one], "precision": 4000}
    line = {"bounds": "all", "closed": [[[[0, "1/7"]], "0"]]}
    path = write(tmp_path / "c.jsonl", property_entries(leaky, claim, line))
    assert checker.check(path)["leaves"] == {"closed": 1, "linear": 0}


def test_a_message_never_needs_more_digits_than_can_be_printed(tmp_path, any_digits):
    weights = [f"1/{2**190_000}", f"1/{3**120_000}", "1"]  # the row has the product of the denominators
    net = network(([weights], ["0"]), ([["1"]], ["0"]))
    claim, point = {"kind": "configurations", "depth": 1}, domain((["1", "0", "0"], "0", "="))
    entries = [header(claim, [net], point, "full"), {"interior": ["0", "0", "0"]}]
    path = write(tmp_path / "c.jsonl", [*entries, {"zero": [1, 0], "by": []}])
    with pytest.raises(BeyondLimitsError, match="line 3"):
        checker.check(path)


# the grammar, as the document says it ----------------------------------------------------------------------

LINE = header({"kind": "configurations", "depth": 1}, [ONE_NEURON], None, "half-open")
FULL_LINE = LINE | {"reading": "full"}
INTERIOR = {"interior": ["0"]}
LEAVES = [{"reached": ["-1"]}, {"reached": ["1"]}]


@pytest.mark.parametrize("reading", ["half-open", "closed", "full"])
@pytest.mark.parametrize("by", [None, []])
def test_a_zero_node_is_no_split(tmp_path, reading, by):
    preamble = [INTERIOR] if reading == "full" else []
    entries = [LINE | {"reading": reading}, *preamble, {"zero": [1, 0], "by": by}, *LEAVES]
    path = write(tmp_path / "c.jsonl", [*entries, end(len(entries) + 1, reached=2)])
    with pytest.raises(InvalidCertificateError, match=r"zero\.by"):
        checker.check(path)
    assert second_checker.refuses(path)


@pytest.mark.parametrize("kind", ["cut", "bend", "closed", "linear"])
@pytest.mark.parametrize("first", [FULL_LINE, LINE])
def test_lines_of_property_trees_stand_in_no_other_tree(tmp_path, kind, first):
    path = write(tmp_path / "c.jsonl", [first, {kind: ["0"]}, {"split": [1, 0]}, *LEAVES, end(6, reached=2)])
    with pytest.raises(InvalidCertificateError, match=f"line 2: {kind}"):
        checker.check(path)
    assert second_checker.refuses(path)


@pytest.mark.parametrize("inner", [["0"], None, {"x": [1, True]}])
def test_a_maximum_that_is_attained_has_no_inner_point(tmp_path, inner):
    objective = {"x": [], "y": [[0, "1"]], "offset": "0", "maximum": "1", "attained": True, "point": ["1"]}
    leaf = {"closed": [[[[0, "1"]], "0"]]}
    for more, fine in (({}, True), ({"inner": inner}, False)):
        claim = {"kind": "optimum", "box": [["0", "1", False, False]], "rows": [], "precision": 8}
        claim["objectives"] = [objective | more]
        path = write(tmp_path / "c.jsonl", property_entries(IDENTITY, claim, leaf))
        assert (second_property_checker.refuses(path) == "") is fine
        if fine:
            assert checker.check(path)["leaves"]["closed"] == 1
        else:
            with pytest.raises(InvalidCertificateError, match="objectives"):
                checker.check(path)


# files that are no certificate ----------------------------------------------------------------------------


def no_certificates() -> list[bytes]:
    packed = gzip.compress(b"exactrelu-network\n" * 3, mtime=0)
    return [
        b"",
        b"\x1f",
        b"\x1f\x8b",
        b"\x1f\x8b\x08",
        packed,
        packed[:-9],
        packed[:12],
        gzip.compress(b""),
        b"\0" * 99,
    ]


@pytest.mark.parametrize("content", no_certificates())
def test_files_without_the_words_of_the_first_line_are_no_certificate(tmp_path, content):
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    with pytest.raises(NotACertificateError):
        checker.check(path)
    assert run(str(path)).returncode == 2


def test_damage_after_the_words_of_the_first_line_is_an_invalid_certificate(tmp_path, valid):
    packed = gzip.compress(Path(valid).read_bytes(), compresslevel=0, mtime=0)
    path = tmp_path / "c.jsonl.gz"
    for size in range(packed.index(b"exactrelu-certificate") + 21, len(packed)):
        path.write_bytes(packed[:size])
        assert run_here(path) == 1
    for more in (b"\0", b"\n", packed):
        path.write_bytes(packed + more)
        assert run_here(path) == 1
    path.write_bytes(packed)
    assert run_here(path) == 0


def run_here(path: Path) -> int:
    """Return the exit status of the checker in this process."""
    return checker.main([str(path)])


# output ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_verdict_that_cannot_be_written_is_exit_2_and_one_line(tmp_path, valid):
    invalid = str(write(tmp_path / "invalid.jsonl", VALID[:2]))
    for path in (valid, invalid):
        with Path("/dev/full").open("w") as full:
            done = run(path, stdout=full)
            assert (done.returncode, done.stderr) == (2, "stdout: cannot be written\n")
            assert run(path, stdout=full, stderr=full).returncode == 2
    with Path("/dev/full").open("w") as full:
        assert run(str(tmp_path / "nowhere"), stderr=full).returncode == 2
        assert run(stderr=full).returncode == 2
        assert run(valid, stderr=full).returncode == 0


def test_ctrl_c_ends_it_without_a_word(tmp_path):
    path = tmp_path / "c.jsonl"
    os.mkfifo(path)
    command = [sys.executable, checker.__file__, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with path.open("wb"):  # once the checker has opened it, too
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == -signal.SIGINT


def test_a_reader_who_has_gone_is_told_by_the_exit_status(valid):
    reader, writer = os.pipe()
    os.close(reader)
    done = run(valid, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (2, "stdout: cannot be written\n")


def test_streams_that_are_closed_lead_nowhere(valid):
    command = f'exec "{sys.executable}" "{checker.__file__}" "{valid}" >&- 2>&-'
    assert subprocess.run(["/bin/bash", "-c", command], check=False).returncode == 0
    assert subprocess.run(["/bin/bash", "-c", command.replace(valid, "x")], check=False).returncode == 2


def test_long_values_are_shown_by_their_beginning(tmp_path):
    entries = [header(DEPTH_0, [network(([["1"]], ["0"]))], None, "half-open"), {"reached": ["0"] * 200_000}]
    path = write(tmp_path / "c.jsonl", entries)
    with pytest.raises(InvalidCertificateError) as caught:
        checker.check(path)
    assert len(str(caught.value)) < 300
    assert json.dumps(["0", "0"])[:-1] in str(caught.value)


# products that are much longer than their factors ----------------------------------------------------------


def long_numbers() -> dict[str, list[dict[str, Any]]]:
    """Return small files whose numbers would fill tens of gigabytes, in an integer's digits."""
    seven, side = "7" * 30_000, ["0", "1", False, False]
    narrow = network(([["1"] * 20_000], ["0"]), ([[seven]] * 50, ["0"] * 50), ([["1"] * 50], ["0"]))
    wide = network(([["1"] * 100_000], ["0"]))
    row = (["1"] * 100_000, "0", ">=")
    fractions = network(([[f"1/{(1 << 400) + 2 * i + 1}" for i in range(3000)]], ["0"]))
    ends = [["0", f"1/{(1 << 400) + 2 * i + 1}", False, False] for i in range(3000)]
    unsafe = {"x": [], "y": [[0, "-1"]], "offset": "-1", "strict": False}
    claim = {"kind": "property", "property": None, "precision": 8}
    many = network(([["1"] * 20_000], ["0"]))
    one = {"box": [side] * 20_000, "rows": [], "disjuncts": [[unsafe]]}
    cells = {"kind": "configurations", "depth": 0}
    return {
        "maps": [
            header({"kind": "configurations", "depth": 2}, [narrow], None, "half-open"),
            {"split": [1, 0]},
        ],
        "multipliers": [header(cells, [wide], domain(row), "half-open"), {"impossible": [[0, seven]]}],
        "denominators of a row": [header(cells, [fractions], None, "half-open"), {"reached": ["0"] * 3000}],
        "denominators of a box": [
            header(
                claim | {"sets": [{"box": ends, "rows": [], "disjuncts": []}]},
                [network(([["1"] * 3000], ["0"]))],
                None,
                None,
            )
        ],
        "ends of a box": [header(claim | {"sets": [one]}, [many], None, None), {"cut": [0, f"1/{seven}"]}],
        "multipliers of a property": [
            header(claim | {"sets": [one]}, [many], None, None),
            {"closed": [[[[0, seven]], "0"]]},
        ],
    }


LONG = ["maps", "multipliers", "denominators of a row", "denominators of a box", "ends of a box"]


@pytest.mark.parametrize("name", [*LONG, "multipliers of a property"])
def test_products_that_are_much_longer_than_their_factors_are_not_made(tmp_path, name):
    path = write(tmp_path / "c.jsonl", long_numbers()[name])
    done = run(str(path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "expected at most" in done.stderr
