"""Whether a network is a function: on each cell of the network, where it is affine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.construction.cover import meet_in, uncovered_point
from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.piecewise import PiecewiseAffine, point_of_difference
from exactrelu.enumeration import enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import BudgetExhaustedError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import reduced
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.cell import is_nonempty
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class RealizationDecision:
    """The verdict; ``cells`` of the network were seen; when refuted a point, both values there.

    ``reason`` says why the verdict is ``unknown``.
    """

    verdict: Verdict
    cells: int
    point: Point | None = None
    expected: Point | None = None
    got: Point | None = None
    reason: str | None = None


def decide_realization(
    network: Network, function: PiecewiseAffine | MaxMinForm, *, search: Search | None = None
) -> RealizationDecision:
    """Decide whether a network is a function on the function's domain, exactly.

    On each `full` cell of the network on the domain, with the affine map m: pieces with the map m must cover
    the cell; or, for a max-min form, no term may exceed m anywhere in the cell, and everywhere one must
    reach it. Cells of lower dimension lie in the closure of these. The network is reduced first, so that
    neurons that only pass values on cut no cells.

    Raises
    ------
    NetworkError
        If the network has other numbers of inputs or outputs.

    Examples
    --------
    >>> from exactrelu.construction.triangulations import function_from_breakpoints
    >>> absolute = function_from_breakpoints([(0, 0)], left=-1, right=1)
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> str(decide_realization(net, absolute).verdict), decide_realization(net.scaled(2), absolute).point
    ('holds', (Fraction(1, 1),))
    """
    if (network.inputs, network.outputs) != (function.inputs, function.outputs):
        raise NetworkError(
            f"network: expected {function.inputs} inputs and {function.outputs} outputs, as the function has,"
            f" got {network.inputs} and {network.outputs}"
        )
    equations, cells = function.domain.equations, 0
    problem = Problem.of(reduced(network, opposite=True), function.domain, Reading.FULL)
    try:
        for cells, leaf in enumerate(enumerate_leaves(problem, search=search), start=1):
            cell, affine_map = leaf.region().closure, on_affine_hull(leaf.affine_map(), equations)
            if isinstance(function, MaxMinForm):
                point = _off_form(cell, affine_map, function)
            else:
                point = _off_pieces(cell, affine_map, function)
            if point is not None:
                return _refuted(network, function, point, cells)
    except BudgetExhaustedError as error:
        return RealizationDecision(Verdict.UNKNOWN, cells, reason=str(error))
    return RealizationDecision(Verdict.HOLDS, cells)


def _off_pieces(cell: Polyhedron, affine_map: AffineMap, function: PiecewiseAffine) -> Point | None:
    """Return a point of a cell where the function is not the affine map, None if there is none."""
    pairs = list(zip(function.pieces, function.maps, strict=True))
    if uncovered_point(cell, [piece.cell for piece, other in pairs if other == affine_map]) is None:
        return None
    dimension = cell.dimension()
    for piece, other in pairs:
        if other != affine_map and meet_in(cell, piece.cell, dimension):
            difference = other + affine_map.scaled(Fraction(-1))
            return point_of_difference(cell.intersection(piece.cell), difference)
    raise ArithmeticError("pieces do not cover a cell of the domain")


def _off_form(cell: Polyhedron, affine_map: AffineMap, form: MaxMinForm) -> Point | None:
    """Return a point of a cell where the form is not the affine map, None if there is none."""
    for row, terms in zip(affine_map.rows, form.terms, strict=True):
        reached = []
        for term in terms:
            sides = [Functional(_difference(form.affine.rows[j], row)) for j in term]
            part = cell
            for side in sides:
                part = part.restricted(side, Relation.AT_LEAST)
            if is_nonempty(part, sides):  # all functions of the term are greater than the map somewhere
                return part.relative_interior_point()
            reached.append(part)
        point = uncovered_point(cell, reached)
        if point is not None:
            return point
    return None


def _difference(one: Point, two: Point) -> IntegerRow:
    return primitive_from_rationals([a - b for a, b in zip(one, two, strict=True)])


def _refuted(
    network: Network, function: PiecewiseAffine | MaxMinForm, point: Point, cells: int
) -> RealizationDecision:
    expected, got = function(point), network(point)
    if expected == got:
        raise ArithmeticError("a point that was to refute a realization does not")
    return RealizationDecision(Verdict.REFUTED, cells, point, expected, got)
