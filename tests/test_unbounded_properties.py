"""Properties on input sets without a box: bounded by their own rows, or decided cell by cell."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Network, Property, Search, verify
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.unbounded_sets import within_its_box
from tests.support.drawn_networks import Chooser, draw_network
from tests.test_verify import z3_unsafe

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
SUM = Network.from_rationals([([[1, 1], [1, -1]], None), ([[1, 1]], None)])  # relu(a+b) + relu(a-b)
LOWER = Domain.from_inequalities(1, [([1], -3, ">=")])


@pytest.mark.parametrize(
    ("bound", "domain", "expected"),
    [
        ("y0 >= 0", None, "holds"),
        ("y0 > 0", None, "refuted"),
        ("y0 <= 1000000", None, "refuted"),
        ("y0 >= x0", None, "holds"),
        ("y0 > x0", LOWER, "refuted"),
        ("y0 >= 3", LOWER, "holds"),
        ("y0 > 3", LOWER, "refuted"),
        ("y0 = x0", LOWER, "holds"),
    ],
)
def test_bounds_on_rays_and_lines_are_decided(bound, domain, expected):
    decision = verify(ABSOLUTE, bound, domain)
    assert str(decision.verdict) == expected
    if expected == "refuted":
        assert decision.property.holds_at(decision.point, decision.outputs)


def test_a_set_that_its_rows_bound_gets_their_box():
    rows = [([1, 1], -1, "<="), ([1, -1], -1, "<="), ([1, 0], 2, ">=")]
    p = Property.from_bounds(2, 1, Domain.from_inequalities(2, rows), ["y0 <= 2"])
    box = within_its_box(p.groups[0]).box
    assert [(i.lower, i.upper) for i in box] == [(-2, 1), (-3, 3)]
    assert str(verify(SUM, p).verdict) == "holds"
    assert str(verify(SUM, "y0 < 2", Domain.from_inequalities(2, rows)).verdict) == "refuted"


def test_rows_that_bound_one_input_only_are_not_enough():
    strip = Domain.from_inequalities(2, [([1, 1], -1, "<="), ([1, 1], 1, ">=")])
    p = Property.from_bounds(2, 1, strip, ["y0 <= 2"])
    assert within_its_box(p.groups[0]) is None
    assert str(verify(SUM, p).verdict) == "refuted"  # relu(a - b) grows along the strip
    assert str(verify(SUM, ["y0 >= 0"], strip).verdict) == "holds"


def test_an_unbounded_set_without_points_holds():
    nowhere = Domain.from_inequalities(2, [([1, 1], 0, ">"), ([1, 1], 0, "<")])
    assert str(verify(SUM, "y0 < -5", nowhere).verdict) == "holds"


def test_a_limit_leaves_an_unbounded_set_unknown():
    decision = verify(SUM, "y0 >= 0", search=Search(max_regions=1))
    assert str(decision.verdict) == "unknown"
    assert decision.reason == "more than 1 regions"


@pytest.mark.parametrize("seed", range(60))
def test_verdicts_are_those_of_z3_on_drawn_networks_and_half_spaces(seed):
    c = Chooser.seeded("unbounded", seed)
    network = draw_network(c)
    n = network.inputs
    rows = [
        ([c.integer(-2, 2) for _ in range(n)], c.integer(-2, 2), c.choose(["<=", "<", ">="]))
        for _ in range(2)
    ]
    terms = " + ".join(["y0", *(f"{c.integer(0, 2)} x{i}" for i in range(n))])
    bound = f"{terms} {c.choose(['<=', '<', '>=', '>'])} {Fraction(c.integer(-9, 9), 2)}"
    decision = verify(network, bound, Domain.from_inequalities(n, rows))
    unsafe = any(z3_unsafe(network, group) for group in decision.property.groups)
    assert str(decision.verdict) == ("refuted" if unsafe else "holds")
