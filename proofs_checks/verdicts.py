"""From computations to verdicts. No check names its verdict; it follows from what was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from exactrelu.claims import Finding, Verdict
from exactrelu.network import Network

Failure = str
"""What went wrong, with its numbers."""


def by_counterexample(
    *evidence: str,
    holds: bool,
    networks: Sequence[Network] = (),
    points: Sequence[tuple[str, Sequence[Any]]] = (),
) -> Finding:
    """Return ``refuted`` if the claim does not hold for the object at hand, else ``checked`` on that one."""
    if holds:
        return Finding(Verdict.CHECKED, (*evidence, "no counterexample: the claim holds here"), tried=1)
    return Finding(Verdict.REFUTED, evidence, tuple(networks), _exact(points))


def by_proof(scope: str, failures: Iterable[Failure], *evidence: str) -> Finding:
    """Return ``proved`` if no case of a complete analysis fails, else ``refuted`` with those that do."""
    failed = tuple(failures)
    if failed:
        return Finding(Verdict.REFUTED, (*evidence, *failed[:5]))
    return Finding(Verdict.PROVED, (*evidence, f"proved for {scope}"))


def by_trial(
    networks: Iterable[Network], failure: Callable[[Network], Failure | None], *evidence: str
) -> Finding:
    """Return ``checked`` if ``failure`` finds nothing on any network, else ``refuted`` with the first one."""
    tried = 0
    for network in networks:
        tried += 1
        failed = failure(network)
        if failed is not None:
            return Finding(Verdict.REFUTED, (failed,), (network,))
    return Finding(Verdict.CHECKED, (*evidence, f"held on the {tried} networks tried"), tried=tried)


def with_hypothesis(hypothesis: str, as_transcribed: Finding, repaired: Finding) -> Finding:
    """Return ``conditional`` if a claim is refuted as transcribed and holds with the hypothesis.

    If there is no counterexample, or the repaired claim is false too, that finding is the answer.
    """
    if as_transcribed.verdict is not Verdict.REFUTED:
        return as_transcribed
    if repaired.verdict is Verdict.REFUTED:
        return repaired
    with_it = tuple(f"with the hypothesis: {line}" for line in repaired.evidence)
    return Finding(
        Verdict.CONDITIONAL,
        as_transcribed.evidence + with_it,
        as_transcribed.networks,
        as_transcribed.points,
        repaired.tried,
        hypothesis,
    )


def with_correction(as_transcribed: Finding, corrected: Finding) -> Finding:
    """Return the finding on the claim as transcribed, with what was found on its corrected form."""
    lines = tuple(f"corrected form: {line}" for line in corrected.evidence)
    if corrected.verdict is Verdict.REFUTED:
        lines += ("corrected form: false too",)
    return Finding(
        as_transcribed.verdict,
        as_transcribed.evidence + lines,
        as_transcribed.networks,
        as_transcribed.points,
        as_transcribed.tried,
    )


def _exact(points: Sequence[tuple[str, Sequence[Any]]]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    from exactrelu.rationals import rational_vector

    return tuple((name, rational_vector(point)) for name, point in points)
