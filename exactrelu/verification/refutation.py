"""What bounds say of a batch of boxes: which disjuncts cannot hold on a box, and where else they may.

Every conclusion here rests on the rigorous forms of `exactrelu.bounds.back_substitution`; floats choose
slopes and weights, which may be any.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch, InputForm, U, gamma
from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.relaxation import TINY
from exactrelu.verification.float_rows import FloatRows

_WITNESS_PASSES = 2
_WEIGHT_STEPS = 14


class Refutation:
    """The rows of an input set on a batch of boxes: forms, bounds, and which disjuncts are closed."""

    def __init__(self, batch: BoxBatch, rows: FloatRows) -> None:
        self.batch, self.rows = batch, rows
        self.hidden = rows.hidden[:, batch.live[-1]]
        self.rounding = rows.rounding(batch)
        form = self._substituted(batch, None)
        boxes = len(batch.low)
        self.least = form.least - self.rounding
        self.coefficients = form.coefficients.copy()
        self.constant = form.constant - self.rounding
        self.passed = [np.array(np.broadcast_to(a, (boxes, *a.shape[-2:]))) for a in form.passed]
        self.closed = rows.shut(self.least)
        self.mixes: dict[tuple[int, int], Floats] = {}
        for lower, upper in zip(batch.lower, batch.upper, strict=True):
            self.closed[(lower > upper).any(axis=1)] = True  # no point of the box obeys the node's signs

    def _substituted(self, batch: BoxBatch, unders: Sequence[Floats] | None) -> InputForm:
        rows = self.rows
        return batch.substitute(
            batch.hidden, self.hidden, rows.constant, direct=rows.direct, unders=unders, keep=True
        )

    @property
    def open(self) -> np.ndarray:
        """The boxes with a disjunct that is not closed."""
        return np.flatnonzero(~self.closed.all(axis=1))

    # better bounds ----------------------------------------------------------------------------

    def improve(self) -> None:
        """Choose the lower slopes of each row by the signs at the corner where its form is least."""
        for _ in range(_WITNESS_PASSES):
            boxes = self.open
            if not len(boxes):
                return
            batch = self.batch.of(boxes)
            form = self._substituted(batch, witness_slopes(batch, self.coefficients[boxes]))
            least = form.least - self.rounding[boxes]
            better = least > self.least[boxes]
            wider = better[:, :, None]
            self.least[boxes] = np.where(better, least, self.least[boxes])
            self.coefficients[boxes] = np.where(wider, form.coefficients, self.coefficients[boxes])
            constant = form.constant - self.rounding[boxes]
            self.constant[boxes] = np.where(better, constant, self.constant[boxes])
            for kept, passed in zip(self.passed, form.passed, strict=True):
                kept[boxes] = np.where(wider, passed, kept[boxes])
            self.closed[boxes] |= self.rows.shut(self.least[boxes])

    def combine(self) -> None:
        """Refute conjunctions by convex combinations of their rows.

        If sum w_r (-g_r) > 0 on a box for weights w >= 0, then the g_r are nowhere all >= 0.
        """
        for disjunct in range(self.rows.disjuncts):
            members = self.rows.members(disjunct)
            boxes = self.open
            boxes = boxes[~self.closed[boxes, disjunct]]
            if len(members) < 2 or not len(boxes):
                continue
            batch = self.batch.of(boxes)
            forms = self.coefficients[np.ix_(boxes, members)], self.constant[np.ix_(boxes, members)]
            weights = _weights(batch, *forms)
            start = np.matmul(weights[:, None, :], forms[0])
            refuted = self._combined(batch, members, weights, start)
            self.closed[boxes[refuted], disjunct] = True
            for place in np.flatnonzero(refuted):
                self.mixes[int(boxes[place]), disjunct] = weights[place]

    def _combined(self, batch: BoxBatch, members: np.ndarray, weights: Floats, form: Floats) -> np.ndarray:
        """Return on which boxes the weighted sum of rows is proved positive."""
        hidden, direct, constant = (
            part[members] for part in (self.hidden, self.rows.direct, self.rows.constant)
        )
        mixed = np.matmul(weights[:, None, :], hidden[None])
        mixed_direct = np.matmul(weights[:, None, :], direct[None])
        offset = (weights @ constant)[:, None]
        charge = self._rounding_of_sums(batch, members, weights)
        proved = np.zeros(len(weights), dtype=bool)
        for _ in range(_WITNESS_PASSES):
            unders = witness_slopes(batch, form)
            found = batch.substitute(batch.hidden, mixed, offset, direct=mixed_direct, unders=unders)
            proved |= (found.least[:, 0] - charge) > 0
            form = found.coefficients
        return proved

    def _rounding_of_sums(self, batch: BoxBatch, members: np.ndarray, weights: Floats) -> Floats:
        """Return what the roundings of rows and of their weighted sums change at most, on each box."""
        rows = self.rows
        size = (
            batch.sizes[-1] @ np.abs(self.hidden[members]).T
            + batch.sizes[0] @ np.abs(rows.direct[members]).T
            + np.abs(rows.constant[members])
        )
        return np.asarray(gamma(len(members)) * 2 * (weights * size).sum(axis=1) + TINY)

    def reasons(self) -> dict[tuple[int, int], tuple[float, ...]]:
        """Return, for each box and disjunct that is closed, weights of the disjunct's rows that refute it."""
        found = {key: tuple(weights.tolist()) for key, weights in self.mixes.items()}
        for disjunct in range(self.rows.disjuncts):
            members = self.rows.members(disjunct)
            best = np.argmax(self.least[:, members], axis=1)
            for box in np.flatnonzero(self.closed[:, disjunct]):
                unit = tuple(float(place == best[box]) for place in range(len(members)))
                found.setdefault((int(box), disjunct), unit)
        return found

    # where a disjunct may hold ------------------------------------------------------------------

    def clipped(self, boxes: np.ndarray) -> tuple[Floats, Floats]:
        """Return boxes that contain every point of the given ones where an open disjunct holds.

        Where a row can hold, A . x + c <= -g <= 0. With m the corner where A . x is least and
        T = -(A . m + c), each term A_i (x_i - m_i) >= 0 is at most T: so |x_i - m_i| <= T / |A_i|. T is
        rounded upwards, and so is the quotient. A result with low > high is empty.
        """
        low, high = self.batch.low[boxes], self.batch.high[boxes]
        hull_low, hull_high = np.full(low.shape, np.inf), np.full(low.shape, -np.inf)
        for disjunct in range(self.rows.disjuncts):
            lo, hi = low.copy(), high.copy()
            for row in self.rows.members(disjunct):
                _clip(lo, hi, self.coefficients[boxes, row], self.constant[boxes, row])
            live = (lo <= hi).all(axis=1) & ~self.closed[boxes, disjunct]
            hull_low[live] = np.minimum(hull_low[live], lo[live])
            hull_high[live] = np.maximum(hull_high[live], hi[live])
        return hull_low, hull_high

    def corners(self, boxes: np.ndarray) -> Floats:
        """Return, for each box and row, the corner where its form is least: (boxes, rows, inputs)."""
        return _corners(self.batch.low[boxes], self.batch.high[boxes], self.coefficients[boxes])


