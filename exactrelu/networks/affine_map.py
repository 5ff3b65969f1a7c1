"""Affine maps x -> W x + b over the rationals."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpz, fmpz_mat

from exactrelu.errors import NetworkError
from exactrelu.numbers.linear_algebra import RationalMatrix, rank
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import common_denominator, rational_at


@dataclass(frozen=True, repr=False)
class AffineMap:
    """The affine map x -> W x + b, with W of shape (outputs, inputs) and b of length outputs.

    It is kept as the matrix [W | b] over its least common denominator, so ``==`` and ``hash`` are
    mathematical equality of W and b.

    Examples
    --------
    >>> m = AffineMap.from_rationals([["1/2", -1]], ["3"])
    >>> m((2, 1))
    (Fraction(3, 1),)
    >>> m.weight, m.bias
    (((Fraction(1, 2), Fraction(-1, 1)),), (Fraction(3, 1),))
    """

    matrix: RationalMatrix

    @classmethod
    def from_rationals(cls, weight: Sequence[Sequence[Any]], bias: Sequence[Any] | None = None) -> AffineMap:
        """Return the map with the given rows of W and entries of b (zeros if left out).

        Raises
        ------
        NetworkError
            If W has no rows or no columns, is ragged, or b does not have one entry for each row.
        InexactNumberError, NumberSyntaxError
            For an entry that is not an exact rational; the message names it.
        """
        if not all(isinstance(row, Sized) for row in weight):
            raise NetworkError("weight: expected rows of numbers, got numbers")
        if len(weight) == 0 or len(weight[0]) == 0:
            raise NetworkError("weight: expected at least one row and one column, got none")
        columns = len(weight[0])
        if bias is not None and len(bias) != len(weight):
            raise NetworkError(f"bias: expected {len(weight)} entries, one for each row, got {len(bias)}")
        rows = []
        for i, row in enumerate(weight):
            if isinstance(row, str):
                raise NetworkError(f"weight[{i}]: expected a row of numbers, got the text {row!r}")
            if len(row) != columns:
                raise NetworkError(f"weight[{i}]: expected {columns} entries as in row 0, got {len(row)}")
            entries = [rational_at(f"weight[{i}][{j}]", entry) for j, entry in enumerate(row)]
            entries.append(rational_at(f"bias[{i}]", bias[i]) if bias is not None else Fraction(0))
            rows.append(entries)
        return cls(RationalMatrix.from_rows(rows, columns + 1))

    @property
    def inputs(self) -> int:
        """The dimension of the domain."""
        return self.matrix.shape[1] - 1

    @property
    def outputs(self) -> int:
        """The dimension of the codomain."""
        return self.matrix.shape[0]

    @cached_property
    def rows(self) -> tuple[tuple[Fraction, ...], ...]:
        """The rows of [W | b]."""
        return self.matrix.rows()

    @property
    def weight(self) -> tuple[tuple[Fraction, ...], ...]:
        """The rows of W, the linear part."""
        return tuple(row[:-1] for row in self.rows)

    @property
    def bias(self) -> tuple[Fraction, ...]:
        """The entries of b."""
        return tuple(row[-1] for row in self.rows)

    def linear_rank(self) -> int:
        """Return the rank of W."""
        return rank([row[:-1] for row in self.matrix.integer_rows()], self.inputs)

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return W x + b for a point with ``inputs`` rational coordinates."""
        point = point_of(x, self.inputs)
        denominator = common_denominator(point)
        column = [c.numerator * (denominator // c.denominator) for c in point] + [denominator]
        image = self.matrix.numerators * fmpz_mat(len(column), 1, column)
        scale = self.matrix.denominator * denominator
        return tuple(Fraction(int(entry), scale) for entry in image.entries())

    def after(self, first: AffineMap) -> AffineMap:
        """Return the composition x -> self(first(x))."""
        if first.outputs != self.inputs:
            raise NetworkError(
                f"cannot compose: expected a map into dimension {self.inputs}, got {first.outputs}"
            )
        entries = list(first.matrix.numerators.entries())
        entries.extend(fmpz(entry) for entry in [0] * first.inputs + [first.matrix.denominator])
        extended = fmpz_mat(first.outputs + 1, first.inputs + 1, entries)
        return AffineMap(self.matrix @ RationalMatrix(extended, first.matrix.denominator))

    def __add__(self, other: AffineMap) -> AffineMap:
        return AffineMap(self.matrix + other.matrix)

    def scaled(self, factor: Fraction) -> AffineMap:
        """Return x -> factor * (W x + b)."""
        return AffineMap(self.matrix.scaled(factor))

    def __repr__(self) -> str:
        return f"<AffineMap {self.inputs} -> {self.outputs}>"
