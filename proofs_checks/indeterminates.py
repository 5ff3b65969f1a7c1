"""Networks whose weights, biases and bits are indeterminates, so that an identity holds for all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

Polynomials = list[list[Any]]


class Indeterminates:
    """Indeterminate matrices W_1, ..., W_L, biases b_1, ..., b_L, bits theta_1, ..., theta_{L-1} and input x.

    Attributes
    ----------
    weights, biases, bits
        ``weights[l]`` is W_l, ``biases[l]`` is b_l, ``bits[k]`` is theta_k; position 0 is not used.
    point
        The input x.
    """

    def __init__(self, *widths: int) -> None:
        shapes = list(zip(widths[1:], widths, strict=False))
        depth = len(shapes)
        names = [
            *(f"w{l}_{i}_{j}" for l, (m, n) in enumerate(shapes, 1) for i in range(m) for j in range(n)),
            *(f"b{l}_{i}" for l, (m, _) in enumerate(shapes, 1) for i in range(m)),
            *(f"t{k}_{i}" for k in range(1, depth) for i in range(widths[k])),
            *(f"x_{j}" for j in range(widths[0])),
        ]
        variables = dict(zip(names, fmpz_mpoly_ctx.get(names, Ordering.lex).gens(), strict=True))
        self.depth = depth
        self.widths = widths
        self.weights: list[Polynomials] = [[]]
        self.biases: list[list[Any]] = [[]]
        self.bits: list[list[Any]] = [[]]
        for l, (m, n) in enumerate(shapes, start=1):
            self.weights.append([[variables[f"w{l}_{i}_{j}"] for j in range(n)] for i in range(m)])
            self.biases.append([variables[f"b{l}_{i}"] for i in range(m)])
        for k in range(1, depth):
            self.bits.append([variables[f"t{k}_{i}"] for i in range(widths[k])])
        self.point = [variables[f"x_{j}"] for j in range(widths[0])]

    def first_layers(self, depth: int) -> Indeterminates:
        """Return the network of the first ``depth`` layers, with the same variables."""
        first = object.__new__(Indeterminates)
        first.depth, first.widths, first.point = depth, self.widths[: depth + 1], self.point
        first.weights, first.biases = self.weights[: depth + 1], self.biases[: depth + 1]
        first.bits = self.bits[:depth]
        return first

    def rearranged(self, layer: int, neurons: Sequence[int]) -> Indeterminates:
        """Return the network where a layer (0: the input) has only the given neurons, in this order."""
        changed = self.first_layers(self.depth)
        changed.widths = tuple(_replaced(self.widths, layer, len(neurons)))
        changed.weights[layer + 1] = [[row[i] for i in neurons] for row in self.weights[layer + 1]]
        if layer == 0:
            changed.point = [self.point[i] for i in neurons]
        else:
            changed.weights[layer] = [self.weights[layer][i] for i in neurons]
            changed.biases[layer] = [self.biases[layer][i] for i in neurons]
            changed.bits[layer] = [self.bits[layer][i] for i in neurons]
        return changed

    def with_zeros(self, layer: int, neuron: int) -> Indeterminates:
        """Return the network where all that belongs to a neuron (in layer 0: to an input) is zero."""
        zero = 0 * self.point[0]
        changed = self.first_layers(self.depth)
        changed.weights[layer + 1] = [_replaced(row, neuron, zero) for row in self.weights[layer + 1]]
        if layer == 0:
            changed.point = _replaced(self.point, neuron, zero)
        else:
            changed.weights[layer] = _replaced(self.weights[layer], neuron, [zero] * self.widths[layer - 1])
            changed.biases[layer] = _replaced(self.biases[layer], neuron, zero)
            changed.bits[layer] = _replaced(self.bits[layer], neuron, zero)
        return changed


def _replaced(entries: Sequence[Any], position: int, new: Any) -> list[Any]:
    return [*entries[:position], new, *entries[position + 1 :]]


def difference(left: Polynomials, right: Polynomials) -> str | None:
    """Return the first entry in which two matrices of polynomials differ, None if they are equal."""
    for i, (one, two) in enumerate(zip(left, right, strict=True)):
        for j, (a, b) in enumerate(zip(one, two, strict=True)):
            if a != b:
                return f"entry ({i}, {j}): {a} is not {b}"
    return None
