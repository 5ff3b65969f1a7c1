"""Subsets of rational vectors with a given sum: all of them, within a budget.

Already for integers this is the subset-sum problem, so there is no fast way in general. Two ways are
taken, whichever is cheaper. *Elimination*: the system sum x_i v_i = s is solved over Q; the k free
unknowns take the values 0 and 1, which costs 2^k, 1 if the vectors are independent. *Meeting in the
middle*: the sums of one half of the vectors are looked up among those of the other half, 2^(n/2).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.errors import BudgetExhaustedError
from exactrelu.numbers.linear_algebra import RationalMatrix, echelon, pivot_column

Vector = Sequence[Fraction]

MOST_SUMS = 2**18
"""How many sums are looked at, unless another budget is given."""


def subsets_with_sum(
    vectors: Sequence[Vector], target: Vector, most_sums: int = MOST_SUMS
) -> Iterator[tuple[int, ...]]:
    """Yield all sets J of indices, sorted tuples, with the sum of the vectors in J equal to ``target``.

    Parameters
    ----------
    vectors
        n rational vectors of one length; zero and equal ones are allowed.
    target
        The sum.
    most_sums
        The budget: the most sums that are computed, 2^k or about 2^(n/2), and the most sets that are found.

    Raises
    ------
    BudgetExhaustedError
        Before anything is yielded if more sums would be needed; later if there are more sets.

    Examples
    --------
    >>> one = Fraction(1)
    >>> sorted(subsets_with_sum([(one,), (one,), (-one,)], (one * 0,)))
    [(), (0, 2), (1, 2)]
    """
    rows = _system(vectors, target)
    n = len(vectors)
    if any(pivot_column(row) == n for row in rows):
        return iter(())  # the equation 0 = 1
    pivots = {pivot_column(row) for row in rows}
    free = [i for i in range(n) if i not in pivots]
    half = (n + 1) // 2
    if 2 ** min(len(free), half) > most_sums:
        raise BudgetExhaustedError(
            f"more than {most_sums} sums of subsets of {n} neurons (2^{min(len(free), half)} are needed)"
        )
    found = _eliminated(rows, n, free) if len(free) <= half else _met(rows, n, half)
    return _counted(found, most_sums)


def _system(vectors: Sequence[Vector], target: Vector) -> list[tuple[int, ...]]:
    """Return sum x_i v_i = target as integer rows (v_1k, ..., v_nk, target_k) in reduced echelon form."""
    columns = [*vectors, target]
    equations = list(zip(*columns, strict=True))
    return echelon(RationalMatrix.from_rows(equations, len(columns)).integer_rows(), len(columns))


def _eliminated(rows: Sequence[tuple[int, ...]], n: int, free: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Try 0 and 1 for the free unknowns; the others follow and must be 0 or 1."""
    for bits in itertools.product((0, 1), repeat=len(free)):
        solution = dict(zip(free, bits, strict=True))
        for row in rows:
            pivot = pivot_column(row)
            value = row[n] - sum(row[i] for i, bit in zip(free, bits, strict=True) if bit)
            if value not in (0, row[pivot]):
                break
            solution[pivot] = int(value != 0)
        else:
            yield tuple(i for i in range(n) if solution[i])


def _met(rows: Sequence[tuple[int, ...]], n: int, half: int) -> Iterator[tuple[int, ...]]:
    """Look the sums of the first half up among those of the second."""
    columns = list(zip(*rows, strict=True))
    wanted: dict[tuple[int, ...], list[int]] = {}
    for mask, total in _sums(columns[half:n], len(rows)):
        rest = tuple(p - q for p, q in zip(columns[n], total, strict=True))
        wanted.setdefault(rest, []).append(mask)
    for mask, total in _sums(columns[:half], len(rows)):
        for other in wanted.get(total, ()):
            both = mask | other << half
            yield tuple(i for i in range(n) if both >> i & 1)


def _sums(columns: Sequence[tuple[int, ...]], length: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (mask, sum) for all subsets of the columns."""
    sums = [(0, (0,) * length)]
    for i, column in enumerate(columns):
        sums += [
            (mask | 1 << i, tuple(p + q for p, q in zip(total, column, strict=True))) for mask, total in sums
        ]
    return iter(sums)


def _counted(found: Iterator[tuple[int, ...]], most: int) -> Iterator[tuple[int, ...]]:
    for number, subset in enumerate(found, start=1):
        if number > most:
            raise BudgetExhaustedError(f"more than {most} subsets")
        yield subset
