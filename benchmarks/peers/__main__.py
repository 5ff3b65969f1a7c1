"""Run the benchmark: ``python -m benchmarks.peers`` in the root of a checkout."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers import machine
from benchmarks.peers.comparison import compared
from benchmarks.peers.plot import draw
from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.runs import Limits
from benchmarks.peers.table import as_markdown
from benchmarks.peers.tools import all_tools
from benchmarks.peers.verification import asked, verifiers
from benchmarks.peers.works import WORKS, Work

RESULTS = Path(__file__).resolve().parent / "results"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    result = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    result.add_argument("--only", metavar="TEXT", action="append", help="works whose name begins with TEXT")
    result.add_argument("--tools", metavar="NAMES", help="these tools, separated by commas")
    result.add_argument("--repetitions", type=int, default=5, metavar="N", help="runs of each tool (5)")
    result.add_argument(
        "--time-out", type=int, default=120, metavar="S", help="CPU seconds after which a run is ended (120)"
    )
    result.add_argument(
        "--quick", action="store_true", help="small networks only, for trying the benchmark out"
    )
    result.add_argument("--long", action="store_true", help="also what takes many minutes")
    result.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FOLDER", help="where the results go"
    )
    return result


def chosen_works(arguments: argparse.Namespace) -> list[Work]:
    """Return the works that the options ask for; naming a work is enough."""
    if arguments.only:
        return [work for work in WORKS if work.name.startswith(tuple(arguments.only))]
    return [work for work in WORKS if work.quick == arguments.quick and (arguments.long or not work.long)]


def chosen_questions(arguments: argparse.Namespace) -> list[Question]:
    """Return the questions beside a verifier that the options ask for, as of works."""
    if arguments.only:
        return [question for question in QUESTIONS if question.name.startswith(tuple(arguments.only))]
    return [question for question in QUESTIONS if question.quick or not arguments.quick]


def main(argv: list[str] | None = None) -> int:
    """Run the works, write table, JSON and picture after each, and return 0; 2 for works or tools unknown."""
    arguments = parser().parse_args(argv)
    works, questions = chosen_works(arguments), chosen_questions(arguments)
    tools, left_out = all_tools() if works else ([], {})
    provers, missing = verifiers() if questions else ([], {})
    if arguments.tools:
        names = arguments.tools.split(",")
        tools = [tool for tool in tools if tool.name in names]
        provers = [tool for tool in provers if tool.name in names]
    if not (works and tools) and not (questions and provers):
        print("--only, --tools: expected the names of works and tools, got none of them", file=sys.stderr)
        return 2
    limits = Limits(cpu_seconds=arguments.time_out)
    document: dict[str, Any] = {
        "format": "exactrelu-peer-benchmark",
        "version": 1,
        "machine": machine.described(),
        "repetitions": arguments.repetitions,
        "limits": vars(limits),
        "left out": left_out | missing,
        "works": [],
        "questions": [],
    }
    for work in works if tools else ():
        print(f"{work.name} ...", file=sys.stderr, flush=True)
        document["works"].append(compared(work, tools, limits, arguments.repetitions))
        write(document, arguments.results)
    for question in questions if provers else ():
        print(f"{question.name} ...", file=sys.stderr, flush=True)
        document["questions"].append(asked(question, provers, limits, arguments.repetitions))
        write(document, arguments.results)
    print(as_markdown(document))
    return 0


def write(document: dict[str, Any], folder: Path) -> None:
    """Write the document as JSON, Markdown and SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (folder / "results.md").write_text(as_markdown(document), encoding="utf-8")
    if document["works"]:
        draw(document, folder / "results.svg")


if __name__ == "__main__":
    # As Ctrl-C does, so that the running process ends with this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
