"""Bounds of two networks' difference: back-substitution in coordinates of pairs.

The coordinates are those of `exactrelu.networks.paired_networks`: z and z' - z of each pair, y and
d = y' - y. A coefficient A of z and B of z' - z are relaxed together, z' - z by lines in d, or apart, as
A - B of z and B of z'. The statement that is carried and what is paid for roundings are those of
`back_substitution`; docs/linear-bounds.md has the proof for pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from exactrelu.bounds.back_substitution import TINY_SLOPE, BoxBatch, Carried, U, gamma
from exactrelu.bounds.float_layers import FloatLayer, Floats, float_layer
from exactrelu.bounds.pair_relaxation import PairRelaxation, Span, relax_pairs
from exactrelu.bounds.relaxation import TINY, relax
from exactrelu.networks.paired_networks import LayerPairs, PairedNetworks

_OUT = 4 * U  # more than the rounding of a sum of two doubles, outwards


@dataclass(frozen=True, eq=False)
class PairLayer:
    """A hidden layer in coordinates: rows of y, of d in the place of each y', and apart from these of y'."""

    rows: FloatLayer
    second: FloatLayer | None
    pairs: LayerPairs

    @property
    def firsts(self) -> np.ndarray:
        """The places of y, pair by pair."""
        return np.array(self.pairs.firsts, dtype=int)

    @property
    def seconds(self) -> np.ndarray:
        """The places of y', and of d, pair by pair."""
        return np.array(self.pairs.seconds, dtype=int)


@lru_cache(maxsize=4)
def pair_layers(networks: PairedNetworks) -> tuple[PairLayer, ...]:
    """Return the hidden layers of paired networks in doubles."""
    found = zip(
        networks.differences, networks.seconds, networks.pairs, networks.joint.activations, strict=True
    )
    return tuple(
        PairLayer(float_layer(rows, units), float_layer(second, None) if second else None, pairs)
        for rows, second, pairs, units in found
    )


class _LivePairs(NamedTuple):
    """The live pairs of a layer: their relaxations, and where z and z' - z stand among live units."""

    relaxation: PairRelaxation
    first: np.ndarray
    second: np.ndarray
    chosen: np.ndarray  # which pairs of the layer they are


