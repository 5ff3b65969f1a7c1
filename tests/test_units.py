"""Networks of units with two slopes, everywhere: counts by brute force, residual networks, all commands."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction

import pytest

import exactrelu as package
from exactrelu import Activation, Domain, Network, Search, testing
from exactrelu.analysis.gradients import directional_derivative, output_jacobians, slopes_at
from exactrelu.analysis.lipschitz_bounds import TheoremSix, compare_local_bounds
from exactrelu.analysis.pieces import tiling
from exactrelu.documents.network import network_document
from exactrelu.drawing import LineKind, PlaneTiling, Window, draw_tiling
from exactrelu.enumeration import count, regions
from exactrelu.errors import NetworkError
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import composed, reduced
from exactrelu.networks.relu_networks import as_relu
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.parametrization import Parametrization
from tests.support import brute_force
from tests.support.disguised_networks import z3_differ
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units

F = Fraction
READINGS = [str(reading) for reading in Reading]
ENGINES = ["ppl", "generators", "lp"]
TAME = [(0, 1), (1, 1), ("1/4", 1), (-1, 1), (0, 0), (2, "-1/2")]


def net(*layers, units=()):
    return Network.from_rationals(
        [layer if isinstance(layer, tuple) else (layer, None) for layer in layers],
        activations=[Activation.of(pairs) for pairs in units],
    )


RESIDUAL = net([[1, 1], [-1, 2], [1, 0], [0, 1]], [[1, 1, 1, 1]], units=[[(0, 1), (0, 1), (1, 1), (1, 1)]])
"""The sum of relu(x W) + x with W = [[1, -1], [1, 2]]."""

LEAKY = net(
    ([[1, -1], ["1/2", 1], [-2, 1]], ["1/4", "-1/2", "1/8"]),
    ([[1, 2, -1]], ["1/2"]),
    units=[[("1/4", 1)] * 3],
)
MIXED = net(
    ([[1, 1], [1, -1], [0, 1]], [0, "1/2", -1]),
    ([[1, "1/2", -1], [1, 0, 1], [2, 1, 1]], [0, -1, "1/3"]),
    [[1, -1, 2], [0, 1, 1]],
    units=[[("1/4", 1), (1, 1), (-1, 1)], [(0, 1), (1, 1), (2, "1/2")]],
)
BOX = Domain.box([(-2, 3)] * 2)


# by definition -------------------------------------------------------------------------------------


def test_the_values_of_the_residual_and_the_leaky_network():
    x = (F(3, 4), F(-5, 4))
    assert RESIDUAL(x) == (F(-1, 2),)
    assert LEAKY(x) == (F(87, 32),)


@pytest.mark.parametrize("seed", range(15))
def test_values_and_configurations_of_drawn_networks_are_those_of_the_definition(seed):
    c = Chooser.seeded("unit values", seed)
    network = with_drawn_units(c, draw_network(c))
    for _ in range(5):
        x = tuple(F(c.integer(-6, 6), c.integer(1, 3)) for _ in range(network.inputs))
        hidden, output = brute_force.evaluate(network, x)
        assert [list(ys) for ys in network.preactivations(x)] == hidden
        assert list(network(x)) == output
        rows = [brute_force.bent_rows(network, k, ys) for k, ys in enumerate(hidden, start=1)]
        assert network.configuration(x).layers == tuple(tuple(int(y > 0) for y in ys) for ys in rows)


def found_by(engine, network, domain, reading):
    cells = regions(network, domain, reading, search=Search(engine))
    return [(str(cell.configuration), cell.dimension) for cell in cells]


@pytest.mark.parametrize("seed", range(15))
def test_cells_are_those_of_brute_force_over_bits_in_all_engines_and_readings(seed):
    for case in range(6):
        c = Chooser.seeded("unit cells", seed, case)
        network = with_drawn_units(c, draw_network(c, most_hidden=5))
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:
            expected = brute_force.configurations(network, domain, reading)
            for engine in ENGINES:
                assert found_by(engine, network, domain, reading) == expected, (seed, case, reading)
                assert count(network, domain, reading, search=Search(engine)) == len(expected)


@pytest.mark.parametrize("seed", range(6))
def test_cells_are_those_that_z3_finds(seed):
    c = Chooser.seeded("unit z3", seed)
    network = with_drawn_units(c, draw_network(c, most_hidden=4), TAME)
    domain = draw_domain(c, network.inputs)
    for reading in READINGS:
        assert found_by("auto", network, domain, reading) == brute_force.z3_configurations(
            network, domain, reading
        )


# residual networks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", READINGS)
def test_a_residual_network_has_fewer_cells_with_linear_units_than_with_pairs_of_relus(reading):
    pairs = net(
        [[1, 1], [-1, 2], [1, 0], [-1, 0], [0, 1], [0, -1]],
        [[1, 1, 1, -1, 1, -1]],
    )
    decision = package.decide_equality(RESIDUAL, pairs)
    assert decision.verdict == "holds"
    assert count(RESIDUAL, reading=reading) < count(pairs, reading=reading)
    assert package.decide_equality(RESIDUAL, pairs.scaled("3/2")).verdict == "refuted"
    assert count(RESIDUAL, reading="full") == 4


def block(matrix, bias, size):
    """Return rows and bias of (W x + b, x)."""
    unit = [[int(i == j) for j in range(size)] for i in range(size)]
    return ([*matrix, *unit], [*bias, *[0] * size])


def residual_chain(c, blocks, size, units):
    """Return x -> x + V relu(W x + b), so many times, with linear units or pairs of ReLUs for x."""
    width = 2 * size if units == "relu" else size
    layers, activations, reads = [], [], [[int(i == j) for j in range(size)] for i in range(size)]
    for _ in range(blocks):
        w, v = ([[F(c.integer(-3, 3), 2) for _ in range(size)] for _ in range(size)] for _ in range(2))
        inner, bias = block(w, [F(c.integer(-2, 2)) for _ in range(size)], size)
        if units == "relu":
            inner, bias = [*inner, *[[-a for a in row] for row in inner[size:]]], [*bias, *[0] * size]
        layers.append((_product(inner, reads), bias))
        activations.append(
            [(0, 1)] * (size + width) if units == "relu" else [(0, 1)] * size + [(1, 1)] * size
        )
        passing = [[int(i == j) for j in range(size)] for i in range(size)]
        back = [[-a for a in row] for row in passing] if units == "relu" else [[] for _ in passing]
        reads = [[*r, *p, *b] for r, p, b in zip(v, passing, back, strict=True)]
    layers.append((reads, None))
    return net(*layers, units=activations)


def _product(one, two):
    columns = list(zip(*two, strict=True))
    return [
        [sum((F(a) * b for a, b in zip(row, column, strict=True)), F(0)) for column in columns] for row in one
    ]


@pytest.mark.parametrize("seed", range(6))
def test_residual_chains_with_linear_units_and_with_pairs_of_relus_are_one_function(seed, tmp_path):
    linear, relus = (
        residual_chain(Chooser.seeded("chain", seed), 2, 2, units) for units in ("linear", "relu")
    )
    assert not z3_differ(linear, relus, Domain.whole_space(2))
    assert linear.bent_widths == (2, 2)
    decision = package.decide_equality(linear, relus)
    assert decision.verdict == "holds"
    assert count(linear, BOX, "full") <= count(relus, BOX, "full")
    assert count(linear, BOX) < count(relus, BOX)
    package.certify(decision, tmp_path / "c.jsonl")
    assert package.check(tmp_path / "c.jsonl")
    assert package.distance(linear, relus).value == 0


# other forms of one function -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_networks_written_with_relus_alone_are_the_same_function(seed):
    c = Chooser.seeded("as relu", seed)
    network = with_drawn_units(c, draw_network(c, most_hidden=5), TAME)
    plain = as_relu(network)
    assert plain.is_relu
    assert not z3_differ(network, plain, Domain.whole_space(network.inputs))
    assert sum(plain.bent_widths) >= sum(network.bent_widths)


@pytest.mark.parametrize("seed", range(25))
def test_reduced_networks_are_the_same_function_and_reduced(seed):
    c = Chooser.seeded("reduced units", seed)
    network = with_drawn_units(c, draw_network(c, most_hidden=6), TAME)
    for opposite in (False, True):
        small = reduced(network, opposite=opposite)
        assert reduced(small, opposite=opposite) == small
        assert not z3_differ(network, small, Domain.whole_space(network.inputs))
        assert sum(small.bent_widths) <= sum(network.bent_widths)
        assert sum(small.hidden_widths) <= sum(network.hidden_widths)


def test_constants_signs_and_sizes_of_units_are_gone_in_a_reduced_network():
    one = net(
        ([[2, 0], [0, 3], [-4, 2], [0, 0]], [0, 6, 2, -5]),
        ([[1, 1, 1, 1]], [0]),
        units=[[("1/2", 2), (5, 5), (-1, 1), ("1/5", 1)]],
    )
    two = net(
        ([[-2, 1], [1, 0], [0, -1]], [1, 0, 9]),
        ([[2, 4, -15]], [164]),  # 15 * 9 + 30 - 1 = 164
        units=[[(-1, 1), ("1/4", 1), (1, 1)]],
    )
    assert reduced(one) == reduced(two)
    assert reduced(one).activations == (Activation.of([(-1, 1), (1, 1), ("1/4", 1)]),)


def test_neurons_on_one_hyperplane_whose_sum_is_linear_become_a_linear_unit():
    pair = net([[1, 2], [-1, -2], [1, 0]], [[3, -3, 1]])  # 3 relu(h) - 3 relu(-h) + relu(x)
    small = reduced(pair, opposite=True)
    assert (small.bent_widths, small.hidden_widths) == ((1,), (2,))
    assert reduced(pair).bent_widths == (3,)
    leaky = net([[1], [-1]], [[1, "1/2"]], units=[[("1/2", 1), (0, 1)]])  # linear: x above 0, 0 below
    assert reduced(leaky, opposite=True).bent_widths == (2,)
    flat = net([[1], [1]], [[2, 1]], units=[[("1/2", 1), (2, 1)]])  # 3 x on both sides
    assert reduced(flat).bent_widths == (2,)
    assert reduced(flat, opposite=True).layers[0].rows == ((F(3), F(0)),)


def test_hidden_layers_of_linear_neurons_are_composed_away_for_what_is_about_relu():
    chain = net(
        ([[2, 0], [0, 3]], [1, 1]),
        ([[1, 1], [1, -1]], [0, 1]),
        ([[1, 2], [3, 4]], [0, 0]),
        ([[1, -1]], [2]),
        units=[[(2, 2), (1, 1)], [(0, 1), (0, 1)], [(1, 1), (3, 3)]],
    )
    plain = net(([[4, 3], [4, -3]], [3, 2]), ([[-8, -10]], [2]))
    assert composed(chain) == plain
    assert chain.bent_widths == (0, 2, 0)
    theta = chain.configuration((1, 1))
    assert str(theta) == "|11|"
    atoms, expected = (package.atomic_decomposition(n, n.configuration((1, 1))) for n in (chain, plain))
    assert atoms.atoms == expected.atoms
    assert atoms.verify()
    assert canonical_form(chain) == canonical_form(plain)
    assert Parametrization.of_network(chain) == Parametrization.of_network(plain)
    assert TheoremSix(chain).global_bound_squared == TheoremSix(plain).global_bound_squared
    bounds = [[one.true_norms for one in compare_local_bounds(n)] for n in (chain, plain)]
    assert bounds[0] == bounds[1]
    assert count(chain, reading="full") == count(plain, reading="full") == 4


@pytest.mark.parametrize("network", [LEAKY, MIXED, RESIDUAL, net([[1]], [[1]], units=[[(0, 2)]])])
def test_what_is_about_relu_refuses_other_units_and_names_the_first(network):
    words = r"expected ReLU in all hidden layers, got the slopes \(.*\) of neuron \d in hidden layer 1"
    with pytest.raises(NetworkError, match=f"atoms: {words}"):
        package.atomic_decomposition(network, network.configuration((0,) * network.inputs))
    with pytest.raises(NetworkError, match=f"Theorem 6: {words}"):
        TheoremSix(network)
    if network.depth == 2:
        for function in (package.canonical_form, package.degeneracy_report, package.fibre_of):
            with pytest.raises(NetworkError, match=f"shallow network: {words}"):
                function(network)


# derivatives ---------------------------------------------------------------------------------------


def test_at_a_kink_the_convention_says_how_far_to_go_from_one_slope_to_the_other():
    leaky = net([[1]], [[1]], units=[[("1/4", 1)]])
    assert slopes_at(leaky, (0,)) == ((F(1, 4),),)
    assert slopes_at(leaky, (0,), "one") == ((F(1),),)
    assert slopes_at(leaky, (0,), "1/3") == ((F(1, 2),),)
    assert directional_derivative(leaky, (0,), (1,)) == (F(1),)
    assert directional_derivative(leaky, (0,), (-1,)) == (F(-1, 4),)
    jacobians = package.clarke_jacobian(leaky, (0,)).jacobians
    assert [jacobian.rows() for jacobian in jacobians] == [((F(1, 4),),), ((F(1),),)]


def test_a_linear_neuron_has_no_kink():
    linear = net([[2]], [[3]], units=[[(5, 5)]])
    for kink in ("zero", "one", "1/2"):
        assert output_jacobians(linear, slopes_at(linear, (0,), kink))[0].rows() == ((F(30),),)
    assert package.clarke_jacobian(linear, (0,)).is_single


def test_jacobians_inside_cells_are_difference_quotients():
    for cell in regions(MIXED, BOX, "full"):
        x, step = cell.point, F(1, 10**9)
        jacobian = output_jacobians(MIXED, slopes_at(MIXED, x))[0].rows()
        for j in range(2):
            moved = tuple(a + step * (i == j) for i, a in enumerate(x))
            if MIXED.configuration(moved) == cell.configuration:
                quotients = tuple((b - a) / step for a, b in zip(MIXED(x), MIXED(moved), strict=True))
                assert tuple(row[j] for row in jacobian) == quotients


# cells and pictures --------------------------------------------------------------------------------


def test_neighbours_name_the_neurons_that_flip_not_their_bits():
    network = net(([[1], [1], [1]], [5, 0, -2]), [[1, 1, 1]], units=[[(1, 1), (0, 1), (-1, 1)]])
    assert [sorted(edge.flipped) for edge in tiling(network).edges] == [[(1, 1)], [(1, 2)]]


def test_no_line_is_drawn_where_a_linear_neuron_is_zero(tmp_path):
    network = net([[1, 0], [0, 1]], [[1, 1]], [[1]], units=[[(0, 1), (1, 1)], [(-1, 1)]])
    cells = list(regions(network, None, "full"))
    drawn = PlaneTiling.of(cells, Window.of([(-1, 1), (-1, 1)])).lines
    assert drawn[LineKind.FIRST] == [((0, -1), (0, 1))]
    assert sorted(drawn[LineKind.DEEPER]) == [((-1, 0), (0, 0)), ((0, 0), (1, -1))]
    draw_tiling(cells, tmp_path / "r.svg")
    assert "<svg" in (tmp_path / "r.svg").read_text(encoding="utf-8")


def test_regions_of_such_networks_are_copied_pickled_and_shown():
    (cell,) = [cell for cell in regions(MIXED, BOX, "full") if cell.contains((1, 1))]
    assert pickle.loads(pickle.dumps(cell)) == cell  # noqa: S301
    assert str(cell.configuration) in cell._repr_html_()
    assert "of which have a bit" in MIXED._repr_html_()
    assert "of which have a bit" not in net([[1]], [[1]])._repr_html_()


def test_assertions_for_other_projects_take_them():
    testing.assert_region_count(RESIDUAL, 4, reading="full")
    testing.assert_sound_bounds(LEAKY, lower=[-100], upper=[100], domain=[(-1, 1)] * 2)
    with pytest.raises(AssertionError, match="not sound"):
        testing.assert_sound_bounds(LEAKY, lower=[0], upper=[100], domain=[(-1, 1)] * 2)


# commands ------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(exactrelu):
    return exactrelu.file("mixed.json", network_document(MIXED))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_command_lists_the_cells(exactrelu, mixed, engine):
    for reading in READINGS:
        document = exactrelu(
            "regions", mixed, "--box", "-2:3", "--cells", reading, "--engine", engine, "--json", "-"
        ).json
        expected = brute_force.configurations(MIXED, BOX, reading)
        found = [(region["configuration"], region["dimension"]) for region in document["regions"]]
        assert found == expected


def test_every_command_about_cells_serves_them(exactrelu, mixed):
    box = ("--box", "-2:3")
    whole = exactrelu("evaluate", mixed, "--at", "1/2,-1", "--json", "-").json
    assert whole["output"] == [str(y) for y in MIXED((F(1, 2), -1))]
    theta = whole["configuration"]
    assert theta == str(MIXED.configuration((F(1, 2), -1)))
    region = exactrelu("region", mixed, "--at", "1/2,-1", "--json", "-").json
    assert region["configuration"] == theta
    assert exactrelu("region", mixed, "--configuration", theta, "--json", "-").json["configuration"] == theta
    assert exactrelu("pieces", mixed, *box, "--json", "-").json["count"] == len(tiling(MIXED, BOX).pieces)
    (one, _) = package.output_range(MIXED, BOX)
    ranges = exactrelu("range", mixed, *box, "--json", "-").json["outputs"]
    assert ranges[0]["max"] == str(one.maximum.value)
    assert exactrelu("argmax", mixed, *box).status == 0
    assert exactrelu("hash", mixed).out.split()[0] == MIXED.digest
    assert exactrelu("smtlib", mixed, "--configuration", theta).out.startswith("; sat if and only if")
    assert exactrelu("regions", mixed, "--configuration", "0").status == 2
    assert exactrelu("region", mixed, "--configuration", "111|111").is_refusal("bb|bb")


def test_equal_and_distance_serve_them_and_are_certified(exactrelu, mixed):
    relus = exactrelu.file("relus.json", network_document(as_relu(MIXED)))
    certificate = str(exactrelu.folder / "c.jsonl")
    answer = exactrelu("equal", mixed, relus, "--box", "-2:3", "--certificate", certificate)
    assert answer.status == 0
    assert exactrelu("check", certificate).status == 0
    for norm in ("sup", "w1inf", "l1", "l2"):
        found = exactrelu("distance", mixed, relus, "--box", "-2:3", "--norm", norm, "--json", "-").json
        assert "0" in json.dumps(found)
    plain = exactrelu.file("plain.json", network_document(Network(MIXED.layers)))
    refuted = exactrelu("equal", mixed, plain, "--certificate", certificate, "--json", "-")
    assert refuted.status == 1
    assert exactrelu("check", certificate).status == 0
    x = tuple(map(F, refuted.json["point"]))
    assert MIXED(x) != Network(MIXED.layers)(x)


@pytest.mark.parametrize("norm", ["1", "2", "inf"])
def test_lipschitz_serves_them_and_leaves_theorem_6_out(exactrelu, mixed, norm):
    certificate = str(exactrelu.folder / "c.jsonl")
    words = ("lipschitz", mixed, "--box", "-2:3", "--norm", norm, "--local")
    text = exactrelu(*words, "--certificate", certificate)
    assert text.status == 0
    assert ("Theorem 6       is about ReLU alone: no bounds" in text.out) == (norm == "2")
    assert exactrelu("check", certificate).status == 0
    document = exactrelu(*words, "--json", "-").json
    assert document["theorem_6"] is None
    assert len(document["local"]) == count(MIXED, BOX, "full")


@pytest.mark.parametrize("command", ["regions", "range"])
def test_certificates_of_commands_are_valid(exactrelu, mixed, command):
    certificate = str(exactrelu.folder / "c.jsonl.gz")
    assert exactrelu(command, mixed, "--box", "-2:3", "--certificate", certificate).status == 0
    assert exactrelu("check", certificate).status == 0


def test_commands_about_the_papers_refuse_them_in_one_line(exactrelu, mixed):
    leaky = exactrelu.file("leaky.json", network_document(LEAKY))
    assert exactrelu("atoms", mixed, "--at", "1,1").is_refusal("atoms: expected ReLU", "(1/4, 1) of neuron 0")
    for words in (("canonical", leaky), ("degeneracy", leaky), ("stability", leaky, leaky)):
        assert exactrelu(*words).is_refusal("shallow network: expected ReLU", "(1/4, 1) of neuron 0")
    steps = ("--steps", "merge", "-o", str(exactrelu.folder / "o.json"))
    assert exactrelu("reparametrize", leaky, *steps).is_refusal("shallow network: expected ReLU")
    assert exactrelu("lipschitz", leaky, "--box", "0:1").status == 0


def test_audits_judge_claims_about_them(exactrelu, mixed):
    total = count(MIXED, BOX, "full")
    claims = {
        "format": "exactrelu-audit-claims",
        "version": 1,
        "domain": {"box": [[-2, 3], [-2, 3]]},
        "claims": [
            {"kind": "region-count", "value": total, "reading": "full"},
            {"kind": "region-count", "value": total + 1, "reading": "full"},
        ],
    }
    answer = exactrelu("audit", mixed, exactrelu.file("claims.json", claims), "--json", "-")
    assert [one["verdict"] for one in answer.json["claims"]] == ["holds", "refuted"]


def test_a_search_goes_on_where_it_stopped(exactrelu, mixed):
    lines, whole = str(exactrelu.folder / "o.jsonl"), str(exactrelu.folder / "w.jsonl")
    assert exactrelu("regions", mixed, "--box", "-2:3", "--jsonl", lines, "--max-regions", "3").status == 3
    assert exactrelu("regions", mixed, "--box", "-2:3", "--jsonl", whole).status == 0
