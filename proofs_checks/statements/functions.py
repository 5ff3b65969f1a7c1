"""The functions of real numbers that statements speak of; the axioms of the kernel say what they are."""

from __future__ import annotations

from .expressions import REAL, symbol

ABS, RELU, ROOT = symbol("abs", REAL, REAL), symbol("relu", REAL, REAL), symbol("sqrt", REAL, REAL)
INVERSE, POWER = symbol("inverse", REAL, REAL), symbol("power", REAL, REAL, REAL)
