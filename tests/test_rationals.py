"""Exact rationals: every accepted type, the grammar at its edges, and both ways of long numbers."""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb, fmpq, fmpz
from gmpy2 import mpq, mpz
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.errors import ExactReluError, InexactNumberError, NumberSyntaxError
from exactrelu.numbers.rationals import (
    MAX_DIGITS,
    MAX_EXPONENT,
    common_denominator,
    format_integer,
    format_rational,
    parse_rational,
    rational,
    rational_from_float,
    rational_vector,
)
from tests.support.drawn_networks import STEADY, rationals

GRAMMAR = re.compile(r"[+-]?[0-9]+(/[0-9]+)?|[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

# types --------------------------------------------------------------------------------------------


class Half(Fraction):
    """A subclass that must come out as a plain fraction."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-7, "-7"),
        (2**20_000, str(fmpz(2) ** 20_000)),
        (Fraction(-6, 4), "-3/2"),
        (Half(1, 2), "1/2"),
        (fmpz(12), "12"),
        (fmpq(-6, 4), "-3/2"),
        (fmpz(10) ** 5_000, "1" + "0" * 5_000),
        (mpz(5), "5"),
        (mpq(3, 9), "1/3"),
        (sympy.Integer(4), "4"),
        (sympy.Rational(-2, 6), "-1/3"),
        (sympy.S.Half, "1/2"),
        (sympy.S.Zero, "0"),
        (sympy.S.NegativeOne, "-1"),
        (np.int8(-128), "-128"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.int64(-(2**63)), "-9223372036854775808"),
        ("-6/4", "-3/2"),
        (np.str_("1.5"), "3/2"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exact_values_of_every_type_become_the_same_fraction(value, expected):
    assert type(rational(value)) is Fraction
    assert type(rational(value).numerator) is int
    assert type(rational(value).denominator) is int
    assert format_rational(rational(value)) == expected


@pytest.mark.parametrize(
    "value", [0.1, 1.0, np.float64(0.5), np.float32(0.5), np.float16(1), Decimal("0.1")], ids=repr
)
def test_a_float_is_refused_with_the_way_to_convert_it(value):
    with pytest.raises(InexactNumberError, match=r"rational_from_float\(") as caught:
        rational(value)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ExactReluError)
    assert type(value).__name__ in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan")], ids=repr)
def test_what_has_no_value_is_refused_without_advice(value):
    with pytest.raises(InexactNumberError, match="expected an exact rational") as caught:
        rational(value)
    assert "rational_from_float" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [True, False, np.True_, None, 1j, b"1", [1], (1, 2), {}, Decimal("0.1"), np.array(1), np.array([1.0]),
     sympy.Float("0.5"), sympy.sqrt(2), sympy.pi, sympy.oo, sympy.nan, sympy.Symbol("x"), arb(1), object],
    ids=repr,
)  # fmt: skip
def test_what_is_no_exact_rational_is_a_type_error(value):
    with pytest.raises(InexactNumberError):
        rational(value)


def test_the_value_of_a_float_is_its_binary_value():
    assert rational_from_float(0.1) == Fraction(3602879701896397, 2**55)
    assert rational_from_float(np.float32(0.1)) == Fraction(13421773, 2**27)
    assert rational_from_float(np.float16(0.1)) == Fraction(819, 2**13)
    assert rational_from_float(5e-324) == Fraction(1, 2**1074)
    assert rational_from_float(-0.0) == 0
    assert type(rational_from_float(np.float32(2)).numerator) is int


@STEADY
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_value_of_a_float_is_what_its_bits_say(value):
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    exponent, mantissa = bits >> 52 & 0x7FF, bits & (2**52 - 1)
    magnitude = (mantissa + (2**52 if exponent else 0)) * Fraction(2) ** (max(exponent, 1) - 1075)
    assert rational_from_float(value) == (-magnitude if bits >> 63 else magnitude)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float16("inf")])
def test_a_float_without_a_value_is_refused(value):
    with pytest.raises(NumberSyntaxError, match="expected a finite number, got"):
        rational_from_float(value)


@pytest.mark.parametrize("value", ["0.1", None, [0.1]])
def test_what_is_no_float_is_a_type_error_and_no_attribute_error(value):
    with pytest.raises(InexactNumberError):
        rational_from_float(value)


# grammar ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1/2", Fraction(1, 2)),
        ("-0", Fraction(0)),
        ("-0/5", Fraction(0)),
        ("0e100000", Fraction(0)),
        ("007/014", Fraction(1, 2)),
        ("6/4", Fraction(3, 2)),
        ("1.50", Fraction(3, 2)),
        ("-0.1", Fraction(-1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("1E+3", Fraction(1000)),
        ("2.5e3", Fraction(2500)),
        ("2.5e-00000000000000000001", Fraction(1, 4)),
        ("1e0", Fraction(1)),
        ("0.0", Fraction(0)),
    ],
)
def test_text_of_the_grammar_means_the_number_that_is_written(text, expected):
    assert parse_rational(text) == rational(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1\n", "\t1", "1_0", "1_000", "\uff11", "\u0661", "\u00b2", "\u2212" + "1", ".5", "5.",
     "+", "-", "+-1", "--1", "1/", "/2", "1/-2", "1/+2", "1//2", "1/2/3", "1.5/2", "1/2.5", "1/2e3", "1e",
     "e5", "1e5.0", "1e1_0", "1,5", "0x10", "0b1", "1j", "nan", "NaN", "inf", "-Infinity", "1f", "1L",
     "1e+-5", "1e 5", "one", "1\x00", "1;", "(1)"],
    ids=ascii,
)  # fmt: skip
def test_any_other_text_is_refused_and_shown(text):
    assert not GRAMMAR.fullmatch(text)
    with pytest.raises(NumberSyntaxError, match="expected a rational such as") as caught:
        rational(text)
    assert isinstance(caught.value, ValueError)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


@STEADY
@given(st.text(alphabet="0123456789+-./eE _\uff11", max_size=8))
def test_what_is_accepted_is_exactly_the_grammar(text):
    try:
        value = parse_rational(text)
    except NumberSyntaxError:
        match = GRAMMAR.fullmatch(text)
        huge = re.fullmatch(r".*[eE][+-]?0*([0-9]+)", text)
        assert not match or re.fullmatch(r".*/0+", text) or int(huge[1]) > MAX_EXPONENT
    else:
        assert GRAMMAR.fullmatch(text)
        if "/" not in text:
            sign, digits, exponent = Decimal(text).as_tuple()
            mantissa = int("".join(map(str, digits)))
            assert value == (-1) ** sign * mantissa * Fraction(10) ** exponent


@pytest.mark.parametrize("text", ["1/0", "0/0", "-3/000"])
def test_a_zero_denominator_is_refused(text):
    with pytest.raises(NumberSyntaxError, match="non-zero denominator"):
        rational(text)


def test_exponents_reach_one_hundred_thousand_and_no_further():
    assert MAX_EXPONENT == 10**5
    assert rational("1e100000") == Fraction(fmpz_int(10, 100_000))
    assert 1 / rational("1e-100000") == Fraction(fmpz_int(10, 100_000))
    assert rational("1e+000000100000") == rational("1e100000")
    for text in ("1e100001", "1e-100001", "1E+100001", "0e100001", "1e" + "9" * 5_000):
        with pytest.raises(NumberSyntaxError, match="exponent of at most 100000"):
            rational(text)


def fmpz_int(base, exponent):
    return int(fmpz(base) ** exponent)


def test_numbers_beyond_pythons_digit_limit_read_and_print():
    for digits in (3_999, 4_000, 4_001, 4_300, 4_301, 100_000):
        text = "7" * digits
        assert rational(text) == 7 * (fmpz_int(10, digits) - 1) // 9
        assert format_rational(rational(text)) == text
        assert format_rational(rational("-" + text)) == "-" + text
    text = "7" * 99_999 + "/" + "1" + "0" * 99_999
    assert format_rational(rational(text)) == text
    assert format_rational(rational("0." + "7" * 50_000)) == "7" * 50_000 + "/1" + "0" * 50_000
    assert format_integer(-(fmpz_int(10, 100_000))) == "-1" + "0" * 100_000


@pytest.mark.parametrize("bits", [11_999, 12_000, 12_001, 12_002, 14_284, 14_285])
def test_printing_has_no_gap_at_the_limit(bits):
    for value in (2**bits - 1, 2**bits, -(2**bits)):
        assert format_integer(value) == str(fmpz(value))


def test_text_longer_than_the_bound_is_refused_without_being_shown():
    assert rational("0" * (MAX_DIGITS - 1) + "1") == 1
    with pytest.raises(NumberSyntaxError, match=f"at most {MAX_DIGITS} characters, got {MAX_DIGITS + 1}"):
        rational("1" * (MAX_DIGITS + 1))
    with pytest.raises(NumberSyntaxError) as caught:
        rational("x" * 1_000)
    assert len(str(caught.value)) < 200


@STEADY
@given(rationals())
def test_text_round_trips_in_lowest_terms(value):
    text = format_rational(value)
    assert rational(text) == value
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(/([2-9]|[1-9][0-9]+))?", text)
    assert text == str(sympy.Rational(value.numerator, value.denominator))


# vectors ------------------------------------------------------------------------------------------


def test_vectors_and_common_denominators():
    assert rational_vector(["1/2", 3, fmpq(1, 3)]) == (Fraction(1, 2), Fraction(3), Fraction(1, 3))
    assert common_denominator(rational_vector(["1/4", "5/6", 2])) == 12
    assert common_denominator([]) == 1
    with pytest.raises(InexactNumberError):
        rational_vector([1, 0.5])
