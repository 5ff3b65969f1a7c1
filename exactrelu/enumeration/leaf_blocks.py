"""Leaves in blocks: the bits of many configurations at once, each a leaf when somebody asks for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from exactrelu.enumeration.cell_source import CellSource
from exactrelu.enumeration.leaves import Reached

if TYPE_CHECKING:  # it takes longer to import than a small network to count
    import numpy as np
    import numpy.typing as npt

_TOGETHER = 4096


class LeafBlock(Protocol):
    """Some configurations of a problem, sorted."""

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """Their bits, 0 or 1: shape (configurations, neurons with a bit)."""
        ...

    @property
    def source(self) -> CellSource | None:
        """What knows the geometry of all of them, if something does."""
        ...

    def leaf(self, number: int) -> Reached:
        """Return one of them."""
        ...

    def __iter__(self) -> Iterator[Reached]:
        """Yield all of them, more quickly than one by one."""
        ...


class MadeLeaves(ABC):
    """A block of leaves that are made of their bits and what the block knows, when somebody asks."""

    @property
    @abstractmethod
    def bits(self) -> npt.NDArray[np.uint8]:
        """Their bits, one byte each."""

    @abstractmethod
    def made(self, number: int, bits: bytes) -> Reached:
        """Return a leaf, given its bits."""

    def leaf(self, number: int) -> Reached:
        """Return one of them."""
        return self.made(number, self.bits[number].tobytes())

    def __iter__(self) -> Iterator[Reached]:
        text, width = self.bits.tobytes(), self.bits.shape[1]
        for number in range(len(self.bits)):
            yield self.made(number, text[number * width : (number + 1) * width])


class LeafList:
    """A block of leaves that are there already."""

    source = None

    def __init__(self, leaves: Sequence[Reached]) -> None:
        """Take in leaves, at least one."""
        self._leaves = leaves

    @cached_property
    def bits(self) -> npt.NDArray[np.uint8]:
        """Their bits."""
        import numpy as np

        width = len(self._leaves[0].bits)
        text = bytearray().join([leaf.bits for leaf in self._leaves])
        return np.frombuffer(text, dtype=np.uint8, count=len(text)).reshape(len(self._leaves), width)

    def leaf(self, number: int) -> Reached:
        """Return one of them."""
        return self._leaves[number]

    def __iter__(self) -> Iterator[Reached]:
        return iter(self._leaves)


def batched(leaves: Iterable[Reached], size: int = _TOGETHER) -> Iterator[LeafList]:
    """Yield leaves in blocks."""
    stream = iter(leaves)
    while together := list(islice(stream, size)):
        yield LeafList(together)


def leaves_in(blocks: Iterable[LeafBlock]) -> Iterator[Reached]:
    """Yield the leaves of blocks one by one."""
    for block in blocks:
        yield from block
