"""Largest signed sums over the cells of a central arrangement in R^n.

Only the space that the normals span matters; let b_1, ..., b_r be normals that are a basis of it, and write
all normals in this basis. Where the normals fall into groups, each spanned by basis elements of its own (the
connected components of their matroid), the cells are the products of the groups' cells, so the largest sum
is the sum of the groups' largest sums. A normal that is independent of all others is a group of its own.
Each group is then swept, if its rank is low, or searched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpz_mat

from exactrelu.numbers.linear_algebra import IntegerRow, integer_rows, primitive
from exactrelu.numbers.rationals import common_denominator
from exactrelu.stability.arrangement_sweep import LargestSum, largest_sums_by_sweep
from exactrelu.stability.sign_search import largest_sum_by_search

_HIGHEST_SWEPT, _MOST_SWEEPS = 5, 20_000
"""There is a sweep for each r - 2 of n hyperplanes; above this rank or number a search is mostly faster."""


@dataclass(frozen=True)
class _Group:
    """A connected component: which normals, and their coordinates in the basis elements among them."""

    members: tuple[int, ...]
    basis: tuple[int, ...]
    coordinates: tuple[IntegerRow, ...]


def largest_sums(
    normals: Sequence[IntegerRow],
    weights: Sequence[IntegerRow],
    oriented: int | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> list[LargestSum]:
    """Return, for each coordinate of the weights, the largest sum of sign(h_j . x) w_j over the cells.

    Parameters
    ----------
    normals
        N >= 1 pairwise independent integer vectors in R^n, the hyperplanes' normals h_j.
    weights
        N integer vectors w_j of one length.
    oriented
        Only cells on the positive side of this hyperplane count; None: all cells.
    checkpoint
        Called now and then; it may raise to end the work.

    Returns
    -------
    list of LargestSum
        The value, and an integer point of R^n off all hyperplanes where the sum has it.

    Examples
    --------
    >>> [one] = largest_sums([(1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1)], [(1,), (1,), (-1,), (5,)])
    >>> one.value
    6
    """
    groups = _groups(normals)
    columns = len(weights[0])
    totals, values = [0] * columns, [dict[int, int]() for _ in range(columns)]
    for group in groups:
        place = group.members.index(oriented) if oriented in group.members else None
        parts = _largest_in_group(group, [weights[j] for j in group.members], place, checkpoint)
        for column, part in enumerate(parts):
            totals[column] += part.value
            values[column] |= dict(zip(group.basis, part.point, strict=True))
    lift = _Lift(normals, sorted(j for group in groups for j in group.basis))
    return [LargestSum(total, lift(at)) for total, at in zip(totals, values, strict=True)]


def _largest_in_group(
    group: _Group, weights: list[IntegerRow], oriented: int | None, checkpoint: Callable[[], None]
) -> list[LargestSum]:
    rank = len(group.basis)
    if rank == 1:
        (weight,) = weights
        lead = group.coordinates[0][0]
        if oriented is not None:
            return [LargestSum(w, (lead,)) for w in weight]
        return [LargestSum(abs(w), (-lead if w < 0 else lead,)) for w in weight]
    if rank <= 3 or (rank <= _HIGHEST_SWEPT and math.comb(len(weights), rank - 2) <= _MOST_SWEEPS):
        return largest_sums_by_sweep(group.coordinates, weights, oriented, checkpoint)
    return [
        largest_sum_by_search(group.coordinates, column, oriented, checkpoint)
        for column in zip(*weights, strict=True)
    ]


def _groups(normals: Sequence[IntegerRow]) -> list[_Group]:
    """Return the connected components of the matroid of the normals."""
    import networkx as nx

    size = len(normals[0])
    matrix = fmpz_mat(size, len(normals), [h[k] for k in range(size) for h in normals])
    echelon, denominator, rank = matrix.rref()
    rows = integer_rows(echelon)[:rank]
    if denominator < 0:
        rows = [tuple(-entry for entry in row) for row in rows]
    basis = [next(j for j, entry in enumerate(row) if entry) for row in rows]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(normals)))
    graph.add_edges_from((basis[k], j) for k, row in enumerate(rows) for j, entry in enumerate(row) if entry)
    groups = []
    for component in nx.connected_components(graph):
        members = tuple(sorted(component))
        own = [k for k, j in enumerate(basis) if j in component]
        coordinates = tuple(primitive([rows[k][j] for k in own]) for j in members)
        groups.append(_Group(members, tuple(basis[k] for k in own), coordinates))
    return groups


class _Lift:
    """From the values of the basis functionals to a point of R^n."""

    def __init__(self, normals: Sequence[IntegerRow], basis: Sequence[int]) -> None:
        self._basis = basis
        self._size = len(normals[0])
        rows = [normals[j] for j in basis]
        reduced, _, rank = fmpz_mat(rows).rref()
        self._columns = [
            next(j for j, entry in enumerate(row) if entry) for row in integer_rows(reduced)[:rank]
        ]
        self._matrix = fmpq_mat(fmpz_mat([[row[j] for j in self._columns] for row in rows]))

    def __call__(self, values: dict[int, int]) -> IntegerRow:
        """Return an integer point where the basis functionals have the values, up to a positive factor."""
        right = fmpq_mat(len(self._basis), 1, [fmpq(values[j]) for j in self._basis])
        solution = [Fraction(int(q.p), int(q.q)) for q in self._matrix.solve(right).entries()]
        point = [Fraction(0)] * self._size
        for column, value in zip(self._columns, solution, strict=True):
            point[column] = value
        scale = common_denominator(point)
        return primitive([int(entry * scale) for entry in point])
