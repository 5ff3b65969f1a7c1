"""Families, their domains and intervals of the parameter as people have them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from exactrelu.errors import ArgumentError, DomainError, MissingFileError, NetworkError
from exactrelu.families.bifurcations import ParameterInterval
from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.formats.family_file import load_family
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import Extended, rational
from exactrelu.polyhedra.domain import Domain

Refusal = Callable[[str, Any, Any], Any]


def family(value: Any, refusal: Refusal) -> NetworkFamily:
    """Return a family; a network is one that does not move."""
    if isinstance(value, NetworkFamily):
        return value
    if isinstance(value, Network):
        return NetworkFamily.of_network(value)
    if isinstance(value, str | Path):
        if not Path(value).exists():
            raise MissingFileError(f"family: expected a file, there is no {value}")
        return load_family(value)
    pairs = _listed(value)
    if pairs is not None and all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        return NetworkFamily.of(pairs)
    raise refusal("a NetworkFamily, the path of its file or pairs (weight, bias)", value, NetworkError)


def interval(value: Any, refusal: Refusal) -> ParameterInterval:
    """Return an interval of the parameter: a pair of rationals or infinities."""
    ends = _listed(value)
    if ends is None or len(ends) != 2:
        raise refusal("a pair (low, high) of rationals or infinities", value, ArgumentError)
    low, high = map(_end, ends)
    return ParameterInterval(low, high)


def _end(value: Any) -> Extended:
    if isinstance(value, float) and math.isinf(value):
        return value
    return rational(value)


def domain(value: Any, refusal: Refusal, parameter: str) -> DomainFamily | None:
    """Return a domain; the bounds of a box may be rational functions of the parameter."""
    if value is None or isinstance(value, DomainFamily):
        return value
    if isinstance(value, Domain):
        return DomainFamily.of_domain(value)
    pairs = _listed(value)
    if pairs is None or not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        raise refusal("a DomainFamily, a Domain or a list of pairs (lo, hi)", value, DomainError)
    return DomainFamily.box(pairs, parameter)


def _listed(value: Any) -> list[Any] | None:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return None
    return list(value)
