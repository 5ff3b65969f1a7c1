"""The bounds (14) to (16) of Heinecke & Hwang on gradients, as exact statements on given networks.

The paper writes all of them with C and N of Theorem 6. So they are false (the network 1-1-1-1-1 with weights
1, 1/2, 1/2, 1 refutes (14) at k = 3); with constants over the right layers they are true:

=============== ====================================== =========================================
constants       C, the largest |weight| of             N, the largest of
=============== ====================================== =========================================
``transcribed`` W_2, ..., W_{L-1}                      N_1, ..., N_{L-1}
``corrected``   W_{k+1}, ..., W_L in (14) and (15),    N_k, ..., N_L in (14) and (15),
                W_1, ..., W_L in (16)                  N_0, ..., N_L in (16)
=============== ====================================== =========================================

The second question is the slope at a kink: with slope 1, as (13) says, two points of one half-open cell may
have different Jacobians and (15) is false; with diag(theta) it is true. All norms are Euclidean, and all
sides are compared by their squares, which are rational.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from exactrelu.analysis.gradients import Kink, Slopes, gradient_chain, slopes_at
from exactrelu.errors import ConfigurationError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import rational
from exactrelu.polyhedra.matrix_norms import Norm, vector_norm

LossGradient = Callable[[Point], Sequence[Any]]
"""The gradient of the loss with respect to the output y_L, exact."""


class Constants(StrEnum):
    """Which C and N a bound uses: as the text transcribes them, or over the layers that it needs."""

    TRANSCRIBED = "transcribed"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Inequality:
    """left <= right between two numbers >= 0, kept by their squares."""

    name: str
    left_squared: Fraction
    right_squared: Fraction

    @property
    def holds(self) -> bool:
        """Whether left <= right."""
        return self.left_squared <= self.right_squared

    @property
    def is_attained(self) -> bool:
        """Whether left = right."""
        return self.left_squared == self.right_squared


def constants_of(network: Network, first: int, constants: Constants | str) -> tuple[Fraction, int]:
    """Return (C, N); with ``corrected`` constants C is over W_{first+1}..W_L, N over N_first..N_L.

    Raises
    ------
    NetworkError
        For ``transcribed`` constants if L <= 2: then no weights lie between W_1 and W_L.

    Examples
    --------
    >>> net = Network.from_rationals([([["1"]], None), ([["1/2"]], None), ([["1/2"]], None), ([["1"]], None)])
    >>> [tuple(map(str, constants_of(net, 3, which))) for which in Constants]
    [('1/2', '1'), ('1', '1')]
    """
    if Constants(constants) is Constants.TRANSCRIBED:
        if network.depth <= 2:
            raise NetworkError(f"transcribed constants: expected L >= 3 layers, got {network.depth}")
        layers, widths = network.layers[1:-1], network.hidden_widths
    else:
        layers, widths = network.layers[first:], network.widths[first:]
    return max(abs(w) for layer in layers for row in layer.weight for w in row), max(widths)


def gradient_bound(
    network: Network,
    slopes: Slopes,
    layer: int,
    output_gradient: Sequence[Any],
    constants: Constants | str = Constants.CORRECTED,
) -> Inequality:
    """Return (14): |dL/dy_k| <= (N C)^(L-k) |dL/dy_L| for k = ``layer``, from 0 (the input) to L - 1.

    For k = 0, which the paper does not state, the exponent is L as well.

    Examples
    --------
    >>> net = Network.from_rationals([([["1"]], None), ([["1/2"]], None), ([["1/2"]], None), ([["1"]], None)])
    >>> active = slopes_at(net, (1,))
    >>> [gradient_bound(net, active, 3, (1,), which).holds for which in Constants]
    [False, True]
    """
    _check_layer(network, layer)
    gradient = point_of(output_gradient, network.outputs, "gradient")
    found = gradient_chain(network, slopes, gradient)[layer]
    factor = _factor(network, layer, network.depth - layer, constants)
    return Inequality("(14)", vector_norm(found, Norm.TWO), factor**2 * vector_norm(gradient, Norm.TWO))


@dataclass(frozen=True)
class PointPair:
    """Two points of one half-open cell, and a loss whose gradient is ``beta``-Lipschitz between them.

    Raises
    ------
    ConfigurationError
        If the points have different configurations.
    """

    network: Network
    one: Point
    two: Point
    loss_gradient: LossGradient
    beta: Fraction

    @classmethod
    def of(
        cls, network: Network, one: Sequence[Any], two: Sequence[Any], loss_gradient: LossGradient, beta: Any
    ) -> PointPair:
        """Return the pair; points and beta are exact rationals."""
        points = [point_of(x, network.inputs) for x in (one, two)]
        return cls(network, points[0], points[1], loss_gradient, rational(beta))

    def __post_init__(self) -> None:
        thetas = [self.network.configuration(x) for x in (self.one, self.two)]
        if thetas[0] != thetas[1]:
            raise ConfigurationError(f"points: expected one configuration, got {thetas[0]} and {thetas[1]}")

    def smooth_loss(self) -> Inequality:
        """Return the hypothesis |dL/dy_L - dL/dy_L'| <= beta |y_L - y_L'|."""
        outputs = _distance_squared(*map(self.network, (self.one, self.two)))
        return Inequality("beta", self._gradients_apart, self.beta**2 * outputs)

    def bound_15(
        self, layer: int, constants: Constants | str = Constants.CORRECTED, kink: Kink | str = Kink.ZERO
    ) -> tuple[Inequality, Inequality]:
        """Return (15), both steps, for k = ``layer``.

        |dL/dy_k - dL/dy_k'| is at most (N C)^(L-k) |dL/dy_L - dL/dy_L'|, and at most
        beta (N C)^(L-k) |y_L - y_L'| if `smooth_loss` holds.
        """
        square = _factor(self.network, layer, self.network.depth - layer, constants) ** 2
        left = self._difference_squared(layer, kink)
        return (
            Inequality("(15)", left, square * self._gradients_apart),
            Inequality("(15), beta", left, square * self.smooth_loss().right_squared),
        )

    def bound_16(
        self, layer: int, constants: Constants | str = Constants.CORRECTED, kink: Kink | str = Kink.ZERO
    ) -> Inequality:
        """Return (16): |dL/dy_k - dL/dy_k'| <= beta (N C)^(2L-k) |x - x'|; k = 0 is dL/dx.

        It needs `smooth_loss`.
        """
        factor = _factor(self.network, layer, 2 * self.network.depth - layer, constants, first=0)
        right = (self.beta * factor) ** 2 * _distance_squared(self.one, self.two)
        return Inequality("(16)", self._difference_squared(layer, kink), right)

    def output_difference(self, constants: Constants | str = Constants.CORRECTED) -> Inequality:
        """Return |y_L - y_L'| beside |M (x - x')|, which the step from (15) to (16) takes to be equal.

        As transcribed M is the affine map M_L^theta, and they differ in general; corrected, it is its
        linear part, and they are equal (``is_attained``).
        """
        affine_map = affine_maps(self.network, self.network.configuration(self.one))[-1]
        if Constants(constants) is Constants.CORRECTED:
            affine_map = AffineMap.from_rationals(affine_map.weight)
        difference = tuple(a - b for a, b in zip(self.one, self.two, strict=True))
        left = _distance_squared(*map(self.network, (self.one, self.two)))
        return Inequality("|y - y'| = |M(x - x')|", left, vector_norm(affine_map(difference), Norm.TWO))

    @property
    def _gradients_apart(self) -> Fraction:
        return _distance_squared(*(self._output_gradient(x) for x in (self.one, self.two)))

    def _output_gradient(self, x: Point) -> Point:
        return point_of(self.loss_gradient(self.network(x)), self.network.outputs, "gradient")

    def _difference_squared(self, layer: int, kink: Kink | str) -> Fraction:
        _check_layer(self.network, layer)
        return _distance_squared(
            *(
                gradient_chain(self.network, slopes_at(self.network, x, kink), self._output_gradient(x))[
                    layer
                ]
                for x in (self.one, self.two)
            )
        )


def _factor(
    network: Network, layer: int, exponent: int, constants: Constants | str, first: int | None = None
) -> Fraction:
    """Return (N C)^exponent."""
    c, n = constants_of(network, layer if first is None else first, constants)
    return Fraction((n * c) ** exponent)


def _check_layer(network: Network, layer: int) -> None:
    if not 0 <= layer < network.depth:
        raise NetworkError(f"layer: expected 0 to {network.depth - 1}, got {layer}")


def _distance_squared(one: Sequence[Fraction], two: Sequence[Fraction]) -> Fraction:
    return vector_norm([a - b for a, b in zip(one, two, strict=True)], Norm.TWO)
