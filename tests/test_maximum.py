"""Maxima by bounds, branch and bound and linear programs, against the vertices of all cells."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Domain, Network
from exactrelu.analysis.distances import distance
from exactrelu.analysis.equality import decide_equality
from exactrelu.analysis.optima import bounded_set, output_functions, supremum
from exactrelu.analysis.ranges import output_range
from exactrelu.bounds.float_layers import float_layers
from exactrelu.enumeration.effort import Search
from exactrelu.networks.activation import Activation
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.maximum import maximum
from exactrelu.verification.property import InputSet
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_box

SLOPES = [(0, 1), (0, 1), (-1, 1), ("1/4", 1), (1, 1), (1, 0), (0, 0), ("-1/3", "-2")]
CELLS = Search("lp")  # an engine that is named lists cells


def draw_units(c: Chooser, network: Network) -> Network:
    """Return the network with units of any slopes."""
    activations = [Activation.of([c.choose(SLOPES) for _ in range(width)]) for width in network.hidden_widths]
    return Network(network.layers, activations=tuple(activations))


def draw_domain_in_a_box(c: Chooser, inputs: int) -> Domain:
    """Return a box, wide, flat or open, perhaps with a row across it."""
    box = InputSet(draw_box(c, inputs), (), ()).domain()
    if c.integer(0, 2):
        return box
    normal = tuple(Fraction(c.integer(-2, 2)) for _ in range(inputs))
    row = LinearConstraint(normal, Fraction(c.integer(-1, 3), 2), c.choose([">=", "<=", ">", "="]))
    return Domain(inputs, (*box.constraints, row))


def sides(ranges):
    return [(e.value, e.attained) for one in ranges for e in (one.minimum, one.maximum)]


def found_sides(network: Network, domain: Domain):
    """Return the suprema of -y_j and y_j that branch and bound finds."""
    inputs = InputSet.of_domain(domain)
    functions = output_functions(network.outputs)
    return [supremum(network, inputs, [f], Search(time_limit=60), lambda _: None)[0] for f in functions]


@pytest.mark.parametrize("seed", range(300))
def test_every_optimum_is_that_of_the_list_of_cells(seed):
    c = Chooser.seeded("maximum", seed)
    network = draw_network(c)
    if seed % 3 == 0:
        network = draw_units(c, network)
    domain = draw_domain_in_a_box(c, network.inputs)
    expected = output_range(network, domain, search=CELLS)
    if domain.is_empty:
        assert expected is None
        return
    found = found_sides(network, domain)
    signed = [(value if i % 2 else -value, attained) for i, (value, attained) in enumerate(sides(expected))]
    assert [(e.value, e.attained) for e in found] == signed
    for i, extremum in enumerate(found):
        assert network(extremum.point)[i // 2] == (extremum.value if i % 2 else -extremum.value)
        assert domain.contains(extremum.point) or not extremum.attained


@pytest.mark.parametrize("seed", range(20))
def test_output_range_takes_bounds_where_networks_are_not_tiny_and_agrees_with_cells(seed):
    c = Chooser.seeded("range by bounds", seed)
    network = draw_network(c, most_inputs=3, most_hidden=12)
    domain = draw_domain_in_a_box(c, network.inputs)
    by_cells, by_bounds = (output_range(network, domain, search=search) for search in (CELLS, None))
    assert (by_cells is None) == (by_bounds is None)
    if by_cells is not None:
        assert sides(by_cells) == sides(by_bounds)


def wide(inputs: int) -> Network:
    return Network.from_rationals([([[1] * inputs], [1]), ([[1]], None)])


@pytest.mark.parametrize("inputs", [12, 20, 40])
def test_one_neuron_of_many_inputs_needs_no_vertices(inputs):
    (one,) = output_range(wide(inputs), Domain.box([(0, 1)] * inputs))
    assert (one.minimum.value, one.maximum.value) == (1, inputs + 1)
    assert one.maximum.point == (1,) * inputs


def test_a_plateau_of_many_cells_is_closed_where_bounds_only_touch():
    """-relu(x_i) summed: the maximum 0 is taken on a whole orthant, which the other neurons cut."""
    n = 4
    rows = [[int(i == j) for j in range(n)] for i in range(n)] * 3
    bias = [0] * n + [Fraction(1, 3)] * n + [Fraction(1, 2)] * n
    network = Network.from_rationals([(rows, bias), ([[-1] * n + [0] * n + [0] * n], None)])
    deep = Network.from_rationals(
        [(rows, bias), ([[1] * n + [0] * 2 * n, [0] * n + [1] * 2 * n], None), ([[-1, 0]], None)]
    )
    for net in (network, deep):
        (one,) = output_range(net, Domain.box([(-1, 1)] * n))
        assert (one.maximum.value, one.maximum.attained, one.minimum.value) == (0, True, -n)


def test_the_maximum_over_several_functions_names_the_one_that_has_it():
    network = Network.from_rationals([([[1], [-1]], None), ([[1, 1], [-2, 0]], [0, -1])])
    box = InputSet.of_domain(Domain.box([(-3, 2)]))
    top = maximum(network, box, output_functions(2))
    assert (top.value, top.function, top.point) == (
        5,
        2,
        (2,),
    )  # 2 relu(x) + 1 at 2, the negated second output
    mixed = Inequality(((0, Fraction(2)),), ((0, Fraction(-1)),), Fraction(5), strict=False)
    assert maximum(network, box, [mixed]).value == 7  # 2 x - |x| + 5 at x = 2


def test_sides_that_are_open_are_suprema_and_inner_points_attain():
    network = wide(8)
    open_box = Domain.from_inequalities(
        8, [([int(i == j) for j in range(8)], 0, ">=") for i in range(8)]
        + [([int(i == j) for j in range(8)], -1, "<") for i in range(8)],
    )  # fmt: skip
    (one,) = output_range(network, open_box)
    assert (one.maximum.value, one.maximum.attained) == (9, False)
    assert (one.minimum.value, one.minimum.attained) == (1, True)
    flat = Network.from_rationals([([[0] * 8, [1] * 8], [1, 0]), ([[1, 0]], None)])
    (one,) = output_range(flat, open_box)
    assert one.maximum.attained
    assert open_box.contains(one.maximum.point)


def test_cells_are_listed_where_they_are_asked_for_or_a_domain_is_unbounded():
    network, box = wide(8), Domain.box([(0, 1)] * 8)
    assert bounded_set(network, box, Search()) is not None
    assert bounded_set(network, box, Search("ppl")) is None
    assert bounded_set(network, box, Search(max_regions=5)) is None
    half = Domain.from_inequalities(8, [([1] * 8, 0, ">=")])
    assert bounded_set(network, half, Search()) is None
    simplex = [([int(i == j) for j in range(8)], 0, ">=") for i in range(8)] + [([1] * 8, -1, "<=")]
    found = bounded_set(network, Domain.from_inequalities(8, simplex), Search())
    assert found.upper == (1,) * 8


@pytest.mark.parametrize("seed", range(60))
def test_the_relaxed_program_of_a_box_is_above_the_function_and_its_split_parts_below_it(seed):
    c = Chooser.seeded("lifted", seed)
    network = draw_network(c, most_hidden=5)
    if seed % 2:
        network = draw_units(c, network)
    inputs = InputSet(draw_box(c, network.inputs), (), ())
    function = output_functions(1)[1]
    asked = InputSet(inputs.box, (), ((function,),))
    if inputs.domain().is_empty or network.depth == 1:
        return
    search = BranchAndBound(
        network, float_layers(network), asked, float_rows(network, asked), checkpoint=lambda _: Progress()
    )
    (node,) = search.stack
    search._bounded([node])
    lower, upper = ([part[0] for part in search._by_layer(b[None])] for b in (node.lower, node.upper))
    lifted = LiftedLeaf(network, list(inputs.domain().rows), search._signs(node), lower, upper)
    top = lifted.optimum(function, {})
    exact = maximum(network, inputs, [function]).value
    assert top.value >= exact
    every = [lifted.optimum(function, dict(enumerate(bits))) for bits in _patterns(len(lifted.open))]
    assert max(found.value for found in every if found is not None) == exact


def _patterns(count: int):
    return [tuple(number >> i & 1 for i in range(count)) for number in range(2**count)]


def test_networks_that_differ_in_neurons_that_are_dead_on_a_box_are_equal_there_without_joint_cells():
    c = Chooser.seeded("pruned", 1)
    n, hidden = 6, 12
    first = [[Fraction(c.integer(-64, 64), 64) for _ in range(n)] for _ in range(hidden)]
    second = [[Fraction(c.integer(-64, 64), 64) for _ in range(hidden)] for _ in range(hidden)]
    last = [[Fraction(c.integer(-64, 64), 64) for _ in range(hidden)]]
    bias = [Fraction(1, 2)] * (hidden - 3) + [Fraction(-50)] * 3  # the last three are dead on the box
    whole = Network.from_rationals([(first, bias), (second, None), (last, None)])
    pruned = Network.from_rationals(
        [(first[:-3], bias[:-3]), ([row[:-3] for row in second], None), (last, None)]
    )
    box = Domain.box([(-1, 1)] * n)
    decision = decide_equality(whole, pruned, box)
    assert (str(decision.verdict), str(decision.method), decision.cells) == ("holds", "reduction", 0)
    elsewhere = decide_equality(whole, pruned, Domain.box([(-100, 100)] * n))
    assert str(elsewhere.verdict) == "refuted"
    assert distance(whole, pruned, box).power == 0
