"""The compiled library, loaded when it is first asked for, and what is passed to it.

A library is used if and only if it was made of the sources that lie beside it, and computes as the proofs of
the error bounds assume. ``EXACTRELU_KERNELS=0`` in the environment switches it off at any time.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any

from exactrelu.errors import ArgumentError
from exactrelu.kernels.build import FOLDER, INTERFACE, LIBRARY, digest

SWITCH = "EXACTRELU_KERNELS"


def compiled() -> ctypes.CDLL | None:
    """Return the library, or None where the NumPy versions have to serve."""
    return None if os.environ.get(SWITCH) == "0" else _found()[0]


def described() -> str:
    """Say in a few words whether the kernels are in use, and if not, why.

    Examples
    --------
    >>> described().startswith(("compiled", "none"))
    True
    """
    return f"none ({SWITCH}=0)" if os.environ.get(SWITCH) == "0" else _found()[1]


@cache
def _found() -> tuple[ctypes.CDLL | None, str]:
    path = FOLDER / LIBRARY
    if not path.exists():
        return None, "none (they were not compiled)"
    try:
        library = ctypes.CDLL(str(path))
        why_not = _objection(library)
    except (OSError, AttributeError) as error:
        return None, f"none ({error})"
    return (None, f"none ({why_not})") if why_not else (library, "compiled")


def _objection(library: ctypes.CDLL) -> str | None:
    """Say what is wrong with a library, None if nothing is."""
    library.exactrelu_digest.restype = ctypes.c_char_p
    if library.exactrelu_interface() != INTERFACE or library.exactrelu_digest().decode() != digest():
        return "they were compiled from other sources: make kernels"
    if not library.exactrelu_arithmetic_is_plain():
        return "they do not compute in plain doubles"
    return None


def address(name: str, array: Any, dtype: str, size: int) -> ctypes.c_void_p:
    """Return where the numbers of a C-contiguous array of at least ``size`` entries begin.

    ``dtype`` is NumPy's name of the type.

    Raises
    ------
    ArgumentError
        If the array is of another type, shorter, or not contiguous.
    """
    if array.dtype != dtype or array.size < size or not array.flags.c_contiguous:
        raise ArgumentError(
            f"kernel argument {name}: expected {size} contiguous {dtype}, "
            f"got {array.size} {array.dtype}{'' if array.flags.c_contiguous else ', not contiguous'}"
        )
    return ctypes.c_void_p(array.ctypes.data)


def count(name: str, number: int) -> ctypes.c_int64:
    """Return a number of things, which is not negative, as C takes it.

    Raises
    ------
    ArgumentError
        If it is negative.
    """
    if number < 0:
        raise ArgumentError(f"kernel argument {name}: expected at least 0, got {number}")
    return ctypes.c_int64(number)
