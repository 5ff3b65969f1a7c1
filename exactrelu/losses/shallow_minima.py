"""All minima of the squared loss over networks with one hidden layer of ReLUs and one output.

The samples cut the space of a neuron's (w, b) into cones, on each of which it is on at the same samples.
Given a cone K_j and the sign of c_j for each neuron, f is linear in v_j = |c_j| (w_j, b_j), which runs
through all of K_j: the least loss there is a problem of least squares with coefficients >= 0 of the edges of
the cones. All parameters lie in one of these finitely many closed cells, so the least of all is the minimum.
A local minimum has the least loss of its cell, so its loss is met; whether the parameters that were found for
a cell are a local minimum is decided for each loss until some are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.losses.least_squares import least_squares
from exactrelu.losses.local_minimum import local_minimum
from exactrelu.losses.piecewise_gradient import piecewise_gradient
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.training_data import Loss, TrainingData
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point
from exactrelu.verification.verdict import Verdict

MOST_CELLS = 20_000


@dataclass(frozen=True)
class Cone:
    """A cone of (w, b): a point inside, and its edges but those on which no sample is on."""

    point: Point
    edges: tuple[Point, ...]


@dataclass(frozen=True)
class Side:
    """The sign of c_j, and the cone of v_j; a cone without edges, where a neuron is off, has one side."""

    sign: int
    cone: Cone


@dataclass(frozen=True)
class Minimum:
    """The least loss on some closed cells of parameters, and parameters that have it.

    ``verdict`` says whether these are a local minimum among all parameters.
    """

    loss: Fraction
    network: Network
    verdict: Verdict


@dataclass(frozen=True)
class ShallowMinima:
    """The least loss of all networks of a width, and the local minima that were found.

    Parameters
    ----------
    best
        A global minimum.
    spurious
        Local minima of greater loss, one for each value that was met, by their loss.
    cells
        The number of closed cells of parameters, up to the order of the neurons.
    """

    best: Minimum
    spurious: tuple[Minimum, ...]
    cells: int


def shallow_minima(
    data: TrainingData, width: int, *, biases: bool = True, search: Search | None = None
) -> ShallowMinima:
    """Return the least squared loss of networks with one hidden layer, and the local minima met on the way.

    Parameters
    ----------
    data
        One target a sample.
    width
        The number of hidden neurons, at least 1.
    biases
        Whether neurons and output have biases.

    Raises
    ------
    ArgumentError
        For several targets, or no neuron.
    BudgetExhaustedError
        If there are more than 20,000 cells, or the time ran out.

    Examples
    --------
    >>> data = TrainingData.of([0, 1, 2], [0, 1, 0])
    >>> found = shallow_minima(data, 1)
    >>> found.best.loss, [str(minimum.loss) for minimum in found.spurious]
    (Fraction(1, 6), ['2/9'])
    """
    if data.dimensions[1] != 1:
        raise ArgumentError(f"data: expected one target a sample, got {data.dimensions[1]}")
    if width < 1:
        raise ArgumentError(f"width: expected at least 1, got {width}")
    clock = started(search)
    cones = _cones(data, clock, biases=biases)
    sides = [Side(sign, cone) for cone in cones for sign in ((1, -1) if cone.edges else (1,))]
    cells = math.comb(len(sides) + width - 1, width)
    if cells > MOST_CELLS:
        raise BudgetExhaustedError(f"cells of parameters: expected at most {MOST_CELLS}, got {cells}")
    if not sides:
        sides = [Side(1, Cone((Fraction(0),) * (data.dimensions[0] + biases), ()))]
    minima: dict[Fraction, Minimum] = {}
    for choice in combinations_with_replacement(sides, width):
        clock.check_time()
        _note(minima, _of_cell(data, choice, biases=biases), clock)
    best = minima[min(minima)]
    spurious = [
        one for loss, one in sorted(minima.items()) if loss > best.loss and one.verdict is Verdict.HOLDS
    ]
    return ShallowMinima(best, tuple(spurious), cells)


def _note(minima: dict[Fraction, Minimum], through: SamplePass, clock: Search) -> None:
    loss = through.loss(Loss.SQUARED)
    if loss in minima and minima[loss].verdict is Verdict.HOLDS:
        return
    decided = local_minimum(through, Loss.SQUARED, piecewise_gradient(through, Loss.SQUARED, clock))
    minima[loss] = Minimum(loss, through.network, decided.verdict)


def _cones(data: TrainingData, search: Search, *, biases: bool) -> Iterator[Cone]:
    unique = [row for row in dict.fromkeys(_rows(data, biases=biases)) if any(row)]
    if not unique:
        return
    samples = Network.from_rationals([(unique, None), ([[1] * len(unique)], None)])
    for region in regions(samples, None, Reading.FULL, search=search):
        edges = (tuple(map(Fraction, ray)) for ray in region.rays)
        yield Cone(region.point, tuple(edge for edge in edges if any(_positive(unique, edge))))


def _rows(data: TrainingData, *, biases: bool) -> list[Point]:
    return [(*x, Fraction(1)) if biases else x for x in data.inputs]


def _positive(rows: Sequence[Point], v: Point) -> Point:
    """Return the positive parts of v at the rows."""
    products = (sum((a * b for a, b in zip(row, v, strict=True)), Fraction(0)) for row in rows)
    return tuple(max(product, Fraction(0)) for product in products)


def _of_cell(data: TrainingData, sides: Sequence[Side], *, biases: bool) -> SamplePass:
    """Return parameters with the least loss in a closed cell; a neuron of no use there has no coefficient."""
    rows, ones = _rows(data, biases=biases), (Fraction(1),) * data.size
    columns = [
        tuple(side.sign * y for y in _positive(rows, edge)) for side in sides for edge in side.cone.edges
    ]
    target = tuple(y for (y,) in data.targets)
    weights, free = least_squares(columns, [ones] if biases else [], target)
    left, neurons = iter(weights), []
    for side in sides:
        parts = [(next(left), edge) for edge in side.cone.edges]
        v = tuple(
            sum(column, Fraction(0)) for column in zip(*([t * x for x in g] for t, g in parts), strict=True)
        )
        neurons.append((v, side.sign) if any(v) else (side.cone.point, side.sign * (not side.cone.edges)))
    d = data.dimensions[0]
    first = ([list(v[:d]) for v, _ in neurons], [v[d] for v, _ in neurons] if biases else None)
    last = ([[sign for _, sign in neurons]], list(free) if biases else None)
    return SamplePass(Network.from_rationals([first, last]), data, biases)
