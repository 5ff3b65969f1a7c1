"""Mutation testing of the ledger: change one thing in a page of a claim, and see the verdict change.

`python -m tests.support.mutate_claims 200 --jobs 2` tries a seeded sample of the mutants of all pages, and of
the formulas that they call (`--shared` only those): constants, signs, index bounds, sizes of samples,
relations, operators, conditions. A change is noticed if the check of the page ends in another verdict than
the recorded one, on the claim or on its corrected form, if it shows something else than what is on record (a
statement, a sample, a witness, a number), or does not end; a change of a shared formula, if that happens to
one of the pages. Else the tests that give this check other objects (tests_of_claims.py) must fail. What
survives both is explained in docs/claims-mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import io
import multiprocessing
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from exactrelu.claims import PaperClaim
from tests.support.mutate_package import _never_run
from tests.support.mutations import Mutant, mutants, mutated

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("proofs_checks/heinecke_hwang", "proofs_checks/berner_elbraechter_grohs")
SHARED = (
    "proofs_checks/exact_networks.py",
    "proofs_checks/statements/networks.py",
    "proofs_checks/statements/bounds.py",
    "proofs_checks/statements/decompositions.py",
    "proofs_checks/kernel/arithmetic.py",
    "proofs_checks/kernel/rules.py",
    "proofs_checks/kernel/polynomials.py",
)
SEED, SECONDS, MEMORY = 1, 60, 6 * 2**30
ALL = 4  # so much longer may all claims take, for a mutant of a shared formula, or the tests of one
NOTICED, BY_TESTS, SURVIVES = "noticed", "noticed by tests", "survives"


class Place(NamedTuple):
    """A mutant and the file that it changes."""

    file: Path
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.mutant.line}: {self.mutant.what}"


def every_place(folders: tuple[str, ...], files: tuple[str, ...]) -> Iterator[Place]:
    """Yield all mutants of pages and shared files, outside annotations."""
    pages = [path for folder in folders for path in sorted((ROOT / folder).glob("[a-z]*.py"))]
    for path in (*pages, *(ROOT / name for name in files)):
        source = path.read_text(encoding="utf-8")
        silent = _never_run(ast.parse(source))
        yield from (Place(path, mutant) for mutant in mutants(source) if mutant.node not in silent)


def outcome(place: Place) -> str:
    """Return whether the verdicts or the tests of the page change, or neither."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_try, args=(queue, str(place.file), tuple(place.mutant)))
    process.start()
    process.join(8 * ALL * SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    return NOTICED if process.exitcode or queue.empty() else str(queue.get())


def _try(queue: multiprocessing.Queue[str], file: str, mutant: tuple[int, int, int, str]) -> None:
    """Import the changed module in the place of its file, check the pages, then run the tests of the page."""
    is_page = Path(file).parent.name in {Path(page).name for page in PAGES}
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    _limit(SECONDS if is_page else ALL * SECONDS)
    sys.stderr = io.StringIO()  # a mutant may fail as it likes
    path = Path(file)
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    importlib.import_module(name.rpartition(".")[0])
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    tree = mutated(path.read_text(encoding="utf-8"), Mutant(*mutant))
    exec(compile(tree, file, "exec"), module.__dict__)  # noqa: S102 - a changed file of this repository
    setattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2], module)
    claim = getattr(module, "CLAIM", None)
    if not _is_as_recorded(claim):
        queue.put(NOTICED)
    elif claim is None:
        queue.put(SURVIVES)
    else:
        from tests.support.tests_of_claims import fail

        _limit((1 + ALL) * SECONDS)
        queue.put(BY_TESTS if fail(claim) else SURVIVES)


def _limit(seconds: int) -> None:
    """End the process after so many seconds of its own."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _is_as_recorded(only: PaperClaim | None) -> bool:
    """Return whether one claim, or every claim, has the verdicts and shows what is on record."""
    from exactrelu.claims import load_claims

    for claim in load_claims():
        if only is None or claim.id == only.id:
            finding = claim.answer()
            if not claim.is_as_recorded(finding):
                return False
    return True


def main(words: list[str]) -> None:
    """Try a sample and print what survives, then how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=100, help="how many mutants are tried")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shared", action="store_true", help="only the formulas that pages call")
    parser.add_argument("--paper", choices=[Path(page).name for page in PAGES], help="only one paper's pages")
    options = parser.parse_args(words)
    folders = tuple(page for page in PAGES if options.paper in {None, Path(page).name})
    places = list(every_place(() if options.shared else folders, SHARED if options.shared else ()))
    sample = random.Random(SEED).sample(places, min(options.number, len(places)))  # noqa: S311
    told: Counter[str] = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        for tried, (place, what) in enumerate(zip(sample, pool.map(outcome, sample), strict=True), start=1):
            told[what] += 1
            sys.stdout.write(f"{tried}. {place}: {what}\n")
            sys.stdout.flush()
    counts = ", ".join(f"{told[what]} {what}" for what in (NOTICED, BY_TESTS, SURVIVES))
    sys.stdout.write(f"{counts}, of {len(sample)} tried, of {len(places)} mutants\n")


if __name__ == "__main__":
    main(sys.argv[1:])
