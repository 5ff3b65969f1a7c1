"""From a network to its pieces: convex polyhedra with one affine map each."""

from __future__ import annotations

from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.construction.cover import merged
from exactrelu.construction.piecewise import AffinePiece, PiecewiseAffine
from exactrelu.enumeration import enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import DomainError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import reduced
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Polyhedron


def function_of_network(
    network: Network, domain: Domain | None = None, *, search: Search | None = None
) -> PiecewiseAffine:
    """Return the function of a network on a domain, by convex pieces.

    They are the `full` cells of the reduced network, those with one affine map joined while some two make a
    convex polyhedron. (A piece in the sense of `exactrelu.tiling` need not be convex, and is then several
    here.)

    Raises
    ------
    DomainError
        If the domain is empty: a function needs a point.
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1], [1]], [0, 0, -1]), ([[1, -1, 0]], None)])
    >>> function = function_of_network(net)  # x, in three cells
    >>> [piece.affine_map.rows for piece in function.pieces]
    [((Fraction(1, 1), Fraction(0, 1)),)]
    """
    domain = domain or Domain.whole_space(network.inputs)
    if domain.is_empty:
        raise DomainError("domain: expected a point, got an empty set")
    equations = domain.equations
    cells: dict[AffineMap, list[Polyhedron]] = {}
    problem = Problem.of(reduced(network, opposite=True), domain, Reading.FULL)
    for leaf in enumerate_leaves(problem, search=search):
        affine_map = on_affine_hull(leaf.affine_map(), equations)
        cells.setdefault(affine_map, []).append(leaf.region().closure)
    pieces = [AffinePiece(cell, affine_map) for affine_map, same in cells.items() for cell in merged(same)]
    return PiecewiseAffine(domain, tuple(pieces))
