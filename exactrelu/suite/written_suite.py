"""A suite for other tools as files: networks, properties, a manifest of questions, the exact answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from exactrelu.documents.network import write_network
from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.suite.cases import Case
from exactrelu.suite.families import families
from exactrelu.suite.scores import Scores
from exactrelu.writing.atomic_file import write_atomically

_FORMATS = {"native": ".json", "onnx": ".onnx", "nnet": ".nnet"}


def write_suite(folder: str | Path, cases: Iterable[Case], header: dict[str, Any]) -> int:
    """Write a suite to a folder that does not exist yet or is empty, and return the number of questions.

    The manifest is written last: a folder without one is not a suite.

    Raises
    ------
    ArgumentError
        If the folder has something in it.
    OSError
        If something cannot be written.
    """
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ArgumentError(f"{folder}: expected a new or an empty folder, got one that is in use")
    for name in ("networks", "properties"):
        (root / name).mkdir(parents=True, exist_ok=True)
    documents: list[dict[str, Any]] = []
    answers: dict[str, Any] = {}
    for case in cases:
        documents.append(_case(root, case))
        answers |= {question.name: question.answer for question in case.questions}
    _write(root / "answers.json", {"format": "exactrelu-suite-answers", "version": 1, "answers": answers})
    aims = [{"name": family.name, "aim": family.aim} for family in families()]
    manifest = {"format": "exactrelu-suite", "version": 1, **header, "families": aims, "cases": documents}
    _write(root / "manifest.json", manifest)
    return len(answers)


def _case(root: Path, case: Case) -> dict[str, Any]:
    for path, lines in case.properties.items():
        write_atomically(root / path, (f"{line}\n" for line in lines))
    for path, other in case.others.items():
        write_network(other, root / path)
    return {
        "name": case.name,
        "family": case.family,
        "hash": case.network.digest,
        "networks": dict(_networks(root, case)),
        "box": [[format_rational(lo), format_rational(hi)] for lo, hi in case.box],
        "questions": [
            {"id": question.name, "claim": question.claim, "answer": list(question.keys)}
            for question in case.questions
        ],
    }


def _networks(root: Path, case: Case) -> Iterator[tuple[str, str]]:
    """Write the network in each format that has a word for it: an ONNX file has no number beyond doubles."""
    for name, suffix in _FORMATS.items():
        path = f"networks/{case.name}{suffix}"
        if _written(case.network, root / path):
            yield name, path


def _written(network: Network, path: Path) -> bool:
    try:
        write_network(network, path)
    except NetworkError:
        return False
    return True


def _write(path: Path, document: dict[str, Any]) -> None:
    write_atomically(path, [json.dumps(document, indent=1), "\n"])


def score_document(scores: Scores) -> dict[str, Any]:
    """Return what a tool's answers are worth, question by question and in sum."""
    return {
        "format": "exactrelu-suite-score",
        "version": 1,
        "tool": scores.tool,
        "questions": [
            {
                "id": one.question,
                "family": one.family,
                "kind": one.kind,
                "score": str(one.mark),
                "truth": one.truth,
                "summary": one.summary,
            }
            for one in scores.marked
        ],
        "families": {
            family: {kind: dict(counts) for kind, counts in kinds.items()}
            for family, kinds in scores.table.items()
        },
    }
