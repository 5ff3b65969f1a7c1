"""Cells of a block as leaves: the block knows all about them, and is asked when somebody asks a leaf."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.cell_block import CellBlock
from exactrelu.enumeration.leaf_blocks import MadeLeaves
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem


class BlockLeaves(MadeLeaves):
    """The cells of a block, in order; ``dimension_of`` tells the dimension of one."""

    def __init__(
        self,
        problem: Problem,
        block: CellBlock,
        dimension_of: Callable[[int], int],
        compositions: Compositions,
    ) -> None:
        self._problem, self._block = problem, block
        self._dimension_of, self._maps = dimension_of, compositions.of

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """The bits of the cells, one byte each."""
        return self._block.bits

    @property
    def source(self) -> CellBlock:
        """The block."""
        return self._block

    def made(self, number: int, bits: bytes) -> Reached:
        """Return a leaf, given its bits."""
        dimension, source = self._dimension_of(number), (self._block, number)
        return Reached(self._problem, bits, dimension, None, self._maps, None, source)
