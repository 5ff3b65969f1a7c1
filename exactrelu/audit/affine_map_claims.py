"""Claims about the affine map of a network at a point.

Off the kinks there is one: that of the cell of the point. At a kink several `full` cells touch the point,
each with its map, and the half-open cell of the point has a map of its own (the one that backpropagation with
derivative 0 at a kink gives), which may be none of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.analysis.gradients import clarke_jacobian
from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.summary_text import number_text, point_text
from exactrelu.documents.region import map_document
from exactrelu.enumeration.effort import Search
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain

READINGS = (str(Reading.HALF_OPEN), str(Reading.FULL))


@dataclass(frozen=True)
class AffineMapClaim:
    """The claim that ``affine_map`` is the network's at ``point``, each entry up to ``tolerance``.

    ``reading`` ``half-open`` means the map of the point's own cell, ``full`` that of a `full` cell whose
    closure holds the point; None (the tool does not say) means any of these. Maps are compared on the affine
    hull of the domain.
    """

    point: Point
    affine_map: AffineMap
    reading: Reading | None
    tolerance: Fraction
    domain: Domain

    @classmethod
    def read(cls, node: ClaimNode) -> AffineMapClaim:
        """Return the claim of a claims file."""
        node.require_keys(("at", "weight", "bias"), ("reading", "tolerance", "domain"))
        net = node.network
        rows = node.child("weight").items()
        if len(rows) != net.outputs:
            raise node.child("weight").fail(f"{net.outputs} rows, the network's outputs", str(len(rows)))
        weight = [node.vector(row, net.inputs, "the network's inputs") for row in rows]
        bias = node.vector(node.child("bias"), net.outputs, "the network's outputs")
        reading = Reading(node.choice("reading", READINGS)) if "reading" in node else None
        claimed = AffineMap.from_rationals(weight, bias)
        domain, point = node.own_domain(), node.point("at")
        if not domain.contains(point):
            raise node.child("at").fail("a point of the domain", "one outside")
        return cls(point, claimed, reading, node.tolerance() or Fraction(0), domain)

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the map is that of a cell at the point, with the maps of all of them."""
        equations = self.domain.equations
        touching = clarke_jacobian(network, self.point, self.domain, search=search).configurations
        own = network.configuration(self.point)
        cells = [self._compare(network, theta, "full", equations) for theta in touching]
        cells.append(self._compare(network, own, "half-open", equations))
        wanted = [c for c in cells if self.reading is None or c["reading"] == str(self.reading)]
        right = [cell for cell in wanted if cell["agrees"]]
        kink = len({tuple(c["map"]) for c in cells if c["reading"] == "full"}) > 1
        truth: dict[str, Any] = {
            "configuration": str(own),
            "kink": kink,
            "cells": [{key: cell[key] for key in cell if key != "map"} for cell in cells],
        }
        return Judgement(verdict_of(right), truth, self._summary(cells, right, kink=kink))

    def _compare(
        self, network: Network, theta: Any, reading: str, equations: Sequence[IntegerRow]
    ) -> dict[str, Any]:
        exact = on_affine_hull(affine_maps(network, theta)[-1], equations)
        claimed = on_affine_hull(self.affine_map, equations)
        difference = max(
            abs(a - b)
            for one, two in zip(exact.rows, claimed.rows, strict=True)
            for a, b in zip(one, two, strict=True)
        )
        return {
            "configuration": str(theta),
            "reading": reading,
            **map_document(exact),
            "difference": format_rational(difference),
            "agrees": difference <= self.tolerance,
            "map": exact.rows,
        }

    def _summary(self, cells: list[dict[str, Any]], right: list[dict[str, Any]], *, kink: bool) -> str:
        where = "a kink" if kink else "no kink"
        place = f"{where} at {point_text(self.point)}"
        if right:
            return f"{place}; the map of the cell {right[0]['configuration']!r} ({right[0]['reading']})"
        others = [cell for cell in cells if cell["agrees"]]
        if others:
            shown = f"{others[0]['configuration']!r} in the reading {others[0]['reading']}"
            return f"{place}; the map of {shown}, not in {self.reading}"
        nearest = min(cells, key=lambda cell: Fraction(cell["difference"]))
        off = number_text(Fraction(nearest["difference"]))
        return f"{place}; differs from the map of {nearest['configuration']!r} by {off}"
