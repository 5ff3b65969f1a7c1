"""Subtrees of the case tree: their configurations, side by side, are those of the problem, each once."""

from __future__ import annotations

import pytest

from exactrelu import Search
from exactrelu.distribution.parts import Slice
from exactrelu.enumeration import Problem, enumerate_leaves, subtree_search
from exactrelu.enumeration.shared_counting import Counting
from exactrelu.enumeration.subtrees import Subtree
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.brute_force import configurations
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.engine_agreement import READINGS


def bits_of(problem, engine="ppl"):
    return [leaf.bits for leaf in enumerate_leaves(problem, search=Search(engine))]


def divided(subtree, depth, *, in_order):
    """Return the subtrees that are so many cuts below, or single configurations."""
    children = subtree.children(in_order=in_order) if depth else ()
    if not children:
        return [subtree]
    return [one for child in children for one in divided(child, depth - 1, in_order=in_order)]


def drawn(seed):
    c = Chooser.seeded("subtrees", seed)
    network = draw_network(c)
    if seed % 3 == 0:
        network = with_drawn_units(c, network)
    return Problem.of(network, draw_domain(c, network.inputs), READINGS[seed % 3])


@pytest.mark.parametrize("seed", range(60))
def test_the_subtrees_of_a_problem_have_its_configurations_in_order(seed):
    problem = drawn(seed)
    expected = bits_of(problem)
    for depth in (1, 3, 20):
        parts = divided(Subtree.root(problem), depth, in_order=True)
        assert [one.with_decided(bits) for one in parts for bits in bits_of(one.inner)] == expected
        assert len(parts) == 1 or all(bits_of(one.inner) for one in parts)  # none is empty
    assert len(parts) == max(1, len(expected))


@pytest.mark.parametrize("seed", range(60))
def test_subtrees_that_are_cut_in_the_middle_have_each_configuration_once(seed):
    problem = drawn(seed)
    for depth in (2, 20):
        parts = divided(Subtree.root(problem), depth, in_order=False)
        found = [one.with_decided(bits) for one in parts for bits in bits_of(one.inner)]
        assert sorted(found) == bits_of(problem)
        for one in parts:
            again = Subtree.at(problem, one.path)
            assert (again.path, again.before, again.cuts) == (one.path, one.before, one.cuts)
            assert again.inner == one.inner


@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_subtrees_have_the_configurations_that_brute_force_finds(seed):
    problem = drawn(seed)
    parts = divided(Subtree.root(problem), 3, in_order=True)
    expected = [text for text, _ in configurations(problem.network, problem.domain, str(problem.reading))]
    found = [one.with_decided(bits) for one in parts for bits in bits_of(one.inner)]
    assert len(found) == len(expected)
    assert ["".join(map(str, bits)) for bits in found] == [text.replace("|", "") for text in expected]


def test_every_reading_cuts_where_both_of_its_sides_have_points():
    touching = Network.from_rationals([([[1], [-1], [0]], [0, 0, 0]), ([[1, 1, 1]], None)])
    ray = Domain.from_inequalities(1, [([1], 0, ">=")])
    paths = {
        str(problem.reading): [one.path for one in divided(Subtree.root(problem), 9, in_order=True)]
        for problem in (Problem.of(touching, ray, reading) for reading in READINGS)
    }
    assert {reading: len(found) for reading, found in paths.items()} == {
        reading: len(configurations(touching, ray, reading)) for reading in READINGS
    }
    assert all("2" not in path.split(":")[0] for path in paths["full"] + paths["half-open"])  # y = 0


def test_an_empty_domain_and_a_network_without_bits_are_not_divided():
    net = Network.from_rationals([([[1], [2]], None), ([[1, 1]], None)])
    assert Subtree.root(Problem.of(net, Domain.box([(1, 0)]))).children(in_order=False) == ()
    assert Subtree.root(Problem.of(Network.from_rationals([([[1]], None)]))).children(in_order=True) == ()


@pytest.mark.parametrize("seed", range(0, 60, 4))
@pytest.mark.parametrize("in_order", [True, False])
def test_slices_of_no_time_at_all_count_every_configuration_once(seed, in_order, monkeypatch):
    monkeypatch.setattr(subtree_search, "_LEAST", 0.0)  # every subtree is worth dividing
    problem = drawn(seed)
    work, open_parts, total, steps = Counting(problem, "generators", in_order=in_order), [[""]], 0, 0
    while open_parts:
        outcome = work.search(open_parts.pop(), Slice(0.0, groups=steps % 4), None)
        total += outcome.result or 0
        open_parts += [part.what for part in outcome.rest]
        assert sum(part.share for part in outcome.rest) <= 1 + 1e-9
        steps += 1
        assert steps < 2000
    assert total == len(bits_of(problem))
