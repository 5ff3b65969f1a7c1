"""Decide the instances of a folder: ``python -m benchmarks.verification FOLDER`` in a checkout's root."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers import environments, machine
from benchmarks.verification.instances import Instance, expected_verdicts, instances_of
from benchmarks.verification.runs import with_exactrelu, with_marabou

BESIDE_MARABOU = [("1_1", k) for k in (1, 2, 3, 4)] + [("2_4", 1)]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    result = argparse.ArgumentParser(prog="python -m benchmarks.verification", description=__doc__)
    result.add_argument(
        "folder", type=Path, help="with instances.csv, networks and properties, or with such folders"
    )
    result.add_argument(
        "--at-most", type=float, metavar="S", help="seconds for each, where the list has more"
    )
    result.add_argument("--only", metavar="TEXT", action="append", help="instances whose names have TEXT")
    result.add_argument(
        "--time-limit", type=float, metavar="S", help="seconds for each (default: the list's)"
    )
    result.add_argument("--expected", type=Path, metavar="CSV", help="published verdicts to compare with")
    result.add_argument("--results", type=Path, metavar="FILE", help="write the records as JSON")
    result.add_argument(
        "--beside-marabou", action="store_true", help="five ACAS Xu instances, Marabou on each in turn"
    )
    return result


def main(argv: list[str] | None = None) -> int:
    """Print a line for each instance, then all together; return 1 if a verdict is wrong."""
    arguments = parser().parse_args(argv)
    if arguments.beside_marabou:
        return beside_marabou(arguments)
    expected = expected_verdicts(arguments.expected) if arguments.expected else {}
    records: dict[str, list[dict[str, Any]]] = {}
    for folder in folders_of(arguments.folder):
        records[folder.name] = list(records_of(arguments, folder, expected))
        if arguments.results:
            write(arguments.results, [one for found in records.values() for one in found])
        print(f"{folder.name}: {summary(records[folder.name])}", flush=True)
    if len(records) > 1:
        print(table(records))
    return int(any(record["wrong"] for found in records.values() for record in found))


def folders_of(folder: Path) -> list[Path]:
    """Return the folder, or, where it has no list of instances, its folders that have one."""
    if (folder / "instances.csv").exists():
        return [folder]
    return sorted(one.parent for one in folder.glob("*/instances.csv"))


def records_of(
    arguments: argparse.Namespace, folder: Path, expected: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Decide the instances of one folder, print a line for each, and yield the records."""
    try:
        instances = instances_of(folder)
    except OSError as error:
        print(f"{folder.name}: left out: {error.filename}: {error.strerror}")
        return
    for instance in instances:
        if arguments.only and not any(text in instance.name for text in arguments.only):
            continue
        seconds = arguments.time_limit or min(instance.seconds, arguments.at_most or instance.seconds)
        result = with_exactrelu(instance, seconds)
        record = record_of(instance, result, expected.get(instance.name)) | {"benchmark": folder.name}
        print(line_of(record), flush=True)
        yield record


def table(records: dict[str, list[dict[str, Any]]]) -> str:
    """Return a line of a table in Markdown for each benchmark: decided, CPU seconds, memory."""
    lines = [
        "| benchmark | instances | decided | holds | refuted | median s | largest s | MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in records.items():
        done = [record for record in found if record["verdict"] != "unknown"]
        seconds = [record["seconds"] for record in done] or [float("nan")]
        counts = [sum(record["verdict"] == verdict for record in done) for verdict in ("holds", "refuted")]
        memory = max((record.get("megabytes", 0) for record in found), default=0)
        lines.append(
            f"| {name} | {len(found)} | {len(done)} | {counts[0]} | {counts[1]} "
            f"| {statistics.median(seconds):.3f} | {max(seconds):.2f} | {memory} |"
        )
    return "\n".join(lines)


def record_of(instance: Instance, result: dict[str, Any], expected: str | None) -> dict[str, Any]:
    """Return the record of a run, ``wrong`` if it contradicts what is expected or its point does not hold."""
    verdict = result.get("verdict", "unknown")
    contradiction = expected is not None and verdict not in (expected, "unknown")
    wrong = contradiction or not result.get("confirmed", True)
    return {"instance": instance.name, **result, "verdict": verdict, "expected": expected, "wrong": wrong}


def line_of(record: dict[str, Any]) -> str:
    """Return the record as a line of the table."""
    name = record["instance"]
    if "failure" in record:
        return f"{name:60} {record['failure']}"
    taken = f"{record['seconds']:9.3f} s {record['megabytes']:6d} MB {record['boxes'] or 0:9d} boxes"
    remark = f"   WRONG: expected {record['expected']}" if record["wrong"] else ""
    return f"{name:60} {record['verdict']:8}{taken}{remark}"


def summary(records: list[dict[str, Any]]) -> str:
    """Return how many are decided, and their CPU seconds."""
    decided = [record for record in records if record["verdict"] != "unknown"]
    seconds = sorted(record["seconds"] for record in decided)
    lines = [f"{len(decided)} of {len(records)} decided"]
    if seconds:
        share = seconds[min(len(seconds) - 1, len(seconds) * 95 // 100)]
        lines.append(
            f"CPU seconds of the decided: {sum(seconds):.2f} together, "
            f"median {statistics.median(seconds):.3f}, 95 % within {share:.3f}, largest {seconds[-1]:.3f}"
        )
    compared = [record for record in decided if record["expected"]]
    wrong = sum(record["wrong"] for record in records)
    if compared or wrong:
        lines.append(f"{len(compared)} compared with published verdicts: {wrong} differ")
    return "\n".join(lines)


def beside_marabou(arguments: argparse.Namespace) -> int:
    """Run exactrelu and Marabou in turn on the same instances, and print the ratios."""
    try:
        python = environments.python_of("maraboupy")
    except environments.NotInstalledError:
        return 2
    by_name = {instance.name: instance for instance in instances_of(arguments.folder)}
    seconds = arguments.time_limit or 120.0
    records = []
    for network, number in BESIDE_MARABOU:
        instance = by_name[f"ACASXU_run2a_{network}_batch_2000 prop_{number}"]
        own = record_of(instance, with_exactrelu(instance, seconds), None)
        other = record_of(instance, with_marabou(instance, seconds, python), own["verdict"])
        records.append({"exactrelu": own, "marabou": other})
        print(comparison_line(own, other), flush=True)
    if arguments.results:
        write(arguments.results, records)
    return 0


def comparison_line(own: dict[str, Any], other: dict[str, Any]) -> str:
    """Return both runs of one instance in a line, with the ratio of their CPU seconds."""
    shown = [
        one["failure"] if "failure" in one else f"{one['verdict']} in {one['seconds']:.3f} s"
        for one in (own, other)
    ]
    ratio = ""
    if "failure" not in own and own["seconds"]:
        ended = other.get("failure", "").startswith(">")
        taken = float(other["failure"].split()[1]) if ended else other.get("seconds")
        ratio = f"   ratio {'> ' if ended else ''}{taken / own['seconds']:.0f}" if taken else ""
    version = environments.VERIFIERS["maraboupy"]
    return f"{own['instance']:45} exactrelu: {shown[0]:24} Marabou {version}: {shown[1]:24}{ratio}"


def write(path: Path, records: list[dict[str, Any]]) -> None:
    """Write the records with what they were measured on."""
    document = {
        "format": "exactrelu-verification-benchmark",
        "version": 1,
        "machine": machine.described(),
        "records": records,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
