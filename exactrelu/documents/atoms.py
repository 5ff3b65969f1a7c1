"""Atomic decompositions as JSON values."""

from __future__ import annotations

from typing import Any

from exactrelu.atoms.decomposition import Atom, AtomicDecomposition
from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational


def atoms_document(
    decomposition: AtomicDecomposition, point: Point | None = None, *, paths: bool = False
) -> dict[str, Any]:
    """Return a decomposition, that of the half-open cell of ``point`` if one was asked for.

    With ``paths`` each atom lists its paths, of which there may be very many.
    """
    asked = {} if point is None else {"cells": "half-open", "point": vector_texts(point)}
    alphas = zip(decomposition.last_support, decomposition.alphas.rows(), strict=True)
    return {
        "format": "exactrelu-atoms",
        "version": 1,
        "network": decomposition.network.digest,
        **asked,
        "configuration": str(decomposition.configuration),
        "last_support": list(decomposition.last_support),
        "first_support": list(decomposition.first_support),
        "weight": matrix_texts(decomposition.linear_part.rows()),
        "bias": vector_texts(decomposition.bias),
        "bias_terms": [vector_texts(term) for term in decomposition.bias_terms],
        "atoms": [_atom(decomposition, atom, paths=paths) for atom in decomposition.atoms],
        "alphas": [{"last_hidden": i, "weight": vector_texts(row)} for i, row in alphas],
        "span": matrix_texts(decomposition.span),
    }


def _atom(decomposition: AtomicDecomposition, atom: Atom, *, paths: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "last_hidden": atom.last_hidden,
        "first_hidden": atom.first_hidden,
        "coefficient": format_rational(atom.coefficient),
        "paths": atom.paths,
        "rank": atom.rank,
    }
    if paths:
        document["path_list"] = [
            {"neurons": list(path.neurons), "product": format_rational(path.product)}
            for path in decomposition.paths_of(atom.last_hidden, atom.first_hidden)
        ]
    return document
