"""Verdicts of properties, against the list of all cells and against z3."""

from __future__ import annotations

from fractions import Fraction

import pytest
import z3

from exactrelu import Domain, Network
from exactrelu.enumeration.effort import Search
from exactrelu.networks.activation import Activation
from exactrelu.verification.property import InputSet
from exactrelu.verification.verify import verify
from tests.support.disguised_networks import z3_outputs
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_property


def _z3(value):
    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def _z3_row(row, xs, ys):
    left = sum((_z3(a) * xs[i] for i, a in row.x), _z3(row.offset))
    left = sum((_z3(a) * ys[j] for j, a in row.y), left)
    return left > 0 if row.strict else left >= 0


def z3_unsafe(network: Network, inputs: InputSet) -> bool:
    """Whether z3 finds an unsafe point."""
    solver = z3.Solver()
    xs = [z3.Real(f"x{i}") for i in range(network.inputs)]
    for x, side in zip(xs, inputs.box, strict=True):
        if side.lower is not None:
            solver.add(x > _z3(side.lower) if side.open_lower else x >= _z3(side.lower))
        if side.upper is not None:
            solver.add(x < _z3(side.upper) if side.open_upper else x <= _z3(side.upper))
    ys = z3_outputs(network, xs)
    solver.add(*(_z3_row(row, xs, ys) for row in inputs.rows))
    solver.add(z3.Or([z3.And([_z3_row(row, xs, ys) for row in rows]) for rows in inputs.disjuncts]))
    return solver.check() == z3.sat


def test_a_unit_that_bends_by_less_than_any_double_is_not_linear():
    bend = 1 + Fraction(1, 2**1090)
    network = Network.from_rationals(
        [([[1], [1]], None), ([[2**1000, -(2**1000)]], None)],  # 2^-90 relu(x)
        activations=[Activation.of([(1, bend), (1, 1)])],
    )
    assert str(verify(network, ["y0 >= 0"], Domain.box([(-1, 1)])).verdict) == "holds"
    assert str(verify(network, ["y0 <= 0"], Domain.box([(-1, 1)])).verdict) == "refuted"
    assert str(verify(network, ["y0 <= 0"], Domain.box([(-1, 0)])).verdict) == "holds"


@pytest.mark.parametrize("seed", range(300))
def test_verdicts_are_those_of_z3_on_drawn_networks_and_tight_bounds(seed):
    c = Chooser.seeded("verify", seed)
    network = draw_network(c)
    prop = draw_property(c, network)
    decision = verify(network, prop, search=Search(time_limit=20))
    expected = "refuted" if any(z3_unsafe(network, group) for group in prop.groups) else "holds"
    assert str(decision.verdict) == expected
    if expected == "refuted":
        assert prop.holds_at(decision.point, network(decision.point))
