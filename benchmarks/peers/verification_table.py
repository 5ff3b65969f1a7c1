"""The questions beside a verifier as tables of Markdown: verdicts and seconds, ratios with their spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.ratios import spread_of

Record = Mapping[str, Any]
_OURS = "exactrelu"

_LEGEND = """\
## Verification

Whether the first output of a drawn network stays below a bound on the box [-1, 1]^n, the bound a little above
its exact maximum (it holds) or a little below (a point refutes it). CPU seconds of the decision alone,
medians of up to {repetitions} runs, in turn; in brackets the peak memory. Each tool has its default options.
A point that is said to refute is evaluated in rationals, coordinates as the tool gives them: one that is
"not exact" is outside the box or below the bound. "wrong": the verdict contradicts the exact maximum.
"""

_RATIOS = """\
How many times the CPU seconds of exactrelu a verifier needs: the quotient of the medians, and the least and
the largest quotient of two runs of one turn; "> " where the verifier was ended.
"""


def verification_lines(document: Mapping[str, Any]) -> list[str]:
    """Return the section of the page; no line if no question was asked."""
    records = document.get("questions", [])
    if not records:
        return []
    limit = document["limits"]["cpu_seconds"]
    tools = list(dict.fromkeys(name for record in records for name in record["tools"]))
    return [
        _LEGEND.format(repetitions=document["repetitions"]),
        *([document["questions from"], ""] if "questions from" in document else []),
        "| " + " | ".join(["question", "verdict", *tools]) + " |",
        "|" + "---|" * (len(tools) + 2),
        *(_row(record, tools) for record in records),
        "",
        _RATIOS,
        "| question | verdict | verifier | verifier / exactrelu | least | largest |",
        "|---|---|---|---|---|---|",
        *(row for record in records for row in _ratio_rows(record, limit)),
        "",
    ]


def _row(record: Record, tools: list[str]) -> str:
    entries = [_entry(record["tools"].get(tool)) for tool in tools]
    return "| " + " | ".join([record["name"], record["verdict"], *entries]) + " |"


def _entry(run: Record | None) -> str:
    if run is None:
        return "-"
    if "failure" in run:
        return str(run["failure"]).replace("|", "/")
    said = f"{run['median seconds']:.3g} ({run['megabytes']} MB)"
    if run["right"] is None:
        said += f", {run['verdict']}"
    if run["right"] is False:
        said += f", **{run['verdict']}, wrong**"
    return said + (", point not exact" if run["refuting points"] is False else "")


def _ratio_rows(record: Record, limit: float) -> list[str]:
    ours = record["tools"].get(_OURS, {})
    if "median seconds" not in ours:
        return []
    rows = []
    for name, theirs in record["tools"].items():
        if name == _OURS:
            continue
        if "median seconds" in theirs:
            numbers = [f"{number:.3g}" for number in spread_of(ours, theirs)]
        elif theirs["failure"].startswith(">"):
            numbers = [f"> {limit / ours['median seconds']:.3g}", "", ""]
        else:
            continue
        rows.append(f"| {record['name']} | {record['verdict']} | {name} | " + " | ".join(numbers) + " |")
    return rows
