"""The signs of pre-activations on a domain: proved by bounds, or taken at points, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from exactrelu.deep.exact_bounds import least_value
from exactrelu.deep.reach import Ends, Reach
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain_points import domain_points

if TYPE_CHECKING:
    from exactrelu.polyhedra.domain import Domain

_POINTS, _RANDOM = 64, 4000
_SEED = 20


@dataclass
class Signs:
    """What is known of each pre-activation of a network on a domain that is not empty.

    ``lower`` and ``upper`` are proved bounds, None where there is none. ``seen[k][i]`` has the bits that
    points of the domain are believed to have: evaluated in doubles, it steers and proves nothing.
    """

    network: Network
    reach: Reach
    lower: list[Ends]
    upper: list[Ends]
    seen: list[list[set[int]]]

    def proved(self, layer: int, neuron: int) -> int | None:
        """Return the bit that bounds prove: 1 for y >= 0, 0 for y <= 0, None if they prove neither."""
        low, high = self.lower[layer - 1][neuron], self.upper[layer - 1][neuron]
        if high is not None and high <= 0:
            return 0
        return 1 if low is not None and low >= 0 else None

    def open(self) -> list[tuple[int, int, int]]:
        """Return (layer, neuron, bit) of the bent neurons that have one bit at all points and no proof."""
        return [
            (layer, i, next(iter(self.seen[layer - 1][i])))
            for layer, activation in enumerate(self.network.activations, start=1)
            for i in activation.bent
            if self.proved(layer, i) is None and len(self.seen[layer - 1][i]) == 1
        ]


def signs_on(network: Network, domain: Domain) -> Signs:
    """Return the signs of all pre-activations on a domain that is not empty.

    Bounds in doubles, with every rounding covered, come first where the domain lies in a box; where points
    suggest that a sign is one and they do not prove it, exact bounds follow.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 2]], None), ([[1]], None)])
    >>> signs_on(net, Domain.whole_space(1)).proved(2, 0)
    1
    """
    lower, upper = _float_bounds(network, domain)
    signs = Signs(network, Reach(domain), lower, upper, _bits_at_points(network, domain))
    for layer, activation in enumerate(network.activations, start=1):
        for i in activation.bent:
            if signs.proved(layer, i) is None and len(signs.seen[layer - 1][i]) < 2:
                _refine(signs, layer, i)
    return signs


def _refine(signs: Signs, layer: int, neuron: int) -> None:
    bits = signs.seen[layer - 1][neuron] or {0, 1}
    bounds = signs.lower[: layer - 1], signs.upper[: layer - 1]
    for bit in bits:
        for steep in (False, True) if layer > 1 else (False,):
            target = (layer, neuron, 1 if bit else -1)
            least = least_value(signs.network, target, bounds, signs.reach, steep=steep)
            if least is None:
                continue
            ends = signs.lower[layer - 1] if bit else signs.upper[layer - 1]
            value, known = least if bit else -least, ends[neuron]
            if known is None or (value > known if bit else value < known):
                ends[neuron] = value


def _float_bounds(network: Network, domain: Domain) -> tuple[list[Ends], list[Ends]]:
    """Return rigorous bounds on a box round the domain, none without a box."""
    import numpy as np

    from exactrelu.bounds.back_substitution import BoxBatch
    from exactrelu.bounds.float_layers import below, float_layers
    from exactrelu.enumeration.known_signs import box_round

    box = box_round(domain) if network.activations else None
    if box is None:
        nothing: list[Ends] = [[None] * width for width in network.hidden_widths]
        return nothing, [list(ends) for ends in nothing]
    layers = float_layers(network)
    low = np.array([[below(end) for end in box[0]]])
    high = np.array([[-below(-end) for end in box[1]]])
    lower = [np.full((1, width), -np.inf) for width in network.hidden_widths]
    batch = BoxBatch(layers, low, high, lower, [-bound for bound in lower])
    for _ in network.hidden_widths:
        with np.errstate(all="ignore"):
            batch.advance()
    return tuple([_ends(bound[0]) for bound in bounds] for bounds in (batch.lower, batch.upper))  # type: ignore[return-value]


def _ends(values: Sequence[float]) -> Ends:
    return [Fraction(float(value)) if abs(value) < float("inf") else None for value in values]


def _bits_at_points(network: Network, domain: Domain) -> list[list[set[int]]]:
    """Return the bits of all neurons at points of the domain, in doubles."""
    import numpy as np

    from exactrelu.bounds.float_layers import float_layers

    points, seen = _points(domain), []
    with np.errstate(all="ignore"):
        for layer in float_layers(network)[:-1]:
            values = layer.preactivations(points)
            seen.append([_bits(column) for column in values.T])
            points = layer.activated(values)
    return seen


def _bits(column: Sequence[float]) -> set[int]:
    """Return the bits that are beyond doubt in doubles; zero has any."""
    import numpy as np

    values = np.nan_to_num(np.asarray(column), nan=0.0)
    size = 1e-9 * (1 + np.abs(values).max(initial=0))
    return {bit for bit, there in ((0, (values < -size).any()), (1, (values > size).any())) if there}


def _points(domain: Domain) -> Any:
    import numpy as np

    from exactrelu.bounds.float_layers import nearest

    reach = Reach(domain)
    if reach.box is None:
        return np.array([[nearest(x) for x in point] for point in domain_points(domain, 4 * _POINTS)])
    generator = np.random.default_rng(_SEED)
    low, high = (np.array([np.nan if end is None else nearest(end) for end in ends]) for ends in reach.box)
    low, high = (
        np.where(np.isnan(low), np.minimum(-8.0, np.nan_to_num(high) - 8), low),
        np.where(np.isnan(high), np.maximum(8.0, np.nan_to_num(low) + 8), high),
    )
    count = min(_RANDOM, max(256, 2_000_000 // max(1, domain.dimension)))
    shares = generator.random((count, domain.dimension))
    shares[: count // 3] = shares[: count // 3] > 0.5  # corners
    shares[count // 3 : count // 2] = np.clip(shares[count // 3 : count // 2] * 3 - 1, 0, 1)
    return low + shares * (high - low)


def exact_points(domain: Domain, count: int) -> list[Point]:
    """Return at most so many rational points of a domain; of boxes in many inputs, quickly.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> box = Domain.box([(0, 1), (3, 3)])
    >>> len(exact_points(box, 5)), all(box.contains(x) for x in exact_points(box, 5))
    (5, True)
    """
    import random

    reach = Reach(domain)
    if reach.box is None or any(end is None for ends in reach.box for end in ends):
        return list(domain_points(domain, count))
    if any(row.relation in "<>" for row in domain.rows):
        return list(domain_points(domain, count))
    draw = random.Random(_SEED)  # noqa: S311 - the points need not be secret
    sides = [
        (low, high) for low, high in zip(*reach.box, strict=True) if low is not None and high is not None
    ]
    return [
        tuple(low + (high - low) * Fraction(draw.randint(0, 16), 16) for low, high in sides)
        for _ in range(count)
    ]
