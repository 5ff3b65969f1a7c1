"""Count with the engine ``generators`` and see how many signs doubles leave open; its time is no result.

The NumPy road is watched, which decides every sign in one place. The seeds of the first layer (corners of the
domain) are decided in integers on purpose and left out.
"""

from __future__ import annotations

import os
from typing import Any

from benchmarks.peers import exactrelu_adapter, measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Watch the table of vertices while the work counts."""
    os.environ["EXACTRELU_KERNELS"] = "0"
    from exactrelu.enumeration.generator_engine.vertex_table import VertexTable

    signs = {"asked": 0, "ambiguous": 0}
    decide = VertexTable._decide  # noqa: SLF001 - the place where all signs are decided

    def watched(table: Any, start: int, end: int, first: int) -> None:
        asked, ambiguous = table.asked, table.ambiguous
        decide(table, start, end, first)
        if table.layer > 0 or start > 0:
            signs["asked"] += table.asked - asked
            signs["ambiguous"] += table.ambiguous - ambiguous

    VertexTable._decide = watched  # noqa: SLF001
    work = exactrelu_adapter.prepare(task)
    return lambda: work() | signs


if __name__ == "__main__":
    measured.answer(prepare)
