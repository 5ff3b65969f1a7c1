"""MATLAB files of controllers: what is read is what SciPy wrote, everything else is one line."""

from __future__ import annotations

import io
import random
import zlib
from fractions import Fraction

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from exactrelu import load_network
from exactrelu.errors import ExactReluError, FormatError, ReadingWarning, UnsupportedOperatorError
from exactrelu.formats.arrays import network_from_arrays
from exactrelu.formats.matlab_elements import Cells, read_variables
from exactrelu.networks.network import Network

RNG = np.random.default_rng(5)
W = [RNG.standard_normal((3, 2)), RNG.standard_normal((1, 3))]
B = [RNG.standard_normal((3, 1)), RNG.standard_normal((1, 1))]
NETWORK = network_from_arrays([(w, b.ravel()) for w, b in zip(W, B, strict=True)])
quiet = pytest.mark.filterwarnings("ignore::exactrelu.errors.ReadingWarning")


def cells(values):
    result = np.empty((1, len(values)), dtype=object)
    for i, value in enumerate(values):
        result[0, i] = value
    return result


def mat(*, compressed=False, **variables):
    stream = io.BytesIO()
    savemat(stream, variables, do_compression=compressed)
    return stream.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(data):
        path = tmp_path / "net.mat"
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("compressed", [False, True])
def test_cells_of_weights_and_biases_are_the_network_of_their_exact_numbers(compressed, written):
    path = written(mat(W=cells(W), b=cells(B), compressed=compressed))
    with pytest.warns(
        ReadingWarning, match="mat says nothing of activations: ReLU is taken after each layer but"
    ):
        assert load_network(path) == NETWORK


@quiet
def test_smaller_types_rows_as_biases_and_a_structure_are_the_same(written):
    single = network_from_arrays(
        [(w.astype(np.float32), b.astype(np.float32).ravel()) for w, b in zip(W, B, strict=True)]
    )
    rows = [b.T.astype(np.float32) for b in B]
    weights = [w.astype(np.float32) for w in W]
    assert load_network(written(mat(W=cells(weights), b=cells(rows)))) == single
    assert load_network(written(mat(net={"W": cells(W), "b": cells(B)}))) == NETWORK
    integers = load_network(written(mat(W=cells([np.array([[1, -2]])]), b=cells([np.array([[3.0]])]))))
    assert integers == Network.from_rationals([([[1, -2]], [3])])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("names", "relus"),
    [
        (["relu", "linear"], (True, False)),
        (["poslin", "purelin"], (True, False)),
        (["relu", "relu"], (True, True)),
        (["linear", "ReLU"], (False, True)),
        (["linear", "linear"], (False, False)),
    ],
)
def test_activations_that_the_file_names_are_obeyed_and_nothing_is_assumed(names, relus, written):
    as_cells, as_characters = cells(names), np.array(names)
    for value in (as_cells, as_characters):
        network = load_network(written(mat(W=cells(W), b=cells(B), act_fcns=value)))
        for x in ((1, 2), (-3, Fraction(1, 2)), (0, -1)):
            current = tuple(map(Fraction, x))
            for w, b, relu in zip(W, B, relus, strict=True):
                rows = zip(w.tolist(), b.ravel().tolist(), strict=True)
                ys = [
                    sum((Fraction(a) * c for a, c in zip(r, current, strict=True)), Fraction(s))
                    for r, s in rows
                ]
                current = tuple(max(y, Fraction(0)) if relu else y for y in ys)
            assert network(x) == current


def test_what_is_not_used_is_said(exactrelu):
    path = exactrelu.file(
        "net.mat", mat(W=cells(W), b=cells(B), act_fcns=cells(["relu", "linear"]), layers=3.0, note="x")
    )
    outcome = exactrelu("hash", path)
    assert outcome.out.strip() == NETWORK.digest
    assert outcome.err == f"exactrelu: note: {path}: layers, note not used\n"


