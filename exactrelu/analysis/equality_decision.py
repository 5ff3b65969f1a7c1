"""What a decision on the equality of two networks holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from exactrelu.analysis.asked import Asked
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import vector_text
from exactrelu.verification.verdict import Verdict
from exactrelu.writing.html_tables import facts_table


class EqualityMethod(StrEnum):
    """Which step decided."""

    EMPTY_DOMAIN = "empty domain"
    EVALUATION = "evaluation"
    REDUCTION = "reduction"
    CANONICAL_FORM = "canonical form"
    VERTEX_TABLE = "table of vertices"
    DIFFERENCE_BOUNDS = "bounds of the difference"
    JOINT_CELLS = "joint cells"


@dataclass(frozen=True)
class EqualityDecision:
    """Whether two networks agree on a domain, or differ by at most ``within`` in each output.

    ``point`` (in the domain) and ``outputs``, the values of the first and of the second network there,
    are given where the verdict is ``refuted``. ``cells`` counts the joint cells that were seen, ``boxes``
    those of branch and bound. Where the verdict is ``unknown``, ``reason`` says which limit was reached, and
    ``bound``, unless it is None, is what the difference is proved to be at most.
    """

    verdict: Verdict
    method: EqualityMethod
    point: Point | None = None
    outputs: tuple[Point, Point] | None = None
    cells: int = 0
    reason: str | None = None
    within: Fraction = field(default=Fraction(0), kw_only=True)
    boxes: int = field(default=0, kw_only=True)
    bound: Fraction | None = field(default=None, kw_only=True)
    asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)
    """What was asked, which `exactrelu.certify` needs."""

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("verdict", self.verdict), ("decided by", self.method)]
        facts += [("within", self.within)] if self.within else []
        if self.point is not None and self.outputs is not None:
            facts.append(("point", vector_text(self.point)))
            facts += zip(("first output", "second output"), map(vector_text, self.outputs), strict=True)
        more = (("cells", self.cells), ("boxes", self.boxes), ("reason", self.reason), ("bound", self.bound))
        facts += [(name, value) for name, value in more if value]
        return facts_table("Equality of two networks", facts)
