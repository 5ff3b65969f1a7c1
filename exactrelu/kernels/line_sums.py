"""The sums at the ends of a certificate's lines, for many lines at once."""

from __future__ import annotations

import ctypes
from ctypes import CDLL

from exactrelu.kernels.library import count

_SUM, _ENDING = 16, 26


def with_sums(
    library: CDLL, lines: bytes, number: int, before: str, *, plainly: bool = False
) -> tuple[memoryview, str]:
    """Return so many lines with their sums, and the last sum, given the sum ``before`` them (nothing: none).

    Each line is a JSON object without its last brace, ended by a line feed. ``plainly``: by instructions
    that every processor has.
    """
    room = (ctypes.c_char * (len(lines) + _ENDING * number + 1))()
    total = ctypes.create_string_buffer(before.encode(), _SUM + 1)
    function = library.exactrelu_line_sums
    function.restype = ctypes.c_int64
    size = function(
        lines, count("length", len(lines)), total, count("size", len(before)), room, ctypes.c_int64(plainly)
    )
    return memoryview(room).cast("B")[:size], total.raw[:_SUM].decode() if lines else before
