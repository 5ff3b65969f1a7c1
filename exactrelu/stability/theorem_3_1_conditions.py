"""The hypotheses of Theorem 3.1, each decided, with the neurons at which it fails."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NetworkError
from exactrelu.shallow.directions import Pair, opposite_directions, same_direction
from exactrelu.shallow.parametrization import Neuron, Parametrization


@dataclass(frozen=True)
class SmallNeurons:
    """Condition C.1: neurons with ||c_i a_i||_inf <= 2 delta have |c_i|, ||a_i||_inf <= beta.

    Attributes
    ----------
    least_beta
        The smallest beta with which it holds; 0 if there is no such neuron.
    neuron
        A neuron that needs it, None if there is none.
    beta
        The beta that was asked for.
    """

    least_beta: Fraction
    neuron: int | None
    beta: Fraction

    @property
    def holds(self) -> bool:
        """Whether the condition holds with ``beta``."""
        return self.beta >= self.least_beta


@dataclass(frozen=True)
class Conditions:
    """The conditions of Theorem 3.1 for Gamma and one Theta; a pair of neurons is a witness that one fails.

    Attributes
    ----------
    c1
        C.1, with the smallest beta.
    c2
        C.2: two neurons of Gamma whose weight vectors have one direction; None: it holds.
    c3a_gamma, c3a_theta
        C.3a: two neurons of Gamma, or of Theta, with opposite directions; None: it holds.
    c3b
        C.3b: a neuron of Gamma and one of Theta with opposite directions; None: it holds.
    """

    c1: SmallNeurons
    c2: Pair | None
    c3a_gamma: Pair | None
    c3a_theta: Pair | None
    c3b: Pair | None

    @property
    def c3(self) -> bool:
        """Whether C.3 holds with the given Theta."""
        return self.c3a_gamma is None and self.c3a_theta is None and self.c3b is None


def conditions_of(
    gamma: Parametrization, theta: Parametrization, delta: Fraction, beta: Fraction | None = None
) -> Conditions:
    """Return the conditions of Theorem 3.1, for ``beta`` or, if it is left out, for the smallest beta.

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> 1 without biases, Gamma rational. Scales of Theta do not matter.
    delta
        |R(theta) - R(gamma)|_{W^{1,inf}}.
    beta
        A rational >= 0.

    Raises
    ------
    NetworkError
        If the theorem does not speak of such parametrizations.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Theorem 3.1; neurons with c_i = 0 but a_i != 0 count in
    C.2 and C.3.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[3, 0], [0, 1]], [[0], [1]])
    >>> theta = Parametrization.from_rationals([[-1, 0]], [["1/8"]])
    >>> found = conditions_of(gamma, theta, Fraction(1, 8))
    >>> found.c1.least_beta, found.c1.neuron, found.c2, found.c3a_gamma, found.c3b
    (Fraction(3, 1), 0, None, None, (0, 0))
    """
    require_scalar_and_unbiased(gamma, theta)
    least, neuron = Fraction(0), None
    for i, candidate in enumerate(gamma.neurons):
        size = max(weight_size(candidate), coefficient_size(candidate))
        if product_size(candidate) <= 2 * delta and size > least:
            least, neuron = size, i
    return Conditions(
        SmallNeurons(least, neuron, least if beta is None else beta),
        same_direction(gamma),
        opposite_directions(gamma),
        opposite_directions(theta),
        opposite_directions(gamma, theta),
    )


def require_scalar_and_unbiased(gamma: Parametrization, theta: Parametrization) -> None:
    """Raise `NetworkError` unless Theorem 3.1 speaks of the two parametrizations."""
    if gamma.inputs != theta.inputs:
        raise NetworkError(
            f"Theorem 3.1: expected Theta with {gamma.inputs} inputs, as Gamma has, got {theta.inputs}"
        )
    for name, shallow in (("Gamma", gamma), ("Theta", theta)):
        if shallow.outputs != 1:
            raise NetworkError(f"Theorem 3.1: {name}: expected one output (D = 1), got {shallow.outputs}")
        if shallow.has_biases:
            raise NetworkError(f"Theorem 3.1: {name}: expected no biases, got some")
    if not gamma.is_rational:
        raise NetworkError("Theorem 3.1: Gamma: expected rational parameters, got square or fourth roots")


def weight_size(neuron: Neuron) -> Fraction:
    """Return ||a||_inf."""
    return max(map(abs, neuron.weight))


def coefficient_size(neuron: Neuron) -> Fraction:
    """Return ||c||_inf."""
    return max(map(abs, neuron.coefficient))


def product_size(neuron: Neuron) -> Fraction:
    """Return ||c (x) a||_inf, which rescaling does not change."""
    return weight_size(neuron) * coefficient_size(neuron)
