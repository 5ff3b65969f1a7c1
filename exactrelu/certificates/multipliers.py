"""Motzkin multipliers for many systems at once: proposed in floats, solved and checked in integers.

A *question* is a cell (rows that a path collects), a point of its closure and one more row w: show that the
cell and w > 0 (or w >= 0) have no common point. The batched simplex proposes the rows that support the
answer; the multipliers are then the exact solution of a small linear system, and their signs and the
constant are checked. Where that fails, an exact linear program answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import fmpz_mat

from exactrelu.numbers.batched_simplex import SMALL, climb
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.farkas import find_infeasibility

_ENTRIES = 1 << 21  # numbers in one batch


class Question(NamedTuple):
    """The rows of a cell, by number and by position in its path, a point of it, and the row to refute.

    Rows of the path that others imply may be left out. The refuted row has the position ``last``.
    ``strict`` says whether ``row > 0`` or ``row >= 0`` is refuted. With ``relaxed`` the rows have the
    relations that bounds are proved with: those of the path are closed, those of the domain are as they are
    given.
    """

    rows: tuple[int, ...]
    positions: tuple[int, ...]
    last: int
    point: int
    row: int
    strict: bool
    relaxed: bool = False


class RowTable:
    """Rows and points by number; a row may have another relation in proofs of bounds."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.rows: list[IntegerRow] = []
        self.relations: list[Relation] = []
        self.relaxed: list[Relation] = []
        self.points: list[Sequence[Fraction]] = []
        self.equations = False  # whether there are any

    def add(self, row: IntegerRow, relation: Relation, relaxed: Relation = Relation.AT_LEAST) -> int:
        """Add a row and return its number; ``relaxed`` is the relation that bounds may use."""
        self.rows.append(row)
        self.relations.append(relation)
        self.relaxed.append(relaxed)
        self.equations = self.equations or relaxed is Relation.EQUAL
        return len(self.rows) - 1

    def relations_for(self, question: Question) -> list[Relation]:
        """Return the relations of the question's rows, in their order."""
        relations = self.relaxed if question.relaxed else self.relations
        return [relations[r] for r in question.rows]

    def add_point(self, point: Sequence[Fraction]) -> int:
        """Add a point and return its number."""
        self.points.append(point)
        return len(self.points) - 1


def answer(table: RowTable, questions: Sequence[Question]) -> list[list[tuple[int, int]]]:
    """Return the multipliers of each question: pairs (position in the path, multiplier).

    Raises
    ------
    ArithmeticError
        If a system has a solution, so that nothing refutes it.
    """
    floats = _Floats(table)
    order = sorted(range(len(questions)), key=lambda q: len(questions[q].rows))
    supports: dict[int, list[int]] = {}
    for numbers in _batches(order, questions, table.dimension + 1):
        found = floats.supports([questions[q] for q in numbers])
        supports.update(zip(numbers, found, strict=True))
    solved = _solve_squares(table, questions, supports)
    return [
        solved.get(q) or solve_exactly(table, question, supports[q]) or _by_linear_program(table, question)
        for q, question in enumerate(questions)
    ]


def _batches(order: list[int], questions: Sequence[Question], width: int) -> Iterator[list[int]]:
    """Cut questions that are sorted by their number of rows so that no batch fills too much memory."""
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop - start) * len(questions[order[stop]].rows) * width < _ENTRIES:
            stop += 1
        yield order[start:stop]
        start = stop


