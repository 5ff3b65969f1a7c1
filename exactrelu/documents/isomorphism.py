"""Whether two networks differ by permutation and positive scaling as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.identifiability.isomorphism import IsomorphismDecision
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational


def isomorphism_document(networks: tuple[Network, Network], decision: IsomorphismDecision) -> dict[str, Any]:
    """Return the decision with the permutations and scales; neurons are counted from 0."""
    document: dict[str, Any] = {
        "format": "exactrelu-isomorphic",
        "version": 1,
        "networks": [network.digest for network in networks],
        "verdict": str(decision.verdict),
    }
    if decision.permutations is not None and decision.scales is not None:
        document["permutations"] = [list(order) for order in decision.permutations]
        document["scales"] = [[format_rational(t) for t in layer] for layer in decision.scales]
    if decision.reason is not None:
        document["reason"] = decision.reason
    return document
