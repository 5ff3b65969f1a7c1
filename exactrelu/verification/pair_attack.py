"""Points at which two networks may differ, by gradient ascent in coordinates of pairs.

In coordinates differences of 2^-60 are seen beside values of size 1: d is computed as such, and z' - z from d
where both units have one slope. All is done in doubles that decide nothing; points are confirmed exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.pair_batch import PairLayer
from exactrelu.verification.float_rows import FloatRows

_FIRST_STEP = 0.25  # of the width of the box
_SHRINK = 0.9


class _Slopes(NamedTuple):
    """The slopes of the units of a layer at points; of the second of a pair also that of its first."""

    own: Floats
    first: Floats


class PairPoints:
    """The layers of two networks in coordinates, rows of their difference, and neurons that are changed."""

    def __init__(
        self, layers: Sequence[PairLayer], rows: FloatRows, changed: Sequence[tuple[int, int]]
    ) -> None:
        self.layers, self.rows = layers, rows
        self.changed = np.array(changed, dtype=int).reshape(len(changed), 2)

    def values(self, points: Floats) -> Floats:
        """Return the left sides of the rows at points: (points, rows)."""
        hidden, _ = self._forward(points)
        return self.rows.values(hidden, points)

    def _forward(self, points: Floats) -> tuple[Floats, list[_Slopes]]:
        """Return the last coordinates, and the slopes of each layer."""
        found = []
        for layer in self.layers:
            rows = layer.rows
            y = rows.preactivations(points)
            d = y[:, layer.seconds]
            y[:, layer.seconds] += y[:, layer.firsts]
            slope = np.asarray(rows.slopes(y > 0), dtype=float)
            first = slope[:, layer.firsts]
            second = slope[:, layer.seconds]
            points = slope * y
            own = points[:, layer.seconds] - points[:, layer.firsts]
            points[:, layer.seconds] = np.where(first == second, second * d, own)
            found.append(_Slopes(slope, first))
        return points, found

    def ascend(self, start: Floats, box: tuple[Floats, Floats], *, steps: int, seed: int) -> Iterator[Floats]:
        """Yield, step by step, points at which rows grow, or neurons that are changed become active.

        Every second point follows a row; the others raise or lower one pre-activation.
        """
        low, high = box
        width, points, rate = high - low, start, _FIRST_STEP
        generator = np.random.default_rng(seed)
        goals = _Goals.drawn(self, len(start), generator)
        with np.errstate(all="ignore"):
            for step in range(steps):
                yield points
                uphill = self._uphill(points, goals)
                if step % 2 == 0:
                    direction = np.sign(uphill)
                else:
                    scaled = uphill * width
                    direction = scaled / np.maximum(np.abs(scaled).max(axis=1, keepdims=True), 1e-300)
                points = np.clip(points + rate * width * np.nan_to_num(direction), low, high)
                rate *= _SHRINK
            yield points

    def _uphill(self, points: Floats, goals: _Goals) -> Floats:
        """Return the gradient of each point's goal."""
        _, slopes = self._forward(points)
        gradient = -self.rows.hidden[goals.row] * goals.follows_row[:, None]
        for k in range(len(self.layers) - 1, -1, -1):
            layer, slope = self.layers[k], slopes[k]
            first, second = layer.firsts, layer.seconds
            own = gradient * slope.own
            mixed = gradient[:, second] * (slope.own[:, second] - slope.first)
            own[:, first] += mixed
            here = goals.layer == k
            own[here, goals.neuron[here]] += goals.sign[here]
            gradient = layer.rows.weights.pulled(own)
        return np.asarray(gradient - self.rows.direct[goals.row] * goals.follows_row[:, None])


class _Goals(NamedTuple):
    """What each point follows: a row, or the pre-activation of a neuron, up or down."""

    follows_row: np.ndarray
    row: np.ndarray
    layer: np.ndarray
    neuron: np.ndarray
    sign: Floats

    @classmethod
    def drawn(cls, points: PairPoints, count: int, generator: np.random.Generator) -> _Goals:
        """Return random goals."""
        neurons, number = points.changed, np.arange(count)
        follows_row = number % 2 == 0 if len(neurons) else np.ones(count, dtype=bool)
        chosen = np.full((count, 2), -1)
        if len(neurons):
            first = generator.integers(0, len(neurons))
            chosen = np.where(follows_row[:, None], -1, neurons[(first + number // 2) % len(neurons)])
        row = generator.integers(0, len(points.rows.constant), count)
        sign = generator.choice([1.0, 1.0, 1.0, -1.0], count)
        return cls(follows_row, row, chosen[:, 0], chosen[:, 1], sign)
