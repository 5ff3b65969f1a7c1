"""Integrals of |g_i| and g_i^2 over a domain, cell by cell, for the outputs g_i of a network.

On a bounded domain in few dimensions the engine `generators` has the vertices of all cells with their facets,
and integrals are sums over vertices (`exactrelu.polyhedra.vertex_sums`). Else regions are triangulated
(`exactrelu.polyhedra.integration`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from flint import fmpq

from exactrelu.enumeration import Problem, regions
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.generator_engine.cell_corners import SearchedCell, searched_cells
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import rational
from exactrelu.numbers.text import number_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.integration import Polytope, sum_of_terms
from exactrelu.polyhedra.vertex_sums import Integrand, NotSimpleError

_MOST_INPUTS = 12  # a box in more has too many vertices


class Infinite(NamedTuple):
    """An integral without bound: an output that is not zero on a cell, a point of it and a direction."""

    output: int
    point: Point
    ray: tuple[int, ...]


def integral(network: Network, domain: Domain, integrand: Integrand, search: Search) -> Fraction | Infinite:
    """Return the sum over the outputs of the integrals of |g_i| or g_i^2 over a domain of full dimension.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> integral(net, Domain.box([(-1, 2)]), Integrand.SQUARE, Search())
    Fraction(3, 1)
    """
    cells = _searched(network, domain, search)
    return _of_regions(network, domain, integrand, search) if cells is None else _of(cells, integrand, search)


def _searched(network: Network, domain: Domain, search: Search) -> Iterator[SearchedCell] | None:
    if search.engine not in ("auto", "generators") or search.max_regions is not None:
        return None
    if not 2 < network.inputs <= _MOST_INPUTS or network.depth == 1:
        return None
    return searched_cells(Problem.of(network, domain, Reading.FULL), checkpoint=search.check_time)


def _of(cells: Iterator[SearchedCell], integrand: Integrand, search: Search) -> Fraction:
    terms: list[fmpq] = []
    for cell in cells:
        search.check_time()
        rows = [row for row in cell.leaf.affine_map().rows if any(row)]
        if not rows:
            continue
        polytope = cell.polytope()
        for row in rows:
            try:
                terms.append(polytope.integral(row, integrand))
            except NotSimpleError:
                terms.append(_fmpq(_by_simplices(cell.leaf.region(), row, integrand)))
        search.tell("integral", lambda: f"at least {number_text(rational(sum_of_terms(terms)))}")
    return rational(sum_of_terms(terms))


def _of_regions(
    network: Network, domain: Domain, integrand: Integrand, search: Search
) -> Fraction | Infinite:
    terms: list[fmpq] = []

    def so_far() -> str:
        return f"at least {number_text(rational(sum_of_terms(terms)))}"

    for region in regions(network, domain, Reading.FULL, search=search):
        rows = region.affine_map.rows
        nonzero = [i for i, row in enumerate(rows) if any(row)]
        if nonzero and not region.geometry.bounded:
            return Infinite(nonzero[0], region.point, _direction(region))
        terms += [_fmpq(_by_simplices(region, rows[i], integrand)) for i in nonzero]
        search.tell("integral", so_far)
    return rational(sum_of_terms(terms))


def _by_simplices(region: Region, row: Sequence[Fraction], integrand: Integrand) -> Fraction:
    polytope = Polytope(region.closure, region.network.inputs)
    absolute = integrand is Integrand.ABSOLUTE
    return polytope.integral_of_absolute(row) if absolute else polytope.integral_of_square(row)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _direction(region: Region) -> tuple[int, ...]:
    """Return a direction in which an unbounded cell goes on."""
    rays = region.geometry.rays
    return rays[0] if rays else primitive_from_rationals(region.geometry.lines[0])
