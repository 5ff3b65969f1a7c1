"""The inequalities of an input set in doubles, as functions of the last hidden values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch, U
from exactrelu.bounds.float_layers import Floats, vector
from exactrelu.bounds.relaxation import TINY
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.property import InputSet


@dataclass(frozen=True, eq=False)
class FloatRows:
    """The negated left sides -g of all inequalities g >= 0 (or > 0), row by row.

    -g = hidden . x_{L-1} + direct . x + constant, where each number stands as the double nearest to it. Row
    r belongs to the disjunct ``owner[r]``; a box is closed if in each disjunct some row cannot hold, that is,
    if -g > 0 on the box (-g >= 0 for a strict one).
    """

    hidden: Floats
    direct: Floats
    constant: Floats
    strict: np.ndarray
    owner: np.ndarray
    disjuncts: int

    def members(self, disjunct: int) -> np.ndarray:
        """Return the rows of a disjunct."""
        return np.flatnonzero(self.owner == disjunct)

    def rounding(self, batch: BoxBatch) -> Floats:
        """Return what the roundings of the rows change at most on each box: (boxes, rows)."""
        hidden = np.abs(self.hidden[:, batch.live[-1]])
        size = batch.sizes[-1] @ hidden.T + batch.sizes[0] @ np.abs(self.direct).T + np.abs(self.constant)
        return size * (4 * U) + TINY

    def values(self, last_hidden: Floats, points: Floats) -> Floats:
        """Return g at points, with the roundings of doubles."""
        return -(last_hidden @ self.hidden.T + points @ self.direct.T + self.constant)

    def shut(self, least: Floats) -> np.ndarray:
        """Return which disjuncts are closed on each box, given lower bounds of -g: (boxes, disjuncts)."""
        refuted = (least > 0) | ((least >= 0) & self.strict)
        return self._by_disjunct(np.logical_or, refuted)

    def best(self, least: Floats) -> Floats:
        """Return the largest lower bound of each disjunct: (boxes, disjuncts)."""
        return self._by_disjunct(np.maximum, least)

    def satisfied(self, values: Floats, slack: Floats | float) -> np.ndarray:
        """Return which disjuncts hold at points up to a slack, given the values g: (points, disjuncts)."""
        return self._by_disjunct(np.logical_and, values >= -slack)

    def _by_disjunct(self, ufunc: np.ufunc, entries: np.ndarray) -> np.ndarray:
        """Return the entries joined over the rows of each disjunct, which stand together."""
        starts = np.searchsorted(self.owner, np.arange(self.disjuncts))
        return np.asarray(ufunc.reduceat(entries, starts, axis=1))


def float_rows(network: Network, inputs: InputSet) -> FloatRows:
    """Return the inequalities of an input set; those over inputs alone stand in each disjunct.

    There is at least one in each disjunct: a set all of whose points are unsafe needs no search.
    """
    rows = [
        (owner, row)
        for owner, conjunction in enumerate(inputs.disjuncts)
        for row in (*inputs.rows, *conjunction)
    ]
    if not rows:
        raise ValueError("an input set all of whose points are unsafe has no rows")
    table = negated_through(network, [row for _, row in rows])
    direct = np.zeros((len(rows), network.inputs))
    for r, (_, row) in enumerate(rows):
        for i, a in row.x:
            direct[r, i] = -vector([a])[0]
    return FloatRows(
        np.ascontiguousarray(table[:, :-1]),
        direct,
        np.ascontiguousarray(table[:, -1]),
        np.array([row.strict for _, row in rows]),
        np.array([owner for owner, _ in rows]),
        len(inputs.disjuncts),
    )


def negated_through(network: Network, rows: Sequence[Inequality]) -> Floats:
    """Return the y-terms and offsets of rows, negated, composed with the last layer exactly, and rounded."""
    width = network.outputs + 1
    entries = []
    for row in rows:
        terms = [Fraction(0)] * width
        for j, a in row.y:
            terms[j] = -a
        terms[-1] = -row.offset
        entries.append(terms)
    outer = RationalMatrix.from_rows([terms[:-1] for terms in entries], network.outputs)
    composed = (outer @ network.layers[-1].matrix).rows()
    exact = [(*row[:-1], row[-1] + terms[-1]) for row, terms in zip(composed, entries, strict=True)]
    return np.array([vector(row) for row in exact])
