"""From answers to stdout and files: JSON, tables, progress."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from exactrelu.affine_map import AffineMap
from exactrelu.domain import Domain
from exactrelu.formats.atomic_file import write_atomically
from exactrelu.network import Network
from exactrelu.rationals import format_rational

if TYPE_CHECKING:
    from rich.console import Console

_T = TypeVar("_T")
_LONGEST_CELL = 60


def write_json(target: str, document: Mapping[str, Any]) -> None:
    """Write a document to a file, or to stdout for ``-``."""
    text = json.dumps(document) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        write_atomically(target, [text])


def console() -> Console:
    """Return a console on stdout; where that is no terminal, lines are as long as they need to be."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(width=10_000, highlight=False, color_system=None)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print a table on stdout."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console().print(table)


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print named facts, one a line, on stdout."""
    for name, value in facts:
        sys.stdout.write(f"{name:<15} {value}\n")


def progress(items: Iterable[_T], unit: str) -> Iterator[_T]:
    """Yield the items; show how many there were on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(unit, total=None)
        shown = 0.0
        for number, item in enumerate(items, start=1):
            if time.monotonic() - shown > 0.1:
                bar.update(task, completed=number)
                shown = time.monotonic()
            yield item


# text for people --------------------------------------------------------------------------------


def number_text(value: Fraction) -> str:
    """Return an exact rational, with a decimal beside it where the exact form is long."""
    text = format_rational(value)
    if len(text) <= _LONGEST_CELL:
        return text
    return f"~{_approximate(value)} (exact: {len(text)} characters, see --json)"


def _approximate(value: Fraction) -> str:
    try:
        return f"{float(value):.6g}"
    except OverflowError:
        return "+huge" if value > 0 else "-huge"


def vector_text(values: Iterable[Fraction]) -> str:
    """Return a point or vector for people."""
    return "(" + ", ".join(map(number_text, values)) + ")"


def map_text(affine_map: AffineMap) -> str:
    """Return an affine map for people, one output a line, as in ``1/2 x0 - 3 x1 + 1``."""
    return "\n".join(functional_text(row) for row in affine_map.rows)


def functional_text(row: Sequence[Fraction]) -> str:
    """Return the affine functional with coefficients and constant ``row`` for people."""
    terms = [(entry, f" x{j}") for j, entry in enumerate(row[:-1]) if entry]
    if row[-1] or not terms:
        terms.append((row[-1], ""))
    text = ""
    for entry, name in terms:
        size = number_text(abs(entry))
        shown = name.strip() if name and size == "1" else size + name
        sign = ("- " if entry < 0 else "+ ") if text else ("-" if entry < 0 else "")
        text += f"{' ' if text else ''}{sign}{shown}"
    return text


def network_text(arguments: argparse.Namespace, network: Network) -> str:
    """Return the network's file and widths for people."""
    return f"{arguments.network} ({'-'.join(map(str, network.widths))})"


def domain_text(arguments: argparse.Namespace, domain: Domain) -> str:
    """Return the domain of ``--box`` or ``--domain`` for people."""
    if arguments.box is not None:
        return f"box {arguments.box}"
    if domain.is_whole_space:
        return f"R^{domain.dimension}"
    rows = [f"{functional_text((*c.normal, c.offset))} {c.relation} 0" for c in domain.constraints]
    shown = ", ".join(rows[:6]) + (f", ... ({len(rows)} constraints)" if len(rows) > 6 else "")
    return "{" + shown + "}"
