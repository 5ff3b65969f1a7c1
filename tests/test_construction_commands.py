"""The commands build, function and example: files in, files out, and one line for what is no function."""

from __future__ import annotations

from pathlib import Path

import pytest

import exactrelu as package
from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.standard_examples import EXAMPLES, montufar
from exactrelu.counting_bounds.formulas import montufar_lower_bound
from exactrelu.formats.function_file import load_function

EXAMPLE_FILES = Path(package.__file__).resolve().parent.parent / "examples" / "functions"
FUNCTIONS = sorted(EXAMPLE_FILES.glob("*.json"))


def function(kind, **keys):
    return {"format": "exactrelu-function", "version": 1, "kind": kind, **keys}


TENT = function("breakpoints", points=[["0", "0"], ["1/2", 1], [1, "0"]])
MESH = {"vertices": [[0, 0], [1, 0], [0, 1]], "values": [0, 1, [2]], "simplices": [[0, 1, 2]]}
HALF = {"inequalities": [{"normal": ["1"], "offset": "0", "relation": ">="}]}


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_becomes_a_network_and_comes_back_in_each_form(exactrelu, path):
    net, again = f"{exactrelu.folder}/net.json", f"{exactrelu.folder}/again.json"
    built = exactrelu("build", str(path), "-o", net)
    assert built.status == 0
    assert "holds: the network is the function" in built.out
    given = load_function(path)
    network = package.load_network(net)
    for form in ("pieces", "max-min"):
        file = f"{exactrelu.folder}/{form}.json"
        assert exactrelu("function", net, "--form", form, "-o", file).status == 0
        assert exactrelu("build", file, "-o", again).status == 0
        assert exactrelu("equal", net, again).status == 0
        back = load_function(file)
        assert isinstance(back, MaxMinForm) == (form == "max-min")
        for point in ((0,) * network.inputs, range(1, network.inputs + 1)):
            assert back(tuple(point)) == network(tuple(point))
            assert given(tuple(point)) == network(tuple(point))


def test_on_a_domain_the_function_is_that_on_the_domain(exactrelu):
    net, file = f"{exactrelu.folder}/net.json", f"{exactrelu.folder}/f.json"
    exactrelu("example", "sawtooth", "--n", "3", "-o", net)
    assert exactrelu("function", net, "--box", "0:1/2", "--form", "max-min", "-o", file).status == 0
    answer = exactrelu("build", file, "--json", "-").json
    assert answer["verdict"] == "holds"
    assert answer["method"] == "shallow"
    assert answer["widths"] == [1, 4, 1]
    assert load_function(file)(("1/8",)) == (1,)


def test_one_layer_or_nothing(exactrelu):
    path = str(EXAMPLE_FILES / "median.json")
    outcome = exactrelu("build", path, "--method", "shallow")
    assert outcome.status == 1
    assert "is not enough: along x2 - x3 = 0 the gradient jumps by" in outcome.out
    answer = exactrelu("build", path, "--method", "shallow", "--json", "-")
    assert answer.status == 1
    assert answer.json["network"] is None
    assert answer.json["obstruction"]["jump"] != answer.json["obstruction"]["other_jump"]
    tent = exactrelu.file("tent.json", TENT)
    assert exactrelu("build", tent, "--method", "shallow").status == 0
    deep = exactrelu("build", path, "--json", "-").json
    assert (deep["method"], deep["verdict"], deep["form"]["kind"]) == ("max-min", "holds", "max-min")
    assert exactrelu("build", path, "--max-regions", "4").status == 3


