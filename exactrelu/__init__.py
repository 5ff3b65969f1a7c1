"""Exact answers about ReLU networks, over the rationals."""

from __future__ import annotations

__version__ = "0.1.0"
