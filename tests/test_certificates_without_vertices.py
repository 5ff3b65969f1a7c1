"""Certificates in 20 inputs: a box has a million vertices, so none is listed, and memory stays small."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu import checker
from exactrelu.cli.main import main
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.interior import point_relatively_inside
from exactrelu.polyhedra.polyhedron import Polyhedron
from tests.support.command_line import domain_document, network_document
from tests.support.drawn_networks import Chooser, draw_domain

INPUTS = 20
WEIGHTS = [[(3 * i * i + 7 * i * j + j * j) % 19 - 9 for j in range(INPUTS)] for i in range(6)]
NETWORK = network_document((WEIGHTS, [i % 7 - 3 for i in range(6)]), ([[1] * 6], None))
DEEPER = network_document(
    (WEIGHTS, [i % 7 - 3 for i in range(6)]),
    ([[int(i == j) for j in range(6)] for i in range(6)], None),
    ([[1] * 6], None),
)
UNITS = [[int(i == j) for j in range(INPUTS)] for i in range(INPUTS)]
BOX = [side for unit in UNITS for side in ((unit, 1, ">"), (unit, -1, "<="))]
ONES = [1] * INPUTS
DOMAINS = {
    "box": BOX,
    "cut box": [*BOX, (ONES, -5, "<=")],
    "slice": [*BOX, (ONES, -2, "=")],
    "slice between two inequalities": [*BOX, (ONES, -2, "<="), (ONES, -2, ">=")],
    "nothing": [*BOX, (ONES, 20, "<=")],
}
COMMANDS = [
    *(f"regions NET --count --cells {reading}" for reading in ("half-open", "closed", "full")),
    "range NET",
    *(f"lipschitz NET --norm {norm} --no-bounds" for norm in ("1", "2", "inf")),
    "equal NET DEEPER",
]


@pytest.fixture
def no_vertices(monkeypatch):
    def refuse(*_):
        raise AssertionError("a polyhedron of PPL, which lists vertices")

    monkeypatch.setattr(Polyhedron, "__init__", refuse)


def files(folder: Path, domain: str) -> dict[str, str]:
    contents = {"NET": NETWORK, "DEEPER": DEEPER, "DOMAIN": domain_document(*DOMAINS[domain])}
    for name, content in contents.items():
        (folder / name).with_suffix(".json").write_text(json.dumps(content), encoding="utf-8")
    return {name: str((folder / name).with_suffix(".json")) for name in contents}


@pytest.mark.parametrize(
    ("command", "domain"),
    [
        (command, domain)
        for command in COMMANDS
        for domain in DOMAINS
        if "--norm 1" not in command or "slice" not in domain  # that norm itself is found on few vertices
    ],
)
def test_a_certificate_lists_no_vertices(tmp_path, no_vertices, command, domain, capsys):
    names = files(tmp_path, domain)
    target = tmp_path / "c.jsonl"
    words = [names.get(word, word) for word in command.split()]
    status = main([*words, "--domain", names["DOMAIN"], "--certificate", str(target)])
    assert (status, capsys.readouterr().err) == (0, "")
    leaves = checker.check(target)["leaves"]
    assert (leaves["reached"] > 0) == (domain != "nothing")


@pytest.mark.parametrize("domain", ["box", "slice between two inequalities"])
def test_a_certificate_needs_little_memory(tmp_path, domain):
    names = files(tmp_path, domain)
    words = ["regions", names["NET"], "--domain", names["DOMAIN"], "--count", "--certificate"]
    limited = 'ulimit -v 1500000; exec "$0" "$@"'
    command = [sys.executable, "-m", "exactrelu", *words, str(tmp_path / "c.jsonl")]
    done = subprocess.run(
        ["/bin/bash", "-c", limited, *command],
        capture_output=True,
        text=True,
        check=False,
        env={"OPENBLAS_NUM_THREADS": "1"} | {"PYTHONPATH": ":".join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")


# points inside ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_a_point_relatively_inside_is_where_vertices_put_one(seed):
    c = Chooser.seeded("relatively inside", seed)
    domain = draw_domain(c, c.integer(1, 4))
    rows = list(domain.rows)
    if rows and c.integer(0, 1):  # an equation in disguise
        rows += [Row(tuple(-entry for entry in rows[0].entries), Relation.AT_LEAST)]
    found = point_relatively_inside(domain.dimension, rows)
    cell = Domain.from_inequalities(
        domain.dimension, [(row.entries[:-1], row.entries[-1], str(row.relation)) for row in rows]
    ).cell
    assert (found is None) == (cell is None)
    if found is not None:
        inner = CanonicalPolyhedron.of(cell.closure, domain.dimension).point
        for row in rows:
            assert (row.value(found) > 0) == (row.value(inner) > 0)
            assert row.value(found) >= 0


def test_without_rows_every_point_is_inside():
    assert point_relatively_inside(2, []) == (Fraction(0), Fraction(0))
    assert point_relatively_inside(0, [Row((1,), Relation.GREATER)]) == ()
    assert point_relatively_inside(0, [Row((0,), Relation.GREATER)]) is None
    assert point_relatively_inside(0, [Row((-1,), Relation.AT_LEAST)]) is None
