"""Freed memory stays with a process while it searches a part.

Dask begins its workers with ``MALLOC_TRIM_THRESHOLD_=65536``. With it glibc gives the memory of each larger
array back to the system as soon as it is freed, and a search, which makes and frees such arrays all the time,
spends a third of its seconds and more on getting pages anew. So the thresholds are raised for the time of a
part, and put back to what the environment says. Without that variable glibc finds good ones itself; other
systems have none.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_VARIABLE = "MALLOC_TRIM_THRESHOLD_"
_TRIM, _MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
_KEPT, _MAPPED = 1 << 28, 1 << 25  # bytes; the second is the most that glibc takes
_USUALLY_MAPPED = 1 << 17  # what glibc begins with


@contextmanager
def freed_memory_is_kept() -> Iterator[None]:
    """Let freed memory stay with this process for a while, where the environment says that it should not."""
    told = os.environ.get(_VARIABLE, "")
    library = _glibc() if told.isdecimal() and int(told) < _KEPT else None
    if library is None:
        yield
        return
    library.mallopt(_TRIM, _KEPT)
    library.mallopt(_MAP, _MAPPED)
    try:
        yield
    finally:
        library.mallopt(_TRIM, int(told))
        library.mallopt(_MAP, _USUALLY_MAPPED)
        library.malloc_trim(0)


@cache
def _glibc() -> Any:
    """Return the C library if it is glibc, else None."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # TypeError: Windows cannot load "this process"
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
