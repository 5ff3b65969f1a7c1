"""What the kernel of the plane computes with: a chart and a network as scaled doubles (docs/float-filter.md).

Coordinates of the plane and neurons are scaled by powers of two so that no entry of a row of the first layer
exceeds 1. Where all numbers are multiples of 2^-g, few bits long, doubles are exact: g is the *grid*.
"""

from __future__ import annotations

import numpy as np

from exactrelu.enumeration.generator_engine.plane_chart import FirstPolygon, PlaneChart, Vector
from exactrelu.enumeration.generator_engine.scaled_layers import ScaledLayer, quotient, scaled_layers
from exactrelu.kernels.plane import (
    BENT,
    INEXACT,
    LINEAR,
    ZERO,
    Bytes,
    CellArrays,
    Doubles,
    LayerArrays,
    StartArrays,
)
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network

_ROUNDED = 2.0**-52 + 1e-300  # more than an entry of at most 1 loses when it is rounded once
_LONGEST = 53  # bits of an integer that is a double
_MOST = 1 << 10  # grids beyond are no use, and no double need have such digits


class PlaneArrays:
    """The network and the chart, scaled."""

    def __init__(self, network: Network, chart: PlaneChart) -> None:
        hidden = network.layers[:-1]
        scaled, flat = scaled_layers(hidden, network.activations)
        self.exponents = [layer.exponents for layer in scaled]
        rows = [[int(entry) for entry in row] for row in chart.first_rows.tolist()]
        denominator, exponents = hidden[0].matrix.denominator, self.exponents[0]
        self._columns = [
            _column_exponent([row[j] for row in rows], denominator, exponents, chart.end[j]) for j in range(3)
        ]
        self.start, exact = self._start(rows, denominator, exponents, chart.end)
        grids = self._known_grids(scaled, network.activations) if exact else [INEXACT] * len(hidden)
        kinds = [
            _kinds(layer, activation) for layer, activation in zip(scaled, network.activations, strict=True)
        ]
        kinds[0][[i for i, row in enumerate(rows) if not any(row) and kinds[0][i] == BENT]] = ZERO
        self.layers = [LayerArrays(kinds[0])]
        self.layers += [_layer(kinds[k], scaled[k], flat[k - 1], grids[k]) for k in range(1, len(hidden))]

    def _start(
        self, rows: list[list[int]], denominator: int, exponents: list[int], end: Vector
    ) -> tuple[StartArrays, bool]:
        table = np.array(
            [
                [quotient(row[j], denominator, e - s) for row, s in zip(rows, exponents, strict=True)]
                for j, e in enumerate(self._columns)
            ],
            dtype=np.float64,
        )
        ends = np.array([quotient(entry, 1, e) for entry, e in zip(end, self._columns, strict=True)])
        grid = _power(denominator) + max(self._columns) - min(exponents)
        longest = max((abs(x).bit_length() for row in [*rows, end] for x in row), default=0)
        exact = grid <= _MOST and longest <= _LONGEST
        grid = max(0, grid, *self._columns) if exact else INEXACT
        return StartArrays(table, ends, 0.0 if exact else _ROUNDED, grid), exact

    def _known_grids(self, layers: list[ScaledLayer], activations: tuple[Activation, ...]) -> list[int]:
        """Return the grid of each layer's maps: its unscaled rows are multiples of 2^-(sum of the powers)."""
        grids: list[int] = []
        total = 0
        for k, layer in enumerate(layers):
            total += _power(layer.layer.matrix.denominator)
            plain = k == 0 or {s for pair in activations[k - 1].slopes for s in pair} <= {-1, 0, 1}
            if total > _MOST or not plain or layer.longest > _LONGEST:
                return grids + [INEXACT] * (len(layers) - k)
            grid = total + max(self._columns) - min(layer.exponents)
            grids.append(max(0, grid) if grid <= _MOST else INEXACT)
        return grids

    def cell(self, polygon: FirstPolygon, width: int) -> CellArrays:
        """Return a first cell; the first layer has so many neurons."""
        corners, grids = zip(*(self._scaled_vector(z, 1) for z in polygon.corners), strict=True)
        edges, more = zip(*(self._scaled_vector(row, -1) for row in polygon.edges), strict=True)
        names = np.array(polygon.names, dtype=np.int64)
        forced = np.zeros(width, dtype=np.int8)
        for neuron, sign in polygon.forced.items():
            forced[neuron] = sign
        return CellArrays(
            np.array(corners),
            np.stack([np.roll(names, 1), names], axis=1).copy(),
            np.array(edges),
            names,
            np.stack([polygon.open_corners, polygon.open_edges], axis=1).astype(np.uint8),
            max(0, *grids, *more),
            forced,
        )

    def to_inputs(self, chart: PlaneChart) -> Doubles:
        """Return the matrix (3, inputs + 1) from scaled coordinates to (X, t), up to a positive factor."""
        rows = list(zip(chart.basis, self._columns, strict=True))
        top = max(abs(x).bit_length() - e for row, e in rows for x in row if x)
        return np.array([[quotient(x, 1, e + top) for x in row] for row, e in rows], dtype=np.float64)

    def _scaled_vector(self, z: Vector, direction: int) -> tuple[list[float], int]:
        """Return a vector, columns scaled one way or the other, all to about 1, its error; its grid."""
        shifts = [direction * e for e in self._columns]
        top = max(abs(x).bit_length() + s for x, s in zip(z, shifts, strict=True) if x)
        entries = [quotient(x, 1, top - s) for x, s in zip(z, shifts, strict=True)]
        grid = max(top - s for x, s in zip(z, shifts, strict=True) if x)
        exact = grid <= _MOST and all(abs(x).bit_length() <= _LONGEST for x in z)
        return [*entries, 0.0 if exact else _ROUNDED], grid if exact else 0


