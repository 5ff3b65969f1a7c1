"""The canonical form of a shallow network's function, with its fewest neurons and its fibre."""

from __future__ import annotations

from typing import Any

from exactrelu.documents.network import domain_document
from exactrelu.documents.parametrization import parametrization_digest, parametrization_document
from exactrelu.documents.shallow import form_document
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.canonical_forms import CanonicalForm
from exactrelu.shallow.fewest_neurons import MinimalWidth
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.reduced_fibre import ReducedFibre


def canonical_document(shallow: Parametrization, domain: Domain, form: CanonicalForm) -> dict[str, Any]:
    """Return the canonical form on a domain."""
    return {
        "format": "exactrelu-canonical",
        "version": 1,
        "network": parametrization_digest(shallow),
        "domain": domain_document(domain),
        **form_document(form),
    }


def minimal_document(minimal: MinimalWidth) -> dict[str, Any]:
    """Return the fewest neurons, null if only bounds are known, and a network with the upper bound."""
    return {
        "hyperplanes": minimal.hyperplanes,
        "neurons": minimal.value,
        "lower": minimal.lower,
        "upper": minimal.upper,
        "network": parametrization_document(minimal.parametrization),
    }


def fibre_document(fibre: ReducedFibre) -> dict[str, Any]:
    """Return the sets of neurons that can be flipped, or why they are unknown, and the steps before."""
    document: dict[str, Any] = {"flips": [list(chosen) for chosen in fibre.flips]}
    if fibre.unknown is not None:
        document = {"flips": None, "unknown": fibre.unknown}
    if fibre.steps:
        document["steps"] = [result.name for result in fibre.steps]
        document["network"] = parametrization_document(fibre.base)
    return document
