"""Activations: what the neurons of a hidden layer make of their pre-activations.

A neuron has two slopes (s-, s+): its value is s- y for y <= 0 and s+ y for y > 0. It is *bent* if they
differ; then a configuration has a bit for it, which says which slope it has on the cell. A neuron with one
slope is linear: it is never split and does not stand in configurations. Everything that a bit does to a row,
a column or a number is done here, by the slope that it selects.

All of it is positively homogeneous, sigma(t y) = t sigma(y) for t > 0: so integers that are positive
multiples of pre-activations may stand for them, and the slopes may be integers over one common denominator.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from flint import fmpz, fmpz_mat

from exactrelu.errors import ConfigurationError, NetworkError
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import brief, common_denominator, rational_at

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Doubles = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

Slopes = tuple[Fraction, Fraction]
Entry = TypeVar("Entry")

_RELU: Slopes = (Fraction(0), Fraction(1))
_LINEAR: Slopes = (Fraction(1), Fraction(1))
_ROUNDED = (
    2.0**-50
)  # 8 u, u = 2^-53: more than a rounded slope and a product lose, and this bound's roundings
_FLOOR = 1e-300  # more than what underflows
_TINY = 2.0**-1074
_SHOWN = 8  # neurons


@dataclass(frozen=True, repr=False)
class Activation:
    """The slopes (s-, s+) of each neuron of a hidden layer.

    Parameters
    ----------
    slopes
        A pair of rationals for each neuron, in order.

    Examples
    --------
    >>> mixed = Activation.of([(0, 1), (1, 1), ("1/4", 1)])
    >>> mixed.bent, mixed.denominator
    ((0, 2), 4)
    >>> [str(value) for value in mixed([Fraction(-3)] * 3)]
    ['0', '-3', '-3/4']
    >>> mixed.integer_slopes((1, 0))
    [4, 4, 1]
    """

    slopes: tuple[Slopes, ...]

    @classmethod
    def relu(cls, width: int) -> Activation:
        """Return ReLU at each of so many neurons."""
        return cls((_RELU,) * width)

    @classmethod
    def linear(cls, width: int) -> Activation:
        """Return the identity at each of so many neurons."""
        return cls((_LINEAR,) * width)

    @classmethod
    def of(cls, pairs: Iterable[tuple[Any, Any]]) -> Activation:
        """Return the activation with the given pairs of exact rationals.

        Raises
        ------
        NetworkError
            For something else than a pair; the message names the neuron.
        InexactNumberError, NumberSyntaxError
            For a slope that is not an exact rational.
        """
        slopes = []
        for i, pair in enumerate(pairs):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise NetworkError(f"slopes[{i}]: expected a pair (s-, s+), got {pair!r}")
            below, above = (rational_at(f"slopes[{i}][{j}]", slope) for j, slope in enumerate(pair))
            slopes.append((below, above))
        return cls(tuple(slopes))

    # what there is ----------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """The number of neurons."""
        return len(self.slopes)

    @cached_property
    def is_relu(self) -> bool:
        """Whether every neuron has the slopes (0, 1)."""
        return all(pair is _RELU or pair == _RELU for pair in self.slopes)

    @cached_property
    def bent(self) -> tuple[int, ...]:
        """The neurons with two different slopes: those that have a bit."""
        if self.is_relu:
            return tuple(range(self.width))
        return tuple(i for i, (below, above) in enumerate(self.slopes) if below != above)

    @property
    def bent_width(self) -> int:
        """The number of bits."""
        return self.width if self.is_relu else len(self.bent)

    @cached_property
    def denominator(self) -> int:
        """The common denominator of all slopes."""
        return 1 if self.is_relu else common_denominator(s for pair in self.slopes for s in pair)

    @cached_property
    def steepness(self) -> Fraction:
        """The largest |slope|, a Lipschitz constant of every neuron; 0 without neurons."""
        return max((abs(s) for pair in self.slopes for s in pair), default=Fraction(0))

    @property
    def integer_sizes(self) -> list[int]:
        """For each neuron `denominator` times its largest |slope|."""
        if self.is_relu:
            return [1] * self.width
        return [max(abs(below), abs(above)) for below, above in self.integer_pairs]

    @cached_property
    def places(self) -> Sequence[int]:
        """For each neuron the number of bent ones before it: of a bent neuron, the place of its bit."""
        if self.bent_width == self.width:
            return range(self.width)
        bent = set(self.bent)
        return list(accumulate((i in bent for i in range(self.width - 1)), initial=0))

    @property
    def is_nonnegative(self) -> bool:
        """Whether no value is negative, so that ReLU passes the values on unchanged."""
        return self.is_relu or all(below <= 0 <= above for below, above in self.slopes)

    def bent_of(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return those of the neurons' entries (rows, values) whose neurons have a bit."""
        return entries if self.bent_width == self.width else [entries[i] for i in self.bent]

    def beside(self, other: Activation) -> Activation:
        """Return the activation of both layers' neurons, one layer's after the other's."""
        return Activation(self.slopes + other.slopes)

    def flattened(self) -> tuple[Activation, list[int]]:
        """Return slopes of at most 1 and exponents e: they are the neuron's slopes divided by 2^e.

        Of a neuron that is not constant the larger |slope| becomes more than 1/2.
        """
        if self.is_relu:
            return self, [0] * self.width
        exponents = [_common_exponent(pair) for pair in self.slopes]
        if not any(exponents):
            return self, exponents
        factors = [Fraction(2) ** -e for e in exponents]
        pairs = zip(self.slopes, factors, strict=True)
        return Activation(tuple((below * f, above * f) for (below, above), f in pairs)), exponents

    # at a point -------------------------------------------------------------------------------------

    def __call__(self, ys: Sequence[Fraction]) -> Point:
        """Return the values of the neurons at their pre-activations."""
        if self.is_relu:
            zero = Fraction(0)
            return tuple(y if y > 0 else zero for y in ys)
        pairs = zip(ys, self.slopes, strict=True)
        return tuple(y * (above if y > 0 else below) for y, (below, above) in pairs)

    def bits(self, ys: Sequence[Any]) -> tuple[int, ...]:
        """Return the bits at pre-activations, or positive multiples: 1 exactly where y > 0."""
        return tuple(int(y > 0) for y in self.bent_of(ys))

    def integer_values(self, ys: Sequence[fmpz]) -> list[fmpz]:
        """Return `denominator` times the values at integers."""
        zero = fmpz(0)
        if self.is_relu:
            return [y if y > 0 else zero for y in ys]
        return [
            y * (above if y > 0 else below) for y, (below, above) in zip(ys, self.integer_pairs, strict=True)
        ]

    def one_sided_bits(self, pairs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
        """Return the bits at y + t y' for all small t > 0, given pairs like (y, y')."""
        return tuple(int(pair > (0, 0)) for pair in self.bent_of(pairs))

    def one_sided(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return `denominator` times the values at y + t y' for all small t > 0, as pairs like (y, y').

        Where y = 0 the sign of y' decides on which side of the bend the neuron is.
        """
        if self.is_relu:
            return [max(pair, (0, 0)) for pair in pairs]
        chosen = [
            above if y > (0, 0) else below
            for y, (below, above) in zip(pairs, self.integer_pairs, strict=True)
        ]
        return [(s * y, s * derivative) for s, (y, derivative) in zip(chosen, pairs, strict=True)]

    # on a cell: what bits select -----------------------------------------------------------------------

    def slopes_of(self, bits: Sequence[int]) -> Point:
        """Return the slope of each neuron on a cell, given a bit for each bent neuron.

        Raises
        ------
        ConfigurationError
            If there is not a bit for each bent neuron.
        """
        pairs = zip(self._spread(bits), self.slopes, strict=True)
        return tuple(above if bit else below for bit, (below, above) in pairs)

    def between(self, places: Sequence[Fraction | int]) -> Point:
        """Return for each neuron, bent or not, the slope s- + place (s+ - s-)."""
        if self.is_relu:
            return tuple(map(Fraction, places))
        pairs = zip(places, self.slopes, strict=True)
        return tuple(below + place * (above - below) for place, (below, above) in pairs)

    def integer_slopes(self, bits: Sequence[int]) -> list[int]:
        """Return `denominator` times the same slopes."""
        if self.is_relu:
            return list(self._spread(bits))
        pairs = zip(self._spread(bits), self.integer_pairs, strict=True)
        return [above if bit else below for bit, (below, above) in pairs]

    def support(self, bits: Sequence[int]) -> tuple[int, ...]:
        """Return the neurons that pass something on: those whose slope is not zero."""
        return tuple(i for i, slope in enumerate(self.integer_slopes(bits)) if slope)

    def masked_rows(self, rows: list[list[fmpz]], bits: Sequence[int]) -> list[list[fmpz]]:
        """Return each neuron's row times `denominator` times its slope."""
        zero = [fmpz(0)] * len(rows[0]) if rows else []
        if self.is_relu:
            return [row if bit else zero for bit, row in zip(bits, rows, strict=True)]
        chosen = zip(self.integer_slopes(bits), rows, strict=True)
        return [([slope * entry for entry in row] if slope else zero) for slope, row in chosen]

    def masked(self, matrix: fmpz_mat, bits: Sequence[int]) -> fmpz_mat:
        """Return `denominator` times diag(slopes) times a matrix with a row for each neuron."""
        rows, columns = self.masked_rows(matrix.tolist(), bits), int(matrix.ncols())
        return fmpz_mat(len(rows), columns, [entry for row in rows for entry in row])

    def _spread(self, bits: Sequence[int]) -> Sequence[int]:
        """Return a bit for each neuron, 1 for those that have none."""
        if len(bits) != self.bent_width:
            raise ConfigurationError(f"bits: expected {self.bent_width}, got {len(bits)}")
        if self.bent_width == self.width:
            return bits
        spread = [1] * self.width
        for i, bit in zip(self.bent, bits, strict=True):
            spread[i] = bit
        return spread

    @cached_property
    def integer_pairs(self) -> list[tuple[int, int]]:
        """`denominator` times the slopes of each neuron."""
        q = self.denominator
        return [(int(below * q), int(above * q)) for below, above in self.slopes]

    # on many cells at once -----------------------------------------------------------------------------

    def integer_factors(self, active: Flags) -> Doubles | Flags:
        """Return `integer_slopes` of many cells, exact as long as these are below 2^53.

        Parameters
        ----------
        active
            The bits, of shape (cells, bent neurons).
        """
        if self.is_relu:
            return active
        import numpy as np

        below, above = np.array(self.integer_pairs, dtype=np.float64).reshape(-1, 2).T
        spread = np.ones((len(active), self.width), dtype=bool)
        spread[:, list(self.bent)] = active
        return np.where(spread, above, below)

    def pass_on(self, values: Doubles, errors: Doubles, positive: Flags) -> None:
        """Put the values of neurons in the place of their pre-activations, with bounds on their errors.

        All arrays have the shape (points, neurons); ``positive`` are the exact signs, |value - y| is at most
        the error before and after. A slope and a product are rounded once each, so that the value s y is
        off by at most 2.1 u |s y| more (u = 2^-53), and by less than 1e-300 (1 + |y|) where something
        underflows. Zero is exact.
        """
        if self.is_relu:
            values[~positive] = 0.0
            errors[~positive] = 0.0
            return
        import numpy as np

        below, above = np.array(self._doubles, dtype=np.float64).reshape(-1, 2).T
        slopes = np.where(positive, above, below)
        with np.errstate(all="ignore"):
            floor = _FLOOR * (1 + np.abs(values) + errors)
            values *= slopes
            errors *= np.abs(slopes) * (1 + _ROUNDED)
            errors += np.abs(values) * _ROUNDED + floor
        values[slopes == 0] = 0.0
        errors[slopes == 0] = 0.0

    @cached_property
    def _doubles(self) -> list[list[float]]:
        return [[_double(s) for s in pair] for pair in self.slopes]

    def __repr__(self) -> str:
        if self.is_relu:
            return f"<Activation relu x {self.width}>"
        pairs = [f"({brief(below)}, {brief(above)})" for below, above in self.slopes[:_SHOWN]]
        more = f", ... ({self.width} neurons)" if self.width > _SHOWN else ""
        return f"<Activation {', '.join(pairs)}{more}>"


@lru_cache(maxsize=64)
def _common_exponent(pair: Slopes) -> int:
    """Return the least e with |s| <= 2^e for both slopes, 0 where both are 0."""
    return _exponent(max(map(abs, pair)))


def _exponent(size: Fraction) -> int:
    """Return the least e with size <= 2^e, 0 for 0."""
    if not size:
        return 0
    e = size.numerator.bit_length() - size.denominator.bit_length() - 1
    while size > Fraction(2) ** e:
        e += 1
    return e


def _double(slope: Fraction) -> float:
    """Return the nearest double but for what is too large or small: infinity, the smallest double."""
    sign = (slope > 0) - (slope < 0)
    try:
        return slope.numerator / slope.denominator or sign * _TINY
    except OverflowError:
        return sign * math.inf
