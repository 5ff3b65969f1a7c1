"""Two checkers of property trees, written apart from one document, accept and refuse the same files."""

from __future__ import annotations

import copy
import json
import random
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exactrelu import output_range
from exactrelu.certificates.optima import Objective, certify_optima
from exactrelu.certificates.properties import certify_property
from exactrelu.enumeration.effort import Search
from exactrelu.verification.property import InputSet
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify
from tests.support.certificate_lines import Entries, entries_of, refusal, write
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_box, draw_property
from tests.support.second_property_checker import refuses
from tests.test_linear_bounds import with_drawn_units

FORGERIES = 40
"""Of each certificate."""


def certificate(seed: int, path: Path) -> Entries | None:
    """Write a certificate of a drawn network and return its entries: optima, or a property that holds."""
    c = Chooser.seeded("second property checker", seed)
    network = draw_network(c, most_hidden=5)
    if seed % 4 == 0:
        inputs = InputSet(draw_box(c, network.inputs), (), ())
        ranges = output_range(network, inputs.domain())
        objectives = [
            Objective({j: Fraction(sign)}, sign * end.value, end.attained, end.point)
            for j, one in enumerate(ranges)
            for sign, end in ((-1, one.minimum), (1, one.maximum))
        ]
        certify_optima(path, network, inputs, objectives)
        return entries_of(path.read_text(encoding="utf-8"))
    for _ in range(20):
        prop = draw_property(c, network)
        units = with_drawn_units(c, network) if seed % 3 == 0 else network
        decision = verify(units, prop, search=Search(time_limit=20), trees=True)
        if decision.verdict is Verdict.HOLDS:
            certify_property(path, decision)
            return entries_of(path.read_text(encoding="utf-8"))
    return None


# forgeries ------------------------------------------------------------

NUMBERS = ["0", "1", "-1", "1/2", "-1/3", "7/5", "3", "-2", "1/1267650600228229401496703205376"]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container and key in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [place for key, inner in pairs for place in [(value, key), *places(inner)]]


