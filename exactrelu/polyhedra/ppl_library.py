"""The one place that imports the Parma Polyhedra Library, when one of its names is first asked for.

That takes a third of what starting a command takes, and many need no polyhedra: write ``ppl_library.X`` where
X is used. PPL has no Windows wheel, so a missing library is told clearly. Some releases of pplpy switch the
processor to rounding upwards when they are imported (PPL wants that for its own floating-point domains, which
are not used here), and every float computation of the process would be off by an ulp from then on. So the
rounding mode is put back to what it was.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from exactrelu.errors import EngineUnavailableError

if TYPE_CHECKING:
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

    INCLUDED: Poly_Con_Relation
    DISJOINT: Poly_Con_Relation
    SATURATES: Poly_Con_Relation

__all__ = [
    "DISJOINT",
    "INCLUDED",
    "SATURATES",
    "C_Polyhedron",
    "Constraint",
    "Generator",
    "Generator_System",
    "Linear_Expression",
    "MIP_Problem",
    "NNC_Polyhedron",
    "Poly_Con_Relation",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(_loaded())
    return globals()[name]


def _loaded() -> dict[str, Any]:
    """Import PPL; return what it offers, by name."""
    library = _mathematical_library()
    rounding = library.fegetround() if library else 0
    try:
        with _signals_of_main_thread():
            import ppl
    except ImportError as error:  # pragma: no cover - only where pplpy cannot be installed
        raise EngineUnavailableError(
            f"exact polyhedra need the Parma Polyhedra Library: install pplpy ({error})"
        ) from None
    finally:
        if library:
            library.fesetround(rounding)
    relation = ppl.Poly_Con_Relation
    relations = {
        "INCLUDED": relation.is_included(),
        "DISJOINT": relation.is_disjoint(),
        "SATURATES": relation.saturates(),
    }
    return relations | {name: getattr(ppl, name) for name in __all__ if name not in relations}


@contextmanager
def _signals_of_main_thread() -> Iterator[None]:
    """Let a library be imported that sets a handler of signals, which the main thread alone may do.

    pplpy stands on cysignals, which sets Python's handler of SIGINT. In another thread, as those in which
    workers of Dask are, the handler stays what it is.
    """
    if threading.current_thread() is threading.main_thread():
        yield
        return
    setter = signal.signal
    signal.signal = lambda number, _: signal.getsignal(number)  # type: ignore[assignment]
    try:
        yield
    finally:
        signal.signal = setter


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
