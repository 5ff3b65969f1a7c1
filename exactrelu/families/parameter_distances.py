"""How far two families of parametrizations are apart, as they stand and over all that realize the second.

Two facts about shallow ReLU networks Phi with R(Phi) = R(Theta), on all of R^d, rows (a, b) with biases:

1. Across a hyperplane on which R(Theta) has a kink, with normal h, a row of Phi is lambda h, lambda != 0.
2. If Phi has as many neurons as Theta, all c_i != 0 and no two rows of Theta are parallel, the rows of Phi
   are those of Theta in some order, rescaled by positive factors, after a flip of the signs of a set J of
   rows with sum over J of c_i (x) a_i = 0.

So ||Phi - Gamma||_inf is at least the distance of a row of Gamma to a line (1) or to the rays (2), which is
the minimum of a convex piecewise linear function of lambda, at a place where two pieces meet, or at 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from exactrelu.families.network_family import NetworkFamily
from exactrelu.families.traced_numbers import Trace, TracedNumber
from exactrelu.numbers.rational_functions import RationalFunction
from exactrelu.stability.bottleneck import bottleneck_assignment

Vector = list[TracedNumber]
_MOST_FLIPS = 8
"""Of more neurons the sets J are not searched."""


def parameter_distance(one: NetworkFamily, two: NetworkFamily, trace: Trace) -> TracedNumber | None:
    """Return the largest difference of two entries, None if the architectures differ."""
    if one.widths != two.widths:
        return None
    pairs = (
        (p, q)
        for a, b in zip(one.layers, two.layers, strict=True)
        for row, other in zip(a.rows, b.rows, strict=True)
        for p, q in zip(row, other, strict=True)
    )
    return _largest([abs(trace.number(p - q)) for p, q in pairs], trace)


def permutation_distance(gamma: NetworkFamily, theta: NetworkFamily, trace: Trace) -> TracedNumber | None:
    """Return the least of the parameter distances over all orders of Theta's hidden neurons.

    None if they are no shallow ReLU networks of one architecture.
    """
    if gamma.widths != theta.widths or not (is_shallow(gamma) and is_shallow(theta)):
        return None
    left, right = ([[*row, *c] for row, c in _neurons(family, trace)] for family in (gamma, theta))
    costs = [
        [_largest([abs(p - q) for p, q in zip(one, two, strict=True)], trace) for two in right]
        for one in left
    ]
    # Ranks stand for the costs, so that each comparison of functions is made once.
    size = len(costs)
    places = sorted(
        ((i, j) for i in range(size) for j in range(size)), key=lambda place: costs[place[0]][place[1]]
    )
    ranks = [[0] * size for _ in range(size)]
    for rank, (i, j) in enumerate(places):
        ranks[i][j] = rank
    i, j = places[bottleneck_assignment(ranks).value]
    last = zip(gamma.layers[1].rows, theta.layers[1].rows, strict=True)
    return _largest([costs[i][j], *(abs(trace.number(p[-1] - q[-1])) for p, q in last)], trace)


def is_shallow(family: NetworkFamily) -> bool:
    """Return whether it has one hidden layer, of ReLU neurons."""
    return len(family.layers) == 2 and family.activations[0].is_relu


def fibre_distance_bound(gamma: NetworkFamily, theta: NetworkFamily, trace: Trace) -> TracedNumber | None:
    """Return a lower bound for ||Phi - Gamma||_inf over all Phi of Gamma's shape with R(Phi) = R(Theta).

    None if they are no shallow ReLU networks of the same inputs and outputs.
    """
    if gamma.widths[::2] != theta.widths[::2] or not (is_shallow(gamma) and is_shallow(theta)):
        return None
    rows = [_numbers(row, trace) for row in gamma.layers[0].rows]
    neurons = _neurons(theta, trace)
    bounds = [_line_bound(rows, neurons, trace)]
    if gamma.widths == theta.widths and len(neurons) <= _MOST_FLIPS:
        bounds.append(_ray_bound(rows, neurons, trace))
    return _largest(bounds, trace)


Neuron = tuple[Vector, Vector]
"""(a, b) and c."""


def _neurons(family: NetworkFamily, trace: Trace) -> list[Neuron]:
    columns = list(zip(*(row[:-1] for row in family.layers[1].rows), strict=True))
    rows = (row for row in family.layers[0].rows)
    return [(_numbers(row, trace), _numbers(c, trace)) for row, c in zip(rows, columns, strict=True)]


def _numbers(entries: Iterable[RationalFunction], trace: Trace) -> Vector:
    return [trace.number(entry) for entry in entries]


def _line_bound(rows: Sequence[Vector], neurons: Sequence[Neuron], trace: Trace) -> TracedNumber:
    """Return the bound of fact 1."""
    normals = _kinks(neurons)
    return _largest([min(_distance(row, h, trace, ray=False) for row in rows) for h in normals], trace)


def _kinks(neurons: Sequence[Neuron]) -> Iterator[Vector]:
    """Yield a functional for each hyperplane across which the sum has a kink."""
    left = [neuron for neuron in neurons if any(neuron[0][:-1])]
    while left:
        (first, _), *others = left
        j = next(k for k, entry in enumerate(first) if entry)
        same = [neuron for neuron in left if _are_parallel(first, neuron[0], j)]
        left = [neuron for neuron in others if not _are_parallel(first, neuron[0], j)]
        weights = [abs(row[j] / first[j]) for row, _ in same]
        jumps = zip(*([w * c for c in cs] for w, (_, cs) in zip(weights, same, strict=True)), strict=True)
        if any(_sum(jump) for jump in jumps):
            yield first


def _are_parallel(one: Vector, two: Vector, j: int) -> bool:
    """Return whether two = mu one for some mu != 0; one_j is not zero."""
    return bool(two[j]) and not any(p * two[j] - q * one[j] for p, q in zip(one, two, strict=True))


def _ray_bound(rows: Sequence[Vector], neurons: Sequence[Neuron], trace: Trace) -> TracedNumber:
    """Return the bound of fact 2, 0 where it does not apply."""
    for k, (row, cs) in enumerate(neurons):
        if not any(cs) or not any(row[:-1]):
            return _zero(trace)
        j = next(i for i, entry in enumerate(row) if entry)
        if any(_are_parallel(row, other, j) for other, _ in neurons[:k]):
            return _zero(trace)
    members = [_farthest(rows, _flipped(neurons, flip), trace) for flip in _flips(neurons)]
    return min(members)


def _farthest(rows: Sequence[Vector], rays: Sequence[Vector], trace: Trace) -> TracedNumber:
    """Return the largest distance of a row to the nearest of the rays."""
    return _largest([min(_distance(row, ray, trace, ray=True) for ray in rays) for row in rows], trace)


def _flips(neurons: Sequence[Neuron]) -> Iterator[tuple[int, ...]]:
    """Yield the sets J with sum over J of c (x) a = 0; the empty one first."""
    products = [[c * a for c in cs for a in row[:-1]] for row, cs in neurons]
    yield ()
    for size in range(1, len(neurons) + 1):
        for chosen in combinations(range(len(neurons)), size):
            if not any(_sum(entries) for entries in zip(*(products[i] for i in chosen), strict=True)):
                yield chosen


def _flipped(neurons: Sequence[Neuron], flip: Sequence[int]) -> list[Vector]:
    return [[-entry for entry in row] if i in flip else row for i, (row, _) in enumerate(neurons)]


def _distance(a: Vector, h: Vector, trace: Trace, *, ray: bool) -> TracedNumber:
    """Return the least max |a_j - lambda h_j| over all lambda, or over lambda >= 0."""
    zero = _zero(trace)
    factors = [f for f in _meeting_points(a, h, zero) if not ray or f >= zero]
    return min(_largest([abs(p - f * q) for p, q in zip(a, h, strict=True)], trace) for f in factors)


def _meeting_points(a: Vector, h: Vector, zero: TracedNumber) -> Iterator[TracedNumber]:
    """Yield 0 and each lambda at which two of the pieces +-(a_j - lambda h_j) meet."""
    yield zero
    pairs = list(zip(a, h, strict=True))
    for k, (p, q) in enumerate(pairs):
        if q:
            yield p / q
        for r, s in pairs[:k]:
            if q - s:
                yield (p - r) / (q - s)
            if q + s:
                yield (p + r) / (q + s)


def _zero(trace: Trace) -> TracedNumber:
    return trace.number(RationalFunction.constant(0))


def _sum(entries: Iterable[Any]) -> Any:
    first, *others = entries
    for entry in others:
        first = first + entry
    return first


def _largest(numbers: Sequence[TracedNumber], trace: Trace) -> TracedNumber:
    return max(numbers, default=_zero(trace))
