"""Inverse stability: Definition 1.1, and the radius of Proposition 1.2.

R is (s, alpha) inverse stable on Omega if for all Gamma in Omega and g in R(Omega) there is a Phi in Omega
with R(Phi) = g and ||Phi - Gamma||_inf <= s |g - R(Gamma)|^alpha. Then a local minimum of radius r in the
parameters is a local minimum of radius (r / s)^(1 / alpha) among the realizations: a g that near has a Phi
within r.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import brief, rational
from exactrelu.shallow.radicals import square_root
from exactrelu.stability.norms import Real, as_rational


@dataclass(frozen=True)
class InverseStability:
    """The pair (s, 1/2) of Definition 1.1; s > 0 is given by its square, so that 2 sqrt(2) is exact.

    Raises
    ------
    ArgumentError
        If the square is not positive.

    Examples
    --------
    >>> THEOREM_3_3.realization_radius(2), SHARP.realization_radius(2)
    (Fraction(1, 4), Fraction(1, 2))
    >>> SHARP.constant
    <RadicalSum 2 sqrt(2)>
    """

    constant_squared: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "constant_squared", rational(self.constant_squared))
        if self.constant_squared <= 0:
            raise ArgumentError(f"s^2: expected a positive number, got {brief(self.constant_squared)}")

    @property
    def constant(self) -> Real:
        """s, a rational where it is one."""
        return as_rational(square_root(self.constant_squared))

    def allows(self, distance: Real, delta: Fraction) -> bool:
        """Return whether distance <= s delta^(1/2), for distance, delta >= 0, decided by squares."""
        return bool(distance * distance <= self.constant_squared * delta)

    def realization_radius(self, radius: Any) -> Fraction:
        """Return (r / s)^2, the radius among realizations for a radius r > 0 among parameters.

        Notes
        -----
        Berner, Elbraechter & Grohs, our reconstruction of Proposition 1.2 with alpha = 1/2; with the
        constants of Theorem 3.3 it is the radius r^2 / 16 of Corollary 1.4, and with the sharp one r^2 / 8.
        """
        exact = rational(radius)
        if exact <= 0:
            raise ArgumentError(f"radius: expected a positive number, got {brief(exact)}")
        return exact * exact / self.constant_squared


THEOREM_3_3 = InverseStability(Fraction(16))
"""(4, 1/2), the constant of Theorem 3.3."""

SHARP = InverseStability(Fraction(8))
"""(2 sqrt(2), 1/2): it suffices too, and no smaller constant does for d >= 2 and four neurons or more."""


def realization_radius(radius: Any, constant: Any, exponent: Any) -> Real:
    """Return (r / s)^(1 / alpha), the radius of Proposition 1.2, exactly.

    Parameters
    ----------
    radius, constant
        Rationals r, s > 0.
    exponent
        A rational alpha > 0. Its numerator must divide 4: then the result is a fourth root at most.

    Raises
    ------
    ArgumentError
        If a number is not positive, or alpha has another numerator.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Proposition 1.2.

    Examples
    --------
    >>> realization_radius(3, 4, "1/2"), realization_radius(1, 2, "2/1")
    (Fraction(9, 16), <RadicalSum 1/2 sqrt(2)>)
    """
    r, s, alpha = (rational(value) for value in (radius, constant, exponent))
    for name, value in (("radius", r), ("constant", s), ("exponent", alpha)):
        if value <= 0:
            raise ArgumentError(f"{name}: expected a positive number, got {brief(value)}")
    if 4 % alpha.numerator:
        raise ArgumentError(f"exponent: expected a numerator that divides 4, got {brief(alpha)}")
    from exactrelu.shallow.radicals import radical

    power = (r / s) ** (alpha.denominator * 4 // alpha.numerator)
    return as_rational(radical(power))
