"""Algebraic numbers against sympy: Sturm counts, factors, minimal polynomials; ties, and near ties."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
from sympy.abc import t

from exactrelu.errors import NumberSyntaxError
from exactrelu.numbers.algebraic import AlgebraicNumber, polynomial_text


def poly(coefficients) -> sympy.Poly:
    return sympy.Poly(list(reversed(coefficients)), t)


def roots_between(coefficients, low: Fraction | None, high: Fraction | None) -> int:
    """Return the number of distinct real roots in the closed interval, by sympy's Sturm sequences."""
    ends = [None if end is None else sympy.Rational(end.numerator, end.denominator) for end in (low, high)]
    return poly(coefficients).count_roots(*ends)


def is_largest_root(number: AlgebraicNumber, coefficients) -> bool:
    """Whether sympy agrees: an irreducible factor, one root of it in the interval, no root of all above."""
    low, high = number.interval
    own = poly(number.polynomial)
    factor = own.is_irreducible and sympy.rem(poly(coefficients), own, domain="QQ").is_zero
    normal = number.polynomial[-1] > 0 and sympy.gcd(list(number.polynomial)) == 1
    isolated = roots_between(number.polynomial, low, high) == 1
    above = roots_between(coefficients, high, None) - roots_between(coefficients, high, high)
    if not (factor and normal and isolated and above == 0):
        return False
    fine_low, fine_high = number.enclosure(200)  # other factors may have roots in the first interval
    return roots_between(coefficients, fine_low, None) == 1 and low <= fine_low <= fine_high <= high


def drawn_polynomials(count: int) -> list[list[int]]:
    rng = random.Random(1)  # noqa: S311
    drawn = []
    while len(drawn) < count:
        size = rng.choice([3, 20, 10**12])
        one, two = ([rng.randint(-size, size) for _ in range(rng.randint(2, 4))] for _ in range(2))
        product = (poly(one) * poly(two)).all_coeffs()[::-1]
        if len(product) > 1 and roots_between(product, None, None):
            drawn.append([int(c) for c in product])
    return drawn


def test_largest_roots_agree_with_sympy():
    for coefficients in drawn_polynomials(60):
        assert is_largest_root(AlgebraicNumber.largest_root(coefficients), coefficients), coefficients


def test_the_agreement_refuses_wrong_roots_and_polynomials():
    coefficients = [2, 0, -3, 0, 1]  # (t^2 - 1)(t^2 - 2)
    assert is_largest_root(AlgebraicNumber.largest_root(coefficients), coefficients)
    for wrong in (
        AlgebraicNumber((-2, 0, 1), 0),
        AlgebraicNumber((-3, 0, 1), 1),
        AlgebraicNumber((-1, 1), 0),
        AlgebraicNumber((-4, 0, 2), 1),
        AlgebraicNumber((2, 0, -3, 0, 1), 3),
    ):
        assert not is_largest_root(wrong, coefficients)


@pytest.mark.parametrize("size", [10, 10**6, 10**40])
def test_roots_that_lie_close_together_are_isolated(size):
    mignotte = [-2, 4 * size, -2 * size**2, 0, 0, 1]  # t^5 - 2 (size t - 1)^2
    roots = [AlgebraicNumber(tuple(mignotte), i) for i in range(roots_between(mignotte, None, None))]
    assert roots == sorted(roots)
    assert len(set(roots)) == 3
    for root in roots:
        assert roots_between(mignotte, *root.interval) == 1


def test_numbers_that_differ_by_very_little_are_ordered():
    two, tiny = AlgebraicNumber.from_rational(2), Fraction(1, 10**300)
    root, above = two.sqrt(), AlgebraicNumber.from_rational(2 + tiny).sqrt()
    assert root < above
    assert root != above
    assert not above <= root
    low, high = root.enclosure(1000)
    assert low < root < high
    assert high - low == Fraction(1, 2**1000)


