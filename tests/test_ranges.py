"""Exact ranges: by vertices of brute-force cells, and the domain table (open, unbounded, empty, thin)."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import z3

from exactrelu.analysis.extremum import Extremum
from exactrelu.analysis.ranges import OutputRange, output_range
from exactrelu.networks.network import Network
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from tests.support.disguised_networks import z3_units
from tests.support.seeded_cases import seeded_cases

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def z3_value(value: Fraction) -> z3.ArithRef:
    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def z3_output(network: Network, x: list[z3.ArithRef], index: int) -> z3.ArithRef:
    current = x
    for k, layer in enumerate(network.layers):
        rows = zip(layer.weight, layer.bias, strict=True)
        y = [
            z3.Sum([z3_value(w) * v for w, v in zip(row, current, strict=True)]) + z3_value(b)
            for row, b in rows
        ]
        current = y if k == network.depth - 1 else z3_units(network.activations[k], y)
    return current[index]


def z3_domain(domain: Domain, x: list[z3.ArithRef]) -> list[z3.BoolRef]:
    result = []
    for c in domain.constraints:
        value = z3.Sum([z3_value(a) * v for a, v in zip(c.normal, x, strict=True)]) + z3_value(c.offset)
        result.append(
            {
                Relation.LESS: value < 0,
                Relation.AT_MOST: value <= 0,
                Relation.EQUAL: value == 0,
                Relation.AT_LEAST: value >= 0,
                Relation.GREATER: value > 0,
            }[c.relation]
        )
    return result


def confirmed_by_z3(network: Network, domain: Domain, index: int, side: Extremum, sign: int) -> bool:
    """Whether no point of the domain beats the extremum, and some point comes as close as one likes."""
    x = [z3.Real(f"x{j}") for j in range(network.inputs)]
    goal = sign * z3_output(network, x, index)

    def possible(condition: z3.BoolRef) -> bool:
        solver = z3.Solver()
        solver.add(*z3_domain(domain, x), condition)
        return solver.check() == z3.sat

    if side.value in (math.inf, -math.inf):
        return possible(goal >= 10**9)
    level = z3_value(sign * side.value)
    if possible(goal > level) or possible(goal == level) != side.attained:
        return False
    return side.attained or possible(goal > level - z3_value(Fraction(1, 10**9)))


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=6, units=25))
def test_ranges_agree_with_z3(network, domain):
    ranges = output_range(network, domain)
    if ranges is None:
        solver = z3.Solver()
        solver.add(*z3_domain(domain, [z3.Real(f"x{j}") for j in range(network.inputs)]))
        assert solver.check() == z3.unsat
        return
    for index, one in enumerate(ranges):
        assert confirmed_by_z3(network, domain, index, one.maximum, 1)
        assert confirmed_by_z3(network, domain, index, one.minimum, -1)


def test_the_confirmation_refuses_a_wrong_extremum():
    domain = Domain.box([(-3, 2)])
    ((low, high),) = [(one.minimum, one.maximum) for one in output_range(ABSOLUTE, domain)]
    assert confirmed_by_z3(ABSOLUTE, domain, 0, high, 1)
    for wrong in (high.value + Fraction(1, 2**200), high.value - Fraction(1, 2**200), math.inf):
        assert not confirmed_by_z3(ABSOLUTE, domain, 0, Extremum(wrong, True, high.point), 1)
    assert not confirmed_by_z3(ABSOLUTE, domain, 0, Extremum(high.value, False, high.point), 1)
    assert not confirmed_by_z3(ABSOLUTE, domain, 0, Extremum(low.value - 1, True, low.point), -1)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=7, units=25))
def test_the_points_show_what_they_claim(network, domain):
    for index, one in enumerate(output_range(network, domain) or ()):
        for side, sign in ((one.minimum, -1), (one.maximum, 1)):
            if side.value in (math.inf, -math.inf):
                far = [
                    tuple(p + t * v for p, v in zip(side.point, side.ray, strict=True))
                    for t in (10**6, 10**7)
                ]
                assert sign * network(far[0])[index] < sign * network(far[1])[index]
                assert all(domain.contains(x) for x in far) or not domain.contains(side.point)
            else:
                assert network(side.point)[index] == side.value
                assert domain.contains(side.point) or not side.attained


def test_a_supremum_on_an_open_domain_is_not_attained():
    domain = Domain.from_inequalities(1, [([1], -1, "<"), ([1], 2, ">=")])
    (one,) = output_range(ABSOLUTE, domain)
    assert (one.maximum.value, one.maximum.attained) == (2, True)
    half = Domain.from_inequalities(1, [([1], -2, "<"), ([1], 1, ">=")])
    (one,) = output_range(ABSOLUTE, half)
    assert (one.maximum.value, one.maximum.attained, one.maximum.point) == (2, False, (2,))
    assert (one.minimum.value, one.minimum.attained) == (0, True)


def test_an_open_facet_may_hold_the_supremum_inside_it():
    # x on {0 <= x <= 1, y > 0}: the supremum 1 is attained at (1, y) though the vertex (1, 0) is not in D.
    network = Network.from_rationals([([[1, 0]], None)])
    domain = Domain.from_inequalities(2, [([1, 0], 0, ">="), ([1, 0], -1, "<="), ([0, 1], 0, ">")])
    (one,) = output_range(network, domain)
    assert one.maximum.attained
    assert domain.contains(one.maximum.point)


def test_an_unbounded_output_comes_with_a_ray():
    (one,) = output_range(ABSOLUTE)
    assert (one.maximum.value, one.maximum.attained) == (math.inf, False)
    assert one.maximum.ray in ((1,), (-1,))
    assert one.minimum == Extremum(Fraction(0), True, (Fraction(0),))


def test_an_empty_domain_has_no_range_and_a_point_has_a_trivial_one():
    nothing = Domain.from_inequalities(1, [([1], 0, "<"), ([1], 0, ">")])
    assert output_range(ABSOLUTE, nothing) is None
    (one,) = output_range(ABSOLUTE, Domain.box([("1/3", "1/3")]))
    there = Extremum(Fraction(1, 3), True, (Fraction(1, 3),))
    assert one == OutputRange(there, there)
