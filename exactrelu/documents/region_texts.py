"""Regions as JSON text, a block of them at a time: every vertex, row and configuration is written once.

The text is that of `region_document`, to the byte. Cells that no block knows are written by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from math import gcd

from exactrelu.documents.region import GeometryDetail, leaf_document
from exactrelu.enumeration import Reached
from exactrelu.enumeration.cell_source import CellSource
from exactrelu.enumeration.leaf_blocks import LeafBlock
from exactrelu.numbers.linear_algebra import pivot_column
from exactrelu.numbers.rationals import format_integer

_TOGETHER = 64  # cells that a block writes at once


class RegionTexts:
    """The JSON texts of leaves that come one after the other, in one detail.

    Examples
    --------
    >>> from exactrelu.enumeration import Problem, enumerate_leaves
    >>> from exactrelu.networks.network import Network
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> texts = RegionTexts(GeometryDetail.NONE)
    >>> [texts.of(leaf) for leaf in enumerate_leaves(Problem.of(net, reading="full"))][0]
    '{"configuration": "01", "dimension": 1}'
    """

    def __init__(self, detail: GeometryDetail) -> None:
        self._detail = detail
        self._block: CellSource | None = None
        self._first, self._texts = 0, list[str]()  # of some cells of the block
        self._composed: _ComposedTexts | None = None

    def of(self, leaf: Reached) -> str:
        """Return the text of a leaf."""
        if self._detail is GeometryDetail.NONE:
            return f'{{"configuration": "{leaf.configuration_text}", "dimension": {leaf.dimension}}}'
        source = leaf.source
        if source is None:
            return json.dumps(leaf_document(leaf, self._detail))
        block, number = source
        if block is not self._block or not self._first <= number < self._first + len(self._texts):
            self._read(block, number)
        return self._texts[number - self._first] or self._put_together(block, number)

    def of_block(self, leaves: LeafBlock, between: str) -> Iterator[str]:
        """Yield the texts of all leaves of a block, some at a time, with ``between`` between these."""
        block, first = leaves.source, 0
        if block is None or self._detail is GeometryDetail.NONE:
            yield from map(self.of, leaves)
            return
        lines, full = _lines_of(block), self._detail is GeometryDetail.FULL
        while first < len(block):
            end = min(first + _TOGETHER, len(block))
            found = block.texts(first, end, lines, between, full=full)
            if found is not None and all(a < b for a, b in pairwise([0, *found[1]])):
                yield found[0][: -len(between)]
                first += len(found[1])
            else:
                yield from [self.of(leaves.leaf(number)) for number in range(first, end)]
                first = end

    def _read(self, block: CellSource, first: int) -> None:
        """Take the texts of some cells from a block, as far as it writes them."""
        if block is not self._block:
            self._block, self._composed = block, None
        end, full = min(first + _TOGETHER, len(block)), self._detail is GeometryDetail.FULL
        found = block.texts(first, end, _lines_of(block), full=full)
        self._first, self._texts = first, [""] * (end - first)
        if found is not None:
            text, ends = found
            self._texts = [text[start:end] for start, end in pairwise([0, *ends])]

    def _put_together(self, block: CellSource, cell: int) -> str:
        if self._composed is None:
            self._composed = _ComposedTexts(block)
        return self._composed.of(cell, full=self._detail is GeometryDetail.FULL)


def _lines_of(block: CellSource) -> str:
    return _list(_vector(ratios(row, row[pivot_column(row)])) for row in block.lineality)


class _ComposedTexts:
    """The texts of the cells of a block, put together here."""

    def __init__(self, block: CellSource) -> None:
        self._block, self._lines = block, _lines_of(block)
        self._heads = [
            f'{{"configuration": "{text}", "dimension": {dimension}, '
            for text, dimension in zip(block.configurations(), block.dimensions, strict=True)
        ]
        self._facets, self._strict = block.facets, block.strict
        functionals = [_functional(row) for row in block.row_list]  # now all rows are known
        self._facet_texts = [text + ', "relation": ">="}' for text in functionals]
        self._strict_texts = [text + "}" for text in functionals]

    @cached_property
    def _generators(self) -> list[str]:
        return [_vector(ratios(x[:-1], x[-1] or 1)) for x in self._block.generators]

    @cached_property
    def _maps(self) -> list[str]:
        return [_map_text(rows, scale) for rows, scale in zip(*self._block.outputs, strict=True)]

    def of(self, cell: int, *, full: bool) -> str:
        """Return the text of a cell."""
        block = self._block
        sides = ", ".join(map(self._facet_texts.__getitem__, self._facets.of(cell)))
        if equations := block.equations_of(cell):
            flat = ", ".join([_functional(row) + ', "relation": "="}' for row in equations])
            sides = f"{flat}, {sides}" if sides else flat
        strict = ", ".join(map(self._strict_texts.__getitem__, self._strict.of(cell)))
        bounded, generators = self._shape(cell) if full else ("", "")
        point = '", "'.join(block.inner_point(cell))
        return (
            f'{self._heads[cell]}{bounded}"inequalities": [{sides}], "strict": [{strict}], {generators}'
            f'"point": ["{point}"], {self._maps[cell]}}}'
        )

    def _shape(self, cell: int) -> tuple[str, str]:
        """Return the keys `bounded`, and `vertices`, `rays` and `lines`."""
        name = self._generators.__getitem__
        vertices = ", ".join(map(name, self._block.vertices.of(cell)))
        rays = ", ".join(map(name, self._block.rays.of(cell)))
        bounded = "false" if rays or self._block.lineality else "true"
        return (
            f'"bounded": {bounded}, ',
            f'"vertices": [{vertices}], "rays": [{rays}], "lines": {self._lines}, ',
        )


def _map_text(rows: Sequence[Sequence[int]], scale: int) -> str:
    texts = [ratios(row, scale) for row in rows]
    weight = ", ".join([_vector(row[:-1]) for row in texts])
    bias = '", "'.join([row[-1] for row in texts])
    return f'"weight": [{weight}], "bias": ["{bias}"]'


def ratios(numerators: Sequence[int], denominator: int) -> list[str]:
    """Return the texts of rationals with one positive denominator.

    Examples
    --------
    >>> ratios([2, -3, 0], 4)
    ['1/2', '-3/4', '0']
    """
    try:
        if denominator == 1:
            return list(map(str, numerators))
        return [
            str(p // g) if (g := gcd(p, denominator)) == denominator else f"{p // g}/{denominator // g}"
            for p in numerators
        ]
    except ValueError:  # more digits than Python converts
        return [_ratio(p, denominator) for p in numerators]


def _ratio(p: int, q: int) -> str:
    g = gcd(p, q)
    return format_integer(p // g) if g == q else f"{format_integer(p // g)}/{format_integer(q // g)}"


def _functional(row: Sequence[int]) -> str:
    """Return a row without its closing brace."""
    *normal, offset = ratios(row, 1)
    return f'{{"normal": {_vector(normal)}, "offset": "{offset}"'


def _vector(texts: Sequence[str]) -> str:
    return '["' + '", "'.join(texts) + '"]' if texts else "[]"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(texts) + "]"
