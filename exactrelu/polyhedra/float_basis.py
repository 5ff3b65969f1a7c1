"""Bases of linear programs proposed by HiGHS in doubles: what they are worth is decided exactly.

Rows are scaled to a largest entry of 1; what doubles then lose may make the basis wrong, never an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from exactrelu.polyhedra.exact_basis import Basis, Program
from exactrelu.polyhedra.row_system import RowSystem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

_MARGIN = 1 / 64  # of a box: points are looked for so far inside
_INSIDE = 1e-6  # of the largest entry of a row: points that are this far inside are tried


class Proposal(NamedTuple):
    """What HiGHS found: a basis, and whether it says that there is no point."""

    basis: Basis
    infeasible: bool


def proposal(program: Program) -> Proposal | None:
    """Return HiGHS's last basis of a program, None if it has none."""
    import highspy
    import numpy as np

    system, box = program.system, program.box
    largest = max(map(abs, program.objective[:-1]), default=0) or 1
    cost = np.array([c / largest for c in program.objective[:-1]])
    low, high = system.box.doubles
    solver = _solved(highspy, system, cost, (low, high), system.doubles)
    found = solver.getBasis()
    if not found.valid:
        return None
    free = highspy.HighsBasisStatus.kBasic
    upper = highspy.HighsBasisStatus.kUpper
    basis = Basis({}, [])
    for j, status in enumerate(found.col_status):
        if status != free:
            first, second = (box.upper, box.lower) if status == upper else (box.lower, box.upper)
            basis.fixed[j] = first[j] if j in first else second.get(j)
    basis.general = [i for i, status in zip(system.general, found.row_status, strict=True) if status != free]
    return Proposal(basis, solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible)


def inner_point(system: RowSystem) -> list[float] | None:
    """Return doubles that seem to lie well inside of all rows, taken as inequalities, None without any."""
    import highspy
    import numpy as np

    n, table = system.dimension, system.doubles
    low, high = (np.append(ends, end) for ends, end in zip(system.box.doubles, (-np.inf, 1.0), strict=True))
    width = high - low
    inwards = np.where(np.isfinite(width), width * _MARGIN, 1.0)
    ends = low + inwards, high - inwards
    ends[0][n], ends[1][n] = -np.inf, 1.0
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    size = np.maximum(1.0, np.abs(table[:, -1:]))
    lifted = np.hstack([table[:, :-1], -size, table[:, -1:]])
    solver = _solved(highspy, system, cost, ends, lifted)
    point = list(solver.getSolution().col_value)
    return point[:n] if solver.getBasis().valid and point[n] > _INSIDE else None


def _solved(highspy: Any, system: RowSystem, cost: Any, ends: tuple[Doubles, Doubles], table: Doubles) -> Any:
    """Return a solver that has maximised the cost over the rows of a table, within the ends."""
    # The constructor of Highs registers callbacks, which prints a banner; that of the class below does not.
    (core,) = highspy.Highs.__bases__
    solver: Any = core()
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
        solver.setOptionValue(name, value)
    solver.passModel(_model(highspy, system, cost, ends, table))
    solver.run()
    return solver


def _model(highspy: Any, system: RowSystem, cost: Any, ends: tuple[Doubles, Doubles], table: Doubles) -> Any:
    import numpy as np

    equations = np.array([system.is_equation(i) for i in system.general], dtype=bool)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(table)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = ends[0], np.maximum(*ends)
    model.row_lower_ = -table[:, -1]
    model.row_upper_ = np.where(equations, -table[:, -1], highspy.kHighsInf)
    row, column = np.nonzero(table[:, :-1])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(row, np.arange(len(table) + 1))
    model.a_matrix_.index_ = column
    model.a_matrix_.value_ = table[row, column]
    return model
