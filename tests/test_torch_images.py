"""PyTorch modules on images: what ONNX's reference computes from their operators, to the last bit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from exactrelu.errors import (
    ArgumentError,
    ExactReluError,
    FormatError,
    NetworkError,
    UnsupportedOperatorError,
)
from exactrelu.formats.batchnorm import FOLDED_IN_FLOAT32
from exactrelu.formats.torch_modules import network_from_torch
from tests.support.random_onnx import model_of
from tests.test_arrays import Linear, Sequential, Tensor
from tests.test_torch_units import named

F = Fraction


def dyadic(rng, *shape):
    """Return numbers k/8 of few bits: float64 rounds nothing that is computed from them here."""
    return rng.integers(-16, 17, shape) / 8


def conv(rng, inner, outer, kernel, kind="Conv2d", **more):
    """Return a convolution module and its ONNX node."""
    settings = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros"} | more
    groups, rank = settings["groups"], len(kernel)
    shape = (inner, outer // groups) if "Transpose" in kind else (outer, inner // groups)
    weight, bias = dyadic(rng, *shape, *kernel), dyadic(rng, outer)
    made = named(kind, weight=Tensor(weight, "float64"), bias=Tensor(bias, "float64"), **settings)
    both = {
        name: [settings[name]] * rank if isinstance(settings[name], int) else list(settings[name])
        for name in ("stride", "dilation")
    }
    attributes = {"strides": both["stride"], "dilations": both["dilation"], "group": groups}
    if isinstance(settings["padding"], str):
        attributes["auto_pad"] = "SAME_UPPER" if settings["padding"] == "same" else "VALID"
    else:
        pads = settings["padding"]
        attributes["pads"] = 2 * ([pads] * rank if isinstance(pads, int) else list(pads))
    if "Transpose" in kind:
        attributes["output_padding"] = [settings["output_padding"]] * rank
    return made, ("ConvTranspose" if "Transpose" in kind else "Conv", [weight, bias], attributes)


def pool(kind, kernel, **more):
    settings = {"stride": None, "padding": 0, "ceil_mode": False, "dilation": 1, "return_indices": False}
    settings |= {"count_include_pad": True, "divisor_override": None, "kernel_size": kernel} | more
    rank = int(kind[-2])
    lengths = [kernel] * rank if isinstance(kernel, int) else list(kernel)
    attributes = {
        "kernel_shape": lengths,
        "strides": lengths if settings["stride"] is None else [settings["stride"]] * rank,
        "pads": [settings["padding"]] * 2 * rank,
        "ceil_mode": int(settings["ceil_mode"]),
    }
    if kind.startswith("Avg"):
        attributes["count_include_pad"] = int(settings["count_include_pad"])
    else:
        attributes["dilations"] = [settings["dilation"]] * rank
    return named(kind, **settings), ("MaxPool" if kind.startswith("Max") else "AveragePool", [], attributes)


def norm(rng, channels, kind="BatchNorm2d"):
    """Return a BatchNorm whose roots of var + eps are 1/2, 1, 2, ..."""
    variance = 4.0 ** (np.arange(channels) - 1) - 0.125
    parts = [dyadic(rng, channels) for _ in range(3)] + [variance]
    tensors = [Tensor(part, "float64") for part in parts]
    names = ("weight", "bias", "running_mean", "running_var")
    made = named(kind, eps=0.125, training=False, **dict(zip(names, tensors, strict=True)))
    return made, ("BatchNormalization", parts, {"epsilon": 0.125})


def plain(kind, operator=None, attributes=None, **settings):
    return named(kind, **settings), (operator or kind, [], attributes or {})


def reference(parts, shape):
    """Return ONNX's reference evaluator of the nodes, in float64."""
    nodes, constants, current = [], [], "x"
    for i, (_, (operator, arrays, attributes)) in enumerate(parts):
        names = [f"c{i}_{j}" for j in range(len(arrays))]
        constants += [
            numpy_helper.from_array(np.asarray(a, np.float64), n) for a, n in zip(arrays, names, strict=True)
        ]
        nodes.append(helper.make_node(operator, [current, *names], [f"t{i}"], **attributes))
        current = f"t{i}"
    ends = [("x", TensorProto.DOUBLE, [1, *shape])], [(current, TensorProto.DOUBLE, None)]
    return ReferenceEvaluator(model_of(nodes, *ends, constants))


