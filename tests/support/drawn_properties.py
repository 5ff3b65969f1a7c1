"""Properties that are drawn, tight ones on purpose: bounds are attained, touched or missed by a little."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Domain, output_range
from exactrelu.networks.network import Network
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet, Property
from tests.support.drawn_networks import Chooser

ENDS = [Fraction(k, 3) for k in range(-6, 7)] + [Fraction(k, 4) for k in range(-8, 9)]
GAPS = [Fraction(0), Fraction(0), Fraction(1, 2**60), -Fraction(1, 2**60), Fraction(1, 7), Fraction(-1)]


def draw_box(c: Chooser, inputs: int) -> tuple[Interval, ...]:
    """Return a box: wide, flat or open on some side."""
    box = []
    for _ in range(inputs):
        low, high = sorted((c.choose(ENDS), c.choose(ENDS)))
        thick = low < high
        box.append(Interval(low, high, thick and c.integer(0, 3) == 0, thick and c.integer(0, 3) == 0))
    return tuple(box)


def draw_property(c: Chooser, network: Network, sets: int = 2) -> Property:
    """Return a property of one or more sets; bounds lie at or near the exact ranges of the outputs."""
    groups = []
    for _ in range(c.integer(1, sets)):
        box = draw_box(c, network.inputs)
        domain = Domain.box([(i.lower, i.upper) for i in box])
        ranges = output_range(network, domain)
        assert ranges is not None
        rows = [_row_of_inputs(c, network.inputs)] if c.integer(0, 4) == 0 else []
        disjuncts = [
            tuple(_row(c, network, ranges) for _ in range(c.integer(1, 3))) for _ in range(c.integer(1, 3))
        ]
        groups.append(InputSet(box, tuple(rows), tuple(disjuncts)))
    digest = "sha256:" + hashlib.sha256(repr(groups).encode()).hexdigest()
    return Property(network.inputs, network.outputs, digest, tuple(groups))


def _relation(c: Chooser) -> Relation:
    return c.choose([Relation.AT_LEAST, Relation.AT_MOST, Relation.GREATER, Relation.LESS])


def _row_of_inputs(c: Chooser, inputs: int) -> Inequality:
    terms = {i: Fraction(c.integer(-2, 2)) for i in range(inputs)}
    return Inequality.of(terms, {}, c.choose(ENDS), _relation(c))


def _row(c: Chooser, network: Network, ranges: Sequence) -> Inequality:
    j = c.integer(0, network.outputs - 1)
    end = c.choose([ranges[j].minimum.value, ranges[j].maximum.value]) + c.choose(GAPS)
    x, y = {}, {j: Fraction(1)}
    if network.outputs > 1 and c.integer(0, 2) == 0:
        y[(j + 1) % network.outputs] = Fraction(-1)
    if c.integer(0, 4) == 0:
        x[c.integer(0, network.inputs - 1)] = Fraction(c.integer(-2, 2))
    return Inequality.of(x, y, -end, _relation(c))
