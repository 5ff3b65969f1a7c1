"""The formulas: of widths (n_1, ..., n_K) of hidden layers and the dimension d of the domain.

Lemma (half-open cells count like regions). Of m affine functionals on R^d, at most
sum_{j <= d} C(m, j) sets are of the form {i : y_i(x) > 0}. Proof. By the lemma of Sauer and Shelah it is
enough that no d + 1 of them have all sets. They and the constant 1 are d + 2 vectors in a space of
dimension d + 1: sum c_i y_i = c_0 with c_0 = 1, or c_0 = 0 and some c_i < 0. Where y_i > 0 for
c_i < 0 alone, the sum is at most 0, and less if such an i is there: a contradiction.

So every bound below that is derived layer by layer holds for half-open cells, those of lower dimension
included, as for full-dimensional ones; closed cells overlap, and none of them but 2^N holds there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import accumulate


def partial_sum(neurons: int, dimension: int) -> int:
    """Return sum_{j=0}^{d} C(m, j): the most cells of m hyperplanes in R^d (Zaslavsky 1975).

    Examples
    --------
    >>> partial_sum(3, 2), partial_sum(3, 7), partial_sum(0, 2)
    (7, 8, 1)
    """
    return sum(math.comb(neurons, j) for j in range(min(neurons, dimension) + 1))


def layer_product(hidden: Sequence[int], dimension: int) -> int:
    """Return prod_k sum_{j <= d} C(n_k, j) (the proof of Theorem 1 of Raghu et al. 2017).

    Examples
    --------
    >>> layer_product((3, 3), 2), layer_product((), 2)
    (49, 1)
    """
    return math.prod(partial_sum(width, dimension) for width in hidden)


def narrowed_product(hidden: Sequence[int], limits: Sequence[int]) -> int:
    """Return prod_k sum_{j <= d_k} C(n_k, j), d_k the least of the first k limits (Montufar 2017).

    ``limits`` are upper bounds of the ranks of what enters each layer: d, n_1, ..., n_{K-1}, or less.

    Examples
    --------
    >>> narrowed_product((1, 3), (2, 1))
    8
    """
    return math.prod(
        partial_sum(width, limit) for width, limit in zip(hidden, accumulate(limits, min), strict=True)
    )


def serra_bound(hidden: Sequence[int], dimension: int) -> int:
    """Return the sum over J of prod_k C(n_k, j_k) (Serra, Tjandraatmadja & Ramalingam 2018, Theorem 1).

    J has the (j_1, ..., j_K) with 0 <= j_k <= min(d, n_1 - j_1, ..., n_{k-1} - j_{k-1}, n_k): j_k neurons
    of the layer are inactive, and an inactive ReLU lowers the rank of the layer's map.

    Examples
    --------
    >>> serra_bound((3,), 2), serra_bound((1, 3), 2), serra_bound((2, 4), 2)
    (7, 5, 22)
    """

    @cache
    def cells(layer: int, rank: int) -> int:
        if layer == len(hidden):
            return 1
        width = hidden[layer]
        return sum(
            math.comb(width, j) * cells(layer + 1, min(rank, width - j)) for j in range(min(rank, width) + 1)
        )

    return cells(0, dimension)


def montufar_lower_bound(hidden: Sequence[int], dimension: int) -> int | None:
    """Return prod_{k < K} floor(n_k / d)^d times sum_{j <= d} C(n_K, j) (Montufar et al. 2014, Theorem 4).

    Some network of these widths has so many linear regions. It is stated for n_k >= d >= 1 in every
    hidden layer; None elsewhere.

    Examples
    --------
    >>> montufar_lower_bound((4, 4), 2), montufar_lower_bound((4, 1), 2)
    (44, None)
    """
    if dimension < 1 or not hidden or min(hidden) < dimension:
        return None
    folds: int = math.prod((width // dimension) ** dimension for width in hidden[:-1])
    return folds * partial_sum(hidden[-1], dimension)