def changed(r: random.Random, value: Any) -> Any:
    """Return another value of about the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(0, value + r.choice([-1, 1, 2]))
    if isinstance(value, str) and r.random() < 0.5:
        try:
            return str(Fraction(value) + r.choice([1, -1]) * Fraction(1, r.choice([1, 3, 2**20, 2**70])))
        except ValueError:
            return r.choice(NUMBERS)
    if isinstance(value, list) and value:
        value, k = list(value), r.randrange(len(value))
        match r.randrange(3):
            case 0:
                del value[k]
            case 1:
                value.append(copy.deepcopy(value[k]))
            case _:
                j = r.randrange(len(value))
                value[j], value[k] = value[k], value[j]
        return value
    return r.choice([*NUMBERS, None])


def forge_value(r: random.Random, entries: Entries) -> None:
    """Change, drop, double or swap something somewhere."""
    owner = entries[0]["claim"] if r.random() < 0.4 else r.choice(entries)
    found = [(one, key) for one, key in places(owner) if key not in ("format", "kind", "property")]
    owner, key = r.choice(found)
    owner[key] = changed(r, owner[key])


def forge_lines(r: random.Random, entries: Entries) -> None:
    """Drop, double or swap lines."""
    a, b = r.randrange(1, len(entries)), r.randrange(1, len(entries))
    match r.randrange(3):
        case 0:
            del entries[a]
        case 1:
            entries.insert(a, copy.deepcopy(entries[b]))
        case _:
            entries[a], entries[b] = entries[b], entries[a]
    count(entries)


def forge_node(r: random.Random, entries: Entries) -> None:
    """Put a cut or a bend above a leaf, which is then there twice: still a tree, and a proof perhaps."""
    leaves = [k for k, entry in enumerate(entries) if "closed" in entry or "linear" in entry]
    k, widths = r.choice(leaves), [len(one["bias"]) for one in entries[0]["networks"][0]["layers"]]
    if r.random() < 0.5 and len(widths) > 1:
        layer = r.randrange(1, len(widths))
        above: dict[str, Any] = {"bend": [layer, r.randrange(widths[layer - 1])]}
    else:
        inputs = len(entries[0]["networks"][0]["layers"][0]["weight"][0])
        above = {"cut": [r.randrange(inputs), r.choice(NUMBERS)]}
    leaf = entries[k]
    above |= {key: leaf[key] for key in ("bounds", "clip") if key in leaf and r.random() < 0.7}
    entries[k : k + 1] = [above, copy.deepcopy(leaf), copy.deepcopy(leaf)]
    count(entries)


def forge_bounds(r: random.Random, entries: Entries) -> None:
    """Drop bounds or a clip, or put them elsewhere."""
    entry = r.choice(entries[1:-1])
    widths = [len(one["bias"]) for one in entries[0]["networks"][0]["layers"][:-1]]
    some = [[k + 1, [i for i in range(width) if r.random() < 0.7]] for k, width in enumerate(widths)]
    proofs = [proof for line in entries[1:-1] for proof in line.get("closed", []) + line.get("clip", [])]
    match r.randrange(4):
        case 0:
            entry.pop("bounds", None)
        case 1:
            entry["bounds"] = r.choice(["all", some])
        case 2:
            entry.pop("clip", None)
        case _ if proofs:
            entry["clip"] = [copy.deepcopy(r.choice(proofs)) for _ in range(r.randrange(3))]
        case _:
            pass


def forge_precision(r: random.Random, entries: Entries) -> None:
    """Ask for coarse numbers: how each of them is rounded may then decide."""
    entries[0]["claim"]["precision"] = r.choice([1, 2, 3, 4, 6, 10, 100])


def forge_proof(r: random.Random, entries: Entries) -> None:
    """Change flips or multipliers."""
    proofs = [proof for line in entries[1:-1] for proof in line.get("closed", []) + line.get("clip", [])]
    if proofs:
        proof = r.choice(proofs)
        if r.random() < 0.5:
            proof[1] = format(r.randrange(64), "x")
        elif proof[0]:
            r.choice(proof[0])[1] = r.choice(NUMBERS)


def forge_slopes(r: random.Random, entries: Entries) -> None:
    """Give a neuron other slopes."""
    layers = entries[0]["networks"][0]["layers"]
    if len(layers) > 1:
        for layer in layers[:-1]:
            layer.setdefault("slopes", [["0", "1"] for _ in layer["bias"]])
        r.choice(r.choice(layers[:-1])["slopes"])[r.randrange(2)] = r.choice(NUMBERS)
        entries[0]["version"] = 2


def ease(r: random.Random, entries: Entries) -> None:
    """Let less be unsafe, so that more trees prove it: by little or by much."""
    gap = Fraction(r.choice([0, 1, 1, 3]), r.choice([1, 4, 2**10]))
    for one in entries[0]["claim"].get("sets", []):
        for row in (row for disjunct in one["disjuncts"] for row in disjunct):
            row["offset"] = str(Fraction(row["offset"]) - gap)


def count(entries: Entries) -> None:
    """Let the last line say how many lines there are."""
    lines = entries[1:]
    leaves = {name: sum(name in line for line in lines) for name in ("closed", "linear")}
    for line in lines:
        if "end" in line:
            line["end"] = {"lines": len(entries), "leaves": leaves}


FORGERS = [
    forge_value,
    forge_value,
    forge_lines,
    forge_node,
    forge_node,
    forge_bounds,
    forge_precision,
    forge_proof,
    forge_slopes,
]


def forged_tree(r: random.Random, entries: Entries) -> Entries:
    """Return entries with some changes."""
    forged = copy.deepcopy(entries)
    ease(r, forged)
    for forge in r.choices(FORGERS, k=r.choice([1, 1, 2, 3])):
        with suppress(
            AttributeError, LookupError, TypeError, ValueError
        ):  # an earlier one took what this one changes
            forge(r, forged)
    return forged


def verdicts(path: Path) -> tuple[str, str]:
    return refusal(path), refuses(path)


@pytest.mark.parametrize("seed", range(40))
def test_both_accept_what_is_written_and_agree_on_forgeries(seed, tmp_path):
    path = tmp_path / "certificate.jsonl"
    entries = certificate(seed, path)
    if entries is None:
        return
    assert verdicts(path) == ("", "")
    r = random.Random(f"forgeries {seed}")  # noqa: S311 - reproducible
    for _ in range(FORGERIES):
        forged = forged_tree(r, entries)
        one, two = verdicts(write(path, forged))
        assert bool(one) == bool(two), (one, two, json.dumps(forged))


def test_rows_of_a_set_are_over_inputs_alone(tmp_path):
    path = tmp_path / "certificate.jsonl"
    for seed in range(1, 12):
        entries = certificate(seed, path)
        if entries is None or "sets" not in entries[0]["claim"]:
            continue
        row = {"x": [], "y": [[0, "0"]], "offset": "1", "strict": False}
        entries[0]["claim"]["sets"][0]["rows"].append(row)
        assert "over inputs alone" not in refusal(write(path, entries))
        row["y"] = [[0, "1"]]
        one, two = verdicts(write(path, entries))
        assert "an inequality over inputs alone" in one
        assert two == "a row of a set over outputs"
