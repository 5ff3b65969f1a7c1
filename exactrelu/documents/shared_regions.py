"""Regions as JSON text by workers: each writes those of subtrees, and they come sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exactrelu.distribution.parts import Json
from exactrelu.distribution.workers import Workers
from exactrelu.documents.region import GeometryDetail
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Problem, Reached
from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.leaves import configuration_of
from exactrelu.enumeration.shared_leaves import Listing, restored, told_by
from exactrelu.enumeration.subtrees import Subtree


@dataclass(frozen=True)
class TextsOfSubtree:
    """Tells the JSON text of each region of a subtree, in one detail."""

    detail: GeometryDetail

    def __call__(self, subtree: Subtree, leaves: Iterable[Reached]) -> list[Json]:
        """Return the texts.

        Where the neurons of the first layer alone are cut, the rows of a cell are those of the subtree's
        own problem, and only the bits are others. Below, that problem no longer knows which of the
        neurons before touch a cell.
        """
        texts = RegionTexts(self.detail)
        if subtree.layer or self.detail is GeometryDetail.NONE:
            compositions = Compositions(subtree.problem)
            return [texts.of(restored(subtree, leaf, compositions)) for leaf in leaves]
        return [_with_all_bits(subtree, leaf, texts.of(leaf)) for leaf in leaves]


def _with_all_bits(subtree: Subtree, leaf: Reached, text: str) -> str:
    whole = configuration_of(subtree.problem, subtree.with_decided(leaf.bits))
    own, other = (f'{{"configuration": "{bits}"' for bits in (leaf.configuration, whole))
    if not text.startswith(own):
        raise ArithmeticError("a region whose text does not begin with its configuration")
    return other + text[len(own) :]


def region_texts_by(
    workers: Workers, problem: Problem, detail: GeometryDetail, search: Search
) -> Iterator[str]:
    """Yield the JSON text of each region of a problem, sorted by configuration.

    Raises
    ------
    BudgetExhaustedError
        While iterating, where a limit of the search is reached.
    """
    work = Listing(problem, search.engine, TextsOfSubtree(detail), str(detail))
    yield from told_by(workers, work, search)
