"""Equality of two networks on a domain, or equality up to a number, decided exactly, with evidence.

What is cheap comes first, and each step is exact:

1. points of the domain are evaluated: where the outputs differ, that point is the evidence;
2. the networks and then their difference are reduced (`exactrelu.networks.reduced_networks`): what both
   compute in the same way cancels, and where the zero function is left they are equal;
3. where a shallow network is left, its canonical form on the domain decides (written with ReLUs);
4. on a bounded domain, neurons that bounds show to be zero all over it are left out, and 2 is tried again;
5. there, the vertices of all cells decide where they are few, else branch and bound over the two networks
   with their neurons in pairs (`exactrelu.verification.difference_question`);
6. else the `full` cells of the difference decide: on each it is affine, their closures cover the domain,
   and so the networks agree if and only if each of these maps vanishes on the domain's affine hull.
   The first that does not ends the search, with a point of its cell.

Neurons of the two networks that agree up to a positive factor flip together, so that equal networks
have hardly more joint cells than one of them. Where the question is whether |f_j - g_j| <= eps for all
outputs, a point refutes it that exceeds eps, and 2 and 3 hold only if they find the zero function.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.difference_cells import affine_parts, point_beyond
from exactrelu.analysis.equality_decision import EqualityDecision, EqualityMethod
from exactrelu.analysis.optima import bounded_set, worthwhile_pair
from exactrelu.analysis.table_optima import MOST_CELLS, suprema_of_table
from exactrelu.enumeration import Problem
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.networks.reduced_networks import reduced
from exactrelu.networks.relu_networks import as_relu
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import rational
from exactrelu.numbers.text import rounded_up_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.domain_points import domain_points, simplified
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.kink_witness import point_off_zero
from exactrelu.verification.branch_and_bound import Progress, StuckError
from exactrelu.verification.dead_neurons import without_dead_neurons
from exactrelu.verification.decision import share_text
from exactrelu.verification.difference_question import DifferenceQuestion
from exactrelu.verification.property import InputSet
from exactrelu.verification.verdict import Verdict

_INPUTS_OF_A_TABLE, _BOXES_BEFORE_A_TABLE = 4, 256
SAMPLES, FIRST_SAMPLES = 96, 12  # points that are tried, and how many of them before the reduction


def decide_equality(
    one: Network,
    two: Network,
    domain: Domain | None = None,
    *,
    within: Fraction | int | str = 0,
    search: Search | None = None,
) -> EqualityDecision:
    """Decide whether two networks realize the same function on a domain, or nearly so.

    Parameters
    ----------
    one, two
        Networks f, g: R^n -> R^m of any depths.
    domain
        A rational polyhedron in R^n, the whole space by default. On an empty one all functions agree.
    within
        A rational eps >= 0: the question is whether |f_j(x) - g_j(x)| <= eps for all x of the domain and all
        outputs j. With 0, the default, it is equality.
    search
        As in `exactrelu.regions`; a limit that is reached gives the verdict ``unknown``.

    Returns
    -------
    EqualityDecision
        The verdict with its evidence.

    Raises
    ------
    NetworkError
        If the networks have different numbers of inputs or outputs.
    DomainError
        If the domain lies in another space.
    ArgumentError
        If ``within`` is negative.

    Examples
    --------
    >>> absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> identity = Network.from_rationals([([[1]], None)])
    >>> decision = decide_equality(absolute, identity)
    >>> str(decision.verdict), decision.point, decision.outputs
    ('refuted', (Fraction(-2, 1),), ((Fraction(2, 1),), (Fraction(-2, 1),)))
    >>> str(decide_equality(absolute, identity, Domain.from_inequalities(1, [([1], 0, ">")])).verdict)
    'holds'
    >>> line = Domain.box([(-1, 1)])
    >>> [str(decide_equality(absolute, identity, line, within=eps).verdict) for eps in (2, "3/2")]
    ['holds', 'refuted']
    """
    domain = Problem.of(one, domain).domain
    require_one_shape(one, two)
    eps = rational(within)
    if eps < 0:
        raise ArgumentError(f"within: expected at least 0, got {eps}")
    question = _Question(one, two, domain, eps)
    return replace(question.decided(search), within=eps, asked=Asked((one, two), domain))


@dataclass(frozen=True)
class _Question:
    """Whether two networks differ by at most ``within`` on a domain."""

    one: Network
    two: Network
    domain: Domain
    within: Fraction

    def decided(self, search: Search | None) -> EqualityDecision:
        """Take one step after the other."""
        if self.domain.is_empty:
            return EqualityDecision(Verdict.HOLDS, EqualityMethod.EMPTY_DOMAIN)
        points = domain_points(self.domain, SAMPLES)
        if (decision := self._by_evaluation(islice(points, FIRST_SAMPLES))) is not None:
            return decision
        difference = reduced_difference(self.one, self.two, opposite=True)
        if _is_zero(difference):
            return EqualityDecision(Verdict.HOLDS, EqualityMethod.REDUCTION)
        if (decision := self._by_evaluation(points)) is not None:
            return decision
        if difference.depth <= 2 and not self.within:
            return self._by_canonical_form(difference)
        search = started(search)
        inputs = bounded_set(difference, self.domain, search)
        if inputs is None:
            return self._by_joint_cells(difference, search)
        # Two networks that were pruned where they are dead become one.
        one, two = (without_dead_neurons(network, inputs) for network in (self.one, self.two))
        difference = reduced_difference(one, two, opposite=True)
        if _is_zero(difference):
            return EqualityDecision(Verdict.HOLDS, EqualityMethod.REDUCTION)
        pair = worthwhile_pair(one, two, difference) or PairedNetworks.single(difference)
        return self._by_bounds(pair, difference, inputs, search) or self._by_joint_cells(difference, search)

    # evidence -------------------------------------------------------------------------------------

    def _is_exceeded_at(self, x: Point) -> bool:
        """Return whether some output differs by more than ``within`` there."""
        return any(abs(a - b) > self.within for a, b in zip(self.one(x), self.two(x), strict=True))

    def _refuted(self, point: Point, method: EqualityMethod, cells: int = 0) -> EqualityDecision:
        """Return the refutation by a point, or by a simpler one near it; both are evaluated exactly."""

        def is_witness(x: Point) -> bool:
            return self.domain.contains(x) and self._is_exceeded_at(x)

        simple = simplified(point, is_witness)
        if not is_witness(simple):
            raise ArithmeticError("a point that was to refute the equality does not")
        outputs = self.one(simple), self.two(simple)
        return EqualityDecision(Verdict.REFUTED, method, simple, outputs, cells)

    def _moved_inside(self, point: Point) -> Point:
        """Return a point of the domain near one of its closure at which the difference is too large."""
        if self.domain.contains(point):
            return point
        inside = self.domain.interior_point
        if inside is None or not self._is_exceeded_at(point):
            raise ArithmeticError("a point that was to refute the equality does not")
        moved, share = inside, Fraction(1, 2)
        while not self._is_exceeded_at(moved):  # the difference is continuous, what lies between is inside
            moved = tuple(p + share * (q - p) for p, q in zip(point, inside, strict=True))
            share /= 4
        return moved

    # steps ----------------------------------------------------------------------------------------

    def _by_evaluation(self, points: Iterable[Point]) -> EqualityDecision | None:
        for point in points:
            if self._is_exceeded_at(point):
                return self._refuted(point, EqualityMethod.EVALUATION)
        return None

    def _by_canonical_form(self, difference: Network) -> EqualityDecision:
        method = EqualityMethod.CANONICAL_FORM
        form = canonical_form(as_relu(difference.deepened(2)), self.domain)
        if not form.kinks and not any(map(any, form.linear)) and not any(form.constant):
            return EqualityDecision(Verdict.HOLDS, method)
        point = point_off_zero(form, self.domain)
        if point is None:
            raise ArithmeticError("a canonical form is not zero, but no point shows it")
        return self._refuted(point, method)

    def _by_table(self, difference: Network, search: Search) -> EqualityDecision | None:
        """Decide by the vertices of all cells; None where there are many, or no engine keeps them."""
        method = EqualityMethod.VERTEX_TABLE
        if difference.inputs > _INPUTS_OF_A_TABLE:
            return None
        suprema = suprema_of_table(difference, self.domain, search, lambda _: None, most_cells=MOST_CELLS)
        if suprema is None:
            return None
        top = max(suprema, key=lambda one: one.value)
        if top.value <= self.within:
            return EqualityDecision(Verdict.HOLDS, method)
        return self._refuted(self._moved_inside(top.point), method)

    def _by_bounds(
        self, pair: PairedNetworks, difference: Network, inputs: InputSet, search: Search
    ) -> EqualityDecision | None:
        """Decide by branch and bound, or the vertices of all cells if it takes long and these are few.

        None where boxes that cannot be cut are not decided.
        """
        method = EqualityMethod.DIFFERENCE_BOUNDS

        def checkpoint(progress: Progress) -> None:
            search.tell("difference", lambda: _so_far(question, progress))
            search.check_time()

        question = DifferenceQuestion(pair, inputs, self.within, checkpoint)
        try:
            point = question.run(lambda: question.progress.boxes >= _BOXES_BEFORE_A_TABLE)
            if point is None and question.stack:
                if (decision := self._by_table(difference, search)) is not None:
                    return decision
                point = question.run()
        except StuckError:
            return None
        except BudgetExhaustedError as error:
            reason, boxes = str(error), question.progress.boxes
            return EqualityDecision(Verdict.UNKNOWN, method, reason=reason, boxes=boxes, bound=question.bound)
        boxes = question.progress.boxes
        if point is None:
            return EqualityDecision(Verdict.HOLDS, method, boxes=boxes)
        return replace(self._refuted(self._moved_inside(point), method), boxes=boxes)

    def _by_joint_cells(self, difference: Network, search: Search) -> EqualityDecision:
        method, cells = EqualityMethod.JOINT_CELLS, 0
        try:
            for cells, (leaf, g) in enumerate(affine_parts(difference, self.domain, search), start=1):
                point = point_beyond(leaf, g, self.within)
                if point is not None:
                    return self._refuted(self._moved_inside(point), method, cells)
        except BudgetExhaustedError as error:
            return EqualityDecision(Verdict.UNKNOWN, method, cells=cells, reason=str(error))
        return EqualityDecision(Verdict.HOLDS, method, cells=cells)


def _is_zero(network: Network) -> bool:
    return network.depth == 1 and not any(network.layers[0].matrix.numerators.entries())


def _so_far(question: DifferenceQuestion, progress: Progress) -> str:
    """Return how far branch and bound is."""
    known = "no bound yet" if question.bound is None else f"at most {rounded_up_text(question.bound)}"
    return f"{known}, {progress.boxes:,} boxes, {share_text(progress.decided)} decided"


def are_equal(
    one: Network,
    two: Network,
    domain: Domain | None = None,
    *,
    within: Fraction | int | str = 0,
    search: Search | None = None,
) -> bool:
    """Return whether two networks realize the same function on a domain, or differ by at most ``within``.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search was reached before it was decided.
    NetworkError, DomainError, ArgumentError
        As `decide_equality`.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> are_equal(net, net.deepened(4)), are_equal(net, net.scaled(2))
    (True, False)
    """
    decision = decide_equality(one, two, domain, within=within, search=search)
    if decision.verdict is Verdict.UNKNOWN:
        raise BudgetExhaustedError(str(decision.reason))
    return decision.verdict is Verdict.HOLDS


def require_one_shape(one: Network, two: Network, name: str = "second network") -> None:
    """Raise NetworkError, which names the second network, unless both have as many inputs and outputs."""
    shapes = [(network.inputs, network.outputs) for network in (one, two)]
    if shapes[0] != shapes[1]:
        (a, b), (c, d) = shapes
        raise NetworkError(
            f"{name}: expected {a} inputs and {b} outputs, as the first network has, got {c} and {d}"
        )


def reduced_difference(one: Network, two: Network, *, opposite: bool = False) -> Network:
    """Return x -> one(x) - two(x) as a reduced network: what both compute in the same way is gone.

    ``opposite`` is that of `exactrelu.networks.reduced_networks.reduced`.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> reduced_difference(net, net.deepened(4)).widths
    (1, 1)
    """
    first, second = (reduced(network, opposite=opposite) for network in (one, two))
    if first == second:
        zero = (Fraction(0),) * (one.inputs + 1)
        return Network((AffineMap(RationalMatrix.from_rows([zero] * one.outputs, len(zero))),))
    return reduced(first - second, opposite=opposite)
