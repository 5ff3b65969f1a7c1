"""Sums of fourth roots: normal form, equality by algebra, signs, text."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy

from exactrelu.errors import InexactNumberError, NumberSyntaxError
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.shallow.radicals import (
    RadicalSum,
    radical,
    rational_fourth_root,
    rational_square_root,
    square_root,
)

HUGE, TINY = Fraction(2) ** 300, Fraction(2) ** -300


def drawn(seed, terms=3):
    rng = random.Random(repr(("radicals", seed)))  # noqa: S311 - test cases are no secrets
    pairs = [
        (Fraction(rng.randint(-4, 4), rng.randint(1, 3)), Fraction(rng.randint(1, 12), rng.randint(1, 9)))
        for _ in range(rng.randint(0, terms))
    ]
    return pairs, sum((radical(r, q) for q, r in pairs), radical(0))


def symbolic(pairs):
    terms = [
        sympy.Rational(q.numerator, q.denominator) * sympy.root(sympy.Rational(r.numerator, r.denominator), 4)
        for q, r in pairs
    ]
    return sympy.Add(*terms)


@pytest.mark.parametrize("seed", range(60))
def test_sums_products_and_signs_agree_with_sympy(seed):
    (one, a), (two, b) = drawn(seed), drawn(seed + 1000)
    for number, expression in (
        (a, symbolic(one)),
        (a + b, symbolic(one) + symbolic(two)),
        (a - b, symbolic(one) - symbolic(two)),
        (a * b, sympy.expand(symbolic(one) * symbolic(two))),
    ):
        assert number.sign() == sympy.sign(
            sympy.simplify(expression) if number.sign() == 0 else expression.evalf(60)
        )
        low, high = number.enclosure(300)
        assert low - Fraction(1, 10**40) <= Fraction(str(expression.evalf(60))) <= high + Fraction(1, 10**40)


def test_equal_radicals_have_one_form_and_one_hash():
    assert radical(4) * radical(4) == 2
    assert radical(64) == 2 * radical(4) == square_root(8)
    assert radical(Fraction(1, 4)) == Fraction(1, 2) * square_root(2)
    assert (radical(4) + radical(9)) - radical(9) == square_root(2)
    assert len({radical(64), radical(4) * 2, square_root(8)}) == 1
    assert len({radical(16), Fraction(2), 2}) == 1
    assert radical(4) + radical(64) - 3 * square_root(2) == 0
    assert (square_root(2) + square_root(3)) * (square_root(3) - square_root(2)) == 1


def test_numbers_that_almost_agree_differ():
    root = square_root(2)
    near = Fraction(AlgebraicNumber.from_rational(2).sqrt().enclosure(700)[0])
    assert root != near
    assert root > near
    assert radical(4 + TINY) > radical(4)
    assert radical(4 + TINY) != radical(4)
    # sqrt(k+1) + sqrt(k-1) - 2 sqrt(k) is about -k^(-3/2) / 4.
    k = HUGE
    assert (square_root(k + 1) + square_root(k - 1) - 2 * square_root(k)).sign() == -1


def test_huge_and_tiny_radicands():
    assert radical(HUGE) == Fraction(2) ** 75
    assert radical(2 * HUGE) * radical(TINY / 2) == 1
    assert radical(3 * TINY) < radical(3 * HUGE)
    assert (radical(3 * HUGE) + radical(3 * TINY)).rational is None


@pytest.mark.parametrize("seed", range(10))
def test_squares_of_sums_agree_with_algebraic_numbers(seed):
    pairs, number = drawn(seed, terms=1)
    expected = AlgebraicNumber.from_rational(0)
    for q, r in pairs:
        expected = AlgebraicNumber.from_rational(r).sqrt().sqrt() * q
    assert number.decimal(30) == expected.decimal(30)


@pytest.mark.parametrize(
    ("number", "text", "decimal"),
    [
        (radical(0), "0", "0.000"),
        (radical(16, -1), "-2", "-2.000"),
        (square_root(12), "2 sqrt(3)", "3.464"),
        (radical(3, Fraction(1, 2)), "1/2 root4(3)", "0.658"),
        (radical(Fraction(1, 3)), "1/3 root4(27)", "0.760"),
        (1 - square_root(2), "-sqrt(2) + 1", "-0.414"),
        (radical(1, Fraction(1, 2000)), "1/2000", "0.001"),
        (radical(1, Fraction(-1, 4000)), "-1/4000", "0.000"),
    ],
)
def test_text_and_decimals(number, text, decimal):
    assert (str(number), number.decimal(3)) == (text, decimal)
    assert sum((radical(n, q) for q, n in number.terms()), radical(0)) == number


def test_what_is_no_radical_is_refused():
    with pytest.raises(NumberSyntaxError, match="not negative, got -1"):
        radical(-1)
    with pytest.raises(NumberSyntaxError, match="not negative, got -4"):
        square_root(-4)
    with pytest.raises(InexactNumberError):
        radical(0.5)
    with pytest.raises(TypeError):
        _ = radical(2) < 0.5
    assert radical(2) != 0.5


def test_order_is_total_on_a_sample():
    numbers = [radical(r, q) + s for r in (2, 4, 3) for q in (-1, 1) for s in (0, 1)]
    ordered = sorted(numbers)
    floats = [sum((float(q) * n**0.25 for q, n in number.terms()), 0.0) for number in ordered]
    assert floats == sorted(floats)
    assert abs(-radical(2)) == radical(2)
    assert isinstance(abs(radical(2)), RadicalSum)


@pytest.mark.parametrize("value", [Fraction(0), Fraction(2, 3), HUGE, TINY, Fraction(5) ** 40 / 7])
def test_rational_roots(value):
    assert rational_square_root(value**2) == value
    assert rational_fourth_root(value**4) == value
    assert rational_square_root(2 * value**2) == (None if value else 0)
    assert rational_fourth_root(4 * value**4) == (None if value else 0)
    assert rational_square_root(-1 - value) is None
