"""Distances of parametrizations, and of realizations on a box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.analysis.ranges import output_range
from exactrelu.enumeration.effort import Search
from exactrelu.errors import DomainError, NetworkError
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import RadicalSum, radical

Real = Fraction | RadicalSum
"""An exact real number: a rational, or where square and fourth roots take part a sum of radicals."""


def parameter_distance(one: Parametrization, two: Parametrization) -> Real:
    """Return ||one - two||_inf, the largest absolute difference of two parameters.

    Parameters
    ----------
    one, two
        Parametrizations with as many neurons each; neurons are compared in their order.

    Returns
    -------
    Fraction or RadicalSum
        A rational where it is one.

    Raises
    ------
    NetworkError
        If inputs, outputs or widths differ.

    Notes
    -----
    Section A.1 of Berner, Elbraechter & Grohs; biases count, where there are any.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0]], [[2]])
    >>> theta = Parametrization.from_rationals([[1, "1/3"]], [["1/2"]])
    >>> parameter_distance(gamma, theta)
    Fraction(3, 2)
    """
    shapes = [(p.inputs, p.width, p.outputs) for p in (one, two)]
    if shapes[0] != shapes[1]:
        raise NetworkError(
            f"parameter distance: expected parametrizations of one shape, got {shapes[0]} and {shapes[1]}"
        )
    neurons = (neuron_distance(p, q) for p, q in zip(one.neurons, two.neurons, strict=True))
    last = (abs(p - q) for p, q in zip(one.output_bias, two.output_bias, strict=True))
    return as_rational(largest([*neurons, *last]))


def neuron_distance(one: Neuron, two: Neuron) -> Real:
    """Return the largest absolute difference of a parameter of two neurons."""
    return largest(difference(p, q) for p, q in zip(parameters(one), parameters(two), strict=True))


def difference(one: Real, two: Real) -> Real:
    """Return |one - two|."""
    gap = one - two
    return -gap if gap < 0 else gap


def parameters(neuron: Neuron) -> Iterator[Real]:
    """Yield the parameters of a neuron: those of (a, b) times r^(1/4), then those of c divided by it."""
    if neuron.scale == 1:
        yield from neuron.functional
        yield from neuron.coefficient
        return
    yield from (radical(neuron.scale, entry) for entry in neuron.functional)
    yield from (radical(1 / neuron.scale, entry) for entry in neuron.coefficient)


def largest(values: Iterable[Real]) -> Real:
    """Return the largest of the values, 0 for none (distances are not negative)."""
    result: Real = Fraction(0)
    for value in values:
        result = max(result, value)
    return result


def as_rational(value: Real) -> Real:
    """Return the value as a `Fraction` if it is rational."""
    if isinstance(value, RadicalSum) and (exact := value.rational) is not None:
        return exact
    return value


@dataclass(frozen=True)
class SupDistance:
    """The supremum of |R(one) - R(two)| over a box and all outputs, and where output ``output`` has it."""

    value: Fraction
    output: int
    point: Point


def sup_distance(
    one: Parametrization, two: Parametrization, box: Domain, *, search: Search | None = None
) -> SupDistance:
    """Return the sup norm of R(one) - R(two) on a bounded domain, exactly, with a point that attains it.

    Raises
    ------
    NetworkError
        If the shapes differ.
    DomainError
        If the domain is empty, not bounded, or in another space.
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> gamma, theta = (Parametrization.from_rationals([[a]], [[1]]) for a in (1, -2))
    >>> sup_distance(gamma, theta, Domain.box([(-1, 1)]))
    SupDistance(value=Fraction(2, 1), output=0, point=(Fraction(-1, 1),))
    """
    ranges = output_range(one.network() - two.network(), box, search=search)
    if ranges is None:
        raise DomainError("sup norm: expected a domain with points, got an empty one")
    best: SupDistance | None = None
    for k, output in enumerate(ranges):
        for extremum in (output.minimum, output.maximum):
            if not isinstance(extremum.value, Fraction):
                raise DomainError(
                    "sup norm: expected a bounded domain, the difference has no bound on this one"
                )
            if best is None or abs(extremum.value) > best.value:
                best = SupDistance(abs(extremum.value), k, extremum.point)
    if best is None:
        raise DomainError("sup norm: expected an output")
    return best
