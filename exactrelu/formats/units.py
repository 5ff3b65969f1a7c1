"""From a graph of units to a chain of layers.

A graph's units (ReLU and others with two slopes) become variables in the order in which they are met; every
tensor is affine in the inputs and in these. A group of units stands in the layer after the last one that it
may depend on; what a later layer needs travels on through the layers between in linear units, whose slopes
are (1, 1). So skip connections and branches become one chain of affine maps, and linear units have no bits:
no cell is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from exactrelu.formats.affine_tensor import AffineTensor
from exactrelu.formats.limits import check_array
from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.integer_arrays import integer_array
from exactrelu.numbers.sparse_matrix import SparseMatrix

Variables: TypeAlias = npt.NDArray[np.int64]

RELU: Slopes = (Fraction(0), Fraction(1))
_LINEAR: Slopes = Activation.linear(1).slopes[0]


@dataclass(frozen=True, eq=False)
class _Group:
    """Units that came together: the first variable, pre-activations, slopes, and the layer they stand in."""

    first: int
    preactivations: AffineTensor
    slopes: Sequence[Slopes]
    layer: int

    @property
    def variables(self) -> Variables:
        return self.first + np.arange(self.preactivations.size)


class Units:
    """The variables of a graph, with what defines them.

    Examples
    --------
    >>> units = Units(1)
    >>> x = AffineTensor.of_variables(0, (1,))
    >>> y = x.plus(units.bent(x, [RELU]))  # x + relu(x): x travels on in a linear unit
    >>> network = units.network(y)
    >>> network.widths, network((3,)), network((-3,)), network.bent_widths
    ((1, 2, 1), (Fraction(6, 1),), (Fraction(-3, 1),), (1,))
    """

    def __init__(self, inputs: int) -> None:
        self._inputs = self._count = inputs
        self._groups: list[_Group] = []

    def bent(self, preactivations: AffineTensor, slopes: Sequence[Slopes]) -> AffineTensor:
        """Return the values of new units, one for each entry, with a pair of slopes for each or for all."""
        size, first = preactivations.size, self._count
        check_array((first + size,))
        pairs = slopes if len(slopes) == size else [slopes[0]] * size
        layer = 1 + self._depth(preactivations)
        self._groups.append(_Group(first, preactivations, pairs, layer))
        self._count += size
        return AffineTensor.of_variables(first, preactivations.shape, frozenset([len(self._groups) - 1]))

    def _depth(self, tensor: AffineTensor) -> int:
        return max((self._groups[k].layer for k in tensor.sources), default=0)

    def network(
        self, output: AffineTensor, *, description: str | None = None, source: str | None = None
    ) -> Network:
        """Return the network with the given output."""
        groups, depth = self._reached(output), self._depth(output)
        levels, last_use = self._levels(groups, output, depth + 1)
        before, layers, activations = np.arange(self._inputs), [], []
        for k in range(1, depth + 1):
            own = [group for group in groups if group.layer == k]
            carried = np.flatnonzero((levels < k) & (last_use > k))
            unordered = np.concatenate([*(group.variables for group in own), carried])
            order = np.argsort(unordered)
            rows = SparseMatrix.stacked(
                [*(g.preactivations.rows for g in own), _passing(carried, self._count)]
            )
            layers.append(self._layer(rows.chosen_rows(order), before))
            pairs = [pair for group in own for pair in group.slopes] + [_LINEAR] * len(carried)
            activations.append(Activation(tuple(pairs[i] for i in order.tolist())))
            before = unordered[order]
        layers.append(self._layer(output.rows, before))
        return Network(tuple(layers), description=description, source=source, activations=tuple(activations))

    def _reached(self, output: AffineTensor) -> list[_Group]:
        """Return the groups that the output depends on, in order."""
        reached: set[int] = set()
        waiting = list(output.sources)
        while waiting:
            k = waiting.pop()
            if k not in reached:
                reached.add(k)
                waiting.extend(self._groups[k].preactivations.sources)
        return [self._groups[k] for k in sorted(reached)]

    def _levels(self, groups: list[_Group], output: AffineTensor, end: int) -> tuple[Variables, Variables]:
        """Return for each variable its layer and the last layer that reads it, 0 if none does."""
        levels = np.full(self._count, end, dtype=np.int64)
        levels[: self._inputs] = 0
        last_use = np.zeros(self._count, dtype=np.int64)
        readers = [(group.layer, group.preactivations.rows) for group in groups] + [(end, output.rows)]
        for group in groups:
            levels[group.variables] = group.layer
        for layer, rows in readers:
            read = np.unique(rows.indices[rows.indices > 0]) - 1
            last_use[read] = np.maximum(last_use[read], layer)
        check_array((int(np.maximum(last_use - levels, 1).sum()),))  # what travels is counted in each layer
        return levels, last_use

    def _layer(self, rows: SparseMatrix, before: Variables) -> AffineMap:
        """Return the map from the variables of the layer before, whose constants come last."""
        places = np.zeros(self._count + 1, dtype=np.int32)
        places[-1] = len(before)
        places[before] = np.arange(len(before))
        turned = rows.widened(self._count + 1).with_first_column_last()
        return AffineMap.of_sparse(turned.with_columns(places, len(before) + 1))


def _passing(variables: Variables, count: int) -> SparseMatrix:
    """Return the rows that pass variables on."""
    size = len(variables)
    ones = integer_array([1] * size)
    return SparseMatrix.from_entries((size, 1 + count), np.arange(size), 1 + variables, ones)
