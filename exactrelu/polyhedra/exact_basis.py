"""Bases of linear programs, solved exactly, and the pivots of the simplex method between them.

A basis is as many rows as there are coordinates, independent, all taken as equations. Rows with one entry fix
a coordinate at once, so that the system that is solved has only the other ones. A coordinate that no row
fixes may be held at zero by nothing at all: its multiplier must then vanish. All numbers are integers over
common denominators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, NamedTuple

from flint import fmpz_mat

from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Row
from exactrelu.polyhedra.row_system import RowSystem

Multipliers = dict[int, Fraction]
_MOST_PIVOTS = 60  # or the number of coordinates: in wide boxes one after the other goes to its other end


class Optimum:
    """The largest value of an objective, a vertex or other point that attains it, and why it is largest.

    ``multipliers``, by the index of the row: objective + sum m_i row_i is the constant ``value``, with m_i >=
    0 for each inequality. They are given by a function, as rationals are only made for who asks.
    """

    def __init__(self, value: Fraction, place: IntegerPoint, multipliers: Callable[[], Multipliers]) -> None:
        self.value, self.place, self._multipliers = value, place, multipliers

    @cached_property
    def point(self) -> Point:
        """The coordinates of a point that attains the value."""
        return self.place.point

    @cached_property
    def multipliers(self) -> Multipliers:
        """The multipliers that are not zero."""
        return self._multipliers()


@dataclass(frozen=True)
class Unbounded:
    """A point where all rows hold, and a direction along which they still do while the objective grows."""

    point: Point
    ray: Point


@dataclass(frozen=True)
class Infeasible:
    """Multipliers, by the index of the row, with sum m_i row_i a negative constant (m_i >= 0 but for =)."""

    multipliers: Multipliers


Outcome = Optimum | Unbounded | Infeasible


@dataclass
class Basis:
    """For each fixed coordinate the row that fixes it (None: held at zero), and the other rows."""

    fixed: dict[int, int | None]
    general: list[int]


Member = tuple[int, bool]
"""A row of a basis: (its index, False), or (the coordinate, True) where nothing but zero holds it."""


class Combination(NamedTuple):
    """Multipliers of members of a basis: p / (q denominator) for ``parts[member]`` = (p, q), q > 0."""

    denominator: int
    parts: dict[Member, tuple[int, int]]

    def multiplier(self, member: Member) -> Fraction:
        """Return one multiplier."""
        p, q = self.parts[member]
        return Fraction(p, q * self.denominator)

    def by_row(self, factor: Fraction) -> Multipliers:
        """Return the multipliers of rows, times a factor."""
        return {member[0]: factor * self.multiplier(member) for member in self.parts}


class Program:
    """Maximise an affine objective over rows, strict ones relaxed.

    ``objective`` is (c_1, ..., c_n, c_0) in integers, which means (c.x + c_0) / ``scale``.
    """

    def __init__(self, system: RowSystem, objective: Sequence[int], scale: int = 1) -> None:
        self.system, self.objective, self.scale = system, objective, scale
        self.dimension, self.rows, self.box = system.dimension, system.rows, system.box

    @classmethod
    def of(cls, dimension: int, objective: Sequence[Fraction | int], rows: Sequence[Row]) -> Program:
        """Return the program of rows and an objective in rationals."""
        return cls(RowSystem.of(dimension, rows), *integer_objective(objective))

    def value_at(self, point: IntegerPoint) -> Fraction:
        """Return the objective at a point."""
        return Fraction(point.value(self.objective), point.denominator * self.scale)

    # systems -------------------------------------------------------------------------------------------

    def point_of(self, basis: Basis) -> IntegerPoint | None:
        """Return where all rows of a basis vanish, None if they are not independent."""
        ends = [0] * self.dimension
        for j, i in basis.fixed.items():
            ends[j] = 0 if i is None else self.box.ends[i]
        fixed = IntegerPoint(ends, self.box.denominator)
        if not basis.general:
            return fixed if len(basis.fixed) == self.dimension else None
        place = {i: k for k, i in enumerate(self.system.general)}
        values = self.system.general_values(fixed)
        solved = self._solved(basis, [-values[place[i]] for i in basis.general], transposed=False)
        if solved is None:
            return None
        numerators, denominator = solved
        result = [end * denominator for end in ends]
        for j, x in zip(self._free(basis), numerators, strict=True):
            result[j] = x
        return IntegerPoint(result, denominator * fixed.denominator)

    def combination(self, basis: Basis, target: Sequence[int]) -> Combination | None:
        """Return m with target = sum m_i a_i over the rows a_i of a basis; zeros are left out."""
        solved = self._solved(basis, [target[j] for j in self._free(basis)], transposed=True)
        if solved is None:
            return None
        weights, denominator = solved
        parts: dict[Member, tuple[int, int]] = {
            (i, False): (m, 1) for i, m in zip(basis.general, weights, strict=True) if m
        }
        sums = self._weighted(dict(zip(basis.general, weights, strict=True)))
        rows = self.rows
        for j, i in basis.fixed.items():
            rest = target[j] * denominator - sums[j]
            if rest and i is None:
                parts[j, True] = rest, 1
            elif rest and i is not None:
                a = rows[i].entries[j]
                parts[i, False] = (rest, a) if a > 0 else (-rest, -a)
        return Combination(denominator, parts)

    def _weighted(self, weights: dict[int, int]) -> list[int]:
        """Return the weighted sum of rows with several coordinates."""
        sums = [0] * (self.dimension + 1)
        for i, m in weights.items():
            if m:
                sums = [total + m * a for total, a in zip(sums, self.rows[i].entries, strict=True)]
        return sums

    def direction(self, basis: Basis, leaving: Member) -> IntegerPoint | None:
        """Return d along which the row that leaves has derivative 1, the other rows of the basis 0."""
        index, held = leaving
        d, size = [0] * self.dimension, 1
        right = [int(i == index and not held) for i in basis.general]
        if held or index in self.box.coordinate:
            j = index if held else self.box.coordinate[index]
            a = 1 if held else self.rows[index].entries[j]
            d[j], size = (1 if a > 0 else -1), abs(a)
            right = [-d[j] * self.rows[i].entries[j] for i in basis.general]
        solved = self._solved(basis, right, transposed=False)
        if solved is None:
            return None
        numerators, denominator = solved
        d = [x * denominator for x in d]
        for j, x in zip(self._free(basis), numerators, strict=True):
            d[j] = x
        return IntegerPoint(d, denominator * size)

    def _free(self, basis: Basis) -> list[int]:
        return [j for j in range(self.dimension) if j not in basis.fixed]

    def _solved(
        self, basis: Basis, right: Sequence[int], *, transposed: bool
    ) -> tuple[list[int], int] | None:
        """Solve for the coordinates that are not fixed: integers and what they are over."""
        columns = self._free(basis)
        if len(columns) != len(basis.general):
            return None
        if not columns:
            return [], 1
        entries = [self.rows[i].entries[j] for i in basis.general for j in columns]
        matrix = fmpz_mat(len(columns), len(columns), entries)
        try:
            found: Any = (matrix.transpose() if transposed else matrix).solve(
                fmpz_mat(len(right), 1, list(right))
            )
        except ZeroDivisionError:
            return None
        numerators, denominator = found.numer_denom()
        return list(map(int, numerators.entries())), int(denominator)

    # checks --------------------------------------------------------------------------------------------

    def violated(self, point: IntegerPoint) -> int | None:
        """Return the row that a point violates most (measured by its largest entry), None if all hold."""
        worst: tuple[Fraction, int] | None = None
        for i, amount in self._violations(point):
            worst = max(worst or (amount, i), (amount, i))
        return None if worst is None else worst[1]

    def _violations(self, point: IntegerPoint) -> Iterator[tuple[int, Fraction]]:
        """Yield the rows that do not hold at the point of a basis; with one coordinate only the tightest."""
        numerators, denominator = point
        factor = denominator // self.box.denominator
        for rows, sign in ((self.box.lower, 1), (self.box.upper, -1)):
            for j, i in rows.items():
                beyond = sign * (self.box.ends[i] * factor - numerators[j])
                if beyond > 0:
                    yield i, Fraction(beyond)
        for i, value in zip(self.system.general, self.system.general_values(point), strict=True):
            if value < 0 or (value and self.system.is_equation(i)):
                yield i, Fraction(abs(value), max(map(abs, self.rows[i].entries[:-1])))


def integer_objective(objective: Sequence[Fraction | int]) -> tuple[list[int], int]:
    """Return an objective as integers over a positive scale."""
    scale = common_denominator(objective)
    return [c.numerator * (scale // c.denominator) for c in objective], scale


def improved(program: Program, basis: Basis) -> Outcome | None:
    """Return what a program comes to, by exact pivots from a basis; None if they lead nowhere soon.

    If only rows are violated, the dual simplex method takes its steps, if only multipliers have the wrong
    sign, the primal one. If both are, rows come first: steps of the dual method for the objective zero.
    """
    target = [-c for c in program.objective[:-1]]
    for _ in range(max(_MOST_PIVOTS, program.dimension)):
        point = program.point_of(basis)
        multipliers = None if point is None else program.combination(basis, target)
        if point is None or multipliers is None:
            return None
        wrong = _wrong_multiplier(program, multipliers)
        violated = program.violated(point)
        if violated is None and wrong is None:
            by_row = partial(multipliers.by_row, Fraction(1, program.scale))
            return Optimum(program.value_at(point), point, by_row)
        if wrong is None or violated is not None:
            known = multipliers if wrong is None else Combination(1, {})
            step = _dual_step(program, basis, point, violated, known)
        else:
            step = _primal_step(program, basis, point, wrong, positive=multipliers.parts[wrong][0] > 0)
        if not isinstance(step, Basis):
            return step
        basis = step
    return None


def _wrong_multiplier(program: Program, multipliers: Combination) -> Member | None:
    """Return a member whose multiplier cannot stand: one that is held by nothing first."""
    parts = multipliers.parts
    for member in parts:
        if member[1]:
            return member
    wrong = [m for m, (p, _) in parts.items() if p < 0 and not program.system.is_equation(m[0])]
    return min(wrong, key=multipliers.multiplier, default=None)


def _primal_step(
    program: Program, basis: Basis, point: IntegerPoint, leaving: Member, *, positive: bool
) -> Basis | Outcome | None:
    found = program.direction(basis, leaving)
    if found is None:
        return None
    # a positive multiplier, only of a held coordinate: the objective grows downwards
    sign = -1 if positive else 1
    direction = IntegerPoint([sign * x for x in found.numerators], found.denominator)
    members = {*basis.general, *basis.fixed.values()}
    ratios: list[tuple[Fraction, int]] = []
    for i, value, slope in _met(program, point, direction):
        if i not in members and (slope < 0 or (slope and program.system.is_equation(i))):
            ratios.append((abs(Fraction(value, slope)), i))
    if not ratios:
        return Unbounded(point.point, direction.point)
    return _exchanged(program, basis, leaving, min(ratios)[1])


def _met(program: Program, point: IntegerPoint, step: IntegerPoint) -> Iterator[tuple[int, int, int]]:
    """Yield each row that a step changes, its value at the point and its slope, over common denominators."""
    for i, j in program.box.coordinate.items():
        if step.numerators[j]:
            *_, offset = entries = program.rows[i].entries
            value = entries[j] * point.numerators[j] + offset * point.denominator
            yield i, value, entries[j] * step.numerators[j]
    for i in program.system.general:
        entries = program.rows[i].entries
        yield i, point.value(entries), step.value((*entries[:-1], 0))


def _dual_step(
    program: Program, basis: Basis, point: IntegerPoint, entering: int | None, multipliers: Combination
) -> Basis | Outcome | None:
    if entering is None:
        return None
    entries = program.rows[entering].entries
    sign = 1 if point.value(entries) < 0 else -1
    alpha = program.combination(basis, [sign * a for a in entries[:-1]])
    if alpha is None:
        return None
    held = [member for member in alpha.parts if member[1]]
    if held:
        return _exchanged(program, basis, held[0], entering)
    ratios = [  # of the numerators: what they are over is the same for all
        (Fraction(multipliers.parts.get(member, (0, 1))[0], p), member)
        for member, (p, _) in alpha.parts.items()
        if p > 0 and not program.system.is_equation(member[0])
    ]
    if not ratios:
        return Infeasible({entering: Fraction(sign), **alpha.by_row(Fraction(-1))})
    return _exchanged(program, basis, min(ratios)[1], entering)


def _exchanged(program: Program, basis: Basis, leaving: Member, entering: int) -> Basis:
    """Return the basis with one row in the place of another.

    The new row may have one entry, at a coordinate that is fixed: then the one that leaves is what fixed it,
    since the rows stay independent.
    """
    fixed, general = dict(basis.fixed), [i for i in basis.general if leaving[1] or i != leaving[0]]
    if leaving[1]:
        del fixed[leaving[0]]
    elif leaving[0] in program.box.coordinate:
        del fixed[program.box.coordinate[leaving[0]]]
    if entering in program.box.coordinate:
        fixed[program.box.coordinate[entering]] = entering
    else:
        general.append(entering)
    return Basis(fixed, general)
