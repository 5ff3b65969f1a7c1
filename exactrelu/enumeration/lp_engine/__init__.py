"""The engine ``lp``: cells kept by a point inside, split by batches of small linear programs.

It has no vertices, so that many input dimensions are no obstacle (see `search`, `decisions`). Floats propose,
proven bounds and integers decide (`float_bounds`, `exact_cell`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial

from exactrelu.enumeration.complete_tree import complete_tree
from exactrelu.enumeration.generator_engine.found import Compositions
from exactrelu.enumeration.leaves import Excluded, Leaf, Reached
from exactrelu.enumeration.lp_engine.search import Found, Search
from exactrelu.enumeration.lp_engine.start import Start, start_of
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.polyhedron import Polyhedron

_CODES = {Reading.FULL: "<=>", Reading.HALF_OPEN: "≤ >", Reading.CLOSED: "≤ ≥"}


def leaves(problem: Problem, *, evidence: bool, checkpoint: Callable[[], None]) -> Iterator[Leaf]:
    """Yield the leaves of the case tree of ``problem`` in depth-first order.

    With ``evidence`` the excluded leaves come too, so that the stream is the complete tree.
    ``checkpoint`` is called often and may raise to end the search.
    """
    start = start_of(problem)
    if start is None:
        if evidence:
            yield Excluded(problem, "")
        return
    reached = _reached(problem, start, checkpoint)
    yield from complete_tree(problem, reached) if evidence else reached


def count(
    problem: Problem, *, checkpoint: Callable[[], None], executor: Executor | None = None, parts: int = 16
) -> int:
    """Return the number of configurations, without leaves.

    An executor counts about ``parts`` parts of the search; then ``checkpoint`` must be one that pickles.
    """
    start = start_of(problem)
    return 0 if start is None else Search(problem.reading, checkpoint).count(start, executor, parts)


def _reached(problem: Problem, start: Start, checkpoint: Callable[[], None]) -> Iterator[Reached]:
    compositions = Compositions(problem)
    table = dict(enumerate(_CODES[problem.reading]))
    for found in Search(problem.reading, checkpoint).found(start):
        path = found.codes.decode("latin-1").translate(table)
        closure = partial(_closure, problem, path)
        point = partial(_point, found)
        yield Reached(problem, path, found.start.dimension, closure, compositions.of, point)


def _closure(problem: Problem, path: str) -> Polyhedron:
    bits = "".join("1" if code in ">≥" else "0" for code in path)
    configuration = Configuration.from_bits(bits, problem.network.bent_widths)
    rows = cell_rows(problem.network, configuration, problem.domain, problem.reading)
    return Polyhedron.closure_of(problem.network.inputs, rows)


def _point(found: Found) -> Point:
    return found.start.in_inputs(found.point())
