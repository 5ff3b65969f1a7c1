"""Keras files: dense chains are the exact function of their arrays, everything else is refused by layer."""

from __future__ import annotations

import io
import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from exactrelu import load_network
from exactrelu.errors import ExactReluError, FormatError, UnsupportedOperatorError
from exactrelu.formats import hdf5_file
from tests.support.torch_archive import zip_of

F = Fraction
DATA = Path(__file__).parent / "data"  # saved by Keras 3.15; weights k/64, so that its float32 rounds nothing
COMPUTED = {
    (1, -2): F("-0.73371124267578125"),
    (-1, F(1, 2)): F("-0.40291881561279296875"),
    (2, 3): F("-0.1942882537841796875"),
}
W = [np.array([[1, 0.5, -2], [-1, 1, 1]]), np.array([[1.0], [2], [-1]])]
B = [np.array([0.25, -0.5, 0.125]), np.array([0.5])]


def dense(name, units, **more):
    return {
        "class_name": "Dense",
        "config": {"name": name, "units": units, "activation": "linear", "use_bias": True} | more,
    }


def layer(kind, **config):
    return {"class_name": kind, "config": {"name": kind.lower(), **config}}


INPUT = layer("InputLayer", batch_shape=[None, 2])
CHAIN = [INPUT, dense("hidden", 3, activation="relu"), dense("a_last", 1)]


def model(layers, kind="Sequential"):
    return json.dumps({"class_name": kind, "config": {"name": "m", "layers": layers}})


def arrays_of(layers):
    """Return the arrays of the dense layers with their names."""
    names = [entry["config"]["name"] for entry in layers if entry["class_name"] == "Dense"]
    return list(zip(names, W, B, strict=False))


def hdf5(write):
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        write(file)
    return stream.getvalue()


def keras_file(layers, kind="Sequential", spoil=None):
    def write(file):
        for i, (_, kernel, bias) in enumerate(arrays_of(layers)):
            group = f"layers/dense{f'_{i}' if i else ''}/vars"
            file[f"{group}/0"], file[f"{group}/1"] = kernel.astype("f4"), bias.astype("f4")
        if spoil is not None:
            spoil(file)

    return zip_of({"config.json": model(layers, kind).encode(), "model.weights.h5": hdf5(write)})


def h5_file(layers, kind="Sequential", spoil=None):
    def write(file):
        file.attrs["model_config"] = model(layers, kind)
        for name, kernel, bias in arrays_of(layers):
            group = file.create_group(f"model_weights/{name}")
            group.attrs["weight_names"] = [f"{name}/kernel:0", f"{name}/bias:0"]
            group[f"{name}/kernel:0"], group[f"{name}/bias:0"] = kernel.astype("f4"), bias.astype("f4")
        if spoil is not None:
            spoil(file)

    return hdf5(write)


WRITERS = {".keras": keras_file, ".h5": h5_file}
both = pytest.mark.parametrize("suffix", WRITERS)


@pytest.fixture
def read(tmp_path):
    def run(suffix, *args, **options):
        path = tmp_path / f"net{suffix}"
        path.write_bytes(WRITERS[suffix](*args, **options))
        return load_network(path)

    return run


@pytest.mark.parametrize("name", ["keras_3.keras", "keras_3.h5"])
def test_a_file_that_keras_saved_is_what_keras_computes(name):
    pytest.importorskip("h5py")
    network = load_network(DATA / name)
    assert network.widths == (2, 3, 2, 1)
    assert {x: network(x)[0] for x in COMPUTED} == COMPUTED
    assert [activation.slopes[0] for activation in network.activations] == [(0, 1), (F(1, 4), 1)]
    assert network.source == f"keras: {name}"


def first_layer(x):
    """Return the pre-activations of the first dense layer."""
    columns = zip(W[0].T, B[0], strict=True)
    return [
        sum((F(float(w)) * c for w, c in zip(column, x, strict=True)), F(float(b))) for column, b in columns
    ]


def last_layer(values):
    return (sum((F(float(w)) * v for w, v in zip(W[1][:, 0], values, strict=True)), F(1, 2)),)


