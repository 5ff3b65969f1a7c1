"""Files that are there whole or not at all, and whose errors name them."""

from __future__ import annotations

import errno
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

_BUFFER = 1 << 18  # bytes of a text file that are written at once


def _nobody(path: Path) -> None:
    """Take no notice of a temporary file."""


on_temporary_file: Callable[[Path], None] = _nobody
"""Told of each temporary file before it is made, so that one is removed even if this process is killed."""


class NamedFile(io.FileIO):
    """A file for writing; errors name a path, which a full disk alone does not.

    ``shown`` is the path that the errors name; the file itself may be a temporary one.
    """

    def __init__(self, path: str | Path, shown: str | Path, mode: str = "w") -> None:
        self._shown = str(shown)
        super().__init__(path, mode)

    def write(self, data: Any, /) -> int:
        """Write bytes, as many as there is room for, and return their number."""
        with naming(self._shown):
            return super().write(data)

    def close(self) -> None:
        """Close the file."""
        with naming(self._shown):
            super().close()


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """Let an OSError that names no file name ``path``."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from None


def text_file(path: str | Path, shown: str | Path, mode: str = "w", *, by_lines: bool = False) -> IO[str]:
    """Open a text file for writing, whose errors name the path ``shown``; ``by_lines``: line by line."""
    binary = io.BufferedWriter(NamedFile(path, shown, mode), _BUFFER)
    return io.TextIOWrapper(binary, encoding="utf-8", newline="\n", line_buffering=by_lines)


@contextmanager
def temporary_beside(path: str | Path) -> Iterator[Path]:
    """Give the path of a temporary file, which is renamed to ``path`` if the block ends without an error.

    After an error, an interrupt included, the temporary file is gone and ``path`` is as it was. A path
    that is no regular file (a pipe, a terminal) cannot be replaced: it is given itself.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written to; it names ``path``.
    """
    named = Path(path)
    if named.is_dir():
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if named.exists() and not named.is_file():
        yield named
        return
    target = named.resolve()  # a link stays a link
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}.part")
    on_temporary_file(temporary)
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))  # less the umask, as usual
        yield temporary
        temporary.replace(target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.filename == str(temporary):
            raise type(error)(error.errno, error.strerror, str(path)) from None
        raise


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[str]]:
    """Open a text file that becomes ``path`` as `temporary_beside` says."""
    with temporary_beside(path) as temporary, text_file(temporary, path) as file:
        yield file


def write_atomically(path: str | Path, pieces: Iterable[str]) -> None:
    """Write the pieces of text to ``path``: all of them, or nothing."""
    with replacing(path) as file:
        file.writelines(pieces)


def write_bytes_atomically(path: str | Path, content: bytes) -> None:
    """Write bytes to ``path``: all of them, or nothing."""
    with temporary_beside(path) as temporary, io.BufferedWriter(NamedFile(temporary, path)) as file:
        file.write(content)
