"""Lipschitz constants with cells left out, against the list of all cells, on degenerate networks."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from exactrelu import Domain, Network, Search, lipschitz_constant
from exactrelu.analysis import steep_cells
from exactrelu.analysis.gradients import output_jacobians, slopes_of
from exactrelu.analysis.lipschitz import operator_norm_power
from exactrelu.bounds.exact_jacobians import dominating_jacobian
from exactrelu.bounds.jacobians import Enclosure, JacobianBounds, norm_at_least, norm_at_most
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.networks.activation import Activation
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.polyhedra.matrix_norms import Norm
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.seeded_cases import seeded_cases
from tests.test_maximum import draw_domain_in_a_box, draw_units

REFERENCE = Search("ppl")  # lists all cells


def drawn(seed: int) -> tuple[Network, Domain]:
    c = Chooser.seeded("steep cells", seed)
    network = draw_network(c, most_inputs=3, most_hidden=7)
    if seed % 3 == 0:
        network = draw_units(c, network)
    return network, draw_domain_in_a_box(c, network.inputs)


def same(one, two) -> bool:
    return (one.power, one.configuration, one.linear_part) == (two.power, two.configuration, two.linear_part)


@pytest.mark.parametrize("seed", range(90))
def test_constants_and_first_cells_are_those_of_the_list(seed):
    network, domain = drawn(seed)
    for norm in Norm:
        expected = lipschitz_constant(network, domain, norm, search=REFERENCE)
        for engine in ("generators", "lp"):
            assert same(lipschitz_constant(network, domain, norm, search=Search(engine)), expected)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=6, units=30))
def test_so_they_are_on_unbounded_domains(network, domain):
    for norm in Norm:
        expected = lipschitz_constant(network, domain, norm, search=REFERENCE)
        assert same(lipschitz_constant(network, domain, norm), expected)


@pytest.mark.parametrize("seed", range(40))
def test_where_ties_are_left_out_the_constant_is_the_same(seed, monkeypatch):
    monkeypatch.setattr(steep_cells, "_MOST_TIES", 0)
    network, domain = drawn(seed)
    for norm in Norm:
        expected = lipschitz_constant(network, domain, norm, search=REFERENCE)
        for engine in ("generators", "lp"):
            found = lipschitz_constant(network, domain, norm, search=Search(engine))
            assert found.power == expected.power
            if found.linear_part is not None:
                power = operator_norm_power(found.linear_part, norm, domain.directions)
                assert power == found.power
                assert network.configuration(found.point) == found.configuration


def test_ties_without_number_end_where_the_bound_meets_the_best_cell(monkeypatch):
    monkeypatch.setattr(steep_cells, "_MOST_TIES", 300)
    n = 24  # sum |x_i|: 2^24 cells, each with the norm 24
    unit = [[int(i == j) for j in range(n)] for i in range(n)]
    network = Network.from_rationals(
        [(unit, None), ([[1] * n], None)], activations=[Activation.of([(-1, 1)] * n)]
    )
    constant = lipschitz_constant(network, Domain.box([(-1, 2)] * n), "inf", search=Search(time_limit=60))
    assert str(constant.value) == "24"
    assert network.configuration(constant.point) == constant.configuration


def test_few_cells_are_looked_at_where_one_is_the_steepest():
    network = Network.from_rationals(
        [([[1, 2], [2, -1], [1, 1], [3, 1]], [0, 1, 1, -1]), ([[5, 4, 3, 2]], None)]
    )
    problem = Problem.of(network, Domain.box([(-9, 9)] * 2), Reading.FULL)
    steep = steep_cells.SteepCells(network, problem.domain, Norm.INFINITY, lambda _: True)
    steep.sample()
    for engine in ("generators", "lp"):
        every = [leaf.configuration for leaf in enumerate_leaves(problem, search=Search(engine))]
        kept = [leaf.configuration for leaf in enumerate_leaves(problem, search=Search(engine), keep=steep)]
        assert len(kept) < len(every)
        assert set(kept) < set(every)
        assert str(kept[-1]) == "1111"


def jacobian(network: Network, bits: tuple[int, ...]) -> RationalMatrix:
    text = "".join(map(str, bits))
    slopes = slopes_of(Configuration.from_bits(text, network.bent_widths), network)
    return output_jacobians(network, slopes)[0]


@pytest.mark.parametrize("seed", range(60))
def test_enclosures_hold_the_jacobians_of_all_completions(seed):
    network, _ = drawn(seed)
    bent = sum(network.bent_widths)
    c = Chooser.seeded("open bits", seed)
    bits = np.array([[c.integer(-1, 1) for _ in range(bent)] for _ in range(4)], dtype=np.int8).reshape(
        4, bent
    )
    bounds = JacobianBounds(network)
    found = bounds.enclosure(bits)
    for row, own in enumerate(bits.tolist()):
        top = dominating_jacobian(network, own)
        choices = [(0, 1) if bit < 0 else (bit,) for bit in own]
        for completion in itertools.islice(itertools.product(*choices), 16):
            exact = jacobian(network, completion)
            for i, entries in enumerate(exact.rows()):
                for j, entry in enumerate(entries):
                    centre, radius = (
                        Fraction(float(a[min(row, len(a) - 1), i, j])) for a in (found.centre, found.radius)
                    )
                    assert abs(entry - centre) <= radius
                    assert abs(entry) <= abs(top.rows()[i][j])
            for norm in Norm:
                power = operator_norm_power(exact, norm)
                assert power <= operator_norm_power(top, norm)
                square = power if norm is Norm.TWO else power**2
                high = Fraction(float(bounds.at_most(bits[row : row + 1], str(norm))[0]))
                assert square <= high**2
                if -1 not in own:
                    low = Fraction(float(bounds.at_least(bits[row : row + 1], str(norm))[0]))
                    assert low**2 <= square
                    assert norm is Norm.TWO or high < 10**-100 or high - low <= high / 1000


@pytest.mark.parametrize("scale", [1, 2.0**400, 2.0**-400, 2.0**-530])
def test_norms_of_doubles_are_enclosed_whatever_their_size(scale):
    rng = np.random.default_rng(3)
    centre = rng.normal(size=(5, 3, 4)) * scale
    centre[0] = 0
    centre[1, :, 1:] = 0
    radius = np.zeros_like(centre)
    some = Enclosure(centre, radius)
    for norm in Norm:
        high, low = norm_at_most(some, str(norm)), norm_at_least(some, str(norm))
        for k in range(5):
            exact = operator_norm_power([[Fraction(float(a)) for a in row] for row in centre[k]], norm)
            square = exact if norm is Norm.TWO else exact**2
            assert Fraction(float(low[k] if np.isfinite(low[k]) else 0)) ** 2 <= square
            assert square <= Fraction(float(high[k])) ** 2


def test_a_bound_that_is_too_small_loses_the_steepest_cell(monkeypatch):
    network = Network.from_rationals([([[1, 2], [2, -1], [1, 1]], [0, 1, 1]), ([[5, 4, 3]], None)])
    domain = Domain.box([(-9, 9)] * 2)
    true = lipschitz_constant(network, domain, "inf")
    honest = JacobianBounds.at_most
    monkeypatch.setattr(JacobianBounds, "at_most", lambda self, bits, norm: honest(self, bits, norm) / 2)
    assert not same(lipschitz_constant(network, domain, "inf"), true)
