"""The graph of a network with one input: its corners, exactly."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.errors import NetworkError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain

Corner = tuple[Fraction, Point]
"""x, and the outputs there."""


def corners_between(
    network: Network, low: Fraction, high: Fraction, *, search: Search | None = None
) -> list[Corner]:
    """Return the ends of [low, high] and all x between where a neuron bends, with the outputs.

    Between neighbours the function is affine.

    Raises
    ------
    NetworkError
        If the network has not one input.
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [(str(x), str(y)) for x, (y,) in corners_between(absolute, Fraction(-1), Fraction(2))]
    [('-1', '1'), ('0', '0'), ('2', '2')]
    """
    if network.inputs != 1:
        raise NetworkError(f"a graph: expected a network with 1 input, got {network.inputs}")
    cells = regions(network, Domain.box([(low, high)]), Reading.FULL, search=search)
    xs = sorted({low, high} | {x for region in cells for (x,) in region.vertices})
    return [(x, network((x,))) for x in xs]
