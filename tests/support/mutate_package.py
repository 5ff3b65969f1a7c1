"""Mutation testing of the package: change one thing, and see whether the tests nearest to it notice.

`python -m tests.support.mutate_package 200 --jobs 2` tries a seeded sample of 200 mutants of all modules but
the checker, which has a runner of its own (`mutate_checker`). Each is tried in a copy of the tree: first the
doctests of its module, then the test files nearest to it, up to the first failure. A test that takes far
longer than without a mutant has noticed it too. The sample comes in a drawn order, so that a run that is
stopped early has tried a sample as well. What survives is explained in docs/mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
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
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.support.mutations import Mutant, mutants, mutated
from tests.support.nearest_tests import Nearness

ROOT = Path(__file__).resolve().parents[2]
SEED = 1
FILES, LONGEST = 4, 60
"""So many test files are tried besides the module's doctests, none that takes more seconds as it is."""
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

    def passes(self, file: Path, seconds: float) -> bool:
        """Return whether a test file passes in time."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
        process = subprocess.Popen(
            [*command, "-m", "not slow", str(file)],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_limit_memory,  # noqa: PLW1509 - nothing else happens in the child before it starts
        )
        try:
            return process.wait(timeout=seconds) in (0, 5)  # 5: no test in this file
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


class Trial:
    """Tries mutants, each in one of several copies of the tree."""

    def __init__(self, copies: list[Copy]) -> None:
        self._copies = copies
        self._nearness = Nearness(copies[0].root)
        self._seconds: dict[Path, float] = {}
        self._lock = threading.Lock()

    def survives(self, place: Place) -> list[Path] | None:
        """Return the test files that did not notice a mutant, None if one did."""
        with self._lock:
            copy = self._copies.pop()
        try:
            module = ".".join(place.file.with_suffix("").parts).removesuffix(".__init__")
            near = [path.relative_to(self._nearness.root) for path in self._nearness.of(module, FILES)]
            tried = []
            for file in (place.file, *near):
                seconds = self._without_mutant(copy, file)
                if seconds > LONGEST:
                    continue
                tried.append(file)
                with copy.changed(place):
                    if not copy.passes(file, 30 + 5 * seconds):
                        return None
            return tried
        finally:
            self._copies.append(copy)

    def _without_mutant(self, copy: Copy, file: Path) -> float:
        """Return how long a file takes without a mutant: for ever, if it does not pass in time."""
        if file not in self._seconds:
            start = time.monotonic()
            passed = copy.passes(file, 2 * LONGEST)
            self._seconds[file] = time.monotonic() - start if passed else float("inf")
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
