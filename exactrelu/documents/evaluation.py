"""What a network does at a point as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point


def evaluation_document(network: Network, point: Point) -> dict[str, Any]:
    """Return the exact output, pre-activations and configuration of a point.

    Examples
    --------
    >>> from fractions import Fraction
    >>> absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> evaluation_document(absolute, (Fraction(-1, 2),))["output"]
    ['1/2']
    """
    return {
        "format": "exactrelu-evaluate",
        "version": 1,
        "network": network.digest,
        "point": vector_texts(point),
        "output": vector_texts(network(point)),
        "preactivations": matrix_texts(network.preactivations(point)),
        "configuration": str(network.configuration(point)),
    }
