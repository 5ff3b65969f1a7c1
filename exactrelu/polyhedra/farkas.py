"""Infeasibility of mixed linear systems, proved by multipliers (Motzkin's transposition theorem).

A system of rows u_i(x) >= 0, s_k(x) > 0, e_j(x) = 0 has no solution if and only if there are multipliers
lambda_i >= 0, mu_k >= 0, nu_j (any sign) and a constant tau >= 0 with

    sum lambda_i u_i + sum mu_k s_k + sum nu_j e_j + tau = 0   identically in x,   and   tau + sum mu_k > 0.

Such multipliers refute the system: at a solution the left side would be positive. That they exist is
Motzkin's theorem; here they are found as a solution of a linear program and checked before they leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row


@dataclass(frozen=True)
class InfeasibilityProof:
    """Multipliers, one for each row, that show that ``rows`` have no common point."""

    dimension: int
    rows: tuple[Row, ...]
    multipliers: tuple[Fraction, ...]

    def is_valid(self) -> bool:
        """Return whether the multipliers prove what they claim (exact, no search).

        Examples
        --------
        >>> rows = (Row((1, 0), Relation.AT_LEAST), Row((-1, 0), Relation.GREATER))
        >>> InfeasibilityProof(1, rows, (Fraction(1), Fraction(1))).is_valid()
        True
        >>> InfeasibilityProof(1, rows, (Fraction(0), Fraction(0))).is_valid()
        False
        """
        if len(self.multipliers) != len(self.rows):
            return False
        pairs = list(zip(self.multipliers, self.rows, strict=True))
        if any(m < 0 for m, row in pairs if row.relation is not Relation.EQUAL):
            return False
        sums = [sum(m * row.entries[j] for m, row in pairs) for j in range(self.dimension + 1)]
        strict = sum(m for m, row in pairs if row.relation is Relation.GREATER)
        tau = -sums[-1]
        return not any(sums[:-1]) and tau >= 0 and tau + strict > 0


def find_infeasibility(dimension: int, rows: Sequence[Row]) -> InfeasibilityProof | None:
    """Return multipliers that show that the rows have no common point in R^dimension, None if they have one.

    It is a linear program in the multipliers, so a box in many dimensions is no harder than its rows.
    """
    count = len(rows)
    problem = ppl.MIP_Problem(count + 1)  # the last variable is tau
    for j in range(dimension + 1):
        column = [row.entries[j] for row in rows] + [int(j == dimension)]
        problem.add_constraint(ppl.Linear_Expression(column, 0) == 0)
    for k, row in enumerate(rows):
        if row.relation is not Relation.EQUAL:
            problem.add_constraint(ppl.Linear_Expression(_unit(k, count), 0) >= 0)
    problem.add_constraint(ppl.Linear_Expression(_unit(count, count), 0) >= 0)
    strict = [int(row.relation is Relation.GREATER) for row in rows]
    problem.add_constraint(ppl.Linear_Expression([*strict, 1], -1) == 0)  # fixes the scale
    return _checked(dimension, rows, problem) if problem.is_satisfiable() else None


def prove_infeasible(dimension: int, rows: Sequence[Row]) -> InfeasibilityProof:
    """Return multipliers that show that the rows have no common point in R^dimension.

    Raises
    ------
    ValueError
        If the rows have a common point.

    Examples
    --------
    >>> rows = (Row((1, -2), Relation.AT_LEAST), Row((-1, 1), Relation.AT_LEAST))
    >>> prove_infeasible(1, rows).multipliers
    (Fraction(1, 1), Fraction(1, 1))
    """
    proof = find_infeasibility(dimension, rows)
    if proof is None:
        raise ValueError("the rows have a common point: no multipliers refute them")
    return proof


def _checked(dimension: int, rows: Sequence[Row], problem: ppl.MIP_Problem) -> InfeasibilityProof:
    problem.set_objective_function(ppl.Linear_Expression([0] * (len(rows) + 1), 0))
    solution = problem.optimizing_point()
    values = [int(entry) for entry in solution.coefficients()][: len(rows)]
    values += [0] * (len(rows) - len(values))
    multipliers = [Fraction(value, int(solution.divisor())) for value in values]
    scale = common_denominator(multipliers)
    proof = InfeasibilityProof(dimension, tuple(rows), tuple(m * scale for m in multipliers))
    if not proof.is_valid():
        raise ArithmeticError("PPL returned multipliers that do not refute the rows")
    return proof


def _unit(index: int, last: int) -> list[int]:
    return [int(j == index) for j in range(last + 1)]
