"""Linear relaxations of relu on an interval of pre-activations, sound whatever is rounded.

For l <= z <= u with l < 0 < u, and r = relu(z):  s z + t >= r >= a z  for any 0 <= s <= 1, 0 <= a <= 1 and
t >= max(-s l, (1 - s) u, 0): s z + t - r decreases from z = 0 to u and from z = 0 to l changes by s l, so its
least value lies at an end of the interval. So s may be rounded at will, and t is rounded upwards. A unit with
slopes (s-, s+) is s- z + (s+ - s-) relu(z). Source: Singh et al. 2019 (DeepPoly), Zhang et al. 2018 (CROWN).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import Floats

UP = 1 + 2.0**-49  # more than the roundings of two differences and a product
TINY = 1e-300  # more than any sum of underflows that occurs
NO_WIDTH = 1e-200  # pre-activations that vary less are zeros but for what covers underflows


class Relaxation(NamedTuple):
    """For each box and neuron bounds of z, and s, t, a with a z <= relu(z) <= s z + t; exact where stable."""

    lower: Floats
    upper: Floats
    chord: Floats
    shift: Floats
    under: Floats

    @property
    def unstable(self) -> np.ndarray:
        """Where the sign of z is open."""
        return (self.lower < 0) & (self.upper > 0)

    @property
    def gap(self) -> Floats:
        """The height of the triangle over each interval, u (-l) / (u - l); 0 where next to nothing varies."""
        with np.errstate(all="ignore"):
            gap = self.upper * -self.lower / (self.upper - self.lower)
        return np.where(self.unstable & (self.upper - self.lower > NO_WIDTH), gap, 0.0)

    @property
    def relative_gap(self) -> Floats:
        """The gap for each unit of width, times 4: 4 u (-l) / (u - l)^2."""
        width = self.upper - self.lower
        with np.errstate(all="ignore"):
            above = self.upper / width
            return np.where(self.unstable & (width > NO_WIDTH), 4 * above * (1 - above) / width, 0.0)

    def of(self, boxes: np.ndarray) -> Relaxation:
        """Return the relaxation of some of the boxes."""
        return Relaxation(*(part[boxes] for part in self))

    def columns(self, neurons: np.ndarray) -> Relaxation:
        """Return the relaxation of some of the neurons."""
        return Relaxation(*(part[:, neurons] for part in self))


def relax(lower: Floats, upper: Floats) -> Relaxation:
    """Return the relaxation of relu on intervals; where one is not bounded, one that says nothing above."""
    active, unstable = lower >= 0, (lower < 0) & (upper > 0)
    with np.errstate(all="ignore"):
        chord = np.where(unstable, upper / (upper - lower), np.where(active, 1.0, 0.0))
        chord = np.where(np.isfinite(chord), np.clip(chord, 0.0, 1.0), 1.0)
        shift = np.where(unstable, np.maximum(-chord * lower, (1 - chord) * upper) * UP + TINY, 0.0)
    shift = np.where(np.isnan(shift), np.inf, shift)
    under = np.where(unstable, (upper > -lower).astype(np.float64), chord)
    return Relaxation(lower, upper, chord, shift, under)
