"""Bounds of the norm of a network's Jacobian where some signs are open, rigorous in doubles.

On the cells of bits b the Jacobian is W_L D_{L-1} W_{L-1} ... D_1 W_1, with the slopes that b selects in D_k.
An open bit leaves its slope anywhere between s- and s+, so entries are enclosed by |entry - c| <= r, forwards
from W_1. What is rounded is paid for in r (docs/linear-bounds.md, "Jacobians").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.bounds.back_substitution import U, gamma
from exactrelu.bounds.float_layers import Floats, below, float_layers
from exactrelu.networks.network import Network

Bits = npt.NDArray[np.int8]

_TINY = 1e-290  # more than all underflows of a product of two doubles, times the number of products
_ROUND_UP = 1 + 1e-12  # more than the roundings in computing one bound
_SQUARINGS = 6  # of a Gram matrix: the bound of a spectral norm is too large by rank^(1/128) at most
_SQUARES_FROM = 1e-140  # of smaller numbers squares are not relatively exact
_ITERATIONS = 12  # of a vector that is stretched as much as possible
_MOST_DOUBLES = 1 << 19  # of one product: boxes are taken in chunks


@dataclass(frozen=True)
class Enclosure:
    """Matrices X with |X - centre| <= radius, entry by entry; shape (batch, rows, columns)."""

    centre: Floats
    radius: Floats

    def scaled(self, low: Floats, high: Floats) -> Enclosure:
        """Return what encloses diag(s) X for all s between ``low`` and ``high``, of shape (batch, rows)."""
        least, most = self.centre - self.radius, self.centre + self.radius
        a, b = low[:, :, None], high[:, :, None]
        products = np.stack([least * a, least * b, most * a, most * b])
        bottom, top = products.min(axis=0), products.max(axis=0)
        slack = (8 * U) * (np.abs(bottom) + np.abs(top) + self.radius * np.maximum(np.abs(a), np.abs(b)))
        return Enclosure((bottom + top) / 2, ((top - bottom) / 2 + slack + _TINY) * _ROUND_UP)

    def times(self, weights: Floats) -> Enclosure:
        """Return what encloses W X, each entry of W being the double nearest to the exact one."""
        size = np.abs(weights)
        terms = weights.shape[1]
        reach = np.matmul(size, np.abs(self.centre))
        radius = np.matmul(size, self.radius) + gamma(2 * terms) * reach
        tiny = _TINY * (1 + np.abs(self.centre).sum(axis=1) + self.radius.sum(axis=1))[:, None, :]
        return Enclosure(np.matmul(weights, self.centre), (radius * (1 + gamma(terms)) + tiny) * _ROUND_UP)

    @property
    def largest(self) -> Floats:
        """Bounds of the absolute entries."""
        bounds: Floats = (np.abs(self.centre) + self.radius) * _ROUND_UP
        return bounds


class JacobianBounds:
    """Bounds of operator norms of the Jacobian of one network."""

    def __init__(self, network: Network) -> None:
        self.weights = [
            np.asarray(layer.weights.rows(np.arange(layer.outputs))) for layer in float_layers(network)
        ]
        self._slopes = [_slopes_of(activation.slopes) for activation in network.activations]
        self._bent = [list(activation.bent) for activation in network.activations]
        self._doubles = max(weight.shape[0] for weight in self.weights) * network.inputs

    def at_most(self, bits: Bits, norm: str) -> Floats:
        """Return bounds of the norm (``1``, ``2`` or ``inf``) for each row of bits, -1 where one is open.

        Parameters
        ----------
        bits
            Shape (batch, bent neurons), layer after layer.
        """
        size = max(1, _MOST_DOUBLES // max(1, self._doubles))
        parts = [self._at_most(bits[i : i + size], norm) for i in range(0, len(bits), size)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def at_least(self, bits: Bits, norm: str) -> Floats:
        """Return lower bounds of the norm for rows of bits, none of which is open."""
        size = max(1, _MOST_DOUBLES // max(1, self._doubles))
        with np.errstate(all="ignore"):
            parts = [
                norm_at_least(self.enclosure(bits[i : i + size]), norm) for i in range(0, len(bits), size)
            ]
        return np.nan_to_num(np.concatenate(parts), nan=0.0, posinf=0.0) if parts else np.zeros(0)

    def _at_most(self, bits: Bits, norm: str) -> Floats:
        with np.errstate(all="ignore"):
            found = norm_at_most(self.enclosure(bits), norm)
        return np.where(np.isnan(found), np.inf, found)

    def enclosure(self, bits: Bits) -> Enclosure:
        """Return what encloses the Jacobian for each row of bits."""
        *_, last = self.by_layer(bits)
        return last

    def by_layer(self, bits: Bits) -> Iterator[Enclosure]:
        """Yield what encloses the Jacobians of the pre-activations y_1, ..., y_L for each row of bits.

        That of y_1, which no bit changes, has a batch of one.
        """
        first = self.weights[0][None]
        current = Enclosure(first, np.abs(first) * (2 * U) + _TINY)
        yield current
        for weight, (least, most) in zip(self.weights[1:], self.slopes(bits), strict=True):
            current = current.scaled(least, most).times(weight)
            yield current

    def slopes(self, bits: Bits) -> Iterator[tuple[Floats, Floats]]:
        """Yield bounds of the slopes of each hidden layer, two of shape (batch, width)."""
        start = 0
        for bent, (low, high) in zip(self._bent, self._slopes, strict=True):
            own, start = bits[:, start : start + len(bent)], start + len(bent)
            least = np.tile(low[2], (len(bits), 1))
            most = np.tile(high[2], (len(bits), 1))
            for bit in (0, 1):
                row, column = np.nonzero(own == bit)
                neuron = np.array(bent, dtype=np.intp)[column]
                least[row, neuron], most[row, neuron] = low[bit][neuron], high[bit][neuron]
            yield least, most


def _slopes_of(slopes: tuple[tuple[Fraction, Fraction], ...]) -> tuple[Floats, Floats]:
    """Return bounds of the slopes below zero, above zero, and of both."""
    low = np.array([[below(s) for s in pair] for pair in slopes]).reshape(len(slopes), 2).T
    high = np.array([[-below(-s) for s in pair] for pair in slopes]).reshape(len(slopes), 2).T
    return np.vstack([low, low.min(axis=0)]), np.vstack([high, high.max(axis=0)])


@np.errstate(all="ignore")
def norm_at_most(matrices: Enclosure, norm: str) -> Floats:
    """Return a bound of the operator norm of all enclosed matrices, for each of a batch.

    Examples
    --------
    >>> some = Enclosure(np.array([[[3.0, -4.0]]]), np.zeros((1, 1, 2)))
    >>> [round(float(norm_at_most(some, norm)[0]), 9) for norm in ("1", "2", "inf")]
    [4.0, 5.0, 7.0]
    """
    largest = matrices.largest
    up = 1 + gamma(sum(largest.shape[1:]))
    if norm == "1":
        sums: Floats = largest.sum(axis=1).max(axis=1) * up
        return sums
    if norm == "inf":
        rows: Floats = largest.sum(axis=2).max(axis=1) * up
        return rows
    apart = (_spectral_at_most(matrices.centre) + _spectral_at_most(matrices.radius)) * _ROUND_UP
    return np.fmin(_spectral_at_most(largest), apart)


@np.errstate(all="ignore")
def norm_at_least(matrices: Enclosure, norm: str) -> Floats:
    """Return a number that the operator norm of every enclosed matrix exceeds or equals."""
    rest = np.maximum(np.abs(matrices.centre) * (1 - 4 * U) - matrices.radius, 0.0)
    down = 1 - gamma(4 * sum(rest.shape[1:]))
    if norm != "2":
        sums: Floats = rest.sum(axis=1 if norm == "1" else 2).max(axis=1) * down
        return sums
    vectors = rest.sum(axis=1) + np.abs(matrices.centre).max(axis=(1, 2))[:, None] * 1e-3
    for _ in range(_ITERATIONS):  # any vector is right
        vectors = np.einsum("pij,pj->pi", matrices.centre, vectors)
        vectors = np.einsum("pij,pi->pj", matrices.centre, vectors)
        vectors /= np.abs(vectors).max(axis=1)[:, None]
    images = np.einsum("pij,pj->pi", matrices.centre, vectors)
    length = np.sqrt((vectors * vectors).sum(axis=1))
    error = matrices.radius.sum(axis=(1, 2)) * length
    size = np.abs(matrices.centre).sum(axis=(1, 2)) * length
    error = error + gamma(4 * sum(rest.shape[1:])) * size
    stretched = np.sqrt((images * images).sum(axis=1)) * down - error
    found = stretched / length * down
    sure: Floats = np.where(found > _SQUARES_FROM, found, 0.0)
    return sure


def _spectral_at_most(matrices: Floats) -> Floats:
    """Return bounds of the spectral norms.

    With B_0 the matrix and B_{k+1} = fl(B_k B_k^T), |B_k|^2 = |B_k B_k^T| <= |B_{k+1}| + gamma |B_k|_F^2 in
    the spectral norm, and |B_K| <= |B_K|_F; each B_k is scaled by a power of two, exactly but for underflow.
    """
    current = np.swapaxes(matrices, 1, 2) if matrices.shape[1] > matrices.shape[2] else matrices
    terms = sum(current.shape[1:])
    scales: list[npt.NDArray[np.int32]] = []
    sizes: list[Floats] = []
    zero = np.zeros(len(matrices), dtype=bool)
    for _ in range(1 + _SQUARINGS):
        largest = np.abs(current).max(axis=(1, 2))
        zero = zero if scales else largest == 0
        exponents = np.frexp(largest)[1]
        current = np.ldexp(current, -exponents[:, None, None])
        scales.append(exponents)
        sizes.append((current * current).sum(axis=(1, 2)) * (1 + gamma(terms * terms)) + _TINY)
        current = np.matmul(current, np.swapaxes(current, 1, 2))
    found = np.sqrt((current * current).sum(axis=(1, 2))) * (1 + gamma(terms * terms)) + _TINY
    for exponent, size in zip(reversed(scales), reversed(sizes), strict=True):
        found = np.ldexp(np.sqrt(found + gamma(terms) * size + _TINY) * _ROUND_UP, exponent)
    return np.where(zero, 0.0, found)
