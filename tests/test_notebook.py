"""What a notebook shows: well-formed, escaped, with the exact numbers in it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

import exactrelu
from exactrelu.claims import find_claim, load_claims
from exactrelu.networks.network import Network
from exactrelu.writing.html_tables import facts_table, first_lines, rows_table
from tests.test_start_up import modules_after

PLANE = Network.from_rationals([([[1, 0], [0, "1/3"], [1, 1]], [0, 0, -1]), ([[1, 1, -1]], None)])
ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
EQUALITY = exactrelu.decide_equality(ABSOLUTE, ABSOLUTE.scaled(2))


def shown(value) -> str:
    """Return the text of a value's HTML, which has to be well-formed."""
    return " ".join(ET.fromstring(f"<div>{value._repr_html_()}</div>").itertext())  # noqa: S314


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (PLANE, ["2", "3", PLANE.digest]),
        (replace(PLANE, name="<b>a & b</b>"), ["<b>a & b</b>"]),
        (exactrelu.region_of(PLANE, "111"), ["x1 > 0", "x1 + x2 - 1 >= 0", "-2/3 x2 + 1"]),
        (exactrelu.region_of(ABSOLUTE, "10"), ["x1 >= 0", "x1 > 0", "unbounded", "(0)"]),
        (exactrelu.tiling(ABSOLUTE), ["2 linear pieces", "01", "-x1"]),
        (EQUALITY, ["refuted", "evaluation", "(32)", "(64)"]),
        (exactrelu.decide_equality(ABSOLUTE, ABSOLUTE), ["holds"]),
        (exactrelu.verify(ABSOLUTE, "y0 < 1/3", [("1/3", "1/3")]), ["refuted", "bounds", "(1/3)"]),
        (exactrelu.verify(ABSOLUTE, "y0 <= 1", [(-1, 1)]), ["holds", "boxes"]),
        (find_claim(load_claims(), "C10"), ["heinecke-hwang/C10", "refuted"]),
        (find_claim(load_claims(), "C10").check(), ["refuted", "evidence"]),
    ],
)
def test_values_show_themselves(value, texts):
    for text in texts:
        assert text in shown(value)


def test_a_plane_tiling_is_a_picture():
    tiling = exactrelu.tiling(PLANE, exactrelu.Domain.box([(-2, 2)] * 2))
    assert ET.fromstring(tiling._repr_svg_()).tag.endswith("svg")  # noqa: S314
    assert "<svg" in tiling._repr_html_()
    assert exactrelu.tiling(ABSOLUTE)._repr_svg_() is None


def test_texts_are_escaped_and_long_lists_are_cut():
    assert "<script" not in facts_table("<script>", [("<script>", '<script>"')])
    table = rows_table("t", ["<a>"], [[f"<{i}>"] for i in range(30)])
    assert "&lt;19&gt;" in table
    assert "&lt;20&gt;" not in table
    assert "... and 10 more" in table
    assert first_lines([str(i) for i in range(21)]).endswith("19\n... and 1 more")
    assert first_lines([str(i) for i in range(20)]).endswith("\n19")


def test_html_of_a_network_loads_no_drawing_library():
    statement = "import exactrelu; exactrelu.Network.from_rationals([([[1]], None)])._repr_html_()"
    assert not modules_after(statement) & {"matplotlib", "rich", "onnx", "IPython"}
