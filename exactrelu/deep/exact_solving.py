"""Pivots modulo a prime, which steer, and rational matrices for python-flint, which decide."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat, nmod_mat

PRIME = (1 << 61) - 1


def pivots_of(matrix: nmod_mat) -> list[int]:
    """Return the pivot columns of the reduced echelon form.

    Examples
    --------
    >>> pivots_of(nmod_mat([[1, 2, 0], [2, 4, 1]], PRIME))
    [0, 2]
    """
    reduced, rank = matrix.rref()
    return [next(j for j, entry in enumerate(row) if int(entry)) for row in reduced.tolist()[:rank]]


def rational_matrix(rows: Sequence[Sequence[Fraction]]) -> fmpq_mat:
    """Return rows of rationals as python-flint's matrix.

    Examples
    --------
    >>> rational_matrix([[Fraction(1, 2)]]).det()
    1/2
    """
    return fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in rows])


def fraction_of(entry: fmpq) -> Fraction:
    """Return python-flint's rational as a fraction.

    Examples
    --------
    >>> fraction_of(fmpq(1, 2))
    Fraction(1, 2)
    """
    return Fraction(int(entry.p), int(entry.q))
