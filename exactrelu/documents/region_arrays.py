"""Columns of Arrow whose texts a block of cells has written: buffers are put together, no number is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exactrelu.documents.region_texts import ratios
from exactrelu.enumeration import Reached
from exactrelu.enumeration.cell_source import CellSource
from exactrelu.numbers.linear_algebra import pivot_column

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from exactrelu.kernels.region_block import Column

_ALL = 1 << 62  # bytes
_LISTS = ("equations", "facets", "strict", "vertices", "rays", "weight")


def bits_of(leaves: Sequence[Reached]) -> npt.NDArray[np.uint8]:
    """Return the bits of leaves, a row for each."""
    import numpy as np

    return np.frombuffer(b"".join([leaf.bits for leaf in leaves]), dtype=np.uint8).reshape(len(leaves), -1)


def packed_bits(bits: npt.NDArray[np.uint8]) -> Any:
    """Return rows of bits as an array of Arrow, eight in a byte, at least one byte each."""
    import numpy as np
    import pyarrow as pa

    packed = np.packbits(bits, axis=1) if bits.shape[1] else np.zeros((len(bits), 1), dtype=np.uint8)
    kind = pa.binary(packed.shape[1])
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(bits), [None, pa.py_buffer(packed.tobytes())])


def block_arrays(
    block: CellSource, first: int, end: int, most: int, *, full: bool
) -> tuple[dict[str, Any], int] | None:
    """Return the columns of cells from ``first`` on, but for the configurations, and where these cells end.

    That is ``end``, or before, where the longest column would have more than ``most`` bytes. None where the
    block has written no texts.
    """
    leading = "vertices" if full else "facets"
    column = block.column(leading, first, end, most)
    if column is None:
        return None
    end = first + len(column.vectors)
    columns = {leading: column}
    names = (
        "equations",
        "facets",
        "strict",
        *(("vertices", "rays") if full else ()),
        "point",
        "weight",
        "bias",
    )
    for name in names:
        own = columns.get(name) or block.column(name, first, end, _ALL)
        if own is None:
            return None
        columns[name] = own
    arrays = {name: _array(name, own, end - first) for name, own in columns.items()}
    return arrays | _plain_arrays(block, first, end, columns.get("rays")), end


def _plain_arrays(block: CellSource, first: int, end: int, rays: Column | None) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa

    found = {"dimension": pa.array(np.array(block.dimensions[first:end], dtype=np.int32))}
    if rays is not None:
        lines = [ratios(row, row[pivot_column(row)]) for row in block.lineality]
        found["bounded"] = pa.array((rays.vectors == 0) & (not lines))
        one = pa.array([lines], type=pa.list_(pa.list_(pa.large_string())))
        found["lines"] = one.take(pa.array(np.zeros(end - first, dtype=np.int64)))
    return found


def _array(name: str, column: Column, cells: int) -> Any:
    """Return a column as an array: a list of vectors of each cell, or its one vector."""
    import numpy as np
    import pyarrow as pa

    entries = len(column.ends) - 1
    texts = pa.LargeStringArray.from_buffers(entries, pa.py_buffer(column.ends), pa.py_buffer(column.texts))
    vectors = int(column.vectors.sum())
    if name == "point":
        return _listed(np.full(cells, entries // cells), texts)
    if name in _LISTS:
        texts = _listed(np.full(vectors, entries // max(1, vectors)), texts)
    return _listed(column.vectors, texts)


def _listed(lengths: npt.NDArray[np.int64], values: Any) -> Any:
    """Return lists of so many values each."""
    import numpy as np
    import pyarrow as pa

    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values)
