"""Ranges read off the table of vertices, against the geometry of every cell, on degenerate networks."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from exactrelu import Domain, Network
from exactrelu.analysis import ranges
from exactrelu.analysis.ranges import output_range
from exactrelu.analysis.table_optima import suprema_of_table
from exactrelu.enumeration import Problem, Search
from exactrelu.enumeration.generator_engine.output_values import output_values
from exactrelu.networks.reading import Reading
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.seeded_cases import seeded_cases
from tests.test_maximum import draw_domain_in_a_box, draw_units, sides

REFERENCE = Search("ppl")


def same_network_drawn(seed: int) -> tuple[Network, Domain]:
    c = Chooser.seeded("table of outputs", seed)
    network = draw_network(c, most_inputs=3, most_hidden=8)
    if seed % 3 == 0:
        network = draw_units(c, network)
    return network, draw_domain_in_a_box(c, network.inputs)


@pytest.mark.parametrize("seed", range(150))
def test_ranges_of_the_table_are_those_of_the_cells_geometry(seed):
    network, domain = same_network_drawn(seed)
    expected = output_range(network, domain, search=REFERENCE)
    found = output_range(network, domain, search=Search("generators"))
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert sides(found) == sides(expected)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(80, most_neurons=7, units=30))
def test_unbounded_ranges_of_the_table_are_those_of_the_cells_geometry(network, domain):
    expected = output_range(network, domain, search=REFERENCE)
    found = output_range(network, domain)
    assert (found is None) == (expected is None)
    if found is None or expected is None:
        return
    assert sides(found) == sides(expected)
    for j, one in enumerate(found):
        for side, sign in ((one.minimum, -1), (one.maximum, 1)):
            if side.ray is not None:
                far = [tuple(p + t * v for p, v in zip(side.point, side.ray, strict=True)) for t in (0, 1, 3)]
                assert all(domain.contains(x) for x in far)
                low, middle, high = (sign * network(x)[j] for x in far)
                assert low < middle
                assert high - middle == 2 * (middle - low)


@pytest.mark.parametrize("seed", range(60))
def test_enclosures_hold_the_exact_outputs_at_every_vertex(seed):
    network, domain = same_network_drawn(seed)
    if network.depth == 1 or domain.is_empty:
        return
    problem = Problem.of(network, domain, Reading.FULL)
    for values in output_values(problem, checkpoint=lambda: None):
        for row in range(len(values.low)):
            exact = values.exact([row])[0]
            assert tuple(exact) == network(values.point(row))
            for j, scale in enumerate(values.scales):
                assert values.low[row, j] <= exact[j] * scale <= values.high[row, j]
        assert (values.high - values.low < 1e-6).all() or values.unknown


def test_no_table_is_made_where_cells_are_too_many_or_another_engine_is_asked_for():
    network, domain = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)]), Domain.box([(-1, 2)])
    assert suprema_of_table(network, domain, Search(), len, most_cells=1) is None
    assert suprema_of_table(network, domain, Search("ppl"), len) is None
    assert suprema_of_table(network, domain, Search(max_regions=9), len) is None
    assert [one.value for one in suprema_of_table(network, domain, Search(), len)] == [0, 2]


def test_bounds_serve_where_the_table_would_be_too_large(monkeypatch):
    rows = [[i % 5 - 2, i % 3 - 1] for i in range(26)]
    network = Network.from_rationals(
        [(rows, [i % 4 - 1 for i in range(26)]), ([[(-1) ** i for i in range(26)]], None)]
    )
    domain = Domain.box([(-1, 1)] * 2)
    expected = sides(output_range(network, domain, search=REFERENCE))
    assert sides(output_range(network, domain)) == expected
    monkeypatch.setattr(ranges, "MOST_CELLS", 0)
    assert sides(output_range(network, domain)) == expected


def test_ties_at_many_vertices_and_rays_without_a_best_one():
    third = Fraction(1, 3)
    flat = Network.from_rationals([([[1, 0], [0, 1], [1, 1]], None), ([[1, 1, -1]], ["1/3"])])
    (one,) = output_range(flat, Domain.box([(0, 1), (0, 1)]))  # 1/3 on the whole box
    assert (one.minimum.value, one.maximum.value) == (third, third)
    (one,) = output_range(flat)
    assert (one.minimum.value, one.maximum.value) == (third, math.inf)
