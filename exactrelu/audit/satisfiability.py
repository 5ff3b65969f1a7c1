"""Claims that linear constraints on input and output can be satisfied, or cannot: a verifier's answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from exactrelu.analysis.optima import bounded_set
from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.linear_constraints import on_graph
from exactrelu.audit.summary_text import point_text
from exactrelu.audit.witnesses import constraints_of
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.cell import Cell
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify

ANSWERS = ("sat", "unsat")

_FEW_INPUTS, _FEW_CELLS = 2, 256  # that are listed at once, which says how many there are


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
        summary = "unsat: bounds leave no such point"
        if cells is not None:
            summary = f"unsat: none of the {cells} cells has such a point"
        if point is not None:
            outputs = network(point)
            truth |= {"point": vector_texts(point), "outputs": vector_texts(outputs)}
            summary = f"sat: {point_text(point)} with f = {point_text(outputs)}"
        return Judgement(verdict_of(exact == self.answer), truth, summary)


def find_satisfying_point(
    network: Network, domain: Domain, constraints: tuple[LinearConstraint, ...], search: Search
) -> tuple[Point | None, int | None]:
    """Return a point of the domain that satisfies the constraints, None if there is none.

    On a bounded domain bounds decide it (`exactrelu.verify`). Else, and where they are few, cells are listed:
    the half-open cells partition the domain, and on each the network is affine, so each asks whether linear
    rows have a common point. The number of cells that were looked at comes with it, None if they were not.
    """
    search = search.started()
    prop = _as_property(network, domain, constraints, search)
    if prop is not None and network.inputs <= _FEW_INPUTS:
        try:
            return _point_of_cells(network, domain, constraints, replace(search, max_regions=_FEW_CELLS))
        except BudgetExhaustedError:
            search.check_time()
    if prop is not None:
        decision = verify(network, prop, search=search)
        if decision.verdict is not Verdict.UNKNOWN:
            return decision.point, None
        search.check_time()
    return _point_of_cells(network, domain, constraints, search)


def _as_property(
    network: Network, domain: Domain, constraints: tuple[LinearConstraint, ...], search: Search
) -> Property | None:
    """Return the property whose unsafe points are those asked for, None where cells are listed."""
    n = network.inputs
    on_inputs = [
        LinearConstraint(c.normal[:n], c.offset, c.relation) for c in constraints if not any(c.normal[n:])
    ]
    narrowed = Domain(n, (*domain.constraints, *on_inputs))
    if narrowed.is_empty:
        return None
    inputs = bounded_set(network, narrowed, search)
    if inputs is None:
        return None
    rows = tuple(row for c in constraints if any(c.normal[n:]) for row in _inequalities(c, n))
    group = InputSet(inputs.box, inputs.rows, (rows,))
    return Property(n, network.outputs, "", (group,), "constraints")


def _inequalities(constraint: LinearConstraint, inputs: int) -> list[Inequality]:
    x = {j: a for j, a in enumerate(constraint.normal[:inputs]) if a}
    y = {j: a for j, a in enumerate(constraint.normal[inputs:]) if a}
    relations = [constraint.relation]
    if constraint.relation is Relation.EQUAL:
        relations = [Relation.AT_LEAST, Relation.AT_MOST]
    return [Inequality.of(x, y, constraint.offset, relation) for relation in relations]


def _point_of_cells(
    network: Network, domain: Domain, constraints: tuple[LinearConstraint, ...], search: Search
) -> tuple[Point | None, int]:
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
