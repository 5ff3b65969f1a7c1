"""Theorem 3.1: near Gamma there is a Phi that realizes g, decided and constructed for a pair."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.numbers.rationals import brief
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.subset_sums import MOST_SUMS
from exactrelu.stability.another_theta import SomeTheta, some_theta
from exactrelu.stability.gradient_difference import GradientDistance, gradient_distance
from exactrelu.stability.theorem_3_1_conditions import Conditions, conditions_of, require_scalar_and_unbiased
from exactrelu.stability.theorem_3_1_proof import ProofStep, proof_steps


@dataclass(frozen=True)
class Theorem31:
    """What Theorem 3.1 says about Gamma and g = R(Theta).

    Attributes
    ----------
    delta
        |g - R(Gamma)|_{W^{1,inf}}.
    conditions
        C.1, C.2, C.3 with the given Theta.
    some_theta
        C.3 with some Theta.
    steps
        The proof's steps from a Theta that satisfies C.3 to Phi; empty if a condition fails with every
        Theta that was found.
    phi, distance
        Phi, and ||Phi - Gamma||_inf; None if there are no steps.
    holds
        Whether distance <= beta + 2 delta^(1/2), decided by (distance - beta)^2 <= 4 delta; None without Phi.
    """

    delta: Fraction
    conditions: Conditions
    some_theta: SomeTheta
    steps: tuple[ProofStep, ...] = ()
    phi: Parametrization | None = None
    distance: Fraction | None = None
    holds: bool | None = None

    @property
    def beta(self) -> Fraction:
        """The beta of C.1."""
        return self.conditions.c1.beta


def theorem_31(
    gamma: Parametrization,
    theta: Parametrization,
    *,
    beta: Fraction | None = None,
    gradients: GradientDistance | None = None,
    search: Search | None = None,
    most_sums: int = MOST_SUMS,
) -> Theorem31:
    """Decide the conditions of Theorem 3.1 for Gamma and g = R(Theta), and construct Phi.

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> 1 without biases, of as many neurons each (see `padded`), Gamma rational.
    beta
        The beta of C.1, >= 0; left out, the smallest one with which C.1 holds.
    gradients
        The result of `gradient_distance(theta, gamma)`, if it is known already.
    search, most_sums
        Limits: seconds for delta, sums of subsets for another Theta.

    Raises
    ------
    NetworkError
        If the theorem does not speak of such parametrizations.
    ArgumentError
        If beta is negative.
    BudgetExhaustedError
        If the time is over before delta is known.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Theorem 3.1. Where C.3 fails with the given Theta and
    holds with another one, Phi comes from that one. For R(Theta) = R(Gamma) delta is 0.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [0, 1]], [[1], [1]])
    >>> theta = Parametrization.from_rationals([[2, 0], [0, 3]], [["1/2"], ["1/2"]])
    >>> found = theorem_31(gamma, theta)
    >>> found.delta, found.beta, [n.weight for n in found.phi.neurons], found.distance, found.holds
    (Fraction(1, 2), Fraction(1, 1), [(Fraction(1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1))], \
Fraction(1, 2), True)
    """
    require_scalar_and_unbiased(gamma, theta)
    if gamma.width != theta.width:
        raise NetworkError(
            f"Theorem 3.1: expected as many neurons in Theta as in Gamma, {gamma.width}, got {theta.width}"
        )
    if beta is not None and beta < 0:
        raise ArgumentError(f"beta: expected a number that is not negative, got {brief(beta)}")
    delta = (gradients or gradient_distance(theta, gamma, search=search)).value
    conditions = conditions_of(gamma, theta, delta, beta)
    existing = some_theta(gamma, theta, most_sums=most_sums)
    start = theta if conditions.c3 else existing.theta
    if start is None or conditions.c2 is not None or not conditions.c1.holds:
        return Theorem31(delta, conditions, existing)
    steps = proof_steps(gamma, start, delta)
    phi = steps[-1].theta
    distance = _rational_distance(phi, gamma)
    over = distance - conditions.c1.beta
    holds = over <= 0 or over * over <= 4 * delta
    return Theorem31(delta, conditions, existing, steps, phi, distance, holds)


def _rational_distance(one: Parametrization, two: Parametrization) -> Fraction:
    """Return ||one - two||_inf for rational parametrizations without biases."""
    pairs = zip(one.neurons, two.neurons, strict=True)
    gaps = (
        abs(x - y)
        for p, q in pairs
        for x, y in zip((*p.weight, *p.coefficient), (*q.weight, *q.coefficient), strict=True)
    )
    return max(gaps, default=Fraction(0))
