"""What two workers win: questions answered alone, by two processes, and by a Dask cluster of two, in turn.

    python -m benchmarks.two_workers             # the table of docs/scale.md; Dask where it is installed
    python -m benchmarks.two_workers --only "count 6-" --repetitions 5 --seed 2
    EXACTRELU_KERNELS=0 python -m benchmarks.two_workers --only "count 2-"

Each run is a fresh process. The clock begins with the question: the processes of `--jobs` are begun within
it, the Dask cluster before. A cluster is asked twice, as its workers import what they need with the first
question, unless that takes long. Other programs lengthen the clock, so the CPU seconds of the busier worker
stand beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Record = dict[str, Any]
Asking = tuple[dict[str, Any], Callable[[], list[float]]]
"""What a question takes beside itself, and what tells the CPU seconds of each worker."""


@dataclass(frozen=True)
class Work:
    """A question about a drawn network, on the box [-1, 1]^n or in the whole space."""

    question: str
    widths: tuple[int, ...]
    boxed: bool = False
    engine: str = "auto"
    level: str = ""  # that the output does not exceed

    @property
    def name(self) -> str:
        """What the table calls it."""
        where = "box" if self.boxed else "space"
        engine = "" if self.engine == "auto" else f", {self.engine}"
        return f"{self.question} {'-'.join(map(str, self.widths))}, {where}{engine}"

    def prepared(self, seed: int) -> Callable[..., str]:
        """Return the question, to be called with its workers; its answer comes in words."""
        import exactrelu
        from benchmarks.peers.networks import drawn

        network = drawn(self.widths, None, seed)
        domain = exactrelu.Domain.box([(-1, 1)] * self.widths[0]) if self.boxed else None
        search = exactrelu.Search(self.engine)
        level = [f"y0 <= {self.level}"]
        questions: dict[str, Callable[..., Any]] = {
            "count": partial(exactrelu.count, network, domain, "full", search=search),
            "lipschitz": partial(exactrelu.lipschitz_constant, network, domain, search=search),
            "range": partial(exactrelu.output_range, network, domain),
            "verify": partial(exactrelu.verify, network, level, domain),
        }
        question = questions[self.question]
        return lambda **workers: _in_words(question(**workers))


def _in_words(answer: Any) -> str:
    """Return what all ways must say alike: no points, of which several may serve."""
    if isinstance(answer, tuple):
        return str([(one.minimum.value, one.maximum.value) for one in answer])
    return str(getattr(answer, "power", getattr(answer, "verdict", answer)))


WORKS = (
    Work("count", (2, 128, 128, 1), boxed=True),
    Work("count", (2, 512, 512, 1), boxed=True),
    Work("count", (2, 1024, 1024, 1), boxed=True),
    Work("count", (6, 12, 12, 1)),
    Work("count", (6, 16, 16, 1)),
    Work("count", (6, 20, 20, 1)),
    Work("count", (8, 12, 12, 1), engine="lp"),
    Work("count", (8, 14, 14, 1), engine="lp"),
    Work("count", (8, 15, 15, 1), engine="lp"),
    Work("lipschitz", (6, 20, 20, 1), boxed=True),
    Work("lipschitz", (6, 26, 26, 1), boxed=True),
    Work("range", (8, 32, 32, 1), boxed=True),
    Work("verify", (8, 32, 32, 1), boxed=True, level="20.15"),  # of seed 1: the maximum is 20.144...
)


# one run ----------------------------------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[Asking]:
    yield {}, list


@contextmanager
def _processes() -> Iterator[Asking]:
    """Yield two processes as `--jobs 2` begins them."""
    from exactrelu.cli.workers import begin_worker, one_thread_each
    from exactrelu.distribution.processes import Processes

    one_thread_each()
    with Processes(2, begin_worker) as executor:
        yield {"executor": executor}, lambda: [_cpu_seconds(child) for child in _children()]


@contextmanager
def _dask() -> Iterator[Asking]:
    """Yield a client of a cluster that has begun."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(2)
        yield {"executor": client}, lambda: list(client.run(time.process_time).values())


