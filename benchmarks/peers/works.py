"""The fixed list of works: networks, domains, and what is to be reached on them.

A drawn network has weights k/1024, -1024 <= k <= 1024, or integers from -8 to 8, drawn by
`random.Random(seed)` row by row, weights before biases, layer by layer: all of them exact in float32.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """At most ``factor`` times the CPU seconds of ``tool``; so many seconds by the clock with two jobs."""

    tool: str | None = None
    factor: float | None = None
    seconds: float | None = None
    megabytes: int | None = None


@dataclass(frozen=True)
class Work:
    """A network, drawn or a file of examples/, and a domain: half the width of a box, or None."""

    name: str
    widths: tuple[int, ...] = ()
    largest: int | None = None  # integer weights up to it; None: k/1024
    seed: int = 0
    example: str | None = None
    half: int | None = None
    target: Target | None = None
    quick: bool = False
    long: bool = False  # only with --long
    without: tuple[str, ...] = ()  # tools that would need minutes or much memory, known beforehand

    @property
    def domain(self) -> str:
        """The domain in words."""
        return "whole space" if self.half is None else f"box [-{self.half}, {self.half}]^n"


def _deep(width: int, layers: int) -> tuple[int, ...]:
    return (2, *[width] * layers, 1)


_SEARCH = ("relucent",)  # ten milliseconds a cell
_TREE = ("affinitree", "relucent")
_SLOW = ("ppl", "affinitree", "relucent")
WORKS = (
    Work("2-8-8-1, box", (2, 8, 8, 1), half=1, quick=True),
    Work("2-8-8-1 integer, box", (2, 8, 8, 1), largest=8, half=1, quick=True),
    Work("3-8-8-1", (3, 8, 8, 1), quick=True),
    Work("5-8-1", (5, 8, 1), quick=True),
    Work("2-64-64-1, box", (2, 64, 64, 1), half=1, target=Target("regioncam", 0.4)),
    Work("2-64-64-1 integer, box", (2, 64, 64, 1), largest=8, half=1, target=Target("regioncam", 0.7)),
    Work("2-128-128-1, box", (2, 128, 128, 1), half=1, target=Target("regioncam", 0.8), without=_TREE),
    Work("2-64-64-64-64-1, box", _deep(64, 4), half=1, target=Target("regioncam", 0.5), without=_TREE),
    Work("2-16-16-1", (2, 16, 16, 1)),
    Work("2-16-16-1 integer", (2, 16, 16, 1), largest=8),
    Work("2-16^8-1, box", _deep(16, 8), half=1),
    Work("3-16-16-1", (3, 16, 16, 1), target=Target("affinitree", 1 / 25)),
    Work("4-12-12-1", (4, 12, 12, 1), target=Target("affinitree", 1 / 15), without=_SEARCH),
    Work("5-16-1", (5, 16, 1), target=Target("affinitree", 1 / 6), without=_SEARCH),
    Work("8-12-1", (8, 12, 1), target=Target("affinitree", 1 / 2, megabytes=250)),
    Work("10-15-1", (10, 15, 1), target=Target("affinitree", 1 / 10, megabytes=250), without=_SEARCH),
    Work("8-12-1, box", (8, 12, 1), half=1, target=Target("affinitree", 1 / 5)),
    Work("6-12-12-1", (6, 12, 12, 1), target=Target("affinitree", 1 / 2), without=_SEARCH),
    Work("8-10-10-1", (8, 10, 10, 1), target=Target("affinitree", 1 / 10), without=_SEARCH),
    Work("moons", example="moons.onnx", half=4),
    Work("iris", example="iris.onnx", half=8),
    Work("cancer8", example="cancer8.onnx"),
    Work("2-512-512-1, box", _deep(512, 2), half=1, target=Target("regioncam", 0.05), without=_SLOW),
    Work("2-1450-1", (2, 1450, 1), target=Target(seconds=3, megabytes=300), without=_SLOW),
    Work("2-600^4-1, box", _deep(600, 4), half=1, target=Target(seconds=60), without=_SLOW, long=True),
    Work("2-4500-1", (2, 4500, 1), without=_SLOW, long=True),
)
