"""The float filter checked: every bound and every sign against exact values.

It asks of each vertex what `vertex_table` promises: that the signs are right (1 stands for that of a neuron
without a bit), and that some positive factor c brings all exact values within the bounds at once. No search
calls it; tests do, after each step.
"""

from __future__ import annotations

import math
from fractions import Fraction

from exactrelu.enumeration.generator_engine.vertex_table import VertexTable


def broken_promises(table: VertexTable, first: int = 0) -> list[str]:
    """Return what is wrong in a table, one line for each vertex; nothing, if all is well.

    ``first`` is the first column that is not decided: in the last layer the values before are not kept.
    """
    scales = [Fraction(2) ** s for s in table.exponents]
    exact = table.pedigree.values(table.nodes[: table.size].tolist(), table.layer)
    bent, wrong = set(table.activation.bent), []
    for row, all_ys in enumerate(exact):
        ys = [*(all_ys[neuron] for neuron in table.live), all_ys[-1]]
        signs = [(y > 0) - (y < 0) if i in bent else 1 for i, y in zip(table.live, ys, strict=False)]
        if table.signs[:, row].tolist() != signs:
            wrong.append(f"vertex {row}: the signs of {ys[:-1]} are not {table.signs[:, row].tolist()}")
        values, bounds = table.values[row, first:].tolist(), table.bounds[row, first:].tolist()
        targets = [y * scale for y, scale in zip(ys, scales, strict=True)][first:]
        if not _some_factor_fits(values, bounds, targets):
            wrong.append(f"vertex {row}: no c > 0 has |{values} - c {targets}| <= {bounds}")
    return wrong


def _some_factor_fits(values: list[float], bounds: list[float], targets: list[Fraction]) -> bool:
    """Return whether some c > 0 has |value - c target| <= bound for all columns."""
    low, high = Fraction(0), None
    for value, bound, target in zip(values, bounds, targets, strict=True):
        if not (math.isfinite(value) and math.isfinite(bound)):
            continue  # nothing is claimed
        if target == 0:
            if abs(Fraction(value)) > Fraction(bound):
                return False
            continue
        ends = sorted((Fraction(value) + Fraction(sign) * Fraction(bound)) / target for sign in (-1, 1))
        low, high = max(low, ends[0]), ends[1] if high is None else min(high, ends[1])
    return high is None or (high > 0 and low <= high)
