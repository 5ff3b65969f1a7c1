"""Shallow networks in the native format, version 2 where square or fourth roots stand in them.

`exactrelu.formats.shallow_file` reads it and says what it means.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.writing.atomic_file import write_atomically


def parametrization_document(shallow: Parametrization) -> dict[str, Any]:
    """Return the parametrization as the native format's JSON value, version 1 if it is rational.

    One without neurons is written with one zero neuron, since a hidden layer has at least one.
    """
    document = {"format": "exactrelu-network", "version": 1, "layers": _layers(shallow)}
    if shallow.is_rational:
        return document
    return document | {"version": 2, "scales": vector_texts([neuron.scale for neuron in shallow.neurons])}


def _layers(shallow: Parametrization) -> list[dict[str, Any]]:
    """Return the value of ``layers``, without the scales."""
    neurons = shallow.neurons or shallow.zero_neurons(1)
    outer = list(zip(*(neuron.coefficient for neuron in neurons), strict=True))
    return [
        {
            "weight": matrix_texts([neuron.weight for neuron in neurons]),
            "bias": vector_texts([neuron.bias for neuron in neurons]),
        },
        {"weight": matrix_texts(outer), "bias": vector_texts(shallow.output_bias)},
    ]


def write_parametrization(shallow: Parametrization, path: str | Path) -> None:
    """Write the parametrization to a native JSON file, atomically."""
    write_atomically(path, [json.dumps(parametrization_document(shallow)), "\n"])


def parametrization_digest(shallow: Parametrization) -> str:
    """Return the hash of the exact parameters: of a rational network its own, else one with the scales in it.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[4]], [[1]])
    >>> parametrization_digest(gamma) == gamma.network().digest
    True
    """
    hashed: dict[str, Any] = {"layers": _layers(shallow)}
    if not shallow.is_rational:
        hashed["scales"] = vector_texts([neuron.scale for neuron in shallow.neurons])
    text = json.dumps(hashed, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
