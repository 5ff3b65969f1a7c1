"""Integer-matrix linear algebra against sympy and plain fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.errors import ExactReluError, InexactNumberError, NetworkError, NumberSyntaxError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.linear_algebra import (
    RationalMatrix,
    divide_exactly,
    echelon,
    integer_rows,
    pivot_column,
    primitive,
    primitive_from_rationals,
    rank,
    reduce_modulo,
)
from exactrelu.numbers.points import point_of
from tests.support import brute_force
from tests.support.drawn_networks import STEADY, rationals


def matrices(rows, columns, entries=None):
    line = st.lists(entries or rationals(12), min_size=columns, max_size=columns)
    return st.lists(line, min_size=rows, max_size=rows)


@st.composite
def integer_matrices(draw):
    columns = draw(st.integers(1, 4))
    entry = st.one_of(st.integers(-3, 3), st.sampled_from([2**90, -(2**90), 6]))
    rows = draw(st.lists(st.tuples(*[entry] * columns), min_size=1, max_size=5))
    if draw(st.booleans()):  # a dependent row
        rows.append(tuple(a - 2 * b for a, b in zip(rows[0], rows[-1], strict=True)))
    return rows, columns


def as_sympy(rows):
    return sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in row] for row in rows])


def as_fractions(matrix):
    return [[Fraction(int(e.p), int(e.q)) for e in matrix.row(i)] for i in range(matrix.rows)]


def matrix(rows):
    return RationalMatrix.from_rows(rows, len(rows[0]))


# rational matrices --------------------------------------------------------------------------------


@STEADY
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_products_sums_and_multiples_equal_sympys(data, n, m, k):
    a, b, c = data.draw(matrices(n, m)), data.draw(matrices(m, k)), data.draw(matrices(n, m))
    factor = data.draw(rationals(12))
    assert list(map(list, (matrix(a) @ matrix(b)).rows())) == as_fractions(as_sympy(a) * as_sympy(b))
    assert list(map(list, (matrix(a) + matrix(c)).rows())) == as_fractions(as_sympy(a) + as_sympy(c))
    scaled = [[factor * entry for entry in row] for row in a]
    assert list(map(list, matrix(a).scaled(factor).rows())) == scaled
    assert matrix(a).scaled(factor) == matrix(scaled)


@STEADY
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 10**6))
def test_equality_and_hash_are_mathematical(data, n, m, factor):
    rows = data.draw(matrices(n, m))
    plain = matrix(rows)
    for sign in (1, -1):
        other = RationalMatrix(plain.numerators * (sign * factor), sign * plain.denominator * factor)
        assert other == plain
        assert hash(other) == hash(plain)
        assert other.denominator == plain.denominator > 0
    assert math.gcd(plain.denominator, *map(int, plain.numerators.entries())) == 1
    changed = [list(row) for row in rows]
    changed[-1][-1] += Fraction(1, 2**200)
    assert matrix(changed) != plain
    assert plain.shape == (n, m)


def test_matrices_of_other_shapes_or_types_are_not_equal_and_do_not_mix():
    flat, tall = matrix([[Fraction(0), Fraction(0)]]), matrix([[Fraction(0)], [Fraction(0)]])
    assert flat != tall
    assert flat != [[0, 0]]
    with pytest.raises(NetworkError, match=r"\(1, 2\)"):
        flat @ flat
    with pytest.raises(NetworkError, match=r"\(2, 1\)"):
        flat + tall
    assert matrix([[Fraction(0)]]).denominator == RationalMatrix(fmpz_mat([[0]]), 12).denominator == 1


def test_a_matrix_with_numbers_beyond_pythons_digit_limit_has_a_repr():
    assert "1" + "0" * 5_000 in repr(matrix([[Fraction(10**5_000)]]))


def test_the_identity_is_neutral():
    a = matrix([[Fraction(1, 2), Fraction(3)], [Fraction(0), Fraction(-5, 7)]])
    assert RationalMatrix.identity(2) @ a == a == a @ RationalMatrix.identity(2)
    assert RationalMatrix.identity(2).integer_rows() == [(1, 0), (0, 1)]


# integer rows -------------------------------------------------------------------------------------


@STEADY
@given(integer_matrices())
def test_the_echelon_form_is_sympys_in_primitive_integers(case):
    rows, columns = case
    reduced, pivots = sympy.Matrix(rows).rref()
    result = echelon(rows, columns)
    assert len(result) == len(pivots) == rank(rows, columns) == brute_force.rank(rows)
    for i, row in enumerate(result):
        assert math.gcd(*row) == 1
        assert pivot_column(row) == pivots[i]
        assert row[pivots[i]] > 0
        assert [Fraction(entry, row[pivots[i]]) for entry in row] == as_fractions(reduced)[i]


@STEADY
@given(integer_matrices(), st.randoms(use_true_random=False))
def test_equal_row_spaces_have_equal_echelon_forms(case, rng):
    rows, columns = case
    factors = [rng.choice([1, -3, 2**70]) for _ in rows]
    other = [tuple(factor * e for e in row) for factor, row in zip(factors, rows, strict=True)]
    other += [tuple(a + 5 * b for a, b in zip(rows[0], rows[-1], strict=True)), (0,) * columns]
    rng.shuffle(other)
    assert echelon(other, columns) == echelon(rows, columns)


@STEADY
@given(integer_matrices(), st.data())
def test_rows_that_differ_by_the_basis_reduce_to_one_row(case, data):
    rows, columns = case
    basis = echelon(rows, columns)
    entry = st.integers(-4, 4)
    row = data.draw(st.tuples(*[entry] * columns))
    reduced = reduce_modulo(row, basis)
    assert all(reduced[pivot_column(base)] == 0 for base in basis)
    assert math.gcd(*reduced) <= 1
    factor, shift = data.draw(st.integers(1, 9)), data.draw(entry)
    other = tuple(factor * a + shift * b for a, b in zip(row, rows[0], strict=True))
    assert reduce_modulo(other, basis) == reduced
    # a positive multiple of the row, up to the span: their difference has no new direction
    assert (
        rank([*rows, row], columns) == rank([*rows, reduced], columns) == rank([*rows, row, reduced], columns)
    )
    if any(reduced):
        # row - t * reduced lies in the span for one t, and t is positive
        columns_of = sympy.Matrix([*basis, reduced]).T
        solution = columns_of.gauss_jordan_solve(sympy.Matrix(row))[0]
        assert solution[len(basis)] > 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [((4, -6), (2, -3)), ((0, 0), (0, 0)), ((0, -5), (0, -1)), ((7,), (1,)), ((2**300, 2**299), (2, 1))],
)
def test_primitive_rows_keep_their_direction(row, expected):
    assert primitive(row) == primitive(list(row)) == expected
    assert primitive_from_rationals([Fraction(e, 35) for e in row]) == expected


@STEADY
@given(st.lists(rationals(), min_size=1, max_size=4))
def test_a_rational_row_becomes_the_primitive_row_of_its_ray(row):
    result = primitive_from_rationals(row)
    assert math.gcd(*result) == (1 if any(row) else 0)
    first = next((j for j, entry in enumerate(row) if entry), None)
    if first is not None:
        factor = result[first] / row[first]
        assert factor > 0
        assert [factor * entry for entry in row] == list(result)


def test_no_rows_have_rank_zero_and_an_empty_echelon_form():
    assert (echelon([], 3), rank([], 3), echelon([(0, 0)], 2), rank([(0, 0)], 2)) == ([], 0, [], 0)
    assert integer_rows(divide_exactly(fmpz_mat([[6, -9]]), 3)) == [(2, -3)]


# affine maps --------------------------------------------------------------------------------------


@STEADY
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_affine_maps_compose_add_and_scale_pointwise(data, n, m, k):
    w1, b1 = data.draw(matrices(m, n)), data.draw(matrices(1, m))[0]
    w2, b2 = data.draw(matrices(k, m)), data.draw(matrices(1, k))[0]
    first, second = AffineMap.from_rationals(w1, b1), AffineMap.from_rationals(w2, b2)
    x = data.draw(matrices(1, n))[0]
    middle = [sum((a * v for a, v in zip(r, x, strict=True)), c) for r, c in zip(w1, b1, strict=True)]
    image = [sum((a * v for a, v in zip(r, middle, strict=True)), c) for r, c in zip(w2, b2, strict=True)]
    assert list(first(x)) == middle
    assert list(second.after(first)(x)) == list(second(first(x))) == image
    assert (first + first)(x) == first.scaled(Fraction(2))(x) == tuple(2 * y for y in middle)
    assert (list(map(list, first.weight)), list(first.bias)) == (w1, b1)
    assert (first.inputs, first.outputs) == (n, m)
    assert AffineMap.from_rationals([[str(e) for e in row] for row in w1], list(map(str, b1))) == first


@pytest.mark.parametrize(
    ("weight", "bias", "error", "message"),
    [
        ([], None, NetworkError, "weight: expected at least one row and one column"),
        ([[]], None, NetworkError, "weight: expected at least one row and one column"),
        ([[1, 2], [3]], None, NetworkError, r"weight\[1\]: expected 2 entries as in row 0, got 1"),
        ([[1, 2]], [1, 2], NetworkError, "bias: expected 1 entries, one for each row, got 2"),
        ([[1, 2]], [], NetworkError, "bias: expected 1 entries, one for each row, got 0"),
        ([[1, 2], [3, 0.5]], None, InexactNumberError, r"weight\[1\]\[1\]: expected an exact rational"),
        ([[1], ["1/0"]], None, NumberSyntaxError, r"weight\[1\]\[0\]: expected a non-zero denominator"),
        ([[1], [2]], [0, None], InexactNumberError, r"bias\[1\]: expected an exact rational"),
    ],
)
def test_what_is_no_affine_map_is_refused_with_its_place(weight, bias, error, message):
    with pytest.raises(error, match=message) as caught:
        AffineMap.from_rationals(weight, bias)
    assert isinstance(caught.value, ExactReluError)


def test_points_of_another_dimension_and_maps_that_do_not_chain_are_refused():
    affine = AffineMap.from_rationals([[1, 2]])
    with pytest.raises(NetworkError, match="point: expected 2 coordinates, got 1"):
        affine((1,))
    with pytest.raises(NetworkError, match="expected a map into dimension 2, got 1"):
        affine.after(affine)
    with pytest.raises(InexactNumberError):
        affine((1, 0.5))
    assert point_of(("1/2", 3), 2) == (Fraction(1, 2), Fraction(3))
