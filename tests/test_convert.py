"""Networks in other formats: read again they are the same, or refused, or rounded by what is said."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import onnx
import pytest
import z3
from onnx.reference import ReferenceEvaluator

import exactrelu
from exactrelu import Domain, Network, distance, load_network
from exactrelu.analysis.perturbation import difference_bound
from exactrelu.documents.network import write_network
from exactrelu.documents.nnet_file import nnet_text
from exactrelu.documents.onnx_file import onnx_model, write_onnx
from exactrelu.documents.rounding import first_inexact, rounded_network
from exactrelu.documents.smt_lib import network_script
from exactrelu.errors import ArgumentError, DomainError, NetworkError
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64
from exactrelu.formats.nnet import read_nnet
from exactrelu.formats.onnx.model import read_onnx
from exactrelu.networks.activation import Activation
from tests.support.command_line import network_document

F = Fraction
LEAKY = Network.from_rationals(
    [([[1, -1], ["1/2", 1], [-2, 1]], ["1/4", "-1/2", "1/8"]), ([[1, 2, -1]], ["1/2"])],
    activations=[Activation.of([("1/4", 1), (1, 1), (-1, 1)])],
)


def dyadic_network(seed, bits=10):
    """A network of random widths whose weights have so many bits after the point."""
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    widths = [rng.randint(1, 4) for _ in range(rng.randint(2, 5))]

    def number():
        return F(rng.choice([0, rng.randint(-(2**bits), 2**bits)]), 2**bits) * rng.choice(
            [1, 1, 2**20, F(1, 2**30)]
        )

    return Network.from_rationals(
        [
            ([[number() for _ in range(n)] for _ in range(m)], [number() for _ in range(m)])
            for n, m in pairwise(widths)
        ]
    )


THIRD = Network.from_rationals([([["1/3", 1], [1, "-2/7"]], ["1/10", 0]), ([[1, 1]], None)])


@pytest.mark.parametrize("floats", [FLOAT32, FLOAT64], ids=lambda floats: floats.name)
@pytest.mark.parametrize("seed", range(20))
def test_an_onnx_file_of_the_numbers_is_the_same_network_again(seed, floats, tmp_path):
    network = dyadic_network(seed, 20 if floats is FLOAT32 else 50)
    write_onnx(network, tmp_path / "net.onnx", floats)
    again = read_onnx(tmp_path / "net.onnx")
    assert again == network
    assert again.digest == network.digest
    onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)


@pytest.mark.parametrize("floats", [FLOAT32, FLOAT64], ids=lambda floats: floats.name)
def test_units_with_the_slope_1_above_0_are_the_same_again_from_an_onnx_file(floats, tmp_path):
    write_onnx(LEAKY, tmp_path / "net.onnx", floats)
    assert read_onnx(tmp_path / "net.onnx").digest == LEAKY.digest


@pytest.mark.parametrize("seed", range(20))
def test_an_nnet_file_of_the_numbers_is_the_same_network_again_in_both_readings(seed, tmp_path):
    network = dyadic_network(seed, 50)
    path = tmp_path / "net.nnet"
    path.write_text(nnet_text(network), encoding="utf-8")
    for reading in ("stored", "folded"):
        assert read_nnet(path, normalization=reading).digest == network.digest


@pytest.mark.parametrize("seed", range(5))
def test_a_native_file_is_the_same_network_again(seed, tmp_path):
    for network in (dyadic_network(seed), THIRD, LEAKY):
        write_network(network, tmp_path / "net.json")
        assert load_network(tmp_path / "net.json").digest == network.digest


@pytest.mark.parametrize("floats", [FLOAT32, FLOAT64], ids=lambda floats: floats.name)
@pytest.mark.parametrize("network", [LEAKY, dyadic_network(3, 8), dyadic_network(4, 8)])
def test_a_float_program_computes_from_the_onnx_file_what_the_network_is(network, floats):
    evaluator = ReferenceEvaluator(onnx_model(network, floats))
    kind = np.float32 if floats is FLOAT32 else np.float64
    for x in product((-1, 0, F(3, 4)), repeat=network.inputs):
        (output,) = evaluator.run(None, {"x": np.array([[float(c) for c in x]], dtype=kind)})
        expected = network(x)
        assert output.dtype == kind
        assert np.allclose(output[0], [float(y) for y in expected], rtol=1e-5)
        if network is LEAKY:  # few bits: no operation rounds
            assert tuple(F(float(y)) for y in output[0]) == expected


@pytest.mark.parametrize("network", [THIRD, LEAKY, dyadic_network(7)])
def test_z3_computes_from_the_script_what_the_network_is(network):
    solver = z3.SolverFor("QF_LRA")
    box = Domain.box([(F(-3, 2), F(-3, 2))] * network.inputs)
    solver.from_string(network_script(network, box))
    assert solver.check() == z3.sat
    model = solver.model()
    found = [model.eval(z3.Real(f"out_{i}")).as_fraction() for i in range(network.outputs)]
    assert tuple(found) == network((F(-3, 2),) * network.inputs)


@pytest.mark.parametrize("suffix", [".json", ".onnx", ".nnet"])
def test_the_suffix_says_what_is_written(suffix, tmp_path):
    network = dyadic_network(1)
    exactrelu.write_network(network, tmp_path / f"net{suffix}")
    assert load_network(tmp_path / f"net{suffix}").digest == network.digest


def test_the_public_function_writes_scripts_and_the_floats_that_are_asked_for(tmp_path):
    network = Network.from_rationals([([["1/2"]], None)])
    exactrelu.write_network(network, tmp_path / "net.smt2")
    assert (tmp_path / "net.smt2").read_text() == network_script(network)
    exactrelu.write_network(network, tmp_path / "net.onnx", floats="float64")
    assert (
        onnx.load(tmp_path / "net.onnx").graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.DOUBLE
    )
    with pytest.raises(ArgumentError, match="floats: expected float32 or float64, got 'float16'"):
        exactrelu.write_network(network, tmp_path / "net.onnx", floats="float16")
    with pytest.raises(NetworkError, match="expected a float32"):
        exactrelu.write_network(THIRD, tmp_path / "net.onnx", floats="float32")


# what has no exact form ------------------------------------------------------------------------------


def test_a_number_that_is_no_float_is_refused_by_its_place():
    with pytest.raises(NetworkError, match=r"layers\[0\].weight\[0\]\[0\]: expected a float64, got 1/3"):
        onnx_model(THIRD, FLOAT64)
    with pytest.raises(
        NetworkError, match=r"layers\[0\].weight\[0\]\[0\]: expected a finite decimal, got 1/3"
    ):
        nnet_text(THIRD)
    fine = Network.from_rationals([([[1 + F(1, 2**24)]], [F(1, 2**150)])])
    assert first_inexact(fine, FLOAT64) is None
    assert first_inexact(fine, FLOAT32).startswith("layers[0].weight[0][0]: expected a float32, got ")
    assert first_inexact(Network.from_rationals([([[1]], [F(1, 2**150)])]), FLOAT32).startswith(
        "layers[0].bias[0]"
    )


def test_units_that_a_format_has_no_word_for_are_refused_by_name():
    steep = Network(LEAKY.layers, activations=(Activation.of([(0, 1), (1, 2), (0, 1)]),))
    with pytest.raises(NetworkError, match=r"layers\[0\].slopes\[1\]\[1\]: expected 1, .* got 2"):
        onnx_model(steep, FLOAT32)
    with pytest.raises(NetworkError, match="NNet: expected ReLU in all hidden layers"):
        nnet_text(LEAKY)
    with pytest.raises(DomainError, match="bounds of input 1: expected finite decimals, got 1/3"):
        nnet_text(rounded_network(THIRD, FLOAT64), [(F(0), F(1)), (F(0), F(1, 3))])


# rounding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_the_rounded_network_has_the_nearest_floats_and_is_within_the_bound(seed):
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    widths = [2, 3, 3, 1]
    network = Network.from_rationals(
        [
            (
                [[F(rng.randint(-9, 9), 7) for _ in range(n)] for _ in range(m)],
                [F(rng.randint(-9, 9), 11)] * m,
            )
            for n, m in pairwise(widths)
        ],
        activations=[Activation.of([("1/3", 1)] * 3), Activation.of([(F(-1, 7), F(10, 7))] * 3)],
    )
    rounded = rounded_network(network, FLOAT32)
    for k, layer in enumerate(network.layers):
        for row, nearest in zip(layer.rows, rounded.layers[k].rows, strict=True):
            assert [float(v) for v in nearest] == [float(np.float32(float(v))) for v in row]
    bound = difference_bound(network, rounded)
    assert 0 < bound.constant < F(1, 10**5)
    for _ in range(50):
        x = [F(rng.randint(-99, 99), rng.randint(1, 9)) for _ in range(2)]
        apart = abs(network(x)[0] - rounded(x)[0])
        assert apart <= bound.constant + bound.slope * max(map(abs, x))


def test_a_bound_that_leaves_out_a_part_of_the_difference_is_exceeded():
    one = Network.from_rationals([([[3]], [1]), ([[2]], [5])])
    for layers in (
        [([[4]], [1]), ([[2]], [5])],
        [([[3]], [2]), ([[2]], [5])],
        [([[3]], [1]), ([[3]], [5])],
        [([[3]], [1]), ([[2]], [6])],
    ):
        two = Network.from_rationals(layers)
        bound = difference_bound(one, two)
        # all numbers are positive, so at x >= 0 each step of the bound is an equation
        assert all(abs(one((x,))[0] - two((x,))[0]) == bound.constant + bound.slope * x for x in (0, 1, 7))
    turned = Network(one.layers, activations=(Activation.of([(0, 3)]),))
    bound = difference_bound(one, turned)
    assert turned((4,))[0] - one((4,))[0] == bound.constant + 4 * bound.slope
    with pytest.raises(NetworkError, match="widths"):
        difference_bound(one, THIRD)


def test_a_number_beyond_the_floats_cannot_be_rounded():
    with pytest.raises(NetworkError, match=r"layers\[0\].bias\[0\]: .*in the range of float32"):
        rounded_network(Network.from_rationals([([[1]], [10**39])]), FLOAT32)


# the command ------------------------------------------------------------------------------------------


@pytest.fixture
def third(exactrelu):
    layers = ([["1/3", "1"], ["1", "-2/7"]], ["1/10", "0"]), ([["1", "1"]], None)
    return exactrelu.file("third.json", network_document(*layers))


@pytest.fixture
def halves(exactrelu):
    return exactrelu.file("halves.json", network_document(([["1/2"], ["-3"]], None), ([["1", "1"]], ["1/4"])))


@pytest.mark.parametrize("suffix", ["json", "onnx", "nnet"])
def test_convert_writes_a_file_with_the_same_hash(exactrelu, halves, suffix):
    path = str(exactrelu.folder / f"out.{suffix}")
    answer = exactrelu("convert", halves, "-o", path, "--json", "-").json
    digest = load_network(halves).digest
    assert load_network(path).digest == digest == answer["network"] == answer["written"]
    assert (answer["format"], answer["version"], answer["kind"]) == ("exactrelu-convert", 1, suffix)
    assert (answer["floats"], answer["rounded"]) == ("float32" if suffix == "onnx" else None, False)
    shown = exactrelu("convert", halves, "-o", path)
    assert shown.status == 0
    assert f"wrote           {path}" in shown.out
    assert exactrelu("equal", halves, path).status == 0


def test_convert_takes_float32_where_it_is_exact_and_else_float64(exactrelu, halves):
    path = str(exactrelu.folder / "out.onnx")
    for words, kind in (((), onnx.TensorProto.FLOAT), (("--as", "float64"), onnx.TensorProto.DOUBLE)):
        exactrelu("convert", halves, "-o", path, *words)
        assert onnx.load(path).graph.input[0].type.tensor_type.elem_type == kind
    fine = exactrelu.file("fine.json", network_document(([[str(1 + F(1, 2**24))]], None)))
    assert exactrelu("convert", fine, "-o", path, "--json", "-").json["floats"] == "float64"
    assert exactrelu("convert", fine, "-o", path, "--as", "float32").is_refusal(
        "fine.json: layers[0].weight[0][0]"
    )


def test_convert_refuses_to_round_unless_it_is_told_to(exactrelu, third):
    path = str(exactrelu.folder / "out.onnx")
    outcome = exactrelu("convert", third, "-o", path)
    assert outcome.is_refusal("third.json: layers[0].weight[0][0]: expected a float64, got 1/3", "--round")
    assert "out.onnx" not in exactrelu.files()


def test_convert_rounds_and_prints_the_exact_distance_on_a_domain(exactrelu, third):
    path = str(exactrelu.folder / "out.onnx")
    words = ("convert", third, "-o", path, "--round", "--as", "float32", "--box", "-1:1")
    answer = exactrelu(*words, "--json", "-").json
    one, two = load_network(third), load_network(path)
    assert (answer["network"], answer["written"], answer["rounded"]) == (one.digest, two.digest, True)
    found = distance(one, two, [(-1, 1), (-1, 1)], "sup")
    assert F(answer["distance"]["value"]) == found.power > 0
    point = [F(text) for text in answer["distance"]["point"]]
    assert abs(one(point)[0] - two(point)[0]) == found.power
    assert "the largest on box -1:1" in exactrelu(*words).out


def test_convert_rounds_and_states_a_bound_for_all_inputs(exactrelu, third):
    path = str(exactrelu.folder / "out.nnet")
    answer = exactrelu("convert", third, "-o", path, "--round", "--json", "-").json
    one, two = load_network(third), load_network(path)
    assert two == rounded_network(one, FLOAT64)
    bound = difference_bound(one, two)
    assert answer["bound"] == {"constant": str(bound.constant), "slope": str(bound.slope)}
    shown = exactrelu("convert", third, "-o", path, "--round").out
    (line,) = [line for line in shown.splitlines() if line.startswith("distance")]
    constant, slope = line.partition("at most ")[2].partition(" max|")[0].split(" + ")
    assert bound.constant <= F(constant) <= bound.constant * F(1001, 1000)  # rounded up, not to the nearest
    assert bound.slope <= F(slope) <= bound.slope * F(1001, 1000)


def test_convert_writes_the_box_where_the_format_has_room_for_it(exactrelu, halves):
    path = exactrelu.folder / "out.nnet"
    exactrelu("convert", halves, "-o", str(path), "--box", "-0.5:3")
    assert path.read_text().splitlines()[4:6] == ["-0.5,", "3,"]
    exactrelu("convert", halves, "-o", str(path))
    assert path.read_text().splitlines()[4:6] == ["-1e30,", "1e30,"]
    script = exactrelu.folder / "out.smt2"
    exactrelu("convert", halves, "-o", str(script), "--box", "1:2")
    solver = z3.SolverFor("QF_LRA")
    solver.from_string(script.read_text())
    solver.add(z3.Real("out_0") < F(3, 4))
    assert solver.check() == z3.unsat


def test_convert_refuses_what_it_cannot_do(exactrelu, halves):
    out = str(exactrelu.folder / "out.json")
    assert exactrelu("convert", halves).is_refusal("-o: expected a file name ending in .json")
    assert exactrelu("convert", halves, "-o", "out.pt").is_refusal("-o: expected a file name", "'out.pt'")
    assert exactrelu("convert", halves, "-o", halves).is_refusal("expected a file of its own")
    assert exactrelu("convert", halves, "-o", out, "--box", "0:1").is_refusal(
        "--box, --domain: expected with --round"
    )
    assert exactrelu("convert", halves, "-o", out, "--as", "float16").is_refusal("--as")
    assert exactrelu("convert", halves, "-o", "no-such-folder/out.onnx").is_refusal("no-such-folder")
