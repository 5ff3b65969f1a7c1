"""Lemma A.7: the constant between gradients and the uniform norm on the cube."""

from __future__ import annotations

from fractions import Fraction

import pytest
import z3

import exactrelu
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import square_root
from exactrelu.stability import lemma_a7
from exactrelu.stability.gradient_difference import gradient_distance
from exactrelu.stability.lemma_a7 import lemma_a7_constant
from exactrelu.stability.norms import parameter_distance, sup_distance
from tests.support.drawn_networks import Chooser
from tests.support.drawn_pairs import draw_restricted

ZERO = Fraction(0)


def function(weights, coefficients) -> Parametrization:
    return Parametrization.from_rationals(weights, [[c] for c in coefficients])


def norms(h: Parametrization) -> tuple[Fraction, Fraction]:
    """Return |h|_{W^{1,inf}} and the sup norm on the cube."""
    nothing = Parametrization(h.inputs, 1, (), (ZERO,))
    cube = exactrelu.Domain.box([(-1, 1)] * h.inputs)
    return gradient_distance(h, nothing).value, sup_distance(h, nothing, cube).value


def drawn_weights(seed) -> list[tuple[Fraction, ...]]:
    c = Chooser.seeded("lemma A.7", seed)
    return [n.weight for n in draw_restricted(c, c.integer(2, 3), c.integer(1, 4), 1).neurons]


@pytest.mark.parametrize("seed", range(12))
def test_the_constant_is_attained_and_bounds_every_function(seed):
    weights = drawn_weights(seed)
    found = lemma_a7_constant(weights)
    gradient, size = norms(function(weights, found.coefficients))
    assert (gradient, size) == (found.gradient_constant, 1)
    c = Chooser.seeded("functions", seed)
    for _ in range(10):
        gradient, size = norms(function(weights, [Fraction(c.integer(-9, 9), 3) for _ in weights]))
        assert gradient <= found.gradient_constant * size


@pytest.mark.parametrize("seed", range(6))
def test_z3_finds_no_function_with_a_larger_gradient(seed):
    weights = drawn_weights(seed)
    found = lemma_a7_constant(weights)
    network = function(weights, [1] * len(weights)).network()
    variables = [z3.Real(f"c{i}") for i in range(len(weights))]

    def total(entries):
        return z3.Sum([z3.Q(e.numerator, e.denominator) * v for e, v in zip(entries, variables, strict=True)])

    solver = z3.Solver()
    cells = list(exactrelu.regions(network, exactrelu.Domain.box([(-1, 1)] * network.inputs), "full"))
    for vertex in {vertex for cell in cells for vertex in cell.geometry.vertices}:
        value = total([max(y, ZERO) for y in network.preactivations(vertex)[0]])
        solver.add(value <= 1, value >= -1)
    entries = [
        total([w[j] if bit else ZERO for w, bit in zip(weights, cell.configuration.layers[0], strict=True)])
        for cell in cells
        for j in range(network.inputs)
    ]
    largest = z3.Q(found.gradient_constant.numerator, found.gradient_constant.denominator)
    solver.add(z3.Or([entry > largest for entry in entries]))
    assert solver.check() == z3.unsat


def test_one_neuron_has_the_constant_of_its_own_gradient():
    # |a_l| c over ||c relu(a.x)||_inf = c ||a||_1.
    found = lemma_a7_constant([[1, 3]])
    assert (found.gradient_constant, found.constant) == (Fraction(3, 4), square_root(3))


def test_the_lemma_holds_for_pairs_with_the_directions_of_a():
    for seed in range(10):
        c = Chooser.seeded("pairs", seed)
        base = draw_restricted(c, 2, c.integer(1, 3), 1)
        found = lemma_a7_constant([n.weight for n in base.neurons])
        gamma, theta = (
            Parametrization(2, 1, tuple(_stretched(n, c) for n in base.neurons), (ZERO,)) for _ in range(2)
        )
        cube = exactrelu.Domain.box([(-1, 1)] * 2)
        distance, size = parameter_distance(gamma, theta), sup_distance(gamma, theta, cube).value
        assert distance**2 <= 4 * found.gradient_constant * size


def _stretched(neuron: Neuron, c: Chooser) -> Neuron:
    factor = Fraction(c.integer(1, 5), c.integer(1, 3))
    sign = c.choose([1, -1])
    return Neuron(
        tuple(factor * a for a in neuron.weight), tuple(sign * factor * e for e in neuron.coefficient)
    )


@pytest.mark.parametrize("weights", [[[1, 2], [2, 4]], [[1, 2], [-1, -2]], [[1, 2], [0, 0]]])
def test_parallel_and_zero_weight_vectors_are_refused(weights):
    with pytest.raises(ArgumentError, match="weights"):
        lemma_a7_constant(weights)


def test_a_budget_that_runs_out_is_no_answer():
    with pytest.raises(BudgetExhaustedError):
        lemma_a7_constant([[1, 1], [1, 2], [2, 1]], search=exactrelu.Search(max_regions=3))


def test_a_solution_that_breaks_the_constraints_is_refused(monkeypatch):
    class Liar(lemma_a7.MIP_Problem):
        def add_constraint(self, constraint):
            if constraint.inhomogeneous_term() == 1:
                return
            super().add_constraint(constraint)

    bounds = [(Fraction(1),), (Fraction(1, 2),)]  # |c| <= 1; without the first one |c| <= 2
    assert lemma_a7._maximum([Fraction(1)], bounds) == (1, (1,))
    monkeypatch.setattr(lemma_a7, "MIP_Problem", Liar)
    with pytest.raises(ArithmeticError):
        lemma_a7._maximum([Fraction(1)], bounds)
