"""HDF5 files from strangers: arrays and texts within limits, and nothing outside of the file.

`h5py` is an optional dependency. The library behind it may hang, or take all memory, on a damaged file, so it
reads in a process of its own with limits (`exactrelu.formats.hdf5_worker`).
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from exactrelu.errors import EngineUnavailableError, FormatError
from exactrelu.formats.hdf5_worker import MOST_SECONDS
from exactrelu.formats.limits import shown

_WORKER = "from exactrelu.formats.hdf5_worker import main; main()"
_MAGIC = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Hdf5File:
    """What a file holds: texts of attributes, arrays of floats, and why other arrays are refused."""

    file: str
    _texts: dict[str, Any]
    _arrays: dict[str, Any]
    _refused: dict[str, tuple[str, str]]

    def text(self, group: str, name: str) -> str | None:
        """Return an attribute that is a text, None without it."""
        value = self._texts.get(f"{group}@{name}")
        return value if isinstance(value, str) else None

    def texts(self, group: str, name: str) -> list[str]:
        """Return an attribute that is a list of texts, empty without it."""
        value = self._texts.get(f"{group}@{name}")
        return value if isinstance(value, list) else []

    def array(self, path: str) -> Any:
        """Return the array at a path.

        Raises
        ------
        FormatError
            If there is none that lies in this file, or it is too large or holds no floats.
        """
        if path not in self._arrays:
            expected, got = self._refused.get(path, ("an array", "none"))
            raise FormatError(self.file, shown(path), expected, shown(got))
        return self._arrays[path]


def read_hdf5(file: str, data: bytes) -> Hdf5File:
    """Return what the bytes of a file hold.

    Raises
    ------
    EngineUnavailableError
        If h5py is not installed.
    FormatError
        If the bytes are no HDF5 file that can be read within the limits.
    """
    if not _has_h5py():
        message = (
            f"{file}: expected the library h5py, which reads HDF5, got none (pip install exactrelu[keras])"
        )
        raise EngineUnavailableError(message)
    if not data.startswith(_MAGIC):
        raise FormatError(file, "", "an HDF5 file", "none")
    import numpy as np

    with zipfile.ZipFile(io.BytesIO(_read_apart(file, data))) as archive:
        index = json.loads(archive.read("index.json"))
        arrays = {}
        for i, path in enumerate(index["arrays"]):
            with archive.open(str(i)) as member:
                arrays[path] = np.lib.format.read_array(member, allow_pickle=False)
    refused = {path: (expected, got) for path, (expected, got) in index["refused"].items()}
    return Hdf5File(file, index["texts"], arrays, refused)


def _has_h5py() -> bool:
    try:
        return find_spec("h5py") is not None
    except ValueError:  # it is blocked
        return False


def _read_apart(file: str, data: bytes) -> bytes:
    """Return what the worker makes of the bytes."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OPENBLAS_NUM_THREADS": "1",  # each thread would take memory
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own code, with the file on stdin
            [sys.executable, "-c", _WORKER],
            input=data,
            capture_output=True,
            check=False,
            env=environment,
            timeout=2 * MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise FormatError(file, "", "an HDF5 file that is read in time", "one that is not") from None
    if done.returncode:
        got = shown(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
        raise FormatError(file, "", "an HDF5 file", f"a damaged one ({got or f'signal {-done.returncode}'})")
    return done.stdout
