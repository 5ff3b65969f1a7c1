"""What proves an operator norm on the directions of a domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from exactrelu.checker import characteristic_polynomial, common_divisor, is_semidefinite, roots_above
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, rank
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.matrix_norms import Norm
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem
from exactrelu.polyhedra.subspace import Subspace

Equations = Mapping[int, IntegerRow]
"""The rows (normal, offset) of a domain's equations, by their number."""


def least_sum(row: Sequence[Fraction], equations: Equations) -> list[tuple[int, Fraction]]:
    """Return the combination e of the equations' normals for which |row + e|_1 is least (an exact LP)."""
    return _least(row, equations, own_bound_for_each=True)


def least_largest_entry(row: Sequence[Fraction], equations: Equations) -> list[tuple[int, Fraction]]:
    """Return the combination e of the equations' normals with the least largest entry of |row + e|."""
    return _least(row, equations, own_bound_for_each=False)


def _least(
    row: Sequence[Fraction], equations: Equations, *, own_bound_for_each: bool
) -> list[tuple[int, Fraction]]:
    """Minimise the sum of bounds t with -t <= row + e <= t, one bound for each entry or one for all."""
    numbers, scale = sorted(equations), common_denominator(row)
    free, n = len(numbers), len(row)
    size = free + (n if own_bound_for_each else 1)
    program = MIP_Problem(size)
    for j, entry in enumerate(row):
        for sign in (1, -1):
            coefficients = [-sign * scale * equations[r][j] for r in numbers] + [0] * (size - free)
            coefficients[free + (j if own_bound_for_each else 0)] = scale
            program.add_constraint(Linear_Expression(coefficients, -sign * int(entry * scale)) >= 0)
    program.set_objective_function(Linear_Expression([0] * free + [-1] * (size - free), 0))
    solution = program.optimizing_point()
    values = [int(entry) for entry in solution.coefficients()]
    divisor = int(solution.divisor())
    pairs = zip(numbers, values, strict=False)
    return [(r, Fraction(value, divisor)) for r, value in pairs if value]


def stretched_direction(
    part: RationalMatrix, norm: Norm, equations: Equations, dimension: int
) -> tuple[Fraction, ...]:
    """Return a direction v of the domain with |A v| = |A| |v|, the operator norm on the directions.

    If there is no direction but 0 the result is 0.
    """
    subspace = Subspace.of_equations([equations[r][:-1] for r in sorted(equations)], dimension)
    rows = part.rows()
    candidates: Sequence[tuple[Fraction, ...]]
    if norm is Norm.ONE:
        candidates = subspace.vertices_of_sum_ball if equations else _units(dimension)
    else:
        candidates = [_largest_on_cube(row, subspace) for row in rows]

    def size(v: Iterable[Fraction]) -> Fraction:
        entries = [abs(entry) for entry in v]
        return max(entries) if norm is Norm.INFINITY else sum(entries, Fraction(0))

    def stretch(v: tuple[Fraction, ...]) -> Fraction:
        return size(dot(row, v) for row in rows) / size(v) if any(v) else Fraction(-1)

    return max(candidates, key=stretch, default=(Fraction(0),) * dimension)


def _units(dimension: int) -> list[tuple[Fraction, ...]]:
    return [tuple(Fraction(int(i == j)) for j in range(dimension)) for i in range(dimension)]


def _largest_on_cube(row: Sequence[Fraction], subspace: Subspace) -> tuple[Fraction, ...]:
    """Return a direction in the cube where row.v is largest."""
    if not subspace.equations:
        return tuple(Fraction(1 if entry >= 0 else -1) for entry in row)
    n, scale = subspace.ambient, common_denominator(row)
    program = MIP_Problem(n)
    for j in range(n):
        for sign in (1, -1):
            program.add_constraint(Linear_Expression([sign * int(i == j) for i in range(n)], 1) >= 0)
    for equation in subspace.equations:
        program.add_constraint(Linear_Expression(equation, 0) == 0)
    program.set_objective_function(Linear_Expression([int(entry * scale) for entry in row], 0))
    solution = program.optimizing_point()
    values = [Fraction(int(entry), int(solution.divisor())) for entry in solution.coefficients()]
    values += [Fraction(0)] * (n - len(values))
    if any(values) or not subspace.basis:
        return tuple(values)
    return tuple(map(Fraction, subspace.basis[0]))  # the row vanishes on the subspace


def projection(equations: Equations, dimension: int) -> list[list[Fraction]]:
    """Return N with I - E^T N the orthogonal projection onto the kernel of E, the equations' normals as rows.

    Rows of E that depend on those before them get zero rows in N.
    """
    numbers, chosen = sorted(equations), list[int]()
    for r in numbers:
        if rank([equations[q][:-1] for q in [*chosen, r]], dimension) > len(chosen):
            chosen.append(r)
    result = {r: [Fraction(0)] * dimension for r in numbers}
    if not chosen:
        return list(result.values())
    rows = fmpq_mat([[fmpq(entry) for entry in equations[r][:-1]] for r in chosen])
    solved = (rows * rows.transpose()).inv() * rows
    for i, r in enumerate(chosen):
        entries = (solved[i, j] for j in range(dimension))
        result[r] = [Fraction(int(entry.p), int(entry.q)) for entry in entries]
    return [result[r] for r in numbers]


def eigenvalue_interval(
    power: AlgebraicNumber, parts: Iterable[RationalMatrix], equations: Equations, dimension: int
) -> tuple[Fraction, Fraction]:
    """Return (lo, hi] round ``power`` that holds no other eigenvalue of A P A^T for any of the parts A.

    The rule of the checker is tried on each part, with more bits as long as it fails.
    """
    subspace = Subspace.of_equations([equations[r][:-1] for r in sorted(equations)], dimension)
    polynomial = [Fraction(entry) for entry in power.polynomial]
    bits = 32
    low, high = _around(power, bits)
    for part in parts:
        gram = _gram(part, subspace)
        while not _is_separated(gram, polynomial, low, high):
            bits *= 2
            low, high = _around(power, bits)
    return low, high


def _around(power: AlgebraicNumber, bits: int) -> tuple[Fraction, Fraction]:
    """Return lo < power <= hi, at most 2^-bits apart, round no other root of its polynomial."""
    low, high = power.enclosure(bits)
    first, last = power.interval
    low, high = max(low, first), min(high, last)
    return (low - Fraction(1, 2**bits), high) if low == high else (low, high)


def _gram(part: RationalMatrix, subspace: Subspace) -> list[list[Fraction]]:
    rows = part.rows()
    right = (part @ subspace.projector).rows()
    if len(rows) <= subspace.ambient:
        return [[dot(a, b) for b in rows] for a in right]
    columns = list(zip(*right, strict=True))
    return [[dot(a, b) for b in columns] for a in columns]


def dot(one: Sequence[Fraction], two: Sequence[Fraction | int]) -> Fraction:
    """Return the sum of the products."""
    return sum((a * b for a, b in zip(one, two, strict=True)), Fraction(0))


def _is_separated(
    gram: list[list[Fraction]], polynomial: list[Fraction], low: Fraction, high: Fraction
) -> bool:
    rest = [[(low if i == j else 0) - entry for j, entry in enumerate(row)] for i, row in enumerate(gram)]
    if is_semidefinite(rest):
        return True
    own = characteristic_polynomial(gram)
    common = common_divisor(own, polynomial)
    return roots_above(own, low) == 1 and roots_above(common, low) - roots_above(common, high) == 1
