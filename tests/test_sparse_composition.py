"""Exact leaves of large sparse networks, by few rows: against z3, and against rows that are written out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Domain, Network, output_range
from exactrelu.analysis import optima
from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import float_layers
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.preactivations import layerwise
from exactrelu.numbers.points import IntegerPoint
from exactrelu.verification import branch_and_bound, ground, lifted_composition
from exactrelu.verification.sparse_composition import SparseComposition, is_large
from exactrelu.verification.verify import verify
from tests.support.drawn_networks import Chooser, draw_network, with_drawn_units
from tests.support.drawn_properties import draw_property
from tests.test_maximum import draw_domain_in_a_box
from tests.test_verify import z3_unsafe

MODEST = [(0, 1), (1, 1), (0, 1), ("1/4", 1), (-1, 1), (0, 0), (1, 0), ("-1/3", -2)]


def drawn(*seed) -> tuple[Chooser, Network]:
    c = Chooser.seeded("sparse rows", *seed)
    network = draw_network(c, most_hidden=5)
    return c, with_drawn_units(c, network, MODEST) if c.integer(0, 1) else network


@pytest.fixture
def all_large(monkeypatch):
    """Every network is taken for a large one."""
    for module in (branch_and_bound, ground, lifted_composition):
        monkeypatch.setattr(module, "is_large", lambda _: True)


@pytest.mark.parametrize("seed", range(40))
def test_rows_with_known_signs_are_those_of_the_cell(seed):
    c, network = drawn(seed)
    point = tuple(Fraction(c.integer(-12, 12), 4) for _ in range(network.inputs))
    configuration = network.configuration(point)
    signs = [np.ones(width, dtype=np.int8) for width in network.hidden_widths]
    for own, activation, bits in zip(signs, network.activations, configuration.layers, strict=True):
        own[list(activation.bent)] = bits
    rows = SparseComposition(network, signs)
    for k, y in enumerate(layerwise(network, configuration)):
        every = range(network.layers[k].outputs)
        found, scale = rows.of_layer(k, every)
        written = y.integer_rows()
        for own, expected in zip(found, written, strict=True):
            assert [entry * y.scale for entry in own] == [entry * scale for entry in expected]


@pytest.mark.parametrize("seed", range(40))
def test_rows_over_open_neurons_have_the_values_of_the_network(seed):
    c, network = drawn("open", seed)
    point = tuple(Fraction(c.integer(-12, 12), 4) for _ in range(network.inputs))
    layers = network.preactivations(point)
    signs = [
        np.array([-1 if i in a.bent and c.integer(0, 1) else int(y > 0) for i, y in enumerate(ys)])
        for a, ys in zip(network.activations, layers, strict=False)
    ]
    rows = SparseComposition(network, signs)
    place = IntegerPoint.of((*point, *(max(layers[k][i], 0) for k, i in rows.variables)))
    for k, ys in enumerate((*layers[: network.depth - 1], network(point))):
        found, scale = rows.of_layer(k, range(len(ys)))
        assert [place.value(row) for row in found] == [y * scale * place.denominator for y in ys]


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("seed", range(60))
def test_verdicts_are_those_of_z3(seed):
    c, network = drawn("verify", seed)
    prop = draw_property(c, network)
    decision = verify(network, prop, search=Search(time_limit=20))
    expected = "refuted" if any(z3_unsafe(network, group) for group in prop.groups) else "holds"
    assert str(decision.verdict) == expected


@pytest.mark.parametrize("seed", range(25))
def test_ranges_are_those_of_cells(seed, monkeypatch):
    c, network = drawn("range", seed)
    domain = draw_domain_in_a_box(c, network.inputs)
    expected = output_range(network, domain, search=Search("ppl"))
    for module in (branch_and_bound, ground, lifted_composition):
        monkeypatch.setattr(module, "is_large", lambda _: True)
    monkeypatch.setattr(optima, "_FEW_NEURONS", -1)
    monkeypatch.setattr("exactrelu.analysis.ranges.MOST_CELLS", 0)
    found = output_range(network, domain)
    values = [None if ranges is None else [(o.minimum.value, o.maximum.value) for o in ranges]
              for ranges in (expected, found)]  # fmt: skip
    assert values[0] == values[1]


def banded(width: int) -> Network:
    """x_i - x_{i+1} + 1/10, then its sum with the next: each row reads a few places."""
    indices = range(width)
    first = [[int(j == i) - int(j == (i + 1) % width) for j in indices] for i in indices]
    second = [[int(j == i) + int(j == (i + 3) % width) for j in indices] for i in indices]
    dense = Network.from_rationals([(first, ["1/10"] * width), (second, None), ([[1] * width], None)])
    layers = tuple(AffineMap(layer.sparse) for layer in dense.layers)
    return Network(layers, activations=dense.activations)


def test_a_network_that_is_too_large_to_write_out_is_decided(monkeypatch):
    monkeypatch.setattr("exactrelu.networks.affine_map.MAX_DENSE_ENTRIES", 100)
    monkeypatch.setattr("exactrelu.verification.sparse_composition._MOST_DENSE", 100)
    network = banded(12)
    assert is_large(network)
    box = Domain.box([("-1/16", "1/16")] * 12)
    (output,) = output_range(network, box)
    small = Network(tuple(AffineMap(layer.sparse.dense()) for layer in network.layers))
    monkeypatch.undo()
    (expected,) = output_range(small, box)
    assert output == expected
    top = output.maximum.value
    assert str(verify(network, [f"y0 <= {top}"], box).verdict) == "holds"
    assert str(verify(network, [f"y0 < {top}"], box).verdict) == "refuted"


def test_a_time_limit_ends_back_substitution_between_its_steps():
    network = banded(60)
    layers = float_layers(network)
    ends = np.full((1, 60), 1.0)
    lower = [np.full((1, 60), -np.inf) for _ in range(2)]
    batch = BoxBatch(layers, -ends, ends, lower, [-bound for bound in lower])
    calls = []

    def checkpoint():
        calls.append(len(calls))
        if len(calls) > 1:
            raise BudgetExhaustedError("enough")

    batch.checkpoint = checkpoint
    batch.advance()
    with pytest.raises(BudgetExhaustedError):
        batch.advance()
    assert calls == [0, 1]
