"""Regions as columns of Arrow and Parquet files, block by block (`exactrelu.formats.region_schema`)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.documents.region import GeometryDetail
from exactrelu.documents.region_arrays import bits_of, block_arrays, packed_bits
from exactrelu.documents.region_texts import ratios
from exactrelu.enumeration import Reached
from exactrelu.enumeration.cell_source import CellSource, NumberLists
from exactrelu.errors import ArgumentError
from exactrelu.formats.region_schema import (
    ARROW_SUFFIXES,
    PARQUET_SUFFIX,
    require_pyarrow,
    schema_of,
)
from exactrelu.networks.network import Network
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import pivot_column
from exactrelu.writing.atomic_file import NamedFile, temporary_beside

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from exactrelu.enumeration.leaf_blocks import LeafBlock

    Bits = npt.NDArray[np.uint8]

_TOGETHER = 4096  # regions that are made columns at once, at most
_TEXT = 1 << 25  # bytes of one batch's longest column, about
_ROW_GROUP = 1 << 16  # regions of a part of a Parquet file, or
_GROUP_BYTES = 1 << 27  # so many bytes


def require_table_file(path: str) -> None:
    """See that regions can be written to a file of this name.

    Raises
    ------
    ArgumentError
        If the name has another suffix.
    EngineUnavailableError
        If pyarrow is not installed.
    """
    suffixes = (*ARROW_SUFFIXES, PARQUET_SUFFIX)
    if Path(path).suffix.lower() not in suffixes:
        raise ArgumentError(f"--arrow: expected a name that ends in {', '.join(suffixes)}, got {path!r}")
    require_pyarrow(path)


@contextmanager
def region_table(
    path: str, header: Mapping[str, Any], network: Network, detail: GeometryDetail
) -> Iterator[RegionColumns]:
    """Open a file for regions: it is there, whole, when the block ends, or not at all.

    ``network`` is the one whose hidden neurons are split, ``header`` the document without regions.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    widths = list(network.bent_widths)
    metadata = {**header, "geometry": str(detail), "inputs": network.inputs, "bits": widths}
    schema = schema_of(detail, sum(widths), json.dumps(metadata))
    with temporary_beside(path) as temporary, io.BufferedWriter(NamedFile(temporary, path)) as file:
        if Path(path).suffix.lower() == PARQUET_SUFFIX:
            with pq.ParquetWriter(file, schema) as writer, _row_groups(writer) as write:
                columns = RegionColumns(schema, detail, write)
                yield columns
                columns.flush()
            return
        packed = "lz4" if pa.Codec.is_available("lz4") else None
        with pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression=packed)) as writer:
            columns = RegionColumns(schema, detail, writer.write_batch)
            yield columns
            columns.flush()


@contextmanager
def _row_groups(writer: Any) -> Iterator[Callable[[Any], None]]:
    """Give what takes batches and writes them in row groups that are neither small nor large."""
    import pyarrow as pa

    waiting: list[Any] = []

    def write() -> None:
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
        waiting.clear()

    def take(batch: Any) -> None:
        waiting.append(batch)
        if (
            sum(one.num_rows for one in waiting) >= _ROW_GROUP
            or sum(one.nbytes for one in waiting) >= _GROUP_BYTES
        ):
            write()

    yield take
    write()


class RegionColumns:
    """Takes leaves one by one and writes them as batches of columns."""

    def __init__(self, schema: Any, detail: GeometryDetail, write: Callable[[Any], None]) -> None:
        self._schema, self._detail, self._write = schema, detail, write
        self._waiting: list[Reached] = []

    def take(self, leaf: Reached) -> None:
        """Take the next leaf."""
        if self._waiting and _block_of(self._waiting[0]) is not _block_of(leaf):
            self.flush()
        self._waiting.append(leaf)
        if len(self._waiting) >= _TOGETHER:
            self.flush()

    def take_block(self, leaves: LeafBlock) -> None:
        """Take the next leaves."""
        if leaves.source is None or self._detail is GeometryDetail.NONE:
            for leaf in leaves:
                self.take(leaf)
            return
        self.flush()
        cells = range(len(leaves.bits))
        self._put(_batches_of_block(leaves.source, leaves.bits, cells, self._detail))

    def finish(self, count: int) -> None:
        """Take that there are no more."""

    def flush(self) -> None:
        """Write what is waiting."""
        leaves, self._waiting = self._waiting, []
        if not leaves:
            return
        source = leaves[0].source
        if source is None or self._detail is GeometryDetail.NONE:
            batches = iter([_batch_of_leaves(leaves, self._detail)])
        else:
            numbers = [leaf.source[1] for leaf in leaves if leaf.source is not None]
            batches = _batches_of_block(source[0], bits_of(leaves), numbers, self._detail)
        self._put(batches)

    def _put(self, batches: Iterator[dict[str, Any]]) -> None:
        import pyarrow as pa

        for columns in batches:
            arrays = [_array(columns[field.name], field.type) for field in self._schema]
            self._write(pa.record_batch(arrays, schema=self._schema))


