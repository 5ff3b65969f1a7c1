"""Many small networks, degenerate on purpose: verdict by verdict and optimum by optimum what z3 says.

`make test-slow` judges 2,000 of them, the tests of every day a few.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
import z3

from exactrelu import Search, output_range, verify
from exactrelu.certificates.properties import certify_property
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.certificate_lines import refusal
from tests.support.disguised_networks import z3_domain, z3_outputs
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.drawn_properties import draw_property
from tests.test_verify import z3_unsafe

FEW, ALL, CHUNK = 40, 2000, 50
CHUNKS = [
    pytest.param(range(FEW), id="few"),
    *(
        pytest.param(range(s, s + CHUNK), id=f"from {s}", marks=pytest.mark.slow)
        for s in range(0, ALL, CHUNK)
    ),
]
NEAR = Fraction(1, 10**12)
FAR = Fraction(10**400)
UNITS = [(0, 1), (0, 1), (1, 1), ("1/4", 1), (-1, 1), (0, 0), (1, 0), (-3, -3), ("-1/3", -2)]


def drawn(seed: int) -> tuple[Chooser, Network]:
    c = Chooser.seeded("many networks", seed)
    network = draw_network(c, most_inputs=c.choose([2, 3, 4]), most_hidden=c.choose([4, 6, 8]))
    return c, with_drawn_units(c, network, UNITS) if c.integer(0, 2) == 0 else network


@pytest.mark.parametrize("seeds", CHUNKS)
def test_every_verdict_is_that_of_z3_and_proved(tmp_path: Path, seeds: range) -> None:
    seen: Counter[str] = Counter()
    for seed in seeds:
        c, network = drawn(seed)
        prop = draw_property(c, network)
        decision = verify(network, prop, search=Search(time_limit=120), trees=True)
        expected = "refuted" if any(z3_unsafe(network, group) for group in prop.groups) else "holds"
        assert str(decision.verdict) == expected, seed
        seen[expected] += 1
        if decision.point is not None:
            assert prop.holds_at(decision.point, network(decision.point)), seed
        else:
            certify_property(tmp_path / "c.jsonl", decision)
            assert refusal(tmp_path / "c.jsonl") == "", seed
    assert min(seen["holds"], seen["refuted"]) > len(seeds) // 20


class Truth:
    """What z3 says about the outputs of a network on a domain."""

    def __init__(self, network: Network, domain: Domain) -> None:
        xs = [z3.Real(f"x{i}") for i in range(network.inputs)]
        self.ys = z3_outputs(network, xs)
        self.solver = z3.Solver()
        self.solver.set("timeout", 120_000)
        self.solver.add(*z3_domain(domain, xs))

    def has(self, *conditions: z3.BoolRef) -> bool:
        """Whether some point of the domain satisfies the conditions."""
        answer = self.solver.check(*conditions)
        assert answer != z3.unknown
        return bool(answer == z3.sat)

    def is_supremum(self, value: z3.ArithRef, bound: Fraction | float, *, attained: bool) -> bool:
        """Whether a bound is the supremum of a value, attained or not."""
        if bound == math.inf:
            return self.has(value > z3.RealVal(str(FAR)))
        exact = z3.RealVal(str(bound))
        if attained:
            return self.has(value == exact) and not self.has(value > exact)
        return not self.has(value >= exact) and self.has(value > z3.RealVal(str(bound - NEAR)))


@pytest.mark.parametrize("seeds", CHUNKS)
def test_every_optimum_is_that_of_z3(seeds: range) -> None:
    seen: Counter[object] = Counter()
    for seed in seeds:
        c, network = drawn(seed)
        domain = draw_domain(c, network.inputs)
        truth = Truth(network, domain)
        ranges = output_range(network, domain, search=Search(time_limit=120))
        assert (ranges is not None) == truth.has(), seed
        for y, one in zip(truth.ys, ranges or (), strict=ranges is not None):
            for value, found, sign in ((y, one.maximum, 1), (-y, one.minimum, -1)):
                assert truth.is_supremum(value, sign * found.value, attained=found.attained), seed
                seen[found.attained] += 1
    assert seen[True] > len(seeds)


def test_a_wrong_optimum_would_be_seen() -> None:
    network = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    truth = Truth(network, Domain.from_inequalities(1, [([1], 1, ">="), ([1], -2, "<")]))
    (y,) = truth.ys
    assert truth.is_supremum(y, Fraction(2), attained=False)
    assert truth.is_supremum(-y, Fraction(0), attained=True)
    for bound, attained in ((2, True), (1, True), (1, False), (3, False), (math.inf, False)):
        wrong = bound if bound == math.inf else Fraction(bound)
        assert not truth.is_supremum(y, wrong, attained=attained)
