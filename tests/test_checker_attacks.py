"""Attacks on the checker: what is changed is refused at its place, what is false is never accepted."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exactrelu import Problem, checker, count, enumerate_leaves, output_range
from exactrelu.certificates import certify_configurations, certify_ranges
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.certificate_lines import (
    Entries,
    domain,
    end,
    entries_of,
    header,
    network,
    refusal,
    samples,
    text_of,
    write,
)
from tests.support.drawn_networks import Chooser, draw_domain, draw_network
from tests.support.slow_certificate_reference import is_true

RELATIONS = ("<", "<=", "=", ">=", ">")
READINGS = ("half-open", "closed", "full")
TREES = {"property", "optimum", "compression", "difference", "near"}
KINDS = tuple(kind for kind in checker.RULES if "," not in kind and kind not in TREES)
"""Property trees have attacks of their own (`tests/test_property_certificates.py`)."""


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    return samples(tmp_path_factory.mktemp("samples"))


NAMES = [
    *(f"configurations {reading} units" for reading in READINGS),
    *(f"{kind} units" for kind in ("range", "range unbounded", "lipschitz 2", "lipschitz inf")),
    *("equal units", "unequal units"),
    *(f"configurations {reading} {name}" for reading in READINGS for name in ("line", "segment")),
    "configurations half-open depth 1",
    "configurations full empty",
    "configurations full vanishing",
    *(f"range {name}" for name in ("open", "unbounded", "segment", "difference")),
    *(f"lipschitz {norm} {name}" for norm in ("1", "2", "inf") for name in ("line", "segment")),
    *(
        "range with a constant piece",
        "equal everywhere",
        "equal segment",
        "equal shallow",
        "unequal",
        "decomposition",
        "empty",
        "canonical",
        "reparametrization",
        "theorem-3.1",
    ),
]


def test_the_samples_are_all_there_and_valid(valid, tmp_path):
    assert set(valid) == set(NAMES)
    assert {entries[0]["claim"]["kind"] for entries in valid.values()} == set(KINDS)
    lines = {kind for entries in valid.values() for entry in entries for kind in entry}
    assert lines >= {*checker.STEPS - {"cut", "bend", "closed", "linear"}, "end", "by", "bounds"}
    for entries in valid.values():
        assert refusal(write(tmp_path / "c.jsonl", entries)) == ""
        assert is_true(entries)


# single fields ------------------------------------------------------------


def is_number(text: str) -> bool:
    return checker.RATIONAL.fullmatch(text) is not None


def other_values(value: Any) -> list[Any]:
    """Return what a value of the file is replaced by, wrong types included."""
    match value:
        case bool():
            return [not value, int(value), None, "true"]
        case int():
            return [
                value + 1,
                value - 1,
                -value - 1,
                10**30,
                bool(value),
                str(value),
                float(value),
                None,
                [value],
            ]
        case str() if is_number(value):
            q = Fraction(value)
            near = {str(r) for r in (q + 1, q - 1, -q, 2 * q, q / 3, q + Fraction(1, 2**70), Fraction(0))} - {
                value
            }
            broken = [
                f"{value}0/10",
                f"+{value}",
                f" {value}",
                f"{value}.0",
                f"{value}/0",
                "-0",
                "",
                "0/1",
                "1e3",
                "nan",
            ]
            return [*sorted(near), *broken, int(q), float(q), None, True, [value]]
        case str() if set(value) <= set("01|"):
            flips = [
                value[:i] + ("1" if c == "0" else "0") + value[i + 1 :]
                for i, c in enumerate(value)
                if c != "|"
            ]
            return [*flips, f"{value}0", value[1:], f"{value}|", [value], None]
        case str():
            return [
                *({*RELATIONS, *READINGS, *KINDS, "inf", "-inf", "embed"} - {value}),
                f"{value}x",
                "",
                None,
                [value],
            ]
        case None:
            return [*READINGS, {}, [], 0, "null", False, domain(([], "0", ">="))]
        case list():
            return [None, {}, [], [*value, *value[:1]], [*value, None], {"0": value}]
        case dict():
            return [None, [], {}, value | {"x": 1}, [value]]
    raise AssertionError(value)


def changed(value: Any) -> Iterator[Any]:
    """Yield the value with one thing in it changed."""
    yield from (other for other in other_values(value) if json.dumps(other) != json.dumps(value))
    if isinstance(value, dict):
        for key, entry in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield {f"{k}_" if k == key else k: v for k, v in value.items()}
            yield from (value | {key: other} for other in changed(entry))
    if isinstance(value, list):
        for i, entry in enumerate(value):
            yield value[:i] + value[i + 1 :]
            if i + 1 < len(value) and entry != value[i + 1]:
                yield value[:i] + value[i : i + 2][::-1] + value[i + 2 :]
            yield from ([*value[:i], other, *value[i + 1 :]] for other in changed(entry))


def some(changes: Iterator[Any], seed: str, most: int) -> list[Any]:
    """Return at most so many of the changes, drawn by a seed; a change of an object is an object."""
    objects = [other for other in changes if isinstance(other, dict)]
    return random.Random(seed).sample(objects, min(most, len(objects)))  # noqa: S311 - no secrets


ALL = 10**9
SHARES = [pytest.param(25, id="some"), pytest.param(ALL, id="all", marks=pytest.mark.slow)]
"""How many changes of each line are tried; all of them take minutes."""

PLACES = ("line ", "claim", "networks", "domain", "reading")


@pytest.mark.parametrize("most", SHARES)
@pytest.mark.parametrize("name", NAMES)
def test_every_changed_field_is_refused_at_its_place(valid, tmp_path, name, most):
    path = tmp_path / "c.jsonl"
    lines = text_of(valid[name]).splitlines()
    for n, entry in enumerate(valid[name]):
        for other in some(changed(entry), f"{name} {n}", most):
            forged = "{" + ",".join(filter(None, [json.dumps(other)[1:-1], lines[n][-25:]]))
            path.write_text("\n".join([*lines[:n], forged, *lines[n + 1 :]]) + "\n", encoding="utf-8")
            why = refusal(path)
            assert why.startswith((f"line {n + 1}", *PLACES[1:])), (n, other, why)


@pytest.mark.parametrize("most", SHARES)
@pytest.mark.parametrize("name", NAMES)
def test_with_fresh_sums_what_is_accepted_is_true(valid, tmp_path, name, most):
    path = tmp_path / "c.jsonl"
    entries = valid[name]
    for n, entry in enumerate(entries):
        for other in some(changed(entry), f"fresh {name} {n}", most):
            forged = [*entries[:n], other, *entries[n + 1 :]]
            if not refusal(write(path, forged)):
                assert is_true(forged), other


@pytest.mark.parametrize("name", NAMES)
def test_dropped_repeated_and_swapped_lines_are_refused(valid, tmp_path, name):
    path = tmp_path / "c.jsonl"
    entries = valid[name]
    lines = text_of(entries).splitlines(keepends=True)
    orders = []
    for n in range(len(lines)):
        orders += [
            (n + 1, [*range(n), *range(n + 1, len(lines))]),
            (n + 2, [*range(n + 1), *range(n, len(lines))]),
        ]
        if n + 1 < len(lines):
            orders.append((n + 1, [*range(n), n + 1, n, *range(n + 2, len(lines))]))
    for line, order in orders:
        path.write_text("".join(lines[i] for i in order), encoding="utf-8")
        if 0 in order[:1]:
            assert refusal(path).startswith((f"line {line}", f"line {line - 1}")), order
        else:
            with pytest.raises(checker.InvalidCertificateError):
                checker.check(path)
        forged = [entries[i] for i in order]
        if 0 in order[:1] and not refusal(write(path, forged)):
            assert is_true(forged)


# the bytes of a file ------------------------------------------------------------


@pytest.mark.parametrize("most", [pytest.param(200, id="some"), SHARES[1]])
@pytest.mark.parametrize("name", ["configurations full line", "canonical"])
def test_every_changed_byte_is_refused(valid, tmp_path, name, most):
    path = tmp_path / "c.jsonl"
    data = text_of(valid[name]).encode()
    for i in random.Random(name).sample(range(len(data)), min(most, len(data))):  # noqa: S311 - no secrets
        for byte in {data[i] ^ 1, data[i] ^ 0x80, 10} - {data[i]}:
            path.write_bytes(data[:i] + bytes([byte]) + data[i + 1 :])
            with pytest.raises(checker.InvalidCertificateError):
                checker.check(path)


@pytest.mark.parametrize("packed", [False, True])
def test_every_truncation_is_refused(valid, tmp_path, packed):
    path = tmp_path / "c.jsonl"
    data = text_of(valid["configurations full line"]).encode()
    data = gzip.compress(data, mtime=0) if packed else data
    path.write_bytes(data)
    assert refusal(path) == ""
    for size in range(len(data)):
        path.write_bytes(data[:size])
        with pytest.raises(checker.InvalidCertificateError):
            checker.check(path)


@pytest.mark.parametrize(
    "tail", [b"\0", b"\0" * 9, b"\n", b" ", b"x\n", b"{}\n", b'{"end":1}\n', b"\x1f\x8b"]
)
def test_whatever_follows_is_refused(valid, tmp_path, tail):
    path = tmp_path / "c.jsonl"
    data = text_of(valid["configurations full line"]).encode()
    for forged in (
        data + tail,
        gzip.compress(data) + tail,
        gzip.compress(data) + gzip.compress(tail),
        data + data,
    ):
        path.write_bytes(forged)
        assert refusal(path).startswith("line ")


def is_whole(data: bytes, text: bytes) -> bool:
    """Return whether gzip data are a text, in spite of what was changed."""
    try:
        return gzip.decompress(data) == text
    except (EOFError, OSError, zlib.error):
        return False


def test_a_damaged_gzip_file_is_refused(valid, tmp_path):
    path = tmp_path / "c.jsonl"
    text = text_of(valid["configurations full line"]).encode()
    data = gzip.compress(text, mtime=0)
    for i in range(10, len(data)):  # the header before holds a time and a name, which say nothing
        damaged = data[:i] + bytes([data[i] ^ 4]) + data[i + 1 :]
        if i == len(data) - 9 and is_whole(damaged, text):
            continue  # the bits that fill the last byte of the stream say nothing either
        path.write_bytes(damaged)
        with pytest.raises(checker.InvalidCertificateError):
            checker.check(path)


HOSTILE = [
    ('{"format":"exactrelu-certificate"', "line 1"),
    ("\ufeff" + '{"format":"exactrelu-certificate"}\n', "line 1"),
    ('{"format":"exactrelu-certificate","version":NaN}\n', "line 1"),
    ('{"format":"exactrelu-certificate","version":1.0}\n', "line 1"),
    ('{"format":"exactrelu-certificate","format":"exactrelu-certificate"}\n', "line 1"),
    ('["exactrelu-certificate"]\n', "line 1"),
    ('"exactrelu-certificate"\n', "line 1"),
    ('{"format":"exactrelu-certificate","version":' + "[" * 100_000 + "\n", "line 1"),
    ('{"format":"exactrelu-certificate","version":' + "[" * 960 + "]" * 960 + "}\n", "line 1"),
    ('{"format":"exactrelu-certificate","version":' + "1" * 1_000_001 + "}\n", "line 1"),
    ('{"format":"exactrelu-certificate","x\\n\\ud800\x7f":1}\n', "line 1"),
]


@pytest.mark.parametrize(("text", "place"), HOSTILE)
def test_hostile_first_lines_are_refused_in_one_line(tmp_path, text, place):
    path = tmp_path / "c.jsonl"
    path.write_text(text, encoding="utf-8")
    assert refusal(path).startswith(place)


def test_lines_are_utf_8_and_end_in_a_line_feed_alone(valid, tmp_path):
    path = tmp_path / "c.jsonl"
    data = text_of(valid["canonical"]).encode()
    for forged in (data.replace(b"\n", b"\r\n"), data.replace(b"canonical", b"canonic\xff"), data[:-1]):
        path.write_bytes(forged)
        assert refusal(path).startswith("line ")


def test_long_numbers_are_read_and_longer_ones_refused(tmp_path):
    path = tmp_path / "c.jsonl"
    before = sys.get_int_max_str_digits()
    for digits, fine in ((5_000, True), (1_000_001, False)):
        net = network(([["1" * digits]], ["0"]))
        entries = [
            header({"kind": "configurations", "depth": 0}, [net], None, "half-open"),
            {"reached": ["0"]},
        ]
        write(path, [*entries, end(3, reached=1)])
        assert (refusal(path) == "") is fine
    assert sys.get_int_max_str_digits() == before


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"\x00\x01", b'{"format":"exactrelu-network"}\n'])
def test_other_files_are_not_certificates(tmp_path, content, capsys):
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    with pytest.raises(checker.NotACertificateError):
        checker.check(path)
    assert checker.main([str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# holes that were looked for ---------------------------------------------------

IDENTITY = network(([["1"]], ["0"]))
ONE_NEURON = network(([["1"]], ["0"]), ([["1"]], ["0"]))
LEAKY = {
    "layers": [
        {"weight": [["1"]], "bias": ["0"], "slopes": [["1/4", "1"]]},
        {"weight": [["1"]], "bias": ["0"]},
    ]
}
LINEAR = {
    "layers": [
        {"weight": [["1"]], "bias": ["0"], "slopes": [["1", "1"]]},
        {"weight": [["1"]], "bias": ["0"]},
    ]
}
INTERVAL = domain((["1"], "0", ">="), (["1"], "-1", "<="))
INTERVAL_BELOW = domain((["1"], "0", "<="))
POINT = domain((["1"], "0", ">="), (["1"], "0", "<="))
NOWHERE = domain((["1"], "0", ">"), (["1"], "0", "<"))
AT_ZERO = {"value": "0", "attained": False, "point": ["0"]}
RANGE_0 = {"kind": "range", "outputs": [{"min": AT_ZERO, "max": AT_ZERO}]}
REFUTED = {"impossible": [[0, "1"], [1, "1"]]}
FULL = {"kind": "configurations", "depth": 1}
DEPTH_0 = {"kind": "configurations", "depth": 0}
LIPSCHITZ = {"kind": "lipschitz", "norm": "inf", "constant": "1", "configuration": "1", "direction": ["1"]}
SQUARE = {"kind": "lipschitz", "norm": "2", "polynomial": [-1, 1], "interval": ["0", "1"]}
UP = {"value": "inf", "point": ["0"], "ray": ["1"], "configuration": ""}
DOWN = {"value": "-inf", "point": ["0"], "ray": ["-1"], "configuration": ""}


def of_line(claim: dict[str, Any], **more: Any) -> dict[str, Any]:
    return claim | more


def with_slopes(*slopes: Any, drop: bool = False) -> dict[str, Any]:
    """Return `ONE_NEURON` with values for the key ``slopes`` of its layers; ``drop`` leaves out None."""
    layers = list(ONE_NEURON["layers"])
    for k, value in enumerate(slopes):
        if value is not None or not drop:
            layers[k] = layers[k] | {"slopes": value}
    return {"layers": layers}


HOLES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a range on an empty domain": (
        [header(RANGE_0, [IDENTITY], NOWHERE, "full"), REFUTED, end(3, impossible=1)],
        "line 3: end",
    ),
    "a split of what vanishes on aff D": (
        [
            header(FULL, [ONE_NEURON], POINT, "full"),
            {"equation": [0, [[1, "1"], [2, "1"]]]},
            {"equation": [1, [[0, "1"], [2, "1"]]]},
            {"interior": ["0"]},
            {"split": [1, 0]},
            {"thin": [[2, "1"], [0, "1"]][::-1]},
            {"thin": [[1, "1"], [2, "1"]]},
            end(8, thin=2),
        ],
        "line 7",
    ),
    "an interior twice": (
        [header(DEPTH_0, [IDENTITY], None, "full"), {"interior": ["0"]}, {"interior": ["0"]}],
        "line 3: interior",
    ),
    "an interior after a split": (
        [header(FULL, [ONE_NEURON], None, "full"), {"split": [1, 0]}, {"interior": ["0"]}],
        "line 3: interior",
    ),
    "an interior on the boundary": (
        [header(FULL, [ONE_NEURON], INTERVAL, "full"), {"interior": ["0"]}],
        "line 2: interior",
    ),
    "an equation after the interior": (
        [header(FULL, [ONE_NEURON], INTERVAL, "full"), {"interior": ["1/2"]}, {"equation": [0, []]}],
        "line 3: equation",
    ),
    "an equation that is a strict row": (
        [header(FULL, [ONE_NEURON], NOWHERE, "full"), {"equation": [0, [[1, "1"], [2, "1"]]]}],
        "line 2: equation[0]",
    ),
    "an equation proved by itself": (
        [header(FULL, [ONE_NEURON], INTERVAL, "full"), {"equation": [0, [[2, "1"]]]}],
        "line 2: equation[1]",
    ),
    "an interior in closed": (
        [header(FULL, [ONE_NEURON], INTERVAL, "closed"), {"interior": ["1/2"]}],
        "line 2: interior",
    ),
    "a thin leaf in half-open": (
        [header(FULL, [ONE_NEURON], NOWHERE, "half-open"), {"thin": [[0, "1"], [1, "1"]]}, end(3, thin=1)],
        "line 2: thin",
    ),
    "a reached leaf without an interior": (
        [header(DEPTH_0, [IDENTITY], None, "full"), {"reached": ["0"]}, end(3, reached=1)],
        "line 2: reached",
    ),
    "a zero neuron that is not zero": (
        [header(FULL, [ONE_NEURON], None, "full"), {"interior": ["0"]}, {"zero": [1, 0], "by": []}],
        "line 3: zero.by",
    ),
    "a zero neuron by rows that are no equations": (
        [
            header(FULL, [ONE_NEURON], INTERVAL, "full"),
            {"interior": ["1/2"]},
            {"zero": [1, 0], "by": [[0, "1"]]},
        ],
        "line 3: zero.by[0][0]",
    ),
    "a zero neuron in closed": (
        [header(FULL, [ONE_NEURON], POINT, "closed"), {"zero": [1, 0], "by": []}],
        "line 2: zero",
    ),
    "a depth beyond the network": ([header(FULL, [IDENTITY], None, "half-open")], "claim.depth"),
    "a split below the depth": (
        [header(DEPTH_0, [ONE_NEURON], None, "closed"), {"split": [1, 0]}],
        "line 2: split[0]",
    ),
    "a neuron that is split twice": (
        [header(FULL, [ONE_NEURON], None, "closed"), {"split": [1, 0]}, {"split": [1, 0]}],
        "line 3: split",
    ),
    "a leaf that leaves a neuron open": (
        [header(FULL, [ONE_NEURON], None, "closed"), {"reached": ["0"]}, end(3, reached=1)],
        "line 2: reached",
    ),
    "an empty domain with a point": (
        [header({"kind": "empty"}, [], INTERVAL, "half-open"), {"reached": ["0"]}, end(3, reached=1)],
        "line 2: reached",
    ),
    "an empty domain without a domain": ([header({"kind": "empty"}, [], None, "half-open")], "domain"),
    "minimum and maximum exchanged": (
        [header({"kind": "range", "outputs": [{"min": UP, "max": DOWN}]}, [IDENTITY], None, "full")],
        "claim.outputs[0].min",
    ),
    "a ray of slope zero": (
        [
            header(
                {"kind": "range", "outputs": [{"min": DOWN, "max": UP | {"ray": ["0"]}}]},
                [IDENTITY],
                None,
                "full",
            )
        ],
        "claim.outputs[0].max.ray",
    ),
    "a ray that leaves the domain": (
        [header({"kind": "range", "outputs": [{"min": DOWN, "max": UP}]}, [IDENTITY], INTERVAL, "full")],
        "claim.outputs[0].min.ray",
    ),
    "a ray of another cell": (
        [
            header(
                {
                    "kind": "range",
                    "outputs": [{"min": UP | {"value": "-inf", "configuration": "0"}, "max": UP}],
                },
                [ONE_NEURON],
                None,
                "full",
            )
        ],
        "claim.outputs[0].min.configuration",
    ),
    "a value that is not finite": (
        [
            header(
                {"kind": "range", "outputs": [{"min": AT_ZERO | {"value": "nan"}, "max": UP}]},
                [IDENTITY],
                None,
                "full",
            )
        ],
        "claim.outputs[0].min.value",
    ),
    "a maximum that an open domain does not attain": (
        [
            header(
                {"kind": "range", "outputs": [{"min": AT_ZERO | {"attained": True}, "max": UP}]},
                [IDENTITY],
                domain((["1"], "0", ">")),
                "full",
            )
        ],
        "claim.outputs[0].min.point",
    ),
    "a minimum that is attained after all": (
        [
            header(
                {"kind": "range", "outputs": [{"min": AT_ZERO, "max": UP}]},
                [IDENTITY],
                domain((["1"], "0", ">=")),
                "full",
            ),
            {"interior": ["1"]},
            {"reached": ["1"], "bounds": [[[0, "1"], [1, "1"]]]},
            end(4, reached=1),
        ],
        "line 3: reached.bounds[0]",
    ),
    "bounds that take a strict split for strict": (
        [
            header(
                {
                    "kind": "range",
                    "outputs": [
                        {
                            "min": {"value": "0", "attained": False, "point": ["0"]},
                            "max": {"value": "inf", "point": ["1"], "ray": ["1"], "configuration": "1"},
                        }
                    ],
                },
                [ONE_NEURON],
                None,
                "full",
            ),
            {"interior": ["0"]},
            {"split": [1, 0]},
            {"reached": ["-1"], "bounds": [[]]},
        ],
        "line 4: reached.bounds[0]",
    ),
    "a direction that is zero": (
        [
            header(of_line(LIPSCHITZ, direction=["0"], configuration=""), [IDENTITY], None, "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
        ],
        "claim.direction",
    ),
    "a direction across the domain": (
        [
            header(
                of_line(LIPSCHITZ, direction=["1", "0"], configuration="", constant="1/2"),
                [network(([["1", "0"]], ["0"]))],
                domain((["1", "1"], "0", "=")),
                "full",
            ),
            {"interior": ["0", "0"]},
            {"reached": ["0", "0"], "by": [[[0, "-1/2"]]]},
        ],
        "line 3: reached",
    ),
    "a constant that no cell attains": (
        [
            header(of_line(LIPSCHITZ, constant="2", configuration="0"), [ONE_NEURON], None, "full"),
            {"interior": ["0"]},
            {"split": [1, 0]},
            {"thin": [[0, "1"]]},
        ],
        "line 4: thin",
    ),
    "a constant that is too small": (
        [
            header(of_line(LIPSCHITZ, constant="1/2", configuration=""), [IDENTITY], None, "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
        ],
        "line 3: reached",
    ),
    "a polynomial with two roots in the interval": (
        [header(of_line(SQUARE, polynomial=[2, -3, 1], interval=["0", "2"]), [IDENTITY], None, "full")],
        "claim.interval",
    ),
    "a polynomial that is zero at the lower end only": (
        [header(of_line(SQUARE, polynomial=[0, 1]), [IDENTITY], None, "full")],
        "claim.interval",
    ),
    "a polynomial without a leading coefficient": (
        [header(of_line(SQUARE, polynomial=[-1, 1, 0]), [IDENTITY], None, "full")],
        "claim.polynomial",
    ),
    "a polynomial of fractions": (
        [header(of_line(SQUARE, polynomial=["-1/2", "1/2"]), [IDENTITY], None, "full")],
        "claim.polynomial",
    ),
    "a root that is not the leaf's": (
        [
            header(of_line(SQUARE, polynomial=["-1", "2"]), [IDENTITY], None, "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
        ],
        "line 3: reached",
    ),
    "a root that no leaf has": (
        [
            header(of_line(SQUARE, polynomial=[-3, 1], interval=["2", "3"]), [IDENTITY], None, "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
            end(4, reached=1),
        ],
        "line 4: end",
    ),
    "a projection where D has no equations": (
        [
            header(of_line(SQUARE, projection=[]), [IDENTITY], None, "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
        ],
        "claim.projection",
    ),
    "no projection where D has equations": (
        [
            header(SQUARE, [IDENTITY], domain((["1"], "0", "=")), "full"),
            {"interior": ["0"]},
            {"reached": ["0"]},
        ],
        "claim.projection",
    ),
    "a projection that is not onto lin D": (
        [
            header(
                of_line(SQUARE, projection=[["1", "0"]]),
                [network(([["1", "0"]], ["0"]))],
                domain((["1", "1"], "0", "=")),
                "full",
            ),
            {"interior": ["0", "0"]},
            {"reached": ["0", "0"]},
        ],
        "claim.projection",
    ),
    "scales that are negative": (
        [header({"kind": "reparametrization", "steps": [""]}, [ONE_NEURON, ONE_NEURON | {"scales": ["-1"]}])],
        "networks[1].scales[0]",
    ),
    "scales in a claim about parameters": (
        [
            header(
                {"kind": "theorem-3.1", "delta": "0", "beta": "0", "distance": "0", "point": ["1"]},
                [ONE_NEURON, ONE_NEURON, ONE_NEURON | {"scales": ["16"]}],
            )
        ],
        "networks[2]",
    ),
    "a step embed without two more inputs": (
        [header({"kind": "reparametrization", "steps": ["embed"]}, [ONE_NEURON, ONE_NEURON]), end(2)],
        "networks[1]",
    ),
    "a shallow claim on a domain": (
        [header({"kind": "canonical", "kinks": [], "rest": [["0", "0"]]}, [ONE_NEURON], INTERVAL), end(2)],
        "domain",
    ),
    "one kink twice": (
        [
            header(
                {
                    "kind": "canonical",
                    "kinks": [{"row": ["1", "0"], "jump": ["1"]}] * 2,
                    "rest": [["1", "0"]],
                },
                [network(([["1"], ["1"]], ["0", "1"]), ([["1", "1"]], ["0"]))],
            )
        ],
        "claim.kinks[1]",
    ),
    "networks of other widths": (
        [
            header(
                {"kind": "theorem-3.1", "delta": "0", "beta": "0", "distance": "0", "point": ["1"]},
                [ONE_NEURON, ONE_NEURON, network(([["1"], ["0"]], ["0", "0"]), ([["1", "0"]], ["0"]))],
            )
        ],
        "networks[2]",
    ),
    "equal networks by a row that is no equation": (
        [
            header({"kind": "equal"}, [IDENTITY, network(([["2"]], ["0"]))], INTERVAL, "full"),
            {"interior": ["1/2"]},
            {"reached": ["1/2"], "by": [[[0, "-1"]]]},
        ],
        "line 3: reached.by[0][0][0]",
    ),
    "equal networks of two canonical forms": (
        [header({"kind": "equal"}, [ONE_NEURON, network(([["1"]], ["0"]), ([["2"]], ["0"]))]), end(2)],
        "networks[1]",
    ),
    "equal canonical forms on a domain": (
        [header({"kind": "equal"}, [ONE_NEURON, ONE_NEURON], INTERVAL), end(2)],
        "domain",
    ),
    "equal canonical forms of one layer": (
        [header({"kind": "equal"}, [IDENTITY, IDENTITY]), end(2)],
        "networks[0]",
    ),
    "a tree after equal canonical forms": (
        [header({"kind": "equal"}, [ONE_NEURON, ONE_NEURON]), {"split": [1, 0]}],
        "line 2",
    ),
    "the checker's own name for a claim": (
        [header({"kind": "equal, no tree"}, [ONE_NEURON, ONE_NEURON]), end(2)],
        "claim.kind",
    ),
    "networks of other shapes": (
        [header({"kind": "equal"}, [IDENTITY, network(([["1", "0"]], ["0"]))], None, "full")],
        "networks[1]",
    ),
    "a decomposition without a hidden layer": (
        [
            header(
                {"kind": "decomposition", "configuration": "", "atoms": [], "weight": [["1"]], "bias": ["0"]},
                [IDENTITY],
            )
        ],
        "claim.configuration",
    ),
    "no networks": ([header(FULL, [], None, "closed")], "networks"),
    "layers that do not fit": (
        [header(FULL, [network(([["1"]], ["0"]), ([["1", "1"]], ["0"]))], None, "closed")],
        "networks[0]",
    ),
    "a layer without rows": (
        [header(FULL, [network(([], []))], None, "closed")],
        "networks[0].layers[0].weight",
    ),
    "a layer without columns": (
        [header(FULL, [network(([[]], ["0"]))], None, "closed")],
        "networks[0].layers[0].weight[0]",
    ),
}

for _units, _slopes in {
    "another number of them": [["1/4", "1"]] * 2,
    "none of them": [],
    "one pair for all": ["1/4", "1"],
    "one slope": [["1/4"]],
    "three slopes": [["1/4", "1", "1"]],
    "a number that is none": [["0.25", "1"]],
    "null": None,
}.items():
    HOLES[f"slopes, {_units}"] = (
        [header(FULL, [with_slopes(_slopes)], None, "closed")],
        "networks[0].layers[0].slopes",
    )
for _units, _nets, _place in (
    ("after the last layer", [with_slopes([["1/4", "1"]], [["1/4", "1"]])], "networks[0].layers[1]"),
    ("after the last layer alone", [with_slopes(None, [["1/4", "1"]], drop=True)], "networks[0].layers[0]"),
    ("of ReLU alone", [with_slopes([["0", "1"]])], "networks[0].layers"),
    (
        "in one of two hidden layers",
        [{"layers": [LEAKY["layers"][0], *ONE_NEURON["layers"]]}],
        "networks[0].layers[1]",
    ),
):
    HOLES[f"slopes {_units}"] = ([header(FULL, _nets, None, "closed")], _place)
HOLES["slopes in version 1"] = (
    [header(FULL, [LEAKY], None, "closed") | {"version": 1}],
    "line 1: version",
)
HOLES["no slopes in version 2"] = (
    [header(FULL, [ONE_NEURON], None, "closed") | {"version": 2}],
    "line 1: version",
)
HOLES["a split of a linear neuron"] = (
    [header(FULL, [LINEAR], None, "closed"), {"split": [1, 0]}],
    "line 2: split",
)
HOLES["a zero of a linear neuron"] = (
    [
        header(FULL, [LINEAR], domain((["1"], "0", "=")), "full"),
        {"interior": ["0"]},
        {"zero": [1, 0], "by": [[0, "1"]]},
    ],
    "line 3: zero",
)
HOLES["a bit for a linear neuron at the end of a ray"] = (
    [
        header(
            {"kind": "range", "outputs": [{"min": DOWN, "max": UP | {"configuration": "1"}}]},
            [LINEAR],
            None,
            "full",
        )
    ],
    "claim.outputs[0].max.configuration",
)
HOLES["a bit for a linear neuron where a constant is attained"] = (
    [header(LIPSCHITZ, [LINEAR], None, "full")],
    "claim.configuration",
)
HOLES["no bit for a leaky neuron"] = (
    [header(of_line(LIPSCHITZ, configuration=""), [LEAKY], None, "full")],
    "claim.configuration",
)
HOLES["the slope of the other side"] = (
    [
        header(of_line(LIPSCHITZ, constant="1", configuration="0"), [LEAKY], None, "full"),
        {"interior": ["0"]},
        {"split": [1, 0]},
        {"reached": ["-1"]},
    ],
    "claim.direction",
)
HOLES["a value that ReLU would have"] = (
    [header({"kind": "unequal", "point": ["-1"], "outputs": [["0"], ["-1"]]}, [LEAKY, IDENTITY]), end(2)],
    "claim.outputs[0]",
)
HOLES["a leaf that ends before the neuron after a linear one"] = (
    [
        header(
            FULL,
            [network(([["1"], ["1"]], ["0", "0"]), ([["1", "1"]], ["0"]))],
            None,
            "half-open",
        )
        | {"version": 2},
        {"reached": ["0"]},
    ],
    "line 2: reached",
)
HOLES["a leaf that ends before the neuron after a linear one"][0][0]["networks"][0]["layers"][0]["slopes"] = [
    ["1", "1"],
    ["0", "1"],
]
for _claim, _count in (
    ({"kind": "equal"}, 2),
    ({"kind": "canonical", "kinks": [], "rest": [["0", "0"]]}, 1),
    ({"kind": "reparametrization", "steps": ["merge"]}, 2),
    ({"kind": "theorem-3.1", "delta": "0", "beta": "0", "distance": "0", "point": ["1"]}, 3),
    ({"kind": "decomposition", "configuration": "1", "atoms": [], "weight": [["1"]], "bias": ["0"]}, 1),
):
    HOLES[f"a claim about ReLU, {_claim['kind']}, of another unit"] = (
        [header(_claim, [*[ONE_NEURON] * (_count - 1), LEAKY]), end(2)],
        f"networks[{_count - 1}]",
    )

for _atom in ({"last_hidden": 2, "first_hidden": 0}, {"last_hidden": 0, "first_hidden": 2}):
    HOLES[f"an atom of neurons that are not there, {_atom}"] = (
        [
            header(
                {
                    "kind": "decomposition",
                    "configuration": "11",
                    "atoms": [{**_atom, "coefficient": "0"}],
                    "weight": [["0"]],
                    "bias": ["0"],
                },
                [network(([["1"], ["1"]], ["0", "0"]), ([["1", "1"]], ["0"]))],
            )
        ],
        "claim.atoms[0]",
    )
for _number in ("-0", "0/1", "2/1", "2/4", "10/4", "01", "+1", "1/-2", "--1"):
    HOLES[f"the number {_number}"] = (
        [header(DEPTH_0, [IDENTITY], None, "half-open"), {"reached": [_number]}, end(3, reached=1)],
        "line 2: reached[0]",
    )
for _pair in ([0], [0, "1", "1"], {"0": "1"}, "01"):
    HOLES[f"a pair {_pair}"] = (
        [header(DEPTH_0, [IDENTITY], NOWHERE, "half-open"), {"impossible": [_pair]}, end(3, impossible=1)],
        "line 2: impossible[0]",
    )
for _name, _equation in (
    ("of one entry", [0]),
    ("that is negative", [-1, [[0, "1"], [2, "1"]]]),
    ("beyond the domain", [2, []]),
):
    HOLES[f"an equation {_name}"] = (
        [header(FULL, [ONE_NEURON], POINT, "full"), {"equation": _equation}],
        "line 2: equation",
    )
for _split in ([1], [1, 0, 0], [1, -1], [0, 0], [-1, 0], [1, 1], [2, 0]):
    HOLES[f"a split at {_split}"] = (
        [header(FULL, [ONE_NEURON], None, "closed"), {"split": _split}],
        "line 2: split",
    )
for _norm, _weight, _direction in (("inf", [["1", "2"]], ["0", "1"]), ("1", [["2"], ["1"]], ["1"])):
    HOLES[f"a largest entry taken for the norm {_norm}"] = (
        [
            header(
                LIPSCHITZ | {"norm": _norm, "constant": "2", "configuration": "", "direction": _direction},
                [network((_weight, ["0"] * len(_weight)))],
                None,
                "full",
            ),
            {"interior": ["0"] * len(_direction)},
            {"reached": ["0"] * len(_direction)},
        ],
        "line 3: reached",
    )
for _steps in ([], ["merge", "drop"]):
    HOLES[f"{len(_steps)} names for one step"] = (
        [header({"kind": "reparametrization", "steps": _steps}, [ONE_NEURON, ONE_NEURON])],
        "claim.steps",
    )
for _relation in ("=<", "=>", "==", "", ">>"):
    HOLES[f"the relation {_relation!r}"] = (
        [header(DEPTH_0, [IDENTITY], domain((["1"], "0", _relation)), "closed")],
        "domain.inequalities[0].relation",
    )
HOLES["a ray of the second network's cell alone"] = (
    [
        header(
            {
                "kind": "range",
                "outputs": [
                    {
                        "min": UP | {"value": "-inf", "ray": ["1"], "configuration": ["", "1"]},
                        "max": UP | {"ray": ["-1"], "configuration": ["", "1"]},
                    }
                ],
            },
            [IDENTITY, network(([["2"]], ["0"]), ([["1"]], ["0"]))],
            None,
            "full",
        )
    ],
    "claim.outputs[0].max.configuration",
)
for _side in ("1", "-1"):
    HOLES[f"a point at {_side}, off an equation"] = (
        [
            header(DEPTH_0, [IDENTITY], domain((["1"], "0", "=")), "closed"),
            {"reached": [_side]},
            end(3, reached=1),
        ],
        "line 2: reached",
    )
    HOLES[f"an interior at {_side}, off an equation"] = (
        [header(DEPTH_0, [IDENTITY], domain((["1"], "0", "=")), "full"), {"interior": [_side]}],
        "line 2: interior",
    )


VALID_BY_HAND = {
    f"a split that {reading} does not need": [
        header(FULL, [network(([["1"]], ["1"]), ([["1"]], ["0"]))], INTERVAL, reading),
        {"split": [1, 0]},
        {"impossible": [[0, "1"], [2, "1"]]},
        {"reached": ["0"]},
        end(5, impossible=1, reached=1),
    ]
    for reading in ("half-open", "closed")
}
VALID_BY_HAND["a linear neuron is decided without a split"] = [
    header(of_line(LIPSCHITZ, configuration=""), [LINEAR], None, "full"),
    {"interior": ["5"]},
    {"reached": ["-5"]},
    end(4, reached=1),
]
VALID_BY_HAND["the slopes of both sides"] = [
    header(of_line(LIPSCHITZ, direction=["-2"]), [LEAKY], None, "full"),
    {"interior": ["0"]},
    {"split": [1, 0]},
    {"reached": ["-1"]},
    {"reached": ["1"]},
    end(6, reached=2),
]
VALID_BY_HAND["a constant leaky neuron"] = [
    header(
        {"kind": "unequal", "point": ["-4"], "outputs": [["-1"], ["-4"]]}, [LEAKY, IDENTITY], INTERVAL_BELOW
    ),
    end(2),
]
VALID_BY_HAND["Theorem 3.1 with beta between 0 and the distance"] = [
    header(
        {"kind": "theorem-3.1", "delta": "1", "beta": "1", "distance": "3", "point": ["1"]},
        [network(([[w]], ["0"]), ([[c]], ["0"])) for w, c in (("1", "1"), ("1", "2"), ("1/2", "4"))],
    ),
    end(2),
]
"""Valid certificates that no writer writes, one of a split with one reached leaf below it."""


@pytest.mark.parametrize("name", VALID_BY_HAND)
def test_what_no_writer_writes_is_accepted_too(tmp_path, name):
    assert refusal(write(tmp_path / "c.jsonl", VALID_BY_HAND[name])) == ""
    assert is_true(VALID_BY_HAND[name])


@pytest.mark.parametrize("name", HOLES)
def test_holes_are_closed(tmp_path, name):
    entries, place = HOLES[name]
    path = write(tmp_path / "c.jsonl", entries)
    assert refusal(path).startswith(place)


# forgeries that are false by construction -------------------------------------


def subtree(entries: Entries, start: int) -> int:
    """Return the line after the subtree that begins at a line."""
    due, n = 1, start
    while due:
        due += ("split" in entries[n]) - ("split" not in entries[n] and "zero" not in entries[n])
        n += 1
    return n


def recounted(entries: Entries) -> Entries:
    """Return the entries with a last line that counts them."""
    leaves = {
        kind: sum(kind in entry for entry in entries[1:-1]) for kind in ("impossible", "thin", "reached")
    }
    return [*entries[:-1], {"end": {"lines": len(entries), "leaves": leaves}}]


def drawn_certificate(seed: int, reading: str, path: Path) -> tuple[Chooser, Network, Domain, Entries]:
    c = Chooser.seeded("forgery", seed, reading)
    net = draw_network(c, most_hidden=5)
    space = draw_domain(c, net.inputs)
    problem = Problem.of(net, space, reading)
    certify_configurations(path, net, problem, enumerate_leaves(problem))
    return c, net, space, entries_of(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("seed", range(25))
def test_a_subtree_with_a_configuration_cannot_be_excluded(tmp_path, seed, reading):
    path = tmp_path / "c.jsonl"
    c, _, _, entries = drawn_certificate(seed, reading, path)
    kind = "thin" if reading == "full" else "impossible"
    starts = [
        n
        for n in range(1, len(entries) - 1)
        if {"split", "zero", "reached"} & set(entries[n])
        and any("reached" in entry for entry in entries[n : subtree(entries, n)])
    ]
    proofs = [entry[k] for entry in entries for k in ("thin", "impossible") if k in entry]
    for n in starts[:: max(1, len(starts) // 8)]:
        for _ in range(4):
            rows = sorted({c.integer(0, 6) for _ in range(c.integer(0, 4))})
            made_up = c.choose([[[r, str(c.integer(1, 5))] for r in rows], *proofs[:4]])
            forged = recounted([*entries[:n], {kind: made_up}, *entries[subtree(entries, n) :]])
            assert refusal(write(path, forged)).startswith("line ")


@pytest.mark.parametrize("seed", range(25))
def test_another_network_or_domain_is_refused_unless_it_has_these_configurations(tmp_path, seed):
    path = tmp_path / "c.jsonl"
    c, _, _, entries = drawn_certificate(seed, c_reading(seed), path)
    for _ in range(12):
        head = json.loads(json.dumps(entries[0]))
        if head["domain"] and head["domain"]["inequalities"] and c.choose([True, False]):
            row = c.choose(head["domain"]["inequalities"])
            row.update(c.choose([{"offset": str(c.integer(-2, 2))}, {"relation": c.choose(RELATIONS)}]))
        else:
            layer = c.choose(head["networks"][0]["layers"])
            c.choose([*layer["weight"], layer["bias"]])[0] = str(c.integer(-2, 2))
        forged = [head, *entries[1:]]
        if not refusal(write(path, forged)):
            assert is_true(forged)


def c_reading(seed: int) -> str:
    return READINGS[seed % 3]


@pytest.mark.parametrize("seed", range(25))
def test_a_wider_or_narrower_range_is_refused(tmp_path, seed):
    path = tmp_path / "c.jsonl"
    c = Chooser.seeded("range forgery", seed)
    net = draw_network(c, most_hidden=4)
    space = draw_domain(c, net.inputs)
    found = output_range(net, space)
    if found is None:
        return
    certify_ranges(path, [net], space, found)
    entries = entries_of(path.read_text(encoding="utf-8"))
    judged = 0
    for i, item in enumerate(entries[0]["claim"]["outputs"]):
        for name in ("min", "max"):
            for other in some(changed(item[name]), f"{seed} {i} {name}", 40):
                head = json.loads(json.dumps(entries[0]))
                head["claim"]["outputs"][i][name] = other
                forged = [head, *entries[1:]]
                if not refusal(write(path, forged)):
                    assert other["value"] == item[name]["value"]
                    judged += 1
                    assert judged > 3 or is_true(forged)


# the file alone ------------------------------------------------------------

STANDARD = {
    "contextlib",
    "contextvars",
    "hashlib",
    "io",
    "json",
    "os",
    "math",
    "re",
    "signal",
    "sys",
    "zlib",
    "collections",
    "fractions",
    "itertools",
    "pathlib",
    "typing",
}


def test_the_checker_imports_the_standard_library_alone():
    import ast

    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} == STANDARD | {"__future__"}


def test_importing_the_checker_loads_nothing_heavy():
    code = "import sys, exactrelu, exactrelu.checker\nprint(*(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {name.partition(".")[0] for name in loaded} & {
        "numpy",
        "flint",
        "ppl",
        "gmpy2",
        "sympy",
        "networkx",
        "onnx",
        "rich",
    }
    assert {name for name in loaded if name.startswith("exactrelu")} == {"exactrelu", "exactrelu.checker"}


def test_the_file_runs_alone(valid, tmp_path):
    alone = tmp_path / "checker.py"
    alone.write_bytes(Path(checker.__file__).read_bytes())
    good = write(tmp_path / "good.jsonl", valid["configurations full segment"])
    bad = write(tmp_path / "bad.jsonl", valid["configurations full segment"][:-1])
    for path, status, word in ((good, 0, "valid: "), (bad, 1, "invalid: "), (tmp_path / "none", 2, "")):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(alone), str(path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert done.returncode == status
        assert done.stdout.startswith(word)
        assert (done.stdout + done.stderr).count("\n") == 1


def test_what_is_proved_is_said_with_the_hash_of_the_network(valid, tmp_path):
    found = checker.check(write(tmp_path / "c.jsonl", valid["configurations half-open segment"]))
    layers = found["networks"]
    rows = valid["configurations half-open segment"][0]["networks"][0]["layers"]
    net = Network.from_rationals([(layer["weight"], layer["bias"]) for layer in rows])
    assert layers == [net.digest]
    space = valid["configurations half-open segment"][0]["domain"]["inequalities"]
    where = Domain.from_inequalities(2, [(r["normal"], r["offset"], r["relation"]) for r in space])
    assert found["leaves"]["reached"] == count(net, where, "half-open")


# the command ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_command_says_in_words_what_is_proved(valid, exactrelu, name):
    path = str(write(exactrelu.folder / "c.jsonl", valid[name]))
    shown = exactrelu("check", path)
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith("valid ")
    done = exactrelu("check", path, "--json", "-").json
    assert (done["format"], done["version"], done["verdict"]) == ("exactrelu-check", 1, "valid")
    assert done["claim"] == valid[name][0]["claim"]
    assert all(digest is None or digest in shown.out for digest in done["networks"])
    assert ("count" in done) is (done["claim"]["kind"] == "configurations")


def test_the_command_names_the_place_of_a_fault_and_other_files(valid, exactrelu):
    entries = valid["empty"]
    path = str(write(exactrelu.folder / "c.jsonl", [entries[0], {"impossible": [[0, "-1"]]}, entries[2]]))
    shown = exactrelu("check", path)
    place = "line 2: impossible[0][1]"
    assert (shown.status, shown.out.count("\n"), shown.err) == (1, 1, "")
    assert shown.out.startswith(f"invalid: {place}: expected ")
    done = exactrelu("check", path, "--json", "-")
    assert (done.status, done.json["verdict"], done.json["place"]) == (1, "invalid", place)
    assert exactrelu("check", exactrelu.file("net.json", {})).is_refusal("net.json", "a certificate")
    assert exactrelu("check", str(exactrelu.folder / "none")).is_refusal("none", "No such file")


@pytest.mark.parametrize(
    ("depth", "words"),
    [(0, "1 half-open configuration of no hidden layer"), (1, "hidden layer 1\n"), (2, "layers 1 to 2\n")],
)
def test_the_command_says_which_layers_the_configurations_are_of(exactrelu, depth, words):
    net = exactrelu.file(
        "net.json",
        {"format": "exactrelu-network", "version": 1, **network(*[([["1"]], ["0"])] * 3)},
    )
    path = str(exactrelu.folder / "c.jsonl")
    assert exactrelu("regions", net, "--depth", str(depth), "--certificate", path).status == 0
    assert words in exactrelu("check", path).out


def test_a_certificate_never_replaces_another_file_of_its_command(exactrelu):
    net = exactrelu.file("net.json", {"format": "exactrelu-network", "version": 1, **ONE_NEURON})
    before = Path(net).read_bytes()
    path = str(exactrelu.folder / "c.jsonl")
    link = exactrelu.folder / "link.json"
    link.symlink_to(net)
    for words in (
        ["regions", net, "--certificate", net],
        ["regions", net, "--certificate", str(link)],
        ["range", net, "--json", net],
        ["regions", net, "--json", path, "--certificate", path],
        ["lipschitz", net, "--json", path, "--certificate", str(exactrelu.folder / "." / "c.jsonl")],
        ["reparametrize", net, "--steps", "drop", "-o", path, "--certificate", path],
    ):
        assert exactrelu(*words).is_refusal("expected a file of its own")
        assert not Path(path).exists()
    assert Path(net).read_bytes() == before
    assert exactrelu("regions", net, "--certificate", "-").is_refusal("/dev/stdout")
    assert exactrelu("regions", net, "--json", "/dev/null", "--certificate", "/dev/null").status == 0
