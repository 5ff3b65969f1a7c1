"""Reparametrization steps keep the realization, exactly, and say what they did."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.shallow.balancing import BalanceNorm, balance, is_balanced
from exactrelu.shallow.cancellation import cancel
from exactrelu.shallow.embedding import embed
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_list import reparametrize
from exactrelu.shallow.step_results import StepResult, slice_of
from exactrelu.shallow.steps import direction_of, drop, flip, merge, pad, permute, rescale
from exactrelu.stability.restricted_space import restricted_space_violations
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization, draw_point

HUGE = Fraction(2) ** 300


def shallow(weights, coefficients, biases=None, output_bias=None):
    return Parametrization.from_rationals(weights, coefficients, biases, output_bias)


def drawn(seed, **options):
    c = Chooser.seeded("steps", seed)
    return c, draw_parametrization(c, **options)


@pytest.mark.parametrize("seed", range(150))
def test_every_step_gives_the_same_values_at_points(seed):
    c, gamma = drawn(seed)
    order = sorted(range(gamma.width), key=lambda i: (i * 7 + seed) % 5)
    factors = {0: Fraction(3, 7), gamma.width - 1: HUGE}
    results = [
        drop(gamma),
        merge(gamma),
        cancel(gamma),
        permute(gamma, order),
        rescale(gamma, factors),
        pad(gamma, gamma.width + 2),
        balance(drop(gamma).after),
        balance(drop(gamma).after, "2"),
    ]
    embedded = embed(gamma).after
    for _ in range(10):
        x = draw_point(c, gamma.inputs)
        assert {result.after(x) for result in results} == {gamma(x)}
        assert embedded((*x, 1, -1)) == gamma(x)


@pytest.mark.parametrize("seed", range(150))
def test_drop_merge_cancel_and_balance_are_idempotent_and_leave_nothing_to_do(seed):
    _, gamma = drawn(seed)
    dropped, merged, cancelled = drop(gamma).after, merge(gamma).after, cancel(gamma).after
    assert not any(n.is_zero or n.is_constant for n in dropped.neurons)
    directions = [direction_of(n) for n in merged.neurons if any(n.functional)]
    assert len(set(directions)) == len(directions)
    assert cancelled.width <= gamma.width
    for step, result in ((drop, dropped), (merge, merged), (cancel, cancelled)):
        assert not step(result).changed
    for norm in BalanceNorm:
        balanced = balance(dropped, norm).after
        assert all(is_balanced(n, norm) for n in balanced.neurons)
        assert not balance(balanced, norm).changed


@pytest.mark.parametrize("seed", range(60))
def test_embedding_ends_in_the_restricted_space(seed):
    _, gamma = drawn(seed)
    result = embed(gamma)
    assert not restricted_space_violations(result.after)
    assert result.after.is_rational
    assert (result.after.inputs, result.after.width) == (gamma.inputs + 2, gamma.width + 1)
    assert slice_of(result.after).inputs == gamma.inputs


def test_embedding_tells_parallel_neurons_apart():
    result = embed(shallow([[1], [1], [2]], [[1], [1], [1]], [0, 0, 0]))
    assert not restricted_space_violations(result.after)
    assert len({n.weight for n in result.after.neurons if any(n.weight)}) == 3


@pytest.mark.parametrize(
    "broken",
    [
        shallow([[1, 2]], [[1]]),  # same direction twice is missing, balance is broken
        shallow([[1, 1], [2, 2]], [[1], [2]]),
        shallow([[1, -1]], [[1]]),
        shallow([[1, 0]], [[1]]),
        shallow([[1, 1]], [[1]], [1]),
        shallow([[1, 1]], [[1]], [0], [1]),
        shallow([[0, 0]], [[1]]),
        shallow([[1]], [[1]]),
    ],
)
def test_the_restricted_space_refuses(broken):
    assert restricted_space_violations(broken)


def test_a_step_that_changes_the_function_cannot_be_made():
    one = shallow([[1, 0]], [[1]])
    for other in (
        shallow([[1, Fraction(1, 2**200)]], [[1]]),
        shallow([[1, 0]], [[1]], [0], [Fraction(1, 2**200)]),
        shallow([[1, 0], [0, 1]], [[1], [HUGE**-1]]),
    ):
        with pytest.raises(NetworkError, match="step forged: expected an unchanged realization"):
            StepResult("forged", one, other, ())
    wide = embed(one).after
    off = Neuron(wide.neurons[0].weight, (wide.neurons[0].coefficient[0] + 1,))
    forged = Parametrization(4, 1, (off, wide.neurons[1]), wide.output_bias)
    with pytest.raises(NetworkError, match="unchanged realization"):
        StepResult("embed", one, forged, (), on_slice=True)


def test_drop_moves_constants_into_the_output_bias():
    gamma = shallow([[0], [0], [1], [3]], [[5], [7], [0], [1]], [2, -2, 1, 0], [1])
    result = drop(gamma)
    assert result.after == shallow([[3]], [[1]], None, [11])
    assert result.account == (
        "neuron 0 is constant (a = 0): b c goes into the output bias",
        "neuron 1 is zero (a = 0, b <= 0): dropped",
        "neuron 2 is zero (c = 0): dropped",
    )


def test_dropping_everything_leaves_a_constant():
    result = drop(shallow([[0]], [[2]], [3]))
    assert (result.after.width, result.after((5,))) == (0, (6,))
    assert result.after.network()((5,)) == (6,)


def test_merge_compares_weights_with_biases():
    gamma = shallow([[1], [2], [2]], [[1], [1], [1]], [1, 2, 3])
    assert merge(gamma).after == shallow([[1], [2]], [[3], [1]], [1, 3])


def test_merge_removes_a_class_of_sum_zero_and_leaves_single_neurons_to_drop():
    gamma = shallow([[1], [HUGE]], [[HUGE], [-1]])
    assert merge(gamma).after.width == 0
    assert merge(gamma).account[-1] == "neurons 0, 1 add up to zero: removed"
    assert merge(shallow([[1], [-1]], [[0], [1]])).after == shallow([[1], [-1]], [[0], [1]])


def test_flip_moves_the_biases_into_the_output_bias():
    gamma = shallow([[1, 0], [0, 1], [-1, -1], [1, 1]], [[1]] * 4, [1, 2, 4, 0])
    result = flip(gamma, [0, 1, 2])
    assert result.after == shallow([[-1, 0], [0, -1], [1, 1], [1, 1]], [[1]] * 4, [-1, -2, -4, 0], [7])
    assert flip(result.after, [2, 1, 0]).after == gamma


def test_an_almost_admissible_flip_is_refused():
    tiny = Fraction(1, 2**200)
    gamma = shallow([[1, 0], [-1, tiny]], [[1], [1]])
    with pytest.raises(ArgumentError, match=r"sum of c_i \(x\) a_i = 0, got .* at output 0, input 1"):
        flip(gamma, [0, 1])


def test_cancel_takes_the_linear_part_into_account():
    # x1 + |x2| = 2 relu(x2) + (x1 - x2): three neurons.
    gamma = shallow([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1], [-1], [1], [1]])
    assert cancel(gamma).after == shallow([[0, 1], [1, -1], [-1, 1]], [[2], [1], [-1]])
    # |x1| + |x2| has four neurons either way.
    assert not cancel(shallow([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1]] * 4)).changed
    # |x1| + |x2| + |x1 + x2|, with signs so that the linear parts cancel: three neurons.
    star = [[1, 0], [0, 1], [-1, -1]]
    six = shallow(star + [[-a for a in row] for row in star], [[1]] * 6)
    assert cancel(six).after == shallow(star, [[2]] * 3)
    # x1 written with three pairs needs two neurons.
    line = shallow([[1, 0], [-1, 0], [2, 1], [-2, -1], [0, 1], [0, -1]], [[1], [-1], [1], [-1], [-1], [1]])
    assert cancel(line).after.width == 2


def test_balancing_in_both_norms_is_exact():
    gamma = shallow([[3, 4]], [[1]])
    (most,) = balance(gamma).after.neurons  # |a| = 4, |c| = 1: factor 1/2
    assert most == Neuron(("3/2", 2), (2,))
    (euclidean,) = balance(gamma, "2").after.neurons  # |a| = 5, |c| = 1: r = 1/25
    assert euclidean == Neuron((3, 4), (1,), 0, Fraction(1, 25))


def test_balancing_refuses_a_constant():
    with pytest.raises(ArgumentError, match="neuron 1 is a constant"):
        balance(shallow([[1], [0]], [[1], [1]], [0, 1]))


def test_balancing_huge_and_tiny_weights():
    gamma = shallow([[HUGE], [1 / HUGE]], [[1 / HUGE / 3], [HUGE]])
    after = balance(gamma).after
    assert all(is_balanced(n, BalanceNorm.MAX) for n in after.neurons)
    assert not after.is_rational


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("improve", "expected drop, merge"),
        ("", "expected drop, merge"),
        ("drop,,merge", "expected drop, merge"),
        ("merge:1", "merge: expected nothing behind it"),
        ("flip", "flip: expected natural numbers"),
        ("flip:0+9", "expected neurons from 0 to 1, got 9"),
        ("flip:0+0", "each neuron once"),
        ("permute:0", "expected all 2 neurons, got 1"),
        ("permute:0+0", "each neuron once"),
        ("rescale:0", "expected NEURON=FACTOR"),
        ("rescale:0=0", "positive factor, got 0"),
        ("rescale:0=-1", "positive factor, got -1"),
        ("rescale:0=1+0=2", "each neuron once"),
        ("balance:1", "norm: expected inf or 2, got '1'"),
        ("pad:1", "expected a width of at least 2, got 1"),
    ],
)
def test_steps_that_cannot_be_applied_say_why(steps, message):
    with pytest.raises(ArgumentError, match=message.replace("+", r"\+")):
        reparametrize(shallow([[1], [2]], [[1], [1]]), steps)


def test_a_list_of_steps_is_applied_in_order():
    gamma = shallow([[1], [0], [2], [-1]], [[1], [4], [1], [2]], [0, 1, 0, 1])
    results = reparametrize(gamma.network(), "drop,merge,permute:1+0,rescale:0=1/2,balance,pad:3")
    assert [r.after.width for r in results] == [3, 2, 2, 2, 2, 3]
    assert all(r.form_before == r.form_after == results[0].form_before for r in results)
