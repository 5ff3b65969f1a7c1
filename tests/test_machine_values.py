"""Exact values in machine integers are those in integers of any length, and say so where they do not fit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exactrelu.enumeration import Problem
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.pedigree import Pedigree
from exactrelu.enumeration.generator_engine.search import Chunk
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.kernels import library
from exactrelu.kernels.exact_values import IntegerLayer, MachineLayers
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import Chooser
from tests.support.engine_agreement import drawn
from tests.support.generator_bound_check import broken_promises

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")


def searched(problem):
    """The finished chunk of a problem, its pedigree without all but the seeds; None if it is empty."""
    start = first_cells(problem)
    if start is None or not problem.network.hidden_widths:
        return None
    chunk = Chunk.first(problem, start, paths=True)
    while not chunk.done:
        chunk.advance()
    pedigree = chunk.cells.table.pedigree
    for node in [node for node in pedigree.known if node >= len(start.generators)]:
        del pedigree.known[node]
    pedigree._machine = None
    return chunk


def is_positive_multiple(one, two):
    """Whether two integer vectors have one direction."""
    pairs = list(zip(one, two, strict=True))
    pivot = next((i for i, x in enumerate(one) if x), None)
    if pivot is None:
        return not any(two)
    return one[pivot] * two[pivot] > 0 and all(x * two[pivot] == y * one[pivot] for x, y in pairs)


def compared(chunk):
    """Compare all values of all layers; return how many vertices fitted, and how many did not."""
    pedigree, counts = chunk.cells.table.pedigree, [0, 0]
    nodes = np.arange(pedigree.size)
    late = int(pedigree.births[2].max()) + 1
    for layer in range(late):
        born = nodes[pedigree.births[2, nodes] <= layer]
        machine, fits = pedigree.machine_values(born, layer)
        exact = Pedigree.values(pedigree, born.tolist(), layer)
        for found, expected, fit in zip(machine.tolist(), exact, fits.tolist(), strict=True):
            counts[not fit] += 1
            assert not fit or is_positive_multiple(found, expected)
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_values_that_fit_are_the_exact_ones(seed):
    fitted = 0
    for case in range(60):
        network, domain = drawn("machine", seed, case, most_inputs=4, most_hidden=8, units=bool(seed % 2))
        chunk = searched(Problem.of(network, domain, "half-open"))
        if chunk is not None and chunk.cells.table.pedigree._exact.machine is not None:
            fitted += compared(chunk)[0]
    assert fitted > 30


@pytest.mark.parametrize("bits", [4, 12, 20, 28, 40])
def test_where_numbers_grow_too_long_some_fit_and_no_value_is_wrong(bits):
    c = Chooser.seeded("long", bits)

    def layer(inputs, outputs):
        rows = [[c.integer(-(2**bits), 2**bits) for _ in range(inputs)] for _ in range(outputs)]
        return rows, [Fraction(c.integer(-(2**bits), 2**bits), 3) for _ in range(outputs)]

    network = Network.from_rationals([layer(3, 5), layer(5, 5), layer(5, 4), ([[1] * 4], None)])
    fit, too_long = compared(searched(Problem.of(network, Domain.box([(-1, 1)] * 3), "full")))
    assert fit > 0
    assert (too_long == 0) == (bits == 4)


def test_slopes_are_applied_below_and_above_zero():
    units = Activation.of([(Fraction(-1, 3), 2), (1, 1), (0, Fraction(5, 7))])
    layers = [([[1, 2], [2, -1], [1, 1]], [0, 1, -1]), ([[1, 1, 1], [-1, 2, 1]], [1, 1]), ([[1, 1]], None)]
    network = Network.from_rationals(layers, activations=[units, Activation.relu(2)])
    fit, too_long = compared(searched(Problem.of(network, Domain.box([(-2, 2)] * 2), "half-open")))
    assert (fit > 10, too_long) == (True, 0)


def test_layers_with_a_number_that_is_too_long_are_none():
    good = IntegerLayer([1, 2**63 - 1], 5, [(0, 1)], 1)
    assert MachineLayers.of(1, [good]) is not None
    for bad in (
        IntegerLayer([1, 2**63], 5, [(0, 1)], 1),
        IntegerLayer([1, 2], 2**63, [(0, 1)], 1),
        IntegerLayer([1, 2], 5, [(-(2**63), 1)], 1),
        IntegerLayer([1, 2], 5, [(0, 1)], 2**63),
    ):
        assert MachineLayers.of(1, [good, bad]) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_table_of_machine_values_keeps_what_it_promises(seed):
    for case in range(10):
        network, domain = drawn("machine promises", seed, case, units=bool(seed % 2))
        chunk = searched(Problem.of(network, domain, "half-open"))
        if chunk is not None:
            table = chunk.cells.table
            table.refresh(np.arange(table.size))
            assert broken_promises(table) == [], (seed, case)


def test_a_value_that_underflows_is_a_zero_with_a_bound():
    network = Network.from_rationals([([[1], [-1], [0]], None), ([[1, 1, 1]], None)])
    table = VertexTable.of_seeds(network, [(1, 1)])
    table.enter_layer()
    assert broken_promises(table) == []
    table.layers[0].exponents[0] = -1200  # as if the first neuron were scaled by 2^-1200
    table._replace(np.array([0]), np.array([[2**61, -1, 0, 1]]))
    assert table.signs[:, 0].tolist() == [1, -1, 0]
    assert table.values[0].tolist() == [0.0, -0.25, 0.0, 0.5]
    assert table.bounds[0, 0] > 0.0
    assert table.bounds[0, 2] == 0.0
