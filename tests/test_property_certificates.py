"""Certificates of properties: written for what holds, checked alone, refused when anything is forged."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction

import pytest

import exactrelu as exactrelu_package
from exactrelu import Domain, Network, checker, output_range
from exactrelu.certificates.document import network_value
from exactrelu.certificates.optima import Objective, certify_optima
from exactrelu.certificates.properties import certify_property
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.networks.activation import Activation
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify
from tests.support.certificate_lines import entries_of, refusal, write
from tests.support.command_line import network_document
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.drawn_properties import draw_box, draw_property
from tests.test_linear_bounds import with_drawn_units


def decided(network, prop):
    return verify(network, prop, search=Search(time_limit=20), trees=True)


@pytest.mark.parametrize("seed", range(120))
def test_what_holds_on_drawn_networks_has_a_certificate(seed, tmp_path):
    c = Chooser.seeded("property certificates", seed)
    network = draw_network(c)
    prop = draw_property(c, network)
    if seed % 3 == 0:
        network = with_drawn_units(c, network)
    decision = decided(network, prop)
    if decision.verdict is not Verdict.HOLDS:
        return
    path = tmp_path / "property.jsonl"
    certify_property(path, decision)
    found = checker.check(path)
    assert found["claim"]["property"] == prop.digest
    assert found["networks"] == [network.digest]


# forgeries -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The lines of a certificate of three alternatives, one bound of which is tight."""
    network = Network.from_rationals(
        [
            ([[1, 0], [-1, 0], [0, 1], [0, -1]], None),
            ([[1, 1, 1, 1], [1, 1, -1, -1], [2, 0, 0, 1]], [0, 0, "-1/3"]),
            ([[1, "1/3", 0], [-1, 1, 1]], None),
        ]
    )
    domain = Domain.box([(-1, 1), ("-1/2", 1)])
    bounds = ["y0 <= 13/5", "y0 + 2 y1 >= -2", "y1 <= x0 + 8"]
    prop = Property.from_bounds(2, 2, domain, bounds)
    decision = decided(network, prop)
    assert decision.verdict is Verdict.HOLDS
    path = tmp_path_factory.mktemp("forged") / "property.jsonl"
    certify_property(path, decision)
    checker.check(path)
    return entries_of(path.read_text(encoding="utf-8"))


def copied(entries):
    return copy.deepcopy(entries)


def places(entries, key):
    return [n for n, entry in enumerate(entries) if key in entry]


def test_a_tree_without_its_bounds_or_without_a_line_is_refused(tree, tmp_path):
    forged = copied(tree)
    for n in places(tree, "bounds"):
        del forged[n]["bounds"]
    assert refusal(write(tmp_path / "forged.jsonl", forged))
    for n in range(1, len(tree) - 1):
        forged = tree[:n] + tree[n + 1 :]
        assert refusal(write(tmp_path / "forged.jsonl", copied(forged)))


def test_a_tighter_claim_than_what_is_proved_is_refused(tree, tmp_path):
    for disjunct in range(3):
        forged = copied(tree)
        row = forged[0]["claim"]["sets"][0]["disjuncts"][disjunct][0]
        row["offset"] = str(int(row["offset"].split("/")[0]) + 40)  # far more points would be unsafe
        assert refusal(write(tmp_path / "forged.jsonl", forged))


def test_a_larger_box_than_the_one_that_was_searched_is_refused(tree, tmp_path):
    forged = copied(tree)
    forged[0]["claim"]["sets"][0]["box"][0][1] = "40"
    assert refusal(write(tmp_path / "forged.jsonl", forged))


def test_a_missing_alternative_at_a_leaf_is_refused(tree, tmp_path):
    for n in places(tree, "closed"):
        forged = copied(tree)
        if forged[n]["closed"]:
            forged[n]["closed"].pop()
            assert "expected a list of" in refusal(write(tmp_path / "forged.jsonl", forged))


def test_another_network_is_refused_or_shows_its_hash(tree, tmp_path):
    forged = copied(tree)
    forged[0]["networks"][0]["layers"][2]["weight"][0][0] = "9"
    assert refusal(write(tmp_path / "forged.jsonl", forged))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("flips", "0F", "in hexadecimal"),
        ("flips", 3, "in hexadecimal"),
        ("weight", "-1", "a positive multiplier"),
        ("weight", "0", "a positive multiplier"),
        ("row", 7, "an integer from 0"),
    ],
)
def test_a_form_out_of_its_range_is_refused(tree, tmp_path, key, value, message):
    forged = copied(tree)
    leaf = next(entry for entry in forged if entry.get("closed"))
    proof = leaf["closed"][0]
    if key == "flips":
        proof[1] = value
    else:
        proof[0][0][key == "weight"] = value
    assert message in refusal(write(tmp_path / "forged.jsonl", forged))


