"""The pages of the site: every command that they show is run, and prints what they say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.page_blocks import ShownCommand, ShownFile, blocks, run

ROOT = Path(__file__).resolve().parent.parent
PAGES = {page: blocks(page.read_text(encoding="utf-8")) for page in sorted((ROOT / "docs").rglob("*.md"))}
SHOWING = [page for page, found in PAGES.items() if any(isinstance(one, ShownCommand) for one in found)]
KINDS_OF_USERS = {"theorist", "author", "maintainer"}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.relative_to(ROOT / "docs").as_posix())
def test_what_a_page_shows_is_what_happens(page, folder):
    for shown in PAGES[page]:
        assert run(shown, folder) is None


def test_each_kind_of_user_has_a_tutorial_that_is_run():
    assert {page.stem for page in SHOWING if page.parent.name == "tutorials"} == KINDS_OF_USERS


SESSION = """
```json title="one.json"
{"format": "exactrelu-network", "version": 1, "layers": [{"weight": [["1"]]}]}
```

```console
$ exactrelu evaluate one.json --at 1/2
network         one.json (1-1)
...
$ exactrelu evaluate one.json --at half
exactrelu: ...
[exit status 2]
```
"""


def test_a_session_is_read_as_it_is_meant():
    file, first, second = blocks(SESSION)
    assert isinstance(file, ShownFile)
    assert (first.command, first.status) == ("exactrelu evaluate one.json --at 1/2", 0)
    assert (second.command, second.status) == ("exactrelu evaluate one.json --at half", 2)
    assert second.output == "exactrelu: ...\n"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("(1-1)", "(1-2)"), ("exit status 2", "exit status 3"), ("exactrelu: ...\n[", "exact: ...\n[")],
)
def test_what_does_not_happen_is_seen(folder, right, wrong):
    assert right in SESSION
    verdicts = [run(shown, folder) for shown in blocks(SESSION.replace(right, wrong))]
    assert [verdict is None for verdict in verdicts].count(False) == 1
