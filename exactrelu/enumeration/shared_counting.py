"""Counting the configurations of a problem by workers: each counts subtrees."""

from __future__ import annotations

from exactrelu.distribution.parts import Json
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.subtree_search import SubtreeWork
from exactrelu.enumeration.subtrees import Subtree


class Counting(SubtreeWork):
    """How many configurations there are."""

    kind = "count"

    def searched(self, subtree: Subtree, search: Search, hint: Json) -> Json:  # noqa: ARG002 - nothing helps
        """Return the number of configurations in a subtree."""
        from exactrelu.enumeration import count_configurations

        return count_configurations(subtree.inner, search=search)

    def joined(self, found: list[Json]) -> Json:
        """Return the sum."""
        return sum(found)
