"""Recovery: a network's weights from its values alone, exactly, up to permutation and positive scaling.

The function is a black box that is asked for exact values at rational points, and nothing else. What comes
out has been compared with it at points that were not used, and differs nowhere; whoever has the network too
proves the equality with `exactrelu.decide_equality`. Where the method does not lead to a network it says
why, in a sentence: dead, repeated or never-bent neurons cannot be told from what is not there.

Ideas: Rolnick & Kording, "Reverse-engineering deep ReLU networks", 2020; Carlini, Jagielski & Mironov,
"Cryptanalytic extraction of neural network models", 2020. There bends are found in doubles; here they are
exact.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import ArgumentError, BudgetExhaustedError, NotRecoveredError
from exactrelu.identifiability.bends import BentLine, bent_line
from exactrelu.identifiability.black_box import BlackBox, Line, drawn_vector
from exactrelu.identifiability.first_layer import Sighting, by_visibility
from exactrelu.identifiability.recovery_shallow import shallow_networks
from exactrelu.identifiability.recovery_two_layers import SolvedNetwork
from exactrelu.identifiability.second_layer import groupings, seen_neurons
from exactrelu.identifiability.unseen_neurons import with_unseen
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.verification.verdict import Verdict
from exactrelu.writing.html_tables import facts_table

MOST_QUERIES = 500_000
"""How often the black box may be asked, unless another budget is given."""

_FIRST_LINES, _MORE_LINES, _MOST_ROUNDS = 12, 10, 6
_COMPARED, _OTHERS, _MOST_CHOICES, _MOST_GROUPINGS, _MISSED = 60, 4, 16, 24, 4
_ELSEWHERE = "the network that has all bends that were seen has other values elsewhere"
_SIZES = (1, 4, 32, 1024)


@dataclass(frozen=True)
class Recovery:
    """A network that was recovered, or why there is none.

    ``verdict`` is ``holds`` where ``network`` has the black box's values at all points that were asked for
    (``queries``); ``compared`` of these were drawn after the network was there, only to compare. That they
    are one function everywhere is not proved by this. ``free`` is the number of weights of the second layer
    that what was seen leaves open within bounds: the network is then one of many. The verdict is
    ``unknown`` where there is no network, and ``reason`` says why.
    """

    verdict: Verdict
    network: Network | None
    queries: int
    compared: int
    free: int = 0
    reason: str | None = None

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("verdict", self.verdict), ("queries", self.queries)]
        facts.append(("network", self.network) if self.reason is None else ("reason", self.reason))
        return facts_table("Recovery from values", facts)


def recover(
    evaluate: Callable[[Point], Sequence[Any]],
    architecture: Sequence[int],
    *,
    seed: int = 0,
    most_queries: int = MOST_QUERIES,
) -> Recovery:
    """Recover a ReLU network with one or two hidden layers from its values.

    Parameters
    ----------
    evaluate
        The black box: takes a point of Q^n, a tuple of fractions, and returns m exact rationals. A network
        of this library is one.
    architecture
        The widths (n, N_1, m) or (n, N_1, N_2, m).
    seed
        Where the lines lie, and at which points is compared.
    most_queries
        How often the black box may be asked.

    Raises
    ------
    ArgumentError
        If the architecture is not that of a network with one or two hidden layers.
    NetworkError, InexactNumberError
        If a value of the black box is not m exact rationals.

    Examples
    --------
    >>> hidden = Network.from_rationals([([[1, 2], [-1, 1], ["1/3", 1]], [0, -1, 2]), ([[1, -2, 3]], [5])])
    >>> found = recover(hidden, (2, 3, 1))
    >>> str(found.verdict), found.network.widths
    ('holds', (2, 3, 1))
    >>> from exactrelu.identifiability.isomorphism import decide_isomorphism
    >>> str(decide_isomorphism(hidden, found.network).verdict)
    'holds'
    """
    widths = _require_architecture(architecture)
    box = _LimitedBox(evaluate, widths[0], widths[-1], most_queries)
    rng = random.Random(seed)  # noqa: S311 - where lines lie is no secret
    missed: list[Point] = []
    try:
        for found in _networks(box, widths, rng, missed):
            wrong = _differing(box, found.network, rng)
            if not wrong:
                return Recovery(Verdict.HOLDS, found.network, box.queries, _COMPARED, found.free)
            missed += wrong[:: -(-len(wrong) // _MISSED)]
    except (NotRecoveredError, BudgetExhaustedError) as error:
        reason = str(error)
    return Recovery(Verdict.UNKNOWN, None, box.queries, 0, reason=reason)


def _require_architecture(architecture: Sequence[int]) -> tuple[int, ...]:
    widths = tuple(architecture)
    if len(widths) not in (3, 4) or not all(isinstance(width, int) and width > 0 for width in widths):
        got = "-".join(map(str, widths))
        raise ArgumentError(f"architecture: expected 3 or 4 positive widths, such as 2-6-4-1, got {got}")
    return widths


class _LimitedBox(BlackBox):
    """A black box that may be asked so often."""

    def __init__(
        self, evaluate: Callable[[Point], Sequence[Any]], inputs: int, outputs: int, most: int
    ) -> None:
        super().__init__(evaluate, inputs, outputs)
        self._most = most

    def __call__(self, x: Point) -> Point:
        value = super().__call__(x)
        if self.queries > self._most:
            raise BudgetExhaustedError(f"more than {self._most} queries are needed")
        return value


def _differing(box: BlackBox, network: Network, rng: random.Random) -> list[Point]:
    """Return the new points at which the network has other values, or else those that were asked for."""
    new = [drawn_vector(rng, box.inputs, _SIZES[k % len(_SIZES)]) for k in range(_COMPARED)]
    wrong = [x for x in new if network(x) != box(x)]
    return wrong or [x for x, value in box.asked() if network(x) != value]


def _networks(
    box: BlackBox, widths: Sequence[int], rng: random.Random, missed: list[Point]
) -> Iterator[SolvedNetwork]:
    """Yield networks to be compared; at the points ``missed`` those that came before were wrong."""
    if len(widths) == 3:
        return _shallow(box, widths, rng)
    return _two_layers(box, widths, rng, missed)


def _shallow(box: BlackBox, widths: Sequence[int], rng: random.Random) -> Iterator[SolvedNetwork]:
    line = Line(drawn_vector(rng, widths[0]), drawn_vector(rng, widths[0]))
    for network in shallow_networks(bent_line(box, line), widths[1]):
        yield SolvedNetwork(network, 0)
    raise NotRecoveredError("no choice of the sides of the neurons gives the slopes that were seen")


def _two_layers(
    box: BlackBox, widths: Sequence[int], rng: random.Random, missed: list[Point]
) -> Iterator[SolvedNetwork]:
    """Yield networks from more and more lines through one point."""
    if widths[0] == 1:
        raise NotRecoveredError("on a line the kinks of the first layer look like those of the second")
    base = drawn_vector(rng, widths[0])
    lines: list[BentLine] = []
    reason = _ELSEWHERE
    for round_ in range(_MOST_ROUNDS):
        count = _MORE_LINES if round_ else _FIRST_LINES
        ends = [tuple(a - b for a, b in zip(x, base, strict=True)) for x in missed]
        missed.clear()
        ends += [drawn_vector(rng, widths[0]) for _ in range(count - len(ends))]
        lines += [bent_line(box, Line(base, end)) for end in ends]
        try:
            yield from _from_lines(box, widths, lines, rng)
        except NotRecoveredError as error:
            reason = str(error)
    raise NotRecoveredError(reason)


def _from_lines(
    box: BlackBox, widths: Sequence[int], lines: Sequence[BentLine], rng: random.Random
) -> Iterator[SolvedNetwork]:
    ranked = by_visibility(box, lines, rng)
    reasons = []
    for first in _choices(ranked, widths[1]):
        try:
            yield from _with_first(first, widths[2], lines)
        except NotRecoveredError as error:
            reasons.append(str(error))
    few = f"{len(ranked)} hyperplanes are seen, fewer than the first layer has neurons"
    raise NotRecoveredError(reasons[0] if reasons else few)


def _choices(ranked: Sequence[Sighting], count: int) -> Iterator[tuple[IntegerRow, ...]]:
    """Yield the hyperplanes that are surely of the first layer, with likely ones if these are too few."""
    sure = tuple(sighting.hyperplane for sighting in ranked if sighting.kinks > 1)
    likely = [sighting.hyperplane for sighting in ranked if sighting.kinks <= 1]
    if len(sure) >= count:
        yield sure[:count]
        return
    missing = count - len(sure)
    for more in itertools.islice(itertools.combinations(likely[: missing + _OTHERS], missing), _MOST_CHOICES):
        yield (*sure, *more)


def _with_first(
    first: Sequence[IntegerRow], width: int, lines: Sequence[BentLine]
) -> Iterator[SolvedNetwork]:
    own = set(first)
    bends = [bend for line in lines for bend in line.bends if bend.hyperplane not in own]
    neurons = seen_neurons(first, bends)
    reason = f"the bends of the second layer are seen to belong to {len(neurons)} neurons, not to {width}"
    for seen in range(min(width, len(neurons)), 0, -1):
        for group in itertools.islice(groupings(neurons, seen), _MOST_GROUPINGS):
            try:
                yield from with_unseen(first, group, lines, width)
            except NotRecoveredError as error:
                reason = str(error) if seen == width else reason
    raise NotRecoveredError(reason)