WAYS = {"alone": _alone, "jobs": _processes, "dask": _dask}
TWICE = "dask"
_LONG = 10.0  # seconds after which imports hardly count, so that nothing is asked again


def one_run(work: Work, way: str, seed: int) -> list[Record]:
    """Return clock, CPU seconds of this process and of each worker, and the answer; of Dask twice."""
    question = work.prepared(seed)
    found: list[Record] = []
    with WAYS[way]() as (workers, seconds):
        while not found or (way == TWICE and len(found) < 2 and found[0]["clock"] < _LONG):
            before = seconds()
            clock, own = time.perf_counter(), time.process_time()
            answer = question(**workers)
            clock, own = time.perf_counter() - clock, time.process_time() - own
            after = seconds()
            spent = [b - a for a, b in zip(before or [0.0] * len(after), after, strict=True)]
            found.append({"clock": clock, "own": own, "workers": spent, "answer": answer})
    return found


def _children() -> list[int]:
    """Return the processes that this one has begun and that still are."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# all of them, in turn ---------------------------------------------------------------------------------------


def compared(work: Work, ways: Sequence[str], repetitions: int, seed: int) -> dict[str, list[Record]]:
    """Return the records of each way, ``dask again`` among them.

    Raises
    ------
    ArithmeticError
        If two answers differ.
    """
    found: dict[str, list[Record]] = {}
    environment = os.environ | dict.fromkeys(_THREADS, "1")
    for _ in range(repetitions):
        for way in ways:
            command = [
                sys.executable,
                "-m",
                "benchmarks.two_workers",
                "--one",
                work.name,
                way,
                "--seed",
                str(seed),
            ]
            done = subprocess.run(
                command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
            )
            for number, record in enumerate(json.loads(done.stdout.splitlines()[-1])):
                found.setdefault(f"{way} again" if number else way, []).append(record)
    answers = {record["answer"] for records in found.values() for record in records}
    if len(answers) > 1:
        raise ArithmeticError(f"{work.name}: expected one answer, got {sorted(answers)}")
    return found


HEADER = (
    "work",
    "workers",
    "clock",
    "own",
    "longer worker",
    "all together",
    "alone / clock",
    "alone / longer",
)


def rows(work: Work, found: dict[str, list[Record]]) -> Iterator[str]:
    """Yield the rows of a work: medians of seconds, and what is won by the clock and by CPU seconds."""
    clock, cpu = (statistics.median(record[key] for record in found["alone"]) for key in ("clock", "own"))
    for way, records in found.items():
        times = [record["clock"] for record in records]
        own = statistics.median(record["own"] for record in records)
        longer = statistics.median(max(record["workers"], default=0.0) for record in records)
        total = statistics.median(record["own"] + sum(record["workers"]) for record in records)
        busiest = max(own, longer)
        won = f"{clock / statistics.median(times):.2f} ({clock / max(times):.2f} - {clock / min(times):.2f})"
        cells = [statistics.median(times), own, longer, total]
        shown = [work.name, way, *(f"{cell:.2f}" for cell in cells), won, f"{cpu / busiest:.2f}"]
        yield f"| {' | '.join(shown)} |"


def main(words: Sequence[str]) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.two_workers", description="what two workers win"
    )
    parser.add_argument("--only", metavar="TEXT", help="works whose name begins with it")
    parser.add_argument("--repetitions", type=int, default=3, metavar="N", help="runs of each way (3)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the networks (1)")
    parser.add_argument("--ways", nargs="+", choices=WAYS, help="these only, and alone")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if arguments.one:
        (work,) = (work for work in WORKS if work.name == arguments.one[0])
        sys.stdout.write(json.dumps(one_run(work, arguments.one[1], arguments.seed)) + "\n")
        return
    missing = {"dask"} if find_spec("distributed") is None else set()
    ways = [way for way in WAYS if (way in (arguments.ways or WAYS) or way == "alone") and way not in missing]
    sys.stdout.write(f"| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}\n")
    for work in WORKS:
        if work.name.startswith(arguments.only or ""):
            for row in rows(work, compared(work, ways, arguments.repetitions, arguments.seed)):
                sys.stdout.write(f"{row}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
