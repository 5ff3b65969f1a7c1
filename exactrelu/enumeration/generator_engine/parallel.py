"""Counting on several processes or machines, through any `concurrent.futures.Executor`.

The search runs here until there are enough cells to share out; each part is a chunk that holds all it
needs, is pickled once, and comes back as a number. Which part went where changes nothing in the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from exactrelu.enumeration.generator_engine.search import Chunk, count_cells

_CELLS_OF_A_PART = 128  # enough of them that parts take about equally long


def count_in_parts(chunk: Chunk, checkpoint: Callable[[], None], executor: Executor, parts: int) -> int:
    """Return the number of cells that the chunk becomes, the work cut into so many parts.

    ``checkpoint`` goes to the workers with each part, so it must be one that can be pickled.
    """
    while not chunk.done:
        if chunk.pending and chunk.cells.count >= parts * _CELLS_OF_A_PART:
            work = partial(count_cells, checkpoint=checkpoint)
            return sum(executor.map(work, chunk.cut(parts)))
        checkpoint()
        chunk.advance()
    return chunk.cells.count
