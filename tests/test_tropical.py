"""Tropical polynomials of networks: the difference is the network, and the polytopes are exact."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

import exactrelu
from exactrelu.construction import tropical
from exactrelu.construction.tropical import TropicalPair, TropicalPolynomial, tropical_pair
from exactrelu.drawing.newton_polygons import NewtonPolygon, draw_newton_polygons
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.polyhedra.linear_program import feasible_point
from tests.support.drawn_networks import Chooser, draw_network


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("hull", ["upper", "all"])
def test_p_minus_q_is_the_network(seed, hull):
    c = Chooser.seeded("tropical", seed)
    net = draw_network(c, most_inputs=2, most_hidden=4)
    pair = tropical_pair(net, hull)
    for _ in range(8):
        point = [Fraction(c.integer(-30, 30), 7) for _ in range(net.inputs)]
        assert pair(point) == net(point)
    if hull == "upper":
        assert exactrelu.are_equal(pair.network(), net)


def test_two_slopes_and_linear_units():
    mixed = exactrelu.Activation.of([("1/4", 1), (1, "1/4"), (-1, 1), (2, 2)])
    layers = [
        ([[1, -1], ["1/2", 1], [-2, 1], [0, 3]], ["1/4", "-1/2", "1/8", 1]),
        ([[1, 2, -1, -1]], ["1/2"]),
    ]
    net = Network.from_rationals(layers, activations=[mixed])
    pair = tropical_pair(net)
    assert exactrelu.are_equal(pair.network(), net)


def test_a_pair_that_lacks_a_monomial_or_has_one_moved_is_another_function():
    net = Network.from_rationals([([[1, 2], [-1, 1], [1, 0]], [0, 1, -1]), ([[1, 2, -3]], None)])
    pair = tropical_pair(net)
    for side in ("positive", "negative"):
        (polynomial,) = getattr(pair, side)
        for k, row in enumerate(polynomial.monomials):
            others = polynomial.monomials[:k] + polynomial.monomials[k + 1 :]
            for rows in (others, (*others, (*row[:-1], row[-1] + Fraction(1, 2**60)))):
                sides = {"positive": pair.positive, "negative": pair.negative}
                wrong = TropicalPair(**sides | {side: (TropicalPolynomial(rows),)})
                assert not exactrelu.are_equal(wrong.network(), net)


@pytest.mark.parametrize("seed", range(12))
def test_each_monomial_of_the_upper_hull_is_alone_the_largest_somewhere_and_no_other_is_missing(seed):
    net = draw_network(Chooser.seeded("upper hull", seed), most_inputs=2, most_hidden=4)
    upper, everything = tropical_pair(net), tropical_pair(net, "all")
    for one, two in zip(
        upper.positive + upper.negative, everything.positive + everything.negative, strict=True
    ):
        largest = [row for row in two.monomials if _is_alone_largest(row, two.monomials)]
        assert list(one.monomials) == largest
        assert one.newton_polytope == two.newton_polytope


def _is_alone_largest(row, rows):
    from exactrelu.polyhedra.constraints import LinearConstraint, Relation

    differences = [[a - b for a, b in zip(row, other, strict=True)] for other in rows if other != row]
    constraints = [LinearConstraint(tuple(d[:-1]), d[-1], Relation.GREATER).row for d in differences]
    return feasible_point(len(row) - 1, constraints) is not None


def test_the_newton_polytope_of_a_shallow_network_is_a_zonotope():
    weights = [(2, 1), (-1, 3), (1, 1), (4, 2)]
    net = Network.from_rationals([([list(w) for w in weights], [0, 1, 2, 3]), ([[1, 1, 1, 1]], None)])
    (p,), (q,) = tropical_pair(net).positive, tropical_pair(net).negative
    chosen = itertools.chain.from_iterable(itertools.combinations(weights, k) for k in range(5))
    sums = {(sum(w[0] for w in some), sum(w[1] for w in some)) for some in chosen}
    hull = TropicalPolynomial(tuple((Fraction(x), Fraction(y), Fraction(0)) for x, y in sums))
    assert p.newton_polytope == hull.newton_polytope
    assert len(p.newton_polytope) == 6  # three directions
    assert q.monomials == ((0, 0, 0),)


def test_the_cells_of_the_dual_subdivision_are_the_points_where_pieces_meet():
    net = Network.from_rationals([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, 1]], None)])
    (p,) = tropical_pair(net).positive
    assert len(p.monomials) == 7  # the cells of three lines in general position
    assert len(p.subdivision) == 3  # their intersections
    for cell in p.subdivision:
        monomials = [row for row in p.monomials if row[:-1] in cell]
        rows = [[a - b for a, b in zip(row, monomials[0], strict=True)] for row in monomials[1:]]
        equal = exactrelu.Domain.from_inequalities(2, [(row[:-1], row[-1], "=") for row in rows])
        assert equal.affine_dimension == 0
        values = [p(equal.interior_point)] + [
            sum(a * x for a, x in zip(row, (*equal.interior_point, 1), strict=True)) for row in monomials
        ]
        assert len(set(values)) == 1
    flat = TropicalPolynomial(((Fraction(0), Fraction(0), Fraction(1)),))
    assert flat.subdivision == (((0, 0),),)


def test_newton_polygons_are_drawn_the_same_each_time_degenerate_ones_too(tmp_path):
    nets = [
        Network.from_rationals([([[1, 2], [-1, 1], [1, 0]], [0, 1, -1]), ([[1, 2, -3], [0, 0, 1]], None)]),
        Network.from_rationals([([[1, 2], [2, 4]], [0, 1]), ([[1, 2]], None)]),
        Network.from_rationals([([[0, 0]], [5])]),
    ]
    for net in nets:
        pair = tropical_pair(net)
        polygons = [NewtonPolygon("p", p.subdivision) for p in (*pair.positive, *pair.negative)]
        for name in ("one.svg", "two.svg"):
            draw_newton_polygons(polygons, tmp_path / name)
        assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
        assert (tmp_path / "one.svg").read_text(encoding="utf-8").count("monomials") == len(polygons)


def test_limits_and_names(monkeypatch):
    net = Network.from_rationals([([[1], [1], [1], [1]], [0, 1, 2, 3]), ([[1, 1, 1, 1]], None)])
    with pytest.raises(ArgumentError, match="hull: expected one of upper, all"):
        tropical_pair(net, "lower")
    monkeypatch.setattr(tropical, "MOST_MONOMIALS", 3)
    with pytest.raises(BudgetExhaustedError, match="more than 3 monomials"):
        tropical_pair(net)
