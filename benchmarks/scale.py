"""What efficiency to expect of many workers: a simulation on the measured cost of the parts of real works.

    python -m benchmarks.scale measure      # a minute or two, one process
    python -m benchmarks.scale simulate     # the table of docs/scale.md, from the file of measurements

Measured are the CPU seconds of the subtrees of a few works, down to some hundreds each, of dividing a
subtree, and of packing and unpacking a work. The simulation runs the loop itself
(`exactrelu.distribution.schedule`) with a clock of its own and workers that take the measured seconds. Larger
works of the same shape are made by putting the whole tree in place of each of its leaves, again and again.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import pickle
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exactrelu.distribution.crew import Ticket
from exactrelu.distribution.parts import Json, Outcome, Part, Slice
from exactrelu.distribution.schedule import Schedule, Sharing

FILE = Path(__file__).with_name("scale_costs.json")
WORKS = {
    "2-128-128-1, space": ((2, 128, 128, 1), False, "full"),
    "6-12-12-1, space": ((6, 12, 12, 1), False, "half-open"),
    "2-512-512-1, box": ((2, 512, 512, 1), True, "full"),
    "4-16-16-1, box": ((4, 16, 16, 1), True, "half-open"),
}
_DEPTH = 8  # cuts above the subtrees that are measured
_STEPS, _LEAST, _TOO_LONG = 4, 0.2, 4  # as `exactrelu.enumeration.subtree_search` has them


# measuring --------------------------------------------------------------------------------------------------


def measured(widths: Sequence[int], reading: str, *, boxed: bool) -> dict[str, Any]:
    """Return the costs of a work: alone, packed, and as a tree of subtrees."""
    from benchmarks.peers.networks import drawn
    from exactrelu import Domain
    from exactrelu.enumeration import Problem, Search, count_configurations
    from exactrelu.enumeration.engines import resolve_engine
    from exactrelu.enumeration.shared_counting import Counting

    network = drawn(tuple(widths), None, 1)
    domain = Domain.box([(-1, 1)] * widths[0]) if boxed else None
    problem = Problem.of(network, domain, reading)
    engine = resolve_engine("auto", problem)
    begun = time.process_time()
    cells = count_configurations(problem, search=Search(engine))
    alone = time.process_time() - begun
    work = Counting(problem, engine)
    packed = pickle.dumps(work)
    begun = time.process_time()
    pickle.loads(packed)  # noqa: S301 - packed in the line before
    unpack = time.process_time() - begun
    dividing: list[float] = []
    tree, found = _tree(work, work.root, _DEPTH, dividing)
    if found != cells:
        raise ArithmeticError(f"expected {cells} cells, got {found}")
    return {
        "cells": cells,
        "alone": alone,
        "packed": len(packed),
        "unpack": unpack,
        "divide": sum(dividing) / max(1, len(dividing)),
        "tree": tree,
    }


def _tree(work: Any, subtree: Any, depth: int, dividing: list[float]) -> tuple[Any, int]:
    """Return a subtree as seconds, or as a pair of such, and how many cells it has."""
    from exactrelu.enumeration import Search

    begun = time.process_time()
    children = subtree.children(in_order=False) if depth else ()
    if not children:
        begun = time.process_time()
        found = work.searched(subtree, Search(work.engine), None)
        return time.process_time() - begun, found
    dividing.append(time.process_time() - begun)
    halves = [_tree(work, child, depth - 1, dividing) for child in children]
    return [tree for tree, _ in halves], sum(found for _, found in halves)


# the simulated work -----------------------------------------------------------------------------------------


@dataclass
class Shape:
    """A measured tree: for each node its seconds, and its children, if it has some."""

    seconds: list[float] = field(default_factory=list)
    children: list[tuple[int, int] | None] = field(default_factory=list)

    @classmethod
    def of(cls, tree: Any) -> Shape:
        """Return the shape of a tree of nested pairs; node 0 is the root."""
        shape = cls()
        shape._add(tree)
        return shape

    def _add(self, tree: Any) -> int:
        place = len(self.seconds)
        self.seconds.append(0.0)
        self.children.append(None)
        if isinstance(tree, list):
            one, two = (self._add(half) for half in tree)
            self.children[place] = one, two
            self.seconds[place] = self.seconds[one] + self.seconds[two]
        else:
            self.seconds[place] = max(tree, 1e-6)
        return place


@dataclass(frozen=True)
class Costs:
    """Seconds: of dividing a subtree, of an engine's call, of unpacking the work, per byte of it."""

    divide: float
    piece: float
    unpack: float
    packed: int


