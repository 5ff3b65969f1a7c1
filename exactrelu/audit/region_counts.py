"""Claims that a network has so many regions.

Four counts stand in the literature: the configurations of the three readings, and the linear pieces. A tool
that counts one of them and says another is told which one it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict

PIECES = "pieces"
COUNTED = (*map(str, Reading), PIECES)


@dataclass(frozen=True)
class RegionCountClaim:
    """The claim that there are ``value`` regions on ``domain``.

    ``reading`` is a `Reading`, ``"pieces"`` for linear pieces, or None if the tool does not say what it
    counts: then the claim holds if it is the exact count of any of these. ``depth`` K counts the regions
    of Theta_K.
    """

    value: int
    reading: str | None
    domain: Domain
    depth: int | None = None

    def __post_init__(self) -> None:
        if self.reading is not None and self.reading not in COUNTED:
            raise ArgumentError(f"reading: expected one of {', '.join(COUNTED)}, got {self.reading!r}")

    @classmethod
    def read(cls, node: ClaimNode) -> RegionCountClaim:
        """Return the claim of a claims file."""
        node.require_keys(("value",), ("reading", "domain", "depth"))
        reading = node.choice("reading", COUNTED) if "reading" in node else None
        return cls(node.natural("value"), reading, node.own_domain(), node.depth())

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the count is exact; if it is not, whose count it is."""
        if self.reading is None:
            return self._judge_unstated(network, search)
        try:
            found = self._count(network, self.reading, search)
        except _MoreThanBudgetError as error:
            if error.found <= self.value:
                raise BudgetExhaustedError(str(error)) from None
            truth: dict[str, Any] = {"reading": self.reading, "count": None, "at_least": error.found}
            return Judgement(Verdict.REFUTED, truth, f"at least {error.found} {self._what(self.reading)}")
        truth = {"reading": self.reading, "count": found}
        summary = f"{found} {self._what(self.reading)}"
        if found == self.value:
            return Judgement(Verdict.HOLDS, truth, summary)
        matches, undecided, counts = self._matches(network, search, {self.reading: found})
        truth |= {"matches": matches, "undecided": undecided, "counts": counts}
        if matches:
            summary += f"; {self.value} is the exact count of {' and of '.join(map(self._what, matches))}"
        return Judgement(Verdict.REFUTED, truth, summary)

    def _judge_unstated(self, network: Network, search: Search) -> Judgement:
        matches, undecided, counts = self._matches(network, search)
        truth: dict[str, Any] = {"reading": None, "matches": matches, "undecided": undecided}
        if matches:
            shown = " and of ".join(map(self._what, matches))
            return Judgement(
                Verdict.HOLDS, truth, f"the claim names no reading; it is the exact count of {shown}"
            )
        if undecided:
            return Judgement.unknown(f"not decided for {', '.join(undecided)}", **truth)
        truth["counts"] = counts
        shown = ", ".join(self._shown(name, count) for name, count in counts.items())
        return Judgement(Verdict.REFUTED, truth, f"the count of no reading, and not of the pieces: {shown}")

    def _shown(self, reading: str, count: int | None) -> str:
        return f"{f'more than {self.value}' if count is None else count} {self._what(reading)}"

    @staticmethod
    def _what(reading: str) -> str:
        return "linear pieces" if reading == PIECES else f"{reading} configurations"

    def _matches(
        self, network: Network, search: Search, known: dict[str, int] | None = None
    ) -> tuple[list[str], list[str], dict[str, int | None]]:
        """Return whose exact count the value is, for which that is not decided, and the counts.

        A count beyond the value is None: no more than one region beyond it is looked for. A piece holds a
        full cell, so fewer full cells than the value are fewer pieces, and these are not counted.
        """
        known = known or {}
        undecided = []
        counts: dict[str, int | None] = {}
        for name in COUNTED:
            full = known.get(Reading.FULL, counts.get(Reading.FULL))
            if name in known or (name == PIECES and full is not None and full < self.value):
                continue
            try:
                counts[name] = self._count_up_to_value(network, name, search)
            except BudgetExhaustedError:
                undecided.append(name)
        return [name for name, count in counts.items() if count == self.value], undecided, counts

    def _count_up_to_value(self, network: Network, reading: str, search: Search) -> int | None:
        if reading == PIECES:
            found = self._count(network, PIECES, search)
            return found if found <= self.value else None
        problem = Problem.of(network, self.domain, Reading(reading), self.depth)
        # There may be exponentially many closed cells; `ppl` goes depth first, and makes few of them.
        if problem.reading is Reading.CLOSED:
            search = search.with_engine("ppl")
        leaves = enumerate_leaves(problem, search=search)
        found = sum(1 for _ in islice(leaves, self.value + 1))
        return found if found <= self.value else None

    def _count(self, network: Network, reading: str, search: Search) -> int:
        if reading == PIECES:
            from exactrelu.analysis.pieces import tiling

            problem = Problem.of(network, self.domain, Reading.FULL, self.depth)
            return len(tiling(problem.network, self.domain, search=search).pieces)
        problem = Problem.of(network, self.domain, reading, self.depth)
        found = 0
        try:
            for _ in enumerate_leaves(problem, search=search):
                found += 1
        except BudgetExhaustedError as error:
            raise _MoreThanBudgetError(str(error), found) from None
        return found


class _MoreThanBudgetError(BudgetExhaustedError):
    """A limit was reached after ``found`` regions."""

    def __init__(self, message: str, found: int) -> None:
        self.found = found
        super().__init__(message)
