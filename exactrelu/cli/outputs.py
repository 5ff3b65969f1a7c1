"""From answers to stdout and files: JSON, tables, progress."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from exactrelu.cli.inputs import file_name
from exactrelu.formats.batchnorm import FOLDED_IN_FLOAT32
from exactrelu.numbers.text import ROUNDED, functional_text
from exactrelu.writing.atomic_file import write_atomically

if TYPE_CHECKING:
    from rich.console import Console

    from exactrelu.networks.affine_map import AffineMap
    from exactrelu.networks.configuration import Configuration
    from exactrelu.networks.network import Network
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.shallow.parametrization import Parametrization

_T = TypeVar("_T")
ROWS_SHOWN = 50
_LONGEST_BITS = 64
_NOTE = "(~ marks a rounded number: --json has it exactly)"


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``, which every command takes."""
    _add_file(parser, "--json", kind=file_name, help="write JSON ('-': to stdout)")


def add_result(parser: argparse.ArgumentParser, *flags: str, help: str) -> None:  # noqa: A002 - argparse's word
    """Declare an option that names a file to write."""
    _add_file(parser, *flags, kind=file_name, help=help)


def add_certificate(parser: argparse.ArgumentParser) -> None:
    """Declare ``--certificate``."""
    text = "write a proof that `exactrelu check` verifies (docs/certificates.md; gzip if FILE ends in .gz)"
    _add_file(parser, "--certificate", kind=_certificate_name, help=text)


def _add_file(
    parser: argparse.ArgumentParser,
    *flags: str,
    kind: Callable[[str], str],
    help: str,  # noqa: A002
) -> None:
    option = parser.add_argument(*flags, type=kind, metavar="FILE", help=help)
    parser.set_defaults(results=(*(parser.get_default("results") or ()), option.dest))


def _certificate_name(text: str) -> str:
    if text == "-":
        raise argparse.ArgumentTypeError("expected a file name, got '-'; stdout is /dev/stdout")
    return file_name(text)


def write_json(target: str, document: Mapping[str, Any]) -> None:
    """Write a document to a file, or to stdout for ``-``."""
    with _integers_of_any_length():
        text = json.dumps(document) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        write_atomically(target, [text])


@contextmanager
def _integers_of_any_length() -> Iterator[None]:
    """Lift Python's limit on the digits of printed integers: coefficients are JSON integers."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def console() -> Console:
    """Return a console on stdout; where that is no terminal, lines are as long as they need to be."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(width=10_000, highlight=False, color_system=None)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the first rows as a table, and how many more there are."""
    print_table(columns, rows[:ROWS_SHOWN])
    if len(rows) > ROWS_SHOWN:
        sys.stdout.write(f"... and {len(rows) - ROWS_SHOWN} more (all with --json)\n\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print a table on stdout; a note below says so if it holds rounded numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    shown = list(rows)
    for row in shown:
        table.add_row(*map(Text, row))
    console().print(table)
    _note_rounding(cell for row in shown for cell in row)


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print named facts, one a line, on stdout."""
    shown = list(facts)
    for name, value in shown:
        sys.stdout.write(f"{name:<15} {value}\n")
    _note_rounding(value for _, value in shown)


def print_written(*paths: str | None) -> None:
    """Print which files were written."""
    for path in paths:
        if path:
            sys.stdout.write(f"wrote           {path}\n")


def _note_rounding(texts: Iterable[str]) -> None:
    if any(ROUNDED in text for text in texts):
        sys.stdout.write(f"{_NOTE}\n")


def _one(_: Any) -> int:
    return 1


def progress(items: Iterable[_T], unit: str, size: Callable[[_T], int] = _one) -> Iterator[_T]:
    """Yield the items; show on stderr, if that is a terminal, how many units there were in them."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(unit, total=None)
        shown, number = 0.0, 0
        for item in items:
            number += size(item)
            if time.monotonic() - shown > 0.1:
                bar.update(task, completed=number)
                shown = time.monotonic()
            yield item


# text for people --------------------------------------------------------------------------------


def map_text(affine_map: AffineMap) -> str:
    """Return an affine map for people, one output a line, as in ``1/2 x1 - 3 x2 + 1``."""
    return "\n".join(functional_text(row) for row in affine_map.rows)


def configuration_text(configuration: Configuration) -> str:
    """Return the bits for a table, shortened where there are very many."""
    text = str(configuration)
    return text if len(text) <= _LONGEST_BITS else f"{text[:_LONGEST_BITS]}... ({len(text)} characters)"


def network_text(arguments: argparse.Namespace, network: Network) -> str:
    """Return the network's file and widths for people."""
    return _file_text(arguments.network, network)


def _file_text(file: str, network: Network) -> str:
    note = FOLDED_IN_FLOAT32 if (network.source or "").endswith(FOLDED_IN_FLOAT32) else ""
    return f"{file} ({'-'.join(map(str, network.widths))}){note}"


def pair_facts(arguments: argparse.Namespace, networks: tuple[Network, Network]) -> list[tuple[str, str]]:
    """Return the files and widths of the networks NET and NET2, as facts."""
    return [
        ("network", _file_text(arguments.network, networks[0])),
        ("second network", _file_text(arguments.second, networks[1])),
    ]


def shallow_text(arguments: argparse.Namespace, shallow: Parametrization) -> str:
    """Return the shallow network's file and widths for people."""
    return f"{arguments.network} ({shallow.inputs}-{shallow.width}-{shallow.outputs})"


def domain_text(arguments: argparse.Namespace, domain: Domain) -> str:
    """Return the domain of ``--box`` or ``--domain`` for people."""
    if arguments.box is not None:
        return f"box {arguments.box}"
    return str(domain)