class Simulated:
    """A work of the shape of a measured tree, with so many seconds in all; its leaves go on like the root."""

    def __init__(self, shape: Shape, total: float, costs: Costs) -> None:
        self.shape, self.total, self.costs = shape, total, costs
        self.useful = 0.0

    def question(self) -> dict[str, Json]:
        """Return what this is."""
        return {"kind": "simulation"}

    def whole(self) -> Part:
        """Return the part that is all of the work."""
        return Part([(0, self.total, None)])

    def _halves(self, node: int, seconds: float) -> list[tuple[int, float]]:
        children = self.shape.children[node]
        if children is None:
            node = 0  # a leaf goes on like the whole tree
            children = self.shape.children[0]
        if children is None:
            return [(0, seconds / 2), (0, seconds / 2)]
        whole = self.shape.seconds[node]
        return [(child, seconds * self.shape.seconds[child] / whole) for child in children]

    def searched(self, what: Json, piece: Slice) -> tuple[float, Outcome]:
        """Return how long a slice takes a worker, and what becomes of the part: as a real one decides."""
        stack, spent = [(node, s, beside, 1.0 / len(what)) for node, s, beside in reversed(what)], 0.0
        most, is_done = max(_LEAST, piece.seconds / _STEPS), False
        while stack and not (spent >= piece.seconds and is_done):
            node, seconds, beside, share = stack.pop()
            if (beside is None and seconds > most) or (beside is not None and beside > most):
                halves = self._halves(node, seconds)
                spent, is_done = spent + self.costs.divide, True
                stack += [(*halves[1], halves[0][1], share / 2), (*halves[0], None, share / 2)]
            elif seconds > _TOO_LONG * max(most, beside or 0.0):
                spent += _TOO_LONG * max(most, beside or 0.0)
                stack.append((node, seconds, None, share))
            else:
                spent += seconds + self.costs.piece
                self.useful += seconds
                is_done = True
        return spent, Outcome(1, tuple(_grouped(stack, piece.groups)))


def _grouped(stack: list[Any], groups: int) -> Iterator[Part]:
    """Yield what is left as parts, large subtrees alone, small ones together."""
    if not stack:
        return
    most = max(max(one[3] for one in stack) / 2, sum(one[3] for one in stack) / max(1, groups))
    own: list[Any] = []
    share = 0.0
    for node, seconds, beside, part in reversed(stack):
        if own and share + part > most:
            yield Part(own, share)
            own, share = [], 0.0
        own.append((node, seconds, beside))
        share += part
    yield Part(own, share)


