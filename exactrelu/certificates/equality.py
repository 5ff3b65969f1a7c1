"""Certificates that two networks are equal on a domain, or that they are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exactrelu.certificates.document import certificate_file, network_value, rational_multipliers_text
from exactrelu.certificates.domain_rules import DomainRules, combination
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.tree_blocks import Leaf
from exactrelu.certificates.tree_writing import (
    found_in,
    function_rows,
    reached_blocks,
    write_empty,
    write_tree,
)
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import point_of
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.canonical_forms import canonical_form


def certify_equality(
    path: str | Path,
    one: Network,
    two: Network,
    domain: Domain,
    *,
    search: Search | None = None,
) -> None:
    """Write the certificate that two networks agree on a domain (on an empty one, because it is).

    Raises
    ------
    ArithmeticError
        If they do not agree; nothing is written then.
    """
    joint = JointNetwork.of(one, two)
    rules = DomainRules.of(domain, Reading.FULL)
    with certificate_file(path) as writer:
        if rules is None:
            write_empty(writer, domain, joint, {"kind": "equal"}, str(Reading.FULL))
            return
        writer.begin({"kind": "equal"}, [network_value(one), network_value(two)], domain, str(Reading.FULL))

        def add(leaf: Leaf, _: list[list[tuple[int, int]]]) -> dict[str, str]:
            rows = function_rows(leaf)
            if not any(map(any, rows)):
                return {}
            by = (combination(rules.equations, row) for row in rows)
            return {"by": "[" + ",".join(map(rational_multipliers_text, by)) + "]"}

        blocks = reached_blocks(joint, domain, Reading.FULL, search=search)
        write_tree(writer, joint, rules, found_in(joint, blocks), add=add)
        writer.end()


def certify_equal_forms(path: str | Path, one: Network, two: Network) -> None:
    """Write the certificate that two networks with L = 2 have one canonical form: they agree on all of R^n.

    Its claim is ``equal``, without a tree: that may be exponential in the number of inputs.

    Raises
    ------
    NetworkError
        If a network has another number of layers.
    ArithmeticError
        If the forms differ; nothing is written then.
    """
    if canonical_form(one) != canonical_form(two):
        raise ArithmeticError("the networks do not have one canonical form")
    with certificate_file(path) as writer:
        writer.begin({"kind": "equal"}, [network_value(one), network_value(two)], None, None)
        writer.end()


def certify_inequality(
    path: str | Path, one: Network, two: Network, domain: Domain, point: Sequence[Any]
) -> None:
    """Write the certificate that two networks differ at a point of the domain.

    Raises
    ------
    ArithmeticError
        If the point lies outside the domain, or the networks agree there.
    """
    x = point_of(point, one.inputs)
    outputs = [one(x), two(x)]
    if not domain.contains(x) or outputs[0] == outputs[1]:
        raise ArithmeticError("the point is no witness that the networks differ on the domain")
    claim = {"kind": "unequal", "point": vector_texts(x), "outputs": [vector_texts(y) for y in outputs]}
    with certificate_file(path) as writer:
        writer.begin(claim, [network_value(one), network_value(two)], domain, None)
        writer.end()
