"""Claims that these are the configurations of a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement
from exactrelu.documents.network import vector_texts
from exactrelu.documents.region import emptiness_of
from exactrelu.enumeration import Problem, Reached, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows, region_of
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class ConfigurationsClaim:
    """The claim that ``configurations`` count on ``domain`` in ``reading``, each listed once.

    With ``complete`` they are all there are. ``depth`` K lists the configurations of Theta_K.
    """

    configurations: tuple[Configuration, ...]
    reading: Reading
    domain: Domain
    depth: int | None = None
    complete: bool = True

    @classmethod
    def read(cls, node: ClaimNode) -> ConfigurationsClaim:
        """Return the claim of a claims file."""
        node.require_keys(("configurations", "reading"), ("domain", "depth", "complete"))
        depth = node.depth()
        widths = node.network.bent_widths[:depth]
        return cls(
            node.configurations("configurations", widths),
            Reading(node.choice("reading", list(Reading))),
            node.own_domain(),
            depth,
            node.flag("complete", default=True),
        )

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the list is right: what is missing, spurious or duplicated."""
        problem = Problem.of(network, self.domain, self.reading, self.depth)
        duplicated = sorted(theta for theta, times in Counter(self.configurations).items() if times > 1)
        if not self.complete:
            listed = sorted(set(self.configurations))
            spurious = [why for theta in listed if (why := why_not(problem, theta))]
            return _judgement({"reading": str(self.reading)}, [], spurious, duplicated, None)
        try:
            leaves = enumerate_leaves(problem, search=search)
            missing, there = compare(leaves, set(self.configurations))
        except BudgetExhaustedError as error:
            return self._without_enumeration(problem, duplicated, str(error))
        spurious = [_why_not_known(problem, theta) for theta in sorted(set(self.configurations) - there)]
        truth: dict[str, Any] = {"reading": str(self.reading), "count": len(there) + len(missing)}
        return _judgement(truth, [_located(leaf) for leaf in missing], spurious, duplicated, None)

    def _without_enumeration(
        self, problem: Problem, duplicated: list[Configuration], reason: str
    ) -> Judgement:
        """Return what can be said of the list alone: an entry that is wrong refutes it."""
        spurious = [why for theta in sorted(set(self.configurations)) if (why := why_not(problem, theta))]
        return _judgement({"reading": str(self.reading), "count": None}, [], spurious, duplicated, reason)


def compare(leaves: Any, listed: set[Configuration]) -> tuple[list[Reached], set[Configuration]]:
    """Return the leaves that are not listed, and the listed configurations that are there."""
    missing, there = [], set()
    for leaf in leaves:
        if leaf.configuration in listed:
            there.add(leaf.configuration)
        else:
            missing.append(leaf)
    return missing, there


def why_not(problem: Problem, theta: Configuration) -> dict[str, Any] | None:
    """Return why a configuration does not count, None if it does."""
    if region_of(problem.network, theta, problem.domain, problem.reading) is not None:
        return None
    return _why_not_known(problem, theta)


def _why_not_known(problem: Problem, theta: Configuration) -> dict[str, Any]:
    """Return the reason with its proof: Farkas multipliers, or the dimension of a cell that is too thin."""
    rows = cell_rows(problem.network, theta, problem.domain, problem.reading)
    if emptiness := emptiness_of(problem.network.inputs, rows):
        return {"configuration": str(theta), "why": "empty", **emptiness}
    thin = region_of(problem.network, theta, problem.domain, Reading.HALF_OPEN)
    dimension = None if thin is None else thin.dimension
    return {"configuration": str(theta), "why": "thin", "dimension": dimension}


def _located(leaf: Reached) -> dict[str, Any]:
    return {"configuration": str(leaf.configuration), "point": vector_texts(leaf.region().point)}


def _judgement(
    truth: dict[str, Any],
    missing: list[dict[str, Any]],
    spurious: list[dict[str, Any]],
    duplicated: Sequence[Configuration],
    reason: str | None,
) -> Judgement:
    truth |= {"missing": missing, "spurious": spurious, "duplicated": [str(theta) for theta in duplicated]}
    wrong = [
        f"{len(items)} {name} ({_first(items)})"
        for name, items in (("missing", missing), ("spurious", spurious), ("duplicated", truth["duplicated"]))
        if items
    ]
    if wrong:
        return Judgement(Verdict.REFUTED, truth, ", ".join(wrong))
    if reason is not None:
        return Judgement.unknown(reason, **truth)
    return Judgement(
        Verdict.HOLDS,
        truth,
        "every listed configuration counts"
        + (f", and there are no others ({truth['count']})" if "count" in truth else ""),
    )


def _first(items: Sequence[Any]) -> str:
    first = items[0] if isinstance(items[0], str) else items[0]["configuration"]
    why = "" if isinstance(items[0], str) else f": {items[0]['why']}" if "why" in items[0] else ""
    return f"{first!r}{why}" + (", ..." if len(items) > 1 else "")
