"""The chain (13), kinks, the Clarke Jacobian: by definition and counterexamples."""

from __future__ import annotations

import random
import sys
from fractions import Fraction

import pytest

from exactrelu.analysis.gradients import (
    Kink,
    clarke_jacobian,
    directional_derivative,
    gradient_chain,
    output_jacobians,
    slopes_at,
    slopes_of,
)
from exactrelu.analysis.lipschitz import lipschitz_constant
from exactrelu.claims import find_claim, load_claims
from exactrelu.errors import ConfigurationError, DomainError, NetworkError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.region import region_of
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.polyhedra.domain import Domain
from tests.support.brute_force import (
    all_bits,
    bits_of,
    cell_constraints,
    configurations,
    evaluate,
    rows_on_cell,
)
from tests.support.brute_norms import image
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.seeded_cases import seeded_cases


def net(*layers) -> Network:
    return Network.from_rationals([layer if isinstance(layer, tuple) else (layer, None) for layer in layers])


def matrix(rows) -> RationalMatrix:
    return RationalMatrix.from_rows([[Fraction(e) for e in row] for row in rows], len(rows[0]))


IDENTITY = net([[1], [-1]], [[1, -1]])  # relu(x) - relu(-x) = x


def small_networks(count: int) -> list[Network]:
    return [draw_network(Chooser.seeded("gradient", seed), most_hidden=5) for seed in range(count)]


def points_of(network: Network, seed: int, count: int = 4) -> list[tuple[Fraction, ...]]:
    rng = random.Random(seed)  # noqa: S311
    values = [Fraction(k, q) for k in range(-3, 4) for q in (1, 2, 5)]
    return [tuple(rng.choice(values) for _ in range(network.inputs)) for _ in range(count)]


def tail_value(network: Network, layer: int, y: list[Fraction]) -> list[Fraction]:
    """Return y_L as a function of y_layer, by the definition."""
    for following in network.layers[layer:]:
        active = [max(v, Fraction(0)) for v in y]
        y = [a + b for a, b in zip(image(following.weight, active), following.bias, strict=True)]
    return y


# (13) ----------------------------------------------------------------------------------------------


def test_jacobians_with_respect_to_every_layer_are_difference_quotients_inside_a_cell():
    for seed, network in enumerate(small_networks(60)):
        for x in points_of(network, seed):
            hidden, _ = evaluate(network, x)
            jacobians = output_jacobians(network, slopes_at(network, x))
            for k, ys in enumerate(hidden, start=1):
                later = [y for layer in hidden[k - 1 :] for y in layer]
                if any(y == 0 for y in later):
                    continue
                step = Fraction(1, 10**200) * min(map(abs, later))
                for i in range(len(ys)):
                    moved = [y + step * (i == j) for j, y in enumerate(ys)]
                    ends = zip(tail_value(network, k, moved), tail_value(network, k, ys), strict=True)
                    quotient = [(a - b) / step for a, b in ends]
                    assert [row[i] for row in jacobians[k].rows()] == quotient


def test_the_jacobian_at_the_input_is_the_linear_part_of_the_cell_and_the_chain_its_transpose():
    for seed, network in enumerate(small_networks(60)):
        for x in points_of(network, seed):
            theta = network.configuration(x)
            assert slopes_at(network, x) == slopes_of(theta)
            jacobian = output_jacobians(network, slopes_of(theta))[0]
            rows = rows_on_cell(network, bits_of(str(theta)))[-1]
            assert jacobian.rows() == tuple(w for w, _ in rows)
            gradient = [Fraction(j + 1, 3) for j in range(network.outputs)]
            chain = gradient_chain(network, slopes_of(theta), gradient)
            assert chain[0] == tuple(image(list(zip(*jacobian.rows(), strict=True)), gradient))


