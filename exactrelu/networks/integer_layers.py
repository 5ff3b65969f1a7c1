"""Layers in plain integers, as compiled code takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap

if TYPE_CHECKING:  # it needs NumPy, without which a small network is counted sooner
    from exactrelu.kernels.exact_values import IntegerLayer


def integer_layers(layers: Iterable[AffineMap], activations: Iterable[Activation]) -> list[IntegerLayer]:
    """Return hidden layers in integers over denominators, as many as there are activations."""
    from exactrelu.kernels.exact_values import IntegerLayer

    return [
        IntegerLayer(
            [int(entry) for entry in layer.matrix.numerators.entries()],
            int(layer.matrix.denominator),
            activation.integer_pairs,
            activation.denominator,
        )
        for layer, activation in zip(layers, activations, strict=False)
    ]
