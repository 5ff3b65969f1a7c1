"""Decide a property of one conjunction with Marabou, default options. It runs in Marabou's environment."""

from __future__ import annotations

import warnings
from typing import Any

from benchmarks.peers import measured

_VERDICTS = {"sat": "refuted", "unsat": "holds"}


def prepare(task: dict[str, Any]) -> measured.Work:
    """Import Marabou, read the network and state the query; the work solves it."""
    warnings.simplefilter("ignore")  # about parsers of formats that are not used here
    from maraboupy import Marabou

    network = Marabou.read_onnx(task["network"])
    inputs = network.inputVars[0].flatten()
    outputs = network.outputVars[0].flatten()
    for variable, (low, high) in zip(inputs, task["box"], strict=True):
        network.setLowerBound(variable, low)
        network.setUpperBound(variable, high)
    for coefficients, offset in task["rows"]:  # coefficients . y + offset >= 0
        terms = [(int(variable), -a) for variable, a in zip(outputs, coefficients, strict=True) if a]
        network.addInequality([v for v, _ in terms], [a for _, a in terms], offset)
    options = Marabou.createOptions(
        verbosity=0
    )  # its own limit would be by the clock: CPU time is watched outside

    def work() -> dict[str, Any]:
        answer, values, _ = network.solve(verbose=False, options=options)
        point = [float(values[variable]) for variable in inputs] if answer == "sat" else None
        return {"verdict": _VERDICTS.get(answer, "unknown"), "boxes": None, "point": point}

    return work


if __name__ == "__main__":
    measured.answer(prepare)
