"""No line of a property tree loses an unsafe point: its node keeps it, and no leaf closes over it.

Lines are drawn, none is meant to prove anything; precisions are small, so that roundings are large.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest

from exactrelu import checker
from exactrelu.certificates.document import network_value
from tests.support.drawn_networks import Chooser, draw_network, with_drawn_units

LINEAR = [("1/3", "1/3"), ("-2/3", "-2/3"), ("3/5", "3/5")]
"""Slopes whose products are rounded, of units that lose nothing else."""
SLOPES = [*LINEAR, (0, 1), (1, 1), (-1, 1), ("1/4", 1), (1, 0), ("1/3", "-2")]
ENDS = [Fraction(k, 6) for k in range(-12, 13)]


class Followed:
    """The node of a drawn tree that holds a drawn unsafe point."""

    def __init__(self, c: Chooser) -> None:
        self.c = c
        network = draw_network(c)
        slopes = c.choose([None, SLOPES, LINEAR])
        if slopes is not None:
            network = with_drawn_units(c, network, slopes)
        self.net = checker.Network("networks[0]", network_value(network), "")
        self.point = [c.choose(ENDS) for _ in range(self.net.inputs)]
        *self.y, outputs = self.net.values(self.point)
        sides = [self.side(x) for x in self.point]
        rows = [self.row(outputs) for _ in range(c.integer(1, 2))]
        content = {"box": sides, "rows": [], "disjuncts": [rows]}
        sets = [checker.Inequalities("sets[0]", self.net, content)]
        self.tree = checker.PropertyTree(self.net, sets, c.choose([1, 2, 3, 5, 8, 64]))
        self.box = self.tree.open.pop()
        self.count = len(rows)

    def side(self, x: Fraction) -> list[Any]:
        """Return a side that the point lies in, perhaps at an end that belongs to it."""
        gaps = [self.c.choose([Fraction(0), Fraction(1, 7), Fraction(1)]) for _ in range(2)]
        ends = [
            None if self.c.integer(0, 12) == 0 else str(x + s * g) for s, g in zip((-1, 1), gaps, strict=True)
        ]
        return [*ends, *(g > 0 and self.c.integer(0, 1) == 1 for g in gaps)]

    def row(self, outputs: list[Fraction]) -> dict[str, Any]:
        """Return an inequality that holds at the point: by nothing, by little or by much."""
        c = self.c
        x = {
            i: Fraction(c.integer(-2, 2), c.integer(1, 3))
            for i in range(self.net.inputs)
            if c.integer(0, 2) == 0
        }
        y = {j: Fraction(c.integer(-3, 3), c.integer(1, 3)) for j in range(self.net.outputs)}
        value = sum(a * self.point[i] for i, a in x.items()) + sum(a * outputs[j] for j, a in y.items())
        gap = c.choose([Fraction(0), Fraction(1, 2**40), Fraction(1, 3)])
        terms = ([[i, str(a)] for i, a in sorted(one.items())] for one in (x, y))
        return {"x": next(terms), "y": next(terms), "offset": str(gap - value), "strict": gap > 0}

    def proof(self) -> list[Any]:
        """Return a drawn weighted sum of inequalities with drawn flips."""
        chosen = [r for r in range(self.count) if self.c.integer(0, 1)] or [0]
        return [[[r, self.c.choose(["1", "1/3", "5"])] for r in chosen], f"{self.c.integer(0, 255):x}"]

    def bounds(self) -> Any:
        if self.c.integer(0, 2):
            return "all"
        hidden = enumerate(self.net.hidden)
        return [[k + 1, [i for i in range(width) if self.c.integer(0, 2)]] for k, width in hidden]

    def line(self) -> None:
        """Carry out a drawn line and go on to the child with the point; a refused line changes nothing."""
        c, before = self.c, self.box
        self.box = self.box.copy()
        try:
            if c.integer(0, 2):
                assert not self.tree.bound("bounds", self.box, self.bounds())
            if c.integer(0, 2) == 0:
                form = self.tree.form("clip", self.box, 0, self.proof())[:3]
                assert not self.box.clip("clip", *form)
            self.tree.open = []
            bent = [(k, i) for k, layer in enumerate(self.net.bent) for i in layer]
            if bent and c.integer(0, 1):
                k, i = c.choose(bent)
                self.tree.bend("bend", self.box, [k + 1, i])
                bit = c.integer(0, 1) if self.y[k][i] == 0 else int(self.y[k][i] > 0)
            else:
                i = c.integer(0, self.net.inputs - 1)
                t = c.choose([self.point[i], c.choose(ENDS)])
                self.tree.cut("cut", self.box, [i, str(t)])
                bit = c.integer(0, 1) if self.point[i] == t else int(self.point[i] > t)
            above, below = self.tree.open
            self.box = above if bit else below
        except checker.InvalidCertificateError:
            self.box = before

    def see(self) -> None:
        """See that the node has the point, and that no leaf closes it."""
        box, scale = self.box, self.tree.substitution.scale
        for x, low, high in zip(self.point, box.low, box.high, strict=True):
            assert low is None or low <= x * box.grid
            assert high is None or x * box.grid <= high
        for values, layer in zip(self.y, box.bounds, strict=True):
            for value, (low, high) in zip(values, layer, strict=True):
                assert low <= value * scale <= high
        for row, relation in zip(*self.tree.linear(box, 0), strict=True):
            value = checker.dot(row, [*self.point, 1])
            assert value > 0 or (value == 0 and relation == ">=")
        with suppress(checker.InvalidCertificateError):
            self.tree.close("closed", "closed", box, 0, self.proof())
            pytest.fail("a leaf closed over an unsafe point")


@pytest.mark.parametrize("seed", range(150))
def test_drawn_lines_keep_an_unsafe_point(seed):
    for part in range(4):
        followed = Followed(Chooser.seeded("unsafe points stay", seed, part))
        for _ in range(8):
            followed.line()
            followed.see()
