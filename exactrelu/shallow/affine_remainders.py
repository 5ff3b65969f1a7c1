"""The fewest neurons that realize an affine function on a domain, beside those that carry kinks.

On a non-empty polyhedron D, of which only the closure counts, a neuron c relu(h) is of one of three kinds:
h has both signs in the relative interior, and the neuron *bends* across {h = 0}; or h >= 0 on D, and it is
the affine function c h, *always on*; or h <= 0 on D, and it is zero. Constants are free (output bias). Let
N be the linear functionals that are constant on aff D, C* = {v : v bounded below on D} the dual of the
recession cone, and M = {v : v is zero on every line of D}, the linear span of C*; N lies in C*.

Lemma. Let a linear map R and a subspace S containing N be given, where functions u (x) v with v in S cost
nothing. Let T = S + rows of R. Neurons that carry no kink realize R with, as the smallest number,

    r + r_out + e,   r = dim T - dim S,   r_out = dim(T + M) - dim(S + M),

and e = 0 if S + span(C* n T) = S + (T n M), else 1.

Proof. Such neurons are always on, or bend across a hyperplane where they add up to no kink. One that is
always on gives u (x) v with v in C*, and every such v is taken, with a large bias. Across a hyperplane
without a kink there are at least two, p relu(h) + q relu(-h) with p + q = 0, and they give p (x) w for any w.
So the number is p + 2q, where T lies in S + span(v_1, ..., v_p, w_1, ..., w_q), all v_i in C*. Modulo
S + M, q >= r_out; counting dimensions p + q >= r. So p + 2q >= r + q >= r + r_out. Equality forces
q = r_out and the span to be T; then the v_i, in C* n T, span p = dim (T n (S + M)) / S dimensions modulo
S, and T n (S + M) = S + (T n M) as S lies in T. This is possible exactly if e = 0. With one more: take v_0 in
the relative interior of C* and a basis m_i of T n M modulo S; m_i + t v_0 lies in C* for large t, and they
span all m_i. The rest, r_out dimensions of T, is left to pairs.

On a bounded D all v are bounded: r. On R^d none but zero: 2r. On D = [0, oo) in R^1: r.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals, rank
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Polyhedron
from exactrelu.polyhedra.subspace import Subspace

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Carriers:
    """What carries an affine function on a domain, by the lemma above.

    Attributes
    ----------
    constant
        A basis of N.
    rays, lines
        The recession cone: minimal rays, and a basis of its lines.
    points
        The points of the domain's closure that generate it with the rays and lines.
    """

    inputs: int
    constant: tuple[IntegerRow, ...]
    rays: tuple[IntegerRow, ...]
    lines: tuple[IntegerRow, ...]
    points: tuple[Point, ...]

    @classmethod
    def on(cls, domain: Domain) -> Carriers | None:
        """Return the carriers of a domain, None if it is empty.

        Examples
        --------
        >>> Carriers.on(Domain.from_inequalities(2, [([1, 0], 0, ">="), ([0, 1], 0, "=")]))
        Carriers(inputs=2, constant=((0, 1),), rays=((1, 0),), lines=(), points=((Fraction(0, 1), \
Fraction(0, 1)),))
        """
        cell = domain.cell
        if cell is None:
            return None
        points, rays, lines = cell.closure.generators()
        constant = domain.directions.equations
        return cls(domain.dimension, constant, tuple(rays), tuple(lines), tuple(points))

    @property
    def is_bounded(self) -> bool:
        """Whether every linear functional is bounded below."""
        return not self.rays and not self.lines

    def always_on(self, v: Sequence[Fraction | int]) -> bool:
        """Return whether v is bounded below on the domain: whether v lies in C*."""
        return not any(_dot(v, line) for line in self.lines) and all(_dot(v, ray) >= 0 for ray in self.rays)

    def bias(self, v: Sequence[Fraction | int]) -> Fraction:
        """Return b with <v, x> + b >= 0 on the domain, zero at some point, for v in C*."""
        return -min(_dot(v, point) for point in self.points)

    def cost(self, free: Sequence[IntegerRow], rows: Rows) -> int:
        """Return the smallest number of neurons of the lemma, S the span of N and ``free``."""
        parts = self._parts(free, rows)
        inner = len(parts.needed) - parts.outside
        return inner + 2 * parts.outside + (0 if len(parts.inside) == inner else 1)

    def carry(self, free: Sequence[IntegerRow], rows: Rows) -> tuple[list[IntegerRow], list[IntegerRow]]:
        """Return v_1, ..., v_p in C* and w_1, ..., w_q, p + 2q the cost, that span T modulo S."""
        parts = self._parts(free, rows)
        basis = [*self.constant, *free, *parts.inside]
        chosen = list(parts.inside)
        if len(parts.inside) < len(parts.needed) - parts.outside:
            chosen = self._shifted(_extending([*self.constant, *free], parts.finite))
            basis = [*self.constant, *free, *chosen]
        pairs = _extending(basis, parts.needed)
        return chosen, pairs

    def _parts(self, free: Sequence[IntegerRow], rows: Rows) -> _Parts:
        start = [*self.constant, *free]
        needed = _extending(start, [primitive_from_rationals(row) for row in rows if any(row)])
        if self.is_bounded or not needed:
            return _Parts(needed, needed, needed, 0)
        whole = [*start, *needed]  # T
        finite = list(_annihilator([*_annihilator(whole, self.inputs), *self.lines], self.inputs))  # T n M
        inner = len(_extending(start, finite))
        outside = len(needed) - inner
        inside = _extending(start, self._bounded_below(whole)) if inner else []
        return _Parts(needed, finite, inside, outside)

    def _bounded_below(self, whole: Sequence[IntegerRow]) -> list[IntegerRow]:
        """Return vectors that span span(C* n T): the rays and lines of that cone."""
        equations = [*_annihilator(whole, self.inputs), *self.lines]
        _, rays, lines = self._dual(equations).generators()
        return [*lines, *rays]

    def _dual(self, equations: Sequence[IntegerRow]) -> Polyhedron:
        """Return {v : v is zero on the equations' rows and not negative on the rays}."""
        rows = [Row((*row, 0), Relation.EQUAL) for row in equations]
        rows += [Row((*ray, 0), Relation.AT_LEAST) for ray in self.rays]
        return Polyhedron.closure_of(self.inputs, rows)

    def _shifted(self, vectors: Sequence[IntegerRow]) -> list[IntegerRow]:
        """Return v_0 in the relative interior of C*, and m + t v_0 in C* for each vector m of M."""
        _, rays, _ = self._dual(self.lines).generators()
        first = tuple(map(sum, zip(*rays, strict=True)))
        shifted = [first]
        for m in vectors:
            # v_0 is positive on every ray: a ray r on which C* vanishes would have -r in the cone, a line.
            t = max(Fraction(0), *(Fraction(-_dot(m, ray), _dot(first, ray)) for ray in self.rays))
            shifted.append(primitive_from_rationals([p + t * q for p, q in zip(m, first, strict=True)]))
        return shifted


@dataclass(frozen=True)
class _Parts:
    """T modulo S (``needed``), T n M, independent vectors of C* n T modulo S, and r_out."""

    needed: list[IntegerRow]
    finite: list[IntegerRow]
    inside: list[IntegerRow]
    outside: int


def _annihilator(rows: Sequence[IntegerRow], dimension: int) -> tuple[IntegerRow, ...]:
    return Subspace.of_equations(list(rows), dimension).basis


def _extending(basis: Sequence[IntegerRow], vectors: Sequence[IntegerRow]) -> list[IntegerRow]:
    """Return the vectors that are no combination of the basis and of vectors before them."""
    current, size, chosen = list(basis), rank(list(basis), len(basis[0])) if basis else 0, []
    for vector in vectors:
        if rank([*current, vector], len(vector)) > size:
            current.append(vector)
            chosen.append(vector)
            size += 1
    return chosen


def _dot(v: Sequence[Fraction | int], w: Sequence[Fraction | int]) -> Fraction:
    return Fraction(sum(p * q for p, q in zip(v, w, strict=True)))
