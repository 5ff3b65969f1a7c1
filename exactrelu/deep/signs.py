"""The signs of pre-activations on a domain: proved by bounds, or taken at points, or open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.deep.exact_bounds import Unders, flat, least_value, steep
from exactrelu.deep.reach import Ends, Reach
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain_points import domain_points

if TYPE_CHECKING:
    from exactrelu.polyhedra.domain import Domain

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
    from exactrelu.deep.seen_signs import bits_seen

    lower, upper = _float_bounds(network, domain)
    reach = Reach(domain)
    signs = Signs(network, reach, lower, upper, bits_seen(network, reach))
    for layer, activation in enumerate(network.activations, start=1):
        for i in activation.bent:
            if signs.proved(layer, i) is None and len(signs.seen[layer - 1][i]) < 2:
                _refine(signs, layer, i)
    return signs


def _refine(signs: Signs, layer: int, neuron: int) -> None:
    """Bound a pre-activation exactly from the sides on which its sign is in doubt."""
    for bit in signs.seen[layer - 1][neuron] or {0, 1}:
        for unders in _unders(signs, layer, neuron, bit):
            _tighten(signs, (layer, neuron, 1 if bit else -1), unders)
            if signs.proved(layer, neuron) is not None:
                return


def _unders(signs: Signs, layer: int, neuron: int, bit: int) -> Iterator[Unders]:
    """Yield the slopes to try: flat ones, steep ones, and those that are climbed to."""
    from exactrelu.deep.slope_ascent import ascended

    yield flat(signs.network, layer)
    if layer == 1:
        return
    bounds = signs.lower[: layer - 1], signs.upper[: layer - 1]
    yield steep(*bounds)
    box = signs.reach.box
    if box is not None and not any(end is None for ends in box for end in ends):
        yield ascended(signs.network, (layer, neuron, 1 if bit else -1), bounds, box, steep(*bounds))


def _tighten(signs: Signs, target: tuple[int, int, int], unders: Unders) -> None:
    layer, neuron, sign = target
    bounds = signs.lower[: layer - 1], signs.upper[: layer - 1]
    least = least_value(signs.network, target, bounds, unders, signs.reach)
    if least is None:
        return
    ends = signs.lower[layer - 1] if sign > 0 else signs.upper[layer - 1]
    value, known = sign * least, ends[neuron]
    if known is None or (value > known if sign > 0 else value < known):
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
