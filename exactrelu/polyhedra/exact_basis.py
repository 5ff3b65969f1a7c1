"""Bases of linear programs, solved exactly, and the pivots of the simplex method between them.

A basis is as many rows as there are coordinates, independent, all taken as equations. Rows with one entry fix
a coordinate at once, so that the system that is solved has only the other ones. A coordinate that no row
fixes may be held at zero by nothing at all: its multiplier must then vanish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpz_mat

from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row

Vector = list[Fraction]
_ZERO = Fraction(0)
_MOST_PIVOTS = 60


@dataclass(frozen=True)
class Optimum:
    """The largest value of an objective, a vertex or other point that attains it, and why it is largest.

    ``multipliers``, by the index of the row: objective + sum m_i row_i is the constant ``value``, with m_i >=
    0 for each inequality.
    """

    value: Fraction
    point: Point
    multipliers: dict[int, Fraction]


@dataclass(frozen=True)
class Unbounded:
    """A point where all rows hold, and a direction along which they still do while the objective grows."""

    point: Point
    ray: Point


@dataclass(frozen=True)
class Infeasible:
    """Multipliers, by the index of the row, with sum m_i row_i a negative constant (m_i >= 0 but for =)."""

    multipliers: dict[int, Fraction]


Outcome = Optimum | Unbounded | Infeasible


@dataclass
class Basis:
    """For each fixed coordinate the row that fixes it (None: held at zero), and the other rows."""

    fixed: dict[int, int | None]
    general: list[int]


Member = tuple[int, bool]
"""A row of a basis: (its index, False), or (the coordinate, True) where nothing but zero holds it."""


class Program:
    """Maximise an affine objective over rows, strict ones relaxed.

    ``objective`` is (c_1, ..., c_n, c_0), which means c.x + c_0.
    """

    def __init__(self, dimension: int, objective: Sequence[Fraction], rows: Sequence[Row]) -> None:
        self.dimension, self.rows = dimension, rows
        self.linear, self.constant = [Fraction(c) for c in objective[:-1]], Fraction(objective[-1])
        self.single: dict[int, int] = {}  # row -> the one coordinate it has
        self.general: list[int] = []
        for i, row in enumerate(rows):
            j = row.only_coordinate
            if j is not None:
                self.single[i] = j
            elif any(row.entries[:-1]):
                self.general.append(i)

    @cached_property
    def _matrix(self) -> fmpz_mat:
        entries = [entry for i in self.general for entry in self.rows[i].entries]
        return fmpz_mat(len(self.general), self.dimension + 1, entries)

    def with_objective(self, objective: Sequence[Fraction]) -> Program:
        """Return the program of the same rows with another objective."""
        other = object.__new__(Program)
        other.__dict__.update(self.__dict__)
        other.linear, other.constant = [Fraction(c) for c in objective[:-1]], Fraction(objective[-1])
        return other

    def is_equation(self, i: int) -> bool:
        """Return whether row i is an equation."""
        return self.rows[i].relation is Relation.EQUAL

    # systems -------------------------------------------------------------------------------------------

    def point_of(self, basis: Basis) -> Point | None:
        """Return where all rows of a basis vanish, None if they are not independent."""
        fixed = {j: self._fixed_value(j, i) for j, i in basis.fixed.items()}
        free = self._free(basis)
        if len(free) != len(basis.general):
            return None
        right = []
        for i in basis.general:
            entries = self.rows[i].entries
            right.append(
                -sum((entries[j] * x for j, x in fixed.items() if entries[j]), Fraction(entries[-1]))
            )
        found = self._solved(basis.general, free, right, transposed=False)
        if found is None:
            return None
        fixed |= dict(zip(free, found, strict=True))
        return tuple(fixed[j] for j in range(self.dimension))

    def combination(self, basis: Basis, target: Vector) -> dict[Member, Fraction] | None:
        """Return m with target = sum m_i a_i over the rows a_i of a basis; zeros are left out."""
        free = self._free(basis)
        found = self._solved(basis.general, free, [target[j] for j in free], transposed=True)
        if found is None:
            return None
        result: dict[Member, Fraction] = {
            (i, False): m for i, m in zip(basis.general, found, strict=True) if m
        }
        scale, sums = self._weighted(result)
        for j, i in basis.fixed.items():
            rest = target[j] - Fraction(sums[j], scale) if sums[j] else target[j]
            if rest and i is None:
                result[j, True] = rest
            elif rest and i is not None:
                result[i, False] = rest / self.rows[i].entries[j]
        return result

    def _weighted(self, multipliers: dict[Member, Fraction]) -> tuple[int, list[int]]:
        """Return a scale, and scale times the weighted sum of rows."""
        if not multipliers:
            return 1, [0] * (self.dimension + 1)
        scale = common_denominator(multipliers.values())
        weights = [m.numerator * (scale // m.denominator) for m in multipliers.values()]
        entries = [entry for i, _ in multipliers for entry in self.rows[i].entries]
        count = len(weights)
        product = fmpz_mat(1, count, weights) * fmpz_mat(count, self.dimension + 1, entries)
        return scale, list(map(int, product.entries()))

    def direction(self, basis: Basis, leaving: Member) -> Vector | None:
        """Return d along which the row that leaves has derivative 1, the other rows of the basis 0."""
        index, held = leaving
        free, d = self._free(basis), [_ZERO] * self.dimension
        right = [Fraction(int(i == index and not held)) for i in basis.general]
        if held or index in self.single:
            j = index if held else self.single[index]
            d[j] = Fraction(1) if held else Fraction(1, self.rows[index].entries[j])
            right = [-d[j] * self.rows[i].entries[j] for i in basis.general]
        found = self._solved(basis.general, free, right, transposed=False)
        if found is None:
            return None
        for j, x in zip(free, found, strict=True):
            d[j] = x
        return d

    def _fixed_value(self, j: int, i: int | None) -> Fraction:
        return _ZERO if i is None else Fraction(-self.rows[i].entries[-1], self.rows[i].entries[j])

    def _free(self, basis: Basis) -> list[int]:
        return [j for j in range(self.dimension) if j not in basis.fixed]

    def _solved(
        self, rows: list[int], columns: list[int], right: Vector, *, transposed: bool
    ) -> Vector | None:
        if not rows:
            return []
        entries = [self.rows[i].entries[j] for i in rows for j in columns]
        matrix = fmpz_mat(len(rows), len(columns), entries)
        scale = common_denominator(right)
        column = fmpz_mat(len(right), 1, [int(x * scale) for x in right])
        try:
            found: Any = (matrix.transpose() if transposed else matrix).solve(column)
        except ZeroDivisionError:
            return None
        numerators, denominator = found.numer_denom()
        total = int(denominator) * scale
        return [Fraction(int(x), total) for x in numerators.entries()]

    # checks --------------------------------------------------------------------------------------------

    def values(self, point: Sequence[Fraction], last: int = 1) -> Iterator[tuple[int, int]]:
        """Yield each row with a positive multiple of its value a.x + c at a point (a.x if ``last`` is 0)."""
        scale = common_denominator(point)
        numerators = [x.numerator * (scale // x.denominator) for x in point]
        for i, j in self.single.items():
            entries = self.rows[i].entries
            yield i, entries[j] * numerators[j] + entries[-1] * scale * last
        column = fmpz_mat(len(numerators) + 1, 1, [*numerators, scale * last])
        for i, value in zip(self.general, (self._matrix * column).entries(), strict=True):
            yield i, int(value)

    def violated(self, point: Point) -> int | None:
        """Return the row that a point violates most (measured by its largest entry), None if all hold."""
        worst: tuple[Fraction, int] | None = None
        for i, value in self.values(point):
            if value < 0 or (value and self.is_equation(i)):
                amount = Fraction(abs(value), max(map(abs, self.rows[i].entries[:-1])))
                worst = max(worst or (amount, i), (amount, i))
        return None if worst is None else worst[1]

    def value_at(self, point: Sequence[Fraction]) -> Fraction:
        """Return the objective at a point."""
        return sum((c * x for c, x in zip(self.linear, point, strict=True) if c), self.constant)


def improved(program: Program, basis: Basis) -> Outcome | None:
    """Return what a program comes to, by exact pivots from a basis; None if they lead nowhere soon.

    If only rows are violated, the dual simplex method takes its steps, if only multipliers have the wrong
    sign, the primal one.
    """
    target = [-c for c in program.linear]
    for _ in range(_MOST_PIVOTS):
        point = program.point_of(basis)
        multipliers = None if point is None else program.combination(basis, target)
        if point is None or multipliers is None:
            return None
        wrong = _wrong_multiplier(program, multipliers)
        violated = program.violated(point)
        if violated is None and wrong is None:
            return Optimum(program.value_at(point), point, {i: m for (i, _), m in multipliers.items()})
        if violated is not None and wrong is not None:
            return None
        step = (
            _primal_step(program, basis, point, wrong, multipliers[wrong])
            if wrong is not None
            else _dual_step(program, basis, point, violated, multipliers)
        )
        if not isinstance(step, Basis):
            return step
        basis = step
    return None


def _wrong_multiplier(program: Program, multipliers: dict[Member, Fraction]) -> Member | None:
    """Return a member whose multiplier cannot stand: one that is held by nothing first."""
    held = [member for member in multipliers if member[1]]
    wrong = [
        m for m, value in multipliers.items() if not m[1] and value < 0 and not program.is_equation(m[0])
    ]
    return held[0] if held else min(wrong, key=lambda m: multipliers[m], default=None)


def _primal_step(
    program: Program, basis: Basis, point: Point, leaving: Member, multiplier: Fraction
) -> Basis | Outcome | None:
    direction = program.direction(basis, leaving)
    if direction is None:
        return None
    if multiplier > 0:  # only of a held coordinate: the objective grows downwards
        direction = [-x for x in direction]
    slopes = dict(program.values(direction, 0))
    ratios: list[tuple[Fraction, int]] = []
    members = {*basis.general, *basis.fixed.values()}
    scales = Fraction(common_denominator(direction), common_denominator(point))
    for i, value in program.values(point):
        slope = slopes[i]
        if i not in members and (slope < 0 or (slope and program.is_equation(i))):
            ratios.append((abs(Fraction(value, slope)) * scales, i))
    if not ratios:
        return Unbounded(point, tuple(direction))
    return _exchanged(program, basis, leaving, min(ratios)[1])


def _dual_step(
    program: Program, basis: Basis, point: Point, entering: int | None, multipliers: dict[Member, Fraction]
) -> Basis | Outcome | None:
    if entering is None:
        return None
    value = next(value for i, value in program.values(point) if i == entering)
    sign = 1 if value < 0 else -1
    alpha = program.combination(basis, [Fraction(sign * a) for a in program.rows[entering].entries[:-1]])
    if alpha is None:
        return None
    held = [member for member in alpha if member[1]]
    if held:
        return _exchanged(program, basis, held[0], entering)
    ratios = [
        (multipliers.get(member, _ZERO) / a, member)
        for member, a in alpha.items()
        if a > 0 and not program.is_equation(member[0])
    ]
    if not ratios:
        return Infeasible({entering: Fraction(sign), **{i: -a for (i, _), a in alpha.items()}})
    return _exchanged(program, basis, min(ratios)[1], entering)


def _exchanged(program: Program, basis: Basis, leaving: Member, entering: int) -> Basis:
    """Return the basis with one row in the place of another.

    The new row may have one entry, at a coordinate that is fixed: then the one that leaves is what fixed it,
    since the rows stay independent.
    """
    fixed, general = dict(basis.fixed), [i for i in basis.general if leaving[1] or i != leaving[0]]
    if leaving[1]:
        del fixed[leaving[0]]
    elif leaving[0] in program.single:
        del fixed[program.single[leaving[0]]]
    if entering in program.single:
        fixed[program.single[entering]] = entering
    else:
        general.append(entering)
    return Basis(fixed, general)
