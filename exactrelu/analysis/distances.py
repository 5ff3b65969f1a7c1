"""Exact distances of two networks on a domain.

The difference g of two networks is affine on each `full` cell, and these cells cover the domain up to a set
without volume. So each distance is a maximum or a sum over cells:

========= ====================================================================================
``sup``   the supremum of |g_i(x)| over the domain and the outputs i
``w1inf`` the semi-norm: the essential supremum of the largest entry of |Dg|
``l1``    the sum over the outputs of the integral of |g_i|
``l2``    the square root of the sum over the outputs of the integral of g_i^2
========= ====================================================================================

On a domain D of lower dimension Dg is the derivative along D: each row of the linear part is projected
orthogonally onto lin D, which does not depend on how g is continued outside. There ``l1`` and ``l2`` are
refused. On an unbounded cell where g_i is not zero they are infinite: along a ray of the cell, in a tube
round an inner point, |g_i| is affine and not zero. On an empty domain every distance is 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Never

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.difference_integrals import Infinite, integral
from exactrelu.analysis.equality import reduced_difference, require_one_shape
from exactrelu.analysis.extremum import Extremum
from exactrelu.analysis.lipschitz import linear_part
from exactrelu.analysis.optima import bounded_set, output_functions, supremum, worthwhile_pair
from exactrelu.analysis.ranges import OutputRange, largest_of_small_table, output_range
from exactrelu.enumeration import Problem, regions
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, DomainError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import reduced
from exactrelu.networks.region import Region
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended
from exactrelu.numbers.text import number_text, vector_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.vertex_sums import Integrand
from exactrelu.verification.branch_and_bound import StuckError
from exactrelu.verification.dead_neurons import without_dead_neurons
from exactrelu.verification.maximum import Maximum


class DistanceNorm(StrEnum):
    """The norm, or for ``w1inf`` semi-norm, of the difference."""

    SUP = "sup"
    W1INF = "w1inf"
    L1 = "l1"
    L2 = "l2"

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"norm: expected sup, w1inf, l1 or l2, got {value!r}")


@dataclass(frozen=True)
class Distance:
    """The distance of two networks on a domain, with where it is attained.

    ``power`` is the distance, for ``l2`` its square; it is ``math.inf`` where it is infinite. Then ``ray`` is
    a direction along which, from ``point``, the domain and the difference go on for ever.

    ``attained`` says whether the supremum is a value of |g| on the domain (``sup``), and is true for
    ``w1inf``, which takes its value on a cell; ``point`` is a point of the domain, or of its closure where
    the value is not attained, or of the inside of the cell. ``output`` and ``input`` are the entry that
    attains it. For finite integrals, and on an empty domain, these are None.
    """

    norm: DistanceNorm
    power: Extended
    attained: bool | None = None
    point: Point | None = None
    ray: tuple[int, ...] | None = None
    output: int | None = None
    input: int | None = None
    asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)
    """What was asked, which `exactrelu.certify` needs."""

    @cached_property
    def value(self) -> Fraction | AlgebraicNumber | float:
        """The distance itself; for ``l2`` the square root as an exact algebraic number."""
        if self.norm is not DistanceNorm.L2 or not isinstance(self.power, Fraction):
            return self.power
        return AlgebraicNumber.from_rational(self.power).sqrt()


def distance(
    one: Network,
    two: Network,
    domain: Domain | None = None,
    norm: DistanceNorm | str = DistanceNorm.SUP,
    *,
    search: Search | None = None,
) -> Distance:
    """Return the exact distance of two networks on a domain.

    Parameters
    ----------
    one, two
        Networks R^n -> R^m of any depths.
    domain
        A rational polyhedron in R^n, the whole space by default.
    norm
        ``sup``, ``w1inf``, ``l1`` or ``l2``; see the module for what they are.
    search
        As in `exactrelu.regions`.

    Raises
    ------
    NetworkError
        If the networks have different numbers of inputs or outputs.
    DomainError
        If the domain lies in another space; for ``l1`` and ``l2``, if it is of lower dimension.
    BudgetExhaustedError
        If a limit of the search is reached: then nothing is known.

    Examples
    --------
    >>> absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> zero, interval = Network.from_rationals([([[0]], None)]), Domain.box([(-1, 3)])
    >>> [distance(absolute, zero, interval, norm).power for norm in ("sup", "w1inf", "l1", "l2")]
    [Fraction(3, 1), Fraction(1, 1), Fraction(5, 1), Fraction(28, 3)]
    >>> distance(absolute, zero).power
    inf
    """
    norm = DistanceNorm(norm)
    domain = Problem.of(one, domain).domain
    require_one_shape(one, two)
    if domain.is_empty:
        return Distance(norm, Fraction(0), asked=Asked((one, two), domain))
    if norm in (DistanceNorm.L1, DistanceNorm.L2) and domain.affine_dimension < domain.dimension:
        raise DomainError(
            f"{norm} distance: expected a domain of dimension {domain.dimension}, "
            f"got one of dimension {domain.affine_dimension}"
        )
    search, difference = started(search), reduced_difference(one, two)
    found = _sup_by_bounds((one, two), difference, domain, search) if norm is DistanceNorm.SUP else None
    found = found or _by_cells(norm, difference, domain, search)
    return replace(found, asked=Asked((one, two), domain))


def _by_cells(norm: DistanceNorm, difference: Network, domain: Domain, search: Search) -> Distance:
    if norm is DistanceNorm.SUP:
        return _sup(output_range(difference, domain, search=search.telling("the difference")) or ())
    if norm is DistanceNorm.W1INF:
        return _semi_norm(domain, regions(difference, domain, Reading.FULL, search=search), search)
    integrand = Integrand.ABSOLUTE if norm is DistanceNorm.L1 else Integrand.SQUARE
    found = integral(difference, domain, integrand, search)
    if isinstance(found, Infinite):
        return Distance(norm, math.inf, False, found.point, found.ray, output=found.output)
    return Distance(norm, found)


def _sup(ranges: Iterable[OutputRange]) -> Distance:
    """Return the supremum by the ranges of the outputs of the difference."""
    best: tuple[int, Extremum] | None = None
    for i, one in enumerate(ranges):
        for extremum in (one.minimum, one.maximum):
            size = max(extremum.value, -extremum.value)
            sized = Extremum(size, extremum.attained, extremum.point, extremum.ray)
            if best is None or sized.exceeds(best[1]):
                best = (i, sized)
    if best is None:
        raise ArithmeticError("a domain with points has no range")
    i, top = best
    return Distance(DistanceNorm.SUP, top.value, top.attained, top.point, top.ray, output=i)


def _sup_by_bounds(
    networks: tuple[Network, Network], difference: Network, domain: Domain, search: Search
) -> Distance | None:
    """Return the supremum off a small table, or of all +-g_i at once; None where cells must be listed."""
    inputs = bounded_set(difference, domain, search)
    if inputs is None:
        return None

    def tell(best: Maximum) -> None:
        text = f"at least {number_text(best.value)} at {vector_text(best.point)}"
        search.tell("distance", lambda: text)

    smaller = reduced(without_dead_neurons(difference, inputs))
    found = largest_of_small_table(smaller, domain, inputs, search.telling("the difference"))
    if found is not None:
        top, output = found
        return Distance(DistanceNorm.SUP, top.value, top.attained, top.point, top.ray, output=output)
    one, two = (without_dead_neurons(network, inputs) for network in networks)
    paired = worthwhile_pair(one, two, smaller)
    difference = paired.joint if paired else smaller
    functions = output_functions(difference.outputs)
    try:
        top, index = supremum(difference, inputs, functions, search, tell, paired)
    except StuckError:
        return None
    return Distance(DistanceNorm.SUP, top.value, top.attained, top.point, output=index // 2)


def _semi_norm(domain: Domain, found: Iterator[Region], search: Search) -> Distance:
    directions = domain.directions
    best: tuple[Fraction, int, int, Region] | None = None

    def so_far() -> str:
        if best is None:
            return "nothing"
        return f"at least {number_text(best[0])} at {vector_text(best[3].point)}"

    for region in found:
        part = linear_part(region.affine_map)
        rows = (part @ directions.projector if directions.equations else part).rows()
        entries = ((abs(entry), i, j) for i, row in enumerate(rows) for j, entry in enumerate(row))
        size, i, j = max(entries, key=lambda entry: entry[0])
        if best is None or size > best[0]:
            best = (size, i, j, region)
        search.tell("distance", so_far)
    if best is None:
        raise ArithmeticError("a domain with points has no cell")
    size, i, j, region = best
    return Distance(DistanceNorm.W1INF, size, attained=True, point=region.point, output=i, input=j)
