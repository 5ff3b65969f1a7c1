"""A network's layers in doubles, with what their rounding can have changed.

Every entry w of a layer stands as the double nearest to it, so |w - double| <= u |double| + 2^-1074 with
u = 2^-53; the charges of `back_substitution` cover both terms (docs/linear-bounds.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network

Floats = NDArray[np.float64]

_SPARSE_BELOW = 0.15  # the share of entries below which products of scipy's sparse matrices are quicker
_SMALLEST = 2.0**-1074
_SPARSE_FROM = 2_500  # entries: smaller matrices are quicker dense


class Weights:
    """A matrix of doubles, dense or sparse, with the three products that bounds need."""

    __slots__ = ("_absolute", "_backward", "_forward", "shape")

    def __init__(self, matrix: Any) -> None:
        self.shape: tuple[int, int] = matrix.shape
        is_dense = isinstance(matrix, np.ndarray)
        if _is_sparse(self.shape, int(np.count_nonzero(matrix)) if is_dense else matrix.nnz):
            from scipy import sparse

            self._forward = sparse.csr_array(matrix)
            self._backward = sparse.csr_array(self._forward.T)
            self._absolute = abs(self._forward)
        else:
            dense = np.ascontiguousarray(matrix) if is_dense else matrix.toarray()
            self._forward, self._backward, self._absolute = dense, None, np.abs(dense)

    @property
    def rounding_terms(self) -> int:
        """The most products that one entry of a product with this matrix adds up."""
        return sum(self.shape)

    def values(self, points: Floats) -> Floats:
        """Return W x for each row x of ``points``."""
        return _times_transposed(self._forward, points)

    def reach(self, sizes: Floats) -> Floats:
        """Return |W| h for each row h of ``sizes``."""
        return _times_transposed(self._absolute, sizes)

    def pulled(self, rows: Floats) -> Floats:
        """Return a W for each row a; leading axes stay."""
        flat = rows.reshape(math.prod(rows.shape[:-1]), rows.shape[-1])
        product = flat @ self._forward if self._backward is None else (self._backward @ flat.T).T
        result: Floats = product.reshape(*rows.shape[:-1], self.shape[1])
        return result

    @property
    def is_sparse(self) -> bool:
        """Whether the matrix is kept sparse."""
        return self._backward is not None

    def rows(self, chosen: Any) -> Floats:
        """Return some rows, dense."""
        found = self._forward[chosen]
        return np.asarray(found if self._backward is None else found.toarray())

    def read_by(self, rows: Any) -> NDArray[np.intp]:
        """Return the columns in which some of the rows are not zero."""
        found = self._forward[rows]
        if self._backward is None:
            return np.flatnonzero(found.any(axis=0))
        return np.unique(found.indices).astype(np.intp)

    def block(self, rows: Any, columns: Any) -> Floats:
        """Return some rows and columns, dense."""
        if self._backward is None:
            return np.asarray(self._forward[np.ix_(rows, columns)])
        return np.asarray(self._forward[rows][:, columns].toarray())

    def restricted(self, rows: Any, columns: Any) -> Weights:
        """Return the matrix of some rows and columns; itself if these are all."""
        if len(rows) == self.shape[0] and len(columns) == self.shape[1]:
            return self
        if self._backward is None:
            return Weights(self._forward[np.ix_(rows, columns)])
        return Weights(self._forward[rows][:, columns])


def _is_sparse(shape: tuple[int, int], filled: int) -> bool:
    """Return whether a matrix with so many entries that are not zero is kept sparse."""
    size = math.prod(shape)
    return size >= _SPARSE_FROM and filled < _SPARSE_BELOW * size


def _times_transposed(matrix: Any, points: Floats) -> Floats:
    if isinstance(matrix, np.ndarray):
        return points @ matrix.T
    flat = points.reshape(math.prod(points.shape[:-1]), points.shape[-1])
    return np.asarray((matrix @ flat.T).T).reshape(*points.shape[:-1], matrix.shape[0])


@dataclass(frozen=True, eq=False)
class FloatLayer:
    """One affine map x -> W x + b, rounded, and the slopes of the units after it.

    ``below`` is s- and ``rise`` s+ - s- of each unit, None where all are ReLU and in the last layer.
    """

    weights: Weights
    bias: Floats
    below: Floats | None = None
    rise: Floats | None = None

    @property
    def outputs(self) -> int:
        """The number of rows."""
        return self.weights.shape[0]

    def preactivations(self, points: Floats) -> Floats:
        """Return W x + b for each row x, with the roundings of doubles."""
        return self.weights.values(points) + self.bias

    def activated(self, values: Floats) -> Floats:
        """Return the values of the units."""
        if self.rise is None or self.below is None:
            return np.maximum(values, 0.0)
        return self.below * values + self.rise * np.maximum(values, 0.0)

    def slopes(self, positive: Any) -> Floats:
        """Return the slope of each unit, given where its pre-activation is positive."""
        if self.rise is None or self.below is None:
            return np.asarray(positive, dtype=np.float64)
        return np.asarray(self.below + self.rise * positive)


def nearest(value: Fraction) -> float:
    """Return the double nearest to a rational, an infinity where it is out of range.

    Examples
    --------
    >>> nearest(Fraction(1, 3)), nearest(Fraction(-(10**400)))
    (0.3333333333333333, -inf)
    """
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def below(value: Fraction) -> float:
    """Return a double that is at most ``value``, the largest one or its neighbour.

    Examples
    --------
    >>> below(Fraction(1, 2)), below(Fraction(1, 3)) < Fraction(1, 3), below(Fraction(-(10**400)))
    (0.5, True, -inf)
    """
    found = nearest(value)
    if not np.isfinite(found):
        return -np.inf if found < 0 else float(np.finfo(float).max)
    return found if Fraction(found) <= value else float(np.nextafter(found, -np.inf))


def vector(values: Sequence[Fraction]) -> Floats:
    """Return the doubles nearest to rationals."""
    return np.array([nearest(value) for value in values], dtype=np.float64)


def float_layer(layer: AffineMap, activation: Activation | None) -> FloatLayer:
    """Return one layer in doubles, with the units after it."""
    if _is_sparse(layer.sparse.shape, layer.sparse.size):
        table = layer.sparse.doubles()
        weights, bias = Weights(table[:, :-1]), table[:, [-1]].toarray().ravel()
    else:
        full = layer.sparse.dense_doubles()
        weights, bias = Weights(full[:, :-1]), full[:, -1].copy()
    if activation is None or activation.is_relu:
        return FloatLayer(weights, bias)
    below = _never_zero([below for below, _ in activation.slopes])
    rise = _never_zero([above - below for below, above in activation.slopes])
    return FloatLayer(weights, bias, below, rise)


def _never_zero(values: Sequence[Fraction]) -> Floats:
    """Return doubles nearest to rationals, zero only for zero: a unit that bends a little is not linear."""
    found = vector(values)
    for i in np.flatnonzero(found == 0).tolist():
        if values[i]:
            found[i] = math.copysign(_SMALLEST, values[i])
    return found


@lru_cache(maxsize=16)
def float_layers(network: Network) -> tuple[FloatLayer, ...]:
    """Return the layers of a network in doubles."""
    return tuple(map(float_layer, network.layers, (*network.activations, None)))
