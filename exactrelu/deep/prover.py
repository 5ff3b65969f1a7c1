"""What is proved about networks on a domain: signs by bounds and by search, values by equality."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from exactrelu.analysis.equality import decide_equality
from exactrelu.analysis.equality_decision import EqualityDecision
from exactrelu.deep.facts import Fact, sign_of
from exactrelu.deep.signs import Signs, exact_points, signs_on
from exactrelu.enumeration.effort import Search
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import reduced
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify

_POINTS, _MOST_POINTS = 8, 64
_MANY_INPUTS = 40


class Prover:
    """A domain that is not empty, and a memory of what was proved on it.

    Parameters
    ----------
    domain
        Any domain with points.
    search
        Its time limit is for everything; it is started by whoever shares it.
    effort
        Seconds that one question may take which bounds leave open; None for no limit.

    Examples
    --------
    >>> from exactrelu.deep.facts import sign_fact
    >>> net = Network.from_rationals([([[1], [1]], [3, 0]), ([[1, 1]], None)])
    >>> prover = Prover(Domain.box([(-1, 1)]))
    >>> [prover.proves(net, sign_fact(net, 1, i, 1)) for i in (0, 1)]
    [True, False]
    """

    def __init__(self, domain: Domain, search: Search | None = None, effort: float | None = 2.0) -> None:
        self.domain = domain
        self.search = (search or Search()).started()
        self.effort = effort
        self._signs: tuple[Network, Signs] | None = None
        self._answers: dict[tuple[Network, Fact], bool | None] = {}

    @cached_property
    def points(self) -> list[Point]:
        """Some points of the domain, counterexamples that were found among them."""
        return exact_points(self.domain, _POINTS)

    @cached_property
    def _affine_hull(self) -> Domain:
        rows = self.domain.equations
        equations = (
            LinearConstraint(tuple(map(Fraction, row[:-1])), Fraction(row[-1]), Relation.EQUAL)
            for row in rows
        )
        return Domain(self.domain.dimension, tuple(equations))

    def hull(self, layer: int, inputs: int) -> Domain:
        """Return where windows of a layer are compared: the affine hull of what is known of their inputs."""
        return self._affine_hull if layer == 1 else Domain.whole_space(inputs)

    def signs(self, network: Network) -> Signs:
        """Return the signs of the network's pre-activations, those of the last network from memory."""
        if self._signs is None or self._signs[0] is not network:
            self._signs = network, signs_on(network, self.domain)
        return self._signs[1]

    def proves(self, network: Network, fact: Fact) -> bool:
        """Return whether a fact is proved: by bounds, or by a search within the effort."""
        bit = sign_of(network, fact)
        if bit is not None and self.signs(network).proved(fact.layer, fact.neuron) == bit:
            return True
        return self.answer(network, fact) is True

    def answer(self, network: Network, fact: Fact) -> bool | None:
        """Return whether a fact is true, None if that is not decided within the effort."""
        key = network, fact
        if key not in self._answers:
            self._answers[key] = self._searched(network, fact)
        return self._answers[key]

    def _searched(self, network: Network, fact: Fact) -> bool | None:
        if any(fact.value_at(network, x) for x in self.points):
            return False
        search = self._share()
        bit = sign_of(network, fact)
        if bit is not None and self._of_sign(network, fact, bit, search):
            return True
        residual = reduced(fact.residual(network))  # most of the layers before may be unread
        if self.domain.dimension > _MANY_INPUTS:
            return self._holds(residual, (1, -1), search)
        zero = (Fraction(0),) * (network.inputs + 1)
        constant = Network((AffineMap(RationalMatrix.from_rows([zero], len(zero))),))
        return self._read(decide_equality(residual, constant, self.domain, search=search))

    def _of_sign(self, network: Network, fact: Fact, bit: int, search: Search) -> bool:
        """Return whether branch and bound proves a sign."""
        rows = [network.layers[fact.layer - 1].rows[fact.neuron]]
        last = AffineMap(RationalMatrix.from_rows(rows, len(rows[0])))
        layers = (*network.layers[: fact.layer - 1], last)
        first = reduced(Network(layers, activations=network.activations[: fact.layer - 1]))
        return self._holds(first, (-1,) if bit else (1,), search) is True

    def _holds(self, network: Network, signs: tuple[int, ...], search: Search) -> bool | None:
        """Return whether the output times each sign is nowhere positive, None if that is not decided."""
        unsafe = tuple((Inequality((), ((0, Fraction(sign)),), Fraction(0), strict=True),) for sign in signs)
        group = replace(self._inputs, disjuncts=unsafe)
        prop = Property(network.inputs, network.outputs, "", (group,))
        return self._read(verify(network, prop, search=search))

    def _read(self, decision: EqualityDecision | PropertyDecision) -> bool | None:
        """Return the answer of a decision, and remember its counterexample for other questions."""
        if decision.point is not None and len(self.points) < _MOST_POINTS:
            self.points.append(decision.point)
        return None if decision.verdict is Verdict.UNKNOWN else decision.verdict is Verdict.HOLDS

    @cached_property
    def _inputs(self) -> InputSet:
        return InputSet.of_domain(self.domain)

    def _share(self) -> Search:
        """Return a search for one question."""
        self.search.check_time()
        if self.effort is None:
            return self.search
        share = Search(self.search.engine, self.search.max_regions, self.effort).started()
        if self.search.deadline is not None and share.deadline is not None:
            share = replace(share, deadline=min(share.deadline, self.search.deadline))
        return share
