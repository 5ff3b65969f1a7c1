"""Networks with redundancy of every kind become small, and stay the same function on the domain."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu.analysis.equality import are_equal
from exactrelu.deep.compression import compress
from exactrelu.deep.signs import exact_points
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.disguised_networks import disguised
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.inflated_networks import inflated

PLANE, LINE = Domain.whole_space(2), Domain.whole_space(1)
SQUARE = Domain.box([(-1, 1), (-1, 1)])


def net(*layers, slopes=None):
    """Return a network of layers (rows of W, b)."""
    units = () if slopes is None else [Activation.of(pairs) for pairs in slopes]
    return Network.from_rationals(layers, activations=units)


# each: what it is, the network, the domain, the hidden widths that must come out
KINDS = {
    "two neurons with one row": (
        net(([[1, 2], [1, 2], [0, 1]], [1, 1, 0]), ([[1, 2, 3]], None)),
        PLANE,
        (2,),
    ),
    "a positive multiple": (net(([[1, 2], [3, 6], [0, 1]], [1, 3, 0]), ([[1, 2, 3]], None)), PLANE, (2,)),
    "multiples that cancel": (net(([[1, 2], [3, 6], [0, 1]], [1, 3, 0]), ([[3, -1, 3]], None)), PLANE, (1,)),
    "an opposite pair that passes on a value": (
        net(([[1, 2], [-1, -2], [0, 1]], [1, -1, 0]), ([[2, -2, 3], [1, -1, 0]], None)),
        PLANE,
        (2,),
    ),
    "three neurons on one hyperplane": (
        net(([[1, 2], [-1, -2], [2, 4]], [1, -1, 2]), ([[2, 3, 3]], None)),
        PLANE,
        (2,),
    ),
    "a neuron that nothing reads": (net(([[1, 2], [0, 1]], None), ([[1, 0]], None)), PLANE, (1,)),
    "a zero row": (net(([[0, 0], [0, 1]], [3, 0]), ([[1, 1]], None)), PLANE, (1,)),
    "dead by its bias on the box": (net(([[1, 1], [1, -1]], [-2, 0]), ([[1, 1]], None)), SQUARE, (1,)),
    "always on in the box": (net(([[1, 1], [1, -1], [1, 0]], [2, 0, 5]), ([[1, 1, 1]], None)), SQUARE, (2,)),
    "a layer of neurons always on": (
        net(([[1, 1], [1, -1]], [2, 2]), ([[1, 2], [0, 1], [1, 1]], [0, 0, -4]), ([[1, 1, 1]], None)),
        SQUARE,
        (2,),  # the first two of the second layer are always on, and one linear neuron is left
    ),
    "many always on, few outputs": (
        net(([[1, 1], [1, -1], [2, 1], [1, 2], [1, 0]], [9, 9, 9, 9, 0]), ([[1, 1, 2, 3, 1]], None)),
        SQUARE,
        (2,),
    ),
    "relu of relu": (net(([[1, 1], [1, -1]], None), ([[2, 0], [0, 3]], None), ([[1, 1]], None)), PLANE, (2,)),
    "off because what it reads is not negative": (
        net(([[1, 1], [1, -1]], None), ([[1, -1], [-2, -1]], None), ([[1, 1]], None)),
        PLANE,
        (2, 1),
    ),
    "off because of the bounds of the layer before": (
        net(([[1, 1], [1, -1]], None), ([[1, -1], [1, 1]], [0, -3]), ([[1, 1]], None)),
        SQUARE,
        (2, 1),
    ),
    "a constant network": (net(([[1, 1], [1, 1]], None), ([[1, -1]], [3]), ([[2]], [1])), PLANE, ()),
    "an affine network": (net(([[1], [-1]], None), ([[1, -1], [-1, 1]], None), ([[1, -1]], None)), LINE, ()),
    "relu(relu(x) - relu(-x)), which is relu(x)": (
        net(([[1], [-1]], None), ([[1, -1], [1, 1]], None), ([[1, 1]], None)),
        LINE,
        (2,),
    ),
    "two neurons that differ only outside": (
        net(
            ([[1, 0], [1, 0], [0, 1]], [0, -1, 0]), ([[1, 0, -1], [1, 3, -1]], None), ([[1, 2], [3, 1]], None)
        ),
        SQUARE,
        (2, 1),
    ),
    "seen only after another step": (
        net(([[1, 0], [0, 1], [0, 1]], [0, 0, -1]), ([[1, -1, 1], [2, -2, 5]], None), ([[1, 1]], None)),
        SQUARE,
        (2, 1),
    ),
    "one row on the line that the domain is": (
        net(([[1, 0], [0, 1], [1, 1]], [0, 0, 0]), ([[1, 1, 1]], None)),
        Domain.from_inequalities(2, [([1, -1], 0, "=")]),
        (1,),
    ),
    "a point": (net(([[1, 0], [0, 1]], None), ([[1, 1]], None)), Domain.box([(1, 1), (2, 2)]), ()),
    "an empty domain": (net(([[1, 0], [0, 1]], None), ([[1, 1]], None)), Domain.box([(1, 0), (2, 2)]), ()),
    "leaky units of one row": (
        net(([[1, 0], [2, 0], [0, 1]], None), ([[1, 1, 1]], None), slopes=[[("1/4", 1), ("1/2", 2), (0, 1)]]),
        PLANE,
        (2,),
    ),
    "linear units": (
        net(
            ([[1, 0], [0, 1]], None),
            ([[1, 1], [1, 2]], None),
            ([[1, 1]], None),
            slopes=[[(2, 2)] * 2, [(0, 1)] * 2],
        ),
        PLANE,
        (2,),
    ),
    "absolute values in two parts": (
        net(([[1, 0], [-1, 0], [0, 1]], None), ([[1, 1, 1]], None), slopes=[[(0, 1), (0, 1), (-1, 1)]]),
        PLANE,
        (2,),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_redundancy_of_each_kind_is_found_and_the_function_stays(kind):
    network, domain, widths = KINDS[kind]
    found = compress(network, domain, effort=20)
    assert found.after.hidden_widths == widths
    assert found.is_whole
    assert are_equal(network, found.after, domain)


@pytest.mark.parametrize("seed", range(25))
def test_drawn_networks_stay_the_same_function_on_drawn_domains(seed):
    chooser = Chooser.seeded("compression", seed)
    network = draw_network(chooser)
    network = with_drawn_units(chooser, network) if seed % 3 == 0 else disguised(chooser, network)
    domain = draw_domain(chooser, network.inputs)
    found = compress(network, domain, effort=5)
    assert are_equal(network, found.after, domain)
    assert sum(found.after.hidden_widths) <= sum(network.hidden_widths)
    assert all(step.before.digest != step.after.digest for step in found.steps)
    again = compress(found.after, domain, effort=5)
    assert again.after.widths == found.after.widths


@pytest.mark.parametrize("seed", range(24))
def test_inflated_networks_become_as_small_as_they_were(seed):
    chooser, cube = Chooser.seeded("inflated", seed), Domain.box([(0, 1)] * 3)
    base = generic_network(chooser)
    large, small = inflated(chooser, base, 6), compress(base, cube, effort=10).after
    found = compress(large, cube, effort=10)
    assert sum(found.after.hidden_widths) <= sum(small.hidden_widths)
    assert sum(found.after.bent_widths) <= sum(small.bent_widths)
    assert len(found.after.widths) <= len(small.widths)
    for x in exact_points(cube, 20):
        assert found.after(x) == large(x) == base(x)


def generic_network(chooser):
    """Return a network of ReLUs 3-4-3-2 that has no hidden redundancy, but for signs on a box."""
    numbers = [Fraction(k, 7) for k in range(-20, 21)]

    def drawn(count):
        return [chooser.choose(numbers) for _ in range(count)]

    shapes = ((3, 4), (4, 3), (3, 2))
    return Network.from_rationals([([drawn(n) for _ in range(m)], drawn(m)) for n, m in shapes])
