"""The bends of the second hidden layer, sorted by neuron.

Let h_1, ..., h_N be the functionals of the first layer. The pre-activation of a neuron of the second is y =
sum_j b_j |h_j| + an affine function: one vector u of N + n + 1 numbers. At a bend in the region of the
signs s the kink shows the row of y there, sum_j b_j s_j h_j + affine, with its scale (that of the gains is
made primitive) but not its sign: n + 1 linear equations for u. Two bends are of one neuron if their
equations, with one sign or the other, have a common solution although together they are more than need be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.identifiability.bends import Bend, value_of
from exactrelu.identifiability.rescaling import rational_content
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, pivot_column, primitive_from_rationals
from exactrelu.numbers.points import Point

Signs = tuple[int, ...]
Gain = tuple[int, ...]


def signs_at(first: Sequence[IntegerRow], x: Point) -> Signs:
    """Return the signs of the functionals at a point."""
    return tuple(1 if value_of(row, x) > 0 else -1 for row in first)


@dataclass
class SeenNeuron:
    """What bends show of one neuron: equations for u, and the bends, each with its relative sign.

    ``gain`` is the primitive vector of its gains, ``equations`` are the rows (coefficients of u, value) in
    reduced echelon form, for u or -u. ``members`` maps the key of a bend to +1 or -1: whether the row of the
    bend, which grows along its line, is that of u or of -u.
    """

    gain: Gain
    equations: list[IntegerRow]
    members: dict[Bend, int] = field(default_factory=dict)

    def joined(self, other: SeenNeuron, sign: int) -> SeenNeuron:
        """Return both together, the other one's u times the sign."""
        members = self.members | {bend: sign * s for bend, s in other.members.items()}
        return SeenNeuron(self.gain, self._with(other, sign), members)

    def agreement(self, other: SeenNeuron, sign: int) -> int:
        """Return how many equations are more than need be, -1 if they contradict one another."""
        if self.gain != other.gain:
            return -1
        together = self._with(other, sign)
        if any(pivot_column(row) == len(row) - 1 for row in together):
            return -1
        return len(self.equations) + len(other.equations) - len(together)

    def _with(self, other: SeenNeuron, sign: int) -> list[IntegerRow]:
        signed = [(*row[:-1], sign * row[-1]) for row in other.equations]
        return echelon([*self.equations, *signed], len(signed[0]))


def region_rows(first: Sequence[IntegerRow], signs: Signs) -> list[list[int]]:
    """Return the matrix that takes u to the row of y in the region of the signs.

    Examples
    --------
    >>> region_rows([(3, -1)], (-1,))
    [[-3, 1, 0], [1, 0, 1]]
    """
    size = len(first[0])
    return [
        [*(s * h[i] for h, s in zip(first, signs, strict=True)), *(int(i == j) for j in range(size))]
        for i in range(size)
    ]


def equations_of(first: Sequence[IntegerRow], signs: Signs, row: Sequence[Fraction]) -> list[IntegerRow]:
    """Return the equations that the row of y in a region gives for u, as integer rows."""
    pairs = zip(region_rows(first, signs), row, strict=True)
    return [primitive_from_rationals([*map(Fraction, matrix), value]) for matrix, value in pairs]


def seen_by(first: Sequence[IntegerRow], bend: Bend) -> SeenNeuron:
    """Return what one bend shows of its neuron."""
    scale = rational_content(bend.gain)
    gain = tuple(int(g / scale) for g in bend.gain)
    rows = equations_of(first, signs_at(first, bend.point), [scale * a for a in bend.functional])
    return SeenNeuron(gain, echelon(rows, len(rows[0])), {bend: 1})


def seen_neurons(first: Sequence[IntegerRow], bends: Sequence[Bend]) -> list[SeenNeuron]:
    """Return the bends sorted by neuron, as far as they can be told to belong together."""
    found: list[SeenNeuron] = []
    for bend in bends:
        _add(found, seen_by(first, bend), len(first[0]))
    for enough in (2, 1):
        while (pair := _best_pair(found, enough)) is not None:
            one, two, sign = pair
            found.remove(two)
            found[found.index(one)] = one.joined(two, sign)
    return sorted(found, key=lambda neuron: -len(neuron.members))


def groupings(found: Sequence[SeenNeuron], width: int) -> Iterator[list[SeenNeuron]]:
    """Yield the neurons put together to so many: the one with the fewest bends joins any that allows it."""
    if len(found) == width:
        yield list(found)
    if len(found) <= width:
        return
    *others, least = sorted(found, key=lambda neuron: -len(neuron.members))
    for i, neuron in enumerate(others):
        for sign in (1, -1):
            if neuron.agreement(least, sign) >= 0:
                yield from groupings([*others[:i], neuron.joined(least, sign), *others[i + 1 :]], width)


def _add(found: list[SeenNeuron], new: SeenNeuron, enough: int) -> None:
    """Put a bend where the same row was seen in the same region, or to the end."""
    for i, neuron in enumerate(found):
        for sign in (1, -1):
            if neuron.agreement(new, sign) >= enough:
                found[i] = neuron.joined(new, sign)
                return
    found.append(new)


def _best_pair(found: Sequence[SeenNeuron], enough: int) -> tuple[SeenNeuron, SeenNeuron, int] | None:
    best = max(_agreements(found), key=lambda entry: entry[0], default=None)
    return None if best is None or best[0] < enough else best[1]


def _agreements(found: Sequence[SeenNeuron]) -> Iterator[tuple[int, tuple[SeenNeuron, SeenNeuron, int]]]:
    for one, two in itertools.combinations(found, 2):
        for sign in (1, -1):
            yield one.agreement(two, sign), (one, two, sign)
