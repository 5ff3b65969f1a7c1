"""What an audit says about one claim: a verdict, and the exact truth beside it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from exactrelu.analysis.verdict import Verdict
from exactrelu.enumeration import Budget, require_engine
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.network import Network


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
        """Return the judgement that a budget ended."""
        return cls(Verdict.UNKNOWN, {"reason": reason, **truth}, f"unknown: {reason}")


@dataclass(frozen=True)
class Limits:
    """The engine, and how much may be spent: regions for each search, seconds for all of them together.

    Raises
    ------
    ArgumentError
        For an unknown engine, a negative number of regions, or seconds that are not positive.
    """

    engine: str = "auto"
    max_regions: int | None = None
    time_limit: float | None = None
    _deadline: float | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_engine(self.engine)
        Budget(self.max_regions, self.time_limit)  # its checks
        deadline = None if self.time_limit is None else time.monotonic() + self.time_limit
        object.__setattr__(self, "_deadline", deadline)

    def budget(self) -> Budget:
        """Return the budget of one search.

        Raises
        ------
        BudgetExhaustedError
            If the time is over.
        """
        if self._deadline is None:
            return Budget(self.max_regions)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise BudgetExhaustedError(f"time limit of {self.time_limit:g} seconds ran out")
        return Budget(self.max_regions, left)


class Claim(Protocol):
    """A claim about a network that can be judged."""

    def judge(self, network: Network, limits: Limits) -> Judgement:
        """Return the verdict with the exact truth; `BudgetExhaustedError` where a budget runs out."""


def judge(claim: Claim, network: Network, limits: Limits | None = None) -> Judgement:
    """Return the verdict on a claim with the exact truth beside it; ``unknown`` where a budget runs out.

    Raises the errors of what the claim names: a domain or point of another dimension, a missing file.
    """
    try:
        return claim.judge(network, limits or Limits())
    except BudgetExhaustedError as error:
        return Judgement.unknown(str(error))
