"""What can be asked on the command line: commands, options and their help."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Never

from exactrelu import __version__
from exactrelu.networks.reading import Reading

_TAKES_RATIONALS = ("--at", "--box", "--window", "--threshold")
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
        For anything that the parser does not know, in one line; for a result that would replace an input
        or another result.
    """
    arguments = _build().parse_args(_joined(argv))
    _see_distinct_files(arguments)
    return arguments


def _see_distinct_files(arguments: argparse.Namespace) -> None:
    """See that no result has the name of another file of this command; pipes and devices may be shared."""
    inputs = [
        "network",
        "domain",
        "gamma",
        "theta",
        *(["certificate"] if arguments.command == "check" else []),
    ]
    results = [name for name in ("json", "jsonl", "draw", "output", "certificate") if name not in inputs]
    taken: dict[Path, str] = {}
    for name in inputs + results:
        text = getattr(arguments, name, None)
        if not text or text == "-":
            continue
        path = Path(os.path.realpath(text))
        if name in results and path in taken and (path.is_file() or not path.exists()):
            raise UsageError(f"--{name}: expected a file of its own, got {text}, as for {taken[path]}")
        taken[path] = name if name in ("network", "gamma", "theta") else f"--{name}"


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
        if name == "range":
            _add_certificate(sub)
    _add_atoms(command("atoms", "the atomic decomposition of an affine piece (Heinecke & Hwang, Theorem 5)"))
    _add_lipschitz(command("lipschitz", "the exact Lipschitz constant, beside the bounds of Theorem 6"))
    _add_canonical(command("canonical", "the canonical form of a shallow network's function (L = 2)"))
    _add_reparametrize(command("reparametrize", "steps that change parameters but not the function (L = 2)"))
    _add_sums(
        command("degeneracy", "what is degenerate in a shallow network, and which step repairs it (L = 2)")
    )
    _add_stability(
        command("stability", "inverse stability of a pair of shallow networks (L = 2)", of_network=False)
    )
    _add_equal(command("equal", "whether two networks are one function on a domain"))
    _add_distance(command("distance", "the exact distance of two networks on a domain"))
    _add_argmax(command("argmax", "where each output is the largest, and the decision boundary"))
    _add_smtlib(command("smtlib", "a question about a network as an SMT-LIB 2 script (QF_LRA)"))
    claims = command("claims", "the papers' claims, each with its verdict", of_network=False)
    claims.add_argument("id", nargs="?", metavar="ID", help="one claim, such as heinecke-hwang/C10 or C10")
    check = command("check", "check a certificate: what it proves, or where it fails", of_network=False)
    check.add_argument("certificate", type=_file_name, metavar="CERTIFICATE", help="plain or gzip")
    _add_audit(command("audit", "judge what a float tool claims about a network, claim by claim"))
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
        help="count (engines generators and lp) or write JSON with N processes",
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
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the --jsonl FILE of an interrupted run (the same network, domain and options)",
    )
    parser.add_argument("--tree", action="store_true", help="show how each layer refines the one before")
    parser.add_argument(
        "--draw", type=_file_name, metavar="FILE", help="draw the tiling of the plane (.svg or .png)"
    )
    parser.add_argument("--window", metavar="BOX", help="window of the drawing, written as for --box")
    _add_certificate(parser)


def _add_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "claims", metavar="CLAIMS", help="a file of claims (exactrelu-audit-claims, docs/audit.md)"
    )
    _add_search(parser)


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
    _add_certificate(parser)


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
    _add_certificate(parser)


def _add_canonical(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    parser.add_argument(
        "--minimal", action="store_true", help="the smallest number of neurons on the domain, too"
    )
    parser.add_argument(
        "--fibre", action="store_true", help="the sets of neurons that can be flipped, too: the whole fibre"
    )
    _add_sums(parser)
    _add_time_limit(parser)
    _add_certificate(parser)


def _add_reparametrize(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--steps",
        required=True,
        metavar="STEPS",
        help="comma-separated, neurons from 0: drop, merge, cancel, embed, balance (or balance:2), "
        "flip:0+2, permute:2+0+1, rescale:0=3/2+1=2, pad:5",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=_file_name,
        metavar="FILE",
        help="write the new network (.json, native format; version 2 where it has radicals)",
    )
    _add_certificate(parser)


def _add_equal(parser: argparse.ArgumentParser) -> None:
    _add_second(parser)
    _add_domain(parser)
    _add_search(parser)
    _add_certificate(parser)


def _add_distance(parser: argparse.ArgumentParser) -> None:
    _add_second(parser)
    parser.add_argument(
        "--norm",
        choices=["sup", "w1inf", "l1", "l2"],
        default="sup",
        help="supremum (default), largest entry of the derivative, or integrals; the largest or the sum "
        "over the outputs",
    )
    _add_domain(parser)
    _add_search(parser)
    _add_certificate(parser)


def _add_argmax(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    _add_search(parser)
    parser.add_argument(
        "--threshold",
        metavar="P/Q",
        help="for one output: class 1 where it exceeds the threshold, class 0 where it is smaller",
    )


def _add_smtlib(parser: argparse.ArgumentParser) -> None:
    _add_domain(parser)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--configuration", metavar="BITS", help="sat iff the configuration counts (--cells)")
    asked.add_argument(
        "--bound",
        action="append",
        metavar="BOUND",
        help="such as 'y0 <= 5/2' (outputs from 0; repeatable): sat iff a point of the domain violates one",
    )
    asked.add_argument("--equal", metavar="NET2", help="sat iff the networks differ on the domain")
    _add_cells(parser)
    parser.add_argument(
        "-o", "--output", type=_file_name, metavar="FILE", help="write the script to FILE (default: stdout)"
    )


def _add_second(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("second", metavar="NET2", help="a network with as many inputs and outputs")


def _add_stability(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "gamma", metavar="GAMMA", help="the parametrization to stay near to: .json, .onnx, .nnet"
    )
    parser.add_argument("theta", metavar="THETA", help="a parametrization of the realization g to reach")
    _add_reading_of_nnet(parser)
    parser.add_argument("--beta", metavar="P/Q", help="the beta of Theorem 3.1, C.1 (default: the smallest)")
    parser.add_argument(
        "--positivity",
        choices=["support", "all"],
        default="support",
        help="whose weight vectors must have positive coordinates in Definition 3.2 (default: non-zero ones)",
    )
    parser.add_argument("--radius", metavar="P/Q", help="a radius among parameters, for Proposition 1.2")
    parser.add_argument("--box", metavar="BOX", help="the sup norm on LO:HI, too (or LO:HI,LO:HI,...)")
    parser.add_argument("--lemma-a7", action="store_true", help="the constant of Lemma A.7 for Gamma, too")
    _add_sums(parser)
    _add_budget(parser)
    _add_certificate(parser)


def _add_sums(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-sums",
        type=_natural,
        default=2**18,
        metavar="N",
        help="look at no more than N sets of neurons (default 262144)",
    )


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


def _add_certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--certificate",
        type=_certificate_name,
        metavar="FILE",
        help="write a proof that `exactrelu check` verifies (docs/certificates.md; gzip if FILE ends in .gz)",
    )


def _add_budget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-regions", type=_natural, metavar="N", help="give up at more than N regions")
    _add_time_limit(parser)


def _add_time_limit(parser: argparse.ArgumentParser) -> None:
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


def _certificate_name(text: str) -> str:
    if text == "-":
        raise argparse.ArgumentTypeError("expected a file name, got '-'; stdout is /dev/stdout")
    return _file_name(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text!r}")
    return seconds
