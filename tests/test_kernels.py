"""The compiled kernels: compiled or done without, never stale, and equal to their NumPy versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from exactrelu.errors import ArgumentError
from exactrelu.kernels import build, library
from exactrelu.kernels.signs import decide_signs

needs_library = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")
needs_compiler = pytest.mark.skipif(not build.compilers(), reason="no C compiler")


@pytest.fixture
def sources(tmp_path):
    """A copy of a few C files, to be changed."""
    for name in ("kernels.h", "library.c", "signs.c"):
        shutil.copy(build.FOLDER / name, tmp_path)
    return tmp_path


@pytest.fixture
def found(monkeypatch):
    """What is found in a folder: the library, or None and why."""

    def look(folder, own_digest=None):
        monkeypatch.delenv(library.SWITCH, raising=False)
        monkeypatch.setattr(library, "FOLDER", folder)
        monkeypatch.setattr(library, "digest", lambda: own_digest or build.digest(folder))
        library._found.cache_clear()
        try:
            return library._found()
        finally:
            library._found.cache_clear()

    return look


# compiling -----------------------------------------------------------------------------------------------


@needs_compiler
def test_a_library_of_the_sources_beside_it_is_used_and_one_of_others_is_not(sources, found):
    assert build.build(sources / build.LIBRARY, sources)
    assert found(sources)[1] == "compiled"
    with (sources / "signs.c").open("a", encoding="utf-8") as file:
        file.write("/* changed */\n")
    assert found(sources) == (None, "none (they were compiled from other sources: make kernels)")


def test_without_a_library_there_is_none(tmp_path, found):
    assert found(tmp_path) == (None, "none (they were not compiled)")


def test_a_file_that_is_no_library_is_not_used(tmp_path, found):
    (tmp_path / build.LIBRARY).write_bytes(b"\x7fELF, not really")
    loaded, why = found(tmp_path)
    assert loaded is None
    assert why.startswith("none (")


@pytest.mark.parametrize("compiler", ["/nowhere/cc", "false", f"{sys.executable} -c 0"])
def test_a_compiler_that_fails_leaves_no_library_and_is_no_error(compiler, sources, monkeypatch, capsys):
    monkeypatch.setenv("CC", compiler)
    target = sources / build.LIBRARY
    target.write_bytes(b"of before")
    assert build.build(target, sources) is None
    assert not target.exists()
    assert capsys.readouterr().err.startswith(f"exactrelu: kernels were not compiled: {compiler}: ")


@needs_compiler
def test_sources_that_do_not_compile_leave_no_library(sources):
    (sources / "broken.c").write_text("int broken(", encoding="utf-8")
    assert build.build(sources / build.LIBRARY, sources) is None
    assert not (sources / build.LIBRARY).exists()


@needs_compiler
def test_flags_that_break_the_bounds_do_not_compile(sources, monkeypatch):
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-ffast-math"))
    assert build.build(sources / build.LIBRARY, sources) is None


def test_without_any_compiler_nothing_is_tried(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.build(tmp_path / build.LIBRARY) is None
    assert capsys.readouterr().err == ""


def test_the_digest_sees_every_source_and_the_flags(sources, monkeypatch):
    before = build.digest(sources)
    assert before != build.digest()  # of all sources
    (sources / "more.c").write_text("", encoding="utf-8")
    assert build.digest(sources) != before
    (sources / "more.c").unlink()
    monkeypatch.setattr(build, "FLAGS", ("-O0",))
    assert build.digest(sources) != before


def test_the_switch_turns_them_off_and_the_version_says_so():
    command = [sys.executable, "-m", "exactrelu", "--version"]
    off = os.environ | {library.SWITCH: "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=off)
    assert done.stdout.strip().endswith(f"(kernels: none ({library.SWITCH}=0))")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(f"(kernels: {library.described()})")


def test_every_kernel_is_a_c_file_and_a_python_file_of_one_name():
    names = {path.stem for path in Path(build.FOLDER).glob("*.c")}
    assert names <= {path.stem for path in Path(build.FOLDER).glob("*.py")}


# what is passed on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "dtype", "size"),
    [
        (np.zeros(3), "float64", 4),
        (np.zeros(4, dtype=np.float32), "float64", 4),
        (np.zeros((4, 4))[:, :2], "float64", 4),
    ],
)
def test_arrays_that_do_not_fit_are_refused(array, dtype, size):
    with pytest.raises(ArgumentError, match="kernel argument x: expected 4 contiguous float64, got"):
        library.address("x", array, dtype, size)


def test_a_negative_number_is_refused():
    assert library.count("rows", 0).value == 0
    with pytest.raises(ArgumentError, match="kernel argument rows: expected at least 0, got -1"):
        library.count("rows", -1)


# signs ---------------------------------------------------------------------------------------------------


def _plain_signs(values, bounds, bent):
    with np.errstate(invalid="ignore"):
        signs = (values > bounds).astype(np.int8) - (values < -bounds).astype(np.int8)
    signs[:, ~bent] = 1
    return signs.T


@needs_library
@pytest.mark.parametrize("seed", range(20))
def test_signs_are_those_of_numpy(seed):
    draw = np.random.default_rng(seed)
    rows, width, first = int(draw.integers(1, 200)), int(draw.integers(1, 9)), int(draw.integers(0, 3))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1.0, -1.0])
    values = draw.choice(special, size=(rows, width + 1))
    bounds = draw.choice(special, size=(rows, width + 1))
    bent = draw.random(width) < 0.7
    start = int(draw.integers(0, rows))
    signs = np.full((width, rows + 3), 7, dtype=np.int8)
    undecided, open_ = decide_signs(library.compiled(), values, bounds, bent, signs, (start, rows, first))
    expected = np.full((width, rows + 3), 7, dtype=np.int8)
    found = _plain_signs(values[:, :-1], bounds[:, :-1], bent)
    expected[first:, start:rows] = found[first:, start:]
    assert (signs == expected).all()
    assert undecided == (found[first:, start:] == 0).sum()
    assert open_.tolist() == (found[first:, start:] == 0).any(axis=0).tolist()
