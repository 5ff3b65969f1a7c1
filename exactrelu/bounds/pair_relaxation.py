"""Linear bounds of relu(y + d) - relu(y) in d, and where the two units are better relaxed apart.

With l <= y <= u, l' <= y' = y + d <= u', e <= d <= h and r = relu(y') - relu(y): r >= min(0, d),
r >= -max(u, 0) and r >= d + min(l, 0). So for any 0 <= s <= 1

    r >= s d - t  with t >= max((1 - s) p, s q),   p = max(0, min(-e, u)),  q = max(0, min(h, -l)),

and by exchanging the units r <= s d + t with p = max(0, min(h, u')), q = max(0, min(-e, -l')). Where both
signs are known and equal, p or q vanishes and r is d or 0. docs/linear-bounds.md has the proof. s may be
rounded at will, t is rounded upwards.
Sources: Paulsen, Wang & Wang 2020 (ReluDiff), Paulsen et al. 2020 (NeuroDiff), which use e, h alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.relaxation import TINY, UP, Relaxation


class Span(NamedTuple):
    """Bounds of one quantity, for boxes and pairs."""

    lower: Floats
    upper: Floats


class PairRelaxation(NamedTuple):
    """For each box and pair ``low_slope`` d - ``low_shift`` <= r <= ``high_slope`` d + ``high_shift``.

    ``together`` says where these are used; else the two units are relaxed on their own.
    """

    low_slope: Floats
    low_shift: Floats
    high_slope: Floats
    high_shift: Floats
    together: np.ndarray
    size: Floats
    """A bound of |r|."""

    def of(self, boxes: np.ndarray) -> PairRelaxation:
        """Return the relaxation of some of the boxes."""
        return PairRelaxation(*(part[boxes] for part in self))

    def columns(self, pairs: np.ndarray) -> PairRelaxation:
        """Return the relaxation of some of the pairs."""
        return PairRelaxation(*(part[:, pairs] for part in self))


def relax_pairs(first: Span, second: Span, difference: Span) -> PairRelaxation:
    """Return the relaxation of pairs, given bounds of y, y' and d; an end may be infinite."""
    low = _line(
        np.minimum(-difference.lower, first.upper),
        np.minimum(difference.upper, -first.lower),
        first.lower >= 0,
    )
    high = _line(
        np.minimum(difference.upper, second.upper),
        np.minimum(-difference.lower, -second.lower),
        second.lower >= 0,
    )
    with np.errstate(all="ignore"):
        apart = sum(Relaxation(*span, *span, span.lower).gap for span in (first, second))
        together = ~(low[1] + high[1] > apart)
        below = np.minimum(-difference.lower, first.upper)
        above = np.minimum(difference.upper, second.upper)
        size = np.maximum(np.maximum(below, above), 0.0)
    return PairRelaxation(*low, *high, together, size)


def _line(p: Floats, q: Floats, is_on: np.ndarray) -> tuple[Floats, Floats]:
    """Return a slope s and t >= max((1 - s) p, s q), with the least t where that is bounded."""
    p, q = np.maximum(p, 0.0), np.maximum(q, 0.0)
    with np.errstate(all="ignore"):
        slope = np.where(p + q > 0, p / (p + q), is_on)
        slope = np.where(np.isfinite(slope), np.clip(slope, 0.0, 1.0), 1.0)
        shift = np.maximum(_product(1 - slope, p), _product(slope, q))
        shift = np.where(shift > 0, shift * UP + TINY, 0.0)
    return slope, np.where(np.isnan(shift), np.inf, shift)


def _product(factor: Floats, size: Floats) -> Floats:
    """Return the product, 0 where a factor is 0; one that underflows to 0 counts as the smallest number."""
    product = np.where((factor == 0) | (size == 0), 0.0, factor * size)
    return np.where((product == 0) & (factor > 0) & (size > 0), TINY, product)
