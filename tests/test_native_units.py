"""The native format, version 3: slopes of hidden neurons, read, written, hashed and refused by place."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

import pytest

import exactrelu as package
from exactrelu.documents.network import layer_documents, network_document, write_network
from exactrelu.errors import NetworkError
from exactrelu.formats.native import read_network
from exactrelu.formats.shallow_file import load_parametrization
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from tests.support.command_line import ABSOLUTE

F = Fraction
LAYERS = [{"weight": [["1"], ["-1"], ["2"]]}, {"weight": [["1", "1", "1"]], "bias": ["1/2"]}]


def document(*slopes, version=3, layers=LAYERS):
    """Return the layers with slopes, one entry for each layer, None for none."""
    listed = [
        layer | ({} if slope is None else {"slopes": slope})
        for layer, slope in zip(layers, [*slopes, None, None], strict=False)
    ]
    return {"format": "exactrelu-network", "version": version, "layers": listed}


def test_slopes_are_a_pair_for_each_neuron_or_one_pair_for_all(exactrelu):
    each = read_network(exactrelu.file("each.json", document([["1/4", 1], ["0", "1"], [-1, "1.5"]])))
    assert each.activations == (Activation.of([("1/4", 1), (0, 1), (-1, "3/2")]),)
    assert each((F(-2),)) == (F(-2, 4) + 2 + 4 + F(1, 2),)
    every = read_network(exactrelu.file("every.json", document(["1/4", "1"])))
    assert every.activations == (Activation.of([("1/4", 1)] * 3),)
    assert every((F(-2),)) == (F(-2, 4) + 2 - F(4, 4) + F(1, 2),)


def test_two_neurons_have_two_pairs_or_one_for_both(exactrelu):
    layers = [{"weight": [[1], [2]]}, {"weight": [[1, 1]]}]
    one = read_network(exactrelu.file("one.json", document(["0", "2"], layers=layers)))
    two = read_network(exactrelu.file("two.json", document([["0", "2"], ["1", "1"]], layers=layers)))
    assert one.activations == (Activation.of([(0, 2), (0, 2)]),)
    assert two.activations == (Activation.of([(0, 2), (1, 1)]),)


def test_without_slopes_version_3_is_relu_with_the_hash_of_version_1(exactrelu):
    for n, slopes in enumerate((None, ["0", "1"], [["0", "1"]] * 3)):
        net = read_network(exactrelu.file(f"{n}.json", document(slopes)))
        plain = read_network(exactrelu.file("plain.json", document(version=1)))
        assert net == plain
        assert net.digest == plain.digest
        assert network_document(net) == network_document(plain)
        assert network_document(net)["version"] == 1
        assert load_parametrization(exactrelu.file("net.json", document(slopes))).width == 3


@pytest.fixture(params=["leaky", "mixed, deep", "linear"])
def network(request):
    layers = [([[1, 2], ["1/3", -1]], [1, 0]), ([[1, -1], [2, 2], [0, 1]], None), ([[1, 1, 1]], None)]
    pairs = {
        "leaky": [[("1/4", 1)] * 2, [("1/4", 1)] * 3],
        "mixed, deep": [[(0, 1)] * 2, [(-1, 1), (1, 1), (0, 1)]],
        "linear": [[(1, 1)] * 2, [(2, 2)] * 3],
    }[request.param]
    return Network.from_rationals(
        layers, activations=[Activation.of(p) for p in pairs], name="n", source="by hand"
    )


def test_what_is_written_is_read_as_the_same_network(network, tmp_path):
    write_network(network, tmp_path / "net.json")
    again = package.load_network(tmp_path / "net.json")
    assert again == network
    assert again.digest == network.digest
    assert (again.name, again.source) == ("n", "by hand")
    assert json.loads((tmp_path / "net.json").read_text())["version"] == 3


def test_the_hash_is_that_of_the_layers_as_they_are_written(network):
    text = json.dumps({"layers": layer_documents(network)}, separators=(",", ":"))
    assert network.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    plain = Network(network.layers)
    text = json.dumps({"layers": layer_documents(plain)}, separators=(",", ":"))
    assert plain.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert network.digest != plain.digest


def test_in_a_network_that_is_not_all_relu_every_hidden_layer_is_hashed_with_slopes_in_the_long_form():
    net = Network.from_rationals(
        [([[1]], None), ([[1]], None), ([[1]], None)],
        activations=[Activation.relu(1), Activation.of([("-2/4", 1)])],
    )
    one, two, last = layer_documents(net)
    assert (one["slopes"], two["slopes"]) == ([["0", "1"]], [["-1/2", "1"]])
    assert "slopes" not in last
    text = (
        '{"layers":[{"weight":[["1"]],"bias":["0"],"slopes":[["0","1"]]},'
        '{"weight":[["1"]],"bias":["0"],"slopes":[["-1/2","1"]]},{"weight":[["1"]],"bias":["0"]}]}'
    )
    assert net.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


BAD = {
    "in version 1": (document(["0", "1"], version=1), ("layers[0]", "got 'slopes'")),
    "in version 2": (document(["0", "1"], version=2), ('"version": 1 or 3', "got 2")),
    "after the last layer": (document(None, ["0", "1"]), ("layers[1].slopes", "after the last layer")),
    "no list": (document("relu"), ("layers[0].slopes", "expected a list, got 'relu'")),
    "null": (document(None) | {"layers": [LAYERS[0] | {"slopes": None}, LAYERS[1]]}, ("layers[0].slopes",)),
    "none": (document([]), ("layers[0].slopes", "one pair, or 3 pairs, one for each neuron", "0 entries")),
    "too few": (document([["0", "1"]] * 2), ("layers[0].slopes", "3 pairs", "got 2 entries")),
    "too many": (document([["0", "1"]] * 4), ("layers[0].slopes", "3 pairs", "got 4 entries")),
    "flat": (document(["0", "1", "1"]), ("layers[0].slopes[0]", "expected a list, got '0'")),
    "one slope": (document([["0", "1"], ["1"], ["0", "1"]]), ("layers[0].slopes[1]", "a pair", "1 entries")),
    "three slopes": (document([["0", "1"], ["0", "1"], ["0", "1", "2"]]), ("layers[0].slopes[2]", "a pair")),
    "a word": (document([["0", "1"], ["0", "one"], ["0", "1"]]), ("layers[0].slopes[1][1]", "'one'")),
    "a word in one pair": (document(["0", "steep"]), ("layers[0].slopes[1]", "'steep'")),
    "zero denominator": (document(["1/0", "1"]), ("layers[0].slopes[0]", "non-zero denominator")),
    "a number that is none": (
        json.dumps(document(["0", "1"])).replace('"slopes": ["0"', '"slopes": [NaN'),
        ("layers[0].slopes[0]", "NaN"),
    ),
    "long numbers": (
        document(["1e-100000", "1"], layers=[{"weight": [[1]] * 500}, {"weight": [[1] * 500]}]),
        ("layers[0]", "expected shorter numbers"),
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_slopes_are_refused_by_their_place(exactrelu, kind):
    content, fragments = BAD[kind]
    file = exactrelu.file("net.json", content)
    for words in (("evaluate", file, "--at", "1"), ("hash", file)):
        assert exactrelu(*words).is_refusal(file, *fragments)


def test_commands_about_shallow_relu_networks_refuse_other_units_by_name(exactrelu):
    file = exactrelu.file("net.json", document(["1/4", "1"]))
    for words in (["canonical"], ["degeneracy"], ["reparametrize", "--steps", "merge"]):
        command, *options = words
        assert exactrelu(command, file, *options).is_refusal("net.json", "shallow network: expected ReLU")
    with pytest.raises(NetworkError, match=r"net\.json: shallow network: expected ReLU"):
        load_parametrization(file)


def test_the_public_functions_take_and_give_such_networks(tmp_path):
    net = package.Network.from_rationals(
        [([[1]], None), ([[1]], None)], activations=[package.Activation.of([(-1, 1)])]
    )
    package.write_network(net, tmp_path / "net.json")
    assert package.count(tmp_path / "net.json") == 2
    assert package.load_network(tmp_path / "net.json")(("-1/3",)) == (F(1, 3),)


def test_the_command_line_evaluates_and_enumerates_them(exactrelu):
    file = exactrelu.file("net.json", document([["1/4", 1], ["1", "1"], [-1, 1]]))
    found = exactrelu("evaluate", file, "--at", "-2", "--json", "-").json
    assert found["output"] == ["6"]
    assert found["configuration"] == "00"
    assert exactrelu("regions", file, "--count", "--json", "-").json["count"] == 2
    plain = exactrelu.file("plain.json", ABSOLUTE)
    third = exactrelu.file("third.json", ABSOLUTE | {"version": 3})
    assert exactrelu("hash", plain).out.split()[0] == exactrelu("hash", third).out.split()[0]
