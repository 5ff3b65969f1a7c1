"""Claims about two networks: that they are equal, or how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.analysis.distances import DistanceNorm, distance
from exactrelu.analysis.equality import decide_equality
from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement
from exactrelu.audit.summary_text import number_text, point_text
from exactrelu.documents.distance import distance_document
from exactrelu.documents.equality import difference_document
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import Extended
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict

SIDES = ("upper", "lower", "value")


@dataclass(frozen=True)
class EqualityClaim:
    """The claim that the network and ``other`` agree on ``domain``, or, without ``equal``, do not."""

    other: Network
    domain: Domain
    equal: bool = True

    @classmethod
    def read(cls, node: ClaimNode) -> EqualityClaim:
        """Return the claim of a claims file."""
        node.require_keys(("other",), ("equal", "domain"))
        other, _ = node.other_network("other")
        return cls(other, node.own_domain(), node.flag("equal", default=True))

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the networks agree; where they do not, a point with both outputs."""
        decision = decide_equality(network, self.other, self.domain, search=search)
        truth: dict[str, Any] = {"other": self.other.digest, "method": str(decision.method)}
        if decision.verdict is Verdict.UNKNOWN:
            return Judgement.unknown(decision.reason or "a budget ran out", **truth)
        equal = decision.verdict is Verdict.HOLDS
        truth["equal"] = equal
        verdict = Verdict.HOLDS if equal == self.equal else Verdict.REFUTED
        if decision.point is None or decision.outputs is None:
            return Judgement(verdict, truth, f"equal ({decision.method})")
        truth |= difference_document(decision)
        one, two = map(point_text, decision.outputs)
        return Judgement(verdict, truth, f"at {point_text(decision.point)} {one} and {two}")


@dataclass(frozen=True)
class DistanceClaim:
    """The claim that the distance to ``other`` is at most, at least or equal to ``bound``.

    ``side`` is ``upper``, ``lower`` or ``value``.
    """

    other: Network
    norm: DistanceNorm
    side: str
    bound: Extended
    domain: Domain

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ArgumentError(f"side: expected one of {', '.join(SIDES)}, got {self.side!r}")

    @classmethod
    def read(cls, node: ClaimNode) -> DistanceClaim:
        """Return the claim of a claims file."""
        node.require_keys(("other", "norm"), (*SIDES, "domain"))
        sides = [side for side in SIDES if side in node]
        if len(sides) != 1:
            raise node.node.fail(f"one of the keys {', '.join(SIDES)}", ", ".join(sides) or "none")
        other, _ = node.other_network("other")
        norm = DistanceNorm(node.choice("norm", list(map(str, DistanceNorm))))
        return cls(other, norm, sides[0], node.extended(sides[0]), node.own_domain())

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the bound holds, beside the exact distance and where it is attained."""
        exact = distance(network, self.other, self.domain, self.norm, search=search)
        power, bound = exact.power, self._power_of_bound()
        holds = {"upper": power <= bound, "lower": power >= bound, "value": power == bound}[self.side]
        truth = distance_document((network, self.other), exact)
        name = "its square" if self.norm is DistanceNorm.L2 else "it"
        summary = f"{self.norm} distance: {name} is {number_text(power)}"
        if exact.ray is not None and exact.point is not None:
            summary += f", from {point_text(exact.point)} along {point_text(map(Fraction, exact.ray))}"
        elif exact.point is not None:
            summary += f", {'at' if exact.attained else 'near'} {point_text(exact.point)}"
        return Judgement(Verdict.HOLDS if holds else Verdict.REFUTED, truth, summary)

    def _power_of_bound(self) -> Extended:
        """Return the bound, squared with its sign kept for ``l2``, as the exact distance is."""
        if self.norm is not DistanceNorm.L2 or not isinstance(self.bound, Fraction):
            return self.bound
        return self.bound * abs(self.bound)
