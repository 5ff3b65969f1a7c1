"""The shared modules of the claims, under the name by which the claims know them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from exactrelu.claims import load_claims


def claims_module(name: str) -> ModuleType:
    """Return ``proofs_checks.NAME``, which an installed package holds as ``exactrelu.proofs_checks.NAME``."""
    root = load_claims()[0].check.__module__.rsplit(".", 2)[0]
    return import_module(f"{root}.{name}")
