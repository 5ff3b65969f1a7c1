"""The engine `lp` checked: every row, point, value and enclosure against exact numbers.

No search calls it; tests do, after each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from exactrelu.enumeration.lp_engine.cells import Cells, Floats
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell
from exactrelu.enumeration.lp_engine.float_bounds import UNIT, Enclosure, value_bounds
from exactrelu.enumeration.lp_engine.inner_points import is_inside, value_at
from exactrelu.numbers.linear_algebra import IntegerRow

_UNIT, _TINY = Fraction(UNIT), Fraction(2) ** -1074


def broken_promises(cells: Cells) -> list[str]:
    """Return what is wrong with cells whose layer has an undecided neuron, one line for each fault."""
    wrong = []
    rows = np.concatenate(
        [cells.signed_rows(np.arange(len(cells))), cells.current_rows()[0][:, None, :]], axis=1
    )
    for number in range(len(cells)):
        cell = ExactCell(cells, number)
        exact = [*cell.rows, cell.target]
        if not is_inside(cell.point, cell.rows):
            wrong.append(f"cell {number}: {cell.point} is not inside")
        factors = [_factor(doubles, row) for doubles, row in zip(rows[number], exact, strict=True)]
        wrong += [f"cell {number}: row {r} is not rounded" for r, factor in enumerate(factors) if not factor]
        if number not in cells.exact_points:
            wrong += _wrong_values(number, rows[number], cells.points[number], cell, factors)
    return wrong


def _factor(doubles: Floats, row: IntegerRow) -> Fraction | None:
    """Return the power of two by which the doubles are the rounded row, at most 1; None if they are not."""
    largest = max(map(abs, row))
    if not largest:
        return None if doubles.any() else Fraction(1)
    near = max(abs(Fraction(x)) for x in doubles.tolist()) / largest
    exponent = near.numerator.bit_length() - near.denominator.bit_length()
    for factor in (Fraction(2) ** (exponent + e) for e in (-1, 0, 1)):
        pairs = [(Fraction(x), factor * entry) for x, entry in zip(doubles.tolist(), row, strict=True)]
        if all(abs(x - y) <= _UNIT * abs(x) + _TINY and abs(x) <= 1 and bool(x) == bool(y) for x, y in pairs):
            return factor
    return None


def _wrong_values(
    number: int, rows: Floats, point: Floats, cell: ExactCell, factors: Sequence[Fraction | None]
) -> list[str]:
    bound = Fraction(float(value_bounds(point[None, :])[0]))
    computed = (rows @ point).tolist()
    exact = [value_at(row, cell.point) for row in (*cell.rows, cell.target)]
    return [
        f"cell {number}: the value of row {r} is {float(factor * y)}, not {x} +- {float(bound)}"
        for r, (x, y, factor) in enumerate(zip(computed, exact, factors, strict=True))
        if factor and not abs(Fraction(x) - factor * y) <= bound
    ]


def is_enclosed(
    found: Enclosure, system: int, basis: Sequence[Sequence[Fraction]], target: Sequence[Fraction]
) -> bool:
    """Return whether an enclosure holds the exact solution L of basis^T L = target, or claims nothing."""
    middle, radius = found.middle[system].tolist(), found.radius[system].tolist()
    if not np.isfinite([*middle, *radius]).all():
        return True
    matrix = fmpq_mat([[_flint(entry) for entry in row] for row in basis]).transpose()
    if matrix.det() == 0:
        return False  # a finite radius claims that it is regular
    solution = matrix.solve(fmpq_mat([[_flint(entry)] for entry in target])).entries()
    exact = [Fraction(int(entry.p), int(entry.q)) for entry in solution]
    return all(abs(Fraction(m) - x) <= Fraction(r) for m, r, x in zip(middle, radius, exact, strict=True))


def _flint(x: Fraction) -> fmpq:
    return fmpq(x.numerator, x.denominator)
