"""What is degenerate in a shallow network as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.documents.parametrization import parametrization_digest
from exactrelu.documents.shallow import radical_document
from exactrelu.numbers.rationals import format_rational
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.stability.degeneracy import Applicability, DegeneracyReport, FlipCost, Unbalanced


def degeneracy_document(shallow: Parametrization, report: DegeneracyReport) -> dict[str, Any]:
    """Return the degeneracies, neurons counted from 0, and which theorem applies."""
    return {
        "format": "exactrelu-degeneracy",
        "version": 1,
        "network": parametrization_digest(shallow),
        "unbalanced": [_unbalanced(bad) for bad in report.unbalanced],
        "zero": list(report.zero),
        "constant": list(report.constant),
        "parallel": [list(members) for members in report.parallel],
        "opposite": [list(pair) for pair in report.opposite],
        "opposite_classes": [[list(one), list(two)] for one, two in report.opposite_classes],
        "cheapest_flip": _flip(report.cheapest_flip),
        "all_flips_tried": report.all_flips_tried,
        "theorems": [_theorem(item) for item in report.theorems],
    }


def _unbalanced(bad: Unbalanced) -> dict[str, Any]:
    return {
        "neuron": bad.neuron,
        "weight_norm": radical_document(bad.weight_norm),
        "coefficient_norm": radical_document(bad.coefficient_norm),
    }


def _flip(flip: FlipCost | None) -> dict[str, Any] | None:
    if flip is None:
        return None
    return {
        "neurons": list(flip.neurons),
        "change": format_rational(flip.change),
        "smallest": format_rational(flip.smallest),
        "near_opposite": flip.is_near_opposite,
    }


def _theorem(item: Applicability) -> dict[str, Any]:
    return {
        "theorem": item.theorem,
        "applies": item.applies,
        "failures": list(item.failures),
        "repair": None if item.repair is None else list(item.repair),
        "irreparable": item.irreparable,
    }
