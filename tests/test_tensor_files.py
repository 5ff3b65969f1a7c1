"""Files of tensors: the exact numbers, in the one certain order, or refused by name in one line."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import zipfile
from collections import OrderedDict
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from exactrelu import load_network
from exactrelu.errors import ExactReluError, FormatError, ReadingWarning, UnsupportedOperatorError
from exactrelu.formats.arrays import network_from_arrays
from exactrelu.formats.inert_pickle import Reader, read_pickle
from tests.support.torch_archive import Parameter, Storage, Tensor, archive_of, old_file_of, zip_of

RNG = np.random.default_rng(11)
LAYERS = [
    (RNG.standard_normal((3, 2)), RNG.standard_normal(3)),
    (RNG.standard_normal((1, 3)), RNG.standard_normal(1)),
]
DTYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]
ASSUMED = "says nothing of activations: ReLU is taken after each layer but the last"
pytestmark = pytest.mark.filterwarnings("ignore::exactrelu.errors.ReadingWarning")


def of(dtype):
    """Return the layers in a type, and the network that they are."""
    layers = [(w.astype(dtype), b.astype(dtype)) for w, b in LAYERS]
    return layers, network_from_arrays([(w.astype(np.float64), b.astype(np.float64)) for w, b in layers])


def state(layers, names=("0", "2"), kind=Tensor):
    return OrderedDict(
        entry
        for name, (w, b) in zip(names, layers, strict=True)
        for entry in ((f"{name}.weight", kind(w)), (f"{name}.bias", kind(b)))
    )


def safetensors(tensors, *, metadata=None, change=None, tail=b""):
    """Return the bytes of a safetensors file; ``change`` may spoil the header."""
    names = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64"}
    header, body = ({} if metadata is None else {"__metadata__": metadata}), b""
    for name, array in sorted(tensors.items()):
        offsets = [len(body), len(body) + array.nbytes]
        header[name] = {"dtype": names[array.dtype.name], "shape": list(array.shape), "data_offsets": offsets}
        body += array.tobytes()
    if change is not None:
        change(header)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body + tail


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def flat(layers, names=("fc1", "fc2")):
    pairs = zip(names, layers, strict=True)
    return {
        f"{name}.{role}": array
        for name, pair in pairs
        for role, array in zip(("weight", "bias"), pair, strict=True)
    }


@pytest.fixture
def written(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


# what is read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)
def test_every_float_type_has_its_exact_value(dtype, written):
    layers, network = of(dtype)
    assert load_network(written("net.pt", archive_of(state(layers)))) == network
    assert load_network(written("net.safetensors", safetensors(flat(layers)))) == network
    if dtype is not ml_dtypes.bfloat16:
        assert (
            load_network(
                written("net.npz", npz(W1=layers[0][0], b1=layers[0][1], W2=layers[1][0], b2=layers[1][1]))
            )
            == network
        )


@pytest.mark.parametrize("name", ["net.pt", "net.safetensors", "net.npz"])
def test_a_file_of_two_layers_says_that_relu_is_assumed(name, written):
    layers, _ = of(np.float32)
    data = {
        "net.pt": archive_of(state(layers)),
        "net.safetensors": safetensors(flat(layers)),
        "net.npz": npz(a=layers[0][0], b=layers[0][1], c=layers[1][0], d=layers[1][1]),
    }[name]
    path = written(name, data)
    with pytest.warns(ReadingWarning) as notes:
        load_network(path)
    (note,) = notes
    assert str(note.message).startswith(f"{path}: ")
    assert str(note.message).endswith(ASSUMED)


def test_the_command_answers_and_says_it_on_stderr(exactrelu):
    layers, network = of(np.float32)
    path = exactrelu.file("net.pth", archive_of(state(layers)))
    outcome = exactrelu("hash", path)
    assert outcome.out.strip() == network.digest
    assert outcome.err == f"exactrelu: note: {path}: torch state_dict {ASSUMED}\n"


@pytest.mark.filterwarnings("error")
def test_one_layer_leaves_nothing_to_assume(written):
    (weight, bias), _ = of(np.float64)[0]
    expected = network_from_arrays([(weight, bias)])
    assert (
        load_network(written("net.pt", archive_of(OrderedDict(weight=Tensor(weight), bias=Tensor(bias)))))
        == expected
    )
    assert load_network(written("net.npz", npz(W=weight, b=bias))) == expected
    assert load_network(written("net.safetensors", safetensors({"weight": weight, "bias": bias}))) == expected


def test_parameters_wrapped_states_and_any_folder_are_the_same(written):
    layers, network = of(np.float32)
    for value in (
        state(layers, kind=Parameter),
        {"state_dict": state(layers), "epoch": 7},
        {"model_state_dict": dict(state(layers)), "loss": 0.5, "notes": [1, (2, "x"), None, True]},
    ):
        assert load_network(written("net.pt", archive_of(value, folder="some/where"))) == network


def test_files_from_before_pytorch_1_6_are_the_same(written):
    layers, network = of(np.float32)
    for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
        assert load_network(written("net.pt", old_file_of(state(layers), order=order))) == network
    assert load_network(written("net.pth", old_file_of({"state_dict": state(layers)}))) == network


def test_a_transposed_view_of_a_shared_storage_is_read_by_its_strides(written):
    storage = Storage(np.arange(10, dtype=np.float32))
    weight = Tensor(None, strides=(1, 3), offset=1, shape=(3, 2), storage=storage)
    bias = Tensor(None, strides=(2,), offset=4, shape=(3,), storage=storage)
    path = written("net.pt", archive_of({"fc.weight": weight, "fc.bias": bias}))
    assert load_network(path) == network_from_arrays(
        [(np.array([[1, 4], [2, 5], [3, 6]]), np.array([4, 6, 8]))]
    )


def test_layers_are_taken_by_their_numbers_and_not_by_their_letters(written):
    chain = [(RNG.standard_normal((2, 2)), None) for _ in range(11)]
    expected = network_from_arrays(chain)
    tensors = {f"fc{i}.weight": w for i, (w, _) in enumerate(chain, start=1)}
    assert load_network(written("net.safetensors", safetensors(tensors))) == expected
    backwards = OrderedDict((name, Tensor(w)) for name, w in reversed(tensors.items()))
    assert load_network(written("net.pt", archive_of(backwards))) == expected


def test_names_in_words_are_in_the_order_of_the_module_or_of_the_only_chain(written):
    layers, network = of(np.float32)
    words = ("hidden", "a_last")
    assert load_network(written("net.pt", archive_of(state(layers, words)))) == network
    assert (
        load_network(written("net.safetensors", safetensors(flat(layers, words), metadata={"format": "pt"})))
        == network
    )


def test_npz_weights_may_stand_the_other_way_round_if_only_that_fits(written):
    layers, network = of(np.float64)
    turned = npz(arr_0=layers[0][0].T, arr_1=layers[0][1], arr_2=layers[1][0].T, arr_3=layers[1][1])
    assert load_network(written("net.npz", turned)) == network
    by_columns = npz(W0=np.asfortranarray(layers[0][0]), W1=layers[1][0], b0=layers[0][1], b1=layers[1][1])
    assert load_network(written("net.npz", by_columns)) == network
    compressed = io.BytesIO()
    np.savez_compressed(compressed, W0=layers[0][0], b0=layers[0][1], W1=layers[1][0], b1=layers[1][1])
    assert load_network(written("net.npz", compressed.getvalue())) == network
    integers = npz(W=np.array([[1, -2]], dtype=np.int8), b=np.array([3], dtype=np.uint64))
    assert load_network(written("net.npz", integers)) == network_from_arrays(
        [(np.array([[1, -2]]), np.array([3]))]
    )
    swapped = npz(w=np.array([[0.5, 2]]).astype(">f4"), b=np.array([1.0]))
    assert load_network(written("net.npz", swapped))((1, 1)) == (Fraction(7, 2),)


# what is refused --------------------------------------------------------------------------------------------

W, B = LAYERS[0][0].astype(np.float32), LAYERS[0][1].astype(np.float32)
V = LAYERS[1][0].astype(np.float32)
NAN = np.array([[1, 2], [3, np.nan], [0, 0]], dtype=np.float32)


TRACE = "a-folder-that-a-pickle-made"


class Evil:
    """What makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (TRACE,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Evil(), "not supported: posix.mkdir at data.pkl"),
        ({"fc.weight": Evil()}, "not supported: posix.mkdir at data.pkl"),
        ([1, 2], "data.pkl: expected a dictionary of tensors by name, got list"),
        ({"fc.weight": 3}, "fc.weight: expected a tensor, got int"),
        ({"epoch": 3, "optimizer": {}}, "epoch: expected a tensor, got int"),
        ({}, "expected a tensor whose name ends in .weight, got no tensor"),
        (
            {"conv.weight": Tensor(np.zeros((2, 1, 3, 3), np.float32))},
            "a weight of shape [2, 1, 3, 3] at conv.weight",
        ),
        ({"a.weight": Tensor(W), "a.running_mean": Tensor(B)}, "belongs to no layer at a.running_mean"),
        ({"a.weight": Tensor(W), "c.bias": Tensor(B)}, "belongs to no layer at c.bias"),
        ({"a.weight": Tensor(NAN)}, "a.weight[1, 1]: expected a finite number, got nan"),
        ({"a.weight": Tensor(W), "a.bias": Tensor(B[:2])}, "a.bias: expected shape (3,)"),
        ({"a.weight": Tensor(V), "b.weight": Tensor(W)}, "b.weight: expected shape (rows, 1)"),
        ({"a.weight": Tensor(W, shape=(3, 0))}, "a.weight: expected positive dimensions"),
        ({"a.weight": Tensor(W, shape=(10**9, 10))}, "a.weight: expected at most 10000000 numbers"),
        (
            {"a.weight": Tensor(W, shape=(30, 2))},
            "a.weight: expected shape and strides inside a storage of 6",
        ),
        (
            {"a.weight": Tensor(W, strides=(2, 2))},
            "a.weight: expected shape and strides inside a storage of 6",
        ),
        ({"a.weight": Tensor(W, offset=1)}, "the last number at 6"),
        ({"a.weight": Tensor(W, strides=(-2, 1))}, "TypeError"),
        ({"a.weight": Tensor(W, strides=(1,))}, "expected shape and strides inside"),
    ],
)
def test_a_torch_file_of_anything_else_is_refused_and_nothing_of_it_runs(
    value, message, written, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    path = written("net.pt", archive_of(value))
    with pytest.raises((FormatError, UnsupportedOperatorError)) as caught:
        load_network(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert not (tmp_path / TRACE).exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected a file of torch.save, a zip archive or five pickles, got none"),
        (b"\x80\x02K\x01.", "expected a file of torch.save, a zip archive or five pickles, got none"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "pickle 1: expected a pickle"),
        (
            old_file_of({"a.weight": Tensor(W)}, version=1000),
            "expected the magic number of torch.save and version",
        ),
        (old_file_of({"a.weight": Tensor(W)}, little=False), "pickle 2: expected little_endian"),
        (old_file_of({"a.weight": Tensor(W)}, order=[]), "pickle 4: expected the keys of the storages"),
        (old_file_of({"a.weight": Tensor(W)}, order=[0, 0]), "pickle 4: expected the keys of the storages"),
        (old_file_of({"a.weight": Tensor(W)})[:-1], "storage 0: expected 6 numbers of 4 bytes, got 23 bytes"),
        (old_file_of(Evil()), "not supported: posix.mkdir at pickle 3"),
        (zip_of({"a/version": b"3"}), "expected one member data.pkl, got 0"),
        (zip_of({"a/data.pkl": b"x", "b/data.pkl": b"x"}), "expected one member data.pkl, got 2"),
        (zip_of({"a/data.pkl": b"no pickle"}), "data.pkl: expected a pickle of plain data"),
        (zip_of({"a/data.pkl": b"\x80\x02}q\x00"}), "data.pkl: expected a pickle of plain data"),
        (zip_of({"a/data.pkl": b"\x80\x02r\xff\xff\xff\xff."}), "data.pkl: expected a pickle of plain data"),
        (zip_of({"a/data.pkl": pickle.dumps({1, 2})}), "not supported: pickle instruction EMPTY_SET"),
        (zip_of({"a/data.pkl": b"(dp0\n."}), "not supported: pickle instruction DICT"),
        (archive_of({"a.weight": Tensor(W)}, byteorder=b"big"), "archive/byteorder: expected little"),
        (archive_of({"a.weight": Tensor(W)}).replace(b"data/0", b"data/7"), "a member archive/data/0"),
        (archive_of({"a.weight": Tensor(W)})[:-40], "a zip archive"),
    ],
)
def test_a_damaged_torch_file_is_refused_in_one_line(data, message, written):
    with pytest.raises((FormatError, UnsupportedOperatorError)) as caught:
        load_network(written("net.pt", data))
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_lists_of_lists_of_lists_are_not_written_out():
    # 2^100 entries if a message held them
    data = b"\x80\x02]q\x00" + b"".join(
        b"]q" + bytes([i]) + b"(h" + bytes([i - 1]) + b"h" + bytes([i - 1]) + b"e" for i in range(1, 100)
    )
    for end in (b".", b"Q.", b"h\x05\x93.", b"h\x05R."):
        try:
            read_pickle("f", "data.pkl", data + end, Reader(lambda *_: None, lambda reference: reference + 1))
        except FormatError as error:
            assert len(str(error)) < 300  # noqa: PT017 (reading may succeed as well)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda h: h["a.weight"].update(dtype="F8_E4M3"), "dtype: expected one of F64"),
        (lambda h: h["a.weight"].update(shape=[3, 3]), "data_offsets: expected two offsets 36 apart"),
        (lambda h: h["a.weight"].update(shape=[3, -2]), "shape[1]: expected a natural number, got -2"),
        (lambda h: h["a.weight"].update(shape=[10**9, 10**9]), "a.weight: expected at most 10000000 numbers"),
        (
            lambda h: h["a.weight"].update(shape=[0, 2], data_offsets=[0, 0]),
            "a.weight: expected positive dimensions",
        ),
        (lambda h: h["a.weight"].update(data_offsets=[12, 36]), "at most 24"),
        (lambda h: h["a.weight"].update(data_offsets=[0]), "data_offsets: expected two offsets"),
        (lambda h: h["a.weight"].update(more=1), "expected only the keys dtype, shape, data_offsets"),
        (lambda h: h["a.weight"].pop("dtype"), "expected the key 'dtype'"),
        (
            lambda h: h.update({"b.weight": h["a.weight"]}),
            "shapes that chain in one order, got a.weight, b.weight",
        ),
    ],
)
def test_a_damaged_safetensors_header_is_refused_by_its_place(change, message, written):
    with pytest.raises(FormatError) as caught:
        load_network(written("net.safetensors", safetensors({"a.weight": W}, change=change)))
    assert message in str(caught.value)


