"""ONNX graphs with branches, windows, units and shapes are read as their functions, by two roads."""

from __future__ import annotations

import gzip
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from exactrelu.cli.main import main
from exactrelu.errors import ExactReluError, FormatError, UnsupportedOperatorError
from exactrelu.formats import load_network
from exactrelu.formats.onnx.model import read_onnx
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from tests.support.double_bounds import DOUBLE as UNIT_OF_DOUBLES
from tests.support.double_bounds import FLOAT32, bounds_in_doubles
from tests.support.float_error_bound import assert_within_bound, bounded_outputs, fractions
from tests.support.random_onnx import model_of
from tests.support.random_unit_graphs import MOVES, RandomUnitGraph

FLOAT, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64
VNNCOMP = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "vnncomp"


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a model to a file and reads it back as a network."""

    def write_and_read(model, **options):
        path = tmp_path / "model.onnx"
        onnx.save(model, path)
        return read_onnx(path, **options)

    return write_and_read


def node(operator, inputs, output="y", **attributes):
    return helper.make_node(operator, inputs, [output], **attributes)


def tensor(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def simple(nodes, shape=(1, 2), initializers=(), opset=17):
    return model_of(nodes, [("x", FLOAT, shape)], [("y", FLOAT, None)], initializers, opset)


def exact_outputs(model, points):
    """Return what exact evaluation of the graph gives, flattened."""
    return [entry for bounded in bounded_outputs(model, *points) for entry in bounded.value.ravel().tolist()]


def flat(points):
    return [entry for point in points for entry in fractions(point).ravel().tolist()]


# graphs drawn at random -----------------------------------------------------------------------------


@pytest.mark.parametrize("move", sorted(set(MOVES)))
@pytest.mark.parametrize("seed", range(6))
def test_a_random_graph_is_read_as_its_function(move, seed, read):
    graph = RandomUnitGraph(1000 * seed + MOVES.index(move), move)
    model = graph.model()
    network = read(model)
    for _ in range(2):
        points = graph.points()
        assert list(network(flat(points))) == exact_outputs(model, points)
        if graph.has_reference:
            names = [name for name, _ in graph.inputs]
            computed = ReferenceEvaluator(model).run(None, dict(zip(names, points, strict=True)))
            for floats, bounded in zip(computed, bounded_outputs(model, *points), strict=True):
                assert_within_bound(np.asarray(floats), bounded)


# values and shapes ----------------------------------------------------------------------------------


def test_a_residual_block_is_a_chain_whose_input_travels_on_in_linear_units(read):
    nodes = [
        node("MatMul", ["x", "w"], "h"),
        node("Relu", ["h"], "r"),
        node("Add", ["r", "x"], "s"),
        node("ReduceSum", ["s"], axes=[1]),
    ]
    network = read(simple(nodes, initializers=[tensor("w", [[1, -1], [1, 2]])], opset=12))
    assert network(("3/4", "-5/4")) == (Fraction(-1, 2),)
    assert network == Network.from_rationals(
        [([[1, 0], [0, 1], [1, 1], [-1, 2]], None), ([[1, 1, 1, 1]], None)],
        activations=[Activation.of([(1, 1), (1, 1), (0, 1), (0, 1)])],
    )
    assert network.bent_widths == (2,)


def test_a_leaky_layer_has_its_slopes(read):
    weights = [tensor("a", [[1, -1], [0.5, 1], [-2, 1]]), tensor("b", [0.25, -0.5, 0.125])]
    weights += [tensor("c", [[1], [2], [-1]]), tensor("d", [0.5])]
    nodes = [
        node("Gemm", ["x", "a", "b"], "h", transB=1),
        node("LeakyRelu", ["h"], "l", alpha=0.25),
        node("Gemm", ["l", "c", "d"]),
    ]
    network = read(simple(nodes, initializers=weights))
    assert network(("3/4", "-5/4")) == (Fraction(87, 32),)
    assert network.activations == (Activation.of([("1/4", 1)] * 3),)


def test_two_branches_of_different_depth_meet(read):
    nodes = [node("Relu", ["x"], "a"), node("Neg", ["x"], "n"), node("Relu", ["n"], "b")]
    nodes += [node("Relu", ["b"], "c"), node("Sub", ["a", "c"])]
    network = read(simple(nodes, (1,)))
    assert [network((x,)) for x in (-2, 0, 3)] == [(-2,), (0,), (3,)]
    assert (network.widths, network.bent_widths) == ((1, 2, 2, 1), (2, 1))


def test_what_nothing_reads_any_more_does_not_travel(read):
    nodes = [
        node("Relu", ["x"], "a"),
        node("Add", ["a", "x"], "b"),
        node("Relu", ["b"], "c"),
        node("Relu", ["c"]),
    ]
    assert read(simple(nodes, (1,))).widths == (1, 2, 1, 1, 1)


def test_units_that_only_give_their_shape_are_left_out(read):
    nodes = [node("Relu", ["x"], "r"), node("Shape", ["r"], "s"), node("Reshape", ["x", "s"])]
    assert read(simple(nodes)) == Network.from_rationals([([[1, 0], [0, 1]], None)])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_max_pooling_is_a_knock_out_in_index_order(count, read):
    network = read(simple([node("MaxPool", ["x"], kernel_shape=[count])], (1, 1, count)))
    assert sum(network.bent_widths) == count - 1
    assert network.depth == 1 + (count - 1).bit_length()
    rng = np.random.default_rng(count)
    for _ in range(20):
        point = rng.integers(-3, 4, count).tolist()
        assert network(point) == (max(point),)
    if count > 1:  # the first pair is (0, 1): max(a, b) = b + relu(a - b)
        first = read(simple([node("MaxPool", ["x"], kernel_shape=[2])], (1, 1, 2)))
        assert first.layers[0].weight[:1] == ((0, 1),) or first.layers[0].weight[0] == (0, 1)


def test_clipping_is_two_units_in_one_layer(read):
    bounds = [tensor("lo", -1), tensor("hi", 2)]
    network = read(simple([node("Clip", ["x", "lo", "hi"])], (1,), bounds))
    assert network == Network.from_rationals([([[1], [1]], [1, -2]), ([[1, -1]], [-1])])
    assert [network((x,))[0] for x in (-5, -1, 0, 2, 7)] == [-1, -1, 0, 2, 2]


def test_crossed_bounds_clip_to_the_upper_one(read):
    network = read(simple([node("Clip", ["x", "lo", "hi"])], (1,), [tensor("lo", 3), tensor("hi", 2)]))
    assert network == Network.from_rationals([([[0]], [2])])


def test_the_largest_float_bounds_nothing(read):
    largest = float(np.finfo(np.float32).max)
    network = read(simple([node("Clip", ["x"], min=0.0, max=largest)], (1,), opset=6))
    assert network == Network.from_rationals([([[1]], None)] * 2)
    assert read(simple([node("Clip", ["x"])], (1,), opset=6)).depth == 1


def test_integers_are_divided_towards_zero(read):
    integers = [tensor("a", [-7, 7, -6], np.int64), tensor("b", [2, -2, 4], np.int64)]
    nodes = [node("Div", ["a", "b"], "q"), node("Cast", ["q"], "f", to=FLOAT), node("Add", ["x", "f"])]
    assert read(simple(nodes, (3,), integers)).layers[0].bias == (-3, -3, -1)


def test_expanding_as_exporters_write_it_is_folded(read):
    # Expand(x, Where(Equal(s, -1), ones, s)) with s = (-1, 3); then a row picked by a range of integers.
    integers = [tensor("s", [-1, 3], np.int64), tensor("minus", [-1], np.int64), tensor("two", [2], np.int64)]
    integers += [tensor(name, value, np.int64) for name, value in (("a", 2), ("b", -1), ("step", -1))]
    one = numpy_helper.from_array(np.array([1], dtype=np.int64))
    nodes = [
        node("ConstantOfShape", ["two"], "ones", value=one),
        node("Equal", ["s", "minus"], "open"),
        node("Where", ["open", "ones", "s"], "target"),
        node("Expand", ["x", "target"], "wide"),
        node("Range", ["a", "b", "step"], "r"),
        node("Gather", ["wide", "r"], "g", axis=1),
        node("Add", ["g", "c"]),
    ]
    network = read(simple(nodes, (1, 1), [*integers, tensor("c", [1, 2, 3])]))
    assert network((5,)) == (6, 7, 8)


def test_tiles_repeat_the_entries(read):
    network = read(simple([node("Tile", ["x", "n"])], (1, 2), [tensor("n", [2, 2], np.int64)]))
    assert network((1, 2)) == (1, 2, 1, 2) * 2


def test_quantised_weights_are_the_exact_products(read):
    weights = [
        tensor("q", [[-3, 4], [5, 127]], np.int8),
        tensor("s", [0.1, 0.5]),
        tensor("z", [1, -1], np.int8),
        tensor("one", 1),
    ]
    nodes = [node("DequantizeLinear", ["q", "s", "z"], "w", axis=1), node("MatMul", ["x", "w"])]
    scale = Fraction(float(np.float32(0.1)))
    network = read(simple(nodes, initializers=weights))
    assert network.layers[0].weight == ((-4 * scale, 4 * scale), (Fraction(5, 2), 64))


@pytest.mark.parametrize(
    ("value", "integer"), [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (300, 127), (-300, -128)]
)
def test_quantisation_of_constants_rounds_ties_to_even_and_saturates(value, integer, read):
    constants = [tensor("c", [value]), tensor("s", 1), tensor("z", 0, np.int8)]
    nodes = [
        node("QuantizeLinear", ["c", "s", "z"], "q"),
        node("DequantizeLinear", ["q", "s", "z"], "d"),
        node("Add", ["x", "d"]),
    ]
    assert read(simple(nodes, (1,), constants)).layers[0].bias == (integer,)


@pytest.mark.parametrize(
    ("pads", "expected"), [([-1, 2], (2, 3, 0, 0)), ([1, 0], (0, 1, 2, 3)), ([0, -2], (1,))]
)
def test_negative_pads_take_entries_away(pads, expected, read):
    network = read(simple([node("Pad", ["x", "p"])], (3,), [tensor("p", pads, np.int64)]))
    assert network((1, 2, 3)) == expected


def test_the_stated_output_shape_of_a_transposed_convolution_sets_its_pads(read):
    weights = [tensor("w", np.ones((1, 1, 3)))]
    whole = read(simple([node("ConvTranspose", ["x", "w"])], (1, 1, 3), weights))
    middle = read(simple([node("ConvTranspose", ["x", "w"], output_shape=[3])], (1, 1, 3), weights))
    assert whole((1, 2, 3))[1:-1] == middle((1, 2, 3))
    same = read(simple([node("ConvTranspose", ["x", "w"], auto_pad="SAME_UPPER")], (1, 1, 3), weights))
    assert same == middle
    with pytest.raises(UnsupportedOperatorError, match="an output of length 4 where 5 is the whole"):
        read(simple([node("ConvTranspose", ["x", "w"], output_shape=[4])], (1, 1, 3), weights))


# inputs and outputs ---------------------------------------------------------------------------------

TWO = [("a", FLOAT, ["n", 2]), ("b", FLOAT, [1])]
BOTH = [node("Add", ["a", "b"], "sum"), node("Neg", ["b"], "minus")]


def test_inputs_and_outputs_are_flattened_in_the_order_of_the_file(read):
    model = model_of(BOTH, TWO, [("minus", FLOAT, None), ("sum", FLOAT, None)])
    network = read(model)
    assert network((1, 2, 10)) == (-10, 11, 12)
    assert read(model, outputs=["sum"])((1, 2, 10)) == (11, 12)
    assert read(model, outputs=["sum", "minus"]) == network
    with pytest.raises(FormatError, match="graph output: expected one of minus, sum, got other"):
        read(model, outputs=["other"])


def test_an_output_that_is_not_read_may_be_anything(read):
    model = model_of([*BOTH, node("Sigmoid", ["a"], "s")], TWO, [("sum", FLOAT, None), ("s", FLOAT, None)])
    assert read(model, outputs=["sum"]).outputs == 2
    with pytest.raises(UnsupportedOperatorError, match="Sigmoid"):
        read(model)


def test_two_imports_of_one_version_are_one(read):
    model = simple([node("Relu", ["x"])])
    model.opset_import.add(domain="ai.onnx", version=17)
    assert read(model).depth == 2


def test_a_packed_file_is_the_same_network(tmp_path):
    model = simple([node("Relu", ["x"])])
    plain, packed = tmp_path / "net.onnx", tmp_path / "net.onnx.gz"
    plain.write_bytes(model.SerializeToString())
    packed.write_bytes(gzip.compress(model.SerializeToString()))
    assert load_network(packed) == load_network(plain)
    packed.write_bytes(gzip.compress(model.SerializeToString())[:-9])
    with pytest.raises(FormatError, match="a whole gzip file, got one that breaks off"):
        load_network(packed)
    packed.write_bytes(model.SerializeToString())
    with pytest.raises(FormatError, match="a gzip file, as its name says"):
        load_network(packed)


def test_names_of_outputs_are_for_onnx_files_only(tmp_path):
    with pytest.raises(FormatError, match="an ONNX file, whose outputs have names"):
        load_network(tmp_path / "net.json", outputs=["y"])


def test_the_command_line_picks_outputs_and_says_what_was_folded(tmp_path, capsys):
    path = tmp_path / "net.onnx"
    onnx.save(model_of(BOTH, TWO, [("minus", FLOAT, None), ("sum", FLOAT, None)]), path)
    assert main(["evaluate", str(path), "--at", "1,2,10", "--output", "sum"]) == 0
    assert "(3-2)" in capsys.readouterr().out
    assert main(["evaluate", str(path), "--at", "1,2,10", "--output", "other"]) == 2
    assert "expected one of minus, sum, got other" in capsys.readouterr().err
    onnx.save(normalization([0.1, 0.2]), path)
    assert main(["evaluate", str(path), "--at", "1,2"]) == 2
    assert "--batchnorm float32" in capsys.readouterr().err
    assert main(["evaluate", str(path), "--at", "1,2", "--batchnorm", "float32"]) == 0
    assert "(2-2), BatchNormalization folded in float32" in capsys.readouterr().out


# batch normalisation --------------------------------------------------------------------------------


def normalization(variances, **attributes):
    parameters = [
        tensor("scale", [3, 0.1]),
        tensor("b", [1, -1]),
        tensor("m", [0.3, 2]),
        tensor("v", variances),
    ]
    return simple(
        [node("BatchNormalization", ["x", "scale", "b", "m", "v"], **attributes)], (1, 2), parameters
    )


def test_batch_normalization_with_rational_roots_is_exact(read):
    network = read(normalization([2, 0], epsilon=0.25))
    mean, small = Fraction(float(np.float32(0.3))), Fraction(float(np.float32(0.1)))
    assert network.layers[0].weight == ((2, 0), (0, 2 * small))
    assert network.layers[0].bias == (1 - 2 * mean, -1 - 4 * small)
    assert network.source == "onnx: model.onnx"


def float32(value):
    """Return the float32 nearest to a rational, ties to even: by integers, as the standard defines it."""
    if value == 0:
        return Fraction(0)
    exponent = abs(value).numerator.bit_length() - abs(value).denominator.bit_length()
    exponent -= abs(value) < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    return round(value / unit) * unit


def float32_root(value):
    """Return the float32 nearest to a square root, by squares of candidates."""
    candidate = float32(Fraction(float(value) ** 0.5))
    exponent = candidate.numerator.bit_length() - candidate.denominator.bit_length()
    unit = Fraction(2) ** (exponent - 24)
    candidates = sorted({float32(candidate + k * unit) for k in range(-4, 5)})
    below = max(c for c in candidates if c * c <= value)
    above = min(c for c in candidates if c * c >= value)
    return below if below == above or value < ((below + above) / 2) ** 2 else above


@pytest.mark.parametrize("seed", range(20))
def test_batch_normalization_in_float32_is_folded_operation_by_operation(seed, read):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((4, 2)).astype(np.float32)
    values[3] = abs(values[3])
    names = ("scale", "b", "m", "v")
    parameters = [tensor(name, row) for name, row in zip(names, values, strict=True)]
    model = simple([node("BatchNormalization", ["x", *names], epsilon=1e-3)], (1, 2), parameters)
    with pytest.raises(UnsupportedOperatorError, match="--batchnorm float32"):
        read(model)
    network = read(model, batchnorm="float32")
    epsilon = Fraction(float(np.float32(1e-3)))
    for i in range(2):
        scale, b, mean, variance = (Fraction(float(row[i])) for row in values)
        factor = float32(scale / float32_root(float32(variance + epsilon)))
        assert network.layers[0].weight[i][i] == factor
        assert network.layers[0].bias[i] == float32(b - float32(mean * factor))
    assert network.source == "onnx: model.onnx, BatchNormalization folded in float32"


def test_folding_in_float32_asks_for_float32(read):
    parameters = [tensor(name, [2, 3], np.float64) for name in ("scale", "b", "m", "v")]
    nodes = [node("BatchNormalization", ["x", "scale", "b", "m", "v"])]
    model = model_of(nodes, [("x", DOUBLE, [1, 2])], [("y", DOUBLE, None)], parameters)
    with pytest.raises(UnsupportedOperatorError, match="for constants of FLOAT, not of DOUBLE"):
        read(model, batchnorm="float32")


def test_coefficients_beyond_float32_are_refused(read):
    model = normalization([1e-38, 1e-38], epsilon=0.0)
    model.graph.initializer[0].CopyFrom(tensor("scale", [3e38, 1]))
    with pytest.raises(ExactReluError, match="coefficients within float32, got inf"):
        read(model, batchnorm="float32")


# files of the competition ---------------------------------------------------------------------------

SAMPLES = {
    "oval21/onnx/cifar_deep_kw.onnx.gz": (3072, 2048, 2048, 2048, 512, 100, 10),
    "collins_rul_cnn/onnx/NN_rul_small_window_20.onnx.gz": (400, 1600, 2400, 800, 600, 100, 1),
    "linearizenn/onnx/AllInOne_10_10.onnx.gz": (4, 258, 258, 258, 258, 18, 10, 10, 2),
    "sri_resnet_a/onnx/resnet_3b2_bn_mixup_adv_4.0_bs128_lr-1.onnx.gz": (
        *(3072, 4096, 3072, 2048, 1536, 1024, 768, 512, 100, 10),
    ),
    "nn4sys/onnx/lindex.onnx.gz": (1, 128, 128, 128, 1),
    "mnist_fc/onnx/mnist-net_256x2.onnx.gz": (784, 256, 256, 10),
    "safenlp/onnx/medical/perturbations_0.onnx.gz": (30, 128, 2),
}
needs_samples = pytest.mark.skipif(not VNNCOMP.is_dir(), reason="the shared data are not here")


@needs_samples
@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_the_competition_is_read_as_its_function(name):
    network = load_network(VNNCOMP / name)
    assert network.widths == SAMPLES[name]
    model = onnx.ModelProto.FromString(gzip.decompress((VNNCOMP / name).read_bytes()))
    (value,) = [v for v in model.graph.input if v.name not in {i.name for i in model.graph.initializer}]
    shape = [d.dim_value if d.HasField("dim_value") else 1 for d in value.type.tensor_type.shape.dim]
    point = np.random.default_rng(3).uniform(0, 1, shape).astype(np.float32)
    (computed,) = ReferenceEvaluator(model).run(None, {value.name: point})
    doubles, narrow = bounds_in_doubles(model, point, UNIT_OF_DOUBLES)
    _, wide = bounds_in_doubles(model, point, FLOAT32)
    assert np.max(narrow) < 1e-4  # so small that another network would not pass
    for floats, errors in ((doubles, narrow), (computed, wide)):
        for y, near, error in zip(network(flat([point])), floats.ravel(), errors.ravel(), strict=True):
            assert abs(y - Fraction(float(near))) <= Fraction(float(error))


@needs_samples
def test_a_file_with_a_sigmoid_is_refused_though_its_opset_is_imported_twice():
    with pytest.raises(UnsupportedOperatorError, match="Sigmoid at Sigmoid_6"):
        load_network(VNNCOMP / "dist_shift_2023/onnx/mnist_concat.onnx.gz")
