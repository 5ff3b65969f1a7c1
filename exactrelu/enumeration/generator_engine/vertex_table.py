"""The table of vertices that all cells of a chunk share, with their proven signs.

Row v stands for a vertex or a ray of some cells, a homogeneous vector (X, t) up to a positive factor. It has
the scaled pre-activations Y[v] of the current layer with t in the last column, bounds E[v] on their errors,
and the exact signs, of neurons with a bit: others are never split, and 1 stands for them. For some positive
factor c the exact vector y satisfies

    |Y[v, j] - c y_j| <= E[v, j]   for all columns j.

A sign is read from Y only where |Y| > E; all else, NaN and infinite bounds included, is decided in
integers. The bounds are derived in `docs/float-filter.md`; the numbers (1) to (3) refer to it.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.exact_values import ExactLayers, Homogeneous
from exactrelu.enumeration.generator_engine.pedigree import Integers, Pedigree
from exactrelu.enumeration.generator_engine.scaled_layers import (
    Floats,
    ScaledLayer,
    quotient,
    scaled_layers,
)
from exactrelu.kernels.library import compiled
from exactrelu.kernels.signs import decide_signs
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.numbers.rounding_mode import require_rounding_to_nearest

Signs = npt.NDArray[np.int8]

_U = 2.0**-53
_FLOOR = 1e-300  # more than all underflows of one bound together
_ROUND_UP = 1 + 1e-12  # more than the roundings in computing one bound
_WIDEST = 10**5  # of wider layers nothing is claimed


class VertexTable:
    """The vertices of a chunk at one layer; ``size`` rows are in use.

    ``signs`` is stored by neuron, so that the signs of one neuron lie side by side.
    """

    def __init__(
        self,
        layers: list[ScaledLayer],
        activations: list[Activation],
        pedigree: Pedigree,
        nodes: Integers,
    ) -> None:
        self.layers = layers
        self.activations = activations
        self.pedigree = pedigree
        self.layer = -1
        self.size = len(nodes)
        self.nodes = nodes
        self.live: list[int] = []  # the neuron of each column; in the last layer some may be dropped
        self.linear: Integers = np.zeros(0, dtype=np.int64)  # the columns of neurons without a bit
        self.values: Floats = np.empty((0, 0))
        self.bounds: Floats = np.empty((0, 0))
        self.signs: Signs = np.empty((0, 0), dtype=np.int8)
        self.asked = 0  # signs that were needed
        self.ambiguous = 0  # signs among them that doubles did not decide

    @classmethod
    def of_seeds(cls, network: Network, seeds: list[Homogeneous], *, outputs: bool = False) -> Self:
        """Return the table of the given vertices, before the first layer is entered.

        With ``outputs`` the last layer is entered too, as one of linear neurons.
        """
        require_rounding_to_nearest("generators")
        layers, activations = network.layers[:-1], network.activations
        if outputs:
            layers, activations = network.layers, (*activations, Activation.linear(network.outputs))
        pedigree = Pedigree(ExactLayers(layers, activations), seeds)
        return cls(*scaled_layers(layers, activations), pedigree, np.arange(len(seeds)))

    @property
    def weight(self) -> int:
        """How many bytes the table takes, about."""
        return 17 * len(self.signs) * self.size

    # layers ---------------------------------------------------------------------------------------

    @property
    def activation(self) -> Activation:
        """What the neurons of the current layer make of their values."""
        return self.activations[self.layer]

    def enter_layer(self) -> None:
        """Compute values, bounds and signs of the next layer."""
        self.layer += 1
        width = self.layers[self.layer].outputs
        self.live = list(range(width))
        self.linear = np.setdiff1d(np.arange(width), self.activation.bent)
        if self.layer == 0:
            self._enter_first(width)
        else:
            self._propagate()
        self.signs = np.empty((width, len(self.values)), dtype=np.int8)
        self._decide(0, self.size, 0)

    def _enter_first(self, width: int) -> None:
        self.values = np.zeros((self.size, width + 1))
        self.bounds = np.full((self.size, width + 1), np.inf)  # so all is decided in integers

    def _propagate(self) -> None:
        layer = self.layers[self.layer]
        hidden = self.values[: self.size]
        errors = self.bounds[: self.size]
        positive = self.signs[:, : self.size].T > 0
        self.activations[self.layer - 1].pass_on(hidden[:, :-1], errors[:, :-1], positive)
        with np.errstate(all="ignore"):
            size = np.abs(hidden)
            floor = _FLOOR * (layer.inputs + 2) * (1.0 + size.sum(axis=1) + errors.sum(axis=1))
            errors *= 1 + 8 * _U
            size *= (layer.inputs + 16) * (1.01 * _U)
            errors += size
            self.bounds = (errors @ layer.absolute) * (1 + 1e-10 if layer.inputs <= _WIDEST else np.inf)
            self.bounds += floor[:, None]  # (3)
            self.values = hidden @ layer.transposed

    def _decide(self, start: int, end: int, first: int) -> None:
        """Fill in the signs of the rows from ``start`` to ``end`` for the neurons from ``first`` on."""
        undecided, rows = self._by_doubles(start, end, first)
        self.asked += (end - start) * (len(self.signs) - first)
        if undecided:
            self.ambiguous += undecided
            self.refresh(start + np.flatnonzero(rows))

    def _by_doubles(self, start: int, end: int, first: int) -> tuple[int, npt.NDArray[np.bool_]]:
        """Read signs from doubles; return how many are left open, and which rows have one of these."""
        if library := compiled():
            bent = np.ones(len(self.signs), dtype=np.bool_)
            bent[self.linear] = False
            return decide_signs(library, self.values, self.bounds, bent, self.signs, (start, end, first))
        values = self.values[start:end, first:-1]
        bound = self.bounds[start:end, first:-1]
        with np.errstate(invalid="ignore"):
            above, below = values > bound, values < -bound
        signs = above.view(np.int8) - below.view(np.int8)
        if len(self.linear):
            signs[:, self.linear[self.linear >= first] - first] = 1
        self.signs[first:, start:end] = signs.T
        return signs.size - int(np.count_nonzero(signs)), np.asarray(~signs.all(axis=1))

    def refresh(self, rows: Integers) -> None:
        """Replace values, bounds and signs of the rows by what integers say."""
        found = self.pedigree.machine_values(self.nodes[rows], self.layer)
        if found is not None:
            ys, fits = found
            self._replace(rows[fits], ys[fits])
            rows = rows[~fits]
        if len(rows):
            self._refresh_one_by_one(rows)

    def _replace(self, rows: Integers, ys: Integers) -> None:
        """Replace the rows, given their exact values in machine integers."""
        ys = ys[:, [*self.live, -1]]
        self.signs[:, rows] = np.sign(ys[:, :-1]).T
        self.signs[self.linear[:, None], rows] = 1
        scales = np.array(self.exponents, dtype=np.int64)
        rounded = ys.astype(np.float64)  # once: an entry is only scaled by powers of two now
        sizes = np.where(ys != 0, np.frexp(rounded)[1] + scales, np.iinfo(np.int64).min // 2)
        shifts = np.clip(scales - sizes.max(axis=1, keepdims=True), -5000, 0)  # 2^-5000 is 0 as a double
        self.values[rows] = np.where(ys != 0, np.ldexp(rounded, shifts), 0.0)
        self.bounds[rows] = np.where(ys != 0, np.abs(self.values[rows]) * (2 * _U) + _FLOOR, 0.0)  # (1)

    def _refresh_one_by_one(self, rows: Integers) -> None:
        exponents = self.exponents
        exact = self.pedigree.values(self.nodes[rows].tolist(), self.layer)
        for row, all_ys in zip(rows.tolist(), exact, strict=True):
            ys = [*(all_ys[neuron] for neuron in self.live), all_ys[-1]]
            self.signs[:, row] = [(y > 0) - (y < 0) for y in ys[:-1]]
            self.signs[self.linear, row] = 1
            top = max((abs(y).bit_length() + s for y, s in zip(ys, exponents, strict=True) if y), default=0)
            self.values[row] = [quotient(y, 1, top - s) for y, s in zip(ys, exponents, strict=True)]
            known = np.abs(self.values[row]) * (2 * _U) + _FLOOR  # (1)
            self.bounds[row] = np.where(np.array([y != 0 for y in ys]), known, 0.0)

    @property
    def exponents(self) -> list[int]:
        """The powers of two by which the columns are scaled, t last."""
        every = self.layers[self.layer].exponents
        return [*(every[neuron] for neuron in self.live), 0]

    def column(self, neuron: int) -> int:
        """Return the column of a neuron."""
        return bisect_left(self.live, neuron)

    def signs_of(self, neuron: int) -> Signs:
        """Return the signs of a neuron at all vertices."""
        return self.signs[self.column(neuron), : self.size]

    def constant(self, neurons: list[int]) -> Signs:
        """Return, for each neuron, the sign that it has at all vertices, 0 if they differ or vanish."""
        if not neurons or not self.size:
            return np.zeros(len(neurons), dtype=np.int8)
        signs = self.signs[[self.column(neuron) for neuron in neurons], : self.size]
        low: Signs = signs.min(axis=1)
        return np.where(low == signs.max(axis=1), low, 0)

    def keep(self, neurons: list[int]) -> None:
        """Drop all columns but those of these neurons with a bit: nobody will ask (in the last layer)."""
        columns = [self.column(neuron) for neuron in neurons]
        self.live = list(neurons)
        self.linear = self.linear[:0]
        # Contiguous: kernels ask for it, and NumPy may return columns as they lay.
        self.signs = np.ascontiguousarray(self.signs[columns, : self.size])
        self.values = np.ascontiguousarray(self.values[: self.size, [*columns, -1]])
        self.bounds = np.ascontiguousarray(self.bounds[: self.size, [*columns, -1]])

    # new vertices -----------------------------------------------------------------------------------

    def cut(self, positive: Integers, negative: Integers, neuron: int) -> Integers:
        """Add the zeros of ``neuron`` on edges from ``positive`` to ``negative``; return their rows."""
        start, end = self.size, self.size + len(positive)
        self._reserve(end)
        # In the last layer nobody needs the values of neurons that are done.
        column = self.column(neuron)
        first = column if self.layer == len(self.layers) - 1 else 0
        p, q = self.values[positive, first:], self.values[negative, first:]
        here = column - first
        with np.errstate(all="ignore"):
            a, b = np.abs(p[:, here]), np.abs(q[:, here])
            total = a + b
            alpha = a / total
            q -= p  # the difference D
            error = np.maximum(self.bounds[positive, first:], self.bounds[negative, first:])
            room = total * (1 - 8 * _U) - 2 * error[:, here]
            safe = (room > 0) & np.isfinite(total)
            drift = np.where(safe, error[:, here] / room, np.inf) + 6 * _U
            error += np.abs(q) * drift[:, None]
            q *= alpha[:, None]
            q += p
            error += np.abs(q) * (2 * _U) + _FLOOR
            error *= _ROUND_UP  # (2)
        error[:, here] = 0.0
        self.bounds[start:end, first:] = error
        q[:, here] = 0.0
        self.values[start:end, first:] = q
        done = self.signs[:column, positive] | self.signs[:column, negative]  # no edge is crossed by these
        self.signs[:column, start:end] = done
        self.signs[column, start:end] = 0
        self.nodes[start:end] = self.pedigree.add(
            self.nodes[positive], self.nodes[negative], self.layer, neuron
        )
        self.size = end
        if column + 1 < len(self.signs):
            self._decide(start, end, column + 1)
        return np.arange(start, end)

    def _reserve(self, size: int) -> None:
        capacity = len(self.values)
        if size <= capacity and size <= len(self.nodes):
            return
        capacity = max(2 * size, 64, capacity)
        self.values = _grown(self.values, (capacity, self.values.shape[1]))
        self.bounds = _grown(self.bounds, (capacity, self.values.shape[1]))
        self.nodes = _grown(self.nodes, (capacity,))
        self.signs = _grown(self.signs, (len(self.signs), capacity))

    # parts ------------------------------------------------------------------------------------------

    def restricted(self, rows: Integers) -> Self:
        """Return the table of the given rows alone, in their order."""
        pedigree, nodes = self.pedigree.restricted(self.nodes[rows])
        part = type(self)(self.layers, self.activations, pedigree, nodes)
        part.layer, part.live, part.linear = self.layer, list(self.live), self.linear
        part.values = self.values[rows]
        part.bounds = self.bounds[rows]
        part.signs = np.ascontiguousarray(self.signs[:, rows])
        return part

    def coordinates(self, rows: list[int]) -> list[Homogeneous]:
        """Return the exact primitive coordinates (X, t) of the rows."""
        return self.pedigree.coordinates(self.nodes[rows].tolist())

    def __getstate__(self) -> dict[str, Any]:
        trimmed = {
            "values": self.values[: self.size].copy(),
            "bounds": self.bounds[: self.size].copy(),
            "nodes": self.nodes[: self.size].copy(),
            "signs": self.signs[:, : self.size].copy(order="C"),
        }
        return self.__dict__ | trimmed


def _grown(array: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    result = np.empty(shape, dtype=array.dtype)
    result[tuple(slice(0, n) for n in array.shape)] = array
    return result
