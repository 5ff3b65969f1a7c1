"""Exact answers about ReLU networks, over the rationals.

>>> import exactrelu
>>> net = exactrelu.Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
>>> [(str(region.configuration), region.dimension) for region in exactrelu.regions(net)]
[('00', 0), ('01', 1), ('10', 1)]

The names below are imported from their modules when they are first used, so that ``import exactrelu`` is
quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from exactrelu.affine_map import AffineMap
    from exactrelu.configuration import Configuration
    from exactrelu.domain import Domain
    from exactrelu.drawing import draw_tiling
    from exactrelu.enumeration import Budget, Problem, count, enumerate_leaves, regions
    from exactrelu.errors import ExactReluError
    from exactrelu.formats import load_network
    from exactrelu.formats.arrays import network_from_arrays, network_from_torch
    from exactrelu.network import Network
    from exactrelu.pieces import tiling
    from exactrelu.ranges import output_range
    from exactrelu.rationals import rational, rational_from_float
    from exactrelu.reading import Reading
    from exactrelu.refinement import refinement_tree
    from exactrelu.region import Region, region_of

_HOMES = {
    "AffineMap": "affine_map",
    "Budget": "enumeration",
    "Configuration": "configuration",
    "Domain": "domain",
    "ExactReluError": "errors",
    "Network": "network",
    "Problem": "enumeration",
    "Reading": "reading",
    "Region": "region",
    "count": "enumeration",
    "draw_tiling": "drawing",
    "enumerate_leaves": "enumeration",
    "load_network": "formats",
    "network_from_arrays": "formats.arrays",
    "network_from_torch": "formats.arrays",
    "output_range": "ranges",
    "rational": "rationals",
    "rational_from_float": "rationals",
    "refinement_tree": "refinement",
    "region_of": "region",
    "regions": "enumeration",
    "tiling": "pieces",
}

__all__ = [
    "AffineMap",
    "Budget",
    "Configuration",
    "Domain",
    "ExactReluError",
    "Network",
    "Problem",
    "Reading",
    "Region",
    "count",
    "draw_tiling",
    "enumerate_leaves",
    "load_network",
    "network_from_arrays",
    "network_from_torch",
    "output_range",
    "rational",
    "rational_from_float",
    "refinement_tree",
    "region_of",
    "regions",
    "tiling",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'exactrelu' has no attribute {name!r}")
    return getattr(import_module(f"exactrelu.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