def test_equal_numbers_made_in_different_ways_are_equal_and_hash_alike():
    two, three, six = (AlgebraicNumber.from_rational(n).sqrt() for n in (2, 3, 6))
    golden = AlgebraicNumber.largest_root([-1, -1, 1])
    for one, other in (
        (two * three, six),
        (two**4, AlgebraicNumber.from_rational(4)),
        (golden**2, AlgebraicNumber.largest_root([1, -3, 1])),
        ((golden**2).sqrt(), golden),
        (golden * golden.inverse(), AlgebraicNumber.from_rational(1)),
        (two * Fraction(3, 2), AlgebraicNumber.from_rational(Fraction(9, 2)).sqrt()),
        (two * -1, AlgebraicNumber((-2, 0, 1), 0)),
        (abs(two * -1), two),
    ):
        assert one == other
        assert hash(one) == hash(other)
        assert not one < other
        assert one <= other
    assert two**2 == 2
    assert hash(two**2) == hash(2)
    assert two * three != six * Fraction(10**50 + 1, 10**50)


def test_arithmetic_agrees_with_the_minimal_polynomials_of_sympy():
    cubic = AlgebraicNumber.largest_root([1, -3, 0, 1])
    by_sympy = sympy.Poly(t**3 - 3 * t + 1).nroots(n=60)[-1]
    for number, value in (
        (cubic**3, by_sympy**3),
        (cubic * AlgebraicNumber.from_rational(2).sqrt(), by_sympy * sympy.sqrt(2)),
        (cubic.sqrt(), sympy.sqrt(by_sympy)),
        (cubic.inverse(), 1 / by_sympy),
        (cubic * Fraction(-5, 7), by_sympy * sympy.Rational(-5, 7)),
    ):
        low, high = number.enclosure(120)
        assert sympy.Rational(str(low)) < value < sympy.Rational(str(high))
        assert poly(number.polynomial).is_irreducible
    expected = sympy.minimal_polynomial(sympy.sqrt(2) * sympy.sqrt(1 + sympy.sqrt(5)), t)
    product = AlgebraicNumber.from_rational(2).sqrt() * AlgebraicNumber.largest_root([-4, 0, -2, 0, 1])
    assert poly(product.polynomial) == sympy.Poly(expected, t)


def test_decimals_are_rounded_and_rationals_print_exactly():
    root = AlgebraicNumber.from_rational(2).sqrt()
    assert root.decimal(30) == "1.414213562373095048801688724210"
    assert (root * -1).decimal(3) == "-1.414"
    assert (root * Fraction(1, 10**30)).decimal(4) == "1.4142e-30"
    assert AlgebraicNumber.from_rational("5/2").decimal(0) == "3"
    assert [AlgebraicNumber.from_rational(v).decimal(2) for v in (0, "-1/3", 12)] == [
        "0.00",
        "-0.33",
        "12.00",
    ]
    assert str(AlgebraicNumber.from_rational("-6/4")) == "-3/2"
    assert str(root) == "the root of t^2 - 2 in [1, 2]"
    assert polynomial_text((0, 0)) == "0"


def test_what_is_no_real_number_is_refused():
    for bad in ([1, 0, 1], [5], [], [0]):
        with pytest.raises(NumberSyntaxError, match="real root"):
            AlgebraicNumber.largest_root(bad)
    with pytest.raises(NumberSyntaxError, match="not negative"):
        AlgebraicNumber.from_rational(-1).sqrt()
    with pytest.raises(ZeroDivisionError):
        AlgebraicNumber.from_rational(0).inverse()
    with pytest.raises(TypeError):
        AlgebraicNumber.from_rational(0.5)
    with pytest.raises(TypeError):
        assert AlgebraicNumber.from_rational(1) < 1.0


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(10**25 - 1, 3, "1.000e+25"), (Fraction(-1, 1000), 2, "0.00"), (Fraction(-1, 100), 2, "-0.01")],
)
def test_decimals_carry_into_the_exponent_and_a_rounded_zero_has_no_sign(value, digits, text):
    assert AlgebraicNumber.from_rational(Fraction(value)).decimal(digits) == text


def by_sympy(number: AlgebraicNumber) -> sympy.Expr:
    """The same number in sympy, by its polynomial and the index of its root."""
    return sympy.rootof(poly(number.polynomial), number.index)


SUMMANDS = [
    AlgebraicNumber.from_rational("3/7"),
    AlgebraicNumber.from_rational(2).sqrt(),
    -AlgebraicNumber.from_rational(2).sqrt(),
    AlgebraicNumber.largest_root([1, -3, 0, 1]),
    AlgebraicNumber((1, -3, 0, 1), 0),
    AlgebraicNumber.from_rational("5/4").sqrt() * -1,
]


