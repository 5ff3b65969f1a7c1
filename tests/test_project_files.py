"""What stands beside the code agrees with it: versions, Pythons, workflow, templates, citation."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import exactrelu
from tests.support import wheel

ROOT = Path(__file__).resolve().parent.parent
FORMS = [path for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.stem != "config"]
SCHEMAS = {
    "vendor.github-workflows": sorted((ROOT / ".github/workflows").glob("*.yml")),
    "vendor.github-issue-forms": FORMS,
    "vendor.github-issue-config": [ROOT / ".github/ISSUE_TEMPLATE/config.yml"],
    "vendor.citation-file-format": [ROOT / "CITATION.cff"],
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def judged(schema: str, files: list[Path]) -> int:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_files_satisfy_their_schemas(schema):
    assert judged(schema, SCHEMAS[schema]) == 0


def test_a_broken_workflow_is_refused(tmp_path):
    broken = tmp_path / "tests.yml"
    broken.write_text(
        text_of(".github/workflows/tests.yml").replace("runs-on:", "runs_on:"), encoding="utf-8"
    )
    assert judged("vendor.github-workflows", [broken]) == 1


def test_every_issue_form_asks_for_evidence():
    assert FORMS
    wrong_answer = text_of(".github/ISSUE_TEMPLATE/wrong_answer.yml")
    assert re.search(r"id: certificate\n(?:.*\n)*?.*required: true", wrong_answer)


def test_the_versions_agree():
    assert f"version: {exactrelu.__version__}\n" in text_of("CITATION.cff")
    newest = re.search(r"^## (\S+)", text_of("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == exactrelu.__version__


def test_the_workflow_tries_the_pythons_that_are_promised():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    matrix = re.search(r"python: \[(.*)\]", text_of(".github/workflows/tests.yml"))
    assert matrix is not None
    assert re.findall(r'"(3\.\d+)"', matrix[1]) == promised == [f"3.{minor}" for minor in wheel.MINORS]
    assert project["requires-python"] == f">={promised[0]}"


def test_contributing_names_files_that_exist():
    named = re.findall(
        r"`((?:exactrelu|tests|docs|proofs_checks|proofs)/[\w./]*)`", text_of("CONTRIBUTING.md")
    )
    rooms = re.findall(r"`([a-z_]+/(?:[\w./]*)?)`", text_of("CONTRIBUTING.md"))
    assert len(named) + len(rooms) > 20
    for name in {*named, *rooms} - {"proofs_checks/PAPER/", "exactrelu/cli/NAME_command.py", "build/"}:
        assert (ROOT / name).exists() or (ROOT / "exactrelu" / name).exists(), name


def test_the_trial_of_a_wheel_sees_a_wrong_answer_and_a_failed_command(tmp_path):
    wheel.see("cells", 3, 3)
    with pytest.raises(wheel.NotAsExpectedError, match="cells: expected 3, got 2"):
        wheel.see("cells", 2, 3)
    with pytest.raises(wheel.NotAsExpectedError, match="status 3"):
        wheel.said([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_the_installed_package_answers_as_the_wheel_must(tmp_path):
    wheel.see_answers([sys.executable, "-m", "exactrelu"], sys.executable, tmp_path)


def test_no_file_holds_the_marks_of_a_merge():
    texts = [
        path for pattern in ("*.md", "*.py", "*.toml", "*.yml") for path in ROOT.glob(f"[!.]*/**/{pattern}")
    ]
    marked = [path for path in texts if re.search(r"^(<{7}|>{7}) ", path.read_text("utf-8"), re.MULTILINE)]
    assert marked == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "examples/oracle/README.md"])
def test_links_lead_to_files(name):
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(((?!https?:|#)[^)#]+)", text_of(name))
    assert links
    assert [link for link in links if not (folder / link).exists()] == []
