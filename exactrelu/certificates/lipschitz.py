"""The certificate of a Lipschitz constant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from exactrelu.analysis.lipschitz import LipschitzConstant, linear_part
from exactrelu.certificates.document import certificate_file, network_value, rational_multipliers_text
from exactrelu.certificates.domain_rules import DomainRules
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.norm_proofs import (
    Equations,
    dot,
    eigenvalue_interval,
    least_largest_entry,
    least_sum,
    projection,
    stretched_direction,
)
from exactrelu.certificates.tree_blocks import Leaf
from exactrelu.certificates.tree_writing import (
    found_in,
    function_rows,
    reached_blocks,
    write_empty,
    write_tree,
)
from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.leaf_blocks import LeafBlock, leaves_in
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm


def certify_lipschitz_constant(
    path: str | Path,
    network: Network,
    domain: Domain,
    constant: LipschitzConstant,
    *,
    search: Search | None = None,
) -> None:
    """Write the certificate of a Lipschitz constant that `exactrelu.lipschitz_constant` returned.

    For an empty domain the claim is that it is empty. The proof is a tree over all `full` cells, also those
    that the search for the constant left out: time and length grow with their number, memory
    does not. With the norm 2 the cells are enumerated once more, to find an interval that separates the
    constant from the norms of all other cells.
    """
    joint = JointNetwork.of(network)
    rules = DomainRules.of(domain, Reading.FULL)

    def blocks() -> Iterable[LeafBlock]:
        return reached_blocks(joint, domain, Reading.FULL, search=search)

    with certificate_file(path) as writer:
        if rules is None or constant.configuration is None or constant.linear_part is None:
            write_empty(writer, domain, joint, {"kind": "empty"}, "half-open")
            return
        equations = rules.equations
        if constant.norm is Norm.TWO:
            parts = (linear_part(leaf.affine_map()) for leaf in leaves_in(blocks()))
            claim = _spectral_claim(constant.power, parts, equations, domain.dimension)
        else:
            direction = stretched_direction(constant.linear_part, constant.norm, equations, domain.dimension)
            claim = {
                "kind": "lipschitz",
                "norm": str(constant.norm),
                "constant": format_rational(constant.power.rational or Fraction(0)),
                "configuration": str(constant.configuration),
                "direction": vector_texts(direction),
            }
        writer.begin(claim, [network_value(network)], domain, str(Reading.FULL))

        def add(leaf: Leaf, _: object) -> dict[str, str]:
            if constant.norm is Norm.TWO or not equations:
                return {}
            return {"by": _restrictions(function_rows(leaf), constant.norm, equations)}

        write_tree(writer, joint, rules, found_in(joint, blocks()), add=add)
        writer.end()


def _spectral_claim(
    power: AlgebraicNumber, parts: Iterable[Any], equations: Equations, dimension: int
) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "kind": "lipschitz",
        "norm": "2",
        "polynomial": [format_rational(entry) for entry in power.polynomial],
        "interval": vector_texts(eigenvalue_interval(power, parts, equations, dimension)),
    }
    if equations:
        claim["projection"] = matrix_texts(projection(equations, dimension))
    return claim


def _restrictions(rows: Sequence[Sequence[Fraction]], norm: Norm, equations: Equations) -> str:
    """Return for each functional of the norm the combination of equations that makes it smallest."""
    linear = [row[:-1] for row in rows]
    if norm is Norm.INFINITY:
        found = [least_sum(row, equations) for row in linear]
    else:
        columns = list(zip(*linear, strict=True))
        signs = ((1, *rest) for rest in product((1, -1), repeat=len(linear) - 1))
        sums = ([dot(column, s) for column in columns] for s in signs)
        found = [least_largest_entry(row, equations) for row in sums]
    return "[" + ",".join(map(rational_multipliers_text, found)) + "]"
