"""HDF5 files from strangers: datasets and attributes within limits, and nothing outside of the file.

`h5py` is an optional dependency. Links to other files, virtual datasets and data stored elsewhere are not
followed, and sizes are compared before anything is read.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from exactrelu.errors import EngineUnavailableError, FormatError
from exactrelu.formats.limits import shown
from exactrelu.formats.stored_numbers import check_shape

_T = TypeVar("_T")
_WRONG = (OSError, KeyError, RuntimeError, ValueError, TypeError, AttributeError, OverflowError, MemoryError)
_LONGEST_TEXT = 10**7


class Hdf5File:
    """An open file: texts of attributes, and arrays of datasets by their paths."""

    def __init__(self, file: str, opened: Any) -> None:
        self.file, self._opened = file, opened

    def text(self, group: str, name: str) -> str | None:
        """Return an attribute that is a text, None without it."""
        value = self._guarded(group, lambda: self._opened[group].attrs.get(name))
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None

    def texts(self, group: str, name: str) -> list[str]:
        """Return an attribute that is a list of texts, empty without it."""
        values = self._guarded(group, lambda: list(self._opened[group].attrs.get(name, ())))
        return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values]

    def array(self, path: str) -> Any:
        """Return the numbers of a dataset.

        Raises
        ------
        FormatError
            If there is none that lies in this file, or it is too large or holds no floats.
        """
        dataset = self._guarded(path, lambda: self._inside(path))
        check_shape(self.file, path, tuple(dataset.shape))
        if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            raise FormatError(self.file, shown(path), "floats of at most 64 bits", shown(str(dataset.dtype)))
        return self._guarded(path, lambda: dataset[()])

    def _inside(self, path: str) -> Any:
        """Return the dataset at the end of links that do not leave the file."""
        import h5py

        current = self._opened
        for name in path.strip("/").split("/"):
            if not isinstance(current.get(name, getlink=True), h5py.HardLink):
                raise KeyError("a link that is not followed")
            current = current[name]
        if not isinstance(current, h5py.Dataset) or current.is_virtual or current.external:
            raise KeyError("no dataset in this file")
        return current

    def _guarded(self, place: str, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except _WRONG as error:
            got = f"{type(error).__name__} ({shown(str(error))})"
            raise FormatError(self.file, shown(place), "an entry that can be read", got) from None


@contextmanager
def open_hdf5(file: str, data: bytes) -> Iterator[Hdf5File]:
    """Open the bytes of a file.

    Raises
    ------
    EngineUnavailableError
        If h5py is not installed.
    FormatError
        If the bytes are no HDF5 file.
    """
    try:
        import h5py
    except ImportError:
        message = (
            f"{file}: expected the library h5py, which reads HDF5, got none (pip install exactrelu[keras])"
        )
        raise EngineUnavailableError(message) from None
    try:
        opened = h5py.File(io.BytesIO(data), "r")
    except _WRONG as error:
        raise FormatError(file, "", "an HDF5 file", f"none ({shown(str(error))})") from None
    with opened:
        yield Hdf5File(file, opened)