@both
def test_layers_are_taken_in_the_order_of_the_description(suffix, read):
    network = read(suffix, CHAIN)
    for x in ((1, 2), (-3, F(1, 2)), (0, 0)):
        assert network(x) == last_layer([max(y, F(0)) for y in first_layer(x)])
    assert network.is_relu


@both
@pytest.mark.parametrize(
    ("unit", "function"),
    [
        (layer("ReLU"), lambda y: max(y, F(0))),
        (layer("ReLU", max_value=None, negative_slope=0.0, threshold=0.0), lambda y: max(y, F(0))),
        (layer("ReLU", max_value=1.5), lambda y: min(max(y, F(0)), F(3, 2))),
        (layer("ReLU", negative_slope=0.5), lambda y: y if y > 0 else y / 2),
        (layer("LeakyReLU", negative_slope=0.25), lambda y: y if y > 0 else y / 4),
        (layer("LeakyReLU", alpha=0.25), lambda y: y if y > 0 else y / 4),
        (layer("LeakyReLU", negative_slope=0.3), lambda y: y if y > 0 else y * F(float(np.float32(0.3)))),
        (layer("Activation", activation="relu"), lambda y: max(y, F(0))),
        (layer("Activation", activation="linear"), lambda y: y),
        (layer("Dropout", rate=0.5), lambda y: y),
        (layer("Flatten"), lambda y: y),
    ],
)
def test_units_between_dense_layers_are_what_their_description_says(unit, function, suffix, read):
    network = read(suffix, [INPUT, dense("one", 3), unit, dense("two", 1)])
    for x in ((1, 2), (-3, F(1, 2)), (0, 0), (F(-1, 8), 1)):
        assert network(x) == last_layer([function(y) for y in first_layer(x)])


@both
@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([INPUT, dense("one", 3, activation="tanh")], "not supported: activation tanh at layer one"),
        ([INPUT, dense("one", 3, activation={"class_name": "Custom"})], "activation Custom at layer one"),
        (
            [INPUT, dense("one", 3), layer("BatchNormalization")],
            "BatchNormalization at layer batchnormalization",
        ),
        ([INPUT, layer("ReLU"), dense("one", 3)], "ReLU at layer relu (before the first Dense)"),
        ([INPUT, dense("one", 3), layer("ReLU", threshold=1.0)], "its threshold is not 0"),
        (
            [INPUT, dense("one", 3), layer("ReLU", max_value=1, negative_slope=0.5)],
            "max_value with a slope below 0",
        ),
        (
            [INPUT, dense("one", 3), layer("LeakyReLU")],
            "layer leakyrelu: expected negative_slope or alpha, got 0",
        ),
        ([INPUT, dense("one", 3), layer("LeakyReLU", alpha="x")], "expected a number"),
        (
            [layer("InputLayer", batch_shape=[None, 4, 2]), dense("one", 3)],
            "Dense at layer one (its input has several axes)",
        ),
        ([INPUT], "expected at least one Dense layer, got none"),
        ([INPUT, {"class_name": "Flatten"}], "expected an object with the key 'config'"),
    ],
)
def test_other_layers_are_refused_by_name(layers, message, suffix, read):
    with pytest.raises((FormatError, UnsupportedOperatorError)) as caught:
        read(suffix, layers)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@both
def test_other_models_are_refused(suffix, read):
    with pytest.raises(
        UnsupportedOperatorError, match=r"Functional at the model \(only Sequential is read\)"
    ):
        read(suffix, CHAIN, "Functional")


KERNELS = {".keras": "layers/dense/vars/0", ".h5": "model_weights/hidden/hidden/kernel:0"}


@both
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((2, 2), "f4"), "layer hidden: bias: expected shape (2,)"),
        (np.zeros(3, "f4"), "expected shape (rows, columns)"),
        (np.full((2, 3), np.nan, "f4"), "kernel, transposed[0, 0]: expected a finite number"),
        (np.zeros((2, 3), "i4"), "expected floats of at most 64 bits, got int32"),
        (np.zeros((0, 3), "f4"), "expected positive dimensions"),
        (None, "expected an array, got none"),
    ],
)
def test_arrays_that_are_no_layers_are_refused_by_name(value, message, suffix, read):
    def spoil(file):
        del file[KERNELS[suffix]]
        if value is not None:
            file[KERNELS[suffix]] = value

    with pytest.raises(FormatError) as caught:
        read(suffix, CHAIN, spoil=spoil)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@both