class _Floats:
    """The float images of a table, for proposals only."""

    def __init__(self, table: RowTable) -> None:
        self.table = table
        n = table.dimension
        self.rows = _scaled_rows(table.rows, n + 1)
        self.rows = np.concatenate([self.rows, [[0.0] * n + [1.0]]])  # padding: 1 >= 0
        self.points = np.array(
            [[_float(entry) for entry in point] for point in table.points] or np.zeros((0, n)),
            dtype=float,
        ).reshape(-1, n)
        equations = [r for r, relation in enumerate(table.relations) if relation is Relation.EQUAL]
        self.directions = _null_space(self.rows[equations, :-1]) if equations else None

    def supports(self, questions: Sequence[Question]) -> list[list[int]]:
        """Return for each question the positions of the proposed rows."""
        longest = max((len(question.rows) for question in questions), default=0)
        padding = len(self.table.rows)
        numbers = np.full((len(questions), longest + 1), padding)
        for q, question in enumerate(questions):
            numbers[q, : len(question.rows)] = question.rows
            numbers[q, longest] = question.row
        rows = self.rows[numbers]
        points = self.points[[question.point for question in questions]]
        values = np.einsum("qrn,qn->qr", rows[:, :, :-1], points) + rows[:, :, -1]
        gradients = rows[:, :, :-1]
        if self.directions is not None:
            gradients = gradients @ self.directions
        tableau = np.concatenate([values[:, :, None], gradients], axis=2)
        tableau = np.nan_to_num(tableau, nan=0.0, posinf=1e300, neginf=-1e300)
        np.maximum(tableau[:, :-1, 0], 0.0, out=tableau[:, :-1, 0])
        found = climb(tableau, np.full(len(tableau), np.inf))
        taking_part = (found.rows >= 0) & (found.multipliers > SMALL)
        return [sorted(rows[chosen].tolist()) for rows, chosen in zip(found.rows, taking_part, strict=True)]