@pytest.mark.parametrize("one", SUMMANDS)
@pytest.mark.parametrize("two", SUMMANDS)
def test_sums_and_differences_agree_with_sympy(one, two):
    for number, value in (
        (one + two, by_sympy(one) + by_sympy(two)),
        (one - two, by_sympy(one) - by_sympy(two)),
    ):
        low, high = number.enclosure(150)
        exact = sympy.N(value, 80)
        assert sympy.Rational(str(low)) - sympy.Rational(1, 10**60) <= exact
        assert exact <= sympy.Rational(str(high)) + sympy.Rational(1, 10**60)
        assert poly(number.polynomial).is_irreducible
        assert number.polynomial[-1] > 0
        assert number.index < roots_between(number.polynomial, None, None)


def test_the_laws_of_a_field_hold_among_algebraic_numbers():
    for a in SUMMANDS:
        assert a - a == 0
        assert a + 0 == a == +a
        assert -1 * -a == a
        assert a / a == 1
        assert 1 / a == a.inverse()
        assert a - Fraction(1, 3) == -(Fraction(1, 3) - a)
        for b in SUMMANDS[:4]:
            assert a + b == b + a
            assert (a + b) - b == a
            assert a * (b + 1) == a * b + a
            assert a / b * b == a
    root = AlgebraicNumber.from_rational(2).sqrt()
    with pytest.raises(ZeroDivisionError):
        _ = root / 0
    for operation in ("__add__", "__sub__", "__rsub__", "__mul__", "__truediv__", "__rtruediv__"):
        assert getattr(root, operation)(0.5) is NotImplemented
        assert getattr(root, operation)("1/2") is NotImplemented


def test_equal_numbers_that_were_made_by_sums_hash_alike():
    two, three = (AlgebraicNumber.from_rational(n).sqrt() for n in (2, 3))
    square = (two + three) ** 2
    assert square == 5 + 2 * AlgebraicNumber.from_rational(6).sqrt()
    assert hash(square) == hash(AlgebraicNumber.from_rational(6).sqrt() * 2 + 5)
    assert hash(two + three - two - three) == hash(0)
    assert {two + Fraction(1, 2) - two: "half"}[Fraction(1, 2)] == "half"


def test_numbers_are_ordered_among_rationals_numpy_integers_and_infinities():
    import math

    import numpy as np

    root = AlgebraicNumber.from_rational(2).sqrt()
    assert np.int64(1) < root < np.int64(2)
    assert root + np.int64(1) > 2
    assert -math.inf < root < math.inf
    assert not root > math.inf
    assert AlgebraicNumber.from_rational(3) == np.int64(3)
    assert sorted([2, root, Fraction(7, 5), -root, math.inf]) == [-root, Fraction(7, 5), root, 2, math.inf]
    with pytest.raises(TypeError):
        _ = root < 1.5


@pytest.mark.parametrize("shift", [0, 1, -1, 60, -1080])
@pytest.mark.parametrize("number", SUMMANDS)
def test_floats_are_the_nearest_ones(number, shift):
    from math import inf, nextafter

    scaled = number * Fraction(2) ** shift
    nearest = float(scaled)
    for other in (nextafter(nearest, -inf), nextafter(nearest, inf)):
        assert abs(scaled - Fraction(nearest)) <= abs(scaled - Fraction(other))


def test_a_rational_half_way_between_two_floats_goes_to_the_even_one_as_fractions_do():
    for tie in (1 + Fraction(1, 2**53), 1 + Fraction(3, 2**53), Fraction(1, 2**1075)):
        assert float(AlgebraicNumber.from_rational(tie)) == float(tie)
    with pytest.raises(OverflowError):
        float(AlgebraicNumber.from_rational(2).sqrt() * 10**400)


def test_the_repr_cannot_be_taken_for_an_expression():
    root = AlgebraicNumber.from_rational(2).sqrt()
    assert repr(root) == "<AlgebraicNumber ~1.414213562373, the root of t^2 - 2 in [1, 2]>"
    assert repr(root * root) == "<AlgebraicNumber 2>"
