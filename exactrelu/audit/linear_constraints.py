"""Linear constraints over inputs and outputs, which are constraints on the points (x, f(x)) of R^{n + m}."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from exactrelu.audit.summary_text import number_text
from exactrelu.documents.network import vector_texts
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import LinearConstraint


def with_outputs(constraint: LinearConstraint, outputs: int) -> LinearConstraint:
    """Return a constraint on x as one on (x, y), y of length ``outputs``.

    Examples
    --------
    >>> with_outputs(LinearConstraint((1,), -2, "<="), 2).normal
    (Fraction(1, 1), Fraction(0, 1), Fraction(0, 1))
    """
    zeros = (Fraction(0),) * outputs
    return LinearConstraint((*constraint.normal, *zeros), constraint.offset, constraint.relation)


def on_graph(constraint: LinearConstraint, affine_map: AffineMap) -> LinearConstraint:
    """Return a constraint on (x, y) as one on x, where y is an affine map of x.

    Examples
    --------
    >>> on_graph(LinearConstraint((1, 2), 0, "<="), AffineMap.from_rationals([[3]], [1]))  # x + 2 (3 x + 1)
    LinearConstraint((7,), 2, '<=')
    """
    normal, offset = list(constraint.normal[: affine_map.inputs]), constraint.offset
    for factor, row in zip(constraint.normal[affine_map.inputs :], affine_map.rows, strict=True):
        normal = [a + factor * b for a, b in zip(normal, row[:-1], strict=True)]
        offset += factor * row[-1]
    return LinearConstraint(tuple(normal), offset, constraint.relation)


def constraint_document(constraint: LinearConstraint, inputs: int) -> dict[str, Any]:
    """Return a constraint on (x, y) as a claims file writes it, exactly."""
    return {
        "input": vector_texts(constraint.normal[:inputs]),
        "output": vector_texts(constraint.normal[inputs:]),
        "offset": format_rational(constraint.offset),
        "relation": str(constraint.relation),
    }


def constraint_text(constraint: LinearConstraint, inputs: int) -> str:
    """Return a constraint on (x, y) in the names x0, x1, ..., y0, y1, ..., for people.

    Examples
    --------
    >>> constraint_text(LinearConstraint((1, "-1/2"), 3, ">"), 1)
    'x0 - 1/2 y0 + 3 > 0'
    """
    outputs = len(constraint.normal) - inputs
    names = [f" x{j}" for j in range(inputs)] + [f" y{j}" for j in range(outputs)]
    numbers = (*constraint.normal, constraint.offset)
    terms = [(a, name) for a, name in zip(numbers, [*names, ""], strict=True) if a]
    text = "".join(f" {'-' if a < 0 else '+'} {_term(abs(a), name)}" for a, name in terms)
    return f"{text.removeprefix(' + ').strip() or '0'} {constraint.relation} 0"


def _term(size: Fraction, name: str) -> str:
    return name.strip() if size == 1 and name else number_text(size) + name
