"""Run float tools on the suite and score them: ``make suite``, or ``python examples/suite/run_suite.py``.

Each tool is installed from PyPI in an environment of its own (`examples/oracle` does that, and has the
adapters of four of them) and answers the questions that it has words for: regioncam and relucent count `full`
cells, affinitree `closed` cells, Marabou decides properties, ONNX Runtime computes outputs. The scores, and
the last words of tools that gave no answer, are printed and written to RESULTS.md.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))

from run_oracle import RELUCENT_PACKAGES, Tool, install  # noqa: E402

import exactrelu  # noqa: E402
from exactrelu.cli.main import main as command  # noqa: E402
from exactrelu.suite.scores import Mark, Scores, score  # noqa: E402

BUILD = HERE.parent.parent / "build" / "suite"
SIZE = 3
SECONDS = 60
TOOLS = (
    Tool("regioncam", ("regioncam==0.5.2", "numpy>=2"), (), "counts `full` cells on squares, in float32"),
    Tool("affinitree", ("affinitree==0.23.0", "numpy>=2"), (), "counts `closed` cells on boxes, in float64"),
    Tool("relucent", RELUCENT_PACKAGES, (), "counts `full` cells on cubes, in float64, or refuses"),
    Tool("marabou", ("maraboupy==2.0.0", "numpy>=2"), (), "decides properties, in float64 with tolerances"),
    Tool("onnxruntime", ("onnxruntime", "numpy>=2"), (), "computes outputs, in the type of the file"),
)


def main() -> int:
    """Write the suite, ask each tool, and write the scores."""
    folder = BUILD / "suite"
    if not (folder / "manifest.json").exists() and command(["suite", str(folder), "--size", str(SIZE)]):
        return 1
    cases = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cases"]
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    lines = [
        "# Float tools on the suite",
        "",
        f"{today}, exactrelu {exactrelu.__version__}, {SIZE} cases of each family, seed 0.",
    ]
    lines += [
        "Made by `make suite`; do not edit. Right of answered; a question without an answer is no fault."
    ]
    for tool in TOOLS:
        python = install(tool)
        if python is None:
            lines += ["", f"## {tool.name}", "", "It did not install here."]
            continue
        answers: dict[str, Any] = {}
        silences: dict[str, str] = {}
        for case in cases:
            found, words = answered(tool, python, folder, case)
            answers |= found
            if not found and words:
                silences[case["name"]] = words
        results = BUILD / f"{tool.name}.results.json"
        head = {"format": "exactrelu-suite-results", "version": 1, "tool": tool.name, "numbers": "float64"}
        results.write_text(json.dumps(head | {"answers": answers}), encoding="utf-8")
        scores = score(folder, results)
        lines += ["", f"## {tool.name}", "", f"It {tool.note}.", "", *table(scores, cases, silences)]
    text = "\n".join(lines) + "\n"
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


_FAULTS = (Mark.WRONG, Mark.UNREADABLE)


def table(scores: Scores, cases: list[dict[str, Any]], silences: dict[str, str]) -> Iterator[str]:
    """Yield a row for each family, then the first wrong answers and why there were none."""
    silent = Counter(case["family"] for case in cases if case["name"] in silences)
    yield "| family | right | wrong | no answer |"
    yield "|---|---|---|---|"
    for family, kinds in scores.table.items():
        right, *faults = [sum(one[str(mark)] for one in kinds.values()) for mark in (Mark.RIGHT, *_FAULTS)]
        if right or any(faults) or silent[family]:
            yield f"| {family} | {right} | {sum(faults)} | {silent[family]} |"
    wrong = [one for one in scores.marked if one.mark in _FAULTS]
    number = len(scores.marked) - scores.count(Mark.MISSING)
    yield ""
    yield f"{number} answers, {len(wrong)} wrong." + (" The first of each family:" if wrong else "")
    if wrong:
        yield ""
    seen: set[str] = set()
    for one in wrong:
        if one.family not in seen:
            seen.add(one.family)
            yield f"* `{one.question}`: {one.summary[:200]}"
    if silences:
        yield from ("", "No answer, and the last words of the first of a kind:", "")
        yield from _last_words(silences)


def _last_words(silences: dict[str, str]) -> Iterator[str]:
    """Yield a line for each kind of silence: an exception's name, or what an adapter says."""
    kinds = Counter(words.partition(":")[0] for words in silences.values())
    for kind, times in kinds.most_common():
        case, words = next(item for item in silences.items() if item[1].partition(":")[0] == kind)
        more = words.removeprefix(kind)[:160]
        yield f"* {times} of `{kind}`" + (f", `{case}`{more}" if more else "")


