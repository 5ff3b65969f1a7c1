"""What people see in tables: how many rows, how many digits, and what says that there is more."""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction

import pytest

from exactrelu.cli.outputs import write_json
from exactrelu.numbers.text import number_text, rounded_text
from tests.support.command_line import network_document

F = Fraction


def staircase(neurons: int) -> dict[str, object]:
    """Return a network on the line with a kink for each neuron: one `full` cell more, no two alike."""
    biases = [-position for position in range(neurons)]
    return network_document(([[1]] * neurons, biases), ([[1] * neurons], None))


@pytest.mark.parametrize("command", ["regions", "pieces"])
@pytest.mark.parametrize(("cells", "left_out"), [(49, None), (50, None), (51, 1), (53, 3)])
def test_a_table_has_fifty_rows_and_the_line_below_counts_the_others(exactrelu, command, cells, left_out):
    # Fifty lines are a screen and a bit; whoever wants all of them wants JSON.
    path = exactrelu.file("stairs.json", staircase(cells - 1))
    words = ("--cells", "full") if command == "regions" else ()
    out = exactrelu(command, path, *words).out
    rows = re.findall(rf"^.*\b[01]{{{cells - 1}}}\b.*$", out, re.MULTILINE)
    assert len(rows) == min(cells, 50)
    assert (f"... and {left_out} more (all with --json" in out) == (left_out is not None)
    assert ("more (all" in out) == (left_out is not None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (F(1, 3), "~0.333333"),  # six digits, the last one rounded
        (F(2, 3), "~0.666667"),
        (F(123456, 1000), "123.456"),  # six digits suffice: no mark
        (F(1234567, 10000), "~123.457"),
        (F(-1234565, 10), "~-123456"),  # a tie, to even
        (F(-1234575, 10), "~-123458"),
        (F(1, 10**5), "0.00001"),
        (F(1, 10**6), "1e-6"),
        (F(1, 3 * 10**5), "~3.33333e-6"),
        (F(0), "0"),
    ],
)
def test_a_decimal_has_six_digits_and_is_marked_where_it_is_not_exact(value, text):
    assert rounded_text(value) == text
    assert ("~" in text) == (F(text.removeprefix("~")) != value)


def test_an_exact_number_is_written_out_up_to_24_signs():
    assert number_text(F(10) ** 23) == "1" + 23 * "0"
    assert number_text(F(10**24 + 1)) == "~1.00000e+24"
    assert number_text(F(1, 3**24)) == f"1/{3**24}"
    assert number_text(F(-(2**40) - 1, 3**24)) == f"~{float(F(-(2**40) - 1, 3**24)):.6g}"


def test_a_rounded_number_of_a_table_has_a_note_that_says_so(exactrelu):
    path = exactrelu.file("third.json", network_document(([["1/3"]], None)))
    assert "~0.333333" in exactrelu("evaluate", path, "--at", "1").out
    assert "~ marks a rounded number" in exactrelu("evaluate", path, "--at", "1").out
    assert "~" not in exactrelu("evaluate", path, "--at", "3/2").out


def test_json_holds_integers_of_any_length_and_pythons_limit_is_as_before(capsys):
    # Coefficients of minimal polynomials are JSON integers; Python by itself writes at most 4,300 digits.
    limit = sys.get_int_max_str_digits()
    write_json("-", {"polynomial": [10**5000, 1]})
    assert sys.get_int_max_str_digits() == limit
    text = capsys.readouterr().out
    assert text == '{"polynomial": [1' + 5000 * "0" + ", 1]}\n"
    with pytest.raises(ValueError, match="digits"):
        json.loads(text)
