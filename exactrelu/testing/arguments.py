"""What the assertions take: networks, domains, numbers and configurations as other projects have them.

A float is taken by its exact binary value: in a test that hands over what a float program has, this is what
is meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.audit.claim_numbers import Extended
from exactrelu.configuration import Configuration
from exactrelu.domain import Domain
from exactrelu.errors import InexactNumberError, NetworkError
from exactrelu.formats import load_network
from exactrelu.network import Network
from exactrelu.rationals import rational, rational_from_float

NetworkLike = Network | str | Path | tuple[Sequence[Any], Sequence[Any]] | Any
"""A network, the name of its file, (weights, biases), or a ``torch.nn.Sequential``."""

DomainLike = Domain | str | Path | Sequence[tuple[Any, Any]] | None
"""A domain, the name of its file, a list of pairs (lo, hi), or None for the whole space."""


def network_from(value: NetworkLike) -> Network:
    """Return the network.

    Raises
    ------
    NetworkError
        For anything else, and for arrays that do not form a network.
    """
    if isinstance(value, Network):
        return value
    if isinstance(value, str | Path):
        return load_network(value)
    if isinstance(value, tuple) and len(value) == 2:
        return _network_from_arrays(*value)
    if hasattr(value, "named_modules"):
        from exactrelu.formats.arrays import network_from_torch

        return network_from_torch(value)
    raise NetworkError(
        f"network: expected a Network, a file name or a pair (weights, biases), got {type(value).__name__}"
    )


def _network_from_arrays(weights: Sequence[Any], biases: Sequence[Any]) -> Network:
    import numpy as np

    from exactrelu.formats.arrays import network_from_arrays

    if len(weights) != len(biases):
        raise NetworkError(f"biases: expected {len(weights)}, one for each weight, got {len(biases)}")
    pairs = zip(weights, biases, strict=True)
    return network_from_arrays([(np.asarray(w), None if b is None else np.asarray(b)) for w, b in pairs])


def domain_from(value: DomainLike, dimension: int) -> Domain:
    """Return the domain.

    Raises
    ------
    DomainError
        If it is no domain of that dimension.
    """
    if value is None:
        return Domain.whole_space(dimension)
    if isinstance(value, Domain):
        return value
    if isinstance(value, str | Path):
        from exactrelu.formats.native import read_domain

        return read_domain(value, dimension)
    return Domain.box([(exact(low), exact(high)) for low, high in value])


def exact(value: Any) -> Fraction:
    """Return the exact value of a number; a float has one.

    Raises
    ------
    InexactNumberError, NumberSyntaxError
        For what is no finite number.
    """
    try:
        return rational(value)
    except InexactNumberError:
        if isinstance(value, bool):
            raise
        return rational_from_float(value)


def extended(value: Any) -> Extended:
    """Return the exact value of a number or an infinity."""
    if isinstance(value, float) and math.isinf(value):
        return value
    return exact(value)


def exact_vector(values: Sequence[Any]) -> tuple[Fraction, ...]:
    """Return the exact values of a list or array of numbers."""
    return tuple(exact(value) for value in values)


def exact_rows(rows: Sequence[Sequence[Any]]) -> list[tuple[Fraction, ...]]:
    """Return the exact values of a matrix."""
    return [exact_vector(row) for row in rows]


def configuration_from(value: Any, widths: Sequence[int]) -> Configuration:
    """Return the configuration: a text, a `Configuration`, or the bits of each hidden layer.

    Raises
    ------
    ConfigurationError
        If it does not have a bit for each hidden neuron.
    """
    if isinstance(value, Configuration):
        return Configuration.parse(str(value), widths)
    if isinstance(value, str):
        return Configuration.parse(value, widths)
    return Configuration.parse("|".join("".join(str(int(bit)) for bit in layer) for layer in value), widths)
