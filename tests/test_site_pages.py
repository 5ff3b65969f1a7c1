"""The pages of the site: every command that they show is run, and prints what they say."""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

import pytest

from exactrelu.cli.parser import _build
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


def commands_of_pages():
    """Yield (page, words, option) for commands in a line of text or in a block that is not run."""
    pages = {"README.md": ROOT / "README.md", "CONTRIBUTING.md": ROOT / "CONTRIBUTING.md"}
    pages |= {str(page.relative_to(ROOT)): page for page in PAGES}
    for name, page in pages.items():
        text = re.sub(
            r"^```console.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        inline = re.findall(r"`(exactrelu [^`]+)`", text)
        indented = re.findall(r"^    (?:\$ )?(exactrelu .*(?:\n {10,}\S.*)*)", text, flags=re.MULTILINE)
        for words in (*inline, *indented):
            yield name, words
        for option in re.findall(r"`(--[a-z][a-z0-9-]*)", text):
            yield name, option


def test_commands_that_are_not_run_name_commands_and_options_that_there_are():
    """Placeholders such as NET stand for anything; what begins with -- must be declared."""
    (commands,) = (one for one in _build()._actions if isinstance(one, argparse._SubParsersAction))
    declared = {name: set(one._option_string_actions) for name, one in commands.choices.items()}
    of_some = set().union(*declared.values(), {"--version", "--help"})
    shown = list(commands_of_pages())
    for page, words in shown:
        name, options = words.split()[1:2], re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", words)
        known = declared.get(name[0]) if name and not name[0].startswith("-") else of_some
        assert known is not None, f"{page}: no command: {words}"
        assert set(options) <= known, f"{page}: no option: {words}"
    assert len(shown) > 200


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
