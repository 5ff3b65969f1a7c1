"""What certificates of properties cost: ``python -m benchmarks.verification.certificates FOLDER``.

FOLDER has the layout of the VNN-COMP benchmarks; with ACAS Xu's, 1_1 is measured with properties 1 to 4, or,
with ``--all`` and for other benchmarks, all that ``instances.csv`` lists. Printed are CPU seconds of the
search (which keeps its cuts), of writing and of checking, ratios to the search, bytes of the gzip file and
how many of them the network takes, and the peak memory. Each instance has a process of its own.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import resource
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.verification.instances import Instance, instances_of, unpacked

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

_FEW = [("1_1", number) for number in (1, 2, 3, 4)]
_LEFT = 600  # seconds by the clock for writing and checking, beyond which a process is ended


def measured(instance: Instance, folder: str, limit: float) -> str:
    """Return a line of the table for one instance."""
    from exactrelu import checker
    from exactrelu.certificates.properties import certify_property
    from exactrelu.enumeration.effort import Search
    from exactrelu.errors import ExactReluError
    from exactrelu.formats import load_network
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.verification.verify import verify

    network = load_network(unpacked(instance.network, Path(folder)))
    prop = read_property(instance.specification, network.inputs, network.outputs)
    path = Path(folder) / "certificate.jsonl.gz"
    times = [time.process_time()]
    decision = verify(network, prop, search=Search(time_limit=limit), trees=True)
    times.append(time.process_time())
    shown = f"{decision.verdict}, {decision.boxes} boxes, search {times[1] - times[0]:.2f}"
    if str(decision.verdict) != "holds":
        return shown
    try:
        certify_property(path, decision, Search(time_limit=_LEFT))
    except ExactReluError as error:
        return f"{shown}, refused: {error} ({_megabytes()} MB)"
    times.append(time.process_time())
    checker.check(path)
    times.append(time.process_time())
    search, write, check = (after - before for before, after in pairwise(times))
    size = path.stat().st_size
    header = gzip.decompress(path.read_bytes()).split(b"\n", 1)[0]
    return (
        f"{shown}, write {write:.2f} ({write / search:.1f}x), check {check:.2f} ({check / search:.0f}x), "
        f"{size} bytes, {len(gzip.compress(header))} of them the network, {_megabytes()} MB"
    )


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _alone(instance: Instance, limit: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"{instance.name}: {measured(instance, folder, limit)}", flush=True)


def main() -> None:
    """Measure the instances, one after another."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="all that is listed, of ACAS Xu too")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds of a search")
    arguments = parser.parse_args()
    few = [arguments.folder / f"onnx/ACASXU_run2a_{name}_batch_2000.onnx" for name, _ in _FEW]
    if arguments.all or not few[0].exists():
        instances = instances_of(arguments.folder)
    else:
        properties = [arguments.folder / f"vnnlib/prop_{number}.vnnlib" for _, number in _FEW]
        instances = [Instance(network, prop, 0) for network, prop in zip(few, properties, strict=True)]
    for instance in instances:
        process = multiprocessing.get_context("spawn").Process(
            target=_alone, args=(instance, arguments.time_limit)
        )
        process.start()
        process.join(arguments.time_limit + 2 * _LEFT)
        if process.exitcode:
            print(f"{instance.name}: exit status {process.exitcode}", flush=True)
        process.kill()


if __name__ == "__main__":
    main()
