"""The exact range of each output of a network on a domain.

On the closure of a `full` cell an output is affine, and these closures cover that of the domain, so its
supremum is the largest of finitely many maxima, each at a vertex or infinite along a ray or line. In few
inputs they are read off a table of all vertices (`table_optima`). Where that would be large, and in many,
bounds and linear programs find each optimum on a bounded domain (`optima`). Else cells are listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, Self

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.extremum import Extremum, extremum_json, extremum_of
from exactrelu.analysis.optima import bounded_set, on_the_set, output_functions, point_with_value, supremum
from exactrelu.analysis.shared_optima import shared_maxima
from exactrelu.analysis.table_optima import MOST_CELLS, suprema_of_table
from exactrelu.distribution.parts import Json
from exactrelu.distribution.workers import NOBODY, Workers
from exactrelu.enumeration import Problem, regions, resolve_engine
from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.sharing import sharing_of, tried_alone
from exactrelu.enumeration.subtree_search import FoldedSubtrees
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import number_text, vector_text
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.cell import is_nonempty
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron
from exactrelu.verification.branch_and_bound import StuckError
from exactrelu.verification.ground import Ground
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.maximum import Maximum, closure_of
from exactrelu.verification.property import InputSet


@dataclass(frozen=True)
class OutputRange:
    """The infimum and the supremum of one output; ``-math.inf`` and ``math.inf`` where there is none."""

    minimum: Extremum
    maximum: Extremum


class OutputRanges(tuple[OutputRange, ...]):  # noqa: SLOT001 - a tuple has no room for slots
    """The range of each output, a tuple, with what was asked, which `exactrelu.certify` needs."""

    asked: Asked

    def __new__(cls, ranges: Iterable[OutputRange], asked: Asked) -> Self:
        """Return the tuple of the ranges."""
        made = super().__new__(cls, ranges)
        made.asked = asked
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.asked


def output_range(
    network: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
    workers: Workers | None = None,
) -> OutputRanges | None:
    """Return the exact range of each output on a domain, None if the domain is empty.

    Workers share boxes of a bounded domain, else subtrees of the case tree (`docs/scale.md`).

    Raises as `exactrelu.enumeration.regions` does.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> (absolute,) = output_range(net, Domain.box([(-3, 2)]))
    >>> absolute.minimum.value, absolute.maximum.value, absolute.maximum.point
    (Fraction(0, 1), Fraction(3, 1), (Fraction(-3, 1),))
    """
    domain = domain or Domain.whole_space(network.inputs)
    search = started(search)
    if Problem.of(network, domain).domain.is_empty:
        return None
    workers, suprema = workers or NOBODY, None
    if workers.are_asked:
        suprema = tried_alone(search, partial(_alone, network, domain)) or _shared(
            network, domain, workers, search
        )
    suprema = suprema or _alone(network, domain, search)
    return OutputRanges(_ranges(suprema), Asked((network,), domain))


def _alone(network: Network, domain: Domain, search: Search) -> list[Extremum]:
    """Return the suprema of -y_j and y_j for each output on a domain with points."""
    inputs = bounded_set(network, domain, search)
    return (
        _by_table(network, domain, inputs, search, most_cells=MOST_CELLS)
        or _by_bounds(network, inputs, search)
        or _by_table(network, domain, inputs, search)
        or _by_cells(network, domain, search)
    )


def _shared(network: Network, domain: Domain, workers: Workers, search: Search) -> list[Extremum] | None:
    """Return the same, found by workers; None where bounds are of no use on a bounded domain."""
    inputs, functions = bounded_set(network, domain, search), output_functions(network.outputs)
    if inputs is not None:
        try:
            tops = shared_maxima(network, inputs, functions, workers, search)
            return [
                on_the_set(network, inputs, [f], replace(top, function=0), search)[0]
                for f, top in zip(functions, tops, strict=True)
            ]
        except StuckError:
            return None
    engine = resolve_engine(search.engine, Problem.of(network, domain, Reading.FULL))
    if any(row.relation is Relation.GREATER for row in domain.rows):
        parted = Problem.of(network, domain, Reading.HALF_OPEN)  # its cells part the domain
        work = FoldedSubtrees(parted, engine, "range", _suprema_in, _largest)
    else:
        covered = Problem.of(network, domain, Reading.FULL)  # the closures of its cells cover the domain
        work = FoldedSubtrees(covered, engine, "range", _suprema_in_closure, _largest)
    found = list(workers.results(work, work.whole(), sharing_of(search)))
    return [extremum_of(one) for one in _largest(found)]


def _suprema_in(problem: Problem, search: Search, _: Json) -> Json:
    """Return the suprema on the domain of a problem, as JSON; None if it is empty."""
    if problem.domain.is_empty:
        return None
    return [extremum_json(one) for one in _alone(problem.network, problem.domain, search)]


def _suprema_in_closure(problem: Problem, search: Search, _: Json) -> Json:
    """Return the suprema on the closure of the domain of a problem, in which sides of neurons are open."""
    weak = {Relation.GREATER: Relation.AT_LEAST, Relation.LESS: Relation.AT_MOST}
    rows = (replace(c, relation=weak.get(c.relation, c.relation)) for c in problem.domain.constraints)
    closed = Domain(problem.domain.dimension, tuple(rows))
    return [extremum_json(one) for one in _alone(problem.network, closed, search)]


def _largest(found: list[Json]) -> Json:
    """Return the largest of each of some lists of suprema."""
    best = [extremum_of(one) for one in found[0]]
    for more in found[1:]:
        best = [b if b.exceeds(a) else a for a, b in zip(best, map(extremum_of, more), strict=True)]
    return [extremum_json(one) for one in best]


def largest_of_small_table(
    network: Network, domain: Domain, inputs: InputSet, search: Search
) -> tuple[Extremum, int] | None:
    """Return the largest supremum of +-y_j on a bounded domain, and j; None where no small table has them.

    ``inputs`` is the domain as well. Only those that are largest on the closure are asked whether they are
    attained.
    """
    suprema = _off_table(network, domain, search, most_cells=MOST_CELLS)
    if suprema is None:
        return None
    top = max(one.value for one in suprema)
    best = [k for k, one in enumerate(suprema) if one.value == top]
    best.sort(key=lambda k: not suprema[k].attained)
    functions = output_functions(network.outputs)
    try:
        for k in best:
            found = _attained(network, inputs, functions[k], suprema[k], search)
            if found.attained:
                return found, k // 2
    except StuckError:
        return None
    return suprema[best[0]], best[0] // 2


def _by_table(
    network: Network,
    domain: Domain,
    inputs: InputSet | None,
    search: Search,
    *,
    most_cells: int | None = None,
) -> list[Extremum] | None:
    """Return the suprema of -y_j and y_j for each output, None where no table has them.

    ``inputs`` is the domain as a set that bounds serve, on which a table may have ``most_cells``; or None.
    """
    is_closed = all(row.relation is not Relation.GREATER for row in domain.rows)
    if inputs is None and not is_closed:
        return None
    suprema = _off_table(network, domain, search, most_cells=None if inputs is None else most_cells)
    if suprema is None or inputs is None or is_closed:
        return suprema
    try:
        functions = output_functions(network.outputs)
        return [_attained(network, inputs, f, one, search) for f, one in zip(functions, suprema, strict=True)]
    except StuckError:
        return None


def _off_table(
    network: Network, domain: Domain, search: Search, *, most_cells: int | None
) -> list[Extremum] | None:
    """Return the suprema on the closure, attained where a vertex that has them is in the domain."""

    def tell(best: list[Extremum]) -> None:
        search.tell("range", lambda: _text_of(_ranges(best)))

    return suprema_of_table(network, domain, search, tell, most_cells=most_cells)


def _attained(
    network: Network, inputs: InputSet, function: Inequality, found: Extremum, search: Search
) -> Extremum:
    """Return a finite supremum on the closure of a domain as the one on the domain."""
    if found.attained or not isinstance(found.value, Fraction):
        return found
    point = point_with_value(network, inputs, function, found.value, search)
    return found if point is None else Extremum(found.value, attained=True, point=point)


def _by_bounds(network: Network, inputs: InputSet | None, search: Search) -> list[Extremum] | None:
    """Return the suprema of -y_j and y_j for each output, None where cells must be listed."""
    if inputs is None:
        return None
    suprema: list[Extremum] = []
    ground = Ground(network, closure_of(inputs))

    def tell(best: Maximum) -> None:
        search.tell("range", lambda: _text_so_far(suprema, best))

    for function in output_functions(network.outputs):
        try:
            suprema.append(supremum(network, inputs, [function], search, tell, ground=ground)[0])
        except StuckError:
            return None
    return suprema


def _text_so_far(suprema: Sequence[Extremum], best: Maximum) -> str:
    """Return for people what is known while one optimum after the other is searched."""
    known = _text_of(_ranges(suprema[: len(suprema) // 2 * 2]))
    j, is_maximum = divmod(len(suprema), 2)
    side, value = ("maximum", best.value) if is_maximum else ("minimum", -best.value)
    word = "at least" if is_maximum else "at most"
    open_side = f"{side} of output {j} {word} {number_text(value)} at {vector_text(best.point)}"
    return f"{known}; {open_side}" if known else open_side


def _by_cells(network: Network, domain: Domain, search: Search) -> list[Extremum]:
    """Return the same from the vertices and rays of all cells."""
    suprema: list[Extremum] | None = None

    def so_far() -> str:
        return _text_of(_ranges(suprema or ()))

    for region in regions(network, domain, Reading.FULL, search=search):
        found = list(_suprema(region))
        suprema = (
            found
            if suprema is None
            else [a if a.exceeds(b) else b for a, b in zip(found, suprema, strict=True)]
        )
        search.tell("range", so_far)
    if suprema is None:
        raise ArithmeticError("a domain with points has no cell")
    return suprema


def _ranges(suprema: Sequence[Extremum]) -> tuple[OutputRange, ...]:
    pairs = zip(suprema[::2], suprema[1::2], strict=True)
    return tuple(OutputRange(low.negated(), high) for low, high in pairs)


def _text_of(ranges: Iterable[OutputRange]) -> str:
    """Return for people what is known of ranges before all cells were seen: values that are taken."""
    shown = []
    for j, one in enumerate(ranges):
        low, high = (
            number_text(end) if isinstance(end, Fraction) else str(end)
            for end in (one.minimum.value, one.maximum.value)
        )
        places = f"{vector_text(one.minimum.point)} and {vector_text(one.maximum.point)}"
        shown.append(f"output {j} at least from {low} to {high}, at {places}")
    return "; ".join(shown)


def _suprema(region: Region) -> Iterable[Extremum]:
    """Yield, for each output, the supremum of its negative and its own on the cell."""
    strict = tuple(Functional(row.entries) for row in region.domain.rows if row.relation is Relation.GREATER)
    for row in region.affine_map.rows:
        for signed in (tuple(-entry for entry in row), row):
            yield _supremum(region.closure, region.geometry, signed, strict)


def _supremum(
    closure: Polyhedron,
    geometry: CanonicalPolyhedron,
    row: tuple[Fraction, ...],
    strict: tuple[Functional, ...],
) -> Extremum:
    for direction in _directions(geometry):
        if sum(a * v for a, v in zip(row, direction, strict=False)) > 0:
            return Extremum(math.inf, attained=False, point=geometry.point, ray=direction)
    values = [(_at(row, vertex), vertex) for vertex in geometry.vertices]
    value, vertex = max(values)
    if not strict:
        return Extremum(value, attained=True, point=vertex)
    level = primitive_from_rationals((*row[:-1], row[-1] - value))
    face = closure.restricted(Functional(level), Relation.EQUAL)
    if is_nonempty(face, strict):
        return Extremum(value, attained=True, point=CanonicalPolyhedron.of(face, geometry.ambient).point)
    return Extremum(value, attained=False, point=vertex)


def _directions(geometry: CanonicalPolyhedron) -> Iterable[IntegerRow]:
    yield from geometry.rays
    for line in geometry.lines:
        direction = primitive_from_rationals(line)
        yield direction
        yield tuple(-entry for entry in direction)


def _at(row: tuple[Fraction, ...], point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False)), row[-1])