class PairBatch(BoxBatch):
    """A batch of boxes with bounds of the pre-activations of a joint network and of the pairs' differences.

    ``lower`` and ``upper`` are in the order of the joint network, ``differences[k]`` has the bounds of d.
    """

    reads_columns = False

    def __init__(
        self,
        layers: tuple[PairLayer, ...],
        box: tuple[Floats, Floats],
        bounds: tuple[list[Floats], list[Floats]],
        differences: list[Span],
    ) -> None:
        super().__init__([layer.rows for layer in layers], *box, *bounds)
        self.pair_layers, self.differences = layers, differences
        self.live_pairs: list[_LivePairs] = []

    def of(self, boxes: np.ndarray) -> PairBatch:
        """Return the batch of some of the boxes."""
        part = PairBatch(self.pair_layers, (self.low[boxes], self.high[boxes]), ([], []), [])
        part.lower = [bound[boxes] for bound in self.lower]
        part.upper = [bound[boxes] for bound in self.upper]
        part.sizes = [size[boxes] for size in self.sizes]
        part.reach = [reach[boxes] for reach in self.reach]
        part.relaxations = [relaxation.of(boxes) for relaxation in self.relaxations]
        part.live, part.weights, part.checkpoint = self.live, self.weights, self.checkpoint
        part.differences = [Span(*(bound[boxes] for bound in span)) for span in self.differences]
        part.live_pairs = [live._replace(relaxation=live.relaxation.of(boxes)) for live in self.live_pairs]
        return part

    # layer by layer ---------------------------------------------------------------------------

    @np.errstate(all="ignore")
    def advance(self) -> None:
        """Tighten the bounds of the next hidden layer and of its differences, and relax it."""
        k = self.hidden
        layer = self.pair_layers[k]
        rows = layer.rows
        reach = self._reach(k, rows)
        self._note_reach(k, reach[:, layer.seconds])
        self._make_consistent(k)
        self._tighten_pairs(k, layer, reach)
        self._make_consistent(k)
        lower, upper = self.lower[k], self.upper[k]
        bent = np.ones(rows.outputs, dtype=bool) if rows.rise is None else rows.rise != 0
        relaxation = relax(np.where(bent, lower, 0.0), np.where(bent, upper, 0.0))
        paired = relax_pairs(*self._pair_spans(k))
        live = self._live_units(layer, upper)
        self.live.append(live)
        self.weights.append(rows.weights.restricted(live, self.live[k]))
        self.relaxations.append(relaxation.columns(live))
        self.reach.append(reach[:, live])
        sizes = self._sizes(rows, lower, upper, reach)
        sizes[:, layer.seconds] = self._pair_sizes(k, paired, reach[:, layer.seconds])
        self.sizes.append(sizes[:, live])
        self.live_pairs.append(_live_pairs(layer, live, paired))

    def _pair_spans(self, k: int) -> tuple[Span, Span, Span]:
        """Return the bounds of y, y' and d of the pairs."""
        layer = self.pair_layers[k]
        first, second = (
            Span(self.lower[k][:, places], self.upper[k][:, places])
            for places in (layer.firsts, layer.seconds)
        )
        return first, second, self.differences[k]

    def _note_reach(self, k: int, reach: Floats) -> None:
        span = self.differences[k]
        np.copyto(span.lower, np.fmax(span.lower, -reach))
        np.copyto(span.upper, np.fmin(span.upper, reach))

    def _make_consistent(self, k: int) -> None:
        """Intersect the bounds of y, y' and d with what y' = y + d says, rounded outwards."""
        first, second, d = self._pair_spans(k)
        layer = self.pair_layers[k]
        with np.errstate(all="ignore"):
            np.copyto(d.lower, np.fmax(d.lower, _down(second.lower, -first.upper)))
            np.copyto(d.upper, np.fmin(d.upper, -_down(-second.upper, first.lower)))
            for places, span, other, low, high in (
                (layer.seconds, second, first, d.lower, d.upper),
                (layer.firsts, first, second, -d.upper, -d.lower),
            ):
                self.lower[k][:, places] = np.fmax(span.lower, _down(other.lower, low))
                self.upper[k][:, places] = np.fmin(span.upper, -_down(-other.upper, -high))

    def _tighten_pairs(self, k: int, layer: PairLayer, reach: Floats) -> None:
        """Bound y, y' and d where a sign is open."""
        is_open = np.zeros(layer.rows.outputs, dtype=bool)
        is_open[self._open_rows(k, layer.rows)] = True
        open_pairs = is_open[layer.firsts] | is_open[layer.seconds]
        asked = is_open.copy()
        asked[layer.seconds] = open_pairs
        lower, upper = self.lower[k].copy(), self.upper[k].copy()
        lower[:, layer.seconds], upper[:, layer.seconds] = self.differences[k]
        self._tighten(k, layer.rows, np.flatnonzero(asked), reach, (lower, upper))
        span = self.differences[k]
        np.copyto(span.lower, lower[:, layer.seconds])
        np.copyto(span.upper, upper[:, layer.seconds])
        lower[:, layer.seconds] = self.lower[k][:, layer.seconds]
        upper[:, layer.seconds] = self.upper[k][:, layer.seconds]
        if layer.second is not None:
            bounds = lower[:, layer.seconds], upper[:, layer.seconds]
            rows = np.flatnonzero(is_open[layer.seconds])
            self._tighten(k, layer.second, rows, self._reach(k, layer.second), bounds)
            lower[:, layer.seconds], upper[:, layer.seconds] = bounds
        np.copyto(self.lower[k], lower)
        np.copyto(self.upper[k], upper)

    def _live_units(self, layer: PairLayer, upper: Floats) -> np.ndarray:
        live = np.asarray((upper > 0).any(axis=0))
        if layer.rows.below is not None:
            live |= layer.rows.below != 0
        pairs = live[layer.firsts] | live[layer.seconds]
        live[layer.firsts] = live[layer.seconds] = pairs
        return np.flatnonzero(live)

    def _pair_sizes(self, k: int, paired: PairRelaxation, reach: Floats) -> Floats:
        """Return bounds of |z' - z|."""
        rows, span = self.layers[k], self.differences[k]
        if rows.below is None or rows.rise is None:
            return np.fmin(paired.size, reach)
        steep = np.maximum(np.abs(rows.below), np.abs(rows.below + rows.rise))
        largest = np.fmin(np.maximum(-span.lower, span.upper), reach)
        places = self.pair_layers[k].seconds
        return np.asarray(np.maximum(largest, 0.0) * steep[places] * (1 + 8 * U))

    # one step -----------------------------------------------------------------------------------

    def _step(
        self, j: int, _columns: np.ndarray | None, under: Floats | None, carried: Carried
    ) -> tuple[Carried, np.ndarray | None]:
        """Go from the coordinates of layer j + 1 to those of layer j."""
        coefficients, constant, error = carried
        relaxation, live, pairs = self.relaxations[j], self.live[j + 1], self.live_pairs[j]
        below, rise = (
            None if slope is None else slope[live] for slope in (self.layers[j].below, self.layers[j].rise)
        )
        bend = coefficients.copy() if rise is None else coefficients * rise
        kinks = bend[..., pairs.second]
        together = pairs.relaxation.together[:, None, :]
        joined, apart = np.where(together, kinks, 0.0), np.where(together, 0.0, kinks)
        bend[..., pairs.first] -= apart
        bend[..., pairs.second] = apart
        lower_slope = relaxation.under[:, None, :] if under is None else under
        moved = bend * np.where(bend > 0, lower_slope, relaxation.chord[:, None, :])
        shift = np.matmul(np.minimum(bend, 0.0), relaxation.shift[:, :, None])[..., 0]
        moved[..., pairs.first] += moved[..., pairs.second]
        lines, shifts = _lines(joined, pairs.relaxation)
        moved[..., pairs.second] += lines
        shift = shift + shifts
        error = error + 16 * U * self._rounded(j, coefficients, apart)
        if below is not None:
            moved = moved + coefficients * below
        paid = np.matmul(np.abs(moved), self.reach[j][:, :, None])[..., 0]
        total = constant + moved @ self.layers[j].bias[live] + shift
        error = error + gamma(self.weights[j].rounding_terms) * (paid + np.abs(shift))
        error = error + 4 * U * (np.abs(constant) + np.abs(total))
        error = error + TINY * (1 + self.sizes[j].sum(axis=1)[:, None])
        return (self.weights[j].pulled(moved), total, error), None

    def _rounded(self, j: int, coefficients: Floats, apart: Floats) -> Floats:
        """Return what slopes and sums of coefficients may be off by, in units of 16 u."""
        layer, live, pairs = self.layers[j], self.live[j + 1], self.live_pairs[j]
        size = np.abs(coefficients)
        of_sums = np.zeros(size.shape)
        of_sums[..., pairs.first] = np.where(
            apart != 0, size[..., pairs.first] + 2 * size[..., pairs.second], 0
        )
        of_sums[..., pairs.second] = np.where(apart != 0, size[..., pairs.second], 0)
        if layer.below is not None and layer.rise is not None:
            slopes = (np.abs(layer.below) + np.abs(layer.rise) + TINY_SLOPE)[live]
            of_sums = (of_sums + size) * slopes
        return np.asarray(np.matmul(of_sums, self.reach[j][:, :, None])[..., 0])

    # what splits read ---------------------------------------------------------------------------

    def activated(self, k: int, points: Floats) -> tuple[np.ndarray, Floats]:
        """Return which live units are on at points, z' for z' - z, and the coordinates of the values."""
        layer, live, pairs = self.layers[k], self.live[k + 1], self.live_pairs[k]
        values = self.weights[k].values(points) + layer.bias[live]
        values[..., pairs.second] += values[..., pairs.first]
        on = values > 0
        points = on * values
        if layer.below is not None and layer.rise is not None:
            points = layer.below[live] * values + layer.rise[live] * points
        points[..., pairs.second] -= points[..., pairs.first]
        return on, points

    def costs(self, k: int, passed: Floats) -> Floats:
        """Return what the relaxation of each live unit costs; that of a pair counts for its open units."""
        pairs, relaxation = self.live_pairs[k], self.relaxations[k]
        pair, weight = pairs.relaxation, passed[:, pairs.second]
        alone = passed.copy()
        alone[:, pairs.second] = np.where(pair.together, 0.0, weight)
        alone[:, pairs.first] += alone[:, pairs.second]
        cost = super().costs(k, alone)
        joined = np.where(pair.together, weight * (pair.low_shift + pair.high_shift), 0.0)
        rise = self.layers[k].rise
        if rise is not None:
            joined = joined * np.abs(rise[self.live[k + 1][pairs.second]])
        for places in (pairs.first, pairs.second):
            cost[:, places] += np.where(relaxation.unstable[:, places], joined, 0.0)
        return cost

    def charges(self, k: int, passed: Floats, jacobian: Floats) -> Floats:
        """Return the part of the costs for each unit of width of each input, by the jacobian of y and d."""
        pairs, relaxation = self.live_pairs[k], self.relaxations[k]
        pair, weight = pairs.relaxation, passed[:, pairs.second]
        alone = passed.copy()
        alone[:, pairs.second] = 0
        apart = np.where(pair.together, 0.0, weight)
        alone[:, pairs.first] += apart
        charge = super().charges(k, alone, jacobian)
        rise = self.layers[k].rise
        steep = 1.0 if rise is None else np.abs(rise[self.live[k + 1][pairs.second]])
        cost = np.where(pair.together, weight * (pair.low_shift + pair.high_shift), 0.0) * steep
        span = Span(*(bound[:, pairs.chosen] for bound in self.differences[k]))
        by_difference = np.nan_to_num(2 * cost / np.maximum(span.upper - span.lower, TINY), posinf=0.0)
        by_value = np.zeros(cost.shape)
        for places in (pairs.first, pairs.second):
            width = relaxation.upper[:, places] - relaxation.lower[:, places]
            share = np.where(relaxation.unstable[:, places], cost / np.maximum(width, TINY), 0.0)
            by_value += np.nan_to_num(share, posinf=0.0)
        by_value += apart * steep * relaxation.relative_gap[:, pairs.second]
        size = np.abs(jacobian)
        charge = charge + np.matmul(by_difference[:, None], size[:, pairs.second])[:, 0]
        return np.asarray(charge + np.matmul(by_value[:, None], size[:, pairs.first])[:, 0])

    def passed_on(self, k: int, jacobian: Floats) -> Floats:
        """Return the jacobian of z and z' - z, with slopes between those of the lines."""
        layer, pairs, live = self.layers[k], self.live_pairs[k], self.live[k + 1]
        result = super().passed_on(k, jacobian)
        slope = (pairs.relaxation.low_slope + pairs.relaxation.high_slope) / 2
        if layer.below is not None and layer.rise is not None:
            slope = layer.below[live][pairs.second] + layer.rise[live][pairs.second] * slope
        result[:, pairs.second] = jacobian[:, pairs.second] * slope[:, :, None]
        return result


def _live_pairs(layer: PairLayer, live: np.ndarray, paired: PairRelaxation) -> _LivePairs:
    chosen = np.flatnonzero(np.isin(layer.seconds, live))
    first, second = (np.searchsorted(live, places[chosen]) for places in (layer.firsts, layer.seconds))
    return _LivePairs(paired.columns(chosen), first, second, chosen)


def _lines(kinks: Floats, pair: PairRelaxation) -> tuple[Floats, Floats]:
    """Return lower bounds of kinks . r: coefficients of d, and what is added, which is not positive."""
    up, down = np.maximum(kinks, 0.0), np.minimum(kinks, 0.0)
    lines = up * pair.low_slope[:, None, :] + down * pair.high_slope[:, None, :]
    shift = np.matmul(down, pair.high_shift[:, :, None]) - np.matmul(up, pair.low_shift[:, :, None])
    return lines, shift[..., 0]


def _down(a: Floats, b: Floats) -> Floats:
    """Return a double that is at most a + b; minus infinity where that is not defined."""
    total = a + b
    total = total - (_OUT * np.abs(total) + TINY)
    return np.where(np.isnan(total), -np.inf, total)
