"""Certificates of properties: their claims, and the precision of their trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exactrelu.bounds.float_layers import float_layers
from exactrelu.certificates.document import certificate_file, network_value
from exactrelu.certificates.property_trees import PropertyProof, TooCoarseError
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet
from exactrelu.verification.verdict import Verdict

PRECISION = 64  # bits of trees over few neurons
_COARSE = 22  # bits, at which doubles hold what comes up in most networks
_FINER = (0, PRECISION - _COARSE, 150, 500)  # further bits, tried in turn where fewer do not do
_FINEST = 4_096  # bits that a checker takes
_ORDINARY = 6  # bits by which weights may be smaller than 1, in all, before more are needed
_FURTHER = 64  # boxes below leaves that the search closed, before the next precision is tried
_MOST_FURTHER = 10_000  # such boxes at the finest precision


def certify_property(path: str | Path, decision: PropertyDecision, search: Search | None = None) -> None:
    """Write the certificate that a network has a property.

    Parameters
    ----------
    path
        The file; gzip if its name ends in ``.gz``.
    decision
        What `exactrelu.verification.verify.verify` found with ``trees=True``: `holds`.
    search
        Its ``time_limit`` bounds the writing too.

    Raises
    ------
    ArgumentError
        If the property does not hold, or the search kept no trees.
    BudgetExhaustedError
        If the time is over, or the finest bounds do not close what the search has closed; nothing is
        written then.
    """
    if decision.verdict is not Verdict.HOLDS:
        raise ArgumentError(f"certificate: expected a property that holds, got {decision.verdict}")
    sets = [(group, tree) for group, tree in zip(decision.property.groups, decision.trees, strict=False)]
    if len(sets) < len(decision.property.groups):
        raise ArgumentError("certificate: expected a search that keeps its trees, got one without")
    values = [set_value(group) for group, _ in sets]
    claim = {"kind": "property", "property": decision.property.digest, "sets": values}
    write_trees(path, decision.network, sets, claim, search)


def write_trees(
    path: str | Path,
    network: Network,
    sets: Sequence[tuple[InputSet, CutTree]],
    claim: Mapping[str, Any],
    search: Search | None = None,
) -> None:
    """Write the certificate of a claim whose trees are those of input sets, but for the precision.

    Coarse bounds are tried first: they are quick to compute and to check. If they do not close what the
    search has closed, finer ones are.

    Raises
    ------
    BudgetExhaustedError
        If the finest ones do not do either, or the time is over.
    """
    values, search = (network_value(network), [set_value(group) for group, _ in sets]), started(search)
    for precision, further in _precisions(network, sets):
        proof = PropertyProof(network, sets, values, precision, further=further)
        try:
            lines = list(proof.lines(search.check_time))
        except TooCoarseError:
            continue
        with certificate_file(path) as writer:
            writer.begin({**claim, "precision": precision}, [values[0]], None, None)
            for line in lines:
                writer.property_line(line)
            writer.end()
        return
    raise BudgetExhaustedError(
        f"certificate: {_MOST_FURTHER} further boxes at {precision} bits do not close what the search closed"
    )


def _precisions(network: Network, sets: Sequence[tuple[InputSet, CutTree]]) -> Iterator[tuple[int, int]]:
    """Yield the bits after the point of a certificate's bounds, and how many further boxes are allowed.

    Layers all of whose weights are small need as many bits more as they make values smaller.
    """
    lost = 0.0
    for layer in float_layers(network):
        row = layer.weights.reach(np.ones((1, layer.weights.shape[1]), dtype=np.float64))
        lost += max(0.0, -float(np.log2(row.max(initial=2.0**-1_000))))
    coarsest = min(_COARSE if lost <= _ORDINARY else _COARSE + int(lost), _FINEST)
    bits = [min(coarsest + more, _FINEST) for more in _FINER]
    further = _FURTHER + sum(cuts.size for _, cuts in sets) // 4
    yield from ((precision, further) for precision in bits[:-1])
    yield bits[-1], _MOST_FURTHER


def set_value(group: InputSet) -> dict[str, Any]:
    """Return an input set as the certificate holds it."""
    box = [
        [None if end is None else format_rational(end) for end in side[:2]]
        + [side.open_lower, side.open_upper]
        for side in group.box
    ]
    return {
        "box": box,
        "rows": [row_value(row) for row in group.rows],
        "disjuncts": [[row_value(row) for row in rows] for rows in group.disjuncts],
    }


def row_value(row: Inequality) -> dict[str, Any]:
    """Return an inequality as the certificate holds it."""
    terms = {key: [[i, format_rational(a)] for i, a in pairs] for key, pairs in (("x", row.x), ("y", row.y))}
    return {**terms, "offset": format_rational(row.offset), "strict": row.strict}
