"""Questions put to exactrelu and to a verifier in turn: verdicts, CPU seconds, refuting points made exact."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers import environments
from benchmarks.peers.questions import Question
from benchmarks.peers.reference import DisagreementError
from benchmarks.peers.runs import Limits, Runs, interleaved
from benchmarks.peers.tools import Tool
from benchmarks.verification.runs import EXACTRELU, MARABOU, exactrelu_task, marabou_task
from exactrelu import Network
from exactrelu.formats.vnnlib import read_property
from exactrelu.verification.property import Property

Record = dict[str, Any]
OURS = Tool("exactrelu", Path(sys.executable), EXACTRELU)


def verifiers() -> tuple[list[Tool], dict[str, str]]:
    """Return exactrelu and the verifiers that could be installed, and why the others could not."""
    try:
        marabou = Tool("Marabou", environments.python_of("maraboupy"), MARABOU)
    except environments.NotInstalledError as error:
        return [OURS], {"Marabou": str(error)}
    return [OURS, marabou], {}


def asked(question: Question, tools: list[Tool], limits: Limits, repetitions: int) -> Record:
    """Return the record of a question, ready for JSON.

    Raises
    ------
    DisagreementError
        If exactrelu's verdict is not the one that is known, or its point does not refute.
    """
    network = question.network
    with TemporaryDirectory() as folder:
        instance = question.written(Path(folder))
        prop = read_property(instance.specification, network.inputs, network.outputs)
        tasks = {
            EXACTRELU: exactrelu_task(instance, float(limits.cpu_seconds), Path(folder)),
            MARABOU: marabou_task(instance, Path(folder)),
        }
        entries = {tool.name: (tool, tasks[tool.adapter]) for tool in tools}
        runs = interleaved(entries, limits, repetitions, "verdict")
    known = "holds" if question.holds else "refuted"
    record = {
        "name": question.name,
        "network": network.digest,
        "verdict": known,
        "tools": {name: _run_record(run, known, network, prop) for name, run in runs.items()},
    }
    own = record["tools"].get(OURS.name, {})
    if own.get("right") is False or own.get("refuting points") is False:
        raise DisagreementError(f"{question.name}: {known} is known, exactrelu says {own['verdict']}")
    return record


def _run_record(run: Runs, known: str, network: Network, prop: Property) -> Record:
    if run.failure is not None:
        return {"failure": run.failure}
    return {
        "verdict": run.count,
        "right": None if run.count == "unknown" else run.count == known,
        "refuting points": all(refutes(point, network, prop) for point in run.points) if run.points else None,
        "median seconds": run.median,
        "seconds": run.seconds,
        "wall": run.wall,
        "megabytes": run.megabytes,
    }


def refutes(point: Sequence[float | str], network: Network, prop: Property) -> bool:
    """Return whether a point, its coordinates taken as they are, lies in the box and is unsafe, exactly."""
    exact = [Fraction(coordinate) for coordinate in point]
    return prop.holds_at(exact, network(exact))
