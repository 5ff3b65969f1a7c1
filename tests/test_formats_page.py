"""The page on formats says what the code does: each row of its tables is tried."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from scipy.io import savemat

import exactrelu
from exactrelu import Network, load_network
from exactrelu.cli import convert_command
from exactrelu.documents.network import write_network
from exactrelu.errors import ExactReluError, ReadingWarning
from exactrelu.formats import TENSOR_FILES, torch_modules
from exactrelu.formats.onnx.operators import OPERATORS
from exactrelu.formats.torch_modules import network_from_torch
from exactrelu.networks.activation import Activation
from tests.support.random_onnx import model_of
from tests.support.torch_archive import Tensor, archive_of, zip_of
from tests.test_arrays import Sequential
from tests.test_arrays import Tensor as TorchTensor
from tests.test_keras_files import INPUT, dense, keras_file

PAGE = (Path(exactrelu.__file__).resolve().parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
W, B = np.array([[0.5, 1], [2, 3], [4, 5]]), np.array([1.0, 2, 3])
V = np.array([[1.0, 2, 3]])
NETWORK = Network.from_rationals([([["1/2", 1], [2, 3], [4, 5]], [1, 2, 3]), ([[1, 2, 3]], None)])


def rows(heading):
    """Return the rows of the first table under a heading, each a list of cells."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def code(cell):
    """Return what stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def saved(write, *args, **options):
    stream = io.BytesIO()
    write(stream, *args, **options)
    return stream.getvalue()


def cells(*values):
    result = np.empty((1, len(values)), dtype=object)
    for i, value in enumerate(values):
        result[0, i] = value
    return result


def safetensors(tensors=None, kind="F64"):
    header, body = {}, b""
    for name, array in (tensors or {"a0.weight": W, "a0.bias": B, "a1.weight": V}).items():
        offsets = [len(body), len(body) + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        body += array.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def state():
    return archive_of(OrderedDict({"0.weight": Tensor(W), "0.bias": Tensor(B), "2.weight": Tensor(V)}))


# files ------------------------------------------------------------------------------------------------


def test_every_suffix_that_is_read_is_on_the_page_and_read(tmp_path):
    suffixes = [suffix for row in rows("Files of networks") for suffix in code(row[0])]
    assert sorted(suffixes) == sorted([".json", ".onnx", ".onnx.gz", ".nnet", *TENSOR_FILES])
    files = {
        ".pt": state(),
        ".pth": state(),
        ".safetensors": safetensors(),
        ".npz": saved(np.savez, W0=W, W1=V, b0=B, b1=np.zeros(1)),
        ".mat": saved(savemat, {"W": cells(W, V), "b": cells(B, np.zeros(1))}),
    }
    for suffix, data in files.items():
        path = tmp_path / f"net{suffix}"
        path.write_bytes(data)
        with pytest.warns(ReadingWarning, match="ReLU is taken after each layer but the last"):
            assert load_network(path) == NETWORK
        assert (
            "likewise" in dict_of("Files of networks")[suffix]
            or "with a note" in dict_of("Files of networks")[suffix]
        )


def dict_of(heading):
    return {name: row[-1] for row in rows(heading) for name in code(row[0])}


# ONNX -------------------------------------------------------------------------------------------------


def test_the_operators_on_the_page_are_those_of_the_code():
    refused = [name for row in second_rows("ONNX graphs") for name in code(row[0])]
    first = rows("ONNX graphs")[: -len(refused) - 2]
    named = [name for row in first for name in code(row[0])]
    assert len(set(named)) == len(named)
    assert set(named) | {"Sign"} == set(OPERATORS)
    assert "Sign" in refused


def second_rows(heading):
    """Return the rows of the second table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = section.split("| refused |")[1]
    lines = [line for line in table.splitlines()[1:] if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[1:]]


ONES = helper.make_tensor("ones", TensorProto.FLOAT, [2], [1, 1])
KERNEL = helper.make_tensor("kernel", TensorProto.FLOAT, [1, 1, 2], [1, 1])
NAN = helper.make_tensor("nan", TensorProto.FLOAT, [1], [float("nan")])
YES = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
TWO_WORDS = helper.make_tensor("image", TensorProto.INT64, [3], [1, 1, 2])
REFUSED_NODES = {
    "Sign": (["x"], {}),
    "Sigmoid": (["x"], {}),
    "Mul": (["x", "x"], {}),
    "Div": (["ones", "x"], {}),
    "BatchNormalization": (["x", *["ones"] * 4], {}),
    "Dropout": (["x", "", "yes"], {}),
    "Cast": (["x"], {"to": TensorProto.FLOAT16}),
    "QuantizeLinear": (["x", "ones"], {}),
    "Gather": (["ones", "x"], {}),
    "MaxPool": (["x3"], {"kernel_shape": [1]}),
    "ConvTranspose": (["x3", "kernel"], {"output_shape": [2]}),
    "Add": (["x", "nan"], {}),
}


@pytest.mark.parametrize("row", second_rows("ONNX graphs"), ids=lambda row: row[0])
def test_a_node_is_refused_as_the_page_says(row, tmp_path):
    (operator,), (message,) = code(row[0]), code(row[1])
    inputs, attributes = REFUSED_NODES[operator]
    outputs = ["h", "y"] if operator == "MaxPool" else ["y"]
    nodes = [
        helper.make_node("Reshape", ["x", "image"], ["x3"]),
        helper.make_node(operator, inputs, outputs, **attributes),
    ]
    constants = [ONES, KERNEL, NAN, YES, TWO_WORDS]
    values = [("x", TensorProto.FLOAT, [1, 2])], [("y", TensorProto.FLOAT, None)]
    path = tmp_path / "net.onnx"
    path.write_bytes(model_of(nodes, *values, constants).SerializeToString())
    with pytest.raises(ExactReluError) as caught:
        load_network(path)
    assert message in str(caught.value)


