"""Zip archives from strangers: members are read within limits, and whatever is wrong is one line."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from exactrelu.errors import FormatError
from exactrelu.formats.limits import MAX_FILE_BYTES, printable, regular_file, shown

_MOST_MEMBERS = 10_000


class ZipArchive:
    """An open archive; its members' names, in order, and their contents."""

    def __init__(self, file: str, archive: zipfile.ZipFile) -> None:
        self.file = file
        self._archive = archive
        self._left = MAX_FILE_BYTES
        self.names = archive.namelist()
        if len(self.names) > _MOST_MEMBERS:
            raise FormatError(file, "", f"at most {_MOST_MEMBERS} members", f"{len(self.names)}")
        if len(set(self.names)) < len(self.names):
            name = next(name for name in self.names if self.names.count(name) > 1)
            raise FormatError(file, "", "each member once", f"{shown(name)} twice")

    def read(self, name: str) -> bytes:
        """Return a whole member.

        Raises
        ------
        FormatError
            If there is none of that name, it is damaged, or all that was read is beyond the limit.
        """
        if name not in self.names:
            raise FormatError(self.file, "", f"a member {shown(name)}", "none")
        info = self._archive.getinfo(name)
        self._left -= info.file_size
        if self._left < 0:
            raise FormatError(self.file, shown(name), f"at most {MAX_FILE_BYTES} bytes in all", "more")
        with self._open(info) as member:
            return member.read(info.file_size)

    @contextmanager
    def _open(self, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        try:
            with self._archive.open(info) as member:
                yield member
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            RuntimeError,
            NotImplementedError,
            OSError,
        ) as error:
            got = f"{type(error).__name__} ({shown(str(error))})"
            raise FormatError(self.file, shown(info.filename), "a member that can be unpacked", got) from None


@contextmanager
def open_zip(path: str | os.PathLike[str], expected: str = "a zip archive") -> Iterator[ZipArchive]:
    """Open the archive in a file.

    Raises
    ------
    FormatError
        If the file is no regular file, is too long, or is no archive.
    """
    file = printable(os.fspath(path))
    with regular_file(path) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise FormatError(file, "", expected, f"none ({shown(str(error))})") from None
        with archive:
            yield ZipArchive(file, archive)
