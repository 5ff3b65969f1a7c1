"""How a worker searches a part of a case tree: subtree by subtree, until its seconds are over.

A subtree is searched whole, by an engine, if that is expected to take a small share of the seconds; else it
is divided first. It is expected to take as long as the one beside it, which was searched before: so the first
subtrees are small, the next ones twice as large each, and hardly anything is begun that cannot be finished.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exactrelu.distribution.parts import Json, Outcome, Part, Slice
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.subtrees import Subtree
from exactrelu.errors import BudgetExhaustedError

_FIRST = 5  # cuts above the first subtree of a part, of which nothing is known
_MORE = 3  # cuts below one that took too long
_STEPS = 4  # subtrees of a slice, about
_LEAST = 0.2  # seconds of a subtree that are worth their overhead
_TOO_LONG = 4  # times what was expected
_LEAST_DONE = 2.0**-20  # of a subtree, to say from it what the one beside it takes


@dataclass(frozen=True)
class _Attempt(Search):
    """A search that may take so many seconds of this thread's processor, whoever else is at work."""

    end: float = math.inf

    def check_time(self) -> None:
        """Raise `BudgetExhaustedError` if they are over."""
        super().check_time()
        if time.thread_time() > self.end:
            raise BudgetExhaustedError("a subtree took longer than expected")


@dataclass
class _Spent:
    seconds: float = 0.0


@dataclass
class _Branch:
    """A subtree that is not searched yet.

    ``beside``: the seconds of the one beside it; ``above``: the seconds of those that it is part of;
    ``cuts``: how often it should be divided at least, if nothing is known of it.
    """

    subtree: Subtree
    share: float
    above: tuple[_Spent, ...] = ()
    beside: _Spent | None = None
    cuts: int = _FIRST
    is_single: bool = False

    @classmethod
    def told(cls, root: Subtree, text: str, share: float) -> _Branch:
        """Return the branch of a path, after which may stand how many seconds it is expected to take."""
        path, _, seconds = text.partition(" ")
        return cls(root.below(path), share, beside=_Spent(float(seconds)) if seconds else None)

    def text(self, left: float) -> str:
        """Return what `told` reads; ``left`` is the share of what is open in the subtree beside this.

        The two have equal shares, so what is finished there says what this may take.
        """
        done = self.share - left
        seconds = 0.0
        if self.beside is not None and done > _LEAST_DONE * self.share:
            seconds = self.beside.seconds * self.share / done
        return f"{self.subtree.path} {seconds:.3g}" if seconds else self.subtree.path

    def halves(self, *, in_order: bool) -> list[_Branch]:
        """Return the halves, the first one last; none if there is but one configuration."""
        children = self.subtree.children(in_order=in_order)
        if not children:
            self.is_single = True
            return []
        spent, share, cuts = _Spent(), self.share / 2, max(0, self.cuts - 1)
        first = _Branch(children[0], share, (*self.above, spent), None, cuts)
        return [_Branch(children[1], share, self.above, spent, cuts), first]


class SubtreeWork(ABC):
    """A work whose parts are subtrees of a problem, one after the other in the order of their paths.

    What is found in them comes in their order; ``in_order`` keeps it sorted by configuration.
    """

    def __init__(self, problem: Problem, engine: str, *, in_order: bool = False) -> None:
        self.problem, self.engine, self.in_order = problem, engine, in_order

    @cached_property
    def root(self) -> Subtree:
        """The subtree of all configurations."""
        return Subtree.root(self.problem)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "root"}

    kind = "subtrees"

    @abstractmethod
    def searched(self, subtree: Subtree, search: Search, hint: Json) -> Json:
        """Return what is in a subtree, None for nothing.

        Raises
        ------
        BudgetExhaustedError
            Where the search's time is over.
        """

    @abstractmethod
    def joined(self, found: list[Json]) -> Json:
        """Return the result of a part from those of its subtrees."""

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others."""
        problem = self.problem
        return {
            "kind": self.kind,
            "network": problem.network.digest,
            "domain": [
                [list(map(str, c.normal)), str(c.offset), str(c.relation)] for c in problem.domain.constraints
            ],
            "cells": str(problem.reading),
            "engine": self.engine,
        }

    @staticmethod
    def whole() -> Part:
        """Return the part that is all of the work."""
        return Part([""])

    def search(self, what: Json, piece: Slice, hint: Json) -> Outcome:
        """Search subtrees, given by their paths and what they may take, for the seconds of a slice."""
        return _Run(self, piece, hint).outcome(what)


class FoldedSubtrees(SubtreeWork):
    """A work by two functions, which are found by their names wherever it is done.

    ``each`` (problem, search, hint) returns what is in a subtree, ``fold`` joins a list of that; ``asked``
    is what else tells the question from others.
    """

    def __init__(
        self,
        problem: Problem,
        engine: str,
        kind: str,
        each: Callable[[Problem, Search, Json], Json],
        fold: Callable[[list[Json]], Json],
        asked: Json = None,
    ) -> None:
        super().__init__(problem, engine)
        self.kind, self._each, self._fold, self._asked = kind, each, fold, asked

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others."""
        return super().question() | {"asked": self._asked}

    def searched(self, subtree: Subtree, search: Search, hint: Json) -> Json:
        """Return what is in a subtree."""
        return self._each(subtree.inner, search, hint)

    def joined(self, found: list[Json]) -> Json:
        """Return the result of a part."""
        return self._fold(found)


