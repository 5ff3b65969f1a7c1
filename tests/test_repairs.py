"""Repairs: found by a search over all orders of steps, right, and nothing degenerate is left."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.fewest_neurons import minimal_width
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_list import reparametrize
from exactrelu.stability.degeneracy import (
    degeneracy_report,
    fibre_failures,
    lemma_a3_failures,
    theorem_3_1_failures,
    theorem_3_3_failures,
)
from exactrelu.stability.restricted_space import restricted_space_violations
from tests.support.drawn_networks import Chooser

FAILURES = {
    "Theorem 3.1": theorem_3_1_failures,
    "Theorem 3.3": theorem_3_3_failures,
    "Lemma A.3": lemma_a3_failures,
    "Lemma A.3, stronger form": fibre_failures,
}


def shallow(weights, coefficients, biases=None, output_bias=None):
    return Parametrization.from_rationals(weights, coefficients, biases, output_bias)


def repairs(gamma):
    """The repair of each theorem, after it has been carried out and looked at."""
    report = degeneracy_report(gamma, most_sums=2**12)
    for item in report.theorems:
        if item.repair:
            _is_right(gamma, item)
        else:
            assert (item.repair == ()) == item.applies
        if item.irreparable:
            assert item.repair is None
    return {item.theorem: item.repair for item in report.theorems}


def _is_right(gamma, item):
    results = reparametrize(gamma, item.repair)
    assert all(result.changed for result in results)
    after = results[-1].after
    assert FAILURES[item.theorem](after) == ()
    left = degeneracy_report(after, most_sums=1)
    assert (left.zero, left.constant, left.parallel, left.opposite) == ((), (), (), ())
    if item.theorem == "Theorem 3.3":
        assert (left.unbalanced, restricted_space_violations(after)) == ((), ())
    if not any(result.on_slice for result in results):
        assert canonical_form(after) == canonical_form(gamma)
    else:
        for x in ((-3,) * gamma.inputs, (2,) * gamma.inputs, tuple(range(1, gamma.inputs + 1))):
            assert after((*x, 1, -1)) == gamma(x)


def forty(directions, coefficients):
    """Forty neurons on three directions."""
    weights = [[(k // 3 + 1) * a for a in directions[k % 3]] for k in range(40)]
    return shallow(weights, [[coefficients[k % len(coefficients)]] for k in range(40)])


def test_forty_parallel_neurons_on_three_directions():
    gamma = forty([[1, 0, 0], [0, 1, 0], [1, 1, 1]], [1, 2, 5])
    assert repairs(gamma) == {
        "Theorem 3.1": ("merge",),
        "Theorem 3.3": ("embed", "drop"),  # two of the directions have no two positive last entries
        "Lemma A.3": ("merge",),
        "Lemma A.3, stronger form": ("merge",),
    }


def test_forty_neurons_of_which_a_class_adds_up_to_zero():
    """Three dependent directions; the products on the third add up to zero, so two directions are left."""
    weights, coefficients = [], []
    for k in range(40):
        weights.append([[1, 0], [0, 1], [1, 1]][k % 3])
        coefficients.append([1 if k % 3 < 2 else (1 if k < 20 else -1)])
    third = [k for k in range(40) if k % 3 == 2]
    coefficients[third[-1]] = [Fraction(-sum(coefficients[k][0] for k in third[:-1]))]
    found = repairs(shallow(weights, coefficients))
    assert (found["Theorem 3.1"], found["Lemma A.3"], found["Lemma A.3, stronger form"]) == (("merge",),) * 3


def test_a_zero_neuron_of_another_direction_is_dropped_too():
    gamma = shallow([[1, 2], [1, 2], [3, 1], [0, 0]], [[1], [1], [0], [5]])
    assert repairs(gamma)["Lemma A.3"] == ("drop", "merge")
    assert repairs(shallow([[1, 2], [1, 2], [3, 1]], [[1], [-1], [0]]))["Lemma A.3"] in {
        ("drop", "merge"),
        ("merge", "drop"),
    }


def test_opposite_neurons_whose_signs_must_be_found():
    gamma = shallow([[1, 0], [-1, 0], [0, 2], [2, -2]], [[2], [1], ["3/2"], ["3/2"]])
    assert minimal_width(canonical_form(gamma)).value == 4  # three hyperplanes, no signs for the linear part
    first = degeneracy_report(gamma).theorems[0]
    assert first.irreparable == "the function needs two neurons on one hyperplane"
    # On {x_1 = 0} the neurons add up to relu(x_1).
    star = shallow([[1, 0], [-1, 0], [1, 0], [-1, 0], [0, 1], [-1, -1]], [[3], [-2], [-2], [2], [1], [1]])
    assert repairs(star)["Theorem 3.1"] is not None


def test_what_no_parametrization_repairs_is_said():
    by_name = {item.theorem: item for item in degeneracy_report(shallow([[1], [-1]], [[1], [1]])).theorems}
    assert by_name["Theorem 3.1"].irreparable == "the function needs two neurons on one hyperplane"
    assert by_name["Lemma A.3"].irreparable == "the function needs two neurons on one hyperplane"
    assert by_name["Theorem 3.3"].repair == ("embed", "drop")
    two = degeneracy_report(shallow([[1, 0], [1, 0]], [[1, 1], [1, 2]])).theorems[0]
    assert two.irreparable == "the function has 2 outputs"
    biased = degeneracy_report(shallow([[1], [1]], [[1], [1]], [1, 1])).theorems
    assert biased[0].irreparable == biased[2].irreparable == "the function needs biases"
    assert biased[3].repair == ("merge",)
    three = degeneracy_report(shallow([[1, 0], [0, 1], [1, 1], [1, 1]], [[1]] * 4)).theorems[2]
    assert three.irreparable == "the normals of the function's kinks are dependent"


def test_biases_that_cancel_are_no_obstacle():
    gamma = shallow([[1, 0], [0, 0], [1, 0]], [[1], [2], [1]], [0, 3, 0], [-6])
    assert repairs(gamma)["Theorem 3.1"] == ("drop", "merge")


def test_neurons_that_look_to_the_other_side_are_turned_over():
    gamma = shallow([[-1, -1], [1, 1], [1, 2], [1, 2]], [[1], [1], [1], [1]])
    # relu(-h) + relu(h) needs h as a neuron of its own: only the embedding helps ...
    assert repairs(gamma)["Theorem 3.3"] == ("embed", "drop")
    # ... and where the products add up to zero the flip does.
    flipped = shallow([[-1, -1], [-1, -2], [2, 3]], [[1], [1], [-1]])
    assert repairs(flipped)["Theorem 3.3"] == ("embed", "drop")
    balanced = shallow([[-1, -1], [-2, -1], [-3, -2]], [[1], [1], [-1]])
    assert "flip:0+1+2" in repairs(balanced)["Theorem 3.3"]


@pytest.mark.parametrize("seed", range(80))
def test_random_networks_with_repeated_and_opposite_directions(seed):
    c = Chooser.seeded("repairs", seed)
    d, outputs = c.integer(1, 3), c.choose([1, 1, 1, 2])
    directions = [[c.integer(-2, 2) for _ in range(d)] for _ in range(c.integer(1, 3))]
    biased = c.choose([False, False, True])
    neurons = []
    for _ in range(c.integer(1, 9)):
        factor = c.choose([1, 2, 3, -1, -2, Fraction(1, 2)])
        base = c.choose(directions)
        bias = factor * base[0] if biased else Fraction(0)
        coefficient = tuple(Fraction(c.integer(-2, 2)) for _ in range(outputs))
        neurons.append(Neuron(tuple(factor * Fraction(a) for a in base), coefficient, bias))
    gamma = Parametrization(d, outputs, tuple(neurons), (0,) * outputs)
    found = repairs(gamma)
    for item in degeneracy_report(gamma, most_sums=2**12).theorems:
        # Within the budget the search is complete: a repair, or a reason why there is none.
        assert item.applies or item.repair is not None or item.irreparable is not None
    assert found["Theorem 3.3"] is not None


@pytest.mark.parametrize("seed", range(40))
def test_the_steps_of_the_readme_leave_no_zero_neuron(seed):
    c = Chooser.seeded("readme", seed)
    directions = [[c.integer(-1, 1) for _ in range(2)] for _ in range(3)]
    neurons = [
        Neuron(tuple(c.choose([1, 2, -1]) * Fraction(a) for a in c.choose(directions)), (c.integer(-1, 1),))
        for _ in range(8)
    ]
    gamma = Parametrization(2, 1, tuple(neurons), (0,))
    report = degeneracy_report(reparametrize(gamma, "drop,merge,cancel,balance")[-1].after)
    assert (report.zero, report.constant, report.parallel, report.unbalanced) == ((), (), (), ())
