"""Audit real tools with exactrelu: ``make oracle``, or ``python examples/oracle/run_oracle.py``.

For each tool a virtual environment is made under build/oracle and the tool installed from PyPI; one that does
not install is reported and left out. Its adapter is run on each network in a process of its own, writes a
file of claims, and the claims are judged exactly. What comes out is printed and written to RESULTS.md.

``--acasxu FOLDER`` (``make oracle OPTIONS="--acasxu FOLDER"``) gives Marabou ten properties of ACAS Xu, from
a folder in the competition's layout; without it the properties are small ones.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cases import Case, query_cases, region_cases, task_of
from property_cases import property_cases

import exactrelu
from exactrelu import Search
from exactrelu.audit import Audit, audit_claims
from exactrelu.documents.network import write_network
from exactrelu.verification.verdict import Verdict

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "oracle"
SEARCH = Search(time_limit=600)

REGIONCAM = """\
regioncam subdivides a square of the plane, in float32. Its faces are what is called `full` here, and are
judged so; the mean of each face's corners is claimed as a point inside. It is very fast, and right
wherever no two lines come nearer than float32 can tell."""

AFFINITREE = """\
affinitree builds a decision tree whose terminals are polyhedra, in float64. It names no reading, so its
counts are compared with all: on degenerate networks they are those of the *closed* cells, of which many
only touch. That is a correct count, of another thing than what most tools count."""

MARABOU = """\
Marabou is a verifier that computes with float64 and tolerances, and these queries are near its tolerances
on purpose; bounds that are 10^-3 apart it tells apart. The point that comes with `sat` is judged with a
tolerance of 10^-6, which is granted here."""

RELUCENT = """\
relucent crosses facets from cell to cell, in float64 with bounds of its errors, and decides in fractions what
these leave open. Its cells, one sign for each neuron, are what is called `full` here, and are judged so. It
refuses where neighbours differ in more than one sign; that is no answer, and not a wrong one."""

RELUCENT_PACKAGES = ("relucent==1.0.0", "gurobipy==13.0.3")


@dataclass(frozen=True)
class Tool:
    """A tool, what to install, its adapter, its cases."""

    name: str
    packages: tuple[str, ...]
    cases: tuple[Case, ...]
    note: str

    @property
    def adapter(self) -> Path:
        """The script that runs in the tool's environment."""
        return HERE / "adapters" / f"{self.name}_adapter.py"


def tools() -> list[Tool]:
    """Return the tools, with the versions that were tried."""
    regions, queries = tuple(region_cases()), tuple(query_cases())
    properties = tuple(property_cases(_named_folder(), BUILD / "properties"))
    return [
        Tool("regioncam", ("regioncam==0.5.2", "numpy>=2"), regions, REGIONCAM),
        Tool("affinitree", ("affinitree==0.23.0", "numpy>=2"), regions, AFFINITREE),
        Tool("relucent", RELUCENT_PACKAGES, regions, RELUCENT),
        Tool("marabou", ("maraboupy==2.0.0", "numpy>=2"), queries + properties, MARABOU),
    ]


def _named_folder() -> Path | None:
    words = sys.argv[1:]
    return Path(words[words.index("--acasxu") + 1]) if "--acasxu" in words[:-1] else None


def main() -> int:
    """Run all tools and write what came out."""
    record = "--record" in sys.argv[1:]
    lines = [*heading()]
    for tool in tools():
        lines += ["", f"## {tool.name}", "", tool.note, ""]
        python = install(tool)
        if python is None:
            lines.append(f"`pip install {' '.join(tool.packages)}` fails here, so nothing is said about it.")
            continue
        lines += ["| network | | what it claims | verdict | the truth |", "|---|---|---|---|---|"]
        rows = [one for case in tool.cases for one in run_case(tool, case, python, record=record)]
        lines += rows
        lines += ["", tally(rows)]
    text = "\n".join(lines) + "\n"
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def tally(rows: list[str]) -> str:
    """Return how many claims hold and how many do not."""
    counts = {verdict: sum(f"| {verdict} |" in one for one in rows) for verdict in Verdict}
    silent = sum("| no answer" in one for one in rows)
    shown = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return f"Of {sum(counts.values())} claims: {shown}." + (f" No answer: {silent}." if silent else "")


def heading() -> list[str]:
    """Return what the results are about: date, versions, machine."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return [
        "# What float tools say, and what is true",
        "",
        f"{today}, exactrelu {exactrelu.__version__}, {machine}. Made by `make oracle`; do not edit.",
        "",
        "`holds` and `refuted` are exact verdicts on the claim in the row. A count whose reading a tool",
        "does not name is compared with all of them.",
    ]


def install(tool: Tool) -> Path | None:
    """Return the Python of the tool's environment, None if the tool does not install."""
    folder = BUILD / tool.name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = folder / "installed.txt"
    wanted = "\n".join(tool.packages)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *tool.packages]
    for command in ([sys.executable, "-m", "venv", str(folder)], pip):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{tool.name}: {' '.join(command)}\n{done.stderr}", file=sys.stderr)
            return None
    stamp.write_text(wanted, encoding="utf-8")
    return python


def run_case(tool: Tool, case: Case, python: Path, *, record: bool) -> list[str]:
    """Return the rows of the table for one network."""
    folder = BUILD / "cases"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{tool.name}-{case.name}"
    task, claims = folder / f"{stem}.task.json", folder / f"{stem}.claims.json"
    task.write_text(json.dumps(task_of(case)), encoding="utf-8")
    claims.unlink(missing_ok=True)
    command = [str(python), str(tool.adapter), str(task), str(claims)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        return [row(case, "", "no answer within 300 seconds", "", "")]
    if not claims.exists():
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return [row(case, "", "no answer", "", last)]
    if record:
        shutil.copy(claims, HERE / "recorded" / f"{stem}.claims.json")
        write_network(case.network, HERE / "recorded" / f"{case.name}.json")
    rows = rows_of(case, audit_claims(case.network, claims, SEARCH), json.loads(claims.read_text("utf-8")))
    return rows + unanswered(case, json.loads(claims.read_text("utf-8")))


def unanswered(case: Case, document: dict) -> list[str]:
    """Return a row for each query of which the tool claims nothing: its time ran out."""
    answered = {claim.get("id") for claim in document["claims"]}
    silent = [query["id"] for query in case.queries if query["id"] not in answered]
    return [row(case, name, "no answer within its time", "", "") for name in silent]


def rows_of(case: Case, audit: Audit, document: dict) -> list[str]:
    """Return a row for each judged claim."""
    rows = []
    for named, judgement in zip(audit.claims.claims, audit.judgements, strict=True):
        said = said_by(document["claims"][named.index])
        rows.append(row(case, named.id or named.kind, said, str(judgement.verdict), judgement.summary))
    return rows


def said_by(claim: dict) -> str:
    """Return the claim in few words."""
    match claim["kind"]:
        case "region-count":
            return f"{claim['value']} regions" + (f" ({claim['reading']})" if "reading" in claim else "")
        case "interior-points":
            return f"{len(claim['points'])} points"
        case "satisfiability" | "property":
            return claim["answer"]
        case "witness":
            return f"x = ({', '.join(map(repr, claim['point']))})"
        case kind:
            return kind


def row(case: Case, what: str, said: str, verdict: str, truth: str) -> str:
    """Return a row of the table."""
    shown = truth if len(truth) <= 260 else f"{truth[:260]}..."
    cells = (f"{case.name} ({case.remark})", what, said, verdict, shown)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
