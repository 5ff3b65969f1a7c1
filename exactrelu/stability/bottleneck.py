"""Bottleneck assignment: the permutation whose largest cost is least, with a proof that none is better.

For a threshold t the pairs (i, j) with cost at most t are the edges of a bipartite graph; an assignment with
largest cost t exists if and only if the graph has a perfect matching. The thresholds are searched by
bisection. That the value cannot be beaten is proved by Hall's theorem: some rows S have, among the pairs of
smaller cost, fewer than |S| columns between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class BottleneckAssignment:
    """A permutation with the least largest cost.

    Attributes
    ----------
    value
        The largest of the costs of (i, permutation[i]); None for no rows.
    permutation
        The column of each row.
    rows, columns
        The obstruction: all pairs of these rows with cost below ``value`` lie in these columns, which are
        fewer than the rows. Empty where the value is None.
    """

    value: Any
    permutation: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def is_valid(self, costs: Sequence[Sequence[Any]]) -> bool:
        """Check permutation, value and obstruction against the costs, without any search."""
        size = len(costs)
        if sorted(self.permutation) != list(range(size)):
            return False
        if not size:
            return self.value is None
        if max(costs[i][j] for i, j in enumerate(self.permutation)) != self.value:
            return False
        reached = {j for i in self.rows for j in range(size) if costs[i][j] < self.value}
        return reached <= set(self.columns) and len(set(self.columns)) < len(set(self.rows))


def bottleneck_assignment(
    costs: Sequence[Sequence[Any]], checkpoint: Callable[[], None] = lambda: None
) -> BottleneckAssignment:
    """Return an assignment of rows to columns whose largest cost is least.

    Parameters
    ----------
    costs
        n rows of n exact numbers that can be compared.
    checkpoint
        Called before each matching; it may raise to end the work.

    Examples
    --------
    >>> bottleneck_assignment([[1, 2], [1, 5]])
    BottleneckAssignment(value=2, permutation=(1, 0), rows=(0, 1), columns=(0,))
    """
    if not costs:
        return BottleneckAssignment(None, (), (), ())
    least = max(min(line) for line in [*costs, *zip(*costs, strict=True)])
    thresholds = sorted({cost for row in costs for cost in row if cost >= least})
    low, high = 0, len(thresholds) - 1
    while low < high:
        checkpoint()
        middle = (low + high) // 2
        if len(_matching(costs, _at_most(thresholds[middle]))) == len(costs):
            high = middle
        else:
            low = middle + 1
    value = thresholds[low]
    best = _matching(costs, _at_most(value))
    rows, columns = _obstruction(costs, value)
    permutation = tuple(best[i] for i in range(len(costs)))
    return BottleneckAssignment(value, permutation, rows, columns)


def _at_most(threshold: Any) -> Callable[[Any], bool]:
    return lambda cost: bool(cost <= threshold)


def _matching(costs: Sequence[Sequence[Any]], allowed: Callable[[Any], bool]) -> dict[int, int]:
    """Return a largest matching of rows to columns among the pairs whose cost is allowed."""
    import networkx as nx

    size = len(costs)
    graph = nx.Graph()
    graph.add_nodes_from(range(2 * size))
    graph.add_edges_from(
        (i, size + j) for i, row in enumerate(costs) for j, cost in enumerate(row) if allowed(cost)
    )
    pairs = nx.bipartite.hopcroft_karp_matching(graph, range(size))
    return {i: j - size for i, j in pairs.items() if i < size}


def _obstruction(costs: Sequence[Sequence[Any]], value: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return rows with too few columns below ``value``: those on paths that alternate from a free row."""
    matched = _matching(costs, lambda cost: cost < value)
    partner = {j: i for i, j in matched.items()}
    rows = [next(i for i in range(len(costs)) if i not in matched)]
    columns: set[int] = set()
    for i in rows:  # grows while it is read
        for j, cost in enumerate(costs[i]):
            if cost < value and j not in columns:
                columns.add(j)
                rows.append(partner[j])
    return tuple(sorted(rows)), tuple(sorted(columns))
