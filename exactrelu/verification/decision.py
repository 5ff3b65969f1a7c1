"""What a search for unsafe inputs found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import vector_text
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import Property
from exactrelu.verification.verdict import Verdict
from exactrelu.writing.html_tables import facts_table


@dataclass(frozen=True)
class Standing:
    """How far a search is, over all input sets.

    Parameters
    ----------
    decided
        The share of the input sets that is decided, each set counted alike, each by volume.
    bound
        A proved lower bound, over all that is open, of how far a point is from unsafe: at each point and in
        each alternative some inequality g >= 0 of it has -g >= bound. -inf where a set was not begun.
    boxes
        The boxes that were bounded.
    part, parts
        The input set that is searched, counted from 1, and how many there are.
    """

    decided: float
    bound: float
    boxes: int
    part: int
    parts: int

    def __str__(self) -> str:
        bound = f"{self.bound:.6g}" if math.isfinite(self.bound) else "none yet"
        text = f"{share_text(self.decided)} decided, best bound {bound}, {self.boxes:,} boxes"
        return text if self.parts == 1 else f"{text}, input set {self.part} of {self.parts}"


def share_text(share: float) -> str:
    """Return a share in per cent, rounded down: 100 % is all."""
    return f"{math.floor(max(0.0, min(share, 1.0)) * 10_000) / 100:g} %"


@dataclass(frozen=True)
class PropertyDecision:
    """Whether a network has a property: ``refuted`` comes with an unsafe ``point`` and the exact ``outputs``.

    ``decided`` and ``bound`` are those of the last `Standing`; ``bound`` is inf where all is decided.
    ``reason`` says why a verdict is ``unknown``. ``trees`` holds the cuts of each input set that was looked
    at, in their order, if they were asked for. ``seconds`` are by the clock.
    """

    verdict: Verdict
    network: Network
    property: Property
    point: Point | None
    outputs: Point | None
    boxes: int
    seconds: float
    decided: float
    bound: float
    reason: str | None = None
    trees: tuple[CutTree, ...] = field(default=(), repr=False)

    def standing(self) -> Standing:
        """How far the search came."""
        return Standing(self.decided, self.bound, self.boxes, 1, 1)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("verdict", self.verdict), ("property", self.property.name)]
        if self.point is not None and self.outputs is not None:
            facts += [("point", vector_text(self.point)), ("outputs", vector_text(self.outputs))]
        if self.verdict is Verdict.UNKNOWN:
            facts += [("so far", self.standing()), ("reason", self.reason)]
        facts += [("boxes", self.boxes), ("seconds", f"{self.seconds:.2f}")]
        return facts_table("A property of a network", facts)
