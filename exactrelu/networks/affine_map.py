"""Affine maps x -> W x + b over the rationals."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exactrelu.errors import NetworkError
from exactrelu.numbers.linear_algebra import RationalMatrix, rank
from exactrelu.numbers.points import IntegerPoint, Point, point_of
from exactrelu.numbers.rationals import rational_at

if TYPE_CHECKING:  # the sparse form needs NumPy, which small networks do without
    from exactrelu.numbers.sparse_matrix import SparseMatrix


MAX_DENSE_ENTRIES = 10_000_000
"""Most entries of a matrix that is written out with its zeros."""

_SMALL = 100_000


class AffineMap:
    """The affine map x -> W x + b, with W of shape (outputs, inputs) and b of length outputs.

    It is kept as the matrix [W | b] over its least common denominator, so ``==`` and ``hash`` are
    mathematical equality of W and b. The matrix is dense or sparse; each form is made from the other when
    somebody asks for it, and the dense one is refused if it would be enormous.

    Parameters
    ----------
    matrix
        [W | b] in either form.

    Examples
    --------
    >>> m = AffineMap.from_rationals([["1/2", -1]], ["3"])
    >>> m((2, 1))
    (Fraction(3, 1),)
    >>> m.weight, m.bias
    (((Fraction(1, 2), Fraction(-1, 1)),), (Fraction(3, 1),))
    >>> AffineMap(m.sparse) == m
    True
    """

    def __init__(self, matrix: RationalMatrix | SparseMatrix) -> None:
        self._given = matrix

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

    @classmethod
    def of_sparse(cls, matrix: SparseMatrix) -> AffineMap:
        """Return the map with a sparse [W | b], made dense if it is small: then that is quicker."""
        rows, columns = matrix.shape
        return cls(matrix.dense() if rows * columns <= _SMALL else matrix)

    @property
    def inputs(self) -> int:
        """The dimension of the domain."""
        return self._given.shape[1] - 1

    @property
    def outputs(self) -> int:
        """The dimension of the codomain."""
        return self._given.shape[0]

    @cached_property
    def matrix(self) -> RationalMatrix:
        """The matrix [W | b], dense.

        Raises
        ------
        NetworkError
            If it has more than `MAX_DENSE_ENTRIES` entries and is not kept in this form.
        """
        if isinstance(self._given, RationalMatrix):
            return self._given
        self._require_writable()
        return self._given.dense()

    @cached_property
    def sparse(self) -> SparseMatrix:
        """The matrix [W | b], sparse."""
        from exactrelu.numbers.sparse_matrix import SparseMatrix

        return (
            SparseMatrix.from_dense(self._given) if isinstance(self._given, RationalMatrix) else self._given
        )

    @property
    def is_sparse(self) -> bool:
        """Whether the map is kept with a sparse matrix."""
        return not isinstance(self._given, RationalMatrix)

    @cached_property
    def rows(self) -> tuple[tuple[Fraction, ...], ...]:
        """The rows of [W | b]; a `NetworkError` as in `matrix`."""
        if isinstance(self._given, RationalMatrix):
            return self._given.rows()
        self._require_writable()
        return tuple(self._given.rows())

    def _require_writable(self) -> None:
        rows, columns = self._given.shape
        if rows * columns > MAX_DENSE_ENTRIES:
            raise NetworkError(
                f"matrix of a layer: expected at most {MAX_DENSE_ENTRIES} entries, as it must be written out "
                f"with its zeros here, got {rows} x {columns}"
            )

    @property
    def weight(self) -> tuple[tuple[Fraction, ...], ...]:
        """The rows of W, the linear part."""
        return tuple(row[:-1] for row in self.rows)

    @property
    def bias(self) -> tuple[Fraction, ...]:
        """The entries of b."""
        return tuple(self._given.column(self.inputs))

    def linear_rank(self) -> int:
        """Return the rank of W."""
        return rank([row[:-1] for row in self.matrix.integer_rows()], self.inputs)

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return W x + b for a point with ``inputs`` rational coordinates."""
        return self.at(IntegerPoint.of(point_of(x, self.inputs)))

    def at(self, place: IntegerPoint) -> Point:
        """Return W x + b for a point by its integers."""
        scale = self._given.denominator * place.denominator
        image = self._given.times_vector([*place.numerators, place.denominator])
        return tuple(Fraction(entry, scale) for entry in image)

    def after(self, first: AffineMap) -> AffineMap:
        """Return the composition x -> self(first(x))."""
        if first.outputs != self.inputs:
            raise NetworkError(
                f"cannot compose: expected a map into dimension {self.inputs}, got {first.outputs}"
            )
        if _are_large(self, first):
            return AffineMap(self.sparse @ first.sparse.extended())
        return AffineMap(self.matrix @ first.matrix.extended())

    def __add__(self, other: AffineMap) -> AffineMap:
        if _are_large(self, other):
            return AffineMap(self.sparse + other.sparse)
        return AffineMap(self.matrix + other.matrix)

    def scaled(self, factor: Fraction) -> AffineMap:
        """Return x -> factor * (W x + b)."""
        return AffineMap(self._given.scaled(factor))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AffineMap):
            return NotImplemented
        if self._given.shape != other._given.shape:
            return False
        if self.is_sparse == other.is_sparse:
            return self._given == other._given
        return self.sparse == other.sparse

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """A hash of what both forms hold: the entries that are not zero, row after row."""
        return hash((self._given.shape, self._given.denominator, tuple(self._given.nonzero_numerators())))

    def __reduce__(self) -> tuple[Any, ...]:
        return AffineMap, (self._given,)

    def __repr__(self) -> str:
        return f"<AffineMap {self.inputs} -> {self.outputs}>"


def _are_large(*maps: AffineMap) -> bool:
    """Return whether some of the maps are sparse and too large to be worth a dense matrix."""
    return any(m.is_sparse and m.outputs * (m.inputs + 1) > _SMALL for m in maps)
