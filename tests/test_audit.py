"""The audit: verdicts, the truth beside them, and evidence that is checked by another road."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import z3

from exactrelu import Configuration, Network, Search, regions
from exactrelu.audit import judge
from exactrelu.audit.bounds import BoundsClaim
from exactrelu.audit.claims_file import KINDS
from exactrelu.audit.configuration_lists import ConfigurationsClaim
from exactrelu.audit.float_outputs import ordinal
from exactrelu.audit.interior_points import InteriorPointsClaim
from exactrelu.audit.region_counts import RegionCountClaim
from exactrelu.audit.satisfiability import SatisfiabilityClaim
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.verification.verdict import Verdict
from tests.support import brute_force
from tests.support.command_line import ABSOLUTE, domain_document, network_document
from tests.support.disguised_networks import z3_units
from tests.support.seeded_cases import seeded_cases

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = {"format": "exactrelu-audit-claims", "version": 1}
SQUARE = {"box": [[-1, 1]]}
ZERO = network_document(([["0"]], None))
GOLDEN = network_document(([["1", "1"], ["0", "1"]], None), ([["1", "0"], ["0", "1"]], None))
"""Its Lipschitz constant in the norm 2 is the golden ratio."""


PROPERTY = """(declare-const X_0 Real) (declare-const Y_0 Real)
(assert (>= X_0 -1)) (assert (<= X_0 1)) (assert (<= Y_0 -1e-7))
"""


@pytest.fixture
def audit(exactrelu):
    """Audit claims about a network document; the answer as JSON, with its exit status."""

    def run(claims, network=ABSOLUTE, *options, **head):
        net = exactrelu.file("net.json", network)
        exactrelu.file("zero.json", ZERO)
        exactrelu.file("same.json", ABSOLUTE)
        exactrelu.file("p.vnnlib", PROPERTY)
        exactrelu.file("p.counterexample", "sat\n((X_0 0)\n(Y_0 0))")
        file = exactrelu.file("claims.json", HEAD | head | {"claims": claims})
        outcome = exactrelu("audit", net, file, "--json", "-", *options)
        assert outcome.err == ""
        return outcome.json | {"status": outcome.status}

    return run


@pytest.fixture
def judged(audit):
    """Audit one claim; its verdict and truth."""

    def run(claim, *rest, **head):
        (answer,) = audit([claim], *rest, **head)["claims"]
        return answer["verdict"], answer["truth"]

    return run


# the document ---------------------------------------------------------------------------------------

EXPECTED = {
    "region-count": ["refuted"],
    "configurations": ["refuted"],
    "interior-points": ["refuted"],
    "bounds": ["refuted", "holds"],
    "lipschitz": ["refuted"],
    "affine-map": ["refuted"],
    "equality": ["holds"],
    "distance": ["refuted"],
    "outputs": ["refuted"],
    "witness": ["refuted"],
    "satisfiability": ["refuted"],
    "property": ["refuted"],
}


def documented_examples():
    text = (DOCS / "audit.md").read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


def test_every_kind_has_a_worked_example_with_the_verdict_that_the_document_says(audit):
    examples = documented_examples()
    assert {example["kind"] for example in examples} == set(KINDS) == set(EXPECTED)
    answers = audit(examples)["claims"]
    found = {kind: [] for kind in EXPECTED}
    for answer in answers:
        found[answer["claim"]["kind"]].append(answer["verdict"])
    assert found == EXPECTED


def test_the_schema_names_the_kinds_and_keys_that_are_read(exactrelu):
    schema = json.loads((DOCS / "audit-claims.schema.json").read_text(encoding="utf-8"))
    shapes = {shape["properties"]["kind"]["const"]: shape for shape in schema["$defs"]["claim"]["oneOf"]}
    assert set(shapes) == set(KINDS)
    net = exactrelu.file("net.json", ABSOLUTE)
    for kind, shape in shapes.items():
        required = dict.fromkeys(shape["required"], 0) | {"kind": kind}
        file = exactrelu.file("claims.json", HEAD | {"claims": [required | {"nonsense": 1}]})
        keys = re.search(r"only the keys (.*), got 'nonsense'", exactrelu("audit", net, file).err)
        assert set(keys[1].split(", ")) == set(shape["properties"]), kind
        for key in shape["required"]:
            rest = {name: value for name, value in required.items() if name != key}
            file = exactrelu.file("claims.json", HEAD | {"claims": [rest]})
            assert exactrelu("audit", net, file).is_refusal("claims[0]", f"the key {key!r}")


def test_the_exit_status_is_that_of_the_worst_claim(audit):
    right = {"kind": "region-count", "value": 2, "reading": "full"}
    wrong = right | {"value": 9}
    assert [audit(claims)["status"] for claims in ([], [right], [right, wrong])] == [0, 0, 1]
    unknown = audit([right, right | {"reading": "closed"}], ABSOLUTE, "--max-regions", "2")
    assert (unknown["status"], unknown["verdict"]) == (3, "unknown")
    assert [one["verdict"] for one in unknown["claims"]] == ["holds", "unknown"]
    both = audit([wrong | {"reading": "closed"}, wrong | {"value": 1}], ABSOLUTE, "--max-regions", "2")
    assert [one["verdict"] for one in both["claims"]] == ["unknown", "refuted"]
    assert both["status"] == 1


def test_summaries_say_in_which_way_a_bound_or_a_constraint_fails(audit):
    above, below = ({"normal": [1], "offset": c, "relation": r} for c, r in ((0, ">"), (-1, "<")))
    sup = {"kind": "distance", "other": "zero.json", "norm": "sup", "lower": 1}
    row = {"output": [1], "offset": -1, "relation": ">"}
    witness, near, along = audit(
        [
            {"kind": "witness", "point": [1], "constraints": [row]},
            sup | {"domain": {"inequalities": [above, below]}},
            sup | {"domain": {"inequalities": [above]}},
        ]
    )["claims"]
    assert witness["summary"] == "invalid: y0 - 1 > 0 is not strict: its left side is 0; f = (1)"
    assert near["summary"] == "sup distance: it is 1, near (1)"
    assert re.fullmatch(r"sup distance: it is inf, from \(.*\) along \(1\)", along["summary"])


def test_the_report_names_claims_and_prints_a_table(exactrelu, audit):
    answer = audit([{"kind": "region-count", "value": 2, "id": "mine", "note": "n"}], tool="T 1")
    assert answer["claims"][0]["claim"] == {"index": 0, "kind": "region-count", "id": "mine"}
    assert (answer["format"], answer["tool"]) == ("exactrelu-audit", "T 1")
    folder = exactrelu.folder
    printed = exactrelu("audit", str(folder / "net.json"), str(folder / "claims.json"))
    assert "0 mine" in printed.out
    assert "holds" in printed.out


# numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "numbers", "value"),
    [
        (0.1, "exact", Fraction(1, 10)),
        ("1/3", "float32", Fraction(1, 3)),
        (0.1, "float64", Fraction(0.1)),
        (0.1, "float32", Fraction(float(np.float32(0.1)))),
        ({"float32": 0.1}, "exact", Fraction(float(np.float32(0.1)))),
        ({"float64": "0.1"}, "exact", Fraction(0.1)),
        ({"float64": (0.1).hex()}, "exact", Fraction(0.1)),
        ({"float32": "-0x1.8p+1"}, "exact", Fraction(-3)),
        ({"float64": "0x0.1p-1074"}, "exact", None),
        ({"float64": 5e-324}, "exact", Fraction(1, 2**1074)),
        ({"float32": 1e-46}, "exact", Fraction(0)),
    ],
)
def test_a_number_in_a_claim_has_one_exact_value(exactrelu, audit, number, numbers, value):
    claim = {"kind": "bounds", "upper": [number], "domain": SQUARE}
    if value is None:
        net = exactrelu.file("net.json", ABSOLUTE)
        file = exactrelu.file("claims.json", HEAD | {"claims": [claim]})
        assert exactrelu("audit", net, file).is_refusal("claims[0].upper[0].float64", "a number of float64")
        return
    (answer,) = audit([claim], numbers=numbers)["claims"]
    assert Fraction(answer["truth"]["neurons"][0]["upper"]["claimed"]) == value


def test_ordinals_count_the_numbers_of_a_format_as_the_bits_do():
    for form, kind, bits in ((FLOAT32, np.float32, np.int32), (FLOAT64, np.float64, np.int64)):
        limits = np.finfo(kind)
        some = [
            0.0,
            1.0,
            0.1,
            3e7,
            1e-40,
            float(limits.max),
            float(limits.tiny),
            float(limits.smallest_subnormal),
        ]
        for value in (kind(x) for x in some):
            assert ordinal(Fraction(float(value)), form) == int(value.view(bits))
            assert ordinal(Fraction(-float(value)), form) == -int(value.view(bits))
        assert ordinal(math.inf, form) == int(kind(math.inf).view(bits))


# counts, configurations, points ----------------------------------------------------------------------


@pytest.mark.parametrize(("network", "domain"), seeded_cases(12, most_neurons=4, units=8))
@pytest.mark.parametrize("reading", list(Reading))
def test_counts_and_lists_agree_with_all_sign_patterns(network, domain, reading):
    listed = [theta for theta, _ in brute_force.configurations(network, domain, str(reading))]
    count = judge(RegionCountClaim(len(listed), str(reading), domain), network)
    assert (count.verdict, count.truth["count"]) == (Verdict.HOLDS, len(listed))
    wrong = judge(RegionCountClaim(len(listed) + 1, str(reading), domain), network)
    assert (wrong.verdict, wrong.truth["count"]) == (Verdict.REFUTED, len(listed))
    configurations = tuple(Configuration.parse(theta, network.bent_widths) for theta in listed)
    claim = ConfigurationsClaim(configurations, reading, domain)
    assert judge(claim, network).verdict is Verdict.HOLDS
    for i, theta in enumerate(configurations):
        rest = configurations[:i] + configurations[i + 1 :]
        truth = judge(ConfigurationsClaim(rest, reading, domain), network).truth
        assert [one["configuration"] for one in truth["missing"]] == [str(theta)]
        if reading is not Reading.CLOSED:
            point = tuple(map(Fraction, truth["missing"][0]["point"]))
            assert network.configuration(point) == theta
            assert domain.contains(point)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(12, most_neurons=4, units=8))
@pytest.mark.parametrize("reading", list(Reading))
def test_spurious_configurations_come_with_a_proof(network, domain, reading):
    right = {theta for theta, _ in brute_force.configurations(network, domain, str(reading))}
    every = [brute_force.text(bits) for bits in brute_force.all_bits(brute_force.bit_widths(network))]
    listed = tuple(Configuration.parse(theta, network.bent_widths) for theta in every)
    truth = judge(ConfigurationsClaim(listed, reading, domain), network).truth
    assert {one["configuration"] for one in truth["spurious"]} == set(every) - right
    alone = judge(ConfigurationsClaim(listed, reading, domain), network, Search(max_regions=0)).truth
    if right:
        assert alone["spurious"] == truth["spurious"]
    for one in truth["spurious"]:
        if one["why"] == "thin":
            assert one["dimension"] < max(
                size for _, size in brute_force.configurations(network, domain, "half-open")
            )
            continue
        rows = [
            ((*map(int, row["normal"]), int(row["offset"])), row["relation"])
            for row in one["emptiness"]["rows"]
        ]
        assert brute_force.refutes([Fraction(m) for m in one["emptiness"]["multipliers"]], rows)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(12, most_neurons=4, units=8))
@pytest.mark.parametrize("reading", [Reading.FULL, Reading.HALF_OPEN])
def test_one_interior_point_for_each_region_is_what_there_must_be(network, domain, reading):
    points = tuple(region.point for region in regions(network, domain, reading))
    assert judge(InteriorPointsClaim(points, reading, domain), network).verdict is Verdict.HOLDS
    for i in range(len(points)):
        rest = points[:i] + points[i + 1 :]
        truth = judge(InteriorPointsClaim(rest, reading, domain), network).truth
        missing = str(network.configuration(points[i]))
        assert [one["configuration"] for one in truth["missing"]] == [missing]
        twice = judge(InteriorPointsClaim((*points, points[i]), reading, domain), network).truth
        assert [(one["index"], one["as"]) for one in twice["duplicated"]] == [(len(points), i)]


def test_points_on_a_boundary_or_outside_are_no_interior_points(judged):
    claim = {"kind": "interior-points", "points": [[0], [1], [3], ["1/2"], ["-1/2"]]}
    verdict, truth = judged(claim, domain=SQUARE)
    assert verdict == "refuted"
    assert [one["index"] for one in truth["boundary"]] == [0, 1]
    assert [one["index"] for one in truth["outside"]] == [2]
    assert truth["missing"] == []
    assert judged(claim | {"points": [[0], ["1/2"], ["-1/2"]], "reading": "half-open"})[0] == "holds"


def test_a_count_of_another_reading_is_named(judged):
    four = {"kind": "region-count", "value": 4, "reading": "full"}
    assert judged(four)[1]["matches"] == ["closed"]
    assert judged({"kind": "region-count", "value": 3})[1]["matches"] == ["half-open"]
    verdict, truth = judged({"kind": "region-count", "value": 2, "reading": "closed"})
    assert (verdict, truth["matches"], truth["count"]) == ("refuted", ["full", "pieces"], 4)
    assert truth["counts"] == {"half-open": None, "full": 2, "pieces": 2}
    empty = {"inequalities": [{"normal": [1], "offset": 0, "relation": op} for op in "<>"]}
    none = judged({"kind": "region-count", "value": 1, "domain": empty})
    assert (none[0], none[1]["counts"]) == ("refuted", {"half-open": 0, "closed": 0, "full": 0})
    line = network_document(([["1"], ["-1"]], None), ([["1", "-1"]], None))  # x, in two cells, one piece
    assert judged({"kind": "region-count", "value": 1, "reading": "full"}, line)[1]["matches"] == ["pieces"]
    assert judged({"kind": "region-count", "value": 1, "reading": "pieces"}, line)[0] == "holds"
    assert judged({"kind": "region-count", "value": 1, "reading": "full", "depth": 0})[0] == "holds"
    refuted = judged(four | {"value": 1, "reading": "closed"}, ABSOLUTE, "--max-regions", "2")
    assert (refuted[0], refuted[1]["at_least"]) == ("refuted", 2)


# bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "domain"), seeded_cases(25, most_neurons=4, units=10))
def test_unsound_bounds_come_with_a_point_that_passes_them(network, domain):
    for layer in range(1, network.depth + 1):
        part, width = network.first_layers(layer), network.widths[layer]
        neurons = tuple(range(width))
        loose = judge(BoundsClaim(layer, neurons, (-math.inf,) * width, (math.inf,) * width, domain), network)
        assert loose.verdict is Verdict.HOLDS
        for truth in loose.truth["neurons"]:
            for name, sign in (("lower", -1), ("upper", 1)):
                side, i = truth[name], truth["neuron"]
                unbounded = "inf" in side["exact"]
                exact = Fraction(0) if unbounded else Fraction(side["exact"])
                bound = exact + (1000 * sign if unbounded else -sign * Fraction(1, 2**300))
                sides = {"lower": (None,), "upper": (None,)} | {name: (bound,)}
                found = judge(BoundsClaim(layer, (i,), sides["lower"], sides["upper"], domain), network)
                assert found.verdict is Verdict.REFUTED
                evidence = found.truth["neurons"][0][name]
                x = tuple(map(Fraction, evidence["point"]))
                assert all(c.holds(x) for c in brute_force.domain_constraints(domain))
                value = brute_force.evaluate(part, x)[1][i]
                assert sign * value > sign * bound
                assert value == Fraction(evidence["value"])
                if not unbounded:
                    sides = {"lower": (None,), "upper": (None,)} | {name: (exact,)}
                    tight = judge(BoundsClaim(layer, (i,), sides["lower"], sides["upper"], domain), network)
                    assert tight.truth["neurons"][0][name]["slack"] == "0"


def test_bounds_say_how_loose_they_are(judged):
    claim = {"kind": "bounds", "lower": [-1], "upper": ["3/2"], "domain": SQUARE}
    verdict, truth = judged(claim)
    (sides,) = truth["neurons"]
    assert (verdict, sides["lower"]["slack"], sides["upper"]["slack"]) == ("holds", "1", "1/2")
    assert sides["upper"]["attained"] is True
    assert judged(claim | {"upper": [None]})[0] == "holds"
    empty = {"inequalities": [{"normal": [1], "offset": 0, "relation": op} for op in "<>"]}
    assert judged(claim | {"domain": empty})[1] == {"empty": True, "neurons": []}


def test_bounds_of_huge_and_tiny_weights_are_compared_exactly(judged):
    big = 2**300
    net = network_document(([[str(big)], [f"1/{big}"]], None), ([[f"1/{big}", str(big)]], None))
    claim = {"kind": "bounds", "upper": [2], "domain": SQUARE}
    assert judged(claim, net)[0] == "holds"
    verdict, truth = judged(claim | {"upper": [str(2 - Fraction(1, big))]}, net)
    assert (verdict, truth["neurons"][0]["upper"]["point"]) == ("refuted", ["1"])


# Lipschitz, maps, pairs -------------------------------------------------------------------------------


def norm_squared(vector, norm):
    sizes = [abs(entry) for entry in vector]
    return {"1": sum(sizes), "inf": max(sizes)}[norm] ** 2 if norm != "2" else sum(x * x for x in sizes)


@pytest.mark.parametrize(
    ("norm", "claim", "verdict"),
    [
        ("2", {"upper": "1.618033988"}, "refuted"),
        ("2", {"upper": "1.618033989"}, "holds"),
        ("2", {"lower": "1.618033988"}, "holds"),
        ("2", {"value": "1.618033988"}, "refuted"),
        ("2", {"upper": {"sqrt": "2.6180339887"}}, "refuted"),
        ("2", {"upper": -1}, "refuted"),
        ("1", {"value": 2}, "holds"),
        ("1", {"upper": {"sqrt": "399/100"}}, "refuted"),
        ("inf", {"upper": "1.99"}, "refuted"),
        ("inf", {"lower": "2.01"}, "refuted"),
    ],
)
def test_lipschitz_bounds_are_compared_exactly_with_algebraic_constants(judged, norm, claim, verdict):
    found, truth = judged({"kind": "lipschitz", "norm": norm} | claim, GOLDEN)
    assert found == verdict
    if verdict == "refuted" and "lower" not in claim:
        (value,) = claim.values()
        square = (
            Fraction(value["sqrt"]) if isinstance(value, dict) else max(Fraction(value), Fraction(0)) ** 2
        )
        x, y = (tuple(map(Fraction, point)) for point in truth["points"])
        net = Network.from_rationals([([[1, 1], [0, 1]], None), ([[1, 0], [0, 1]], None)])
        rise = [a - b for a, b in zip(net(x), net(y), strict=True)]
        run = [a - b for a, b in zip(x, y, strict=True)]
        assert norm_squared(rise, norm) > square * norm_squared(run, norm)


def test_a_norm_may_be_a_json_number(judged):
    for norm in (1, 2):
        claim = {"kind": "lipschitz", "value": 1, "numbers": "float32"}
        assert judged(claim | {"norm": norm}) == judged(claim | {"norm": str(norm)})
        assert judged(claim | {"norm": norm})[0] == "holds"


def test_the_map_at_a_kink_is_that_of_a_cell_that_touches_it(judged):
    claim = {"kind": "affine-map", "at": [0], "weight": [[1]], "bias": [0]}
    verdict, truth = judged(claim)
    assert (verdict, truth["kink"], truth["configuration"]) == ("holds", True, "00")
    touching = [(c["configuration"], c["reading"], c["agrees"]) for c in truth["cells"]]
    assert touching == [("01", "full", False), ("10", "full", True), ("00", "half-open", False)]
    assert judged(claim | {"reading": "half-open"})[0] == "refuted"
    assert judged(claim | {"weight": [[0]], "reading": "half-open"})[0] == "holds"
    assert judged(claim | {"weight": [[0]], "reading": "full"})[0] == "refuted"
    near = claim | {"at": [1], "weight": [["1.0000001"]]}
    assert judged(near)[1]["cells"][0]["difference"] == "1/10000000"
    assert judged(near | {"tolerance": "1e-7"})[0] == "holds"
    assert judged(near | {"tolerance": "9e-8"})[0] == "refuted"


def test_maps_are_compared_on_the_affine_hull_of_the_domain(judged):
    line = {"inequalities": [{"normal": [1, -1], "offset": 0, "relation": "="}]}
    claim = {"kind": "affine-map", "at": [1, 1], "weight": [[0]], "bias": [0]}
    net = network_document(([[1, 0], [0, 1]], None), ([[1, -1]], None))
    claim = claim | {"weight": [[0, 0]]}
    assert judged(claim, net)[0] == "refuted"
    assert judged(claim | {"domain": line}, net)[0] == "holds"


def test_pairs_of_networks(judged):
    assert judged({"kind": "equality", "other": "same.json"})[0] == "holds"
    assert judged({"kind": "equality", "other": "same.json", "equal": False})[0] == "refuted"
    verdict, truth = judged({"kind": "equality", "other": "zero.json"})
    x = Fraction(truth["point"][0])
    assert (verdict, truth["outputs"]) == ("refuted", [[str(abs(x))], ["0"]])
    distance = {"kind": "distance", "other": "zero.json", "domain": SQUARE}
    exact = {"sup": "1", "w1inf": "1", "l1": "1"}
    for norm, value in exact.items():
        assert judged(distance | {"norm": norm, "value": value})[0] == "holds"
        assert judged(distance | {"norm": norm, "upper": "0.99"})[0] == "refuted"
        assert judged(distance | {"norm": norm, "lower": "1.01"})[0] == "refuted"
    assert judged(distance | {"norm": "l2", "upper": "0.81649658"})[1]["square"] == "2/3"
    assert judged(distance | {"norm": "l2", "upper": "0.81649658"})[0] == "refuted"
    assert judged(distance | {"norm": "l2", "upper": "0.81649659"})[0] == "holds"
    assert judged({"kind": "distance", "other": "zero.json", "norm": "sup", "value": "inf"})[0] == "holds"
    assert judged({"kind": "distance", "other": "zero.json", "norm": "sup", "upper": 10**9})[0] == "refuted"


# outputs, witnesses, answers --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_outputs_are_counted_in_steps_of_their_format(judged, kind):
    net = network_document(([["1/3"], ["-1/3"]], None), ([["1", "1"]], None))
    third = kind(1) / kind(3)
    up = np.nextafter(third, kind(2))
    name = kind.__name__
    claim = {"kind": "outputs", "format": name, "points": [[1], [1], [1]]}
    outputs = [[{name: str(third)}], [{name: str(up)}], [{name: str(np.nextafter(up, kind(2)))}]]
    verdict, truth = judged(claim | {"outputs": outputs}, net)
    assert (verdict, [one["ulps"] for one in truth["outputs"]]) == ("refuted", [0, 1, 2])
    assert judged(claim | {"outputs": outputs, "ulps": 2}, net)[0] == "holds"
    assert judged(claim | {"outputs": outputs, "ulps": 1}, net)[0] == "refuted"
    assert judged(claim | {"outputs": outputs, "tolerance": "1e-6"}, net)[0] == "holds"
    error = Fraction(float(third)) - Fraction(1, 3)
    assert Fraction(truth["outputs"][0]["error"]) == abs(error)


def test_an_overflow_and_what_is_no_number(exactrelu, judged):
    claim = {"kind": "outputs", "format": "float32", "points": [["1" + "0" * 39]]}
    assert judged(claim | {"outputs": [["inf"]]})[0] == "holds"
    assert judged(claim | {"outputs": [["-inf"]]})[0] == "refuted"
    assert judged(claim | {"outputs": [["nan"]]})[1]["outputs"][0]["ulps"] is None
    text = json.dumps(
        HEAD | {"claims": [claim | {"outputs": [[math.nan]]}, claim | {"outputs": [[math.inf]]}]}
    )
    answer = exactrelu(
        "audit", str(exactrelu.folder / "net.json"), exactrelu.file("c.json", text), "--json", "-"
    )
    assert [one["verdict"] for one in answer.json["claims"]] == ["refuted", "holds"]


def test_a_witness_is_exactly_valid_within_the_tolerance_or_invalid(judged):
    at_least_one = {"output": [1], "offset": -1, "relation": ">="}
    claim = {"kind": "witness", "point": [1], "constraints": [at_least_one]}
    assert judged(claim) == judged(claim | {"tolerance": 1})
    assert judged(claim)[1]["validity"] == "exactly valid"
    near = claim | {"point": ["0.999"], "tolerance": "0.001"}
    assert judged(near)[1]["validity"] == "valid within the tolerance only"
    assert judged(near)[1]["violated"][0]["violation"] == "1/1000"
    assert judged(near | {"tolerance": "0.0009"})[1]["validity"] == "invalid"
    assert judged(near | {"tolerance": 0})[1]["validity"] == "invalid"
    strict = claim | {"constraints": [at_least_one | {"relation": ">"}]}
    assert judged(strict)[1]["validity"] == "invalid"
    assert judged(strict | {"tolerance": "1/2"})[1]["validity"] == "valid within the tolerance only"
    outside = claim | {"point": [2], "domain": SQUARE}
    assert judged(outside)[0] == "refuted"
    stated = judged(claim | {"outputs": ["1.5"]})
    assert (stated[0], stated[1]["outputs_differ_by"]) == ("holds", "1/2")


def z3_answer(network, domain, constraints):
    """Return sat or unsat by z3, units as if-then-else."""
    xs = [z3.Real(f"x{j}") for j in range(network.inputs)]

    def affine(row, values):
        return z3.Sum(
            z3.RealVal(str(row[-1])), *[z3.RealVal(str(a)) * v for a, v in zip(row, values, strict=False)]
        )

    values = xs
    for k, layer in enumerate(network.layers):
        ys = [affine(row, values) for row in layer.rows]
        values = z3_units(network.activations[k], ys) if k < network.depth - 1 else ys
    solver = z3.Solver()
    rows = [((*c.normal, c.offset), xs, c.relation) for c in domain.constraints]
    rows += [((*c.normal, c.offset), xs + values, c.relation) for c in constraints]
    for row, names, relation in rows:
        value = affine(row, names)
        solver.add(
            {"<": value < 0, "<=": value <= 0, "=": value == 0, ">=": value >= 0, ">": value > 0}[relation]
        )
    return str(solver.check())


@pytest.mark.parametrize(("network", "domain"), seeded_cases(30, most_neurons=4, units=10))
def test_answers_agree_with_z3_and_come_with_a_point(network, domain):
    for relation in ("<", "=", ">="):
        for offset in (Fraction(-3), Fraction(1, 2**60), Fraction(0)):
            ones = (Fraction(1),) * network.outputs
            halves = (Fraction(1, 2),) * network.inputs
            constraint = LinearConstraint((*halves, *ones), offset, relation)
            expected = z3_answer(network, domain, [constraint])
            found = judge(SatisfiabilityClaim("sat", domain, (constraint,)), network)
            assert found.truth["answer"] == expected
            assert found.verdict is (Verdict.HOLDS if expected == "sat" else Verdict.REFUTED)
            if expected == "sat":
                x = tuple(map(Fraction, found.truth["point"]))
                assert domain.contains(x)
                assert constraint.holds_at((*x, *brute_force.evaluate(network, x)[1]))


def test_domains_of_files_and_of_claims(judged):
    box = domain_document(([1], -1, "<="), ([1], 1, ">="))
    claim = {"kind": "region-count", "value": 1, "reading": "full"}
    assert judged(claim | {"domain": {"box": [[0, 1]]}}, domain=box)[0] == "holds"
    assert judged(claim, domain=box)[0] == "refuted"
    assert judged(claim | {"value": 2}, domain=None)[0] == "holds"
    assert judged(claim | {"domain": {"box": [[0, 0]]}})[0] == "holds"