def answered(
    tool: Tool, python: Path, folder: Path, case: dict[str, Any]
) -> tuple[dict[str, dict[str, Any]], str]:
    """Return the tool's answers to the questions of a case that it has words for, or its last words."""
    asked = {question["id"].partition(":")[2]: question for question in case["questions"]}
    task = task_of(tool, folder, case, asked)
    if task is None:
        return {}, ""
    claims, words = claims_of(tool, python, case["name"], task)
    answers = {}
    for claim in claims:
        name = _QUESTIONS.get((tool.name, claim.get("id")), claim.get("id"))
        if name not in asked or (name == "outputs" and tool.name != "onnxruntime"):
            continue  # affinitree's are at other points
        keys = ("value", "outputs") if "property" not in name else ("answer",)
        answers[asked[name]["id"]] = {key: claim[key] for key in keys if key in claim}
    return answers, words


_QUESTIONS = {
    ("regioncam", "faces"): "count-full",
    ("relucent", "cells"): "count-full",
    ("affinitree", "terminals"): "count-closed",
}


def claims_of(tool: Tool, python: Path, name: str, task: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Return what the adapter claims in a process of its own, or nothing and its last words."""
    place = BUILD / f"{tool.name}-{name}"
    files = [place.with_suffix(suffix) for suffix in (".task.json", ".claims.json")]
    files[0].write_text(json.dumps(task), encoding="utf-8")
    files[1].unlink(missing_ok=True)
    own = HERE / "adapters" / f"{tool.name}_adapter.py"
    adapter = own if own.exists() else tool.adapter
    try:
        done = subprocess.run(
            [python, adapter, *files], capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return [], f"time: more than {SECONDS} seconds"
    if not files[1].exists():
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        kind, _, rest = last.partition(": ")
        return [], f"{kind.rpartition('.')[2]}: {rest}" if rest else last
    return json.loads(files[1].read_text(encoding="utf-8"))["claims"], ""


def task_of(tool: Tool, folder: Path, case: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the adapter is told; None where the tool has no words for the case."""
    network = exactrelu.load_network(folder / case["networks"]["native"])
    box = [[float(Fraction(end)) for end in pair] for pair in case["box"]]
    if tool.name == "onnxruntime":
        if "onnx" not in case["networks"] or "outputs" not in asked:
            return None
        points = [[float(Fraction(v)) for v in point] for point in asked["outputs"]["claim"]["points"]]
        return {"onnx": str(folder / case["networks"]["onnx"]), "points": points}
    weights = [[[float(v) for v in row] for row in layer.weight] for layer in network.layers]
    biases = [[float(v) for v in layer.bias] for layer in network.layers]
    queries = [
        query(folder, question, network, box) for name, question in asked.items() if "property" in name
    ]
    return {"weights": weights, "biases": biases, "box": box, "queries": queries}


def query(
    folder: Path, question: dict[str, Any], network: exactrelu.Network, box: list[list[float]]
) -> dict[str, Any]:
    """Return a property of the suite, which is y_0 >= level, as the adapter of Marabou reads it."""
    text = (folder / question["claim"]["property"]).read_text(encoding="utf-8")
    level = float(text.rpartition("Y_0 ")[2].strip(" )\n"))
    output = [1.0] + [0.0] * (network.outputs - 1)
    constraint = {"input": [0.0] * network.inputs, "output": output, "offset": -level, "relation": ">="}
    return {"id": question["id"].partition(":")[2], "box": box, "constraint": constraint}


if __name__ == "__main__":
    sys.exit(main())
