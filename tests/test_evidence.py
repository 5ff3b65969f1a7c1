"""Evidence: a certificate's leaves form a complete case tree, and each excluded one is proved.

The tree is read from the lines; its rows are composed here, with fractions, from the network and the steps.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.certificates import certify_configurations
from exactrelu.enumeration import Problem, count, enumerate_leaves
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


@dataclass(frozen=True)
class Leaf:
    """A leaf of a certificate: the steps (layer, neuron, relation) to it, its kind, multipliers and point."""

    steps: tuple[tuple[int, int, str], ...]
    kind: str
    by: dict[int, Fraction] = field(default_factory=dict)
    point: tuple[Fraction, ...] = ()

    @property
    def reached(self):
        return self.kind == "reached"

    @property
    def path(self):
        return "".join({"<=": "≤", ">=": "≥"}.get(relation, relation) for _, _, relation in self.steps)


CHILDREN = {"half-open": ("<=", ">"), "closed": ("<=", ">="), "full": ("<", ">")}


def lines_of(network, domain, reading):
    """Return the lines of the certificate between the first and the last, as JSON values."""
    problem = Problem.of(network, domain, reading)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.jsonl"
        certify_configurations(path, network, problem, enumerate_leaves(problem))
        return [json.loads(line) for line in path.read_text().splitlines()[1:-1]]


def tree_of(reading, widths, lines):
    """Return the leaves of one whole tree in preorder, None if the lines are no such tree."""
    nodes = iter(lines)

    def decides(steps, k, i):
        done = [sum(step[0] == layer for step in steps) for layer in range(1, k)]
        return done == list(widths[: k - 1]) and i < widths[k - 1] and (k, i) not in {s[:2] for s in steps}

    def below(steps):
        node = next(nodes)
        if "split" in node or "zero" in node:
            k, i = node.get("split") or node["zero"]
            if not decides(steps, k, i):
                raise StopIteration
            for relation in CHILDREN[reading] if "split" in node else ["="]:
                below((*steps, (k, i, relation)))
        elif "reached" in node:
            if len(steps) != sum(widths):
                raise StopIteration
            leaves.append(Leaf(steps, "reached", point=tuple(map(Fraction, node["reached"]))))
        else:
            kind = "thin" if "thin" in node else "impossible"
            leaves.append(Leaf(steps, kind, {r: Fraction(m) for r, m in node[kind]}))

    leaves = []
    try:
        below(())
    except StopIteration:
        return None
    return leaves if next(nodes, None) is None else None


def evidence(network, domain, reading):
    """Return the certificate's leaves, and the numbers of the domain rows that it shows to be equations."""
    lines = lines_of(network, domain, reading)
    preamble = [line for line in lines if "equation" in line or "interior" in line]
    leaves = tree_of(reading, network.hidden_widths, lines[len(preamble) :])
    assert leaves is not None
    return leaves, [line["equation"][0] for line in preamble if "equation" in line]


def own_rows(network, domain, reading, leaf, implicit):
    """Return the rows (entries, relation) that an excluded leaf refutes, composed with fractions."""
    rows = []
    for r, (normal, offset, relation) in enumerate(brute_force.domain_constraints(domain)):
        sign = -1 if "<" in relation else 1
        entries = brute_force.primitive_entries([sign * a for a in normal], sign * offset)
        turned = "=" if r in implicit else relation.replace("<", ">")
        rows.append((entries, ">" if leaf.kind == "thin" and turned == ">=" else turned))
    bits = {(k, i): int(">" in relation) for k, i, relation in leaf.steps}
    nested = tuple(
        tuple(bits.get((k, i), 0) for i in range(width))
        for k, width in enumerate(network.hidden_widths, start=1)
    )
    layers = brute_force.rows_on_cell(network, nested)
    for k, i, relation in leaf.steps:
        if relation == "=":
            continue
        normal, offset = layers[k - 1][i]
        sign = -1 if "<" in relation else 1
        entries = brute_force.primitive_entries([sign * a for a in normal], sign * offset)
        rows.append((entries, relation.replace("<", ">")))
    return rows


def proofs(network, domain, reading):
    """Return the excluded leaves, each with its rows and a multiplier for each of them."""
    leaves, implicit = evidence(network, domain, reading)
    found = []
    for leaf in leaves:
        if not leaf.reached:
            rows = own_rows(network, domain, reading, leaf, implicit)
            found.append((leaf, rows, [leaf.by.get(r, Fraction(0)) for r in range(len(rows))]))
    return found


