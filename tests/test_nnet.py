"""NNet files mean the decimals that are written, or their nearest floats; anything else is refused."""

from __future__ import annotations

import random
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.documents.network import write_network
from exactrelu.errors import ExactReluError, FormatError, NumberSyntaxError, ReadingWarning
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64
from exactrelu.formats.nnet import read_nnet
from exactrelu.formats.onnx.model import read_onnx
from exactrelu.networks.network import Network
from tests.support.command_line import network_document
from tests.support.float_error_bound import Bounded, FloatModel, assert_within_bound, fractions

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "marabou"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")

LINES = [
    "// a comment",
    "2,2,1,3,",
    "2,3,1,",
    "0,",
    "-1,-1,",
    "1,1,",
    "0.5,-1,10,",
    "2,4,0.1,",
    "0.1,-2,",
    "1e-3,3,",
    "0,1.50,",
    "0.5,",
    "-1,",
    "0,",
    "1,-1,2.5,",
    "0.7,",
]
STORED = Network.from_rationals(
    [
        ([["1/10", -2], ["1/1000", 3], [0, "3/2"]], ["1/2", -1, 0]),
        ([[1, -1, "5/2"]], ["7/10"]),
    ]
)


@pytest.fixture
def written(tmp_path):
    """Return a function that writes lines, or bytes, to a file and returns its path."""

    def write(lines):
        path = tmp_path / "net.nnet"
        path.write_bytes(lines if isinstance(lines, bytes) else "\n".join([*lines, ""]).encode())
        return path

    return write


def changed(line, text):
    """Return the lines of a valid file with one, counted from 1, replaced."""
    return [text if number == line else old for number, old in enumerate(LINES, start=1)]


def test_decimals_mean_what_is_written(written):
    network = read_nnet(written(LINES))
    assert network == STORED
    assert network.source == "nnet: net.nnet (numbers exact, normalization stored)"


def test_commas_at_the_end_carriage_returns_and_blanks_change_nothing(written):
    without = [line.removesuffix(",") for line in LINES]
    assert read_nnet(written(without)) == STORED
    assert read_nnet(written("\r\n".join(LINES).encode())) == STORED
    assert read_nnet(written([line.replace(",", " ,\t") for line in LINES])) == STORED
    assert read_nnet(written(["// more", *LINES, "", "// the end", " "])) == STORED


def test_the_folded_reading_is_the_stored_one_on_normalised_values(written):
    folded = read_nnet(written(LINES), normalization="folded")
    rng = random.Random(3)  # noqa: S311 (no secrets here)
    for _ in range(20):
        x = [Fraction(rng.randint(-30, 30), rng.randint(1, 9)) for _ in range(2)]
        normalised = [(x[0] - Fraction(1, 2)) / 2, (x[1] + 1) / 4]
        assert folded(x) == (STORED(normalised)[0] / 10 + 10,)


def test_one_layer_is_both_the_first_and_the_last_of_the_folded_reading(written):
    path = written(["1,1,1,1", "1,1", "0", "0", "1", "1,10", "2,3", "4", "5"])
    assert read_nnet(path, normalization="folded") == Network.from_rationals([([[6]], [19])])


def test_a_float_reading_rounds_each_number_once(written):
    network = read_nnet(written(LINES), numbers="float32")
    assert network.layers[0].weight[0][0] == Fraction(float(np.float32("0.1")))
    folded = read_nnet(written(LINES), numbers="float64", normalization="folded")
    scale = Fraction(0.1)
    assert folded.layers[-1].weight[0] == (scale, -scale, Fraction(5, 2) * scale)


def test_rounding_once_differs_from_rounding_twice():
    # Just above a tie of float32, by less than float64 can tell.
    value = 1 + Fraction(1, 2**24) + Fraction(1, 2**80)
    assert FLOAT32.rounded(value) == 1 + Fraction(1, 2**23)
    assert FLOAT32.rounded(FLOAT64.rounded(value)) == 1


@given(st.fractions(), st.integers(-1090, 1030))
def test_rounding_to_float64_is_that_of_python(value, exponent):
    value *= Fraction(2) ** exponent
    try:
        expected = Fraction(value.numerator / value.denominator)  # true division of ints rounds correctly
    except OverflowError:
        with pytest.raises(NumberSyntaxError):
            FLOAT64.rounded(value)
    else:
        assert FLOAT64.rounded(value) == expected


