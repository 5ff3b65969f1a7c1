"""One work through all tools: runs, the true count, the readings of other counts, open signs, two jobs."""

from __future__ import annotations

import inspect
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers.networks import fits_float32, network_of, write_for_all
from benchmarks.peers.reference import judged, true_count
from benchmarks.peers.runs import Limits, Runs, interleaved, one_run
from benchmarks.peers.tools import EXACT, SIGNS, Tool, engine
from benchmarks.peers.works import Target, Work
from exactrelu import Domain, Network
from exactrelu.enumeration import Problem, count_configurations, engine_names, resolve_engine

Record = dict[str, Any]
_LONG = 10.0  # CPU seconds from which two jobs are worth a look


def compared(work: Work, tools: list[Tool], limits: Limits, repetitions: int, long: float = _LONG) -> Record:
    """Return the record of a work, ready for JSON."""
    network = network_of(work)
    with TemporaryDirectory() as folder:
        native, arrays = write_for_all(network, Path(folder), "network")
        box = [[-work.half, work.half]] * network.inputs if work.half is not None else None
        task = {"network": str(native), "arrays": str(arrays), "box": box, "reading": "full"}
        entries = {tool.name: (tool, task | {"engine": tool.engine}) for tool in tools if tool.takes(work)}
        runs = interleaved(entries, limits, repetitions)
        return {
            **_described(work, network),
            **_judged(network, tools, runs, task, limits),
            "signs": _signs(runs, task, limits),
            "jobs": _jobs(runs, task, limits, repetitions, long),
        }


def _described(work: Work, network: Network) -> Record:
    box = Domain.box([(-work.half, work.half)] * network.inputs) if work.half is not None else None
    return {
        "name": work.name,
        "network": network.digest,
        "widths": [network.inputs, *(layer.outputs for layer in network.layers)],
        "domain": work.domain,
        "float32": fits_float32(network),
        "auto": resolve_engine("auto", Problem.of(network, box, "full"), counting=True),
        "target": _as_json(work.target),
    }


def _as_json(target: Target | None) -> Record | None:
    return (
        None if target is None else {key: value for key, value in vars(target).items() if value is not None}
    )


def _judged(
    network: Network, tools: list[Tool], runs: dict[str, Runs], task: Record, limits: Limits
) -> Record:
    exact = {tool.name for tool in tools if tool.engine}
    counts = {name: run.count for name, run in runs.items() if name in exact and run.count is not None}
    true = true_count(network, task["box"] is None, counts)
    elsewhere: dict[str, int | None] = {}

    def other_reading(reading: str) -> int | None:
        if reading not in elsewhere:
            asked = task | {"engine": "auto", "reading": reading}
            tool = engine("auto")
            elsewhere[reading] = one_run(tool.python, EXACT, asked, limits).get("count")
        return elsewhere[reading]

    return {
        "cells": true and true[0],
        "according to": true and true[1],
        "tools": {name: _run_record(run, true and true[0], other_reading) for name, run in runs.items()},
        "other readings": elsewhere,
    }


def _run_record(run: Runs, true: int | None, other_reading: Any) -> Record:
    if run.failure is not None:
        return {"failure": run.failure}
    count = run.count
    return {
        "count": count,
        "reading": None if true is None or count is None else judged(count, true, other_reading),
        "median seconds": run.median,
        "seconds": run.seconds,
        "wall": run.wall,
        "megabytes": run.megabytes,
    }


def _signs(runs: dict[str, Runs], task: Record, limits: Limits) -> Record | None:
    """Return how many signs the engine ``generators`` needed, and how many of them doubles left open."""
    run = runs.get("generators")
    if run is None or run.median is None:
        return None
    tool = engine("generators")
    seen = one_run(tool.python, SIGNS, task | {"engine": "generators"}, limits)
    return {key: seen[key] for key in ("asked", "ambiguous")} if "asked" in seen else None


def _jobs(runs: dict[str, Runs], task: Record, limits: Limits, repetitions: int, long: float) -> Record:
    """Return seconds by the clock with one job and with two, for engines that share their work."""
    if "executor" not in inspect.signature(count_configurations).parameters:
        return {}
    found = {}
    for name in engine_names():
        run = runs.get(name)
        if run is None or run.median is None or run.median < long:
            continue
        tool = engine(name)
        asked = task | {"engine": name}
        both = {str(jobs): (tool, asked | {"jobs": jobs}) for jobs in (1, 2)}
        times = interleaved(both, limits, min(repetitions, 3))
        if all(time.median_wall is not None and time.count == run.count for time in times.values()):
            found[name] = {jobs: time.median_wall for jobs, time in times.items()}
            found[name]["megabytes"] = times["2"].megabytes
    return found
