"""Pre-activations over inputs and open neurons' values, in integers, with neurons that are one merged.

On a box with known signs each pre-activation is affine in the inputs and in a variable r = relu(z) for each
neuron whose sign is open. Neurons of a layer whose pre-activations are multiples of each other share a
variable: relu(c z) = c relu(z) for c > 0, and relu(-c z) = c (relu(z) - z). So what two networks compute in
one way cancels, and where their difference is the zero row it is zero on the whole box. Variables that the
outputs do not depend on are left out. In large sparse networks all this is left, and few rows are made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpz_mat

from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.verification.exact_leaf import FIXED_OFF, FIXED_ON
from exactrelu.verification.sparse_composition import SparseComposition, is_large, some_rows

_OPEN = -1

Neuron = tuple[int, int]
"""Hidden layer from 0, and neuron."""


@dataclass(frozen=True, eq=False)
class Composition:
    """``maps`` are the pre-activations of each layer over inputs, variables and 1; ``rows`` fixed signs.

    ``variables`` are the neurons that have one, in the order of columns. In the rows of neurons that are in
    ``partial`` columns were left out: nobody may read them.
    """

    maps: list[Preactivations]
    rows: list[Row]
    variables: list[Neuron]
    partial: set[Neuron]


def composition(network: Network, signs: Sequence[np.ndarray]) -> Composition:
    """Return the pre-activations of a network over its inputs and the values of neurons with open signs.

    ``signs`` are those of `exactrelu.verification.exact_leaf.ExactLeaf`.

    Examples
    --------
    >>> from exactrelu.networks.network import Network
    >>> net = Network.from_rationals([([[2], [-6]], None), ([[1, "-1/3"]], None)])  # relu(2x) - relu(-6x)/3
    >>> found = composition(net, [np.array([-1, -1])])
    >>> found.maps[1].affine_map().weight, found.variables  # 2x on the whole line: no variable is left
    (((Fraction(2, 1),),), [])
    """
    return _large(network, signs) if is_large(network) else _Composing(network, signs).found()


def _large(network: Network, signs: Sequence[np.ndarray]) -> Composition:
    """Return the composition with the rows of neurons alone whose signs are open or fixed."""
    rows = SparseComposition(network, signs)
    maps: list[Preactivations] = []
    fixed = []
    for k, own in enumerate(signs):
        layer = some_rows(rows, k, np.flatnonzero((own == _OPEN) | (own >= FIXED_OFF)).tolist())
        for i in np.flatnonzero(own >= FIXED_OFF).tolist():
            sign = 1 if own[i] == FIXED_ON else -1
            signed = primitive([sign * entry for entry in layer.integer_rows()[i]])
            fixed.append(Row(signed, Relation.AT_LEAST))
        maps.append(layer)
    return Composition([*maps, rows.outputs()], fixed, rows.variables, set())


class _Composing:
    def __init__(self, network: Network, signs: Sequence[np.ndarray]) -> None:
        self.network, self.signs = network, signs
        self.open = [(k, int(i)) for k, sign in enumerate(signs) for i in np.flatnonzero(sign == _OPEN)]
        self.column = {neuron: network.inputs + place for place, neuron in enumerate(self.open)}
        self.maps: list[Preactivations] = []
        self.tables: list[list[IntegerRow]] = []

    def found(self) -> Composition:
        """Compose layer by layer, and keep what the outputs depend on."""
        first = self.network.layers[0].matrix
        more = [0] * len(self.open)
        table = [[*row[:-1], *more, row[-1]] for row in first.integer_rows()]
        y = Preactivations(fmpz_mat(table), first.denominator)
        for k in range(len(self.signs)):
            self._append(y)
            y = self._next(k, y)
        self._append(y)
        return self._kept()

    def _append(self, y: Preactivations) -> None:
        self.maps.append(y)
        self.tables.append(y.integer_rows())

    def _next(self, k: int, y: Preactivations) -> Preactivations:
        activation, layer = self.network.activations[k], self.network.layers[k + 1].matrix
        rows, shared = self.tables[k], self._shared(k)
        below = activation.integer_slopes([0] * activation.bent_width)
        above = activation.integer_slopes([1] * activation.bent_width)
        common = math.lcm(*(factor.denominator for _, factor in shared.values()))
        values = []
        for i, row in enumerate(rows):
            slope = below[i] if i in shared or not self._is_on(k, i) else above[i]
            value = [slope * common * entry for entry in row] if slope else [0] * len(row)
            if i in shared:
                self._add_variable(k, value, shared[i], (above[i] - below[i]) * common)
            values.append(value)
        scale = activation.denominator * y.scale * common
        values.append([*[0] * (len(rows[0]) - 1), scale])
        return Preactivations(layer.numerators * fmpz_mat(values), layer.denominator * scale)

    def _add_variable(self, k: int, value: list[int], share: tuple[int, Fraction], rise: int) -> None:
        """Add rise times relu(y) to a value, y being so many times the pre-activation of the variable."""
        holder, factor = share
        size = int(abs(factor) * rise)
        value[self.column[k, holder]] += size * self.maps[k].scale
        if factor < 0:
            value[:] = [a - size * b for a, b in zip(value, self.tables[k][holder], strict=True)]

    def _is_on(self, k: int, i: int) -> bool:
        sign = self.signs[k][i]
        return bool(self.tables[k][i][-1] > 0) if sign == _OPEN else bool(sign % 2 == 1)

    def _shared(self, k: int) -> dict[int, tuple[int, Fraction]]:
        """Return for each open neuron that is not constant whose variable it shares, and its factor."""
        found: dict[int, tuple[int, Fraction]] = {}
        holders: dict[IntegerRow, tuple[int, int]] = {}
        for i in np.flatnonzero(self.signs[k] == _OPEN).tolist():
            row = self.tables[k][i]
            content = math.gcd(*row)
            if not any(row[:-1]):
                continue
            if next(entry for entry in row if entry) < 0:
                content = -content
            key = tuple(entry // content for entry in row)
            holder, own = holders.setdefault(key, (i, content))
            found[i] = holder, Fraction(content, own)
        return found

    # what is kept ---------------------------------------------------------------------------------

    def _kept(self) -> Composition:
        fixed = [(k, int(i)) for k, sign in enumerate(self.signs) for i in np.flatnonzero(sign >= FIXED_OFF)]
        needed: set[int] = set()
        for row in (*self.tables[-1], *(self.tables[k][i] for k, i in fixed)):
            needed |= self._columns_of(row)
        for neuron in reversed(self.open):
            if self.column[neuron] in needed:
                needed |= self._columns_of(self.tables[neuron[0]][neuron[1]])
        variables = [neuron for neuron in self.open if self.column[neuron] in needed]
        kept = [*range(self.network.inputs), *sorted(needed), self.network.inputs + len(self.open)]
        tables = [[[row[j] for j in kept] for row in table] for table in self.tables]
        maps = [Preactivations(fmpz_mat(t), y.scale) for t, y in zip(tables, self.maps, strict=True)]
        rows = []
        for k, i in fixed:
            sign = 1 if self.signs[k][i] == FIXED_ON else -1
            rows.append(Row(primitive([sign * entry for entry in tables[k][i]]), Relation.AT_LEAST))
        partial = {
            (k, i)
            for k, table in enumerate(self.tables)
            for i, row in enumerate(table)
            if self._columns_of(row) - needed
        }
        return Composition(maps, rows, variables, partial)

    def _columns_of(self, row: IntegerRow) -> set[int]:
        inputs = self.network.inputs
        return {inputs + place for place, entry in enumerate(row[inputs:-1]) if entry}