def test_safetensors_bytes_that_are_none_are_refused(written):
    for data in (b"", b"\x00" * 7, b"\xff" * 20, (100).to_bytes(8, "little") + b"{}"):
        with pytest.raises(FormatError, match="byte 0: expected the length of a header inside the file"):
            load_network(written("net.safetensors", data))
    with pytest.raises(FormatError, match=r"header: .*expected JSON"):
        load_network(written("net.safetensors", (2).to_bytes(8, "little") + b"{x"))
    with pytest.raises(FormatError, match="each key once"):
        load_network(written("net.safetensors", (15).to_bytes(8, "little") + b'{"a":{},"a":{}}'))


def test_an_order_that_is_not_certain_is_refused(written):
    square = RNG.standard_normal((2, 2))
    with pytest.raises(
        FormatError, match="names that differ in their numbers alone, or shapes that chain in one order"
    ):
        load_network(written("net.safetensors", safetensors({"b.weight": square, "a.weight": square})))
    with pytest.raises(FormatError, match="shapes that chain in one order"):
        load_network(
            written("net.safetensors", safetensors({f"{c}.weight": square for c in "abcdefghijklmnop"}))
        )


OBJECTS = io.BytesIO()
np.savez(OBJECTS, W=np.array([[Evil()]], dtype=object))


