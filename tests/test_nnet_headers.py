"""NNet files with other headers than the standard one: what is read, what is said, what is refused."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu.errors import FormatError, ReadingWarning
from exactrelu.formats.nnet import read_nnet
from exactrelu.networks.network import Network

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")

ONE_NEURON = Network.from_rationals([([["1/2"]], ["1/4"])])
AT_SIX = (Fraction(13, 4),)

# weight 1/2 and bias 1/4 with each of the headers; what the reader says of it
FORMS = {
    "depth and sizes": (
        ["1", "1,1", "0", "0", "0", "0", "0"],
        "the number of layers alone in its first line",
    ),
    "no outputs": (["1,1,1,1", "1,1", "0", "-1", "1", "0", "1"], "no entry for the outputs among the ranges"),
    "two of one": (["1,1,1,1", "1,1", "0", "0,0", "1,1", "0,0", "1,1"], "2 minima for 1 input; 2 maxima"),
    "zeros": (["1,1,1,1", "1,1", *"00000"], "no means; no ranges"),
    "largest": (
        ["1,1,1,7", "1,1", "0", "0", "1", "0,0", "1,1"],
        "7 claimed for the largest layer, which has 1",
    ),
    "last size": (
        ["1,1,1,1", "1,1,1", "0", "0", "1", "0,0", "1,1"],
        "the last layer size, 1, stands twice",
    ),
    "outputs": (
        ["1,1,3,1", "1,1", "0", "0", "1", "0,0", "1,1"],
        "3 outputs claimed where the last layer has 1",
    ),
}
FLAG_IN_WORDS = ["1,1,1,1", "1,1", "This line extraneous", "-6.55e4", "6.55e4", "0.0,0.0", "1.0,1.0"]
WEIGHTS = ["0.5", "0.25"]


@pytest.fixture
def written(tmp_path):
    """Return a function that writes lines to a file and returns its path."""

    def write(lines):
        path = tmp_path / "net.nnet"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("form", FORMS)
def test_as_stored_every_form_is_the_network_of_its_weights_and_says_what_is_not_standard(form, written):
    header, said = FORMS[form]
    path = written([*header, *WEIGHTS])
    with pytest.warns(ReadingWarning) as notes:
        network = read_nnet(path)
    assert network == ONE_NEURON
    assert network((6,)) == AT_SIX
    (note,) = notes
    assert str(note.message).startswith(f"{path}: the header is not the standard one: ")
    assert said in str(note.message)
    assert str(note.message).endswith("the weights are read as stored")


def test_words_in_the_place_of_the_flag_are_nothing_to_speak_of(written):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_nnet(written([*FLAG_IN_WORDS, *WEIGHTS]))((6,)) == AT_SIX


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (
            "depth and sizes",
            "line 6: expected 2 means, one for each input and one for the outputs, for the folded",
        ),
        (
            "no outputs",
            "line 6: expected 2 means, one for each input and one for the outputs, for the folded",
        ),
        ("two of one", "line 4: expected 1 minimum, one for each input, for the folded normalization, got 2"),
        ("zeros", "line 6: expected 2 means, one for each input and one for the outputs, for the folded"),
    ],
)
def test_folded_what_is_missing_is_refused_by_name(form, message, written):
    path = written([*FORMS[form][0], *WEIGHTS])
    with pytest.raises(FormatError) as caught:
        read_nnet(path, normalization="folded")
    assert str(caught.value).startswith(f"{path}: {message.replace('normalization', 'normalisation')}")


@pytest.mark.parametrize("form", ["largest", "outputs", "last size"])
def test_folded_a_misstated_size_is_only_said(form, written):
    lines = [*FORMS[form][0], *WEIGHTS]
    lines[5:7] = ["1,10", "2,3"]
    with pytest.warns(ReadingWarning, match="its means and ranges are folded in"):
        network = read_nnet(written(lines), normalization="folded")
    assert network((6,)) == (3 * (Fraction(1, 2) * Fraction(6 - 1, 2) + Fraction(1, 4)) + 10,)


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ("0,1", "expected ranges other than zero, got 0 at 0"),
        ("1,0", "expected ranges other than zero, got 0 at 1"),
        ("-1,-1", "expected positive ranges, got -1 at 0"),
        ("2,-1", "expected positive ranges, got -1 at 1"),
    ],
)
def test_folded_a_range_that_is_none_is_refused(ranges, message, written):
    path = written(["1,1,1,1", "1,1", "0", "0", "1", "0,0", ranges, *WEIGHTS])
    assert read_nnet(path) == ONE_NEURON
    with pytest.raises(FormatError, match=f"line 7: {message}"):
        read_nnet(path, normalization="folded")


def test_an_acas_xu_file_of_seven_inputs_has_more_of_everything(written):
    seven, eight = "0,-3,-3,100,0,0,-3,", "19791,0,0,650,600,35,0,7.5"
    lines = ["1,5,1,5", "5,1", "0", seven, seven, eight, eight, "1,2,3,4,5", "-6"]
    with pytest.warns(ReadingWarning, match=r"7 minima for 5 inputs; 7 maxima .*; 8 means .*; 8 ranges"):
        assert read_nnet(written(lines))((1, 1, 1, 1, 1)) == (9,)


def test_a_deeper_network_of_depth_and_sizes_has_blanks_where_people_put_them(written):
    lines = [
        "// written by hand",
        "2 ",
        "2, 2, 2 ",
        *"00000",
        "1, 1",
        "-1, 1 ",
        "-1",
        "-1",
        "1, 0",
        "0, 1",
        "0",
        "0",
    ]
    with pytest.warns(ReadingWarning):
        network = read_nnet(written(lines))
    assert network == Network.from_rationals([([[1, 1], [-1, 1]], [-1, -1]), ([[1, 0], [0, 1]], None)])


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["1,1", "1,1", *"00000"], "line 1: expected 4 counts, got 2"),
        (["1,1,1,1,1", "1,1", *"00000"], "line 1: expected 4 counts, got 5"),
        (["1.0", "1,1", *"00000"], "line 1: expected a count, got 1.0"),
        (["1", "1", *"00000"], "line 2: expected 2 counts, got 1"),
        (["1", "1,1", *"0000"], "line 9: expected 1 numbers, got an empty line"),
        (["1", "1,1", *"000000"], "line 10: expected the end of the file, got 0.25"),
        (["1", "1,1", "0", "zero", *"000"], "line 4: expected a minimum, got zero"),
        (["1", "1,1", "0", "", *"000"], "line 4: expected 1 numbers, got an empty line"),
        (["1,3,1,3", "3,1", "0", "1", "0", "0", "0"], "line 4: expected 3 numbers, got 1"),
        (["1,3,1,3", "3,1", "0", "0,0", "0", "0", "0"], "line 4: expected 3 numbers, got 2"),
        (["1,3,1,3", "3,1", "0", "0", "0", "0,0", "0"], "line 6: expected 4 numbers, got 2"),
        (["1,1,1,1", "1,1,2", *"00000"], "line 2: expected 2 counts, got 3"),
        (["1,1,1,1", "1,1,1,1", *"00000"], "line 2: expected 2 counts, got 4"),
        (["2,1,1,1", "1,1,1", *"00000"], "line 10: expected 1 numbers, got an empty line"),
        (["1,2,1,1", "1,1", *"00000"], "line 2: expected 2 inputs, 1 outputs and 1 in the largest layer"),
        (["1", "900000000,900000000", *"00000"], "line 2: expected at most 10000000 weights and biases"),
        (["999999999", "1,1", *"00000"], "line 1: expected a file that holds the layers"),
        (["1", "3000,3000", *"00000"], "line 2: expected a file that holds the layers"),
    ],
)
def test_a_header_of_no_known_form_is_refused_by_its_line(header, message, written):
    path = written([*header, *WEIGHTS])
    with pytest.raises(FormatError) as caught:
        read_nnet(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert str(caught.value).isprintable()


def test_the_command_says_it_in_one_line_on_stderr_and_answers(exactrelu):
    path = exactrelu.file("net.nnet", "\n".join([*FORMS["depth and sizes"][0], *WEIGHTS]))
    outcome = exactrelu("evaluate", path, "--at", "6", "--json", "-")
    assert outcome.json["output"] == ["13/4"]
    assert outcome.err.startswith(f"exactrelu: note: {path}: the header is not the standard one: ")
    assert outcome.err.count("\n") == 1
    refusal = exactrelu("evaluate", path, "--at", "6", "--nnet-normalization", "folded")
    assert refusal.is_refusal("line 6: expected 2 means")


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.glob("*/nnet/*.nnet")), ids=lambda path: path.stem)
def test_a_file_of_another_project_parses_in_both_readings(path):
    assert read_nnet(path).widths == read_nnet(path, normalization="folded").widths
