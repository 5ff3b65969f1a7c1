"""Lipschitz constants, and the bounds of Theorem 6 beside them, as JSON values."""

from __future__ import annotations

from typing import Any

from exactrelu.analysis.lipschitz import LipschitzConstant
from exactrelu.analysis.lipschitz_bounds import Comparison, LocalComparison, TheoremSix
from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.documents.numbers import algebraic_document
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.matrix_norms import Norm


def constant_document(constant: LipschitzConstant) -> dict[str, Any]:
    """Return the constant (norm 2: its square) with the cell that attains it; null on an empty domain."""
    if constant.norm is Norm.TWO:
        value: dict[str, Any] = {"square": algebraic_document(constant.power)}
    else:
        value = {"constant": str(constant.power)}
    return value | {
        "configuration": None if constant.configuration is None else str(constant.configuration),
        "point": None if constant.point is None else vector_texts(constant.point),
        "weight": None if constant.linear_part is None else matrix_texts(constant.linear_part.rows()),
    }


def local_document(one: LocalComparison, digits: int) -> dict[str, Any]:
    """Return the constant of one cell, with the bounds that were compared with it."""
    bounds = {"stated": one.stated, "true_norms": one.true_norms, "spectral": one.spectral}
    shown = {name: _comparison(b, digits) for name, b in bounds.items() if b is not None}
    return constant_document(one.constant) | ({"theorem_6": shown} if shown else {})


def bounds_document(
    theorem: TheoremSix | None, bounds: dict[str, Comparison], digits: int
) -> dict[str, Any] | None:
    """Return whether the hypothesis of Theorem 6 applies, and its bounds; None where none was compared."""
    if theorem is None:
        return None
    c = theorem.largest_weight
    return {
        "normalization": str(theorem.normalization),
        "applies": theorem.applies,
        "largest_weight": None if c is None else format_rational(c),
        "largest_width": theorem.largest_width,
        "sigma_square": algebraic_document(theorem.sigma_squared),
        **{name: _comparison(one, digits) for name, one in bounds.items()},
    }


def _comparison(one: Comparison, digits: int) -> dict[str, Any]:
    return {
        "square": algebraic_document(one.bound_squared),
        "holds": one.holds,
        "attained": one.is_attained,
        "ratio": one.ratio(digits),
    }
