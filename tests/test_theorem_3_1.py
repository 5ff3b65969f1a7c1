"""Theorem 3.1: its conditions with their witnesses, its proof as an algorithm, its bound."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import pytest

from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.stability.another_theta import Existence, some_theta
from exactrelu.stability.norms import parameter_distance
from exactrelu.stability.theorem_3_1 import theorem_31
from exactrelu.stability.theorem_3_1_conditions import conditions_of
from exactrelu.stability.theorem_3_1_proof import proof_steps, rational_with_square
from exactrelu.stability.theorem_3_3 import padded
from tests.support.drawn_networks import Chooser
from tests.support.drawn_pairs import draw_scalar_pair
from tests.support.drawn_parametrizations import draw_point


def of(weights, coefficients):
    return Parametrization.from_rationals(weights, coefficients)


def is_parallel(one, two, sign) -> bool:
    """Return whether two non-zero vectors have one direction (sign 1) or opposite ones (sign -1)."""
    sizes = [max(map(abs, v)) for v in (one, two)]
    return all(p / sizes[0] == sign * q / sizes[1] for p, q in zip(one, two, strict=True))


def violating_pairs(one, two, sign, *, same: bool):
    return {
        (i, j)
        for i, p in enumerate(one.neurons)
        for j, q in enumerate(two.neurons)
        if (not same or i < j) and any(p.weight) and any(q.weight) and is_parallel(p.weight, q.weight, sign)
    }


def agrees(witness, violations) -> bool:
    return witness in violations if violations else witness is None


@pytest.mark.parametrize("part", range(5))
def test_the_conditions_hold_or_have_witnesses_and_then_a_rational_phi_realizes_g_within_the_bound(part):
    seen = Counter()
    for seed in range(600):
        c = Chooser.seeded("theorem 3.1", part, seed)
        gamma, theta = draw_scalar_pair(c)
        found = theorem_31(gamma, theta)
        k = found.conditions
        assert agrees(k.c2, violating_pairs(gamma, gamma, 1, same=True))
        assert agrees(k.c3a_gamma, violating_pairs(gamma, gamma, -1, same=True))
        assert agrees(k.c3a_theta, violating_pairs(theta, theta, -1, same=True))
        assert agrees(k.c3b, violating_pairs(gamma, theta, -1, same=False))
        assert k.c3 <= (found.some_theta.verdict is Existence.HOLDS)
        assert (found.phi is not None) == (k.c2 is None and found.some_theta.verdict is Existence.HOLDS)
        seen[found.holds] += 1
        if found.phi is not None:
            assert found.holds
            assert found.phi.is_rational
            assert found.phi.width == gamma.width
            assert canonical_form(found.phi) == canonical_form(theta)
            x = draw_point(c, gamma.inputs)
            assert found.phi(x) == theta(x)
            distance = parameter_distance(found.phi, gamma)
            assert distance == found.distance
            assert distance <= found.beta or (distance - found.beta) ** 2 <= 4 * found.delta
    assert seen[True] > 100 < seen[None]


def test_the_smallest_beta_is_the_size_of_a_small_neuron_and_nothing_less_will_do():
    for seed in range(300):
        gamma, theta = draw_scalar_pair(Chooser.seeded("beta", seed))
        found = theorem_31(gamma, theta)
        small = [
            max(abs(n.coefficient[0]), *map(abs, n.weight))
            for n in gamma.neurons
            if all(abs(n.coefficient[0] * a) <= 2 * found.delta for a in n.weight)
        ]
        least = max(small, default=0)
        assert found.beta == least
        if least:
            less = theorem_31(gamma, theta, beta=least * Fraction(99, 100))
            assert not less.conditions.c1.holds
            assert less.phi is None
            culprit = gamma.neurons[less.conditions.c1.neuron]
            assert max(abs(culprit.coefficient[0]), *map(abs, culprit.weight)) == least
            assert theorem_31(gamma, theta, beta=least + 1).conditions.c1.holds


def signs_that_realize(gamma: Parametrization, theta: Parametrization) -> list[Parametrization]:
    """Return all merged Theta with R(Theta) = g that satisfy C.3a and C.3b: every sign is tried."""
    form = canonical_form(theta)
    found = []
    for signs in product((1, -1), repeat=len(form.kinks)):
        neurons = tuple(
            Neuron(tuple(s * a for a in kink.functional[:-1]), kink.jump)
            for s, kink in zip(signs, form.kinks, strict=True)
        )
        other = Parametrization(theta.inputs, 1, neurons, theta.output_bias)
        if (
            canonical_form(other) == form
            and other.width <= gamma.width
            and not violating_pairs(gamma, gamma, -1, same=True)
            and not violating_pairs(gamma, other, -1, same=False)
        ):
            found.append(other)
    return found


def test_condition_c3_for_some_theta_agrees_with_trying_every_sign():
    seen = Counter()
    for seed in range(400):
        c = Chooser.seeded("some theta", seed)
        if c.choose([True, False]):
            gamma, theta = draw_scalar_pair(c)
        else:  # flips exist: the weight vectors add up to zero
            theta = of([[1, 0], [0, -1], [-1, 1], [c.integer(1, 2), 5]], [[1]] * 4)
            gamma = of(
                [[c.integer(-1, 1), 0], [0, c.integer(-1, 1)], [1, c.integer(1, 3)], [0, 0]], [[1]] * 4
            )
        found = some_theta(gamma, theta)
        expected = signs_that_realize(gamma, theta)
        seen[found.verdict] += 1
        assert (found.verdict is Existence.HOLDS) == bool(expected)
        if expected:
            assert found.theta in [padded(other, gamma.width) for other in expected]
        else:
            assert found.verdict is Existence.REFUTED
            assert found.reason
    assert min(seen.values()) > 20


def test_a_search_beyond_its_budget_is_unknown():
    theta = of([[1, k] for k in range(30)], [[1]] * 30)
    gamma = of([[0, 1]] * 30, [[0]] * 30)
    found = some_theta(gamma, theta, most_sums=4)
    assert (found.verdict, found.theta) == (Existence.UNKNOWN, None)
    assert "more than 4" in found.reason


def test_phi_comes_from_another_theta_where_c3_fails_with_the_given_one():
    # Example 2.4's vectors: flipping all three of Theta changes nothing, and then C.3b holds.
    gamma = of([[1, 0], [0, 1], [-1, -1]], [[1]] * 3)
    theta = of([[-1, 0], [0, -1], [1, 1]], [[1]] * 3)
    found = theorem_31(gamma, theta)
    assert found.delta == 0
    assert found.conditions.c3b == (0, 0)
    assert found.some_theta.verdict is Existence.HOLDS
    assert (found.phi, found.distance) == (gamma, 0)


def test_equal_realizations_give_gamma_back():
    gamma = of([[1, 2], [3, 1], [0, 0]], [[5], [-1], [0]])
    theta = of([[9, 3], [1, 2], [2, 4]], [["-1/3"], [2], ["3/2"]])
    found = theorem_31(gamma, theta)
    assert (found.delta, found.beta, found.distance, found.phi) == (0, 0, 0, gamma)


def test_a_dead_neuron_costs_its_size():
    # Example 2.2 with r = 1: R(Gamma) = 0, so C.1 asks for beta = 1.
    gamma = of([[0, 1], [0, 0]], [[0], [0]])
    theta = of([[0, 0], [1, 0]], [[0], [1]])
    found = theorem_31(gamma, theta)
    assert (found.delta, found.beta, found.holds) == (1, 1, True)
    assert found.distance <= 3


def test_without_neurons_everything_holds():
    nothing = Parametrization(2, 1, (), (0,))
    found = theorem_31(nothing, nothing)
    assert (found.delta, found.beta, found.distance, found.holds) == (0, 0, 0, True)


def test_one_hypothesis_fails_in_each_example_of_section_2():
    k = 7
    g = of([[0, 1], [0, 0]], [[Fraction(1, k)], [0]])
    unbalanced = theorem_31(of([[3, 0], [0, 0]], [[0], [0]]), g)
    assert (unbalanced.beta, unbalanced.conditions.c1.neuron) == (3, 0)  # 2.2
    redundant = of([[1, 0], [1, 0]], [[1], [1]])
    assert theorem_31(redundant, of([[1, 0], [0, 1]], [[2], [Fraction(1, k)]])).conditions.c2 == (0, 1)  # 2.3
    opposite = of([[1, 0], [0, 1], [-1, -1], [-1, 0], [0, -1], [1, 1]], [[1]] * 3 + [[-1]] * 3)
    found = theorem_31(opposite, padded(of([[1, 2]], [[Fraction(1, k)]]), 6))
    assert (found.delta, found.conditions.c2, found.conditions.c3a_gamma) == (
        Fraction(2, k),
        None,
        (0, 3),
    )  # 2.4
    assert found.some_theta.verdict is Existence.REFUTED
    t = Fraction(1, 2 * k * k)
    rows = [[2 * k, k, t], [-2 * k, k, t], [0, -2 * k, t]]
    near = of(rows, [[2 * k]] * 3), of([[-a for a in row] for row in rows], [[2 * k]] * 3)
    found = theorem_31(*near)
    assert found.delta == Fraction(3, k)  # 2.5
    c = found.conditions
    assert (c.c2, c.c3a_gamma, c.c3a_theta, c.c3b) == (None, None, None, (0, 0))
    assert found.some_theta.verdict is Existence.REFUTED


def test_the_proof_refuses_a_distance_that_is_too_small():
    gamma, theta = of([[1, 0]], [[5]]), of([[0, 1]], [[5]])
    assert theorem_31(gamma, theta).delta == 5
    with pytest.raises(ArgumentError, match="at most 2 delta"):
        proof_steps(gamma, theta, Fraction(1))


def test_the_proof_refuses_opposite_directions():
    gamma, theta = of([[1, 0]], [[1]]), of([[-1, 0]], [[1]])
    assert conditions_of(gamma, theta, Fraction(1)).c3b == (0, 0)
    assert theorem_31(gamma, theta).phi is None


@pytest.mark.parametrize(
    ("gamma", "theta", "words"),
    [
        (of([[1]], [[1, 2]]), of([[1]], [[1, 2]]), "one output"),
        (Parametrization.from_rationals([[1]], [[1]], [1]), of([[1]], [[1]]), "Gamma: expected no biases"),
        (
            of([[1]], [[1]]),
            Parametrization.from_rationals([[1]], [[1]], None, [1]),
            "Theta: expected no biases",
        ),
        (of([[1]], [[1]]), of([[1, 1]], [[1]]), "1 inputs"),
        (of([[1]], [[1]]), of([[1], [2]], [[1], [1]]), "as many neurons"),
        (Parametrization(1, 1, (Neuron((1,), (1,), scale=2),), (0,)), of([[1]], [[1]]), "rational"),
    ],
)
def test_what_the_theorem_does_not_speak_of_is_refused(gamma, theta, words):
    with pytest.raises(NetworkError, match=words):
        theorem_31(gamma, theta)


def test_a_negative_beta_is_refused():
    with pytest.raises(ArgumentError, match="not negative"):
        theorem_31(of([[1]], [[1]]), of([[1]], [[1]]), beta=Fraction(-1))


def test_irrational_scales_of_theta_do_not_matter():
    gamma = of([[1, 0]], [[1]])
    theta = Parametrization(2, 1, (Neuron((1, 0), (2,), scale=3),), (0,))
    assert theorem_31(gamma, theta).phi == of([[1, 0]], [[2]])


def test_a_rational_of_given_square_is_found_however_small_the_interval_is():
    for seed in range(200):
        c = Chooser.seeded("root", seed)
        near = Fraction(c.integer(1, 99), c.integer(1, 99)) * Fraction(2) ** c.choose([0, 600, -600, 7])
        width = Fraction(1, 2 ** c.choose([1, 5, 60, 700]))
        root = rational_with_square(near * (1 - width), near * (1 + width), near)
        assert near * (1 - width) <= root * root <= near * (1 + width)
