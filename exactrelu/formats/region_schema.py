"""The columns of regions in Arrow and Parquet files, and the library behind them, which is optional.

Numbers are texts, as everywhere in exactrelu's files: ``"p/q"`` in lowest terms with q > 1, or ``"p"``. A
configuration is its bits, the first one highest in the first byte, the last byte filled with zeros.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from exactrelu.errors import EngineUnavailableError

METADATA = b"exactrelu"
"""The key of the schema's metadata under which the document stands: that of ``--json`` without regions."""

ARROW_SUFFIXES = (".arrow", ".feather", ".ipc")
PARQUET_SUFFIX = ".parquet"

_ALWAYS = ("configuration", "dimension")
_ROWS = ("equations", "facets", "strict")
_GENERATORS = ("vertices", "rays", "lines")
COLUMNS = {
    "none": _ALWAYS,
    "constraints": (*_ALWAYS, *_ROWS, "point", "weight", "bias"),
    "full": (*_ALWAYS, "bounded", *_ROWS, *_GENERATORS, "point", "weight", "bias"),
}
"""The columns for each ``--geometry``."""


def require_pyarrow(path: str | Path) -> None:
    """See that pyarrow is there.

    Raises
    ------
    EngineUnavailableError
        If it is not.
    """
    try:
        known = find_spec("pyarrow") is not None
    except ValueError:  # it is blocked
        known = False
    if not known:
        raise EngineUnavailableError(
            f"{path}: expected the library pyarrow, which reads and writes such files, got none "
            "(pip install exactrelu[arrow])"
        )


def schema_of(geometry: str, bits: int, metadata: str) -> Any:
    """Return the pyarrow schema of regions with so many bits, in a detail of ``--geometry``."""
    import pyarrow as pa

    vector = pa.list_(pa.large_string())
    types = {
        "configuration": pa.binary(max(1, (bits + 7) // 8)),
        "dimension": pa.int32(),
        "bounded": pa.bool_(),
        "point": vector,
        "bias": vector,
    }
    fields = [pa.field(name, types.get(name, pa.list_(vector)), nullable=False) for name in COLUMNS[geometry]]
    return pa.schema(fields, metadata={METADATA: metadata.encode()})
