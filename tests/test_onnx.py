"""Each import of an ONNX file is the function of the graph: exactly, and against `onnx.reference`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from exactrelu.errors import ExactReluError, UnsupportedOperatorError
from exactrelu.formats.onnx.model import read_onnx
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from tests.support.float_error_bound import (
    assert_within_bound,
    bounded_output,
    bounded_outputs,
    fractions,
    sorted_nodes,
)
from tests.support.random_onnx import RandomGraph, model_of

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "marabou" / "onnx"
EXAMPLES = ROOT / "examples"
FLOAT = TensorProto.FLOAT


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a model to a file and reads it back as a network."""

    def write_and_read(model):
        path = tmp_path / "model.onnx"
        onnx.save(model, path)
        return read_onnx(path)

    return write_and_read


def reference(model, point):
    """Return the float outputs of onnx.reference, which asks for sorted nodes."""
    ordered = onnx.ModelProto()
    ordered.CopyFrom(model)
    nodes = sorted_nodes(model.graph)
    del ordered.graph.node[:]
    ordered.graph.node.extend(nodes)
    (free,) = {v.name for v in model.graph.input} - {v.name for v in model.graph.initializer}
    return ReferenceEvaluator(ordered).run(None, {free: point})


def assert_same_function(network, model, point):
    """Check the network at a float point against exact evaluation of the graph and onnx.reference."""
    outputs = bounded_outputs(model, point)
    expected = [entry for bounded in outputs for entry in bounded.value.ravel().tolist()]
    assert list(network(fractions(point).ravel().tolist())) == expected
    for computed, bounded in zip(reference(model, point), outputs, strict=True):
        assert_within_bound(computed, bounded)


def node(operator, inputs, output="y", **attributes):
    return helper.make_node(operator, inputs, [output], **attributes)