def header_of(shape, descr="<f8"):
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OBJECTS.getvalue(), "W.npy: expected floats or integers of at most 64 bits, got object"),
        (npz(W=np.array([["x"]])), "W.npy: expected floats or integers"),
        (npz(W=np.array([[True]])), "got bool"),
        (npz(W=np.array([[1j]])), "got complex128"),
        (
            npz(W=np.zeros((2, 2)), s=np.float64(3)),
            "s: expected one axis (a bias) or two (a weight), got shape ()",
        ),
        (npz(b=np.zeros(3)), "expected an array with two axes, a weight"),
        (npz(W=W, b=B, c=B), "expected no bias or 1, one for each weight, got 2"),
        (npz(W1=W, b1=B, W2=V, b3=V[:, 0]), "weights and biases with the same numbers in their names"),
        (npz(W=W), "shapes that do both"),
        (npz(W=np.eye(2), b=np.zeros(2)), "shapes that do both; exactrelu.network_from_arrays"),
        (npz(W=NAN, b=B), "W[1, 1]: expected a finite number, got nan"),
        (npz(W=W, b=B[:1]), "b: expected shape (3,)"),
        (zip_of({"W.npy": b"no array"}), "W.npy: expected a NumPy array"),
        (zip_of({"W.npy": header_of((2, 2))}), "W.npy: expected 32 bytes of numbers, got 0"),
        (zip_of({"W.npy": header_of((10**9, 10**9))}), "W.npy: expected at most 10000000 numbers"),
        (zip_of({"W.npy": header_of((0, 2))}), "W.npy: expected positive dimensions"),
        (zip_of({"W.npy": header_of((-1, 2))}), "W.npy: expected positive dimensions"),
        (zip_of({"W.npy": header_of((1, 1), "|O")}), "got object"),
        (b"PK\x05\x06", "expected an .npz file, a zip archive"),
    ],
)
def test_an_npz_file_of_anything_else_is_refused(data, message, written):
    path = written("net.npz", data)
    with pytest.raises(FormatError) as caught:
        load_network(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_an_archive_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(written):
    zeros = bytes(10**7)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(60):
            archive.writestr(f"W{i}.npy", header_of((1, 1)) + zeros)
    with pytest.raises(FormatError, match=r"W0\.npy: expected 8 bytes of numbers, got 10000000"):
        load_network(written("net.npz", packed.getvalue()))


def test_an_archive_with_a_member_twice_is_refused(written):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("W.npy", b"")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("W.npy", b"")
    with pytest.raises(FormatError, match=r"expected each member once, got W\.npy twice"):
        load_network(written("net.npz", packed.getvalue()))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["net.pt", "net.pth", "net.safetensors", "net.npz"])
def test_a_mutated_file_is_read_or_refused_in_one_line(seed, name, written):
    rng = random.Random(seed)  # noqa: S311 (no secrets here)
    layers, _ = of(np.float32)
    data = {
        "net.pt": archive_of(state(layers)),
        "net.pth": old_file_of(state(layers)),
        "net.safetensors": safetensors(flat(layers)),
        "net.npz": npz(W1=layers[0][0], b1=layers[0][1], W2=layers[1][0], b2=layers[1][1]),
    }[name]
    for _ in range(100):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            mutated[rng.randrange(len(mutated))] = rng.randrange(256)
        try:
            load_network(written(name, bytes(mutated)))
        except ExactReluError as error:
            assert str(error).isprintable()  # noqa: PT017 (reading may succeed as well)
