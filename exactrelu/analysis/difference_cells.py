"""The `full` cells of a difference of networks, on which it is affine, and points where it is large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.enumeration import Problem, Reached, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import Optimum, Unbounded, maximise


def affine_parts(network: Network, domain: Domain, search: Search) -> Iterator[tuple[Reached, AffineMap]]:
    """Yield the `full` cells with the network's map on each, zero exactly if it vanishes on aff D."""
    equations = domain.equations
    problem = Problem.of(network, domain, Reading.FULL)
    for leaf in enumerate_leaves(problem, search=search):
        g = leaf.affine_map()
        yield leaf, on_affine_hull(g, equations) if equations else g


def point_beyond(leaf: Reached, g: AffineMap, within: Fraction) -> Point | None:
    """Return a point of the closed cell where some |g_j| exceeds a number, None if there is none."""
    if not any(g.matrix.numerators.entries()):
        return None
    if not within:
        return _point_off_zero(leaf, g)
    problem = leaf.problem
    rows = cell_rows(problem.network, leaf.configuration, problem.domain, Reading.FULL)
    for row in g.rows:
        for sign in (1, -1):
            objective = [sign * entry for entry in row]
            top = maximise(g.inputs, objective, rows)
            if isinstance(top, Unbounded):
                return _far_along(top, objective, within)
            if isinstance(top, Optimum) and top.value > within:
                return top.point
    return None


def _far_along(top: Unbounded, objective: Sequence[Fraction], within: Fraction) -> Point:
    """Return a point of a ray along which the objective grows where it exceeds a number."""
    slope = sum((c * r for c, r in zip(objective, top.ray, strict=False)), Fraction(0))
    value = sum((c * x for c, x in zip(objective, top.point, strict=False)), objective[-1])
    steps = max(Fraction(0), within - value) / slope + 1
    return tuple(x + steps * r for x, r in zip(top.point, top.ray, strict=True))


def _point_off_zero(leaf: Reached, g: AffineMap) -> Point:
    """Return a point of the relative interior of a cell where g, which is not zero there, is not zero.

    If g vanishes at an inner point p, it does not at some vertex v or along some ray r, and is then
    not zero at the inner points (p + v) / 2 and p + r.
    """
    region = leaf.region()
    geometry: CanonicalPolyhedron = region.geometry
    inside = geometry.point
    candidates = [inside]
    candidates += [
        tuple((p + v) / 2 for p, v in zip(inside, vertex, strict=True)) for vertex in geometry.vertices
    ]
    directions: list[Sequence[int | Fraction]] = [*geometry.rays, *geometry.lines]
    candidates += [tuple(p + r for p, r in zip(inside, ray, strict=True)) for ray in directions]
    return next(x for x in candidates if any(g(x)))
