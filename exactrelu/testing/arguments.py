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

from exactrelu.errors import (
    ArgumentError,
    DomainError,
    InexactNumberError,
    NetworkError,
    NumberSyntaxError,
)
from exactrelu.formats import load_network
from exactrelu.formats.arrays import network_of_values
from exactrelu.formats.torch_modules import network_from_torch
from exactrelu.networks.configuration import configuration_from as configuration_from  # noqa: PLC0414
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import Extended, rational, rational_from_float
from exactrelu.polyhedra.domain import Domain

NetworkLike = Network | str | Path | tuple[Sequence[Any], Sequence[Any]] | Any
"""A network, the name of its file, (weights, biases), or a ``torch.nn.Sequential``."""

DomainLike = Domain | str | Path | Sequence[tuple[Any, Any]] | None
"""A domain, the name of its file, a list of pairs (lo, hi), or None for the whole space."""


def network_from(value: NetworkLike) -> Network:
    """Return the network; floats in lists are taken by their exact value, as in arrays.

    Raises
    ------
    NetworkError
        For anything else, and for arrays that do not form a network.
    """
    if isinstance(value, Network):
        return value
    if isinstance(value, str | Path):
        return load_network(value)
    if hasattr(value, "named_modules"):
        return network_from_torch(value)
    if isinstance(value, tuple | list):
        return network_of_values(value, floats=True)
    raise NetworkError(
        "network: expected a Network, a file name or a pair (weights, biases) or a list of pairs "
        f"(weight, bias), got {type(value).__name__}"
    )


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
    pairs = [exact_vector(pair, f"domain, input {j}") for j, pair in enumerate(items_of(value, "domain"))]
    for j, pair in enumerate(pairs):
        if len(pair) != 2:
            raise DomainError(f"domain, input {j}: expected a pair (lo, hi), got {len(pair)} numbers")
    return Domain.box([(low, high) for low, high in pairs])


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
    """Return the exact value of a number or an infinity of any float format."""
    try:
        return exact(value)
    except NumberSyntaxError:
        # A float of any precision keeps its infinities as a float; a NaN is none, and stays an error.
        if not isinstance(value, str) and math.isinf(value):
            return float(value)
        raise


def items_of(values: Any, name: str) -> list[Any]:
    """Return the entries of a list or array.

    Raises
    ------
    ArgumentError
        For what is no list or array; the message has the name.
    """
    try:
        if not isinstance(values, str | dict):
            return list(values)
    except TypeError:
        pass
    raise ArgumentError(f"{name}: expected a list or an array, got {values!r}")


def exact_vector(values: Sequence[Any], name: str) -> tuple[Fraction, ...]:
    """Return the exact values of a list or array of numbers; errors have the name."""
    return tuple(exact(value) for value in items_of(values, name))


def exact_rows(rows: Sequence[Sequence[Any]], name: str) -> list[tuple[Fraction, ...]]:
    """Return the exact values of a matrix; errors have the name."""
    return [exact_vector(row, f"{name}[{i}]") for i, row in enumerate(items_of(rows, name))]


def bounds_from(side: Sequence[Any] | None, name: str, neurons: int) -> tuple[Extended | None, ...]:
    """Return a bound for each neuron, None for no bound; errors have the name."""
    if side is None:
        return (None,) * neurons
    return tuple(None if bound is None else extended(bound) for bound in items_of(side, name))


def tolerance_from(value: Any) -> Fraction:
    """Return the exact value of a tolerance.

    Raises
    ------
    ArgumentError
        If it is negative.
    """
    tolerance = Fraction(exact(value))
    if tolerance < 0:
        raise ArgumentError(f"tolerance: expected a number of at least 0, got {value}")
    return tolerance
