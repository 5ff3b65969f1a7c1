"""From computations to verdicts. No check names its verdict; it follows from what was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from typing import Any, TypeVar

from exactrelu.claims import ClaimVerdict, Finding
from exactrelu.networks.network import Network

from .kernel.rules import Theorem
from .proof_trees import rule_count, stated, tree
from .statements.expressions import Expression, ProofError, negation
from .statements.notation import text
from .traces import tracing

Bits = tuple[tuple[int, ...], ...]

Failure = str
"""What went wrong, with its numbers."""

Case = TypeVar("Case")


def by_counterexample(
    *evidence: str,
    holds: bool,
    hypotheses: Mapping[str, bool] | None = None,
    networks: Sequence[Network] = (),
    points: Sequence[tuple[str, Sequence[Any]]] = (),
    cells: Sequence[Bits] = (),
    loss: str | None = None,
) -> Finding:
    """Return ``refuted`` if the claim does not hold for the object at hand, else ``checked`` on that one.

    ``hypotheses`` says of each hypothesis of the claim whether the object satisfies it. One that does not
    says nothing about the claim: the verdict is ``untried``.
    """
    given = hypotheses or {}
    violated = [text for text, satisfied in given.items() if not satisfied]
    if violated:
        lines = [f"no counterexample: the object violates the hypothesis that {text}" for text in violated]
        return Finding(ClaimVerdict.UNTRIED, (*evidence, *lines), tried=0)
    if holds:
        return Finding(ClaimVerdict.CHECKED, (*evidence, "no counterexample: the claim holds here"), tried=1)
    satisfied = (f"the hypotheses hold: {'; '.join(given)}",) if given else ()
    bars = tuple("|".join("".join(map(str, bits)) for bits in theta) for theta in cells)
    return Finding(
        ClaimVerdict.REFUTED, (*evidence, *satisfied), tuple(networks), _exact(points), cells=bars, loss=loss
    )


def by_analysis(
    scope: str, failures: Iterable[Failure], *evidence: str, cases: Iterable[object] = ()
) -> Finding:
    """Return ``checked`` if no case of an analysis fails, else ``refuted`` with those that do.

    ``cases`` are the numbers and networks that it looked at: they are part of what is on record.
    However complete the analysis is, that it gives the statement is words: ``proved`` comes from the kernel.
    """
    failed = tuple(failures)
    if failed:
        return Finding(ClaimVerdict.REFUTED, (*evidence, *failed[:5]))
    looked_at = [_case_text(case) for case in cases]
    sample = sample_of(looked_at) if looked_at else None
    return Finding(ClaimVerdict.CHECKED, (*evidence, f"no case fails for {scope}"), sample=sample)


def by_kernel(
    statement: Expression, proof: Callable[[], Theorem], *evidence: str, refutes: bool = False
) -> Finding:
    """Return ``proved`` if the kernel's theorem is the statement, symbol by symbol, and has no hypotheses.

    With ``refutes`` the theorem must be the statement's negation, and the verdict is ``refuted``. If there is
    no theorem, or another one, it is ``untried``: nothing was shown.
    """
    wanted = negation(statement) if refutes else statement
    statements = (stated(wanted),)
    try:
        theorem = proof()
    except (ProofError, TypeError, IndexError) as error:
        return replace(untried(f"the proof fails ({error})"), statements=statements)
    if not gives(theorem, statement, refutes=refutes):
        found = f"the proof gives another statement: {text(theorem.conclusion)}"
        return replace(untried(found), statements=statements)
    verdict = ClaimVerdict.REFUTED if refutes else ClaimVerdict.PROVED
    steps, axioms = tree(theorem)
    size = f"verified by the kernel in {rule_count(theorem)} steps; axioms: {', '.join(axioms) or 'none'}"
    return Finding(verdict, (*evidence, size), statements=statements, proof=steps)


def gives(theorem: Theorem, statement: Expression, *, refutes: bool = False) -> bool:
    """Return whether a theorem has no hypotheses and is the statement, or its negation, symbol by symbol."""
    wanted = negation(statement) if refutes else statement
    return not theorem.hypotheses and theorem.conclusion == wanted


def by_two_roads(proved: Finding, tried: Finding, *, refutes: bool = False) -> Finding:
    """Return what the kernel proved or refuted, with the evidence of another check of the same claim.

    If the other check finds something else, or has no case, it is the answer: then the statement is not the
    claim. If the kernel shows nothing, nothing is shown, unless the other check has a counterexample to what
    was to be proved; a refutation (``refutes``) needs the kernel.
    """
    agreeing = {
        ClaimVerdict.PROVED: {ClaimVerdict.CHECKED},
        ClaimVerdict.REFUTED: {ClaimVerdict.REFUTED},
    }
    if proved.verdict not in agreeing:
        shown = {ClaimVerdict.REFUTED if refutes else ClaimVerdict.CHECKED}
        return proved if tried.verdict in shown else tried
    if tried.verdict not in agreeing[proved.verdict]:
        return tried
    word = "second road: " if proved.verdict is ClaimVerdict.PROVED else ""
    lines = tuple(f"{word}{line}" for line in tried.evidence)
    evidence = proved.evidence + lines if word else lines + proved.evidence
    tried_cases = None if word else tried.tried
    return replace(
        tried,
        verdict=proved.verdict,
        evidence=evidence,
        tried=tried_cases,
        statements=proved.statements,
        proof=proved.proof,
    )


def by_argument(finding: Finding, *words: str) -> Finding:
    """Return ``argued`` in the place of a verdict of which parts are words, and name these.

    A finding that says that nothing holds stays as it is.
    """
    if finding.verdict not in {ClaimVerdict.PROVED, ClaimVerdict.CHECKED} or not words:
        return finding
    return replace(finding, verdict=ClaimVerdict.ARGUED, words=words)


def by_trial(
    networks: Iterable[Network], failure: Callable[[Network], Failure | None], *evidence: str
) -> Finding:
    """Return ``checked`` if ``failure`` finds nothing on any network, else ``refuted`` with the first one.

    With no network at all it is ``untried``.
    """
    tried = []  # the case, then the trace
    for network in networks:
        tried.append(network.digest)
        with tracing() as trace:
            failed = failure(network)
        tried.append(str(trace))
        if failed is not None:
            return Finding(ClaimVerdict.REFUTED, (failed,), (network,))
    if not tried:
        return untried("no network was given")
    held = f"held on the {len(tried) // 2} networks tried"
    return Finding(ClaimVerdict.CHECKED, (*evidence, held), tried=len(tried) // 2, sample=sample_of(tried))


def by_cases(
    cases: Iterable[Case], failure: Callable[[Case], Failure | None], *evidence: str, noun: str = "pairs"
) -> Finding:
    """Return ``checked`` if ``failure`` finds nothing in any case, else ``refuted`` with the first failure.

    With no case at all it is ``untried``. ``noun`` says what the cases are.
    """
    tried = []  # the case, then the trace
    for case in cases:
        tried.append(_case_text(case))
        with tracing() as trace:
            failed = failure(case)
        tried.append(str(trace))
        if failed is not None:
            return Finding(ClaimVerdict.REFUTED, (failed,))
    if not tried:
        return untried(f"none of the {noun} was given")
    held = f"held for the {len(tried) // 2} {noun} tried"
    return Finding(ClaimVerdict.CHECKED, (*evidence, held), tried=len(tried) // 2, sample=sample_of(tried))


def sample_of(cases: Iterable[str]) -> str:
    """Return a digest of the cases that were tried, and of what was computed with each."""
    return sha256("\n".join(cases).encode()).hexdigest()[:16]


def _case_text(case: Any) -> str:
    """Write a case with all its numbers."""
    if isinstance(case, Network):
        return case.digest
    if isinstance(case, Mapping):
        return f"{{{', '.join(f'{_case_text(key)}: {_case_text(value)}' for key, value in case.items())}}}"
    if isinstance(case, (tuple, list)):
        return f"({', '.join(map(_case_text, case))})"
    if callable(case) and not is_dataclass(case):
        raise TypeError(f"a case: expected what has a text of its own, got {case}")
    if is_dataclass(case):
        return _case_text([getattr(case, field.name) for field in fields(case)])
    return str(case)


def untried(why: str) -> Finding:
    """Return ``untried``: without a single case, a check says nothing about its claim."""
    return Finding(ClaimVerdict.UNTRIED, (f"nothing was tried: {why}",), tried=0)


def with_hypothesis(hypothesis: str, as_transcribed: Finding, repaired: Finding) -> Finding:
    """Return ``conditional`` if a claim is refuted as transcribed and holds with the hypothesis.

    If there is no counterexample, or the repaired claim is false too or was not tried, that finding is the
    answer.
    """
    if as_transcribed.verdict is not ClaimVerdict.REFUTED:
        return as_transcribed
    if repaired.verdict not in {ClaimVerdict.PROVED, ClaimVerdict.CHECKED, ClaimVerdict.ARGUED}:
        return repaired
    with_it = tuple(f"with the hypothesis: {line}" for line in repaired.evidence)
    return replace(
        as_transcribed,
        verdict=ClaimVerdict.CONDITIONAL,
        evidence=as_transcribed.evidence + with_it,
        tried=repaired.tried,
        hypothesis=hypothesis,
        words=repaired.words,
        sample=_samples(as_transcribed, repaired),
        statements=as_transcribed.statements + repaired.statements,
        proof=as_transcribed.proof + repaired.proof,
    )


def with_correction(as_transcribed: Finding, correction: str, corrected: Finding) -> Finding:
    """Return the finding on the claim as transcribed, with the verdict on its corrected form."""
    lines = (f"corrected form: {correction}", *(f"corrected form: {line}" for line in corrected.evidence))
    return replace(
        as_transcribed,
        evidence=as_transcribed.evidence + lines,
        corrected=corrected.verdict,
        words=as_transcribed.words + corrected.words,
        sample=_samples(as_transcribed, corrected),
        statements=as_transcribed.statements + corrected.statements,
        proof=as_transcribed.proof + corrected.proof,
    )


def _samples(*findings: Finding) -> str | None:
    found = [finding.sample for finding in findings if finding.sample is not None]
    return " ".join(found) or None


def _exact(points: Sequence[tuple[str, Sequence[Any]]]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    from exactrelu.numbers.rationals import rational_vector

    return tuple((name, rational_vector(point)) for name, point in points)
