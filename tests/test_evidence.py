"""Evidence: the leaves form a complete case tree, and each excluded one is proved."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.enumeration import (
    Excluded,
    Problem,
    Reached,
    count,
    enumerate_leaves,
)
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.farkas import InfeasibilityProof, prove_infeasible
from tests.support import brute_force
from tests.support.drawn_networks import (
    STEADY,
    Chooser,
    draw_domain,
    draw_network,
    networks_and_domains,
)


def one_layer(weight, bias=None):
    return Network.from_rationals([(weight, bias), ([[1] * len(weight)], None)])


READINGS = [reading.value for reading in Reading]
LINE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def own_rows(leaf):
    """Return the rows (entries, relation) of an excluded leaf, composed with fractions."""
    problem = leaf.problem
    rows = []
    for normal, offset, relation in brute_force.domain_constraints(problem.domain):
        sign = -1 if "<" in relation else 1
        entries = brute_force.primitive_entries([sign * a for a in normal], sign * offset)
        if relation == "=" and next((entry for entry in entries if entry), 0) < 0:
            entries = tuple(-entry for entry in entries)
        rows.append((entries, relation.replace("<", ">")))
    bits = [int(code in ">≥") for code in leaf.path]
    bits += [0] * (sum(problem.network.hidden_widths) - len(bits))
    remaining = iter(bits)
    nested = tuple(tuple(next(remaining) for _ in range(w)) for w in problem.network.hidden_widths)
    flat = [row for layer in brute_force.rows_on_cell(problem.network, nested)[:-1] for row in layer]
    for code, (normal, offset) in zip(leaf.path, flat, strict=False):
        sign = -1 if code in "<≤" else 1
        entries = brute_force.primitive_entries([sign * a for a in normal], sign * offset)
        rows.append((entries, {"<": ">", "≤": ">=", "=": "=", "≥": ">=", ">": ">"}[code]))
    return rows


def evidence(network, domain, reading):
    return list(enumerate_leaves(Problem.of(network, domain, reading), evidence=True))


@pytest.mark.parametrize("seed", range(15))
def test_the_leaves_form_a_complete_tree_and_each_exclusion_is_proved_by_independent_rows(seed):
    for case in range(6):
        c = Chooser.seeded("evidence", seed, case)
        network = draw_network(c)
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:
            leaves = evidence(network, domain, reading)
            shape = [(leaf.path, isinstance(leaf, Reached)) for leaf in leaves]
            assert brute_force.is_complete_tree(reading, sum(network.hidden_widths), shape)
            for leaf in leaves:
                if isinstance(leaf, Excluded):
                    rows, proof = own_rows(leaf), leaf.proof()
                    assert [(row.entries, str(row.relation)) for row in leaf.rows] == rows
                    assert proof.rows == leaf.rows
                    assert proof.is_valid()
                    assert brute_force.refutes(proof.multipliers, rows)


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_excluded_leaves_hold_no_point_by_z3_and_name_their_kind(case, reading):
    for leaf in evidence(*case, reading):
        if isinstance(leaf, Excluded):
            rows = [
                brute_force.Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), r)
                for e, r in own_rows(leaf)
            ]
            assert brute_force.z3_point(case[0].inputs, rows) is None
            assert leaf.kind == ("thin" if reading == "full" and leaf.path else "impossible")


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_the_steps_of_a_leaf_name_layer_neuron_and_relation(case, reading):
    network, domain = case
    neurons = [(k, i) for k, width in enumerate(network.hidden_widths, start=1) for i in range(width)]
    words = {"<": "<", "≤": "<=", "=": "=", "≥": ">=", ">": ">"}
    for leaf in evidence(network, domain, reading):
        expected = [(k, i, words[code]) for (k, i), code in zip(neurons, leaf.path, strict=False)]
        assert [tuple(step) for step in leaf.steps] == expected
        if isinstance(leaf, Reached):
            bits = iter(str(leaf.configuration).replace("|", ""))
            assert all(next(bits) == ("1" if ">" in r else "0") for _, _, r in expected)


def test_an_empty_domain_is_one_excluded_leaf_with_a_proof_and_a_count_of_zero():
    nowhere = Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<=")])
    for reading in READINGS:
        assert count(LINE, nowhere, reading) == 0
        (leaf,) = evidence(LINE, nowhere, reading)
        assert (leaf.path, leaf.kind, leaf.proof().multipliers) == ("", "impossible", (1, 1))


@pytest.mark.parametrize(
    ("reading", "tree"),
    [
        ("half-open", [("≤≤", True), ("≤>", True), (">≤", True), (">>", False)]),
        ("closed", [("≤≤", True), ("≤≥", True), ("≥≤", True), ("≥≥", True)]),
        ("full", [("<<", False), ("<>", True), ("><", True), (">>", False)]),
    ],
)
def test_the_whole_tree_of_the_opposite_neurons(reading, tree):
    assert [(x.path, isinstance(x, Reached)) for x in evidence(LINE, None, reading)] == tree


def test_a_vanishing_neuron_has_an_equal_child_between_two_thin_ones():
    tree = [(x.path, isinstance(x, Reached)) for x in evidence(one_layer([[0]]), None, "full")]
    assert tree == [("<", False), ("=", True), (">", False)]


@pytest.mark.parametrize("reading", READINGS)
def test_a_tree_with_a_dropped_repeated_or_shortened_leaf_is_not_complete(reading):
    network = Network.from_rationals([([[1], [0], [-1]], [0, 0, 1]), ([[1, 1, -1]], None), ([[1]], None)])
    leaves = [(x.path, isinstance(x, Reached)) for x in evidence(network, None, reading)]
    assert brute_force.is_complete_tree(reading, 4, leaves)
    for i, (path, reached) in enumerate(leaves):
        assert not brute_force.is_complete_tree(reading, 4, leaves[:i] + leaves[i + 1 :])
        assert not brute_force.is_complete_tree(reading, 4, leaves[: i + 1] + leaves[i:])
        if reached:
            shorter = [*leaves[:i], (path[:-1], reached), *leaves[i + 1 :]]
            assert not brute_force.is_complete_tree(reading, 4, shorter)
    assert not brute_force.is_complete_tree(reading, 4, leaves[::-1])


@STEADY
@given(st.data())
def test_every_corrupted_proof_is_refused(data):
    network, domain = data.draw(networks_and_domains(most_hidden=4))
    excluded = [
        x for x in evidence(network, domain, data.draw(st.sampled_from(READINGS))) if isinstance(x, Excluded)
    ]
    for leaf in excluded[:6]:
        proof, n = leaf.proof(), network.inputs
        rows, multipliers = list(proof.rows), list(proof.multipliers)

        def verdict(ms, rs=rows, n=n):
            valid = InfeasibilityProof(n, tuple(rs), tuple(ms)).is_valid()
            assert valid == brute_force.refutes(ms, [(row.entries, str(row.relation)) for row in rs])
            return valid

        assert not verdict([Fraction(0)] * len(rows))
        assert not verdict([-m for m in multipliers])
        assert not InfeasibilityProof(n, tuple(rows), tuple(multipliers[:-1])).is_valid()
        for i, (m, row) in enumerate(zip(multipliers, rows, strict=True)):
            for wrong in (m + 1, m + Fraction(1, 2**200), -m - 1, Fraction(0)):
                refused = not verdict([*multipliers[:i], wrong, *multipliers[i + 1 :]])
                assert refused or wrong == m or not any(row.entries[:-1])
            if m:
                for j in range(n):
                    entries = tuple(e + (j == k) for k, e in enumerate(row.entries))
                    assert not verdict(multipliers, [*rows[:i], Row(entries, row.relation), *rows[i + 1 :]])
            verdict(multipliers, [*rows[:i], Row(row.entries, Relation.AT_LEAST), *rows[i + 1 :]])


def test_a_proof_that_forgets_strictness_or_the_sign_of_the_constant_is_refused():
    def valid(*pairs):
        rows = tuple(Row(entries, Relation(relation)) for _, entries, relation in pairs)
        return InfeasibilityProof(1, rows, tuple(Fraction(m) for m, _, _ in pairs)).is_valid()

    assert valid((1, (1, 0), ">="), (1, (-1, 0), ">"))
    assert not valid((1, (1, 0), ">="), (1, (-1, 0), ">="))  # x = 0 is a solution
    assert valid((1, (1, -2), ">="), (1, (-1, 1), ">="))
    assert not valid((1, (1, -1), ">="), (1, (-1, 2), ">="))  # 1 <= x <= 2
    assert not valid((1, (1, -1), ">"), (1, (-1, 2), ">"))
    assert valid((-1, (1, 0), "="), (1, (1, 0), ">"))
    assert not valid((-1, (1, 0), ">="), (1, (1, 0), ">"))  # x = 1 is a solution
    assert not valid((0, (1, 0), ">"), (1, (0, 0), ">="))
    assert valid((1, (0, -1), ">="))
    assert valid((1, (0, 0), ">"))
    assert not valid((1, (0, 0), ">="))
    assert not valid()


def test_a_system_with_a_solution_has_no_proof():
    rows = (Row((1, -1), Relation.AT_LEAST), Row((-1, 1), Relation.AT_LEAST))  # x = 1
    with pytest.raises(ValueError, match="common point"):
        prove_infeasible(1, rows)
    with pytest.raises(ValueError, match="common point"):
        prove_infeasible(1, ())


def test_each_proof_is_found_from_the_rows_alone_for_scales_of_two_to_the_three_hundred():
    network = one_layer([[2**300], [-1]], [0, Fraction(-1, 2**300)])
    (leaf,) = [x for x in evidence(network, None, "half-open") if isinstance(x, Excluded)]
    assert leaf.path == ">>"
    assert leaf.proof().is_valid()
