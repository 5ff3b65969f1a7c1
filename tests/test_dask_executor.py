"""Counting on a Dask cluster: its executor is a `concurrent.futures.Executor` like any other.

It runs where the package ``distributed`` is installed (no dependency): a real cluster of two processes.
"""

from __future__ import annotations

import gc
import random

import pytest

from exactrelu import Search
from exactrelu.enumeration import Problem, count_configurations
from exactrelu.networks.network import Network

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
