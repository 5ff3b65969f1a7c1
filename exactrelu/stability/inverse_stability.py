"""Everything that inverse stability says about a pair: delta, Theorem 3.1, Theorem 3.3."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import NetworkError
from exactrelu.numbers.rationals import rational_at
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.subset_sums import MOST_SUMS
from exactrelu.stability.gradient_difference import GradientDistance, gradient_distance
from exactrelu.stability.norms import Real, parameter_distance
from exactrelu.stability.restricted_space import Positivity
from exactrelu.stability.theorem_3_1 import Theorem31, theorem_31
from exactrelu.stability.theorem_3_3 import Theorem33, padded, theorem_33


@dataclass(frozen=True)
class StabilityReport:
    """What is known of the pair (Gamma, Theta).

    Attributes
    ----------
    gamma, theta
        The two parametrizations, padded with zero neurons to one width.
    padding
        How many zero neurons were appended to each.
    gradients
        delta = |R(theta) - R(gamma)|_{W^{1,inf}} with a cell that attains it.
    distance
        ||theta - gamma||_inf, neurons compared as they stand.
    theorem_31, why_not_31
        Theorem 3.1; None, with the reason, where it does not speak of such parametrizations.
    theorem_33
        Theorem 3.3.
    """

    gamma: Parametrization
    theta: Parametrization
    padding: tuple[int, int]
    gradients: GradientDistance
    distance: Real
    theorem_31: Theorem31 | None
    why_not_31: str
    theorem_33: Theorem33

    @property
    def delta(self) -> Fraction:
        """|R(theta) - R(gamma)|_{W^{1,inf}}."""
        return self.gradients.value


def inverse_stability(
    gamma: Parametrization,
    theta: Parametrization,
    *,
    beta: Any = None,
    positivity: Positivity | str = Positivity.SUPPORT,
    search: Search | None = None,
    most_sums: int = MOST_SUMS,
) -> StabilityReport:
    """Return what Theorems 3.1 and 3.3 say about Gamma and g = R(Theta).

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> D. Where the widths differ the narrower one is padded with zero neurons.
    beta
        The beta of C.1, a rational >= 0; left out, the smallest one.
    positivity
        Of which neurons the last clause of Definition 3.2 speaks.
    search, most_sums
        Limits, as for `gradient_distance` and `theorem_31`.

    Raises
    ------
    NetworkError
        If the numbers of inputs or outputs differ.
    BudgetExhaustedError
        If a limit of the search is reached.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction. With biases both theorems do not apply, and delta is the
    semi-norm on R^d.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 1], [2, 1]], [[1], [2]])
    >>> theta = Parametrization.from_rationals([[2, 1]], [[2]])
    >>> report = inverse_stability(gamma, theta)
    >>> report.padding, report.delta, report.theorem_31.holds, report.theorem_33.distance
    ((0, 1), Fraction(1, 1), True, Fraction(1, 1))
    """
    if (gamma.inputs, gamma.outputs) != (theta.inputs, theta.outputs):
        raise NetworkError(
            f"Theta: expected {gamma.inputs} inputs and {gamma.outputs} outputs, as Gamma has, "
            f"got {theta.inputs} and {theta.outputs}"
        )
    width = max(gamma.width, theta.width)
    padding = width - gamma.width, width - theta.width
    gamma, theta = padded(gamma, width), padded(theta, width)
    exact_beta = None if beta is None else rational_at("beta", beta)
    search = started(search)
    gradients = gradient_distance(theta, gamma, search=search)
    third = theorem_33(gamma, theta, positivity=positivity, gradients=gradients, search=search)
    first, reason = None, ""
    try:
        first = theorem_31(
            gamma, theta, beta=exact_beta, gradients=gradients, search=search, most_sums=most_sums
        )
    except NetworkError as error:
        reason = str(error)
    distance = parameter_distance(theta, gamma)
    return StabilityReport(gamma, theta, padding, gradients, distance, first, reason, third)
