"""The max-min (lattice) form: f = max_i min_{j in S_i} l_j, with affine l_j.

Theorem (Tarela & Martinez 1999; Ovchinnikov 2002). Every continuous piecewise affine function on a convex
domain has one, where the l_j are its affine maps.

Here terms are found piece by piece, and each is proved to be right. Let f = l_k on a polyhedron Q, and S
the indices j with l_j >= l_k on Q. For T with k in T, T a subset of S, the term min_T l is f on Q. It
belongs into the form if it is at most f everywhere: on each piece P, where f = l_m, there must be no x with
l_j(x) > l_m(x) for all j in T. Where S itself fails at a point x, some l_j has l_j(x) <= f(x) and
l_j >= l_k at an inner point of Q (there is one along the segment from there to x), so j is not in S and
l_j - l_k changes its sign in Q; then Q is cut there. As there are finitely many such hyperplanes, this
ends; and as the Q cover the domain, the maximum of the terms is f.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpz_mat

from exactrelu.construction.piecewise import PiecewiseAffine
from exactrelu.errors import FunctionError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, integer_rows, primitive
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.cell import is_nonempty
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron

Term = tuple[int, ...]
Terms = tuple[Term, ...]


@dataclass(frozen=True)
class MaxMinForm:
    """The function whose k-th value at x is max_{S in terms[k]} min_{j in S} l_j(x), on a domain.

    Parameters
    ----------
    affine
        x -> (l_0(x), ..., l_{K-1}(x)).
    terms
        For each output its terms, at least one, each with at least one index, increasing.
    domain
        Where the form is meant to be a function's, the whole space if there is nothing else to say.

    Raises
    ------
    FunctionError
        If a list is empty or an index is none of 0, ..., K - 1; the message names the place.

    Examples
    --------
    >>> affine = AffineMap.from_rationals([[1], [-1], [0]], [1, 1, 0])
    >>> hat = MaxMinForm(affine, (((0, 1), (2,)),), Domain.whole_space(1))  # max(min(1 + x, 1 - x), 0)
    >>> [hat((x,))[0] for x in (-2, 0, "1/2")]
    [Fraction(0, 1), Fraction(1, 1), Fraction(1, 2)]
    """

    affine: AffineMap
    terms: tuple[Terms, ...]
    domain: Domain

    def __post_init__(self) -> None:
        if self.domain.dimension != self.affine.inputs:
            raise FunctionError(
                f"domain: expected dimension {self.affine.inputs}, got {self.domain.dimension}"
            )
        if not self.terms:
            raise FunctionError("outputs: expected at least one, got none")
        for k, terms in enumerate(self.terms):
            if not terms:
                raise FunctionError(f"outputs[{k}]: expected at least one term, got none")
            for i, term in enumerate(terms):
                _see_term(term, self.affine.outputs, f"outputs[{k}][{i}]")
        normal = tuple(tuple(tuple(sorted(set(term))) for term in terms) for terms in self.terms)
        object.__setattr__(self, "terms", normal)

    @property
    def inputs(self) -> int:
        """The dimension n of the space."""
        return self.affine.inputs

    @property
    def outputs(self) -> int:
        """The number of values."""
        return len(self.terms)

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return the value at a point of R^n."""
        values = self.affine(point_of(x, self.inputs))
        return tuple(max(min(values[j] for j in term) for term in terms) for terms in self.terms)


def _see_term(term: Sequence[int], count: int, place: str) -> None:
    if not term:
        raise FunctionError(f"{place}: expected at least one affine function, got none")
    for j in term:
        if not 0 <= j < count:
            raise FunctionError(f"{place}: expected indices from 0 to {count - 1}, got {j}")


def max_min_form(function: PiecewiseAffine) -> MaxMinForm:
    """Return a max-min form of a function on its domain.

    The affine functions are those of the pieces; terms that are not needed, and functions in them that
    none of the checks asks for, are left out.

    Examples
    --------
    >>> from exactrelu.construction.triangulations import function_from_breakpoints
    >>> points = [(0, 0), (1, 1), (2, 0), (3, 2)]
    >>> form = max_min_form(function_from_breakpoints(points))
    >>> form.affine.weight, form.terms  # max(min(2 - x, x), 2 x - 4)
    (((Fraction(-1, 1),), (Fraction(1, 1),), (Fraction(2, 1),)), (((0, 1), (2,)),))
    """
    components = list(zip(*(m.rows for m in function.maps), strict=True))
    rows = sorted({row for component in components for row in component})
    cells = [piece.cell for piece in function.pieces]
    terms = []
    for component in components:
        own = sorted(set(component))
        places = [rows.index(row) for row in own]
        found = _Search(own, cells, [own.index(row) for row in component]).terms()
        terms.append(tuple(tuple(places[j] for j in sorted(term)) for term in found))
    affine = AffineMap(RationalMatrix.from_rows(rows, function.inputs + 1))
    return MaxMinForm(affine, tuple(terms), function.domain)


