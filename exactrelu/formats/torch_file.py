"""Networks in PyTorch's files of a module's state, read without torch and without running pickles.

``torch.save(module.state_dict(), FILE)`` writes a zip archive: ``data.pkl``, a pickle that describes the
tensors, and one member ``data/KEY`` for each storage. The pickle is taken apart by
`exactrelu.formats.inert_pickle`; of what it names only ordered dictionaries, tensors and parameters mean
something here, as for ``torch.load(..., weights_only=True)``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.inert_pickle import Global, Reader, read_pickle
from exactrelu.formats.limits import shown
from exactrelu.formats.state_dict import network_of_state
from exactrelu.formats.stored_numbers import array_of_bytes, check_shape, item_size
from exactrelu.formats.zip_archive import ZipArchive, open_zip
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
        If the file is damaged or of the form before PyTorch 1.6; the message names member or tensor.

    Warns
    -----
    ReadingWarning
        That the file says nothing of activations, if there are hidden layers.
    """
    with open_zip(path, "a file of torch.save, a zip archive (since PyTorch 1.6)") as archive:
        pickles = [name for name in archive.names if name.rpartition("/")[2] == "data.pkl"]
        if len(pickles) != 1:
            raise FormatError(archive.file, "", "one member data.pkl", f"{len(pickles)}")
        reader = _StateReader(archive, pickles[0].removesuffix("data.pkl"))
        tensors = reader.tensors(
            read_pickle(archive.file, "data.pkl", archive.read(pickles[0]), reader.reader)
        )
        return network_of_state(archive.file, tensors, "torch state_dict", listed=True)


class _StateReader:
    """The tensors of one archive; ``folder`` is where its members stand."""

    def __init__(self, archive: ZipArchive, folder: str) -> None:
        self._archive, self._folder, self._file = archive, folder, archive.file
        self._storages: dict[_Storage, Any] = {}
        self.reader = Reader(self._call, self._refer)
        order = f"{folder}byteorder"
        if order in archive.names and archive.read(order) != b"little":
            raise FormatError(self._file, shown(order), "little", "another byte order")

    def tensors(self, value: Any) -> dict[str, Any]:
        """Return the arrays of the state that a pickle holds."""
        if isinstance(value, dict):
            wrapped = [key for key in _WRAPPED if isinstance(value.get(key), dict)]
            if len(wrapped) == 1:
                value = value[wrapped[0]]
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            got = type(value).__name__.strip("_")
            raise FormatError(self._file, "data.pkl", "a dictionary of tensors by name", got)
        for key, tensor in value.items():
            if not isinstance(tensor, _Tensor):
                raise FormatError(self._file, shown(key), "a tensor", type(tensor).__name__)
        return {key: self._array(key, tensor) for key, tensor in value.items()}

    def _call(self, called: Global, arguments: tuple[Any, ...]) -> Any:
        if (called.module, called.name) == ("collections", "OrderedDict") and not arguments:
            return {}
        if (called.module, called.name) == ("torch._utils", "_rebuild_parameter") and arguments:
            return arguments[0]
        if (called.module, called.name) == ("torch._utils", "_rebuild_tensor_v2") and len(arguments) >= 4:
            storage, offset, shape, strides = arguments[:4]
            if not isinstance(storage, _Storage) or not _are_counts((offset, *shape, *strides)):
                raise TypeError("a tensor of something else than a storage and natural numbers")
            return _Tensor(storage, offset, tuple(shape), tuple(strides))
        raise UnsupportedOperatorError(self._file, str(called), "data.pkl", _ADVICE)

    def _refer(self, reference: Any) -> _Storage:
        word, kind, key, _, size = reference
        known = isinstance(kind, Global) and kind.module == "torch" and kind.name in _STORAGES
        if word != "storage" or not isinstance(key, str) or not _are_counts((size,)) or not known:
            named = str(kind) if isinstance(kind, Global) else "of no name"
            raise UnsupportedOperatorError(self._file, f"storage {named}", "data.pkl", _ADVICE)
        return _Storage(_STORAGES[kind.name], key, size)

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
        if storage not in self._storages:
            place = f"{self._folder}data/{storage.key}"
            data = self._archive.read(place)
            if len(data) != storage.size * item_size(storage.kind):
                expected = f"{storage.size} numbers of {item_size(storage.kind)} bytes"
                raise FormatError(self._file, shown(place), expected, f"{len(data)} bytes")
            self._storages[storage] = array_of_bytes(data, storage.kind)
        return self._storages[storage]


def _are_counts(values: tuple[Any, ...]) -> bool:
    return all(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 for value in values
    )
