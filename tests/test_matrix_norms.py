"""Operator norms by two roads: formulas and algebraic numbers; unit balls by definition, sympy, minors."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
import sympy

from exactrelu.errors import NetworkError
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import (
    frobenius_norm_squared,
    is_spectral_norm_at_most,
    negative_direction,
    operator_norm,
    polyhedral_norm,
    spectral_norm_squared,
    stretched_vector,
)
from exactrelu.polyhedra.subspace import Subspace
from tests.support.brute_force import rank
from tests.support.brute_norms import (
    characteristic_polynomial,
    extreme_vectors,
    image,
    is_largest_root,
    norm_by_vertices,
    null_space,
)


def drawn_matrix(rng: random.Random) -> list[list[Fraction]]:
    entries = rng.choice(
        [[0, 1, -1], range(-3, 4), [Fraction(k, 7) for k in range(-9, 10)], [0, 0, 2**70, 1]]
    )
    rows, columns = rng.randint(1, 4), rng.randint(1, 4)
    matrix = [[Fraction(rng.choice(list(entries))) for _ in range(columns)] for _ in range(rows)]
    if rows > 1 and rng.random() < 0.3:
        matrix[-1] = [2 * entry for entry in matrix[0]]
    return matrix


def drawn_subspace(rng: random.Random, columns: int) -> tuple[Subspace, list[list[Fraction]]]:
    equations = [tuple(rng.randint(-2, 2) for _ in range(columns)) for _ in range(rng.randint(0, columns))]
    basis = null_space([list(map(Fraction, e)) for e in equations], columns)
    return Subspace.of_equations(equations, columns), basis


RNG = random.Random(7)  # noqa: S311
MATRICES = [drawn_matrix(RNG) for _ in range(60)]
RESTRICTED = [(matrix, *drawn_subspace(RNG, len(matrix[0]))) for matrix in MATRICES]


def identity_rows(size: int) -> list[list[Fraction]]:
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


@pytest.mark.parametrize("norm", ["1", "inf"])
def test_sums_of_columns_and_rows_are_the_maxima_over_the_unit_ball(norm):
    for matrix in MATRICES:
        expected = norm_by_vertices(matrix, identity_rows(len(matrix[0])), norm)
        assert polyhedral_norm(matrix, norm) == expected
        assert polyhedral_norm(matrix, norm, Subspace.whole(len(matrix[0]))) == expected
        assert operator_norm(matrix, norm) == expected


@pytest.mark.parametrize("norm", ["1", "inf"])
def test_restricted_norms_are_the_maxima_over_the_unit_ball_of_the_subspace(norm):
    for matrix, subspace, basis in RESTRICTED:
        assert polyhedral_norm(matrix, norm, subspace) == norm_by_vertices(matrix, basis, norm)


def test_vertices_of_the_whole_space_give_the_same_norms():
    for matrix in MATRICES:
        whole = Subspace.whole(len(matrix[0]))
        sums = [sum(map(abs, image(matrix, v))) for v in whole.vertices_of_sum_ball]
        assert max(sums) == polyhedral_norm(matrix, "1")
        rows = RationalMatrix.from_rows(matrix, len(matrix[0]))
        largest = max(whole.largest_on_cube(row) for row in rows.integer_rows())
        assert largest / rows.denominator == polyhedral_norm(matrix, "inf")


def test_unit_balls_of_subspaces_have_the_vertices_of_their_definition():
    for _, subspace, basis in RESTRICTED[:30]:
        assert len(basis) == subspace.dimension == rank(list(map(list, subspace.basis)))
        if not basis:
            continue
        for j in range(subspace.ambient):
            row = [int(i == j) - 2 * int(i == 0) for i in range(subspace.ambient)]
            cube = extreme_vectors(basis, subspace.ambient, "inf")
            assert subspace.largest_on_cube(row) == max(image([row], v)[0] for v in cube)
        ball = {tuple(v) for v in extreme_vectors(basis, subspace.ambient, "1")}
        assert ball <= set(subspace.vertices_of_sum_ball)


def test_squared_spectral_norms_are_the_largest_roots_that_sympy_finds():
    for matrix, subspace, basis in RESTRICTED:
        for space, vectors in ((None, identity_rows(len(matrix[0]))), (subspace, basis)):
            square = spectral_norm_squared(matrix, space)
            full = characteristic_polynomial(matrix, vectors)
            assert is_largest_root(square.polynomial, *square.enclosure(200), full), (matrix, space)


def test_the_confirmation_refuses_a_wrong_polynomial_or_root():
    matrix = [[Fraction(1), Fraction(1)], [Fraction(0), Fraction(1)]]
    full = characteristic_polynomial(matrix, identity_rows(2))
    square = spectral_norm_squared(matrix)
    low, high = square.enclosure(50)
    assert is_largest_root(square.polynomial, low, high, full)
    assert not is_largest_root((1, -3, 2), low, high, full)
    assert not is_largest_root((1, -3, 1), low - 1, high - 1, full)
    assert not is_largest_root((1, -3, 1), *AlgebraicNumber((1, -3, 1), 0).enclosure(50), full)


def test_bounds_are_decided_exactly_at_equality():
    for matrix, subspace, _ in RESTRICTED:
        square = spectral_norm_squared(matrix, subspace)
        low, high = square.enclosure(300)
        assert is_spectral_norm_at_most(matrix, high, subspace)
        assert stretched_vector(matrix, high, subspace) is None
        below = low if square.rational is None else low - Fraction(1, 2**300)
        assert not is_spectral_norm_at_most(matrix, below, subspace)
        if below >= 0:
            v = stretched_vector(matrix, below, subspace)
            assert sum(e**2 for e in image(matrix, v)) > below * sum(e**2 for e in v)
            assert all(sum(a * b for a, b in zip(e, v, strict=True)) == 0 for e in subspace.equations)


def test_norms_of_different_matrices_are_recognised_as_equal():
    one, two = [[1, 1], [0, 1]], [[0, -1], [1, 1], [0, 0]]
    assert spectral_norm_squared(one) == spectral_norm_squared(two)
    assert operator_norm(one, "2") == operator_norm(two, "2")
    assert spectral_norm_squared(one) != spectral_norm_squared([[1, 1], [0, Fraction(10**40 + 1, 10**40)]])
    assert spectral_norm_squared(one) < spectral_norm_squared([[1, 1], [0, Fraction(10**40 + 1, 10**40)]])


def test_the_transpose_exchanges_the_norms():
    for matrix in MATRICES:
        transposed = list(zip(*matrix, strict=True))
        assert polyhedral_norm(matrix, "1") == polyhedral_norm(transposed, "inf")
        assert spectral_norm_squared(matrix) == spectral_norm_squared(transposed)
        square, product = (
            spectral_norm_squared(matrix),
            polyhedral_norm(matrix, "1") * polyhedral_norm(matrix, "inf"),
        )
        assert square <= frobenius_norm_squared(matrix)
        assert square <= product


def test_semidefiniteness_agrees_with_the_principal_minors():
    rng = random.Random(3)  # noqa: S311
    seen = set()
    for _ in range(400):
        n = rng.randint(1, 4)
        half = [[rng.choice([0, 0, 1, -1, 2]) for _ in range(n)] for _ in range(n)]
        gram = (
            sympy.Matrix(half) * sympy.Matrix(half).T
            if rng.random() < 0.5
            else sympy.Matrix(half) + sympy.Matrix(half).T
        )
        subsets = itertools.chain.from_iterable(itertools.combinations(range(n), k) for k in range(1, n + 1))
        expected = all(gram.extract(list(s), list(s)).det() >= 0 for s in subsets)
        rows = [[Fraction(int(e)) for e in gram.row(i)] for i in range(n)]
        v = negative_direction(RationalMatrix.from_rows(rows, n))
        assert (v is None) == expected
        if v is not None:
            assert sum(a * b for a, b in zip(v, image(rows, v), strict=True)) < 0
        seen.add(expected)
    assert seen == {True, False}


def test_directions_of_domains_are_those_of_the_affine_hull():
    thin = Domain.from_inequalities(2, [([1, -1], 0, "<="), ([2, -2], 0, ">="), ([1, 0], 0, ">")])
    assert thin.directions == Subspace.of_equations([(1, -1)], 2)
    assert Domain.box([(0, 1), (0, 0)]).directions == Subspace.of_equations([(0, 5)], 2)
    assert Domain.whole_space(2).directions == Subspace.whole(2)
    point = Domain.box([(1, 1), (2, 2)]).directions
    assert point.dimension == 0
    assert [operator_norm([[3, 4]], norm, point) for norm in ("1", "2", "inf")] == [0, 0, 0]


def test_bad_matrices_are_refused():
    for bad in ([], [[]], [[1], [1, 2]]):
        with pytest.raises(NetworkError, match="rows of one positive length"):
            polyhedral_norm(bad, "1")
    with pytest.raises(NetworkError, match="irrational"):
        polyhedral_norm([[1]], "2")
    with pytest.raises(TypeError, match=r"matrix\[0\]\[1\]"):
        operator_norm([[1, 0.5]], "1")
