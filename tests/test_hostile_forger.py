"""A forger with exact linear programs proves true claims, and no false one, before any checker.

Every false claim is drawn so that it is known to be false: a configuration less, an undecided neuron, another
reading or a larger domain with other configurations, a bound that is passed at a known point, two networks
with a known difference. `make test-slow` draws 5,000 instances and more, the tests of every day a few.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu import Problem, enumerate_leaves, lipschitz_constant, output_range
from exactrelu.certificates import certify_configurations, certify_lipschitz_constant, certify_ranges
from exactrelu.enumeration import count_configurations
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support import second_checker, second_property_checker
from tests.support.certificate_lines import Entries, entries_of, refusal, write
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.forger import (
    Tree,
    as_equal,
    in_another_reading,
    on_a_larger_domain,
    tricks,
    with_a_smaller_constant,
    with_a_smaller_square,
    with_a_tighter_range,
    with_the_other_end,
    without_a_configuration,
    without_a_split,
)
from tests.support.property_forger import (
    difference_entries,
    inequality,
    optimum_entries,
    property_entries,
    with_closed_leaves,
)

FEW, ALL, CHUNK = 15, 5000, 200
CHUNKS = [
    pytest.param(range(FEW), id="few"),
    *(
        pytest.param(range(s, s + CHUNK), id=f"from {s}", marks=pytest.mark.slow)
        for s in range(0, ALL, CHUNK)
    ),
]
READINGS = ("half-open", "closed", "full")
UNITS = [(0, 1), (0, 1), (1, 1), ("1/4", 1), (-1, 1), (1, 0)]


def drawn(family: str, seed: int) -> tuple[Chooser, Network, random.Random]:
    c = Chooser.seeded("hostile forger", family, seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    if c.integer(0, 2) == 0:
        network = with_drawn_units(c, network, UNITS)
    return c, network, random.Random(f"{family} {seed}")  # noqa: S311 - no secrets


def read(path: Path) -> Entries:
    return entries_of(path.read_text(encoding="utf-8"))


def judge(path: Path, forged: Iterator[tuple[str, Entries | None]], refuses, seed: int) -> Counter[str]:
    """See that both checkers accept what is named true, and refuse all else."""
    seen: Counter[str] = Counter()
    for kind, entries in forged:
        if entries is None:
            continue
        write(path, entries)
        assert (refusal(path) == "") == (refuses(path) == "") == (kind == "true"), (seed, kind)
        seen[kind] += 1
    return seen


def changed_configurations(path: Path, seed: int) -> Iterator[tuple[str, Entries | None]]:
    c, network, rng = drawn("configurations", seed)
    domain = draw_domain(c, network.inputs)
    reading = c.choose(READINGS)
    problem = Problem.of(network, domain, reading)
    certify_configurations(path, network, problem, enumerate_leaves(problem))
    if domain.is_empty:
        return
    entries = read(path)
    yield "true", Tree(entries).reproved()
    yield "a configuration less", without_a_configuration(entries, rng)
    if any("split" in line for line in entries):
        yield "an undecided neuron", without_a_split(entries, rng)
    number = count_configurations(problem)
    for other in sorted({*READINGS} - {reading}):
        if count_configurations(Problem.of(network, domain, other)) != number:
            yield "another reading", in_another_reading(entries, other, domain, rng)
    if len(domain.constraints) > 1:
        larger = Domain(domain.dimension, domain.constraints[1:])
        if count_configurations(Problem.of(network, larger, reading)) != number:
            yield "a larger domain", on_a_larger_domain(entries, larger, rng)


def changed_ranges(path: Path, seed: int) -> Iterator[tuple[str, Entries | None]]:
    c, network, rng = drawn("ranges", seed)
    domain = draw_domain(c, network.inputs)
    ranges = output_range(network, domain)
    if ranges is None:
        return
    certify_ranges(path, [network], domain, ranges)
    entries = read(path)
    yield "true", Tree(entries).reproved()
    yield "a tighter range", with_a_tighter_range(entries, rng)
    yield "an end that belongs, or does not", with_the_other_end(entries, rng)
    for norm in ("1", "inf"):
        certify_lipschitz_constant(path, network, domain, lipschitz_constant(network, domain, norm))
        entries = read(path)
        if entries[0]["claim"]["constant"] != "0":
            yield "a smaller Lipschitz constant", with_a_smaller_constant(entries, rng)
    certify_lipschitz_constant(path, network, domain, lipschitz_constant(network, domain, "2"))
    yield "a smaller Lipschitz constant in the norm 2", with_a_smaller_square(read(path), rng)


def changed_equalities(path: Path, seed: int) -> Iterator[tuple[str, Entries | None]]:
    c, network, _ = drawn("equalities", seed)
    domain = draw_domain(c, network.inputs)
    other = near(c, network)
    for two, kind in ((network, "true"), (other, "equality")):
        ranges = output_range(network - two, domain)
        if ranges is None:
            return
        ends = {end.value for one in ranges for end in (one.minimum, one.maximum)}
        certify_ranges(path, [network, two], domain, ranges)
        yield "true" if ends == {0} else kind, as_equal(read(path))


def near(c: Chooser, network: Network) -> Network:
    """Return the network with one number changed, perhaps by very little."""
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    weight, bias = c.choose(layers)
    i, by = c.integer(0, len(bias) - 1), c.choose([Fraction(1), Fraction(1, 2**80), Fraction(-1, 3)])
    if c.integer(0, 1):
        bias[i] += by
    else:
        weight[i][c.integer(0, len(weight[i]) - 1)] += by
    return Network.from_rationals(layers, activations=network.activations)


def changed_properties(path: Path, seed: int) -> Iterator[tuple[str, Entries | None]]:
    c, network, rng = drawn("properties", seed)
    ends = [
        sorted((Fraction(c.integer(-6, 6), 3), Fraction(c.integer(-6, 6), 3))) for _ in range(network.inputs)
    ]
    box = [[str(low), str(high), False, False] for low, high in ends]
    inside = tuple(low + (high - low) * Fraction(c.integer(0, 4), 4) for low, high in ends)
    j = c.integer(0, network.outputs - 1)
    value, gap = network(inside)[j], c.choose([Fraction(0), Fraction(0), Fraction(1, 2**70), Fraction(1)])
    sign = c.choose([1, -1])
    (one,) = (output_range(network, Domain.box(ends)) or ())[j : j + 1]
    end = one.maximum if sign > 0 else one.minimum
    point = {j: Fraction(sign)}
    beyond = inequality(point, -sign * end.value, strict=True)
    reached = inequality(point, -sign * value + gap, strict=gap > 0 and c.integer(0, 1) == 0)
    yield "true", property_entries(network, box, [[beyond]])
    false = property_entries(network, box, c.choose([[[reached]], [[beyond], [reached]]]), tricks(rng))
    yield "an unsafe point", false
    yield "an unsafe point", with_closed_leaves(false, rng)
    if sign > 0:
        yield "true", optimum_entries(network, box, j, end.point)
        if value < end.value:
            yield "a smaller maximum", optimum_entries(network, box, j, inside, tricks(rng))


def changed_differences(path: Path, seed: int) -> Iterator[tuple[str, Entries | None]]:
    c = Chooser.seeded("hostile forger", "differences", seed)
    network = draw_network(c, most_inputs=2, most_hidden=3)
    if network.depth == 1:
        return
    if c.integer(0, 2) == 0:
        network = with_drawn_units(c, network, UNITS)
    two, rng = near(c, network), random.Random(f"differences {seed}")  # noqa: S311 - no secrets
    box = [["-1", "1/2", False, False]] * network.inputs
    ranges = output_range(network - two, Domain.box([(-1, Fraction(1, 2))] * network.inputs)) or ()
    most = max(abs(end.value) for one in ranges for end in (one.minimum, one.maximum))
    yield "true", difference_entries(network, two, box, most)
    if most > 0:
        less = most * c.choose([Fraction(0), Fraction(1, 2), 1 - Fraction(1, 2**60)])
        yield "a smaller difference", difference_entries(network, two, box, less, tricks(rng))


FAMILIES = {
    "configurations": (changed_configurations, second_checker.refuses, 5),
    "ranges": (changed_ranges, second_checker.refuses, 5),
    "equalities": (changed_equalities, second_checker.refuses, 2),
    "properties": (changed_properties, second_property_checker.refuses, 3),
    "differences": (changed_differences, refusal, 2),  # there is no second checker of this claim
}
"""What is forged, the second checker for it, and how many kinds of claims there are."""


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seeds", CHUNKS)
def test_true_claims_are_proved_and_no_false_one_is(tmp_path: Path, family: str, seeds: range) -> None:
    make, refuses, kinds = FAMILIES[family]
    path, seen = tmp_path / "c.jsonl", Counter()
    for seed in seeds:
        seen += judge(path, make(path, seed), refuses, seed)
    assert len(seen) >= kinds - (len(seeds) < CHUNK)
    assert seen["true"] >= len(seeds) // 3
