"""Inner points of many cells by doubles: the centre, rounded as `CanonicalPolyhedron.point` rounds it.

That point is the first of the roundings of the centre c, the mean of the vertices plus the short rays, to
0, 2, 4, ... bits after the point that is positive on all facets. Doubles tell which it is where they are sure
of each step; elsewhere they give up.

Bounds, u = 2^-53. (1) The centre: each vertex coordinate is the nearest double, off by at most u M, with M
the largest |coordinate| of the cell; the mean of m of them, added in any order, is off by less than
(m + 1) u M more, to first order. A short ray is one of nearest doubles, below 2 in size; the sum of r of them
is off by less than 2 r (r + 1) u. The canonical centre itself is below the true one by less than
(r + 2) 2^-160. So twice (m + r + 4) u (M + R) + (m + r) 2^-150 covers all, with R = 2 r. Where c 2^b + 1/2 is
not nearer than that, times 2^b, to an integer, the rounding is the same. (2) A rounded x is a double if
|x| 2^b < 2^52. A row divided by its largest entry has entries off by u times themselves, and a . x + c in
n + 1 products and n sums is off by less than (n + 3) u S, S the sum of all |a_j x_j| and |c|; S itself,
computed, is too small by less than half. So 4 (n + 4) u S covers it, and 1e-290 (1 + S) what underflows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exactrelu.numbers.linear_algebra import IntegerRow

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

LEVELS = (0, 2, 4, 8, 16)
_U = 2.0**-53
_LARGEST = 2.0**52


class Centres:
    """Approximate barycentres, each with a bound of how far it is off in any coordinate."""

    def __init__(
        self,
        doubles: Floats,
        rays: Floats,
        is_ray: npt.NDArray[np.bool_],
        members: tuple[Index, Index],
        cells: int,
    ) -> None:
        """Take in vertices and short rays by number, zero where the other is, and (cell, number) pairs."""
        cell, number = members
        order = np.argsort(cell, kind="stable")
        number = number[order]
        start = np.searchsorted(cell[order], np.arange(cells))
        far = is_ray[number]
        vertices = np.add.reduceat(~far, start, dtype=np.int64)
        self.centre: Floats = np.add.reduceat(doubles[number], start, axis=0) / vertices[:, None]
        size = np.maximum.reduceat(np.abs(doubles[number]).max(axis=1, initial=0), start)
        if far.any():
            self.centre += np.add.reduceat(rays[number], start, axis=0)
            size = size + np.add.reduceat(2.0 * far, start)
        count = np.diff(np.append(start, len(cell)))
        self.error: Floats = 2 * (count + 4) * _U * size + count * 2.0**-150


def rounded_centres(
    centres: Centres, cells: Index, facets: tuple[Index, Index], rows: Sequence[IntegerRow]
) -> dict[int, tuple[list[int], int]]:
    """Return (numerators, bits) of the inner point of each of the cells for which doubles are sure.

    ``facets`` are pairs (cell, row), ``rows`` the rows by number; a row is positive inside.
    """
    found: dict[int, tuple[list[int], int]] = {}
    scaled = _scaled(rows, centres.centre.shape[1] + 1)
    open_ = np.zeros(len(centres.centre), dtype=bool)
    open_[cells] = True
    owner, row = facets
    for bits in LEVELS:
        if not open_.any():
            break
        with np.errstate(all="ignore"):
            exact = centres.centre * 2.0**bits + 0.5
            numerators = np.floor(exact)
            room = np.minimum(exact - numerators, numerators + 1 - exact)
            sure = (room > centres.error[:, None] * 2.0**bits + 4 * _U * np.abs(exact)).all(axis=1)
            sure &= (np.abs(numerators) < _LARGEST).all(axis=1)
        open_ &= sure
        kept = open_[owner]
        owner, row = owner[kept], row[kept]
        positive, negative = _signs(scaled[row], (numerators * 2.0**-bits)[owner])
        fails, unknown = np.zeros(len(open_), dtype=bool), np.zeros(len(open_), dtype=bool)
        fails[owner[negative]] = True
        unknown[owner[~positive & ~negative]] = True
        inside = np.flatnonzero(open_ & ~fails & ~unknown)
        values = numerators[inside].astype(np.int64).tolist()
        found.update((cell, (point, bits)) for cell, point in zip(inside.tolist(), values, strict=True))
        open_ &= fails  # one facet that surely refuses is enough
    return found


def _signs(rows: Floats, x: Floats) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where a . x + c is surely positive, and where surely negative or zero for a row that is none."""
    with np.errstate(all="ignore"):
        products = rows[:, :-1] * x
        value = products.sum(axis=1) + rows[:, -1]
        size = np.abs(products).sum(axis=1) + np.abs(rows[:, -1])
        bound = 4 * (rows.shape[1] + 3) * _U * size + 1e-290 * (1 + size)
        return value > bound, value < -bound


def _scaled(rows: Sequence[IntegerRow], columns: int) -> Floats:
    """Return rows divided by their largest entry in size."""
    found = []
    for row in rows:
        top = max(map(abs, row)) or 1
        found.append([entry / top for entry in row])
    return np.array(found, dtype=np.float64).reshape(len(rows), columns)


def dyadic_text(x: int, bits: int) -> str:
    """Return x / 2^bits as text, in lowest terms.

    Examples
    --------
    >>> dyadic_text(3, 2), dyadic_text(-4, 2), dyadic_text(0, 8)
    ('3/4', '-1', '0')
    """
    if not bits or not x:
        return str(x)
    zeros = (x & -x).bit_length() - 1
    return str(x >> bits) if zeros >= bits else f"{x >> zeros}/{1 << (bits - zeros)}"