@pytest.mark.parametrize(
    ("document", "fragments"),
    [
        (TENT | {"format": "x"}, ['"format": "exactrelu-function"']),
        (TENT | {"version": 2}, ['"version": 1']),
        (TENT | {"kind": "spline"}, ["kind", "one of pieces, triangulation, max-min, breakpoints"]),
        (TENT | {"kind": ["spline"]}, ["kind", "one of pieces", "a list"]),
        (TENT | {"slope": 1}, ["only the keys"]),
        (TENT | {"points": [["0", "0"], ["0", "1"]]}, ["points[1]: expected x greater than 0, got 0"]),
        (TENT | {"points": [["0"]]}, ["points[0]", "a pair [x, y]", "1 entries"]),
        (TENT | {"points": [["0", ["1", "2"]], ["1", "2"]]}, ["points[1]", "2 entries", "1"]),
        (TENT | {"left": ["1", "2"]}, ["left", "1 entries", "2"]),
        (TENT | {"points": []}, ["points: expected at least one"]),
        (TENT | {"points": [["0", "x"]]}, ["points[0][1]"]),
        (function("triangulation", **MESH | {"simplices": [[0, 1]]}), ["simplices[0]: expected 3 vertices"]),
        (function("triangulation", **MESH | {"simplices": [[0, 1, "1/2"]]}), ["simplices[0][2]", "an index"]),
        (function("triangulation", **MESH | {"vertices": [[0, 0], [1, 1], [2, 2]]}), ["a flat one"]),
        (function("triangulation", **MESH | {"vertices": [[0, 0], [1], [2, 2]]}), ["vertices[1]", "2"]),
        (function("triangulation", **MESH | {"vertices": []}), ["vertices", "at least one"]),
        (function("triangulation", **MESH | {"values": [0, 1]}), ["values: expected 3"]),
        (function("triangulation", **MESH | {"values": [0, 1, []]}), ["values[2]", "1 entries", "0"]),
        (function("max-min", weight=[["1"]], outputs=[[[1]]]), ["outputs[0][0]: expected indices"]),
        (function("triangulation", **MESH, outside=["0", "1"]), ["outside", "1 entries", "2"]),
        (function("triangulation", **MESH, outside="0"), ["simplices[0] and outside", "a discontinuity"]),
        (function("pieces", pieces=[HALF | {"weight": [["1"]]}], outside=1), ["at (0): (0) and (1)"]),
        (function("max-min", weight=[["1"]], outputs=[]), ["outputs: expected at least one"]),
        (function("max-min", weight=[["1"]], bias=["1", "2"], outputs=[[[0]]]), ["bias", "1 entries"]),
        (function("pieces", pieces=[]), ["pieces", "at least one piece"]),
        (function("pieces", pieces=[HALF | {"weight": [["1"]]}]), ["a gap at (-1)"]),
        (function("pieces", pieces=[HALF | {"weight": [["1", "1"]]}]), ["pieces[0].inequalities[0].normal"]),
        (function("pieces", pieces=[{"vertices": [], "weight": [["1"]]}]), ["at least one vertex"]),
        (
            function("pieces", pieces=[{"vertices": [["0"]], "rays": [["0"]], "weight": [["1"]]}]),
            ["rays[0]", "other than 0"],
        ),
        (function("pieces", pieces=[HALF | {"weight": [["1"]], "vertices": []}]), ["only the keys"]),
        (
            function("pieces", pieces=[{"inequalities": [], "weight": [["1"]]}, HALF | {"weight": [["2"]]}]),
            ["pieces[0] and pieces[1]", "an overlap at (1): (1) and (2)"],
        ),
        (
            function("pieces", pieces=[{"inequalities": [], "weight": [["1"]]}],
                     domain={"format": "exactrelu-domain", "version": 1, "inequalities": [
                         {"normal": ["0"], "offset": "1", "relation": "<="}]}),
            ["domain: expected a point, got an empty set"],
        ),
        ("[1, 2", ["JSON"]),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_function_is_refused_in_one_line(exactrelu, document, fragments):
    file = exactrelu.file("f.json", document)
    assert exactrelu("build", file).is_refusal("f.json", *fragments)


def test_what_cannot_be_asked_is_refused(exactrelu):
    net = f"{exactrelu.folder}/net.json"
    assert exactrelu("example", "hat", "-o", net).status == 0
    assert exactrelu("example").is_refusal("NAME: expected an example")
    assert exactrelu("example", "cat").is_refusal("name: expected one of", "sawtooth")
    assert exactrelu("example", "hat", "--n", "0").is_refusal("n: expected 1 to")
    assert exactrelu("example", "hat", "--list").is_refusal("--list: expected alone")
    assert exactrelu("function", net, "--draw", "x.svg").is_refusal("--draw: expected with --form tropical")
    assert exactrelu("function", net, "--form", "tropical", "--draw", "x.pdf").is_refusal(".svg or .png")
    picture = f"{exactrelu.folder}/hat.svg"
    assert exactrelu("function", net, "--form", "tropical", "--draw", picture).status == 0
    assert Path(picture).read_text(encoding="utf-8").startswith("<?xml")
    assert exactrelu("function", net, "--hull", "all").is_refusal("--hull: expected with --form tropical")
    assert exactrelu("function", net, "--form", "tropical", "--box", "0:1").is_refusal("the whole space")
    assert exactrelu("function", net, "--box", "1:0").is_refusal("domain: expected a point")
    assert exactrelu("build", "nowhere.json").is_refusal("nowhere.json")
    assert exactrelu("build", net, "-o", net).is_refusal("expected a file of its own")


def test_the_examples_are_listed_and_written(exactrelu):
    listed = exactrelu("example", "--list")
    assert all(name in listed.out for name in EXAMPLES)
    names = {example["name"] for example in exactrelu("example", "--list", "--json", "-").json["examples"]}
    assert names == set(EXAMPLES)
    written = exactrelu("example", "maximum", "--n", "3", "--json", "-").json
    assert (written["name"], written["source"]) == ("maximum 3", "Arora et al. 2018")
    assert "2-4-4-1" in exactrelu("example", "montufar").out


def test_the_tropical_form_is_shown_and_written(exactrelu):
    net = exactrelu.file("abs.json", {"format": "exactrelu-network", "version": 1,
        "layers": [{"weight": [["1"], ["-1"]], "bias": ["1", "1"]}, {"weight": [["1", "1"]]}]})  # fmt: skip
    shown = exactrelu("function", net, "--form", "tropical").out
    assert "p0              max(-x1 + 1, 2, x1 + 1): 3 monomials; the Newton polytope has 2 vertices" in shown
    (output,) = exactrelu("function", net, "--form", "tropical", "--json", "-").json["outputs"]
    monomials = [["-1", "1"], ["0", "2"], ["1", "1"]]
    assert output["positive"] == {"monomials": monomials, "newton_polytope": [["-1"], ["1"]]}
    assert output["negative"] == {"monomials": [["0", "0"]], "newton_polytope": [["0"]]}
    everything = exactrelu("function", net, "--form", "tropical", "--hull", "all", "--json", "-").json
    assert everything["hull"] == "all"
    assert everything["outputs"][0]["positive"]["monomials"] == sorted([*monomials, ["0", "0"]])


# the examples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_sawtooth_has_2_to_the_n_pieces_and_the_perturbed_one_fewer(n):
    square = [(0, 1)]
    assert len(package.tiling(package.standard_example("sawtooth", n), square).pieces) == 2**n
    assert len(package.tiling(package.standard_example("hanin-rolnick", 7), square).pieces) < 2**7


@pytest.mark.parametrize(
    ("hidden", "inputs"), [((3,), 1), ((4, 4), 2), ((5, 4, 3), 2), ((2, 3, 2), 1), ((3, 3), 3)]
)
def test_montufars_networks_attain_the_lower_bound_in_cells_and_pieces(hidden, inputs):
    net, cube = montufar(hidden, inputs), [(0, 1)] * inputs
    expected = montufar_lower_bound(hidden, inputs)
    tiling = package.tiling(net, cube)
    assert (len(tiling.maps), len(tiling.pieces)) == (expected, expected)
    assert package.count(net, cube, "full", engine="ppl") == expected


@pytest.mark.parametrize("hidden", [(), (1,), (4, 1)])
def test_montufars_construction_needs_wide_layers(hidden):
    with pytest.raises(package.ExactReluError, match="each at least 2"):
        montufar(hidden, 2)


def test_the_hat_is_one_at_the_origin_and_zero_at_the_other_vertices_of_the_mesh():
    hat = package.standard_example("hat", 3)
    corners = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]
    assert [hat(corner)[0] for corner in corners if any(corner)] == [0] * 26
    assert hat((0, 0, 0)) == (1,)
