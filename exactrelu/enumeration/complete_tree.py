"""The complete case tree from its reached leaves: what lies between them is excluded.

A node of the tree has a child for each code of its reading, in the order of `exactrelu.enumeration.leaves`.
A child that no reached leaf passes through holds no configuration, so it is an excluded leaf; its proof
is computed on demand from its rows, whichever engine found the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exactrelu.enumeration.leaves import Excluded, Leaf, Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.reading import Reading

_CHILDREN = {Reading.HALF_OPEN: "≤>", Reading.CLOSED: "≤≥", Reading.FULL: "<>"}
_VANISHING = "<=>"  # `full`, where the pre-activation vanishes on the cell


def complete_tree(problem: Problem, reached: Iterable[Reached]) -> Iterator[Leaf]:
    """Yield the reached leaves of a problem, sorted by configuration, with the excluded ones between them."""
    before: str | None = None
    for leaf in reached:
        yield from (Excluded(problem, path) for path in _between(problem.reading, before, leaf.path))
        yield leaf
        before = leaf.path
    if before is not None:
        yield from (Excluded(problem, path) for path in _between(problem.reading, before, None))


def _between(reading: Reading, one: str | None, two: str | None) -> Iterator[str]:
    """Yield the missing children after path ``one`` and before ``two``, in depth-first order."""
    fork = _common_length(one, two) if one is not None and two is not None else -1
    for depth in reversed(range(fork + 1, len(one or ""))):
        yield from _siblings(reading, one or "", depth, after=True)
    if one is not None and two is not None:
        codes = _codes(reading, one[fork])
        for code in codes[codes.index(one[fork]) + 1 : codes.index(two[fork])]:
            yield one[:fork] + code
    for depth in range(fork + 1, len(two or "")):
        yield from _siblings(reading, two or "", depth, after=False)


def _siblings(reading: Reading, path: str, depth: int, *, after: bool) -> Iterator[str]:
    """Yield the children after, or before, the one that ``path`` takes at a depth."""
    codes = _codes(reading, path[depth])
    place = codes.index(path[depth])
    for code in codes[place + 1 :] if after else codes[:place]:
        yield path[:depth] + code


def _codes(reading: Reading, taken: str) -> str:
    return _VANISHING if taken == "=" else _CHILDREN[reading]


def _common_length(one: str, two: str) -> int:
    return next(i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b)
