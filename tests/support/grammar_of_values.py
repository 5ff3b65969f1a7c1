"""The types of values of docs/certificates.md by key, and for each type what is of it or nearly so."""

from __future__ import annotations

from typing import Any


class Raw(str):
    """A token that stands in the file as it is."""

    __slots__ = ()


GRAMMAR = {
    **dict.fromkeys(["format", "kind", "name", "property", "steps", "norm"], "word"),
    **dict.fromkeys(["version", "depth", "lines", "layer", "neuron", "sign", "precision"], "count"),
    **dict.fromkeys(["last_hidden", "first_hidden"], "count"),
    **dict.fromkeys(["attained", "strict"], "flag"),
    **dict.fromkeys(["relation"], "relation"),
    **dict.fromkeys(["reading"], "reading"),
    **dict.fromkeys(["configuration"], "bits"),
    **dict.fromkeys(["split", "zero", "bend"], "place"),
    **dict.fromkeys(["impossible", "thin", "by", "equation"], "multipliers"),
    **dict.fromkeys(
        ["value", "offset", "maximum", "constant", "distance", "delta", "beta", "coefficient", "within"],
        "number",
    ),
}
"""Keys and the types of their values; what stands in lists below other keys are numbers, counts and flags."""

NEAR: dict[str, tuple[Any, ...]] = {
    "number": (
        *("0", "1", "-1", "1/2", "-3/7", "1000000007", "9" * 40, "1/" + "7" * 40, "9" * 5000),
        *("2/4", "1/1", "0/1", "-0", "-0/1", "0/2", "01", "-01", "1/02", "+1", "1/-2", "1/0", "1/", "/2", ""),
        *(" 1", "1 ", "1\n", "1 /2", "1_000", "0x1", "1e3", "1.0", "1.", ".5", "inf", "nan", "-", "--1"),
        *("\u0661", "\uff11", "\u22121", "1\u0000", "1/2/3", 0, 1, -1, Raw("1.0"), Raw("1e0"), None, True),
    ),
    "count": (
        *(0, 1, 2, 3, -1, 10**30, Raw("-0"), Raw("1.0"), Raw("1e0"), Raw("1E0"), Raw("01"), Raw("+1")),
        *(Raw("0x1"), Raw("NaN"), Raw("Infinity"), Raw("-Infinity"), Raw("9" * 5000), Raw("0.0"), Raw("-1")),
        *("0", "1", True, False, None, [], {}, Raw("\u0661"), Raw("1_0"), Raw("")),
    ),
    "flag": (True, False, 0, 1, None, "true", [], Raw("True"), Raw("TRUE"), "", "false", Raw("nul")),
    "relation": ("<", "<=", "=", ">=", ">", "==", "=>", "", " <=", "\u2264", None, ["<="], 1, "<=\u0000"),
    "reading": ("half-open", "closed", "full", None, "", "open", "Full", ["full"], True, {}, 0),
    "bits": (
        "",
        "|",
        "0",
        "1",
        "01",
        "0|1",
        "11|",
        "|1",
        "2",
        " 0",
        "\u0660",
        "\uff11",
        "0||1",
        None,
        [],
        0,
        ["0"],
    ),
    "place": (
        [1, 0],
        [1, 1],
        [2, 0],
        [0, 0],
        [1],
        [1, 0, 0],
        [1, -1],
        [True, 0],
        [1, False],
        None,
        {},
        [],
        "1",
    ),
    "multipliers": (
        [],
        [[0, "1"]],
        [[0, "1"], [0, "1"]],
        [[0, "-1"]],
        [[0, "0"]],
        [[-1, "1"]],
        None,
        {},
        [[0]],
    ),
    "word": (
        "",
        None,
        [],
        0,
        "2",
        "1",
        "inf",
        "embed",
        "embed:1",
        "equal",
        "empty",
        "range",
        "unequal",
        "a\u0000",
    ),
}
ANY: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    "",
    [],
    {},
    [[]],
    {"a": 0},
    [None],
    Raw("[" * 15 + "]" * 15),
    Raw("[" * 16 + "]" * 16),
)
KEYS = ("by", "bounds", "clip", "scales", "slopes", "projection", "sum", "x", "", "Format", "sets", "inner")
