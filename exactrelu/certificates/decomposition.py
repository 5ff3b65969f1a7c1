"""The certificate of an atomic decomposition (Heinecke & Hwang, Theorem 5)."""

from __future__ import annotations

from pathlib import Path

from exactrelu.atoms.decomposition import AtomicDecomposition
from exactrelu.certificates.document import certificate_file, network_value
from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.numbers.rationals import format_rational


def certify_decomposition(path: str | Path, decomposition: AtomicDecomposition) -> None:
    """Write the certificate that the affine map of a configuration is the sum of its atoms."""
    claim = {
        "kind": "decomposition",
        "configuration": str(decomposition.configuration),
        "atoms": [
            {
                "last_hidden": atom.last_hidden,
                "first_hidden": atom.first_hidden,
                "coefficient": format_rational(atom.coefficient),
            }
            for atom in decomposition.atoms
        ],
        "weight": matrix_texts(decomposition.affine_map.weight),
        "bias": vector_texts(decomposition.affine_map.bias),
    }
    with certificate_file(path) as writer:
        writer.begin(claim, [network_value(decomposition.network)], None, None)
        writer.end()
