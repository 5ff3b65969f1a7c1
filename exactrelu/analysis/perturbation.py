"""How far networks of one shape with nearly equal numbers are apart at most, at every point at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network


@dataclass(frozen=True)
class LinearGrowth:
    """The function constant + slope r of r = max |x_j|, with rationals >= 0."""

    constant: Fraction
    slope: Fraction

    def __add__(self, other: LinearGrowth) -> LinearGrowth:
        return LinearGrowth(self.constant + other.constant, self.slope + other.slope)

    def times(self, factor: Fraction) -> LinearGrowth:
        """Return the function times a rational >= 0."""
        return LinearGrowth(factor * self.constant, factor * self.slope)


def difference_bound(one: Network, two: Network) -> LinearGrowth:
    """Return a bound of max_i |one(x)_i - two(x)_i| for all x in R^n.

    Layer by layer, in the maximum norm: if |z| <= s and |z' - z| <= d, then |W' z' + b' - W z - b| <=
    |W'| d + |W' - W| s + |b' - b|; the units of ``two`` multiply a difference by their largest slope at most,
    and units whose slopes differ by t are t |y| apart.

    Parameters
    ----------
    one, two
        Networks of the same widths.

    Raises
    ------
    NetworkError
        If the widths differ.

    Examples
    --------
    >>> one = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> two = Network.from_rationals([([[1], [-1]], None), ([[1, "3/4"]], ["1/8"])])
    >>> difference_bound(one, two)
    LinearGrowth(constant=Fraction(1, 8), slope=Fraction(1, 4))
    """
    if one.widths != two.widths:
        raise NetworkError(f"widths: expected {one.widths} for both networks, got {two.widths}")
    size, gap = LinearGrowth(Fraction(0), Fraction(1)), LinearGrowth(Fraction(0), Fraction(0))
    for k, (layer, other) in enumerate(zip(one.layers, two.layers, strict=True)):
        moved = other + layer.scaled(Fraction(-1))
        gap = gap.times(_norm(other)) + size.times(_norm(moved)) + _constant(moved)
        size = size.times(_norm(layer)) + _constant(layer)
        if k + 1 < one.depth:
            before, after = one.activations[k], two.activations[k]
            pairs = zip(before.slopes, after.slopes, strict=True)
            turned = max(
                abs(s - t) for pair, other_pair in pairs for s, t in zip(pair, other_pair, strict=True)
            )
            gap = gap.times(after.steepness) + size.times(turned)
            size = size.times(before.steepness)
    return gap


def _norm(layer: AffineMap) -> Fraction:
    """Return the largest sum of |entries| of a row of the linear part."""
    return max(sum(map(abs, row[:-1]), Fraction(0)) for row in layer.rows)


def _constant(layer: AffineMap) -> LinearGrowth:
    return LinearGrowth(max(abs(row[-1]) for row in layer.rows), Fraction(0))
