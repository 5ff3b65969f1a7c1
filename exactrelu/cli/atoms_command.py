"""``exactrelu atoms NET (--at X | --configuration BITS)``."""

from __future__ import annotations

import argparse
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import UsageError, add_network, add_point, network_of, point_at
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    network_text,
    print_facts,
    print_rows,
    print_table,
    print_written,
    write_json,
)
from exactrelu.numbers.text import functional_text, number_text, vector_text

if TYPE_CHECKING:
    from exactrelu.atoms.decomposition import Atom, AtomicDecomposition
    from exactrelu.atoms.path_sums import Path
    from exactrelu.networks.configuration import Configuration
    from exactrelu.networks.network import Network
    from exactrelu.numbers.points import Point

_MOST_PATHS = 10_000


SUMMARY = "the atomic decomposition of an affine piece (Heinecke & Hwang, Theorem 5)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    chosen = parser.add_mutually_exclusive_group(required=True)
    add_point(chosen)
    chosen.add_argument("--configuration", metavar="BITS", help="bits of each hidden layer: 01|1")
    parser.add_argument(
        "--paths", action="store_true", help="list the paths of each coefficient (small networks)"
    )
    add_result(parser, "--draw", help="draw the matrix of coefficients (.svg or .png)")
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the atomic decomposition of the affine map of a point or of a configuration."""
    from exactrelu.atoms.decomposition import atomic_decomposition
    from exactrelu.documents.atoms import atoms_document

    network = network_of(arguments)
    if arguments.draw:
        _require_picture(arguments.draw)
    point, configuration = _asked(arguments, network)
    decomposition = atomic_decomposition(network, configuration)
    if arguments.paths:
        _require_few_paths(decomposition)
    if arguments.draw:
        from exactrelu.drawing import draw_coefficients

        draw_coefficients(decomposition, arguments.draw)
    if arguments.certificate:
        from exactrelu.certificates.decomposition import certify_decomposition

        certify_decomposition(arguments.certificate, decomposition)
    if arguments.json:
        write_json(arguments.json, atoms_document(decomposition, point, paths=arguments.paths))
    if arguments.json != "-":
        _print(arguments, decomposition)
        print_written(arguments.certificate)
    return 0


def _require_picture(path: str) -> None:
    from exactrelu.drawing.picture_file import file_type, require_folder

    file_type(FilePath(path))
    require_folder(FilePath(path))


def _asked(arguments: argparse.Namespace, network: Network) -> tuple[Point | None, Configuration]:
    """Return the point, if one was asked for, and the configuration."""
    from exactrelu.networks.configuration import Configuration

    if arguments.at is None:
        return None, Configuration.parse(arguments.configuration, network.bent_widths)
    point = point_at(arguments.at, network.inputs)
    return point, network.configuration(point)


def _require_few_paths(decomposition: AtomicDecomposition) -> None:
    number = decomposition.paths * len(decomposition.atoms)
    if number > _MOST_PATHS:
        raise UsageError(f"--paths: expected at most {_MOST_PATHS} paths in all, got {number}")


def _paths_of(decomposition: AtomicDecomposition, atom: Atom) -> list[Path]:
    return list(decomposition.paths_of(atom.last_hidden, atom.first_hidden))


# text -------------------------------------------------------------------------------------------


def _print(arguments: argparse.Namespace, decomposition: AtomicDecomposition) -> None:
    supports = [str(sum(layer)) for layer in decomposition.configuration.layers]
    zeros = sum(not atom.coefficient for atom in decomposition.atoms)
    flat = sum(not atom.rank for atom in decomposition.atoms)
    facts = [
        ("network", network_text(arguments, decomposition.network)),
        *([("point", arguments.at), ("cells", "half-open")] if arguments.at is not None else []),
        ("configuration", str(decomposition.configuration)),
        ("active neurons", ", ".join(supports)),
        ("atoms", f"{len(decomposition.atoms)} ({zeros} with coefficient 0, {flat} of rank 0)"),
        ("paths per atom", str(decomposition.paths)),
        ("bias", vector_text(decomposition.bias)),
        ("image within", _span_text(decomposition)),
    ]
    print_facts(facts)
    if decomposition.atoms:
        print_rows(("last hidden", "first hidden", "coefficient", "paths"), _atom_rows(decomposition))
    if arguments.paths:
        print_table(("path (layer 1 to last hidden)", "product"), _path_rows(decomposition))
    if decomposition.last_support:
        rows = [
            (str(i), functional_text((*row, row[0] * 0)))
            for i, row in zip(decomposition.last_support, decomposition.alphas.rows(), strict=True)
        ]
        print_rows(("last hidden", "alpha"), rows)


def _span_text(decomposition: AtomicDecomposition) -> str:
    basis = [f"({', '.join(map(str, row))})" for row in decomposition.span[:6]]
    more = ", ..." if len(decomposition.span) > len(basis) else ""
    dimension = f"dimension {len(decomposition.span)} of {decomposition.network.outputs}"
    return f"bias + span{{{', '.join(basis)}{more}}}, {dimension}"


def _atom_rows(decomposition: AtomicDecomposition) -> list[tuple[str, ...]]:
    return [
        (str(atom.last_hidden), str(atom.first_hidden), number_text(atom.coefficient, 80), str(atom.paths))
        for atom in decomposition.by_weight()
    ]


def _path_rows(decomposition: AtomicDecomposition) -> list[tuple[str, str]]:
    return [
        (" ".join(map(str, path.neurons)), number_text(path.product, 80))
        for atom in decomposition.by_weight()
        for path in _paths_of(decomposition, atom)
    ]
