"""Mutation testing of the package: change one thing, and see whether the tests nearest to it notice.

`python -m tests.support.mutate_package 200 --jobs 2` tries a seeded sample of 200 mutants of all modules but
the checker, which has a runner of its own (`mutate_checker`). Each is tried in a copy of the tree: first the
doctests of its module, then the test files nearest to it, up to the first failure. Tests that take far
longer than without a mutant have noticed it too. The sample comes in a drawn order, so that a run that is
stopped early has tried a sample as well. What survives is explained in docs/mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.support.mutations import Mutant, mutants, mutated
from tests.support.nearest_tests import Nearness

ROOT = Path(__file__).resolve().parents[2]
SEED = 1
FILES, LONGEST = 4, 40
"""So many test files are tried besides the module's doctests, none that takes more CPU seconds as it is."""
PATIENCE = 10
"""Tests that wait, instead of computing, are stopped after so many times the CPU seconds they may take."""
NO_TESTS = 5
"""The status of pytest where there was nothing to run."""
MEMORY = 6 * 2**30
NOT_TRIED = {"checker.py", "__init__.py", "__main__.py"}
FOLDERS = ("exactrelu", "tests", "proofs_checks", "examples", "benchmarks", "docs")
PAGES = ("README.md", "Makefile", "pyproject.toml")


class Place(NamedTuple):
    """A mutant and the file that it changes, relative to the tree."""

    file: Path
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.file}:{self.mutant.line}: {self.mutant.what}"


def every_place(root: Path) -> list[Place]:
    """Return all mutants of the package outside annotations, the checker and the doors."""
    found = []
    for path in sorted((root / "exactrelu").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.relative_to(root / "exactrelu").as_posix() not in NOT_TRIED:
            silent = _never_run(ast.parse(source))
            file = path.relative_to(root)
            found += [Place(file, mutant) for mutant in mutants(source) if mutant.node not in silent]
    return found


def _never_run(tree: ast.Module) -> set[int]:
    """Return the numbers of nodes that no program runs: annotations, and imports for types alone."""
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts.append(node)
        silent.update(inner for part in parts if part is not None for inner in ast.walk(part))
    return {number for number, node in enumerate(ast.walk(tree)) if node in silent}


@dataclass
class Copy:
    """A copy of the tree in which one thing at a time is changed."""

    root: Path
    clock: Iterator[int] = field(default_factory=lambda: itertools.count(10**9))

    @classmethod
    def of(cls, root: Path, folder: Path) -> Copy:
        """Copy what the tests need."""
        for name in FOLDERS:
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in PAGES:
            shutil.copy(root / name, folder / name)
        return cls(folder)

    @contextlib.contextmanager
    def changed(self, place: Place) -> Iterator[None]:
        """Change the tree, and change it back."""
        path = self.root / place.file
        source = path.read_text(encoding="utf-8")
        try:
            self._write(path, ast.unparse(mutated(source, place.mutant)))
            yield
        finally:
            self._write(path, source)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        now = next(self.clock)  # another time for each text, so that no compiled file of an old one is taken
        os.utime(path, (now, now))

    def cpu_seconds(self, files: Sequence[Path], seconds: int) -> float | None:
        """Return the CPU seconds that test files take, None if one of them fails or they take too long."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
        process = subprocess.Popen(
            [*command, "-m", "not slow", *map(str, files)],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=functools.partial(_limit, seconds),  # noqa: PLW1509 - the child does nothing before
        )
        clock = threading.Timer(PATIENCE * seconds, os.killpg, (process.pid, signal.SIGKILL))
        clock.start()
        _, status, used = os.wait4(process.pid, 0)
        clock.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what the tests left behind
        return used.ru_utime + used.ru_stime if process.returncode in {0, NO_TESTS} else None


def _limit(seconds: int) -> None:
    """Limit memory and CPU seconds of this process; it may lift the limits for its own purposes."""
    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))


class Trial:
    """Tries mutants, each in one of several copies of the tree."""

    def __init__(self, copies: list[Copy]) -> None:
        self._copies = copies
        self._nearness = Nearness(copies[0].root)
        self._seconds: dict[Path, float] = {}

    def survives(self, place: Place) -> list[Path] | None:
        """Return the test files that did not notice a mutant, None if one did."""
        copy = self._copies.pop()
        try:
            module = ".".join(place.file.with_suffix("").parts).removesuffix(".__init__")
            near = [path.relative_to(self._nearness.root) for path in self._nearness.of(module, FILES)]
            files = [file for file in (place.file, *near) if self._without_mutant(copy, file) <= LONGEST]
            seconds = sum(self._seconds[file] for file in files)
            with copy.changed(place):
                return None if copy.cpu_seconds(files, 20 + int(5 * seconds)) is None else files
        finally:
            self._copies.append(copy)

    def _without_mutant(self, copy: Copy, file: Path) -> float:
        """Return the CPU seconds of a file without a mutant: for ever, if it does not pass in time."""
        if file not in self._seconds:
            self._seconds[file] = copy.cpu_seconds([file], 2 * LONGEST) or float("inf")
        return self._seconds[file]


def main(words: list[str]) -> None:
    """Try a sample and print what survives, then how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("number", type=int, help="how many mutants are tried")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--skip", type=int, default=0, help="so many of the sample are left out")
    options = parser.parse_args(words)
    everything = every_place(ROOT)
    order = random.Random(SEED)  # noqa: S311 - no secrets
    sample = order.sample(everything, len(everything))[options.skip : options.number]
    tried = survived = 0
    with tempfile.TemporaryDirectory() as name:
        copies = []
        for n in range(options.jobs):
            folder = Path(name) / str(n)
            folder.mkdir()
            copies.append(Copy.of(ROOT, folder))
        trial = Trial(copies)
        _say(f"{len(sample)} of {len(everything)} mutants")
        with ThreadPoolExecutor(options.jobs) as pool:
            for place, files in zip(sample, pool.map(trial.survives, sample), strict=True):
                tried += 1
                survived += files is not None
                told = f"survives {' '.join(map(str, files[1:]))}" if files is not None else "noticed"
                _say(f"{tried}. {place}: {told}")
    _say(f"{survived} of {tried} survive")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
