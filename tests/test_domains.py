"""Domains, and every kind of domain: regions are relative to it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.documents.region import emptiness_of
from exactrelu.enumeration import count, regions
from exactrelu.errors import DomainError, ExactReluError, InexactNumberError, NetworkError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain
from tests.support import brute_force
from tests.support.drawn_networks import STEADY, Chooser, draw_domain, networks_and_domains, points

READINGS = [reading.value for reading in Reading]
LINE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
CROSS = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, 1]], None)])  # both axes
DIFFERENCE = Network.from_rationals([([[1, 0], [0, 1], [1, -1]], None), ([[1, -1, 0]], None)])


def found(network, domain, reading):
    return [(str(r.configuration), r.dimension) for r in regions(network, domain, reading)]


def every_reading(network, domain):
    """Return the texts with dimensions, in the readings half-open, closed, full."""
    return [found(network, domain, reading) for reading in ("half-open", "closed", "full")]


def domain(n, *rows):
    return Domain.from_inequalities(n, rows)


# the data -----------------------------------------------------------------------------------------


@STEADY
@given(st.data())
def test_a_point_lies_in_a_domain_exactly_if_every_constraint_as_written_holds(data):
    drawn = draw_domain(Chooser.drawn(data.draw), data.draw(st.integers(1, 3)))
    x = data.draw(points(drawn.dimension))
    expected = all(c.holds(x) for c in brute_force.domain_constraints(drawn))
    assert drawn.contains(x) == expected
    for row in drawn.rows:  # the integer rows say the same
        value = sum((a * b for a, b in zip(row.entries[:-1], x, strict=True)), Fraction(row.entries[-1]))
        holds = {">=": value >= 0, ">": value > 0, "=": value == 0}[str(row.relation)]
        expected = expected and holds
    assert drawn.contains(x) == expected


@pytest.mark.parametrize(
    ("normal", "offset", "relation", "row"),
    [
        (["1/2", "-1/3"], 1, "<=", ((-3, 2, -6), ">=")),
        (["1/2", "-1/3"], 1, "<", ((-3, 2, -6), ">")),
        ([4, 6], 2, ">=", ((2, 3, 1), ">=")),
        ([0, -2], 4, "=", ((0, 1, -2), "=")),
        ([0, 0], -3, "=", ((0, 0, 1), "=")),
        ([0, 0], -3, "<", ((0, 0, 1), ">")),
        ([0, 0], 0, "=", ((0, 0, 0), "=")),
        ([2**300, 0], 2**301, ">", ((1, 0, 2), ">")),
    ],
)
def test_a_row_is_primitive_and_points_to_the_positive_side(normal, offset, relation, row):
    assert domain(2, (normal, offset, relation)).rows == (Row(row[0], Relation(row[1])),)


@pytest.mark.parametrize(
    ("relation", "at"), [("<", "100"), ("<=", "110"), ("=", "010"), (">=", "011"), (">", "001")]
)
def test_each_relation_at_minus_one_zero_and_one(relation, at):
    constraint = LinearConstraint((Fraction(1),), Fraction(0), Relation(relation))
    assert "".join(str(int(constraint.holds_at((x,)))) for x in (-1, 0, 1)) == at


@pytest.mark.parametrize(
    ("relation", "violations"),
    [("<", [0, 0, 2]), ("<=", [0, 0, 2]), ("=", [2, 0, 2]), (">=", [2, 0, 0]), (">", [2, 0, 0])],
)
def test_a_violation_is_measured_with_the_relation_relaxed(relation, violations):
    constraint = LinearConstraint((Fraction(2), Fraction(1)), Fraction(-1), Relation(relation))
    points = [(-1, 1), (0, 1), (1, 1)]
    assert [constraint.violation(x) for x in points] == violations
    assert [constraint.value(x) for x in points] == [-2, 0, 2]


def test_a_box_contains_its_faces_and_a_degenerate_side_is_an_equation():
    box = Domain.box([(0, 1), ("1/3", "1/3"), ("-1e-3", 2**300)])
    assert box.contains((0, "1/3", "-0.001"))
    assert box.contains((1, "1/3", 2**300))
    assert not box.contains((1, "1/3", 2**300 + 1))
    assert not box.contains(("-1/1000000", "1/3", 0))
    assert [str(c.relation) for c in box.constraints] == [">=", "<=", "=", ">=", "<="]


def test_bad_domains_are_refused_with_their_place():
    with pytest.raises(DomainError, match=r"inequalities\[1\]\.normal: expected 2 entries, got 1"):
        domain(2, ([1, 0], 0, "<"), ([1], 0, "<"))
    with pytest.raises(DomainError, match=r"inequalities\[0\]\.relation"):
        domain(1, ([1], 0, "=="))
    with pytest.raises(NetworkError, match="expected 2 coordinates, got 1"):
        Domain.whole_space(2).contains((1,))
    with pytest.raises(InexactNumberError):
        Domain.box([(0.0, 1)])


def test_a_bad_number_in_a_domain_is_an_error_that_names_its_place():
    with pytest.raises(ExactReluError, match=r"inequalities\[1\]\.normal"):
        domain(2, ([1, 0], 0, "<"), ([1, 0.5], 0, "<"))
    with pytest.raises(ExactReluError, match=r"inequalities\[0\]\.offset"):
        domain(1, ([1], "1/0", "<"))
    with pytest.raises(ExactReluError, match="coordinate 1"):
        Domain.box([(0, 1), (0, "x")])


def test_numbers_beyond_pythons_digit_limit_do_not_break_an_empty_box():
    box = Domain.box([("1e5000", 0)])
    assert count(LINE, box) == 0
    assert emptiness_of(1, box.rows)["emptiness"]["rows"][0]["offset"] == "-1" + "0" * 5000


def test_a_constraint_of_another_dimension_is_refused_by_the_constructor():
    short = LinearConstraint((Fraction(1),), Fraction(0), Relation.GREATER)
    with pytest.raises(DomainError):
        Domain(2, (short,))


# the table ----------------------------------------------------------------------------------------


def test_a_segment_of_the_plane_has_cells_relative_to_itself():
    diagonal = domain(2, ([1, -1], 0, "="))  # the neuron x - y vanishes on it
    half_open, closed, full = every_reading(DIFFERENCE, diagonal)
    assert half_open == full == [("000", 1), ("110", 1)]
    assert closed == [
        (a + b, 1 if a in ("00", "11") else 0) for a in ("00", "01", "10", "11") for b in ("0", "1")
    ]


def test_a_line_given_as_two_inequalities_is_the_line_given_as_an_equation():
    one = domain(2, ([1, 1], -1, "="))
    two = domain(2, ([1, 1], -1, "<="), ([3, 3], -3, ">="))
    assert every_reading(CROSS, one) == every_reading(CROSS, two)
    assert every_reading(CROSS, one)[2] == [("01", 1), ("10", 1), ("11", 1)]
    for reading in READINGS:
        for a, b in zip(regions(CROSS, one, reading), regions(CROSS, two, reading), strict=True):
            assert a.geometry.equations == b.geometry.equations
            assert a.geometry.facets == b.geometry.facets


def test_a_single_point_is_a_cell_of_full_dimension_zero():
    origin = Domain.box([(0, 0), (0, 0)])
    half_open, closed, full = every_reading(CROSS, origin)
    assert half_open == full == [("00", 0)]
    assert closed == [("00", 0), ("01", 0), ("10", 0), ("11", 0)]
    assert every_reading(CROSS, Domain.box([(1, 1), (0, 0)]))[2] == [("10", 0)]


def test_an_open_half_line_excludes_the_cell_that_only_its_end_belongs_to():
    positive = domain(1, ([1], 0, ">"))
    assert every_reading(LINE, positive) == [[("10", 1)]] * 3
    nonnegative = domain(1, ([1], 0, ">="))
    assert every_reading(LINE, nonnegative) == [
        [("00", 0), ("10", 1)],
        [("00", 0), ("01", 0), ("10", 1), ("11", 0)],
        [("10", 1)],
    ]


def test_the_open_square_keeps_four_cells_and_loses_the_cells_on_its_border():
    square = domain(2, ([1, 0], 0, ">"), ([0, 1], 0, ">"), ([1, 0], -1, "<"), ([0, 1], -1, "<"))
    assert every_reading(CROSS, square) == [[("11", 2)]] * 3
    closed_square = Domain.box([(0, 1), (0, 1)])
    assert found(CROSS, closed_square, "half-open") == [("00", 0), ("01", 1), ("10", 1), ("11", 2)]


def test_a_face_that_only_a_strict_row_removes_is_no_cell():
    # The cell y <= 0 of the closure is the origin, and x > -y cuts exactly it away.
    wedge = domain(2, ([0, 1], 0, ">="), ([1, 0], 0, ">="), ([1, 1], 0, ">"))
    sum_neuron = Network.from_rationals([([[1, 1]], None), ([[1]], None)])
    assert every_reading(sum_neuron, wedge) == [[("1", 2)]] * 3


def test_an_unbounded_domain_has_unbounded_cells_with_rays():
    quadrant = domain(2, ([1, 0], 1, ">="), ([0, 1], 1, ">="))
    cells = {str(r.configuration): r for r in regions(CROSS, quadrant)}
    assert [cells[t].geometry.bounded for t in ("00", "01", "10", "11")] == [True, False, False, False]
    assert cells["01"].geometry.rays == [(0, 1)]
    assert cells["11"].geometry.rays == [(0, 1), (1, 0)]


EMPTY = {
    "two half-lines": domain(1, ([1], 0, "<="), ([1], -1, ">=")),
    "two strict rows": domain(1, ([1], 0, "<"), ([1], 0, ">")),
    "strict against weak": domain(1, ([2], 0, ">"), ([-3], 0, ">=")),
    "a constant row": domain(1, ([0], 1, "<=")),
    "a strict constant row": domain(1, ([0], 0, "<")),
    "a constant equation": domain(1, ([0], 1, "=")),
    "two equations a gap apart": domain(1, ([1], 0, "="), ([1], Fraction(1, 2**200), "=")),
    "an open point": domain(1, ([1], 0, "="), ([1], 0, ">")),
}


@pytest.mark.parametrize("name", list(EMPTY))
def test_an_empty_domain_has_no_regions_in_any_reading_nor_for_an_affine_map(name):
    affine = Network.from_rationals([([[1]], None)])
    assert every_reading(LINE, EMPTY[name]) == every_reading(affine, EMPTY[name]) == [[], [], []]


@pytest.mark.parametrize("name", list(EMPTY))
def test_an_empty_domain_in_other_coordinates_is_empty(name):
    rows = [((Fraction(0), *c.normal), c.offset, str(c.relation)) for c in EMPTY[name].constraints]
    assert every_reading(CROSS, domain(2, *rows)) == [[], [], []]


def test_constant_rows_that_hold_and_duplicate_rows_change_nothing():
    plain = domain(2, ([1, 0], -1, "<="), ([0, 1], 0, ">"))
    padded = domain(
        2,
        ([0, 0], 0, "="),
        ([0, 0], -1, "<="),
        ([0, 0], 1, ">"),
        ([3, 0], -3, "<="),
        ([1, 0], -1, "<="),
        ([-2, 0], 2, ">="),
        ([0, 5], 0, ">"),
        ([0, 1], 0, ">="),
        ([0, 1], 0, ">"),
        ([1, 0], -7, "<"),
    )
    assert every_reading(CROSS, plain) == every_reading(CROSS, padded)
    for reading in READINGS:
        for a, b in zip(regions(CROSS, plain, reading), regions(CROSS, padded, reading), strict=True):
            assert (a.geometry.facets, a.strict) == (b.geometry.facets, b.strict)


def test_a_cell_as_thin_as_two_to_the_minus_two_hundred_is_found_and_none_where_it_closes():
    gap = Fraction(1, 2**200)
    neuron = Network.from_rationals([([[1, 0]], None), ([[1]], None)])
    assert found(neuron, Domain.box([(0, gap), (0, 1)]), "full") == [("1", 2)]
    assert found(neuron, Domain.box([(-gap, gap), (0, 1)]), "full") == [("0", 2), ("1", 2)]
    assert found(neuron, Domain.box([(-gap, 0), (0, 1)]), "half-open") == [("0", 2)]


# restriction commutes with enumeration --------------------------------------------------------------


def intersected(region, smaller):
    """Return the constraints of a region of the whole space and those of a domain, together."""
    bits, network = region.configuration.layers, region.network
    whole = Domain.whole_space(network.inputs)
    own = brute_force.cell_constraints(network, whole, bits, str(region.reading))
    return own + brute_force.domain_constraints(smaller)


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(["half-open", "closed"]))
def test_regions_of_a_domain_are_the_non_empty_intersections_with_the_regions_of_the_space(case, reading):
    network, smaller = case
    n = network.inputs
    expected = []
    for region in regions(network, None, reading):
        size = brute_force.dimension_of(n, intersected(region, smaller))
        if size >= 0:
            expected.append((str(region.configuration), size))
    assert found(network, smaller, reading) == expected


@STEADY
@given(networks_and_domains(most_hidden=4))
def test_full_regions_of_a_domain_are_the_half_open_ones_of_its_dimension(case):
    network, smaller = case
    n = network.inputs
    size = brute_force.dimension_of(n, brute_force.domain_constraints(smaller))
    restricted = [
        str(region.configuration)
        for region in regions(network)
        if 0 <= size == brute_force.dimension_of(n, intersected(region, smaller))
    ]
    assert [text for text, _ in found(network, smaller, "full")] == restricted
    assert [(t, k) for t, k in found(network, smaller, "half-open") if k == size] == found(
        network, smaller, "full"
    )


@STEADY
@given(networks_and_domains(most_hidden=4), st.data())
def test_the_order_of_the_counts_is_full_then_half_open_then_closed(case, data):
    network, smaller = case
    full, half_open, closed = (
        {str(r.configuration) for r in regions(network, smaller, reading)}
        for reading in ("full", "half-open", "closed")
    )
    assert full <= half_open <= closed
    shuffled = Domain(smaller.dimension, tuple(data.draw(st.permutations(smaller.constraints))))
    assert count(network, shuffled) == len(half_open)


@pytest.mark.parametrize("relation", list(Relation))
def test_a_constraint_may_name_its_relation_in_text(relation):
    by_text, by_name = (
        Domain(1, (LinearConstraint((Fraction(1),), Fraction(0), name),))
        for name in (str(relation), relation)
    )
    assert by_text == by_name
    assert every_reading(LINE, by_text) == every_reading(LINE, by_name)


def test_a_constraint_with_an_unknown_relation_or_a_float_is_refused():
    with pytest.raises(DomainError, match="relation: expected"):
        LinearConstraint((Fraction(1),), Fraction(0), "=<")
    with pytest.raises(InexactNumberError, match=r"normal\[0\]"):
        LinearConstraint((0.5,), Fraction(0), "<")
