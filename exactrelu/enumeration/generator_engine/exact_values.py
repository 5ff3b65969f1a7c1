"""Exact pre-activations at integer points: the road that decides what doubles leave open.

A point is a homogeneous integer vector (X, t), t >= 0 (t = 0: a direction). The network extends to such
vectors by y_k(X, t) = t y_k(X / t), positively homogeneous, with every bias times t; it is continuous, so
that directions have values as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from flint import fmpz_mat

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap

if TYPE_CHECKING:  # it needs NumPy, without which a small network is counted sooner
    from exactrelu.kernels.exact_values import MachineLayers

Homogeneous = tuple[int, ...]


class ExactLayers:
    """The hidden layers in integers."""

    def __init__(self, layers: Sequence[AffineMap], activations: Sequence[Activation]) -> None:
        self._layers = layers
        self._matrices = [layer.matrix for layer in layers]
        self._activations = activations

    @cached_property
    def machine(self) -> MachineLayers | None:
        """The layers in machine integers, if they fit."""
        from exactrelu.kernels.exact_values import MachineLayers
        from exactrelu.networks.integer_layers import integer_layers

        layers = integer_layers(self._layers, self._activations)
        inputs = self._matrices[0].numerators.ncols() - 1 if self._matrices else 0
        return MachineLayers.of(inputs, layers)

    def values(self, points: Sequence[Homogeneous], layer: int) -> list[list[int]]:
        """Return, for each point, a positive multiple of (y_layer, t): pre-activations, then t.

        ``layer`` counts from 0.
        """
        columns = fmpz_mat([list(point) for point in points]).transpose()
        for matrix, activation in zip(self._matrices[:layer], self._activations, strict=False):
            ys = (matrix.numerators * columns).transpose().tolist()
            scale = matrix.denominator * activation.denominator
            hidden = [activation.integer_values(y) for y in ys]
            for values, t in zip(hidden, columns.tolist()[-1], strict=True):
                values.append(t * scale)
            columns = fmpz_mat(hidden).transpose()
        matrix = self._matrices[layer]
        ends = [int(entry) * matrix.denominator for entry in columns.tolist()[-1]]
        ys = (matrix.numerators * columns).transpose().tolist()
        return [[*map(int, y), t] for y, t in zip(ys, ends, strict=True)]
