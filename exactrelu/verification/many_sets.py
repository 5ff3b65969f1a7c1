"""Properties with many input sets: the boxes of many sets are bounded together.

The sets of such properties often have inequalities that differ in their constants alone. Then one batch of
boxes carries each left side without its constant, and what it is compared with is each set's own. A set is
closed where each of its alternatives has a row that cannot hold on its box; others are searched one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import FloatLayer, Floats, below
from exactrelu.networks.network import Network
from exactrelu.verification.branch_and_bound import outward
from exactrelu.verification.float_rows import FloatRows, float_rows
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.property import InputSet
from exactrelu.verification.refutation import witness_slopes

MANY = 8  # so many sets are worth it
_BATCH = 64
_DOUBLES_OF_A_BATCH = 1 << 21
_MOST_ROWS = 32  # different ones in a batch
_PASSES = 2


class ManySets:
    """Says which input sets a batch of bounds closes; sets are asked about in their order."""

    def __init__(
        self,
        network: Network,
        layers: Sequence[FloatLayer],
        groups: Sequence[InputSet],
        checkpoint: Callable[[], None],
    ) -> None:
        self._network, self._layers, self._groups = network, layers, groups
        self._checkpoint = checkpoint
        neurons = sum(network.hidden_widths)
        self._size = int(np.clip(_DOUBLES_OF_A_BATCH // (8 * max(1, neurons)), 1, _BATCH))
        self._start, self._closed = 0, np.zeros(0, dtype=bool)

    def closes(self, number: int) -> bool:
        """Return whether bounds show that a set has no unsafe point."""
        while number >= self._start + len(self._closed):
            self._start += len(self._closed)
            self._closed = self._of_batch(self._groups[self._start : self._start + self._size])
        return bool(self._closed[number - self._start]) if number >= self._start else False

    def _of_batch(self, groups: Sequence[InputSet]) -> np.ndarray:
        self._checkpoint()
        closed = np.zeros(len(groups), dtype=bool)
        asked = [place for place, group in enumerate(groups) if _is_plain(group)]
        linear = dict.fromkeys(_without_constant(r) for place in asked for r in _rows(groups[place]))
        if not asked or len(linear) > _MOST_ROWS:
            return closed
        places = {row: index for index, row in enumerate(linear)}
        boxes = [outward(groups[place]) for place in asked]
        first = groups[asked[0]]
        rows = float_rows(self._network, InputSet(first.box, (), tuple((row,) for row in linear)))
        least = self._least(np.array([low for low, _ in boxes]), np.array([high for _, high in boxes]), rows)
        for place, own in zip(asked, least.tolist(), strict=True):
            group = groups[place]
            shut = {row: _cannot_hold(row, own[places[_without_constant(row)]]) for row in _rows(group)}
            closed[place] = all(
                any(shut[row] for row in (*group.rows, *disjunct)) for disjunct in group.disjuncts
            )
        return closed

    def _least(self, low: Floats, high: Floats, rows: FloatRows) -> Floats:
        """Return lower bounds of the negated left sides: (boxes, rows)."""
        shape = [(len(low), layer.outputs) for layer in self._layers[:-1]]
        batch = BoxBatch(self._layers, low, high, [np.full(s, -np.inf) for s in shape],
                         [np.full(s, np.inf) for s in shape])  # fmt: skip
        batch.checkpoint = self._checkpoint
        for _ in shape:
            batch.advance()
        hidden, rounding = rows.hidden[:, batch.live[-1]], rows.rounding(batch)
        best, unders = np.full(rounding.shape, -np.inf), None
        for _ in range(1 + _PASSES):
            form = batch.substitute(batch.hidden, hidden, rows.constant, direct=rows.direct, unders=unders)
            best = np.fmax(best, form.least - rounding)
            unders = witness_slopes(batch, form.coefficients)
        return best


def _is_plain(group: InputSet) -> bool:
    """Whether a set has a box that is bounded and not empty, and inequalities in each alternative."""
    return group.is_bounded and not group.has_empty_box and all(group.disjuncts)


def _rows(group: InputSet) -> list[Inequality]:
    return [*group.rows, *(row for disjunct in group.disjuncts for row in disjunct)]


def _without_constant(row: Inequality) -> Inequality:
    return replace(row, offset=Fraction(0), strict=False)


def _cannot_hold(row: Inequality, least: float) -> bool:
    """Return whether g + c >= 0 (or > 0) is excluded by -g >= least."""
    most = -below(-row.offset)  # a double of at least c
    return bool(least >= most) if row.strict else bool(least > most)
