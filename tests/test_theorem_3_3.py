"""Theorem 3.3 on the restricted space: the nearest permutation, both constants, 2 sqrt(2) is sharp."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest

from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.shallow.balancing import balance
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import RadicalSum, square_root
from exactrelu.stability import nearest_permutation as nearest
from exactrelu.stability.bottleneck import bottleneck_assignment
from exactrelu.stability.nearest_permutation import nearest_permutation
from exactrelu.stability.norms import parameter_distance
from exactrelu.stability.restricted_space import Clause, Positivity, restricted_space_violations
from exactrelu.stability.stability_constants import SHARP, THEOREM_3_3, InverseStability, realization_radius
from exactrelu.stability.theorem_3_3 import padded, theorem_33
from tests.support.drawn_networks import Chooser
from tests.support.drawn_pairs import draw_restricted, draw_restricted_pair


def of(weights, coefficients):
    return Parametrization.from_rationals(weights, coefficients)


def reordered(shallow: Parametrization, order) -> Parametrization:
    neurons = tuple(shallow.neurons[j] for j in order)
    return Parametrization(shallow.inputs, shallow.outputs, neurons, shallow.output_bias)


@pytest.mark.parametrize("part", range(4))
def test_the_distance_is_the_least_over_all_permutations_and_both_inequalities_hold(part):
    seen = Counter()
    for seed in range(200):
        gamma, theta = draw_restricted_pair(Chooser.seeded("theorem 3.3", part, seed))
        found = theorem_33(gamma, theta)
        assert found.applies
        every = [reordered(theta, order) for order in permutations(range(theta.width))]
        assert found.distance == min(parameter_distance(gamma, phi) for phi in every)
        assert parameter_distance(gamma, found.phi) == found.distance
        assert found.phi == reordered(theta, found.assignment.permutation)
        assert canonical_form(found.phi) == canonical_form(theta)
        square = found.distance**2
        assert (found.holds_4, found.holds_2sqrt2) == (square <= 16 * found.delta, square <= 8 * found.delta)
        assert found.holds_4
        assert found.holds_2sqrt2
        seen[found.delta == 0] += 1
    assert seen[True] > 2 < seen[False]


def stretched(c: Chooser, shallow: Parametrization) -> Parametrization:
    """Return an unbalanced parametrization; balancing it needs square roots."""
    neurons = [Neuron(n.weight, tuple(e * c.integer(1, 9) for e in n.coefficient)) for n in shallow.neurons]
    return Parametrization(shallow.inputs, shallow.outputs, tuple(neurons), shallow.output_bias)


def test_pairs_that_are_balanced_by_square_roots_are_decided_exactly_too():
    irrational = 0
    for seed in range(60):
        c = Chooser.seeded("radicals", seed)
        gamma, theta = (balance(stretched(c, p)).after for p in draw_restricted_pair(c, most_neurons=3))
        found = theorem_33(gamma, theta)
        every = [parameter_distance(gamma, reordered(theta, p)) for p in permutations(range(theta.width))]
        assert found.distance == min(every)
        assert found.holds_2sqrt2
        assert found.distance * found.distance <= 8 * found.delta
        irrational += isinstance(found.distance, RadicalSum)
    assert irrational > 10


def sharp_pair() -> tuple[Parametrization, Parametrization]:
    """Return the pair with delta = 1/2 at distance 2: weights |c| e(t), e(t) = (1, t)."""
    h = Fraction(1, 64)
    t = [Fraction(1, 2) + Fraction(i, 64000) for i in range(5)]
    q = {v: (v / h - h) / 2 for v in (Fraction(1, 2), Fraction(1))}
    assert all((size + h) ** 2 - size**2 == v for v, size in q.items())
    sizes = [(t[0], q[Fraction(1, 2)]), (t[2], q[Fraction(1)]), (t[4], q[Fraction(1, 2)])]
    gamma = of([[1, t[1]], *([s, s * x] for x, s in sizes)], [[1], *([s] for _, s in sizes)])
    theta = of([[1, t[3]], *([s + h, (s + h) * x] for x, s in sizes)], [[-1], *([s + h] for _, s in sizes)])
    return gamma, theta


def test_two_root_two_is_attained_so_no_smaller_constant_will_do():
    gamma, theta = sharp_pair()
    found = theorem_33(gamma, theta)
    assert (found.delta, found.distance) == (Fraction(1, 2), 2)
    assert found.distance**2 == 8 * found.delta
    assert (found.holds_4, found.holds_2sqrt2) == (True, True)
    assert not InverseStability(8 - Fraction(1, 2**200)).allows(found.distance, found.delta)


@pytest.mark.parametrize("more", [1, 2, 5])
def test_two_root_two_is_attained_with_more_neurons_too(more):
    extra = tuple(Neuron((Fraction(1, i + 2), 9 + i), (9 + i,)) for i in range(more))
    pair = (Parametrization(2, 1, (*p.neurons, *extra), p.output_bias) for p in sharp_pair())
    found = theorem_33(*pair)
    assert (found.applies, found.delta, found.distance) == (True, Fraction(1, 2), 2)
    assert found.assignment.permutation[4:] == tuple(range(4, 4 + more))


def test_zero_neurons_are_no_padding_of_the_sharp_pair():
    # With a zero neuron on either side the two opposite coefficients need not meet.
    found = theorem_33(*(padded(p, 5) for p in sharp_pair()))
    assert (found.applies, found.delta, found.distance) == (True, Fraction(1, 2), 1)


def test_without_neurons_and_for_equal_pairs_both_sides_are_zero():
    nothing = Parametrization(2, 1, (), (0,))
    found = theorem_33(nothing, nothing)
    assert (found.applies, found.delta, found.distance, found.holds_2sqrt2) == (True, 0, 0, True)
    gamma, _ = sharp_pair()
    found = theorem_33(gamma, reordered(gamma, (3, 1, 0, 2)))
    assert (found.delta, found.distance, found.assignment.permutation) == (0, 0, (2, 1, 3, 0))


def test_other_widths_are_refused():
    with pytest.raises(NetworkError, match="as many neurons"):
        theorem_33(*(draw_restricted(Chooser.seeded("w", m), 2, m, 1) for m in (2, 3)))


# Definition 3.2 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "coefficients", "clause", "neurons"),
    [
        ([[1, 2], [2, 2]], [[2], [1]], Clause.BALANCED, (1,)),
        ([[1, 2], [2, 4]], [[2], [4]], Clause.DISTINCT_DIRECTIONS, (0, 1)),
        ([[1, 2], [0, 3]], [[2], [3]], Clause.POSITIVE, (1,)),
        ([[1, 2], [3, -1]], [[2], [3]], Clause.POSITIVE, (1,)),
        ([[1, 2], [0, 0]], [[2], [3]], Clause.BALANCED, (1,)),
    ],
)
def test_each_clause_names_the_neuron_at_which_it_fails(weights, coefficients, clause, neurons):
    (violation,) = restricted_space_violations(of(weights, coefficients))
    assert (violation.clause, violation.neurons) == (clause, neurons)


def test_zero_neurons_are_allowed_in_one_reading_of_the_last_clause_only():
    gamma = of([[1, 2], [0, 0]], [[2], [0]])
    assert restricted_space_violations(gamma, Positivity.SUPPORT) == ()
    (violation,) = restricted_space_violations(gamma, "all")
    assert (violation.clause, violation.neurons) == (Clause.POSITIVE, (1,))
    assert not theorem_33(gamma, gamma, positivity="all").applies
    with pytest.raises(ArgumentError, match="support or all"):
        restricted_space_violations(gamma, "some")


def test_biases_and_single_inputs_lie_outside():
    biased = Parametrization.from_rationals([[1, 1]], [[1]], [1])
    assert [v.clause for v in restricted_space_violations(biased)] == [Clause.NO_BIAS]
    line = of([[1]], [[1]])
    assert Clause.TWO_INPUTS in [v.clause for v in restricted_space_violations(line)]


def test_outside_the_space_there_is_no_answer():
    found = theorem_33(of([[1, 1]], [[2]]), of([[1, 1]], [[1]]))
    assert (found.applies, found.distance, found.holds_4) == (False, None, None)
    assert found.violations[0][0].clause is Clause.BALANCED
    assert found.violations[1] == ()


# bottleneck assignments ---------------------------------------------------------------------------


def test_bottleneck_assignments_are_best_and_prove_it():
    for seed in range(300):
        c = Chooser.seeded("bottleneck", seed)
        n = c.integer(1, 5)
        costs = [[c.integer(0, c.choose([1, 4, 30])) for _ in range(n)] for _ in range(n)]
        found = bottleneck_assignment(costs)
        assert found.value == min(max(costs[i][j] for i, j in enumerate(p)) for p in permutations(range(n)))
        assert found.is_valid(costs)


def test_broken_assignments_are_refused():
    costs = [[1, 2, 9], [1, 5, 7], [3, 3, 3]]
    found = bottleneck_assignment(costs)
    assert (found.value, found.is_valid(costs)) == (3, True)
    for broken in (
        replace(found, permutation=(0, 0, 2)),
        replace(found, permutation=(0, 1, 2)),
        replace(found, value=2),
        replace(found, value=4),
        replace(found, rows=found.rows[1:]),
        replace(found, columns=()) if found.columns else replace(found, rows=()),
        replace(found, rows=found.rows * 2, columns=(0, 1, 2)),
    ):
        assert not broken.is_valid(costs)


def test_distances_that_floats_cannot_tell_apart_are_compared_exactly(monkeypatch):
    tiny = Fraction(1, 2**200)
    gamma = of([[0], [1]], [[1], [1]])
    theta = of([[1 + tiny], [2]], [[1], [1]])  # 0 -> 1 + tiny, 1 -> 2: distance 1 + tiny; crossed: 2
    found = nearest_permutation(gamma, theta)
    assert (found.value, found.permutation) == (1 + tiny, (0, 1))
    close = of([[2 - tiny], [1]], [[1], [1]]), of([[1], [0]], [[1], [1]])
    expected = min(max(abs(2 - tiny - p), abs(1 - q)) for p, q in ((1, 0), (0, 1)))
    assert nearest_permutation(*close).value == expected
    monkeypatch.setattr(nearest, "_obstructs", lambda *_: False)  # the slow road alone
    assert nearest_permutation(*close).value == expected
    assert nearest_permutation(gamma, theta) == found


def test_numbers_beyond_the_range_of_floats_are_compared_exactly():
    huge = Fraction(2) ** 2000
    gamma, theta = of([[huge], [huge + 1]], [[1], [1]]), of([[huge + 2], [huge]], [[1], [1]])
    found = nearest_permutation(gamma, theta)
    assert (found.value, found.permutation) == (1, (1, 0))


# Proposition 1.2 ----------------------------------------------------------------------------------


def test_the_radius_of_proposition_1_2_and_corollary_1_4():
    for r in (Fraction(1), Fraction(2, 7), Fraction(2) ** 300):
        assert THEOREM_3_3.realization_radius(r) == r * r / 16 == realization_radius(r, 4, "1/2")
        assert SHARP.realization_radius(r) == r * r / 8
        assert THEOREM_3_3.allows(r, r * r / 16)
        assert not THEOREM_3_3.allows(r + Fraction(1, 2**400), r * r / 16)
    assert (THEOREM_3_3.constant, SHARP.constant) == (4, 2 * square_root(2))
    assert realization_radius(3, 2, 1) == Fraction(3, 2)
    assert realization_radius(3, 1, 2) == square_root(3)
    assert realization_radius(2, 1, "2/3") == 2 * square_root(2)


@pytest.mark.parametrize("arguments", [(0, 4, "1/2"), (1, -4, "1/2"), (1, 4, 0), (1, 4, "3/2")])
def test_radii_that_make_no_sense_are_refused(arguments):
    with pytest.raises(ArgumentError, match="expected a"):
        realization_radius(*arguments)


def test_constants_and_radii_must_be_positive():
    with pytest.raises(ArgumentError, match="positive"):
        InverseStability(Fraction(0))
    with pytest.raises(ArgumentError, match="positive"):
        SHARP.realization_radius(0)
