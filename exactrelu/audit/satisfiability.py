"""Claims that linear constraints on input and output can be satisfied, or cannot: a verifier's answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.linear_constraints import on_graph
from exactrelu.audit.summary_text import point_text
from exactrelu.audit.witnesses import constraints_of
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.cell import Cell
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.polyhedra.domain import Domain

ANSWERS = ("sat", "unsat")


@dataclass(frozen=True)
class SatisfiabilityClaim:
    """The claim that (x, f(x)) satisfies the constraints for some x in ``domain`` (``sat``), or for none."""

    answer: str
    domain: Domain
    constraints: tuple[LinearConstraint, ...]

    @classmethod
    def read(cls, node: ClaimNode) -> SatisfiabilityClaim:
        """Return the claim of a claims file."""
        node.require_keys(("answer", "constraints"), ("domain",))
        return cls(node.choice("answer", ANSWERS), node.own_domain(), constraints_of(node))

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the answer is right, with a rational point if the constraints can be satisfied."""
        point, cells = find_satisfying_point(network, self.domain, self.constraints, search)
        exact = "unsat" if point is None else "sat"
        truth: dict[str, Any] = {"answer": exact, "cells": cells}
        summary = f"unsat: none of the {cells} cells has such a point"
        if point is not None:
            outputs = network(point)
            truth |= {"point": vector_texts(point), "outputs": vector_texts(outputs)}
            summary = f"sat: {point_text(point)} with f = {point_text(outputs)}"
        return Judgement(verdict_of(exact == self.answer), truth, summary)


def find_satisfying_point(
    network: Network, domain: Domain, constraints: tuple[LinearConstraint, ...], search: Search
) -> tuple[Point | None, int]:
    """Return a point of the domain that satisfies the constraints, None if there is none.

    The half-open cells partition the domain, and on each the network is affine, so each asks whether linear
    rows have a common point. The number of cells that were looked at comes with it.
    """
    cells = 0
    found = regions(network, domain, Reading.HALF_OPEN, search=search)
    for region in found:
        cells += 1
        rows = list(cell_rows(network, region.configuration, domain, Reading.HALF_OPEN))
        rows += [on_graph(constraint, region.affine_map).row for constraint in constraints]
        cell = Cell.of_rows(network.inputs, rows)
        if cell is not None:
            return CanonicalPolyhedron.of(cell.closure, network.inputs).point, cells
    return None, cells
