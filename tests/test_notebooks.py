"""The notebooks run from their first cell to their last, and print what they show."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def executed(notebook):
    """Run a notebook where its files are, and with this package."""
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}})
    return client.execute()


def texts(notebook):
    """Return what each cell prints: streams and plain texts."""
    return [
        [output.get("text") or output["data"].get("text/plain") for output in cell.get("outputs", ())]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_prints_what_it_shows(path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    stored = nbformat.read(path, as_version=4)
    shown = texts(stored)
    assert any(shown)
    assert texts(executed(stored)) == shown


def test_there_is_one_for_each_kind_of_user():
    assert {path.stem for path in NOTEBOOKS} == {
        "regions_of_a_trained_network",
        "a_papers_counterexample",
        "auditing_a_verifier",
    }


def test_notebooks_hold_no_paths_and_no_widgets():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(tmp|home|root|work)/|widget", text), path


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_a_cell_that_fails_is_seen(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import exactrelu; exactrelu.nothing")]
    )
    with pytest.raises(CellExecutionError, match="no attribute 'nothing'"):
        executed(notebook)
