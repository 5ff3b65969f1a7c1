"""Where two networks are one function by their structure: coordinates of pairs that are exactly zero.

On a box some neurons are zero: bounds show that they are off. A difference d = y' - y is zero where its row
has no entry on a coordinate that is not zero; then z' - z is zero too, whatever the signs. So zeros go from
layer to layer, and where they reach the outputs the networks agree on the whole box. Nothing is rounded: what
counts is which entries of the exact rows in coordinates (`exactrelu.networks.paired_networks`) are zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.paired_networks import PairedNetworks

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Entries:
    """Which entries of a layer are not zero, its constants apart; 1 or 0 in single precision."""

    weights: Any
    bias: Flags

    @classmethod
    def of(cls, layer: AffineMap) -> _Entries:
        """Return the entries of a layer in coordinates."""
        rows = [[bool(entry) for entry in row] for row in layer.matrix.numerators.tolist()]
        table = np.array(rows, dtype=bool).reshape(len(rows), layer.inputs + 1)
        return cls(table[:, :-1].astype(np.float32), table[:, -1])

    def zero(self, live: Flags) -> Flags:
        """Return which rows are zero, given which coordinates may be something else: (boxes, rows)."""
        return np.asarray((live.astype(np.float32) @ self.weights.T == 0) & ~self.bias)

    def read(self, rows: Flags) -> Flags:
        """Return which coordinates some of the rows read."""
        return np.asarray((rows.astype(np.float32) @ self.weights) > 0)


class Vanishing:
    """The zero entries of two networks in coordinates of pairs, and what follows from them."""

    def __init__(self, networks: PairedNetworks) -> None:
        self._inputs = networks.joint.inputs
        self._layers = [_Entries.of(layer) for layer in networks.differences]
        self._last = _Entries.of(networks.last)
        self._firsts = [np.array(pairs.firsts, dtype=int) for pairs in networks.pairs]
        self._seconds = [np.array(pairs.seconds, dtype=int) for pairs in networks.pairs]
        self._starts = [pairs.start for pairs in networks.pairs]
        slopes = [activation.slopes for activation in networks.joint.activations]
        self._flat = [np.array([not below for below, _ in layer], dtype=bool) for layer in slopes]
        self._zero = [np.array([not any(pair) for pair in layer], dtype=bool) for layer in slopes]

    def zero_outputs(self, low: Floats, high: Floats, upper: Sequence[Floats]) -> Flags:
        """Return which outputs of the difference are zero on boxes, given upper bounds of pre-activations.

        ``upper[k]`` has the shape (boxes, neurons of layer k + 1); the result (boxes, outputs).
        """
        off = [(bound <= 0) & flat for bound, flat in zip(upper, self._flat, strict=True)]
        return self._last.zero(self._live((low != 0) | (high != 0), off)[-1])

    def _live(self, live: Flags, off: Sequence[Flags]) -> list[Flags]:
        """Return which coordinates may be something else than zero: of the inputs, then layer by layer."""
        found = [live]
        for k, layer in enumerate(self._layers):
            vanishing = layer.zero(found[-1])
            firsts, seconds = self._firsts[k], self._seconds[k]
            zero = off[k] | self._zero[k]
            both = zero[:, firsts] & zero[:, seconds]
            zero = zero | vanishing
            zero[:, seconds] = both | vanishing[:, seconds]
            found.append(~zero)
        return found

    def open_neurons(self, signs: Sequence[np.ndarray]) -> int:
        """Return how many open signs the difference depends on; both of a pair count once.

        ``signs`` are those of `exactrelu.verification.exact_leaf.ExactLeaf`. The number steers a search.
        """
        off = [((sign % 2 == 0) & flat)[None] for sign, flat in zip(signs, self._flat, strict=True)]
        live = self._live(np.ones((1, self._inputs), dtype=bool), off)
        read = self._last.read(~self._last.zero(live[-1])) & live[-1]
        count = 0
        for k in range(len(self._layers) - 1, -1, -1):
            rows, is_open = self._rows_read(k, read[0], signs[k])
            count += int(is_open.sum())
            read = self._layers[k].read(rows[None]) & live[k]
        return count

    def changed_neurons(self) -> list[tuple[int, int]]:
        """Return (hidden layer from 0, neuron) where the networks begin to differ, firsts for seconds.

        These are the pairs whose difference reads more than differences, and the neurons without partner.
        """
        found, before = [], np.array([], dtype=int)
        for k, layer in enumerate(self._layers):
            firsts, seconds = self._firsts[k], self._seconds[k]
            own = np.ones(layer.weights.shape[1], dtype=bool)
            own[before] = False
            changed = (layer.weights[seconds][:, own] != 0).any(axis=1) | layer.bias[seconds]
            found += [(k, int(i)) for i in (*firsts[changed], *self._alone(k))]
            before = seconds
        return found

    def _alone(self, k: int) -> range:
        """Return the neurons of the second network that have no partner."""
        return range(self._starts[k] + len(self._seconds[k]), len(self._layers[k].bias))

    def _rows_read(self, k: int, read: Flags, signs: np.ndarray) -> tuple[Flags, Flags]:
        """Return the pre-activations, d in the place of y', that the coordinates depend on, and open ones."""
        firsts, seconds = self._firsts[k], self._seconds[k]
        rows, is_open = read.copy(), read & (signs == -1)
        is_open[seconds] = False
        one, two = signs[firsts] % 2, signs[seconds] % 2
        is_known = (signs[firsts] != -1) & (signs[seconds] != -1)
        mixed = read[seconds] & ~(is_known & (one == two))
        rows[firsts] |= mixed
        is_open[firsts] |= mixed & ~is_known
        return rows, is_open


@lru_cache(maxsize=4)
def vanishing(networks: PairedNetworks) -> Vanishing:
    """Return the zeros of two networks; one search after the other asks for them."""
    return Vanishing(networks)
