"""Certificates about networks with one hidden layer: canonical forms, reparametrizations, Theorem 3.1."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.certificates.document import certificate_file, network_value
from exactrelu.documents.network import vector_texts
from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import format_rational
from exactrelu.shallow.canonical_forms import CanonicalForm
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_results import StepResult
from exactrelu.stability.gradient_difference import GradientDistance
from exactrelu.stability.theorem_3_1 import Theorem31


def certify_canonical_form(path: str | Path, shallow: Parametrization, form: CanonicalForm) -> None:
    """Write the certificate of the canonical form of a realization on R^d.

    Scales are left out: they change the parameters, not the function.
    """
    rows = zip(form.linear, form.constant, strict=True)
    claim = {
        "kind": "canonical",
        "kinks": [
            {"row": vector_texts(kink.functional), "jump": vector_texts(kink.jump)} for kink in form.kinks
        ],
        "rest": [vector_texts((*row, constant)) for row, constant in rows],
    }
    _write(path, claim, [network_value(shallow.network())])


def certify_reparametrization(path: str | Path, results: Sequence[StepResult]) -> None:
    """Write the certificate that each of a chain of steps leaves the realization as it was.

    Raises
    ------
    ArgumentError
        If there is no step.
    """
    if not results:
        raise ArgumentError("certificate: expected at least one step, got none")
    claim = {"kind": "reparametrization", "steps": [result.name for result in results]}
    chain = [results[0].before, *(result.after for result in results)]
    _write(path, claim, [_scaled_value(one) for one in chain])


def certify_theorem_31(
    path: str | Path,
    gamma: Parametrization,
    theta: Parametrization,
    theorem: Theorem31,
    gradients: GradientDistance,
) -> None:
    """Write the certificate that Phi realizes R(theta) within beta + 2 delta^(1/2) of Gamma.

    Raises
    ------
    ArgumentError
        If there is no Phi, because a condition of the theorem fails or none was found.
    """
    if theorem.phi is None or not theorem.holds:
        raise ArgumentError("certificate: expected a pair to which Theorem 3.1 applies, got one without Phi")
    claim = {
        "kind": "theorem-3.1",
        "delta": format_rational(theorem.delta),
        "beta": format_rational(theorem.beta),
        "distance": format_rational(theorem.distance or Fraction(0)),
        "point": vector_texts(gradients.point),
    }
    _write(path, claim, [network_value(one.network()) for one in (gamma, theta, theorem.phi)])


def _write(path: str | Path, claim: dict[str, Any], networks: Sequence[dict[str, Any]]) -> None:
    with certificate_file(path) as writer:
        writer.begin(claim, networks, None, None)
        writer.end()


def _scaled_value(shallow: Parametrization) -> dict[str, Any]:
    value = network_value(shallow.network())
    if shallow.is_rational:
        return value
    return value | {"scales": vector_texts([neuron.scale for neuron in shallow.neurons])}
