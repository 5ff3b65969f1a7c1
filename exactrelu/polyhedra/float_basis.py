"""Bases of linear programs proposed by HiGHS in doubles: what they are worth is decided exactly.

Rows are scaled to a largest entry of 1; what doubles then lose may make the basis wrong, never an answer.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.exact_basis import Basis, Infeasible, Program

_LARGEST = 1e300


class Sides(NamedTuple):
    """The rows with one entry that bound each coordinate most tightly from below and above, and how."""

    lower: dict[int, tuple[Fraction, int]]
    upper: dict[int, tuple[Fraction, int]]

    @classmethod
    def of(cls, program: Program) -> Sides:
        """Return the sides that the rows of a program give."""
        sides = cls({}, {})
        for i, j in program.single.items():
            entries, equation = program.rows[i].entries, program.is_equation(i)
            end = Fraction(-entries[-1], entries[j])
            if (equation or entries[j] > 0) and (j not in sides.lower or end > sides.lower[j][0]):
                sides.lower[j] = end, i
            if (equation or entries[j] < 0) and (j not in sides.upper or end < sides.upper[j][0]):
                sides.upper[j] = end, i
        return sides

    def contradiction(self, program: Program) -> Infeasible | None:
        """Return multipliers if some coordinate's lower bound is above its upper one."""
        for j, (low, one) in self.lower.items():
            if j in self.upper and low > self.upper[j][0]:
                other = self.upper[j][1]
                first, second = program.rows[one].entries[j], program.rows[other].entries[j]
                return Infeasible({one: Fraction(1, first), other: Fraction(-1, second)})
        return None


class Proposal(NamedTuple):
    """What HiGHS found: a basis, its point in doubles, and whether it says that there is no point."""

    basis: Basis
    point: list[float]
    infeasible: bool


def proposal(program: Program, sides: Sides) -> Proposal | None:
    """Return HiGHS's last basis of a program, None if it has none."""
    import highspy

    # The constructor of Highs registers callbacks, which prints a banner; that of the class below does not.
    (core,) = highspy.Highs.__bases__
    solver: Any = core()
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, program, sides))
    solver.run()
    found = solver.getBasis()
    if not found.valid:
        return None
    free = highspy.HighsBasisStatus.kBasic
    basis = Basis({}, [])
    for j, status in enumerate(found.col_status):
        if status == free:
            continue
        at_upper = status == highspy.HighsBasisStatus.kUpper
        first, second = (sides.upper, sides.lower) if at_upper else (sides.lower, sides.upper)
        end = first.get(j) or second.get(j)
        basis.fixed[j] = None if end is None else end[1]
    basis.general = [i for i, status in zip(program.general, found.row_status, strict=True) if status != free]
    infeasible = solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    return Proposal(basis, list(solver.getSolution().col_value), infeasible)


def _model(highspy: Any, program: Program, sides: Sides) -> Any:
    import numpy as np

    n, m = program.dimension, len(program.general)
    table = np.array([_scaled(program.rows[i].entries) for i in program.general], dtype=np.float64)
    table = table.reshape(m, n + 1)
    equations = np.array([program.rows[i].relation is Relation.EQUAL for i in program.general], dtype=bool)
    largest = max(map(abs, program.linear), default=Fraction(0)) or Fraction(1)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, m
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array([_double(c / largest) for c in program.linear])
    low, high = np.full(n, -highspy.kHighsInf), np.full(n, highspy.kHighsInf)
    for ends, bounds in ((low, sides.lower), (high, sides.upper)):
        for j, (end, _) in bounds.items():
            ends[j] = _double(end)
    model.col_lower_, model.col_upper_ = low, np.maximum(low, high)
    model.row_lower_ = -table[:, -1]
    model.row_upper_ = np.where(equations, -table[:, -1], highspy.kHighsInf)
    row, column = np.nonzero(table[:, :-1])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(row, np.arange(m + 1))
    model.a_matrix_.index_ = column
    model.a_matrix_.value_ = table[row, column]
    return model


def _scaled(entries: tuple[int, ...]) -> list[float]:
    largest = max(map(abs, entries[:-1]))
    *normal, offset = entries
    return [*(entry / largest for entry in normal), _double(Fraction(offset, largest))]


def _double(value: Fraction) -> float:
    try:
        return max(-_LARGEST, min(_LARGEST, value.numerator / value.denominator))
    except OverflowError:
        return _LARGEST if value > 0 else -_LARGEST
