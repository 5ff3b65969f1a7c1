"""The package's formulas as second roads call them: what they give is on record, so that none can be swapped.

Only what the mathematics fixes is noted, not the points and orders that an algorithm chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import exactrelu

from .traces import note

if TYPE_CHECKING:
    from exactrelu import CanonicalForm, Parametrization
    from exactrelu.shallow.fibres import Fibre
    from exactrelu.stability.gradient_difference import GradientDistance
    from exactrelu.stability.norms import Real
    from exactrelu.stability.restricted_space import Violation
    from exactrelu.stability.theorem_3_3 import Theorem33


def canonical_form(shallow: Parametrization) -> CanonicalForm:
    """Return the canonical form on R^d."""
    form = exactrelu.canonical_form(shallow)
    note("canonical form", form.digest)
    return form


def gradient_distance(one: Parametrization, two: Parametrization) -> GradientDistance:
    """Return |R(one) - R(two)|_W and where it is attained."""
    found = exactrelu.gradient_distance(one, two)
    note("semi-norm", found.value)
    return found


def fibre_of(shallow: Parametrization) -> Fibre:
    """Return the fibre: flips, permutations, rescalings."""
    found = exactrelu.fibre_of(shallow)
    note("flips", found.flips)
    return found


def restricted_space_violations(
    shallow: Parametrization, positivity: str = "support"
) -> tuple[Violation, ...]:
    """Return the clauses of Definition 3.2 that fail."""
    found = exactrelu.restricted_space_violations(shallow, positivity)
    note("violations", [str(violation) for violation in found])
    return found


def parameter_distance(one: Parametrization, two: Parametrization) -> Real:
    """Return ||one - two||_inf."""
    found = exactrelu.parameter_distance(one, two)
    note("distance", str(found))
    return found


def theorem_33(gamma: Parametrization, theta: Parametrization) -> Theorem33:
    """Return the nearest permutation of Theta, and delta."""
    found = exactrelu.theorem_33(gamma, theta)
    note("Theorem 3.3", (str(found.distance), found.delta))
    return found
