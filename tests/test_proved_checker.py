"""The checker that is proved in Rocq says what Python's says; both where the tools are installed only."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.certificate_grammar import compare as along_the_grammar
from tests.support.certificate_grammar import disagreement as along_the_grammar_differ
from tests.support.certificate_lines import samples, text_of
from tests.support.proved_agreement import (
    compare,
    compare_properties,
    disagreement,
    proved_verdict,
    python_verdict,
)

PROOFS = Path(__file__).resolve().parent.parent / "proofs"
FOUND = all(shutil.which(tool) for tool in ("coqc", "ocamlfind", "ocamlopt", "make"))
needs_rocq = pytest.mark.skipif(not FOUND, reason="Rocq or OCaml is not installed")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proofs") / "build"
    done = subprocess.run(
        [str(shutil.which("make")), "-s", "-C", PROOFS, f"BUILD={folder}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    theorems = (PROOFS / "Assumptions.v").read_text(encoding="utf-8").count("\nPrint Assumptions")
    assert done.stdout.splitlines() == ["Closed under the global context"] * theorems
    return folder / "exactrelu-proved-check"


@needs_rocq
def test_both_checkers_agree_on_certificates_and_forgeries(program):
    seen = compare(program, 400, most=16)
    assert seen["valid, accepted by both"] > 16
    assert seen["forgeries, refused for both"] > 200


@needs_rocq
def test_both_checkers_agree_on_property_trees_and_forgeries(program):
    seen = compare_properties(program, range(1, 12), 12)
    assert seen["property trees, valid for both"] > 4
    assert seen["forgeries of property trees, valid for both"] > 10
    assert seen["forgeries of property trees, refused for both"] > 20


@needs_rocq
@pytest.mark.slow
def test_both_checkers_agree_on_many_forgeries(program):
    assert compare(program, 20_000)["forgeries, refused for both"] > 10_000


@needs_rocq
def test_all_checkers_agree_on_files_along_the_grammar(program):
    assert along_the_grammar(150, program, trees=3)[1] == []


@needs_rocq
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_all_checkers_agree_on_a_hundred_thousand_files_along_the_grammar(program, seed):
    assert along_the_grammar(1000, program, seed=seed + 1)[1] == []


@needs_rocq
@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b'"sum":"', b'"sum" :"', 1),
        lambda data: data.replace(b'"split"', b'"spl\\u0069t"', 1),
        lambda data: data.replace(b"0", b"1", 1),
        lambda _: b"",
        lambda _: b"[]\n",
        lambda _: b'{"format": "exactrelu-certificate", "x": ' + b"[" * 10**6 + b"\n",
        lambda _: b"\xffexactrelu-certificate\n",
    ],
)
def test_both_checkers_agree_on_damaged_bytes(program, tmp_path, spoil):
    path = tmp_path / "c.jsonl"
    path.write_bytes(spoil(text_of(samples(tmp_path)["configurations closed line"]).encode()))
    assert disagreement(program, path) == ""


@needs_rocq
def test_a_missing_file_and_wrong_arguments_are_no_certificates(program, tmp_path):
    assert proved_verdict(program, tmp_path / "missing")[0] == 2
    assert subprocess.run([program], capture_output=True, check=False).returncode == 2


@needs_rocq
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_written_is_status_2_and_one_line(program, tmp_path):
    path = tmp_path / "c.jsonl"
    for data in (text_of(samples(tmp_path)["unequal"]), '{"exactrelu-certificate": 1}\n'):
        path.write_text(data, encoding="utf-8")
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([program, path], stdout=full, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


@needs_rocq
def test_many_keys_cost_no_time(program, tmp_path):
    path = tmp_path / "c.jsonl"
    keys = ",".join(f'"{n}":0' for n in range(200_000))
    path.write_text('{"format": "exactrelu-certificate", ' + keys + "}\n", encoding="utf-8")
    assert proved_verdict(program, path)[0] == 1


@needs_rocq
@pytest.mark.skipif(not shutil.which("gzip"), reason="there is no gzip")
def test_packed_files_and_standard_input_are_read_and_damaged_ones_are_not_valid(program, tmp_path):
    path = tmp_path / "c.jsonl.gz"
    text = text_of(samples(tmp_path)["range segment"]).encode()
    path.write_bytes(packed := gzip.compress(text, mtime=0))
    assert proved_verdict(program, path) == python_verdict(path)
    done = subprocess.run([program, "-"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout[:11]) == (0, b"valid: -: {")
    for damaged in (packed[:2], packed[:-1], packed + b"x", packed + packed, packed[:50], gzip.compress(b"")):
        path.write_bytes(damaged)
        assert proved_verdict(program, path)[0] == python_verdict(path)[0] != 0
    for size in range(2, 120):
        path.write_bytes(packed[:size])
        assert along_the_grammar_differ(path, program)[1] == ""


def test_no_theorem_rests_on_an_axiom_or_on_a_proof_left_open():
    text = "\n".join(path.read_text(encoding="utf-8") for path in PROOFS.glob("*.v"))
    for word in ("Axiom", "Admitted", "admit.", "Parameter ", "Conjecture", "Hypothesis"):
        assert word not in text
    stated = [line for line in text.splitlines() if line.startswith(("Theorem", "Corollary"))]
    for theorem in (line.split()[1] for line in stated):
        assert f"Print Assumptions {theorem}." in text
