"""Count with an engine of exactrelu, in this process or with jobs."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Import the engine and read the network; the work counts its cells."""
    import numpy as np  # noqa: F401 - imports are not timed

    from exactrelu import Domain, enumeration, load_network

    network = load_network(task["network"])
    domain = Domain.box(task["box"]) if task["box"] else None
    problem = enumeration.Problem.of(network, domain, task["reading"])
    engine = enumeration.resolve_engine(task["engine"], problem, counting=True)
    _load(engine, network.inputs, task)

    def work() -> dict[str, Any]:
        return {"count": _counted(problem, engine, task.get("jobs", 1)), "engine": engine}

    return work


def _load(engine: str, inputs: int, task: dict[str, Any]) -> None:
    """Count the cells of one neuron: what is imported late, or loaded, is not timed either."""
    from exactrelu import Domain, Network, enumeration

    network = Network.from_rationals([([[1] * inputs], None), ([[1]], None)])
    domain = Domain.box(task["box"]) if task["box"] else None
    _counted(enumeration.Problem.of(network, domain, task["reading"]), engine, 1)


def _counted(problem: Any, engine: str, jobs: int) -> int:
    from exactrelu.enumeration import Search, count_configurations

    if jobs == 1:
        return count_configurations(problem, search=Search(engine))
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as executor:
        return count_configurations(problem, search=Search(engine), executor=executor, parts=8 * jobs)


if __name__ == "__main__":
    measured.answer(prepare)
