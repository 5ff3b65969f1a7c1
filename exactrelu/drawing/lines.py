"""Which zero line an edge of a cell lies on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from exactrelu.drawing.polygon import line_of
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point


class LineKind(Enum):
    """What an edge of a cell (an end, where the domain has dimension 1) belongs to.

    Where several fit, the first one is meant: a piece of the domain's boundary on which a neuron
    vanishes is drawn as that neuron's line.
    """

    FIRST = "zero line of a first-layer neuron"
    DEEPER = "zero line of a deeper neuron"
    DOMAIN = "boundary of the domain"


class LineClassifier:
    """Tell the kind of edges and ends of the regions of one network on one domain.

    Two cells that share an edge agree about its kind: if their configurations differ first in layer
    k, the pre-activations of layer k are the same functions on both.
    """

    def __init__(self, region: Region) -> None:
        self._first_rows = _rows(region, 0, 1)
        self._domain_rows = [row.entries for row in region.domain.rows]
        self._first = _lines(self._first_rows)
        self._domain = _lines(self._domain_rows)

    def of_edges(self, region: Region, lines: Iterable[IntegerRow | None]) -> list[LineKind | None]:
        """Return the kinds of a cell's edges on the ``lines`` (see `line_of`); None for the window's."""
        deeper = _lines(_deeper_rows(region))
        sets = ((LineKind.FIRST, self._first), (LineKind.DEEPER, deeper), (LineKind.DOMAIN, self._domain))
        return [next((kind for kind, known in sets if line in known), None) for line in lines]

    def of_end(self, region: Region, end: Point, other: Point) -> LineKind | None:
        """Return the kind of an end of a segment: which row vanishes there, but not at ``other``."""
        for kind, rows in (
            (LineKind.FIRST, self._first_rows),
            (LineKind.DEEPER, _deeper_rows(region)),
            (LineKind.DOMAIN, self._domain_rows),
        ):
            if any(_vanishes(row, end) and not _vanishes(row, other) for row in rows):
                return kind
        return None


def _rows(region: Region, start: int, stop: int | None) -> list[IntegerRow]:
    """Return the rows of the neurons with a bit in some hidden layers (from 0)."""
    layers = list(zip(region.preactivations, region.network.activations, strict=False))
    return [row for y, activation in layers[start:stop] for row in activation.bent_of(y.integer_rows())]


def _deeper_rows(region: Region) -> list[IntegerRow]:
    return _rows(region, 1, None)


def _lines(rows: Iterable[IntegerRow]) -> frozenset[IntegerRow | None]:
    return frozenset(line_of(row) for row in rows) - {None}


def _vanishes(row: IntegerRow, point: Point) -> bool:
    return row[0] * point[0] + row[1] * point[1] + row[2] == 0
