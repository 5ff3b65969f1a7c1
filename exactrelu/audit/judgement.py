"""What an audit says about one claim: a verdict, and the exact truth beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.verification.verdict import Verdict


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict, ``refuted`` before ``unknown`` before ``holds``; of none, ``holds``.

    Examples
    --------
    >>> str(worst_verdict([Verdict.HOLDS, Verdict.UNKNOWN, Verdict.REFUTED]))
    'refuted'
    """
    order = (Verdict.HOLDS, Verdict.UNKNOWN, Verdict.REFUTED)
    return max(verdicts, key=order.index, default=Verdict.HOLDS)


def verdict_of(truth: object) -> Verdict:
    """Return ``holds`` for what is true, ``refuted`` for what is not."""
    return Verdict.HOLDS if truth else Verdict.REFUTED


@dataclass(frozen=True)
class Judgement:
    """The verdict on a claim; ``truth`` is JSON with exact numbers, ``summary`` one line for people."""

    verdict: Verdict
    truth: dict[str, Any]
    summary: str

    @classmethod
    def unknown(cls, reason: str, **truth: Any) -> Judgement:
        """Return the judgement that a limit ended."""
        return cls(Verdict.UNKNOWN, {"reason": reason, **truth}, f"unknown: {reason}")


class AuditClaim(Protocol):
    """A claim about a network that can be judged."""

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return the verdict with the exact truth; `BudgetExhaustedError` where a limit is reached."""


def judge(claim: AuditClaim, network: Network, search: Search | None = None) -> Judgement:
    """Return the verdict on a claim with the exact truth beside it; ``unknown`` where a limit is reached.

    Raises the errors of what the claim names: a domain or point of another dimension, a missing file.
    """
    try:
        return claim.judge(network, started(search))
    except BudgetExhaustedError as error:
        return Judgement.unknown(str(error))
