"""JSON values of what is known about shallow networks: canonical forms, steps, radicals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu.documents.network import matrix_texts, vector_texts
from exactrelu.documents.parametrization import parametrization_digest, parametrization_document
from exactrelu.numbers.rationals import format_integer, format_rational
from exactrelu.shallow.canonical_forms import CanonicalForm
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.radicals import RadicalSum
from exactrelu.shallow.step_results import StepResult


def form_document(form: CanonicalForm) -> dict[str, Any]:
    """Return the canonical form: f(x) = 1/2 sum jump |normal . x + offset| + linear x + constant."""
    return {
        "realization": form.digest,
        "inputs": form.inputs,
        "outputs": form.outputs,
        "kinks": [
            {
                "normal": vector_texts(functional[:-1]),
                "offset": format_rational(functional[-1]),
                "jump": vector_texts(jump),
            }
            for functional, jump in form.kinks
        ],
        "linear": matrix_texts(form.linear),
        "constant": vector_texts(form.constant),
    }


def steps_document(shallow: Parametrization, results: Sequence[StepResult]) -> dict[str, Any]:
    """Return the steps that were applied to a parametrization, and the last network."""
    return {
        "format": "exactrelu-reparametrize",
        "version": 1,
        "network": parametrization_digest(shallow),
        "steps": [_step(result) for result in results],
        "result": parametrization_document(results[-1].after),
    }


def _step(result: StepResult) -> dict[str, Any]:
    """Return a step: its name, its account, the proof (two equal canonical forms) and the new network."""
    return {
        "step": result.name,
        "changed": result.changed,
        "account": list(result.account),
        "proof": {
            "before": form_document(result.form_before),
            "after": form_document(result.form_after),
            "equal": result.form_before == result.form_after,
            "on_slice": result.on_slice,
        },
        "hash": parametrization_digest(result.after),
        "network": parametrization_document(result.after),
    }


def radical_document(number: RadicalSum) -> dict[str, Any]:
    """Return a sum of fourth roots: the value is the sum of factor * radicand^(1/4) over the terms."""
    terms = [{"factor": format_rational(q), "radicand": format_integer(n)} for q, n in number.terms()]
    return {"terms": terms, "decimal": number.decimal(12)}
