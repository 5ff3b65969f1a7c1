"""What README, documentation and Makefile say can be run is there: commands, options, files, targets."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

import exactrelu
from exactrelu.cli import parser

ROOT = Path(exactrelu.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
OWN = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
PAGES = [*OWN, ROOT / "examples" / "oracle" / "README.md", ROOT / "benchmarks" / "peers" / "README.md"]
"""The last two speak of options of other programs, too."""
SHOWN = re.findall(r"^    (exactrelu [^\n]*)$", README, re.MULTILINE)
COMMANDS = next(
    action.choices for action in parser._build()._actions if isinstance(action, argparse._SubParsersAction)
)
OPTIONS = {
    option for command in COMMANDS.values() for action in command._actions for option in action.option_strings
}
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def spans(page: Path) -> list[str]:
    """Return what a page sets as code: spans between backticks and indented lines."""
    text = page.read_text(encoding="utf-8")
    return [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    (\S[^\n]*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_of_the_readme_is_understood_and_its_examples_are_there(line):
    _, *words = shlex.split(line)
    arguments = parser.parse_arguments(words)
    assert arguments.command == words[0]
    for word in words:
        assert not word.startswith("examples/") or (ROOT / word).is_file(), word


def test_the_readme_shows_every_command():
    shown = {line.split()[1] for line in SHOWN}
    named = set(re.findall(r"`exactrelu ([a-z]+)", README))
    assert shown | named == set(COMMANDS)


def test_a_command_that_is_not_there_would_be_seen():
    with pytest.raises(parser.UsageError):
        parser.parse_arguments(["solve", "examples/moons.onnx"])
    with pytest.raises(parser.UsageError):
        parser.parse_arguments(["regions", "examples/moons.onnx", "--cell", "full"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_calls_a_command_an_option_or_a_target_is_one(page):
    for span in spans(page):
        command = re.match(r"exactrelu ([a-z]+)", span)
        assert not command or command[1] in COMMANDS, span
        target = re.match(r"make ([a-z-]+)", span)
        assert not target or target[1] in TARGETS, span
        if command or (page in OWN and span.startswith("--")):
            assert set(re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", span)) <= OPTIONS | {"--help", "--version"}, (
                span
            )


def test_what_the_makefile_runs_is_there():
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()) == TARGETS
    run = re.findall(r"^\t\$\(BIN\)/python (-m )?(\S+)", MAKEFILE, re.MULTILINE)
    for as_module, name in run:
        assert find_spec(name) if as_module else (ROOT / name).is_file(), name
    assert {name for as_module, name in run if not as_module} >= {
        "examples/demo.py",
        "benchmarks/start_up.py",
    }


def test_the_demonstration_reads_examples_that_are_there_and_names_of_the_package():
    source = (ROOT / "examples" / "demo.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    files = set(re.findall(r'EXAMPLES / "([^"{]+)"', source))
    assert files >= {"moons.onnx", "iris.onnx"}
    figures = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    files |= {f"{name}.json" for name in figures if isinstance(name, str) and name.startswith("figure")}
    for name in files:
        assert (ROOT / "examples" / name).is_file(), name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "exactrelu":
            assert hasattr(exactrelu, node.attr), node.attr
