"""Equality of two networks: both verdicts are true, and both come with evidence that the checker accepts."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exactrelu import Domain, Network, Search, Verdict, are_equal, checker, count, decide_equality, reduced
from exactrelu.analysis.equality import reduced_difference
from exactrelu.analysis.equality_decision import EqualityDecision, EqualityMethod
from exactrelu.certificates import certify_equal_forms, certify_equality, certify_inequality
from exactrelu.errors import BudgetExhaustedError, DomainError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.polyhedra.domain_points import domain_points, simplest_between
from tests.support.brute_force import evaluate
from tests.support.command_line import ABSOLUTE, domain_document, network_document
from tests.support.disguised_networks import disguised, z3_differ
from tests.support.drawn_networks import Chooser, draw_domain, draw_network
from tests.support.seeded_cases import seeded_cases

F = Fraction
TINY = F(1, 2**60)


def bump(start: Fraction, width: Fraction, inputs: int = 1) -> Network:
    """A tent over the slab start < x_1 < start + 2 width, zero elsewhere."""
    row = [F(1), *[F(0)] * (inputs - 1)]
    biases = [-start, -start - width, -start - 2 * width]
    return Network.from_rationals([([row] * 3, biases), ([[1, -2, 1]], None)])


def is_true_refutation(decision: EqualityDecision, one: Network, two: Network, domain: Domain) -> bool:
    """Whether the point lies in the domain and the outputs are the exact ones, which differ."""
    assert decision.point is not None
    assert decision.outputs is not None
    values = [tuple(evaluate(network, decision.point)[1]) for network in (one, two)]
    return domain.contains(decision.point) and tuple(values) == decision.outputs and values[0] != values[1]


def is_checked(folder: Path, decision: EqualityDecision, one: Network, two: Network, domain: Domain) -> bool:
    """Whether the certificate of the verdict passes the checker."""
    path = folder / "c.jsonl"
    if decision.point is None:
        certify_equality(path, one, two, domain)
    else:
        certify_inequality(path, one, two, domain, decision.point)
    return bool(checker.check(str(path)))


@pytest.mark.parametrize(("network", "domain"), seeded_cases(70, most_neurons=5, units=30))
def test_a_disguised_network_is_equal(tmp_path, network, domain, request):
    other = disguised(Chooser.seeded(request.node.name), network)
    decision = decide_equality(network, other, domain)
    assert decision.verdict is Verdict.HOLDS
    assert is_checked(tmp_path, decision, network, other, domain)


@pytest.mark.parametrize("seed", range(80))
def test_the_verdict_on_a_changed_network_is_that_of_z3(tmp_path, seed):
    c = Chooser.seeded("changed", seed)
    network = draw_network(c, most_hidden=4)
    domain = draw_domain(c, network.inputs)
    layers = [([list(row) for row in m.weight], list(m.bias)) for m in network.layers]
    weight, bias = layers[c.choose(range(len(layers)))]
    i = c.choose(range(len(bias)))
    change = c.choose([F(1), F(1, 2**30), -F(1, 2**200), F(-3)])
    if c.choose([True, False]):
        bias[i] += change
    else:
        weight[i][0] += change
    other = disguised(c, Network.from_rationals(layers), 2)
    decision = decide_equality(network, other, domain)
    assert (decision.verdict is Verdict.REFUTED) == z3_differ(network, other, domain)
    if decision.verdict is Verdict.REFUTED:
        assert is_true_refutation(decision, network, other, domain)
    assert is_checked(tmp_path, decision, network, other, domain)


DEEP = Network.from_rationals(
    [
        ([[1, 2], [-1, 1], [0, -1]], [0, 1, "1/2"]),
        ([[1, -1, 2], [-2, 1, 1]], ["-1/3", 0]),
        ([[1, -3], [-1, 1]], [0, "1/5"]),
        ([[1, 1]], [0]),
    ]
)
PLANES = {
    "whole": Domain.whole_space(2),
    "open": Domain.from_inequalities(2, [([1, 0], 1, ">"), ([1, 0], -1, "<"), ([0, 1], 1, ">")]),
    "line": Domain.from_inequalities(2, [([1, -1], 0, "=")]),
    "open ray": Domain.from_inequalities(2, [([1, -1], 0, "="), ([1, 0], 0, ">")]),
    "disguised line": Domain.from_inequalities(2, [([1, -1], 0, "<="), ([2, -2], 0, ">=")]),
    "unbounded": Domain.from_inequalities(2, [([1, 1], 0, ">=")]),
    "box": Domain.box([(-1, 1)] * 2),
}


@pytest.mark.parametrize("name", PLANES)
def test_a_difference_on_a_tiny_cell_is_found_on_every_kind_of_domain(tmp_path, name):
    # Split, so that neither the reduction nor the canonical form sees what the networks share.
    domain, two = PLANES[name], disguised(Chooser.seeded("split"), DEEP, 6)
    other = two + bump(F(1, 3), TINY, 2)
    decision = decide_equality(DEEP, other, domain)
    assert decision.verdict is Verdict.REFUTED
    assert is_true_refutation(decision, DEEP, other, domain)
    assert F(1, 3) < decision.point[0] < F(1, 3) + 2 * TINY
    assert is_checked(tmp_path, decision, DEEP, other, domain)


@pytest.mark.parametrize("name", PLANES)
def test_a_bias_that_differs_by_2_to_minus_200_is_found(name):
    layers = [([list(row) for row in m.weight], list(m.bias)) for m in DEEP.layers]
    layers[-1][1][0] += F(1, 2**200)
    decision = decide_equality(DEEP, Network.from_rationals(layers), PLANES[name])
    assert decision.verdict is Verdict.REFUTED
    assert decision.outputs[1][0] - decision.outputs[0][0] == F(1, 2**200)


def test_networks_that_differ_only_outside_the_domain_are_equal_there():
    two = DEEP + bump(F(2), TINY, 2)
    assert not are_equal(DEEP, two)
    assert are_equal(DEEP, two, Domain.box([(-1, 1)] * 2))
    assert are_equal(DEEP, two, Domain.from_inequalities(2, [([1, 0], -2, "<")]))
    edge = Domain.from_inequalities(2, [([1, 0], -2, "=")])
    assert are_equal(DEEP, two, edge)


def test_the_joint_cells_of_equal_networks_are_those_of_one():
    split = disguised(Chooser.seeded("split"), DEEP, 6)
    decision = decide_equality(DEEP, split)
    assert decision.method is EqualityMethod.JOINT_CELLS
    assert decision.cells <= 3 * count(split, reading="full")


def test_equality_on_an_empty_domain_holds(tmp_path):
    empty = Domain.from_inequalities(1, [([1], 0, "<"), ([1], 0, ">")])
    one, two = (Network.from_rationals([([[w]], None)]) for w in (1, 2))
    decision = decide_equality(one, two, empty)
    assert (decision.verdict, decision.method) == (Verdict.HOLDS, EqualityMethod.EMPTY_DOMAIN)
    assert is_checked(tmp_path, decision, one, two, empty)


def test_a_budget_that_runs_out_gives_unknown():
    split = disguised(Chooser.seeded("split"), DEEP, 6)
    decision = decide_equality(DEEP, split, search=Search(max_regions=2))
    assert (decision.verdict, decision.point, decision.reason) == (
        Verdict.UNKNOWN,
        None,
        "more than 2 regions",
    )
    with pytest.raises(BudgetExhaustedError, match="more than 2 regions"):
        are_equal(DEEP, split, search=Search(max_regions=2))


def test_networks_of_different_shapes_are_refused():
    flat = Network.from_rationals([([[1]], None)])
    with pytest.raises(NetworkError, match="expected 2 inputs and 1 outputs, as the first network has"):
        decide_equality(DEEP, flat)
    with pytest.raises(DomainError, match="expected dimension 2"):
        decide_equality(DEEP, DEEP, Domain.whole_space(3))


def test_a_hundreds_of_neurons_in_twenty_inputs_are_decided_by_their_canonical_form():
    c = Chooser.seeded("wide")
    rows = [[F(c.integer(-9, 9), 8) for _ in range(21)] for _ in range(300)]
    out = [F(c.integer(1, 9)) for _ in rows]
    one = Network.from_rationals([([r[:-1] for r in rows], [r[-1] for r in rows]), ([out], None)])
    flipped = [[-entry for entry in r] for r in rows[:9]] + rows[9:]  # relu(t) = relu(-t) + t
    part = Network.from_rationals([([r[:-1] for r in flipped], [r[-1] for r in flipped]), ([out], None)])
    affine = [sum(out[i] * rows[i][j] for i in range(9)) for j in range(21)]
    two = part + Network.from_rationals([([affine[:-1]], [affine[-1]])])
    decision = decide_equality(one, two)
    assert (decision.verdict, decision.method) == (Verdict.HOLDS, EqualityMethod.REDUCTION)
    first = [1] + [0] * 19
    half, dead = Domain.from_inequalities(20, [(first, 0, ">")]), bump(F(-1), F(1, 2), 20)
    decision = decide_equality(one, two + dead, half)
    assert (decision.verdict, decision.method) == (Verdict.HOLDS, EqualityMethod.CANONICAL_FORM)
    changed = two + bump(F(1, 3), TINY, 20)
    refuted = decide_equality(one, changed)
    assert refuted.method is EqualityMethod.CANONICAL_FORM
    assert is_true_refutation(refuted, one, changed, Domain.whole_space(20))


# points come first: a difference that a point shows needs no search ---------------------------------------


def tent_at(point: Fraction, points: list[Fraction]) -> Network:
    """Return a network that is not zero at one of the points and zero at the others."""
    width = min(abs(point - other) for other in points if other != point) / 2
    return bump(point - width, width)


@pytest.mark.parametrize("place", [0, 1, 11, 12, 52, 87])
def test_a_network_that_is_zero_at_every_point_but_one_is_refuted_by_evaluation(place, monkeypatch):
    domain = Domain.box([(-3, 1000)])
    points = [x for (x,) in domain_points(domain, 96)]
    assert points.index(points[place]) == place  # not tried before
    zero, tent = Network.from_rationals([([[0]], None)]), tent_at(points[place], points)
    decision = decide_equality(zero, tent, domain)
    assert (decision.verdict, decision.method) == (Verdict.REFUTED, EqualityMethod.EVALUATION)
    assert is_true_refutation(decision, zero, tent, domain)

    def no_reduction(*_: object, **__: object) -> Network:
        raise AssertionError("the networks are reduced")

    # The first twelve points are tried before any other work, the others if the reduction does not decide.
    monkeypatch.setattr("exactrelu.analysis.equality.reduced_difference", no_reduction)
    if place < 12:
        assert decide_equality(zero, tent, domain) == decision
    else:
        with pytest.raises(AssertionError, match="are reduced"):
            decide_equality(zero, tent, domain)


# the evidence is refused where it is broken -----------------------------------------------------------


def test_no_certificate_is_written_for_what_is_not_so(tmp_path):
    path, line = tmp_path / "c.jsonl", Network.from_rationals([([[1]], None)])
    absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    double = Network.from_rationals([([[1], [-1]], None), ([[2, 1]], None)])
    for write in (
        lambda: certify_equality(path, absolute, line, Domain.whole_space(1)),
        lambda: certify_equal_forms(path, absolute, double),
        lambda: certify_inequality(path, absolute, line, Domain.whole_space(1), [1]),
        lambda: certify_inequality(path, absolute, line, Domain.box([(0, 1)]), [-1]),
    ):
        with pytest.raises(ArithmeticError):
            write()
    assert not path.exists()


def _with_new_sums(lines: list[dict[str, Any]]) -> str:
    """The lines of a certificate with their sums computed again."""
    text, total = "", ""
    for line in lines:
        body = json.dumps({key: value for key, value in line.items() if key != "sum"}, separators=(",", ":"))[
            :-1
        ]
        total = hashlib.sha256((total + body).encode()).hexdigest()[: checker.SUM]
        text += f'{body},"sum":"{total}"}}\n'
    return text


@pytest.mark.parametrize("broken", ["nothing", "point", "outputs", "domain", "network"])
def test_the_checker_refuses_a_broken_refutation(tmp_path, broken):
    absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    line, path = Network.from_rationals([([[1]], None)]), tmp_path / "c.jsonl"
    domain = Domain.box([(-3, 1)])
    point = decide_equality(absolute, line, domain).point
    certify_inequality(path, absolute, line, domain, point)
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    first = lines[0]
    if broken == "point":
        first["claim"]["point"] = ["1/2"]
    elif broken == "outputs":
        first["claim"]["outputs"][0] = ["7"]
    elif broken == "domain":
        first["domain"]["inequalities"][0]["offset"] = "-1/2"
    elif broken == "network":
        first["networks"][1]["layers"][0]["weight"] = [["-1"]]
    path.write_text(_with_new_sums(lines), encoding="utf-8")
    if broken == "nothing":
        assert checker.check(str(path))
    else:
        with pytest.raises(checker.InvalidCertificateError):
            checker.check(str(path))


# what steers the search --------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=6, units=40))
def test_a_reduced_network_is_the_same_function(network, domain):
    small = reduced(network)
    assert reduced(small) == small
    assert not z3_differ(network, small, Domain.whole_space(network.inputs))
    assert sum(small.hidden_widths) <= sum(network.hidden_widths)
    assert all(domain.contains(x) for x in domain_points(domain, 20))


def passing_opposite_pairs(network: Network, k: int) -> Network:
    """Pass the inputs (k = 0) or the values of layer k on as relu(h) - relu(-h) = h.

    A hidden layer keeps its own ReLU after the pair.
    """
    size = network.widths[k]
    both = [[F(sign * (i == j)) for j in range(size)] for i in range(size) for sign in (1, -1)]
    back = [[F(sign * (i == j)) for j in range(size) for sign in (1, -1)] for i in range(size)]
    if k == 0:
        head = Network.from_rationals([(both, None), (back, None)])
        first = network.layers[0].after(head.layers[1])
        return Network((head.layers[0], first, *network.layers[1:]))
    before = AffineMap.from_rationals(both, [F(0)] * (2 * size)).after(network.layers[k - 1])
    after = AffineMap.from_rationals(back, [F(0)] * size)
    return Network((*network.layers[: k - 1], before, after, *network.layers[k:]))


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=5))
def test_opposite_neurons_that_pass_values_on_are_composed(tmp_path, network, domain, request):
    c = Chooser.seeded(request.node.name)
    other = passing_opposite_pairs(network, c.integer(0, network.depth))
    small = reduced(other, opposite=True)
    assert small == reduced(network, opposite=True)
    assert all(small(x) == network(x) for x in domain_points(domain, 12))
    decision = decide_equality(network, other, domain)
    assert (decision.verdict, decision.method) in [
        (Verdict.HOLDS, EqualityMethod.REDUCTION),
        (Verdict.HOLDS, EqualityMethod.EMPTY_DOMAIN),
    ]
    assert is_checked(tmp_path, decision, network, other, domain)


@pytest.mark.parametrize("coefficients", [[1, 1], [1, 0], [2, -1]])
@pytest.mark.parametrize("order", [[1, -1], [-1, 1]])
def test_opposite_neurons_that_do_more_are_kept(coefficients, order):
    inner = [([[1], [-1]], [1, 0]), ([[w, w] for w in order], [0, 0]), ([coefficients], None)]
    for layers in (inner, inner[:1] + inner[2:]):
        net = Network.from_rationals(layers)
        small = reduced(net, opposite=True)
        assert all(small(x) == net(x) for x in domain_points(Domain.whole_space(1), 40))
    assert (
        reduced(Network.from_rationals([([[1], [-1]], None), ([coefficients], None)]), opposite=True).depth
        == 2
    )


def test_what_two_networks_share_cancels():
    assert reduced_difference(DEEP, DEEP.scaled(F(2)).scaled(F(1, 2))).widths == (2, 1)
    other = Network((*DEEP.layers[:-1], DEEP.layers[-1].scaled(F(3))))
    assert reduced_difference(DEEP, other).widths == DEEP.widths


def test_an_interior_point_lies_inside():
    assert Domain.box([(0, 2)] * 40).interior_point == (F(1),) * 40
    assert Domain.from_inequalities(1, [([1], 0, "<"), ([1], 0, ">")]).interior_point is None
    flat = PLANES["disguised line"]
    assert flat.contains(flat.interior_point)


@pytest.mark.parametrize(("low", "high"), [("1/3", "1/2"), ("-7/5", "-13/10"), ("0", "1"), ("5/7", "5/7")])
def test_the_simplest_rational_between_has_the_smallest_denominator(low, high):
    low, high = F(low), F(high)
    value = simplest_between(low, high)
    assert low <= value <= high
    smaller = (F(p, q) for q in range(1, value.denominator) for p in range(-9 * q, 9 * q))
    assert not any(low <= other <= high for other in smaller)


# the command --------------------------------------------------------------------------------------------


def test_the_command_says_holds_and_writes_a_valid_certificate(exactrelu, tmp_path):
    one = exactrelu.file("one.json", ABSOLUTE)
    two = exactrelu.file("two.json", network_document(([["-1"], ["2"]], None), ([["1", "1/2"]], None)))
    path = str(tmp_path / "c.jsonl")
    result = exactrelu("equal", one, two, "--certificate", path, "--json", "-")
    assert (result.status, result.json["verdict"]) == (0, "holds")
    found = checker.check(path)
    assert (found["claim"], found["reading"], found["leaves"]["reached"]) == ({"kind": "equal"}, None, 0)
    assert "valid the networks are equal on the domain" in " ".join(exactrelu("check", path).out.split())
    line = exactrelu.file("line.json", network_document(([["1"]], None)))
    result = exactrelu("equal", one, line, "--box", "0:5", "--certificate", path)
    assert (result.status, checker.check(path)["claim"], checker.check(path)["leaves"]["reached"]) == (
        0,
        {"kind": "equal"},
        1,
    )


def test_the_command_certifies_hundreds_of_shallow_neurons(exactrelu, tmp_path):
    c = Chooser.seeded("many")
    rows = [[F(c.integer(-9, 9), 8) for _ in range(11)] for _ in range(60)]
    network = Network.from_rationals([([r[:-1] for r in rows], [r[-1] for r in rows]), ([[1] * 60], None)])
    shuffled = rows[::-1]
    other = Network.from_rationals(
        [([r[:-1] for r in shuffled], [r[-1] for r in shuffled]), ([[1] * 60], None)]
    )
    files = []
    for name, net in (("one.json", network), ("two.json", other)):
        layers = [([list(map(str, row)) for row in m.weight], list(map(str, m.bias))) for m in net.layers]
        files.append(exactrelu.file(name, network_document(*layers)))
    path = str(tmp_path / "c.jsonl")
    assert exactrelu("equal", *files, "--box", "-1:1", "--certificate", path).status == 0
    assert checker.check(path)


def test_the_command_prints_a_counterexample_and_both_outputs(exactrelu, tmp_path):
    one, two = (
        exactrelu.file("one.json", ABSOLUTE),
        exactrelu.file("two.json", network_document(([["1"]], None))),
    )
    domain = exactrelu.file("d.json", domain_document((["1"], "1/3", "<")))
    path = str(tmp_path / "c.jsonl")
    result = exactrelu("equal", one, two, "--domain", domain, "--json", "-", "--certificate", path)
    assert result.status == 1
    (x,) = map(F, result.json["point"])
    assert x < -F(1, 3)
    assert [F(y) for (y,) in result.json["outputs"]] == [-x, x]
    assert checker.check(path)
    text = exactrelu("equal", one, two, "--box", "-2:-1")
    assert text.status == 1
    assert "refuted" in text.out


def test_the_command_says_unknown_when_a_budget_runs_out(exactrelu):
    split = disguised(Chooser.seeded("split"), DEEP, 6)
    files = []
    for name, net in (("one.json", DEEP), ("two.json", split)):
        layers = [([list(map(str, row)) for row in m.weight], list(map(str, m.bias))) for m in net.layers]
        files.append(exactrelu.file(name, network_document(*layers)))
    result = exactrelu("equal", *files, "--max-regions", "2", "--json", "-")
    assert (result.status, json.loads(result.out)["verdict"]) == (3, "unknown")


def test_the_command_refuses_networks_of_different_shapes_in_one_line(exactrelu):
    one = exactrelu.file("one.json", ABSOLUTE)
    two = exactrelu.file("two.json", network_document(([["1", "2"]], None)))
    assert exactrelu("equal", one, two).is_refusal(
        "two.json", "expected 1 inputs and 1 outputs", "got 2 and 1"
    )