def test_the_chain_ends_in_the_matrices_that_the_paper_writes():
    network = net([[1, 2], [3, 4]], [[1, -1], [2, 1]], [[5, 7]])
    slopes = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    chain = gradient_chain(network, slopes, (2,))
    assert chain[2] == (0, 14)  # diag(theta_2) W_3^T g
    assert chain[1] == (28, 0)  # diag(theta_1) W_2^T of that
    assert chain[0] == (28, 56)  # W_1^T of that
    swapped = gradient_chain(network, slopes[::-1], (2,))
    assert swapped != chain


def test_the_conventions_at_a_kink_differ_and_neither_need_be_the_derivative():
    zero, one = (output_jacobians(IDENTITY, slopes_at(IDENTITY, (0,), kink))[0].rows() for kink in Kink)
    assert (zero, one) == (((0,),), ((2,),))
    half = slopes_at(IDENTITY, (0,), Fraction(1, 2))
    assert output_jacobians(IDENTITY, half)[0].rows() == ((1,),)
    chosen = slopes_at(IDENTITY, (0,), Kink.ZERO, {(1, 0): 1})
    assert output_jacobians(IDENTITY, chosen)[0].rows() == ((1,),)
    assert directional_derivative(IDENTITY, (0,), (1,)) == (1,)
    assert clarke_jacobian(IDENTITY, (0,)).jacobians == (matrix([[1]]),)


def test_slopes_that_are_none_are_refused():
    for bad in (2, "-1/2"):
        with pytest.raises(NetworkError, match=r"\[0, 1\]"):
            slopes_at(IDENTITY, (0,), bad)
    with pytest.raises(NetworkError, match="whose pre-activation is 0"):
        slopes_at(IDENTITY, (1,), Kink.ZERO, {(1, 0): 1})
    with pytest.raises(ConfigurationError, match="widths"):
        output_jacobians(IDENTITY, ((Fraction(1),),))


def test_directional_derivatives_are_difference_quotients_for_small_steps():
    for seed, network in enumerate(small_networks(40)):
        for x, v in zip(points_of(network, seed), points_of(network, seed + 1000), strict=True):
            step = Fraction(1, 10**300)
            moved = tuple(a + step * b for a, b in zip(x, v, strict=True))
            quotient = [(a - b) / step for a, b in zip(network(moved), network(x), strict=True)]
            assert list(directional_derivative(network, x, v)) == quotient


# Clarke ----------------------------------------------------------------------------------------------


def touching_cells(network: Network, domain: Domain, x) -> list[str]:
    """Return the `full` cells whose closure contains the point: brute force, by weak inequalities."""
    weak = {">": ">=", "<": "<=", ">=": ">=", "<=": "<=", "=": "="}
    return [
        name
        for name, _ in configurations(network, domain, "full")
        if all(
            c._replace(relation=weak[str(c.relation)]).holds(x)
            for c in cell_constraints(network, domain, bits_of(name), "full")
        )
    ]


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=5, units=25))
def test_clarke_jacobians_come_from_the_cells_that_touch_the_point(network, domain):
    origin = (Fraction(0),) * network.inputs
    whole = Domain.whole_space(network.inputs)
    for x in (origin, *points_of(network, 5, 2)):
        expected = touching_cells(network, domain, x)
        if not expected:
            with pytest.raises(DomainError, match="closure"):
                clarke_jacobian(network, x, domain)
            continue
        clarke = clarke_jacobian(network, x, domain)
        assert [str(c) for c in clarke.configurations] == expected
        free = clarke_jacobian(network, x)
        names = touching_cells(network, whole, x)
        parts = {tuple(w for w, _ in rows_on_cell(network, bits_of(name))[-1]) for name in names}
        assert {jacobian.rows() for jacobian in free.jacobians} == parts
        assert len(free.jacobians) == len(parts)
        assert all(free.contains(jacobian) for jacobian in free.jacobians)


