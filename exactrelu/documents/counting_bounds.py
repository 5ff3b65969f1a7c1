"""Bounds of the number of cells as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu.counting_bounds.known_bounds import CountBound
from exactrelu.numbers.rationals import format_integer


def bounds_document(bounds: Sequence[CountBound]) -> list[dict[str, Any]]:
    """Return the bounds, their values as text, which may be long."""
    return [
        {
            "kind": str(bound.kind),
            "value": None if bound.value is None else format_integer(bound.value),
            "source": bound.source,
            "statement": bound.statement,
            "cells": [str(reading) for reading in bound.readings],
        }
        for bound in bounds
    ]


def architecture_document(widths: Sequence[int], bounds: Sequence[CountBound]) -> dict[str, Any]:
    """Return what is known of the networks with given widths."""
    return {
        "format": "exactrelu-architecture",
        "version": 1,
        "widths": list(widths),
        "bounds": bounds_document(bounds),
    }