def _float(value: Fraction) -> float:
    """Return a double near a rational, a large one where there is none."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return 1e300 if value > 0 else -1e300


def _scaled_rows(rows: Sequence[IntegerRow], width: int) -> np.ndarray:
    """Return the rows in floats, each scaled to a largest entry of 1."""
    try:
        result = np.array(rows, dtype=float).reshape(-1, width)
    except OverflowError:
        return np.array([_scaled(row) for row in rows], dtype=float)
    largest = np.abs(result).max(axis=1, initial=0.0)
    return result / np.where(largest > 0, largest, 1.0)[:, None]


def _scaled(row: IntegerRow) -> list[float]:
    largest = max(map(abs, row)) or 1
    return [entry / largest for entry in row]


def _null_space(rows: np.ndarray) -> np.ndarray:
    _, values, right = np.linalg.svd(rows)
    rank = int((values > 1e-9).sum())
    return right[rank:].T.copy()


def _solve_squares(
    table: RowTable, questions: Sequence[Question], supports: Mapping[int, Sequence[int]]
) -> dict[int, list[tuple[int, int]]]:
    """Return the answers where as many rows as there are coordinates, at most 3, were proposed.

    They are solved by Cramer's rule, all at once, on arrays of Python integers.
    """
    n = table.dimension
    if n > 3 or table.equations:
        return {}
    chosen = [q for q, support in supports.items() if len(support) == n]
    if not chosen:
        return {}
    rows = np.array(table.rows, dtype=object)
    numbers = [[questions[q].rows[p] for p in supports[q]] for q in chosen]
    own, multipliers = _cramer(rows[numbers].transpose(1, 2, 0), rows[[questions[q].row for q in chosen]].T)
    result = {}
    for q, divisor, *values in zip(chosen, own, *multipliers, strict=True):
        signed = (values, divisor) if divisor > 0 else ([-m for m in values], -divisor)
        found = _checked(table, questions[q], supports[q], *signed) if divisor else None
        if found:
            result[q] = found
    return result


def _cramer(rows: Any, target: Any) -> tuple[Any, list[Any]]:
    """Return own and m with sum m_r a_r + own * a = 0, by determinants; entries may be arrays."""
    if len(rows) == 1:
        return rows[0][0], [-target[0]]
    if len(rows) == 2:
        (a, b, _), (c, d, _), (x, y, _) = rows[0], rows[1], target
        return a * d - b * c, [c * y - d * x, b * x - a * y]
    a, b, c, _ = rows[0]
    d, e, f, _ = rows[1]
    g, h, i, _ = rows[2]
    x, y, z, _ = target
    ei_fh, di_fg, dh_eg = e * i - f * h, d * i - f * g, d * h - e * g
    solved = [
        y * di_fg - x * ei_fh - z * dh_eg,
        x * (b * i - c * h) - y * (a * i - c * g) + z * (a * h - b * g),
        y * (a * f - c * d) - x * (b * f - c * e) - z * (a * e - b * d),
    ]
    return a * ei_fh - b * di_fg + c * dh_eg, solved


def solve_exactly(
    table: RowTable, question: Question, support: Sequence[int]
) -> list[tuple[int, int]] | None:
    """Return the multipliers on the proposed rows, None if they do not refute the system.

    The equations of the cell may take part with multipliers of any sign.
    """
    path = question.rows
    columns = [p for p in support if p < len(path)]
    if table.equations:
        relations = table.relaxed if question.relaxed else table.relations
        equations = [p for p, r in enumerate(path) if relations[r] is Relation.EQUAL]
        columns = sorted({*columns, *equations})
    refuted = table.rows[question.row]
    if not any(refuted[:-1]):
        return _checked(table, question, [], [], 1)
    solution = _by_elimination([table.rows[path[p]] for p in columns], refuted, table.dimension)
    return _checked(table, question, columns, *solution) if solution else None


def _checked(
    table: RowTable, question: Question, columns: Sequence[int], multipliers: Sequence[int], own: int
) -> list[tuple[int, int]] | None:
    """Return multipliers that cancel the linear parts, if their signs and the constant refute the system."""
    path, rows = question.rows, table.rows
    relations = table.relaxed if question.relaxed else table.relations
    constant, proper, pairs = own * rows[question.row][-1], question.strict, []
    for p, m in zip(columns, multipliers, strict=True):
        if m:
            number = path[p]
            relation = relations[number]
            if m < 0 and relation is not Relation.EQUAL:
                return None
            constant += m * rows[number][-1]
            proper = proper or relation is Relation.GREATER
            pairs.append((question.positions[p], m))
    if constant > 0 or (constant == 0 and not proper):
        return None
    pairs.append((question.last, own))
    return _primitive(pairs)


def _by_elimination(
    rows: Sequence[IntegerRow], target: IntegerRow, dimension: int
) -> tuple[list[int], int] | None:
    """Solve by the reduced row echelon form; superfluous rows get the multiplier 0."""
    if not rows:
        return None
    columns = [*rows, target]
    entries = [column[j] for j in range(dimension) for column in columns]
    reduced, denominator, rank = fmpz_mat(dimension, len(columns), entries).rref()
    scale = int(denominator)
    result = [0] * len(rows)
    for line in range(rank):
        pivot = next(j for j in range(len(columns)) if reduced[line, j] != 0)
        if pivot == len(rows):
            return None  # the refuted row is no combination of the proposed ones
        result[pivot] = -int(reduced[line, len(rows)])
    return (result, scale) if scale > 0 else ([-m for m in result], -scale)


def _by_linear_program(table: RowTable, question: Question) -> list[tuple[int, int]]:
    """Return the multipliers of an exact linear program over all rows of the path."""
    relation = Relation.GREATER if question.strict else Relation.AT_LEAST
    relations = table.relations_for(question)
    rows = [Row(table.rows[r], relation) for r, relation in zip(question.rows, relations, strict=True)]
    proof = find_infeasibility(table.dimension, [*rows, Row(table.rows[question.row], relation)])
    if proof is None:
        raise ArithmeticError("a branch that was taken for empty has a point")
    scale = common_denominator(proof.multipliers)
    positions = [*question.positions, question.last]
    pairs = [(p, int(m * scale)) for p, m in zip(positions, proof.multipliers, strict=True) if m]
    return _primitive(pairs)


def _primitive(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    common = math.gcd(*(m for _, m in pairs))
    return [(p, m // common) for p, m in pairs] if common > 1 else pairs