def test_hulls_contain_convex_combinations_and_nothing_else():
    absolute = net([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 1, 0, 0], [0, 0, 1, 1]])  # (|x|, |y|)
    clarke = clarke_jacobian(absolute, (0, 0))
    assert len(clarke.jacobians) == 4
    assert not clarke.is_single
    assert clarke.contains(matrix([[0, 0], [0, 0]]))
    assert clarke.contains(matrix([["1/3", 0], [0, -1]]))
    assert not clarke.contains(matrix([["1/3", 0], [0, f"-{10**50 + 1}/{10**50}"]]))
    assert not clarke.contains(matrix([[0, 1], [0, 0]]))
    with pytest.raises(NetworkError, match="shape"):
        clarke.contains(matrix([[0]]))
    assert len(clarke_jacobian(absolute, (0, 1)).jacobians) == 2
    assert clarke_jacobian(absolute, (1, 1)).is_single


def test_the_conventions_need_not_lie_in_the_clarke_jacobian():
    clarke = clarke_jacobian(IDENTITY, (0,))
    for kink in Kink:
        assert not clarke.contains(output_jacobians(IDENTITY, slopes_at(IDENTITY, (0,), kink))[0])


def test_on_a_line_the_jacobian_is_that_along_the_line():
    kink = net([[1, 0], [0, 1]], [[1, -1]])
    diagonal = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    clarke = clarke_jacobian(kink, (0, 0), diagonal)
    assert [str(c) for c in clarke.configurations] == ["00", "11"]
    assert clarke.jacobians == (matrix([[0, 0]]),)
    half = Domain.from_inequalities(1, [([1], 0, ">")])
    absolute = net([[1], [-1]], [[1, 1]])
    assert clarke_jacobian(absolute, (0,), half).jacobians == (matrix([[1]]),)
    for outside, domain in (((-1,), half), ((0,), Domain.from_inequalities(1, [([0], 1, "<")]))):
        with pytest.raises(DomainError, match="closure"):
            clarke_jacobian(absolute, outside, domain)


def test_a_point_very_near_a_kink_is_not_on_it():
    near = Fraction(1, 10**100)
    assert clarke_jacobian(net([[1], [-1]], [[1, 1]]), (near,)).jacobians == (matrix([[1]]),)


# the claims' own (13) -----------------------------------------------------------------------------------


def test_the_claims_on_gradients_use_the_same_chain_as_the_library():
    # (14) to (16) are judged in proofs_checks (C22 to C26), with formulas written out there.
    c22, c23 = (
        sys.modules[find_claim(load_claims(), f"heinecke-hwang/{place}").check.__module__]
        for place in ("C22", "C23")
    )
    bits = {Kink.ZERO: c23.zero_at_zero, Kink.ONE: c23.one_at_zero}
    kinks = 0
    for seed, network in enumerate(small_networks(60)):
        gradient = [Fraction(j + 1, 3) for j in range(network.outputs)]
        for x in points_of(network, seed, 3):
            kinks += any(y == 0 for layer in evaluate(network, x)[0] for y in layer)
            for kink, bit in bits.items():
                chain = gradient_chain(network, slopes_at(network, x, kink), gradient)
                for k in range(1, network.depth):
                    assert tuple(c23.gradient(network, x, k, gradient, bit)) == chain[k]
            theta = network.configuration(x)
            for k in range(1, network.depth):
                product = c22.chain(network, theta.layers, k)
                assert (
                    tuple(image(product, gradient)) == gradient_chain(network, slopes_of(theta), gradient)[k]
                )
    assert kinks > 0


def test_inside_a_full_cell_the_jacobian_is_a_member_of_the_clarke_jacobian():
    for seed, network in enumerate(small_networks(30)):
        for x in points_of(network, seed, 2):
            theta = network.configuration(x)
            region = region_of(network, theta, reading="full")
            if region is None:
                continue
            there = Domain.box([(e, e) for e in x])
            assert lipschitz_constant(network, there).power == 0
            jacobian = output_jacobians(network, slopes_of(theta))[0]
            assert jacobian in clarke_jacobian(network, x).jacobians


def test_every_pattern_of_slopes_has_a_jacobian_even_without_points():
    network = net([[1], [-1]], [[1, 1]])
    found = {output_jacobians(network, slopes_of(Configuration(bits)))[0].rows() for bits in all_bits((2,))}
    assert found == {((0,),), ((1,),), ((-1,),)}
