"""Where a box is cut: along an input, or at the zero of a neuron.

The rules are heuristics; any cut is sound. An input's score charges to it what it moves each row's form, and
its part of the gaps of the relaxations that the form has passed: neuron j with coefficient A_j and interval
[l, u] counts |A_j| 4 u (-l) / (u - l)^2 |dz_j / dx_i|, times the width of the box in x_i.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import Floats, Weights
from exactrelu.verification.refutation import Refutation


class NeuronChoice(NamedTuple):
    """For each box the hidden layer (from 0) and neuron with the largest score, and the score (0: none)."""

    layer: np.ndarray
    neuron: np.ndarray
    score: Floats


def _row_weights(refutation: Refutation, boxes: np.ndarray) -> Floats:
    """Return 1 for the row of each open disjunct that is nearest to being refuted, else 0: (boxes, rows)."""
    rows, least = refutation.rows, refutation.least[boxes]
    weights = np.zeros(least.shape)
    for disjunct in range(rows.disjuncts):
        members = rows.members(disjunct)
        best = members[np.argmax(least[:, members], axis=1)]
        weights[np.arange(len(boxes)), best] = ~refutation.closed[boxes, disjunct]
    return weights


def input_scores(refutation: Refutation, boxes: np.ndarray, low: Floats, high: Floats) -> Floats:
    """Return a score for each box [low, high] (within the given one) and input."""
    width, batch = high - low, refutation.batch.of(boxes)
    weights = _row_weights(refutation, boxes)[:, None, :]
    scores = np.matmul(weights, np.abs(refutation.coefficients[boxes]))[:, 0]
    jacobian: Floats | None = None
    with np.errstate(all="ignore"):
        for k in range(batch.hidden):
            if jacobian is None:
                every = batch.weights[0].rows(slice(None))
                jacobian = np.broadcast_to(every, (len(boxes), *every.shape))
            else:
                jacobian = _after(batch.weights[k], jacobian)
            passed = np.matmul(weights, np.abs(refutation.passed[batch.hidden - 1 - k][boxes]))[:, 0]
            scores = scores + batch.charges(k, passed, jacobian)
            jacobian = batch.passed_on(k, jacobian)
        return np.asarray(np.nan_to_num(scores * width, nan=0.0, posinf=np.finfo(float).max))


def _after(weights: Weights, jacobian: Floats) -> Floats:
    """Return W J for each box."""
    return np.swapaxes(weights.values(np.swapaxes(jacobian, 1, 2)), 1, 2)


def best_neurons(refutation: Refutation, boxes: np.ndarray) -> NeuronChoice:
    """Return the open neuron of each box whose relaxation costs most: |A_j| u (-l) / (u - l)."""
    batch = refutation.batch.of(boxes)
    weights = _row_weights(refutation, boxes)[:, None, :]
    layer = np.full(len(boxes), -1)
    neuron, score = np.zeros(len(boxes), dtype=int), np.zeros(len(boxes))
    for k in range(batch.hidden):
        if not len(batch.live[k + 1]):
            continue
        passed = np.matmul(weights, np.abs(refutation.passed[batch.hidden - 1 - k][boxes]))[:, 0]
        with np.errstate(all="ignore"):
            cost = batch.costs(k, passed)
        best = np.argmax(np.nan_to_num(cost), axis=1)
        value = cost[np.arange(len(boxes)), best]
        better = value > score
        layer[better], neuron[better] = k, batch.live[k + 1][best[better]]
        score = np.where(better, value, score)
    return NeuronChoice(layer, neuron, score)