@pytest.mark.parametrize("seed", range(15))
def test_the_leaves_form_a_complete_tree_and_each_exclusion_is_proved_by_independent_rows(seed):
    for case in range(6):
        c = Chooser.seeded("evidence", seed, case)
        network = draw_network(c)
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:  # `evidence` refuses what is no complete tree
            for leaf, rows, multipliers in proofs(network, domain, reading):
                assert max(leaf.by, default=-1) < len(rows)
                assert as_proof(network, rows, multipliers).is_valid()
                assert brute_force.refutes(multipliers, rows)


def as_proof(network, rows, multipliers):
    own = tuple(Row(entries, Relation(relation)) for entries, relation in rows)
    return InfeasibilityProof(network.inputs, own, tuple(multipliers))


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_excluded_leaves_hold_no_point_by_z3_and_name_their_kind(case, reading):
    empty = not count(*case)
    for leaf, rows, _ in proofs(*case, reading):
        constraints = [
            brute_force.Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), r) for e, r in rows
        ]
        assert brute_force.z3_point(case[0].inputs, constraints) is None
        assert leaf.kind == ("thin" if reading == "full" and not empty else "impossible")


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_the_steps_of_a_leaf_name_layer_neuron_and_relation(case, reading):
    network, domain = case
    neurons = [(k, i) for k, width in enumerate(network.hidden_widths, start=1) for i in range(width)]
    leaves, _ = evidence(network, domain, reading)
    found = []
    for leaf in leaves:
        names = [step[:2] for step in leaf.steps]
        assert len(set(names)) == len(names)
        assert {r for _, _, r in leaf.steps} <= {*CHILDREN[reading], *("=" if reading == "full" else "")}
        if leaf.reached:
            assert sorted(names) == neurons
            found.append("".join("1" if ">" in r else "0" for _, _, r in sorted(leaf.steps)))
    expected = enumerate_leaves(Problem.of(network, domain, reading))
    assert sorted(found) == [str(leaf.configuration).replace("|", "") for leaf in expected]


def test_an_empty_domain_is_one_excluded_leaf_with_a_proof_and_a_count_of_zero():
    nowhere = Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<=")])
    for reading in READINGS:
        assert count(LINE, nowhere, reading) == 0
        ((leaf, _, multipliers),) = proofs(LINE, nowhere, reading)
        assert (leaf.path, leaf.kind, multipliers) == ("", "impossible", [1, 1])


def shape(network, reading):
    leaves, _ = evidence(network, Domain.whole_space(network.inputs), reading)
    return [(leaf.path, leaf.reached) for leaf in leaves]


@pytest.mark.parametrize(
    ("reading", "tree"),
    [
        ("half-open", [("≤≤", True), ("≤>", True), (">≤", True), (">>", False)]),
        ("closed", [("≤≤", True), ("≤≥", True), ("≥≤", True), ("≥≥", True)]),
        ("full", [("<<", False), ("<>", True), ("><", True), (">>", False)]),
    ],
)
def test_the_whole_tree_of_the_opposite_neurons(reading, tree):
    assert shape(LINE, reading) == tree


def test_a_vanishing_neuron_is_a_node_with_one_child():
    assert shape(one_layer([[0]]), "full") == [("=", True)]


@pytest.mark.parametrize("reading", READINGS)
def test_a_tree_with_a_dropped_repeated_or_shortened_leaf_is_not_complete(reading):
    network = Network.from_rationals([([[1], [0], [-1]], [0, 0, 1]), ([[1, 1, -1]], None), ([[1]], None)])
    lines = [x for x in lines_of(network, None, reading) if "equation" not in x and "interior" not in x]
    assert tree_of(reading, (3, 1), lines)
    for i, line in enumerate(lines):
        assert not tree_of(reading, (3, 1), lines[:i] + lines[i + 1 :])
        assert not tree_of(reading, (3, 1), lines[: i + 1] + lines[i:])
        if "split" in line:  # a node that ends too early
            leaf = next(x for x in lines[i:] if "reached" in x)
            assert not tree_of(reading, (3, 1), [*lines[:i], leaf, *lines[i + 1 :]])
    assert not tree_of(reading, (3, 1), lines[::-1])


@STEADY
@given(st.data())
def test_every_corrupted_proof_is_refused(data):
    network, domain = data.draw(networks_and_domains(most_hidden=4))
    n = network.inputs
    for _, own, multipliers in proofs(network, domain, data.draw(st.sampled_from(READINGS)))[:6]:
        rows = [Row(entries, Relation(relation)) for entries, relation in own]

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
    ((leaf, rows, multipliers),) = proofs(network, Domain.whole_space(1), "half-open")
    assert leaf.path == ">>"
    assert as_proof(network, rows, multipliers).is_valid()
