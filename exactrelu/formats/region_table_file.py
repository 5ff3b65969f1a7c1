"""Regions from Arrow and Parquet files, exact as they were written.

A file is read batch by batch, and a region's numbers are made when somebody asks for them, so that memory
stays flat and a million regions can be looked through. `StoredRegions.batches` gives the columns themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from exactrelu.errors import ExactReluError, FormatError
from exactrelu.formats.native import domain_from_document
from exactrelu.formats.region_schema import COLUMNS, METADATA, PARQUET_SUFFIX, require_pyarrow, schema_of
from exactrelu.formats.strict_json import Node, parse_json, require_format
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import parse_rational
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain

_AT_ONCE = 4096
_MOST = 10**6  # inputs, bits of a layer
_KEYS = ("format", "version", "network", "cells", "domain", "engine", "geometry", "inputs", "bits")


@dataclass(frozen=True)
class StoredRegions:
    """The regions in a file: what was asked, their number, and, iterated, each of them.

    ``network`` is the hash of the network; ``geometry`` (``none``, ``constraints`` or ``full``) says which
    attributes the regions have.
    """

    path: str
    network: str
    reading: Reading
    domain: Domain
    geometry: str
    engine: str
    widths: tuple[int, ...]
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[StoredRegion]:
        for batch in self.batches():
            columns = {name: batch.column(name) for name in batch.schema.names}
            for row in range(batch.num_rows):
                yield StoredRegion(self, columns, row)

    def batches(self) -> Iterator[Any]:
        """Yield the columns as `pyarrow.RecordBatch`, checked for being whole.

        Raises
        ------
        FormatError
            While iterating, if the file is damaged.
        """
        with _opened(self.path) as file:
            yield from file.batches()


@dataclass(frozen=True, repr=False)
class StoredRegion:
    """A region in a file: `exactrelu.Region` says what its attributes mean.

    What the file's ``geometry`` leaves out is a `FormatError`.
    """

    source: StoredRegions
    _columns: dict[str, Any]
    _row: int

    @property
    def configuration(self) -> Configuration:
        """The configuration."""
        bits = sum(self.source.widths)
        packed = self._columns["configuration"][self._row].as_py()
        text = f"{int.from_bytes(packed, 'big'):0{8 * len(packed)}b}"
        return Configuration.from_bits(text[:bits], self.source.widths)

    @property
    def dimension(self) -> int:
        """The dimension of the cell."""
        return int(self._value("dimension"))

    @property
    def bounded(self) -> bool:
        """Whether the cell is bounded."""
        return bool(self._value("bounded"))

    @property
    def inequalities(self) -> tuple[LinearConstraint, ...]:
        """The minimal system of the closure: its equations, then its facets."""
        return tuple(
            LinearConstraint.of_row(Row(row, relation))
            for name, relation in (("equations", Relation.EQUAL), ("facets", Relation.AT_LEAST))
            for row in self._rows(name)
        )

    @property
    def strict(self) -> tuple[IntegerRow, ...]:
        """The rows that are positive on the cell and vanish somewhere on its closure."""
        return self._rows("strict")

    @property
    def vertices(self) -> tuple[Point, ...]:
        """The vertices of the closure, sorted."""
        return tuple(map(self._vector, self._value("vertices")))

    @property
    def rays(self) -> tuple[IntegerRow, ...]:
        """The extreme rays of the closure in primitive integers, sorted."""
        return self._rows("rays")

    @property
    def lines(self) -> tuple[Point, ...]:
        """A basis of the lines in the closure, in reduced row echelon form."""
        return tuple(map(self._vector, self._value("lines")))

    @property
    def point(self) -> Point:
        """A point in the relative interior."""
        return self._vector(self._value("point"))

    @property
    def affine_map(self) -> AffineMap:
        """The network's affine map on the cell."""
        weight = [self._vector(row) for row in self._value("weight")]
        return AffineMap.from_rationals(weight, self._vector(self._value("bias")))

    def _value(self, name: str) -> Any:
        if name not in self._columns:
            raise FormatError(self.source.path, name, "regions with it", f"--geometry {self.source.geometry}")
        return self._columns[name][self._row].as_py()

    def _rows(self, name: str) -> tuple[IntegerRow, ...]:
        try:
            return tuple([tuple(map(_integer, row)) for row in self._value(name)])
        except _NotIntegralError:
            raise FormatError(self.source.path, name, "integers", "a fraction") from None
        except (ExactReluError, TypeError) as error:
            raise self._damaged(error) from None

    def _vector(self, texts: list[str]) -> tuple[Fraction, ...]:
        try:
            return tuple(map(_rational, texts))
        except (ExactReluError, TypeError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> FormatError:
        return FormatError(self.source.path, f"row {self._row}", "exact numbers", str(error))

    def __repr__(self) -> str:
        return f"<StoredRegion {str(self.configuration)!r}, dimension {self.dimension}>"


# Neighbours share vertices and rows: most texts were read a moment ago.
_rational = lru_cache(maxsize=1 << 16)(parse_rational)


class _NotIntegralError(ValueError):
    """A fraction where an integer is expected."""


@lru_cache(maxsize=1 << 16)
def _integer(text: str) -> int:
    found = parse_rational(text)
    if found.denominator != 1:
        raise _NotIntegralError
    return found.numerator


def read_regions(path: str | Path) -> StoredRegions:
    """Return the regions in a file that ``exactrelu regions --arrow`` wrote.

    Parameters
    ----------
    path
        An Arrow file (``.arrow``, ``.feather``, ``.ipc``) or a ``.parquet`` file.

    Raises
    ------
    EngineUnavailableError
        If pyarrow is not installed.
    FormatError
        If the file does not hold such regions.
    OSError
        If it cannot be read.
    """
    require_pyarrow(path)
    name = str(path)
    with _opened(name) as file:
        metadata = (file.schema.metadata or {}).get(METADATA)
        if metadata is None:
            raise FormatError(name, "metadata", "regions that exactrelu wrote", "none of them")
        document = parse_json(name, metadata)
        stored = _stored(name, document, file.rows)
        if not file.schema.equals(schema_of(stored.geometry, sum(stored.widths), "")):
            raise FormatError(name, "columns", f"those of --geometry {stored.geometry}", "others")
        return stored


def _stored(path: str, document: Node, count: int) -> StoredRegions:
    require_format(document, "exactrelu-regions", 1)
    document.require_keys(_KEYS, ("depth", "emptiness", "bounds"))
    geometry, reading = document.child("geometry"), document.child("cells")
    if geometry.text() not in COLUMNS:
        raise geometry.fail(f"one of {', '.join(COLUMNS)}")
    if reading.text() not in list(Reading):
        raise reading.fail(f"one of {', '.join(Reading)}")
    inputs, domain = _natural(document.child("inputs")), document.child("domain")
    return StoredRegions(
        path,
        document.child("network").text(),
        Reading(reading.value),
        Domain.whole_space(inputs) if domain.value is None else domain_from_document(domain, inputs),
        geometry.value,
        document.child("engine").text(),
        tuple(_natural(width) for width in document.child("bits").items()),
        count,
    )


def _natural(node: Node) -> int:
    number = node.number()
    if number.denominator != 1 or not 0 <= number < _MOST:
        raise node.fail("a natural number")
    return number.numerator


@dataclass(frozen=True)
class _OpenFile:
    """An open file of either kind."""

    path: str
    schema: Any
    rows: int
    _parquet: Any = None
    _arrow: Any = None

    def batches(self) -> Iterator[Any]:
        """Yield its record batches, checked."""
        if self._parquet is not None:
            batches = self._parquet.iter_batches(batch_size=_AT_ONCE)
        else:
            batches = map(self._arrow.get_batch, range(self._arrow.num_record_batches))
        for batch in batches:
            batch.validate(full=True)
            yield batch


@contextmanager
def _opened(path: str) -> Iterator[_OpenFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with Path(path).open("rb"):  # the system's own words, if it cannot be read
        pass
    try:
        if Path(path).suffix.lower() == PARQUET_SUFFIX:
            with pq.ParquetFile(path) as parquet:
                yield _OpenFile(path, parquet.schema_arrow, parquet.metadata.num_rows, parquet)
        else:
            with pa.memory_map(path) as source, pa.ipc.open_file(source) as arrow:
                yield _OpenFile(path, arrow.schema, arrow.count_rows(), None, arrow)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise FormatError(path, "", "an Arrow or Parquet file", said) from None
