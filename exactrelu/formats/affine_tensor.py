"""Tensors whose entries are affine functions of the input, or of the outputs of one ReLU layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat

from exactrelu.formats.exact_array import ExactArray, IntegerArray, integer_product
from exactrelu.formats.limits import check_array
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.linear_algebra import RationalMatrix

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Base:
    """A vector that tensors are affine in: the input (no layers) or the output of a ReLU.

    ``layers`` lead from the input to the base, each with a ReLU after it. Two bases are the same only
    if they are the same object.
    """

    size: int
    layers: tuple[AffineMap, ...] = ()


@dataclass(frozen=True, eq=False)
class Selection:
    """The linear part whose entry e is ``factors[e] * base[indices[e]]``.

    It stands for identities, standardised inputs and the like without a square matrix, so that an
    input of many pixels costs no more than its pixels.
    """

    indices: npt.NDArray[np.int64]
    factors: ExactArray

    @property
    def cost(self) -> int:
        """What arithmetic with it costs."""
        return self.factors.cost

    def reshape(self, shape: Shape) -> Selection:
        """Return the same entries in row-major order in another shape."""
        return Selection(self.indices.reshape(shape), self.factors.reshape(shape))

    def broadcast_to(self, shape: Shape) -> Selection:
        """Return the entries repeated along axes, as NumPy does."""
        factors = self.factors.broadcast_to(shape)
        return Selection(np.broadcast_to(self.indices, shape), factors)

    def transposed(self) -> Selection:
        """Return the entries with the last two axes exchanged."""
        return Selection(self.indices.swapaxes(-1, -2), self.factors.transposed())

    def times(self, factors: ExactArray) -> Selection:
        """Return the entries times constants of the same shape."""
        return Selection(self.indices, self.factors * factors)

    def rows(self, width: int) -> Rows:
        """Return the same entries as rows of coefficients."""
        shape = self.factors.shape
        check_array((*shape, width), self.factors.bits)
        entries = np.zeros((self.indices.size, width), dtype=object)
        entries[np.arange(self.indices.size), self.indices.ravel()] = self.factors.numerators.ravel()
        return Rows(ExactArray(entries.reshape((*shape, width)), self.factors.denominator))

    def product(self, batch: int, right: IntegerArray, width: int) -> IntegerArray:
        """Return the numerators of one matrix of the batch times the integer matrix ``right``."""
        indices, factors = self.indices[batch], self.factors.numerators[batch]
        result = np.zeros((len(indices), right.shape[1], width), dtype=object)
        for row, index, factor in zip(result, indices, factors, strict=True):
            # One base coordinate may stand in several columns: add.at adds all of them up.
            np.add.at(row.T, index, factor[:, None] * right)
        return result


@dataclass(frozen=True, eq=False)
class Rows:
    """The linear part whose entry e has the coefficients ``entries[e, :]`` on the base."""

    entries: ExactArray

    @property
    def cost(self) -> int:
        """What arithmetic with it costs."""
        return self.entries.cost

    def reshape(self, shape: Shape) -> Rows:
        """Return the same entries in row-major order in another shape."""
        return Rows(self.entries.reshape((*shape, self.entries.shape[-1])))

    def broadcast_to(self, shape: Shape) -> Rows:
        """Return the entries repeated along axes, as NumPy does."""
        return Rows(self.entries.broadcast_to((*shape, self.entries.shape[-1])))

    def transposed(self) -> Rows:
        """Return the entries with the last two axes exchanged."""
        return Rows(ExactArray(self.entries.numerators.swapaxes(-2, -3), self.entries.denominator))

    def times(self, factors: ExactArray) -> Rows:
        """Return the entries times constants of the same shape."""
        return Rows(self.entries * factors.reshape((*factors.shape, 1)))

    def rows(self, _width: int) -> Rows:
        """Return the same entries as rows of coefficients."""
        return self

    def product(self, batch: int, right: IntegerArray, width: int) -> IntegerArray:
        """Return the numerators of one matrix of the batch times the integer matrix ``right``."""
        left = self.entries.numerators[batch]
        count, inner, outer = left.shape[0], left.shape[1], right.shape[1]
        columns = left.transpose(1, 0, 2).reshape(inner, count * width)
        return integer_product(right.T, columns).reshape(outer, count, width).transpose(1, 0, 2)


@dataclass(frozen=True, eq=False)
class AffineTensor:
    """A tensor of affine functions of ``base``: a linear part plus ``offset``, of one shape.

    Examples
    --------
    >>> x = AffineTensor.of_base(Base(2), (1, 2))
    >>> y = x.matmul(ExactArray.from_floats(np.array([[1.0], [0.5]])))
    >>> y.plus_constant(ExactArray.filled((1,), 3)).affine_map().rows
    ((Fraction(1, 1), Fraction(1, 2), Fraction(3, 1)),)
    """

    base: Base
    linear: Selection | Rows
    offset: ExactArray

    @classmethod
    def of_base(cls, base: Base, shape: Shape) -> AffineTensor:
        """Return the base itself, in row-major order in the given shape."""
        indices = np.arange(base.size).reshape(shape)
        return cls(base, Selection(indices, ExactArray.filled(shape, 1)), ExactArray.filled(shape, 0))

    @classmethod
    def constant(cls, base: Base, values: ExactArray) -> AffineTensor:
        """Return constant functions of the base."""
        indices = np.zeros(values.shape, dtype=np.int64)
        return cls(base, Selection(indices, ExactArray.filled(values.shape, 0)), values)

    @property
    def shape(self) -> Shape:
        """The lengths of the axes."""
        return self.offset.shape

    @property
    def cost(self) -> int:
        """What arithmetic with it costs."""
        return self.linear.cost + self.offset.cost

    def reshape(self, shape: Shape) -> AffineTensor:
        """Return the same entries in row-major order in another shape."""
        return AffineTensor(self.base, self.linear.reshape(shape), self.offset.reshape(shape))

    def broadcast_to(self, shape: Shape) -> AffineTensor:
        """Return the entries repeated along axes, as NumPy does."""
        if shape == self.shape:
            return self
        padded = self.reshape((1,) * (len(shape) - len(self.shape)) + self.shape)
        return AffineTensor(self.base, padded.linear.broadcast_to(shape), padded.offset.broadcast_to(shape))

    def transposed(self) -> AffineTensor:
        """Return the entries with the last two axes exchanged."""
        return AffineTensor(self.base, self.linear.transposed(), self.offset.transposed())

    def plus_constant(self, values: ExactArray) -> AffineTensor:
        """Return the entries plus constants, with NumPy's broadcasting."""
        wide = self.broadcast_to(np.broadcast_shapes(self.shape, values.shape))
        return AffineTensor(self.base, wide.linear, wide.offset + values)

    def plus(self, other: AffineTensor) -> AffineTensor:
        """Return the sum with a tensor of the same base, with NumPy's broadcasting."""
        shape = np.broadcast_shapes(self.shape, other.shape)
        one, two = self.broadcast_to(shape), other.broadcast_to(shape)
        width = self.base.size
        rows = Rows(one.linear.rows(width).entries + two.linear.rows(width).entries)
        return AffineTensor(self.base, rows, one.offset + two.offset)

    def times(self, factors: ExactArray) -> AffineTensor:
        """Return the entries times constants, with NumPy's broadcasting."""
        wide = self.broadcast_to(np.broadcast_shapes(self.shape, factors.shape))
        linear = wide.linear.times(factors.broadcast_to(wide.shape))
        return AffineTensor(self.base, linear, wide.offset * factors)

    def matmul(self, right: ExactArray) -> AffineTensor:
        """Return the matrix product with a constant; both have at least two axes."""
        batch = np.broadcast_shapes(self.shape[:-2], right.shape[:-2])
        count, inner, outer = self.shape[-2], self.shape[-1], right.shape[-1]
        width, size = self.base.size, math.prod(batch)
        factors = self.linear.factors if isinstance(self.linear, Selection) else self.linear.entries
        check_array((size, count, outer, width), factors.bits + right.bits + inner.bit_length())
        left = self.linear.broadcast_to((*batch, count, inner)).reshape((size, count, inner))
        matrices = right.broadcast_to((*batch, inner, outer)).reshape((size, inner, outer)).numerators
        product = np.stack([left.product(b, matrices[b], width) for b in range(size)])
        rows = ExactArray.of(product, factors.denominator * right.denominator)
        offset = self.offset.matmul(right)
        return AffineTensor(self.base, Rows(rows).reshape(offset.shape), offset)

    def affine_map(self) -> AffineMap:
        """Return the map from the base to the entries in row-major order."""
        width, size = self.base.size, math.prod(self.shape)
        check_array((size, width + 1))
        linear = self.linear.reshape((size,)).rows(width).entries
        denominator = math.lcm(linear.denominator, self.offset.denominator)
        bits = denominator.bit_length() + max(linear.bits, self.offset.bits)
        check_array((size, width + 1), bits)
        matrix: npt.NDArray[Any] = np.empty((size, width + 1), dtype=object)
        matrix[:, :-1] = linear.numerators * (denominator // linear.denominator)
        matrix[:, -1] = self.offset.numerators.ravel() * (denominator // self.offset.denominator)
        return AffineMap(RationalMatrix(fmpz_mat(size, width + 1, matrix.ravel().tolist()), denominator))

    def relu(self) -> AffineTensor:
        """Return the ReLU of the entries: the output of a new layer, a new base."""
        closed = self.affine_map()
        return AffineTensor.of_base(Base(closed.outputs, (*self.base.layers, closed)), self.shape)
