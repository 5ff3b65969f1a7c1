"""Counting and verifying on a Dask cluster: its executor is a `concurrent.futures.Executor` like any other.

It runs where the package ``distributed`` is installed (no dependency): a real cluster of two processes.
"""

from __future__ import annotations

import gc
import random

import pytest

from exactrelu import Search, verify
from exactrelu.enumeration import Problem, count_configurations
from exactrelu.networks.network import Network
from exactrelu.verification import sharing

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_counts_what_one_process_counts() -> None:
    rng = random.Random(7)  # noqa: S311 - test cases are no secrets

    def rows(outputs: int, inputs: int) -> list[list[str]]:
        return [[f"{rng.randint(-64, 64)}/64" for _ in range(inputs)] for _ in range(outputs)]

    network = Network.from_rationals(
        [(rows(24, 3), rows(1, 24)[0]), (rows(12, 24), rows(1, 12)[0]), (rows(1, 12), None)]
    )
    problem = Problem.of(network, reading="full")
    alone = count_configurations(problem, search=Search("generators"))
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        shared = count_configurations(
            problem, search=Search("generators"), executor=client.get_executor(), parts=6
        )
    gc.collect()  # what the cluster leaves unclosed is its own affair, not that of the next test
    assert shared == alone == count_configurations(problem, search=Search("ppl"))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_decides_what_one_process_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_ALONE", -1.0)  # shared from the start
    rows = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(4)] for i in range(24)]
    second = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(24)] for i in range(16)]
    last = [[(-1) ** i for i in range(16)]]
    network = Network.from_rationals([(rows, [i % 9 - 4 for i in range(24)]), (second, None), (last, None)])
    box = [(-1, 1)] * 4
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = [
            verify(network, f"y0 <= {bound}", box, executor=client.get_executor(), parts=2)
            for bound in (260, 259)  # the maximum is 260
        ]
    gc.collect()
    holds, refuted = found
    assert (str(holds.verdict), holds.decided) == ("holds", pytest.approx(1.0))
    assert str(refuted.verdict) == "refuted"
    assert refuted.point is not None
    assert network(refuted.point)[0] > 259
