"""The results as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.environments import PEERS
from benchmarks.peers.ratios import spread_of
from benchmarks.peers.targets import verdicts
from benchmarks.peers.verification_table import verification_lines

Record = Mapping[str, Any]

_LEGEND = """\
CPU seconds of the count alone, without imports, BLAS on one thread, a fresh process for each run, tools in
turn; medians of up to {repetitions} runs; in brackets the peak memory of the process, libraries included.
`full` cells; an engine's count is exact. **bold**: the engine that `auto` takes. A count beside the memory
is that of another reading; "wrong" is that of none; "not full" differs, and the exact count of another
reading did not finish. "> {limit} s": ended. "-": the tool cannot do that work, or would need minutes. Open
signs: the share that the engine `generators` decided in integers because doubles did not.
"""

_RATIOS = """\
How many times the CPU seconds of the engine that `auto` takes a peer needs: the quotient of the medians, and
the least and the largest quotient of two runs of one turn. The last column is that engine's own.
"""


def as_markdown(document: Mapping[str, Any]) -> str:
    """Return the document as a page: machine, table, targets."""
    limits = document["limits"]
    tools = list(dict.fromkeys(name for record in document["works"] for name in record["tools"]))
    lines = [
        "# exactrelu beside float tools",
        "",
        _machine_line(document["machine"]),
        "",
        _LEGEND.format(repetitions=document["repetitions"], limit=limits["cpu_seconds"]),
        *_left_out(document.get("left out", {})),
        "| "
        + " | ".join(["work", "domain", "cells", *(_header(tool) for tool in tools), "open signs"])
        + " |",
        "|" + "---|" * (len(tools) + 4),
        *(_row(record, tools) for record in document["works"]),
        "",
        "| work | what was to be reached |",
        "|---|---|",
        *_verdict_rows(document),
        "",
        _RATIOS,
        "| work | peer | peer / exactrelu | least | largest | microseconds a cell |",
        "|---|---|---|---|---|---|",
        *(row for record in document["works"] for row in _ratio_rows(record)),
        "",
        *verification_lines(document),
    ]
    return "\n".join(lines)


def _left_out(reasons: Mapping[str, str]) -> list[str]:
    """Return a line and an empty one for the peers that could not be installed."""
    said = "; ".join(f"{peer}, {reason}" for peer, reason in reasons.items())
    return [f"Left out: {said}.", ""] if said else []


def _header(tool: str) -> str:
    return tool if tool in PEERS else f"`{tool}`"


def _machine_line(machine: Record) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{machine['date']}; {machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}; {versions}."
    )


def _row(record: Record, tools: list[str]) -> str:
    cells = "?" if record["cells"] is None else f"{record['cells']:,}"
    entries = [_entry(record, tool) for tool in tools]
    return "| " + " | ".join([record["name"], record["domain"], cells, *entries, open_signs(record)]) + " |"


def _entry(record: Record, tool: str) -> str:
    run = record["tools"].get(tool)
    if run is None:
        return "-"
    if "failure" in run:
        return run["failure"].replace("|", "/")
    seconds = f"{run['median seconds']:.3g}"
    time = f"**{seconds}**" if tool == record["auto"] else seconds
    return f"{time} ({run['megabytes']} MB){_remark(run)}"


def _remark(run: Record) -> str:
    """Return what is to be said about a count that is not the true one."""
    if run["reading"] in ("full", None):
        return ""
    return (
        f", **{run['count']:,} {run['reading']}**"
        if run["reading"] == "wrong"
        else (f", {run['count']:,} ({run['reading']})")
    )


def open_signs(record: Record) -> str:
    """Return the share of signs that doubles left open, in per cent."""
    signs = record["signs"]
    if not signs or not signs["asked"]:
        return "-"
    if not signs["ambiguous"]:
        return "0"
    return f"{100 * signs['ambiguous'] / signs['asked']:.2g} %"


def _ratio_rows(record: Record) -> list[str]:
    """Return a row for each peer that finished: ratios with their spread."""
    ours = record["tools"].get(record["auto"], {})
    if "median seconds" not in ours or not record["cells"]:
        return []
    each = f"{1e6 * ours['median seconds'] / record['cells']:.2g}"
    rows = []
    for peer in PEERS:
        theirs = record["tools"].get(peer, {})
        if "median seconds" in theirs:
            numbers = " | ".join(f"{number:.3g}" for number in spread_of(ours, theirs))
            rows.append(f"| {record['name']} | {peer} | {numbers} | {each} |")
    return rows or [f"| {record['name']} | | | | | {each} |"]


def _verdict_rows(document: Mapping[str, Any]) -> list[str]:
    limit = document["limits"]["cpu_seconds"]
    return [
        f"| {record['name']} | {line} |" for record in document["works"] for line in verdicts(record, limit)
    ]
