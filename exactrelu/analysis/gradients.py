"""Exact Jacobians: the chain (13) of Heinecke & Hwang, conventions at kinks, and the Clarke Jacobian.

A ReLU has derivative 1 where its pre-activation y is positive and 0 where it is negative. At y = 0 there is
none, and a convention chooses a slope from the subdifferential [0, 1] (of a neuron with slopes s-, s+ it says
how far to go from s- to s+):

=================== =========================================================================
slope at y = 0      source
=================== =========================================================================
0                   (6), the diagonal of theta; what deep-learning frameworks compute
1                   (13), "the directional derivative": the derivative in the direction +1
any s in [0, 1]     the elements of the subdifferential, one for each neuron if wanted
=================== =========================================================================

With slopes s_k in the place of ReLU's derivatives the Jacobian of the output with respect to y_k is
W_L diag(s_{L-1}) W_{L-1} ... W_{k+1} diag(s_k), and (13) is its transpose applied to the loss's gradient.
At a kink none of these need be a derivative: relu(x) - relu(-x) = x has slope 1, but the conventions give 0
and 2 at x = 0. The true one-sided derivatives and the Clarke Jacobian are what `directional_derivative`
and `clarke_jacobian` return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from exactrelu.analysis.adjacency import configuration_along
from exactrelu.analysis.lipschitz import linear_part
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ConfigurationError, DomainError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import RationalMatrix, primitive_from_rationals
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import rational
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm, polyhedral_norm
from exactrelu.polyhedra.polyhedron import is_feasible

Slopes = tuple[tuple[Fraction, ...], ...]
"""A slope for each hidden neuron, one tuple for each hidden layer."""


class Kink(StrEnum):
    """The derivative of ReLU at 0."""

    ZERO = "zero"  # as in diag(theta), (6)
    ONE = "one"  # as in Sigma, (13)


def slopes_at(
    network: Network,
    x: Sequence[Any],
    kink: Kink | str | Fraction | int = Kink.ZERO,
    chosen: Mapping[tuple[int, int], Any] | None = None,
) -> Slopes:
    """Return the slope of each hidden neuron at a point.

    Parameters
    ----------
    network, x
        A network and a point with N_0 rational coordinates.
    kink
        The slope where the pre-activation is 0: a `Kink`, or a rational in [0, 1].
    chosen
        Slopes in [0, 1] for single neurons (layer from 1, index from 0) whose pre-activation is 0.

    Raises
    ------
    NetworkError
        For a slope outside [0, 1], or one for a neuron whose pre-activation is not 0.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, -1]], None)])  # x
    >>> slopes_at(net, (0,), Kink.ONE), slopes_at(net, (3,), "1/2")
    (((Fraction(1, 1), Fraction(1, 1)),), ((Fraction(1, 1), Fraction(0, 1)),))
    """
    slope, left = _slope(kink), dict(chosen or {})
    layers = []
    for k, (ys, activation) in enumerate(
        zip(network.preactivations(x), network.activations, strict=True), start=1
    ):
        places = [_slope(left.pop((k, i), slope)) if y == 0 else int(y > 0) for i, y in enumerate(ys)]
        layers.append(activation.between(places))
    if left:
        raise NetworkError(f"slopes: expected neurons whose pre-activation is 0, got {sorted(left)}")
    return tuple(layers)


def slopes_of(configuration: Configuration, network: Network | None = None) -> Slopes:
    """Return the slopes that a configuration selects, diag(theta_k) without a network: in one of ReLUs."""
    if network is None:
        activations = tuple(map(Activation.relu, configuration.widths))
    else:
        activations = network.activations
    layers = zip(activations, configuration.layers, strict=True)
    return tuple(activation.slopes_of(bits) for activation, bits in layers)


def _slope(kink: Any) -> Fraction:
    value = Fraction(int(kink == Kink.ONE)) if kink in list(Kink) else rational(kink)
    if not 0 <= value <= 1:
        raise NetworkError(f"slope at a kink: expected a number in [0, 1], got {value}")
    return value


# the chain (13) -----------------------------------------------------------------------------------


def output_jacobians(network: Network, slopes: Slopes) -> tuple[RationalMatrix, ...]:
    """Return (d y_L / d x, d y_L / d y_1, ..., d y_L / d y_{L-1}) for the given slopes.

    Entry k >= 1 is W_L diag(s_{L-1}) ... W_{k+1} diag(s_k), of shape (N_L, N_k), entry 0 ends in W_1.

    Raises
    ------
    ConfigurationError
        If there is not one slope for each hidden neuron.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, -1]], None)])  # x
    >>> [output_jacobians(net, slopes_at(net, (0,), kink))[0].rows() for kink in Kink]  # the truth is 1
    [((Fraction(0, 1),),), ((Fraction(2, 1),),)]
    """
    if tuple(map(len, slopes)) != network.hidden_widths:
        raise ConfigurationError(
            f"slopes: expected widths {network.hidden_widths}, got {tuple(map(len, slopes))}"
        )
    current = linear_part(network.layers[-1])
    found = []
    for layer, layer_slopes in zip(reversed(network.layers[:-1]), reversed(slopes), strict=True):
        current = _with_columns_scaled(current, layer_slopes)
        found.append(current)
        current = current @ linear_part(layer)
    return (current, *reversed(found))


def gradient_chain(network: Network, slopes: Slopes, output_gradient: Sequence[Any]) -> tuple[Point, ...]:
    """Return (13): (dL/dx, dL/dy_1, ..., dL/dy_{L-1}) for a loss with the given gradient at y_L.

    Parameters
    ----------
    slopes
        From `slopes_at` or `slopes_of`.
    output_gradient
        The gradient of the loss with respect to y_L, N_L rationals.

    Examples
    --------
    >>> net = Network.from_rationals([([[2]], None), ([[3]], None)])
    >>> gradient_chain(net, slopes_at(net, (1,)), (1,))
    ((Fraction(6, 1),), (Fraction(3, 1),))
    """
    gradient = point_of(output_gradient, network.outputs, "gradient")
    row = RationalMatrix.from_rows([gradient], network.outputs)
    return tuple((row @ jacobian).rows()[0] for jacobian in output_jacobians(network, slopes))


def _with_columns_scaled(matrix: RationalMatrix, factors: Sequence[Fraction]) -> RationalMatrix:
    rows = [[a * s for a, s in zip(row, factors, strict=True)] for row in matrix.rows()]
    return RationalMatrix.from_rows(rows, len(factors))


# what is true at a kink -----------------------------------------------------------------------------


def directional_derivative(network: Network, x: Sequence[Any], direction: Sequence[Any]) -> Point:
    """Return the one-sided derivative lim (f(x + t v) - f(x)) / t for t > 0, t -> 0.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, -1]], None)])  # x
    >>> directional_derivative(net, (0,), (1,)), directional_derivative(net, (0,), (-1,))
    ((Fraction(1, 1),), (Fraction(-1, 1),))
    """
    start = point_of(x, network.inputs)
    vector = point_of(direction, network.inputs, "direction")
    configuration = configuration_along(network, start, vector)
    jacobian = linear_part(affine_maps(network, configuration)[-1])
    column = RationalMatrix.from_rows([[entry] for entry in vector], 1)
    return tuple(row[0] for row in (jacobian @ column).rows())


@dataclass(frozen=True)
class ClarkeJacobian:
    """The Clarke Jacobian of a network at ``point``: the convex hull of ``jacobians``.

    ``jacobians`` are the distinct linear parts of the `full` cells whose closure contains the point, the
    limits of derivatives nearby (the Bouligand subdifferential), in the order of their first cells;
    ``configurations`` are those cells, sorted. On a domain of lower dimension each matrix is A P, P
    the orthogonal projection onto lin D.
    """

    point: Point
    configurations: tuple[Configuration, ...]
    jacobians: tuple[RationalMatrix, ...]

    @property
    def is_single(self) -> bool:
        """Whether the network is (strictly) differentiable at the point."""
        return len(self.jacobians) == 1

    def contains(self, matrix: RationalMatrix) -> bool:
        """Return whether the matrix is a convex combination of ``jacobians``, exactly."""
        count = len(self.jacobians)
        columns = [[entry for row in jacobian.rows() for entry in row] for jacobian in self.jacobians]
        target = [entry for row in matrix.rows() for entry in row]
        if matrix.shape != self.jacobians[0].shape:
            raise NetworkError(f"matrix: expected shape {self.jacobians[0].shape}, got {matrix.shape}")
        systems = [(*entries, -t) for *entries, t in zip(*columns, target, strict=True)]
        systems.append((*(Fraction(1),) * count, Fraction(-1)))
        rows = [Row(primitive_from_rationals(system), Relation.EQUAL) for system in systems]
        rows += [Row((*(int(i == j) for i in range(count)), 0), Relation.AT_LEAST) for j in range(count)]
        return is_feasible(count, rows)


def clarke_jacobian(
    network: Network,
    x: Sequence[Any],
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> ClarkeJacobian:
    """Return the Clarke Jacobian at a point of the closure of the domain.

    Only the cells that touch the point are enumerated: those that meet an open box round it in which no
    pre-activation that is non-zero at the point vanishes. In that box all other signs are fixed, the
    rest is positively homogeneous round the point, so a cell that meets the box has the point in its
    closure; the converse is clear.

    Raises
    ------
    DomainError
        If the point is not in the closure of the domain.
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-2]], None), ([[1, 1]], None)])
    >>> clarke = clarke_jacobian(net, (0,))
    >>> [str(jacobian.rows()[0][0]) for jacobian in clarke.jacobians], [*map(str, clarke.configurations)]
    (['-2', '1'], ['01', '10'])
    >>> clarke.contains(RationalMatrix.identity(1)), clarke.contains(RationalMatrix.identity(1).scaled(2))
    (True, False)
    """
    point = point_of(x, network.inputs)
    domain = domain or Domain.whole_space(network.inputs)
    projector = domain.directions.projector
    near = Domain(domain.dimension, (*domain.constraints, *_box(point, _safe_radius(network, point))))
    found: dict[Configuration, RationalMatrix] = {}
    for region in regions(network, near, Reading.FULL, search=search):
        found[region.configuration] = linear_part(region.affine_map) @ projector
    if not found or not _in_closure(domain, point):
        raise DomainError(f"point: expected one of the closure of the domain, got {tuple(map(str, point))}")
    return ClarkeJacobian(point, tuple(found), tuple(dict.fromkeys(found.values())))


def _in_closure(domain: Domain, point: Point) -> bool:
    """Return whether the point satisfies the constraints with ``<``, ``>`` relaxed (D is not empty)."""
    relaxed = {Relation.LESS: Relation.AT_MOST, Relation.GREATER: Relation.AT_LEAST}
    return all(
        LinearConstraint(c.normal, c.offset, relaxed.get(c.relation, c.relation)).holds_at(point)
        for c in domain.constraints
    )


def _safe_radius(network: Network, point: Point) -> Fraction:
    """Return r > 0 such that |x' - x| < r in the maximum norm leaves all non-zero signs as they are.

    |y_k(x') - y_k(x)| <= |W_k| s_{k-1} ... s_1 |W_1| |x' - x| in the maximum norm, where s_j is the largest
    |slope| of layer j: 1 for ReLU.
    """
    radius, stretch = Fraction(1), Fraction(1)
    layers = zip(network.layers, network.activations, network.preactivations(point), strict=False)
    for layer, activation, ys in layers:
        stretch *= polyhedral_norm(linear_part(layer), Norm.INFINITY)
        if stretch == 0:
            break
        radius = min([radius, *(abs(y) / stretch for y in ys if y != 0)])
        stretch *= activation.steepness
    return radius


def _box(point: Point, radius: Fraction) -> list[LinearConstraint]:
    sides = []
    for j, entry in enumerate(point):
        unit = tuple(Fraction(int(i == j)) for i in range(len(point)))
        sides.append(LinearConstraint(unit, radius - entry, Relation.GREATER))
        sides.append(LinearConstraint(unit, -radius - entry, Relation.LESS))
    return sides
