"""A recovered network as a JSON value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu.analysis.equality_decision import EqualityDecision
from exactrelu.documents.network import network_document
from exactrelu.identifiability.isomorphism import IsomorphismDecision
from exactrelu.identifiability.recovery import Recovery
from exactrelu.networks.network import Network


def recovery_document(
    network: Network,
    widths: Sequence[int],
    found: Recovery,
    evidence: tuple[EqualityDecision, IsomorphismDecision] | None,
) -> dict[str, Any]:
    """Return what was recovered, and how it compares with the network that was the black box."""
    document: dict[str, Any] = {
        "format": "exactrelu-recover",
        "version": 1,
        "network": network.digest,
        "architecture": list(widths),
        "queries": found.queries,
        "verdict": str(found.verdict),
    }
    if found.network is None or evidence is None:
        return document | {"reason": found.reason}
    return document | {
        "recovered": network_document(found.network),
        "compared": found.compared,
        "free": found.free,
        "equal": str(evidence[0].verdict),
        "isomorphic": str(evidence[1].verdict),
    }