def tensor(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def simple(nodes, shape=(1, 2), initializers=(), opset=17):
    return model_of(nodes, [("x", FLOAT, shape)], [("y", FLOAT, None)], initializers, opset)


@pytest.mark.parametrize("seed", range(150))
def test_a_random_graph_is_read_as_its_function(seed, read):
    graph = RandomGraph(seed)
    model = graph.model()
    network = read(model)
    for _ in range(2):
        assert_same_function(network, model, graph.point())


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_a_network_with_one_changed_weight_is_told_from_the_graph(seed, read):
    graph = RandomGraph(seed)
    model = graph.model()
    network, point = read(model), graph.point()
    bounded = bounded_output(model, point)
    last = network.layers[-1]
    # The last bias moves the output one to one, so twice the bound is surely outside of it.
    change = 2 * bounded.error.ravel()[0] + Fraction(1, 2**200)
    bias = [entry + (change if i == 0 else 0) for i, entry in enumerate(last.bias)]
    broken = Network((*network.layers[:-1], AffineMap.from_rationals(last.weight, bias)))
    with pytest.raises(AssertionError):
        assert_same_function(broken, model, point)
    bounded.value.ravel()[...] = broken(fractions(point).ravel().tolist())
    with pytest.raises(AssertionError, match="beyond the bound"):
        assert_within_bound(reference(model, point)[0], bounded)


def test_a_first_layer_weight_that_is_off_by_some_roundings_is_told_from_the_float_output(read):
    weights = [tensor("w", [[1.5, -0.75]]), tensor("b", [0.125])]
    model = simple([node("Gemm", ["x", "w", "b"], transB=1)], initializers=weights)
    network, point = read(model), np.array([[1.25, 0.5]], dtype=np.float32)
    assert_same_function(network, model, point)
    bounded = bounded_output(model, point)
    off = Fraction(1, 2**20)  # eight units in the last place of 1.5
    broken = Network.from_rationals([([[Fraction(3, 2) + off, Fraction(-3, 4)]], [Fraction(1, 8)])])
    bounded.value[0, 0] = broken(fractions(point).ravel().tolist())[0]
    with pytest.raises(AssertionError, match="beyond the bound"):
        assert_within_bound(reference(model, point)[0], bounded)


# the files of another project -----------------------------------------------------------------------

READ = {
    "KJ_TinyTaxiNet": (128, 16, 8, 8, 2),
    "conv_mp1": (192, 512, 512, 384, 32, 5),
    "oneInput_twoBranches": (12, 12, 24, 24),
    "ACASXU_experimental_v2a_1_1": (5, 50, 50, 50, 50, 50, 50, 5),
    "fc1": (2, 25, 25, 25, 2),
    "fc2": (784, 10),
    "fc_2-2-3": (2, 2, 3),
    "fc_matMul": (125, 50, 5),
    "mnist2x10": (784, 10, 10, 10),
    "test_sub": (1, 1),
    "layer-zoo/add": (4, 4),
    "layer-zoo/cast_int_to_float": (4, 4),
    "layer-zoo/conv": (25, 25),
    "layer-zoo/constant": (1, 4),
    "layer-zoo/dropout": (4, 4),
    "layer-zoo/dropout_training_mode_false": (4, 4),
    "layer-zoo/flatten": (8, 8),
    "layer-zoo/gemm": (4, 4),
    "layer-zoo/identity": (4, 4),
    "layer-zoo/leakyRelu": (4, 4, 4),
    "layer-zoo/matmul": (6, 4),
    "layer-zoo/maxpool": (16, 23, 20, 14, 11, 4),
    "layer-zoo/relu": (4, 4, 4),
    "layer-zoo/reshape": (4, 4),
    "layer-zoo/reshape_with_dimension_inference": (4, 4),
    "layer-zoo/squeeze": (6, 6),
    "layer-zoo/squeeze_with_axes": (6, 6),
    "layer-zoo/sub": (4, 4),
    "layer-zoo/transpose": (6, 6),
    "layer-zoo/unsqueeze": (6, 6),
}
IRRATIONAL = (
    "(it divides by a square root that is not rational; --batchnorm float32 takes the coefficients that a "
    "float32 program folds)"
)
REFUSED = {
    "linear2-3_bn1-linear3-1": f"BatchNormalization at BatchNormalization_1 {IRRATIONAL}",
    "layer-zoo/batchnorm": f"BatchNormalization at node #0 (output y) {IRRATIONAL}",
    "layer-zoo/dropout_training_mode_true": "Dropout at node #0 (output y) (it is in training mode)",
    "layer-zoo/sigmoid": "Sigmoid at node #0 (output y)",
    "layer-zoo/tanh": "Tanh at node #0 (output y)",
}
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")


@needs_data
def test_the_tables_name_every_file_of_the_shared_data():
    names = {str(path.relative_to(DATA).with_suffix("")) for path in DATA.rglob("*.onnx")}
    assert names == {*READ, *REFUSED}


@needs_data
@pytest.mark.parametrize("name", READ)
def test_a_file_of_another_project_is_read_as_its_function(name):
    path = DATA / f"{name}.onnx"
    model, network = onnx.load(path), read_onnx(path)
    assert network.widths == READ[name]
    assert network.source == f"onnx: {path.name}"
    rng = np.random.default_rng(7)
    initializers = {proto.name for proto in model.graph.initializer}
    (value,) = [v for v in model.graph.input if v.name not in initializers]
    shape = [d.dim_value if d.HasField("dim_value") else 1 for d in value.type.tensor_type.shape.dim]
    for _ in range(2):
        assert_same_function(network, model, rng.standard_normal(shape).astype(np.float32))


@needs_data
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_with_another_operator_is_refused_by_operator_and_node(name):
    path = DATA / f"{name}.onnx"
    with pytest.raises(UnsupportedOperatorError) as caught:
        read_onnx(path)
    assert str(caught.value) == f"{path}: not supported: {REFUSED[name]}"


@pytest.mark.parametrize(
    ("name", "widths"), [("moons", (2, 16, 16, 1)), ("iris", (4, 10, 10, 3)), ("cancer8", (8, 8, 2))]
)
def test_a_trained_example_is_read_as_its_function(name, widths):
    path = EXAMPLES / f"{name}.onnx"
    model, network = onnx.load(path), read_onnx(path)
    assert network.widths == widths
    assert network.description
    point = np.random.default_rng(1).uniform(0, 8, (1, widths[0])).astype(np.float32)
    assert_same_function(network, model, point)


def test_the_iris_example_takes_raw_measurements():
    logits = read_onnx(EXAMPLES / "iris.onnx")(["5.1", "3.5", "1.4", "0.2"])
    assert max(range(3), key=logits.__getitem__) == 0  # setosa


# shapes of graphs -----------------------------------------------------------------------------------


def test_relu_on_the_input_gets_an_identity_layer_on_both_sides(read):
    network = read(simple([node("Relu", ["x"])]))
    assert network == Network.from_rationals([([[1, 0], [0, 1]], None)] * 2)


def test_relu_of_relu_keeps_both_layers(read):
    network = read(simple([node("Relu", ["x"], "h"), node("Relu", ["h"])]))
    assert network == Network.from_rationals([([[1, 0], [0, 1]], None)] * 3)


def test_a_graph_that_hands_the_input_on_is_the_identity(read):
    graph = helper.make_graph(
        [],
        "g",
        [helper.make_tensor_value_info("x", FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("x", FLOAT, ["n", 2])],
    )
    network = read(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8))
    assert network == Network.from_rationals([([[1, 0], [0, 1]], None)])


def test_a_constant_output_is_a_layer_of_zero_weights(read):
    model = model_of([], [("x", FLOAT, [3])], [("c", FLOAT, None)], [tensor("c", [0.5, -2])])
    assert read(model) == Network.from_rationals([([[0, 0, 0]] * 2, ["1/2", -2])])


def test_constants_are_folded_without_rounding(read):
    nodes = [node("Div", ["one", "three"], "c"), node("Mul", ["c", "x"])]
    network = read(simple(nodes, (1,), [tensor("one", [1]), tensor("three", [3])]))
    assert network == Network.from_rationals([([["1/3"]], None)])


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_every_float_type_has_its_exact_value_down_to_the_smallest_subnormal(dtype, read):
    info = ml_dtypes.finfo(dtype)
    values = np.array([0.1, -3, info.smallest_subnormal, info.max, info.tiny, 0, -0.0]).astype(dtype)
    model = simple([node("Add", ["x", "c"])], (7,), [numpy_helper.from_array(values, "c")])
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.elem_type = helper.np_dtype_to_tensor_dtype(values.dtype)
    assert read(model).layers[0].bias == tuple(Fraction(float(value)) for value in values)


@pytest.mark.parametrize(
    "element_type", [TensorProto.FLOAT16, TensorProto.BFLOAT16, FLOAT, TensorProto.DOUBLE]
)
def test_values_in_typed_fields_are_those_in_raw_data(element_type, read):
    constant = helper.make_tensor("c", element_type, [3], [0.5, -1.25, 3.0])
    assert not constant.raw_data
    model = simple([node("Add", ["x", "c"])], (3,), [constant])
    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.elem_type = element_type
    assert read(model).layers[0].bias == (Fraction(1, 2), Fraction(-5, 4), Fraction(3))


def test_the_input_is_flattened_in_row_major_order(read):
    weight = tensor("w", [[1, 10], [100, 1000], [10000, 100000]])
    network = read(simple([node("MatMul", ["x", "w"])], (2, 3), [weight]))
    rows = [[1, 100, 10**4, 0, 0, 0], [10, 1000, 10**5, 0, 0, 0]]
    rows += [[0, 0, 0, *row[:3]] for row in rows]
    assert network == Network.from_rationals([(rows, None)])


def test_a_base_coordinate_that_is_repeated_by_broadcasting_is_added_up(read):
    nodes = [node("Add", ["x", "zeros"], "wide"), node("MatMul", ["wide", "ones"])]
    zeros, ones = tensor("zeros", np.zeros((1, 5))), tensor("ones", np.ones((5, 1)))
    assert read(simple(nodes, (1, 1), [zeros, ones])) == Network.from_rationals([([[5]], None)])


def test_an_unknown_first_axis_is_a_batch_of_one(read):
    model = model_of([node("Relu", ["x"])], [("x", FLOAT, ["batch", 3])], [("y", FLOAT, ["batch", 3])])
    assert read(model).widths == (3, 3, 3)


def test_nodes_may_stand_in_any_order_as_every_name_has_one_producer(read):
    nodes = [node("Add", ["h", "c"]), node("Relu", ["x"], "h")]
    nodes.append(node("Constant", [], "c", value=tensor("", [0, 0])))
    assert read(simple(nodes)) == read(simple(nodes[::-1]))


def test_nodes_that_the_output_does_not_depend_on_are_ignored(read):
    needed = [node("Relu", ["x"])]
    unneeded = [node("Sigmoid", ["y"], "s"), node("Relu", ["x"], "other"), node("Add", ["s", "nan"], "t")]
    bad = tensor("nan", [np.nan])
    assert read(simple(needed + unneeded, initializers=[bad])) == read(simple(needed))


def test_two_affine_tensors_of_one_layer_are_added_exactly(read):
    nodes = [node("Mul", ["x", "two"], "h"), node("Sub", ["x", "h"])]
    network = read(simple(nodes, initializers=[tensor("two", [2, 3])]))
    assert network == Network.from_rationals([([[-1, 0], [0, -2]], None)])


@pytest.mark.parametrize(
    ("shape", "target", "allowzero", "result"),
    [
        ((2, 3), [0, -1], 0, (2, 3)),
        ((2, 3), [3, 0, 1], 0, None),
        ((2, 3), [-1], 1, (6,)),
        ((1, 1), [], 0, ()),
    ],
)
def test_reshape_keeps_zero_axes_and_fills_in_minus_one(shape, target, allowzero, result, read):
    model = simple(
        [node("Reshape", ["x", "s"], "h", allowzero=allowzero), node("Add", ["h", "c"])],
        shape,
        [tensor("s", target, np.int64), tensor("c", np.zeros(result or 1))],
    )
    if result is None:
        with pytest.raises(ExactReluError, match=r"a shape for the 6 entries of \[2, 3\]"):
            read(model)
    else:
        assert read(model).outputs == np.prod(shape)


# old operator sets ----------------------------------------------------------------------------------


def test_before_opset_7_broadcasting_follows_the_axis(read):
    c = tensor("c", [1, 2])
    first = read(simple([node("Add", ["x", "c"], broadcast=1, axis=0)], (2, 2), [c], opset=6))
    assert first.layers[0].bias == (1, 1, 2, 2)
    last = read(simple([node("Add", ["x", "c"], broadcast=1)], (2, 2), [c], opset=6))
    assert last.layers[0].bias == (1, 2, 1, 2)


def test_before_opset_7_shapes_must_be_equal_without_broadcast(read):
    with pytest.raises(ExactReluError, match="equal shapes, as broadcast is 0"):
        read(simple([node("Add", ["x", "c"])], (2, 2), [tensor("c", [1, 2])], opset=6))
    with pytest.raises(ExactReluError, match="no attribute broadcast in opset 7"):
        read(simple([node("Add", ["x", "c"], broadcast=1)], (2, 2), [tensor("c", [1, 2])], opset=7))


def test_before_opset_7_gemm_adds_only_what_broadcast_allows(read):
    weights = [tensor("w", np.eye(2)), tensor("c", [1, 2])]
    model = simple([node("Gemm", ["x", "w", "c"], broadcast=1)], (1, 2), weights, opset=6)
    assert read(model).layers[0].bias == (1, 2)
    with pytest.raises(ExactReluError, match=r"a third input that broadcasts to \[1, 2\]"):
        read(simple([node("Gemm", ["x", "w", "c"])], (1, 2), weights, opset=6))


def test_before_opset_5_reshape_has_its_shape_as_an_attribute(read):
    assert read(simple([node("Reshape", ["x"], shape=[-1])], (2, 2), opset=4)).outputs == 4


@pytest.mark.parametrize(("opset", "options"), [(6, {"is_test": 1}), (7, {}), (10, {"ratio": 0.9}), (13, {})])
def test_dropout_at_inference_is_the_identity(opset, options, read):
    network = read(simple([node("Dropout", ["x"], **options)], opset=opset))
    assert network == Network.from_rationals([([[1, 0], [0, 1]], None)])


def test_dropout_before_opset_7_is_in_training_mode_unless_is_test_is_set(read):
    with pytest.raises(UnsupportedOperatorError, match="training mode, as is_test is 0"):
        read(simple([node("Dropout", ["x"])], opset=6))


def test_an_image_sized_input_is_read_without_a_square_matrix(read):
    size = 200_000
    rng = np.random.default_rng(0)
    weights = [tensor("m", [0.5]), tensor("s", [0.25]), tensor("w", rng.standard_normal((size, 3)))]
    nodes = [
        node("Sub", ["x", "m"], "a"),
        node("Div", ["a", "s"], "b"),
        node("Flatten", ["b"], "f"),
        node("MatMul", ["f", "w"], "h"),
        node("Relu", ["h"]),
    ]
    model = simple(nodes, (1, 2, size // 2), weights)
    # A square matrix of this size would be refused by the limits.
    assert read(model).widths == (size, 3, 3)
