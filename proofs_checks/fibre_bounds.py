"""How far every parametrization of a function g is from a given one: bounds over the whole fibre of g.

Two facts about Phi with R(Phi) = g, both from the kinks of g = sum c_i relu(<a_i, x>):

1. If g has a kink across the hyperplane with normal h, some row of Phi is lambda h with lambda != 0. So
   ||Phi - Gamma||_inf is at least the least distance of a row of Gamma to the line through h.
2. If Theta has as many neurons as Gamma, all c_i != 0 and no two rows parallel, and R(Theta) = g, every Phi
   is a permuted, positively rescaled and perhaps flipped Theta (flips are those of `exactrelu.fibre_of`). So
   row i of Phi lies on the ray of some row of Theta or of a flipped Theta.

The distance of a row to a line or ray is the minimum of a convex piecewise linear function of one variable,
lambda -> max_j |a_j - lambda h_j|. It is attained where two of the pieces +-(a_j - lambda h_j) meet, or, on a
ray, at 0: finitely many candidates, each evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu import Parametrization, canonical_form, fibre_of

Vector = Sequence[Fraction]


def distance_to_line(a: Vector, h: Vector) -> Fraction:
    """Return min over real lambda of ||a - lambda h||_inf."""
    return min(_distance(a, h, factor) for factor in _candidates(a, h))


def distance_to_ray(a: Vector, h: Vector) -> Fraction:
    """Return min over lambda >= 0 of ||a - lambda h||_inf."""
    return min(_distance(a, h, factor) for factor in _candidates(a, h) if factor >= 0)


def line_bound(gamma: Parametrization, g: Parametrization) -> Fraction:
    """Return the lower bound of fact 1, the best one over the hyperplanes of g; 0 if it has none."""
    normals = [kink.functional[:-1] for kink in canonical_form(g).kinks]
    rows = [neuron.weight for neuron in gamma.neurons]
    return max(
        (min(distance_to_line(row, list(map(Fraction, h))) for row in rows) for h in normals),
        default=Fraction(0),
    )


def ray_bound(gamma: Parametrization, theta: Parametrization) -> Fraction:
    """Return the lower bound of fact 2: over all flips, permutations and rescalings of Theta.

    Rows of Gamma with a radical give no bound here, the others do.
    """
    rows = [neuron.weight for neuron in gamma.neurons if neuron.scale == 1]
    return min(
        max(min(distance_to_ray(row, n.weight) for n in member.neurons) for row in rows)
        for member in fibre_of(theta).members()
    )


def _distance(a: Vector, h: Vector, factor: Fraction) -> Fraction:
    return max(abs(p - factor * q) for p, q in zip(a, h, strict=True))


def _candidates(a: Vector, h: Vector) -> Iterator[Fraction]:
    """Yield 0 and every lambda at which two of the pieces +-(a_j - lambda h_j) meet."""
    yield Fraction(0)
    pairs = list(zip(a, h, strict=True))
    for p, q in pairs:
        for r, s in pairs:
            for sign in (1, -1):
                if q != sign * s:
                    yield Fraction(p - sign * r) / (q - sign * s)
        if q:
            yield Fraction(p) / q
