"""Input sets without a box round them: bounded by their own rows, or searched cell by cell.

The bounds of branch and bound need a box. Where a set is bounded by its rows, exact linear programs over
them find one. Where it is not, the half-open cells, which partition the set, are listed, and on each of
them an alternative is a system of linear inequalities: as exact, and as slow as there are cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from exactrelu.bounds.float_layers import float_layers
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.lp_engine.exact_programs import relative_interior
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Row
from exactrelu.polyhedra.linear_program import Optimum, maximise
from exactrelu.verification.attack import ascend
from exactrelu.verification.candidates import Candidates
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet

_WINDOWS = (1, 32, 2**15)  # points of an unbounded set are first tried in boxes of these sizes
_POINTS, _STEPS = 64, 30


def within_its_box(inputs: InputSet) -> InputSet | None:
    """Return an equal input set whose box is bounded, None if the set is not; the set has points.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> from exactrelu.verification.property import Property
    >>> triangle = Domain.from_inequalities(2, [([1, 0], 0, ">="), ([0, 1], 0, ">="), ([1, 1], -1, "<=")])
    >>> p = Property.from_bounds(2, 1, triangle, ["y0 <= 1"])
    >>> within_its_box(p.groups[0]).upper
    (Fraction(1, 1), Fraction(1, 1))
    """
    n, box = len(inputs.box), []
    rows = inputs.domain().rows
    for i, interval in enumerate(inputs.box):
        ends: list[Fraction | None] = [interval.lower, interval.upper]
        for side, sign in ((0, 1), (1, -1)):
            if ends[side] is None:
                found = maximise(n, [*(-sign * int(i == j) for j in range(n)), 0], rows)
                if not isinstance(found, Optimum):
                    return None
                ends[side] = -sign * found.value
        box.append(interval.joined(Interval(ends[0], ends[1])))
    return replace(inputs, box=tuple(box))


def unsafe_point_of_unbounded(network: Network, inputs: InputSet, search: Search) -> Point | None:
    """Return an unsafe point of a set that need not be bounded, None if there is none.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search is reached before that is decided.
    """
    point = _guessed(network, inputs)
    return _in_cells(network, inputs, search) if point is None else point


def _guessed(network: Network, inputs: InputSet) -> Point | None:
    """Return an unsafe point that an attack on a bounded part of the set finds, confirmed exactly."""
    layers, rows = float_layers(network), float_rows(network, inputs)
    candidates = Candidates(network, layers, inputs, rows)
    for seed, window in enumerate(_WINDOWS):
        low = np.array([_end(i.lower, i.upper, -window) for i in inputs.box])
        high = np.array([_end(i.upper, i.lower, window) for i in inputs.box])
        start = low + (high - low) * np.random.default_rng(seed).random((_POINTS, len(low)))
        steps = ascend(layers, rows, start, (low, high), steps=_STEPS, seed=seed)
        found = candidates.confirmed(np.concatenate(list(steps)))
        if found is not None:
            return found
    return None


def _end(own: Fraction | None, other: Fraction | None, reach: int) -> float:
    """Return a side of a window: the set's own, else so far from zero, or from the opposite side."""
    if own is not None:
        return float(own)
    return float(reach) if other is None else float(other + 2 * reach)


def _in_cells(network: Network, inputs: InputSet, search: Search) -> Point | None:
    for rows in _unsafe_parts(network, inputs, search):
        found = relative_interior(network.inputs, rows)
        if found is not None:
            return found.point
    return None


def _unsafe_parts(network: Network, inputs: InputSet, search: Search) -> Iterator[list[Row]]:
    """Yield the rows of each cell with those of each alternative."""
    domain = inputs.domain()
    problem = Problem.of(network, domain, Reading.HALF_OPEN)
    for leaf in enumerate_leaves(problem, search=search):
        search.check_time()
        cell = cell_rows(network, leaf.configuration, domain, Reading.HALF_OPEN)
        last = affine_maps(network, leaf.configuration)[-1]
        for conjunction in inputs.disjuncts:
            yield [*cell, *(row.through(last).row for row in conjunction)]
