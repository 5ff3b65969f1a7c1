"""The geometry of many cells at once, read off the table of vertices: nothing is computed cell by cell.

A block holds some cells of a finished chunk, sorted by configuration. Every vertex is made exact once
(`exact_vertices`), every row composed once (`prefix_rows`), facets come from masks (`facet_incidences`), and
what is canonical about a cell is an order of numbers of vertices and rows, sorted for all cells together.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from exactrelu.enumeration.generator_engine.block_source import BlockSource
from exactrelu.enumeration.generator_engine.compiled_block import compiled_block
from exactrelu.enumeration.generator_engine.crossing_edges import Index
from exactrelu.enumeration.generator_engine.exact_order import (
    Floats,
    nearest_doubles,
    ranks_of_points,
    ranks_of_rows,
)
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.facet_incidences import Bools, Incidence
from exactrelu.enumeration.generator_engine.prefix_rows import Matrices, PrefixRows
from exactrelu.enumeration.generator_engine.rounded_centres import Centres, dyadic_text, rounded_centres
from exactrelu.kernels.region_block import Column, RegionBlock
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, rank, reduced_modulo
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.canonical import CanonicalPolyhedron, shortening
from exactrelu.polyhedra.generated_polyhedron import GeneratedPolyhedron, KnownPolyhedron


class Lists(NamedTuple):
    """For each cell a list of numbers: those of cell c are ``items[start[c]:start[c + 1]]``."""

    items: list[int]
    start: list[int]

    def of(self, cell: int) -> list[int]:
        """Return the list of a cell."""
        return self.items[self.start[cell] : self.start[cell + 1]]


class CellBlock:
    """Some cells with all that is canonical about them, computed when it is asked for.

    ``points`` and ``rays`` are the distinct generators (X, t) and rows those that occur; `vertices_of`,
    `rays_of`, `facets_of` and `strict_of` say by number, in canonical order, which are a cell's.
    """

    def __init__(self, source: BlockSource) -> None:
        self.problem, self.bits = source.problem, source.bits
        self.lineality = source.start.lineality
        self._source, self._thin = source, source.thin

    def __len__(self) -> int:
        return len(self.bits)

    @cached_property
    def _compiled(self) -> RegionBlock | None:
        return compiled_block(self._source, self._equations)

    def texts(
        self, first: int, end: int, lines: str, between: str = "", *, full: bool
    ) -> tuple[str, Sequence[int]] | None:
        """Return the JSON texts of some cells, and where each ends (`RegionBlock.texts`)."""
        return None if self._compiled is None else self._compiled.texts(first, end, lines, between, full=full)

    # vertices and rays ------------------------------------------------------------------------------

    @property
    def _members(self) -> tuple[Index, Index]:
        return self._source.members

    @cached_property
    def _used(self) -> tuple[Index, Index, Index]:
        """The rows of the table that occur, a cell that has each, and each pair's place among them."""
        cell, vertex = self._members
        used, first, place = np.unique(vertex, return_index=True, return_inverse=True)
        return used, cell[first], place

    @cached_property
    def generators(self) -> list[Homogeneous]:
        """The distinct generators of the closures, primitive (X, t), t = 0 for rays."""
        used, cells, _ = self._used
        return self._source.exact(used, cells)

    @cached_property
    def _ends(self) -> list[int]:
        """Where the members of each cell begin, and where those of the last one end."""
        ends: list[int] = np.searchsorted(self._members[0], np.arange(len(self) + 1)).tolist()
        return ends

    @cached_property
    def _own_places(self) -> list[int]:
        places: list[int] = self._used[2].tolist()
        return places

    def column(self, kind: str, first: int, end: int, most: int) -> Column | None:
        """Return what some cells say of ``kind``, as texts (`RegionBlock.column`)."""
        return None if self._compiled is None else self._compiled.column(kind, first, end, most)

    def _generators_of(self, cell: int) -> list[Homogeneous]:
        start, end = self._ends[cell : cell + 2]
        return [self.generators[i] for i in self._own_places[start:end]]

    def rank(self, cell: int) -> int:
        """Return the rank of the generators of a cell."""
        start, end = self._ends[cell : cell + 2]
        if end - start <= 3:  # extreme rays of a pointed cone: up to three are independent
            return end - start
        return rank(self._generators_of(cell), self.problem.network.inputs + 1)

    def point(self, cell: int) -> Point:
        """Return the sum of all generators of a cell, a point inside it relative to its affine hull."""
        *sums, last = map(sum, zip(*self._generators_of(cell), strict=True))
        return tuple([Fraction(entry, last) for entry in sums])

    @cached_property
    def _rays(self) -> Bools:
        return np.array([not generator[-1] for generator in self.generators], dtype=bool)

    @cached_property
    def _doubles(self) -> Floats:
        """The nearest doubles to the coordinates of the generators; those of rays are zero."""
        found = np.zeros((len(self.generators), self.problem.network.inputs))
        points = [generator for generator in self.generators if generator[-1]]
        found[~self._rays] = nearest_doubles(points)
        return found

    @cached_property
    def _sorted(self) -> tuple[Lists, Lists]:
        """The numbers of each cell's vertices and of its rays, in order."""
        cell, _ = self._members
        place, is_ray = self._used[2], self._rays
        ranks = np.empty(len(is_ray), dtype=np.int64)
        points = [generator for generator in self.generators if generator[-1]]
        ranks[~is_ray] = ranks_of_points(points, self._doubles[~is_ray])
        ranks[is_ray] = ranks_of_rows([generator for generator in self.generators if not generator[-1]])
        order = np.lexsort((ranks[place], cell))
        cell, place = cell[order], place[order]
        chosen = is_ray[place]
        return self._lists(cell[~chosen], place[~chosen]), self._lists(cell[chosen], place[chosen])

    @property
    def vertices(self) -> Lists:
        """The vertices of each cell, sorted, by their numbers in `generators`."""
        return self._sorted[0]

    @property
    def rays(self) -> Lists:
        """The rays of each cell, sorted, by their numbers in `generators`."""
        return self._sorted[1]

    def _lists(self, cell: Index, items: Index) -> Lists:
        start = np.searchsorted(cell, np.arange(len(self) + 1))
        return Lists(items.tolist(), start.tolist())

    # rows -------------------------------------------------------------------------------------------

    @property
    def _rows(self) -> PrefixRows:
        return self._source.rows

    @cached_property
    def _equations(self) -> tuple[IntegerRow, ...]:
        """Those of the domain's affine hull."""
        domain = self.problem.domain
        return () if domain.is_whole_space else tuple(domain.equations)

    @cached_property
    def _incidence(self) -> Incidence:
        cell, _ = self._members
        words = np.ascontiguousarray(self._source.masks[:, self._used[0]].T)
        bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").astype(bool)
        return Incidence(bits, self._used[2], cell, len(self), is_ray=self._rays)

    @cached_property
    def _table_of_rows(self) -> _DistinctRows:
        return _DistinctRows()

    def _numbers_of(self, pairs: Index) -> Index:
        """Return the numbers of the rows of some pairs of the incidence, not negative on the cell."""
        cell, bit = self._incidence.cell[pairs], self._incidence.bit[pairs]
        start = self._source.start
        domain_bits = 1 + len(start.rows)
        places = [(k, i) for k, a in enumerate(self.problem.network.activations) for i in a.bent]
        layers = np.array([-1] * domain_bits + [k for k, _ in places], dtype=np.int64)[bit]
        run = np.zeros(len(pairs), dtype=np.int64)
        for k in range(len(self.problem.network.activations)):
            run[layers == k] = self._rows.runs[k][cell[layers == k]]
        side = np.ones(len(pairs), dtype=np.int64)
        neurons = layers >= 0
        side[neurons] = self.bits[cell[neurons], bit[neurons] - domain_bits]
        keys = (run * (domain_bits + len(places)) + bit) * 2 + side
        distinct, which = np.unique(keys, return_inverse=True)
        numbers = []
        for key in distinct.tolist():
            (number, b), positive = divmod(key // 2, domain_bits + len(places)), key % 2
            if b < domain_bits:
                row = start.rows[b - 1]
            else:
                k, i = places[b - domain_bits]
                row = self._rows.row(k, number, i)
            numbers.append(self._table_of_rows.number(tuple(row if positive else [-x for x in row])))
        return np.array(numbers, dtype=np.int64)[which]

    @cached_property
    def _bounding(self) -> tuple[list[tuple[IntegerRow, ...]], Lists, Lists]:
        """The equations of each cell, the numbers of its facets' rows, in order, and bits that flip there.

        A bit is that of the mask; it is 0 where nothing is known.
        """
        incidence = self._incidence
        pairs = incidence.facets(self._thin, self._source.start.rank)
        cell, numbers = incidence.cell[pairs], self._numbers_of(pairs)
        equations = [self._equations] * len(self)
        flat = np.flatnonzero(incidence.everywhere & (incidence.bit > 0))
        own: dict[int, list[int]] = {}
        for c, number in zip(incidence.cell[flat].tolist(), self._numbers_of(flat).tolist(), strict=True):
            own.setdefault(c, []).append(number)
        bases: dict[tuple[int, ...], tuple[IntegerRow, ...]] = {}
        for c, found in own.items():
            key = tuple(found)
            if key not in bases:
                rows = [*self._equations, *map(self._table_of_rows.rows.__getitem__, found)]
                bases[key] = tuple(echelon(rows, self.problem.network.inputs + 1))
            equations[c] = bases[key]
        if any(equations):
            numbers = self._reduced(cell.tolist(), numbers.tolist(), equations)
        order = np.lexsort((self._table_of_rows.ranks()[numbers], cell))
        lone = np.where(incidence.alone[pairs], incidence.bit[pairs], 0)
        return equations, self._lists(cell[order], numbers[order]), self._lists(cell[order], lone[order])

    def _reduced(
        self, cells: list[int], numbers: list[int], equations: list[tuple[IntegerRow, ...]]
    ) -> Index:
        """Return the numbers of the rows, each reduced modulo its cell's equations."""
        known: dict[tuple[int, tuple[IntegerRow, ...]], int] = {}
        rows, found = self._table_of_rows, []
        for cell, number in zip(cells, numbers, strict=True):
            basis = equations[cell]
            key = number, basis
            if key not in known:
                known[key] = rows.number(reduced_modulo([rows.rows[number]], basis)[0]) if basis else number
            found.append(known[key])
        return np.array(found, dtype=np.int64)

    @property
    def row_list(self) -> list[IntegerRow]:
        """The distinct rows, by number."""
        return self._table_of_rows.rows

    @cached_property
    def dimensions(self) -> list[int]:
        """The dimension of each cell."""
        if self._compiled is not None:
            dimensions: list[int] = self._compiled.dimensions.tolist()
            return dimensions
        inputs = self.problem.network.inputs
        return [inputs - len(equations) for equations in self._bounding[0]]

    def equations_of(self, cell: int) -> tuple[IntegerRow, ...]:
        """Return the equations of a cell, in reduced row echelon form."""
        return self._bounding[0][cell]

    @property
    def facets(self) -> Lists:
        """The facets of each cell, sorted, by their numbers in `row_list`."""
        return self._bounding[1]

    @cached_property
    def strict(self) -> Lists:
        """The strict rows of each cell that vanish somewhere on its closure, by their numbers, sorted."""
        incidence, start = self._incidence, self._source.start
        domain_bits = 1 + len(start.rows)
        wanted = np.zeros(len(incidence.bit), dtype=bool)
        of_domain = incidence.bit < domain_bits
        wanted[of_domain] = np.array([False, *start.strict])[incidence.bit[of_domain]]
        if self.problem.reading is not Reading.CLOSED:
            own = ~of_domain
            wanted[own] = self.bits[incidence.cell[own], incidence.bit[own] - domain_bits] > 0
        pairs = np.flatnonzero(wanted & incidence.touched)
        cell, numbers = incidence.cell[pairs], self._numbers_of(pairs)
        ranks = self._table_of_rows.ranks()[numbers]
        order = np.lexsort((ranks, cell))
        cell, numbers = cell[order], numbers[order]
        new = np.concatenate([[True], (cell[1:] != cell[:-1]) | (numbers[1:] != numbers[:-1])])[: len(cell)]
        return self._lists(cell[new], numbers[new])

    # maps -------------------------------------------------------------------------------------------

    @cached_property
    def outputs(self) -> tuple[Matrices, list[int]]:
        """The last layer's [W | b] on each cell, in integers over a scale, and the scales."""
        return self._rows.outputs()

    # one by one --------------------------------------------------------------------------------------

    def configurations(self) -> list[str]:
        """Return the configurations as text."""
        widths = self.problem.network.bent_widths
        ends = np.cumsum(widths[:-1], dtype=np.int64)
        text = (
            np.insert(self.bits + np.uint8(ord("0")), ends, ord("|"), axis=1)
            if len(ends)
            else (self.bits + np.uint8(ord("0")))
        )
        size = text.shape[1]
        whole = text.tobytes().decode("ascii")
        return [whole[i * size : (i + 1) * size] for i in range(len(self))]

    def canonical(self, cell: int) -> CanonicalPolyhedron:
        """Return the canonical form of the closure of a cell."""
        rays = [ray[:-1] for ray in self._picked(self.rays, cell)]
        closure = GeneratedPolyhedron(self._picked(self.vertices, cell), rays, self.lineality)
        facets = tuple([self.row_list[i] for i in self.facets.of(cell)])
        return KnownPolyhedron(closure, self.problem.network.inputs, self.equations_of(cell), facets)

    def flips_of(self, cell: int) -> dict[IntegerRow, tuple[int, int]]:
        """Return the bit (layer from 1, place) that alone changes at a facet, where that is known.

        Where a neuron's row alone is tight on a facet of a cell of full dimension, no neuron of a layer
        before changes there; so its row is the same beyond, and changes its sign; no other neuron is zero.
        """
        if self.problem.reading is not Reading.FULL:
            return {}
        first = 1 + len(self._source.start.rows)
        pairs = zip(self.facets.of(cell), self._bounding[2].of(cell), strict=True)
        return {self.row_list[row]: self._places[bit - first] for row, bit in pairs if bit >= first}

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        widths = self.problem.network.bent_widths
        return [(k, place) for k, width in enumerate(widths, start=1) for place in range(width)]

    def _picked(self, lists: Lists, cell: int) -> list[Homogeneous]:
        return [self.generators[i] for i in lists.of(cell)]

    @cached_property
    def _centres(self) -> dict[int, tuple[list[int], int]]:
        """The inner points of the cells for which doubles are sure which it is."""
        cell, _ = self._members
        place, inputs = self._used[2], self.problem.network.inputs
        rays = np.zeros((len(self.generators), inputs))
        for i in np.flatnonzero(self._rays).tolist():
            ray = self.generators[i][:-1]
            size = 1 << shortening(ray)
            rays[i] = [x / size for x in ray]
        centres = Centres(self._doubles, rays, self._rays, (cell, place), len(self))
        equations, facets, _ = self._bounding
        cells = np.array([c for c, own in enumerate(equations) if not own], dtype=np.int64)
        owner = np.repeat(np.arange(len(self)), np.diff(facets.start))
        return rounded_centres(centres, cells, (owner, np.array(facets.items, dtype=np.int64)), self.row_list)

    def inner_point(self, cell: int) -> list[str]:
        """Return the point of `canonical`, as texts."""
        known = self._centres.get(cell)
        if known is not None:
            return [dyadic_text(x, known[1]) for x in known[0]]
        return [format_rational(x) for x in self.canonical(cell).point]


class _DistinctRows:
    """Rows by number, equal ones once."""

    def __init__(self) -> None:
        self.rows: list[IntegerRow] = []
        self._numbers: dict[IntegerRow, int] = {}

    def number(self, row: IntegerRow) -> int:
        """Return the number of a row."""
        found = self._numbers.setdefault(row, len(self.rows))
        if found == len(self.rows):
            self.rows.append(row)
        return found

    def ranks(self) -> Index:
        """Return for each row its place in lexicographic order."""
        return ranks_of_rows(self.rows)
