"""A stubborn box, decided exactly: its few cells are listed, each by linear programs over the rationals.

Signs that rigorous bounds have proved need no case; every other neuron is split at zero, in closed halves,
and a half that is empty is left. What remains are closed cells that cover the box, on each of which the
network is affine, so that a disjunct is a system of linear inequalities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpz_mat

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import UndecidedError, feasible_point
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.property import InputSet

FIXED_OFF, FIXED_ON = 2, 3
MOST_BY_PPL = 100  # inputs: PPL takes minutes for programs in more


class TooManyProgramsError(Exception):
    """The box has more cells than its share of programs allows."""


@dataclass
class ExactLeaf:
    """The search of one box.

    ``signs[k]`` holds for each neuron of hidden layer k+1 its sign where it is proved on the box, 1 or 0; -1
    where it is open; `FIXED_OFF`, `FIXED_ON` where only points with y <= 0, or with y >= 0, are asked for.
    """

    network: Network
    inputs: InputSet
    signs: Sequence[np.ndarray]
    programs: int
    checkpoint: Callable[[], None]

    def unsafe_point(self, low: Floats, high: Floats) -> Point | None:
        """Return an unsafe point of the box, None if there is none.

        Raises
        ------
        TooManyProgramsError
            If ``programs`` linear programs do not suffice.
        """
        for rows, output in self.cells(low, high):
            for disjunct in self.inputs.disjuncts:
                wanted = [_on_cell(row, output, self.network.inputs) for row in disjunct]
                point = self._point([*rows, *wanted])
                if point is not None:
                    return point
        return None

    def cells(self, low: Floats, high: Floats) -> Iterator[tuple[list[Row], Preactivations]]:
        """Yield the rows and the output map of closed cells that cover the box.

        Raises
        ------
        TooManyProgramsError
            As `unsafe_point`.
        """
        first = Preactivations.of_first_layer(self.network)
        yield from self._cells(0, first, box_rows(self.inputs, low, high))

    def spend(self) -> None:
        """Count a linear program.

        Raises
        ------
        TooManyProgramsError
            If there have been too many.
        """
        self.checkpoint()
        self.programs -= 1
        if self.programs < 0:
            raise TooManyProgramsError

    def _point(self, rows: list[Row]) -> Point | None:
        self.spend()
        try:
            return feasible_point(self.network.inputs, rows, by_ppl=self.network.inputs <= MOST_BY_PPL)
        except UndecidedError:
            raise TooManyProgramsError from None

    def _cells(
        self, k: int, y: Preactivations, rows: list[Row]
    ) -> Iterator[tuple[list[Row], Preactivations]]:
        """Yield the rows and the output map of each closed cell, y being the pre-activations of layer k+1."""
        if k == len(self.network.layers) - 1:
            yield rows, y
            return
        activation = self.network.activations[k]
        for bits, cell in self._signs_of_layer(y.integer_rows(), self.signs[k], 0, [], rows):
            following = y.next_layer(self.network, k + 1, activation.bent_of(bits))
            yield from self._cells(k + 1, following, cell)

    def _signs_of_layer(
        self, entries: list[IntegerRow], signs: np.ndarray, i: int, bits: list[int], rows: list[Row]
    ) -> Iterator[tuple[list[int], list[Row]]]:
        """Yield the bits of one layer and the rows of the cell, neuron by neuron."""
        while i < len(entries) and (0 <= signs[i] < FIXED_OFF or not any(entries[i][:-1])):
            proved = 0 <= signs[i] < FIXED_OFF
            bits = [*bits, int(signs[i]) if proved else int(entries[i][-1] > 0)]
            i += 1
        if i == len(entries):
            yield bits, rows
            return
        for bit, row in ((0, tuple(-entry for entry in entries[i])), (1, entries[i])):
            if signs[i] == FIXED_OFF + 1 - bit:
                continue
            half = [*rows, Row(primitive(row), Relation.AT_LEAST)]
            if self._point(half) is not None:
                yield from self._signs_of_layer(entries, signs, i + 1, [*bits, bit], half)


def box_rows(inputs: InputSet, low: Floats, high: Floats) -> list[Row]:
    """Return the rows of the box [low, high] within the input set, strict where the set is."""
    n, rows = len(inputs.box), []
    for i, interval in enumerate(inputs.box):
        lower, upper = _exact(low[i]), _exact(high[i])
        lower_strict = upper_strict = False
        if interval.lower is not None and (lower is None or interval.lower >= lower):
            lower, lower_strict = interval.lower, interval.open_lower
        if interval.upper is not None and (upper is None or interval.upper <= upper):
            upper, upper_strict = interval.upper, interval.open_upper
        for sign, end, strict in ((1, lower, lower_strict), (-1, upper, upper_strict)):
            if end is not None:
                relation = Relation.GREATER if strict else Relation.AT_LEAST
                side = sign * end.denominator, -sign * end.numerator
                rows.append(Row.of_side(n, i, side, relation))
    return [*rows, *(row.on_inputs(n).row for row in inputs.rows)]


def _exact(value: float) -> Fraction | None:
    return Fraction(float(value)) if np.isfinite(value) else None


def _on_cell(row: Inequality, output: Preactivations, inputs: int) -> Row:
    """Return an inequality as a row over the inputs, the outputs being affine."""
    return Row(primitive(functional_on(row, output, inputs)[0]), row.relation)


def functional_on(row: Inequality, output: Preactivations, inputs: int) -> tuple[list[int], int]:
    """Return the left side of an inequality over the inputs, the outputs being affine.

    It is (a, c) in integers and a positive scale that they are over.
    """
    coefficients = [row.offset, *(a for _, a in row.x), *(a for _, a in row.y)]
    common = common_denominator(coefficients)
    entries = [0] * (inputs + 1)
    if row.y:
        weights = [0] * int(output.matrix.nrows())
        for j, a in row.y:
            weights[j] += int(a * common)
        entries = list(map(int, (fmpz_mat(1, len(weights), weights) * output.matrix).entries()))
    scale = common * output.scale
    entries[-1] += int(row.offset * scale)
    for i, a in row.x:
        entries[i] += int(a * scale)
    return entries, scale
