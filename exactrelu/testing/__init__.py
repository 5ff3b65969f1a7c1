"""Assertions about ReLU networks for other projects' test suites, decided exactly (docs/testing.md).

Each assertion takes a network as `exactrelu.Network`, as the name of a file, or as a pair (weights, biases)
of lists of arrays; floats are taken by their exact value. A claim that is false raises ``AssertionError``,
with the exact counterexample and a command that shows it again. A limit that is reached is an error, never a
pass. pytest is not needed: these are functions that raise.

>>> absolute = ([[[1.0], [-1.0]], [[1.0, 1.0]]], [None, None])  # |x|
>>> assert_region_count(absolute, 2, reading="full")
>>> assert_sound_bounds(absolute, lower=[0], upper=[1], domain=[(-1, 1)])
>>> assert_same_function(absolute, ([[[1.0]]], [None]), domain=[(0, 1)])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu.audit.affine_map_claims import AffineMapClaim
from exactrelu.audit.bounds import BoundsClaim
from exactrelu.audit.configuration_lists import ConfigurationsClaim
from exactrelu.audit.network_pairs import EqualityClaim
from exactrelu.audit.region_counts import PIECES, RegionCountClaim
from exactrelu.audit.witnesses import WitnessClaim
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, DomainError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import point_of
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.testing.arguments import (
    DomainLike,
    NetworkLike,
    bounds_from,
    configuration_from,
    domain_from,
    exact,
    exact_rows,
    exact_vector,
    items_of,
    network_from,
    tolerance_from,
)
from exactrelu.testing.failures import Subject, require_holds
from exactrelu.testing.suites import suite_questions

__all__ = [
    "assert_affine_map",
    "assert_configurations",
    "assert_region_count",
    "assert_same_function",
    "assert_sound_bounds",
    "assert_witness",
    "suite_questions",
]


def assert_sound_bounds(
    network: NetworkLike,
    *,
    lower: Sequence[Any] | None = None,
    upper: Sequence[Any] | None = None,
    domain: DomainLike = None,
    layer: int | None = None,
    search: Search | None = None,
) -> None:
    """Assert that every neuron of a layer stays between its bounds on a domain.

    Parameters
    ----------
    network, domain
        The network, and a domain: `exactrelu.Domain`, a domain file, or a list of pairs (lo, hi).
    lower, upper
        A bound for each neuron of the layer, None for no bound; infinities are bounds.
    layer
        A hidden layer from 1 for its pre-activations; the output by default.
    search
        The engine, and how much may be spent.

    Raises
    ------
    AssertionError
        If a bound is not sound: the message has a point of the domain and the exact value there.
    ArgumentError
        If there are no bounds to judge, or not one for each neuron.
    BudgetExhaustedError
        If the limits of the search do not suffice to know.
    """
    __tracebackhide__ = True
    net = network_from(network)
    layer = net.depth if layer is None else layer
    if not 1 <= layer <= net.depth:
        raise NetworkError(f"layer: expected 1 to {net.depth}, got {layer}")
    neurons = tuple(range(net.widths[layer]))
    if lower is None and upper is None:
        raise ArgumentError("bounds: expected lower or upper, got neither")
    low, high = bounds_from(lower, "lower", len(neurons)), bounds_from(upper, "upper", len(neurons))
    area = domain_from(domain, net.inputs)
    claim = BoundsClaim(layer, neurons, low, high, area)
    subject = Subject(net, network, area, domain)

    def again(truth: dict[str, Any]) -> list[str]:
        faults = [one[s] for one in truth["neurons"] for s in ("lower", "upper") if s in one]
        points = [side["point"] for side in faults if not side["sound"]]
        commands = [subject.command("evaluate", at=points[0])]
        return [*commands, subject.command("range", domain=True)] if layer == net.depth else commands

    require_holds("assert_sound_bounds", claim, subject, search, again)


def assert_same_function(
    one: NetworkLike, two: NetworkLike, *, domain: DomainLike = None, search: Search | None = None
) -> None:
    """Assert that two networks, of any depths, compute the same function on a domain.

    Raises
    ------
    AssertionError
        If they do not: the message has a point and both exact outputs.
    NetworkError
        If they have different numbers of inputs or outputs.
    BudgetExhaustedError
        If the limits of the search do not suffice to know.
    """
    __tracebackhide__ = True
    first, second = network_from(one), network_from(two)
    area = domain_from(domain, first.inputs)
    subject, other = Subject(first, one, area, domain), Subject(second, two, area, domain, name="other")

    def again(truth: dict[str, Any]) -> list[str]:
        words = [subject.command("equal", other.file, domain=True)]
        return words + [each.command("evaluate", at=truth["point"]) for each in (subject, other)]

    require_holds("assert_same_function", EqualityClaim(second, area), subject, search, again, other)


def assert_region_count(
    network: NetworkLike,
    value: int,
    *,
    reading: Reading | str,
    domain: DomainLike = None,
    depth: int | None = None,
    search: Search | None = None,
) -> None:
    """Assert that a network has exactly ``value`` regions in a reading, or linear pieces (``"pieces"``).

    Raises
    ------
    AssertionError
        If the count is another one; the message says whose count the value is, if it is one.
    BudgetExhaustedError
        If the limits of the search do not suffice to know.
    """
    __tracebackhide__ = True
    net = network_from(network)
    area = domain_from(domain, net.inputs)
    subject = Subject(net, network, area, domain)
    claim = RegionCountClaim(_count(value), str(reading), area, depth)
    options = [] if depth is None else ["--depth", str(depth)]

    def again(_: dict[str, Any]) -> list[str]:
        if reading == PIECES:
            return [subject.command("pieces", domain=True)]
        return [subject.command("regions", "--cells", str(reading), "--count", *options, domain=True)]

    require_holds("assert_region_count", claim, subject, search, again)


def assert_configurations(
    network: NetworkLike,
    configurations: Sequence[Any],
    *,
    reading: Reading | str,
    domain: DomainLike = None,
    complete: bool = True,
    search: Search | None = None,
) -> None:
    """Assert that these are the configurations of a network, each listed once.

    A configuration is a text such as ``"01|1"``, an `exactrelu.Configuration`, or a list with the bits of
    each hidden layer. Without ``complete`` the list may leave some out.

    Raises
    ------
    AssertionError
        If some are missing (with a point), spurious or duplicated.
    ConfigurationError
        If a configuration does not have a bit for each hidden neuron.
    BudgetExhaustedError
        If the limits of the search do not suffice to know.
    """
    __tracebackhide__ = True
    net = network_from(network)
    area = domain_from(domain, net.inputs)
    subject = Subject(net, network, area, domain)
    given = items_of(configurations, "configurations")
    listed = tuple(configuration_from(theta, net.bent_widths) for theta in given)
    claim = ConfigurationsClaim(listed, Reading(reading), area, complete=complete)

    def again(truth: dict[str, Any]) -> list[str]:
        commands = [subject.command("region", at=one["point"]) for one in truth["missing"][:1]]
        cells = ("--cells", str(reading))
        for one in truth["spurious"][:1]:
            words = ("--configuration", one["configuration"], *cells)
            commands.append(subject.command("region", *words, domain=True))
        return [*commands, subject.command("regions", *cells, domain=True)]

    require_holds("assert_configurations", claim, subject, search, again)


def assert_affine_map(
    network: NetworkLike,
    at: Sequence[Any],
    weight: Sequence[Sequence[Any]],
    bias: Sequence[Any],
    *,
    reading: Reading | str | None = None,
    tolerance: Any = 0,
    domain: DomainLike = None,
) -> None:
    """Assert that x -> weight x + bias is the affine map of a network at a point.

    At a kink several cells touch the point; ``reading`` ``"full"`` allows the maps of the full-dimensional
    ones, ``"half-open"`` that of the point's own cell, None all of them. ``tolerance`` is what each entry of
    a map that was computed with floats may be off.

    Raises
    ------
    AssertionError
        If it is none of the maps: the message says which cells touch the point and how far off it is.
    DomainError
        If the point is not in the domain.
    """
    __tracebackhide__ = True
    net = network_from(network)
    area = domain_from(domain, net.inputs)
    point = point_of(exact_vector(at, "at"), net.inputs)
    if not area.contains(point):
        raise DomainError("at: expected a point of the domain, got one outside")
    claimed = AffineMap.from_rationals(exact_rows(weight, "weight"), exact_vector(bias, "bias"))
    if (claimed.inputs, claimed.outputs) != (net.inputs, net.outputs):
        raise NetworkError(
            f"weight: expected shape {(net.outputs, net.inputs)}, got {(claimed.outputs, claimed.inputs)}"
        )
    subject = Subject(net, network, area, domain)
    claim = AffineMapClaim(
        point, claimed, None if reading is None else Reading(reading), tolerance_from(tolerance), area
    )

    def again(_: dict[str, Any]) -> list[str]:
        return [subject.command("region", at=vector_texts(point), domain=True)]

    require_holds("assert_affine_map", claim, subject, None, again)


def assert_witness(
    network: NetworkLike,
    point: Sequence[Any],
    *,
    constraints: Sequence[tuple[Sequence[Any], Sequence[Any], Any, str]] = (),
    domain: DomainLike = None,
    tolerance: Any = 0,
) -> None:
    """Assert that a point of a domain satisfies linear constraints on input and output, exactly.

    Parameters
    ----------
    point
        The witness or counterexample that a tool returned, taken by its exact value.
    constraints
        Tuples (a, c, offset, relation), meaning a . x + c . f(x) + offset RELATION 0.
    tolerance
        The tool's own tolerance: a witness that is valid only within it fails, and the message says so.

    Raises
    ------
    AssertionError
        If the point violates a constraint; the message says which and by how much.
    """
    __tracebackhide__ = True
    net = network_from(network)
    area = domain_from(domain, net.inputs)
    rows = tuple(_constraint(row, net.inputs, net.outputs) for row in items_of(constraints, "constraints"))
    x = point_of(exact_vector(point, "point"), net.inputs)
    subject = Subject(net, network, area, domain)
    claim = WitnessClaim(x, area, rows, tolerance=tolerance_from(tolerance))

    def again(_: dict[str, Any]) -> list[str]:
        return [subject.command("evaluate", at=vector_texts(x))]

    require_holds("assert_witness", claim, subject, None, again)


def _count(value: Any) -> int:
    count = exact(value)
    if count.denominator != 1 or count < 0:
        raise ArgumentError(f"value: expected a number of regions, got {value}")
    return int(count)


def _constraint(row: Any, inputs: int, outputs: int) -> LinearConstraint:
    parts = items_of(row, "constraints")
    if len(parts) != 4:
        raise ArgumentError(f"constraints: expected (a, c, offset, relation) in each, got {row!r}")
    a, c, offset, relation = parts
    left, right = exact_vector(a, "constraints"), exact_vector(c, "constraints")
    if (len(left), len(right)) != (inputs, outputs):
        raise ArgumentError(
            f"constraints: expected {inputs} and {outputs} coefficients, got {len(left)} and {len(right)}"
        )
    return LinearConstraint((*left, *right), exact(offset), relation)
