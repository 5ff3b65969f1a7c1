"""New vertices on edges: values, bounds on their errors, signs, and masks of tight rows."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.library import address, count
from exactrelu.kernels.split_cells import Words
from exactrelu.kernels.vertex_lists import Index, Numbers

Floats = npt.NDArray[np.float64]


class _Table(ctypes.Structure):
    """The structure `table` in new_vertices.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("values", "bounds", "signs", "sides", "linear")),
        *((name, ctypes.c_int64) for name in ("columns", "room", "width")),
    )


@dataclass(frozen=True)
class Rows:
    """The arrays of a table of vertices (`exactrelu.enumeration.generator_engine.vertex_table`).

    ``sides`` has a row of words for each vertex, the columns with a positive sign as bits, then those with a
    negative one. ``linear`` says which columns are of neurons without a bit: 1 stands for their signs.
    """

    values: Floats
    bounds: Floats
    signs: npt.NDArray[np.int8]
    sides: Words
    linear: npt.NDArray[np.bool_]

    def _table(self) -> _Table:
        rows, columns = self.values.shape
        room = self.signs.shape[1]
        return _Table(
            values=address("values", self.values, "float64", 0),
            bounds=address("bounds", self.bounds, "float64", rows * columns),
            signs=address(
                "signs", self.signs, "int8", (columns - 1) * rows if room >= rows else room * columns
            ),
            sides=address("sides", self.sides, "uint64", rows * self.sides.shape[1]),
            linear=address("linear", self.linear, "bool", columns - 1),
            columns=columns,
            room=room,
            width=self.sides.shape[1] // 2,
        )

    def decide(self, library: ctypes.CDLL, start: int, end: int) -> Index:
        """Write signs and sides of the rows from ``start`` to ``end``; return those where some are open."""
        open_ = np.empty(end - start + 1, dtype=np.int32)
        library.exactrelu_decide.restype = ctypes.c_int64
        found = library.exactrelu_decide(
            ctypes.byref(self._table()),
            count("start", start),
            count("end", end),
            address("open", open_, "int32", end - start),
        )
        return open_[:found].astype(np.int64)

    def pack_sides(self, library: ctypes.CDLL, rows: Index) -> None:
        """Write the sides of the given rows, from their signs."""
        library.exactrelu_pack_sides.restype = None
        library.exactrelu_pack_sides(
            ctypes.byref(self._table()), address("rows", rows, "int64", 0), count("size", len(rows))
        )

    def cut_edges(
        self, library: ctypes.CDLL, ends: tuple[Numbers, Numbers], start: int, column: int, first: int
    ) -> Index:
        """Write the zeros of a column's neuron on edges, as rows from ``start`` on; return the open ones.

        ``ends`` are the positive and the negative ends. Of columns before ``first`` nobody needs values;
        neurons of columns before ``column`` are done. Some signs of the open rows are not decided.
        """
        above, below = ends
        open_ = np.empty(len(above) + 1, dtype=np.int32)
        library.exactrelu_cut_edges.restype = ctypes.c_int64
        found = library.exactrelu_cut_edges(
            ctypes.byref(self._table()),
            address("above", above, "int32", 0),
            address("below", below, "int32", len(above)),
            count("size", len(above)),
            count("start", start),
            count("column", column),
            count("first", first),
            address("open", open_, "int32", 0),
        )
        return open_[:found].astype(np.int64)


def join_masks(
    library: ctypes.CDLL, masks: Words, tight: Numbers, ends: tuple[Numbers, Numbers], start: int, bit: int
) -> None:
    """Write which rows are tight at new vertices, from ``start`` on: those at both ends, and one more."""
    above, below = ends
    words = masks.shape[1]
    library.exactrelu_join_masks.restype = None
    library.exactrelu_join_masks(
        address("masks", masks, "uint64", (start + len(above)) * words),
        address("tight", tight, "int32", start + len(above)),
        count("words", words),
        address("above", above, "int32", 0),
        address("below", below, "int32", len(above)),
        count("size", len(above)),
        count("start", start),
        count("bit", bit),
    )


def mark_zeros(
    library: ctypes.CDLL, masks: Words, tight: Numbers, signs: npt.NDArray[np.int8], bit: int
) -> None:
    """Mark a row as tight at all vertices where its sign is 0; its bit is in no mask yet."""
    words = masks.shape[1]
    library.exactrelu_mark_zeros.restype = None
    library.exactrelu_mark_zeros(
        address("masks", masks, "uint64", len(signs) * words),
        address("tight", tight, "int32", len(signs)),
        count("words", words),
        address("signs", signs, "int8", 0),
        count("size", len(signs)),
        count("bit", bit),
    )
