"""Equality of two networks on a domain, decided exactly, with evidence for both answers.

What is cheap comes first, and each step is exact:

1. points of the domain are evaluated: where the outputs differ, that point is the evidence;
2. the networks and then their difference are reduced (`exactrelu.networks.reduced_networks`): what both
   compute in the same way cancels, and where the zero function is left they are equal;
3. where a shallow network is left, its canonical form on the domain decides (written with ReLUs);
4. on a bounded domain, neurons that bounds show to be zero all over it are left out, and 2 is tried again;
5. else the `full` cells of the difference decide: on each it is affine, their closures cover the domain,
   and so the networks agree if and only if each of these maps vanishes on the domain's affine hull.
   The first that does not ends the search, with a point of its cell.

Neurons of the two networks that agree up to a positive factor flip together, so that equal networks
have hardly more joint cells than one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import islice

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.optima import bounded_set
from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.enumeration import Problem, Reached, enumerate_leaves
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import BudgetExhaustedError, NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import reduced
from exactrelu.networks.relu_networks import as_relu
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import vector_text
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.domain_points import domain_points, simplified
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.kink_witness import point_off_zero
from exactrelu.verification.dead_neurons import without_dead_neurons
from exactrelu.verification.verdict import Verdict
from exactrelu.writing.html_tables import facts_table

SAMPLES, FIRST_SAMPLES = 96, 12  # points that are tried, and how many of them before the reduction


class EqualityMethod(StrEnum):
    """Which step decided."""

    EMPTY_DOMAIN = "empty domain"
    EVALUATION = "evaluation"
    REDUCTION = "reduction"
    CANONICAL_FORM = "canonical form"
    JOINT_CELLS = "joint cells"


@dataclass(frozen=True)
class EqualityDecision:
    """Whether two networks agree on a domain.

    ``point`` (in the domain) and ``outputs``, the values of the first and of the second network there,
    are given where the verdict is ``refuted``. ``cells`` counts the joint cells that were seen, and
    ``reason`` says which limit was reached where the verdict is ``unknown``.
    """

    verdict: Verdict
    method: EqualityMethod
    point: Point | None = None
    outputs: tuple[Point, Point] | None = None
    cells: int = 0
    reason: str | None = None
    asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)
    """What was asked, which `exactrelu.certify` needs."""

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("verdict", self.verdict), ("decided by", self.method)]
        if self.point is not None and self.outputs is not None:
            facts.append(("point", vector_text(self.point)))
            facts += zip(("first output", "second output"), map(vector_text, self.outputs), strict=True)
        facts += [(name, value) for name, value in (("cells", self.cells), ("reason", self.reason)) if value]
        return facts_table("Equality of two networks", facts)


def decide_equality(
    one: Network,
    two: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> EqualityDecision:
    """Decide whether two networks realize the same function on a domain.

    Parameters
    ----------
    one, two
        Networks R^n -> R^m of any depths.
    domain
        A rational polyhedron in R^n, the whole space by default. On an empty one all functions agree.
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

    Examples
    --------
    >>> absolute = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> identity = Network.from_rationals([([[1]], None)])
    >>> decision = decide_equality(absolute, identity)
    >>> str(decision.verdict), decision.point, decision.outputs
    ('refuted', (Fraction(-2, 1),), ((Fraction(2, 1),), (Fraction(-2, 1),)))
    >>> str(decide_equality(absolute, identity, Domain.from_inequalities(1, [([1], 0, ">")])).verdict)
    'holds'
    """
    domain = Problem.of(one, domain).domain
    require_one_shape(one, two)
    return replace(_decided(one, two, domain, search), asked=Asked((one, two), domain))


def _decided(one: Network, two: Network, domain: Domain, search: Search | None) -> EqualityDecision:
    if domain.is_empty:
        return EqualityDecision(Verdict.HOLDS, EqualityMethod.EMPTY_DOMAIN)
    points = domain_points(domain, SAMPLES)
    if (decision := _by_evaluation(one, two, domain, islice(points, FIRST_SAMPLES))) is not None:
        return decision
    difference = reduced_difference(one, two, opposite=True)
    if difference.depth == 1 and not any(difference.layers[0].matrix.numerators.entries()):
        return EqualityDecision(Verdict.HOLDS, EqualityMethod.REDUCTION)
    if (decision := _by_evaluation(one, two, domain, points)) is not None:
        return decision
    if difference.depth <= 2:
        return _by_canonical_form(one, two, domain, difference)
    search = started(search)
    difference = _without_dead(one, two, domain, search) or difference
    if difference.depth == 1 and not any(difference.layers[0].matrix.numerators.entries()):
        return EqualityDecision(Verdict.HOLDS, EqualityMethod.REDUCTION)
    return _by_joint_cells(one, two, domain, difference, search)


def _without_dead(one: Network, two: Network, domain: Domain, search: Search) -> Network | None:
    """Return the reduced difference of the networks without neurons that are zero all over the domain.

    So two networks that were pruned where they are dead become one. None where bounds have no box.
    """
    inputs = bounded_set(one, domain, search)
    if inputs is None:
        return None
    return reduced_difference(
        without_dead_neurons(one, inputs), without_dead_neurons(two, inputs), opposite=True
    )


def are_equal(
    one: Network,
    two: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> bool:
    """Return whether two networks realize the same function on a domain.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search was reached before it was decided.
    NetworkError, DomainError
        As `decide_equality`.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> are_equal(net, net.deepened(4)), are_equal(net, net.scaled(2))
    (True, False)
    """
    decision = decide_equality(one, two, domain, search=search)
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


def _refuted(
    one: Network, two: Network, domain: Domain, point: Point, method: EqualityMethod, cells: int = 0
) -> EqualityDecision:
    """Return the refutation by a point, or by a simpler one near it; both are evaluated exactly."""

    def is_witness(x: Point) -> bool:
        return domain.contains(x) and one(x) != two(x)

    simple = simplified(point, is_witness)
    if not is_witness(simple):
        raise ArithmeticError("a point that was to refute the equality does not")
    return EqualityDecision(Verdict.REFUTED, method, simple, (one(simple), two(simple)), cells)


def _by_evaluation(
    one: Network, two: Network, domain: Domain, points: Iterable[Point]
) -> EqualityDecision | None:
    for point in points:
        if one(point) != two(point):
            return _refuted(one, two, domain, point, EqualityMethod.EVALUATION)
    return None


def _by_canonical_form(one: Network, two: Network, domain: Domain, difference: Network) -> EqualityDecision:
    method = EqualityMethod.CANONICAL_FORM
    form = canonical_form(as_relu(difference.deepened(2)), domain)
    if not form.kinks and not any(map(any, form.linear)) and not any(form.constant):
        return EqualityDecision(Verdict.HOLDS, method)
    point = point_off_zero(form, domain)
    if point is None:
        raise ArithmeticError("a canonical form is not zero, but no point shows it")
    return _refuted(one, two, domain, point, method)


def _by_joint_cells(
    one: Network, two: Network, domain: Domain, difference: Network, search: Search
) -> EqualityDecision:
    method, cells = EqualityMethod.JOINT_CELLS, 0
    try:
        for cells, (leaf, g) in enumerate(_affine_parts(difference, domain, search), start=1):
            if any(g.matrix.numerators.entries()):
                point = _point_off_zero(leaf, g)
                return _refuted(one, two, domain, point, method, cells)
    except BudgetExhaustedError as error:
        return EqualityDecision(Verdict.UNKNOWN, method, cells=cells, reason=str(error))
    return EqualityDecision(Verdict.HOLDS, method, cells=cells)


def _affine_parts(network: Network, domain: Domain, search: Search) -> Iterator[tuple[Reached, AffineMap]]:
    """Yield the `full` cells with the network's map on each, zero exactly if it vanishes on aff D."""
    equations = domain.equations
    problem = Problem.of(network, domain, Reading.FULL)
    for leaf in enumerate_leaves(problem, search=search):
        g = leaf.affine_map()
        yield leaf, on_affine_hull(g, equations) if equations else g


def _point_off_zero(leaf: Reached, g: AffineMap) -> Point:
    """Return a point of the relative interior of a cell where g, which is not zero there, is not zero.

    If g vanishes at an inner point p, it does not at some vertex v or along some ray r, and is then
    not zero at the inner points (p + v) / 2 and p + r.
    """
    region = leaf.region()
    geometry: CanonicalPolyhedron = region.geometry
    inside = geometry.point
    candidates = [inside]
    candidates += [
        tuple((p + v) / 2 for p, v in zip(inside, vertex, strict=True)) for vertex in geometry.vertices
    ]
    directions: list[Sequence[int | Fraction]] = [*geometry.rays, *geometry.lines]
    candidates += [tuple(p + r for p, r in zip(inside, ray, strict=True)) for ray in directions]
    return next(x for x in candidates if any(g(x)))
