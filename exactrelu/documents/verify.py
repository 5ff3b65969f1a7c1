"""Whether a network has a property, as a JSON value."""

from __future__ import annotations

import math
from typing import Any

from exactrelu.documents.network import vector_texts
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.verdict import Verdict


def verify_document(decision: PropertyDecision) -> dict[str, Any]:
    """Return the decision: verdict, evidence where it is ``refuted``, how far it came where ``unknown``."""
    document: dict[str, Any] = {
        "format": "exactrelu-verify",
        "version": 1,
        "network": decision.network.digest,
        "property": decision.property.digest,
        "verdict": str(decision.verdict),
        "point": None if decision.point is None else vector_texts(decision.point),
        "outputs": None if decision.outputs is None else vector_texts(decision.outputs),
        "boxes": decision.boxes,
        "seconds": round(decision.seconds, 6),
    }
    if decision.verdict is Verdict.UNKNOWN:
        document["decided"] = min(decision.decided, 1.0)
        document["bound"] = decision.bound if math.isfinite(decision.bound) else None
        document["reason"] = decision.reason
    return document