@dataclass
class _Run:
    work: SubtreeWork
    piece: Slice
    hint: Json
    begun: float = field(default_factory=time.monotonic)
    found: list[Json] = field(default_factory=list)
    is_begun: bool = False

    def outcome(self, paths: list[str]) -> Outcome:
        share = 1.0 / len(paths)
        stack = [_Branch.told(self.work.root, told, share) for told in reversed(paths)]
        while stack and not self._is_over():
            self._step(stack)
        result = self.work.joined(self.found) if self.found else None
        return Outcome(result, tuple(_grouped(stack, self.piece.groups)))

    def _is_over(self) -> bool:
        """Whether the seconds are over, and something is done, lest the same part come back."""
        seconds = time.monotonic() - self.begun
        if seconds >= self.piece.at_most:
            return True
        return seconds >= self.piece.seconds and self.is_begun

    def _step(self, stack: list[_Branch]) -> None:
        """Search the next subtree, or divide it."""
        branch, most = stack.pop(), max(_LEAST, self.piece.seconds / _STEPS)
        if branch.beside is not None:
            branch.cuts = math.ceil(math.log2(max(branch.beside.seconds / most, 1.0)))
        if branch.cuts > 0 and not branch.is_single:
            halves = branch.halves(in_order=self.work.in_order)
            stack.extend(halves or [branch])
            self.is_begun = self.is_begun or bool(halves)
            return
        beside = 0.0 if branch.beside is None else branch.beside.seconds
        if not self._search(branch, _TOO_LONG * max(most, beside)):
            branch.beside, branch.cuts = None, _MORE
            stack.append(branch)

    def _search(self, branch: _Branch, most: float) -> bool:
        """Search a subtree, and return whether it took no longer than that."""
        left = self.piece.at_most - (time.monotonic() - self.begun)
        if left <= 0:
            return False
        begun = time.thread_time()
        end = math.inf if branch.is_single else begun + most
        search = _Attempt(self.work.engine, time_limit=None if left == math.inf else left, end=end).started()
        try:
            found = self.work.searched(branch.subtree, search, self.hint)
        except BudgetExhaustedError:
            return False
        finally:
            for spent in branch.above:
                spent.seconds += time.thread_time() - begun
        self.is_begun = True
        if found is not None:
            self.found.append(found)
        return True


def _grouped(stack: list[_Branch], groups: int) -> list[Part]:
    """Return what is left as parts, in order: large ones alone, small ones that follow together."""
    if not stack:
        return []
    most = max(max(one.share for one in stack) / 2, sum(one.share for one in stack) / max(1, groups))
    left: defaultdict[int, float] = defaultdict(
        float
    )  # the share that is open of what seconds are counted of
    for branch in stack:
        for spent in branch.above:
            left[id(spent)] += branch.share
    parts: list[Part] = []
    paths: list[Any] = []
    share = 0.0
    for branch in reversed(stack):
        if paths and share + branch.share > most:
            parts.append(Part(paths, share))
            paths, share = [], 0.0
        paths.append(branch.text(left[id(branch.beside)]))
        share += branch.share
    return [*parts, Part(paths, share)]
