"""The proved checker beside Python's: ``python -m tests.support.proved_agreement PROGRAM [NUMBER]``.

Both read the sample certificates of each claim, certificates of drawn networks, and NUMBER forgeries of
those that the proved one knows. Verdicts must be the same, and for valid files what is printed, too.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from exactrelu import Domain, Network, Problem, checker, enumerate_leaves, lipschitz_constant, output_range
from exactrelu.certificates import (
    certify_configurations,
    certify_equality,
    certify_lipschitz_constant,
    certify_ranges,
)
from tests.support.certificate_lines import Entries, entries_of, samples, text_of
from tests.support.seeded_cases import seeded_cases

READINGS = ("half-open", "closed", "full")
TREES = ("equal", "range", "lipschitz")
WORDS = ("0", "-1", "1/2", "2/4", "-0", "1/1", "03", "+1", "", "<", ">=", "closed", "full", "empty", "x", "é")
VALUES = (None, True, 0, 1, -1, 2, 10**30, 1.0, [], {}, [0, "1"], "7" * 40, *WORDS)


def proved_verdict(program: Path, path: Path) -> tuple[int, str]:
    """Return exit status and standard output of the proved checker."""
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def python_verdict(path: Path) -> tuple[int, str]:
    """Return the same of Python's checker."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        status = checker.main([str(path)])
    return status, said.getvalue()


def is_proved(entries: Entries) -> bool:
    """Tell whether a certificate is among what the proved checker knows."""
    kind, reading = entries[0]["claim"]["kind"], entries[0]["reading"]
    if kind in {"configurations", "empty"}:
        return reading in READINGS
    norm = entries[0]["claim"].get("norm")
    return kind in {"unequal", "property", "optimum"} or (kind in TREES and reading == "full" and norm != "2")


def valid_ones(folder: Path, *, most: int = 40) -> list[Entries]:
    """Return sample certificates, and some of drawn networks in all readings."""
    found = list(samples(folder).values())
    path = folder / "drawn.jsonl"
    for n, case in enumerate(seeded_cases(most, most_neurons=6)):
        network, domain = case.values
        problem = Problem.of(network, domain, READINGS[n % 3])
        certify_configurations(path, network, problem, enumerate_leaves(problem))
        found.append(entries_of(path.read_text(encoding="utf-8")))
        found += drawn_trees(path, network, domain)
    return found


def drawn_trees(path: Path, network: Network, domain: Domain) -> Iterator[Entries]:
    """Yield certificates of a drawn network whose trees are in the reading full."""
    writers: list[Callable[[], object]] = [lambda: certify_equality(path, network, network, domain)]
    if not domain.is_empty:
        writers.append(lambda: certify_ranges(path, [network], domain, output_range(network, domain)))
    writers += [partial(certify_slope, path, network, domain, norm) for norm in ("1", "inf")]
    for write in writers:
        write()
        yield entries_of(path.read_text(encoding="utf-8"))


def certify_slope(path: Path, network: Network, domain: Domain, norm: str) -> None:
    """Write the certificate of a Lipschitz constant."""
    certify_lipschitz_constant(path, network, domain, lipschitz_constant(network, domain, norm))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within a value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in items:
        yield from places(entry, (*path, key))


def forged(entries: Entries, draw: random.Random) -> Entries:
    """Return the entries with a line dropped, repeated or swapped, or with one value changed."""
    new = json.loads(json.dumps(entries))
    n = draw.randrange(len(new))
    match draw.randrange(8):
        case 0:
            del new[n]
        case 1:
            new.insert(n, new[n])
        case 2:
            new[n], new[n - 1] = new[n - 1], new[n]
        case _:
            *way, last = draw.choice([place for place in places(new[n]) if place])
            target = new[n]
            for key in way:
                target = target[key]
            others = [item for line in new for item in line.values()]
            target[last] = json.loads(json.dumps(draw.choice([*VALUES, *others])))
            if isinstance(target, list) and draw.randrange(4) == 0:
                del target[last]
    return new or [{}]


def disagreement(program: Path, path: Path) -> str:
    """Return how the two differ about a file, or nothing if they agree."""
    proved, python = proved_verdict(program, path), python_verdict(path)
    if proved[0] != python[0] or (python[0] == 0 and proved != python):
        return f"proved: {proved}, Python: {python}: {path.read_text(encoding='utf-8')[:2000]}"
    return ""


def compare(program: Path, number: int, *, most: int = 40) -> Counter[str]:
    """Compare on all valid certificates and so many forgeries; return how many there were of what.

    Raises
    ------
    AssertionError
        If the two differ.
    """
    seen: Counter[str] = Counter()
    draw = random.Random(number)  # noqa: S311 - no secrets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "c.jsonl"
        known: dict[str, list[Entries]] = {}
        for entries in valid_ones(folder, most=most):
            path.write_text(text_of(entries), encoding="utf-8")
            if not is_proved(entries):
                assert proved_verdict(program, path)[0] == 2, entries[0]["claim"]
                seen["of other claims, declined"] += 1
                continue
            assert not (why := disagreement(program, path)), why
            known.setdefault(entries[0]["claim"]["kind"], []).append(entries)
            seen["valid, accepted by both"] += 1
        for _ in range(number):
            entries = forged(draw.choice(known[draw.choice([*known])]), draw)
            path.write_text(text_of(entries), encoding="utf-8")
            if proved_verdict(program, path)[0] == 2 and python_verdict(path)[0] < 2:
                seen["forgeries that became other claims, declined"] += 1
                continue
            assert not (why := disagreement(program, path)), why
            status = python_verdict(path)[0]
            seen[f"forgeries, {('still valid', 'refused', 'no certificate')[status]} for both"] += 1
    return seen


def compare_properties(program: Path, seeds: range, number: int) -> Counter[str]:
    """Compare on property trees of drawn networks, and on so many forgeries of each.

    Raises
    ------
    AssertionError
        If the two differ.
    """
    from tests.test_second_property_checker import certificate, forged_tree

    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "c.jsonl"
        for seed in seeds:
            entries = certificate(seed, path)
            if entries is None or not is_proved(entries):
                continue
            draw = random.Random(seed)  # noqa: S311 - no secrets
            for changed in (entries, *(forged_tree(draw, entries) for _ in range(number))):
                path.write_text(text_of(changed), encoding="utf-8")
                assert not (why := disagreement(program, path)), why
                what = "property trees" if changed is entries else "forgeries of property trees"
                seen[
                    f"{what}, {('valid', 'refused', 'no certificate')[python_verdict(path)[0]]} for both"
                ] += 1
    return seen


def main(arguments: list[str]) -> int:
    """Compare, and print the counts."""
    program, number = Path(arguments[0]).resolve(), int(arguments[1]) if arguments[1:] else 1000
    seen = compare(program, number) + compare_properties(program, range(40), number // 40)
    for what, count in sorted(seen.items()):
        sys.stdout.write(f"{count:7} {what}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
