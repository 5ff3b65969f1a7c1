"""Exact Lipschitz constants: of each cell, and of a network on a domain.

A domain is a convex polyhedron, a network is continuous, and its `full` cells are finitely many with
closures that cover the closure of the domain. A segment in the domain is cut by them into finitely many
pieces, so the Lipschitz constant on the domain is the largest operator norm of the cells' linear parts,
restricted to lin D, and none smaller will do, since each cell is relatively open or contains such a set.

Conventions: on an empty domain and on a point the constant is 0, the least number that bounds the (absent)
difference quotients. An open domain changes nothing: a Lipschitz constant is a supremum over pairs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice

from flint import fmpz_mat

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.optima import is_tiny
from exactrelu.analysis.steep_cells import SteepCells, TooManyTiesError
from exactrelu.analysis.steepest_search import by_influence, steepest_search
from exactrelu.bounds.float_layers import below
from exactrelu.distribution.parts import Json
from exactrelu.distribution.workers import NOBODY, Workers
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.lp_engine.wide_boxes import is_wide_box
from exactrelu.enumeration.sharing import UNDIVIDED, sharing_of, tried_alone
from exactrelu.enumeration.subtree_search import FoldedSubtrees
from exactrelu.errors import BracketError, BudgetExhaustedError, FormatError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational, rational
from exactrelu.numbers.text import number_text, vector_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import (
    Norm,
    frobenius_norm_squared,
    is_spectral_norm_at_most,
    polyhedral_norm,
    spectral_norm_squared,
)
from exactrelu.polyhedra.subspace import Subspace

ZERO = AlgebraicNumber.from_rational(0)


@dataclass(frozen=True)
class LipschitzConstant:
    """A Lipschitz constant K in ``norm`` (the same on both spaces), with a cell that attains it.

    ``power`` is what is kept exactly: K for the norms ``1`` and ``inf`` (rational), K^2 for ``2``
    (algebraic). ``linear_part`` is the matrix of the network on the cell; its operator norm on lin D is
    K. ``configuration``, ``point`` and ``linear_part`` are None if the domain is empty.
    """

    norm: Norm
    power: AlgebraicNumber
    configuration: Configuration | None
    point: Point | None
    linear_part: RationalMatrix | None
    asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)
    """What was asked, which `exactrelu.certify` needs."""

    @cached_property
    def value(self) -> AlgebraicNumber:
        """K itself."""
        return self.power.sqrt() if self.norm is Norm.TWO else self.power


def lipschitz_constant(
    network: Network,
    domain: Domain | None = None,
    norm: Norm | str = Norm.TWO,
    *,
    search: Search | None = None,
    workers: Workers | None = None,
) -> LipschitzConstant:
    """Return the exact Lipschitz constant of a network on a domain, with a cell that attains it.

    Cells that cannot be as steep are left out, by bounds of the Jacobian where signs are open; the search
    ends where the bounds and the best cell meet (`exactrelu.analysis.steepest_search`). Among cells that
    attain the constant any one is named; the first one, where an engine is asked for or the network is tiny.

    Parameters
    ----------
    network, domain
        The function and where it is looked at; the domain defaults to R^{N_0}.
    norm
        ``1``, ``2`` or ``inf``, on the input and the output space.
    search
        As in `exactrelu.regions`.
    workers
        Who shares subtrees of the case tree; each is told how steep a cell is known (`docs/scale.md`).

    Raises
    ------
    BracketError
        If a limit of the search is reached before that is decided: a `BudgetExhaustedError` with two numbers
        between which the constant lies, ``lower``, the norm on some cell, and ``upper``.
    DomainError
        If the domain has another dimension than the network's input.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 1], [0, 1]], None), ([[1, 0], [0, 1]], None)])
    >>> constant = lipschitz_constant(net)
    >>> str(constant.configuration), constant.power.polynomial, constant.value.decimal(6)
    ('11', (1, -3, 1), '1.618034')
    >>> str(lipschitz_constant(net, norm="1").value)
    '2'
    >>> kink = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, -1]], None)])
    >>> str(lipschitz_constant(kink, Domain.from_inequalities(2, [([1, -1], 0, "=")])).value)
    '0'
    """
    domain, norm = domain or Domain.whole_space(network.inputs), Norm(norm)
    search, workers, asked = started(search), workers or NOBODY, Asked((network,), domain)
    problem, found = Problem.of(network, domain, Reading.FULL), None
    if workers.are_asked:
        alone = partial(_found_alone, problem, norm, Fraction(0))
        found = tried_alone(search, alone, UNDIVIDED) or _found_by(workers, problem, norm, search)
    found = found or _found_alone(problem, norm, Fraction(0), search)
    return LipschitzConstant(norm, found.record.power, *found.cell(network), asked=asked)


def _found_alone(problem: Problem, norm: Norm, known: Fraction, search: Search) -> _Steepest:
    """Return the steepest cell, or one that is no steeper than what is ``known``."""
    record = _Record(norm, problem.domain.directions, known)
    found, network = _Steepest(record), problem.network
    if _is_worth_cutting(problem, search):
        problem = replace(problem, network=by_influence(network))
        found.cut(problem, search, _steep_cells(problem, norm, record))
    else:
        may_leave = search.engine != "ppl" and search.max_regions is None and SteepCells.suits(network)
        found.list(problem, search, _steep_cells(problem, norm, record) if may_leave else None)
    return found


def _found_by(workers: Workers, problem: Problem, norm: Norm, search: Search) -> _Steepest:
    """Return the steepest cell, found by workers.

    What they return are points, whose cells are looked at here. A part says that no cell in it is steeper
    than its own point or than what was known; so the record has to be as steep as that in the end.
    """
    record, network = _Record(norm, problem.domain.directions), problem.network
    found, bound = _Steepest(record), math.inf
    if SteepCells.suits(network) and not problem.domain.is_empty:
        steep = _steep_cells(problem, norm, record)
        found.try_sample(network, steep)
        bound = steep.bound
    work = FoldedSubtrees(problem, search.engine, "lipschitz", _steepest_in, _all_of, str(norm))
    sharing = sharing_of(search, lambda: [str(norm), str(record.below)])
    known = Fraction(0)
    try:
        for points, floor in workers.results(work, work.whole(), sharing):
            known = max(known, Fraction(floor))
            for point in points:
                found.try_point(network, tuple(map(rational, point)))
            search.tell("constant", found.so_far)
    except BudgetExhaustedError as error:
        raise found.bracketed(error, bound) from error
    if record.below < known:
        raise FormatError(
            str(workers.resume), "", "the part with the steepest cell", "others that rest on it"
        )
    return found


def _steepest_in(problem: Problem, search: Search, hint: Json) -> Json:
    """Return a point of the steepest cell of a problem, none if none is as steep as what is known."""
    norm, known = Norm(hint[0]), Fraction(hint[1])
    found = _found_alone(problem, norm, known, search)
    point = found.cell(problem.network)[1]
    return [[] if point is None else [[format_rational(x) for x in point]], str(known)]


def _all_of(found: list[Json]) -> Json:
    """Return the points of several subtrees, and the most that was known."""
    points = [point for own, _ in found for point in own]
    return [points, str(max(Fraction(known) for _, known in found))]


def _is_worth_cutting(problem: Problem, search: Search) -> bool:
    """Whether the steepest cell is searched by branch and bound: not in tiny networks, nor thin domains."""
    network, domain = problem.network, problem.domain
    if search.engine != "auto" or search.max_regions is not None or is_tiny(network):
        return False
    if not SteepCells.suits(network) or is_wide_box(problem):
        return False
    return not (domain.is_empty or domain.directions.equations)


def _steep_cells(problem: Problem, norm: Norm, record: _Record) -> SteepCells:
    """Return what says which cells may be left out."""
    steep = SteepCells(problem.network, problem.domain, norm, record.is_below)
    steep.note(record.floor)
    steep.sample()
    return steep


def local_lipschitz_constants(
    network: Network,
    domain: Domain | None = None,
    norm: Norm | str = Norm.TWO,
    *,
    search: Search | None = None,
) -> Iterator[LipschitzConstant]:
    """Yield the exact Lipschitz constant of each `full` cell, sorted by configuration.

    Raises as `lipschitz_constant` does, while iterating.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-2]], None), ([[1, 1]], None)])
    >>> [(str(cell.configuration), str(cell.value)) for cell in local_lipschitz_constants(net)]
    [('01', '2'), ('10', '1')]
    """
    domain, norm = domain or Domain.whole_space(network.inputs), Norm(norm)
    directions = domain.directions
    for leaf in enumerate_leaves(Problem.of(network, domain, Reading.FULL), search=search):
        part = linear_part(leaf.affine_map())
        power = operator_norm_power(part, norm, directions)
        yield LipschitzConstant(norm, power, leaf.configuration, leaf.point(), part)


def operator_norm_power(
    matrix: RationalMatrix, norm: Norm, subspace: Subspace | None = None
) -> AlgebraicNumber:
    """Return the operator norm for ``1`` and ``inf``, its square for ``2``."""
    if norm is Norm.TWO:
        return spectral_norm_squared(matrix, subspace)
    return AlgebraicNumber.from_rational(polyhedral_norm(matrix, norm, subspace))


def linear_part(affine_map: AffineMap) -> RationalMatrix:
    """Return W of x -> W x + b as a matrix of shape (outputs, inputs)."""
    matrix = affine_map.matrix
    entries = [entry for row in matrix.numerators.tolist() for entry in row[:-1]]
    return RationalMatrix(fmpz_mat(affine_map.outputs, affine_map.inputs, entries), matrix.denominator)


class _Steepest:
    """The steepest cell so far."""

    def __init__(self, record: _Record) -> None:
        self.record = self._record = record
        self._best: tuple[Configuration, Callable[[], Point], RationalMatrix] | None = None

    def list(self, problem: Problem, search: Search, steep: SteepCells | None) -> None:
        """Take in all cells, or those that may be steeper.

        Raises
        ------
        BracketError
            Where a limit of the search is reached, with what is known.
        """
        try:
            self._list(problem, search, steep)
        except BudgetExhaustedError as error:
            raise self.bracketed(error, math.inf if steep is None else steep.bound) from error

    def _list(self, problem: Problem, search: Search, steep: SteepCells | None) -> None:
        try:
            self._take_in(problem, search, steep)
        except TooManyTiesError:
            self.try_sample(problem.network, steep)
            self._take_in(problem, search, steep)

    def cut(self, problem: Problem, search: Search, steep: SteepCells) -> None:
        """Find a steepest cell by branch and bound.

        Raises
        ------
        BracketError
            Where the time is over, with what is known.
        """
        steep.leave_ties()
        self.try_sample(problem.network, steep)
        take_in = partial(self._take_in, search=replace(search, listener=None), steep=steep)
        run = steepest_search(problem, steep, (partial(self._take, steep=steep), take_in), search)
        try:
            run.run(lambda: search.tell("constant", lambda: self._bracket(run.bound)))
        except BudgetExhaustedError as error:
            raise self.bracketed(error, run.bound) from error
        if self._best is None:  # no cell is steeper than a constant
            for leaf in islice(enumerate_leaves(problem, search=search), 1):
                self._take(leaf, None)

    def _take_in(self, problem: Problem, search: Search, steep: SteepCells | None) -> None:
        """Take in cells; the first one of equal ones stays.

        Raises
        ------
        TooManyTiesError
            If there are very many that are about as steep as the record.
        """
        for leaf in enumerate_leaves(problem, search=search, keep=steep):
            self._take(leaf, steep)
            search.tell("constant", self.so_far)

    def _take(self, leaf: Reached, steep: SteepCells | None) -> None:
        part = linear_part(leaf.affine_map())
        if self._record.is_beaten_by(part) or self._best is None:
            self._best = leaf.configuration, leaf.point, part
        if steep is not None:
            steep.note(self._record.floor)

    def try_sample(self, network: Network, steep: SteepCells | None) -> None:
        """Take in the cell of the steepest point that was tried."""
        point = None if steep is None else steep.steepest_sample
        if point is None:
            return
        self.try_point(network, point)
        if steep is not None:
            steep.note(self._record.floor)

    def try_point(self, network: Network, point: Point) -> None:
        """Take in the cell of a point that lies inside a `full` cell."""
        configuration = network.configuration(point)
        part = linear_part(affine_maps(network, configuration)[-1])
        if self._record.is_beaten_by(part) or self._best is None:
            self._best = configuration, lambda: point, part

    def cell(self, network: Network) -> tuple[Configuration | None, Point | None, RationalMatrix | None]:
        """Return its configuration, a point inside and its linear part; None if there is no cell."""
        if self._best is None:
            return None, None, None
        point, part = self._best[1](), self._best[2]
        return network.configuration(point), point, part

    def _value(self) -> AlgebraicNumber:
        return LipschitzConstant(self._record.norm, self._record.power, None, None, None).value

    def bracketed(self, error: BudgetExhaustedError, bound: float) -> BracketError:
        """Return the error with what is known, a bound of all cells included."""
        lower, upper = self._value(), Fraction(bound) if math.isfinite(bound) else math.inf
        return BracketError(str(error), lower, max(upper, lower.interval[1]))

    def so_far(self) -> str:
        """Return for people what is known."""
        if self._best is None:
            return "nothing"
        return f"at least ~{self._value().decimal(6)}, on the cell of {vector_text(self._best[1]())}"

    def _bracket(self, bound: float) -> str:
        most = number_text(Fraction(bound)) if math.isfinite(bound) else "inf"
        return f"at most {most}, {self.so_far()}"


class _Record:
    """The largest norm so far; most matrices are seen to stay below it without an eigenvalue.

    For the norm 2 two exact tests come first, against a rational just below the record: the Frobenius
    norm and |A|_1 |A|_inf bound |A|_2, and B^2 I - A^T A >= 0 decides |A|_2 <= B. Only a matrix that
    passes neither has its eigenvalue computed, and is compared with the record as an algebraic number.
    """

    def __init__(self, norm: Norm, directions: Subspace, known: Fraction | None = None) -> None:
        self.norm = norm
        self.directions = directions
        self.power = ZERO
        self._below = known or Fraction(0)

    @property
    def below(self) -> Fraction:
        """A rational that the record's power is not below."""
        return self._below

    def is_beaten_by(self, matrix: RationalMatrix) -> bool:
        """Return whether the matrix has a larger norm; then it is the record."""
        power = self._larger_power(matrix)
        if power is None:
            return False
        self.power, self._below = power, power.relative_enclosure()[0]
        return True

    def is_below(self, matrix: RationalMatrix) -> bool:
        """Return whether the matrix has a larger norm, and leave the record as it is."""
        return self._larger_power(matrix) is not None

    @property
    def floor(self) -> float:
        """A double that is at most the record."""
        square = self._below if self.norm is Norm.TWO else self._below**2
        bits = 128 + max(0, square.denominator.bit_length() - square.numerator.bit_length())
        return below(Fraction(math.isqrt(square.numerator * 4**bits // square.denominator), 2**bits))

    def _larger_power(self, matrix: RationalMatrix) -> AlgebraicNumber | None:
        if self.norm is Norm.TWO:
            if self.directions.equations:
                matrix = matrix @ self.directions.projector
            if self._is_surely_not_beaten(matrix):
                return None
            power = spectral_norm_squared(matrix)
        else:
            power = operator_norm_power(matrix, self.norm, self.directions)
        return power if power > self.power else None

    def _is_surely_not_beaten(self, matrix: RationalMatrix) -> bool:
        if frobenius_norm_squared(matrix) <= self._below:
            return True
        if polyhedral_norm(matrix, Norm.ONE) * polyhedral_norm(matrix, Norm.INFINITY) <= self._below:
            return True
        return is_spectral_norm_at_most(matrix, self._below)