def _column_exponent(column: list[int], denominator: int, exponents: list[int], end: int) -> int:
    """Return the exponent e such that no entry of a column times 2^-e exceeds 1."""
    sizes = [
        abs(x).bit_length() + s - denominator.bit_length() + 1
        for x, s in zip(column, exponents, strict=True)
        if x
    ]
    if end:
        sizes.append(abs(end).bit_length())
    return max(sizes, default=0)


def _power(denominator: int) -> int:
    """Return d if a denominator is 2^d, else more than any grid."""
    return denominator.bit_length() - 1 if denominator & (denominator - 1) == 0 else 2 * _MOST


def _kinds(scaled: ScaledLayer, activation: Activation) -> Bytes:
    """Return what each neuron is: linear, bent, or bent and zero everywhere for its weights are zero."""
    kinds = np.full(scaled.outputs, LINEAR, dtype=np.uint8)
    kinds[list(activation.bent)] = BENT
    matrix = scaled.layer.matrix.numerators
    for i in np.flatnonzero(~scaled.weights[:-1].any(axis=1) & (kinds == BENT)).tolist():
        if not any(matrix[i, j] for j in range(matrix.ncols())):  # doubles may have underflowed
            kinds[i] = ZERO
    return kinds


def _layer(kinds: Bytes, scaled: ScaledLayer, before: Activation, grid: int) -> LayerArrays:
    up, down = _weights(scaled, before)
    sizes = np.abs(up)
    if down is not None:
        sizes[:-1] = np.maximum(sizes[:-1], np.abs(down))
    return LayerArrays(kinds, up, down, float(sizes.sum(axis=0).max()) * (1 + 1e-9), grid)


def _weights(scaled: ScaledLayer, before: Activation) -> tuple[Doubles, Doubles | None]:
    """Return what neurons before add if their bit is 1, with t in the last row, and if it is 0."""
    if before.is_relu:
        return scaled.transposed, None
    below, above = np.array([[float(s) for s in pair] for pair in before.slopes]).reshape(-1, 2).T
    up, down = scaled.transposed.copy(), scaled.transposed[:-1].copy()
    up[:-1] *= above[:, None]
    down *= below[:, None]
    return up, down
