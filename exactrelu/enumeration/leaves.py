"""What engines report: the configurations that count, one *leaf* each, sorted.

An engine splits the domain's cell at one neuron after the other, by the relations of its reading
(`Reading.relations`), and what it reaches in the end are the configurations. It proves nothing: the proof
that these are all, a tree with multipliers where a branch ends without a configuration, is made from the
sorted leaves of any engine by `exactrelu.certificates`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

from exactrelu.enumeration.cell_source import CellSource
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.region import Region, cell_rows, neuron_rows
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.polyhedron import Polyhedron
from exactrelu.polyhedra.row_polyhedron import MOST_BY_GENERATORS, RowPolyhedron, closure_of

_DIGITS = bytes.maketrans(b"\x00\x01", b"01")


class Reached:
    """A configuration that counts.

    ``bits`` are those of the configuration in order, one byte (0 or 1) each; ``dimension`` is that of the
    cell; `region` gives everything else, computed when asked for, and `point` a witness alone, which may be
    cheaper. An engine passes functions that compute the closure, (y_1, ..., y_L) on the cell of a
    configuration, and the witness; ``source`` is the block of cells that it is in and its number there, where
    the engine knows the geometry of many cells together. The block is asked where a function is not given.
    """

    __slots__ = ("_closure", "_maps", "_point", "bits", "dimension", "problem", "source")

    def __init__(
        self,
        problem: Problem,
        bits: bytes,
        dimension: int,
        closure: Callable[[], Polyhedron] | None,
        maps: Callable[[Configuration], tuple[Preactivations, ...]],
        point: Callable[[], Point] | None = None,
        source: tuple[CellSource, int] | None = None,
    ) -> None:
        self.problem = problem
        self.bits = bits
        self.dimension = dimension
        self._closure = closure
        self._maps = maps
        self._point = point
        self.source = source

    @property
    def configuration(self) -> Configuration:
        """The configuration of the leaf."""
        return configuration_of(self.problem, self.bits)

    @property
    def configuration_text(self) -> str:
        """The configuration as text, with a bar between layers: ``str(leaf.configuration)`` without it."""
        digits, widths = self.bits.translate(_DIGITS).decode(), self.problem.network.bent_widths
        if len(widths) < 2:
            return digits
        ends = [*accumulate(widths, initial=0)]
        return "|".join([digits[start:end] for start, end in pairwise(ends)])

    def affine_map(self) -> AffineMap:
        """Return the affine map of the problem's network on the cell."""
        return self._maps(self.configuration)[-1].affine_map()

    def region(self) -> Region:
        """Return the cell with its geometry and affine map."""
        if self.source is not None:
            return self._known_region(*self.source)
        configuration, closure = self.configuration, self._own_closure()
        if isinstance(closure, RowPolyhedron) and self._point is not None:
            closure.add_point(self._point())
        return Region(
            self.problem.network,
            self.problem.domain,
            self.problem.reading,
            configuration,
            closure,
            self._maps(configuration),
            self.dimension,
        )

    def _known_region(self, block: CellSource, number: int) -> Region:
        problem, configuration, geometry = self.problem, self.configuration, block.canonical(number)
        return Region(
            problem.network,
            problem.domain,
            problem.reading,
            configuration,
            geometry.polyhedron,
            self._maps(configuration),
            self.dimension,
        ).knowing(
            geometry=geometry,
            strict=tuple([block.row_list[i] for i in block.strict.of(number)]),
            flips=block.flips_of(number),
        )

    def point(self) -> Point:
        """Return a point in the relative interior of the cell."""
        if self._point is not None:
            return self._point()
        if self.source is not None:
            block, number = self.source
            return block.point(number)
        return self._own_closure().relative_interior_point()

    def _own_closure(self) -> Polyhedron:
        return cell_closure(self.problem, self.bits) if self._closure is None else self._closure()


def configuration_of(problem: Problem, bits: bytes) -> Configuration:
    """Return the configuration with the given bits, one byte each."""
    return Configuration.from_bits(bits.translate(_DIGITS).decode(), problem.network.bent_widths)


def cell_closure(problem: Problem, bits: bytes) -> Polyhedron:
    """Return the closure of the cell of the configuration with the given bits."""
    configuration = configuration_of(problem, bits)
    if problem.network.inputs <= MOST_BY_GENERATORS:
        rows = cell_rows(problem.network, configuration, problem.domain, problem.reading)
        return closure_of(problem.network.inputs, rows)
    own = neuron_rows(problem.network, configuration, problem.reading)
    return RowPolyhedron.of_system(problem.domain.system.extended([row.relaxed for row in own]))
