"""Counterexample files are decimals that satisfy the property exactly, or a reason says why not."""

from __future__ import annotations

import gzip
from fractions import Fraction

import pytest

from exactrelu.documents.witness import Witness, decimal_witness
from exactrelu.errors import FormatError
from exactrelu.formats.vnnlib import parse_property
from exactrelu.formats.witness import parse_witness, read_witness
from exactrelu.networks.network import Network
from exactrelu.numbers.decimals import decimal_places, decimal_text, magnitude, rounded_to_digits
from exactrelu.verification.decimal_points import NoDecimals
from tests.support.seeded_cases import seeded_cases

F = Fraction
IDENTITY = Network.from_rationals([([[1]], None)])
PLANE = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, 1]], None)])
HEAD = {1: "(declare-const X_0 Real)", 2: "(declare-const X_0 Real)(declare-const X_1 Real)"}


def unsafe(*formulas, inputs=1):
    return parse_property(
        HEAD[inputs] + "(declare-const Y_0 Real)" + "".join(f"(assert {formula})" for formula in formulas)
    )


def assert_promised(network, p, witness):
    """All that the docstring of `decimal_witness` promises, from the text that is written."""
    assert isinstance(witness, Witness)
    read = parse_witness(witness.text(), network.inputs, network.outputs)
    assert p.holds_at(read.inputs, network(read.inputs))
    assert p.holds_at(read.inputs, read.outputs)
    exact = network(read.inputs)
    for digits in range(17, 400):
        if read.outputs == tuple(rounded_to_digits(y, digits) for y in exact):
            return
    assert read.outputs == exact


def test_a_third_inside_an_interval_is_rounded():
    p = unsafe("(>= X_0 0)", "(<= X_0 1)", "(>= Y_0 0.25)")
    witness = decimal_witness(IDENTITY, p, (F(1, 3),))
    assert_promised(IDENTITY, p, witness)
    assert witness.text() == "((X_0 0.333333)\n (Y_0 0.333333))\n"


def test_rounding_does_not_leave_the_box():
    p = unsafe("(>= X_0 0.123456789)", "(<= X_0 0.123456790)")
    assert_promised(IDENTITY, p, decimal_witness(IDENTITY, p, (F(123456789, 10**9),)))
    narrow = unsafe(f"(>= X_0 0.{'3' * 60}3)", f"(<= X_0 0.{'3' * 60}4)")
    assert_promised(IDENTITY, narrow, decimal_witness(IDENTITY, narrow, (F(1, 3),)))


def test_a_vertex_is_left_for_the_interior():
    p = unsafe("(>= X_0 (/ 1 3))", "(<= X_0 1)", "(>= (* 3 Y_0) 1)")
    assert_promised(IDENTITY, p, decimal_witness(IDENTITY, p, (F(1, 3),)))
    corner = unsafe("(>= (+ (* 3 X_0) X_1) 1)", "(>= (- X_1 (* 7 X_0)) 0)", "(<= Y_0 2)", inputs=2)
    assert_promised(PLANE, corner, decimal_witness(PLANE, corner, (F(1, 10), F(7, 10))))
    third = unsafe("(>= (+ (* 3 X_0) X_1) 1)", "(>= (- X_1 (* 6 X_0)) 0)", "(<= Y_0 2)", inputs=2)
    assert_promised(PLANE, third, decimal_witness(PLANE, third, (F(1, 9), F(2, 3))))


def test_decimals_on_a_line_are_found():
    on_line = unsafe("(= (+ (* 3 X_0) (* 7 X_1)) 1)", "(>= X_0 0)", "(>= X_1 0)", inputs=2)
    assert_promised(PLANE, on_line, decimal_witness(PLANE, on_line, (F(1, 3), F(0))))
    point = unsafe("(= (+ X_0 X_1) 0.5)", "(= X_0 X_1)", inputs=2)
    assert_promised(PLANE, point, decimal_witness(PLANE, point, (F(1, 4), F(1, 4))))


@pytest.mark.parametrize(
    ("formulas", "point", "reason"),
    [
        (["(= X_0 (/ 1 3))"], (F(1, 3),), "input 0 is 1/3, no finite decimal, in all of the input set"),
        (["(= (* 3 Y_0) 1)"], (F(1, 3),), "satisfy equations without decimals (3 X_0 = 1, ...)"),
        (["(>= X_0 (/ 1 3))", "(<= Y_0 (/ 1 3))"], (F(1, 3),), "equations without decimals"),
    ],
)
def test_where_the_only_points_are_no_decimals_the_reason_says_so(formulas, point, reason):
    found = decimal_witness(IDENTITY, unsafe(*formulas), point)
    assert isinstance(found, NoDecimals)
    assert reason in found.reason


