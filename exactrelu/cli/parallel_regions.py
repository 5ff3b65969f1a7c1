"""Regions computed by several processes, written in the order of the stream.

The enumeration stays in this process; what takes long for each region that comes alone, its geometry and map,
is shared out by the batch. A batch is the texts of some configurations, so little travels.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import chain, islice

from exactrelu.documents.region import GeometryDetail, region_document
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Problem, Reached
from exactrelu.networks.region import region_of

_BATCH = 64
_WAITING = 8  # batches that are under way, for each process


def region_texts(
    leaves: Iterable[Reached], problem: Problem, detail: GeometryDetail, executor: Executor, jobs: int
) -> Iterator[str]:
    """Yield the JSON text of each leaf's region, in the order of the leaves.

    Where the engine knows the geometry of many cells together, this process alone is quicker.
    """
    every = iter(leaves)
    first = next(every, None)
    every = chain([] if first is None else [first], every)
    if first is None or first.source is not None:
        yield from map(RegionTexts(detail).of, every)
        return
    reached = (str(leaf.configuration) for leaf in every)
    waiting: deque[Future[list[str]]] = deque()
    while batch := list(islice(reached, _BATCH)):
        waiting.append(executor.submit(_texts, problem, detail, batch))
        if len(waiting) > _WAITING * jobs:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _texts(problem: Problem, detail: GeometryDetail, configurations: list[str]) -> list[str]:
    texts = []
    for configuration in configurations:
        region = region_of(problem.network, configuration, problem.domain, problem.reading)
        if region is None:
            raise ArithmeticError(f"the engine found {configuration}, whose cell does not count")
        texts.append(json.dumps(region_document(region, detail)))
    return texts
