"""Families (Gamma_k, g_k) on which inverse stability fails: what a check of one looks at.

For all k at once (`functions_of_k`): the distance of the realizations, and a lower bound for the distance of
Gamma_k to the fibre of g_k. For k = 1, ..., 50: both again by the exact functions of the library and
`fibre_bounds`, and which conditions of Theorem 3.1 (our reconstruction) fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, gradient_distance
from exactrelu.claims import Finding
from exactrelu.stability.another_theta import Existence, some_theta
from exactrelu.stability.theorem_3_1_conditions import conditions_of

from .fibre_bounds import line_bound, ray_bound
from .functions_of_k import Shallow, form_of, is_never_negative, is_zero, seminorm_failures, size, variable
from .parametrization_texts import as_network, written_parametrization
from .verdicts import by_analysis

KS = range(1, 51)
SHOWN = (1, 2, 10)
CONDITIONS_FROM = 3
"""For smaller k the difference of the realizations is as large as the neurons themselves."""


@dataclass(frozen=True)
class Family:
    """A family, with what is claimed of it.

    Attributes
    ----------
    gamma, theta
        Rows and coefficients of Gamma_k, and of one parametrization of g_k.
    delta, bound
        The claimed |g_k - R(Gamma_k)|_{W^{1,inf}}, and the claimed lower bound for ||Phi - Gamma_k||_inf.
    fails
        The conditions of Theorem 3.1 that fail, with beta = (2 delta)^(1/2), the beta of a balanced Gamma.
    same_width
        Whether the bound comes from the rays of a Theta of Gamma's width (fact 2 of `fibre_bounds`).
    exact
        How Gamma_k and Theta_k are made for a rational k; left out, from ``gamma`` and ``theta``.
    """

    gamma: Callable[[Any], Shallow]
    theta: Callable[[Any], Shallow]
    delta: Callable[[Any], Any]
    bound: Callable[[Any], Any]
    fails: tuple[str, ...]
    same_width: bool = False
    exact: Callable[[Fraction], tuple[Parametrization, Parametrization]] | None = None

    def pair(self, k: int) -> tuple[Parametrization, Parametrization]:
        """Return Gamma_k and Theta_k."""
        if self.exact is not None:
            return self.exact(Fraction(k))
        gamma, theta = (of_lists(shallow(Fraction(k))) for shallow in (self.gamma, self.theta))
        return gamma, theta


def of_lists(shallow: Shallow) -> Parametrization:
    """Return the parametrization with these rows and coefficients."""
    rows, coefficients = shallow
    return Parametrization.from_rationals(rows, [[c] for c in coefficients])


def family_finding(family: Family, ks: Sequence[int] = KS, *evidence: str) -> Finding:
    """Return ``proved`` if the claims on the family hold, for all k and again for each of ``ks``."""
    failures = [*all_k_failures(family), *(text for k in ks for text in failures_for(family, k))]
    if not ks:
        failures.append("no k was given")
    lines = [line for k in SHOWN if k in ks for line in _shown(family, k)]
    finding = by_analysis(
        "all integers k >= 1 (inequalities by the signs of coefficients in n, k = 1 + n), and computed again "
        f"from the parameters for {len(ks)} values of k",
        failures,
        *evidence,
        *lines,
        f"conditions of Theorem 3.1 that fail for k >= {CONDITIONS_FROM}: {', '.join(family.fails)}",
        cases=[(k, family.delta(Fraction(k)), family.bound(Fraction(k))) for k in ks],
    )
    return replace(finding, networks=tuple(map(as_network, family.pair(2))))


def all_k_failures(family: Family) -> list[str]:
    """Say what is not proved for all k >= 1."""
    k = variable()
    gamma, theta = family.gamma(k), family.theta(k)
    failures = seminorm_failures(form_of(theta) - form_of(gamma), family.delta(k))
    shown = _rays_are_far(gamma, theta, family.bound(k)) if family.same_width else _line_is_far(family, k)
    return failures if shown else [*failures, "all k: the lower bound over the fibre is not shown"]


def failures_for(family: Family, k: int) -> list[str]:
    """Say what does not hold for one k, computed from the parameters."""
    gamma, theta = family.pair(k)
    delta = gradient_distance(theta, gamma).value
    far = ray_bound(gamma, theta) if family.same_width else line_bound(gamma, theta)
    failures = []
    if delta != family.delta(Fraction(k)):
        failures.append(f"k = {k}: |g - R(Gamma)| = {delta}, not {family.delta(Fraction(k))}")
    if far < family.bound(Fraction(k)):
        failures.append(f"k = {k}: over the fibre the bound is {far}, less than {family.bound(Fraction(k))}")
    failing = failing_conditions(gamma, theta, delta)
    if k >= CONDITIONS_FROM and failing != family.fails:
        failures.append(f"k = {k}: the conditions that fail are {failing}, not {family.fails}")
    return failures


def failing_conditions(gamma: Parametrization, theta: Parametrization, delta: Fraction) -> tuple[str, ...]:
    """Return the conditions of Theorem 3.1 that fail: C.1 with beta^2 = 2 delta, C.3 for every Theta."""
    from exactrelu.stability.theorem_3_3 import padded

    unscaled = Parametrization.of_network(gamma.network())
    width = max(gamma.width, theta.width)
    found = conditions_of(padded(unscaled, width), padded(theta, width), delta)
    irrational = not gamma.is_rational  # then C.1 is decided by the balance of Gamma, which its file shows
    failing = {
        "C.1": not irrational and found.c1.least_beta**2 > 2 * delta,
        "C.2": found.c2 is not None,
        "C.3a": found.c3a_gamma is not None or found.c3a_theta is not None,
        "C.3b": found.c3b is not None,
    }
    names = tuple(name for name, fails in failing.items() if fails)
    exists = some_theta(padded(unscaled, width), padded(theta, width)).verdict is Existence.HOLDS
    return tuple(name for name in names if not (exists and name.startswith("C.3")))


def _line_is_far(family: Family, k: Any) -> bool:
    """Show that the rows of Gamma_k are far from the line of a normal h of g_k, for all k.

    Where h_j = 0 the distance of a row a to the line is at least |a_j|. If neither rows nor normals depend on
    k, one k is enough.
    """
    rows, bound = family.gamma(k)[0], family.bound(k)
    normals = form_of(family.theta(k)).kinks
    if not any(_names_k(entry) for line in (*rows, *normals, (bound,)) for entry in line):
        return bool(line_bound(*family.pair(1)) >= bound)
    return any(
        all(
            any(is_zero(h) and is_never_negative(size(a) - bound) for a, h in zip(row, normal, strict=True))
            for row in rows
        )
        for normal in normals
    )


def _rays_are_far(gamma: Shallow, theta: Shallow, bound: Any) -> bool:
    """Show that the first row a of Gamma_k is far from the ray of each row p of Theta_k, for all k.

    Where a_j p_j <= 0 the distance of a to the ray is at least |a_j|. Theta_k has its own hyperplane for each
    neuron, c_i != 0, and no subset sum of c_i (x) a_i vanishes, so there is no other ray in the fibre.
    """
    from itertools import combinations

    rows, coefficients = theta
    products = [[c * a for a in row] for row, c in zip(rows, coefficients, strict=True)]
    subsets = (chosen for r in range(1, len(rows) + 1) for chosen in combinations(products, r))
    if any(all(is_zero(sum(column)) for column in zip(*chosen, strict=True)) for chosen in subsets):
        return False
    if len(form_of(theta).kinks) != len(rows) or len(rows) != len(gamma[0]):
        return False
    first = gamma[0][0]
    return all(
        any(
            is_never_negative(-a * p) and is_never_negative(size(a) - bound)
            for a, p in zip(first, row, strict=True)
        )
        for row in rows
    )


def _names_k(entry: Any) -> bool:
    return bool(getattr(entry, "free_symbols", ()))


def _shown(family: Family, k: int) -> tuple[str, ...]:
    gamma, theta = family.pair(k)
    delta = gradient_distance(theta, gamma).value
    far = ray_bound(gamma, theta) if family.same_width else line_bound(gamma, theta)
    return (
        f"k = {k}: Gamma = {written_parametrization(gamma)}, g = R({written_parametrization(theta)})",
        f"k = {k}: |g - R(Gamma)|_W = {delta}; every Phi with R(Phi) = g has ||Phi - Gamma||_inf >= {far}",
    )
