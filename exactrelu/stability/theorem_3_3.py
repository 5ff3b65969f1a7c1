"""Theorem 3.3: inverse stability on the restricted space, decided for a pair of parametrizations.

For Gamma and Theta in the restricted space of Definition 3.2 the theorem, in our reconstruction, gives a Phi
in that space with R(Phi) = R(Theta) and ||Phi - Gamma||_inf <= 4 delta^(1/2), delta = |R(Theta) -
R(Gamma)|_{W^{1,inf}}. The constant 2 sqrt(2) suffices, and no smaller one does.

All such Phi are permutations of Theta: no two of its weight vectors are parallel, since directions are
distinct and no direction is the opposite of another one (a positive coordinate), so the kinks of R(Theta)
fix every product c_i (x) a_i and every hyperplane, the positive coordinate fixes the side, and balancedness
the lengths. So the distance to the nearest Phi is the value of a bottleneck assignment.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import NetworkError
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.stability.bottleneck import BottleneckAssignment
from exactrelu.stability.gradient_difference import GradientDistance, gradient_distance
from exactrelu.stability.nearest_permutation import nearest_permutation
from exactrelu.stability.norms import Real
from exactrelu.stability.restricted_space import Positivity, Violation, restricted_space_violations


@dataclass(frozen=True)
class Theorem33:
    """What Theorem 3.3 says about a pair.

    Attributes
    ----------
    violations
        The clauses of Definition 3.2 that fail, for Gamma and for Theta; if any does, the theorem does not
        apply and the rest is None.
    distance
        The least ||Phi - Gamma||_inf over the Phi of the restricted space with R(Phi) = R(Theta).
    assignment
        The permutation: neuron i of the nearest Phi is neuron permutation[i] of Theta; and the proof that
        no permutation is better.
    phi
        The nearest Phi.
    holds_4, holds_2sqrt2
        Whether distance <= 4 delta^(1/2), and distance <= 2 sqrt(2) delta^(1/2), decided by squares.
    """

    delta: Fraction
    violations: tuple[tuple[Violation, ...], tuple[Violation, ...]]
    distance: Real | None = None
    assignment: BottleneckAssignment | None = None
    phi: Parametrization | None = None
    holds_4: bool | None = None
    holds_2sqrt2: bool | None = None

    @property
    def applies(self) -> bool:
        """Whether Gamma and Theta lie in the restricted space."""
        return not any(self.violations)


def theorem_33(
    gamma: Parametrization,
    theta: Parametrization,
    *,
    positivity: Positivity | str = Positivity.SUPPORT,
    gradients: GradientDistance | None = None,
    search: Search | None = None,
) -> Theorem33:
    """Decide Theorem 3.3 for Gamma and g = R(Theta), with the nearest Phi.

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> D with as many neurons each (see `padded`), rational or balanced by radicals.
    positivity
        Of which neurons the last clause of Definition 3.2 speaks.
    gradients
        The result of `gradient_distance(theta, gamma)`, if it is known already.
    search
        Only its seconds count.

    Raises
    ------
    NetworkError
        If the shapes differ.
    BudgetExhaustedError
        If a limit of the search is reached.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Theorem 3.3; the constant 2 sqrt(2) is derived here.
    For Gamma = Theta both sides are 0 and the inequalities hold.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 1], [2, 1]], [[1], [2]])
    >>> theta = Parametrization.from_rationals([[2, 1], [3, 3]], [[2], [-3]])
    >>> found = theorem_33(gamma, theta)
    >>> found.delta, found.distance, found.assignment.permutation, found.holds_4, found.holds_2sqrt2
    (Fraction(10, 1), Fraction(4, 1), (1, 0), True, True)
    """
    if gamma.width != theta.width:
        raise NetworkError(
            f"Theorem 3.3: expected as many neurons in Theta as in Gamma, {gamma.width}, got {theta.width}"
        )
    search = started(search)
    delta = (gradients or gradient_distance(theta, gamma, search=search)).value
    first, second = (restricted_space_violations(p, positivity) for p in (gamma, theta))
    if first or second:
        return Theorem33(delta, (first, second))
    best = nearest_permutation(gamma, theta, search.check_time)
    distance: Real = Fraction(0) if best.value is None else best.value
    phi = Parametrization(
        theta.inputs, theta.outputs, tuple(theta.neurons[j] for j in best.permutation), theta.output_bias
    )
    square = distance * distance
    return Theorem33(
        delta, (first, second), distance, best, phi, bool(square <= 16 * delta), bool(square <= 8 * delta)
    )


def padded(shallow: Parametrization, width: int) -> Parametrization:
    """Return the parametrization with zero neurons appended until there are ``width`` (or as it is).

    Examples
    --------
    >>> padded(Parametrization.from_rationals([[1]], [[2]]), 3).width
    3
    """
    zero = Neuron((Fraction(0),) * shallow.inputs, (Fraction(0),) * shallow.outputs)
    neurons = (*shallow.neurons, *(zero,) * (width - shallow.width))
    return Parametrization(shallow.inputs, shallow.outputs, neurons, shallow.output_bias)
