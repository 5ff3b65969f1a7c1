"""Shallow parametrizations as text and as networks, for evidence."""

from __future__ import annotations

from exactrelu import Network, Neuron, Parametrization
from exactrelu.stability.norms import parameters

from .exact_networks import written


def written_parametrization(shallow: Parametrization) -> str:
    """Return ([a_1 | ... | a_m]^T, (c_1, ..., c_m)), with [c_1 | ... | c_m] for vectors."""
    parts = [_parts(neuron) for neuron in shallow.neurons]
    rows = " | ".join(row for row, _ in parts)
    if shallow.outputs == 1:
        return f"([{rows}]^T, ({', '.join(c[1:-1] for _, c in parts)}))"
    return f"([{rows}]^T, [{' | '.join(c for _, c in parts)}])"


def as_network(shallow: Parametrization) -> Network:
    """Return a network with this realization (and, where they are rational, these parameters)."""
    return shallow.network()


def _parts(neuron: Neuron) -> tuple[str, str]:
    entries = list(parameters(neuron))
    weight = [*entries[: len(neuron.weight)]]
    return written(weight), written(entries[len(neuron.weight) + 1 :])
