"""Where the labels of cells stand: inside their cell, never on one another.

Labels are laid out in points on the paper, in floats; nothing exact depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from exactrelu.drawing.placement import Box, Pair, best_in_polygon
from exactrelu.drawing.tiling import PlaneTiling, Tile

_LARGEST, _SMALLEST = 11.0, 5.5
_ROOM = 0.72  # the part of the free room that a label takes
_BOXED_SIZE = 9.0
_LEADER = 20.0


class Label(NamedTuple):
    """A text centred at ``position`` (points from the lower left corner of the axes).

    ``boxed`` labels have a white ground; a leader joins the label to ``anchor`` if there is one.
    """

    text: str
    position: Pair
    size: float
    boxed: bool = False
    anchor: Pair | None = None


def placed_labels(tiling: PlaneTiling, paper: Pair) -> list[Label]:
    """Return the labels that find room on axes of ``paper`` points (width, height).

    Polygons come first, then segments and points; tiles that are the same set (in the ``closed``
    reading) share a label. A label without room is left out.
    """
    layout = _Layout(tiling, paper)
    tiles = sorted(tiling.tiles, key=lambda tile: (-tile.dimension, tile.vertices))
    for _, group in groupby(tiles, key=lambda tile: (tile.dimension, tile.vertices)):
        layout.place(list(group))
    return layout.labels


class _Layout:
    """The labels placed so far, and the segments that no label may cover."""

    def __init__(self, tiling: PlaneTiling, paper: Pair) -> None:
        self.tiling = tiling
        self.paper = paper
        self.labels: list[Label] = []
        self.beside = tiling.dimension == 1
        segments = [tile for tile in tiling.tiles if tile.dimension == 1] if self.beside else []
        self.obstacles = [self.corners(tile) for tile in segments]

    def corners(self, tile: Tile) -> list[Pair]:
        """Return the vertices on the paper."""
        units = map(self.tiling.window.unit, tile.vertices)
        return [(x * self.paper[0], y * self.paper[1]) for x, y in units]

    def place(self, group: Sequence[Tile]) -> None:
        """Add the first candidate for the label of equal tiles that is free, if any is."""
        text = "\n".join(str(tile.configuration) for tile in group)
        if text.strip():
            candidates = self.candidates(text, group[0])
            self.labels.extend([label for label in candidates if self.is_free(_box(label))][:1])

    def candidates(self, text: str, tile: Tile) -> list[Label]:
        corners = self.corners(tile)
        if tile.dimension == 2:
            return _in_polygon(text, corners)
        return (
            _on_segment(text, corners, beside=self.beside)
            if tile.dimension
            else _near_point(text, corners[0])
        )

    def is_free(self, box: Box) -> bool:
        return (
            box.inside(Box(0.0, 0.0, *self.paper))
            and not any(box.meets(_box(label)) for label in self.labels)
            and not any(box.meets_segment(start, end) for start, end in self.obstacles)
        )


def _in_polygon(text: str, corners: Sequence[Pair]) -> list[Label]:
    """Return the largest label that fits into the polygon, near its centre, if that can be read."""
    position, room = best_in_polygon(corners, text_extent(text), _LARGEST / _ROOM)
    size = min(_LARGEST, _ROOM * room)
    return [Label(text, position, size)] if size >= _SMALLEST else []


def _on_segment(text: str, corners: Sequence[Pair], *, beside: bool) -> list[Label]:
    """Return labels on a segment that is part of a line, or beside one that is all there is."""
    (x, y), (u, v) = corners
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    width, height = (_BOXED_SIZE * extent for extent in text_extent(text))
    if length == 0 or (not beside and length < width):
        return []
    normal = ((y - v) / length, (u - x) / length)
    away = (abs(normal[0]) * width + abs(normal[1]) * height) / 2 + 6 if beside else 0.0
    labels = []
    for t in (1 / 2, 1 / 3, 2 / 3, 1 / 5, 4 / 5):
        for shift in (away, -away) if beside else (0.0,):
            position = (x + t * (u - x) + shift * normal[0], y + t * (v - y) + shift * normal[1])
            labels.append(Label(text, position, _BOXED_SIZE, boxed=not beside))
    return labels


def _near_point(text: str, corner: Pair) -> list[Label]:
    """Return labels round a point, each with a leader."""
    width, height = (_BOXED_SIZE * extent / 2 for extent in text_extent(text))
    directions = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
    return [
        Label(
            text,
            (corner[0] + a * (width + distance), corner[1] + b * (height + distance)),
            _BOXED_SIZE,
            boxed=True,
            anchor=corner,
        )
        for distance in (_LEADER, 2 * _LEADER)
        for a, b in directions
    ]


def text_extent(text: str) -> Pair:
    """Return width and height of a text at one point of size."""
    from matplotlib.textpath import TextPath

    lines = text.split("\n")
    reference = 100.0  # measured large, since hinting rounds small sizes
    width = max(float(TextPath((0, 0), line, size=reference).get_extents().width) for line in lines)
    return width / reference, 1.0 + 1.2 * (len(lines) - 1)


def _box(label: Label) -> Box:
    width, height = (label.size * extent for extent in text_extent(label.text))
    pad = 3.0 if label.boxed else 0.0
    x, y = label.position
    return Box(x - width / 2 - pad, y - height / 2 - pad, x + width / 2 + pad, y + height / 2 + pad)
