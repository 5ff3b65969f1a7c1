"""Properties from bounds, and what a point must satisfy to be unsafe."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu.errors import ArgumentError, NetworkError, PropertyError
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.interval import Interval
from exactrelu.verification.linear_bound import LinearBound
from exactrelu.verification.property import Property

F = Fraction
SQUARE = Domain.box([(0, 1), (0, 1)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("y0 <= 5/2", "1 y0 - 5/2 <= 0"),
        ("y0 - 2 y1 <= 5/2", "1 y0 - 2 y1 - 5/2 <= 0"),
        (" - 1/2*y0+x1>=1e-3 ", "1 x1 - 1/2 y0 - 1/1000 >= 0"),
        ("2y0 + y0 < 3 y0 + x0", "-1 x0 < 0"),
        ("1 = 0.5 * y1 - 1", "- 1/2 y1 + 2 = 0"),
        ("1e2y0 > 0", "100 y0 > 0"),
    ],
)
def test_bounds_are_linear_in_inputs_and_outputs(text, shown):
    assert str(LinearBound.parse(text)).replace("- ", "-") == shown.replace("- ", "-")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "y0",
        "y0 5",
        "y0 y1 <= 1",
        "y1 2 <= 0",
        "y0 <> 1",
        "1 <= 2",
        "2* <= y0",
        "y0 <=",
        "y-1 <= 0",
        "z0 <= 1",
        "y0 * y1 <= 1",
        "y0 <= 1 <= y1",
        "+ <= y0",
        "y0 - y0 <= 1",
        "y0 <= nan",
        "y0 <= 1_0",
    ],
)
def test_what_is_no_bound_is_refused(text):
    with pytest.raises((ArgumentError, ValueError), match="bound"):
        LinearBound.parse(text)


def test_a_point_is_unsafe_where_one_of_several_bounds_is_violated():
    p = Property.from_bounds(2, 2, SQUARE, ["y0 - 2 y1 <= 5/2", "y1 > x0"])
    assert p.groups[0].box == (Interval(F(0), F(1)),) * 2
    assert p.holds_at((0, 0), (3, 0))
    assert p.holds_at((1, 0), (0, 1))
    assert not p.holds_at((F(1, 2), 0), (0, 1))
    assert not p.holds_at((2, 0), (3, 0))


def test_an_equation_is_violated_on_both_sides():
    p = Property.from_bounds(1, 1, Domain.whole_space(1), ["y0 = 2"])
    assert [p.holds_at((0,), (y,)) for y in (1, 2, 3)] == [True, False, True]


def test_the_domain_may_be_open_of_lower_dimension_or_empty():
    domain = Domain.from_inequalities(
        2, [([1, 0], 0, ">"), ([1, 1], -1, "="), ([0, 0], 1, ">="), ([0, 2], -1, "<")]
    )
    (group,) = Property.from_bounds(2, 1, domain, ["y0 <= 0"]).groups
    assert group.box == (Interval(F(0), None, open_lower=True), Interval(None, F(1, 2), open_upper=True))
    assert len(group.rows) == 2
    empty = Domain.from_inequalities(1, [([1], -2, ">="), ([1], 1, "<=")])
    (group,) = Property.from_bounds(1, 1, empty, ["y0 <= 0"]).groups
    assert group.has_empty_box
    never = Domain.from_inequalities(1, [([0], -1, ">=")])
    assert Property.from_bounds(1, 1, never, ["y0 <= 0"]).groups == ()


def test_without_bounds_nothing_is_unsafe():
    assert Property.from_bounds(2, 1, SQUARE, []).groups == ()


def test_the_digest_tells_properties_apart():
    def digest(domain, *bounds):
        return Property.from_bounds(2, 1, domain, bounds).digest

    assert digest(SQUARE, "y0 <= 1") == digest(SQUARE, "y0 - 1 <= 0")
    others = [
        digest(SQUARE, "y0 < 1"),
        digest(SQUARE, "y0 <= 1", "y0 >= 0"),
        digest(Domain.box([(0, 1), (0, 2)]), "y0 <= 1"),
    ]
    assert len({digest(SQUARE, "y0 <= 1"), *others}) == 4


@pytest.mark.parametrize("box", [[(0, 1), (2, 2)], [("1/3", "1/2"), (3, -3)]])
def test_a_box_given_by_its_bounds_is_the_domain(box):
    bounds = [(Fraction(low), Fraction(high)) for low, high in box]
    one, two = (Property.from_bounds(2, 1, domain, ["y0 <= 1"]) for domain in (bounds, Domain.box(box)))
    assert one == two
    assert one.digest == two.digest
    with pytest.raises(PropertyError, match="one in dimension 3, got dimension 2"):
        Property.from_bounds(3, 1, bounds, ["y0 <= 1"])


def test_what_does_not_fit_the_network_is_refused():
    with pytest.raises(PropertyError, match="bound: expected an output from 0 to 0, got 1"):
        Property.from_bounds(2, 1, SQUARE, ["y1 <= 0"])
    with pytest.raises(PropertyError, match="bound: expected an input from 0 to 1, got 2"):
        Property.from_bounds(2, 1, SQUARE, ["y0 <= x2"])
    with pytest.raises(PropertyError, match="domain: expected one in dimension 3, got dimension 2"):
        Property.from_bounds(3, 1, SQUARE, ["y0 <= 0"])
    p = Property.from_bounds(2, 1, SQUARE, ["y0 <= 0"])
    p.require_shape(2, 1)
    with pytest.raises(PropertyError, match="expected 3 inputs and 1 outputs, the network's, got 2 and 1"):
        p.require_shape(3, 1)
    with pytest.raises(NetworkError, match="input: expected 2 coordinates, got 1"):
        p.holds_at((0,), (0,))
