"""``exactrelu convert NET -o FILE``."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_search,
    bounds_of,
    domain_of,
    network_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.numbers.text import number_text, rounded_up_text
from exactrelu.writing.atomic_file import write_atomically

if TYPE_CHECKING:
    from exactrelu.formats.binary_rounding import BinaryFormat
    from exactrelu.networks.network import Network

SUMMARY = "a network in another format: .json (native), .onnx, .nnet or .smt2"
_KINDS = (".json", ".onnx", ".nnet", ".smt2")
_TAKE_A_BOX = (".nnet", ".smt2")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_result(parser, "-o", "--out-file", help="the file to write; its suffix is the format")
    parser.add_argument(
        "--as",
        dest="floats",
        choices=["float32", "float64"],
        help="what every number has to be (default: .onnx float32, else float64; other formats: any)",
    )
    parser.add_argument(
        "--round",
        action="store_true",
        help="round each number to the nearest float; the exact distance on the domain is printed, without a "
        "domain a bound for all inputs",
    )
    add_domain(parser)
    add_search(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Write a network in another format, with exactly its numbers or with rounded ones."""
    kind = _kind(arguments)
    network = network_of(arguments)
    floats = _floats(arguments, kind, network)
    written = _written(arguments, network, floats)
    apart = _apart(arguments, network, written) if arguments.round else None
    _write(arguments, kind, written, floats)
    if arguments.json:
        document = {
            "format": "exactrelu-convert",
            "version": 1,
            "network": network.digest,
            "written": written.digest,
            "kind": kind.removeprefix("."),
            "floats": floats.name if floats else None,
            "rounded": written != network,
        }
        write_json(arguments.json, document | (apart.document() if apart else {}))
    if arguments.json != "-":
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("hash", network.digest),
                ("numbers", floats.name if floats else "as they are"),
                *(apart.facts() if apart else []),
                *([("hash written", written.digest)] if written != network else []),
            ]
        )
        print_written(arguments.out_file)
    return 0


def _kind(arguments: argparse.Namespace) -> str:
    if not arguments.out_file:
        raise ArgumentError(f"-o: expected a file name ending in {', '.join(_KINDS)}, got none")
    kind = Path(arguments.out_file).suffix.lower()
    if kind not in _KINDS:
        raise ArgumentError(
            f"-o: expected a file name ending in {', '.join(_KINDS)}, got {arguments.out_file!r}"
        )
    if kind not in _TAKE_A_BOX and not arguments.round and (arguments.box or arguments.domain) is not None:
        raise ArgumentError(
            f"--box, --domain: expected with --round or for {' and '.join(_TAKE_A_BOX)} files"
        )
    return kind


def _floats(arguments: argparse.Namespace, kind: str, network: Network) -> BinaryFormat | None:
    """Return the format that every number is to have, None for any."""
    from exactrelu.documents.rounding import float_format

    if arguments.floats or kind == ".onnx":
        return float_format(network, arguments.floats)
    return float_format(network, "float64") if arguments.round else None


def _written(arguments: argparse.Namespace, network: Network, floats: BinaryFormat | None) -> Network:
    from exactrelu.documents.rounding import first_inexact, rounded_network

    if floats is None:
        return network
    if arguments.round:
        return rounded_network(network, floats)
    if inexact := first_inexact(network, floats):
        raise NetworkError(f"{arguments.network}: {inexact} (--round takes the nearest)")
    return network


def _write(arguments: argparse.Namespace, kind: str, network: Network, floats: BinaryFormat | None) -> None:
    if kind == ".nnet" and arguments.box is not None:
        from exactrelu.documents.nnet_file import nnet_text

        bounds = bounds_of(arguments.box, network.inputs, "--box")
        write_atomically(arguments.out_file, [nnet_text(network, bounds)])
    elif kind == ".smt2":
        from exactrelu.documents.smt_lib import network_script

        write_atomically(arguments.out_file, [network_script(network, domain_of(arguments, network.inputs))])
    else:
        from exactrelu.documents.network import write_network

        write_network(network, arguments.out_file, floats=arguments.floats if floats else None)


class _Distance:
    """The exact distance of two networks on a domain."""

    def __init__(self, arguments: argparse.Namespace, network: Network, written: Network) -> None:
        from exactrelu.analysis.distances import distance
        from exactrelu.enumeration import require_engine

        self._networks = network, written
        domain = domain_of(arguments, network.inputs)
        self._domain = domain_text(arguments, domain)
        with search_of(arguments, require_engine(arguments.engine)) as search:
            self._found = distance(network, written, domain, "sup", search=search)

    def document(self) -> dict[str, Any]:
        from exactrelu.documents.distance import distance_document

        return {"distance": distance_document(self._networks, self._found)}

    def facts(self) -> list[tuple[str, str]]:
        value = self._found.power
        text = number_text(value) if isinstance(value, Fraction) else str(value)
        return [("distance", f"{text}, the largest on {self._domain}")]


class _Bound:
    """A bound of the distance of two networks at every point."""

    def __init__(self, network: Network, written: Network) -> None:
        from exactrelu.analysis.perturbation import difference_bound

        self._bound = difference_bound(network, written)

    def document(self) -> dict[str, Any]:
        from exactrelu.documents.network import vector_texts

        constant, slope = vector_texts((self._bound.constant, self._bound.slope))
        return {"bound": {"constant": constant, "slope": slope}}

    def facts(self) -> list[tuple[str, str]]:
        constant, slope = rounded_up_text(self._bound.constant), rounded_up_text(self._bound.slope)
        where = "at every x (--box or --domain: exactly, there)"
        return [("distance", f"at most {constant} + {slope} max|x_j| {where}")]


def _apart(arguments: argparse.Namespace, network: Network, written: Network) -> _Distance | _Bound:
    if arguments.box is None and arguments.domain is None:
        return _Bound(network, written)
    return _Distance(arguments, network, written)
