"""What is asked of cells that are not decided to the end: whether they are worth it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Bits: TypeAlias = "npt.NDArray[np.int8]"
"""A row for each cell, a column for each neuron with a bit; -1 where the bit is open."""

Keep: TypeAlias = "Callable[[Bits], npt.NDArray[np.bool_]]"
"""Says which cells may be of interest. An engine may leave out all that come of the others, and may not.

Rows without an open bit are configurations that count. Rows that agree get one answer.
"""


def with_open_bits(bits: npt.NDArray[np.uint8], decided: int) -> Bits:
    """Return bits with all but the first ones open."""
    result = bits.astype("int8")
    result[:, decided:] = -1
    return result
