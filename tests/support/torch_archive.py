"""Files as ``torch.save`` writes them, made without torch: its classes' names are borrowed while pickling."""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from contextlib import contextmanager
from types import ModuleType

import ml_dtypes
import numpy as np

STORAGES = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "BFloat16Storage": ml_dtypes.bfloat16,
    "LongStorage": np.int64,
}


class Storage:
    """A flat array that tensors share."""

    def __init__(self, array):
        self.array = np.ascontiguousarray(array).ravel()

    @property
    def kind(self):
        return next(name for name, dtype in STORAGES.items() if self.array.dtype == dtype)


class Tensor:
    """A view of a storage, as torch describes it."""

    def __init__(self, array, strides=None, offset=0, shape=None, storage=None):
        self.storage = storage or Storage(array)
        self.shape = tuple(array.shape) if shape is None else shape
        steps = [int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape))]
        self.strides = tuple(steps) if strides is None else strides
        self.offset = offset

    def __reduce_ex__(self, protocol):
        arguments = (self.storage, self.offset, self.shape, self.strides, False, OrderedDict())
        return sys.modules["torch._utils"]._rebuild_tensor_v2, arguments


class Parameter(Tensor):
    """A tensor that is wrapped once more."""

    def __reduce_ex__(self, protocol):
        inner = Tensor.__new__(Tensor)
        vars(inner).update(vars(self))
        return sys.modules["torch._utils"]._rebuild_parameter, (inner, True, OrderedDict())


def archive_of(value, *, folder="archive", byteorder=b"little", more=(), compression=zipfile.ZIP_STORED):
    """Return the bytes of a file that holds a value with `Tensor` in it."""
    stream, storages = io.BytesIO(), []
    with _torch_names():
        pickler = _Pickler(stream, storages)
        pickler.dump(value)
    members = {"data.pkl": stream.getvalue(), "byteorder": byteorder, "version": b"3\n"}
    members |= {f"data/{i}": storage.array.tobytes() for i, storage in enumerate(storages)}
    return zip_of({f"{folder}/{name}": data for name, data in members.items()} | dict(more), compression)


def old_file_of(value, *, order=None, little=True, version=1001):
    """Return the bytes of a file in the form before PyTorch 1.6; ``order`` is that of the storages."""
    stream, storages = io.BytesIO(), []
    for head in (0x1950A86A20F9469CFC6C, version, {"protocol_version": 1001, "little_endian": little}):
        pickle.dump(head, stream, protocol=2)
    with _torch_names():
        _Pickler(stream, storages, old=True).dump(value)
    keys = [str(i) for i in range(len(storages))]
    keys = keys if order is None else [keys[i] for i in order]
    pickle.dump(keys, stream, protocol=2)
    for key in keys:
        array = storages[int(key)].array
        stream.write(len(array).to_bytes(8, "little") + array.tobytes())
    return stream.getvalue()


def zip_of(members, compression=zipfile.ZIP_STORED):
    """Return the bytes of a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


class _Pickler(pickle._Pickler):
    def __init__(self, stream, storages, *, old=False):
        super().__init__(stream, protocol=2)
        self._storages, self._more = storages, (None,) if old else ()

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        if value not in self._storages:
            self._storages.append(value)
        kind = getattr(sys.modules["torch"], value.kind)
        return ("storage", kind, str(self._storages.index(value)), "cpu", len(value.array), *self._more)


@contextmanager
def _torch_names():
    """Let there be modules ``torch`` and ``torch._utils`` with the names that a pickle refers to."""
    torch, inner = ModuleType("torch"), ModuleType("torch._utils")
    for name in STORAGES:
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):
        function = type(lambda: None)((lambda: None).__code__, {}, name)
        function.__module__, function.__qualname__ = "torch._utils", name
        setattr(inner, name, function)
    torch._utils = inner
    kept = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules |= {"torch": torch, "torch._utils": inner}
    try:
        yield
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
