"""The demonstration of ``make demo``: real networks, enumerated and drawn exactly.

It writes its pictures to the folder ``demo`` and prints what it found.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import exactrelu

EXAMPLES = Path(__file__).parent
PICTURES = EXAMPLES.parent / "demo"
SETOSA = ("5.1", "3.5", "1.4", "0.2")


def figures() -> None:
    """Draw the paper's Figures 1 and 2 from exact regions."""
    print("Figures 1 and 2 of Heinecke & Hwang, 'Deep Representation with ReLU Neural Networks':")
    for name in ("figure1", "figure2_left", "figure2_right"):
        network = exactrelu.load_network(EXAMPLES / f"{name}.json")
        counts = {str(reading): exactrelu.count(network, reading=reading) for reading in exactrelu.Reading}
        exactrelu.draw_tiling(exactrelu.regions(network), PICTURES / f"{name}.svg")
        print(f"  {name:<14} {counts}  -> demo/{name}.svg")


def moons() -> None:
    """Enumerate and draw the tiling of a trained classifier."""
    network = exactrelu.load_network(EXAMPLES / "moons.onnx")
    box = exactrelu.Domain.box([(-2, 3), (-2, 3)])
    start = perf_counter()
    cells = exactrelu.count(network, box, "full")
    seconds = perf_counter() - start
    tiling = exactrelu.tiling(network, box)
    (logit,) = exactrelu.output_range(network, box)
    exactrelu.draw_tiling(exactrelu.regions(network, box, "full"), PICTURES / "moons.svg")
    print(f"\nTwo moons, a trained 2-16-16-1 network on the box [-2, 3]^2 ({network.digest[:19]}...):")
    print(f"  {cells} activation regions (`full`), counted in {seconds:.2f} s")
    print(f"  {len(tiling.pieces)} linear pieces, {len(tiling.edges)} common facets")
    print(f"  the output ranges from {float(logit.minimum.value):.6g} to {float(logit.maximum.value):.6g};")
    print(f"  its exact minimum is {logit.minimum.value}")
    print("  -> demo/moons.svg")


def iris() -> None:
    """Show the region of one flower."""
    network = exactrelu.load_network(EXAMPLES / "iris.onnx")
    region = exactrelu.region_of(network, network.configuration(SETOSA))
    logits = network(SETOSA)
    print("\nIris, a trained 4-10-10-3 network, at the flower (5.1, 3.5, 1.4, 0.2):")
    print(f"  configuration {region.configuration}, a polyhedron with {len(region.geometry.facets)} facets")
    print(f"  class {logits.index(max(logits))} (0 is setosa); its exact score is {max(logits)}")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    figures()
    moons()
    iris()
    print(f"\nThe pictures lie in {PICTURES}")
