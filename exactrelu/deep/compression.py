"""The smallest network that is proved to be the same function on a domain: steps, until none is left.

Cheap steps come first and are tried again after each of the others: unread and constant neurons, parallel
ones, layers that became linear, opposite pairs and ranks. Then signs that bounds prove on the domain; then
questions that bounds leave open, each of which may take a while: signs that are one at all points, and values
that are combinations of others at all points. What is not decided in time is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.facts import Fact, sign_fact, substituted
from exactrelu.deep.fewest_step import fewest
from exactrelu.deep.layer_steps import LayerStep, compose, drop, merge, on_hull
from exactrelu.deep.prover import Prover
from exactrelu.deep.relations import points_needed, supposed_facts
from exactrelu.deep.signs import exact_points
from exactrelu.deep.windows import require_writable
from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.polyhedra.domain import Domain

_TIDYING: tuple[LayerStep, ...] = (drop, merge, compose, fewest)


@dataclass(frozen=True)
class Compression:
    """A network, a smaller one with the same function on a domain, and the steps from one to the other.

    Parameters
    ----------
    before, after
        The networks. On an empty domain the second one is the zero map, without steps.
    domain
        The domain.
    steps
        The steps, each with its proof checked.
    undecided
        What could have made the network smaller and was not decided, in sentences.
    reason
        Which limit ended the search, None if none did.
    """

    before: Network
    after: Network
    domain: Domain
    steps: tuple[DeepStep, ...]
    undecided: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every question was decided."""
        return not self.undecided and self.reason is None


def compress(
    network: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
    effort: float | None = 2.0,
) -> Compression:
    """Return the smallest network that is found and proved to be the same function on a domain.

    Parameters
    ----------
    network
        A network of any depth; its units may have any slopes.
    domain
        The whole space by default.
    search
        Its time limit is for everything: where it is reached, the network reached so far is returned.
    effort
        The seconds that a question which bounds leave open may take; None for no limit.

    Returns
    -------
    Compression
        ``after`` has the outputs of ``network`` at every point of the domain. Linear units, slopes (1, 1),
        may stand in it. On an empty domain it is the zero map.

    Raises
    ------
    DomainError
        If the domain lies in another space.
    NetworkError
        If a matrix is too large to be written out.

    Examples
    --------
    >>> layers = [([[1], [-1], [2]], [0, 0, -9]), ([[1, -1, 5], [1, 0, 0]], [0, 0]), ([[1, 2]], None)]
    >>> net = Network.from_rationals(layers)
    >>> smaller = compress(net, Domain.box([(-1, 1)]))
    >>> [step.name for step in smaller.steps], smaller.after.widths
    (['signs', 'drop', 'signs', 'values', 'drop', 'merge', 'compose'], (1, 1, 1))
    """
    domain = Problem.of(network, domain).domain
    require_writable(network, "compress")
    if domain.is_empty:
        return Compression(network, _zero_map(network), domain, ())
    run = _Run(network, Prover(domain, started(search), effort))
    return run.compression()


def compression_steps(network: Network, prover: Prover) -> list[DeepStep]:
    """Return all steps, to the end, on a domain that is not empty."""
    run = _Run(network, prover)
    run.compression()
    return run.steps


def fold_signs(network: Network, prover: Prover) -> list[DeepStep]:
    """Return the steps that fold the neurons which have one sign on the domain, by bounds or by search."""
    run = _Run(network, prover)
    while run.signs():
        pass
    run.open_signs()
    return run.steps


def fold_values(network: Network, prover: Prover) -> list[DeepStep]:
    """Return the step that replaces values which are combinations of others on the domain."""
    run = _Run(network, prover)
    run.values()
    return run.steps


def _zero_map(network: Network) -> Network:
    zero = (Fraction(0),) * (network.inputs + 1)
    return Network((AffineMap(RationalMatrix.from_rows([zero] * network.outputs, len(zero))),))


@dataclass
class _Run:
    network: Network
    prover: Prover
    steps: list[DeepStep] = field(default_factory=list)
    undecided: dict[tuple[int, int], str] = field(default_factory=dict)

    def compression(self) -> Compression:
        """Take steps to the end, or until the time is over."""
        reason = None
        try:
            self._take(on_hull(self.network, 1, self.prover))
            while self._tidied() or self.signs() or self.open_signs() or self.values():
                pass
        except BudgetExhaustedError as error:
            reason = str(error)
        return self._reached(reason)

    def _reached(self, reason: str | None = None) -> Compression:
        before = self.steps[0].before if self.steps else self.network
        undecided = tuple(self.undecided.values())
        return Compression(before, self.network, self.prover.domain, tuple(self.steps), undecided, reason)

    def _take(self, step: DeepStep | None) -> bool:
        if step is None:
            return False
        self.steps.append(step)
        self.network = step.after
        self.undecided.clear()
        self.prover.search.check_time()
        return True

    def _tidied(self) -> bool:
        """Take a cheap step, at the first layer where there is one."""
        layers = range(1, self.network.depth)
        return any(self._take(step(self.network, k, self.prover)) for k in layers for step in _TIDYING)

    # on the domain ----------------------------------------------------------------------------------

    def signs(self) -> bool:
        """Fold the neurons of the first layer in which bounds prove signs; later ones are then simpler."""
        signs = self.prover.signs(self.network)
        for layer, activation in enumerate(self.network.activations, start=1):
            proved = [(i, signs.proved(layer, i)) for i in activation.bent]
            facts = [sign_fact(self.network, layer, i, bit) for i, bit in proved if bit is not None]
            if self._by_facts("signs", facts):
                return True
        return False

    def open_signs(self) -> bool:
        """Ask for signs that are one at all points and that bounds do not prove."""
        questions = self.prover.signs(self.network).open()
        facts = [sign_fact(self.network, *question) for question in questions]
        return self._by_facts("signs", self._true(facts))

    def values(self) -> bool:
        """Ask, layer by layer, for values that are combinations of others at all points."""
        for layer in range(2, self.network.depth):  # in the first, distinct bends are independent
            points = exact_points(self.prover.domain, points_needed(self.network, layer))
            supposed = supposed_facts(self.network, layer, [*points, *self.prover.points])
            asked = [fact for fact in supposed if (fact.layer, fact.neuron) not in self.undecided]
            if self._by_facts("values", self._true(asked)):
                return True
        return False

    def _true(self, facts: list[Fact]) -> Iterator[Fact]:
        """Yield the facts that are proved, and name those that are not decided."""
        for fact in facts:
            answer = self.prover.answer(self.network, fact)
            if answer:
                yield fact
            elif answer is None:
                name = f"layer {fact.layer}: whether neuron {fact.neuron} is {fact.sentence}"
                self.undecided[fact.layer, fact.neuron] = name

    def _by_facts(self, name: str, facts: Iterator[Fact] | list[Fact]) -> bool:
        chosen = tuple(facts)
        if not chosen:
            return False
        account = tuple(f"layer {f.layer}: neuron {f.neuron} is {f.sentence} on the domain" for f in chosen)
        after = substituted(self.network, chosen)
        return self._take(DeepStep(name, self.network, after, account, self.prover, None, chosen))
