"""What can be asked on the command line: the commands of this folder, each with its own arguments.

The command X is the module ``X_command``: its ``SUMMARY`` in a line, ``declare``, which adds its arguments
to a parser, and ``execute``, which answers. Nothing else has to know of it. The command that is named first
is imported alone, all of them for ``--help``, so what they need to answer is imported by ``execute``.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Never

from exactrelu import __version__
from exactrelu.cli.inputs import UsageError
from exactrelu.cli.outputs import add_json

_SUFFIX = "_command"
_INPUTS = ("network", "second", "domain")
_TAKES_RATIONALS = ("--at", "--box", "--window", "--threshold", "--bound", "--interval", "--instance")
"""Options whose value may begin with a minus sign, as in ``--at -1/2,3``."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        raise UsageError(f"{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    """Print the version, and whether the compiled kernels are in use."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> Never:
        from exactrelu.kernels.library import described

        sys.stdout.write(f"exactrelu {__version__} (kernels: {described()})\n")
        parser.exit()


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments.

    Raises
    ------
    UsageError
        For anything that the parser does not know, in one line; for a result that would replace an input
        or another result.
    """
    arguments = _build(argv[0] if argv else "").parse_args(_joined(argv))
    _see_distinct_files(arguments)
    return arguments


def _see_distinct_files(arguments: argparse.Namespace) -> None:
    """See that no result has the name of another file of this command; pipes and devices may be shared."""
    taken: dict[Path, str] = {}
    for name in (*_INPUTS, *getattr(arguments, "inputs", ()), *arguments.results):
        text = getattr(arguments, name, None)
        if not text or text == "-":
            continue
        path = Path(os.path.realpath(text))
        if name in arguments.results and path in taken and (path.is_file() or not path.exists()):
            raise UsageError(f"--{name}: expected a file of its own, got {text}, as for {taken[path]}")
        taken[path] = f"--{name}" if name in ("domain", "equal", *arguments.results) else name


def _joined(argv: Sequence[str]) -> list[str]:
    """Write ``--at -1/2`` as ``--at=-1/2``: argparse would take the value for an option."""
    result: list[str] = []
    words = iter(argv)
    for word in words:
        value = next(words, None) if word in _TAKES_RATIONALS else None
        result.append(word if value is None else f"{word}={value}")
    return result


def _build(first: str = "") -> argparse.ArgumentParser:
    """Return the parser of all commands, or of the one that is named first, the only one to be imported."""
    parser = _Parser(prog="exactrelu", description="Exact answers about ReLU networks.", allow_abbrev=False)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    commands.required = True
    names = _commands()
    for name in [first] if first in names else names:
        module = import_module(f"exactrelu.cli.{name}{_SUFFIX}")
        summary = module.SUMMARY
        sub = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        module.declare(sub)
        add_json(sub)
        sub.set_defaults(execute=module.execute)
    return parser


def _commands() -> list[str]:
    """Return the names of the commands."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(one.name.removesuffix(_SUFFIX) for one in found if one.name.endswith(_SUFFIX))
