"""What a step returns: the network before and after it, what was done, and why the function is the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.analysis.equality import decide_equality
from exactrelu.analysis.equality_decision import EqualityDecision
from exactrelu.deep.facts import Fact, substituted
from exactrelu.deep.prover import Prover
from exactrelu.deep.windows import ZERO, Neuron, neurons_of, plus, window_from, window_of, with_window
from exactrelu.errors import NetworkError
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class DeepStep:
    """One step from a network to another one with the same function on a domain.

    The proof is checked on construction. A step by *facts* replaces neurons by what they are on the domain:
    each fact is proved, and the replacement is done again and compared. A step at a *layer* replaces its
    window, and `equal` decides that both windows are one function: on all of the space of the values that
    they read, where the layer is the first on the affine hull of the domain.

    Parameters
    ----------
    name
        ``drop``, ``merge``, ...
    before, after
        The two networks.
    account
        What was done, in sentences that name layers (from 1) and neurons (from 0).
    prover
        The domain, and what is proved there.
    layer
        The hidden layer whose window was replaced; None for a step by facts.
    facts
        The facts.

    Raises
    ------
    NetworkError
        If a fact is not proved or the function may have changed: such a step cannot be made.

    Examples
    --------
    >>> one, two = (Network.from_rationals([([[1]], None), ([[c]], None)]) for c in (1, 2))
    >>> DeepStep("swindle", one, two, (), Prover(Domain.whole_space(1)), 1)
    Traceback (most recent call last):
    ...
    exactrelu.errors.NetworkError: step swindle, layer 1: expected an unchanged function, got another at (32)
    """

    name: str
    before: Network
    after: Network
    account: tuple[str, ...]
    prover: Prover = field(repr=False, compare=False)
    layer: int | None = None
    facts: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        if self.layer is None:
            self._check_facts()
        else:
            self._check_window(self.layer)

    @property
    def evidence(self) -> str:
        """Why the function is the same, for people."""
        if self.layer is None and not self.facts:
            return "it is the same network"
        if self.layer is None:
            return "each value is proved on the domain"
        depth = "window" if self.layer < self.before.depth else "map"
        return f"the {depth} of layer {self.layer} is one function before and after"

    def _check_facts(self) -> None:
        for fact in self.facts:
            if not self.prover.proves(self.before, fact):
                place = f"step {self.name}, layer {fact.layer}, neuron {fact.neuron}"
                raise NetworkError(f"{place}: expected a proved value, got none")
        if substituted(self.before, self.facts) != self.after:
            raise NetworkError(f"step {self.name}: expected the proved values in place, got another network")

    def _check_window(self, layer: int) -> None:
        before, after = _parted(self.before, self.after, layer, self.name)
        decision = equal_windows(before, after, self.prover.hull(layer, before.inputs))
        if decision.verdict is not Verdict.HOLDS:
            point = ", ".join(map(str, decision.point or ()))
            place = f"step {self.name}, layer {layer}"
            raise NetworkError(f"{place}: expected an unchanged function, got another at ({point})")


def _parted(before: Network, after: Network, layer: int, name: str) -> tuple[Network, Network]:
    """Return the windows of a layer, all else being equal; of a network without hidden layers, it itself."""
    if before.depth == 1:
        return before, after
    first = window_of(before, layer)
    removed = before.depth - after.depth
    second = Network((after.layers[layer - 1],)) if removed else window_of(after, layer)
    if removed not in (0, 1) or with_window(before, layer, second) != after:
        raise NetworkError(
            f"step {name}: expected other layers than {layer} and the next to stay, got changes"
        )
    return first, second


def equal_windows(before: Network, after: Network, domain: Domain) -> EqualityDecision:
    """Decide whether two windows are one function; neurons that both have are left out first.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> str(equal_windows(net, net, Domain.whole_space(1)).verdict)
    'holds'
    """
    if before.depth == after.depth == 2:
        before, after = _without_common(before, after)
    return decide_equality(before, after, domain)


def _without_common(before: Network, after: Network) -> tuple[Network, Network]:
    (left, bias), (right, other) = neurons_of(before), neurons_of(after)
    kept = _minus(left, right), _minus(right, left)
    difference = plus(bias, other, Fraction(-1))
    zero = (ZERO,) * len(bias)
    pairs = zip(kept, (difference, zero), strict=True)
    one, two = (window_from(before.inputs, neurons, rest) for neurons, rest in pairs)
    return one, two


def _minus(neurons: Iterable[Neuron], others: Iterable[Neuron]) -> list[Neuron]:
    """Return the neurons, with how often they occur, less the others."""
    left: dict[Neuron, int] = {}
    for neuron in others:
        left[neuron] = left.get(neuron, 0) + 1
    kept = []
    for neuron in neurons:
        if left.get(neuron, 0):
            left[neuron] -= 1
        else:
            kept.append(neuron)
    return kept
