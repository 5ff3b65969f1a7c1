"""What a certificate of a property costs: ``python -m benchmarks.verification.certificates FOLDER``.

FOLDER has the layout of the VNN-COMP benchmarks. Printed are CPU seconds of the search (which keeps its
cuts), of writing and of checking, ratios to the search, bytes of the gzip file, and how many of them the
network takes.
"""

from __future__ import annotations

import argparse
import gzip
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ACAS_XU = [("1_1", 1), ("1_1", 2), ("1_1", 3), ("1_1", 4)]


def measured(network_file: Path, property_file: Path, folder: str) -> str:
    """Return a line of the table for one instance."""
    from exactrelu import checker
    from exactrelu.certificates.properties import certify_property
    from exactrelu.formats import load_network
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.verification.verify import verify

    network, prop = load_network(network_file), read_property(property_file)
    path = Path(folder) / "certificate.jsonl.gz"
    times = [time.process_time()]
    decision = verify(network, prop, trees=True)
    times.append(time.process_time())
    if str(decision.verdict) != "holds":
        return f"{network_file.name} {property_file.name}: {decision.verdict}"
    certify_property(path, decision)
    times.append(time.process_time())
    checker.check(path)
    times.append(time.process_time())
    search, write, check = (after - before for before, after in pairwise(times))
    size = path.stat().st_size
    header = gzip.decompress(path.read_bytes()).split(b"\n", 1)[0]
    return (
        f"{network_file.name} {property_file.name}: {decision.boxes} boxes, search {search:.2f}, "
        f"write {write:.2f} ({write / search:.0f}x), check {check:.2f} ({check / search:.0f}x), "
        f"{size} bytes, {len(gzip.compress(header))} of them the network"
    )


def main() -> None:
    """Measure ACAS Xu 1_1, properties 1 to 4."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as place:
        for name, number in ACAS_XU:
            network = folder / f"onnx/ACASXU_run2a_{name}_batch_2000.onnx"
            print(measured(network, folder / f"vnnlib/prop_{number}.vnnlib", place), flush=True)


if __name__ == "__main__":
    main()
