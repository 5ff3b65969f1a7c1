"""The fibre of a realization, subsets with a given sum, and the smallest number of neurons."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy

from exactrelu.errors import BudgetExhaustedError, NetworkError
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.fewest_neurons import minimal_width
from exactrelu.shallow.fibres import fibre_of, locate_in_fibre
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import radical, square_root
from exactrelu.shallow.step_list import reparametrize
from exactrelu.shallow.subset_sums import subsets_with_sum
from tests.support.drawn_networks import WEIGHTS, Chooser
from tests.support.drawn_parametrizations import draw_parametrization, draw_point

HALF = Fraction(1, 2)
STAR = [[1, 0], [0, 1], [-1, -1]]


def shallow(weights, coefficients, biases=None, output_bias=None):
    return Parametrization.from_rationals(weights, coefficients, biases, output_bias)


def subsets(n):
    return itertools.chain.from_iterable(itertools.combinations(range(n), size) for size in range(n + 1))


@pytest.mark.parametrize("seed", range(120))
def test_subsets_with_a_sum_are_those_of_brute_force(seed):
    c = Chooser.seeded("sums", seed)
    kind = c.choose(["ternary", "integer", "sparse", "huge scales", "thirds"])
    n, length = c.integer(0, 9), c.integer(1, 3)
    vectors = [tuple(c.choose(WEIGHTS[kind]) for _ in range(length)) for _ in range(n)]
    chosen = [i for i in range(n) if c.choose([True, False])]
    target = tuple(sum((vectors[i][k] for i in chosen), Fraction(0)) for k in range(length))
    expected = {
        subset
        for subset in subsets(n)
        if all(sum((vectors[i][k] for i in subset), Fraction(0)) == target[k] for k in range(length))
    }
    found = list(subsets_with_sum(vectors, target))
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert tuple(chosen) in expected


def test_both_ways_to_find_subsets_are_taken():
    ones = [(Fraction(1),)] * 12  # one equation: 11 unknowns are free, so the halves meet
    assert len(list(subsets_with_sum(ones, (Fraction(6),)))) == 924
    unit = [tuple(Fraction(int(i == j)) for j in range(40)) for i in range(40)]  # nothing is free
    assert list(subsets_with_sum(unit, (Fraction(1),) * 40)) == [tuple(range(40))]
    assert list(subsets_with_sum(unit, (HALF,) * 40)) == []
    assert list(subsets_with_sum([], (Fraction(1),))) == []
    assert list(subsets_with_sum([], (Fraction(0),))) == [()]


def test_a_budget_that_runs_out_is_an_error_and_no_answer():
    ones = [(Fraction(1),)] * 12
    with pytest.raises(BudgetExhaustedError, match="more than 63 sums"):
        subsets_with_sum(ones, (Fraction(6),), 63)
    with pytest.raises(BudgetExhaustedError, match="more than 100 subsets"):
        list(subsets_with_sum(ones, (Fraction(6),), 100))


def flipped(gamma, chosen):
    """Flip a set without any check, the constant into the output bias."""
    neurons, bias = list(gamma.neurons), list(gamma.output_bias)
    for i in chosen:
        n = neurons[i]
        neurons[i] = Neuron(tuple(-a for a in n.weight), n.coefficient, -n.bias, n.scale)
        bias = [e + n.bias * c for e, c in zip(bias, n.coefficient, strict=True)]
    return Parametrization(gamma.inputs, gamma.outputs, tuple(neurons), tuple(bias))


@pytest.mark.parametrize("seed", range(80))
def test_the_flips_are_those_that_keep_all_values(seed):
    c = Chooser.seeded("fibre", seed)
    gamma = draw_parametrization(c, most_neurons=6, most_inputs=2, kind=c.choose(["ternary", "integer"]))
    try:
        fibre = fibre_of(gamma)
    except NetworkError:
        gamma = reparametrize(gamma, "drop,merge,drop")[-1].after
        try:
            fibre = fibre_of(gamma)
        except NetworkError:
            return
    points = [draw_point(c, gamma.inputs) for _ in range(30)]
    same = {J for J in subsets(gamma.width) if all(flipped(gamma, J)(x) == gamma(x) for x in points)}
    assert set(fibre.flips) == same
    for chosen, member in zip(fibre.flips, fibre.members(), strict=True):
        found = locate_in_fibre(member, gamma)
        assert (found.flipped, found.permutation) == (chosen, tuple(range(gamma.width)))


def test_flips_with_biases_go_into_the_output_bias():
    gamma = shallow(STAR, [[1]] * 3, [1, 2, 4])
    assert fibre_of(gamma).flips == ((), (0, 1, 2))
    assert fibre_of(gamma).members()[1].output_bias == (7,)


def test_almost_admissible_flips_are_none():
    off = [[1, 0], [0, 1], [-1, -1 + Fraction(1, 2**200)]]
    assert fibre_of(shallow(off, [[1]] * 3)).flips == ((),)


def test_membership_names_permutation_flip_and_factors():
    base = shallow([*STAR, [1, 2]], [[1]] * 4)
    theta = reparametrize(base, "flip:0+1+2,permute:3+1+0+2,rescale:0=1/2,balance:2")[-1].after
    found = locate_in_fibre(theta, base)
    assert found.permutation == (3, 1, 0, 2)
    assert found.flipped == (0, 1, 2)
    # ||(1, 2)||_2^2 = 5, c = 1: lambda^4 = 1/5; ||(1, 0)||_2 = 1: lambda = 1; ||(-1, -1)||_2^2 = 2.
    assert found.factors == (radical(Fraction(1, 5)), radical(1), radical(1), radical(HALF))
    assert found.factors[3] * found.factors[3] == 1 / Fraction(2) * square_root(2)


def test_what_is_not_in_the_fibre():
    base = shallow(STAR, [[1]] * 3)
    assert locate_in_fibre(shallow(STAR, [[1], [1], [1 + Fraction(1, 2**200)]]), base) is None
    assert locate_in_fibre(shallow([*STAR, [0, 0]], [[1]] * 4), base) is None
    turned = shallow([[-1, 0], [0, 1], [-1, -1]], [[1]] * 3)
    assert locate_in_fibre(turned, base) is None


@pytest.mark.parametrize(
    ("gamma", "message"),
    [
        (shallow([[1], [0]], [[1], [1]]), "neuron 1: expected a != 0 and c != 0"),
        (shallow([[1]], [[0]]), "neuron 0: expected a != 0 and c != 0"),
        (shallow([[1], [-3]], [[1], [1]]), "neurons 0 and 1 lie on one hyperplane"),
    ],
)
def test_infinite_fibres_are_refused(gamma, message):
    with pytest.raises(NetworkError, match=message):
        fibre_of(gamma)


# the smallest number of neurons ------------------------------------------------------------------


def fewest_by_brute_force(form):
    """|E| + 2 rank modulo the normals of E, over all sets E and all signs; ranks by sympy."""
    h, d, outputs = len(form.kinks), form.inputs, form.outputs
    normals = [sympy.Matrix([list(k.functional[:-1])]) for k in form.kinks]
    jumps = [sympy.Matrix([sympy.Rational(e.numerator, e.denominator) for e in k.jump]) for k in form.kinks]
    linear = sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in row] for row in form.linear])
    best = 2 * min(d, outputs)
    for doubled in subsets(h):
        others = [i for i in range(h) if i not in doubled]
        span = sympy.Matrix.vstack(sympy.zeros(1, d), *(normals[i] for i in doubled))
        for signs in itertools.product((1, -1), repeat=len(others)):
            rest = linear - sum(
                (s * jumps[i] * normals[i] / 2 for s, i in zip(signs, others, strict=True)),
                sympy.zeros(outputs, d),
            )
            rank = sympy.Matrix.vstack(span, rest).rank() - span.rank()
            best = min(best, len(doubled) + 2 * rank)
    return h + best


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_number_is_that_of_brute_force(seed):
    c = Chooser.seeded("fewest", seed)
    gamma = draw_parametrization(c, most_neurons=4, most_inputs=3, kind=c.choose(["ternary", "sparse"]))
    form = canonical_form(gamma)
    result = minimal_width(form)
    assert result.value == fewest_by_brute_force(form) == result.parametrization.width
    assert canonical_form(result.parametrization) == form
    assert result.value <= max(gamma.width, 1)
    assert gamma.has_biases or not result.parametrization.has_biases


@pytest.mark.parametrize(
    ("gamma", "expected"),
    [
        (shallow([[0]], [[5]], [1], [2]), 0),
        (shallow([[1], [-1]], [[1], [-1]]), 2),  # x
        (shallow([[1], [-1]], [[1], [1]]), 2),  # |x|, h + 1
        (shallow([[1]], [[1]]), 1),
        (shallow([[-1, 0], [1, 0], [-1, 0]], [[1], [1], [-1]]), 1),
        (shallow([[1, 0], [0, 1], [0, -1]], [[1], [1], [-1]]), 3),  # relu(x) + y, h + 2
        (
            shallow([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 0], [-1, 0], [0, 1], [0, -1]]),
            4,
        ),  # identity of R^2
    ],
)
def test_the_smallest_number_on_small_functions(gamma, expected):
    assert minimal_width(canonical_form(gamma)).value == expected


def test_with_little_budget_the_smallest_number_is_bounded():
    weights = [[1, k, k * k % 11] for k in range(30)]
    gamma = shallow([*weights, [0, 0, 1], [0, 0, -1]], [[2 * k + 1] for k in range(30)] + [[1], [-1]])
    result = minimal_width(canonical_form(gamma), most_sums=100)
    assert result.value is None
    assert (result.hyperplanes, result.lower, result.upper) == (30, 30, 32)
    assert canonical_form(result.parametrization) == canonical_form(gamma)
