"""Arrays of exact rationals of any shape: integers over one common denominator."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat

from exactrelu.errors import NumberSyntaxError
from exactrelu.formats.limits import check_array, cost
from exactrelu.numbers.integer_arrays import (
    IntegerArray,
    bit_length,
    common_divisor,
    float_bits,
    from_floats,
    integer_array,
    is_short,
    longer,
    product,
    quotient,
    shortened,
    times,
    total,
)


@dataclass(frozen=True, eq=False)
class ExactArray:
    """The array ``numerators / denominator``; its operations are NumPy's, without rounding.

    Results that would be beyond `exactrelu.formats.limits` are refused before they are computed.

    Examples
    --------
    >>> half = ExactArray.from_floats(np.array([0.5, 3.0]))
    >>> half.fractions()
    [Fraction(1, 2), Fraction(3, 1)]
    >>> (half * half + half).fractions()
    [Fraction(3, 4), Fraction(12, 1)]
    """

    numerators: IntegerArray
    denominator: int = 1

    @classmethod
    def of(cls, numerators: IntegerArray, denominator: int = 1) -> ExactArray:
        """Return ``numerators / denominator`` in lowest common terms."""
        array = np.asarray(numerators)  # an operation on 0-dimensional arrays gives a scalar
        common = common_divisor(array, denominator) if denominator > 1 else 1
        if common > 1:
            array, denominator = quotient(array, common), denominator // common
        return cls(shortened(array), denominator)

    @classmethod
    def of_integers(cls, values: Any) -> ExactArray:
        """Return integers, given as nested lists or as an array of any integer type."""
        return cls(integer_array(values))

    @classmethod
    def filled(cls, shape: tuple[int, ...], value: int) -> ExactArray:
        """Return an array whose entries are all the integer ``value``."""
        check_array(shape)
        return cls(np.broadcast_to(integer_array(value), shape))

    @classmethod
    def from_floats(cls, values: npt.NDArray[Any]) -> ExactArray:
        """Return the exact values of binary floats that embed into float64.

        Raises
        ------
        NumberSyntaxError
            For a NaN or an infinity; the message starts with the index.
        """
        with np.errstate(invalid="ignore"):  # a signalling NaN would warn before it is refused
            wide = np.asarray(values, dtype=np.float64)
        check_finite(wide)
        check_array(wide.shape, float_bits(wide))
        return cls(*from_floats(wide))

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.numerators.shape

    @cached_property
    def bits(self) -> int:
        """The largest bit length of a numerator or of the denominator."""
        return max(self.denominator.bit_length(), bit_length(self.numerators))

    @property
    def cost(self) -> int:
        """What arithmetic with the array costs, as `exactrelu.formats.limits.cost` has it.

        Python's own integers, which stand where 64 bits are too few, take ten times as long.
        """
        return cost(self.numerators.size, self.bits) * (1 if is_short(self.numerators) else 10)

    def fractions(self) -> list[Fraction]:
        """Return the entries in row-major order."""
        return [Fraction(entry, self.denominator) for entry in self.numerators.ravel().tolist()]

    def rearranged(self, arrange: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> ExactArray:
        """Return the entries as ``arrange`` puts an array of them; it may leave out and repeat some."""
        return ExactArray(np.asarray(arrange(self.numerators)), self.denominator)

    def reshape(self, shape: tuple[int, ...]) -> ExactArray:
        """Return the array with the same entries in row-major order and another shape."""
        return self.rearranged(lambda entries: entries.reshape(shape))

    def broadcast_to(self, shape: tuple[int, ...]) -> ExactArray:
        """Return the array repeated along axes, as NumPy does."""
        check_array(shape, self.bits)
        return self.rearranged(lambda entries: np.broadcast_to(entries, shape))

    def __add__(self, other: ExactArray) -> ExactArray:
        denominator = math.lcm(self.denominator, other.denominator)
        mine, theirs = denominator // self.denominator, denominator // other.denominator
        bits = max(self.bits + mine.bit_length(), other.bits + theirs.bit_length()) + 1
        check_array(np.broadcast_shapes(self.shape, other.shape), bits)
        sums = total(times(self.numerators, mine), times(other.numerators, theirs))
        return ExactArray.of(sums, denominator)

    def __neg__(self) -> ExactArray:
        return ExactArray(np.asarray(-self.numerators), self.denominator)

    def __mul__(self, other: ExactArray) -> ExactArray:
        check_array(np.broadcast_shapes(self.shape, other.shape), self.bits + other.bits)
        return ExactArray.of(product(self.numerators, other.numerators), self.denominator * other.denominator)

    def reciprocal(self) -> ExactArray:
        """Return the array of 1/a for entries a, none of which is zero."""
        common = 1
        for divisor in set(self.numerators.ravel().tolist()):
            common = math.lcm(common, divisor)
            check_array(self.shape, common.bit_length() + self.denominator.bit_length())
        return ExactArray.of(common // longer(self.numerators) * self.denominator, common)

    def positive_part(self) -> ExactArray:
        """Return the array of max(a, 0)."""
        return ExactArray.of(np.maximum(self.numerators, 0), self.denominator)

    def matmul(self, other: ExactArray) -> ExactArray:
        """Return the matrix product of arrays with at least two axes, with NumPy's broadcasting."""
        bits = self.bits + other.bits + self.shape[-1].bit_length()
        batch = np.broadcast_shapes(self.shape[:-2], other.shape[:-2])
        check_array((*batch, self.shape[-2], other.shape[-1]), bits)
        left = np.broadcast_to(self.numerators, (*batch, *self.shape[-2:]))
        right = np.broadcast_to(other.numerators, (*batch, *other.shape[-2:]))
        result = np.empty((*batch, self.shape[-2], other.shape[-1]), dtype=object)
        for index in np.ndindex(*batch):
            result[index] = _integer_product(left[index], right[index])
        return ExactArray.of(result, self.denominator * other.denominator)


def _integer_product(left: IntegerArray, right: IntegerArray) -> IntegerArray:
    """Return the product of two integer matrices (python-flint's is far faster than NumPy's)."""
    (rows, inner), columns = left.shape, right.shape[1]
    one = fmpz_mat(rows, inner, left.ravel().tolist())
    two = fmpz_mat(inner, columns, right.ravel().tolist())
    entries = [int(entry) for entry in (one * two).entries()]
    return np.array(entries, dtype=object).reshape((rows, columns))


def check_finite(values: npt.NDArray[Any]) -> None:
    """Raise `NumberSyntaxError` if a float of the array is a NaN or an infinity, naming its index."""
    finite = np.isfinite(values)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise NumberSyntaxError(f"{list(index)}: expected a finite number, got {values[index]}")
