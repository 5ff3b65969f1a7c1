"""Functions of a family's parameter as JSON values."""

from __future__ import annotations

from typing import Any

from exactrelu.documents.bifurcations import bifurcations_document, number_document, place_document
from exactrelu.documents.numbers import extended_text
from exactrelu.families.family_report import FamilyReport
from exactrelu.families.piecewise_functions import Piece, PiecewiseFunction
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rational_functions import RationalFunction
from exactrelu.numbers.rationals import Extended


def family_document(report: FamilyReport, *, listed: bool = True) -> dict[str, Any]:
    """Return the bifurcations, those of the difference of two families, and the functions by name."""
    parameter = report.bifurcations.family.parameter
    document = bifurcations_document(report.bifurcations, listed=listed)
    if report.difference is not None:
        document["difference"] = bifurcations_document(report.difference, listed=False)
    if not report.functions:
        return document
    functions = report.functions.items()
    return document | {"functions": {name: function_document(f, parameter) for name, f in functions}}


def function_document(function: PiecewiseFunction, parameter: str) -> dict[str, Any]:
    """Return the pieces of a function, and its limits at the ends."""
    return {
        "pieces": [_piece(piece, parameter) for piece in function.pieces],
        "limits": [_limit(value) for value in function.limits],
    }


def _piece(piece: Piece, parameter: str) -> dict[str, Any]:
    document = place_document(piece.low, piece.high)
    if piece.is_point:
        return document | {"value": _limit(piece.limits[0])}
    value = piece.value
    if isinstance(value, RationalFunction):
        text: str | None = value.text(parameter)
    else:
        text = None if value is None else extended_text(value)
    return document | {"closed": list(piece.closed), "value": text}


def _limit(value: Extended | AlgebraicNumber | None) -> Any:
    if isinstance(value, AlgebraicNumber):
        return number_document(value)
    return None if value is None else extended_text(value)
