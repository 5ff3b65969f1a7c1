"""Whether two networks differ by a permutation of hidden neurons and positive scales alone.

Scales are made canonical first; what is left is whether two layered graphs with exact weights are isomorphic,
their inputs and outputs fixed. Colour refinement decides it wherever neurons are told apart by their weights.
Where some are not, one is singled out in the first network, and each that looks like it is tried in the
second, in turn. The symmetry that is found is applied to the first network, and must give the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import BudgetExhaustedError
from exactrelu.identifiability.colour_refinement import Colours, Refinement, ScaledWeights
from exactrelu.identifiability.rescaling import Neuron, Scales, transformed
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.verification.verdict import Verdict
from exactrelu.writing.html_tables import facts_table

MOST_TRIALS = 10_000
"""How many choices among neurons that look alike are tried, unless another budget is given."""

_ONE = Fraction(1)
_OUTSIDE = "the outputs have other constants, which no hidden neuron changes"


@dataclass(frozen=True)
class IsomorphismDecision:
    """Whether the second network is the first one with its hidden neurons permuted and rescaled.

    Where it ``holds``, neuron i of hidden layer k of the second is the neuron ``permutations[k-1][i]`` of the
    first, its row times ``scales[k-1][i]`` > 0 and its column divided by that. Else ``reason`` says why
    there is no such symmetry, or which limit was reached.
    """

    verdict: Verdict
    permutations: tuple[tuple[int, ...], ...] | None = None
    scales: tuple[tuple[Fraction, ...], ...] | None = None
    reason: str | None = None

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("verdict", self.verdict)]
        facts += [("reason", self.reason)] if self.reason else []
        for k, order in enumerate(self.permutations or (), start=1):
            facts.append((f"hidden layer {k}", ", ".join(map(str, order))))
        return facts_table("Permutation and positive scaling", facts)


def decide_isomorphism(one: Network, two: Network, *, most_trials: int = MOST_TRIALS) -> IsomorphismDecision:
    """Decide whether two networks differ by a permutation of hidden neurons and positive scales alone.

    Parameters
    ----------
    one, two
        Networks of any units. Units are those of the same slopes only: that relu(x) - relu(-x) is a linear
        unit is not looked at.
    most_trials
        How often a neuron may be tried for another that looks like it.

    Returns
    -------
    IsomorphismDecision
        With the permutations and scales, or why there are none. Networks of different widths do not differ
        in this way alone; whether they are one function is what `exactrelu.decide_equality` decides.

    Examples
    --------
    >>> one = Network.from_rationals([([[1], [-1]], [0, 1]), ([[3, 5]], None)])
    >>> two = Network.from_rationals([([[-2], [1]], [2, 0]), ([["5/2", 3]], None)])
    >>> decision = decide_isomorphism(one, two)
    >>> str(decision.verdict), decision.permutations, decision.scales
    ('holds', ((1, 0),), ((Fraction(2, 1), Fraction(1, 1)),))
    >>> decide_isomorphism(one, two.scaled(2)).reason
    'neuron 0 of hidden layer 1 of the first network has no counterpart in the second'
    """
    if one.widths != two.widths:
        shown = ["-".join(map(str, network.widths)) for network in (one, two)]
        return IsomorphismDecision(Verdict.REFUTED, reason=f"the widths are {shown[0]} and {shown[1]}")
    if one.layers[-1].bias != two.layers[-1].bias or (one.depth == 1 and one != two):
        return IsomorphismDecision(Verdict.REFUTED, reason=_OUTSIDE)
    search = _Search((one, two), most_trials)
    try:
        found = search.matched((), ())
    except BudgetExhaustedError as error:
        return IsomorphismDecision(Verdict.UNKNOWN, reason=str(error))
    if found is None:
        return IsomorphismDecision(Verdict.REFUTED, reason=search.reason)
    permutations, scales = found
    if transformed(one, permutations, scales).layers != two.layers:
        raise ArithmeticError("a symmetry that was found does not carry one network to the other")
    return IsomorphismDecision(Verdict.HOLDS, permutations, scales)


_Found = tuple[tuple[tuple[int, ...], ...], tuple[tuple[Fraction, ...], ...]]
_Path = tuple[Neuron, ...]


class _Search:
    """Individualisation and refinement of two networks side by side."""

    def __init__(self, networks: tuple[Network, Network], most_trials: int) -> None:
        self.networks = networks
        self.most_trials = most_trials
        self.trials = 0
        self.reason = ""

    def matched(self, one: _Path, two: _Path) -> _Found | None:
        """Return a symmetry that carries the chosen neurons of the first network to those of the second."""
        nets = [ScaledWeights(net, path) for net, path in zip(self.networks, (one, two), strict=True)]
        refinement = Refinement(nets, [_marks(one), _marks(two)])
        if refinement.mismatch is not None:
            self._explain(refinement.mismatch)
            return None
        cell = _open_cell(refinement)
        if cell is None:
            return self._read_off(refinement)
        (chosen, *_), candidates = cell
        for i, candidate in enumerate(candidates):
            if any(nets[1].is_twin(candidate, tried) for tried in candidates[:i]):
                continue  # exchanging the two changes nothing
            self.count()
            if (found := self.matched((*one, chosen), (*two, candidate))) is not None:
                return found
        self.reason = "no way to match the neurons that look alike carries one network to the other"
        return None

    def count(self) -> None:
        """Count a choice; raise `BudgetExhaustedError` at one too many."""
        self.trials += 1
        if self.trials > self.most_trials:
            raise BudgetExhaustedError(f"more than {self.most_trials} trials among neurons that look alike")

    def _explain(self, mismatch: tuple[int, Neuron]) -> None:
        which, (k, i) = mismatch
        names = ("first network", "second") if which == 0 else ("second network", "first")
        self.reason = f"neuron {i} of hidden layer {k} of the {names[0]} has no counterpart in the {names[1]}"

    def _read_off(self, refinement: Refinement) -> _Found:
        """Return the symmetry of colours of one neuron each."""
        widths = self.networks[0].hidden_widths
        orders = [[0] * width for width in widths]
        for (v,), (w,) in refinement.cells():
            orders[w[0] - 1][w[1]] = v[1]
        first, second = (net.scales for net in refinement.networks)
        scales = tuple(
            tuple(_quotient(first[k][i], second[k][j]) for j, i in enumerate(order))
            for k, order in enumerate(orders)
        )
        return tuple(map(tuple, orders)), scales


def _quotient(one: Fraction | None, two: Fraction | None) -> Fraction:
    return _ONE if one is None or two is None else one / two


def _marks(path: _Path) -> Colours:
    return {neuron: n for n, neuron in enumerate(path)}


def _open_cell(refinement: Refinement) -> list[list[Neuron]] | None:
    """Return the first colour that leaves something open, its neurons in each network."""
    loose = set(refinement.networks[0].loose)
    for cell in refinement.cells():
        if cell[0][0] in loose:
            return cell
    return next((cell for cell in refinement.cells() if len(cell[0]) > 1), None)


# the representative of all networks that differ by permutation and scaling ------------------------------


def canonical_representative(network: Network, *, most_trials: int = MOST_TRIALS) -> Network:
    """Return the one network that stands for all that differ from this by permutation and positive scaling.

    Rows are primitive integers where something says how long they are; the order is that of the refined
    colours. Of neurons that stay alike each that no symmetry of the network carries to another one is
    singled out, and the least network of those that come out is taken.

    Raises
    ------
    BudgetExhaustedError
        If more than ``most_trials`` choices would have to be tried.

    Examples
    --------
    >>> net = Network.from_rationals([([[4], [-1]], [0, 1]), ([[3, 5]], None)])
    >>> other = Network.from_rationals([([[-2], [1]], [2, 0]), ([["5/2", 12]], None)])
    >>> canonical_representative(net) == canonical_representative(other)
    True
    """
    search = _Search((network, network), most_trials)
    return min(_leaves(search, network, ()), key=_key)


def _leaves(search: _Search, network: Network, path: _Path) -> Iterator[Network]:
    net = ScaledWeights(network, path)
    refinement = Refinement([net], [_marks(path)])
    cell = _open_cell(refinement)
    if cell is None:
        yield _ordered(network, refinement)
        return
    for neuron in _representatives(search, net, path, cell[0]):
        search.count()
        yield from _leaves(search, network, (*path, neuron))


def _representatives(
    search: _Search, net: ScaledWeights, path: _Path, cell: Sequence[Neuron]
) -> list[Neuron]:
    """Return one neuron of each set that symmetries of the network, which keep the path, move about."""
    found: list[Neuron] = []
    for v in cell:
        if any(net.is_twin(v, w) for w in found):
            continue
        if not any(search.matched((*path, w), (*path, v)) for w in found):
            found.append(v)
    return found


def _ordered(network: Network, refinement: Refinement) -> Network:
    colours = refinement.colours[0]
    orders = [
        sorted(range(width), key=lambda i, k=k: colours[k, i])  # type: ignore[misc]
        for k, width in enumerate(network.hidden_widths, start=1)
    ]
    scales: Scales = refinement.networks[0].scales
    factors = [[scales[k][i] or _ONE for i in order] for k, order in enumerate(orders)]
    return transformed(network, orders, factors)


def _key(network: Network) -> list[tuple[int, list[IntegerRow]]]:
    return [(layer.matrix.denominator, layer.matrix.integer_rows()) for layer in network.layers]
