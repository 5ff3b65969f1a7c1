"""Curves in the parameters on which the loss falls although it does not to first order.

In the interior of a cell of parameters the squared loss is a polynomial, of degree at most 2 L on a line. It
is known from its values at 2 L + 1 points of the cell. Where its first coefficient that is not zero (but the
constant one) is negative, the loss falls in every neighbourhood. Doubles propose the line: the eigenvector of
a negative eigenvalue of the second derivative, by differences of exact gradients.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count

from flint import fmpq, fmpq_mat

from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.stationarity import Direction
from exactrelu.losses.training_data import Loss

MOST_PARAMETERS = 300  # of which the second derivative is proposed
_STEP = Fraction(1, 2**20)
_NEGATIVE = -1e-7  # of the largest eigenvalue
_DIGITS = 2**12


def falling_line(through: SamplePass) -> Direction | None:
    """Return a direction along which the squared loss falls at once; None if none was found.

    The parameters must lie in the interior of their cell (no kinks), where the loss has gradient zero.
    """
    if through.kinks or through.parameters > MOST_PARAMETERS:
        return None
    for direction in _proposals(through):
        if falls_along(through, direction):
            return direction
    return None


def falls_along(through: SamplePass, direction: Direction) -> bool:
    """Return whether the first coefficient of the loss on a line, but the constant one, is negative."""
    coefficients = _polynomial(through, direction)
    return next((c < 0 for c in coefficients[1:] if c), False)


def _polynomial(through: SamplePass, direction: Direction) -> list[Fraction]:
    degree = 2 * through.network.depth
    for halvings in count():
        steps = [Fraction(k, degree << halvings) for k in range(degree + 1)]
        moved = [through.moved({j: t * entry for j, entry in direction.items()}) for t in steps]
        if all(one.signs == through.signs and not one.kinks for one in moved):
            break
    powers = [fmpq(t.numerator, t.denominator) ** k for t in steps for k in range(degree + 1)]
    values = [one.loss(Loss.SQUARED) for one in moved]
    right = fmpq_mat(degree + 1, 1, [fmpq(value.numerator, value.denominator) for value in values])
    solved = fmpq_mat(degree + 1, degree + 1, powers).solve(right)
    return [Fraction(int(c.p), int(c.q)) for c in solved.entries()]


def _proposals(through: SamplePass) -> list[Direction]:
    import numpy as np

    rows = []
    for j in range(through.parameters):
        ahead, behind = (through.moved({j: sign * _STEP}) for sign in (1, -1))
        one, two = (side.gradient(side.slopes_of_loss(Loss.SQUARED), {}) for side in (ahead, behind))
        rows.append([float((a - b) / (2 * _STEP)) for a, b in zip(one, two, strict=True)])
    hessian = np.array(rows)
    if not np.isfinite(hessian).all():
        return []
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    found = []
    for value, vector in zip(values, vectors.T, strict=True):
        if value >= _NEGATIVE * max(abs(values)):
            break
        entries = [Fraction(round(entry * _DIGITS), _DIGITS) for entry in vector.tolist()]
        found.append({j: entry for j, entry in enumerate(entries) if entry})
    return found
