"""From arguments to networks, points, domains and searches."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from fractions import Fraction

from exactrelu.cli.supervisor import announce_deadline, die_with_parent
from exactrelu.enumeration.effort import Search
from exactrelu.errors import DomainError
from exactrelu.formats import load_network
from exactrelu.formats.native import read_domain
from exactrelu.formats.shallow_file import load_parametrization
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import rational_at
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.parametrization import Parametrization


def network_of(arguments: argparse.Namespace) -> Network:
    """Return the network named NET."""
    return _load(arguments, arguments.network)


def _load(arguments: argparse.Namespace, path: str) -> Network:
    return load_network(path, nnet_as=arguments.nnet_as, nnet_normalization=arguments.nnet_normalization)


def pair_of(arguments: argparse.Namespace) -> tuple[Network, Network]:
    """Return the networks named NET and NET2.

    Raises
    ------
    NetworkError
        If they have different numbers of inputs or outputs; the message names the second file.
    """
    from exactrelu.analysis.equality import require_one_shape

    one, two = network_of(arguments), _load(arguments, arguments.second)
    require_one_shape(one, two, arguments.second)
    return one, two


def parametrization_of(arguments: argparse.Namespace) -> Parametrization:
    """Return the shallow network named NET, with its radicals where it has some."""
    return load_parametrization(
        arguments.network, nnet_as=arguments.nnet_as, nnet_normalization=arguments.nnet_normalization
    )


def point_at(text: str, dimension: int) -> Point:
    """Return the point written as comma-separated rationals."""
    parts = text.split(",")
    if len(parts) != dimension:
        raise DomainError(f"--at: expected {dimension} coordinates, the network's inputs, got {len(parts)}")
    return tuple(rational_at(f"--at, coordinate {i}", part) for i, part in enumerate(parts))


def domain_of(arguments: argparse.Namespace, dimension: int) -> Domain:
    """Return the domain of ``--box`` or ``--domain``, the whole space without them."""
    if arguments.box is not None:
        return Domain.box(bounds_of(arguments.box, dimension, "--box"))
    if arguments.domain is not None:
        return read_domain(arguments.domain, dimension)
    return Domain.whole_space(dimension)


def bounds_of(text: str, dimension: int, option: str) -> list[tuple[Fraction, Fraction]]:
    """Return the bounds written ``LO:HI`` (for every coordinate) or ``LO:HI,LO:HI,...``.

    They need not be in order: an interval with LO > HI is empty.
    """
    parts = text.split(",")
    if len(parts) not in (1, dimension):
        expected = "1 interval" if dimension == 1 else f"1 or {dimension} intervals"
        raise DomainError(f"{option}: expected {expected} LO:HI, got {len(parts)}")
    bounds = [_interval(part, f"{option}, interval {i}") for i, part in enumerate(parts)]
    return bounds * dimension if len(bounds) == 1 else bounds


def _interval(text: str, place: str) -> tuple[Fraction, Fraction]:
    ends = text.split(":")
    if len(ends) != 2:
        raise DomainError(f"{place}: expected LO:HI, got {text!r}")
    low, high = (rational_at(place, end) for end in ends)
    return low, high


@contextmanager
def time_limit_of(arguments: argparse.Namespace) -> Iterator[None]:
    """Let the supervisor end what takes longer than ``--time-limit``."""
    announce_deadline(arguments.time_limit)
    yield
    announce_deadline(None)


@contextmanager
def search_of(arguments: argparse.Namespace, engine: str = "auto") -> Iterator[Search]:
    """Give the search by an engine within ``--max-regions`` and ``--time-limit``, its clock started.

    It looks at the clock between steps; the supervisor ends a step that takes too long.
    """
    search = Search(engine, arguments.max_regions, arguments.time_limit)
    announce_deadline(arguments.time_limit)
    yield search.started()
    announce_deadline(None)


@contextmanager
def executor_of(arguments: argparse.Namespace) -> Iterator[Executor | None]:
    """Give the processes of ``--jobs``, which end with this one; None for one job."""
    if arguments.jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(arguments.jobs, initializer=die_with_parent) as executor:
        yield executor
