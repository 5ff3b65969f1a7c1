"""Sparse exact matrices are the dense ones without zeros, and layers are the same maps in both forms."""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from fractions import Fraction

import numpy as np
import pytest

from exactrelu.errors import NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers import sparse_matrix
from exactrelu.numbers.integer_arrays import bit_length, from_floats, integer_array, is_short, product, total
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.sparse_matrix import SparseMatrix, multiplications

BITS = (1, 5, 30, 55, 62, 70, 200)


def random_matrix(rng, rows, columns):
    """Return a dense matrix with short or long integers, dyadic or other denominators, some zero rows."""
    bits, share = rng.choice(BITS), rng.choice((0.1, 0.4, 1))
    denominators = rng.choice(([1], [2, 8], [3, 4, 7], [2**70]))

    def entry():
        if rng.random() >= share:
            return Fraction(0)
        return Fraction(rng.randint(-(2**bits), 2**bits), rng.choice(denominators))

    return RationalMatrix.from_rows([[entry() for _ in range(columns)] for _ in range(rows)], columns)


@pytest.mark.parametrize("seed", range(60))
def test_sparse_arithmetic_is_dense_arithmetic(seed):
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    m, k, n = (rng.randint(1, 6) for _ in range(3))
    a, b, c = random_matrix(rng, m, k), random_matrix(rng, k, n), random_matrix(rng, m, k)
    sparse_a, sparse_b, sparse_c = map(SparseMatrix.from_dense, (a, b, c))
    assert sparse_a.dense() == a
    assert tuple(sparse_a.rows()) == a.rows()
    assert sparse_a @ sparse_b == SparseMatrix.from_dense(a @ b)
    assert sparse_a + sparse_c == SparseMatrix.from_dense(a + c)
    factor = Fraction(rng.randint(-5, 5), 3)
    assert sparse_a.scaled(factor).dense() == a.scaled(factor)
    assert SparseMatrix.stacked([sparse_a, sparse_c]).dense().rows() == a.rows() + c.rows()
    work = multiplications(sparse_a, sparse_b)
    assert len(work) == m
    assert (sparse_a @ sparse_b).size <= work.sum() <= m * k * n


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [1, 3, 8])
def test_sums_and_products_by_pieces_of_rows_are_the_same(seed, most, monkeypatch):
    monkeypatch.setattr(sparse_matrix, "_ENTRIES_AT_ONCE", most)
    monkeypatch.setattr(sparse_matrix, "_PIECE", most)
    test_sparse_arithmetic_is_dense_arithmetic(seed)
    test_rows_columns_vectors_and_doubles_are_those_of_the_entries(seed)


@pytest.mark.parametrize("seed", range(40))
def test_rows_columns_vectors_and_doubles_are_those_of_the_entries(seed):
    rng = random.Random(seed)  # noqa: S311
    matrix = random_matrix(rng, 5, 4)
    rows, sparse = matrix.rows(), SparseMatrix.from_dense(matrix)
    vector = [rng.randint(-(2**70), 2**70) for _ in range(4)]
    images = [Fraction(entry, sparse.denominator) for entry in sparse.times_vector(vector)]
    assert images == [sum(a * x for a, x in zip(row, vector, strict=True)) for row in rows]
    assert sparse.doubles().toarray().tolist() == [[q.numerator / q.denominator for q in row] for row in rows]
    chosen = np.array([rng.randint(-1, 4) for _ in range(6)])
    expected = tuple(rows[i] if i >= 0 else (Fraction(0),) * 4 for i in chosen)
    assert sparse.chosen_rows(chosen).dense().rows() == expected
    order = rng.sample(range(6), 4)
    moved = sparse.with_columns(np.array(order), 6).dense().rows()
    assert [[row[j] for j in order] for row in moved] == [list(row) for row in rows]
    turned = sparse.with_first_column_last().dense().rows()
    assert turned == tuple((*row[1:], row[0]) for row in rows)
    factors = integer_array([rng.randint(-(2**40), 2**40) for _ in range(5)])
    scaled = sparse.with_rows_times(factors, 6).dense().rows()
    assert [list(r) for r in scaled] == [
        [q * f / 6 for q in row] for row, f in zip(rows, factors.tolist(), strict=True)
    ]
    assert sparse.column(2) == [row[2] for row in rows]


def test_equal_matrices_have_one_form_however_they_were_made():
    shape, places = (2, 3), ([1, 0, 1], [2, 1, 0])
    one = SparseMatrix.from_entries(shape, *places, integer_array([6, 0, -4]), 4)
    two = SparseMatrix.from_entries(shape, [1, 1], [0, 2], integer_array([2**80, -3 * 2**79]), -(2**80))
    assert one == two
    assert hash(one) == hash(two)
    assert (one.denominator, one.size) == (2, 2)
    assert one != two.scaled(Fraction(1, 3))
    assert one != one.widened(4)
    assert is_short(two.numerators)


