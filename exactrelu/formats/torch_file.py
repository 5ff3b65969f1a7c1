"""Networks in PyTorch's files of a module's state, read without torch and without running pickles.

``torch.save(module.state_dict(), FILE)`` writes a zip archive: ``data.pkl``, a pickle that describes the
tensors, and one member ``data/KEY`` for each storage. Before PyTorch 1.6 it wrote five pickles, one after the
other: a magic number, a version, facts about the machine, the description, and the keys of the storages,
which follow, each with the number of its entries. Pickles are taken apart by
`exactrelu.formats.inert_pickle`; of what they name only ordered dictionaries, tensors and parameters mean
something here, as for ``torch.load(..., weights_only=True)``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.inert_pickle import Global, Reader, read_pickle
from exactrelu.formats.limits import printable, read_regular_file, regular_file, shown
from exactrelu.formats.state_dict import network_of_state
from exactrelu.formats.stored_numbers import array_of_bytes, check_shape, item_size
from exactrelu.formats.zip_archive import open_zip
from exactrelu.networks.network import Network

_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
}
_TENSORS = ("_rebuild_tensor_v2", "_rebuild_tensor")
_OLD_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_OLD_MAGIC, _OLD_VERSION, _COUNT_BYTES = 0x1950A86A20F9469CFC6C, 1001, 8
_KIND = "torch state_dict"
_WRAPPED = ("state_dict", "model_state_dict")
_ADVICE = "save module.state_dict() instead of the module"


@dataclass(frozen=True)
class _Storage:
    kind: str
    key: str
    size: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_torch(path: str | os.PathLike[str]) -> Network:
    """Return the network of the weights and biases in a PyTorch file, each float by its exact value.

    Parameters
    ----------
    path
        A file of ``torch.save(module.state_dict(), ...)``, or of a dictionary that holds it under
        ``state_dict`` or ``model_state_dict``. The layers are those of the file, by the numbers in their
        names, else in its order, which is that of the module's definition.

    Raises
    ------
    UnsupportedOperatorError
        If the pickle needs anything but tensors, or these are not those of a chain of fully connected layers.
    FormatError
        If the file is damaged; the message names member, pickle or tensor.

    Warns
    -----
    ReadingWarning
        That the file says nothing of activations, if there are hidden layers.
    """
    with regular_file(path) as stream:
        is_old = stream.read(len(_OLD_START)) == _OLD_START
    if is_old:
        return _read_old(printable(os.fspath(path)), io.BytesIO(read_regular_file(path)))
    with open_zip(path, "a file of torch.save, a zip archive or five pickles") as archive:
        pickles = [name for name in archive.names if name.rpartition("/")[2] == "data.pkl"]
        if len(pickles) != 1:
            raise FormatError(archive.file, "", "one member data.pkl", f"{len(pickles)}")
        folder = pickles[0].removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in archive.names and archive.read(order) != b"little":
            raise FormatError(archive.file, shown(order), "little", "another byte order")
        state = _StateReader(
            archive.file, "data.pkl", lambda storage: archive.read(f"{folder}data/{storage.key}")
        )
        value = read_pickle(archive.file, "data.pkl", archive.read(pickles[0]), state.reader)
        return network_of_state(archive.file, state.tensors(value), _KIND, listed=True)


def _read_old(file: str, stream: io.BytesIO) -> Network:
    """Return the network in a file of the form before PyTorch 1.6."""
    found: dict[str, bytes] = {}
    state = _StateReader(file, "pickle 3", lambda storage: found[storage.key])
    magic, version, machine, value, keys = (
        read_pickle(file, f"pickle {i}", stream, state.reader) for i in range(5)
    )
    if (magic, version) != (_OLD_MAGIC, _OLD_VERSION) or not isinstance(machine, dict):
        raise FormatError(file, "", f"the magic number of torch.save and version {_OLD_VERSION}", "others")
    if machine.get("little_endian") is not True:
        raise FormatError(file, "pickle 2", "little_endian", "another byte order")
    sizes = {key: one.size * item_size(one.kind) for key, one in state.storages.items()}
    texts = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    if set(texts) != set(sizes) or len(texts) != len(sizes):
        raise FormatError(file, "pickle 4", "the keys of the storages that are described", "others")
    for key in texts:
        stream.read(_COUNT_BYTES)
        found[key] = stream.read(sizes[key])
    return network_of_state(file, state.tensors(value), _KIND, listed=True)


class _StateReader:
    """The tensors of one file; ``data`` gives the bytes of a storage."""

    def __init__(self, file: str, place: str, data: Callable[[_Storage], bytes]) -> None:
        self._file, self._place, self._data = file, place, data
        self._arrays: dict[_Storage, Any] = {}
        self.storages: dict[str, _Storage] = {}
        self.reader = Reader(self._call, self._refer)

    def tensors(self, value: Any) -> dict[str, Any]:
        """Return the arrays of the state that a pickle holds."""
        if isinstance(value, dict):
            wrapped = [key for key in _WRAPPED if isinstance(value.get(key), dict)]
            if len(wrapped) == 1:
                value = value[wrapped[0]]
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            got = type(value).__name__.strip("_")
            raise FormatError(self._file, self._place, "a dictionary of tensors by name", got)
        for key, tensor in value.items():
            if not isinstance(tensor, _Tensor):
                raise FormatError(self._file, shown(key), "a tensor", type(tensor).__name__)
        return {key: self._array(key, tensor) for key, tensor in value.items()}

    def _call(self, called: Global, arguments: tuple[Any, ...]) -> Any:
        if (called.module, called.name) == ("collections", "OrderedDict") and not arguments:
            return {}
        if (called.module, called.name) == ("torch._utils", "_rebuild_parameter") and arguments:
            return arguments[0]
        if called.module == "torch._utils" and called.name in _TENSORS and len(arguments) >= 4:
            storage, offset, shape, strides = arguments[:4]
            if not isinstance(storage, _Storage) or not _are_counts((offset, *shape, *strides)):
                raise TypeError("a tensor of something else than a storage and natural numbers")
            return _Tensor(storage, offset, tuple(shape), tuple(strides))
        raise UnsupportedOperatorError(self._file, str(called), self._place, _ADVICE)

    def _refer(self, reference: Any) -> _Storage:
        word, kind, key, _, size, *view = reference
        known = isinstance(kind, Global) and kind.module == "torch" and kind.name in _STORAGES
        is_whole = word == "storage" and view in ([], [None])
        if not is_whole or not isinstance(key, str) or not _are_counts((size,)) or not known:
            named = str(kind) if isinstance(kind, Global) else "of no name"
            raise UnsupportedOperatorError(self._file, f"storage {named}", self._place, _ADVICE)
        self.storages[key] = _Storage(_STORAGES[kind.name], key, size)
        return self.storages[key]

    def _array(self, name: str, tensor: _Tensor) -> Any:
        """Return the entries that shape and strides pick out of a storage."""
        import numpy as np

        check_shape(self._file, name, tensor.shape)
        steps = list(zip(tensor.shape, tensor.strides, strict=False))
        last = tensor.offset + sum((length - 1) * stride for length, stride in steps)
        flat = self._numbers(tensor.storage)
        if len(tensor.strides) != len(tensor.shape) or last >= len(flat):
            expected = f"shape and strides inside a storage of {len(flat)} numbers"
            raise FormatError(self._file, shown(name), expected, f"the last number at {last}")
        index = np.full(tensor.shape, tensor.offset, dtype=np.int64)
        for axis, (length, stride) in enumerate(steps):
            along = [1] * len(steps)
            along[axis] = length
            index += (np.arange(length, dtype=np.int64) * stride).reshape(along)
        return flat[index]

    def _numbers(self, storage: _Storage) -> Any:
        if storage not in self._arrays:
            data = self._data(storage)
            if len(data) != storage.size * item_size(storage.kind):
                expected = f"{storage.size} numbers of {item_size(storage.kind)} bytes"
                raise FormatError(self._file, f"storage {shown(storage.key)}", expected, f"{len(data)} bytes")
            self._arrays[storage] = array_of_bytes(data, storage.kind)
        return self._arrays[storage]


def _are_counts(values: tuple[Any, ...]) -> bool:
    return all(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 for value in values
    )
