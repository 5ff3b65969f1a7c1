"""What a function says of a network's parameters as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu.documents.network import vector_texts
from exactrelu.identifiability.functional_dimension import FunctionalDimension
from exactrelu.identifiability.hidden_symmetries import Finding
from exactrelu.identifiability.symmetry_report import SymmetryReport
from exactrelu.identifiability.transparency import SeenBend, Transparency


def symmetries_document(report: SymmetryReport) -> dict[str, Any]:
    """Return the dimension, the hidden symmetries, the bends and the transparency."""
    return {
        "functional_dimension": dimension_document(report.dimension),
        "hidden": [_finding(finding) for finding in report.hidden],
        "bends": [_bend(bend) for bend in report.bends],
        "transparency": None if report.transparency is None else _transparency(report.transparency),
    }


def dimension_document(dimension: FunctionalDimension) -> dict[str, Any]:
    """Return a functional dimension, or a batch functional dimension with its points."""
    points = dimension.points
    return {
        "value": dimension.value,
        "parameters": dimension.parameters,
        "rescalings": dimension.rescalings,
        "most": dimension.most,
        "cells": dimension.cells,
        "smallest": dimension.smallest,
        "largest": dimension.largest,
    } | ({} if points is None else {"points": [vector_texts(point) for point in points]})


def _finding(finding: Finding) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": str(finding.kind),
        "layer": finding.layer,
        "neurons": list(finding.neurons),
    }
    return document | ({"relations": finding.relations} if finding.relations else {})


def _bend(bend: SeenBend) -> dict[str, Any]:
    layer, neuron = bend.neuron
    return {
        "layer": layer,
        "neuron": neuron,
        "visibility": str(bend.visibility),
        "facets": bend.facets,
        "seen": bend.seen,
        "alone": bend.alone,
    }


def _transparency(found: Transparency) -> dict[str, Any]:
    document: dict[str, Any] = {"holds": found.holds}
    if not found.holds:
        document |= {"layer": found.layer, "configuration": str(found.configuration)}
    return document
