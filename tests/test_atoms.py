"""Atomic decompositions: each number by two roads, degenerate networks, and checks that can refuse."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.atoms.atom_check import discrepancies
from exactrelu.atoms.decomposition import AtomicDecomposition, atomic_decomposition
from exactrelu.atoms.path_sums import path_count, path_sums, paths
from exactrelu.drawing import draw_coefficients
from exactrelu.errors import ConfigurationError, FormatError, NetworkError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.numbers.linear_algebra import RationalMatrix
from tests.support.command_line import ABSOLUTE, PLANE, network_document
from tests.support.drawn_networks import STEADY, Chooser, draw_network, points

ZERO = Fraction(0)
DEEP = Network.from_rationals(
    [
        ([[1, 2], ["1/2", -1], [0, 3]], [1, 0, -1]),
        ([[1, -1, 2], [3, 0, 1]], [0, "1/3"]),
        ([[2, 5], [-1, 1], ["1/7", 0]], [1, 1, 0]),
        ([[1, 0, 4], [0, 1, -2]], [5, "-1/2"]),
    ]
)
FULL = Configuration.parse("111|11|111", (3, 2, 3))
PART = Configuration.parse("101|11|011", (3, 2, 3))


# second roads: fractions and loops, nothing else ------------------------------------------------


def value(network, theta, x, bias=lambda _layer: True):
    """Send x through M_L diag(theta_{L-1}) ... M_1; ``bias`` says which layers (from 1) keep theirs."""
    current = list(x)
    for k, layer in enumerate(network.layers, start=1):
        offsets = layer.bias if bias(k) else [ZERO] * layer.outputs
        rows = zip(layer.weight, offsets, strict=True)
        y = [sum((w * c for w, c in zip(row, current, strict=True)), b) for row, b in rows]
        bits = theta.layers[k - 1] if k < network.depth else [1] * len(y)
        current = [bit * entry for bit, entry in zip(bits, y, strict=True)]
    return tuple(current)


def linear_part(network, theta):
    units = [[Fraction(int(i == j)) for i in range(network.inputs)] for j in range(network.inputs)]
    columns = [value(network, theta, unit, bias=lambda _: False) for unit in units]
    return tuple(zip(*columns, strict=True))


def coefficient(network, theta, last, first):
    """Add up the products over all choices of neurons, active or not."""
    inner = [range(width) for width in network.hidden_widths]
    total = ZERO
    for neurons in itertools.product(*inner):
        if neurons[0] == first and neurons[-1] == last:
            bits = [theta.layers[k][i] for k, i in enumerate(neurons)]
            product = Fraction(int(all(bits)))
            for k in range(1, len(neurons)):
                product *= network.layers[k].weight[neurons[k]][neurons[k - 1]]
            total += product
    return total


def sum_of_atoms(decomposition):
    network = decomposition.network
    sums = [[ZERO] * network.inputs for _ in range(network.outputs)]
    for atom in decomposition.atoms:
        for r, s in itertools.product(range(network.outputs), range(network.inputs)):
            sums[r][s] += atom.coefficient * atom.matrix[r][s]
    return tuple(map(tuple, sums))


def assert_agrees_with_second_roads(decomposition):
    network, theta = decomposition.network, decomposition.configuration
    expected = linear_part(network, theta)
    zero = [ZERO] * network.inputs
    assert decomposition.linear_part.rows() == expected == sum_of_atoms(decomposition)
    assert decomposition.affine_map.weight == expected
    assert decomposition.bias == value(network, theta, zero) == decomposition.affine_map.bias
    for j, term in enumerate(decomposition.bias_terms, start=1):
        assert term == value(network, theta, zero, bias=lambda k, j=j: k == j)
    for atom in decomposition.atoms:
        i, j = atom.last_hidden, atom.first_hidden
        listed = list(decomposition.paths_of(i, j))
        assert atom.coefficient == coefficient(network, theta, i, j)
        assert atom.coefficient == sum((path.product for path in listed), ZERO)
        assert atom.paths == len(listed) == len({path.neurons for path in listed})
    assert decomposition.verify()


@st.composite
def drawn(draw):
    c = Chooser.drawn(draw)
    network = draw_network(c, most_hidden=7)
    network = network.deepened(max(network.depth, 2))
    bits = "".join(str(c.integer(0, 1)) for _ in range(sum(network.hidden_widths)))
    return network, Configuration.from_bits(bits, network.hidden_widths)


@STEADY
@given(drawn())
def test_every_part_of_a_drawn_decomposition_is_reached_by_another_road(case):
    assert_agrees_with_second_roads(atomic_decomposition(*case))


@STEADY
@given(st.data())
def test_at_a_point_the_decomposition_of_its_configuration_is_the_network(data):
    network, _ = data.draw(drawn())
    x = data.draw(points(network.inputs))
    theta = network.configuration(x)
    decomposition = atomic_decomposition(network, theta)
    y = network(x)
    assert decomposition(x) == y == value(network, theta, x) == decomposition.affine_map(x)
    assert decomposition.image_space_contains(y)
    linear = [row[:-1] for row in affine_maps(network, theta)[-2].rows]
    alphas = dict(zip(decomposition.last_support, decomposition.alpha(x), strict=True))
    for i, alpha in alphas.items():
        assert alpha == sum((a * b for a, b in zip(linear[i], x, strict=True)), ZERO)


@pytest.mark.parametrize("bits", ["".join(bits) for bits in itertools.product("01", repeat=8)])
def test_all_configurations_of_a_deep_network(bits):
    theta = Configuration.from_bits(bits, DEEP.hidden_widths)
    assert_agrees_with_second_roads(atomic_decomposition(DEEP, theta))


def test_two_layers_give_one_atom_for_each_active_neuron():
    net = Network.from_rationals([([[1, 2], [3, 4], [0, 0]], [1, 2, 3]), ([[5, 6, 7], [0, 1, 2]], [8, 9])])
    decomposition = atomic_decomposition(net, Configuration.parse("101", (3,)))
    assert [(a.last_hidden, a.first_hidden, a.coefficient, a.paths) for a in decomposition.atoms] == [
        (0, 0, 1, 1),
        (2, 2, 1, 1),
    ]
    assert [atom.rank for atom in decomposition.atoms] == [1, 0]
    assert decomposition.alphas.rows() == ((1, 2), (0, 0))
    assert decomposition.linear_part.rows() == ((5, 10), (0, 0))
    assert decomposition.bias_terms == ((5 + 21, 6), (8, 9))
    assert list(paths(net, decomposition.configuration, 0, 2)) == []
    assert_agrees_with_second_roads(decomposition)


def test_three_layers_have_the_weights_of_the_middle_layer_as_coefficients():
    net = Network.from_rationals([([[1], [1]], None), ([[2, 3], [5, 7]], None), ([[1, 1]], None)])
    decomposition = atomic_decomposition(net, Configuration.parse("11|01", (2, 2)))
    assert decomposition.coefficients.rows() == ((5, 7),)
    assert decomposition.paths == 1


def test_four_layers_add_up_the_paths():
    assert path_sums(DEEP, PART).rows() == ((2, -1), (Fraction(1, 7), Fraction(2, 7)))
    assert path_count(PART) == 2
    assert [path.neurons for path in paths(DEEP, PART, 1, 2)] == [(2, 0, 1), (2, 1, 1)]
    assert [path.product for path in paths(DEEP, PART, 1, 2)] == [-2, 1]
    assert list(paths(DEEP, PART, 0, 2)) == list(paths(DEEP, PART, 1, 1)) == []


@pytest.mark.parametrize("text", ["000|11|111", "111|00|111", "111|11|000", "000|00|000"])
def test_a_dead_layer_leaves_a_constant(text):
    decomposition = atomic_decomposition(DEEP, Configuration.parse(text, (3, 2, 3)))
    assert_agrees_with_second_roads(decomposition)
    assert not any(map(any, decomposition.linear_part.rows()))
    assert all(not atom.coefficient for atom in decomposition.atoms)
    assert len(decomposition.span) == (0 if text.endswith("000") else 2)


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (1, 3), (3, 1)])
def test_zero_rows_and_columns_give_atoms_of_rank_zero(depth, inputs, outputs):
    first = [[0] * inputs, [1] * inputs]
    last = [[2, 0] for _ in range(outputs)]
    middle = [([[1, 1], [1, -1]], [1, 0])] * (depth - 2)
    net = Network.from_rationals([(first, [1, 1]), *middle, (last, None)])
    theta = Configuration(((1, 1),) * (depth - 1))
    decomposition = atomic_decomposition(net, theta)
    assert_agrees_with_second_roads(decomposition)
    assert [a.rank for a in decomposition.atoms] == ([0, 0] if depth == 2 else [0, 1, 0, 0])
    assert decomposition.span == ((1,) * outputs,)


def test_zero_coefficients_are_kept():
    net = Network.from_rationals(
        [([[1], [1]], None), ([[1, -1], [1, 1]], None), ([[1, -1]], None), ([[1]], None)]
    )
    decomposition = atomic_decomposition(net, Configuration.parse("11|11|1", (2, 2, 1)))
    assert [atom.coefficient for atom in decomposition.atoms] == [0, -2]
    assert [atom.coefficient for atom in decomposition.by_weight()] == [-2, 0]


def test_the_image_lies_in_a_plane_that_may_be_thin():
    net = Network.from_rationals([([[1]], None), ([[1], [2], [0]], [0, 0, 1])])
    decomposition = atomic_decomposition(net, Configuration(((1,),)))
    assert decomposition.span == ((1, 2, 0),)
    assert decomposition.image_space_contains((3, 6, 1))
    assert not decomposition.image_space_contains((3, 6, 0))
    assert not decomposition.image_space_contains((3, 5, 1))


def test_an_affine_map_has_no_atoms_and_wrong_bits_are_named():
    affine = Network.from_rationals([([[1]], None)])
    with pytest.raises(NetworkError, match="expected at least 2"):
        atomic_decomposition(affine, Configuration(()))
    with pytest.raises(ConfigurationError, match="expected widths"):
        atomic_decomposition(DEEP, Configuration(((1, 1),)))
    with pytest.raises(NetworkError, match="hidden layer 3: expected 0 to 2, got -1"):
        next(paths(DEEP, FULL, -1, 0))


def test_four_hidden_layers_of_width_100_take_well_under_a_second():
    c = Chooser.seeded("wide")
    widths = (10, 100, 100, 100, 100, 10)
    layers = [
        ([[Fraction(c.integer(-99, 99), 64) for _ in range(m)] for _ in range(n)], [c.integer(-9, 9)] * n)
        for m, n in itertools.pairwise(widths)
    ]
    net = Network.from_rationals(layers)
    theta = Configuration(((1,) * 100,) * 4)
    start = time.process_time()
    decomposition = atomic_decomposition(net, theta)
    decomposition.linear_part  # noqa: B018 - computed when asked for
    assert time.process_time() - start < 1
    assert len(decomposition.atoms) == 10_000
    assert decomposition.paths == 10_000
    assert decomposition.verify()


# the check can refuse ----------------------------------------------------------------------------


def changed_entry(matrix, i=0, j=0):
    rows = [list(row) for row in matrix.rows()]
    rows[i][j] += Fraction(1, 10**30)
    return RationalMatrix.from_rows(rows, matrix.shape[1])


def without_atom(matrix):
    rows = [list(row) for row in matrix.rows()]
    rows[-1][-1] = ZERO
    return RationalMatrix.from_rows(rows, matrix.shape[1])


def swapped(rows):
    return (rows[1], rows[0], *rows[2:])


def matrix(rows):
    return RationalMatrix.from_rows(rows, len(rows[0]))


PERTURBATIONS = {
    "wrong coefficient": (lambda d: {"coefficients": changed_entry(d.coefficients)}, "coefficient"),
    "dropped atom": (lambda d: {"coefficients": without_atom(d.coefficients)}, "coefficient"),
    "swapped rows": (lambda d: {"coefficients": matrix(swapped(d.coefficients.rows()))}, "coefficient"),
    "swapped neurons": (lambda d: {"last_support": swapped(d.last_support)}, "last support"),
    "dropped neuron": (lambda d: {"first_support": d.first_support[1:]}, "first support"),
    "transposed": (
        lambda d: {"coefficients": matrix(list(zip(*d.coefficients.rows(), strict=True)))},
        "shape of the coefficients",
    ),
    "wrong number of paths": (lambda d: {"paths": d.paths + 1}, "number of paths"),
    "wrong bias": (lambda d: {"bias_terms": ((1, 0), *d.bias_terms[1:])}, "bias term 1"),
    "swapped biases": (lambda d: {"bias_terms": swapped(d.bias_terms)}, "bias term 1"),
    "dropped bias": (lambda d: {"bias_terms": d.bias_terms[1:]}, "lengths of the bias terms"),
    "wrong alpha": (lambda d: {"alphas": changed_entry(d.alphas, 1, 1)}, "alpha"),
    "dropped alpha": (lambda d: {"alphas": matrix(d.alphas.rows()[1:])}, "shape of the alphas"),
    "smaller span": (lambda d: {"span": d.span[1:]}, "span"),
    "other span": (lambda d: {"span": ((1, 0), (2, 0))}, "span of the image"),
}


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbed_decomposition_is_refused(name):
    right = atomic_decomposition(DEEP, Configuration.parse("111|11|011", (3, 2, 3)))
    change, what = PERTURBATIONS[name]
    wrong = replace(right, **change(right))
    assert right.verify()
    assert not wrong.verify()
    assert what in {discrepancy.what for discrepancy in discrepancies(wrong)}


def test_a_wrong_coefficient_of_a_zero_atom_is_refused_although_the_sum_is_right():
    net = Network.from_rationals([([[1]], None), ([[1], [1]], None), ([[1, 0]], None)])
    right = atomic_decomposition(net, Configuration.parse("1|11", (1, 2)))
    wrong = replace(right, coefficients=changed_entry(right.coefficients, 1, 0))
    assert wrong.linear_part == right.linear_part
    assert {(d.what, d.place) for d in discrepancies(wrong)} == {
        ("coefficient", (1, 0)),
        ("sum of the paths", (1, 0)),
    }


def test_discrepancies_name_neurons():
    right = atomic_decomposition(DEEP, PART)
    wrong = replace(right, coefficients=changed_entry(right.coefficients, 0, 1))
    found = {d.what: d for d in discrepancies(wrong)}
    assert found["coefficient"].place == (1, 2)
    assert found["coefficient"].stated - found["coefficient"].expected == Fraction(1, 10**30)


# pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["svg", "png"])
@pytest.mark.parametrize("text", ["111|11|111", "000|11|111", "111|00|111"])
def test_a_picture_has_the_same_bytes_each_time(tmp_path, suffix, text):
    decomposition = atomic_decomposition(DEEP, Configuration.parse(text, (3, 2, 3)))
    one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    draw_coefficients(decomposition, one)
    draw_coefficients(decomposition, two)
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size > 1000


def svg_texts(path):
    """Return the texts of a picture: matplotlib keeps each in a comment beside its outlines."""
    return [
        line.strip()[5:-4] for line in path.read_text("utf-8").split("\n") if line.strip().startswith("<!-- ")
    ]


def test_a_picture_names_neurons_and_shows_exact_coefficients(tmp_path):
    decomposition: AtomicDecomposition = atomic_decomposition(DEEP, PART)
    draw_coefficients(decomposition, tmp_path / "a.svg")
    texts = svg_texts(tmp_path / "a.svg")
    assert {"neuron of hidden layer 1", "neuron of hidden layer 3", "1/7", "2/7"} <= set(texts)
    assert "configuration 101|11|011" in " ".join(texts)


def test_a_picture_of_numbers_that_no_float_holds(tmp_path):
    huge = 10**400
    net = Network.from_rationals(
        [([[1], [1]], None), ([[huge, -1], [3, f"1/{huge}"]], None), ([[1, 1]], None)]
    )
    draw_coefficients(atomic_decomposition(net, Configuration(((1, 1), (1, 1)))), tmp_path / "a.svg")
    assert {"huge", "-huge", "0"} <= {
        text.replace("\N{MINUS SIGN}", "-") for text in svg_texts(tmp_path / "a.svg")
    }


def test_no_picture_is_left_after_an_error(tmp_path):
    with pytest.raises(FormatError, match=r"\.svg or \.png"):
        draw_coefficients(atomic_decomposition(DEEP, PART), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


# the command -------------------------------------------------------------------------------------

FOUR = network_document(
    ([["1"], ["1"]], ["0", "1"]),
    ([["1", "-1"], ["2", "1"]], ["0", "0"]),
    ([["1", "3"]], ["-1/2"]),
    ([["1"], ["2"]], ["0", "1/3"]),
)


def test_json_has_the_atoms_over_the_supports(exactrelu):
    net = exactrelu.file("net.json", FOUR)
    document = exactrelu("atoms", net, "--configuration", "11|11|1", "--json", "-").json
    assert document["format"] == "exactrelu-atoms"
    assert document["version"] == 1
    assert document["network"].startswith("sha256:")
    assert document["weight"] == [["9"], ["18"]]
    assert document["bias"] == ["3/2", "10/3"]
    assert document["atoms"] == [
        {"last_hidden": 0, "first_hidden": 0, "coefficient": "7", "paths": 2, "rank": 1},
        {"last_hidden": 0, "first_hidden": 1, "coefficient": "2", "paths": 2, "rank": 1},
    ]
    assert document["alphas"] == [{"last_hidden": 0, "weight": ["9"]}]
    assert document["span"] == [["1", "2"]]
    assert document["bias_terms"] == [["2", "4"], ["0", "0"], ["-1/2", "-1"], ["0", "1/3"]]
    assert "point" not in document


def test_at_a_point_the_half_open_configuration_is_taken(exactrelu):
    net = exactrelu.file("net.json", FOUR)
    outcome = exactrelu("atoms", net, "--at", "-1/2", "--json", "-")
    document = outcome.json
    assert (document["cells"], document["point"]) == ("half-open", ["-1/2"])
    assert (
        document["configuration"]
        == exactrelu("evaluate", net, "--at", "-1/2", "--json", "-").json["configuration"]
    )
    weight = exactrelu("region", net, "--at", "-1/2", "--json", "-").json
    assert (document["weight"], document["bias"]) == (weight["weight"], weight["bias"])


def test_listed_paths_add_up_to_the_coefficient(exactrelu):
    net = exactrelu.file("net.json", FOUR)
    atoms = exactrelu("atoms", net, "--configuration", "11|11|1", "--paths", "--json", "-").json["atoms"]
    for atom in atoms:
        assert sum(Fraction(p["product"]) for p in atom["path_list"]) == Fraction(atom["coefficient"])
        assert len(atom["path_list"]) == atom["paths"]
    assert atoms[0]["path_list"] == [
        {"neurons": [0, 0, 0], "product": "1"},
        {"neurons": [0, 1, 0], "product": "6"},
    ]


def test_the_table_is_sorted_by_weight(exactrelu):
    doc = network_document(([["1"], ["1"], ["1"]], None), ([["1/2", "-5", "3"]], None), ([["1"]], None))
    out = exactrelu("atoms", exactrelu.file("n.json", doc), "--configuration", "111|1", "--paths").out
    table = out[out.index("last hidden") : out.index("path (")]
    assert [line.split()[2] for line in table.split("\n")[2:5]] == ["-5", "3", "1/2"]
    assert "3 (0 with coefficient 0, 0 of rank 0)" in out
    assert "0 0 " in out[out.index("path (") :]


def test_a_file_and_a_picture_are_written(exactrelu):
    net, folder = exactrelu.file("net.json", PLANE), exactrelu.folder
    words = ("--json", str(folder / "a.json"), "--draw", str(folder / "a.svg"))
    outcome = exactrelu("atoms", net, "--at", "1,1", *words)
    assert outcome.status == 0
    assert outcome.err == ""
    assert exactrelu.files() == {"net.json", "a.json", "a.svg"}
    assert json.loads((folder / "a.json").read_text())["weight"] == [["1", "1"]]


def test_the_command_runs_without_any_active_neuron(exactrelu):
    outcome = exactrelu("atoms", exactrelu.file("net.json", ABSOLUTE), "--at", "0")
    assert outcome.status == 0
    assert "dimension 0 of 1" in outcome.out


def test_bad_requests_are_refused_in_one_line(exactrelu):
    net = exactrelu.file("net.json", ABSOLUTE)
    affine = exactrelu.file("affine.json", network_document(([["1"]], None)))
    wide = network_document(
        ([["1"]] * 99, None), ([["1"] * 99] * 99, None), ([["1"] * 99] * 99, None), ([["1"] * 99], None)
    )
    many = exactrelu.file("wide.json", wide)
    bits = "|".join(["1" * 99] * 3)
    assert exactrelu("atoms", net).is_refusal("--at", "--configuration")
    assert exactrelu("atoms", net, "--configuration", "1").is_refusal("expected bits of the form")
    assert exactrelu("atoms", affine, "--at", "1").is_refusal("expected at least 2")
    assert exactrelu("atoms", net, "--at", "1", "--draw", "a.pdf").is_refusal(".svg or .png")
    assert exactrelu("atoms", net, "--at", "1", "--draw", "nowhere/a.svg").is_refusal("existing folder")
    assert exactrelu("atoms", many, "--configuration", bits, "--paths").is_refusal("--paths", "970299")
    assert exactrelu("atoms", many, "--configuration", bits, "--json", "-").status == 0


def test_a_decomposition_shows_network_configuration_and_the_sizes_of_the_supports():
    absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    shown = repr(atomic_decomposition(absolute, Configuration(((1, 1),))))
    assert shown == f"<AtomicDecomposition of {absolute!r} at 11: 2 x 2>"
