"""Lipschitz constants by branch and bound, against the list of all full cells, on degenerate networks."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Domain, Network, Search, lipschitz_constant
from exactrelu.analysis import lipschitz, optima, steep_boxes, steepest_search
from exactrelu.analysis.lipschitz import local_lipschitz_constants, operator_norm_power
from exactrelu.analysis.steepest_search import by_influence
from exactrelu.bounds import last_layer
from exactrelu.bounds.jacobians import JacobianBounds
from exactrelu.bounds.last_layer import can_refine, refined
from exactrelu.enumeration.lp_engine import best_first
from exactrelu.errors import BracketError, BudgetExhaustedError
from exactrelu.networks.activation import Activation
from exactrelu.polyhedra.matrix_norms import Norm
from tests.support.drawn_networks import Chooser
from tests.test_steep_cells import drawn, jacobian


def largest_in_list(network: Network, domain: Domain, norm: Norm):
    """The second road: the largest constant of all `full` cells, listed by the reference engine."""
    cells = local_lipschitz_constants(network, domain, norm, search=Search("ppl"))
    return max((cell.power for cell in cells), default=lipschitz.ZERO)


def is_right(network: Network, domain: Domain, norm: Norm) -> bool:
    """Whether the constant is the list's, and is attained where it is said to be."""
    found = lipschitz_constant(network, domain, norm)
    if found.power != largest_in_list(network, domain, norm):
        return False
    if found.point is None:
        return domain.is_empty
    (own,) = [c for c in local_lipschitz_constants(network, domain, norm, search=Search("ppl"))
              if c.configuration == found.configuration]  # fmt: skip
    inside = domain.contains(found.point) and network.configuration(found.point) == found.configuration
    return inside and own.linear_part == found.linear_part and own.power == found.power


@pytest.fixture(params=["boxes", "cells"])
def always_cut(request, monkeypatch):
    """Branch and bound for the smallest networks, with the smallest parts: along inputs, or at neurons."""
    monkeypatch.setattr(optima, "_FEW_NEURONS", -1)
    monkeypatch.setattr(steepest_search, "_FEW_INPUTS", 4 if request.param == "boxes" else 0)
    monkeypatch.setattr(steep_boxes, "_FEW_SIGNS", 1)
    monkeypatch.setattr(steep_boxes, "_MOST_CUTS", 4)
    monkeypatch.setattr(best_first, "_CHUNK", 2)
    return request.param


@pytest.mark.usefixtures("always_cut")
@pytest.mark.parametrize("seed", range(45))
def test_constants_are_those_of_the_list(seed):
    network, domain = drawn(seed)
    for norm in Norm:
        assert is_right(network, domain, norm)


TWICE = [([[1, 1], [1, 1], [2, 2], [-1, -1], [0, 0], [1, -1]], [0, 0, 0, 0, 0, 0])]
DEGENERATE = {
    "coincident and opposite neurons": [*TWICE, ([[3, -2, 1, 5, 7, 1]], None)],
    "a zero row with a large weight": [([[0, 0], [1, 2]], [0, -1]), ([[100, 1], [5, 1]], None)],
    "a layer that is dead all round": [([[1, 0], [0, 1]], [-9, -9]), ([[1, 1]], [0]), ([[1000]], [1])],
    "a neuron that vanishes on half the square": [
        ([[1, 0], [0, 1]], None),
        ([[1, 0], [-1, 0]], None),
        ([[3, 50]], None),
    ],
    "the steepest sign pattern has a cell of lower dimension": [
        ([[1, 0], [-1, 0], [0, 1]], None),
        ([[8, 8, 1]], None),
    ],
}


@pytest.mark.usefixtures("always_cut")
@pytest.mark.parametrize("layers", DEGENERATE.values(), ids=DEGENERATE.keys())
@pytest.mark.parametrize("units", [[(0, 1)], [("-1/2", 2), (1, 1), (0, 1)]], ids=["relu", "two slopes"])
def test_cells_that_do_not_count_are_never_the_steepest(layers, units):
    slopes = itertools.cycle(units)
    activations = [Activation.of([next(slopes) for _ in rows]) for rows, _ in layers[:-1]]
    network = Network.from_rationals(layers, activations=activations)
    triangle = Domain.from_inequalities(2, [([1, 0], 1, ">="), ([0, 1], 1, ">"), ([1, 1], -1, "<=")])
    for domain in (Domain.box([(-1, 1)] * 2), Domain.box([(0, 1), (0, 2)]), triangle):
        for norm in Norm:
            assert is_right(network, domain, norm)


