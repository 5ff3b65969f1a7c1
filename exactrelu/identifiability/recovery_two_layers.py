"""Recovery of a network with two hidden layers from its bends along lines through one point.

The first layer's hyperplanes are known, and which bend belongs to which neuron of the second. Along a line
a neuron of the second layer changes between on and off exactly at its bends, so all is known up to the N_2
bits at the point where the lines meet. For each choice of them the function's affine maps on all pieces are
linear equations for the vectors u_i of the second layer's neurons and the last bias. The sides of the first
layer are those for which the affine part of each y_i is a combination of the relu(+-h_j): subset sums
again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import BudgetExhaustedError, NotRecoveredError
from exactrelu.identifiability.bends import Bend, BentLine
from exactrelu.identifiability.second_layer import (
    SeenNeuron,
    Signs,
    region_rows,
    signs_at,
)
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import (
    IntegerRow,
    RationalMatrix,
    echelon,
    pivot_column,
    primitive_from_rationals,
)
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import feasible_point

_MOST_BITS = 2**12


@dataclass(frozen=True)
class SolvedNetwork:
    """A network that has all that was seen, and how many of its numbers were free to choose."""

    network: Network
    free: int


@dataclass(frozen=True)
class TwoLayers:
    """What is known: the functionals h_j, the neurons of the second layer, the lines through one point."""

    first: Sequence[IntegerRow]
    second: Sequence[SeenNeuron]
    lines: Sequence[BentLine]

    def networks(self) -> Iterator[SolvedNetwork]:
        """Yield the networks that have all bends and all affine maps that were seen.

        Raises
        ------
        NotRecoveredError
            If some weights are not determined by what was seen, or no network fits.
        BudgetExhaustedError
            If there are too many bits or sides to choose from.
        """
        width = len(self.second)
        if 2**width > _MOST_BITS:
            raise BudgetExhaustedError(f"2^{width} choices of what is on at one point are too many")
        if 2 ** len(self.first) > _MOST_BITS:
            raise BudgetExhaustedError(f"2^{len(self.first)} choices of the first layer's sides are too many")
        for bits in itertools.product(*((0, 1) if neuron.members else (1,) for neuron in self.second)):
            rows = self._equations(bits)
            if rows is not None:
                yield from self._of_bits(bits, rows)
        raise NotRecoveredError("no network of the architecture has the bends that were seen")

    def _equations(self, bits: tuple[int, ...]) -> list[IntegerRow] | None:
        """Return what follows for all unknowns from the bits at the base, None if these cannot be."""
        rows: list[IntegerRow] = []
        for i, neuron in enumerate(self.second):
            signed = self._signed(i, neuron, bits[i])
            if signed is None:
                return None
            rows += signed
        rows = echelon(rows, self._columns)
        for equations in self._of_pieces(bits):
            rows = echelon([*rows, *equations], self._columns)
            if _contradicts(rows):
                return None
        return rows

    def _of_bits(self, bits: tuple[int, ...], rows: list[IntegerRow]) -> Iterator[SolvedNetwork]:
        """Yield the networks for all sides of the first layer that the equations allow."""
        for sides in itertools.product((1, -1), repeat=len(self.first)):
            sided = echelon([*rows, *self._of_sides(sides)], self._columns)
            if _contradicts(sided):
                continue
            solution = completed(sided, self._columns, self._held(bits))
            if solution is not None:
                network = self._network(solution, sides)
                yield SolvedNetwork(network, self._columns - 1 - len(sided))

    def _of_sides(self, sides: tuple[int, ...]) -> list[IntegerRow]:
        """Return the equations that make the linear part of each y_i one of the relu(+-h_j)."""
        found = []
        for i in range(len(self.second)):
            for a in range(len(self.first[0]) - 1):
                row = [0] * self._columns
                start = i * self._size
                row[start : start + len(self.first)] = [
                    -s * h[a] for s, h in zip(sides, self.first, strict=True)
                ]
                row[start + len(self.first) + a] = 1
                found.append(tuple(row))
        return found

    def _held(self, bits: tuple[int, ...]) -> list[IntegerRow]:
        """Return rows in the unknowns and 1 that are at most 0: y_i where it is off, -y_i where on."""
        found: set[IntegerRow] = set()
        for line in self.lines:
            states = [self._states(line, neuron, bit) for neuron, bit in zip(self.second, bits, strict=True)]
            for k, signs, homogeneous in self._seen_points(line):
                for i, state in enumerate(states):
                    sign = -1 if state[k] else 1
                    if self.second[i].members:  # what never bends may have either sign yet
                        found.add(self._preactivation(i, signs, tuple(sign * a for a in homogeneous)))
        return sorted(found)

    def _seen_points(self, line: BentLine) -> Iterator[tuple[int, Signs, Point]]:
        """Yield the bends and places of a line as (x, 1) and its two ends as (d, 0).

        With each goes the number of a piece that it lies on, and the signs of its region.
        """
        one = Fraction(1)
        points = list(enumerate(line.places))
        points += [(k + side, bend.point) for k, bend in enumerate(line.bends) for side in (0, 1)]
        for k, x in points:
            yield k, signs_at(self.first, x), (*x, one)
        for k, sign in ((0, -1), (len(line.bends), 1)):
            ahead = tuple(sign * d for d in line.line.direction)
            yield k, signs_at(self.first, line.places[k]), (*ahead, 0 * one)

    def _preactivation(self, i: int, signs: Signs, homogeneous: Point) -> IntegerRow:
        """Return the row that takes all unknowns and 1 to y_i at (x, 1) in the region of the signs."""
        matrix = region_rows(self.first, signs)
        row = [Fraction(0)] * self._columns
        for j, column in enumerate(zip(*matrix, strict=True)):
            row[i * self._size + j] = sum(
                (a * b for a, b in zip(column, homogeneous, strict=True)), Fraction(0)
            )
        return primitive_from_rationals(row)

    @property
    def _columns(self) -> int:
        return len(self.second) * self._size + len(self.second[0].gain) + 1

    @property
    def _size(self) -> int:
        return len(self.first) + len(self.first[0])

    def _signed(self, i: int, neuron: SeenNeuron, bit: int) -> list[IntegerRow] | None:
        """Return the equations of neuron i with the sign that its bit at the base demands."""
        sign: int | None = None
        for line in self.lines:
            for bend, on in self._changes(line, neuron, bit):
                this = neuron.members[bend] * (1 if on else -1)
                if sign not in (None, this):
                    return None
                sign = this
        before, after = [0] * (i * self._size), [0] * ((len(self.second) - 1 - i) * self._size)
        outputs = [0] * len(neuron.gain)
        return [(*before, *row[:-1], *after, *outputs, (sign or 1) * row[-1]) for row in neuron.equations]

    def _changes(self, line: BentLine, neuron: SeenNeuron, bit: int) -> Iterator[tuple[Bend, bool]]:
        """Yield the neuron's bends on a line, and whether it is on after each, in the line's direction."""
        own = [bend for bend in line.bends if bend in neuron.members]
        on = bool((bit + sum(bend.t < 0 for bend in own)) % 2)
        for bend in own:
            on = not on
            yield bend, on

    def _of_pieces(self, bits: tuple[int, ...]) -> Iterator[list[IntegerRow]]:
        """Yield the equations of the affine maps, piece by piece, each kind of piece once."""
        seen: set[tuple[Signs, tuple[bool, ...]]] = set()
        for line in self.lines:
            states = [self._states(line, neuron, bit) for neuron, bit in zip(self.second, bits, strict=True)]
            for k, (x, rows) in enumerate(zip(line.places, line.maps, strict=True)):
                key = signs_at(self.first, x), tuple(state[k] for state in states)
                if key not in seen:
                    seen.add(key)
                    yield self._of_map(*key, rows)

    def _states(self, line: BentLine, neuron: SeenNeuron, bit: int) -> list[bool]:
        on = bool((bit + sum(bend in neuron.members and bend.t < 0 for bend in line.bends)) % 2)
        states = [on]
        for bend in line.bends:
            on ^= bend in neuron.members
            states.append(on)
        return states

    def _of_map(
        self, signs: Signs, on: tuple[bool, ...], rows: Sequence[Sequence[Fraction]]
    ) -> list[IntegerRow]:
        matrix = region_rows(self.first, signs)
        found: list[list[Fraction]] = []
        for output, row in enumerate(rows):
            for column, value in enumerate(row):
                entries: list[int] = []
                for neuron, active in zip(self.second, on, strict=True):
                    factor = neuron.gain[output] * active
                    entries += [factor * entry for entry in matrix[column]]
                constant = [int(output == k and column == len(row) - 1) for k in range(len(rows))]
                found.append([*map(Fraction, entries), *map(Fraction, constant), value])
        return RationalMatrix.from_rows(found, len(found[0])).integer_rows()

    def _network(self, solution: Sequence[Fraction], sides: tuple[int, ...]) -> Network:
        size, count = self._size, len(self.first)
        units = [solution[i * size : (i + 1) * size] for i in range(len(self.second))]
        offset = solution[len(self.second) * size :]
        one = [[Fraction(s * a) for a in h] for h, s in zip(self.first, sides, strict=True)]
        two = []
        for u in units:
            bias = u[-1] - sum(u[j] * row[-1] for j, row in enumerate(one))
            two.append([*(2 * u[j] for j in range(count)), bias])
        gains = [neuron.gain for neuron in self.second]
        last = [[*(Fraction(gain[k]) for gain in gains), c] for k, c in enumerate(offset)]
        return Network(tuple(map(_affine, (one, two, last))))


def _contradicts(rows: Sequence[IntegerRow]) -> bool:
    """Return whether rows in reduced echelon form say 0 = 1."""
    return bool(rows) and pivot_column(rows[-1]) == len(rows[-1]) - 1


def completed(
    rows: Sequence[IntegerRow], columns: int, most_zero: Sequence[IntegerRow]
) -> list[Fraction] | None:
    """Return a solution of equations at which other rows are not positive, None if there is none.

    Parameters
    ----------
    rows
        Equations (coefficients, value) in reduced echelon form.
    columns
        Their length.
    most_zero
        Rows (coefficients, constant) whose values must not be positive; looked at if something is free.

    Examples
    --------
    >>> x, y = completed([(1, 1, 4)], 3, [(1, 0, 0), (0, 1, -5)])  # x + y = 4, x <= 0, y <= 5
    >>> x + y == 4 and x <= 0 and y <= 5
    True
    """
    pivots = [pivot_column(row) for row in rows]
    free = [j for j in range(columns - 1) if j not in set(pivots)]
    chosen: dict[int, Fraction] = dict.fromkeys(free, Fraction(0))
    if free:
        conditions = {_reduced(condition, rows, pivots, free) for condition in most_zero}
        found = feasible_point(len(free), [Row(row, Relation.AT_LEAST) for row in sorted(conditions)])
        if found is None:
            return None
        chosen = dict(zip(free, found, strict=True))
    for row, pivot in zip(rows, pivots, strict=True):
        rest = sum((row[j] * chosen[j] for j in free), Fraction(0))
        chosen[pivot] = (row[-1] - rest) / row[pivot]
    return [chosen[j] for j in range(columns - 1)]


def _reduced(
    condition: IntegerRow, rows: Sequence[IntegerRow], pivots: Sequence[int], free: Sequence[int]
) -> IntegerRow:
    """Return minus the condition as a row in the free unknowns and the constant."""
    current = list(map(Fraction, condition))
    for row, pivot in zip(rows, pivots, strict=True):
        factor = current[pivot] / row[pivot]
        if factor:  # sum row_j x_j - value = 0 is taken away
            for j, entry in enumerate(row[:-1]):
                current[j] -= factor * entry
            current[-1] += factor * row[-1]
    return primitive_from_rationals([-current[j] for j in (*free, -1)])


def _affine(rows: Sequence[Sequence[Fraction]]) -> AffineMap:
    return AffineMap(RationalMatrix.from_rows(rows, len(rows[0])))
