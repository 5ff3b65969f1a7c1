"""What commands read: the arguments that they have in common, and the values that these become."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

from exactrelu.cli.supervisor import Known, announce_deadline
from exactrelu.errors import BudgetExhaustedError, DomainError
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rationals import rational_at

if TYPE_CHECKING:
    from exactrelu.enumeration.effort import Search
    from exactrelu.formats import NnetNormalization, NnetNumbers
    from exactrelu.formats.batchnorm import BatchNorm
    from exactrelu.networks.network import Network
    from exactrelu.numbers.points import Point
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.shallow.parametrization import Parametrization


MOST_DIGITS = 100_000
_TO_PRINT = 2.0  # seconds


class Reads(TypedDict):
    """How files of other formats than the native one are read."""

    nnet_as: NnetNumbers
    nnet_normalization: NnetNormalization
    batchnorm: BatchNorm
    outputs: list[str] | None


class UsageError(Exception):
    """The command line itself is wrong."""


# what commands have in common ------------------------------------------------------------------


def add_network(parser: argparse.ArgumentParser) -> None:
    """Declare NET, and how files of other formats than the native one are read."""
    parser.add_argument(
        "network",
        metavar="NET",
        help="a network: .json (native), .onnx, .onnx.gz, .nnet, .pt, .safetensors, .npz, .mat, .keras, .h5",
    )
    add_reading_of_files(parser)


def add_second_network(parser: argparse.ArgumentParser) -> None:
    """Declare NET2."""
    parser.add_argument("second", metavar="NET2", help="a network with as many inputs and outputs")


def add_reading_of_files(parser: argparse.ArgumentParser) -> None:
    """Declare what the numbers of an .nnet file mean, and what is read of an ONNX file."""
    parser.add_argument(
        "--output",
        action="append",
        dest="chosen_outputs",
        metavar="NAME",
        help="an output of an ONNX file with several (repeatable; default: all, in the file's order)",
    )
    parser.add_argument(
        "--batchnorm",
        choices=["exact", "float32"],
        default="exact",
        help="BatchNormalization whose square roots are irrational: refused (default), or with the "
        "coefficients that a float32 program folds",
    )
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


def add_point(parser: argparse._ActionsContainer, *, required: bool = False) -> None:
    """Declare ``--at``."""
    parser.add_argument("--at", metavar="X", required=required, help="a point: rationals such as -1/2,3,0.25")


def add_cells(parser: argparse.ArgumentParser) -> None:
    """Declare ``--cells``, the reading."""
    names = [str(reading) for reading in Reading]
    parser.add_argument("--cells", choices=names, default=names[0], help=f"the reading (default {names[0]})")


def add_domain(parser: argparse.ArgumentParser) -> None:
    """Declare ``--box`` and ``--domain``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--box", metavar="BOX", help="LO:HI for every coordinate, or LO:HI,LO:HI,...")
    group.add_argument("--domain", metavar="FILE", help="a domain file (exactrelu-domain)")


def add_search(parser: argparse.ArgumentParser) -> None:
    """Declare the engine and the limits of a search."""
    parser.add_argument(
        "--engine", default="auto", metavar="NAME", help="auto (default), generators, lp or ppl"
    )
    add_limits(parser)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare ``--max-regions`` and ``--time-limit``."""
    parser.add_argument("--max-regions", type=natural, metavar="N", help="give up at more than N regions")
    add_time_limit(parser)


def add_time_limit(parser: argparse.ArgumentParser) -> None:
    """Declare ``--time-limit``."""
    parser.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="give up after that time")


def add_sums(parser: argparse.ArgumentParser) -> None:
    """Declare how many sets of neurons are looked at."""
    parser.add_argument(
        "--max-sums",
        type=natural,
        default=2**18,
        metavar="N",
        help="look at no more than N sets of neurons (default 262144)",
    )


def digits(text: str) -> int:
    """Return the number of decimals that is written, at most `MOST_DIGITS`."""
    number = natural(text)
    if number > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"expected at most {MOST_DIGITS} decimals, got {number}")
    return number


def natural(text: str) -> int:
    """Return the natural number that is written."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise argparse.ArgumentTypeError(f"expected a natural number, got {text!r}")
    return int(text)


def positive(text: str) -> int:
    """Return the natural number that is written, at least 1."""
    number = natural(text)
    if not number:
        raise argparse.ArgumentTypeError("expected at least 1, got 0")
    return number


def file_name(text: str) -> str:
    """Return the file name, which is not empty."""
    if not text:
        raise argparse.ArgumentTypeError("expected a file name, got an empty one")
    return text


