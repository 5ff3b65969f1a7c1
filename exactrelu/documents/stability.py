"""The JSON value of a stability report."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.documents.parametrization import parametrization_document
from exactrelu.documents.shallow import radical_document
from exactrelu.numbers.rationals import format_rational
from exactrelu.shallow.directions import Pair
from exactrelu.shallow.radicals import RadicalSum
from exactrelu.stability.gradient_difference import GradientDistance
from exactrelu.stability.inverse_stability import StabilityReport
from exactrelu.stability.lemma_a7 import LemmaA7Constant
from exactrelu.stability.norms import Real, SupDistance
from exactrelu.stability.restricted_space import Violation
from exactrelu.stability.theorem_3_1 import Theorem31
from exactrelu.stability.theorem_3_1_conditions import Conditions
from exactrelu.stability.theorem_3_3 import Theorem33


def stability_document(report: StabilityReport) -> dict[str, Any]:
    """Return the report without its header: everything exact, neurons from 0."""
    return {
        "zero_neurons_appended": {"gamma": report.padding[0], "theta": report.padding[1]},
        "delta": format_rational(report.delta),
        "attained": _cell(report.gradients),
        "parameter_distance": real_document(report.distance),
        "theorem_3_1": _theorem_31(report.theorem_31, report.why_not_31),
        "theorem_3_3": _theorem_33(report.theorem_33),
    }


def radii_document(radius: Fraction, radii: Sequence[Fraction]) -> dict[str, Any]:
    """Return the radii of Proposition 1.2 for s = 4 and s = 2 sqrt(2)."""
    constants = zip(("s_4", "s_2sqrt2"), map(format_rational, radii), strict=True)
    return {"realization_radius": {"radius": format_rational(radius), **dict(constants)}}


def sup_document(box: str, found: SupDistance) -> dict[str, Any]:
    """Return the sup norm of the difference on the box, and where it is attained."""
    value = {"box": box, "value": format_rational(found.value), "output": found.output}
    return {"sup_distance": value | {"point": vector_texts(found.point)}}


def lemma_a7_document(found: LemmaA7Constant) -> dict[str, Any]:
    """Return the constant of Lemma A.7 with an h that attains it."""
    return {
        "lemma_a7": {
            "gradient_constant": format_rational(found.gradient_constant),
            "constant": real_document(found.constant),
            "coefficients": vector_texts(found.coefficients),
            "point": vector_texts(found.point),
            "input": found.input,
        }
    }


def real_document(value: Real | None) -> Any:
    """Return a rational as text, a sum of radicals as its terms, None as null."""
    if value is None:
        return None
    return radical_document(value) if isinstance(value, RadicalSum) else format_rational(value)


def _cell(found: GradientDistance) -> dict[str, Any]:
    theta, gamma = found.gradients
    return {
        "point": vector_texts(found.point),
        "output": found.output,
        "input": found.input,
        "gradient_gamma": matrix_texts(gamma),
        "gradient_theta": matrix_texts(theta),
        "configuration_gamma": str(found.configurations[1]),
        "configuration_theta": str(found.configurations[0]),
        "differing_hyperplanes": found.hyperplanes,
    }


def _theorem_31(found: Theorem31 | None, reason: str) -> dict[str, Any]:
    keys = ("conditions", "beta", "distance", "holds", "phi", "phi_from", "steps")
    if found is None:
        return {"applies": False, "reason": reason, **dict.fromkeys(keys)}
    phi = None if found.phi is None else parametrization_document(found.phi)
    return {
        "applies": found.phi is not None,
        "conditions": _conditions(found.conditions) | _some_theta(found),
        "beta": format_rational(found.beta),
        "distance": real_document(found.distance),
        "holds": found.holds,
        "phi": phi,
        "phi_from": found.phi and ("theta" if found.conditions.c3 else "another theta"),
        "steps": [step.account for step in found.steps],
    }


def _conditions(found: Conditions) -> dict[str, Any]:
    return {
        "C.1": {
            "holds": found.c1.holds,
            "least_beta": format_rational(found.c1.least_beta),
            "neuron": found.c1.neuron,
        },
        "C.2": _pair(found.c2),
        "C.3a": {
            "holds": found.c3a_gamma is None and found.c3a_theta is None,
            "gamma": found.c3a_gamma,
            "theta": found.c3a_theta,
        },
        "C.3b": _pair(found.c3b),
    }


def _pair(pair: Pair | None) -> dict[str, Any]:
    return {"holds": pair is None, "neurons": pair}


def _some_theta(found: Theorem31) -> dict[str, Any]:
    some = found.some_theta
    theta = None if some.theta is None else parametrization_document(some.theta)
    return {
        "C.3": {
            "given_theta": found.conditions.c3,
            "some_theta": str(some.verdict),
            "reason": some.reason,
            "theta": theta,
        }
    }


def _theorem_33(found: Theorem33) -> dict[str, Any]:
    best = found.assignment
    return {
        "applies": found.applies,
        "violations": {
            name: [_violation(violation) for violation in violations]
            for name, violations in zip(("gamma", "theta"), found.violations, strict=True)
        },
        "distance": real_document(found.distance),
        "permutation": best and list(best.permutation),
        "obstruction": best and {"gamma": list(best.rows), "theta": list(best.columns)},
        "holds_4": found.holds_4,
        "holds_2sqrt2": found.holds_2sqrt2,
    }


def _violation(violation: Violation) -> dict[str, Any]:
    return {"clause": str(violation.clause), "neurons": list(violation.neurons)}
