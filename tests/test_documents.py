"""One object, one form: what an audit says is true is what the command about the same question writes."""

from __future__ import annotations

import pytest

from tests.support.command_line import ABSOLUTE, domain_document, network_document

GOLDEN = network_document(([["1", "1"], ["0", "1"]], ["0", "-1/2"]), ([["1", "0"], ["0", "1"]], None))
OTHER = network_document(([["1", "1/3"], ["0", "1"]], None), ([["1", "0"], ["0", "1"]], ["0", "1/7"]))
HEAD = {"format": "exactrelu-audit-claims", "version": 1}
SIDES = [([1, 0], 1, ">"), ([1, 0], -1, "<"), ([0, 1], 1, ">"), ([0, 1], -1, "<")]
DOMAINS = {
    "square": [(normal, offset, f"{relation}=") for normal, offset, relation in SIDES],
    "open": SIDES,
    "half-plane": [([1, 1], 0, ">")],
    "plane": [],
    "empty": [([1, 0], 0, ">"), ([1, 0], 0, "<")],
}


@pytest.fixture
def both(exactrelu):
    """The truth of a claim about a network, and the JSON of a command about it, on one domain."""

    def run(claim, command, *options, domain="plane", other=None):
        net = exactrelu.file("net.json", GOLDEN)
        second = [] if other is None else [exactrelu.file("other.json", other)]
        rows = domain_document(*DOMAINS[domain])
        place = {"inequalities": rows["inequalities"]}
        file = exactrelu.file("claims.json", HEAD | {"domain": place, "claims": [claim]})
        (judged,) = exactrelu("audit", net, file, "--json", "-").json["claims"]
        where = exactrelu.file("domain.json", rows)
        answer = exactrelu(command, net, *second, "--domain", where, *options, "--json", "-").json
        return judged["truth"], answer

    return run


def shared(truth, answer, *keys):
    """Whether the truth has the keys that the answer has among these, with the same values."""
    return {key: truth[key] for key in keys if key in truth} == {
        key: answer[key] for key in keys if key in answer
    }


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("norm", ["1", "2", "inf"])
def test_the_lipschitz_constant(both, norm, domain):
    claim = {"kind": "lipschitz", "norm": norm, "value": 1}
    truth, answer = both(claim, "lipschitz", "--norm", norm, domain=domain)
    assert shared(truth, answer, "norm", "constant", "square", "configuration", "point", "weight")
    assert ("square" if norm == "2" else "constant") in truth


def test_coefficients_are_integers_with_the_constant_term_first(both):
    truth, answer = both({"kind": "lipschitz", "norm": "2", "value": 1}, "lipschitz")
    assert truth["square"]["polynomial"] == answer["square"]["polynomial"] == [1, -3, 1]


def test_a_coefficient_of_very_many_digits_is_written(exactrelu):
    net = exactrelu.file("net.json", network_document(([["1e5000", "1"], ["0", "1"]], None)))
    claim = {"kind": "lipschitz", "norm": "2", "value": 1}
    file = exactrelu.file("claims.json", HEAD | {"claims": [claim]})
    for words in (("lipschitz", net), ("audit", net, file)):
        assert "0" * 4999 in exactrelu(*words, "--json", "-").out


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_range(both, domain):
    claim = {"kind": "bounds", "lower": [0, 0], "upper": [1, 1]}
    truth, answer = both(claim, "range", domain=domain)
    assert len(truth["neurons"]) == (0 if domain == "empty" else 2)
    for one, output in zip(truth["neurons"], answer["outputs"], strict=domain != "empty"):
        for side, name in (("lower", "min"), ("upper", "max")):
            found = one[side]
            assert found["exact"] == output[name]
            assert found["attained"] == output[f"{name}_attained"]
            assert found["exact_point"] == output[f"{name}_point"]
            assert found.get("ray") == output.get(f"{name}_ray")


@pytest.mark.parametrize("domain", ["square", "open", "plane", "empty"])
@pytest.mark.parametrize("norm", ["sup", "w1inf", "l1", "l2"])
def test_the_distance(both, norm, domain):
    claim = {"kind": "distance", "other": "other.json", "norm": norm, "value": 1}
    truth, answer = both(claim, "distance", "--norm", norm, domain=domain, other=OTHER)
    keys = "norm", "value", "square", "attained", "point", "ray", "configurations", "output", "input"
    assert set(truth) == set(keys) & set(answer)
    assert shared(truth, answer, *keys)


@pytest.mark.parametrize("other", [GOLDEN, OTHER])
@pytest.mark.parametrize("domain", ["square", "open", "plane", "empty"])
def test_equality(both, other, domain):
    truth, answer = both({"kind": "equality", "other": "other.json"}, "equal", domain=domain, other=other)
    assert shared(truth, answer, "method", "point", "outputs", "difference")
    assert truth["equal"] == (answer["verdict"] == "holds")


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("reading", ["half-open", "closed", "full"])
def test_the_count_of_configurations(both, reading, domain):
    claim = {"kind": "region-count", "value": 10**6, "reading": reading}
    truth, answer = both(claim, "regions", "--cells", reading, "--count", domain=domain)
    assert truth["count"] == answer["count"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_count_of_pieces(both, domain):
    claim = {"kind": "region-count", "value": 10**6, "reading": "pieces"}
    truth, answer = both(claim, "pieces", domain=domain)
    assert truth["count"] == answer["count"]


@pytest.mark.parametrize("at", [["1/3", "1/5"], ["0", "0"], ["-1/2", "1/2"]])
def test_the_affine_map_of_the_cell_of_a_point(both, at):
    claim = {"kind": "affine-map", "at": at, "weight": [[0, 0], [0, 0]], "bias": [0, 0]}
    truth, answer = both(claim, "region", "--at", ",".join(at))
    assert truth["configuration"] == answer["configuration"]
    (own,) = [cell for cell in truth["cells"] if cell["reading"] == "half-open"]
    assert shared(own, answer, "configuration", "weight", "bias")


def test_the_outputs_at_a_point(exactrelu):
    net = exactrelu.file("net.json", GOLDEN)
    claim = {"kind": "witness", "point": ["1/3", "1/5"]}
    file = exactrelu.file("claims.json", HEAD | {"claims": [claim]})
    (judged,) = exactrelu("audit", net, file, "--json", "-").json["claims"]
    answer = exactrelu("evaluate", net, "--at", "1/3,1/5", "--json", "-").json
    assert judged["truth"]["outputs"] == answer["output"]


def test_the_difference_is_the_first_output_minus_the_second(exactrelu):
    identity = exactrelu.file("identity.json", network_document(([["1"]], None)))
    answer = exactrelu("equal", exactrelu.file("absolute.json", ABSOLUTE), identity, "--json", "-").json
    (x,), ((one,), (two,)) = answer["point"], answer["outputs"]
    assert (two, one) == (x, x.removeprefix("-"))
    assert answer["difference"] == [str(2 * int(one))]
