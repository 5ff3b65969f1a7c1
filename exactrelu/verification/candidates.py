"""Counterexamples: points that doubles propose are confirmed, or not, in rationals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.verification.attack import forward
from exactrelu.verification.float_rows import FloatRows
from exactrelu.verification.property import InputSet

_CONFIRMED_AT_ONCE = 3
SLACK = 2.0**-30  # times the size of a row: nearer misses of doubles are looked at exactly


class Candidates:
    """What proposes points of one input set."""

    def __init__(
        self,
        network: Network,
        layers: Sequence[FloatLayer],
        inputs: InputSet,
        rows: FloatRows,
        slack: float = SLACK,
    ) -> None:
        self.network, self.layers, self.inputs, self.rows = network, layers, inputs, rows
        self._slack = slack
        self._size = np.abs(rows.constant) + np.abs(rows.hidden).sum(axis=1) + np.abs(rows.direct).sum(axis=1)

    def confirmed(self, points: Floats) -> Point | None:
        """Return an unsafe point near one of ``points`` (points, inputs), exactly confirmed, or None."""
        with np.errstate(all="ignore"):
            hidden, _ = forward(self.layers, points)
            values = self.rows.values(hidden, points)
            near = self.rows.satisfied(values, self._size * self._slack).any(axis=1)
        return self._first_unsafe(points, np.flatnonzero(near), np.nan_to_num(values).min(axis=1))

    def _first_unsafe(self, points: Floats, found: np.ndarray, values: Floats) -> Point | None:
        """Return the first of some points that is unsafe, exactly; of many only those of largest value."""
        if len(found) > _CONFIRMED_AT_ONCE:
            found = found[np.argsort(-values[found])][:_CONFIRMED_AT_ONCE]
        for index in found:
            point = self._inside(points[index])
            if point is not None and is_unsafe(self.network, self.inputs, point):
                return point
        return None

    def _inside(self, point: Floats) -> Point | None:
        """Return the exact values of a point, moved into the box where rounding put it outside."""
        result = []
        for value, interval in zip(point.tolist(), self.inputs.box, strict=True):
            if not math.isfinite(value):
                return None
            exact = Fraction(value)
            if interval.lower is not None and exact < interval.lower:
                exact = interval.lower
            if interval.upper is not None and exact > interval.upper:
                exact = interval.upper
            result.append(exact)
        return tuple(result)


def is_unsafe(network: Network, inputs: InputSet, point: Point) -> bool:
    """Return whether an input is unsafe, exactly."""
    if not inputs.contains(point):
        return False
    outputs = network(point)
    return any(all(row.holds_at(point, outputs) for row in rows) for rows in inputs.disjuncts)
