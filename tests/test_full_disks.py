"""A disk that is full is one line that names the file, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from exactrelu.writing.atomic_file import (
    NamedFile,
    naming,
    temporary_beside,
    write_atomically,
    write_bytes_atomically,
)
from tests.support.command_line import PLANE

WORDS = [
    "regions NET --json",
    "regions NET --jsonl",
    "regions NET --count --json",
    "regions NET --certificate",
    "range NET --box -1:1 --certificate",
    "lipschitz NET --certificate",
    "pieces NET --json",
    "evaluate NET --at 1,1 --json",
    "equal NET NET --certificate",
    "verify NET --box -1:1 --bound y0<=9 --certificate",
    "verify NET --box -1:1 --bound y0<=-9 --witness",
    "verify NET --box -1:1 --bound y0<=9 --json",
    "regions NET --box -1:1 --draw",
    "convert NET -o",
]
NAMES = {"--draw": "out.svg", "-o": "out.nnet"}


@pytest.fixture
def net(exactrelu):
    return exactrelu.file("net.json", PLANE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [words for words in WORDS if words.split()[-1] not in NAMES])
def test_a_device_that_is_full_is_named(exactrelu, net, words):
    outcome = exactrelu(*words.replace("NET", net).split(), "/dev/full")
    assert (outcome.status, outcome.err) == (2, "exactrelu: /dev/full: No space left on device\n")


@pytest.mark.parametrize("words", WORDS)
def test_a_file_that_cannot_grow_is_named_and_is_not_there(exactrelu, net, words):
    target = str(exactrelu.folder / NAMES.get(words.split()[-1], "out.jsonl"))
    command = [sys.executable, "-m", "exactrelu", *words.replace("NET", net).split(), target]
    no_room = 'ulimit -f 0; exec "$0" "$@"'  # not a byte: as on a full disk
    done = subprocess.run(["/bin/bash", "-c", no_room, *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"exactrelu: {target}: ")
    assert done.stderr.endswith("File too large\n")
    assert done.stderr.count("\n") == 1
    left = exactrelu.files() - {"net.json"}
    assert left <= ({"out.jsonl"} if "--jsonl" in words else set())  # it is written as it comes
    assert not left or not Path(target).read_bytes()


def test_a_reader_who_leaves_is_not_taken_for_a_full_disk_of_another_file(exactrelu, net):
    target = exactrelu.folder / "out.json"
    command = f'"{sys.executable}" -m exactrelu regions "{net}" --json "{target}" > /dev/full'
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "exactrelu: stdout: No space left on device\n")


# the files themselves --------------------------------------------------------------------------------------


def test_an_error_without_a_name_gets_one_and_others_keep_theirs():
    with pytest.raises(PermissionError, match="'a'"), naming("a"):
        raise PermissionError(13, "Permission denied")
    with pytest.raises(PermissionError, match="'b'"), naming("a"):
        raise PermissionError(13, "Permission denied", "b")


def test_what_the_block_raises_of_other_files_is_not_named_after_this_one(tmp_path):
    with pytest.raises(BrokenPipeError) as caught, temporary_beside(tmp_path / "a"):
        raise BrokenPipeError(32, "Broken pipe")
    assert caught.value.filename is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_written_is_like_any_other(tmp_path):
    tmp_path.joinpath("plain").write_text("x", encoding="utf-8")
    write_atomically(tmp_path / "text", ["a", "é"])
    write_bytes_atomically(tmp_path / "bytes", b"\0")
    assert (tmp_path / "text").read_bytes() == "aé".encode()
    assert (tmp_path / "bytes").read_bytes() == b"\0"
    modes = {(tmp_path / name).stat().st_mode for name in ("plain", "text", "bytes")}
    assert len(modes) == 1
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("path", ["nowhere/a", "file/a", ".", "a" * 300])
def test_a_place_where_nothing_can_be_written_is_named(tmp_path, path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match=r"file|nowhere|Is a directory|too long") as caught:
        write_atomically(tmp_path / path, ["x"])
    assert caught.value.filename == str(tmp_path / path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_named_file_names_what_it_stands_for():
    with pytest.raises(OSError, match="'shown'"), NamedFile("/dev/full", "shown") as file:
        file.write(b"x")
