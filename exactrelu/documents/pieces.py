"""Linear pieces with their cells and adjacency as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.analysis.pieces import Tiling
from exactrelu.documents.region import domain_header, map_document


def pieces_document(found: Tiling, engine: str) -> dict[str, Any]:
    """Return the pieces, and which cells are neighbours through which neurons."""
    return domain_header("exactrelu-pieces", found.network, found.domain, engine) | {
        "count": len(found.pieces),
        "cells": len(found.maps),
        "pieces": [
            {"configurations": list(map(str, piece.configurations)), **map_document(piece.affine_map)}
            for piece in found.pieces
        ],
        "adjacency": [
            {"configurations": [str(edge.one), str(edge.two)], "flipped": sorted(map(list, edge.flipped))}
            for edge in found.edges
        ],
    }
