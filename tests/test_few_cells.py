"""Few cells are counted in Python's integers as the engine counts them with NumPy and in C."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest

from exactrelu import Search
from exactrelu.enumeration import Problem, count_configurations
from exactrelu.enumeration.generator_engine import few_cells
from exactrelu.enumeration.generator_engine.few_cells import count_few
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.engine_agreement import READINGS, drawn


def few(problem):
    start = first_cells(problem)
    return 0 if start is None else count_few(problem, start, lambda: None)


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_drawn_networks_have_as_many_cells_by_both_roads(units, seed):
    seen = 0
    for case in range(30):
        network, domain = drawn("few", seed, case, most_hidden=8, units=units)
        for where, reading in itertools.product((domain, None), READINGS):
            problem = Problem.of(network, where, reading)
            found = few(problem)
            if found is not None:
                assert found == count_configurations(problem, search=Search("generators")), (
                    case,
                    where,
                    reading,
                )
                seen += 1
    assert seen > 60


def test_planes_through_a_point_and_a_square_that_touches_them():
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, -1, 2]]
    network = Network.from_rationals([(rows, [0] * 5), ([[1, 1, 1, 1, -3]] * 2, [0, -1]), ([[1, 1]], None)])
    flat = Domain.from_inequalities(3, [([0, 0, 1], 0, "="), ([1, 0, 0], 0, ">="), ([-1, 1, 0], 1, ">")])
    for domain, reading in itertools.product((None, flat), READINGS):
        problem = Problem.of(network, domain, reading)
        assert few(problem) == count_configurations(problem, search=Search("ppl"))


def test_what_is_too_much_is_left_to_others(monkeypatch):
    lines = Network.from_rationals([([[k, 1 - k] for k in range(9)], list(range(9))), ([[1] * 9], None)])
    assert few(Problem.of(lines)) == count_configurations(Problem.of(lines))
    monkeypatch.setattr(few_cells, "MOST_CELLS", 10)
    assert few(Problem.of(lines)) is None
    monkeypatch.setattr(few_cells, "MOST_BITS", 8)
    assert few(Problem.of(lines)) is None
    seams = Network.from_rationals(
        [([[1, 0], [0, 1]], None), ([[1, 1]], [-1]), ([[1]], None)],
        activations=[Activation.of([(0, 1), (1, 1)]), Activation.relu(1)],
    )
    assert few(Problem.of(seams)) is None


def test_a_time_limit_is_kept():
    class OverError(Exception):
        pass

    def over():
        raise OverError

    problem = Problem.of(Network.from_rationals([([[1], [2]], [0, 1]), ([[1, 1]], None)]))
    with pytest.raises(OverError):
        count_few(problem, first_cells(problem), over)


def test_a_process_without_numpy_counts_the_same(tmp_path):
    code = (
        "import sys, exactrelu\n"
        "rows = [[k, 1 - k] for k in range(5)]\n"
        "net = exactrelu.Network.from_rationals([(rows, list(range(5))), ([[1] * 5], None)])\n"
        "from exactrelu.enumeration import count\n"
        "first = [count(net, reading=r) for r in ('half-open', 'closed', 'full')]\n"
        "assert 'numpy' not in sys.modules\n"
        "import numpy\n"
        "print(first == [count(net, reading=r) for r in ('half-open', 'closed', 'full')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == "True\n"
