"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def _nobody(path: Path) -> None:
    """Take no notice of a temporary file."""


on_temporary_file: Callable[[Path], None] = _nobody
"""Told of each temporary file when it is made, so that one is removed even if this process is killed."""


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
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    os.close(descriptor)
    temporary = Path(name)
    on_temporary_file(temporary)
    try:
        yield temporary
        _give_usual_permissions(temporary)
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise type(error)(error.errno, error.strerror, str(path)) from None  # a full disk names no file
        raise


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[str]]:
    """Open a text file that becomes ``path`` as `temporary_beside` says."""
    with temporary_beside(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def write_atomically(path: str | Path, pieces: Iterable[str]) -> None:
    """Write the pieces of text to ``path``: all of them, or nothing."""
    with replacing(path) as file:
        file.writelines(pieces)


def _give_usual_permissions(path: Path) -> None:
    """Undo mkstemp's 0600: a result file is as readable as any other file of the user."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
