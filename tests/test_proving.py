"""What finds proofs: it fails where there is none, and its theorems on networks agree with the networks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Network
from tests.support.claims_modules import claims_module

expressions, networks = claims_module("statements.expressions"), claims_module("statements.networks")
rules, cases = claims_module("kernel.rules"), claims_module("proving.cases")
cells, existence = claims_module("proving.cells"), claims_module("proving.existence")
bounds, chain = claims_module("proving.cell_bounds"), claims_module("proving.chain")
everywhere, paths = claims_module("proving.global_bounds"), claims_module("proving.decompositions")
tactics, witnesses = claims_module("proving.tactics"), claims_module("proving.witnesses")

ProofError, variable, eq = expressions.ProofError, expressions.variable, expressions.eq
x, y = variable("x", "R"), variable("y", "R")
i, n = variable("i", "N"), variable("n", "N")
f = variable("f", "R", "N")

THEOREMS = [
    cells.network_is_affine_on_cells,
    cells.half_open_is_closed,
    cells.cells_do_not_meet,
    cells.maps_keep_combinations,
    cells.combinations_stay_in_cells,
    existence.renumbered,
    existence.pre_activations_exist,
    existence.masked_values_exist,
    existence.powers_exist,
    existence.every_point_has_a_cell,
    bounds.bound_on_a_cell,
    bounds.spectral_bound,
    everywhere.bound_everywhere,
    chain.sums_over_paths,
    paths.linear_part_by_paths,
    paths.values_by_coefficients,
    paths.coefficients_by_linear_part,
]


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.__name__)
def test_theorems_on_networks_have_no_hypotheses_and_no_free_variables(theorem):
    found = theorem()
    assert found.hypotheses == ()
    assert "var:" not in repr(found.conclusion)


NETWORK = Network.from_rationals([([[1, -2], ["1/2", 0]], [0, -1]), ([[3, 1]], ["1/3"])])
POINT = (Fraction(5), Fraction(1, 2))


def test_the_values_of_a_witness_are_those_of_the_network():
    witness, at = witnesses.NetworkWitness(NETWORK), witnesses.point(POINT)
    some = tactics.use(existence.pre_activations_exist(), *witness.functions, at)
    values = variable("y", "R", "N", "N")
    forward = rules.assume(expressions.open_binder(some.conclusion, values))
    found = [
        [fact.conclusion.args[1].data for fact in layer] for layer in witness.values(values, POINT, forward)
    ]
    assert found == [[4, Fraction(3, 2)], [Fraction(83, 6)]]
    assert [list(layer) for layer in NETWORK.preactivations(POINT)] == found[:1]
    assert list(NETWORK(POINT)) == found[1]


def test_finite_cases_are_tried_one_by_one():
    formula = networks.below(i, 3, eq(i * (i - 1) * (i - 2), 0))
    assert cases.finitely_many(formula).conclusion == formula
    with pytest.raises(ProofError):
        cases.finitely_many(networks.below(i, 4, eq(i * (i - 1) * (i - 2), 0)))
    with pytest.raises(ProofError, match="known number"):
        cases.finitely_many(networks.below(i, n, eq(i, i)))
    assert cases.finitely_many(networks.below(i, 0, eq(1, 2))).hypotheses == ()


def test_cases_of_signs_prove_what_holds_in_each_and_nothing_else():
    square = expressions.implies(x * x <= 0, eq(x, 0))
    assert cases.by_cases(square, signs=[x]).hypotheses == ()
    with pytest.raises(ProofError):
        cases.by_cases(expressions.implies(x * x <= 1, eq(x, 0)), signs=[x])
    with pytest.raises(ProofError):
        cases.by_cases(expressions.either(x < y, y < x), signs=[x, y])


def test_prove_refuses_another_conclusion_and_too_many_arguments():
    goal = expressions.forall(x, expressions.implies(x >= 1, x >= 0))
    with pytest.raises(ProofError):
        tactics.prove(goal, lambda _x, known, _goal: known)
    with pytest.raises(TypeError, match="nothing left to open"):
        tactics.prove(goal, lambda _x, _known, _more, goal: goal)
