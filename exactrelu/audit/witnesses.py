"""Claims that a point satisfies linear constraints on the input and the output: a counterexample, a witness.

Float verifiers accept a witness up to a tolerance. Here it is exactly valid, valid within the stated
tolerance only, or invalid; only an exactly valid one proves what it is shown for.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.linear_constraints import constraint_document, constraint_text, with_outputs
from exactrelu.audit.summary_text import number_text, point_text
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.polyhedra.domain import Domain

EXACTLY_VALID, WITHIN_TOLERANCE, INVALID = "exactly valid", "valid within the tolerance only", "invalid"


@dataclass(frozen=True)
class WitnessClaim:
    """The claim that ``point`` x lies in ``domain`` and (x, f(x)) satisfies the constraints.

    ``outputs`` are those that the tool states for the point, None if it states none; they are compared with
    the exact ones. ``tolerance`` is the tool's own, 0 if it states none.
    """

    point: Point
    domain: Domain
    constraints: tuple[LinearConstraint, ...]
    outputs: Point | None = None
    tolerance: Fraction = Fraction(0)

    @classmethod
    def read(cls, node: ClaimNode) -> WitnessClaim:
        """Return the claim of a claims file."""
        node.require_keys(("point",), ("constraints", "outputs", "tolerance", "domain"))
        outputs = None
        if "outputs" in node:
            outputs = node.vector(node.child("outputs"), node.network.outputs, "the network's outputs")
        return cls(
            node.point("point"),
            node.own_domain(),
            constraints_of(node),
            outputs,
            node.tolerance() or Fraction(0),
        )

    def judge(self, network: Network, search: Search) -> Judgement:  # noqa: ARG002 - nothing is searched
        """Return whether the point is exactly valid, and by how much each constraint is violated."""
        exact = network(self.point)
        inputs = [with_outputs(c, network.outputs) for c in self.domain.constraints]
        rows = (*inputs, *self.constraints)
        graph_point = (*self.point, *exact)
        violated = [_violated(c, graph_point, network.inputs) for c in rows if not c.holds_at(graph_point)]
        stated = self._difference(exact)
        worst = max([Fraction(entry["violation"]) for entry in violated], default=Fraction(0))
        validity = _validity(bool(violated), max(worst, stated), self.tolerance)
        truth: dict[str, Any] = {
            "validity": validity,
            "outputs": vector_texts(exact),
            "violated": violated,
            "violation": format_rational(worst),
            "outputs_differ_by": format_rational(stated),
        }
        return Judgement(verdict_of(validity == EXACTLY_VALID), truth, _summary(truth, self.tolerance))

    def _difference(self, exact: Point) -> Fraction:
        """Return how far the stated outputs are off; float programs round, so this alone refutes nothing."""
        if self.outputs is None:
            return Fraction(0)
        return max(abs(a - b) for a, b in zip(exact, self.outputs, strict=True))


def constraints_of(node: ClaimNode) -> tuple[LinearConstraint, ...]:
    """Return the constraints of a claim."""
    if "constraints" not in node:
        return ()
    return tuple(node.constraint(item) for item in node.child("constraints").items())


def _violated(constraint: LinearConstraint, point: Point, inputs: int) -> dict[str, Any]:
    return {
        "constraint": constraint_document(constraint, inputs),
        "text": constraint_text(constraint, inputs),
        "violation": format_rational(constraint.violation(point)),
    }


def _validity(violated: bool, worst: Fraction, tolerance: Fraction) -> str:
    if not violated:
        return EXACTLY_VALID
    return WITHIN_TOLERANCE if worst <= tolerance and tolerance > 0 else INVALID


def _by_how_much(violation: Fraction) -> str:
    """Return how a constraint fails: a strict one may fail at equality."""
    return f"is violated by {number_text(violation)}" if violation else "is not strict: its left side is 0"


def _summary(truth: dict[str, Any], tolerance: Fraction) -> str:
    shown = truth["validity"]
    if truth["violated"]:
        first = truth["violated"][0]
        shown += f": {first['text']} {_by_how_much(Fraction(first['violation']))}"
        if tolerance:
            shown += f" (tolerance {number_text(tolerance)})"
    return f"{shown}; f = {point_text(map(Fraction, truth['outputs']))}"
