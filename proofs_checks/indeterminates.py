"""Networks whose weights, biases and bits are indeterminates, so that an identity holds for all at once."""

from __future__ import annotations

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


def difference(left: Polynomials, right: Polynomials) -> str | None:
    """Return the first entry in which two matrices of polynomials differ, None if they are equal."""
    for i, (one, two) in enumerate(zip(left, right, strict=True)):
        for j, (a, b) in enumerate(zip(one, two, strict=True)):
            if a != b:
                return f"entry ({i}, {j}): {a} is not {b}"
    return None
