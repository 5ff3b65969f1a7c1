"""Points that may be unsafe, by gradient ascent in doubles: they are only proposed, and confirmed exactly.

Each point follows one disjunct and raises the least of its inequalities' values g, smoothed; steps alternate
between the gradient's signs and its direction (Goodfellow et al. 2015, Madry et al. 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats
from exactrelu.verification.float_rows import FloatRows

_FIRST_STEP = 0.25  # of the width of the box
_SHRINK = 0.93


def forward(layers: Sequence[FloatLayer], points: Floats) -> tuple[Floats, list[Floats]]:
    """Return the last hidden values at points, and the slopes of the units of each layer there."""
    slopes = []
    for layer in layers[:-1]:
        values = layer.preactivations(points)
        slopes.append(layer.slopes(values > 0))
        points = layer.activated(values)
    return points, slopes


def ascend(
    layers: Sequence[FloatLayer],
    rows: FloatRows,
    start: Floats,
    box: tuple[Floats, Floats],
    *,
    steps: int,
    seed: int,
) -> Iterator[Floats]:
    """Yield, step by step, points (one for each start) whose inequalities come nearer to holding."""
    low, high = box
    width, points = high - low, start
    generator = np.random.default_rng(seed)
    followed = generator.integers(0, rows.disjuncts, len(start))
    member = rows.owner[None, :] == followed[:, None]
    rate = _FIRST_STEP
    with np.errstate(all="ignore"):
        for step in range(steps):
            yield points
            hidden, slopes = forward(layers, points)
            values = np.where(member, rows.values(hidden, points), np.inf)
            uphill = _gradient(layers, rows, _soft_minimum(values), slopes)
            if step % 2 == 0:
                direction = np.sign(uphill)
            else:
                scaled = uphill * width
                direction = scaled / np.maximum(np.abs(scaled).max(axis=1, keepdims=True), 1e-300)
            points = np.clip(points + rate * width * np.nan_to_num(direction), low, high)
            rate *= _SHRINK
        yield points


def _soft_minimum(values: Floats) -> Floats:
    """Return weights of the rows, most for the least value: (points, rows)."""
    finite = np.where(np.isfinite(values), values, 0.0)
    scale = np.abs(finite).max(axis=1, keepdims=True) * 0.1 + 1e-12
    weights = np.exp(-np.minimum((values - values.min(axis=1, keepdims=True)) / scale, 700.0))
    weights = np.where(np.isfinite(values), weights, 0.0)
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))


def _gradient(layers: Sequence[FloatLayer], rows: FloatRows, weights: Floats, slopes: list[Floats]) -> Floats:
    """Return the gradient in the inputs of the weighted sum of the g."""
    gradient = -(weights @ rows.hidden)
    for layer, slope in zip(layers[-2::-1], slopes[::-1], strict=True):
        gradient = layer.weights.pulled(gradient * slope)
    return gradient - weights @ rows.direct
