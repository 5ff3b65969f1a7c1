"""The true number of `full` cells of a work, and what a tool's count is where it differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from math import comb

from exactrelu import Network
from exactrelu.numbers.linear_algebra import rank

REFERENCE = "ppl"
_MOST_MINORS = 20_000


class DisagreementError(RuntimeError):
    """Two exact engines found different numbers: one of them is wrong."""


def zaslavsky(network: Network) -> int | None:
    """Return the number of cells that one hidden layer in general position cuts the space into.

    m hyperplanes of R^n, of which any n meet in one point and no n + 1 have a common point, make
    C(m, 0) + ... + C(m, n) cells (Zaslavsky 1975; Schlaefli before him). That position is checked exactly;
    None if it does not hold, or where that is too much work.
    """
    if len(network.layers) != 2:
        return None
    first = network.layers[0]
    n, m = first.inputs, first.outputs
    if comb(m, n) + comb(m, n + 1) > _MOST_MINORS:
        return None
    normals = first.matrix.numerators.tolist()
    for size, width in ((min(n, m), n), (min(n + 1, m), n + 1)):
        for rows in combinations(normals, size):
            if rank([tuple(map(int, row[:width])) for row in rows], width) < size:
                return None
    return sum(comb(m, k) for k in range(n + 1))


def true_count(network: Network, whole_space: bool, counts: Mapping[str, int]) -> tuple[int, str] | None:
    """Return the number of cells, and on whose word; None where nothing vouches for one.

    ``counts`` holds what the exact engines found.

    Raises
    ------
    DisagreementError
        If two of them differ, or one differs from the formula.
    """
    words = dict(counts)
    formula = zaslavsky(network) if whole_space else None
    if formula is not None:
        words["formula"] = formula
    if len(set(words.values())) > 1:
        raise DisagreementError(f"exact counts differ: {words}")
    if not words:
        return None
    names = sorted(words, key=lambda name: (name != REFERENCE, name != "formula", name))
    vouched = names[0] if names[0] in (REFERENCE, "formula") else " and ".join(names)
    return words[names[0]], vouched if len(names) > 1 or vouched == REFERENCE else f"{vouched} alone"


def judged(count: int, true: int, other_readings: Callable[[str], int | None]) -> str:
    """Return which reading a count is: ``full``, ``closed``, ``half-open``, or ``wrong``.

    ``other_readings`` counts in another reading, exactly, or gives up with None; where it gives up, a count
    between the two cannot be told from a wrong one and is ``not full``.
    """
    if count == true:
        return "full"
    others = {reading: other_readings(reading) for reading in ("closed", "half-open")}
    for reading, value in others.items():
        if value == count:
            return reading
    return "not full" if None in others.values() else "wrong"
