"""All shared works on a Dask cluster: by its executor, which is one like any other, or by its client.

It runs where the package ``distributed`` is installed (no dependency): a real cluster of two processes, one
of which is killed.
"""

from __future__ import annotations

import gc
import os
import random
import signal
from contextlib import contextmanager

import pytest

import exactrelu
from exactrelu import Search, verify
from exactrelu.distribution import schedule
from exactrelu.enumeration import Problem, count_configurations
from exactrelu.enumeration import sharing as enumeration_sharing
from exactrelu.networks.network import Network
from exactrelu.verification import sharing

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def shared_from_the_start(monkeypatch):
    monkeypatch.setattr(sharing, "_ALONE", -1.0)
    monkeypatch.setattr(enumeration_sharing, "ALONE", -1.0)
    monkeypatch.setattr(schedule, "_OWN", 0.01)


@contextmanager
def client_of_two():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
    gc.collect()  # what the cluster leaves unclosed is its own affair, not that of the next test


def drawn() -> Network:
    rng = random.Random(7)  # noqa: S311 - test cases are no secrets

    def rows(outputs: int, inputs: int) -> list[list[str]]:
        return [[f"{rng.randint(-64, 64)}/64" for _ in range(inputs)] for _ in range(outputs)]

    return Network.from_rationals(
        [(rows(24, 3), rows(1, 24)[0]), (rows(12, 24), rows(1, 12)[0]), (rows(1, 12), None)]
    )


def test_a_cluster_counts_what_one_process_counts() -> None:
    problem = Problem.of(drawn(), reading="full")
    alone = count_configurations(problem, search=Search("generators"))
    with client_of_two() as client:
        shared = count_configurations(
            problem, search=Search("generators"), executor=client.get_executor(), parts=6
        )
        by_client = exactrelu.count(problem.network, reading="full", engine="generators", executor=client)
    assert by_client == shared == alone == count_configurations(problem, search=Search("ppl"))


def test_a_worker_of_a_cluster_that_is_killed_changes_no_count() -> None:
    problem = Problem.of(drawn(), reading="full")
    alone = count_configurations(problem, search=Search("generators"))
    with client_of_two() as client:
        killed = []

        def kill(headway) -> None:
            if headway.running and not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        found = exactrelu.count(
            problem.network, reading="full", engine="generators", executor=client, progress=kill
        )
    assert killed
    assert found == alone


def test_a_cluster_decides_what_one_process_decides() -> None:
    rows = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(4)] for i in range(24)]
    second = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(24)] for i in range(16)]
    last = [[(-1) ** i for i in range(16)]]
    network = Network.from_rationals([(rows, [i % 9 - 4 for i in range(24)]), (second, None), (last, None)])
    box = [(-1, 1)] * 4
    with client_of_two() as client:
        found = [
            verify(network, f"y0 <= {bound}", box, executor=client.get_executor(), parts=2)
            for bound in (260, 259)  # the maximum is 260
        ]
        (top,) = exactrelu.output_range(network, box, executor=client)
    holds, refuted = found
    assert (str(holds.verdict), holds.decided) == ("holds", pytest.approx(1.0))
    assert str(refuted.verdict) == "refuted"
    assert refuted.point is not None
    assert network(refuted.point)[0] > 259
    assert top.maximum.value == 260


def test_a_cluster_lists_regions_and_finds_a_constant() -> None:
    rows = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(2)] for i in range(9)]
    network = Network.from_rationals([(rows, range(9)), ([[1, -1, 2] * 3], None)])
    with client_of_two() as client:
        shared = exactrelu.regions(network, [(-1, 1)] * 2, executor=client)
        alone = exactrelu.regions(network, [(-1, 1)] * 2)
        assert [one.configuration for one in shared] == [one.configuration for one in alone]
        constant = exactrelu.lipschitz_constant(network, [(-1, 1)] * 2, executor=client)
    assert constant.power == exactrelu.lipschitz_constant(network, [(-1, 1)] * 2).power