@given(st.floats(-(2.0**127), 2.0**127, width=32), st.integers(-2, 2))
def test_rounding_to_float32_takes_the_nearest_and_on_a_tie_the_even_one(x, quarter):
    up = np.nextafter(np.float32(x), np.float32(np.inf))
    low, high = Fraction(x), Fraction(float(up))
    between = low + (high - low) * Fraction(quarter + 2, 4)
    even = low if int(np.float32(x).view(np.uint32)) % 2 == 0 else high
    assert FLOAT32.rounded(between) == (low if quarter < 0 else high if quarter > 0 else even)


def test_rounding_ends_where_the_format_ends():
    largest = Fraction(float(np.finfo(np.float32).max))
    step = Fraction(2) ** 104
    assert FLOAT32.rounded(largest + step / 2 - 1) == largest
    with pytest.raises(NumberSyntaxError, match="in the range of float32"):
        FLOAT32.rounded(-largest - step / 2)
    assert FLOAT32.rounded(Fraction(3, 2**151)) == Fraction(1, 2**149)
    assert FLOAT32.rounded(Fraction(1, 2**150)) == 0


# the files of another project -----------------------------------------------------------------------


@needs_data
def test_acas_xu_in_float32_is_the_network_of_its_onnx_file():
    name = "ACASXU_experimental_v2a_1_1"
    path = DATA / "nnet" / f"{name}.nnet"
    onnx_network = read_onnx(DATA / "onnx" / f"{name}.onnx")
    assert read_nnet(path, numbers="float32") == onnx_network
    assert read_nnet(path) != onnx_network


def bounded_forward(network, point):
    """Return the network's output at float inputs, with the bound of a float64 program's error."""
    arithmetic = FloatModel("float64")
    current = Bounded.exact(point)
    for k, layer in enumerate(network.layers):
        weight = Bounded.exact(np.array([[float(w) for w in row] for row in layer.weight]))
        bias = Bounded.exact(np.array([float(b) for b in layer.bias]))
        current = arithmetic.add(arithmetic.matmul(weight, current), bias)
        if k + 1 < network.depth:
            current = arithmetic.relu(current)
    return current


@needs_data
@pytest.mark.parametrize("path", sorted((DATA / "nnet").glob("*.nnet")), ids=lambda path: path.stem)
def test_a_file_of_another_project_is_what_a_float_program_computes(path):
    network = read_nnet(path, numbers="float64")
    lines = [line for line in path.read_text().splitlines() if not line.startswith("//")]
    numbers = iter(lines[7:])  # a second, naive reader
    weights = []
    for size in network.widths[1:]:
        rows = [[float(x) for x in next(numbers).strip(",").split(",")] for _ in range(size)]
        weights.append((np.array(rows), np.array([float(next(numbers).strip(",")) for _ in range(size)])))
    current = point = np.random.default_rng(5).standard_normal(network.inputs)
    for k, (weight, bias) in enumerate(weights):
        current = weight @ (current if k == 0 else np.maximum(current, 0)) + bias
    bounded = bounded_forward(network, point)
    assert list(network(fractions(point))) == list(bounded.value)
    assert_within_bound(current, bounded)
    bounded.value[0] += 3 * bounded.error[0]
    with pytest.raises(AssertionError, match="beyond the bound"):
        assert_within_bound(current, bounded)


# refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (2, "2,2,1", "line 2: expected 4 counts, got 3"),
        (2, "2,2,x,3", "line 2: expected a count, got x"),
        (2, "0,2,1,3", "line 2: expected at least one layer, got 0"),
        (2, "-2,2,1,3", "line 2: expected a count, got -2"),
        (2, "999999999,2,1,3", "line 2: expected a file that holds the layers"),
        (2, "3,2,1,3", "line 3: expected 4 counts, got 3"),
        (2, "2,3,1,3", "line 3: expected 3 inputs, 1 outputs and 3 in the largest layer, as above"),
        (3, "2,0,1", "line 3: expected positive layer sizes, got 0"),
        (3, "2,3,1,2", "line 3: expected 3 counts, got 4"),
        (5, "-1", "line 5: expected 2 numbers, got 1"),
        (8, "1,nan,1", "line 8: expected a range, got nan"),
        (9, "0.1,-2,3", "line 9: expected 2 numbers, got 3"),
        (9, "0.1", "line 9: expected 2 numbers, got 1"),
        (9, "", "line 9: expected 2 numbers, got an empty line"),
        (9, "0.1,,", "line 9: expected a number, got nothing"),
        (9, "0.1,inf", "line 9: expected a number, got inf"),
        (9, "0.1,1/3", "line 9: expected a number in decimals, got 1/3"),
        (9, "0.1,1_0", "line 9: expected a number, got 1_0"),
        (9, "0.1 2,3", "line 9: expected a number, got 0.1 2"),
        (9, "0.1,\N{ARABIC-INDIC DIGIT ONE}", "line 9: expected a number, got"),
        (9, "0.1,1e100001", "line 9: expected a number, got 1e100001"),
        (12, "0.5,1", "line 12: expected 1 numbers, got 2"),
        (16, "0.7\n0.8", "line 17: expected the end of the file, got 0.8"),
    ],
)
def test_a_malformed_line_is_named_with_what_was_expected(line, text, message, written):
    path = written(changed(line, text))
    with pytest.raises(FormatError) as caught:
        read_nnet(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert str(caught.value).isprintable()


def test_a_file_that_ends_early_is_refused(written):
    for count in range(len(LINES)):
        with pytest.raises(FormatError):
            read_nnet(written(LINES[:count]))
    with pytest.raises(FormatError, match="line 16: expected 1 numbers, got the end of the file"):
        read_nnet(written("\n".join(LINES[:-1]).encode()))


def test_a_zero_range_matters_only_where_it_divides(written):
    path = written(changed(8, "2,0,1"))
    assert read_nnet(path) == STORED
    with pytest.raises(FormatError, match="line 8: expected ranges other than zero, got 0 at 1"):
        read_nnet(path, normalization="folded")


def test_a_number_beyond_the_floats_is_refused_only_in_the_float_readings(written):
    path = written(changed(9, "1e39,0"))
    assert read_nnet(path, numbers="float64").layers[0].weight[0][0] == Fraction(1e39)
    with pytest.raises(FormatError, match=r"line 9: expected a number, got 1e39 .*in the range of float32"):
        read_nnet(path, numbers="float32")


def test_bytes_and_sizes_that_are_no_network_are_refused(written):
    with pytest.raises(FormatError, match="expected text in UTF-8"):
        read_nnet(written(b"2,2,1,3\n\xff"))
    huge = ["1,900000000,900000000,900000000", "900000000,900000000", "0"]
    with pytest.raises(FormatError, match="line 2: expected at most 10000000 weights and biases"):
        read_nnet(written(huge))
    with pytest.raises(FormatError, match="a file that holds the layers"):
        read_nnet(written(["1,3000,3000,3000", "3000,3000", "0"]))


def test_tiny_numbers_may_not_make_a_layer_huge(written):
    size = 60
    row = ",".join(["1e-99999"] * size)
    lines = [f"1,{size},{size},{size}", f"{size},{size}", "0", "0," * size, "0," * size]
    lines += ["0," * (size + 1), "1," * (size + 1), *[row] * size, *["0"] * size]
    with pytest.raises(FormatError, match="line 8: expected at most 10000000000 operations"):
        read_nnet(written(lines))
    lines = [line.replace("1e-99999", "1e-9999") if i < 60 else line for i, line in enumerate(lines)]
    with pytest.raises(FormatError, match=r"operations on exact numbers|shorter numbers in an array"):
        read_nnet(written(lines))


def test_unknown_readings_are_refused(written):
    for options in ({"numbers": "float16"}, {"normalization": "none"}):
        with pytest.raises(FormatError, match="options: expected numbers exact, float32 or float64"):
            read_nnet(written(LINES), **options)


@pytest.mark.parametrize("seed", range(10))
def test_a_mutated_file_is_read_or_refused_in_one_line(seed, written):
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    data = "\n".join(LINES).encode()
    for _ in range(100):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(mutated))
            mutated[place : place + rng.randint(0, 2)] = rng.choice(
                [b"", b",", b"\n", b"9", b"e", b"\xc3", b"/"]
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ReadingWarning)
                read_nnet(written(bytes(mutated)))
        except ExactReluError as error:
            assert str(error).isprintable()  # noqa: PT017 (reading may succeed as well)


def test_a_difference_by_the_rounding_of_decimals_is_shown_exactly_with_what_to_do(exactrelu):
    written = exactrelu.file("net.nnet", "\n".join(LINES))
    rounded = exactrelu.folder / "rounded.json"
    write_network(read_nnet(written, numbers="float32"), rounded)
    words = ("equal", written, str(rounded), "--box", "0:1")
    shown = exactrelu(*words)
    assert shown.status == 1
    (difference,) = [line for line in shown.out.splitlines() if line.startswith("difference")]
    assert all(text in difference for text in exactrelu(*words, "--json", "-").json["difference"])
    assert "its size        ~" in shown.out
    assert "--nnet-as float32" in shown.out
    assert exactrelu(*words, "--nnet-as", "float32").status == 0
    one = exactrelu.file("one.json", network_document(([[1]], None)))
    other = exactrelu.file("other.json", network_document(([[2]], None)))
    assert "--nnet-as" not in exactrelu("equal", one, other).out
