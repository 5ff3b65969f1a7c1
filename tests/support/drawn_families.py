"""Families drawn at random, degenerate on purpose: concurrent, parallel and repeated hyperplanes, poles."""

from __future__ import annotations

import itertools
from random import Random

from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.networks.activation import Activation
from exactrelu.polyhedra.domain import Domain

_ENTRIES = ("0", "1", "-1", "t", "2*t", "1-t", "t^2-1/2", "1/(t+7)", "-1/2", "t-1/3", "1/(2*t-1)", "t^2")
_SLOPES = ((0, 1), (1, 1), ("1/4", 1), (-1, 1))
_RELATIONS = (">", ">=", "=", "<")


def drawn_family(random: Random) -> NetworkFamily:
    """Return a small family of any depth up to 3, sometimes with other units than ReLU."""
    widths = [random.choice((1, 1, 2, 2, 3)), *(random.randint(1, 3) for _ in range(random.randint(0, 2))), 1]
    layers = []
    for before, after in itertools.pairwise(widths):
        weight = [[random.choice(_ENTRIES) for _ in range(before)] for _ in range(after)]
        bias = [random.choice(_ENTRIES) for _ in range(after)] if random.random() < 0.7 else None
        layers.append((weight, bias))
    units = []
    if random.random() < 0.3:
        units = [Activation.of([random.choice(_SLOPES) for _ in range(width)]) for width in widths[1:-1]]
    return NetworkFamily.of(layers, activations=units)


def drawn_domain_family(random: Random, dimension: int) -> DomainFamily:
    """Return the whole space, a box, a polyhedron of any dimension that need not be closed, a moving box."""
    kind = random.randint(0, 3)
    if kind == 0:
        return DomainFamily(dimension)
    if kind == 1:
        return DomainFamily.box([(random.randint(-2, 0), random.randint(0, 2)) for _ in range(dimension)])
    if kind == 2:
        rows = [
            (
                [random.randint(-1, 1) for _ in range(dimension)],
                random.randint(-1, 1),
                random.choice(_RELATIONS),
            )
            for _ in range(random.randint(1, 3))
        ]
        return DomainFamily.of_domain(Domain.from_inequalities(dimension, rows))
    return DomainFamily.box([("-t", "t")] * dimension)