class _Signs:
    """Which l_j - l_k are at least, and which at most, 0 on a polyhedron."""

    def __init__(self, rows: Sequence[IntegerRow], cell: Polyhedron, k: int) -> None:
        points, rays, lines = cell.generators()
        generators = [_homogeneous(point) for point in points] + [(*ray, 0) for ray in rays]
        generators += [(*(sign * v for v in line), 0) for line in lines for sign in (1, -1)]
        values = integer_rows(fmpz_mat([*rows]) * fmpz_mat(generators).transpose())
        own = values[k]
        differences = [[a - b for a, b in zip(row, own, strict=True)] for row in values]
        self.above = {j for j, row in enumerate(differences) if min(row) >= 0}
        self.below = {j for j, row in enumerate(differences) if max(row) <= 0}


def _homogeneous(point: Point) -> IntegerRow:
    scale = common_denominator(point)
    return (*(x.numerator * (scale // x.denominator) for x in point), scale)


class _FailsAt(Exception):  # noqa: N818 - no error: it ends the search for a term
    """All functions that may stand in a term exceed f, which has the value ``value`` at ``point``."""

    def __init__(self, point: Point, value: Fraction) -> None:
        self.point, self.value = point, value


class _Search:
    """The terms of one output: distinct rows l_j, over one denominator, and each piece with its row."""

    def __init__(
        self, rows: Sequence[Sequence[Fraction]], cells: Sequence[Polyhedron], own: Sequence[int]
    ) -> None:
        scale = common_denominator(entry for row in rows for entry in row)
        self._rows: list[IntegerRow] = [
            tuple(entry.numerator * (scale // entry.denominator) for entry in row) for row in rows
        ]
        self._cells, self._own = cells, own
        self._signs = [_Signs(self._rows, cell, k) for cell, k in zip(cells, own, strict=True)]

    def terms(self) -> list[frozenset[int]]:
        """Return terms whose maximum is the function."""
        found: list[frozenset[int]] = []
        parts: list[set[int]] = []  # of each part of a piece the functions that are at least f there
        work = list(zip(self._cells, self._own, self._signs, strict=True))
        while work:
            cell, k, signs = work.pop()
            try:
                found.append(self._term(k, signs.above))
            except _FailsAt as failure:
                halves = self._halves(cell, k, signs, failure)
                work += [(half, k, _Signs(self._rows, half, k)) for half in halves]
            else:
                parts.append(signs.above)
        return _fewest(found, parts)

    def _term(self, k: int, above: set[int]) -> frozenset[int]:
        """Return T with min_T l <= f everywhere, k in T, T a subset of ``above``."""
        term = {k}
        for m, signs in enumerate(self._signs):
            while not term & signs.below and (point := self._excess(term, m)) is not None:
                value = _value(self._rows[self._own[m]], point)
                lowest = [j for j in sorted(above) if _value(self._rows[j], point) <= value]
                if not lowest:
                    raise _FailsAt(point, value)
                term.add(max(lowest, key=self._reach))
        for j in sorted(term - {k}, key=self._reach):
            if self._is_at_most(term - {j}):
                term.remove(j)
        return frozenset(term)

    def _is_at_most(self, term: set[int]) -> bool:
        """Return whether the minimum is at most f everywhere."""
        return all(term & signs.below or self._excess(term, m) is None for m, signs in enumerate(self._signs))

    def _reach(self, j: int) -> int:
        """Return on how many pieces l_j is at most f."""
        return sum(j in signs.below for signs in self._signs)

    def _excess(self, term: Iterable[int], m: int) -> Point | None:
        """Return a point of piece m where all functions of the term are greater than f, if there is one."""
        sides = [Functional(self._difference(j, self._own[m])) for j in term]
        cell = self._cells[m]
        for side in sides:
            cell = cell.restricted(side, Relation.AT_LEAST)
        return cell.relative_interior_point() if is_nonempty(cell, sides) else None

    def _halves(self, cell: Polyhedron, k: int, signs: _Signs, failure: _FailsAt) -> list[Polyhedron]:
        """Return the parts of a cell on both sides of l_j = l_k, where l_j is at most f at the point."""
        for j in range(len(self._rows)):
            if j in signs.above | signs.below or _value(self._rows[j], failure.point) > failure.value:
                continue
            side = Functional(self._difference(j, k))
            return [cell.restricted(side, relation) for relation in (Relation.AT_LEAST, Relation.AT_MOST)]
        raise ArithmeticError("pieces that cover a convex domain have no max-min form")

    def _difference(self, j: int, k: int) -> IntegerRow:
        return primitive([a - b for a, b in zip(self._rows[j], self._rows[k], strict=True)])


def _fewest(terms: Sequence[frozenset[int]], parts: Sequence[set[int]]) -> list[frozenset[int]]:
    """Return some of the terms, greedily, such that on each part one of them is f."""
    left = list(parts)
    chosen: list[frozenset[int]] = []
    while left:
        best = max(terms, key=lambda term: sum(term <= part for part in left))
        chosen.append(best)
        left = [part for part in left if not best <= part]
    return sorted(chosen, key=sorted)


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
