"""The demonstration of the oracle: recorded claims of real tools, and its adapters with stand-ins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from exactrelu import load_network
from exactrelu.audit import audit_claims

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "oracle"
RECORDED = sorted((FOLDER / "recorded").glob("*.claims.json"))


@pytest.fixture
def oracle(monkeypatch):
    """The modules of the demonstration."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("cases"), import_module("run_oracle")


def network_of(claims):
    return load_network(
        FOLDER / "recorded" / f"{claims.name.removesuffix('.claims.json').split('-', 1)[1]}.json"
    )


def verdicts(name):
    claims = FOLDER / "recorded" / f"{name}.claims.json"
    audit = audit_claims(network_of(claims), claims)
    pairs = zip(audit.claims.claims, audit.judgements, strict=True)
    return {named.id: (str(judgement.verdict), judgement.truth) for named, judgement in pairs}


def test_there_are_recorded_claims_of_every_tool():
    assert {path.name.split("-")[0] for path in RECORDED} == {
        "regioncam",
        "affinitree",
        "relucent",
        "marabou",
    }


@pytest.mark.parametrize("claims", RECORDED, ids=lambda path: path.name.removesuffix(".claims.json"))
def test_the_results_are_those_of_the_recorded_claims(claims, oracle):
    cases, run_oracle = oracle
    tool, name = claims.name.removesuffix(".claims.json").split("-", 1)
    family = cases.query_cases() if tool == "marabou" else cases.region_cases()
    (case,) = [case for case in family if case.name == name]
    assert network_of(claims) == case.network
    audit = audit_claims(case.network, claims)
    written = (FOLDER / "RESULTS.md").read_text(encoding="utf-8").splitlines()
    for row in run_oracle.rows_of(case, audit, json.loads(claims.read_text(encoding="utf-8"))):
        assert row in written


def test_marabou_says_sat_where_nothing_satisfies_the_query():
    found = verdicts("marabou-relu")
    query = "relu(x) >= 2e-6 on [-1, 1e-6]"
    verdict, truth = found[query]
    assert (verdict, truth["answer"]) == ("refuted", "unsat")
    verdict, truth = found[f"{query}: witness"]
    assert (verdict, truth["validity"]) == ("refuted", "valid within the tolerance only")
    assert found["relu(x) - x <= -1e-7 on [-1, 1]"][0] == "holds"
    assert found["relu(x) >= 0.5 on [-1, 1]: witness"][1]["validity"] == "exactly valid"
    assert found["relu(x) >= 2e-3 on [-1, 1e-3]"][0] == "holds"


def test_affinitree_is_told_that_it_counts_closed_cells():
    for name, count in (("absolute", 4), ("copies", 64), ("pencil", 64)):
        verdict, truth = verdicts(f"affinitree-{name}")["terminals"]
        assert (verdict, truth["matches"]) == ("holds", ["closed"])
        claims = json.loads((FOLDER / "recorded" / f"affinitree-{name}.claims.json").read_text("utf-8"))
        assert claims["claims"][0]["value"] == count


def test_regioncam_misses_cells_that_float32_cannot_tell_apart():
    found = verdicts("regioncam-gap")
    assert (found["faces"][0], found["faces"][1]["count"]) == ("refuted", 6)
    assert len(found["middles of faces"][1]["missing"]) == 2
    assert verdicts("regioncam-moons")["faces"][0] == "holds"


# the adapters, with stand-ins for the tools -----------------------------------------------------------

