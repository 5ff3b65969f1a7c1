"""Reading the tensors that an ONNX file stores, exactly."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from exactrelu.errors import FormatError, NumberSyntaxError
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import MAX_ENTRIES, TooLargeError, shown
from exactrelu.formats.onnx.values import FLOAT_TYPES, Tensor
from exactrelu.numbers.integer_arrays import shortened

MAX_RANK = 32

# element type: (storage of raw_data, the field that holds the values otherwise)
_STORAGE = {
    "FLOAT": ("<f4", "float_data"),
    "DOUBLE": ("<f8", "double_data"),
    "FLOAT16": ("<u2", "int32_data"),
    "BFLOAT16": ("<u2", "int32_data"),
    "INT8": ("<i1", "int32_data"),
    "UINT8": ("<u1", "int32_data"),
    "INT16": ("<i2", "int32_data"),
    "UINT16": ("<u2", "int32_data"),
    "INT32": ("<i4", "int32_data"),
    "INT64": ("<i8", "int64_data"),
    "BOOL": ("<u1", "int32_data"),
}
_VALUE_FIELDS = (
    "float_data",
    "int32_data",
    "int64_data",
    "double_data",
    "uint64_data",
    "string_data",
    "raw_data",
)
_COUNT = re.compile("[0-9]{1,18}")


def type_name(number: int) -> str:
    """Return the ONNX name of an element type."""
    from onnx import TensorProto

    try:
        return str(TensorProto.DataType.Name(number))
    except ValueError:
        return f"type {number}"


@dataclass(frozen=True)
class TensorReader:
    """Reads the tensors of one file; ``path`` tells where external data may lie."""

    file: str
    path: Path

    def read(self, proto: Any, name: str) -> Tensor:
        """Return the constant that a TensorProto holds; ``name`` is for messages.

        Raises
        ------
        FormatError
            If type, shape and data do not fit each other, if an entry is a NaN or an infinity, or if
            external data is refused. Sizes are compared before anything is allocated.
        """
        place = f"tensor {shown(name)}"
        element_type = type_name(proto.data_type)
        if element_type not in _STORAGE:
            raise FormatError(self.file, place, "a tensor of floats, integers or bools", element_type)
        shape = self._shape(proto, place, element_type)
        stored = self._stored(proto, place, element_type, math.prod(shape)).reshape(shape)
        if element_type == "BOOL" and not np.isin(stored, (0, 1)).all():
            raise FormatError(self.file, place, "bools, 0 or 1", "other values")
        if element_type not in FLOAT_TYPES:
            return Tensor(element_type, ExactArray(shortened(stored.astype(np.int64))))
        try:
            return Tensor(element_type, ExactArray.from_floats(_as_floats(stored, element_type)))
        except NumberSyntaxError as error:
            index, _, value = str(error).partition(": expected a finite number, got ")
            raise FormatError(self.file, place + index, "a finite number", value) from None
        except TooLargeError as error:
            raise FormatError(self.file, place, error.expected, error.got) from None

    def _shape(self, proto: Any, place: str, element_type: str) -> tuple[int, ...]:
        shape = tuple(proto.dims)
        if len(shape) > MAX_RANK:
            raise FormatError(self.file, place, f"at most {MAX_RANK} axes", f"{len(shape)}")
        # Reshape to a scalar takes an empty list of integers; nothing else may be empty.
        least = 0 if element_type == "INT64" and len(shape) == 1 else 1
        if min(shape, default=1) < least:
            raise FormatError(self.file, place, "positive dimensions", f"{list(shape)}")
        if math.prod(shape) > MAX_ENTRIES:
            raise FormatError(self.file, place, f"at most {MAX_ENTRIES} numbers", f"shape {list(shape)}")
        return shape

    def _stored(self, proto: Any, place: str, element_type: str, size: int) -> npt.NDArray[Any]:
        """Return the flat array of the stored values (bit patterns for 16-bit floats)."""
        storage, typed_field = _STORAGE[element_type]
        filled = [name for name in _VALUE_FIELDS if len(getattr(proto, name))]
        if proto.HasField("segment"):
            raise FormatError(self.file, place, "a tensor in one piece", "a segment")
        if proto.data_location == type(proto).EXTERNAL:
            if filled:
                raise FormatError(self.file, place, "external data only", f"{filled[0]} too")
            return np.frombuffer(self._external(proto, place, size * np.dtype(storage).itemsize), storage)
        if any(name not in ("raw_data", typed_field) for name in filled) or len(filled) > 1:
            raise FormatError(self.file, place, f"raw_data or {typed_field}", " and ".join(filled))
        if filled == ["raw_data"]:
            expected = size * np.dtype(storage).itemsize
            if len(proto.raw_data) != expected:
                self._misfit(proto, place, f"{expected} bytes", f"{len(proto.raw_data)}")
            return np.frombuffer(proto.raw_data, storage)
        values = getattr(proto, typed_field)
        if len(values) != size:
            self._misfit(proto, place, f"{size} numbers", f"{len(values)}")
        array = np.array(values, dtype=np.int64 if "int" in typed_field else storage)
        limits = np.iinfo(storage) if "f" not in storage else None
        if limits is not None and not ((array >= limits.min) & (array <= limits.max)).all():
            raise FormatError(self.file, place, f"{element_type} values", "a value out of range")
        return array.astype(storage)

    def _misfit(self, proto: Any, place: str, expected: str, got: str) -> NoReturn:
        raise FormatError(self.file, place, f"{expected} for shape {list(proto.dims)}", got)

    def _external(self, proto: Any, place: str, size: int) -> bytes:
        """Return ``size`` bytes of a file that lies in the model's own folder, or below it."""
        entries = {entry.key: entry.value for entry in proto.external_data}
        if len(entries) != len(proto.external_data) or not {"location"} <= set(entries) <= {
            "location",
            "offset",
            "length",
        }:
            raise FormatError(self.file, place, "external data location, offset, length", "other keys")
        offset = self._count(entries.get("offset", "0"), place, "offset")
        length = self._count(entries.get("length", str(size)), place, "length")
        if length != size:
            self._misfit(proto, place, f"{size} bytes", f"{length}")
        target = self._inside(entries["location"], place)
        try:
            if not target.is_file():
                raise FormatError(self.file, place, "external data in a file", "no file")
            available = target.stat().st_size
            if offset + size > available:
                raise FormatError(self.file, place, f"external data of {offset + size} bytes", f"{available}")
            with target.open("rb") as stream:
                stream.seek(offset)
                data = stream.read(size)
        except OSError as error:
            raise FormatError(
                self.file, place, "readable external data", error.strerror or "an error"
            ) from None
        if len(data) != size:
            raise FormatError(self.file, place, f"{size} bytes of external data", f"{len(data)}")
        return data

    def _count(self, text: str, place: str, key: str) -> int:
        if _COUNT.fullmatch(text) is None:
            raise FormatError(self.file, place, f"external data {key} to be a count", shown(text))
        return int(text)

    def _inside(self, location: str, place: str) -> Path:
        """Return the real path of external data; symbolic links out of the folder are refused too."""
        folder = Path(os.path.realpath(self.path.parent))
        parts = re.split(r"[/\\]", location)
        bad = "\0" in location or ":" in location or ".." in parts or parts[0] == ""
        target = folder if bad else Path(os.path.realpath(folder / location))
        if bad or folder not in target.parents:
            raise FormatError(self.file, place, "external data in the model's own folder", shown(location))
        return target


def _as_floats(stored: npt.NDArray[Any], element_type: str) -> npt.NDArray[Any]:
    """Return the floats that bit patterns stand for (the identity for 32 and 64 bits)."""
    if element_type == "FLOAT16":
        return stored.view("<f2")
    if element_type == "BFLOAT16":
        # bfloat16 is the upper half of a float32.
        return (stored.astype("<u4") << 16).view("<f4")
    return stored
