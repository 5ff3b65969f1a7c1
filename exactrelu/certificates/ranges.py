"""The certificate of the exact ranges of the outputs of a network, or of the difference of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.analysis.extremum import Extremum
from exactrelu.analysis.optima import bounded_set
from exactrelu.analysis.ranges import OutputRange
from exactrelu.certificates.document import certificate_file, multipliers_text, network_value
from exactrelu.certificates.domain_rules import DomainRules
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import Question
from exactrelu.certificates.optima import Objective, certify_optima
from exactrelu.certificates.tree_blocks import Block, Leaf
from exactrelu.certificates.tree_writing import (
    found_in,
    function_rows,
    reached_blocks,
    write_empty,
    write_tree,
)
from exactrelu.documents.network import vector_texts
from exactrelu.documents.numbers import extended_text
from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain

_MOST_NEURONS_OF_CELLS = 16  # of a network whose cells a certificate of ranges lists on a bounded domain


def certify_ranges(
    path: str | Path,
    networks: Sequence[Network],
    domain: Domain,
    ranges: Sequence[OutputRange] | None,
    *,
    search: Search | None = None,
) -> None:
    """Write the certificate of the output ranges of one network, or of the first minus the second.

    ``ranges`` is what `exactrelu.output_range` returned (None: the domain is empty, which is then the claim).
    The proof lists the cells of a small network; of a larger one on a bounded domain it is a tree of boxes
    with the claim ``optimum``: for each output the suprema of its negative and of itself.
    """
    hidden = sum(sum(network.hidden_widths) for network in networks)
    if ranges is not None and len(networks) == 1 and hidden > _MOST_NEURONS_OF_CELLS:
        inputs = bounded_set(networks[0], domain, started(search))
        if inputs is not None:
            certify_optima(path, networks[0], inputs, _objectives(ranges), search=search)
            return
    joint = JointNetwork.of(*networks)
    rules = DomainRules.of(domain, Reading.FULL)
    with certificate_file(path) as writer:
        if rules is None or ranges is None:
            write_empty(writer, domain, JointNetwork.of(networks[0]), {"kind": "empty"}, "half-open")
            return
        claim = {"kind": "range", "outputs": [_output(joint, one) for one in ranges]}
        writer.begin(claim, [network_value(network) for network in networks], domain, str(Reading.FULL))
        bounds = list(_bounds(ranges))

        def ask(block: Block, leaf: Leaf) -> list[Question]:
            rows = function_rows(leaf)
            return [_question(block, leaf, rows[i], sign, extremum) for i, sign, extremum in bounds]

        def add(_: Leaf, answers: list[list[tuple[int, int]]]) -> dict[str, str]:
            return {"bounds": "[" + ",".join(map(multipliers_text, answers)) + "]"}

        blocks = reached_blocks(joint, domain, Reading.FULL, search=search)
        write_tree(writer, joint, rules, found_in(joint, blocks), ask, add)
        writer.end()


def _objectives(ranges: Sequence[OutputRange]) -> list[Objective]:
    """Return the suprema of -y_j and y_j; on a bounded domain they are finite."""
    return [
        Objective({i: Fraction(sign)}, sign * Fraction(extremum.value), extremum.attained, extremum.point)
        for i, sign, extremum in _bounds(ranges)
    ]


def _bounds(ranges: Sequence[OutputRange]) -> Iterator[tuple[int, int, Extremum]]:
    """Yield (output, sign, extremum) for each finite bound, the minimum of an output first."""
    for i, one in enumerate(ranges):
        for sign, extremum in ((-1, one.minimum), (1, one.maximum)):
            if isinstance(extremum.value, Fraction):
                yield i, sign, extremum


def _question(block: Block, leaf: Leaf, row: Sequence[Fraction], sign: int, extremum: Extremum) -> Question:
    """Ask why the output does not exceed (if not attained: reach) the bound on the cell."""
    if not isinstance(extremum.value, Fraction):
        raise ArithmeticError("an infinite bound needs no proof")  # noqa: TRY004 - no argument of a user
    above = [sign * entry for entry in row]
    above[-1] -= sign * extremum.value
    number = block.table.add(primitive_from_rationals(above), Relation.GREATER)
    return leaf.path.refuting(number, leaf.point, strict=extremum.attained, relaxed=True)


def _output(joint: JointNetwork, one: OutputRange) -> dict[str, Any]:
    return {"min": _side(joint, one.minimum), "max": _side(joint, one.maximum)}


def _side(joint: JointNetwork, extremum: Extremum) -> dict[str, Any]:
    point = vector_texts(extremum.point)
    if isinstance(extremum.value, Fraction):
        return {"value": format_rational(extremum.value), "attained": extremum.attained, "point": point}
    configurations = [str(network.configuration(extremum.point)) for network in joint.networks]
    return {
        "value": extended_text(extremum.value),
        "point": point,
        "ray": vector_texts(extremum.ray or ()),
        "configuration": configurations if len(configurations) > 1 else configurations[0],
    }
