"""JSON values of steps on networks of any depth, and of what they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exactrelu.documents.network import domain_document, network_document, vector_texts
from exactrelu.numbers.rationals import format_rational

if TYPE_CHECKING:
    from exactrelu.deep.compression import Compression
    from exactrelu.deep.deep_step import DeepStep
    from exactrelu.deep.facts import Fact
    from exactrelu.networks.network import Network
    from exactrelu.polyhedra.domain import Domain


def compression_document(compression: Compression) -> dict[str, Any]:
    """Return the widths before and after, the steps, and what was not decided."""
    return {
        "widths": {"before": list(compression.before.widths), "after": list(compression.after.widths)},
        "bits": {"before": sum(compression.before.bent_widths), "after": sum(compression.after.bent_widths)},
        "steps": [deep_step_document(step) for step in compression.steps],
        "undecided": list(compression.undecided),
        "reason": compression.reason,
        "hash": compression.after.digest,
        "result": network_document(compression.after),
    }


def deep_steps_document(network: Network, domain: Domain, steps: Sequence[DeepStep]) -> dict[str, Any]:
    """Return the steps that were applied to a network of any depth, and the last network."""
    return {
        "format": "exactrelu-reparametrize",
        "version": 1,
        "network": network.digest,
        "domain": domain_document(domain),
        "steps": [deep_step_document(step) for step in steps],
        "result": network_document(steps[-1].after),
    }


def deep_step_document(step: DeepStep) -> dict[str, Any]:
    """Return a step: its name, what it did, why the function is the same, and the widths after it."""
    return {
        "step": step.name,
        "layer": step.layer,
        "account": list(step.account),
        "evidence": step.evidence,
        "facts": [_fact(fact) for fact in step.facts],
        "widths": list(step.after.widths),
        "hash": step.after.digest,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """Return a fact: the neuron's value is row . (z, 1), z the layer before, plus those of others."""
    return {
        "layer": fact.layer,
        "neuron": fact.neuron,
        "row": vector_texts(fact.row),
        "others": [[j, format_rational(factor)] for j, factor in fact.others],
    }