def seconds(text: str) -> float:
    """Return the number of seconds that is written, more than 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number of seconds, got {text!r}")
    return number


# from arguments to values -----------------------------------------------------------------------


def network_of(arguments: argparse.Namespace) -> Network:
    """Return the network named NET."""
    return _load(arguments, arguments.network)


def _load(arguments: argparse.Namespace, path: str) -> Network:
    from exactrelu.formats import load_network

    return load_network(path, **reading_of(arguments))


def reading_of(arguments: argparse.Namespace) -> Reads:
    """Return how files are read, as `load_network` and `load_parametrization` take it."""
    return {
        "nnet_as": arguments.nnet_as,
        "nnet_normalization": arguments.nnet_normalization,
        "batchnorm": arguments.batchnorm,
        "outputs": arguments.chosen_outputs,
    }


def pair_of(arguments: argparse.Namespace) -> tuple[Network, Network]:
    """Return the networks named NET and NET2.

    Raises
    ------
    NetworkError
        If they have different numbers of inputs or outputs; the message names the second file.
    """
    from exactrelu.analysis.equality import require_one_shape

    one, two = network_of(arguments), _load(arguments, arguments.second)
    require_one_shape(one, two, arguments.second)
    return one, two


def parametrization_of(arguments: argparse.Namespace) -> Parametrization:
    """Return the shallow network named NET, with its radicals where it has some."""
    from exactrelu.formats.shallow_file import load_parametrization

    return load_parametrization(arguments.network, **reading_of(arguments))


def point_at(text: str, dimension: int) -> Point:
    """Return the point written as comma-separated rationals."""
    parts = text.split(",")
    if len(parts) != dimension:
        raise DomainError(f"--at: expected {dimension} coordinates, the network's inputs, got {len(parts)}")
    return tuple(rational_at(f"--at, coordinate {i}", part) for i, part in enumerate(parts))


def domain_of(arguments: argparse.Namespace, dimension: int) -> Domain:
    """Return the domain of ``--box`` or ``--domain``, the whole space without them."""
    from exactrelu.formats.native import read_domain
    from exactrelu.polyhedra.domain import Domain

    if arguments.box is not None:
        return Domain.box(bounds_of(arguments.box, dimension, "--box"))
    if arguments.domain is not None:
        return read_domain(arguments.domain, dimension)
    return Domain.whole_space(dimension)


def bounds_of(text: str, dimension: int, option: str) -> list[tuple[Fraction, Fraction]]:
    """Return the bounds written ``LO:HI`` (for every coordinate) or ``LO:HI,LO:HI,...``.

    They need not be in order: an interval with LO > HI is empty.
    """
    parts = text.split(",")
    if len(parts) not in (1, dimension):
        expected = "1 interval" if dimension == 1 else f"1 or {dimension} intervals"
        raise DomainError(f"{option}: expected {expected} LO:HI, got {len(parts)}")
    bounds = [_interval(part, f"{option}, interval {i}") for i, part in enumerate(parts)]
    return bounds * dimension if len(bounds) == 1 else bounds


def _interval(text: str, place: str) -> tuple[Fraction, Fraction]:
    ends = text.split(":")
    if len(ends) != 2:
        raise DomainError(f"{place}: expected LO:HI, got {text!r}")
    low, high = (rational_at(place, end) for end in ends)
    return low, high


@contextmanager
def time_limit_of(arguments: argparse.Namespace) -> Iterator[None]:
    """Let the supervisor end what takes longer than ``--time-limit``: this, and the printing that follows."""
    announce_deadline(arguments.time_limit)
    end = math.inf if arguments.time_limit is None else time.monotonic() + arguments.time_limit
    yield
    _leave_time_to_print(end)


def _leave_time_to_print(end: float) -> None:
    """Extend a deadline that is near or over: what was found may be said in the seconds that are left."""
    if end < math.inf:
        announce_deadline(max(end - time.monotonic(), _TO_PRINT))


@contextmanager
def search_of(arguments: argparse.Namespace, engine: str = "auto") -> Iterator[Search]:
    """Give the search by an engine within ``--max-regions`` and ``--time-limit``, its clock started.

    It looks at the clock between steps; the supervisor ends a step that takes too long, the printing that
    follows included.
    """
    from exactrelu.enumeration.effort import Search

    known = Known()
    most = getattr(arguments, "max_regions", None)
    search = Search(engine, most, arguments.time_limit, listener=known.tell)
    announce_deadline(arguments.time_limit)
    end = math.inf if arguments.time_limit is None else time.monotonic() + arguments.time_limit
    try:
        yield search.started()
    except BudgetExhaustedError as error:
        if text := str(known):
            error.add_note(f"so far: {text}")
        raise
    _leave_time_to_print(end)
