"""Bounds of affine functions of a layer's values, by substitution backwards through the network.

The statement that is carried from layer to layer, for every box of a batch and every row:

    target(x) >= A . x_k + c - e   for all x in the box,

with doubles A, c, e, x_k the values of layer k (x_0 the input). docs/linear-bounds.md proves that every
rounding is paid for in e. Columns of units that are zero on all boxes of the batch are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats, Weights
from exactrelu.bounds.relaxation import TINY, Relaxation, relax

U = 2.0**-53
TINY_SLOPE = 2.0**-1020  # times 16 u still more than 2^-1074, by which a rounded slope may be off
_DENORMAL = 1e-280  # times gamma still far above 2^-1074, by which a rounded weight may be off
_SPARSE_ROWS = 16  # of a sparse layer at once: their units read few others
_CHUNK = 1 << 22  # doubles: rows are substituted in chunks of about this size


def gamma(terms: int) -> float:
    """Return a bound of the relative error of a sum of so many products in any order, with room to spare."""
    return (terms + 24) * U * 1.01


Carried = tuple[Floats, Floats, Floats]
"""A, c and e of the statement: (boxes, rows, units), (boxes, rows), (boxes, rows)."""


def _go_on() -> None:
    """Let the work go on."""


class InputForm(NamedTuple):
    """target(x) >= coefficients . x + constant on each box, and ``least``, a lower bound of it there.

    ``passed`` holds the coefficients on the values of layers k, ..., 1, of the units in `BoxBatch.live`.
    """

    coefficients: Floats  # (boxes, rows, inputs)
    constant: Floats  # (boxes, rows), the error subtracted
    least: Floats  # (boxes, rows)
    passed: list[Floats]


class BoxBatch:
    """A batch of boxes [low, high] with what is known of their pre-activations.

    ``lower[k]`` and ``upper[k]`` bound y_{k+1} on each box, perhaps only those of an enclosing box; `advance`
    tightens them, layer by layer. Where a lower bound exceeds its upper one, no point of the box obeys all of
    the bounds that were given. ``checkpoint`` is called between steps, and may raise to end the work.
    """

    reads_columns = True  # whether `_step` can be asked for some columns only

    def __init__(
        self,
        layers: Sequence[FloatLayer],
        low: Floats,
        high: Floats,
        lower: list[Floats],
        upper: list[Floats],
    ) -> None:
        self.layers = layers
        self.low, self.high = low, high
        self.lower, self.upper = lower, upper
        self.sizes: list[Floats] = [np.maximum(np.abs(low), np.abs(high))]  # bounds of |x_k|
        self.reach: list[Floats] = []  # |W| |x| + |b|, bounds of |y|
        self.relaxations: list[Relaxation] = []
        self.live: list[np.ndarray] = [np.arange(low.shape[1])]  # the units that are not zero on all boxes
        self.weights: list[Weights] = []
        self.checkpoint: Callable[[], None] = _go_on

    @property
    def hidden(self) -> int:
        """The number of hidden layers that are relaxed."""
        return len(self.relaxations)

    def of(self, boxes: np.ndarray) -> BoxBatch:
        """Return the batch of some of the boxes."""
        part = BoxBatch(self.layers, self.low[boxes], self.high[boxes], [], [])
        part.lower = [bound[boxes] for bound in self.lower]
        part.upper = [bound[boxes] for bound in self.upper]
        part.sizes = [size[boxes] for size in self.sizes]
        part.reach = [reach[boxes] for reach in self.reach]
        part.relaxations = [relaxation.of(boxes) for relaxation in self.relaxations]
        part.live, part.weights, part.checkpoint = self.live, self.weights, self.checkpoint
        return part

    # layer by layer ---------------------------------------------------------------------------

    @np.errstate(all="ignore")  # an overflow costs a bound: a NaN counts as minus infinity
    def advance(self) -> None:
        """Tighten the bounds of the next hidden layer, and relax it."""
        k, layer = self.hidden, self.layers[self.hidden]
        reach = self._reach(k, layer)
        bounds = self.lower[k], self.upper[k]
        self._tighten(k, layer, self._open_rows(k, layer), reach, bounds)
        lower, upper = self.lower[k], self.upper[k]
        live = np.arange(layer.outputs)
        if layer.below is None:
            live = np.flatnonzero((upper > 0).any(axis=0))
        else:
            live = np.flatnonzero((upper > 0).any(axis=0) | (layer.below != 0))
        if layer.rise is None:
            relaxation = relax(lower, upper)
        else:  # a linear unit needs no relaxation, whatever its bounds
            bent = layer.rise != 0
            relaxation = relax(np.where(bent, lower, 0.0), np.where(bent, upper, 0.0))
        self.live.append(live)
        self.weights.append(layer.weights.restricted(live, self.live[k]))
        self.relaxations.append(relaxation.columns(live))
        self.reach.append(reach[:, live])
        self.sizes.append(self._sizes(layer, lower, upper, reach)[:, live])

    def _reach(self, k: int, layer: FloatLayer) -> Floats:
        """Return bounds of |W| |x| + |b|."""
        reach = layer.weights.restricted(range(layer.outputs), self.live[k]).reach(self.sizes[k])
        reach = (reach + np.abs(layer.bias)) * (1 + gamma(layer.weights.shape[1]))
        return np.asarray(reach + _DENORMAL * (1 + self.sizes[k].sum(axis=1)[:, None]))

    def _sizes(self, layer: FloatLayer, lower: Floats, upper: Floats, reach: Floats) -> Floats:
        above = np.fmin(np.maximum(upper, 0.0), reach)
        if layer.below is None or layer.rise is None:
            return above
        below = np.fmin(np.maximum(-lower, 0.0), reach)
        slope = np.abs(layer.below + layer.rise)
        sizes: Floats = np.maximum(above * slope, below * np.abs(layer.below)) * (1 + 8 * U)
        return sizes

    def _open_rows(self, k: int, layer: FloatLayer) -> np.ndarray:
        unknown = (self.lower[k] < 0) & (self.upper[k] > 0)
        if layer.rise is not None:
            unknown = unknown & (layer.rise != 0)
        return np.flatnonzero(unknown.any(axis=0))

    def _tighten(
        self, k: int, layer: FloatLayer, rows: np.ndarray, reach: Floats, bounds: tuple[Floats, Floats]
    ) -> None:
        """Intersect the bounds of some rows of a layer with what back-substitution gives."""
        width = max((len(live) for live in self.live[: k + 1]), default=1)
        count = max(1, _CHUNK // (2 * width * len(self.low)))
        if layer.weights.is_sparse and k:
            count = min(count, _SPARSE_ROWS)
        for start in range(0, len(rows), count):
            self._tighten_rows(k, layer, rows[start : start + count], reach, bounds)

    def _tighten_rows(
        self, k: int, layer: FloatLayer, rows: np.ndarray, reach: Floats, bounds: tuple[Floats, Floats]
    ) -> None:
        columns, (lower, upper) = None, bounds
        if self.reads_columns and layer.weights.is_sparse and k:
            live = layer.weights.restricted(rows, self.live[k])
            columns = live.read_by(range(len(rows)))
            weight = live.block(range(len(rows)), columns)
        else:
            weight = layer.weights.rows(rows)[:, self.live[k]]
        bias, half = layer.bias[rows], len(rows)
        form = self.substitute(
            k, np.concatenate([weight, -weight]), np.concatenate([bias, -bias]), columns=columns
        )
        rounding = 4 * U * reach[:, rows] + TINY
        low, high = form.least[:, :half] - rounding, rounding - form.least[:, half:]
        lower[:, rows] = np.fmax(lower[:, rows], low)
        upper[:, rows] = np.fmin(upper[:, rows], high)

    # what splits read ---------------------------------------------------------------------------

    def activated(self, k: int, points: Floats) -> tuple[np.ndarray, Floats]:
        """Return which live units of layer k + 1 are on at points over those of layer k, and their values."""
        layer, live = self.layers[k], self.live[k + 1]
        values = self.weights[k].values(points) + layer.bias[live]
        on = values > 0
        points = on * values
        if layer.below is not None and layer.rise is not None:
            points = layer.below[live] * values + layer.rise[live] * points
        return on, points

    def costs(self, k: int, passed: Floats) -> Floats:
        """Return what the relaxation of each live unit costs forms with such coefficients on it."""
        cost = self.relaxations[k].gap * (passed + 1e-12)
        rise = self.layers[k].rise
        return cost if rise is None else np.asarray(cost * np.abs(rise[self.live[k + 1]]))

    def charges(self, k: int, passed: Floats, jacobian: Floats) -> Floats:
        """Return the part of the costs for each unit of width of each input, by the jacobian of y."""
        gap, rise = passed * self.relaxations[k].relative_gap, self.layers[k].rise
        if rise is not None:
            gap = gap * np.abs(rise[self.live[k + 1]])
        return np.asarray(np.matmul(gap[:, None, :], np.abs(jacobian))[:, 0])

    def passed_on(self, k: int, jacobian: Floats) -> Floats:
        """Return the jacobian of the values, the relaxed units having the slopes of their chords."""
        layer, live, chord = self.layers[k], self.live[k + 1], self.relaxations[k].chord
        if layer.rise is not None and layer.below is not None:
            chord = layer.below[live] + layer.rise[live] * chord
        return np.asarray(jacobian * chord[:, :, None])

    # rows ---------------------------------------------------------------------------------------

    def substitute(
        self,
        k: int,
        rows: Floats,
        constants: Floats,
        *,
        direct: Floats | float = 0.0,
        unders: Sequence[Floats] | None = None,
        columns: np.ndarray | None = None,
        keep: bool = False,
    ) -> InputForm:
        """Return bounds of rows . x_k + constants + direct . x_0, k hidden layers having been relaxed.

        ``rows`` has the shape (rows, live units) or (boxes, rows, live units); with ``columns``, it has only
        these of the live units, the others being zero. ``unders`` replaces the lower slopes by an array
        (boxes, rows, live units) for each hidden layer 1..k.
        """
        with np.errstate(all="ignore"):
            coefficients, boxes = rows, len(self.low)
            constant = np.broadcast_to(constants, (boxes, rows.shape[-2])).astype(np.float64)
            error = np.abs(constant) * U
            passed = []
            for j in range(k - 1, -1, -1):
                self.checkpoint()
                if coefficients.ndim == 2:
                    coefficients = np.broadcast_to(coefficients, (boxes, *coefficients.shape))
                if keep:
                    passed.append(coefficients)
                carried = (coefficients, constant, error)
                under = None if unders is None else unders[j]
                (coefficients, constant, error), columns = self._step(j, columns, under, carried)
            if coefficients.ndim == 2:
                coefficients = np.broadcast_to(coefficients, (boxes, *coefficients.shape))
            if columns is not None:
                every = np.zeros((boxes, rows.shape[-2], self.low.shape[1]))
                every[:, :, columns] = coefficients
                coefficients = every
            return self._least(coefficients + direct, constant, error, passed)

    def _step(
        self, j: int, _columns: np.ndarray | None, under: Floats | None, carried: Carried
    ) -> tuple[Carried, np.ndarray | None]:
        """Go from the values of layer j + 1 to those of layer j, and return which of these are read."""
        chosen = _Columns.of(self, j, _columns, under)
        return chosen.step(*carried), chosen.read

    def _least(
        self, coefficients: Floats, constant: Floats, error: Floats, passed: list[Floats]
    ) -> InputForm:
        up, down = np.maximum(coefficients, 0.0), np.minimum(coefficients, 0.0)
        value = np.matmul(up, self.low[:, :, None])[..., 0] + np.matmul(down, self.high[:, :, None])[..., 0]
        size = np.matmul(np.abs(coefficients), self.sizes[0][:, :, None])[..., 0]
        error = error + gamma(coefficients.shape[-1]) * size + TINY
        error = error * (1 + 1e-9) + 2 * U * np.abs(constant)
        lowered = constant - error
        lowered = lowered - 2 * U * np.abs(lowered)
        least = lowered + value
        least = least - 2 * U * (np.abs(least) + np.abs(value)) - TINY
        return InputForm(coefficients, lowered, np.where(np.isnan(least), -np.inf, least), passed)


class _Columns(NamedTuple):
    """What one step of the substitution needs of layer j: all live units, or those that the rows read."""

    relaxation: Relaxation
    weights: Weights
    bias: Floats
    below: Floats | None
    rise: Floats | None
    under: Floats
    reach: Floats
    total_size: Floats
    read: np.ndarray | None

    @classmethod
    def of(cls, batch: BoxBatch, j: int, columns: np.ndarray | None, unders: Floats | None) -> _Columns:
        """Return the part of layer j; with columns, the weights keep only what these units read."""
        layer, live, weights = batch.layers[j], batch.live[j + 1], batch.weights[j]
        relaxation, reach, read = batch.relaxations[j], batch.reach[j], None
        if columns is not None:
            live, relaxation, reach = live[columns], relaxation.columns(columns), reach[:, columns]
            read = weights.read_by(columns)
            weights = weights.restricted(columns, read)
        under = relaxation.under[:, None, :] if unders is None else unders
        below, rise = (None if slope is None else slope[live] for slope in (layer.below, layer.rise))
        total = batch.sizes[j].sum(axis=1)[:, None]
        return cls(relaxation, weights, layer.bias[live], below, rise, under, reach, total, read)

    def step(self, coefficients: Floats, constant: Floats, error: Floats) -> Carried:
        """Go from the values of layer j+1 to those of layer j."""
        relaxation = self.relaxation
        rise = coefficients if self.rise is None else coefficients * self.rise
        moved = rise * np.where(rise > 0, self.under, relaxation.chord[:, None, :])
        shift = np.matmul(np.minimum(rise, 0.0), relaxation.shift[:, :, None])[..., 0]
        if self.below is not None and self.rise is not None:
            moved = moved + coefficients * self.below
            slopes = np.abs(self.below) + np.abs(self.rise) + TINY_SLOPE
            rounded = np.matmul(np.abs(coefficients) * slopes, self.reach[:, :, None])[..., 0]
            error = error + 16 * U * rounded
        paid = np.matmul(np.abs(moved), self.reach[:, :, None])[..., 0]
        total = constant + moved @ self.bias + shift
        error = error + gamma(self.weights.rounding_terms) * (paid + np.abs(shift))
        error = error + 4 * U * (np.abs(constant) + np.abs(total))
        error = error + TINY * (1 + self.total_size)
        return self.weights.pulled(moved), total, error
