"""The names under which statements show the formulas of the vocabulary, with what each says."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import signature

from . import bounds, decompositions, networks
from .expressions import Expression, Sort
from .notation import Definition

_NUMBER, _INDEX = Sort("R"), Sort("N")
_VECTOR, _VALUES = Sort("R", ("N",)), Sort("R", ("N", "N"))
_MATRICES = Sort("R", ("N", "N", "N"))


@cache
def definitions() -> tuple[Definition, ...]:
    """Return the definitions, larger ones first, so that they are recognised whole."""
    return (
        named("pre-activations", networks.pre_activations, _VALUES, _VECTOR),
        named("map-of-theta", networks.masked, _VALUES, _VECTOR, _VALUES),
        named("linear-parts", decompositions.linear_parts, _MATRICES, _VALUES),
        named("path-sums", decompositions.path_sums, _MATRICES, _VALUES),
        named("coefficients", decompositions.coefficients, _VALUES, _VECTOR, _VALUES),
        named("bias-terms", decompositions.bias_terms, _MATRICES, _VALUES),
        named("bits", networks.are_bits, _VALUES),
        named("closed-cell", networks.in_closed_cell, _VALUES, _VALUES, _INDEX),
        named("half-open-cell", networks.in_half_open_cell, _VALUES, _VALUES, _INDEX),
        named("rows-of-norm-1", bounds.rows_of_first_weight),
        named("columns-of-norm-1", bounds.columns_of_last_weight, _INDEX),
        named("weights-at-most", bounds.weights_at_most, _NUMBER, _INDEX),
        named("powers", bounds.powers_of, _NUMBER, _VECTOR),
        named("products-of-supports", bounds.products_of_supports, _VALUES, _VECTOR),
        named("later-supports", _later_supports, _VALUES, _VECTOR),
        named("distance", bounds.is_distance, _NUMBER, _VECTOR, _VECTOR),
        named("norms-at-most", bounds.norms_at_most, _NUMBER, _INDEX),
    )


def _later_supports(theta: Expression, paths: Expression) -> Expression:
    """The paths(k) are |spt theta_2| ... |spt theta_{k+1}|."""
    return bounds.products_of_supports(theta, paths, 2)


def named(name: str, build: Callable[..., Expression], *sorts: Sort, parameters: str = "") -> Definition:
    """Return the definition with the first line of the docstring as its meaning.

    ``parameters`` are the names of the arguments, where the signature does not have them.
    """
    meaning = (
        (build.__doc__ or "").strip().splitlines()[0].removeprefix("Return:").removeprefix("Return").strip()
    )
    shown = parameters or ", ".join(list(signature(build).parameters)[: len(sorts)])
    return Definition(name, build, sorts, f"({shown}): {meaning}" if shown else f": {meaning}")
