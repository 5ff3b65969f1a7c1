"""Forms of a property's inequalities on many boxes at once, in the checker's integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats
from exactrelu.certificates.integer_bounds import Forms, IntegerBatch, IntegerLayers
from exactrelu.certificates.property_forms import Form, Node, Target, Targets, Weights, bounds_of
from exactrelu.checker import PropertyTree


class BatchEngine:
    """Computes the same integers for many boxes at once."""

    size = 128

    def __init__(
        self, tree: PropertyTree, number: int, integers: IntegerLayers, layers: Sequence[FloatLayer]
    ) -> None:
        self.integers, self.layers = integers, layers
        self.targets = Targets(tree.sets[number])
        self.size = max(1, min(self.size, (1 << 18) // sum(integers.net.hidden)))

    def batch(self, nodes: Sequence[Node], *, tighten: bool) -> _DoublesBatch:
        """Return nodes as a batch, whose bounds become arrays."""
        return _DoublesBatch(self, nodes, tighten=tighten)


class _DoublesBatch:
    def __init__(self, engine: BatchEngine, nodes: Sequence[Node], *, tighten: bool) -> None:
        self.engine = engine
        lower, upper = zip(*(bounds_of(node) for node in nodes), strict=True)
        self.batch = IntegerBatch(engine.integers, [node.box for node in nodes], lower, upper)
        self.empty: Sequence[bool] = [False] * len(nodes)
        if tighten:
            self.empty = self.batch.tighten().tolist()
            for node, *bounds in zip(nodes, self.batch.lower, self.batch.upper, strict=True):
                node.bounds = (bounds[0], bounds[1])
        else:
            for _ in engine.integers.net.hidden:
                self.batch.relax()

    def best(self, places: Sequence[int], disjunct: int, weights: Sequence[Weights]) -> list[Form]:
        """Return the best form at each place."""
        targets = [self.engine.targets.target(disjunct, one) for one in weights]
        usual = self._forms(places, targets)
        found = [_form(self.batch, usual, f, target.strict, 0) for f, target in enumerate(targets)]
        again = [f for f, form in enumerate(found) if not form.closes]
        if again:
            owner = np.array([places[f] for f in again])
            unders, flips = self._witness(owner, usual.slopes[again])
            better = self._forms(owner, [targets[f] for f in again], unders)
            for g, f in enumerate(again):
                other = _form(self.batch, better, g, targets[f].strict, flips[g])
                found[f] = other if other.value > found[f].value else found[f]
        return found

    def _forms(self, places: Any, targets: Sequence[Target], unders: Sequence[Floats] | None = None) -> Forms:
        scale = self.engine.integers.substitution.scale
        start = [[scale * entry // target.denominator for entry in target.hidden] for target in targets]
        direct = [([scale * entry for entry in target.direct[0]], target.direct[1]) for target in targets]
        table = self.batch.held(start)
        live = self.batch.relaxed[-1].live
        return self.batch.carried(table[:, live], table[:, -1], np.asarray(places), direct, unders)

    def _witness(self, owner: np.ndarray, slopes: Floats) -> tuple[list[Floats], list[int]]:
        """Return slopes, and flips, 1 where an open neuron is on at the least corner of its form."""
        batch = self.batch
        points = np.where(slopes > 0, batch.low[owner], batch.high[owner])
        unders, flips = [], np.zeros((len(owner), int(batch.offsets[-1])), dtype=bool)
        for layer, relaxed in zip(self.engine.layers, batch.relaxed, strict=False):
            values = layer.preactivations(points)
            points = layer.activated(values)
            usual, is_open, live = relaxed.under[owner], relaxed.open[owner], relaxed.live
            under = np.where(is_open, values[:, live] > 0, usual)
            flips[:, batch.offsets[relaxed.number] + live] = under != usual
            unders.append(under)
        packed = np.packbits(flips, axis=1, bitorder="little")
        return unders, [int.from_bytes(row.tobytes(), "little") for row in packed]


def _form(batch: IntegerBatch, forms: Forms, f: int, strict: bool, flips: int) -> Form:
    return Form(int(forms.values[f]), strict, flips, lambda: batch.exact(forms, f))
