"""What the neurons of a layer add up to on each hyperplane, and the ways to write it with one neuron."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.deep.windows import ONE, ZERO, Neuron, plus, scaled
from exactrelu.networks.activation import Slopes
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point

RELU: Slopes = (ZERO, ONE)


@dataclass
class Bend:
    """The sum of the neurons ``members`` on a hyperplane: up h for h > 0 and low h for h <= 0.

    ``choices`` are neurons on the hyperplane, each with the column ``left`` of h that it leaves to the linear
    part of the layer; there are none if up = low.
    """

    h: IntegerRow
    up: Point
    low: Point
    members: list[int] = field(default_factory=list)
    choices: list[tuple[Neuron, Point]] = field(default_factory=list)
    chosen: int = 0

    @property
    def is_flat(self) -> bool:
        """Whether the sum is linear."""
        return self.up == self.low

    @property
    def neuron(self) -> Neuron:
        """The neuron that is chosen."""
        return self.choices[self.chosen][0]

    @property
    def left(self) -> Point:
        """The column of h in the linear part."""
        return self.choices[self.chosen][1] if self.choices else self.up


def bends_of(neurons: list[Neuron], *, plain: bool) -> list[Bend]:
    """Return the bends of a layer's neurons with two slopes.

    Parameters
    ----------
    neurons
        The neurons; linear ones are left out, and none may have a row or slopes that are zero.
    plain
        Whether a neuron that is written anew must be a ReLU.

    Examples
    --------
    >>> pair = [Neuron((a, ZERO), RELU, (c,)) for a, c in ((ONE, ONE), (-ONE, 2 * ONE))]
    >>> (bend,) = bends_of(pair, plain=True)  # relu(x) + 2 relu(-x)
    >>> bend.up, bend.low, [left for _, left in bend.choices]
    ((Fraction(1, 1),), (Fraction(-2, 1),), [(Fraction(-2, 1),), (Fraction(1, 1),)])
    """
    found: dict[IntegerRow, Bend] = {}
    for i, neuron in enumerate(neurons):
        if neuron.is_linear:
            continue
        entries = primitive_from_rationals(neuron.row)
        opposite = tuple(-entry for entry in entries)
        zero = (ZERO,) * len(neuron.column)
        bend = found.get(opposite) or found.setdefault(entries, Bend(entries, zero, zero))
        place = next(j for j, entry in enumerate(entries) if entry)
        size = neuron.row[place] / entries[place]
        below, above = neuron.slopes
        if bend.h != entries:
            below, above = -above, -below
        bend.up = plus(bend.up, neuron.column, size * above)
        bend.low = plus(bend.low, neuron.column, size * below)
        bend.members.append(i)
    for bend in found.values():
        bend.choices = _choices(bend, neurons, plain=plain)
    return list(found.values())


def _choices(bend: Bend, neurons: list[Neuron], *, plain: bool) -> list[tuple[Neuron, Point]]:
    if bend.is_flat:
        return []
    zero = (ZERO,) * len(bend.up)
    own: list[tuple[Neuron, Point]] = []
    if len(bend.members) == 1:
        own.append((neurons[bend.members[0]], zero))
    elif not plain and (slopes := _one_neuron(bend)) is not None:
        own.append((Neuron(_row(bend.h), slopes[0], slopes[1]), zero))
    jump = plus(bend.up, bend.low, -1)
    on = Neuron(_row(bend.h), RELU, jump), bend.low
    off = Neuron(scaled(_row(bend.h), -ONE), RELU, jump), bend.up
    both = sorted((on, off), key=lambda choice: any(choice[1]))
    return own + [choice for choice in both if not (own and not any(choice[1]))]


def _row(h: IntegerRow) -> Point:
    return tuple(map(Fraction, h))


def _one_neuron(bend: Bend) -> tuple[Slopes, Point] | None:
    """Return slopes and a column with which one neuron is the whole sum, None if there are none."""
    column = bend.up if any(bend.up) else bend.low
    other = bend.low if any(bend.up) else bend.up
    place = next(i for i, entry in enumerate(column) if entry)
    ratio = other[place] / column[place]
    if other != scaled(column, ratio):
        return None
    return ((ratio, ONE) if any(bend.up) else (ONE, ratio)), column
