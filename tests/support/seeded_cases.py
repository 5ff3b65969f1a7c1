"""Networks with domains for parametrised tests: the same ones on every machine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.drawn_networks import Chooser, draw_domain, draw_network


def seeded_cases(number: int, *, most_neurons: int) -> list[Any]:
    """Return ``number`` pairs (network, domain), degenerate ones among them, as pytest parameters."""
    cases = []
    for seed in range(number):
        c = Chooser.seeded("case", seed)
        network = draw_network(c, most_hidden=most_neurons)
        cases.append(pytest.param(network, draw_domain(c, network.inputs), id=f"case {seed}"))
    return cases
