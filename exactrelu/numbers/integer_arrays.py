"""NumPy arrays of integers of any length: 64-bit where all entries surely fit, Python's own otherwise.

An array is *short* if it is of int64 and every |entry| < 2^62, so that sums of two entries cannot overflow.
Every other array is *long*: of Python integers. Each operation here bounds its result before it computes, so
that nothing ever wraps round.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

IntegerArray: TypeAlias = npt.NDArray[Any]
"""A short or a long array."""

SHORT_BITS = 62
_MANTISSA_BITS = 53
_PIECE = 500_000  # entries that are looked at together


def integer_array(values: Any) -> IntegerArray:
    """Return integers as an array, short if they fit.

    Examples
    --------
    >>> integer_array([1, -2]).dtype, integer_array([2**70]).dtype
    (dtype('int64'), dtype('O'))
    """
    return shortened(np.asarray(values, dtype=object))


def shortened(array: IntegerArray) -> IntegerArray:
    """Return the same integers as a short array if they fit, as a long one if not."""
    fits = bit_length(array) <= SHORT_BITS
    if fits == is_short(array):
        return array
    return np.asarray(array, dtype=np.int64 if fits else object)


def longer(array: IntegerArray) -> IntegerArray:
    """Return the same integers as a long array."""
    return np.asarray(array, dtype=object)


def is_short(array: IntegerArray) -> bool:
    """Return whether the array is one of 64-bit integers."""
    return array.dtype != object


def bit_length(array: IntegerArray) -> int:
    """Return the largest bit length of an entry, 0 if there is none.

    Examples
    --------
    >>> bit_length(integer_array([3, -8])), bit_length(integer_array([2**70])), bit_length(integer_array([]))
    (4, 71, 0)
    """
    if array.size == 0:
        return 0
    if is_short(array):
        return max(int(array.max()), -int(array.min())).bit_length()
    return max(map(int.bit_length, array.ravel().tolist()))


def common_divisor(array: IntegerArray, other: int) -> int:
    """Return the greatest common divisor of all entries and another integer."""
    if array.size == 0 or other == 1:
        return abs(other)
    if is_short(array) and other & (other - 1) == 0:
        bits = int(np.bitwise_or.reduce(array, axis=None))  # ends in as many zeros as all entries do
        return math.gcd(other, bits & -bits)
    if is_short(array):
        return math.gcd(other, int(np.gcd.reduce(array, axis=None)))
    common = other
    for entry in array.ravel().tolist():
        common = math.gcd(common, entry)
        if common == 1:
            break
    return common


def quotient(array: IntegerArray, divisor: int) -> IntegerArray:
    """Return the array divided by a divisor of all its entries."""
    if is_short(array) and divisor.bit_length() <= SHORT_BITS:
        return np.asarray(array // np.int64(divisor))
    if is_short(array):
        return np.zeros_like(array)  # only zero has so long a divisor
    return integer_array(longer(array) // divisor)


def times(array: IntegerArray, factor: int) -> IntegerArray:
    """Return the array times an integer."""
    if factor == 1:
        return array
    if is_short(array) and bit_length(array) + factor.bit_length() <= SHORT_BITS:
        return np.asarray(array * np.int64(factor))
    return np.asarray(longer(array) * factor, dtype=object)


def product(one: IntegerArray, two: IntegerArray) -> IntegerArray:
    """Return the entrywise product, with NumPy's broadcasting."""
    if is_short(one) and is_short(two) and bit_length(one) + bit_length(two) <= SHORT_BITS:
        return np.asarray(one * two)
    return np.asarray(longer(one) * longer(two), dtype=object)


def total(one: IntegerArray, two: IntegerArray) -> IntegerArray:
    """Return the entrywise sum, with NumPy's broadcasting."""
    if is_short(one) and is_short(two) and max(bit_length(one), bit_length(two)) < SHORT_BITS:
        return np.asarray(one + two)
    return np.asarray(longer(one) + longer(two), dtype=object)


def joined(arrays: list[IntegerArray]) -> IntegerArray:
    """Return flat arrays one after the other, as long as the longest of them."""
    if all(map(is_short, arrays)):
        return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])
    return np.concatenate([longer(array) for array in arrays])


def from_floats(values: npt.NDArray[np.float64]) -> tuple[IntegerArray, int]:
    """Return integers and the least power of two that they stand over for finite doubles.

    Examples
    --------
    >>> from_floats(np.array([0.5, -3.0]))
    (array([ 1, -6]), 2)
    """
    flat = values.ravel()
    pieces = [flat[k : k + _PIECE] for k in range(0, flat.size, _PIECE)]
    least, width = 0, 0
    for piece in pieces:  # looked at twice, as a common denominator needs all of them
        odd, power = _odd_parts(piece)
        least = min(least, int(power[odd != 0].min(initial=0)))
    for piece in pieces:
        odd, power = _odd_parts(piece)
        size = np.frexp(odd.astype(np.float64))[1]
        width = max(width, int(np.where(odd == 0, 0, size + power - least).max(initial=0)))
    result: IntegerArray = np.empty(flat.size, dtype=np.int64 if width <= SHORT_BITS else object)
    for k, piece in enumerate(pieces):
        odd, power = _odd_parts(piece)
        shift = np.where(odd == 0, 0, power - least)
        if width > SHORT_BITS:
            odd, shift = odd.astype(object), shift.astype(object)
        result[k * _PIECE : (k + 1) * _PIECE] = odd << shift
    return result.reshape(values.shape), 1 << -least


def _odd_parts(values: npt.NDArray[np.float64]) -> tuple[IntegerArray, npt.NDArray[np.int64]]:
    """Return odd integers a and exponents k, values = a 2^k; 0 for zeros."""
    fraction, exponent = np.frexp(values)
    mantissa = (fraction * 2.0**_MANTISSA_BITS).astype(np.int64)
    trailing = np.where(mantissa == 0, 0, np.frexp((mantissa & -mantissa).astype(np.float64))[1] - 1)
    return mantissa >> trailing, exponent.astype(np.int64) - _MANTISSA_BITS + trailing


def float_bits(values: npt.NDArray[np.float64]) -> int:
    """Return a bound on the bit lengths that `from_floats` gives, without computing them."""
    exponents = np.frexp(values)[1][values != 0]
    return 54 + int(exponents.max(initial=0)) - int(exponents.min(initial=0)) if exponents.size else 1