RNG = np.random.default_rng(4)
RELU, FLATTEN = plain("ReLU", "Relu"), plain("Flatten")
CASES = {
    "strides, pads, dilations": (
        (2, 5, 6),
        [conv(RNG, 2, 3, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)), RELU, FLATTEN],
    ),
    "groups": ((4, 3, 3), [conv(RNG, 4, 2, (2, 2), groups=2), RELU, conv(RNG, 2, 2, (2, 2), groups=2)]),
    "same padding": ((1, 4, 4), [conv(RNG, 1, 2, (2, 3), padding="same"), RELU]),
    "valid padding": ((1, 3, 3), [conv(RNG, 1, 2, (2, 2), padding="valid")]),
    "one axis": ((2, 6), [conv(RNG, 2, 2, (3,), "Conv1d", padding=1), RELU, pool("MaxPool1d", 2)]),
    "three axes": ((1, 2, 3, 2), [conv(RNG, 1, 2, (2, 2, 2), "Conv3d"), RELU]),
    "transposed": (
        (2, 2, 3),
        [conv(RNG, 2, 3, (2, 2), "ConvTranspose2d", stride=2, padding=1, output_padding=1), RELU],
    ),
    "largest": ((1, 4, 5), [pool("MaxPool2d", 2), RELU]),
    "largest, overlapping and padded": ((1, 4, 4), [pool("MaxPool2d", (3, 2), stride=2, padding=1)]),
    "largest, ceil": ((1, 5, 5), [pool("MaxPool2d", 2, ceil_mode=True)]),
    "mean": ((2, 4, 4), [pool("AvgPool2d", 2), RELU]),
    "mean, padding counted": ((1, 4, 4), [pool("AvgPool2d", 2, padding=1)]),
    "mean, padding not counted": ((1, 4, 4), [pool("AvgPool2d", 2, padding=1, count_include_pad=False)]),
    "mean of all": ((2, 2, 2), [plain("AdaptiveAvgPool2d", "GlobalAveragePool", output_size=1), FLATTEN]),
    "largest of all": ((2, 2, 2), [plain("AdaptiveMaxPool2d", "GlobalMaxPool", output_size=(1, 1)), FLATTEN]),
    "normalisation": ((3, 2, 2), [norm(RNG, 3), RELU, conv(RNG, 3, 2, (2, 2)), norm(RNG, 2), RELU]),
    "normalisation of a vector": ((3,), [norm(RNG, 3, "BatchNorm1d"), RELU]),
    "slopes of channels": ((2, 2, 2), [plain("PReLU", "PRelu", weight=Tensor([0.25, -0.5], "float64"))]),
    "bounds": ((1, 2, 2), [plain("LeakyReLU", "LeakyRelu", {"alpha": 0.25}, negative_slope=0.25)]),
}
CASES["slopes of channels"][1][0][1][1].append(np.array([0.25, -0.5]).reshape(2, 1, 1))


@pytest.mark.parametrize("case", CASES)
def test_modules_on_images_are_the_operators_of_onnx(case):
    shape, parts = CASES[case]
    module = Sequential([made for made, _ in parts])
    # without a parameter the type is float32, which has all these numbers too
    network = network_from_torch(module, input_shape=shape)
    evaluator = reference(parts, shape)
    rng = np.random.default_rng(8)
    for _ in range(5):
        x = dyadic(rng, 1, *shape)
        (expected,) = evaluator.run(None, {"x": x})
        found = network([F(float(c)) for c in x.ravel()])
        assert [float(y) for y in found] == expected.ravel().tolist()


def test_an_image_before_a_linear_layer_is_flattened_row_by_row():
    rng = np.random.default_rng(6)
    convolution, _ = conv(rng, 1, 2, (2, 2))
    linear = Linear(dyadic(rng, 2, 8), dyadic(rng, 2), "float64")
    network = network_from_torch(
        Sequential([convolution, named("ReLU"), named("Flatten"), linear]), input_shape=(1, 3, 3)
    )
    x = [F(k, 4) for k in (3, -1, 2, 0, 5, -4, 1, -2, 6)]
    weight, bias = convolution.weight.numpy(), convolution.bias.numpy()
    image = np.array(x, dtype=object).reshape(3, 3)
    hidden = [
        max(
            sum(F(float(weight[c, 0, a, b])) * image[i + a, j + b] for a in range(2) for b in range(2))
            + F(float(bias[c])),
            F(0),
        )
        for c in range(2)
        for i in range(2)
        for j in range(2)
    ]
    rows = zip(linear.weight.numpy(), linear.bias.numpy(), strict=True)
    assert network(x) == tuple(
        sum(F(float(w)) * h for w, h in zip(row, hidden, strict=True)) + F(float(s)) for row, s in rows
    )


# normalisation -----------------------------------------------------------------------------------------


