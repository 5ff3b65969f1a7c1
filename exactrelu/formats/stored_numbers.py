"""Numbers as files store them, in bytes, and their exact values in NumPy arrays."""

from __future__ import annotations

import math
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import TooLargeError, check_array, shown

MAX_RANK = 32

# name: NumPy's name of what is stored; bfloat16 is the upper half of a float32
STORED = {
    "float64": "<f8",
    "float32": "<f4",
    "float16": "<f2",
    "bfloat16": "<u2",
    "int64": "<i8",
    "int32": "<i4",
    "int16": "<i2",
    "int8": "<i1",
    "uint8": "<u1",
    "uint16": "<u2",
    "uint32": "<u4",
    "uint64": "<u8",
}


def item_size(kind: str) -> int:
    """Return the bytes that one number takes."""
    return int(STORED[kind][2:])


def check_shape(file: str, place: str, shape: tuple[int, ...]) -> int:
    """Return the number of entries of an array that a file declares.

    Raises
    ------
    FormatError
        If there are too many axes or entries, or none.
    """
    if len(shape) > MAX_RANK:
        raise FormatError(file, shown(place), f"at most {MAX_RANK} axes", f"{len(shape)}")
    if min(shape, default=1) < 1:
        raise FormatError(file, shown(place), "positive dimensions", f"{list(shape)}")
    try:
        check_array(shape)
    except TooLargeError as error:
        raise FormatError(file, shown(place), error.expected, error.got) from None
    return math.prod(shape)


def array_of_bytes(data: bytes | memoryview, kind: str) -> Any:
    """Return the flat array of the numbers in bytes; bfloat16, which NumPy has not, as float32.

    Examples
    --------
    >>> array_of_bytes(bytes([0x80, 0x3F]), "bfloat16").tolist()
    [1.0]
    """
    import numpy as np

    stored = np.frombuffer(data, dtype=STORED[kind])
    if kind != "bfloat16":
        return stored
    return (stored.astype(np.uint32) << 16).view(np.float32)
