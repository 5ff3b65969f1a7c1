"""Cells that need not be closed, kept by their closure.

Lemma (closure). Let C = {x : u_i(x) >= 0, e_j(x) = 0, s_k(x) > 0} be a polyhedron that is not
necessarily closed, and P the same with s_k >= 0. C is not empty if and only if P is not empty and no
s_k vanishes identically on P (or is negative, which P excludes). Then P is the closure of C.

Proof. Let p_k in P have s_k(p_k) > 0. The mean p of the p_k (any point of P, if there is no k) lies in P
and has s_k(p) > 0 for all k, so p is in C. For x in P the half-open segment [p, x) lies in C, so x is
in the closure of C. The converse is clear.

So a non-empty cell is the pair (P, its strict rows), signs on it are decided on the closed P, and a
cell that touches {y = 0} only in a face F needs one more question: does a strict row vanish on F?
"""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron


class Cell:
    """A non-empty polyhedron, not necessarily closed: its closure and its strict rows ``> 0``."""

    __slots__ = ("closure", "strict")

    def __init__(self, closure: Polyhedron, strict: tuple[Functional, ...] = ()) -> None:
        self.closure = closure
        self.strict = strict

    @classmethod
    def of_rows(cls, dimension: int, rows: Sequence[Row]) -> Cell | None:
        """Return the cell of the rows, or None if they have no common point."""
        closure = Polyhedron.closure_of(dimension, rows)
        strict = tuple(Functional(row.entries) for row in rows if row.relation is Relation.GREATER)
        return cls(closure, strict) if is_nonempty(closure, strict) else None


def is_nonempty(closure: Polyhedron, strict: Sequence[Functional]) -> bool:
    """Return whether some point of ``closure`` has all strict rows positive (the lemma above)."""
    if closure.is_empty():
        return False
    return not any(closure.is_nonpositive_on(functional) for functional in strict)
