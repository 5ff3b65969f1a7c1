"""Lemma A.7: for fixed directions the uniform norm on the cube controls the gradients; its constant, exactly.

For weight vectors a_1, ..., a_m with pairwise independent directions, no two opposite, let C' be the least
constant with |h|_{W^{1,inf}} <= C' ||h||_{L^inf((-1,1)^d)} for all h = sum c_i relu(<a_i, x>). Since h is
linear on each cell, ||h||_inf is its largest value at a vertex of a cell's closure in the cube, so C' is the
largest optimum of finitely many linear programs in c: an entry of the gradient on a cell, subject to |h(v)|
<= 1 at all vertices v. Vector-valued h are no different, since both norms are maxima over outputs.

With Theorem 3.3, whose permutation is the identity here, ||Phi - Gamma||_inf <=
C_A ||g - R(Gamma)||_inf^(1/2) holds with C_A = 2 C'^(1/2): only neurons of one direction are compared, and
they differ by 2 delta^(1/2) at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem
from exactrelu.shallow.directions import opposite_directions, same_direction
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.radicals import square_root
from exactrelu.stability.norms import Real, as_rational


@dataclass(frozen=True)
class LemmaA7Constant:
    """The least C' with |h|_{W^{1,inf}} <= C' ||h||_{L^inf((-1,1)^d)}, and an h that attains it.

    Attributes
    ----------
    gradient_constant
        C'.
    coefficients
        c_1, ..., c_m of an h with ||h||_inf = 1 and |h|_{W^{1,inf}} = C'.
    point, input
        A point of the cell where the entry ``input`` of its gradient is C'.
    vertices
        The vertices of all cells in the cube, at which h is bounded.
    """

    gradient_constant: Fraction
    coefficients: tuple[Fraction, ...]
    point: Point
    input: int
    vertices: tuple[Point, ...]

    @property
    def constant(self) -> Real:
        """C_A = 2 C'^(1/2)."""
        return as_rational(2 * square_root(self.gradient_constant))


def lemma_a7_constant(weights: Sequence[Sequence[Any]], *, search: Search | None = None) -> LemmaA7Constant:
    """Return the constant of Lemma A.7 for the weight vectors a_1, ..., a_m, m >= 1.

    Parameters
    ----------
    weights
        m rational vectors of length d >= 1 that are not zero, no two parallel.
    search
        The engine, regions and seconds. The work grows with cells times vertices.

    Raises
    ------
    ArgumentError
        If two weight vectors are parallel or one is zero: there is no such constant then, or C is not unique.
    BudgetExhaustedError
        If a limit of the search is reached.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Lemma A.7; the linear programs are derived here. That
    the last two coordinates are positive, as the lemma has it, is not needed.

    Examples
    --------
    >>> found = lemma_a7_constant([[1, 1], [-1, 2]])
    >>> found.gradient_constant, found.constant
    (Fraction(1, 1), Fraction(2, 1))
    """
    shallow = Parametrization.from_rationals(weights, [[1]] * len(weights))
    _require_independent(shallow)
    search = started(search)
    box = Domain.box([(-1, 1)] * shallow.inputs)
    cells = list(regions(shallow.network(), box, "full", search=search))
    vertices = sorted({vertex for cell in cells for vertex in cell.geometry.vertices})
    bounds = [_values(shallow, vertex) for vertex in vertices]
    best: LemmaA7Constant | None = None
    for cell in cells:
        bits = cell.configuration.layers[0]
        for j in range(shallow.inputs):
            search.check_time()
            entries = [
                n.weight[j] if bit else Fraction(0) for n, bit in zip(shallow.neurons, bits, strict=True)
            ]
            value, coefficients = _maximum(entries, bounds)
            if best is None or value > best.gradient_constant:
                best = LemmaA7Constant(value, coefficients, cell.point, j, tuple(vertices))
    if best is None:
        raise ArithmeticError("the cube has a cell, but none was found")
    return best


def _require_independent(shallow: Parametrization) -> None:
    for i, neuron in enumerate(shallow.neurons):
        if neuron.is_constant:
            raise ArgumentError(f"weights[{i}]: expected a vector that is not zero")
    pair = same_direction(shallow) or opposite_directions(shallow)
    if pair is not None:
        raise ArgumentError(f"weights: expected no two parallel ones, got {pair[0]} and {pair[1]}")


def _values(shallow: Parametrization, x: Point) -> tuple[Fraction, ...]:
    return tuple(max(neuron.preactivation(x), Fraction(0)) for neuron in shallow.neurons)


def _maximum(
    objective: Sequence[Fraction], bounds: Sequence[tuple[Fraction, ...]]
) -> tuple[Fraction, tuple[Fraction, ...]]:
    """Return the maximum of objective . c subject to |row . c| <= 1 for all rows, and a c that attains it."""
    size = len(objective)
    program = MIP_Problem(size)
    for row in bounds:
        if any(row):
            scale = common_denominator(row)
            for sign in (1, -1):
                entries = [int(sign * scale * entry) for entry in row]
                program.add_constraint(Linear_Expression(entries, scale) >= 0)
    scale = common_denominator(objective)
    program.set_objective_function(Linear_Expression([int(scale * entry) for entry in objective], 0))
    solution = program.optimizing_point()
    found = [Fraction(int(entry), int(solution.divisor())) for entry in solution.coefficients()][:size]
    c = (*found, *(Fraction(0),) * (size - len(found)))
    if any(abs(_dot(row, c)) > 1 for row in bounds):
        raise ArithmeticError("PPL returned coefficients that do not satisfy the constraints")
    return _dot(objective, c), c


def _dot(one: Sequence[Fraction], two: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(one, two, strict=True)), Fraction(0))
