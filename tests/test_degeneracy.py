"""The degeneracy report names what is degenerate, which theorem applies, and what repairs it."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from exactrelu.shallow.embedding import embed
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.radicals import radical
from exactrelu.shallow.step_list import reparametrize
from exactrelu.stability.degeneracy import degeneracy_report
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization


def shallow(weights, coefficients, biases=None, output_bias=None):
    return Parametrization.from_rationals(weights, coefficients, biases, output_bias)


def near_opposite(k, t):
    """The rational variant of Example 2.5."""
    return shallow([[2 * k, k, t], [-2 * k, k, t], [0, -2 * k, t]], [[2 * k]] * 3)


def verdicts(report):
    return {item.theorem: item.applies for item in report.theorems}


def test_a_good_network_has_nothing_to_report():
    report = degeneracy_report(shallow([[1, 2], [2, 1]], [[2], [-2]]))
    assert (report.unbalanced, report.zero, report.constant, report.parallel, report.opposite) == ((),) * 5
    assert report.near_opposite is None
    assert all(item.applies and item.repair == () for item in report.theorems)


@pytest.mark.parametrize("k", [2, 5, 50, 10**40])
def test_example_2_5_is_near_opposite_only(k):
    report = degeneracy_report(near_opposite(k, Fraction(1, 2 * k)))
    assert report.near_opposite.neurons == (0, 1, 2)
    assert report.near_opposite.change == 3
    assert report.near_opposite.smallest == 4 * k * k
    assert (report.unbalanced, report.parallel, report.opposite) == ((), (), ())
    assert verdicts(report)["Theorem 3.1"]  # what fails is C.3 (b), which depends on Theta


def test_examples_2_2_to_2_4():
    unbalanced = degeneracy_report(shallow([[7, 0]], [[0]]))
    assert unbalanced.unbalanced[0].weight_norm == 7
    assert unbalanced.zero == (0,)
    redundant = degeneracy_report(shallow([[1, 0], [1, 0]], [[1], [1]]))
    assert redundant.parallel == ((0, 1),)
    assert redundant.theorems[0].failures == ("C.2: the same direction twice",)
    assert redundant.theorems[0].repair == ("merge",)
    star = [[1, 0], [0, 1], [-1, -1]]
    opposite = degeneracy_report(shallow(star + [[-a for a in row] for row in star], [[1]] * 3 + [[-1]] * 3))
    assert opposite.opposite == ((0, 3), (1, 4), (2, 5))
    assert opposite.cheapest_flip.change == 0
    assert opposite.theorems[0].repair == ("cancel",)


def test_biases_and_constants_are_repaired_by_the_embedding():
    report = degeneracy_report(shallow([[1], [0]], [[1], [2]], [1, 1], [3]))
    assert report.constant == (1,)
    by_name = {item.theorem: item for item in report.theorems}
    assert by_name["Theorem 3.3"].repair == ("embed",)
    assert by_name["Theorem 3.1"].repair is None


def test_norms_of_irrational_neurons_are_exact():
    half = reparametrize(shallow([[3, 4]], [[1]]), "balance:2")[-1].after
    (bad,) = degeneracy_report(half).unbalanced  # a / sqrt(5), c sqrt(5)
    assert (bad.weight_norm, bad.coefficient_norm) == (radical(Fraction(1, 25), 4), radical(25))


@pytest.mark.parametrize("seed", range(60))
def test_reports_agree_with_their_definitions(seed):
    c = Chooser.seeded("degeneracy", seed)
    gamma = draw_parametrization(c, kind=c.choose(["ternary", "integer", "mixed scales"]))
    report = degeneracy_report(gamma)
    alive = [i for i, n in enumerate(gamma.neurons) if any(n.weight) and any(n.coefficient)]
    products = {
        i: [x * a for x in gamma.neurons[i].coefficient for a in gamma.neurons[i].weight] for i in alive
    }
    quotients = [
        max(abs(sum(column)) for column in zip(*(products[i] for i in J), strict=True))
        / min(max(map(abs, products[i])) for i in J)
        for size in range(2, len(alive) + 1)
        for J in itertools.combinations(alive, size)
    ]
    flip = report.cheapest_flip
    assert report.all_flips_tried
    assert (flip is None) == (not quotients)
    if flip is not None:
        assert flip.change / flip.smallest == min(quotients)
    parallel = {
        (i, j)
        for i, j in itertools.combinations([i for i, n in enumerate(gamma.neurons) if any(n.weight)], 2)
        if positive_multiples(gamma.neurons[i].functional, gamma.neurons[j].functional)
    }
    assert {p for members in report.parallel for p in itertools.combinations(members, 2)} == parallel
    for item in report.theorems:
        if item.repair is not None and item.repair:
            repaired = degeneracy_report(reparametrize(gamma, item.repair)[-1].after)
            assert verdicts(repaired)[item.theorem]


def positive_multiples(one, two):
    """Whether two rows are positive multiples: all minors vanish and the product is positive."""
    minors = (one[i] * two[j] - one[j] * two[i] for i, j in itertools.combinations(range(len(one)), 2))
    return not any(minors) and sum(p * q for p, q in zip(one, two, strict=True)) > 0


def test_after_the_embedding_theorem_3_3_applies():
    gamma = shallow([[1], [-1], [2]], [[1], [1], [5]], [0, 0, 1])
    assert verdicts(degeneracy_report(embed(gamma).after))["Theorem 3.3"]


def test_a_small_budget_says_that_not_all_flips_were_tried():
    gamma = shallow([[1, k] for k in range(8)], [[1]] * 8)
    assert degeneracy_report(gamma, most_sums=247).all_flips_tried
    report = degeneracy_report(gamma, most_sums=246)
    assert not report.all_flips_tried
    assert report.near_opposite is None


def test_no_neurons_at_all():
    report = degeneracy_report(Parametrization(2, 1, (), (0,)))
    assert (report.cheapest_flip, report.all_flips_tried) == (None, True)
    assert all(item.applies for item in report.theorems)


def test_opposite_neurons_stand_by_their_lines():
    rows = [[1, 0], [0, 3], [2, 0], [-1, 0], [0, -2], [-4, 0], [1, 1]]
    report = degeneracy_report(Parametrization.from_rationals(rows, [[1]] * len(rows)))
    assert report.opposite_classes == (((0, 2), (3, 5)), ((1,), (4,)))
    pairs = {(min(i, j), max(i, j)) for one, two in report.opposite_classes for i in one for j in two}
    assert pairs == set(report.opposite)
    assert degeneracy_report(Parametrization.from_rationals([[1]], [[1]])).opposite_classes == ()
