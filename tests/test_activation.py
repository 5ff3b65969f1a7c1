"""Activations: the one place where a neuron's bit selects a slope, and networks of other units than ReLU."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz, fmpz_mat

from exactrelu.analysis.adjacency import configuration_along
from exactrelu.analysis.gradients import output_jacobians, slopes_at, slopes_of
from exactrelu.analysis.lipschitz_bounds import TheoremSix
from exactrelu.atoms.decomposition import atomic_decomposition
from exactrelu.documents.smt_lib import configuration_script
from exactrelu.enumeration import Search, regions
from exactrelu.errors import ConfigurationError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import reduced
from exactrelu.networks.region import region_of
from exactrelu.shallow.parametrization import Parametrization

F = Fraction
MIXED = Activation.of([(0, 1), (1, 1), ("-1/4", "1/3"), (-1, 1)])
YS = [[F(a), F(b), F(c), F(d)] for a, b, c, d in itertools.product((-6, 0, 12), repeat=4)]


def by_definition(activation, ys):
    return tuple(
        above * y if y > 0 else below * y for (below, above), y in zip(activation.slopes, ys, strict=True)
    )


# one layer ---------------------------------------------------------------------------------------------


def test_values_are_those_of_the_definition_in_fractions_and_in_integers():
    for activation in (MIXED, Activation.relu(4), Activation.linear(4)):
        for ys in YS:
            values = by_definition(activation, ys)
            assert activation(ys) == values
            integers = activation.integer_values([fmpz(int(y)) for y in ys])
            assert [F(int(v), activation.denominator) for v in integers] == list(values)


def test_bits_stand_for_bent_neurons_alone_and_select_the_slope_that_makes_the_value():
    assert (MIXED.bent, MIXED.bent_width, MIXED.width, MIXED.denominator) == ((0, 2, 3), 3, 4, 12)
    for ys in YS:
        bits = MIXED.bits(ys)
        assert bits == tuple(int(ys[i] > 0) for i in (0, 2, 3))
        slopes = MIXED.slopes_of(bits)
        assert tuple(s * y for s, y in zip(slopes, ys, strict=True)) == MIXED(ys)
        assert [F(s, 12) for s in MIXED.integer_slopes(bits)] == list(slopes)
        assert MIXED.support(bits) == tuple(i for i, s in enumerate(slopes) if s)


def test_masking_a_matrix_multiplies_each_row_by_its_slope():
    matrix = fmpz_mat([[3, -1], [0, 2], [12, 6], [5, 7]])
    for activation in (MIXED, Activation.relu(4)):
        for bits in itertools.product((0, 1), repeat=activation.bent_width):
            masked = activation.masked(matrix, bits)
            for i, slope in enumerate(activation.slopes_of(bits)):
                for j in range(2):
                    assert F(int(masked[i, j]), activation.denominator) == slope * int(matrix[i, j])


def test_one_sided_values_are_those_a_little_further_on():
    step = F(1, 1000)
    for y, derivative in itertools.product((-2, 0, 3), (-1, 0, 4)):
        ys = [(y, derivative)] * 4
        there = [F(y) + step * derivative] * 4
        assert MIXED.one_sided_bits(ys) == MIXED.bits(there)
        values = [F(a) + step * b for a, b in MIXED.one_sided(ys)]
        assert tuple(v / MIXED.denominator for v in values) == MIXED(there)


def test_many_cells_have_the_slopes_of_each_cell():
    active = np.array(list(itertools.product((False, True), repeat=3)))
    expected = [MIXED.integer_slopes(tuple(map(int, bits))) for bits in active.tolist()]
    assert MIXED.integer_factors(active).tolist() == expected
    assert MIXED.integer_sizes == [12, 12, 4, 12]


@pytest.mark.parametrize(
    "activation", [MIXED, Activation.of([(0, 1), (F(1, 3), F(-2, 7)), (0, 10**400), (F(1, 10**400), 1)])]
)
def test_doubles_are_passed_on_within_the_bounds_that_are_promised(activation):
    ys = np.array([[1.5, -0.3, 1e-310, 7.0], [-1.25, 3e-17, -2.0, -1e300]])
    errors = np.array([[0.0, 1e-17, 1e-320, 0.5], [0.25, 0.0, 1e-16, 0.0]])
    both = zip(ys.tolist(), errors.tolist(), strict=True)
    exact = [[F(y) + F(e) for y, e in zip(*rows, strict=True)] for rows in both]
    values, bounds = ys.copy(), errors.copy()
    activation.pass_on(values, bounds, np.array([[y > 0 for y in row] for row in exact]))
    for row, bound, truth in zip(values.tolist(), bounds.tolist(), exact, strict=True):
        for value, most, target in zip(row, bound, activation(truth), strict=True):
            assert not np.isfinite(most) or abs(F(value) - target) <= F(most)


def test_slopes_that_are_no_pairs_and_bits_that_do_not_fit_are_refused():
    with pytest.raises(NetworkError, match=r"slopes\[1\]: expected a pair"):
        Activation.of([(0, 1), 1])
    with pytest.raises(TypeError, match=r"slopes\[0\]\[1\]"):
        Activation.of([(0, 0.5)])
    with pytest.raises(ConfigurationError, match="bits: expected 3, got 4"):
        MIXED.slopes_of((1, 1, 1, 1))
    with pytest.raises(NetworkError, match=r"activations: expected 1, one for each hidden layer, got 2"):
        Network.from_rationals(TWO, activations=[MIXED, MIXED])
    with pytest.raises(NetworkError, match=r"activations\[0\]: expected 4 neurons, got 2"):
        Network.from_rationals(TWO, activations=[Activation.relu(2)])


# networks ------------------------------------------------------------------------------------------------

TWO = [([[1, 0], [1, 1], [-1, 2], [2, 1]], [0, "1/2", 1, -1]), ([[1, -2, 3, "1/2"]], [1])]
LEAKY = Network.from_rationals(
    [([[1, -1], ["1/2", 1], [-2, 1]], ["1/4", "-1/2", "1/8"]), ([[1, 2, -1]], ["1/2"])],
    activations=[Activation.of([("1/4", 1)] * 3)],
)
DEEP = Network.from_rationals(
    [*TWO[:1], ([[1, 0, "1/2", -1], [0, 1, 1, 0], [2, -1, 0, 1]], [0, -1, "1/3"]), ([[1, -1, "2/3"]], None)],
    activations=[MIXED, Activation.of([(1, 1), ("1/2", 2), (0, 1)])],
)
ALL_LINEAR = Network.from_rationals(
    [([[1, 2], [0, 1]], [1, 0]), ([[1, 1]], [-2]), ([[3]], None)],
    activations=[Activation.linear(2), Activation.relu(1)],
)
POINTS = [(F(a, 3), F(b, 2)) for a in range(-7, 8, 2) for b in range(-5, 6)] + [
    (F(0), F(0)),
    (F(1, 4), F(1, 2)),
]


def test_the_hand_computed_value_of_a_leaky_network():
    assert LEAKY((F(3, 4), F(-5, 4))) == (F(87, 32),)


def test_linear_units_carry_a_skip_connection():
    # y = relu(x W) + x, summed, with W = [[1, -1], [1, 2]]
    net = Network.from_rationals(
        [([[1, 1], [-1, 2], [1, 0], [0, 1]], None), ([[1, 1, 1, 1]], None)],
        activations=[Activation.relu(2).beside(Activation.linear(2))],
    )
    assert net((F(3, 4), F(-5, 4))) == (F(-1, 2),)
    assert (net.hidden_widths, net.bent_widths) == ((4,), (2,))
    assert str(net.configuration((F(3, 4), F(-5, 4)))) == "00"


def test_without_slopes_a_network_is_the_relu_network_that_it_was():
    plain = Network.from_rationals(TWO)
    named = Network.from_rationals(TWO, activations=[Activation.of([(0, 1)] * 4)])
    other = Network.from_rationals(TWO, activations=[MIXED])
    assert plain == named
    assert plain.digest == named.digest
    assert plain != other
    assert plain.digest != other.digest


@pytest.mark.parametrize("net", [LEAKY, DEEP, ALL_LINEAR])
def test_arithmetic_of_networks_is_that_of_their_functions(net):
    other = Network.from_rationals(TWO, activations=[MIXED])
    for x in POINTS[::5]:
        assert net.deepened(net.depth + 2)(x) == net(x)
        assert (net - other)(x)[0] == net(x)[0] - other(x)[0]
        assert net.scaled("-2/3")(x)[0] == F(-2, 3) * net(x)[0]
        assert reduced(net)(x) == net(x)
    tail = Network.from_rationals([([[1], [-1]], None), ([[1, 2]], None)])
    assert all(tail.after(net)(x) == tail(net(x)) for x in POINTS[::7])


@pytest.mark.parametrize("net", [LEAKY, DEEP, ALL_LINEAR])
@pytest.mark.parametrize("reading", list(Reading))
def test_engines_find_the_cells_that_brute_force_over_bits_finds(net, reading):
    bits = itertools.product("01", repeat=sum(net.bent_widths))
    thetas = [Configuration.from_bits("".join(b), net.bent_widths) for b in bits]
    expected = {str(theta) for theta in thetas if region_of(net, theta, reading=reading)}
    for engine in ("ppl", "lp", "generators"):
        found = list(regions(net, reading=reading, search=Search(engine)))
        assert {str(region.configuration) for region in found} == expected
        for region in found:
            assert region.contains(region.point) or reading is Reading.FULL
            assert region.affine_map(region.point) == net(region.point)
    for x in POINTS:
        assert str(net.configuration(x)) in expected or reading is Reading.FULL


def test_jacobians_are_the_slopes_products_and_configurations_along_rays_look_ahead():
    for x in POINTS:
        theta = DEEP.configuration(x)
        region = region_of(DEEP, theta)
        assert slopes_at(DEEP, x) == slopes_of(theta, DEEP)
        assert output_jacobians(DEEP, slopes_at(DEEP, x))[0].rows() == region.affine_map.weight
        ahead = tuple(a + F(1, 10**6) * v for a, v in zip(x, (3, -2), strict=True))
        assert configuration_along(DEEP, x, (F(3), F(-2))) == DEEP.configuration(ahead)


def test_smt_scripts_say_the_slopes():
    script = configuration_script(DEEP, DEEP.configuration((F(1), F(1))))
    assert "(assert (= h_1_0 (ite (> y_1_0 0) y_1_0 0)))" in script
    assert "(assert (= h_1_1 y_1_1))" in script
    assert "(assert (= h_1_2 (ite (> y_1_2 0) (* (/ 1 3) y_1_2) (* (/ (- 1) 4) y_1_2))))" in script
    assert "(> y_1_1 0)" not in script.replace("(ite (> y_1_1 0)", "")


def test_what_is_about_relu_alone_refuses_other_units_by_name():
    other = Network.from_rationals(TWO, activations=[MIXED])
    with pytest.raises(NetworkError, match="atoms: expected ReLU"):
        atomic_decomposition(other, other.configuration((0, 0)))
    with pytest.raises(NetworkError, match="shallow network: expected ReLU"):
        Parametrization.of_network(other)
    with pytest.raises(NetworkError, match="Theorem 6: expected ReLU"):
        TheoremSix(other)
