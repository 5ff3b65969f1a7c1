"""Mutation testing of the checker: change one thing in its source, and see whether an attack notices.

`python -m tests.support.mutate_checker` tries every mutant, `... 200` a seeded sample of 200. Mutants run
in one process, on files that the attacks of `test_checker_attacks` make: a tool that starts pytest anew for
each mutant would need hours. What survives is printed, and explained in docs/mutants.md.
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sys
import tempfile
import time
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exactrelu import checker
from tests import test_checker_attacks as attacks
from tests.support.certificate_lines import Entries, samples, text_of
from tests.support.mutations import Mutant, mutants, mutated

SECONDS = 30
"""A mutant that takes more processor time is taken for killed: it does not end."""


# the attacks, as files -----------------------------------------------------------------------------------


def cases(folder: Path) -> list[tuple[bytes, str]]:
    """Return files and the place that the checker names (none: valid), in an order that kills soon."""
    found: list[tuple[bytes, str]] = []
    valid = samples(folder)
    found += [(text_of(entries).encode(), "") for entries in valid.values()]
    found += [(text_of(entries).encode(), "") for entries in attacks.VALID_BY_HAND.values()]
    found += [(text_of(entries).encode(), "?") for entries, _ in attacks.HOLES.values()]
    found += [(text.encode(), "?") for text, _ in attacks.HOSTILE if len(text) < 5_000]
    found += [(content, "?") for entries in valid.values() for content in _forged(entries, folder)]
    text = text_of(valid["configurations full line"]).encode()
    lines = text.splitlines(keepends=True)
    found += [(b"".join([*lines[:i], *lines[i + 1 :]]), "?") for i in range(len(lines))]
    found += [(text[:i] + b"!" + text[i + 1 :], "?") for i in range(0, len(text), 7)]
    found += [
        (text.replace(b"\n", b" \n"), "?"),
        (text + b"\n", "?"),
        (text[:-1], "?"),
        (b"", "?"),
        (b"{}\n", "?"),
    ]
    import gzip

    packed = gzip.compress(text, mtime=0)
    found += [
        (packed, ""),
        (packed + b"\0" * 8, "?"),
        (packed * 2, "?"),
        (packed[:-9], "?"),
        (packed[:40], "?"),
    ]
    return found


def _forged(entries: Entries, folder: Path) -> Iterator[bytes]:
    """Yield changed certificates with fresh sums, at most two for each place and reason that refuses them."""
    seen: Counter[str] = Counter()
    path = folder / "forged.jsonl"
    for n, entry in enumerate(entries):
        for other in attacks.changed(entry):
            if isinstance(other, dict):
                content = text_of([*entries[:n], other, *entries[n + 1 :]]).encode()
                path.write_bytes(content)
                found = _refused_for(path)
                seen[found] += 1
                if seen[found] <= 2:
                    yield content


def _refused_for(path: Path) -> str:
    """Return place and expectation of a refusal, whatever was found instead; valid files are all one."""
    return attacks.refusal(path).split(", got ")[0]


def verdict(module: Any, path: Path) -> str:
    """Return what a checker says of a file: valid with what is proved, or why not, or the crash."""
    try:
        return "valid " + json.dumps(module.check(path), sort_keys=True)
    except module.NotACertificateError:
        return "no certificate"
    except module.InvalidCertificateError as error:
        return f"invalid {error.place}"


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    """Stop what runs too long."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def survives(source: str, mutant: Mutant, files: list[tuple[Path, str]]) -> bool:
    """Return whether a mutant says the same of every file as the checker; a crash is not the same."""
    module = types.ModuleType("mutant")
    sys.modules["mutant"] = module
    try:
        with time_limit():
            exec(compile(mutated(source, mutant), "mutant", "exec"), module.__dict__)  # noqa: S102
            return all(verdict(module, path) == right for path, right in files)
    except Exception:  # noqa: BLE001 - whatever a mutant does wrong, it is noticed
        return False


def main(sample: int | None) -> None:
    """Try the mutants and print those that nothing noticed."""
    source = Path(checker.__file__).read_text(encoding="utf-8")
    everything = mutants(source)
    if sample is not None:
        order = random.Random(1)  # noqa: S311 - no secrets
        everything = order.sample(everything, min(sample, len(everything)))  # spread, wherever it is stopped
    start, alive = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as name:
        files = []
        for n, (content, _) in enumerate(cases(Path(name))):
            path = Path(name) / f"{n}.jsonl"
            path.write_bytes(content)
            files.append((path, verdict(checker, path)))
        sys.stdout.write(f"{len(everything)} mutants, {len(files)} files\n")
        sys.stdout.flush()
        for mutant in everything:
            if survives(source, mutant, files):
                alive += 1
                sys.stdout.write(f"survives: line {mutant.line}: {mutant.what}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{alive} of {len(everything)} survive, {time.monotonic() - start:.0f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else None)
