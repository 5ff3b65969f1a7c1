"""A stubborn box, solved exactly: linear programs over inputs and the open neurons' values.

A neuron whose sign is open on the box has a variable r for relu(z), with r >= 0, r >= z and r below the
chord of its bounds (`lifted_composition`: neurons that are multiples of each other share one). Where
the optimum of that program does not exceed what is asked for, no point of the box does; else a neuron whose
r is not relu(z) at the optimum is split at zero. A program in which every r is right is solved by a point
of the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import (
    Infeasible,
    Optimum,
    UndecidedError,
    feasible_point,
    maximise_over,
)
from exactrelu.polyhedra.row_system import RowSystem
from exactrelu.verification.candidates import is_unsafe
from exactrelu.verification.exact_leaf import MOST_BY_PPL, ExactLeaf, TooManyProgramsError, functional_on
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_composition import Composition, Neuron, composition

_MOST_PARTS = 32  # whose rows are kept

Signs = Mapping[int, int]
"""Bits of open neurons, by the index of their variable: 1 for z >= 0, 0 for z <= 0."""


@dataclass(frozen=True, eq=False)
class LiftedLeaf:
    """The programs of one box.

    ``rows`` are those of the box and the input set over the inputs, ``signs`` as in `ExactLeaf`, ``lower``
    and ``upper`` bounds of the pre-activations of each hidden layer on the box.
    """

    network: Network
    rows: Sequence[Row]
    signs: Sequence[np.ndarray]
    lower: Sequence[Floats]
    upper: Sequence[Floats]

    @cached_property
    def composition(self) -> Composition:
        """The pre-activations over inputs and variables."""
        return composition(self.network, self.signs)

    @property
    def open(self) -> list[Neuron]:
        """The neurons that have a variable: (hidden layer from 0, neuron)."""
        return self.composition.variables

    @property
    def columns(self) -> int:
        """The number of inputs and variables."""
        return self.network.inputs + len(self.open)

    @cached_property
    def _neurons(self) -> list[tuple[IntegerRow, int]]:
        """The row of z of each open neuron, and its scale."""
        maps = self.composition.maps
        tables = [y.integer_rows() for y in maps[:-1]]
        return [(tables[k][i], maps[k].scale) for k, i in self.open]

    @cached_property
    def _base(self) -> list[Row]:
        """The rows that hold whatever signs are chosen: of the box, r >= 0, and the signs asked for."""
        more = range(len(self.open))
        positive = [self._side(self.network.inputs + v, (1, 0), Relation.AT_LEAST) for v in more]
        return [*map(self._over_variables, self.rows), *positive, *self.composition.rows]

    @cached_property
    def _system(self) -> RowSystem:
        return RowSystem.of(self.columns, self._base)

    def _over_variables(self, row: Row) -> Row:
        j = row.only_coordinate
        if j is not None:
            return self._side(j, (row.entries[j], row.entries[-1]), row.relation)
        return Row((*row.entries[:-1], *(0,) * len(self.open), row.entries[-1]), row.relation)

    def _side(self, j: int, side: tuple[int, int], relation: Relation) -> Row:
        return Row.of_side(self.columns, j, side, relation)

    def _unit(self, variable: int, entry: int) -> IntegerRow:
        row = [0] * (self.columns + 1)
        row[self.network.inputs + variable] = entry
        return tuple(row)

    def _bounds(self, variable: int, signs: Signs) -> tuple[Fraction, Fraction]:  # noqa: ARG002 - see pairs
        """Return bounds of an open neuron where the signs hold."""
        k, i = self.open[variable]
        return Fraction(float(self.lower[k][i])), Fraction(float(self.upper[k][i]))

    def _relaxed(self, variable: int, signs: Signs) -> list[Row]:
        """Return r >= z and (u - l) r <= u (z - l), the latter where there are bounds."""
        k, i = self.open[variable]
        if not (np.isfinite(self.lower[k][i]) and np.isfinite(self.upper[k][i])):
            return [self._above(variable)]
        key = variable, *self._bounds(variable, signs)
        if key not in self._made:
            self._made[key] = self._triangle(*key)
        return self._made[key]

    def _triangle(self, variable: int, low: Fraction, high: Fraction) -> list[Row]:
        z, scale = self._neurons[variable]
        common = common_denominator((low, high))
        least, most = int(low * common), int(high * common)
        chord = [most * common * entry for entry in z]
        chord[-1] -= most * least * scale
        chord[self.network.inputs + variable] -= (most - least) * common * scale
        return [self._above(variable), _at_least(chord)]

    def _above(self, variable: int) -> Row:
        z, scale = self._neurons[variable]
        return _at_least([a - b for a, b in zip(self._unit(variable, scale), z, strict=True)])

    def _split(self, variable: int, bit: int) -> list[Row]:
        """Return the rows of a neuron whose sign is fixed: r = z >= 0, or r = 0 >= z."""
        if (variable, bit) not in self._made:
            z, scale = self._neurons[variable]
            if bit:
                equal = [a - b for a, b in zip(self._unit(variable, scale), z, strict=True)]
                rows = [_at_least(z), Row(primitive(equal), Relation.EQUAL)]
            else:
                zero = self._side(self.network.inputs + variable, (1, 0), Relation.EQUAL)
                rows = [_at_least([-entry for entry in z]), zero]
            self._made[variable, bit] = rows
        return self._made[variable, bit]

    @cached_property
    def _made(self) -> dict[tuple[Any, ...], list[Row]]:
        """The rows of neurons that were asked for: (variable, low, high) and (variable, bit)."""
        return {}

    def objective(self, function: Inequality) -> tuple[list[int], int]:
        """Return the left side of an inequality over inputs, variables and 1, and what it is over."""
        return functional_on(function, self.composition.maps[-1], self.columns)

    def optimum(self, function: Inequality, signs: Signs) -> Optimum | None:
        """Return the optimum of the relaxed program on the part with the given signs, None without points."""
        objective, scale = self.objective(function)
        found = maximise_over(self._part(signs), objective, scale)
        if isinstance(found, Infeasible):
            return None
        if not isinstance(found, Optimum):  # a neuron has no bounds in doubles: smaller boxes may have
            raise TooManyProgramsError
        return found

    def point(self, wanted: Sequence[Inequality], signs: Signs) -> IntegerPoint | None:
        """Return a point of the relaxed program where inequalities hold, None if there is none."""
        rows: list[Row] = list(self._base)
        for variable in range(len(self.open)):
            bit = signs.get(variable)
            rows += self._relaxed(variable, signs) if bit is None else self._split(variable, bit)
        rows += [Row(primitive(self.objective(row)[0]), row.relation) for row in wanted]
        try:
            found = feasible_point(self.columns, rows, by_ppl=self.columns <= MOST_BY_PPL)
        except UndecidedError:
            raise TooManyProgramsError from None
        return None if found is None else IntegerPoint.of(found)

    def unsafe_point(self, leaf: ExactLeaf) -> Point | None:
        """Return an unsafe point of the box, None if it has none: open neurons are split.

        Raises
        ------
        TooManyProgramsError
            As `ExactLeaf.unsafe_point`.
        """
        for disjunct in leaf.inputs.disjuncts:
            parts: list[Signs] = [{}]
            while parts:
                signs = parts.pop()
                leaf.spend()
                place = self.point(disjunct, signs)
                if place is None:
                    continue
                point = place.first(self.network.inputs).point
                if is_unsafe(self.network, leaf.inputs, point):
                    return point
                neuron = self.furthest(place, signs)
                if neuron is None:
                    raise ArithmeticError("a program whose values are right differs from the network")
                parts += [{**signs, neuron: 0}, {**signs, neuron: 1}]
        return None

    def _part(self, signs: Signs) -> RowSystem:
        """Return the rows of a part; one function after the other asks for the same ones."""
        key = frozenset(signs.items())
        if key not in self._parts:
            rows: list[Row] = []
            for variable in range(len(self.open)):
                bit = signs.get(variable)
                rows += self._relaxed(variable, signs) if bit is None else self._split(variable, bit)
            if len(self._parts) >= _MOST_PARTS:
                self._parts.clear()
            self._parts[key] = self._system.extended(rows)
        return self._parts[key]

    @cached_property
    def _parts(self) -> dict[frozenset[tuple[int, int]], RowSystem]:
        return {}

    def furthest(self, place: IntegerPoint, signs: Signs) -> int | None:
        """Return the open neuron whose variable is furthest from relu(z) there, None if all are right."""
        gaps = []
        for variable, (z, scale) in enumerate(self._neurons):
            if variable not in signs:
                value = place.numerators[self.network.inputs + variable] * scale - max(place.value(z), 0)
                gaps.append((Fraction(value, scale), variable))
        gap, variable = max(gaps, default=(Fraction(0), -1))
        return variable if gap else None


def _at_least(entries: Sequence[int]) -> Row:
    return Row(primitive(entries), Relation.AT_LEAST)
