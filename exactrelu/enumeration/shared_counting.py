"""Counting the configurations of a problem by workers: each counts subtrees."""

from __future__ import annotations

from exactrelu.distribution.parts import Json
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.one_process import count_alone
from exactrelu.enumeration.subtree_search import SubtreeWork
from exactrelu.enumeration.subtrees import Subtree


class Counting(SubtreeWork):
    """How many configurations there are."""

    kind = "count"

    def searched(self, subtree: Subtree, search: Search, hint: Json) -> Json:  # noqa: ARG002 - nothing helps
        """Return the number of configurations in a subtree."""
        return count_alone(subtree.inner, search)

    def joined(self, found: list[Json]) -> Json:
        """Return the sum."""
        return sum(found)
