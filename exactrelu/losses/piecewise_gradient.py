"""The gradients of the loss on the cells of parameters that meet at the given ones.

Round the parameters the loss is polynomial on each of finitely many cells: a cell fixes on which side each
*event* is, a pre-activation (`Kink`) or an absolute residual that is exactly 0. To first order the event e
moves by v_e . d in the direction d, v_e its gradient under the choices that come before it. If some d has
s_e v_e . d > 0 for all e, then the cell of the signs s is open and reaches the parameters: its gradient is a
limit of gradients (a *reached* piece). Where no d has, the cell is empty near the parameters as long as the
events are linear in the parameters, as the first layer's pre-activations are (or become linear in other
coordinates, `is_linear_by_neurons`); others may still reach them
to higher order, and count as *possible* pieces. So with G the gradients of the reached pieces and H those of
all, conv G is in Clarke's subdifferential, which is in conv H.

Where the loss is squared and there is one hidden layer, the events of a neuron move its own parameters alone
and change the gradient by these alone: so each neuron is a *block* of its own, and the subdifferential is the
product of the blocks'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import BudgetExhaustedError
from exactrelu.losses.cones import Cone
from exactrelu.losses.sample_pass import Kink, Rows, SamplePass, Vector
from exactrelu.losses.training_data import Loss
from exactrelu.networks.network import Network

Residual = tuple[int, int]
"""An absolute residual that is 0: output and sample."""

Event = Kink | Residual
Signs = Mapping[Event, int]

MOST_PIECES = 20_000


@dataclass(frozen=True)
class Piece:
    """A cell of parameters that may reach the given ones: its signs, first-order cone and gradient."""

    signs: dict[Event, int]
    cone: Cone
    gradient: Vector
    is_reached: bool


@dataclass(frozen=True)
class Block:
    """Parameters whose derivatives depend on the same events: the pieces of their part of the gradient."""

    pieces: tuple[Piece, ...]

    @property
    def is_exact(self) -> bool:
        """Whether every piece is reached."""
        return all(piece.is_reached for piece in self.pieces)


@dataclass(frozen=True)
class PiecewiseGradient:
    """The derivatives of the loss near the parameters: one vector, and blocks that are added to it.

    ``smooth`` is zero at the parameters that stand in a block; a block's vectors are zero elsewhere.
    """

    smooth: Vector
    blocks: tuple[Block, ...]

    @property
    def is_smooth(self) -> bool:
        """Whether the loss has a gradient that does not depend on a choice."""
        return all(len(block.pieces) == 1 for block in self.blocks)


def piecewise_gradient(through: SamplePass, loss: Loss, search: Search | None = None) -> PiecewiseGradient:
    """Return the gradients of the loss in the parameters, piece by piece.

    Raises
    ------
    BudgetExhaustedError
        If there are more than 20,000 pieces in a block, or the time ran out.
    """
    clock = started(search)
    slopes = through.slopes_of_loss(loss)
    if loss is Loss.SQUARED and through.network.depth == 2:
        return _by_neurons(through, slopes, clock)
    residuals = _zero_residuals(through) if loss is Loss.ABSOLUTE else []
    if not through.kinks and not residuals:
        return PiecewiseGradient(through.gradient(slopes, {}), ())
    return PiecewiseGradient(
        (Fraction(0),) * through.parameters, (_joint(through, slopes, residuals, clock),)
    )


def is_linear_by_neurons(network: Network) -> bool:
    """Return whether f is linear in the products c_j (w_j, b_j) under fixed signs, and these move freely.

    So it is without hidden layers, and with one, one output and no coefficient c_j that is zero: then
    (c_j, w_j, b_j) -> c_j (w_j, b_j) is a submersion, and residuals are linear events.
    """
    return network.depth == 1 or (
        network.depth == 2 and network.outputs == 1 and all(network.layers[1].weight[0])
    )


def _zero_residuals(through: SamplePass) -> list[Residual]:
    return [(k, n) for k, row in enumerate(through.residuals) for n, r in enumerate(row) if not r]


# one hidden layer, squared loss -----------------------------------------------------------------------


def _by_neurons(through: SamplePass, slopes: Rows, clock: Search) -> PiecewiseGradient:
    smooth, blocks = list(through.gradient(slopes, {})), []
    for i in range(through.network.layers[0].outputs):
        kinks = [kink for kink in through.kinks if kink.neuron == i]
        if not kinks:
            continue
        blocks.append(_of_neuron(through, slopes, kinks, tuple(smooth), clock))
        for j in range(through.network.inputs + 1):
            smooth[through.place(0, i, j)] = Fraction(0)
    return PiecewiseGradient(tuple(smooth), tuple(blocks))


def _of_neuron(
    through: SamplePass, slopes: Rows, kinks: Sequence[Kink], base: Vector, clock: Search
) -> Block:
    """Return the block of a neuron: the base has the lower slope at its kinks, a positive side adds to it."""
    i, inputs = kinks[0].neuron, through.network.inputs
    below, above = through.network.activations[0].slopes[i]
    column = [row[i] for row in through.network.layers[1].weight]
    first = through.place(0, i, 0)
    normals: dict[Event, Vector] = {kink: through.kink_gradient(kink, {}) for kink in kinks}
    zero = (Fraction(0),) * through.parameters
    start = (*zero[:first], *base[first : first + inputs + 1], *zero[first + inputs + 1 :])

    def gradient(signs: Signs) -> Vector:
        total = list(start)
        for kink in kinks:
            if signs[kink] > 0:
                paid = sum((c * row[kink.sample] for c, row in zip(column, slopes, strict=True)), Fraction(0))
                for j in range(first, first + inputs + 1):
                    total[j] += paid * (above - below) * normals[kink][j]
        return tuple(total)

    return Block(tuple(_pieces(kinks, lambda event, _: normals[event], gradient, clock, are_linear=True)))


# all events together ----------------------------------------------------------------------------------


def _joint(through: SamplePass, slopes: Rows, residuals: Sequence[Residual], clock: Search) -> Block:
    def choices(signs: Signs) -> dict[Kink, int]:
        return {event: int(sign > 0) for event, sign in signs.items() if isinstance(event, Kink)}

    def normal(event: Event, signs: Signs) -> Vector:
        if isinstance(event, Kink):
            return through.kink_gradient(event, choices(signs))
        return through.gradient(_unit(slopes, event, Fraction(1), only=True), choices(signs))

    def gradient(signs: Signs) -> Vector:
        paid = slopes
        for event, sign in signs.items():
            if not isinstance(event, Kink):
                paid = _unit(paid, event, Fraction(sign, through.data.size))
        return through.gradient(paid, choices(signs))

    are_linear = is_linear_by_neurons(through.network)
    return Block(tuple(_pieces([*through.kinks, *residuals], normal, gradient, clock, are_linear=are_linear)))


def _unit(rows: Rows, place: Residual, value: Fraction, *, only: bool = False) -> Rows:
    k, n = place
    return [
        [value if (i, j) == (k, n) else Fraction(0) if only else entry for j, entry in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def _pieces(
    events: Sequence[Event],
    normal: Callable[[Event, Signs], Vector],
    gradient: Callable[[Signs], Vector],
    clock: Search,
    *,
    are_linear: bool,
) -> Iterator[Piece]:
    """Yield the pieces of all signs that are not excluded."""
    found = 0
    stack: list[tuple[dict[Event, int], Cone, Mapping[int, Fraction] | None]] = [({}, Cone(()), {})]
    while stack:
        clock.check_time()
        signs, cone, inside = stack.pop()  # a direction in the cone, if it is reached
        if len(signs) == len(events):
            found += 1
            if found > MOST_PIECES:
                raise BudgetExhaustedError(
                    f"pieces of the loss near the parameters: expected at most {MOST_PIECES}, got more"
                )
            yield Piece(signs, cone, gradient(signs), inside is not None)
            continue
        event = events[len(signs)]
        vector = normal(event, signs)
        is_linear = are_linear or (isinstance(event, Kink) and event.layer == 0)
        if is_linear and not any(vector):  # 0 whatever the parameters are
            stack.append((signs | {event: -1}, cone, inside))
            continue
        for sign in (1, -1):
            narrower = cone.cut(vector, sign)
            within = None if inside is None else narrower.direction_from(inside)
            if within is not None or inside is None or not is_linear:
                stack.append((signs | {event: sign}, narrower, within))
