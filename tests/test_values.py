"""Values: equal ones are equal, copies are equal, and what is shown can be evaluated or plainly cannot."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest

import exactrelu
from exactrelu import Configuration, Domain, Network, Search
from exactrelu.errors import ConfigurationError
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.constraints import LinearConstraint
from tests.support.drawn_networks import Chooser, draw_domain, draw_network

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
ENGINES = ("ppl", "generators", "lp")


def regions_of(seed, engine="ppl", reading="half-open"):
    chooser = Chooser.seeded("values", seed)
    network = draw_network(chooser)
    domain = draw_domain(chooser, network.inputs)
    return list(exactrelu.regions(network, domain, reading, search=Search(engine)))


@pytest.mark.parametrize("seed", range(8))
def test_regions_of_all_engines_are_equal_and_hash_alike(seed):
    first, *others = (regions_of(seed, engine) for engine in ENGINES)
    for found in others:
        assert set(found) == set(first)
        assert {hash(region) for region in found} == {hash(region) for region in first}
    assert len(set(first)) == len(first)


def test_regions_that_differ_in_one_thing_are_not_equal():
    interval = Domain.box([(-1, 1)])
    region = exactrelu.region_of(ABSOLUTE, "10", interval)
    others = [
        exactrelu.region_of(ABSOLUTE, "01", interval),
        exactrelu.region_of(ABSOLUTE, "10"),
        exactrelu.region_of(ABSOLUTE, "10", interval, "closed"),
        exactrelu.region_of(ABSOLUTE.scaled(2), "10", interval),
        "10",
    ]
    assert region == exactrelu.region_of(ABSOLUTE, Configuration.parse("10"), Domain.box([(-1, 1)]))
    assert all(region != other for other in others)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])  # noqa: S301
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("asked_before", [False, True])
def test_a_copy_of_a_region_is_the_region_with_the_same_geometry(copied, seed, asked_before):
    for engine in ENGINES:
        for region in regions_of(seed, engine)[:5]:
            if asked_before:
                _ = region.geometry, region.strict, region.affine_map, region.vertices
            other = copied(region)
            assert other == region
            assert hash(other) == hash(region)
            assert other.geometry == region.geometry
            assert (other.vertices, other.rays, other.lines) == (region.vertices, region.rays, region.lines)
            assert (other.strict, other.affine_maps) == (region.strict, region.affine_maps)
            assert other.contains(region.point)


@pytest.mark.parametrize("seed", range(10))
def test_the_inequalities_of_a_region_hold_on_its_vertices_and_are_its_closure(seed):
    for region in regions_of(seed, reading=Reading.CLOSED)[:20]:
        domain = Domain(region.network.inputs, region.inequalities)
        assert all(domain.contains(vertex) for vertex in region.vertices)
        assert domain.contains(region.point)
        (again,) = exactrelu.regions(Network.from_rationals([([[0] * domain.dimension], None)]), domain)
        assert again.geometry == region.geometry
        assert region.bounded == (not region.rays and not region.lines)


def test_a_region_shows_its_vertices_rays_lines_and_inequalities():
    strip = Network.from_rationals([([[1, 0], [-1, 0]], [0, 1]), ([[1, 1]], None)])
    region = exactrelu.region_of(strip, "11")
    assert region.vertices == ((0, 0), (1, 0))
    assert (region.rays, region.lines, region.bounded) == ((), ((0, 1),), False)
    assert [str(inequality) for inequality in region.inequalities] == ["-x1 + 1 >= 0", "x1 >= 0"]
    corner = exactrelu.region_of(ABSOLUTE, "00")
    assert [str(inequality) for inequality in corner.inequalities] == ["x1 = 0"]


DOMAINS = [
    Domain.whole_space(3),
    Domain.box([(0, 1), ("-1/2", 1)]),
    Domain.box([(1, 1)]),
    Domain.box([(0, 1), (1, 0)]),
    Domain.from_inequalities(2, [([1, "1/3"], "-1/7", "<")]),
    Domain.from_inequalities(1, [([1], 0, ">="), ([1], -1, "<")]),
    Domain.from_inequalities(1, [([2], 0, ">="), ([1], -1, "<=")]),
    Domain.from_inequalities(1, [([1], 5, ">=")]),
    Domain.from_inequalities(1, [([0], 0, "<")]),
    Domain.from_inequalities(2, [([1, 0], 1, "=")]),
]


@pytest.mark.parametrize(
    "value",
    [
        *DOMAINS,
        LinearConstraint((Fraction(1, 2), Fraction(-1)), Fraction(0), "<"),
        LinearConstraint((Fraction(3),), Fraction(1, 3), "="),
        Configuration.parse("01|1"),
        Configuration(()),
    ],
)
def test_what_repr_shows_is_the_value(value):
    names = {"Domain": Domain, "LinearConstraint": LinearConstraint, "Configuration": Configuration}
    assert eval(repr(value), names) == value  # noqa: S307


@pytest.mark.parametrize(
    "value",
    [
        ABSOLUTE,
        exactrelu.region_of(ABSOLUTE, "10"),
        exactrelu.AlgebraicNumber.from_rational(2).sqrt(),
        exactrelu.radical(2),
        ABSOLUTE.layers[0],
        ABSOLUTE.layers[0].matrix,
        Domain.box([(0, i) for i in range(1, 100)]),
    ],
)
def test_what_cannot_be_evaluated_looks_like_it(value):
    assert repr(value).startswith("<")
    assert len(repr(value)) < 200


@pytest.mark.parametrize("text", ["012", "0||1", "|", "0 1", "x"])
def test_texts_that_are_no_configuration_are_refused(text):
    with pytest.raises(ConfigurationError, match="expected bits"):
        Configuration.parse(text)


def test_a_configuration_that_is_no_text_is_refused():
    with pytest.raises(ConfigurationError, match="got the tuple"):
        Configuration.parse((0, 1))
