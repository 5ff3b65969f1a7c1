"""Where pairs of lines meet, exactly: cross products, most of them in machine integers.

Rows whose sizes have a product below 2^61 have a cross product whose entries, and the products that they
are differences of, are below 2^62. Which of z and -z is meant, a functional p says that is positive there:
with both rounded, p.z has five roundings on the way of each term, so it is off by less than 6u sum |p_j z_j|,
and a value beyond 8u times the computed sum decides. All else is computed in Python's integers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.crossing_edges import Index
from exactrelu.enumeration.generator_engine.plane_chart import Vector, cross, dot

_U = 2.0**-53
_LONGEST = 1 << 62  # entries of other rows are not looked at
_LARGEST = 2.0**61  # of a product of sizes, whose computing rounds by less than a factor of 2


def meeting_points(
    rows: Sequence[Vector], pairs: tuple[Index, Index], positive: Sequence[Vector], which: Index
) -> list[Vector]:
    """Return the primitive vectors, one for each pair of rows, that are orthogonal to both.

    Each is on the side where its functional, ``which`` of ``positive``, is positive; it is not zero there.
    """
    table = np.array([row if max(map(abs, row)) < _LONGEST else (0, 0, 0) for row in rows], dtype=np.int64)
    one, two = pairs
    found, fits = _crossed(table[one], table[two])
    known = fits & _turned(found, positive, which)
    points: list[Vector] = [(x, y, t) for x, y, t in found.tolist()]
    for i in np.flatnonzero(~known).tolist():
        z = cross(rows[one[i]], rows[two[i]])
        points[i] = z if dot(positive[which[i]], z) > 0 else (-z[0], -z[1], -z[2])
    return points


def _crossed(one: Index, two: Index) -> tuple[Index, npt.NDArray[np.bool_]]:
    """Return primitive cross products, and which of them are right."""
    fits = np.abs(one.astype(np.float64)).max(axis=1) * np.abs(two.astype(np.float64)).max(axis=1) < _LARGEST
    one, two = np.where(fits[:, None], one, 0), np.where(fits[:, None], two, 0)
    (a, b, c), (d, e, f) = one.T, two.T
    found = np.stack([b * f - c * e, c * d - a * f, a * e - b * d], axis=1)
    found //= np.maximum(np.gcd.reduce(found, axis=1), 1)[:, None]
    return found, fits


def _turned(points: Index, positive: Sequence[Vector], which: Index) -> npt.NDArray[np.bool_]:
    """Turn points to where their functionals are positive; return for which this is proved."""
    try:
        functionals = np.array(positive, dtype=np.float64)
    except OverflowError:
        return np.zeros(len(points), dtype=np.bool_)
    with np.errstate(all="ignore"):  # what is not finite decides nothing
        terms = points * functionals[which]
        values = terms.sum(axis=1)
        sure = np.abs(values) > 8 * _U * np.abs(terms).sum(axis=1)
    points[values < 0] *= -1
    return np.asarray(sure)
