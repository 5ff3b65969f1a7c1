"""Forged certificates of properties, one kind each: both checkers refuse them, beside honest ones."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest

from exactrelu import checker
from exactrelu.certificates.property_files import see_property
from tests.support.certificate_lines import entries_of, refusal, write
from tests.support.second_property_checker import refuses

RAMP = {"layers": [{"weight": [["1"]], "bias": ["0"]}, {"weight": [["1"]], "bias": ["0"]}]}
ABSOLUTE = {
    "layers": [{"weight": [["1"], ["-1"]], "bias": ["0", "0"]}, {"weight": [["1", "1"]], "bias": ["0"]}]
}
CLOSED = [[[[0, "1"]], "0"]]


def unsafe(offset, *, factor="1", strict=True):
    """Return the alternative factor * y + offset > 0, or >= 0."""
    return [{"x": [], "y": [[0, factor]], "offset": offset, "strict": strict}]


def certificate(network, box, disjuncts, lines, precision=8):
    """Return the entries of a certificate with the given tree; counts of lines and leaves are right."""
    claim = {
        "kind": "property",
        "property": None,
        "sets": [{"box": [[*box, False, False]], "rows": [], "disjuncts": disjuncts}],
        "precision": precision,
    }
    head = {
        "format": "exactrelu-certificate",
        "version": 1,
        "claim": claim,
        "networks": [network],
        "domain": None,
        "reading": None,
    }
    leaves = {kind: sum(kind in line for line in lines) for kind in ("closed", "linear")}
    return [head, *lines, {"end": {"lines": len(lines) + 2, "leaves": leaves}}]


def proved(tmp_path, *entries):
    """Return whether both checkers accept a certificate; they agree."""
    path = write(tmp_path / "c.jsonl", copy.deepcopy(certificate(*entries)))
    first, second = refusal(path), refuses(path)
    assert bool(first) == bool(second), (first, second)
    return not first


@pytest.mark.parametrize("precision", [1, 8, 22, 64])
def test_a_bound_too_tight_by_one_unit_in_the_last_place(tmp_path, precision):
    unit, tree = Fraction(1, 2**precision), [{"bounds": "all", "closed": CLOSED}]

    def holds(offset, *, strict):
        claim = [unsafe(str(offset), strict=strict)]
        return proved(tmp_path, RAMP, ["0", "1"], claim, tree, precision)

    assert holds(Fraction(-1), strict=True)  # y <= 1 on [0, 1], attained
    assert not holds(-1 + unit, strict=True)
    assert not holds(Fraction(-1), strict=False)
    assert holds(-1 - unit, strict=False)


ON_WHOLE = [{"bounds": "all", "closed": [[[[0, "1"]], "0"]]}]
"""One leaf on [-1, 1]: |x| lies above a line with slopes in [0, 1] for each neuron."""


def test_no_slopes_prove_more_than_slopes_from_0_to_1_do(tmp_path):
    low = unsafe("0", factor="-1")  # |x| < 0
    false = unsafe("1/100", factor="-1")  # |x| < 1/100: it is there
    for flips in range(16):  # bits beyond the two neurons say nothing
        tree = [{"bounds": "all", "closed": [[[[0, "1"]], f"{flips:x}"]]}]
        assert not proved(tmp_path, ABSOLUTE, ["-1", "1"], [false], tree)
        flat = flips & 3 in (0, 3)  # both slopes 0, or both 1: x - x
        assert not flat or proved(tmp_path, ABSOLUTE, ["-1", "1"], [low], tree)


@pytest.mark.parametrize(
    "slope", ["2g", "-1", "1.5", "0x1", "00", "F", "", 1, 0.5, None, [0, 1], [["1", "2"]]]
)
def test_a_slope_outside_its_range_has_no_words(tmp_path, slope):
    low = unsafe("0", factor="-1")
    assert proved(tmp_path, ABSOLUTE, ["-1", "1"], [low], ON_WHOLE)
    tree = [{"bounds": "all", "closed": [[[[0, "1"]], slope]]}]
    assert not proved(tmp_path, ABSOLUTE, ["-1", "1"], [low], tree)


LEAF = {"bounds": "all", "closed": CLOSED}
HALVES = [{"cut": [0, "0"]}, LEAF, LEAF]
TIGHT = [unsafe("-2")]  # |x| > 2, on [-2, 2]


def test_a_leaf_that_covers_less_than_its_box(tmp_path):
    assert proved(tmp_path, ABSOLUTE, ["-2", "2"], TIGHT, HALVES)
    assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], TIGHT, HALVES[:2])  # the other half is missing
    assert not proved(tmp_path, ABSOLUTE, ["-2", "9/4"], TIGHT, HALVES)  # the box is wider than the proof
    assert not proved(tmp_path, ABSOLUTE, ["-9/4", "2"], TIGHT, HALVES)
    for wrong in ({"box": [["0", "1"]]}, {"low": "0"}, {"cut": [0, "1"]}):  # a leaf names no box of its own
        tree = [HALVES[0], LEAF | wrong, LEAF]
        assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], TIGHT, tree)


@pytest.mark.parametrize(
    "cut",
    [
        [0, "0", "1/2"],
        [0, ["0", "1/2"]],
        [0, "1/2", "0"],
        [0],
        [0, None],
        [0, 0],
        [1, "0"],
        [-1, "0"],
        [0, "0/1"],
        [0, "nan"],
    ],
)
def test_a_split_that_leaves_a_gap_has_no_words(tmp_path, cut):
    assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], TIGHT, [{"cut": cut}, LEAF, LEAF])


def test_a_split_elsewhere_than_where_the_leaves_are_right(tmp_path):
    below = [{"x": [[0, "1/2"]], "y": [[0, "-1"]], "offset": "0", "strict": True}]  # |x| < x / 2
    assert proved(tmp_path, ABSOLUTE, ["-2", "2"], [below], HALVES)
    for at in ("1/100", "-1/100", "2", "-2", "-7", "7"):
        assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], [below], [{"cut": [0, at]}, LEAF, LEAF])


def test_a_neuron_s_split_has_both_halves(tmp_path):
    halves = [{"bounds": "all", "bend": [1, 0]}, LEAF, LEAF]
    claim = [unsafe("-4")]
    assert proved(tmp_path, ABSOLUTE, ["-2", "2"], claim, halves)
    assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], claim, halves[:2])
    for bend in ([1, 0, 1], [1], [1, 2], [2, 0], [0, 0], [1, "0"]):
        assert not proved(
            tmp_path, ABSOLUTE, ["-2", "2"], claim, [{"bounds": "all", "bend": bend}, LEAF, LEAF]
        )


def test_a_missing_alternative(tmp_path):
    two = [unsafe("-2"), unsafe("0", factor="-1")]
    whole = {"bounds": "all", "closed": CLOSED * 2}
    tree = [HALVES[0], whole, whole]
    assert proved(tmp_path, ABSOLUTE, ["-2", "2"], two, tree)
    assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], two, HALVES)
    assert not proved(tmp_path, ABSOLUTE, ["-2", "2"], two, [HALVES[0], whole, LEAF])
    assert not proved(
        tmp_path, ABSOLUTE, ["-2", "2"], two, [HALVES[0], whole | {"closed": CLOSED * 3}, whole]
    )


def test_another_network_is_refused_or_shows_its_own_hash(tmp_path):
    path = write(tmp_path / "c.jsonl", certificate(ABSOLUTE, ["-2", "2"], TIGHT, HALVES))
    honest = checker.check(path)["networks"]
    steeper, flatter = copy.deepcopy(ABSOLUTE), copy.deepcopy(ABSOLUTE)
    steeper["layers"][1]["weight"][0][0] = "257/256"
    flatter["layers"][1]["weight"][0][0] = "255/256"
    assert not proved(tmp_path, steeper, ["-2", "2"], TIGHT, HALVES)
    assert proved(tmp_path, flatter, ["-2", "2"], TIGHT, HALVES)
    assert checker.check(tmp_path / "c.jsonl")["networks"] != honest


FILE = """\
(declare-const X_0 Real)
(declare-const Y_0 Real)
(assert (and (>= X_0 -2) (<= X_0 2)))
(assert (> Y_0 2))
"""


def test_another_property_file(tmp_path):
    right, other = tmp_path / "p.vnnlib", tmp_path / "other.vnnlib"
    right.write_text(FILE, encoding="utf-8")
    other.write_text(FILE.replace("(> Y_0 2)", "(> Y_0 3)"), encoding="utf-8")
    entries = certificate(ABSOLUTE, ["-2", "2"], TIGHT, HALVES)
    digest = {path: seen(tmp_path, entries, path)[1] for path in (right, other)}
    for path, claimed, place in (
        (right, right, None),
        (other, right, "claim.property"),
        (right, other, "claim.property"),
        (other, other, "claim.sets"),  # the hash of a file that says something else
    ):
        forged = copy.deepcopy(entries)
        forged[0]["claim"]["property"] = digest[claimed]
        document, _ = seen(tmp_path, forged, path)
        assert document.get("place") == place
        assert document["verdict"] == ("valid" if place is None else "invalid")


def seen(tmp_path, entries, path):
    """Return the document of a certificate that is compared with a file, and the file's hash."""
    certified = write(tmp_path / "c.jsonl", copy.deepcopy(entries))
    document = {"verdict": "valid", "claim": entries_of(certified.read_text(encoding="utf-8"))[0]["claim"]}
    see_property(document, str(path))
    return document, document.get("reason", "").removeprefix("expected ").split(",")[0]
