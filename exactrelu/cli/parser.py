"""What can be asked on the command line: commands, options and their help."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Never

from exactrelu import __version__
from exactrelu.reading import Reading

_TAKES_RATIONALS = ("--at", "--box", "--window")
"""Options whose value may begin with a minus sign, as in ``--at -1/2,3``."""


class UsageError(Exception):
    """The command line itself is wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        raise UsageError(f"{message} (see {self.prog} --help)")


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments.

    Raises
    ------
    UsageError
        For anything that the parser does not know, in one line.
    """
    return _build().parse_args(_joined(argv))


def _joined(argv: Sequence[str]) -> list[str]:
    """Write ``--at -1/2`` as ``--at=-1/2``: argparse would take the value for an option."""
    result: list[str] = []
    words = iter(argv)
    for word in words:
        value = next(words, None) if word in _TAKES_RATIONALS else None
        result.append(word if value is None else f"{word}={value}")
    return result


def _build() -> argparse.ArgumentParser:
    parser = _Parser(prog="exactrelu", description="Exact answers about ReLU networks.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"exactrelu {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    commands.required = True

    def command(name: str, summary: str, *, of_network: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if of_network:
            sub.add_argument("network", metavar="NET", help="a network: .json (native), .onnx or .nnet")
            _add_reading_of_nnet(sub)
        sub.add_argument("--json", type=_file_name, metavar="FILE", help="write JSON ('-': to stdout)")
        return sub

    evaluate = command("evaluate", "exact output, pre-activations and configuration of a point")
    _add_point(evaluate, required=True)
    _add_regions(command("regions", "all configurations on a domain, with their regions"))
    region = command("region", "one region: the cell of a point or of a configuration")
    chosen = region.add_mutually_exclusive_group(required=True)
    _add_point(chosen)
    chosen.add_argument("--configuration", metavar="BITS", help="bits of each hidden layer: 01|1")
    _add_cells(region)
    _add_domain(region)
    _add_budget(region)
    for name, summary in (
        ("pieces", "linear pieces: cells with one affine map, joined through facets, and their adjacency"),
        ("range", "exact range of each output"),
    ):
        sub = command(name, summary)
        _add_domain(sub)
        _add_search(sub)
    _add_atoms(command("atoms", "the atomic decomposition of an affine piece (Heinecke & Hwang, Theorem 5)"))
    _add_lipschitz(command("lipschitz", "the exact Lipschitz constant, beside the bounds of Theorem 6"))
    claims = command("claims", "the papers' claims, each with its verdict", of_network=False)
    claims.add_argument("id", nargs="?", metavar="ID", help="one claim, such as heinecke-hwang/C10 or C10")
    command("hash", "the hash of the exact weights: equal networks have equal hashes")
    return parser


def _add_regions(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    _add_cells(parser)
    _add_search(parser)
    parser.add_argument("--count", action="store_true", help="only count")
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=1,
        metavar="N",
        help="count with N processes (engines generators and lp)",
    )
    parser.add_argument(
        "--depth",
        type=_natural,
        metavar="K",
        help="stop at Theta_K, the first K hidden layers; maps are then those of layer K + 1",
    )
    parser.add_argument(
        "--geometry",
        choices=["none", "constraints", "full"],
        default="full",
        help="how much of each region is computed and written (default: full, with vertices and rays)",
    )
    parser.add_argument(
        "--jsonl",
        type=_file_name,
        metavar="FILE",
        help="stream one region a line, the count last ('-': stdout)",
    )
    parser.add_argument("--tree", action="store_true", help="show how each layer refines the one before")
    parser.add_argument(
        "--draw", type=_file_name, metavar="FILE", help="draw the tiling of the plane (.svg or .png)"
    )
    parser.add_argument("--window", metavar="BOX", help="window of the drawing, written as for --box")


def _add_atoms(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group(required=True)
    _add_point(chosen)
    chosen.add_argument("--configuration", metavar="BITS", help="bits of each hidden layer: 01|1")
    parser.add_argument(
        "--paths", action="store_true", help="list the paths of each coefficient (small networks)"
    )
    parser.add_argument(
        "--draw", type=_file_name, metavar="FILE", help="draw the matrix of coefficients (.svg or .png)"
    )


def _add_lipschitz(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    _add_search(parser)
    parser.add_argument(
        "--norm", choices=["1", "2", "inf"], default="2", help="the norm of both spaces (default 2)"
    )
    parser.add_argument(
        "--digits", type=_natural, default=12, metavar="N", help="decimals of a root (default 12)"
    )
    _add_normalization(parser)


def _add_normalization(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--normalization",
        choices=["euclidean", "sum", "max", "none"],
        default="euclidean",
        help='what "normalized" rows and columns means in Theorem 6 (default euclidean)',
    )
    parser.add_argument("--no-bounds", action="store_true", help="leave the bounds of Theorem 6 out")
    parser.add_argument("--local", action="store_true", help="each cell's constant too, beside its bounds")


def _add_point(parser: argparse._ActionsContainer, *, required: bool = False) -> None:
    parser.add_argument("--at", metavar="X", required=required, help="a point: rationals such as -1/2,3,0.25")


def _add_cells(parser: argparse.ArgumentParser) -> None:
    names = [str(reading) for reading in Reading]
    parser.add_argument("--cells", choices=names, default=names[0], help=f"the reading (default {names[0]})")


def _add_domain(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--box", metavar="BOX", help="LO:HI for every coordinate, or LO:HI,LO:HI,...")
    group.add_argument("--domain", metavar="FILE", help="a domain file (exactrelu-domain)")


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine", default="auto", metavar="NAME", help="auto (default), generators, lp or ppl"
    )
    _add_budget(parser)


def _add_budget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-regions", type=_natural, metavar="N", help="give up at more than N regions")
    parser.add_argument("--time-limit", type=_seconds, metavar="SECONDS", help="give up after that time")


def _add_reading_of_nnet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--nnet-as",
        choices=["exact", "float32", "float64"],
        default="exact",
        help="what the decimals of an .nnet file mean (default: the decimals as written)",
    )
    parser.add_argument(
        "--nnet-normalization",
        choices=["stored", "folded"],
        default="stored",
        help="an .nnet file's normalisation: left out (default), or folded into the outer layers",
    )


def _natural(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise argparse.ArgumentTypeError(f"expected a natural number, got {text!r}")
    return int(text)


def _positive(text: str) -> int:
    number = _natural(text)
    if not number:
        raise argparse.ArgumentTypeError("expected at least 1, got 0")
    return number


def _file_name(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("expected a file name, got an empty one")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text!r}")
    return seconds
