"""What reads an HDF5 file in a process of its own: the library may hang or take all memory on a damaged one.

The bytes come on stdin. On stdout goes a zip archive: ``index.json`` with the attributes that matter here,
the order of the arrays and why others are refused, and a member for each array in NumPy's format. Links to
other files, virtual datasets and data stored elsewhere are not followed.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from contextlib import suppress
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.stored_numbers import check_shape

MOST_MEMORY = 3 * 2**27
MOST_SECONDS = 20
_MOST_ENTRIES = 2000
_MOST_BYTES = 2**27
_DEEPEST = 10
_TEXTS = ("model_config", "weight_names")


def main() -> None:
    """Read stdin, write stdout; one line on stderr and exit status 1 if that fails."""
    _limit()
    import h5py

    contents = _Contents()
    try:
        with h5py.File(io.BytesIO(sys.stdin.buffer.read()), "r") as file:
            contents.visit(file, "", 0)
    except Exception as error:  # noqa: BLE001 - whatever the library raises on a damaged file
        sys.stderr.write(ascii(f"{type(error).__name__}: {error}")[1:-1][:300])
        sys.exit(1)
    sys.stdout.buffer.write(contents.archive())


def _limit() -> None:
    """Limit memory and time, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


class _Contents:
    """Attributes, arrays and refusals by path."""

    def __init__(self) -> None:
        self.texts: dict[str, Any] = {}
        self.arrays: dict[str, Any] = {}
        self.refused: dict[str, tuple[str, str]] = {}
        self._entries = self._bytes = 0

    def visit(self, group: Any, path: str, depth: int) -> None:
        """Take what is in a group."""
        import h5py

        for name in _TEXTS:
            if name in group.attrs:
                self.texts[f"{path}@{name}"] = _text(group.attrs[name])
        for name in group:
            self._entries += 1
            if self._entries > _MOST_ENTRIES or depth > _DEEPEST:
                raise ValueError(f"more than {_MOST_ENTRIES} entries, or groups more than {_DEEPEST} deep")
            inner = f"{path}/{name}" if path else name
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                self.refused[inner] = "an array in this file", "a link that is not followed"
            elif isinstance(entry := group[name], h5py.Group):
                self.visit(entry, inner, depth + 1)
            elif isinstance(entry, h5py.Dataset):
                self._take(entry, inner)

    def _take(self, dataset: Any, path: str) -> None:
        if dataset.is_virtual or dataset.external:
            self.refused[path] = "an array in this file", "one that is stored elsewhere"
            return
        if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            self.refused[path] = "floats of at most 64 bits", str(dataset.dtype)
            return
        try:
            size = check_shape("", path, tuple(dataset.shape)) * dataset.dtype.itemsize
        except FormatError as error:
            self.refused[path] = error.expected, error.got
            return
        self._bytes += size
        if self._bytes > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES} bytes in all")
        self.arrays[path] = dataset[()]

    def archive(self) -> bytes:
        """Return everything as a zip archive."""
        import numpy as np

        stream = io.BytesIO()
        index = {"texts": self.texts, "arrays": list(self.arrays), "refused": self.refused}
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("index.json", json.dumps(index))
            for i, array in enumerate(self.arrays.values()):
                with archive.open(str(i), "w") as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        return stream.getvalue()


def _text(value: Any) -> Any:
    """Return a text, or a list of texts, None for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1:
        texts = [_text(entry) for entry in value.tolist()]
        return texts if all(isinstance(text, str) for text in texts) else None
    return None
