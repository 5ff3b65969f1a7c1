"""Signs of values that are known up to bounds."""

from __future__ import annotations

from ctypes import CDLL, c_int64

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.library import address, count


def decide_signs(
    library: CDLL,
    values: npt.NDArray[np.float64],
    bounds: npt.NDArray[np.float64],
    bent: npt.NDArray[np.bool_],
    signs: npt.NDArray[np.int8],
    rows: tuple[int, int, int],
) -> tuple[int, npt.NDArray[np.bool_]]:
    """Write the signs of some rows; return how many are not decided, and which rows have one of these.

    Row r of ``values`` and ``bounds`` holds Y and E of vertex r, and ``signs[j, r]`` becomes the sign of
    Y[r, j] if |Y| > E, else 0; 1, where ``bent[j]`` is False. ``rows`` is (start, end, first column);
    columns of ``values`` beyond ``signs`` are not read.
    """
    start, end, first = rows
    width, capacity = signs.shape
    stride = values.shape[1]
    size = 0 if end <= start or first >= width else (end - 1) * stride + width
    open_ = np.zeros(max(0, end - start), dtype=np.bool_)
    library.exactrelu_signs.restype = c_int64
    undecided = library.exactrelu_signs(
        address("values", values, "float64", size),
        address("bounds", bounds, "float64", size if bounds.shape[1] == stride else bounds.size + 1),
        count("stride", stride),
        address("bent", bent, "bool", width),
        address("signs", signs, "int8", (width - 1) * capacity + end if size else 0),
        count("capacity", capacity),
        count("start", start),
        count("end", end),
        count("first", first),
        count("width", min(width, stride)),
        address("open", open_, "bool", end - start),
    )
    return int(undecided), open_