def test_nothing_outside_of_the_file_is_read_and_nothing_enormous(suffix, read, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "secret.h5", "w") as other:
        other["kernel"] = np.ones((2, 3), "f4")

    def external_link(file):
        del file[KERNELS[suffix]]
        file[KERNELS[suffix]] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "kernel")

    def external_data(file):
        del file[KERNELS[suffix]]
        (tmp_path / "raw").write_bytes(bytes(24))
        file.create_dataset(KERNELS[suffix], (2, 3), "f4", external=[(str(tmp_path / "raw"), 0, 24)])

    def huge(file):
        del file[KERNELS[suffix]]
        file.create_dataset(KERNELS[suffix], (10**9, 10), "f4", chunks=(1000, 10), compression="gzip")

    for spoil, message in (
        (external_link, "a link that is not followed"),
        (external_data, "one that is stored elsewhere"),
        (huge, "expected at most 10000000 numbers in an array"),
    ):
        with pytest.raises(FormatError, match=message):
            read(suffix, CHAIN, spoil=spoil)


def test_files_that_are_none_are_refused_in_one_line(tmp_path):
    pytest.importorskip("h5py")
    weights_alone = hdf5(lambda file: file.create_group("model_weights"))
    for name, data, message in (
        ("net.h5", b"", "expected an HDF5 file, got none"),
        ("net.hdf5", b"\x89HDF\r\n\x1a\n" + bytes(100), "expected an HDF5 file, got a damaged one (OSError"),
        (
            "net.h5",
            weights_alone,
            "expected a whole model, with an attribute model_config, got weights alone",
        ),
        ("net.keras", b"", "expected a .keras file, a zip archive"),
        ("net.keras", zip_of({"config.json": b"{"}), "expected JSON"),
        ("net.keras", zip_of({"config.json": b"{}"}), "expected a member model.weights.h5, got none"),
        (
            "net.keras",
            zip_of({"config.json": b"{}", "model.weights.h5": b"x"}),
            "model.weights.h5: expected an HDF5",
        ),
        (
            "net.keras",
            zip_of({"config.json": b"[]", "model.weights.h5": weights_alone}),
            "the key 'class_name'",
        ),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ExactReluError) as caught:
            load_network(tmp_path / name)
        assert message in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_file_whose_reader_hangs_or_fails_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("h5py")
    for code, message in (
        ("import os; os.abort()", "a damaged one (signal 6)"),
        ("raise SystemExit('broken')", "a damaged one (broken)"),
        ("x = bytes(2**31)", "MemoryError"),
        ("while True: pass", "an HDF5 file"),
    ):
        limited = f"from exactrelu.formats import hdf5_worker as w; w.MOST_SECONDS = 1; w._limit(); {code}"
        if code.startswith("while"):
            limited = limited.replace("; while", "\nwhile")
        monkeypatch.setattr(hdf5_file, "_WORKER", limited)
        with pytest.raises(FormatError) as caught:
            load_network(DATA / "keras_3.h5")
        assert message in str(caught.value)
        assert str(caught.value).isprintable()


def test_groups_that_hold_themselves_are_refused(tmp_path):
    def loop(file):
        file["layers/again"] = file["layers"]

    path = tmp_path / "net.keras"
    path.write_bytes(keras_file(CHAIN, spoil=loop))
    with pytest.raises(FormatError, match="groups more than 10 deep"):
        load_network(path)


def test_without_h5py_the_line_says_what_to_install(exactrelu, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    for name in ("keras_3.keras", "keras_3.h5"):
        outcome = exactrelu("hash", str(DATA / name))
        assert outcome.is_refusal(
            name, "expected the library h5py, which reads HDF5, got none", "pip install exactrelu[keras]"
        )
