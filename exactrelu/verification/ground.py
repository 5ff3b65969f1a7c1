"""What the maxima of several functions on one set share: rows, a point, bounds on the whole set, cells.

The ten outputs of a classifier have twenty ends of ranges. Their searches begin with the same bounds, and
climb to the optima of the same few cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations, layerwise, rows_with_bits
from exactrelu.numbers.linear_algebra import primitive
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import Optimum, maximise_over, point_of_system
from exactrelu.polyhedra.row_system import RowSystem
from exactrelu.verification.exact_leaf import box_rows, functional_on
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.property import InputSet
from exactrelu.verification.sparse_composition import SparseComposition, is_large

_MOST_CELLS = 64  # that are kept


@dataclass(frozen=True, eq=False)
class _ClosedCell:
    system: RowSystem
    output: Preactivations
    optima: dict[Inequality, Optimum]


class Ground:
    """A network on a closed, bounded input set.

    ``box`` is the box of doubles that searches put round the set, ``root`` are the bounds of all
    pre-activations there, lower and upper, and ``open`` tells of each bent neuron whether they leave its sign
    open: all are, until somebody has found these out.
    """

    def __init__(self, network: Network, inputs: InputSet) -> None:
        self.network, self.inputs = network, inputs
        self.box: tuple[Floats, Floats] | None = None
        self.root: tuple[Floats, Floats] | None = None
        self.open = [True] * sum(network.bent_widths)
        self.leaves: dict[bytes, LiftedLeaf] = {}
        self._cells: dict[Configuration, _ClosedCell] = {}

    @cached_property
    def system(self) -> RowSystem:
        """The rows of the set."""
        everywhere = np.full(len(self.inputs.box), np.inf)
        return RowSystem.of(len(self.inputs.box), box_rows(self.inputs, -everywhere, everywhere))

    @cached_property
    def start(self) -> Point | None:
        """A point of the set, None if it is empty."""
        return None if self.inputs.has_empty_box else point_of_system(self.system)

    def optimum(self, configuration: Configuration, function: Inequality) -> Optimum:
        """Return the optimum of a function on the closed cell of a configuration of a point of the set."""
        cell = self._cell(configuration)
        found = cell.optima.get(function)
        if found is None:
            objective, scale = functional_on(function, cell.output, self.network.inputs)
            outcome = maximise_over(cell.system, objective, scale)
            if not isinstance(outcome, Optimum):
                raise ArithmeticError("a cell of a bounded set has no optimum")
            found = cell.optima[function] = outcome
        return found

    def _cell(self, configuration: Configuration) -> _ClosedCell:
        if configuration not in self._cells:
            if len(self._cells) >= _MOST_CELLS:
                self._cells.clear()
            if is_large(self.network):
                output, rows = self._of_large(configuration)
            else:
                maps = tuple(layerwise(self.network, configuration))
                output, rows = maps[-1], self._rows(configuration, maps)
            self._cells[configuration] = _ClosedCell(self.system.extended(rows), output, {})
        return self._cells[configuration]

    def _of_large(self, configuration: Configuration) -> tuple[Preactivations, list[Row]]:
        """Return the outputs on a cell and the rows of the neurons whose sign is open, by few rows."""
        activations = self.network.activations
        signs = [np.ones(activation.width, dtype=np.int8) for activation in activations]
        for own, activation, bits in zip(signs, activations, configuration.layers, strict=True):
            own[list(activation.bent)] = bits
        composed, rows, still = SparseComposition(self.network, signs), [], iter(self.open)
        for k, activation in enumerate(activations):
            wanted = [i for i in activation.bent if next(still)]
            found, _ = composed.of_layer(k, wanted) if wanted else ([], 1)
            for i, row in zip(wanted, found, strict=True):
                if any(row[:-1]):
                    signed = row if signs[k][i] else tuple(-entry for entry in row)
                    rows.append(Row(primitive(signed), Relation.AT_LEAST))
        return composed.outputs(), rows

    def _rows(self, configuration: Configuration, maps: Sequence[Preactivations]) -> list[Row]:
        """Return the rows of the neurons whose sign is open."""
        if not any(self.open):
            return []
        rows = []
        for (entries, bit), is_open in zip(
            rows_with_bits(self.network, configuration, maps), self.open, strict=True
        ):
            if is_open and any(entries[:-1]):
                signed = entries if bit else tuple(-entry for entry in entries)
                rows.append(Row(primitive(signed), Relation.AT_LEAST))
        return rows
