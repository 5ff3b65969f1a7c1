"""Pictures of the tiling of the plane by the cells of a network with two inputs.

`draw_tiling` writes an SVG or PNG file. Before anything is drawn, `PlaneTiling.of` computes every vertex,
clips unbounded cells and classifies every edge in exact rational arithmetic; the canvas only rounds
the results. The conventions are those of Figures 1 and 2 of Heinecke & Hwang: zero lines of the first
layer are solid, those of deeper layers dashed.

`draw_coefficients` draws the coefficients of an atomic decomposition.
"""

from __future__ import annotations

from exactrelu.drawing.coefficients import draw_coefficients
from exactrelu.drawing.draw import draw_tiling, require_drawable
from exactrelu.drawing.lines import LineKind
from exactrelu.drawing.tiling import PlaneTiling, Tile
from exactrelu.drawing.window import Window

__all__ = [
    "LineKind",
    "PlaneTiling",
    "Tile",
    "Window",
    "draw_coefficients",
    "draw_tiling",
    "require_drawable",
]
