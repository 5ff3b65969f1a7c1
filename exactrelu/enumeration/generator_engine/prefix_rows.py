"""Pre-activations and outputs of many sorted cells: what cells with a common prefix share is composed once.

The rows of layer k depend on the bits of the layers before alone. Cells that are sorted by configuration come
in runs with one such prefix, so a run has a number. As long as the rows are surely short those of all runs
are composed together (`short_rows`), when somebody asks for the layer; from the first layer on where they may
not be, a run's are when somebody asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate, pairwise, takewhile

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat

from exactrelu.enumeration.generator_engine.short_rows import ShortRows
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import primitive

Bits = npt.NDArray[np.uint8]
Index = npt.NDArray[np.int64]
Matrices = Sequence[Sequence[Sequence[int]]]

_FEW = 1 << 13  # weights of a layer whose rows are all composed when some are wanted
_TOGETHER = 1 << 16  # entries of the masked matrices of one product, about


class PrefixRows:
    """The rows of all layers on cells whose ``bits``, of shape (cells, neurons with a bit), are sorted.

    ``runs[k]`` is, for each cell, the number of its run at layer k (counted from 0).
    """

    def __init__(self, network: Network, bits: Bits) -> None:
        self._network, self._bits = network, bits
        self._offsets = list(accumulate(network.bent_widths, initial=0))
        # Where each cell first differs from the one before, if anywhere.
        change = np.pad(bits[1:] != bits[:-1], ((0, 0), (0, 1)), constant_values=True).argmax(axis=1)
        self.runs: list[Index] = []
        for end in self._offsets:
            new = change < end
            self.runs.append(np.concatenate([[0], np.cumsum(new)]).astype(np.int64))
        self._first = [np.flatnonzero(np.diff(run, prepend=-1)) for run in self.runs]
        self._short: list[ShortRows | None] = []
        self._maps: list[dict[int, Preactivations]] = [{} for _ in self._first]
        self._rows: dict[tuple[int, int, int], Sequence[int]] = {}

    def _short_layer(self, layer: int) -> ShortRows | None:
        """Return the rows of all runs of a layer, None from the first layer on where they may be long."""
        for k in range(len(self._short), layer + 1):
            if not k:
                self._short.append(ShortRows.of_first_layer(self._network.layers[0]))
                continue
            before = self._short[k - 1]
            self._short.append(before and before.next_layer(self._network.layers[k], *self._step_from(k - 1)))
        return self._short[layer]

    def _step_from(self, layer: int) -> tuple[Activation, Index, Bits]:
        """Return what leads to the next layer: the activation, and of its runs the parents and bits."""
        first = self._first[layer + 1]
        own = self._bits[first, self._offsets[layer] : self._offsets[layer + 1]]
        return self._network.activations[layer], self.runs[layer][first], own

    @cached_property
    def _primitive(self) -> list[list[list[list[int]]]]:
        hidden = range(self._network.depth - 1)
        short = takewhile(lambda rows: rows is not None, map(self._short_layer, hidden))
        return [rows.primitive() for rows in short if rows is not None]

    def row_of_cell(self) -> Callable[[int, int, int], Sequence[int]]:
        """Return `row` as a function of cell, layer and neuron."""
        runs, short, known = [run.tolist() for run in self.runs], self._primitive, len(self._primitive)

        def row(cell: int, layer: int, neuron: int) -> Sequence[int]:
            run = runs[layer][cell]
            return short[layer][run][neuron] if layer < known else self.row(layer, run, neuron)

        return row

    def row(self, layer: int, run: int, neuron: int) -> Sequence[int]:
        """Return the primitive row, a positive multiple of the pre-activation of a neuron of a run."""
        row = self._rows.get((layer, run, neuron))
        if row is None:
            short = self._short_layer(layer)
            if short is not None:
                entries = short.values[run, neuron].tolist()
            else:
                matrix = self._map(layer, run).matrix
                entries = [int(matrix[neuron, j]) for j in range(int(matrix.ncols()))]
            row = self._rows[layer, run, neuron] = primitive(entries)
        return row

    def rows(self, layer: int, runs: Index, neurons: Index) -> list[Sequence[int]]:
        """Return `row` of many neurons of a layer, each of the run beside it; runs ascend."""
        pairs = list(zip(runs.tolist(), neurons.tolist(), strict=True))
        found = self._some_rows(layer, runs, neurons)
        if found is None:
            return [self.row(layer, run, neuron) for run, neuron in pairs]
        for (run, neuron), row in zip(pairs, found, strict=True):
            self._rows[layer, run, neuron] = row
        return found

    def _some_rows(self, layer: int, runs: Index, neurons: Index) -> list[Sequence[int]] | None:
        """Return rows in machine integers, without composing the whole layer; None if they may be long."""
        own = self._network.layers[layer]
        if not layer or len(self._short) > layer or own.inputs * own.outputs < _FEW:
            short = self._short_layer(layer)
            return None if short is None else short.some(runs, neurons)
        before = self._short_layer(layer - 1)
        if before is None:
            return None
        step = self._step_from(layer - 1)
        return before.next_rows(own, *step, (runs, neurons))

    def _map(self, layer: int, run: int) -> Preactivations:
        found = self._maps[layer].get(run)
        if found is None:
            found = self._maps[layer][run] = self._composed(layer, run)
        return found

    def _composed(self, layer: int, run: int) -> Preactivations:
        short = self._short_layer(layer)
        if short is not None:
            return Preactivations(fmpz_mat(short.values[run].tolist()), short.scale)
        if not layer:
            return Preactivations.of_first_layer(self._network)
        cell = int(self._first[layer][run])
        start, end = self._offsets[layer - 1 : layer + 1]
        before = self._map(layer - 1, int(self.runs[layer - 1][cell]))
        return before.next_layer(self._network, layer, self._bits[cell, start:end].tolist())

    def outputs(self) -> tuple[Matrices, list[int]]:
        """Return the last layer's matrix [W | b] of each cell, in integers over a scale, and the scales."""
        last = self._network.depth - 1
        short = self._short_layer(last)
        if short is not None:
            return short.values[self.runs[last]].tolist(), [short.scale] * len(self._bits)
        if not last:
            first = Preactivations.of_first_layer(self._network)
            return [first.integer_rows()] * len(self._bits), [first.scale] * len(self._bits)
        matrices: list[Sequence[Sequence[int]]] = []
        scales: list[int] = []
        bounds = [*self._first[last - 1].tolist(), len(self._bits)]
        step = max(1, _TOGETHER // (self._network.layers[last].inputs + 1))
        for run, (start, end) in enumerate(pairwise(bounds)):
            before = self._map(last - 1, run)
            for low in range(start, end, step):
                found, scale = self._last_layer(before, low, min(low + step, end))
                matrices += found
                scales += [scale] * len(found)
        return matrices, scales

    def _last_layer(self, before: Preactivations, start: int, end: int) -> tuple[list[list[list[int]]], int]:
        """Return the output matrices of the cells from ``start`` to ``end``, of one run, and their scale."""
        activation, layer = self._network.activations[-1], self._network.layers[-1].matrix
        active = np.ones((end - start, activation.width), dtype=bool)
        active[:, list(activation.bent)] = self._bits[start:end, self._offsets[-2] :]
        below, above = self._weights
        chosen = np.where(active[:, None, :], above, below)
        product = (fmpz_mat(chosen.reshape(-1, activation.width).tolist()) * before.matrix).tolist()
        scale, outputs = activation.denominator * before.scale, chosen.shape[1]
        offsets = [int(row[-1]) * scale for row in layer.numerators.tolist()]
        found = [[int(entry) for entry in row] for row in product]
        for number, row in enumerate(found):
            row[-1] += offsets[number % outputs]
        return [found[i : i + outputs] for i in range(0, len(found), outputs)], layer.denominator * scale

    @property
    def _weights(self) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
        """The last layer's weights times each neuron's slopes: where it is not active, where it is."""
        activation = self._network.activations[-1]
        rows = [row[:-1] for row in self._network.layers[-1].matrix.integer_rows()]
        below, above = (
            np.array([[w * s for w, s in zip(row, slopes, strict=True)] for row in rows], dtype=object)
            for slopes in (activation.integer_slopes([bit] * activation.bent_width) for bit in (0, 1))
        )
        return below, above
