"""Where each output is the largest, and the decision boundary, as JSON values."""

from __future__ import annotations

from typing import Any

from exactrelu.analysis.decision_regions import ArgmaxRegion, BoundaryFacet, DecisionRegions
from exactrelu.documents.region import closure_document


def decision_document(found: DecisionRegions) -> dict[str, Any]:
    """Return the regions of the classes and the facets between them."""
    return {
        "count": len(found.regions),
        "cells": found.cells,
        "regions": [_part(one) for one in found.regions],
        "boundary": [_part(one) for one in found.boundary],
    }


def _part(one: ArgmaxRegion | BoundaryFacet) -> dict[str, Any]:
    return {
        "configuration": str(one.configuration),
        "classes": list(one.classes),
        **closure_document(one.geometry),
    }
