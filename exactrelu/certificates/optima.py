"""Certificates of optima on a box: each objective exceeds its maximum nowhere, and takes it at a point."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from exactrelu.certificates.properties import row_value, set_value, write_trees
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify


class Objective(NamedTuple):
    """A function sum terms_j y_j of the outputs and its supremum on a set, at ``point`` if ``attained``.

    Else ``point`` lies in the closure of the set, and the function is the supremum there.
    """

    terms: dict[int, Fraction]
    maximum: Fraction
    attained: bool
    point: Point


def certify_optima(
    path: str | Path,
    network: Network,
    inputs: InputSet,
    objectives: Sequence[Objective],
    *,
    search: Search | None = None,
) -> None:
    """Write the certificate of suprema on an input set, whose disjuncts are not looked at.

    Raises
    ------
    ArgumentError
        If one is no supremum: some point exceeds it.
    BudgetExhaustedError
        If a limit of the search is reached, or one of the certificate's; nothing is written then.
    """
    sets = [_nothing_beyond(network, inputs, objective, search) for objective in objectives]
    domain = set_value(inputs)
    claim = {
        "kind": "optimum",
        "box": domain["box"],
        "rows": domain["rows"],
        "objectives": [_value(objective, inputs) for objective in objectives],
    }
    write_trees(path, network, sets, claim, search)


def _value(objective: Objective, inputs: InputSet) -> dict[str, Any]:
    row = Inequality.of({}, objective.terms, Fraction(0), Relation.AT_LEAST)
    value = {key: entry for key, entry in row_value(row).items() if key != "strict"}
    value |= {
        "maximum": format_rational(objective.maximum),
        "attained": objective.attained,
        "point": vector_texts(objective.point),
    }
    if not objective.attained:
        inner = inputs.domain().interior_point
        if inner is None:
            raise ArgumentError("certificate: expected a set with points, got an empty one")
        value["inner"] = vector_texts(inner)
    return value


def _nothing_beyond(
    network: Network, inputs: InputSet, objective: Objective, search: Search | None
) -> tuple[InputSet, CutTree]:
    """Return the set of points beyond a supremum, and the cuts that show that there are none."""
    relation = Relation.GREATER if objective.attained else Relation.AT_LEAST
    beyond = Inequality.of({}, objective.terms, -objective.maximum, relation)
    group = InputSet(inputs.box, inputs.rows, ((beyond,),))
    prop = Property(network.inputs, network.outputs, "", (group,))
    decision = verify(network, prop, search=search, trees=True)
    if decision.verdict is Verdict.REFUTED:
        raise ArgumentError(f"certificate: expected a supremum, got {objective.maximum}, which is exceeded")
    if decision.verdict is Verdict.UNKNOWN:
        raise BudgetExhaustedError(f"{decision.reason} before the certificate was written")
    return group, decision.trees[0]
