"""Suprema of outputs, read off the table of vertices that the engine `generators` keeps.

On the closure of a `full` cell an output is affine, so its supremum is taken at a vertex, or is infinite
along a ray. Doubles with proven bounds leave few vertices that may be the best; these are compared exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from exactrelu.analysis.extremum import Extremum
from exactrelu.enumeration import Problem, resolve_engine
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.generator_engine.output_values import OutputValues, output_values
from exactrelu.enumeration.generator_engine.search import TooManyCellsError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain

MOST_CELLS = 1 << 14  # beyond, on bounded domains, bounds are the better bet: 0.2 seconds are lost


def suprema_of_table(
    network: Network,
    domain: Domain,
    search: Search,
    tell: Callable[[list[Extremum]], None],
    *,
    most_cells: int | None = None,
) -> list[Extremum] | None:
    """Return the suprema of -y_j and y_j on the closure of a domain with points, None if there is no table.

    There is none where another engine is asked for or suits the problem, or a number of regions is limited;
    and it is given up where there are more than ``most_cells`` cells. A supremum is ``attained`` if it is
    finite and its point lies in the domain; in one that is not closed it may be attained elsewhere too.
    """
    problem = Problem.of(network, domain, Reading.FULL)
    if network.depth == 1 or search.max_regions is not None:
        return None
    if resolve_engine(search.engine, problem) != "generators":
        return None
    best = _Best(network.outputs, domain)
    try:
        for values in output_values(problem, checkpoint=search.check_time, most_cells=most_cells):
            best.take_in(values)
            tell(best.suprema())
    except TooManyCellsError:
        return None
    return best.suprema()


class _Best:
    """The largest values so far of -y_j (even places) and y_j (odd ones), each with a point or a ray."""

    def __init__(self, outputs: int, domain: Domain) -> None:
        self._domain = domain
        self._floors = np.full(2 * outputs, -np.inf)  # doubles that are not above the largest values, scaled
        self._found: list[Extremum | None] = [None] * (2 * outputs)

    def suprema(self) -> list[Extremum]:
        """Return what is known."""
        return [one for one in self._found if one is not None]

    def take_in(self, values: OutputValues) -> None:
        """Compare with the vertices of one more chunk."""
        self._take_rays(values)
        signed = np.empty((len(values.low), 2 * values.low.shape[1]))
        signed[:, ::2], signed[:, 1::2] = -values.high, values.low
        np.maximum(self._floors, signed.max(axis=0), out=self._floors)
        signed[:, ::2], signed[:, 1::2] = -values.low, values.high
        rows, places = np.nonzero((signed >= self._floors) & (signed < np.inf))
        self._take_vertices(values, rows.tolist(), places.tolist())

    def _take_rays(self, values: OutputValues) -> None:
        """Take in what may be a ray; where it is a vertex, it is compared exactly at once."""
        rows = values.unknown
        for row, ys in zip(rows, values.exact(rows), strict=True):
            is_ray = values.coordinates(row)[-1] == 0
            for j, y in enumerate(ys):
                for place, signed in ((2 * j, -y), (2 * j + 1, y)):
                    if is_ray and signed > 0:
                        self._take_ray(values, row, place)
                    elif not is_ray:
                        self._take(place, Fraction(signed), values.point(row))

    def _take_ray(self, values: OutputValues, row: int, place: int) -> None:
        old = self._found[place]
        if old is None or old.value < math.inf:
            ray = values.coordinates(row)[:-1]
            point = values.point_beside(row)
            self._found[place] = Extremum(math.inf, attained=False, point=point, ray=ray)
            self._floors[place] = np.inf

    def _take_vertices(self, values: OutputValues, rows: list[int], places: list[int]) -> None:
        wanted = sorted(set(rows))
        exact = dict(zip(wanted, values.exact(wanted), strict=True))
        for row, place in zip(rows, places, strict=True):
            y = exact[row][place // 2]
            value = Fraction(y if place % 2 else -y)
            old = self._found[place]
            if old is None or value >= old.value:
                self._take(place, value, values.point(row))

    def _take(self, place: int, value: Fraction, point: Point) -> None:
        """Take in a vertex; among equals the first in the order of their coordinates is kept."""
        found, old = Extremum(value, attained=self._domain.contains(point), point=point), self._found[place]
        if found.exceeds(old) or (old is not None and not old.exceeds(found) and point < old.point):
            self._found[place] = found
