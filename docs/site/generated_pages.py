"""Pages of the site that are made from the code: the commands from their parsers, the API from docstrings.

mkdocs calls the functions ``on_config`` and ``on_files`` of this file (`mkdocs.yml`).
"""

from __future__ import annotations

import argparse
import ast
import base64
import json
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from exactrelu.cli import parser

ROOT = Path(__file__).resolve().parents[2]
COMMAND_LINE = "reference/command-line.md"
ROOM_TITLES = {
    "networks": "Networks, configurations, regions",
    "polyhedra": "Domains and norms",
    "enumeration": "Enumeration",
    "numbers": "Numbers",
    "errors": "Errors",
    "analysis": "Ranges, Lipschitz constants, equality, distances",
    "verification": "Properties",
    "certificates": "Certificates",
    "atoms": "Atoms",
    "symbolic": "Symbolic networks",
    "shallow": "Shallow networks",
    "stability": "Inverse stability",
    "deep": "Compression",
    "identifiability": "Identifiability",
    "construction": "Building networks",
    "counting_bounds": "Bounds on counts",
    "families": "Families",
    "losses": "Losses",
    "audit": "Judging claims",
    "drawing": "Pictures",
    "formats": "Reading files",
    "documents": "Writing files",
}
"""The rooms whose functions and classes are public, in the order of the pages, with their titles."""
OTHER_MODULES = {"errors": ["exactrelu.errors"], "audit": ["exactrelu.testing"]}
"""Modules that are public as a whole: every error, and the assertions for other projects' tests."""
NOTEBOOKS = ROOT / "examples" / "notebooks"
REPORTS = {
    "results/oracle.md": "examples/oracle/RESULTS.md",
    "results/suite.md": "examples/suite/RESULTS.md",
    "results/peers.md": "benchmarks/peers/results/results.md",
}
"""Reports that targets of the Makefile write beside their programs, by the pages that show them."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give the section "Python" of the navigation a page for each room."""
    pages = [{ROOM_TITLES.get(room, room): api_page(room)} for room in public_names()]
    for section in config.nav or []:
        if "Reference" in section:
            section["Reference"].append({"Python": pages})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    files.append(File.generated(config, COMMAND_LINE, content=command_line_page()))
    for page, report in REPORTS.items():
        files.append(File.generated(config, page, content=(ROOT / report).read_text(encoding="utf-8")))
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        page = f"notebooks/{notebook.stem}.md"
        files.append(File.generated(config, page, content=notebook_page(notebook)))
    for room, names in public_names().items():
        files.append(File.generated(config, api_page(room), content=room_page(room, names)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links to a report lead to its page here."""
    for target, report in REPORTS.items():
        markdown = markdown.replace(f"](../{report})", f"]({target})")
    return markdown


def api_page(room: str) -> str:
    """Return the path of a room's page."""
    return f"reference/python/{room}.md"


def public_names() -> dict[str, list[str]]:
    """Return what `exactrelu` exports, by room: full names, as its ``TYPE_CHECKING`` block imports them."""
    source = (ROOT / "exactrelu" / "__init__.py").read_text(encoding="utf-8")
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    found: dict[str, list[str]] = {room: [] for room in ROOM_TITLES}
    for node in imported:
        if node.module and node.module.startswith("exactrelu."):
            room = node.module.split(".")[1]
            found.setdefault(room, []).extend(f"{node.module}.{name.name}" for name in node.names)
    return {room: [*names, *OTHER_MODULES.get(room, [])] for room, names in found.items() if names}


def notebook_page(path: Path) -> str:
    """Return a notebook as a page: texts, code, and what the code showed, pictures included."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    parts = [f"*This page is the notebook `examples/notebooks/{path.name}`.*"]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [output_text(output) for output in cell.get("outputs", ())]
    first, _, below = parts[1].partition("\n")
    return "\n\n".join([first, parts[0], below, *parts[2:]])


def output_text(output: dict[str, Any]) -> str:
    """Return what a cell showed: a picture if there is one, else HTML, else text."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "image/svg+xml" in data:
        text = "".join(data["image/svg+xml"]).encode()
        return f'<img alt="a picture" src="data:image/svg+xml;base64,{base64.b64encode(text).decode()}">'
    if "image/png" in data:
        return f'<img alt="a plot" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        return "".join(data["text/html"])
    return f"```text\n{''.join(data['text/plain']).rstrip()}\n```"


def room_page(room: str, names: list[str]) -> str:
    """Return the page of a room: a heading and a directive of mkdocstrings for each name."""
    blocks = "\n".join(f"::: {name}\n" for name in names)
    return f"# {ROOM_TITLES.get(room, room)}\n\n{blocks}"


def command_line_page() -> str:
    """Return the page of all commands, in alphabetical order."""
    commands = commands_of(parser._build())  # noqa: SLF001
    rows = [f"| [`{name}`](#{name}) | {escaped(sub.description or '')} |" for name, sub in commands.items()]
    head = (
        "# The command line\n\nEvery command takes `--help`. Exit statuses: 0 the answer is yes or a result, "
        "1 no (refuted, not equal, a broken certificate), 2 bad input or usage, 3 a budget ran out.\n"
    )
    table = "\n".join(["| command | what it answers |", "|---|---|", *rows])
    return "\n".join([head, table, "", *(command_section(name, sub) for name, sub in commands.items())])


def commands_of(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands by name."""
    for action in whole._actions:  # noqa: SLF001 - argparse has no public way to its subparsers
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    raise AssertionError("the parser has no commands")


def command_section(name: str, sub: argparse.ArgumentParser) -> str:
    """Return usage and arguments of one command."""
    usage = sub.format_usage().removeprefix("usage: ").rstrip()
    rows = [argument_row(action) for action in sub._actions if action.help != argparse.SUPPRESS]  # noqa: SLF001
    lines = [f"## {name}", "", escaped(sub.description or ""), "", "```text", usage, "```", ""]
    return "\n".join([*lines, "| argument | meaning |", "|---|---|", *rows, ""])


def argument_row(action: argparse.Action) -> str:
    """Return an argument's row: how it is written, and its help text with defaults filled in."""
    value = "" if action.nargs == 0 else metavar_of(action)
    names = " ".join([", ".join(action.option_strings), value]).strip()
    text = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
    return f"| `{names.replace('|', chr(92) + '|')}` | {escaped(text)} |"


def metavar_of(action: argparse.Action) -> str:
    """Return the placeholder of an argument's value."""
    if action.metavar is not None:
        return " ".join(action.metavar) if isinstance(action.metavar, tuple) else action.metavar
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def escaped(text: Any) -> str:
    """Return text that Markdown shows as it is, in a cell of a table too."""
    for sign in ("|", "<", "*", "_", "["):
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
