"""What an engine offers that knows the geometry of many cells together.

A leaf that comes from such an engine names its source: the block of cells that it is in, and its number
there. Who writes or keeps many regions asks the block; `Reached.region` asks it for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron

if TYPE_CHECKING:
    from exactrelu.kernels.region_block import Column


class NumberLists(Protocol):
    """For each cell a list of numbers."""

    def of(self, cell: int) -> list[int]:
        """Return the list of a cell."""
        ...


class CellSource(Protocol):
    """The canonical geometry of some cells, sorted by configuration, which share vertices and rows."""

    def __len__(self) -> int:
        """Return the number of cells."""
        ...

    @property
    def lineality(self) -> Sequence[IntegerRow]:
        """An echelon basis of the lines in every closure."""
        ...

    @property
    def dimensions(self) -> Sequence[int]:
        """The dimension of each cell."""
        ...

    @property
    def generators(self) -> Sequence[IntegerRow]:
        """The distinct generators of the closures, primitive (X, t), t = 0 for rays."""
        ...

    @property
    def row_list(self) -> Sequence[IntegerRow]:
        """The distinct rows of facets and strict rows, once these were asked for."""
        ...

    @property
    def vertices(self) -> NumberLists:
        """The vertices of each cell, sorted, by number in `generators`."""
        ...

    @property
    def rays(self) -> NumberLists:
        """The rays of each cell, sorted, by number in `generators`."""
        ...

    @property
    def facets(self) -> NumberLists:
        """The facets of each cell, sorted, by number in `row_list`."""
        ...

    @property
    def strict(self) -> NumberLists:
        """The strict rows of each cell, sorted, by number in `row_list`."""
        ...

    @property
    def outputs(self) -> tuple[Sequence[Sequence[Sequence[int]]], Sequence[int]]:
        """The network's [W | b] on each cell, in integers over a scale, and the scales."""
        ...

    def equations_of(self, cell: int) -> tuple[IntegerRow, ...]:
        """Return the equations of the cell's affine hull."""
        ...

    def canonical(self, cell: int) -> CanonicalPolyhedron:
        """Return the canonical form of the closure of a cell."""
        ...

    def flips_of(self, cell: int) -> dict[IntegerRow, tuple[int, int]]:
        """Return, in the reading ``full``, the bit (layer from 1, place) that alone changes at a facet.

        Where others may change as well, and at the boundary of the domain, nothing is said.
        """
        ...

    def point(self, cell: int) -> Point:
        """Return some point inside the cell, relative to its affine hull."""
        ...

    def inner_point(self, cell: int) -> list[str]:
        """Return the point of `canonical`, inside the cell relative to its affine hull, as texts."""
        ...

    def configurations(self) -> Sequence[str]:
        """Return the configurations as text."""
        ...

    def texts(
        self, first: int, end: int, lines: str, between: str = "", *, full: bool
    ) -> tuple[str, Sequence[int]] | None:
        """Return the JSON texts of the cells from ``first`` to ``end`` in one, and where each of them ends.

        ``lines`` is the text of the lines in every closure; ``between`` follows each cell. A cell of which
        this is not known has no text; None if it is of none of them.
        """
        ...

    def column(self, kind: str, first: int, end: int, most: int) -> Column | None:
        """Return what cells from ``first`` on say of ``kind``, as texts (`RegionBlock.column`).

        They are those up to ``end``, or fewer, where the texts have ``most`` bytes. None if not known.
        """
        ...