def single_norm(eps=1e-5, dtype="float32", **more):
    parts = {
        "weight": [1.5, -0.75],
        "bias": [0.1, 0.2],
        "running_mean": [0.3, -1],
        "running_var": [0.7, 2.5],
    } | more
    tensors = {name: value if value is None else Tensor(value, dtype) for name, value in parts.items()}
    return named("BatchNorm1d", eps=eps, training=False, **tensors)


def test_batchnorm_is_refused_where_its_roots_are_irrational_and_folded_in_float32_on_request():
    module = Sequential([Linear([[1, 2], [3, 4]]), single_norm()])
    with pytest.raises(
        UnsupportedOperatorError, match=r"BatchNorm1d at position 1 .*square root that is not rational"
    ):
        network_from_torch(module)
    network = network_from_torch(module, batchnorm="float32")
    f = np.float32
    scale = np.array([1.5, -0.75], f) / np.sqrt(np.array([0.7, 2.5], f) + f(1e-5))
    shift = np.array([0.1, 0.2], f) - np.array([0.3, -1], f) * scale
    ys = (F(1) + 2 * F(-3), 3 * F(1) + 4 * F(-3))
    assert network((1, -3)) == tuple(
        F(float(a)) * y + F(float(b)) for a, y, b in zip(scale, ys, shift, strict=True)
    )
    assert network.source == f"torch{FOLDED_IN_FLOAT32}"
    with pytest.raises(ArgumentError, match="batchnorm: expected exact or float32, got 'float16'"):
        network_from_torch(module, batchnorm="float16")


def test_batchnorm_without_parameters_of_its_own_only_centres_and_scales():
    module = single_norm(0.0, weight=None, bias=None, running_mean=[1, 2], running_var=[0.25, 4])
    network = network_from_torch(module, input_shape=2)
    assert network((2, 5)) == (2, F(3, 2))
    assert network.source == "torch"


# refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "shape", "error", "message"),
    [
        (
            conv(RNG, 1, 1, (2, 2))[0],
            None,
            NetworkError,
            "input_shape: expected the shape of an input for Conv2d",
        ),
        (conv(RNG, 1, 1, (2, 2))[0], (1, 0, 2), NetworkError, "input_shape: expected positive lengths"),
        (
            conv(RNG, 1, 1, (2, 2))[0],
            (1, 4),
            NetworkError,
            "position 0: expected an input of 3 axes for Conv2d, got shape",
        ),
        (
            conv(RNG, 1, 1, (2, 2))[0],
            (2, 4, 4),
            FormatError,
            "Conv2d at position 0: expected weights that fit",
        ),
        (
            conv(RNG, 1, 1, (5, 5))[0],
            (1, 4, 4),
            FormatError,
            "Conv2d at position 0: expected a kernel that fits axis 2",
        ),
        (conv(RNG, 1, 1, (2, 2), stride=-1)[0], (1, 4, 4), FormatError, "expected 2 positive strides"),
        (conv(RNG, 1, 1, (2, 2), padding=-1)[0], (1, 4, 4), FormatError, "expected 4 pads, none negative"),
        (
            conv(RNG, 1, 1, (2, 2), padding_mode="reflect")[0],
            (1, 4, 4),
            UnsupportedOperatorError,
            "padding_mode reflect",
        ),
        (
            pool("MaxPool2d", 2, return_indices=True)[0],
            (1, 4, 4),
            UnsupportedOperatorError,
            "return_indices is set",
        ),
        (
            pool("AvgPool2d", 2, divisor_override=3)[0],
            (1, 4, 4),
            UnsupportedOperatorError,
            "divisor_override is set",
        ),
        (
            named("AdaptiveAvgPool2d", output_size=2),
            (1, 4, 4),
            UnsupportedOperatorError,
            "output_size 2, other than 1",
        ),
        (named("BatchNorm1d", training=True), (2,), UnsupportedOperatorError, "training mode"),
        (single_norm(running_var=None), (2,), UnsupportedOperatorError, "no running mean and variance"),
        (single_norm(running_var=[-1, 1]), (2,), FormatError, "expected a positive variance"),
        (single_norm(), (3,), FormatError, r"expected a scale of shape \[3\], got \[2\]"),
        (named("Upsample"), (1, 2, 2), UnsupportedOperatorError, "Upsample at position 0"),
        (named("ReLU"), (10**5, 10**5), ExactReluError, "expected at most 10000000 numbers"),
    ],
)
def test_what_has_no_meaning_is_refused_by_position(module, shape, error, message):
    with pytest.raises(error, match=message) as caught:
        network_from_torch(Sequential([module]), input_shape=shape)
    assert isinstance(caught.value, ExactReluError)
