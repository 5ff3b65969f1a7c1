"""The distance of two networks as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.analysis.distances import Distance, DistanceNorm
from exactrelu.documents.network import vector_texts
from exactrelu.documents.numbers import extended_text
from exactrelu.networks.network import Network


def distance_document(networks: tuple[Network, Network], found: Distance) -> dict[str, Any]:
    """Return the distance (``l2``: its square) and where it is attained.

    ``attained`` and ``point`` are null for finite integrals and on an empty domain.
    """
    key = "square" if found.norm is DistanceNorm.L2 else "value"
    document: dict[str, Any] = {
        "norm": str(found.norm),
        key: extended_text(found.power),
        "attained": found.attained,
        "point": None if found.point is None else vector_texts(found.point),
    }
    if found.ray is not None:
        document["ray"] = vector_texts(found.ray)
    if found.norm is DistanceNorm.W1INF and found.point is not None:
        document["configurations"] = [str(network.configuration(found.point)) for network in networks]
    entry = {"output": found.output, "input": found.input}
    return document | {name: index for name, index in entry.items() if index is not None}
