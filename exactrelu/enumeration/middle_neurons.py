"""Which neurons cut a polyhedron near its middle: doubles propose, by points that are spread over it.

Nothing is decided here. Whoever takes a proposal decides in rationals that the points lie in the polyhedron
and on two sides of the neuron.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Row

Floats = npt.NDArray[np.float64]

_POINTS, _MOVES = 48, 6
_FURTHEST = 64.0  # times the size of the point inside: no point goes further


def doubles_of(rows: Sequence[IntegerRow], columns: int) -> Floats:
    """Return integer rows as doubles, each divided by its largest entry."""
    scaled = []
    for row in rows:
        top = max(map(abs, row), default=0) or 1
        scaled.append([entry / top for entry in row])
    return np.array(scaled, dtype=np.float64).reshape(len(rows), columns)


def middle_neurons(
    neurons: Sequence[int], rows: Floats, domain: Sequence[Row], inside: Point
) -> Iterator[tuple[int, Point, Point]]:
    """Yield neurons with points on either side, those that part the points most evenly first.

    Parameters
    ----------
    neurons
        Indices of rows.
    rows
        The neurons' pre-activations, of shape (all neurons, n + 1).
    domain
        The polyhedron's rows.
    inside
        A point in its relative interior.
    """
    if not neurons or not inside:
        return
    points = _spread(doubles_of([row.entries for row in domain], len(inside) + 1), inside)
    chosen = np.asarray(neurons)
    with np.errstate(all="ignore"):
        values = rows[chosen, :-1] @ points.T + rows[chosen, -1:]
    above = (values > 0).sum(axis=1)
    fewer = np.minimum(above, len(points) - above)
    for i in np.argsort(-fewer, kind="stable"):
        if not fewer[i]:
            return
        sides = (points[int(np.argmin(values[i]))], points[int(np.argmax(values[i]))])
        below, beyond = (tuple(map(Fraction, side.tolist())) for side in sides)
        yield int(chosen[i]), below, beyond


def _spread(rows: Floats, inside: Point) -> Floats:
    """Return points that have moved at random from the point inside, within the rows but for roundings."""
    generator = np.random.default_rng(0)
    try:
        start = np.array([float(x) for x in inside])
    except OverflowError:
        start = np.zeros(len(inside))
    points = np.tile(start, (_POINTS, 1))
    size = max(1.0, float(np.abs(start).max()))
    for _ in range(_MOVES):
        along = generator.normal(size=points.shape)
        along *= size * 2.0 ** generator.uniform(-3, np.log2(_FURTHEST), size=(_POINTS, 1))
        with np.errstate(all="ignore"):
            room = (points @ rows[:, :-1].T + rows[:, -1]) / -(along @ rows[:, :-1].T)
        forth = np.where(room > 0, room, np.inf).min(axis=1, initial=1.0)
        back = np.where(room < 0, room, -np.inf).max(axis=1, initial=-1.0)
        steps = back + (forth - back) * generator.uniform(0.02, 0.98, size=_POINTS)
        points = points + along * steps[:, None]
    return points
