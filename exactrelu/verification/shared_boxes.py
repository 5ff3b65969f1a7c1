"""Branch and bound as a work that is shared out: a part is some open boxes, searched for a short while.

A box is told by what its sides are where they are not those of the whole set, and by the signs that were
fixed on the way to it; its bounds are computed again by whoever gets it. So little travels, and whatever a
lost worker held is simply searched again: an answer does not depend on who found it.
"""

from __future__ import annotations

import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats, float_layers
from exactrelu.distribution.parts import Json, Outcome, Part, Slice
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.verification.branch_and_bound import BranchAndBound, Hunt, Progress, StuckError, outward
from exactrelu.verification.nodes import Node
from exactrelu.verification.property import InputSet

_DOUBLES_OF_A_PART = 1 << 21
_FIRST_ATTACK = 1024  # boxes of a part: the serial search has attacked already


class _SliceOverError(Exception):
    """The time limit of the whole search is over."""


class BoxWork(ABC):
    """A search over boxes of an input set; its parts are lists of open boxes."""

    kind = "boxes"

    def __init__(self, network: Network, inputs: InputSet) -> None:
        self.network, self.inputs = network, inputs

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("network", "inputs", *self.also_sent)}

    also_sent: tuple[str, ...] = ()

    @cached_property
    def layers(self) -> Sequence[FloatLayer]:
        """The network in doubles."""
        return float_layers(self.network)

    @cached_property
    def box(self) -> tuple[Floats, Floats]:
        """The box of doubles round the input set."""
        return outward(self.inputs)

    @abstractmethod
    def begun(self, what: Json, hint: Json, checkpoint: Callable[[Progress], None]) -> BranchAndBound:
        """Return the search of a part, whatever stands on its stack."""

    @abstractmethod
    def told(self, search: BranchAndBound, point: Point | None, what: Json) -> Json:
        """Return the result of a search that has ended or paused."""

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others."""
        asked = hashlib.sha256(repr(self.inputs).encode()).hexdigest()
        return {"kind": self.kind, "network": self.network.digest, "inputs": asked}

    def search(self, what: Json, piece: Slice, hint: Json) -> Outcome:
        """Search the boxes of a part for the seconds of a slice."""
        begun = time.monotonic()

        def checkpoint(_: Progress) -> None:
            if time.monotonic() - begun > piece.at_most:
                raise _SliceOverError

        def is_over() -> bool:
            return search.progress.boxes > 0 and time.monotonic() - begun > piece.seconds

        search = self.begun(what, hint, checkpoint)
        search.stack = [self._restored(box, search) for box in what["boxes"]]
        search.hunt = Hunt(_FIRST_ATTACK, seed=1000 + len(what["boxes"]))
        point: Point | None = None
        with suppress(_SliceOverError, StuckError):
            point = search.run(pause=is_over)
        rest = self.parts_of(search.stack, max(piece.groups, self._fewest(search)), what)
        return Outcome(self.told(search, point, what), rest)

    def _fewest(self, search: BranchAndBound) -> int:
        return -(-len(search.stack) * search.node_doubles // _DOUBLES_OF_A_PART)

    def parts_of(self, nodes: Sequence[Node], groups: int, what: Json) -> tuple[Part, ...]:
        """Return open boxes as so many parts, or fewer; ``what`` has what else their parts are told."""
        total = sum(node.share for node in nodes) or 1.0
        parts = []
        for start in range(min(groups, len(nodes))):
            own = nodes[start::groups]
            bound = min(node.bound for node in own)
            told = what | {"boxes": [self.described(node) for node in own], "bound": bound}
            parts.append(Part(told, sum(node.share for node in own) / max(total, _share(what))))
        return tuple(parts)

    def described(self, node: Node) -> Json:
        """Return a box as a piece of JSON; doubles are written so that they are read back exactly."""
        low, high = self.box
        sides = np.flatnonzero((node.low != low) | (node.high != high)).tolist()
        return {
            "sides": [[i, float(node.low[i]), float(node.high[i])] for i in sides],
            "fixed": [list(map(int, one)) for one in node.fixed],
            "share": node.share,
            "depth": node.depth,
            "number": node.number,
            "bound": float(node.bound),
            "by_neuron": bool(node.by_neuron),
        }

    def _restored(self, told: Json, search: BranchAndBound) -> Node:
        low, high = (side.copy() for side in self.box)
        for i, a, b in told["sides"]:
            low[i], high[i] = a, b
        neurons = int(search.ends[-1])
        lower, upper = np.full(neurons, -np.inf), np.full(neurons, np.inf)
        for layer, neuron, bit in told["fixed"]:
            (lower if bit else upper)[int(search.ends[layer]) + neuron] = 0.0
        return Node(
            low,
            high,
            lower,
            upper,
            told["share"],
            told["depth"],
            told["number"],
            told["bound"],
            tuple((layer, neuron, bit) for layer, neuron, bit in told["fixed"]),
            told["by_neuron"],
        )

    def restored(self, boxes: Json, search: BranchAndBound) -> list[Node]:
        """Return the boxes of a part."""
        return [self._restored(one, search) for one in boxes]


def _share(what: Json) -> float:
    return sum(float(box["share"]) for box in what.get("boxes", ()))
