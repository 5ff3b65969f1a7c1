"""Whether the residuals are orthogonal to all that a network of the same signs could compute.

Under fixed signs the output at a sample is linear in the products of weights along the paths from the inputs,
or from a bias, to the output. The loss is convex in the outputs, hence in these products. So where its
derivative by each of them is zero, no parameters with these signs have a smaller loss. For a path through
neurons i_1, ..., i_{L-1} to the output k the derivative by the product that starts at the input j is
sum_n u_kn s_{L-1, i_{L-1}}(n) ... s_{1, i_1}(n) x^n_j, where u is the derivative of the loss by the outputs
and s are the slopes; for a product that starts with a bias, the same without x and the slopes before.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from exactrelu.losses.sample_pass import Choices, Rows, SamplePass, Vector

MOST_VECTORS = 20_000


def derivatives_by_paths_vanish(through: SamplePass, slopes_of_loss: Rows, choices: Choices) -> bool | None:
    """Return whether the derivative by every product along a path is zero; None for too many paths."""
    current = {tuple(row) for row in slopes_of_loss}
    for k in range(through.network.depth - 1, -1, -1):
        if any(sum(vector) for vector in current) and _has_biases(through, k):
            return False
        if k:
            slopes = through.slopes(k - 1, choices)
            current = set(_masked(current, {tuple(row) for row in slopes}))
            if len(current) > MOST_VECTORS:
                return None
    columns = [*zip(*through.data.inputs, strict=True)]
    return not any(_dot(vector, column) for vector in current for column in columns)


def _has_biases(through: SamplePass, layer: int) -> bool:
    return through.biases or any(through.network.layers[layer].bias)


def _masked(vectors: Iterable[Vector], slopes: Iterable[Vector]) -> Iterable[Vector]:
    slopes = list(slopes)
    for vector in vectors:
        for row in slopes:
            yield tuple(u * s for u, s in zip(vector, row, strict=True))


def _dot(one: Vector, two: Vector) -> Fraction:
    return sum((a * b for a, b in zip(one, two, strict=True)), Fraction(0))
