"""Picture files: which suffixes there are, and writing them whole or not at all."""

from __future__ import annotations

from pathlib import Path

from exactrelu.errors import FormatError
from exactrelu.writing.atomic_file import write_bytes_atomically

_TYPES = {".svg": "svg", ".png": "png"}


def file_type(path: Path) -> str:
    """Return ``svg`` or ``png`` by the suffix, in small or capital letters.

    Raises
    ------
    FormatError
        For any other suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in _TYPES:
        raise FormatError(str(path), "suffix", ".svg or .png", path.suffix or "none")
    return _TYPES[suffix]


def require_folder(path: Path) -> None:
    """Raise `FormatError` if the folder of ``path`` does not exist or ``path`` is a folder itself."""
    if not path.parent.is_dir():
        raise FormatError(str(path), "folder", "an existing folder", str(path.parent))
    if path.is_dir():
        raise FormatError(str(path), "", "a file to write", "a folder")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file through a temporary one in the same folder, which is renamed when it is complete.

    Raises
    ------
    FormatError
        If the folder cannot be written; then ``path`` is as it was before.
    """
    try:
        write_bytes_atomically(path, content)
    except OSError as error:
        raise FormatError(str(path), "", "a file that can be written", error.strerror or str(error)) from None
