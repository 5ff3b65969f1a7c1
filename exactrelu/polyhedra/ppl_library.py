"""The one place that imports the Parma Polyhedra Library.

PPL has no Windows wheel, so a missing library is told clearly. Some releases of pplpy switch the processor to
rounding upwards when they are imported (PPL wants that for its own floating-point domains, which are not
used here), and every float computation of the process would be off by an ulp from then on. So the rounding
mode is put back to what it was.
"""

from __future__ import annotations

import ctypes

from exactrelu.errors import EngineUnavailableError

__all__ = [
    "C_Polyhedron",
    "Constraint",
    "Generator",
    "Generator_System",
    "Linear_Expression",
    "MIP_Problem",
    "NNC_Polyhedron",
    "Poly_Con_Relation",
]


def _mathematical_library() -> ctypes.CDLL | None:
    """Return the C library with ``fegetround`` and ``fesetround``."""
    for name in (None, "libm.so.6", "libm.dylib"):
        try:
            library = ctypes.CDLL(name)
        except (OSError, TypeError):  # TypeError: Windows cannot load "this process"
            continue
        if hasattr(library, "fegetround") and hasattr(library, "fesetround"):
            return library
    return None


_library = _mathematical_library()
_rounding = _library.fegetround() if _library else 0
try:
    from ppl import (
        C_Polyhedron,
        Constraint,
        Generator,
        Generator_System,
        Linear_Expression,
        MIP_Problem,
        NNC_Polyhedron,
        Poly_Con_Relation,
    )
except ImportError as error:  # pragma: no cover - only where pplpy cannot be installed
    raise EngineUnavailableError(
        f"exact polyhedra need the Parma Polyhedra Library: install pplpy ({error})"
    ) from None
finally:
    if _library:
        _library.fesetround(_rounding)
