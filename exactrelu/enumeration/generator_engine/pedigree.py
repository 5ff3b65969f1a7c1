"""Where vertices come from, and their exact coordinates on demand.

A vertex is a *seed* with integer coordinates, or was cut out of the edge between two older ones where a
pre-activation is zero. Hardly any vertex is ever made exact, so only that much is kept of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.exact_values import ExactLayers, Homogeneous
from exactrelu.kernels.ancestors import mark_ancestors
from exactrelu.kernels.exact_values import MachineCoordinates
from exactrelu.kernels.integer_vectors import Vectors
from exactrelu.kernels.library import compiled
from exactrelu.numbers.linear_algebra import primitive

Integers = npt.NDArray[np.int64]


class Pedigree:
    """The births of vertices: for each, its two parents and the layer and neuron that cut it out.

    The first parent has the positive value. Nodes are numbered in the order of birth, seeds first.
    """

    def __init__(self, exact: ExactLayers, seeds: Sequence[Homogeneous]) -> None:
        self._exact = exact
        self._births = np.zeros((4, max(256, len(seeds))), dtype=np.int64)  # parents, layer, neuron
        self.size = self.seeds = len(seeds)
        self._coordinates: dict[int, Homogeneous] = dict(enumerate(seeds))
        self._machine: MachineCoordinates | None = (
            None  # the same, as far as they fit, once they are asked for
        )

    @property
    def births(self) -> Integers:
        """Parents, the one with the positive value first, layer and neuron: four rows, a column a node."""
        return self._births

    @property
    def known(self) -> dict[int, Homogeneous]:
        """The coordinates that are known, to which those of other nodes may be added."""
        return self._coordinates

    @cached_property
    def packed_seeds(self) -> Vectors:
        """The coordinates of the seeds."""
        return Vectors.of_rows([self._coordinates[node] for node in range(self.seeds)])

    def add(self, positive: Integers, negative: Integers, layer: int, neuron: int) -> Integers:
        """Return the new nodes cut out of the edges between ``positive`` and ``negative`` nodes."""
        start, end = self.size, self.size + len(positive)
        if end > self._births.shape[1]:
            grown = np.zeros((4, 2 * end), dtype=np.int64)
            grown[:, :start] = self._births[:, :start]
            self._births = grown
        self._births[0, start:end] = positive
        self._births[1, start:end] = negative
        self._births[2, start:end] = layer
        self._births[3, start:end] = neuron
        self.size = end
        return np.arange(start, end)

    def coordinates(self, nodes: Iterable[int]) -> list[Homogeneous]:
        """Return the primitive integer coordinates (X, t) of the nodes."""
        wanted, known = list(nodes), self._coordinates
        try:
            return [known[node] for node in wanted]
        except KeyError:
            wanted = [int(node) for node in wanted]
        self.settle(wanted)
        if missing := [node for node in wanted if node not in known]:
            for generation in self._generations(missing):
                self._make_exact(generation)
        return [known[node] for node in wanted]

    def values(self, nodes: Iterable[int], layer: int) -> list[list[int]]:
        """Return, for each node, a positive multiple of its exact (y_layer, t)."""
        points = self.coordinates(nodes)
        return self._exact.values(points, layer) if points else []

    def settle(self, nodes: Sequence[int]) -> None:
        """Make the coordinates of the nodes known, as far as machine integers hold them."""
        if missing := [node for node in nodes if node not in self._coordinates]:
            self.machine_values(np.array(missing, dtype=np.int64), -1)

    def machine_values(self, nodes: Integers, layer: int) -> tuple[Integers, npt.NDArray[np.bool_]] | None:
        """Return `values` in machine integers, and which nodes they fit; None where kernels are missing.

        The nodes that fit are known afterwards; layer -1 is for that alone.
        """
        library = compiled()
        layers = None if library is None else self._exact.machine
        if library is None or layers is None:
            return None
        machine = self._machine or MachineCoordinates(layers, self._coordinates)
        self._machine, known = machine, machine.known
        found = machine.values(library, self._births, nodes, layer)
        self._coordinates.update(machine.found_since(known))
        return found

    def _generations(self, wanted: list[int]) -> list[list[int]]:
        """Return the nodes without coordinates that ``wanted`` needs, parents in earlier lists."""
        missing, stack = set[int](), list(wanted)
        while stack:
            node = stack.pop()
            if node not in self._coordinates and node not in missing:
                missing.add(node)
                stack += self._births[:2, node].tolist()
        depth: dict[int, int] = {}
        generations: dict[int, list[int]] = defaultdict(list)
        for node in sorted(missing):
            one, two = self._births[:2, node].tolist()
            depth[node] = 1 + max(depth.get(one, 0), depth.get(two, 0))
            generations[depth[node]].append(node)
        return [generations[key] for key in sorted(generations)]

    def _make_exact(self, generation: list[int]) -> None:
        births = {node: self._births[:, node].tolist() for node in generation}
        for layer in {birth[2] for birth in births.values()}:
            here = {node: birth for node, birth in births.items() if birth[2] == layer}
            parents = sorted({parent for birth in here.values() for parent in birth[:2]})
            points = [self._coordinates[parent] for parent in parents]
            ys = dict(zip(parents, self._exact.values(points, layer), strict=True))
            for node, (one, two, _, neuron) in here.items():
                # y is linear on the edge, a > 0 at p and -b < 0 at q, in one scale: zero at b p + a q.
                a, b = ys[one][neuron], -ys[two][neuron]
                p, q = self._coordinates[one], self._coordinates[two]
                self._coordinates[node] = primitive([b * x + a * z for x, z in zip(p, q, strict=True)])

    def restricted(self, nodes: Integers) -> tuple[Pedigree, Integers]:
        """Return the pedigree of the nodes and their ancestors alone, and the nodes' new numbers."""
        settled = np.zeros(self.size, dtype=bool)
        settled[np.fromiter(self._coordinates, dtype=np.int64, count=len(self._coordinates))] = True
        needed = np.zeros(self.size, dtype=bool)
        needed[nodes] = True
        if library := compiled():
            mark_ancestors(library, self._births, settled, needed)
        else:
            frontier = np.flatnonzero(needed)
            while len(frontier):
                parents = np.unique(self._births[:2, frontier[~settled[frontier]]])
                frontier = parents[~needed[parents]]
                needed[frontier] = True
        seeds = np.flatnonzero(needed & settled)
        kept = np.concatenate([seeds, np.flatnonzero(needed & ~settled)])
        number = np.full(self.size, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        result = Pedigree(self._exact, [self._coordinates[node] for node in seeds.tolist()])
        births = np.ascontiguousarray(self._births[:, kept])
        births[:2, len(seeds) :] = number[births[:2, len(seeds) :]]
        births[:, : len(seeds)] = 0
        result._births, result.size = births, len(kept)
        return result, number[nodes]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_births": self._births[:, : self.size].copy(), "_machine": None}