def _corners(low: Floats, high: Floats, coefficients: Floats) -> Floats:
    return np.where(coefficients > 0, low[:, None, :], high[:, None, :])


def witness_slopes(batch: BoxBatch, forms: Floats) -> list[Floats]:
    """Return lower slopes for each box and form: 1 where a unit is on at the form's least corner, else 0."""
    points = _corners(batch.low, batch.high, forms)
    slopes = []
    for k, relaxation in enumerate(batch.relaxations):
        on, points = batch.activated(k, points)
        slopes.append(np.where(relaxation.unstable[:, None], on, relaxation.under[:, None]))
    return slopes


def _weights(batch: BoxBatch, coefficients: Floats, constant: Floats) -> Floats:
    """Return weights that make the least value of the weighted sum of forms large (multiplicative steps)."""
    width = (batch.high - batch.low)[:, :, None]
    scale = np.matmul(np.abs(coefficients), width)[..., 0].max(axis=1, keepdims=True) + TINY
    weights = np.full(constant.shape, 1 / constant.shape[1])
    best, best_value = weights.copy(), np.full(len(constant), -np.inf)
    for _ in range(_WEIGHT_STEPS):
        form = np.matmul(weights[:, None, :], coefficients)[:, 0]
        corner = np.where(form > 0, batch.low, batch.high)
        value = (form * corner).sum(axis=1) + (weights * constant).sum(axis=1)
        better = value > best_value
        best[better], best_value = weights[better], np.fmax(best_value, value)
        values = np.matmul(coefficients, corner[:, :, None])[..., 0] + constant
        with np.errstate(over="ignore", invalid="ignore"):  # weights may be any, so a clipped one too
            weights = weights * np.exp(np.clip(np.nan_to_num(2 * values / scale), -30, 30))
        weights = weights / weights.sum(axis=1, keepdims=True)
    return best


def _clip(low: Floats, high: Floats, coefficients: Floats, constant: Floats) -> None:
    """Clip boxes in place to {A . x + c <= 0}; an empty one becomes low > high."""
    with np.errstate(all="ignore"):
        corner = np.where(coefficients > 0, low, high)
        terms = coefficients * corner
        room = -(terms.sum(axis=1) + constant)
        room = room + 2 * gamma(low.shape[1]) * (np.abs(terms).sum(axis=1) + np.abs(constant)) + TINY
        step = room[:, None] / np.abs(coefficients) * (1 + 8 * U)
        upper = np.nextafter(low + step, np.inf)
        lower = np.nextafter(high - step, -np.inf)
        np.copyto(high, upper, where=(coefficients > 0) & (upper < high))
        np.copyto(low, lower, where=(coefficients < 0) & (lower > low))
        low[room < 0] = np.inf
