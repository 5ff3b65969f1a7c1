"""Parametrizations of networks with one hidden layer: lists of neurons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.errors import ExactReluError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import composed
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import format_rational, rational_at, rational_vector
from exactrelu.shallow.radicals import rational_fourth_root


@dataclass(frozen=True)
class Neuron:
    """The neuron x -> c relu(<a, x> + b), with parameters that are rational up to one radical.

    The parameters are (r^(1/4) a, r^(1/4) b, r^(-1/4) c) with r = ``scale``; the function does not
    depend on r. Rescaling, balancing in the norms inf (square roots) and 2 (fourth roots) keep this form.

    A neuron is normalised on construction, so that ``==`` and ``hash`` are equality of the parameters:
    the scale is 1 where all parameters are rational; elsewhere the first non-zero entry of (a, b), or of
    c if (a, b) = 0, is 1 or -1, which fixes r.

    Parameters
    ----------
    weight
        a, of length d >= 1.
    coefficient
        c, of length D >= 1.
    bias
        b.
    scale
        r > 0.

    Raises
    ------
    NetworkError
        If a vector is empty or the scale is not positive.
    InexactNumberError, NumberSyntaxError
        For what is no exact rational.

    Examples
    --------
    >>> Neuron((1, 2), (3,), scale=16) == Neuron((2, 4), ("3/2",))
    True
    >>> Neuron((3, 1), (1,), scale=4)  # doctest: +NORMALIZE_WHITESPACE
    Neuron(weight=(Fraction(1, 1), Fraction(1, 3)), coefficient=(Fraction(3, 1),),
           bias=Fraction(0, 1), scale=Fraction(324, 1))
    """

    weight: tuple[Fraction, ...]
    coefficient: tuple[Fraction, ...]
    bias: Fraction = Fraction(0)
    scale: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        for name in ("weight", "coefficient"):
            values = rational_vector(getattr(self, name))
            if not values:
                raise NetworkError(f"{name}: expected at least one entry, got none")
            object.__setattr__(self, name, values)
        object.__setattr__(self, "bias", rational_at("bias", self.bias))
        object.__setattr__(self, "scale", rational_at("scale", self.scale))
        if self.scale <= 0:
            raise NetworkError(f"scale: expected a positive number, got {format_rational(self.scale)}")
        if self.scale != 1:
            self._normalise()

    def _normalise(self) -> None:
        root = rational_fourth_root(self.scale)
        if root is not None:
            self._multiply_inner(root)
            object.__setattr__(self, "scale", Fraction(1))
            return
        inner = next((entry for entry in (*self.weight, self.bias) if entry), None)
        outer = next((entry for entry in self.coefficient if entry), None)
        if inner is None and outer is None:
            object.__setattr__(self, "scale", Fraction(1))
            return
        factor = 1 / abs(inner) if inner is not None else abs(outer or Fraction(1))
        self._multiply_inner(factor)
        object.__setattr__(self, "scale", self.scale / factor**4)

    def _multiply_inner(self, factor: Fraction) -> None:
        object.__setattr__(self, "weight", tuple(factor * entry for entry in self.weight))
        object.__setattr__(self, "bias", factor * self.bias)
        object.__setattr__(self, "coefficient", tuple(entry / factor for entry in self.coefficient))

    @property
    def functional(self) -> tuple[Fraction, ...]:
        """The row (a, b) of the pre-activation <a, x> + b, without the radical."""
        return (*self.weight, self.bias)

    @property
    def has_zero_coefficient(self) -> bool:
        """Whether c = 0."""
        return not any(self.coefficient)

    @property
    def is_constant(self) -> bool:
        """Whether a = 0, so that the neuron is the constant c max(b, 0)."""
        return not any(self.weight)

    @property
    def is_zero(self) -> bool:
        """Whether the neuron is the zero function: c = 0, or a = 0 and b <= 0."""
        return self.has_zero_coefficient or (self.is_constant and self.bias <= 0)

    def preactivation(self, x: Point) -> Fraction:
        """Return <a, x> + b, without the radical."""
        return sum((a * entry for a, entry in zip(self.weight, x, strict=True)), self.bias)

    def rescaled(self, factor: Fraction) -> Neuron:
        """Return the neuron with (a, b) times ``factor`` > 0 and c divided by it: the same function."""
        if factor <= 0:
            raise NetworkError(f"factor: expected a positive number, got {format_rational(factor)}")
        return Neuron(self.weight, self.coefficient, self.bias, self.scale * factor**4)


@dataclass(frozen=True)
class Parametrization:
    """Two layers over d inputs and D outputs: R(x) = sum_i c_i relu(<a_i, x> + b_i) + e.

    The order of the neurons counts, so that ``==`` is equality of parameters; for equality of the
    functions compare `exactrelu.canonical_form`. There may be no neuron at all.

    Parameters
    ----------
    inputs, outputs
        d >= 1 and D >= 1.
    neurons
        The m >= 0 hidden neurons.
    output_bias
        e, of length D.

    Raises
    ------
    NetworkError
        If a neuron or the output bias has another length; the message names it.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [-1, 0]], [[1], [1]])
    >>> gamma.width, gamma((-3, 5)), gamma.has_biases
    (2, (Fraction(3, 1),), False)
    """

    inputs: int
    outputs: int
    neurons: tuple[Neuron, ...]
    output_bias: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "neurons", tuple(self.neurons))
        object.__setattr__(self, "output_bias", rational_vector(self.output_bias))
        if self.inputs < 1 or self.outputs < 1:
            raise NetworkError(f"widths: expected at least 1, got {self.inputs} and {self.outputs}")
        if len(self.output_bias) != self.outputs:
            raise NetworkError(f"output bias: expected {self.outputs} entries, got {len(self.output_bias)}")
        for i, neuron in enumerate(self.neurons):
            if len(neuron.weight) != self.inputs:
                raise NetworkError(
                    f"neuron {i}: weight: expected {self.inputs} entries, got {len(neuron.weight)}"
                )
            if len(neuron.coefficient) != self.outputs:
                raise NetworkError(
                    f"neuron {i}: coefficient: expected {self.outputs} entries, got {len(neuron.coefficient)}"
                )

    @classmethod
    def of_network(cls, network: Network) -> Parametrization:
        """Return the parametrization that a network with L = 2 is.

        Hidden layers of linear neurons are composed away first.

        Raises
        ------
        NetworkError
            If the network has another number of layers, or other neurons than ReLU.
        """
        network = composed(network)
        if network.depth != 2:
            raise NetworkError(f"shallow network: expected 2 affine maps (L = 2), got {network.depth}")
        network.require_relu("shallow network")
        first, last = network.layers
        columns = zip(*last.weight, strict=True)
        neurons = tuple(Neuron(a, c, b) for a, c, b in zip(first.weight, columns, first.bias, strict=True))
        return cls(network.inputs, network.outputs, neurons, last.bias)

    @classmethod
    def from_rationals(
        cls,
        weights: Sequence[Sequence[Any]],
        coefficients: Sequence[Sequence[Any]],
        biases: Sequence[Any] | None = None,
        output_bias: Sequence[Any] | None = None,
    ) -> Parametrization:
        """Return the parametrization with rows a_i, coefficient vectors c_i and biases (zero if left out).

        There must be at least one neuron, since its lengths are the widths.

        Raises
        ------
        NetworkError
            If there is no neuron, or the lists are not of one length; or as for the class.
        """
        offsets = [0] * len(weights) if biases is None else biases
        if not len(weights) == len(coefficients) == len(offsets) or not weights:
            raise NetworkError(
                "parametrization: expected as many coefficients and biases as weights, at least one, "
                f"got {len(weights)}, {len(coefficients)} and {len(offsets)}"
            )
        neurons = []
        for i, (a, c, b) in enumerate(zip(weights, coefficients, offsets, strict=True)):
            try:
                neurons.append(Neuron(tuple(a), tuple(c), b))
            except ExactReluError as error:
                raise type(error)(f"neuron {i}: {error}") from None
        outputs = len(coefficients[0])
        last = (0,) * outputs if output_bias is None else output_bias
        return cls(len(weights[0]), outputs, tuple(neurons), rational_vector(last))

    @property
    def width(self) -> int:
        """The number m of neurons."""
        return len(self.neurons)

    @property
    def is_rational(self) -> bool:
        """Whether every parameter is rational (all scales are 1)."""
        return all(neuron.scale == 1 for neuron in self.neurons)

    @property
    def has_biases(self) -> bool:
        """Whether some b_i or the output bias is not zero."""
        return any(self.output_bias) or any(neuron.bias for neuron in self.neurons)

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return R(x), exact, for a point with d rational coordinates."""
        point = point_of(x, self.inputs)
        result = list(self.output_bias)
        for neuron in self.neurons:
            value = neuron.preactivation(point)
            if value > 0:
                for k, entry in enumerate(neuron.coefficient):
                    result[k] += entry * value
        return tuple(result)

    def zero_neurons(self, number: int) -> tuple[Neuron, ...]:
        """Return so many neurons of zero parameters, of the shape of this parametrization's."""
        return (Neuron((Fraction(0),) * self.inputs, (Fraction(0),) * self.outputs),) * number

    def network(self) -> Network:
        """Return the network with this realization, its scales dropped (the function is the same).

        A parametrization without neurons gives a network with one neuron of zero weights, since a hidden
        layer of a network has at least one.
        """
        neurons = self.neurons or self.zero_neurons(1)
        first = AffineMap.from_rationals([n.weight for n in neurons], [n.bias for n in neurons])
        columns = list(zip(*(n.coefficient for n in neurons), strict=True))
        return Network((first, AffineMap.from_rationals(columns, self.output_bias)))
