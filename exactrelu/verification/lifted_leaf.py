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

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, primitive, primitive_from_rationals
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import Infeasible, Optimum, maximise
from exactrelu.verification.exact_leaf import functional_on
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_composition import Composition, Neuron, composition

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
        """The rows that hold whatever signs are chosen."""
        more = (0,) * len(self.open)
        lifted = [Row((*row.entries[:-1], *more, row.entries[-1]), row.relation) for row in self.rows]
        return [*lifted, *self.composition.rows]

    def _unit(self, variable: int, entry: int) -> IntegerRow:
        row = [0] * (self.columns + 1)
        row[self.network.inputs + variable] = entry
        return tuple(row)

    def _bounds(self, variable: int, signs: Signs) -> tuple[Fraction, Fraction]:  # noqa: ARG002 - see pairs
        """Return bounds of an open neuron where the signs hold."""
        k, i = self.open[variable]
        return Fraction(float(self.lower[k][i])), Fraction(float(self.upper[k][i]))

    def _relaxed(self, variable: int, signs: Signs) -> list[Row]:
        """Return r >= 0, r >= z and (u - l) r <= u (z - l)."""
        z, scale = self._neurons[variable]
        low, high = self._bounds(variable, signs)
        r = self._unit(variable, scale)
        chord = [high * entry for entry in z]
        chord[-1] -= high * low * scale
        chord[self.network.inputs + variable] -= (high - low) * scale
        above = [a - b for a, b in zip(r, z, strict=True)]
        return [_at_least(self._unit(variable, 1)), _at_least(above), Row(primitive_from_rationals(chord),
                Relation.AT_LEAST)]  # fmt: skip

    def _split(self, variable: int, bit: int) -> list[Row]:
        """Return the rows of a neuron whose sign is fixed: r = z >= 0, or r = 0 >= z."""
        z, scale = self._neurons[variable]
        if not bit:
            return [_at_least([-entry for entry in z]), Row(self._unit(variable, 1), Relation.EQUAL)]
        equal = [a - b for a, b in zip(self._unit(variable, scale), z, strict=True)]
        return [_at_least(z), Row(primitive(equal), Relation.EQUAL)]

    def objective(self, function: Inequality) -> list[Fraction]:
        """Return the left side of an inequality over inputs, variables and 1."""
        return functional_on(function, self.composition.maps[-1], self.columns)

    def optimum(self, function: Inequality, signs: Signs) -> Optimum | None:
        """Return the optimum of the relaxed program on the part with the given signs, None without points."""
        rows = list(self._base)
        for variable in range(len(self.open)):
            bit = signs.get(variable)
            rows += self._relaxed(variable, signs) if bit is None else self._split(variable, bit)
        objective = self.objective(function)
        found = maximise(self.columns, objective, rows)
        if isinstance(found, Infeasible):
            return None
        if not isinstance(found, Optimum):
            raise ArithmeticError("a program on a bounded set has no bound")  # noqa: TRY004 - no argument
        return found

    def furthest(self, point: Sequence[Fraction], signs: Signs) -> int | None:
        """Return the open neuron whose variable is furthest from relu(z) there, None if all are right."""
        gaps = []
        for variable, (z, scale) in enumerate(self._neurons):
            if variable not in signs:
                value = sum((a * x for a, x in zip(z, point, strict=False) if a), Fraction(z[-1])) / scale
                gaps.append((point[self.network.inputs + variable] - max(value, Fraction(0)), variable))
        gap, variable = max(gaps, default=(Fraction(0), -1))
        return variable if gap else None


def _at_least(entries: Sequence[int]) -> Row:
    return Row(primitive(entries), Relation.AT_LEAST)
