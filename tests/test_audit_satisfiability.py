"""sat and unsat by bounds, against the half-open cells, on degenerate networks and domains."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Domain, Network, Search
from exactrelu.analysis import optima
from exactrelu.audit import satisfiability
from exactrelu.audit.satisfiability import find_satisfying_point
from exactrelu.polyhedra.constraints import LinearConstraint
from tests.support.drawn_networks import Chooser, draw_network
from tests.test_maximum import draw_domain_in_a_box, draw_units


@pytest.mark.parametrize("seed", range(80))
def test_bounds_and_cells_agree_and_points_satisfy_the_constraints(seed, monkeypatch):
    monkeypatch.setattr(optima, "_FEW_NEURONS", 0)
    monkeypatch.setattr(satisfiability, "_FEW_CELLS", seed % 3)
    c = Chooser.seeded("satisfiability", seed)
    network = draw_network(c, most_hidden=6)
    if seed % 3 == 0:
        network = draw_units(c, network)
    domain = draw_domain_in_a_box(c, network.inputs)
    size = network.inputs + network.outputs
    constraints = tuple(
        LinearConstraint(
            tuple(Fraction(c.integer(-1, 1)) for _ in range(size)),
            Fraction(c.integer(-2, 2), 2),
            c.choose(["<", "<=", ">=", ">", "="]),
        )
        for _ in range(c.integer(0, 2))
    )
    by_cells, cells = find_satisfying_point(network, domain, constraints, Search("lp"))
    assert cells is not None
    found, _ = find_satisfying_point(network, domain, constraints, Search(time_limit=60))
    assert (found is None) == (by_cells is None)
    if found is not None:
        assert domain.contains(found)
        assert all(one.holds_at((*found, *network(found))) for one in constraints)


def test_cells_are_not_listed_where_they_are_many():
    n = 30  # 2^30 cells
    unit = [[int(i == j) for j in range(n)] for i in range(n)]
    network, box = Network.from_rationals([(unit, None), ([[1] * n], None)]), Domain.box([(-1, 1)] * n)
    too_large = LinearConstraint((*(0,) * n, 1), -n, ">")
    assert find_satisfying_point(network, box, (too_large,), Search(time_limit=60)) == (None, None)
