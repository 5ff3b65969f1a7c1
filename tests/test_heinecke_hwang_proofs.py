"""The proofs among the claims of Heinecke & Hwang: each of their steps is able to fail.

An induction step, a width argument, the second half of a statement, a list of networks with nothing in it:
every test here changes one of them and sees that the check does not reach its recorded verdict.
"""

from __future__ import annotations

import inspect
import sys
from fractions import Fraction

import pytest

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, find_claim, load_claims

CLAIMS = tuple(claim for claim in load_claims() if claim.id.startswith("heinecke-hwang/"))


def claim_of(place):
    return find_claim(CLAIMS, f"heinecke-hwang/{place}")


def module_of(place):
    return sys.modules[claim_of(place).check.__module__]


def sibling(name):
    """Return a shared module of the claims, under the name by which the claims know it."""
    return sys.modules[module_of("C1").__name__.rpartition(".")[0].rpartition(".")[0] + "." + name]


C20, C24, C28 = map(module_of, ("C20", "C24", "C28"))
tried, verdicts = map(sibling, ("tried_networks", "verdicts"))


def evidence_of(place, **arguments):
    """Return what a check that must refuse says."""
    finding = claim_of(place).check(**arguments)
    assert finding.verdict is ClaimVerdict.REFUTED
    return "\n".join(finding.evidence)


def net(*layers):
    return Network.from_rationals(layers)


# C20 and C28: both halves count --------------------------------------------------------------------


@pytest.mark.parametrize(
    "matrix",
    [
        ((Fraction(1, 2), 0), (0, Fraction(1, 2))),  # no unit rows
        ((1, 0), (1, 0)),  # unit rows, spectral norm sqrt(2)
        ((1, 0),),  # one unit row: Frobenius norm 1
        ((2, 0), (0, 2)),
    ],
)
def test_c20_looks_at_the_second_half_on_the_matrix_it_is_given(matrix):
    assert "second half" in evidence_of("C20", matrix=matrix)


def test_c20_is_proved_with_another_matrix_of_unit_rows():
    rows = ((Fraction(3, 5), Fraction(4, 5), 0), (Fraction(-4, 5), Fraction(3, 5), 0), (0, 0, -1))
    assert claim_of("C20").check(matrix=rows).verdict is ClaimVerdict.PROVED


def scaled_identities(factor, depths=(4, 5)):
    return [net(*[([[factor, 0], [0, factor]], None)] * depth) for depth in depths]


@pytest.mark.parametrize("networks", [scaled_identities(3), scaled_identities("1/2"), []])
def test_c28_looks_at_the_second_half_on_the_networks_it_is_given(networks):
    assert "second half" in evidence_of("C28", networks=networks)


def test_c28_refuses_three_times_the_identity_among_identities():
    assert "for some theta" in evidence_of("C28", networks=[*C28.NETWORKS, *scaled_identities(3)])


@pytest.mark.parametrize(
    "step",
    [lambda c, _n, b: c * b, lambda c, n, b: c * n * b + 1, lambda c, n, b: (c + n) * b],
    ids=["N dropped", "one more", "sum"],
)
def test_c28_refuses_a_wrong_step(step):
    assert "not by (CN - 1) B" in evidence_of("C28", step=step)


def test_c28_refuses_a_bound_that_is_not_positive():
    assert "then" in evidence_of("C28", bound_of=lambda c, n, depth: -((c * n) ** (depth - 2)) * n)


def test_c27_refuses_a_larger_factor_too_as_its_identity_is_another_one():
    assert "is not the sum" in evidence_of("C27", factor=lambda m, n: Fraction(m * n + 1))


# tight frames and smooth losses --------------------------------------------------------------------


@pytest.mark.parametrize(
    "polarise",
    [
        lambda q, i, j, size: unit(q, size, {i: 1}, {j: 1}) - unit(q, size, {i: 1}),
        lambda q, i, j, size: unit(q, size, {i: 1}, {j: -1}) - unit(q, size, {i: 1}) - unit(q, size, {j: 1}),
        lambda *_: 0,
    ],
    ids=["dropped form", "wrong sign", "nothing"],
)
def test_the_tight_frame_refuses_a_wrong_polarisation(polarise):
    assert "is not half of" in evidence_of("section-2-tight-frame", polarise=polarise)