@pytest.mark.parametrize("bits", [60, 61, 62, 63, 64])
def test_nothing_wraps_round_at_the_ends_of_short_integers(bits):
    largest = integer_array([2**bits - 1, 1 - 2**bits])
    assert bit_length(largest) == bits
    assert total(largest, largest).tolist() == [2 ** (bits + 1) - 2, 2 - 2 ** (bits + 1)]
    assert product(largest, largest).tolist() == [(2**bits - 1) ** 2] * 2
    matrix = SparseMatrix.from_entries((1, 2), [0, 0], [0, 1], integer_array([2**bits - 1] * 2))
    ones = SparseMatrix.from_entries((2, 1), [0, 1], [0, 0], integer_array([1, 1]))
    assert (matrix @ ones).dense().rows() == ((2 ** (bits + 1) - 2,),)


@pytest.mark.parametrize("value", [5e-324, 1.5, -0.1, 1.7976931348623157e308, 0.0])
def test_floats_become_integers_over_a_power_of_two(value):
    (numerator,), denominator = from_floats(np.array([value]))
    assert Fraction(int(numerator), denominator) == Fraction(value)
    matrix = SparseMatrix.from_entries((1, 1), [0], [0], integer_array([int(numerator)]), denominator)
    assert matrix.doubles().toarray()[0, 0] == value


def test_doubles_are_rounded_to_nearest_once_with_infinities_beyond_them():
    values = [Fraction(2**53 + 1), Fraction(2**54 + 3, 2**1100), Fraction(1, 3), -Fraction(10**400)]
    rows = [[value, Fraction(0)] for value in values]
    doubles = SparseMatrix.from_dense(RationalMatrix.from_rows(rows, 2)).doubles().toarray()
    assert doubles[:, 0].tolist() == [2.0**53, (2**54 + 3) / 2**1100, 1 / 3, -float("inf")]


# layers ---------------------------------------------------------------------------------------------


def pair_of_forms(seed):
    """Return a map with a dense matrix, and the same one with a sparse matrix."""
    rng = random.Random(seed)  # noqa: S311
    matrix = random_matrix(rng, rng.randint(1, 5), rng.randint(2, 5))
    return AffineMap(matrix), AffineMap(SparseMatrix.from_dense(matrix))


@pytest.mark.parametrize("seed", range(30))
def test_a_layer_is_the_same_map_in_both_forms(seed):
    dense, sparse = pair_of_forms(seed)
    assert sparse.is_sparse
    assert not dense.is_sparse
    assert dense == sparse
    assert hash(dense) == hash(sparse)
    assert (dense.rows, dense.bias, dense.weight) == (sparse.rows, sparse.bias, sparse.weight)
    assert sparse.matrix == dense.matrix
    assert dense.sparse == sparse.sparse
    point = [Fraction(k + 1, 7) for k in range(dense.inputs)]
    assert dense(point) == sparse(point)
    assert dense + sparse == dense.scaled(Fraction(2)) == sparse.scaled(Fraction(2))
    assert pickle.loads(pickle.dumps(sparse)) == dense  # noqa: S301
    assert sparse != AffineMap.from_rationals([row[:-1] for row in dense.rows], [b + 1 for b in dense.bias])


def test_large_sparse_layers_are_composed_without_their_zeros():
    size = 4000
    entries = np.arange(size)
    shift = SparseMatrix.from_entries(
        (size, size + 1), entries, (entries + 1) % size, integer_array([3] * size)
    )
    twice = AffineMap(shift).after(AffineMap(shift))
    point = list(range(size))
    assert twice(point) == tuple(9 * ((k + 2) % size) for k in range(size))
    assert twice == AffineMap(SparseMatrix.from_entries(
        (size, size + 1), entries, (entries + 2) % size, integer_array([9] * size)
    ))  # fmt: skip
    with pytest.raises(NetworkError, match=r"expected at most 10000000 entries, .*, got 4000 x 4001"):
        _ = twice.matrix
    with pytest.raises(NetworkError, match="got 4000 x 4001"):
        _ = twice.weight
    assert (twice + twice)(point) == twice.scaled(Fraction(2))(point)


@pytest.mark.parametrize("seed", range(10))
def test_the_streamed_hash_is_that_of_the_text(seed):
    dense, sparse = pair_of_forms(seed)
    last = AffineMap.from_rationals([[1] * dense.outputs])
    activation = Activation.of([(seed % 2, 1), *[("-1/3", 1)] * (dense.outputs - 1)])
    networks = [Network((layer, last), activations=(activation,)) for layer in (dense, sparse)]
    layers = [
        {"weight": [list(map(str, row)) for row in layer.weight], "bias": list(map(str, layer.bias))}
        for layer in (dense, last)
    ]
    if not networks[0].is_relu:
        layers[0]["slopes"] = [list(map(str, pair)) for pair in activation.slopes]
    text = json.dumps({"layers": layers}, separators=(",", ":"))
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert [network.digest for network in networks] == [digest] * 2