# NNet -------------------------------------------------------------------------------------------------


def outcome(path, normalization):
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        try:
            network = load_network(path, nnet_normalization=normalization)
        except ExactReluError:
            return "refused"
    assert network((6,)) == (Fraction(13, 4),)
    return "note" if notes else "read"


@pytest.mark.parametrize("row", rows("NNet headers"), ids=lambda row: row[0])
def test_a_header_is_read_noted_or_refused_as_the_page_says(row, tmp_path):
    path = tmp_path / "net.nnet"
    (header,) = code(row[0])
    path.write_text("\n".join([*header.split("; "), "0.5", "0.25", ""]), encoding="utf-8")
    assert [outcome(path, "stored"), outcome(path, "folded")] == row[1:3]


# tensors ----------------------------------------------------------------------------------------------

PICKLE = b"\x80\x02ctorch.nn.modules.linear\nLinear\nq\x00)R."
HUGE = b'{"a.weight":{"dtype":"F64","shape":[1000000000,1],"data_offsets":[0,8]}}'
REFUSED = {
    "a whole module in a pickle": ("net.pt", zip_of({"a/data.pkl": PICKLE})),
    "convolutions, normalisations": ("net.pt", archive_of({"c.weight": Tensor(np.zeros((1, 1, 3, 3)))})),
    "two orders that fit": ("net.safetensors", safetensors({"x.weight": np.eye(2), "y.weight": np.eye(2)})),
    "square weights in an `.npz` without numbers that tell": (
        "net.npz",
        saved(np.savez, W=np.eye(2), b=np.zeros(2)),
    ),
    "Python objects in an `.npz`": ("net.npz", saved(np.savez, W=np.array([[None]]))),
    "NaN, infinity": ("net.npz", saved(np.savez, W=W * np.nan, b=B)),
    "float8": ("net.safetensors", safetensors(kind="F8_E5M2")),
    "MATLAB 7.3": ("net.mat", b"MATLAB 7.3 MAT-file".ljust(512)),
    "another activation in a `.mat`": (
        "net.mat",
        saved(savemat, {"W": cells(W), "b": cells(B), "act_fcns": cells("tansig")}),
    ),
    "another activation in a `.keras`": (
        "net.keras",
        lambda: keras_file([INPUT, dense("one", 3, activation="tanh")]),  # skips without h5py
    ),
    "a functional Keras model": ("net.keras", lambda: keras_file([INPUT], "Functional")),
    "10^9 declared numbers": ("net.safetensors", len(HUGE).to_bytes(8, "little") + HUGE + bytes(8)),
}


@pytest.mark.parametrize("row", rows("Files of tensors"), ids=lambda row: row[0])
def test_what_the_page_refuses_is_refused_with_its_message(row, tmp_path):
    name, data = REFUSED[row[0]]
    (tmp_path / name).write_bytes(data() if callable(data) else data)
    with pytest.raises(ExactReluError) as caught:
        load_network(tmp_path / name)
    (message,) = code(row[1])
    assert message in str(caught.value)


def test_every_refusal_that_is_tried_is_on_the_page():
    assert {row[0] for row in rows("Files of tensors")} == set(REFUSED)


# modules, and what is written ------------------------------------------------------------------------------

SETTINGS = {
    "training": False, "negative_slope": 0.25, "min_val": -1.0, "max_val": 1.0, "eps": 0.0, "stride": 1,
    "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0, "kernel_size": 1, "output_size": 1,
    "ceil_mode": False,
    "return_indices": False, "count_include_pad": True, "bias": None, "running_mean": TorchTensor([0.0]),
    "running_var": TorchTensor([1.0]),
}  # fmt: skip


def test_every_module_of_the_page_is_read_and_no_other():
    names = [name for row in rows("PyTorch modules") for name in code(row[0])]
    assert sorted(names) == sorted({*torch_modules._APPLIED, *torch_modules._NOTHING})
    for name in names:
        rank = int(name[-2]) if name[-2:] in ("1d", "2d", "3d") and "Dropout" not in name else 0
        axes = [1] * (rank + 1) if name.startswith("Conv") else [1] if name == "Linear" else []
        module = type(name, (), {})()
        vars(module).update(SETTINGS, weight=TorchTensor(np.ones((1, *axes))))
        rank = 0 if name == "BatchNorm1d" else rank
        network_from_torch(Sequential([module]), input_shape=(1, *[2] * rank))


def test_convert_writes_what_the_page_says(exactrelu):
    third = Network.from_rationals([([["1/3"]], None)])
    steep = Network.from_rationals([([["1/2"]], None), ([[1]], None)], activations=[Activation.of([(0, 2)])])
    leaky = Network.from_rationals([([["1/2"]], None), ([[1]], None)], activations=[Activation.of([(-1, 1)])])
    table = rows("What `convert` writes")
    assert [code(row[0])[0] for row in table] == list(convert_command._KINDS)
    for suffix, numbers, units, back in table:
        out = str(exactrelu.folder / f"out{code(suffix)[0]}")
        for network, is_written in (
            (third, numbers == "all rationals"),
            (steep, units == "all"),
            (leaky, units != "ReLU"),
        ):
            write_network(network, exactrelu.folder / "net.json")
            assert (
                exactrelu("convert", str(exactrelu.folder / "net.json"), "-o", out).status == 0
            ) is is_written
        refusal = exactrelu("hash", out) if back == "no" else None
        assert refusal is None or refusal.is_refusal("a name ending in")
