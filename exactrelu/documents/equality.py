"""Whether two networks are one function, as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.analysis.equality_decision import EqualityDecision
from exactrelu.documents.network import vector_texts
from exactrelu.numbers.rationals import format_rational


def equality_document(decision: EqualityDecision) -> dict[str, Any]:
    """Return the verdict, how it was reached, and its evidence."""
    reason = {} if decision.reason is None else {"reason": decision.reason}
    if decision.bound is not None:
        reason["bound"] = format_rational(decision.bound)
    return {
        "within": format_rational(decision.within),
        "verdict": str(decision.verdict),
        "method": str(decision.method),
        "cells": decision.cells,
        "boxes": decision.boxes,
        **difference_document(decision),
        **reason,
    }


def difference_document(decision: EqualityDecision) -> dict[str, Any]:
    """Return a point at which the networks differ: both outputs, and the first minus the second."""
    if decision.point is None or decision.outputs is None:
        return {}
    one, two = decision.outputs
    return {
        "point": vector_texts(decision.point),
        "outputs": [vector_texts(one), vector_texts(two)],
        "difference": vector_texts([a - b for a, b in zip(one, two, strict=True)]),
    }
