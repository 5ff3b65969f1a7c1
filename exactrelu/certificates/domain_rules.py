"""What a tree may use of its domain: its rows, its implicit equations with their proofs, an inner point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from exactrelu.certificates.tree_blocks import Rules
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.farkas import find_infeasibility


@dataclass(frozen=True)
class DomainRules:
    """The rules of a domain that is not empty, and what a tree of reading ``full`` needs proved first."""

    rules: Rules
    implicit: tuple[tuple[int, list[tuple[int, int]]], ...]
    interior: Point

    @property
    def equations(self) -> dict[int, IntegerRow]:
        """The domain's equations, implicit ones included, by their number."""
        return {
            r: row for r, (row, relation, _) in enumerate(self.rules.domain) if relation is Relation.EQUAL
        }

    @classmethod
    def of(cls, domain: Domain, reading: Reading) -> DomainRules | None:
        """Return the rules, None for an empty domain."""
        rows = [_row(constraint) for constraint in domain.constraints]
        point = domain.interior_point
        if point is None:
            return None
        if reading is not Reading.FULL:
            same = tuple((row.entries, row.relation, row.relation) for row in rows)
            return cls(Rules(reading, same, ()), (), point)
        implicit = tuple(_implicit_equations(domain.dimension, rows, point))
        equal = {r for r, _ in implicit} | {r for r, row in enumerate(rows) if row.relation is Relation.EQUAL}
        triples = tuple(
            (row.entries, Relation.EQUAL, Relation.EQUAL)
            if r in equal
            else (row.entries, Relation.GREATER, row.relation)
            for r, row in enumerate(rows)
        )
        basis = echelon([rows[r].entries for r in sorted(equal)], domain.dimension + 1)
        return cls(Rules(reading, triples, tuple(basis)), implicit, point)


def refutation(domain: Domain) -> list[tuple[int, int]]:
    """Return the multipliers that show that a domain is empty.

    Raises
    ------
    ArithmeticError
        If it has a point.
    """
    proof = find_infeasibility(domain.dimension, [_row(constraint) for constraint in domain.constraints])
    if proof is None:
        raise ArithmeticError("a domain that was taken for empty has a point")
    return _integers(proof.multipliers)


def _integers(multipliers: Sequence[Fraction]) -> list[tuple[int, int]]:
    scale = common_denominator(multipliers)
    whole = [int(m * scale) for m in multipliers]
    common = math.gcd(*whole)
    return [(p, m // common) for p, m in enumerate(whole) if m]


def combination(
    rows: Mapping[int, IntegerRow], target: Sequence[int | Fraction]
) -> list[tuple[int, Fraction]]:
    """Return multipliers m with sum m_r row_r = target over equations.

    Raises
    ------
    ArithmeticError
        If the target is no combination of the rows.
    """
    numbers = sorted(rows)
    if not any(target):
        return []
    width = len(target)
    entries = [[*(rows[r][j] for r in numbers), target[j]] for j in range(width)]
    reduced, rank = fmpq_mat([[_fmpq(entry) for entry in line] for line in entries]).rref()
    result: list[tuple[int, Fraction]] = []
    for line in range(rank):
        pivot = next(j for j in range(len(numbers) + 1) if reduced[line, j] != 0)
        if pivot == len(numbers):
            raise ArithmeticError("a row is no combination of the domain's equations")
        value = reduced[line, len(numbers)]
        if value != 0:
            result.append((numbers[pivot], Fraction(int(value.p), int(value.q))))
    return sorted(result)


def _fmpq(value: int | Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _row(constraint: LinearConstraint) -> Row:
    """Return the row of the format: as `Row`, but an equation keeps the sign that it is written with."""
    if constraint.relation is Relation.EQUAL:
        return Row(primitive_from_rationals((*constraint.normal, constraint.offset)), Relation.EQUAL)
    return constraint.row


def _implicit_equations(
    dimension: int, rows: list[Row], point: Point
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the rows ``>= 0`` that are zero on the domain, each with its proof.

    A row that is positive at a relative interior point is no equation; one that is zero there is zero
    everywhere.
    """
    known = list(rows)
    for r, row in enumerate(rows):
        if row.relation is Relation.EQUAL or _value(row.entries, point):
            continue
        proof = find_infeasibility(dimension, [*known, Row(row.entries, Relation.GREATER)])
        if proof is None:
            raise ArithmeticError("a row that vanishes on the domain has no proof of it")
        yield r, _integers(proof.multipliers)
        known[r] = Row(row.entries, Relation.EQUAL)


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
