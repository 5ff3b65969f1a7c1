"""Regions for people."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.cli.outputs import functional_text
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow


def constraint_texts(region: Region) -> list[tuple[str, str]]:
    """Return the constraints of the closure, each with a mark where it is strict on the cell.

    Strict rows that are no facets of the closure come last, with an empty left side.
    """
    geometry = region.geometry
    strict = set(region.strict)
    others = sorted(strict - set(geometry.facets))
    rows = [
        *((f"{_text(row)} = 0", "") for row in geometry.equations),
        *((f"{_text(row)} >= 0", "> 0" if row in strict else "") for row in geometry.facets),
        *(("", f"{_text(row)} > 0") for row in others),
    ]
    return rows or [("(the whole space)", "")]


def _text(row: IntegerRow) -> str:
    return functional_text(tuple(map(Fraction, row)))