def unit(q, size, *parts):
    """Return q of a sum of multiples of unit vectors."""
    return q([sum(part.get(place, 0) for part in parts) for place in range(size)])


def test_a_frame_that_is_not_tight_refutes_nothing():
    finding = claim_of("section-2-tight-frame").check(frame=((1, 0), (0, 2)), y=(0, 1))
    assert finding.verdict is ClaimVerdict.UNTRIED


@pytest.mark.parametrize(
    "slack",
    [lambda *_: 0, lambda h1, h2, d1, d2: (h1 * d2 + h2 * d1) ** 2, lambda h1, h2, d1, d2: (h1 * d2) ** 2],
)
def test_c24_refuses_a_wrong_sum_of_squares(slack):
    assert "differs from the squares" in evidence_of("C24", slack=slack)


def test_c24_needs_a_gradient_that_is_smooth_and_a_beta():
    assert claim_of("C24").check(loss=(0, 0, 0, 0, Fraction(1))).verdict is ClaimVerdict.UNTRIED
    assert claim_of("C24").check(betas=()).verdict is ClaimVerdict.UNTRIED


# figure 2, right -----------------------------------------------------------------------------------


def test_the_networks_of_figure_2_have_many_invertible_first_layers():
    file = module_of("figure-2-right")
    assert all(map(file.satisfies_hypothesis, file.NETWORKS))
    assert len({network.layers[0].weight for network in file.NETWORKS}) >= 20


@pytest.mark.parametrize(
    "network",
    [
        net(([[1, 0], [2, 0]], None), ([[1, -1]], None), ([[1]], None)),
        net(([[1, 0], [0, 1]], None), ([[1, 1]], None), ([[1]], None)),
        net(([[1, 0], [0, 1], [1, 1]], None), ([[1, -1, 1]], None), ([[1]], None)),
    ],
)
def test_the_hypothesis_of_figure_2_is_decided(network):
    assert not module_of("figure-2-right").satisfies_hypothesis(network)


# nothing tried is nothing found ----------------------------------------------------------------------

WITH_NETWORKS = [claim for claim in CLAIMS if "networks" in inspect.signature(claim.check).parameters]


def test_many_claims_are_tried_on_networks():
    assert len(WITH_NETWORKS) >= 20


@pytest.mark.parametrize("claim", WITH_NETWORKS, ids=lambda claim: claim.id)
def test_an_empty_list_of_networks_is_not_accepted(claim):
    finding = claim.check(networks=[])
    assert not claim.is_as_recorded(finding)
    assert not any("held on" in text for text in finding.evidence)
    assert any("nothing was tried" in text or "needs networks" in text for text in finding.evidence)


def test_nothing_tried_is_neither_a_repair_nor_a_correction():
    refuted = Finding(ClaimVerdict.REFUTED, ("1 > 0",))
    nothing = verdicts.by_trial([], lambda _: None)
    assert (nothing.verdict, nothing.tried) == (ClaimVerdict.UNTRIED, 0)
    assert verdicts.with_hypothesis("a hypothesis", refuted, nothing) == nothing


def test_equation_13_needs_a_cell_without_a_zero_pre_activation():
    zero = net(([[0]], [0]), ([[1]], None))  # the hidden neuron is zero everywhere
    finding = claim_of("equation-13").check(networks=[zero])
    assert finding.verdict is ClaimVerdict.UNTRIED
    assert "cells left out, as a pre-activation is zero there: 1" in finding.evidence[0]


def test_equation_13_says_how_many_cases_it_tried():
    one = net(([[1]], None), ([[1]], None))  # two cells, one k; on the second one y < 0
    finding = claim_of("equation-13").check(networks=[one])
    assert finding.verdict is ClaimVerdict.PROVED
    counted = "cases (a cell and a k): 2; cells left out, as a pre-activation is zero there: 0"
    assert f"second road: {counted}" in finding.evidence
