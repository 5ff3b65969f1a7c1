"""The row space of integer matrices that come in parts, with a proved rank.

A minor that is not zero modulo a prime is not zero: so the rank modulo a prime is a lower bound, and costs
little. For the upper bound there are vectors that all rows annihilate: whoever knows enough of them is done.
Else the kernel of the rows that were kept is computed exactly, and must annihilate all other rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flint import fmpq_mat, fmpz_mat, nmod_mat

PRIMES = (2**61 - 1, 2**31 - 1, 2**19 - 1)
"""Mersenne primes, which python-flint's word-sized fields take."""


@dataclass(frozen=True)
class IndependentRows:
    """Rows that are independent, as they are modulo a prime, and the columns of a minor that shows it."""

    rows: fmpz_mat
    pivots: tuple[int, ...]

    @property
    def rank(self) -> int:
        """The number of rows."""
        return int(self.rows.nrows())


def independent_rows(
    parts: Iterable[fmpz_mat], columns: int, *, most: int | None = None, prime: int = PRIMES[0]
) -> IndependentRows:
    """Return rows of the parts that are a basis of their span modulo a prime.

    Parameters
    ----------
    parts
        Integer matrices with as many columns.
    columns
        Their number.
    most
        An upper bound of the rank: no more parts are read when it is reached.
    prime
        The prime.

    Examples
    --------
    >>> found = independent_rows([fmpz_mat([[1, 2, 3]]), fmpz_mat([[2, 4, 6], [0, 0, 5]])], 3)
    >>> found.rank, found.pivots
    (2, (0, 2))
    """
    kept = fmpz_mat(0, columns)
    pivots: tuple[int, ...] = ()
    for part in parts:
        if most is not None and int(kept.nrows()) >= most:
            break
        stacked = fmpz_mat([*kept.tolist(), *part.tolist()])
        chosen = _pivots(nmod_mat(stacked, prime).transpose())
        if len(chosen) > int(kept.nrows()):
            rows = stacked.tolist()
            kept = fmpz_mat([rows[i] for i in chosen])
            pivots = _pivots(nmod_mat(kept, prime))
    return IndependentRows(kept, pivots)


def _pivots(matrix: nmod_mat) -> tuple[int, ...]:
    """Return the pivot columns of the reduced row echelon form."""
    reduced, rank = matrix.rref()
    found, row = [], 0
    for j in range(int(matrix.ncols())):
        if row < rank and int(reduced[row, j]):
            found.append(j)
            row += 1
    return tuple(found)


def kernel_of(independent: IndependentRows) -> fmpz_mat:
    """Return a basis of the vectors that the rows annihilate, as the columns of an integer matrix.

    Examples
    --------
    >>> kernel_of(independent_rows([fmpz_mat([[1, 2, 3], [0, 0, 5]])], 3))
    [-2]
    [ 1]
    [ 0]
    """
    rows, pivots = independent.rows.tolist(), independent.pivots
    columns = int(independent.rows.ncols())
    free = [j for j in range(columns) if j not in set(pivots)]
    if not pivots:
        return fmpz_mat([[int(i == j) for j in range(columns)] for i in range(columns)])
    if not free:
        return fmpz_mat(columns, 0)
    square = fmpz_mat([[row[j] for j in pivots] for row in rows])
    solution = fmpq_mat(square).solve(fmpq_mat(fmpz_mat([[row[j] for j in free] for row in rows])))
    numerators, denominator = solution.numer_denom()
    solved = dict(zip(pivots, (-numerators).tolist(), strict=True))
    unit = {j: [denominator * int(i == j) for i in free] for j in free}
    return fmpz_mat([solved[j] if j in solved else unit[j] for j in range(columns)])


def proved_rank(parts: Callable[[], Iterable[fmpz_mat]], columns: int, *, most: int | None = None) -> int:
    """Return the exact rank of all rows of the parts.

    Parameters
    ----------
    parts
        Gives the integer matrices, a second time where a kernel must be checked.
    columns
        The number of columns of each.
    most
        A proved upper bound of the rank, such as the number of columns less the dimension of a known kernel.

    Examples
    --------
    >>> proved_rank(lambda: [fmpz_mat([[1, 2, 3]]), fmpz_mat([[2, 4, 6], [0, 0, 5]])], 3)
    2
    """
    most = columns if most is None else min(most, columns)
    for prime in PRIMES:
        independent = independent_rows(parts(), columns, most=most, prime=prime)
        if independent.rank == most:
            return most
        kernel = kernel_of(independent)
        if all(not any((part * kernel).entries()) for part in parts()):
            return independent.rank
    return int(fmpz_mat([row for part in parts() for row in part.tolist()]).rank())
