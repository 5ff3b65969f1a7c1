"""Claims about a property file: a verifier's ``sat`` with its counterexample, or its ``unsat``.

The verdict is exact: ``sat`` is right if some input is unsafe, and a counterexample is right if its
inputs, with the network's exact outputs, satisfy the file exactly. What the verification competition
would say beside that is information. Its scoring script accepts a counterexample if the outputs that are
stated differ from those that it computes by at most 10^-3 of the largest stated output (sup norm), and if
inputs and stated outputs violate each constraint by at most 10^-4 (VNN-COMP 2023,
``SCORING/counterexamples.py`` in the repository ChristopherBrix/vnncomp2023_results: COUNTEREXAMPLE_RTOL,
COUNTEREXAMPLE_ATOL). Here both are computed exactly, where the script runs the network in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.satisfiability import ANSWERS
from exactrelu.audit.summary_text import number_text, point_text
from exactrelu.audit.witnesses import EXACTLY_VALID, INVALID, WITHIN_TOLERANCE
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.formats.vnnlib import read_property
from exactrelu.formats.witness import StatedWitness, read_witness
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.verification.property import Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify
from exactrelu.verification.violations import Violation, least_violation

CONSTRAINT_TOLERANCE = Fraction(1, 10**4)
"""By how much a constraint may be violated in the competition, absolutely."""

OUTPUT_TOLERANCE = Fraction(1, 10**3)
"""How far stated outputs may be off in the competition, relative to the largest of them."""

_SMALLEST_OUTPUT = Fraction(1, 10**6)  # below this the script takes stated outputs to agree


@dataclass(frozen=True)
class PropertyClaim:
    """The claim that some input is unsafe (``sat``), as the counterexample shows, or none is (``unsat``).

    ``tolerance`` is the tool's own, 0 if it states none; a counterexample that needs it is named so, and
    proves nothing.
    """

    answer: str
    property: Property
    counterexample: StatedWitness | None = None
    tolerance: Fraction = Fraction(0)

    @classmethod
    def read(cls, node: ClaimNode) -> PropertyClaim:
        """Return the claim of a claims file; files are named from its folder."""
        node.require_keys(("answer", "property"), ("counterexample", "tolerance"))
        answer, shape = node.choice("answer", ANSWERS), (node.network.inputs, node.network.outputs)
        claimed = read_property(node.folder / node.child("property").text(), *shape)
        witness = None
        if "counterexample" in node:
            if answer == "unsat":
                raise node.child("counterexample").fail("none with the answer unsat", "one")
            witness = read_witness(node.folder / node.child("counterexample").text(), *shape)
        return cls(answer, claimed, witness, node.tolerance() or Fraction(0))

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether answer and counterexample are right; a valid counterexample needs no search."""
        shown = None if self.counterexample is None else self._judged(network, self.counterexample)
        truth: dict[str, Any] = {"property": self.property.digest}
        if shown is not None:
            truth["counterexample"] = shown
        if shown is not None and shown["validity"] == EXACTLY_VALID:
            return Judgement(Verdict.HOLDS, truth | {"answer": "sat"}, f"sat: {_shown_text(shown)}")
        decision = verify(network, self.property, search=search)
        if decision.verdict is Verdict.UNKNOWN:
            if shown is None:
                raise BudgetExhaustedError(f"{decision.reason}; {decision.standing()}")
            truth |= {"answer": None, "reason": decision.reason}
            return Judgement(Verdict.REFUTED, truth, f"undecided ({decision.reason}); {_shown_text(shown)}")
        point, outputs = decision.point, decision.outputs
        exact = "unsat" if point is None else "sat"
        truth["answer"] = exact
        summary = "unsat: no input is unsafe"
        if point is not None and outputs is not None:
            truth |= {"point": vector_texts(point), "outputs": vector_texts(outputs)}
            summary = f"sat: {point_text(point)} with f = {point_text(outputs)}"
        if shown is not None:
            summary += f"; {_shown_text(shown)}"
        return Judgement(verdict_of(exact == self.answer and shown is None), truth, summary)

    def _judged(self, network: Network, witness: StatedWitness) -> dict[str, Any]:
        """Return the truth about a counterexample: its validity, and what the competition would say."""
        exact = network(witness.inputs)
        missed = least_violation(self.property, witness.inputs, exact)
        return {
            "validity": _validity(missed, self.tolerance),
            "outputs": vector_texts(exact),
            "violated": None if missed is None else missed.constraint,
            "violation": None if missed is None else format_rational(missed.amount),
            "competition": _competition(self.property, witness, exact),
        }


def _validity(missed: Violation | None, tolerance: Fraction) -> str:
    if missed is None:
        return INVALID
    if missed.constraint is None:
        return EXACTLY_VALID
    return WITHIN_TOLERANCE if missed.amount <= tolerance and tolerance > 0 else INVALID


def _competition(p: Property, witness: StatedWitness, exact: Point) -> dict[str, Any]:
    """Return what the competition's tolerances say, computed exactly."""
    stated = witness.outputs or exact
    largest = max(map(abs, stated))
    difference = max(abs(a - b) for a, b in zip(exact, stated, strict=True))
    error = difference / largest if largest >= _SMALLEST_OUTPUT else Fraction(0)
    missed = least_violation(p, witness.inputs, stated)
    near = missed is not None and missed.amount <= CONSTRAINT_TOLERANCE
    return {
        "accepted": near and error <= OUTPUT_TOLERANCE,
        "violation": None if missed is None else format_rational(missed.amount),
        "outputs_differ_by": format_rational(error),
        "tolerances": {
            "constraints": format_rational(CONSTRAINT_TOLERANCE),
            "outputs": format_rational(OUTPUT_TOLERANCE),
        },
    }


def _shown_text(shown: dict[str, Any]) -> str:
    text = f"the counterexample is {shown['validity']}"
    if shown["violated"] is not None:
        text += f": {shown['violated']} is missed by {number_text(Fraction(shown['violation']))}"
    accepted = "accepts" if shown["competition"]["accepted"] else "rejects"
    return f"{text}; the competition {accepted} it"