# the simulated crew -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """How the workers are connected, and how they fail.

    ``latency``: seconds from a hand-out to its worker, and back; ``loop``: seconds of this process for one
    outcome; ``bandwidth``: bytes a second of one sender; ``tree``: whether workers pass the work on;
    ``lost``: losses of a worker an hour, which is back after ``back`` seconds.
    """

    workers: int
    latency: float = 0.005
    loop: float = 0.001
    bandwidth: float = 1e8
    tree: bool = True
    lost: float = 0.0
    back: float = 60.0


class SimulatedCrew:
    """Workers in the time of a simulation, to the loop like a `exactrelu.distribution.crew.Crew`."""

    def __init__(self, work: Simulated, cluster: Cluster, seed: int = 0) -> None:
        self.work, self.cluster, self.size = work, cluster, cluster.workers
        self.now, self.busy, self.lost, self.running = 0.0, 0.0, 0, 0
        self.has_answered, self.is_gone = True, False
        self._generator = random.Random(seed)
        self._number = itertools.count()
        self._events: list[tuple[float, int, Ticket, Outcome | None, int]] = []
        self._free: list[tuple[float, int]] = [(self._ready(i), i) for i in range(cluster.workers)]
        heapq.heapify(self._free)

    def clock(self) -> float:
        """Return the seconds that have passed."""
        return self.now

    def _ready(self, worker: int) -> float:
        """Return when a worker has the work: from this process, or in a tree of workers."""
        size = self.work.costs.packed / self.cluster.bandwidth
        rounds = (worker + 1).bit_length() if self.cluster.tree else worker + 1
        return rounds * size + self.work.costs.unpack

    def submit(self, ticket: Ticket, piece: Slice, hint: Json) -> bool:  # noqa: ARG002 - as the real one
        """Let the worker that is free first take a part, be it busy now."""
        free, worker = heapq.heappop(self._free)
        self.running += 1
        begun = max(self.now + self.cluster.latency, free)
        useful = self.work.useful
        seconds, outcome = self.work.searched(ticket.part.what, piece)
        end, done = begun + seconds, outcome
        if self.cluster.lost:
            dies = self._generator.expovariate(self.cluster.lost / 3600)
            if dies < seconds:
                self.work.useful = useful
                end, done = begun + dies, None
        entry = (end + self.cluster.latency, next(self._number), ticket, done, worker)
        heapq.heappush(self._events, entry)
        heapq.heappush(self._free, (end + (self.cluster.back if done is None else 0.0), worker))
        return True

    def collect(self, seconds: float) -> Iterator[tuple[Ticket, Outcome | None]]:
        """Let time pass until something comes back."""
        until = self.now + seconds
        if not self._events or self._events[0][0] > until:
            self.now = until
            return
        self.now = max(self.now, self._events[0][0])
        while self._events and self._events[0][0] <= self.now:
            _, _, ticket, outcome, _ = heapq.heappop(self._events)
            self.now += self.cluster.loop
            self.running -= 1
            self.lost += outcome is None
            yield ticket, outcome

    def under_way(self) -> list[Part]:
        """Return the parts that are under way."""
        return [ticket.part for _, _, ticket, _, _ in self._events]

    def cancel(self) -> None:
        """End what runs."""


@dataclass(frozen=True)
class Run:
    """What a simulated run took: seconds, parts, parts lost, the share of all time that was of use."""

    seconds: float
    parts: int
    lost: int
    efficiency: float


def simulated(tree: Any, total: float, costs: Costs, cluster: Cluster) -> Run:
    """Return what a work of ``total`` seconds takes on a cluster."""
    work = Simulated(Shape.of(tree), total, costs)
    crew = SimulatedCrew(work, cluster)
    schedule = Schedule(work, crew, [work.whole()], Sharing(clock=crew.clock))  # type: ignore[arg-type]
    parts = sum(1 for _ in schedule.results())
    return Run(crew.now, parts, crew.lost, total / (crew.now * cluster.workers))


def costs_of(record: dict[str, Any]) -> Costs:
    """Return the costs of a measured work; an engine's call costs what the parts cost more than the whole."""
    return Costs(record["divide"], 0.01, record["unpack"], record["packed"])


CLUSTERS = {
    "2 processes": (Cluster(2, latency=0.001), 10.0),
    "100 workers": (Cluster(100), 100 * 60.0),
    "1,000 workers, a minute": (Cluster(1000), 1000 * 60.0),
    "1,000 workers": (Cluster(1000), 1000 * 600.0),
    "sent one by one": (Cluster(1000, tree=False), 1000 * 600.0),
    "latency 0.1 s": (Cluster(1000, latency=0.1), 1000 * 600.0),
    "losses: each worker once an hour": (Cluster(1000, lost=1.0), 1000 * 600.0),
    "losses: each worker ten times an hour": (Cluster(1000, lost=10.0), 1000 * 600.0),
}


def main(words: Sequence[str]) -> None:
    """Measure, or simulate."""
    parser = argparse.ArgumentParser(description="efficiency of many workers, simulated on measured costs")
    parser.add_argument("what", choices=["measure", "simulate"])
    if parser.parse_args(words).what == "measure":
        records = {}
        for name, (widths, boxed, reading) in WORKS.items():
            records[name] = measured(widths, reading, boxed=boxed)
            told = {key: value for key, value in records[name].items() if key != "tree"}
            sys.stdout.write(f"{name}: {told}\n")
        FILE.write_text(json.dumps(records) + "\n", encoding="utf-8")
        return
    records = json.loads(FILE.read_text(encoding="utf-8"))
    sys.stdout.write("| cluster | work, core seconds | " + " | ".join(records) + " |\n")
    sys.stdout.write("|---" * (len(records) + 2) + "|\n")
    for name, (cluster, total) in CLUSTERS.items():
        runs = [simulated(r["tree"], total, costs_of(r), cluster) for r in records.values()]
        shown = " | ".join(f"{100 * run.efficiency:.0f} % ({run.parts:,} parts)" for run in runs)
        sys.stdout.write(f"| {name} | {total:,.0f} | {shown} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