def test_an_output_that_must_equal_a_third_has_no_decimals():
    third = Network.from_rationals([([["1/3"]], None)])
    found = decimal_witness(third, unsafe("(= X_0 1)", "(= Y_0 (/ 1 3))"), (F(1),))
    assert found == NoDecimals("output 0 at (1) is no finite decimal, and no rounding of it is unsafe")
    p = unsafe("(= X_0 1)", "(>= (* 3 Y_0) 1)")  # true of the exact output, false of it rounded down
    assert isinstance(decimal_witness(third, p, (F(1),)), NoDecimals)


def test_outputs_have_as_many_digits_as_the_constraint_needs():
    third = Network.from_rationals([([["1/3"]], None)])
    p = unsafe("(= X_0 1)", f"(>= Y_0 0.{'3' * 30})")
    witness = decimal_witness(third, p, (F(1),))
    assert witness.outputs == (F(int("3" * 40), 10**40),)
    assert_promised(third, p, witness)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=4))
def test_witnesses_near_rational_points_keep_the_promise(network, domain):
    x = tuple(F(2 * i + 1, 3 + i) for i in range(network.inputs))
    y = network(x)
    names = [f"X_{i}" for i in range(network.inputs)] + [f"Y_{j}" for j in range(network.outputs)]
    sides = "".join(f"(assert (>= Y_{j} (/ {v.numerator - 1} {v.denominator})))" for j, v in enumerate(y))
    p = parse_property("".join(f"(declare-const {name} Real)" for name in names) + sides)
    assert_promised(network, p, decimal_witness(network, p, x))


def test_decimal_text_is_exact_and_rounding_is_to_nearest_with_ties_to_even():
    for value in (F(0), F(-1, 8), F(3, 10**40), F(10**30 + 1), F(7, 5**9), F(1, 2**70)):
        assert F(decimal_text(value)) == value
    assert decimal_text(F(1, 7)) is None
    assert decimal_places(F(1, 2**70)) == 70
    assert [rounded_to_digits(F(n, 1000), 2) for n in (1250, 1350, -1250, 999)] == [
        F(12, 10),
        F(14, 10),
        F(-12, 10),
        F(1),
    ]
    assert [magnitude(F(10) ** k) for k in (-400, -1, 0, 7, 400)] == [-400, -1, 0, 7, 400]
    assert [magnitude(F(10) ** k - F(1, 10**500)) for k in (-400, -1, 0, 7, 400)] == [-401, -2, -1, 6, 399]


# reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "((X_0 0.5)\n(X_1 -1e-2)\n(Y_0 2))",
        "sat\n(\n(X_0 0.5)\n(X_1 -0.01)\n(Y_0 2.0)\n)\n",
        "violated (((Y_0 2)) ((X_1 -0.01) (X_0 .5)))",
        "(X_0 0.5) (X_1 -0.01) ; a comment\n(Y_0 +2)",
    ],
)
def test_counterexamples_of_several_shapes_are_read(text):
    witness = parse_witness(text, 2, 1)
    assert (witness.inputs, witness.outputs) == ((F(1, 2), F(-1, 100)), (F(2),))


def test_outputs_may_be_missing_and_files_may_be_packed(tmp_path):
    path = tmp_path / "a.counterexample.gz"
    path.write_bytes(gzip.compress(b"sat\n((X_0 1))"))
    witness = read_witness(path, 1, 2)
    assert (witness.inputs, witness.outputs) == ((F(1),), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a value of X_0, got none in the file"),
        ("unsat", "line 1: expected sat, or pairs such as (X_0 0.5), got unsat"),
        ("X_0 1", "expected sat, or pairs such as (X_0 0.5), got X_0"),
        ("((X_0 1) (X_1 nan) (Y_0 2))", "line 1: expected a decimal, got nan"),
        ("((X_0 1)\n(X_1 ) (Y_0 2))", "line 2: expected a decimal, got )"),
        ("((X_0 1) (X_0 1))", "expected each variable once, got X_0 again"),
        ("((X_0 1) (X_1 1) (X_2 1))", "expected the network's 2 inputs, got X_2"),
        ("((X_0 1) (X_1 1) (Y_1 1))", "expected the network's 1 outputs, got Y_1"),
        ("((X_0 1) (X_1 1)", "expected a closing parenthesis, got the end of the file"),
        ("((X_0 1) (X_1 1)))", "expected sat, or pairs such as (X_0 0.5), got )"),
        ("((X_0 1 2) (X_1 1))", "expected a closing parenthesis after the value of X_0, got 2"),
        ("((X_0 1) (Z_1 1))", "expected sat, or pairs such as (X_0 0.5), got Z_1"),
        ("((X_1 1) (Y_0 1))", "expected a value of X_0, got none in the file"),
        ("((X_0 1e999999) (X_1 1))", "expected a decimal, got 1e999999"),
    ],
)
def test_what_is_no_counterexample_is_refused_with_its_line(text, message):
    with pytest.raises(FormatError) as caught:
        parse_witness(text, 2, 1, "file")
    assert message in str(caught.value)


def test_of_several_outputs_all_or_none_are_stated():
    with pytest.raises(FormatError, match="expected a value of Y_0, got none"):
        parse_witness("((X_0 1) (Y_1 1))", 1, 2)
