"""VNN-LIB files mean exactly what they say, whatever their shape; what is none is refused with its line."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exactrelu.documents.vnnlib import property_text
from exactrelu.errors import FormatError
from exactrelu.formats.vnnlib import parse_property, read_property
from exactrelu.verification.interval import Interval

F = Fraction
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
HEAD = (
    "(declare-const X_0 Real)\n(declare-const X_1 Real)\n(declare-const Y_0 Real)\n(declare-const Y_1 Real)\n"
)


def parsed(*formulas: str):
    return parse_property(HEAD + "".join(f"(assert {formula})\n" for formula in formulas))


def refused(text: str) -> str:
    with pytest.raises(FormatError) as caught:
        parse_property(text, "file.vnnlib")
    message = str(caught.value)
    assert "\n" not in message
    return message


# meaning --------------------------------------------------------------------------------------


def test_decimals_mean_what_is_written():
    p = parsed(
        "(<= X_0 0.1)", "(>= X_0 -1e-3)", "(>= X_1 (- 0.5))", "(<= X_1 (/ 1 3))", "(>= Y_0 .5)", "(<= Y_1 2.)"
    )
    (group,) = p.groups
    assert group.box == (Interval(F(-1, 1000), F(1, 10)), Interval(F(-1, 2), F(1, 3)))
    ((one, two),) = group.disjuncts
    assert (one.offset, two.offset) == (F(-1, 2), F(2))


def test_bounds_join_into_one_box_and_the_strict_side_wins():
    (group,) = parsed(
        "(<= X_0 1)", "(< X_0 1)", "(>= 3 X_0)", "(< -1 (* 2 X_0))", "(= X_1 2)", "(> Y_0 0)"
    ).groups
    assert group.box == (Interval(F(-1, 2), F(1), open_lower=True, open_upper=True), Interval(F(2), F(2)))


def test_an_empty_box_is_kept_and_nothing_in_it_is_unsafe():
    p = parsed("(>= X_0 1.5)", "(<= X_0 0.5)")
    assert p.groups[0].has_empty_box
    assert p.groups[0].disjuncts == ((),)
    assert not any(p.holds_at((x, 0), (0, 0)) for x in (F(1, 2), 1, F(3, 2)))


def test_boxes_as_disjuncts_are_grouped_with_what_they_ask_of_the_outputs():
    one, two = "(>= X_0 0) (<= X_0 1)", "(>= X_0 2) (<= X_0 3)"
    p = parsed(f"(or (and {one} (>= Y_0 1)) (and {two} (>= Y_0 2)) (and {one} (<= Y_0 -1)))")
    assert [(g.box[0], len(g.disjuncts)) for g in p.groups] == [
        (Interval(F(0), F(1)), 2),
        (Interval(F(2), F(3)), 1),
    ]
    assert p.holds_at((3, 0), (2, 0))
    assert not p.holds_at((3, 0), (F(3, 2), 0))


def test_a_disjunction_on_inputs_and_one_on_outputs_do_not_multiply():
    count = 400
    inputs = "".join(f"(and (>= X_0 {i}) (<= X_0 {i}.5))" for i in range(count))
    outputs = "".join(f"(and (>= Y_0 {i}) (<= Y_1 {i}))" for i in range(count))
    p = parsed(f"(or {inputs})", f"(or {outputs})")
    assert len(p.groups) == count
    assert len({id(group.disjuncts) for group in p.groups}) == 1  # one tuple for all


def test_rows_over_several_inputs_restrict_the_set_and_mixed_rows_belong_to_a_disjunct():
    (group,) = parsed("(<= (+ X_0 X_1) 1)", "(>= Y_0 (+ X_0 (* 2 X_1) 0.5))").groups
    assert [str(row) for row in group.rows] == ["-x0 - x1 + 1 >= 0"]
    assert [str(row) for row in group.disjuncts[0]] == ["-x0 - 2 x1 + y0 - 1/2 >= 0"]
    assert group.domain().contains((F(1, 2), F(1, 2)))
    assert not group.domain().contains((1, F(1, 2)))


@pytest.mark.parametrize(
    ("formula", "inside", "outside"),
    [
        ("(not (and (>= Y_0 0) (or (> Y_1 0) (= Y_1 -1))))", [(0, 0), (-1, 1)], [(0, 1), (0, -1)]),
        ("(not (= Y_0 1 Y_1))", [(1, 2), (2, 1)], [(1, 1)]),
        ("(< 0 Y_0 Y_1 3)", [(1, 2)], [(1, 1), (0, 1), (1, 3)]),
        ("(and true (>= Y_0 0))", [(0, 5)], [(-1, 0)]),
        ("(or false (not true) (>= Y_0 0))", [(0, 5)], [(-1, 0)]),
        ("(>= (- Y_0 Y_0) 0)", [(7, 7)], []),
        ("(> (* 0 Y_0) 0)", [], [(7, 7)]),
        ("(>= (* 2 (- Y_0 1) (/ 1 4)) (/ Y_1 2))", [(1, 0), (3, 2)], [(0, 0)]),
        ("(<= (- Y_0) (- 3))", [(3, 0)], [(2, 0)]),
        ("(>= (+ Y_0) |Y_1|)", [(0, 0)], [(0, 1)]),
    ],
)
def test_formulas_hold_where_they_should(formula, inside, outside):
    p = parsed(formula)
    assert all(p.holds_at((0, 0), y) for y in inside)
    assert not any(p.holds_at((0, 0), y) for y in outside)


def test_a_last_disjunct_alone_is_not_the_property():
    p = parsed("(or (and (>= Y_0 1/2)) (and (<= Y_0 -5)))")
    assert [p.holds_at((0, 0), (y, 0)) for y in (F(1, 2), 0, -5)] == [True, False, True]


def test_other_commands_of_smt_lib_and_functions_without_arguments_are_understood():
    text = """(set-logic QF_LRA) (set-info :source "an (odd) ; text")
    (declare-fun Y_0 () Real) ; in any order
    (declare-fun X_0 () Real)(assert (>= Y_0 X_0))(check-sat)"""
    assert parse_property(text).holds_at((1,), (1,))


# formulas against a second evaluator ------------------------------------------------------------

NUMBERS = st.sampled_from([F(0), F(1), F(-1), F(1, 2), F(-3, 4), F(2)])


def written(value: F) -> str:
    decimal = f"{abs(float(value))}"  # exact: halves and quarters
    return f"(- {decimal})" if value < 0 else decimal


TERMS = st.one_of(
    st.sampled_from(["X_0", "X_1", "Y_0", "Y_1"]).map(lambda v: (v, lambda p: p[v])),
    NUMBERS.map(lambda c: (written(c), lambda _: c)),
    st.tuples(NUMBERS, st.sampled_from(["X_0", "X_1", "Y_0", "Y_1"])).map(
        lambda t: (f"(* {written(t[0])} {t[1]})", lambda p: t[0] * p[t[1]])
    ),
    st.tuples(st.sampled_from(["X_0", "Y_1"]), st.sampled_from(["X_0", "Y_0"]), NUMBERS).map(
        lambda t: (f"(- (+ {t[0]} {written(t[2])}) {t[1]})", lambda p: p[t[0]] + t[2] - p[t[1]])
    ),
)
RELATIONS = {
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
}
ATOMS = st.tuples(st.sampled_from(sorted(RELATIONS)), TERMS, TERMS).map(
    lambda t: (f"({t[0]} {t[1][0]} {t[2][0]})", lambda p: RELATIONS[t[0]](t[1][1](p), t[2][1](p)))
)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(
            lambda fs: (f"(and {' '.join(f[0] for f in fs)})", lambda p: all(f[1](p) for f in fs))
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda fs: (f"(or {' '.join(f[0] for f in fs)})", lambda p: any(f[1](p) for f in fs))
        ),
        inner.map(lambda f: (f"(not {f[0]})", lambda p: not f[1](p))),
    ),
    max_leaves=8,
)
POINTS = [
    (F(a), F(b), F(c), F(d))
    for a in (-1, 0, F(1, 2))
    for b in (0, F(-3, 4))
    for c in (0, 1, F(-3, 4))
    for d in (-1, F(1, 2))
]


@settings(max_examples=300, deadline=None)
@given(st.lists(FORMULAS, min_size=1, max_size=3))
def test_the_property_holds_where_the_formula_evaluates_to_true(formulas):
    p = parsed(*(text for text, _ in formulas))
    again = parse_property("".join(property_text(p)))
    for x0, x1, y0, y1 in POINTS:
        values = {"X_0": x0, "X_1": x1, "Y_0": y0, "Y_1": y1}
        truth = all(evaluate(values) for _, evaluate in formulas)
        assert p.holds_at((x0, x1), (y0, y1)) == truth
        assert again.holds_at((x0, x1), (y0, y1)) == truth


@settings(max_examples=100, deadline=None)
@given(st.lists(FORMULAS, min_size=1, max_size=3))
def test_writing_and_reading_again_gives_the_same_groups(formulas):
    p = parsed(*(text for text, _ in formulas))
    assert parse_property("".join(property_text(p))).groups == p.groups


def test_written_numbers_are_decimals_where_there_are_some():
    p = parsed("(<= X_0 0.125)", "(>= X_0 -1e-3)", "(> Y_0 (* (/ -2 3) Y_1))")
    text = "".join(property_text(p))
    assert "(assert (<= X_0 0.125))" in text
    assert "(assert (>= X_0 -0.001))" in text
    assert "(/ 2 3)" in text


# files ------------------------------------------------------------------------------------------


def test_gzip_is_read_by_its_first_bytes_and_the_digest_is_of_the_file(tmp_path):
    text = (HEAD + "(assert (>= Y_0 0))").encode()
    plain, packed, unnamed = tmp_path / "p.vnnlib", tmp_path / "p.vnnlib.gz", tmp_path / "q.vnnlib"
    plain.write_bytes(text)
    for path in (packed, unnamed):
        path.write_bytes(gzip.compress(text, mtime=0))
    assert read_property(plain).groups == read_property(packed).groups == read_property(unnamed).groups
    assert read_property(packed).digest == read_property(unnamed).digest != read_property(plain).digest


def test_line_ends_and_a_byte_order_mark_do_not_count(tmp_path):
    path = tmp_path / "p.vnnlib"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + "(assert (>= Y_0 0)) ; end").replace("\n", "\r\n").encode())
    assert read_property(path).groups == parsed("(>= Y_0 0)").groups


def test_the_number_of_variables_is_compared_with_the_network(tmp_path):
    path = tmp_path / "p.vnnlib"
    path.write_text(HEAD + "(assert (>= Y_0 0))", encoding="utf-8")
    assert read_property(path, 2, 2).inputs == 2
    with pytest.raises(FormatError, match=r"line 2: expected the network's 1 inputs, got X_1"):
        read_property(path, 1, 2)
    with pytest.raises(FormatError, match=r"expected 3 outputs, the network's, got 2 Y_i"):
        read_property(path, 2, 3)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
def test_real_files_are_read():
    files = sorted(DATA.rglob("*.vnnlib*"))
    bad = {"test_assert_operator_not_implemented", "test_command_not_implemented", "test_mul_var_var"}
    for path in files:
        if path.name.partition(".")[0] in bad:
            with pytest.raises(FormatError, match=r": line [34]: expected"):
                read_property(path)
        else:
            assert read_property(path).groups


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
def test_thousands_of_boxes_are_as_many_groups_with_two_disjuncts_each():
    p = read_property(DATA / "vnncomp" / "nn4sys" / "vnnlib" / "lindex_3000.vnnlib.gz")
    assert (p.inputs, p.outputs, len(p.groups)) == (1, 1, 3000)
    assert {len(group.disjuncts) for group in p.groups} == {2}


# what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a declaration of X_0, got none in the file"),
        (HEAD, "line 5: expected an assertion, got none in the file"),
        (HEAD + "(assert)", "line 5: expected one formula in an assertion, got 0"),
        (HEAD + "(assert (>= Y_0 0) (>= Y_0 0))", "line 5: expected one formula in an assertion, got 2"),
        (
            HEAD + "(assert\n(or (>= Y_0 0)",
            "line 6: expected a closing parenthesis for (or in line 6, got the end",
        ),
        (
            HEAD + "(assert ",
            "line 5: expected a closing parenthesis for (assert in line 5, got the end of the file",
        ),
        (HEAD + "(assert (>= Y_0 0)))", "line 5: expected a command in parentheses, got )"),
        (HEAD + "assert", "line 5: expected a command in parentheses, got assert"),
        (HEAD + "(assert Y_0)", "line 5: expected a formula, got Y_0"),
        (HEAD + "(assert (and Y_0))", "line 5: expected a formula, got Y_0"),
        (HEAD + "(assert (+ Y_0 1))", "line 5: expected a formula, got +"),
        (HEAD + "(assert (>= Y_0 (or 1)))", "line 5: expected a term, got or"),
        (HEAD + "(assert (>= Y_0 (>= Y_0 1)))", "line 5: expected a term, got >="),
        (HEAD + "(assert (>= Y_0))", "line 5: expected two terms after >=, got 1"),
        (HEAD + "(assert (and))", "line 5: expected a formula after and, got none"),
        (HEAD + "(assert (not (>= Y_0 0) (>= Y_0 1)))", "line 5: expected one formula after not, got 2"),
        (HEAD + "(assert (=> (>= Y_0 0) (>= Y_0 1)))", "line 5: expected and, or, not, <="),
        (HEAD + "(assert (>= (* Y_0 X_0) 0))", "line 5: expected linear terms, got a product of variables"),
        (HEAD + "(assert (>= (/ 1 Y_0) 0))", "line 5: expected linear terms, got a division by a variable"),
        (HEAD + "(assert (>= (/ Y_0 0) 0))", "line 5: expected a divisor other than zero, got 0"),
        (HEAD + "(assert (>= (/ Y_0) 0))", "line 5: expected more arguments of /, got 1"),
        (HEAD + "(assert (>= (+) 0))", "line 5: expected more arguments of +, got 0"),
        (HEAD + "(assert (>= Y_2 0))", "line 5: expected a declared variable or a number, got Y_2"),
        (HEAD + "(assert (>= Y_0 nan))", "line 5: expected a declared variable or a number, got nan"),
        (HEAD + "(assert (>= Y_0 1e999999))", "got 1e999999 (expected an exponent of at most 100000)"),
        (HEAD + "(assert (>= Y_0 1/0))", "got 1/0 (expected a non-zero denominator)"),
        (HEAD + "(assert (>= Y_0 .))", "line 5: expected a declared variable or a number, got ."),
        (HEAD + "(declare-const X_1 Real)", "line 5: expected each variable declared once, got X_1 again"),
        (HEAD + "(declare-const X_3 Real)(assert true)", "expected a declaration of X_2, got none"),
        (HEAD + "(declare-const Z_0 Real)", "line 5: expected a variable X_i or Y_j, got Z_0"),
        (HEAD + "(declare-const X_01 Real)", "line 5: expected a variable X_i or Y_j, got X_01"),
        (HEAD + "(declare-const X_2 Int)", "line 5: expected the sort Real, got Int"),
        (HEAD + "(declare-fun X_2 (Real) Real)", "line 5: expected (), got Real"),
        ("(declare-const X_0 Real)(assert (>= X_0 0))", "line 1: expected a declaration of Y_0"),
        ("(vnnlib-version <2.0>)", "line 1: expected declare-const, declare-fun or assert (VNN-LIB 1.0)"),
        (HEAD + '(set-info :x "', "line 5: expected a closing quotation mark, got the end of the file"),
        (HEAD + "(set-info :x", "line 5: expected a closing parenthesis, got the end of the file"),
    ],
)
def test_what_is_no_property_is_refused_with_its_line(text, message):
    assert message in refused(text)


HOSTILE = {
    "deep and": lambda: "(assert " + "(and " * 10**6,
    "deep terms": lambda: "(assert (>= " + "(+ Y_0 " * 10**6,
    "deep not": lambda: "(assert " + "(not " * 10**6 + "true" + ")" * 10**6 + ")",
    "many disjuncts": lambda: "(assert (or " + "(and (>= X_0 1) (>= Y_0 1))" * 10**6 + "))",
    "product of alternatives": lambda: "(assert (or (>= Y_0 1) (<= Y_0 0)))" * 60,
    "product of boxes": lambda: "".join(
        f"(assert (or (>= X_0 1) (>= X_1 1) (<= (+ X_0 (* {i} X_1)) 1)))" for i in range(1, 60)
    ),
    "long numbers": lambda: (
        "(assert (or " + "".join(f"(>= Y_0 1e-{99999 - i % 5000})" for i in range(9000)) + "))"
    ),
    "powers": lambda: "(assert (>= Y_0 (* " + "123456789 " * 10**6 + ")))",
    "harmonic": lambda: "(assert (>= Y_0 (+ " + " ".join(f"1/{i}" for i in range(1, 10**5)) + ")))",
    "declarations": lambda: "".join(f"(declare-const X_{i} Real)" for i in range(3, 10**5)),
    "comment": lambda: ";" * 10**7 + "\n(",
    "blanks": lambda: " " * 10**7 + "\n;" * 10**6,
    "parentheses": lambda: "(" * 10**7,
    "a long word": lambda: "(assert " + "a" * 10**7,
    "nulls": lambda: "\0" * 10**6,
}


def test_hostile_files_get_one_line_each_within_little_memory(tmp_path):
    files = {name: (HEAD + make()).encode() for name, make in HOSTILE.items()}
    files["garbage"] = bytes(range(256)) * 1000
    files["bomb"] = gzip.compress(b" " * 10**8, 1)
    files["broken gzip"] = gzip.compress(HEAD.encode())[:-12]
    files["damaged gzip"] = b"\x1f\x8b\x08garbage" * 20
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    code = (
        "import sys\nfrom exactrelu.formats.vnnlib import FormatError, read_property\n"
        "for path in sys.argv[1:]:\n"
        "    try: read_property(path)\n    except FormatError as error: print(error, flush=True)"
    )

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))  # address space, libraries included

    command = [sys.executable, "-c", code, *(str(tmp_path / name) for name in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == command[3:]
    assert all(": expected " in line and len(line) < 1200 for line in lines)
