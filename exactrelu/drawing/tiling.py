"""The exact content of a picture: clipped cells, edges, and which cells share an affine map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.drawing.lines import LineClassifier, LineKind
from exactrelu.drawing.polygon import convex_order, edges, line_through, union_of_segments
from exactrelu.drawing.window import Window, default_window
from exactrelu.errors import DomainError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow, pivot_column
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.polyhedron import Polyhedron

Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Tile:
    """The part of the closure of a cell that lies in the window.

    ``vertices`` are counterclockwise for a polygon, the two ends of a segment, or one point;
    ``dimension`` is that of the cell. Tiles with equal ``map_index`` carry equal affine maps.
    """

    configuration: Configuration
    dimension: int
    vertices: tuple[Point, ...]
    map_index: int


@dataclass(frozen=True)
class PlaneTiling:
    """What a picture shows, in exact numbers.

    ``lines`` are the edges of the two-dimensional tiles, each drawn once: maximal segments of their
    union on each line. ``ends`` are the ends of tiles on a domain of dimension 1, and empty on others.
    ``count`` counts the regions, in the window or not. ``network`` and ``reading`` are None, and
    ``dimension``, that of the domain, is 2, if there are no regions.
    """

    window: Window
    tiles: tuple[Tile, ...] = ()
    lines: Mapping[LineKind, Sequence[Segment]] = field(default_factory=dict)
    ends: Mapping[LineKind, Sequence[Point]] = field(default_factory=dict)
    count: int = 0
    network: Network | None = None
    reading: Reading | None = None
    dimension: int = 2

    @classmethod
    def of(cls, regions: Iterable[Region], window: Window | None = None) -> PlaneTiling:
        """Return the tiling of the regions of one network, on one domain, in one reading.

        Parameters
        ----------
        regions
            The regions, in the order in which they are to be coloured.
        window
            The rectangle to show; see `default_window` for what is shown if it is left out.

        Raises
        ------
        DomainError
            If the network has not two inputs, or the regions differ in network, domain or reading.

        Examples
        --------
        >>> from exactrelu.enumeration import regions
        >>> net = Network.from_rationals([([[1, 0]], None), ([[1]], None)])
        >>> tiling = PlaneTiling.of(regions(net))
        >>> [(str(tile.configuration), len(tile.vertices)) for tile in tiling.tiles]
        [('0', 4), ('1', 4)]
        >>> [[tuple(map(str, p)) for p in segment] for segment in tiling.lines[LineKind.FIRST]]
        [[('0', '-1'), ('0', '1')]]
        """
        known = _of_one_question(regions)
        window = window or default_window(known)
        if not known:
            return cls(window)
        return _Builder(known[0], window).built(known)


def _of_one_question(regions: Iterable[Region]) -> list[Region]:
    """Return the regions as a list; refuse, at the first that shows it, what cannot be drawn."""
    known: list[Region] = []
    for region in regions:
        if not known:
            require_plane(region.network.inputs)
        elif _question(region) != _question(known[0]):
            raise DomainError("drawing needs regions of one network, on one domain, in one reading")
        known.append(region)
    return known


def require_plane(inputs: int) -> None:
    """Raise `DomainError` if a network with that many inputs cannot be drawn."""
    if inputs != 2:
        raise DomainError(f"drawing needs 2 inputs, got {inputs}")


def _question(region: Region) -> tuple[Hashable, ...]:
    return region.network, region.domain, region.reading


class _Builder:
    """Collect tiles and edges, cell by cell."""

    def __init__(self, sample: Region, window: Window) -> None:
        domain = sample.domain.closure
        self.window = window
        self.sample = sample
        self.dimension = domain.dimension()
        self.classifier = LineClassifier(sample)
        self.maps = _MapIndex(domain)
        self.edges: defaultdict[tuple[LineKind, IntegerRow], list[Segment]] = defaultdict(list)
        self.ends: defaultdict[LineKind, set[Point]] = defaultdict(set)

    def built(self, regions: Sequence[Region]) -> PlaneTiling:
        tiles = [tile for region in regions if (tile := self.tile(region))]
        lines: defaultdict[LineKind, list[Segment]] = defaultdict(list)
        for (kind, _), segments in sorted(self.edges.items(), key=lambda item: item[0][1]):
            lines[kind].extend(union_of_segments(segments))
        return PlaneTiling(
            self.window,
            tuple(tiles),
            dict(lines),
            {kind: sorted(points) for kind, points in self.ends.items()},
            len(regions),
            self.sample.network,
            self.sample.reading,
            self.dimension,
        )

    def tile(self, region: Region) -> Tile | None:
        """Return the tile of a region, and keep its edges; None if the window does not meet the cell.

        A cell that the window only touches, in a set of lower dimension, counts as not met.
        """
        clipped = self.window.clipped(region.closure)
        if clipped.is_empty() or clipped.dimension() < region.dimension:
            return None
        vertices = convex_order(clipped.generators().points)
        if region.dimension == 2:
            self.keep_edges(region, vertices)
        elif region.dimension == self.dimension == 1:
            self.keep_ends(region, vertices)
        return Tile(region.configuration, region.dimension, vertices, self.maps.index(region))

    def keep_edges(self, region: Region, vertices: Sequence[Point]) -> None:
        sides = edges(vertices)
        lines = [line_through(p, q) for p, q in sides]
        kinds = self.classifier.of_edges(region, lines)
        for side, line, kind in zip(sides, lines, kinds, strict=True):
            if kind is not None and line is not None:
                self.edges[kind, line].append(side)

    def keep_ends(self, region: Region, vertices: Sequence[Point]) -> None:
        for end, other in (vertices, vertices[::-1]):
            kind = self.classifier.of_end(region, end, other)
            if kind is not None:
                self.ends[kind].add(end)


class _MapIndex:
    """Number the affine maps as they come; maps that agree on the affine hull of the domain are equal."""

    def __init__(self, domain: Polyhedron) -> None:
        self.equations = CanonicalPolyhedron.of(domain, 2).equations
        self.known: dict[Hashable, int] = {}

    def index(self, region: Region) -> int:
        affine = region.affine_map
        key: Hashable = affine
        if self.equations:
            key = tuple(self.restricted(row) for row in affine.rows)
        return self.known.setdefault(key, len(self.known))

    def restricted(self, row: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        """Return the representative of a functional modulo those that vanish on the affine hull."""
        for equation in self.equations:
            pivot = pivot_column(equation)
            factor = row[pivot] / equation[pivot]
            row = tuple(entry - factor * other for entry, other in zip(row, equation, strict=True))
        return row
