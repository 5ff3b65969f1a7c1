"""Claims that a list of points has one point in the interior of each region."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.configuration_lists import compare
from exactrelu.audit.judgement import Judgement
from exactrelu.audit.summary_text import point_text
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region, cell_rows, region_of
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional
from exactrelu.verification.verdict import Verdict

READINGS = (str(Reading.FULL), str(Reading.HALF_OPEN))


@dataclass(frozen=True)
class InteriorPointsClaim:
    """The claim that each region has exactly one of ``points``, in its relative interior.

    ``reading`` is ``full`` or ``half-open``: closed cells overlap. Without ``complete``, the points lie in
    the interiors of different regions, and there may be more of these.
    """

    points: tuple[Point, ...]
    reading: Reading
    domain: Domain
    complete: bool = True

    @classmethod
    def read(cls, node: ClaimNode) -> InteriorPointsClaim:
        """Return the claim of a claims file."""
        node.require_keys(("points",), ("reading", "domain", "complete"))
        reading = node.choice("reading", READINGS) if "reading" in node else READINGS[0]
        complete = node.flag("complete", default=True)
        return cls(node.points("points"), Reading(reading), node.own_domain(), complete)

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the points are right: outside, on a boundary, twice in a region, missing."""
        problem = Problem.of(network, self.domain, self.reading)
        places: dict[Configuration, int] = {}
        wrong: dict[str, list[Any]] = {"outside": [], "boundary": [], "duplicated": []}
        for index, point in enumerate(self.points):
            fault, theta = self._place(network, point)
            shown = {"index": index, "point": vector_texts(point)}
            if fault:
                wrong[fault].append(shown | {"configuration": str(theta)})
            elif theta in places:
                wrong["duplicated"].append(shown | {"configuration": str(theta), "as": places[theta]})
            else:
                places[theta] = index
        if not self.complete:
            return _judgement({"reading": str(self.reading), "regions": len(places)}, wrong, None)
        try:
            leaves = enumerate_leaves(problem, search=search)
            missing, there = compare(leaves, set(places))
        except BudgetExhaustedError as error:
            return _judgement({"reading": str(self.reading), "count": None}, wrong, str(error))
        wrong["missing"] = [
            {"configuration": str(leaf.configuration), "point": vector_texts(leaf.region().point)}
            for leaf in missing
        ]
        count = len(there) + len(missing)
        return _judgement({"reading": str(self.reading), "count": count}, wrong, None)

    def _place(self, network: Network, point: Point) -> tuple[str, Configuration]:
        """Return what is wrong with a point ("" if nothing is), and its configuration."""
        theta = network.configuration(point)
        if not self.domain.contains(point):
            return "outside", theta
        region = region_of(network, theta, self.domain, self.reading)
        if region is None or not is_interior(region, point):
            return "boundary", theta
        return "", theta


def is_interior(region: Region, point: Point) -> bool:
    """Return whether a point of a cell lies in its relative interior.

    It does if each row of the cell that vanishes at the point vanishes on the whole cell.
    """
    for row in cell_rows(region.network, region.configuration, region.domain, region.reading):
        value = sum((a * x for a, x in zip(row.entries, point, strict=False)), Fraction(row.entries[-1]))
        if value == 0 and not region.closure.is_nonpositive_on(Functional(row.entries)):
            return False
    return True


def _judgement(truth: dict[str, Any], wrong: dict[str, list[Any]], reason: str | None) -> Judgement:
    truth |= wrong
    faults = [f"{len(items)} {name} ({_first(items[0])})" for name, items in wrong.items() if items]
    if faults:
        return Judgement(Verdict.REFUTED, truth, ", ".join(faults))
    if reason is not None:
        return Judgement.unknown(reason, **truth)
    shown = f"all {truth['count']} regions" if "count" in truth else f"{truth['regions']} different regions"
    return Judgement(Verdict.HOLDS, truth, f"interior points of {shown}")


def _first(item: dict[str, Any]) -> str:
    return f"{point_text(map(Fraction, item['point']))} in {item['configuration']!r}"
