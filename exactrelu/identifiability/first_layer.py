"""Which hyperplanes belong to the first hidden layer of a network with two.

A neuron of the first layer bends along a whole hyperplane, one of the second along pieces that turn at each
hyperplane of the first. So on a hyperplane of a piece the kink is the same wherever there is one. On one of
the first layer it changes with the neurons that read it and are on: where two different kinks are seen, the
hyperplane is one of the first layer. Of the others those with a kink at more of their points come first.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.identifiability.bends import BentLine, value_of
from exactrelu.identifiability.black_box import BlackBox, Line, drawn_vector
from exactrelu.identifiability.line_pieces import one_sided_piece
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point

_SAMPLES, _MORE_SAMPLES = 8, 32


@dataclass(frozen=True, order=True)
class Sighting:
    """How many different kinks a hyperplane shows (2: or more), and at which part of its points any."""

    kinks: int
    part: Fraction
    hyperplane: IntegerRow


def by_visibility(box: BlackBox, lines: Sequence[BentLine], rng: random.Random) -> list[Sighting]:
    """Return the hyperplanes of all bends, those that are surely of the first layer first."""
    hyperplanes = sorted({bend.hyperplane for line in lines for bend in line.bends})
    scales = sorted(abs(bend.t) for line in lines for bend in line.bends)
    base = lines[0].line.point
    found = []
    for hyperplane in hyperplanes:
        kinks: list[Point | None] = []
        for _ in range(_MORE_SAMPLES):
            reach = scales[min(len(scales) - 1, rng.randrange(len(scales)) + len(scales) // 4)]
            kinks.append(_kink(box, hyperplane, _point_on(hyperplane, base, reach, rng)))
            if len(kinks) == _SAMPLES and not any(kinks):
                break  # hardly one of the first layer
        seen = [kink for kink in kinks if kink is not None]
        found.append(Sighting(min(2, len(set(seen))), Fraction(len(seen), len(kinks)), hyperplane))
    return sorted(found, reverse=True)


def _point_on(hyperplane: IntegerRow, base: Point, reach: Fraction, rng: random.Random) -> Point:
    """Return a drawn point of a hyperplane, about so far from the base."""
    size = max(1, reach.numerator // reach.denominator + 1)
    while True:
        away = drawn_vector(rng, len(base))
        x = tuple(b + size * a for b, a in zip(base, away, strict=True))
        along = drawn_vector(rng, len(base))
        growth = sum((h * d for h, d in zip(hyperplane, along, strict=False)), Fraction(0))
        if growth:
            t = -value_of(hyperplane, x) / growth
            return tuple(a + t * d for a, d in zip(x, along, strict=True))


def _kink(box: BlackBox, hyperplane: IntegerRow, x: Point) -> Point | None:
    """Return the jump of the slope at a point, across the hyperplane, None if there is none."""
    largest = max(map(abs, hyperplane[:-1]))
    line = Line(x, tuple(Fraction(a, largest) for a in hyperplane[:-1]))
    ahead, back = (
        one_sided_piece(lambda t: box(line.at(t)), Fraction(0), Fraction(side, 64)).slope for side in (1, -1)
    )
    return None if ahead == back else tuple(a - b for a, b in zip(ahead, back, strict=True))