def test_variables_of_every_kind_are_what_scipy_reads():
    variables = {
        "number": 2.5,
        "whole": np.array([[1, -2], [300, 4]], dtype=np.int16),
        "text": "abc",
        "rows": np.array(["ab", "c"]),
        "empty": np.zeros((0, 3)),
        "cells": cells([np.eye(2), "x"]),
        "structure": {"one": 1.0, "two": "y"},
        "complex": np.array([[1j]]),
        "cube": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    }
    for compressed in (False, True):
        data = mat(compressed=compressed, **variables)
        found, expected = read_variables("f", data), loadmat(io.BytesIO(data))
        assert set(found) == set(variables)
        for name in ("number", "whole", "empty", "cube"):
            assert np.array_equal(found[name], expected[name])
            assert found[name].dtype == expected[name].dtype.newbyteorder("=") or name == "number"
        assert (found["text"], found["rows"], found["complex"]) == (["abc"], ["ab", "c"], "complex")
        assert isinstance(found["cells"], Cells)
        assert np.array_equal(found["cells"].values[0], np.eye(2))
        assert found["structure"]["one"] == 1
        assert found["structure"]["two"] == ["y"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"x": 1.0}, "W: expected a cell array, got none (there is x)"),
        ({"W": W[0], "b": B[0]}, "W: expected a cell array, got ndarray"),
        (
            {"W": cells(W), "b": cells(B[:1])},
            "W, b: expected as many weights as biases, at least one, got 2 and 1",
        ),
        ({"W": cells(W), "b": cells([B[0], np.eye(2)])}, "b{2}: expected a vector, got shape [2, 2]"),
        ({"W": cells([W[0], "x"]), "b": cells(B)}, "W{2}: expected a matrix of numbers"),
        ({"W": cells(W[::-1]), "b": cells(B[::-1])}, "W{2}: expected shape (rows, 1)"),
        ({"W": cells([W[0], W[1] * np.nan]), "b": cells(B)}, "W{2}[0, 0]: expected a finite number, got nan"),
        ({"W": cells([W[0] * 1j, W[1]]), "b": cells(B)}, "W{1}: expected a matrix of numbers, got complex"),
        (
            {"W": cells(W), "b": cells(B), "act_fcns": cells(["tansig", "linear"])},
            "activation tansig at layer 1",
        ),
        (
            {"W": cells(W), "b": cells(B), "act_fcns": cells(["relu"])},
            "act_fcns: expected 2 names of functions",
        ),
        ({"W": cells(W), "b": cells(B), "act_fcns": 3.0}, "act_fcns: expected 2 names of functions"),
        (
            {"W": cells([np.zeros((0, 2))]), "b": cells([np.zeros((1, 0))])},
            "W{1}: expected shape (rows, columns), neither zero",
        ),
    ],
)
def test_a_file_without_such_cells_is_refused_by_name(variables, message, written):
    path = written(mat(**variables))
    with pytest.raises((FormatError, UnsupportedOperatorError)) as caught:
        load_network(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def element(kind, data):
    return kind.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data + bytes(-len(data) % 8)


def matrix(kind, shape, name, *inner):
    flags = element(6, kind.to_bytes(8, "little"))
    dimensions = element(5, b"".join(n.to_bytes(4, "little") for n in shape))
    return element(14, flags + dimensions + element(1, name) + b"".join(inner))


HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"


def nested(depth):
    inner = matrix(6, (1, 1), b"", element(9, bytes(8)))
    for _ in range(depth):
        inner = matrix(1, (1, 1), b"W", inner)
    return inner


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "byte 126: expected the mark of a MATLAB file"),
        (b"MATLAB 7.3 MAT-file".ljust(512), "expected a MATLAB file of version 5 to 7, got version 7.3"),
        (HEADER + b"\x0e\0\0\0\xff\xff\xff\x7f", "expected an element inside the file, got 2147483647 bytes"),
        (HEADER + element(15, b"not zlib"), "the first variable: expected a compressed element"),
        (HEADER + element(15, zlib.compress(bytes(2**27 + 1)))[:-4], "bytes in all, got more"),
        (HEADER + matrix(6, (10**9, 4), b"W", element(9, bytes(8))), "W: expected at most 10000000 numbers"),
        (HEADER + matrix(1, (10**9, 4), b"W"), "W: expected at most 10000000 numbers"),
        (HEADER + matrix(1, (10**6, 4), b"W"), "W: expected 4000000 values, got 0"),
        (
            HEADER + matrix(6, (2, 2), b"W", element(9, bytes(8))),
            "W: expected 4 numbers, got 8 bytes of type 9",
        ),
        (HEADER + matrix(6, (2,), b"W", element(9, bytes(16))), "W: expected two to 32 dimensions, got 1"),
        (HEADER + matrix(6, (1, 1), b"W", element(16, bytes(8))), "W: expected 1 numbers"),
        (HEADER + matrix(4, (1, 9), b"W", element(16, b"x")), "W: expected characters of shape [1, 9]"),
        (
            HEADER + matrix(2, (1, 1), b"W", element(5, bytes(4)), element(1, b"")),
            "W: expected names of fields",
        ),
        (HEADER + nested(40), "W: expected cells and structures 8 deep at most"),
        (HEADER + element(14, b""), "W: expected a cell array"),
    ],
)
def test_bytes_that_are_no_matlab_file_are_refused_before_anything_is_made_of_them(data, message, written):
    with pytest.raises(FormatError) as caught:
        load_network(written(data))
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@quiet
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_mutated_file_is_read_or_refused_in_one_line(seed, compressed, written):
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    data = mat(W=cells(W), b=cells(B), act_fcns=cells(["relu", "linear"]), compressed=compressed)
    for _ in range(100):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            mutated[rng.randrange(100, len(mutated))] = rng.randrange(256)
        try:
            load_network(written(bytes(mutated)))
        except ExactReluError as error:
            assert str(error).isprintable()  # noqa: PT017 (reading may succeed as well)
