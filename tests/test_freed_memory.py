"""Freed memory is kept for the time of a part where the environment says that it should not be."""

from __future__ import annotations

import sys

import pytest

from exactrelu.distribution import freed_memory, worker
from exactrelu.distribution.freed_memory import freed_memory_is_kept
from exactrelu.distribution.parts import Outcome, Slice
from exactrelu.distribution.worker import DONE, FAILED, remember, search_part

KEPT = [("mallopt", -1, 1 << 28), ("mallopt", -3, 1 << 25)]
PUT_BACK = [("mallopt", -1, 65536), ("mallopt", -3, 1 << 17), ("malloc_trim", 0)]


class Library:
    """A C library that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def mallopt(self, *what: int) -> None:
        self.told.append(("mallopt", *what))

    def malloc_trim(self, *what: int) -> None:
        self.told.append(("malloc_trim", *what))


@pytest.fixture
def library(monkeypatch):
    library = Library()
    monkeypatch.setattr(freed_memory, "_glibc", lambda: library)
    return library


def test_thresholds_are_raised_and_put_back_to_what_dask_says(library, monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    with freed_memory_is_kept():
        assert library.told == KEPT
    assert library.told == [*KEPT, *PUT_BACK]


@pytest.mark.parametrize("told", [None, "", "-1", "much", str(1 << 28)])
def test_nothing_is_touched_where_nobody_has_lowered_them(library, monkeypatch, told):
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    if told is not None:
        monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", told)
    with freed_memory_is_kept():
        pass
    assert library.told == []


def test_a_system_without_glibc_does_without(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    monkeypatch.setattr(freed_memory, "_glibc", lambda: None)
    with freed_memory_is_kept():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_the_real_library_takes_the_numbers(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", str((1 << 28) - 1))
    library = freed_memory._glibc()
    if library is None:
        pytest.skip("this C library is not glibc")
    assert library.mallopt(-1, 1 << 28) == library.mallopt(-3, 1 << 25) == 1
    with freed_memory_is_kept():
        pass
    assert library.mallopt(-1, 1 << 17) == library.mallopt(-3, 1 << 17) == 1  # what glibc begins with


class Work:
    """A work that says what the allocator was told while it was searched."""

    def __init__(self, library: Library, error: Exception | None = None) -> None:
        self.library, self.error = library, error

    def search(self, what, piece, hint):
        if self.error is not None:
            raise self.error
        return Outcome(list(self.library.told))


def test_a_part_is_searched_with_it_and_an_error_puts_it_back_too(library, monkeypatch):
    monkeypatch.setattr(worker, "_known", {})
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    remember("well", Work(library))
    remember("ill", Work(library, ValueError("no")))
    assert search_part("well", None, [""], Slice(1.0), None) == (DONE, Outcome(KEPT))
    assert library.told == [*KEPT, *PUT_BACK]
    kind, error = search_part("ill", None, [""], Slice(1.0), None)
    assert (kind, str(error)) == (FAILED, "no")
    assert library.told == [*KEPT, *PUT_BACK] * 2