def test_lines_of_other_claims_have_no_place_in_a_property_tree(tree, tmp_path):
    for line in ({"split": [1, 0]}, {"reached": ["0", "0"]}, {"cut": [5, "0"]}, {"bend": [3, 0]}):
        forged = [*copied(tree[:1]), line, *copied(tree[1:])]
        assert refusal(write(tmp_path / "forged.jsonl", forged))


@pytest.mark.parametrize("seed", range(25))
def test_a_tree_does_not_prove_safe_what_is_unsafe_everywhere(seed, tmp_path):
    c = Chooser.seeded("forged properties", seed)
    network = draw_network(c, most_inputs=2)
    prop = draw_property(c, network, sets=1)
    decision = decided(network, prop)
    if decision.verdict is not Verdict.HOLDS or not prop.groups[0].disjuncts:
        return
    path = tmp_path / "property.jsonl"
    certify_property(path, decision)
    entries = entries_of(path.read_text(encoding="utf-8"))
    for d, disjunct in enumerate(prop.groups[0].disjuncts):
        for r in range(len(disjunct)):
            forged = copied(entries)
            row = forged[0]["claim"]["sets"][0]["disjuncts"][d][r]
            row["offset"] = str(disjunct[r].offset + 1000 * 2**80)
            row["strict"] = False
            if len(disjunct) == 1:  # it holds everywhere now: every point of a set that has points is unsafe
                if prop.groups[0].domain().is_empty:
                    continue
                assert refusal(write(tmp_path / "forged.jsonl", forged))


def test_units_with_two_slopes_are_not_split_where_they_are_linear(tmp_path):
    network = Network.from_rationals([([[1], [1]], None), ([[1, 1]], None)])
    units = Network(network.layers, activations=[Activation.of([(-1, 1), (1, 1)])])  # |x| + x
    decision = decided(units, Property.from_bounds(1, 1, Domain.box([(-1, 1)]), ["y0 <= 2", "y0 >= 0"]))
    path = tmp_path / "property.jsonl"
    certify_property(path, decision)
    entries = entries_of(path.read_text(encoding="utf-8"))
    checker.check(path)
    forged = [*copied(entries[:1]), {"bend": [1, 1]}, *copied(entries[1:])]
    assert "two slopes" in refusal(write(tmp_path / "forged.jsonl", forged))


# optima -----------------------------------------------------------------------------------------------


def drawn_optima(c):
    network = draw_network(c, most_inputs=2)
    box = draw_box(c, network.inputs)
    inputs = InputSet(box, (), ())
    ranges = output_range(network, inputs.domain())
    assert ranges is not None
    return network, inputs, ranges


def objectives_of(ranges):
    found = []
    for j, one in enumerate(ranges):
        for sign, end in ((-1, one.minimum), (1, one.maximum)):
            found.append(Objective({j: Fraction(sign)}, sign * end.value, end.attained, end.point))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_exact_ranges_on_boxes_have_certificates_by_bounds(seed, tmp_path):
    network, inputs, ranges = drawn_optima(Chooser.seeded("optima", seed))
    path = tmp_path / "optimum.jsonl"
    certify_optima(path, network, inputs, objectives_of(ranges))
    assert checker.check(path)["claim"]["kind"] == "optimum"


@pytest.mark.parametrize("seed", range(15))
def test_a_maximum_that_is_lower_or_higher_by_a_little_is_refused(seed, tmp_path):
    network, inputs, ranges = drawn_optima(Chooser.seeded("forged optima", seed))
    path = tmp_path / "optimum.jsonl"
    certify_optima(path, network, inputs, objectives_of(ranges))
    entries = entries_of(path.read_text(encoding="utf-8"))
    for o, objective in enumerate(entries[0]["claim"]["objectives"]):
        for gap in (Fraction(1, 2**70), -Fraction(1, 2**70)):
            forged = copied(entries)
            forged[0]["claim"]["objectives"][o]["maximum"] = str(Fraction(objective["maximum"]) + gap)
            assert "a point where the objective is" in refusal(write(tmp_path / "forged.jsonl", forged))
        forged = copied(entries)
        forged[0]["claim"]["objectives"][o]["attained"] = not objective["attained"]
        flat = all(side.lower == side.upper for side in inputs.box)
        assert refusal(write(tmp_path / "forged.jsonl", forged)) or flat


