"""Functional dimension: how many directions in the space of parameters change the function, exactly.

The *batch functional dimension* at points x_1, ..., x_r is the rank of the derivative of f(x_1), ...,
f(x_r) by the parameters. The *functional dimension* on a domain is the largest of these over all finite
sets of points in the interior of cells. On a cell the derivative is affine in x, so it is the rank of all
rows of all `full` cells together. It is at most the number of parameters less the dimension of the
rescalings, under which the function does not change: one for each hidden neuron, but one less for each
group of neurons that no path of nonzero weights joins to the outside.

Grigsby, Lindsey, Meyerhoff & Wu, "Functional dimension of feedforward ReLU neural networks", 2022.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpz_mat

from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.identifiability.parameter_jacobian import (
    CellDerivatives,
    frame_at,
    frame_of,
    parameter_count,
)
from exactrelu.identifiability.rescaling import Neuron, canonical_scales
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.row_space import proved_rank
from exactrelu.polyhedra.domain import Domain

_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class FunctionalDimension:
    """The exact rank of the derivative by the parameters, beside what it can be at most.

    ``value`` is the functional dimension on a domain (``points`` is None), or the batch functional dimension
    at ``points``. ``parameters`` is the number of weights and biases, ``rescalings`` the dimension of the
    space of directions that positive scales of hidden neurons give. ``cells`` is the number of cells or
    points; ``smallest`` and ``largest`` are the ranks of single ones (0 where there is none).
    """

    value: int
    parameters: int
    rescalings: int
    cells: int
    smallest: int
    largest: int
    points: tuple[Point, ...] | None = None

    @property
    def most(self) -> int:
        """The number of parameters less the rescalings, which the value never exceeds."""
        return self.parameters - self.rescalings

    @property
    def hidden(self) -> int:
        """How many directions that are no rescalings leave the function as it is, to first order."""
        return self.most - self.value


def functional_dimension(
    network: Network,
    domain: Domain | None = None,
    *,
    points: Sequence[Sequence[Any]] | None = None,
    search: Search | None = None,
) -> FunctionalDimension:
    """Return the functional dimension of a network on a domain, or the batch one at given points.

    Parameters
    ----------
    network
        A network of any units; slopes are no parameters.
    domain
        Where the function is looked at, the whole space by default; 0 if it is empty. On a domain of lower
        dimension only the values there count.
    points
        Points of R^n; then these are looked at and nothing else.
    search
        As in `exactrelu.regions`.

    Raises
    ------
    ArgumentError
        If a bent neuron has the pre-activation 0 at a point: there is no derivative there.
    BudgetExhaustedError
        If a limit of the search is reached.

    Notes
    -----
    Where a pre-activation vanishes on a whole `full` cell the function has no derivative by the parameters;
    there the one with the bit 0 is taken.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> found = functional_dimension(net)  # whether both kinks stay at 0 is not seen
    >>> found.value, found.parameters, found.rescalings, found.most, found.hidden
    (4, 7, 2, 5, 1)
    >>> functional_dimension(net, points=[[1], [2], [3]]).value
    2
    """
    if points is not None:
        return _at_points(network, domain, tuple(point_of(x, network.inputs) for x in points))
    domain = Problem.of(network, domain).domain
    cells = cells_of(network, domain, search)
    return of_cells(network, domain, cells)


def cells_of(network: Network, domain: Domain, search: Search | None) -> list[Configuration]:
    """Return the configurations of the `full` cells."""
    problem = Problem.of(network, domain, Reading.FULL)
    return [leaf.configuration for leaf in enumerate_leaves(problem, search=search)]


def of_cells(network: Network, domain: Domain, cells: Sequence[Configuration]) -> FunctionalDimension:
    """Return the functional dimension on a domain whose `full` cells are given."""
    frame = frame_of(domain)
    return _ranked(network, [(cell, frame) for cell in cells])


def _at_points(network: Network, domain: Domain | None, points: tuple[Point, ...]) -> FunctionalDimension:
    for i, point in enumerate(points):
        if domain is not None and not domain.contains(point):
            raise ArgumentError(f"points[{i}]: expected a point of the domain, got one outside")
        if (neuron := _kink_at(network, point)) is not None:
            k, n = neuron
            raise ArgumentError(
                f"points[{i}]: expected pre-activations other than 0, got 0 at neuron {n} of hidden layer {k}"
            )
    places = [(network.configuration(point), frame_at(point)) for point in points]
    return _ranked(network, places, points)


def _kink_at(network: Network, point: Point) -> Neuron | None:
    layers = zip(network.activations, network.preactivations(point), strict=True)
    for k, (activation, ys) in enumerate(layers, start=1):
        for i in activation.bent:
            if not ys[i]:
                return k, i
    return None


_Place = tuple[Configuration, fmpz_mat]


def _ranked(
    network: Network, places: Sequence[_Place], points: tuple[Point, ...] | None = None
) -> FunctionalDimension:
    parameters, rescalings = parameter_count(network), rescaling_dimension(network)
    singles = {int(_rows(network, place).rank()) for place in places} or {0}

    def parts() -> Iterator[fmpz_mat]:
        return _in_batches(_rows(network, place) for place in places)

    value = proved_rank(parts, parameters, most=parameters - rescalings)
    return FunctionalDimension(value, parameters, rescalings, len(places), min(singles), max(singles), points)


def _rows(network: Network, place: _Place) -> fmpz_mat:
    return CellDerivatives.of(network, *place).rows()


def _in_batches(matrices: Iterable[fmpz_mat]) -> Iterator[fmpz_mat]:
    rows: list[Any] = []
    for matrix in matrices:
        rows += matrix.tolist()
        if len(rows) >= _ROWS_AT_ONCE:
            yield fmpz_mat(rows)
            rows = []
    if rows:
        yield fmpz_mat(rows)


def rescaling_dimension(network: Network) -> int:
    """Return the dimension of the space of directions that rescalings of hidden neurons give.

    The direction of a neuron is (its row, minus its column). A combination with factors c vanishes if and
    only if c is the same at both ends of each nonzero weight, and 0 outside: so the directions are
    independent but for one relation in each group of neurons that nothing joins to the outside.

    Examples
    --------
    >>> rescaling_dimension(Network.from_rationals([([[1], [0]], None), ([[1, 0]], None)]))
    1
    """
    chosen: list[Neuron] = []
    while True:
        scales = canonical_scales(network, chosen)
        free = [(k, i) for k, row in enumerate(scales, start=1) for i, t in enumerate(row) if t is None]
        if not free:
            return sum(network.hidden_widths) - len(chosen)
        chosen.append(free[0])
