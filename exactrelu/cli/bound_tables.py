"""Bounds of the number of cells for people, beside a count where there is one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exactrelu.cli.outputs import print_table
from exactrelu.numbers.text import number_text

if TYPE_CHECKING:
    from exactrelu.counting_bounds.known_bounds import CountBound
    from exactrelu.networks.reading import Reading

_AGREES = {True: "yes", False: "NO", None: "-"}


def print_bounds(
    bounds: Sequence[CountBound], count: int | None = None, reading: Reading | None = None
) -> None:
    """Print the bounds and what they say; with a count, whether it agrees with those that speak of it."""
    columns = ["bound", "value", "cells", "source"]
    rows = [
        [
            str(bound.kind),
            "-" if bound.value is None else number_text(bound.value),
            ", ".join(map(str, bound.readings)),
            bound.source,
        ]
        for bound in bounds
    ]
    if count is not None and reading is not None:
        columns.insert(2, f"count {number_text(count)}")
        for row, bound in zip(rows, bounds, strict=True):
            row.insert(2, _AGREES[bound.allows(count, reading)])
    print_table(columns, rows)
    for bound in bounds:
        sys.stdout.write(f"{bound.source}: {bound.statement}\n")