def test_a_supremum_that_is_exceeded_gets_no_certificate(tmp_path):
    network = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    inputs = InputSet((Interval(Fraction(-2), Fraction(1)),), (), ())
    objective = Objective({0: Fraction(1)}, Fraction(1), attained=True, point=(Fraction(1),))
    with pytest.raises(ArgumentError, match="which is exceeded"):
        certify_optima(tmp_path / "c.jsonl", network, inputs, [objective])
    assert not (tmp_path / "c.jsonl").exists()


# the command and the door -----------------------------------------------------------------------------

HOLDS = """\
(declare-const X_0 Real)
(declare-const Y_0 Real)
(assert (and (>= X_0 -1) (<= X_0 2)))
(assert (> Y_0 2))
"""


@pytest.fixture
def absolute(tmp_path):
    path = tmp_path / "absolute.json"
    document = network_document(([[1], [-1]], None), ([[1, 1]], None))
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_verify_writes_a_certificate_and_check_compares_it_with_the_file(exactrelu, absolute, tmp_path):
    prop, other = tmp_path / "p.vnnlib", tmp_path / "other.vnnlib"
    prop.write_text(HOLDS, encoding="utf-8")
    other.write_text(HOLDS.replace("(> Y_0 2)", "(>= Y_0 3)"), encoding="utf-8")
    certificate = tmp_path / "c.jsonl.gz"
    done = exactrelu("verify", str(absolute), str(prop), "--certificate", str(certificate))
    assert done.status == 0
    assert str(certificate) in done.out
    assert exactrelu("check", str(certificate)).status == 0
    assert exactrelu("check", str(certificate), "--property", str(prop)).status == 0
    refused = exactrelu("check", str(certificate), "--property", str(other))
    assert refused.status == 1
    assert "the hash of" in refused.out


def test_certify_takes_what_verify_returns(absolute, tmp_path):
    decision = exactrelu_package.verify(absolute, "y0 <= 2", [(-1, 2)])
    path = tmp_path / "c.jsonl"
    exactrelu_package.certify(decision, path)
    assert exactrelu_package.check(path)


def test_ranges_of_networks_that_are_not_small_are_certified_without_cells(tmp_path):
    c = Chooser.seeded("wide ranges")
    weights = [[Fraction(c.integer(-1024, 1024), 1024) for _ in range(5)] for _ in range(24)]
    outer = [[Fraction(c.integer(-1024, 1024), 1024) for _ in range(24)]]
    network = Network.from_rationals([(weights, None), (outer, ["1/3"])])
    ranges = output_range(network, Domain.box([(0, 1)] * 5))
    path = tmp_path / "range.jsonl"
    exactrelu_package.certify(ranges, path)
    (row,) = ranges
    found = checker.check(path)["claim"]
    assert found["kind"] == "optimum"
    assert [Fraction(one["maximum"]) for one in found["objectives"]] == [
        -row.minimum.value,
        row.maximum.value,
    ]


def test_all_columns_at_once_are_the_plain_sums_rounded_down():
    rng = random.Random(5)  # noqa: S311 - test cases are no secrets
    for case in range(100):
        inputs, neurons, fine = rng.randint(1, 5), rng.randint(1, 5), rng.choice((0, 3, 60, 300))

        def number(most: int = 80) -> int:
            return rng.randint(-(2 ** rng.randint(0, most)), 2 ** rng.randint(0, most))

        rows = [[Fraction(number(), 2**fine) for _ in range(inputs)] for _ in range(neurons)]
        net = Network.from_rationals([(rows, [number(3)] * neurons), ([[1] * neurons], None)])
        checked = checker.Network("networks[0]", network_value(net), "")
        table, substitution = checked.rows[0][0], checker.Substitution(checked, 64)
        for cut in (0, 1, 63, 64, 65, rng.randint(0, 200)):
            terms = [(j, number(200)) for j in range(neurons) for _ in range(rng.randint(0, 2))]
            sums = [sum(c * table[j][i] for j, c in terms) for i in range(inputs + 1)]
            assert substitution.pulled(0, terms, cut) == [value >> cut for value in sums], case
