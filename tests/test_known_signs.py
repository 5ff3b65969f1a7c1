"""Signs that bounds know: what the engine `lp` finds with them is what the reference finds without any."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from exactrelu import Activation, Domain, Network, Search, count, lipschitz_constant
from exactrelu.enumeration import Problem, count_configurations, enumerate_leaves, lp_engine
from exactrelu.enumeration.known_signs import box_round, known_signs, signs_on_box
from exactrelu.enumeration.lp_engine import wide_boxes
from exactrelu.networks.reading import Reading

READINGS = ("half-open", "closed", "full")
SLOPES = [(0, 1), (0, 1), (0, 1), (Fraction(1, 4), 1), (-1, 1), (1, 0), (1, 1), (2, -1)]


def drawn_network(rng):
    """Return a network of few integers, so that rows vanish, repeat and touch; some biases are large."""
    widths = [rng.randint(1, 3), *(rng.randint(1, 3) for _ in range(rng.randint(1, 2))), rng.randint(1, 2)]
    layers, units = [], []
    for inputs, outputs in itertools.pairwise(widths):
        weight = [[rng.choice((-2, -1, -1, 0, 0, 1, 1, 2)) for _ in range(inputs)] for _ in range(outputs)]
        layers.append((weight, [rng.choice((-9, -1, 0, 0, 1, 9)) for _ in range(outputs)]))
        units.append(Activation.of([rng.choice(SLOPES) for _ in range(outputs)]))
    return Network.from_rationals(layers, activations=units[:-1])


def drawn_domain(rng, inputs):
    """Return a box, a flat or an empty one, one with open sides, or a simplex without sides."""
    kind = rng.randrange(6)
    ends = [sorted((rng.randint(-2, 2), rng.randint(-2, 2))) for _ in range(inputs)]
    if kind < 3:
        return Domain.box([(low, high + (kind > 0)) for low, high in ends])
    if kind == 3:
        units = [[int(i == j) for i in range(inputs)] for j in range(inputs)]
        rows = [(u, -low, rng.choice((">", ">="))) for u, (low, _) in zip(units, ends, strict=True)]
        rows += [(u, -high, rng.choice(("<", "<="))) for u, (_, high) in zip(units, ends, strict=True)]
        return Domain.from_inequalities(inputs, rows)
    if kind == 4:
        rows = [([1] * inputs, -1, "<=")]
        rows += [([2 if i == j else 1 for i in range(inputs)], 1, ">=") for j in range(inputs)]
        return Domain.from_inequalities(inputs, rows)
    return Domain.box([(low, low) for low, _ in ends])


def found(problem, engine):
    leaves = enumerate_leaves(problem, search=Search(engine))
    return [(str(leaf.configuration), leaf.dimension) for leaf in leaves]


@pytest.mark.parametrize("seed", range(120))
def test_known_signs_change_no_configuration_in_any_reading(seed):
    rng = random.Random(seed)  # noqa: S311 - tests
    network = drawn_network(rng)
    domain = drawn_domain(rng, network.inputs)
    for reading in READINGS:
        problem = Problem.of(network, domain, reading)
        reference = found(problem, "ppl")
        assert found(problem, "lp") == reference
        assert count_configurations(problem, search=Search("lp")) == len(reference)


def test_most_of_these_problems_have_known_signs():
    drawn = [(network, drawn_domain(rng, network.inputs)) for rng in map(random.Random, range(120))
             for network in [drawn_network(rng)]]  # fmt: skip
    assert sum(known_signs(Problem.of(*one)) is not None for one in drawn) > 30


def test_regions_with_known_signs_are_those_of_the_reference():
    network = Network.from_rationals(
        [([[1, 0], [1, 1], [0, -1]], [0, 5, -7]), ([[1, 1, 1], [-1, 0, 2]], [0, -9]), ([[1, 2]], None)]
    )
    problem = Problem.of(network, Domain.box([(-1, 1), (0, 2)]))
    known = known_signs(problem)
    assert known.known == (-1, 1, 0, 1, 0)
    for one, other in zip(
        *(enumerate_leaves(problem, search=Search(engine)) for engine in ("lp", "ppl")), strict=True
    ):
        assert one.region().inequalities == other.region().inequalities
        assert one.region().affine_map == other.region().affine_map
        assert one.region().contains(one.point())
        assert network.configuration(one.point()) == one.configuration


def test_a_bound_that_touches_zero_fixes_nothing():
    touching = Network.from_rationals([([[1]], [0]), ([[1]], None)])
    problem = Problem.of(touching, Domain.box([(-1, 0)]), "closed")
    assert known_signs(problem) is None
    assert [count(touching, problem.domain, reading, search=Search("lp")) for reading in READINGS] == [
        1,
        2,
        1,
    ]


@pytest.mark.parametrize("reading", READINGS)
def test_a_domain_on_which_every_sign_is_known_is_one_cell_unless_it_is_empty(reading):
    network = Network.from_rationals([([[1] * 8], [20]), ([[1]], None)])
    assert count(network, Domain.box([(-1, 1)] * 8), reading) == 1
    assert count(network, Domain.box([(-1, 1)] * 7 + [(1, -1)]), reading) == 0
    strict = Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<=")])
    assert (
        count(Network.from_rationals([([[1]], [5]), ([[1]], None)]), strict, reading, search=Search("lp"))
        == 0
    )


def test_the_box_of_a_polyhedron_is_found_and_unbounded_ones_have_none():
    triangle = Domain.from_inequalities(2, [([1, 0], 0, ">="), ([0, 1], 0, ">="), ([1, 2], -2, "<=")])
    assert box_round(triangle) == ([0, 0], [2, 1])
    assert box_round(Domain.from_inequalities(2, [([1, 0], 0, ">="), ([0, 1], 0, ">=")])) is None
    assert box_round(Domain.whole_space(3)) is None
    assert box_round(Domain.box([(1, 0)])) is None


def test_signs_are_those_of_exact_intervals_of_the_first_layer():
    network = Network.from_rationals([([[1, 2], [1, -1], [3, 0]], ["-3/2", 3, -3]), ([[1, 1, 1]], None)])
    box = [Fraction(-1), Fraction(0)], [Fraction(1), Fraction(1)]
    assert signs_on_box(network, box) == [[-1, 1, -1]]  # [-5/2, 3/2], [1, 4], [-6, 0]


def test_many_inputs_and_one_cell_cost_no_program():
    rng = random.Random(5)  # noqa: S311 - tests
    weight = [[Fraction(rng.randint(-128, 128), 1024) for _ in range(300)] for _ in range(12)]
    network = Network.from_rationals([(weight, [1] * 12), ([[rng.randint(-9, 9) for _ in range(12)]], None)])
    domain = Domain.box([(0, Fraction(1, 1000))] * 300)
    (leaf,) = enumerate_leaves(Problem.of(network, domain, Reading.FULL))
    assert (str(leaf.configuration), leaf.dimension) == ("1" * 12, 300)
    last = network.layers[1].weight[0]
    row = [sum(a * weight[i][j] for i, a in enumerate(last)) for j in range(300)]
    assert lipschitz_constant(network, domain, "inf").value == sum(map(abs, row))
    assert lipschitz_constant(network, domain, "1").value == max(map(abs, row))
    assert lipschitz_constant(network, domain, "2").power == sum(entry**2 for entry in row)


@pytest.mark.parametrize("seed", range(120, 240))
def test_single_programs_on_boxes_find_what_the_reference_finds(seed, monkeypatch):
    monkeypatch.setattr(wide_boxes, "_MANY_INPUTS", 0)
    rng = random.Random(seed)  # noqa: S311 - tests
    network = drawn_network(rng)
    domain = drawn_domain(rng, network.inputs)
    for reading in READINGS:
        problem = Problem.of(network, domain, reading)
        reference = found(problem, "ppl")
        assert [(str(leaf.configuration), leaf.dimension) for leaf in lp_engine.leaves(
            problem, checkpoint=bool
        )] == reference  # fmt: skip
        assert lp_engine.count(problem, checkpoint=bool) == len(reference)
        for leaf in enumerate_leaves(problem, search=Search("lp")):
            assert leaf.region().contains(leaf.point())


def test_a_box_in_many_inputs_with_open_signs_is_listed_by_single_programs():
    rng = random.Random(7)  # noqa: S311 - tests
    weight = [[Fraction(rng.randint(-9, 9), 8) for _ in range(120)] for _ in range(4)]
    network = Network.from_rationals([(weight, [0] * 4), ([[1, -1, 1, 1]], [0]), ([[1]], None)])
    problem = Problem.of(network, Domain.box([(-1, 1)] * 119 + [(0, 0)]))
    leaves = list(enumerate_leaves(problem))
    assert len({leaf.bits for leaf in leaves}) == len(leaves) == count_configurations(problem) > 16
    for leaf in leaves:
        assert network.configuration(leaf.point()) == leaf.configuration
        assert problem.domain.contains(leaf.point())
        assert leaf.dimension == 119
