"""What full geometry costs: ``python benchmarks/region_documents.py``.

Each network is counted and its regions are written as JSON text, with vertices, facets and maps, one after
the other in this process, several times; the table shows the medians of the CPU seconds, microseconds a
region, and their ratio. The last column is what PPL takes for a region, one by one, from a sample of them.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from itertools import islice

from enumeration import random_network

from exactrelu import Domain, Search, region_of
from exactrelu.documents.region import GeometryDetail, region_document
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Problem, count_configurations, enumerate_leaves, started
from exactrelu.enumeration.one_process import blocks_within

REPETITIONS, SAMPLE = 3, 200
BOX = [(-1, 1), (-1, 1)]
WORKS = [
    ((2, 32, 32, 1), None),
    ((2, 64, 64, 1), BOX),
    ((3, 16, 16, 1), None),
    ((4, 12, 12, 1), None),
    ((5, 16, 1), None),
    ((2, 16, 16, 16, 16, 1), None),
]


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def characters(problem: Problem) -> int:
    """Write all regions as text, as ``--json`` does; return how long they are together."""
    texts = RegionTexts(GeometryDetail.FULL)
    blocks = blocks_within(started(Search("generators")), problem)
    return sum(len(text) for block in blocks for text in texts.of_block(block, ",\n"))


def one_by_one(problem: Problem, configurations: Iterable[str]) -> None:
    """Write regions that PPL computes one by one."""
    for configuration in configurations:
        region = region_of(problem.network, configuration, problem.domain, problem.reading)
        if region is not None:
            json.dumps(region_document(region))


if __name__ == "__main__":
    print("| network | regions | count | JSON | JSON / count | microseconds a region | one by one |")
    print("|---|---|---|---|---|---|---|")
    for widths, box in WORKS:
        problem = Problem.of(random_network(widths, 0), None if box is None else Domain.box(box), "full")
        search = Search("generators")
        regions = count_configurations(problem, search=search)
        counts, texts = [], []
        for _ in range(REPETITIONS):
            counts.append(seconds(lambda: count_configurations(problem, search=search)))  # noqa: B023
            texts.append(seconds(lambda: characters(problem)))  # noqa: B023
        count, text = statistics.median(counts), statistics.median(texts)
        some = [str(leaf.configuration) for leaf in islice(enumerate_leaves(problem), SAMPLE)]
        alone = seconds(lambda: one_by_one(problem, some)) / len(some)  # noqa: B023
        name = "-".join(map(str, widths)) + (", box" if box else "")
        each = f"{text / regions * 1e6:.0f} | {alone * 1e6:.0f}"
        print(f"| {name} | {regions} | {count:.3f} | {text:.2f} | {text / count:.0f} | {each} |")
