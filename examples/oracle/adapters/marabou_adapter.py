"""What Marabou answers to queries about a network: python marabou_adapter.py TASK.json CLAIMS.json.

A query is a box and constraints a . x + c . f(x) + offset <= 0, or >= 0. The left side of each without its
offset is one more variable, and the constraint is a bound on it. Marabou's answer is claimed, and the point
that comes with ``sat`` is claimed to be a witness, with a tolerance that is granted to it here. Where the
query is that of a property file, the answer is claimed for the file, with the point as a counterexample.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")  # about parsers of formats that are not used here

from maraboupy import MarabouCore  # noqa: E402
from maraboupy.Marabou import createOptions  # noqa: E402

TOLERANCE = "1e-6"


def main(task_file: str, claims_file: str) -> None:
    """Ask each query of the task and claim the answers."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    claims = []
    for number, query in enumerate(task["queries"]):
        answer, point = solve(task, query)
        if answer not in ("sat", "unsat"):
            continue
        if "property" in query:
            file = Path(f"{claims_file}.{number}.txt")
            claims.append(property_claim(query, answer, point, file))
            continue
        constraints = constraints_of(query)
        common = {"domain": {"box": query["box"]}, "constraints": constraints}
        claims.append({"kind": "satisfiability", "id": query["id"], "answer": answer, **common})
        if answer == "sat":
            witness = {"kind": "witness", "id": f"{query['id']}: witness", "point": point}
            claims.append({**witness, "tolerance": TOLERANCE, **common})
    head = {"format": "exactrelu-audit-claims", "version": 1, "tool": f"Marabou {version('maraboupy')}"}
    document = head | {"numbers": "float64", "claims": claims}
    Path(claims_file).write_text(json.dumps(document), encoding="utf-8")


def constraints_of(query: dict) -> list[dict]:
    """Return the constraints of a query, which hold together."""
    return query["constraints"] if "constraints" in query else [query["constraint"]]


def property_claim(query: dict, answer: str, point: list[float] | None, file: Path) -> dict:
    """Return the claim about a property file; a counterexample is written in the competition's format."""
    claim = {"kind": "property", "id": query["id"], "answer": answer, "property": query["property"]}
    if answer == "sat":
        pairs = (f"(X_{i} {value!r})" for i, value in enumerate(point))
        file.write_text(f"({' '.join(pairs)})\n", encoding="utf-8")
        claim |= {"counterexample": file.name, "tolerance": TOLERANCE}
    return claim


def solve(task: dict, query: dict) -> tuple[str, list[float] | None]:
    """Return Marabou's answer, and its point for ``sat``."""
    inputs, layers = len(query["box"]), list(zip(task["weights"], task["biases"], strict=True))
    widths = [len(bias) for _, bias in layers]
    system = MarabouCore.InputQuery()
    system.setNumberOfVariables(inputs + sum(widths) + sum(widths[:-1]) + len(constraints_of(query)))
    for variable, (low, high) in enumerate(query["box"]):
        system.setLowerBound(variable, low)
        system.setUpperBound(variable, high)
        system.markInputVariable(variable, variable)  # else it sees no network, and bounds nothing by layers
    current, fresh = list(range(inputs)), inputs
    for k, (weight, bias) in enumerate(layers):
        values = list(range(fresh, fresh + len(bias)))
        fresh += len(bias)
        for row, entry, value in zip(weight, bias, values, strict=True):
            add_equation(system, [*zip(row, current, strict=True), (-1.0, value)], -entry)
        current = values
        if k < len(layers) - 1:
            current = list(range(fresh, fresh + len(bias)))
            fresh += len(bias)
            for before, after in zip(values, current, strict=True):
                MarabouCore.addReluConstraint(system, before, after)
    for number, variable in enumerate(current):
        system.markOutputVariable(variable, number)
    for constraint in constraints_of(query):
        terms = [*zip(constraint["input"], range(inputs), strict=True)]
        terms += zip(constraint["output"], current, strict=True)
        add_equation(system, [*((a, v) for a, v in terms if a), (-1.0, fresh)], 0.0)
        bound = -constraint["offset"]
        if constraint["relation"] == "<=":
            system.setUpperBound(fresh, bound)
        else:
            system.setLowerBound(fresh, bound)
        fresh += 1
    answer, values, _ = MarabouCore.solve(system, createOptions(verbosity=0, timeoutInSeconds=60), "")
    return answer, [values[v] for v in range(inputs)] if answer == "sat" else None


def add_equation(system: MarabouCore.InputQuery, terms: list, scalar: float) -> None:
    """Add the equation sum a v = scalar."""
    equation = MarabouCore.Equation(MarabouCore.Equation.EQ)
    for factor, variable in terms:
        equation.addAddend(factor, variable)
    equation.setScalar(scalar)
    system.addEquation(equation)


if __name__ == "__main__":
    main(*sys.argv[1:])
