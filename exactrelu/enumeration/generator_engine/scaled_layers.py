"""Layers in double precision, each neuron scaled by an exact power of two.

Pre-activation i of layer k is kept as 2^s_i y_i, with s_i such that the sum of the absolute scaled weights
of its row is at most about 1 (`docs/float-filter.md`, section 1), and slopes are at most 1. So values neither
overflow nor grow with the layers, and weights far beyond the range of doubles are no special case. A scaled
weight is the exact one rounded with a relative error of at most 4u, or with an absolute one of 2^-1074 where
it underflows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap

Floats = npt.NDArray[np.float64]

_SAFE_BITS = 400  # numbers of so many bits, times 2^(so many), are normal doubles


class ScaledLayer:
    """An affine layer M whose input and output are scaled coordinate by coordinate.

    ``weights`` has a row for each neuron and one more, which copies the homogeneous coordinate t; its
    last column is that of t. ``exponents`` are the s_i, ``longest`` is the length of the largest numerator.
    """

    def __init__(self, layer: AffineMap, before: Sequence[int]) -> None:
        self.layer, self.before = layer, list(before)
        entries = [int(entry) for entry in layer.matrix.numerators.entries()]
        self.longest = max(*entries, -min(entries)).bit_length()
        bits = self.longest + layer.matrix.denominator.bit_length()
        if bits <= _SAFE_BITS and all(abs(s) <= _SAFE_BITS for s in before):
            weights, self.exponents = self._of_doubles(entries, before)
        else:
            weights, self.exponents = self._of_integers(entries, before)
        copy = np.zeros((1, layer.inputs + 1))
        copy[0, -1] = 1.0
        self.weights: Floats = np.concatenate([weights, copy])

    @property
    def inputs(self) -> int:
        """The number of neurons before, without t."""
        return self.layer.inputs

    @property
    def outputs(self) -> int:
        """The number of neurons, without t."""
        return self.layer.outputs

    @cached_property
    def transposed(self) -> Floats:
        """The weights as the right factor of a product."""
        return np.ascontiguousarray(self.weights.T)

    @cached_property
    def absolute(self) -> Floats:
        """The absolute values of the weights, as the right factor of a product."""
        return np.abs(self.transposed)

    def _of_doubles(self, entries: list[int], before: Sequence[int]) -> tuple[Floats, list[int]]:
        numerators = np.array(entries, dtype=np.float64).reshape(self.outputs, self.inputs + 1)
        columns = np.array([*(-s for s in before), 0], dtype=np.int64)
        # Products with powers of two are exact: all is still normal.
        plain = numerators / float(self.layer.matrix.denominator) * np.ldexp(1.0, columns)
        exponents = -np.frexp(np.abs(plain).sum(axis=1))[1].astype(np.int64)
        return plain * np.ldexp(1.0, exponents)[:, None], exponents.tolist()

    def _of_integers(self, entries: list[int], before: Sequence[int]) -> tuple[Floats, list[int]]:
        columns = [*before, 0]
        top, width, denominator = max(columns), len(columns), self.layer.matrix.denominator
        weights = np.zeros((self.outputs, width))
        exponents = []
        for i in range(self.outputs):
            row = entries[i * width : (i + 1) * width]
            shifted = [entry << (top - s) for entry, s in zip(row, columns, strict=True)]
            shift = sum(map(abs, shifted)).bit_length() - denominator.bit_length() + 1
            weights[i] = [quotient(entry, denominator, shift) for entry in shifted]
            exponents.append(top - shift)
        return weights, exponents


_recent: deque[ScaledLayer] = deque(maxlen=8)
"""Layers that were scaled last: the subtrees of one problem have most of them in common."""


def _scaled(layer: AffineMap, before: list[int]) -> ScaledLayer:
    for one in _recent:
        if one.layer is layer and one.before == before:
            return one
    _recent.append(ScaledLayer(layer, before))
    return _recent[-1]


def quotient(numerator: int, denominator: int, shift: int = 0) -> float:
    """Return numerator / (denominator 2^shift), rounded once (Python's division of integers is)."""
    if shift >= 0:
        return numerator / (denominator << shift)
    return (numerator << -shift) / denominator


def scaled_layers(
    layers: Sequence[AffineMap], activations: Sequence[Activation]
) -> tuple[list[ScaledLayer], list[Activation]]:
    """Return the hidden layers, each scaled by what the one before leaves, and slopes of at most 1 between.

    What is taken from a neuron's slopes, a power of two, is put into the weights that read it.
    """
    result: list[ScaledLayer] = []
    flat: list[Activation] = []
    exponents = [0] * (layers[0].inputs if layers else 0)
    for layer, activation in zip(layers, activations, strict=True):
        result.append(_scaled(layer, exponents))
        slopes, steepness = activation.flattened()
        flat.append(slopes)
        exponents = [s - e for s, e in zip(result[-1].exponents, steepness, strict=True)]
    return result, flat
