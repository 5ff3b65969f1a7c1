"""Networks with domains for parametrised tests: the same ones on every machine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units


def seeded_cases(number: int, *, most_neurons: int, units: int = 0) -> list[Any]:
    """Return ``number`` pairs (network, domain), degenerate ones among them, as pytest parameters.

    After them come ``units`` more, whose neurons have slopes of all kinds.
    """
    cases = []
    for seed in range(number):
        c = Chooser.seeded("case", seed)
        network = draw_network(c, most_hidden=most_neurons)
        cases.append(pytest.param(network, draw_domain(c, network.inputs), id=f"case {seed}"))
    for seed in range(units):
        c = Chooser.seeded("units", seed)
        network = with_drawn_units(c, draw_network(c, most_hidden=most_neurons))
        cases.append(pytest.param(network, draw_domain(c, network.inputs), id=f"units {seed}"))
    return cases
