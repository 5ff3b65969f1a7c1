"""Networks and domains in the native format (`exactrelu.formats.native` reads it)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.atomic_file import write_atomically

_TEXTS = ("name", "description", "source")


def network_document(network: Network) -> dict[str, Any]:
    """Return the network as the native format's JSON value, version 3 if there are other neurons than ReLU.

    Examples
    --------
    >>> from exactrelu.networks.activation import Activation
    >>> bend = Activation.of([(-1, 1)])
    >>> absolute = Network.from_rationals([([[1]], None), ([[1]], None)], activations=[bend])
    >>> document = network_document(absolute)
    >>> document["version"], document["layers"][0]["slopes"]
    (3, [['-1', '1']])
    """
    document: dict[str, Any] = {"format": "exactrelu-network", "version": 1 if network.is_relu else 3}
    document |= {key: getattr(network, key) for key in _TEXTS if getattr(network, key) is not None}
    return {**document, "layers": layer_documents(network)}


def layer_documents(network: Network) -> list[dict[str, Any]]:
    """Return the layers: weight, bias and, if there are other neurons than ReLU, slopes of all hidden ones.

    As compact JSON they are what is hashed.
    """
    layers = [{"weight": matrix_texts(m.weight), "bias": vector_texts(m.bias)} for m in network.layers]
    if not network.is_relu:
        for layer, activation in zip(layers, network.activations, strict=False):
            layer["slopes"] = matrix_texts(activation.slopes)
    return layers


def write_network(network: Network, path: str | Path, *, floats: str | None = None) -> None:
    """Write the network, exactly as it is, to a file whose suffix says the format, atomically.

    Parameters
    ----------
    network
        The network.
    path
        The file: ``.onnx``, ``.nnet``, ``.smt2`` (an SMT-LIB script that defines the network), anything else
        in the native format.
    floats
        ``float32`` or ``float64``, the type of the numbers in an ONNX file; left out, float32 if it has all
        of them, else float64.

    Raises
    ------
    NetworkError
        If the format has no word for a number or a neuron; the message names it.
    OSError
        If the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".onnx":
        from exactrelu.documents.onnx_file import write_onnx
        from exactrelu.documents.rounding import float_format

        write_onnx(network, path, float_format(network, floats))
    elif suffix == ".nnet":
        from exactrelu.documents.nnet_file import nnet_text

        write_atomically(path, [nnet_text(network)])
    elif suffix == ".smt2":
        from exactrelu.documents.smt_lib import network_script

        write_atomically(path, [network_script(network)])
    else:
        write_atomically(path, [json.dumps(network_document(network)), "\n"])


def domain_document(domain: Domain) -> dict[str, Any] | None:
    """Return the domain as the native format's JSON value, None for the whole space."""
    if domain.is_whole_space:
        return None
    inequalities = [
        {"normal": _normal_texts(c), "offset": format_rational(c.offset), "relation": str(c.relation)}
        for c in domain.constraints
    ]
    return {"format": "exactrelu-domain", "version": 1, "inequalities": inequalities}


def _normal_texts(constraint: LinearConstraint) -> list[str]:
    texts = ["0"] * len(constraint.normal)
    for j in constraint.support:
        texts[j] = format_rational(constraint.normal[j])
    return texts


def vector_texts(values: Sequence[Fraction | int]) -> list[str]:
    """Return the values as the formats write them."""
    return [format_rational(value) if value else "0" for value in values]


def matrix_texts(rows: Sequence[Sequence[Fraction | int]]) -> list[list[str]]:
    """Return the rows as the formats write them."""
    return [vector_texts(row) for row in rows]
