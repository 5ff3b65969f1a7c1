"""Which nodes of a pedigree are needed: some, and the parents of those that have no coordinates yet."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.library import address, count


def mark_ancestors(
    library: ctypes.CDLL,
    parents: npt.NDArray[np.int64],
    settled: npt.NDArray[np.bool_],
    needed: npt.NDArray[np.bool_],
) -> None:
    """Mark in ``needed`` the parents of needed nodes that are not ``settled``, their parents, and so on.

    Column v of ``parents`` has the two parents of node v in its first two rows, smaller numbers than v.
    """
    capacity = parents.shape[1]
    library.exactrelu_ancestors.restype = None
    library.exactrelu_ancestors(
        address("parents", parents, "int64", 2 * capacity),
        count("capacity", capacity),
        count("size", min(capacity, len(settled))),
        address("settled", settled, "bool", 0),
        address("needed", needed, "bool", len(settled)),
    )