def _block_of(leaf: Reached) -> CellSource | None:
    return None if leaf.source is None else leaf.source[0]


def _batches_of_block(
    block: CellSource, bits: Bits, cells: Sequence[int], detail: GeometryDetail
) -> Iterator[dict[str, Any]]:
    """Yield the columns of cells of a block, whose bits are given, as it has written them, if it has."""
    done, end = 0, cells[0] + len(cells)
    while done < len(cells) and cells[-1] + 1 == end:
        found = block_arrays(block, cells[done], end, _TEXT, full=detail is GeometryDetail.FULL)
        if found is None:
            break
        columns, last = found
        number = last - cells[done]
        yield {"configuration": packed_bits(bits[done : done + number]), **columns}
        done += number
    if done < len(cells):
        yield from _BlockColumns(block, detail).batches(bits[done:], cells[done:])


def _batch_of_leaves(leaves: Sequence[Reached], detail: GeometryDetail) -> dict[str, Any]:
    """Return the columns of leaves whose regions are computed one by one."""
    columns: dict[str, Any] = {
        "configuration": packed_bits(bits_of(leaves)),
        "dimension": [leaf.dimension for leaf in leaves],
    }
    if detail is not GeometryDetail.NONE:
        documents = [_columns_of(leaf.region()) for leaf in leaves]
        columns |= {name: [one[name] for one in documents] for name in documents[0]}
    return columns


def _columns_of(region: Region) -> dict[str, Any]:
    geometry = region.geometry
    return {
        "bounded": geometry.bounded,
        "equations": matrix_texts(geometry.equations),
        "facets": matrix_texts(geometry.facets),
        "strict": matrix_texts(region.strict),
        "vertices": matrix_texts(geometry.vertices),
        "rays": matrix_texts(geometry.rays),
        "lines": matrix_texts(geometry.lines),
        "point": vector_texts(region.point),
        "weight": matrix_texts(region.affine_map.weight),
        "bias": vector_texts(region.affine_map.bias),
    }


class _BlockColumns:
    """The columns of the cells of a block; vertices and rows are made text once."""

    def __init__(self, block: CellSource, detail: GeometryDetail) -> None:
        import pyarrow as pa

        self._block, self._full = block, detail is GeometryDetail.FULL
        _ = block.facets, block.strict  # now all rows are known
        vector = pa.list_(pa.large_string())
        self._rows = pa.array([ratios(row, 1) for row in block.row_list], type=vector)
        self._generators = pa.array([ratios(x[:-1], x[-1] or 1) for x in block.generators], type=vector)
        self._lines = [ratios(row, row[pivot_column(row)]) for row in block.lineality]

    def batches(self, bits: Bits, cells: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield the columns of some cells, in batches whose texts are not too long."""
        vertices = sum(len(self._block.vertices.of(cell)) for cell in cells)
        size = vertices * int(self._generators.nbytes) // max(1, len(self._generators))
        step = max(1, len(cells) * _TEXT // max(size, _TEXT))
        for start in range(0, len(cells), step):
            part = cells[start : start + step]
            configurations = packed_bits(bits[start : start + step])
            shape = self._shape(part) if self._full else {}
            yield {"configuration": configurations, **self._constraints(part), **shape, **self._maps(part)}

    def _constraints(self, cells: Sequence[int]) -> dict[str, Any]:
        block = self._block
        return {
            "dimension": [block.dimensions[cell] for cell in cells],
            "equations": [[ratios(row, 1) for row in block.equations_of(cell)] for cell in cells],
            "facets": _picked(self._rows, block.facets, cells),
            "strict": _picked(self._rows, block.strict, cells),
            "point": [block.inner_point(cell) for cell in cells],
        }

    def _shape(self, cells: Sequence[int]) -> dict[str, Any]:
        block = self._block
        return {
            "bounded": [not (block.rays.of(cell) or block.lineality) for cell in cells],
            "vertices": _picked(self._generators, block.vertices, cells),
            "rays": _picked(self._generators, block.rays, cells),
            "lines": [self._lines] * len(cells),
        }

    def _maps(self, cells: Sequence[int]) -> dict[str, Any]:
        matrices, scales = self._block.outputs
        texts = [[ratios(row, scales[cell]) for row in matrices[cell]] for cell in cells]
        return {
            "weight": [[row[:-1] for row in rows] for rows in texts],
            "bias": [[row[-1] for row in rows] for rows in texts],
        }


def _array(column: Any, kind: Any) -> Any:
    import pyarrow as pa

    return column if isinstance(column, pa.Array) else pa.array(column, type=kind)


def _picked(vectors: Any, lists: NumberLists, cells: Sequence[int]) -> Any:
    """Return, for each cell, the list of the vectors with its numbers."""
    import pyarrow as pa

    numbers, ends = list[int](), [0]
    for cell in cells:
        numbers += lists.of(cell)
        ends.append(len(numbers))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), vectors.take(pa.array(numbers, pa.int64())))
