"""Division and greatest common divisors of long integers, as the kernel of regions does them (`limbs.h`)."""

from __future__ import annotations

import ctypes

import numpy as np

from exactrelu.kernels.integer_vectors import Vectors, Words
from exactrelu.kernels.library import address

_ROOM = 128  # words of a result


def divided(library: ctypes.CDLL, a: int, d: int) -> tuple[int, int] | None:
    """Return quotient and rest of a / d for a >= 0 and d > 0; None if a number is too long for the kernel."""
    found = [np.zeros(_ROOM, dtype=np.uint64) for _ in range(2)]
    return (
        None
        if not _called(library.exactrelu_limbs_divide, (a, d), found)
        else (_read(found[0]), _read(found[1]))
    )


def common_divisor(library: ctypes.CDLL, a: int, b: int) -> int | None:
    """Return the greatest common divisor of a, b >= 0, not both zero; None if one is too long."""
    found = [np.zeros(_ROOM, dtype=np.uint64)]
    return _read(found[0]) if _called(library.exactrelu_limbs_common_divisor, (a, b), found) else None


def _called(function: ctypes._NamedFuncPointer, numbers: tuple[int, int], found: list[Words]) -> bool:
    function.restype = ctypes.c_int64
    arguments = [Vectors.of([number], [1]).words for number in numbers]
    return bool(function(*(address("number", array, "uint64", 1) for array in (*arguments, *found))))


def _read(words: Words) -> int:
    size = int(words[0])
    return int.from_bytes(words[1 : 1 + size].tobytes(), "little")
