"""The region at a point: of its own configuration, in the closed reading of all that meet there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region, region_of
from exactrelu.numbers.points import Point, point_of
from exactrelu.polyhedra.domain import Domain


def region_at(
    network: Network,
    x: Sequence[Any],
    reading: Reading | str = Reading.HALF_OPEN,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> Region | tuple[Region, ...] | None:
    """Return the region of a network at a point; in the closed reading, all regions there.

    Parameters
    ----------
    network, x
        The network, and N_0 rational coordinates.
    reading, domain
        As in `exactrelu.regions`.
    search
        Limits regions and seconds: in the ``closed`` reading there may be 2^k regions at a point where k
        pre-activations vanish.

    Returns
    -------
    Region, tuple of Region or None
        ``half-open``: the region. ``full``: the region, None if the cell of the point is of lower dimension.
        ``closed``: the tuple of all regions that contain the point. Outside the domain: None, or no region.

    Raises
    ------
    NetworkError, DomainError
        If the point has another number of coordinates, or the domain another dimension.
    BudgetExhaustedError
        Where a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> str(region_at(net, (3,)).configuration), region_at(net, (0,), "full")
    ('10', None)
    >>> [str(region.configuration) for region in region_at(net, (0,), "closed")]
    ['00', '01', '10', '11']
    """
    problem = Problem.of(network, domain, reading)
    point = point_of(x, network.inputs)
    found = tuple(regions_at(network, point, problem.domain, problem.reading, search=search))
    if problem.reading is Reading.CLOSED:
        return found
    return found[0] if found else None


def regions_at(
    network: Network, point: Point, domain: Domain, reading: Reading, *, search: Search | None = None
) -> Iterator[Region]:
    """Yield the regions that contain the point: in ``closed`` a zero pre-activation takes both bits."""
    if not domain.contains(point):
        return
    search = started(search)
    if reading is Reading.CLOSED:
        # Closed cells agree with the network at their points, so the pre-activations are the same in all.
        layers = zip(network.activations, network.preactivations(point), strict=True)
        signs = [y for activation, ys in layers for y in activation.bent_of(ys)]
        choices = [(0, 1) if y == 0 else (int(y > 0),) for y in signs]
        bit_strings: Iterator[tuple[int, ...]] = product(*choices)
    else:
        bit_strings = iter([tuple(bit for _, _, bit in network.configuration(point).bits())])
    found = 0
    for bits in bit_strings:
        configuration = Configuration.from_bits("".join(map(str, bits)), network.bent_widths)
        search.check_time()
        region = region_of(network, configuration, domain, reading)
        if region is not None:
            found += 1
            search.check_regions(found)
            yield region
