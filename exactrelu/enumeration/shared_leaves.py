"""Listing the configurations of a problem by workers: each lists subtrees, and what it finds comes sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from exactrelu.distribution.parts import Json
from exactrelu.distribution.workers import Workers
from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.leaves import Reached, cell_closure
from exactrelu.enumeration.one_process import leaves_within
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.sharing import sharing_of
from exactrelu.enumeration.subtree_search import SubtreeWork
from exactrelu.enumeration.subtrees import Subtree
from exactrelu.numbers.rationals import format_rational, rational

Tell = Callable[[Subtree, Iterable[Reached]], list[Json]]
"""Tells of each leaf of a subtree, which is one of `Subtree.inner`, what should come back."""


class Listing(SubtreeWork):
    """What ``tell``, which can be pickled, says of each configuration; ``asked`` says what that is."""

    kind = "regions"

    def __init__(self, problem: Problem, engine: str, tell: Tell, asked: Json) -> None:
        super().__init__(problem, engine, in_order=True)
        self._tell, self._asked = tell, asked

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others."""
        return super().question() | {"asked": self._asked}

    def searched(self, subtree: Subtree, search: Search, hint: Json) -> Json:  # noqa: ARG002 - nothing helps
        """Return what is said of the configurations in a subtree."""
        return self._tell(subtree, leaves_within(search, subtree.inner))

    def joined(self, found: list[Json]) -> Json:
        """Return one list."""
        return [one for own in found for one in own]


def told_by(workers: Workers, work: Listing, search: Search) -> Iterator[Json]:
    """Yield what is said of each configuration of a listing, sorted by configuration.

    Raises
    ------
    BudgetExhaustedError
        While iterating, where a limit of the search is reached.
    """
    count = 0

    def seen() -> str:
        return str(count)

    for found in workers.results(work, work.whole(), sharing_of(search, in_order=True)):
        for one in found:
            search.check_regions(count + 1)
            count += 1
            search.tell("cells", seen)
            yield one


def leaves_by(workers: Workers, problem: Problem, search: Search) -> Iterator[Reached]:
    """Yield the configurations of a problem, found by workers, sorted; raises as `told_by`."""
    work, compositions = Listing(problem, search.engine, _told, "leaves"), Compositions(problem)
    for bits, dimension, point in told_by(workers, work, search):
        own = bytes(map(int, bits))
        closure, place = partial(cell_closure, problem, own), tuple(map(rational, point))
        yield Reached(problem, own, dimension, closure, compositions.of, partial(tuple, place))


def _told(subtree: Subtree, leaves: Iterable[Reached]) -> list[Json]:
    """Tell bits, dimension and a point of each leaf."""
    return [
        [
            "".join(map(str, subtree.with_decided(leaf.bits))),
            leaf.dimension,
            [format_rational(x) for x in leaf.point()],
        ]
        for leaf in leaves
    ]


def restored(subtree: Subtree, leaf: Reached, compositions: Compositions) -> Reached:
    """Return a leaf of a subtree's inner problem as one of the problem."""
    bits = subtree.with_decided(leaf.bits)
    closure = partial(cell_closure, subtree.problem, bits)
    return Reached(subtree.problem, bits, leaf.dimension, closure, compositions.of, leaf.point)
