"""Certificates of properties take as many bits as they need, for tiny weights and tiny margins."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Domain, Network, checker, output_range
from exactrelu.certificates.properties import certify_property
from exactrelu.errors import BudgetExhaustedError
from exactrelu.verification.property import Property
from exactrelu.verification.verify import verify
from tests.support.drawn_networks import Chooser
from tests.support.second_property_checker import refuses

BOX = Domain.box([("-1/4", "1/4")] * 2)


def network(first: Fraction, last: Fraction) -> Network:
    """Return a drawn network whose first and last layers are multiplied."""
    c = Chooser.seeded("certificate precision")

    def rows(count: int, width: int, factor: Fraction) -> list[list[Fraction]]:
        return [[factor * Fraction(c.integer(-64, 64), 64) for _ in range(width)] for _ in range(count)]

    return Network.from_rationals([(rows(12, 2, first), None), (rows(8, 12, Fraction(1)), None), (rows(1, 8, last), None)])  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("margin", [Fraction(1, 2**60), Fraction(1, 2**200)])
@pytest.mark.parametrize("scales", [(0, 0), (0, -200), (-200, 200), (60, 0)])
def test_tiny_margins_and_weights_are_certified(scales, margin, tmp_path):
    net = network(Fraction(2) ** scales[0], Fraction(2) ** scales[1])
    (row,) = output_range(net, BOX)
    bound = row.maximum.value + margin * Fraction(2) ** sum(scales)
    decision = verify(net, Property.from_bounds(2, 1, BOX, [f"y0 <= {bound}"]), trees=True)
    path = tmp_path / "c.jsonl"
    certify_property(path, decision)
    assert checker.check(path)["claim"]["kind"] == "property"
    assert not refuses(path)


def test_what_no_precision_closes_is_said_in_one_line(tmp_path, monkeypatch):
    decision = verify(
        network(Fraction(1), Fraction(1)), Property.from_bounds(2, 1, BOX, ["y0 <= 100"]), trees=True
    )
    for step in ("_close", "_clip", "_multipliers"):
        monkeypatch.setattr(f"exactrelu.certificates.property_trees._SetProof.{step}", lambda *_, **__: None)
    monkeypatch.setattr("exactrelu.certificates.properties._MOST_FURTHER", 5)
    monkeypatch.setattr("exactrelu.certificates.properties._FURTHER", 5)
    with pytest.raises(BudgetExhaustedError, match="5 further boxes at 522 bits"):
        certify_property(tmp_path / "c.jsonl", decision)
    assert not (tmp_path / "c.jsonl").exists()
