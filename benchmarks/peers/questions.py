"""The fixed list of questions beside a verifier: drawn networks, a box, a bound on the first output.

A network is drawn as `benchmarks.peers.works` says; the box is [-1, 1]^n; asked is whether y_0 < bound on all
of it. The bounds are numbers of float64 beside the exact maximum, found once by `exactrelu.output_range`: a
little above it the property holds, a little below some point refutes it. Nothing is searched anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.peers.networks import drawn
from benchmarks.verification.instances import Instance
from exactrelu import Network
from exactrelu.documents.onnx_file import write_onnx
from exactrelu.formats.binary_rounding import FLOAT32


@dataclass(frozen=True)
class Question:
    """Whether the first output of a drawn network stays below a bound; ``holds`` is the true answer."""

    widths: tuple[int, ...]
    bound: Fraction
    holds: bool
    seed: int = 0
    quick: bool = False

    @property
    def name(self) -> str:
        """The widths and the seed in words, and the bound."""
        drawn_with = f" ({self.seed})" if self.seed else ""
        return f"verify {'-'.join(map(str, self.widths))}{drawn_with}, y_0 < {float(self.bound)!r}"

    @property
    def network(self) -> Network:
        """The network, exactly."""
        return drawn(self.widths, None, self.seed)

    def written(self, folder: Path) -> Instance:
        """Write network (float32) and property into a folder; both are exact."""
        network, prop = folder / "network.onnx", folder / "property.vnnlib"
        write_onnx(self.network, network, FLOAT32)
        prop.write_text(self.vnnlib(), encoding="utf-8")
        return Instance(network, prop, 0.0)

    def vnnlib(self) -> str:
        """Return the unsafe set: the box, and y_0 >= bound."""
        inputs, outputs = self.widths[0], self.widths[-1]
        lines = [f"(declare-const X_{j} Real)" for j in range(inputs)]
        lines += [f"(declare-const Y_{j} Real)" for j in range(outputs)]
        for j in range(inputs):
            lines += [f"(assert (>= X_{j} -1))", f"(assert (<= X_{j} 1))"]
        return "\n".join([*lines, f"(assert (>= Y_0 {float(self.bound)!r}))", ""])


def _both(widths: tuple[int, ...], above: str, below: str, *, quick: bool = False) -> tuple[Question, ...]:
    """Return the questions of a bound above the maximum and of one below."""
    return (
        Question(widths, Fraction(above), holds=True, quick=quick),
        Question(widths, Fraction(below), holds=False, quick=quick),
    )


QUESTIONS = (
    *_both((4, 16, 16, 1), "1.234375", "1.171875", quick=True),
    *_both((4, 24, 24, 1), "6.828125", "6.421875"),
    *_both((5, 30, 30, 1), "14.921875", "13.90625"),
    *_both((6, 20, 20, 20, 2), "14.640625", "13.640625"),
)