STAND_INS = {
    "regioncam": """
import numpy as np
class Face:
    def __init__(self, *ids): self.vertex_ids = ids
class Regioncam:
    def __init__(self, size):
        s = size
        self.vertex_inputs = np.array([[-s, -s], [0, -s], [s, -s], [s, s], [0, s], [-s, s]], dtype=np.float32)
    def linear(self, weight, bias): assert weight.shape[1] == len(bias)
    def relu(self): self.faces = [Face(0, 1, 4, 5), Face(1, 2, 3, 4)]
""",
    "affinitree": """
class AffFunc:
    from_mats = staticmethod(lambda weight, bias: (weight, bias))
    identity = staticmethod(lambda n: n)
class Polytope:
    hyperrectangle = staticmethod(lambda n, intervals: intervals)
class Architecture:
    def __init__(self, inputs): self.steps = []
    def linear(self, step): self.steps.append(step)
    def relu(self): self.steps.append(None)
class AffTree:
    from_poly = staticmethod(lambda box, identity: box)
    def num_terminals(self): return 4
    def evaluate(self, x): return [abs(x[0])]
class builder:
    from_layers = staticmethod(lambda architecture, precondition: AffTree())
""",
    "relucent": """
import sys, types
def update_settings(VERBOSE): pass
class Complex(list):
    def __init__(self, network): self.layers = network
    def bfs(self, start, nworkers, cube_radius, cube_mode):
        assert len(start) == 2 and all(abs(x) <= cube_radius for x in start) and cube_mode == "intersect"
        self[:] = ["+-", "-+"] if len(self.layers) == 2 else []
        return types.SimpleNamespace(verified=True)
model = types.ModuleType("relucent.model.model")
model.LinearLayer, model.ReLULayer, model.ReLUNetwork = (lambda weight, bias: bias.shape), object, list
sys.modules |= {"relucent.model": types.ModuleType("relucent.model"), "relucent.model.model": model}
""",
    "maraboupy": """
class Equation:
    EQ = 0
    def __init__(self, kind): self.terms = []
    def addAddend(self, factor, variable): self.terms.append((factor, variable))
    def setScalar(self, scalar): self.scalar = scalar
class InputQuery:
    def __init__(self): self.upper, self.lower, self.equations = {}, {}, []
    def setNumberOfVariables(self, number): self.number = number
    def setLowerBound(self, variable, bound): self.lower[variable] = bound
    def setUpperBound(self, variable, bound): self.upper[variable] = bound
    def addEquation(self, equation): self.equations.append(equation)
    def markInputVariable(self, variable, number): assert variable == number
    def markOutputVariable(self, variable, number): assert variable < self.number
class MarabouCore:
    Equation, InputQuery = Equation, InputQuery
    addReluConstraint = staticmethod(lambda system, before, after: None)
    @staticmethod
    def solve(system, options, redirect):
        last = system.number - 1
        assert all(v < system.number for e in system.equations for _, v in e.terms)
        assert last in system.upper or last in system.lower
        value = system.upper[0]
        return ("sat", {v: value for v in range(system.number)}, None) if value == 1 else ("unsat", {}, None)
""",
}


@pytest.fixture
def adapt(tmp_path, oracle):
    """Run an adapter on a case, in a process of its own, with a stand-in for its tool."""
    cases, _ = oracle

    def run(tool, package, case):
        module = tmp_path / package
        module.mkdir(exist_ok=True)
        (module / "__init__.py").write_text(STAND_INS[package], encoding="utf-8")
        (module / "Marabou.py").write_text("def createOptions(**options): return options\n", encoding="utf-8")
        information = tmp_path / f"{package}-0.dist-info"
        information.mkdir(exist_ok=True)
        (information / "METADATA").write_text(f"Name: {package}\nVersion: 0\n", encoding="utf-8")
        task, claims = tmp_path / "task.json", tmp_path / "claims.json"
        task.write_text(json.dumps(cases.task_of(case)), encoding="utf-8")
        adapter = FOLDER / "adapters" / f"{tool}_adapter.py"
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        command = [sys.executable, str(adapter), str(task), str(claims)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return audit_claims(case.network, claims)

    return run


def test_the_adapters_claim_what_their_tools_say(adapt, oracle):
    cases, _ = oracle
    (absolute,) = [case for case in cases.region_cases() if case.name == "absolute"]
    for tool in ("regioncam", "affinitree"):
        audit = adapt(tool, tool, absolute)
        assert audit.claims.tool == f"{tool} 0"
        assert [str(judgement.verdict) for judgement in audit.judgements] == ["holds", "holds"]
    audit = adapt("relucent", "relucent", absolute)
    assert audit.claims.tool == "relucent 0"
    assert [str(judgement.verdict) for judgement in audit.judgements] == ["holds"]
    relu, _ = cases.query_cases()
    audit = adapt("marabou", "maraboupy", relu)
    answers = {
        named.id: str(j.verdict) for named, j in zip(audit.claims.claims, audit.judgements, strict=True)
    }
    assert answers["relu(x) >= 0.5 on [-1, 1]"] == "holds"
    assert answers["relu(x) >= 0.5 on [-1, 1]: witness"] == "holds"
    assert answers["relu(x) >= 2e-3 on [-1, 1e-3]"] == "holds"
    assert answers["relu(x) - x <= -1e-7 on [-1, 1]"] == "refuted"


def test_all_tasks_are_exactly_what_is_audited(oracle):
    cases, _ = oracle
    for case in [*cases.region_cases(), *cases.query_cases()]:
        task = cases.task_of(case)
        assert len(task["weights"]) == case.network.depth
        assert task["box"] == case.box


def test_a_tool_that_does_not_install_is_left_out(oracle, tmp_path, monkeypatch, capsys):
    _, run_oracle = oracle
    monkeypatch.setattr(run_oracle, "BUILD", tmp_path)
    monkeypatch.setattr(run_oracle.sys, "executable", "/nowhere/python")
    tool = run_oracle.tools()[0]
    monkeypatch.setattr(
        run_oracle.subprocess,
        "run",
        lambda *_, **__: subprocess.CompletedProcess([], 1, "", "no such package"),
    )
    assert run_oracle.install(tool) is None
    assert "no such package" in capsys.readouterr().err