def test_unbounded_domains_are_searched_by_cells(monkeypatch):
    monkeypatch.setattr(optima, "_FEW_NEURONS", -1)
    for seed in range(15):
        network, _ = drawn(seed)
        for norm in Norm:
            assert is_right(network, Domain.whole_space(network.inputs), norm)


def is_at_most(power, bound: float, norm: Norm) -> bool:
    """Whether a norm, or its square for the norm 2, is bounded by a double for the norm."""
    if bound == math.inf:
        return True
    return power <= (Fraction(bound) ** 2 if norm is Norm.TWO else Fraction(bound))


@pytest.mark.parametrize("seed", range(40))
def test_refined_bounds_hold_for_all_completions(seed, monkeypatch):
    monkeypatch.setattr(last_layer, "_GROUP", 2)
    network, _ = drawn(seed)
    if network.depth == 1:
        return
    bent = sum(network.bent_widths)
    c = Chooser.seeded("refined", seed)
    bits = np.array([[c.integer(-1, 1) for _ in range(bent)] for _ in range(4)], dtype=np.int8)
    bits = bits.reshape(4, bent)
    for norm in Norm:
        bounds = refined(JacobianBounds(network), bits, str(norm))
        for row, bound in zip(bits.tolist(), bounds.tolist(), strict=True):
            for completion in itertools.product(*[(0, 1) if bit < 0 else (bit,) for bit in row]):
                power = operator_norm_power(jacobian(network, completion), norm)
                assert is_at_most(power, bound, norm)


@pytest.mark.parametrize("scale", ["1", "1e-150", "1e150", "1e-320"])
def test_refined_bounds_hold_whatever_the_size(scale):
    factor = Fraction(scale)
    rows = [[3 * factor, -factor], [factor / 3, factor], [-factor, factor / 7]]
    network = Network.from_rationals([(rows, None), ([[1, 2, "1/3"], ["-1/3", 1, -1]], None)])
    bits = np.full((1, 3), -1, dtype=np.int8)
    for norm in Norm:
        bound = float(refined(JacobianBounds(network), bits, str(norm))[0])
        for completion in itertools.product((0, 1), repeat=3):
            power = operator_norm_power(jacobian(network, completion), norm)
            assert is_at_most(power, bound, norm)


def test_one_set_of_slopes_serves_all_columns():
    network = Network.from_rationals([([[1, 1], [-1, 1], [1, -1]], None), ([[1, 1, 1]], None)])
    bits = np.full((1, 3), -1, dtype=np.int8)
    bounds = JacobianBounds(network)
    assert can_refine(network.widths, "inf")
    assert not can_refine(network.widths, "1")
    assert round(float(bounds.at_most(bits, "inf")[0])) == 4
    assert round(float(refined(bounds, bits, "inf")[0])) == 2


def test_the_order_of_neurons_changes_no_function():
    for seed in range(12):
        network, domain = drawn(seed)
        ordered = by_influence(network)
        assert ordered.widths == network.widths
        point = domain.interior_point or (Fraction(1, 3),) * network.inputs
        assert ordered(point) == network(point)


def bracket(network: Network, domain: Domain, calls: int) -> BracketError | None:
    """What is known where a search is ended by its listener, None if it ends before."""
    left = itertools.count(1)

    def listen(_name, text):
        assert text()
        if next(left) >= calls:
            raise BudgetExhaustedError("enough")

    try:
        lipschitz_constant(network, domain, "inf", search=Search(listener=listen))
    except BracketError as error:
        return error
    return None


@pytest.mark.usefixtures("always_cut")
def test_a_search_that_ends_early_names_two_numbers_round_the_constant():
    found = []
    for seed in range(20):
        network, domain = drawn(seed)
        constant = lipschitz_constant(network, domain, "inf", search=Search("ppl")).value
        ended = [one for calls in (1, 2, 4) if (one := bracket(network, domain, calls))]
        assert all(one.lower <= constant <= one.upper for one in ended if one.upper != math.inf)
        found += ended
    assert any(one.lower < one.upper < math.inf for one in found)


@pytest.mark.parametrize("where", ["boxes", "cells"])
def test_too_small_bounds_lose_the_steepest_cell(where, monkeypatch):
    monkeypatch.setattr(optima, "_FEW_NEURONS", -1)
    monkeypatch.setattr(steepest_search, "_FEW_INPUTS", 4 if where == "boxes" else 0)
    monkeypatch.setattr(steep_boxes, "_FEW_SIGNS", 0)
    monkeypatch.setattr(best_first, "_CHUNK", 1)
    honest = JacobianBounds.at_most
    monkeypatch.setattr(JacobianBounds, "at_most", lambda self, bits, norm: honest(self, bits, norm) / 4)
    assert not all(is_right(*drawn(seed), Norm.INFINITY) for seed in range(12))
