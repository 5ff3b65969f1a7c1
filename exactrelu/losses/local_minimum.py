"""Whether parameters are a local minimum of the loss.

What decides:

* A loss as small as any function's on the data is a minimum of all.
* Where the loss falls to first order there is none (`stationarity.descent_direction`).
* With one hidden layer and signs fixed, f is linear in the products V_j = c_j (w_j, b_j)^T on the data, and
  the loss is convex in them. Let u be the derivative of the loss by the outputs and M_j = sum_n s_jn u_n
  (x^n, 1)^T, the derivative by V_j.

  - One output, c_j != 0: the V_j of a closed cell are a convex cone, and they move freely in it when w_j and
    b_j do. So no descent to first order means that V is a minimum of a convex function on the cone.
  - c_j = 0: with (w_j, b_j) moved inside a cell and c_j against the sign of M_j (w_j, b_j), the loss falls
    unless M_j = 0, in each cell that meets there. With M_j = 0 no V_j of these cells is better at first.
  - Several outputs: M_j = 0 in each cell suffices, likewise.

  All cells that meet at the parameters are such; the radius is the distance to the others.
* Without hidden layers the loss is convex.
* With more layers, where the derivative by every product along a path vanishes (`path_sums`).
* In the interior of a cell a line on which the loss falls to higher order (`second_order`).

All else is `unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.losses.cones import Cone
from exactrelu.losses.path_sums import derivatives_by_paths_vanish
from exactrelu.losses.piecewise_gradient import Piece, PiecewiseGradient, is_linear_by_neurons
from exactrelu.losses.sample_pass import Kink, SamplePass
from exactrelu.losses.second_order import falling_line
from exactrelu.losses.stationarity import Direction, better_parameters, descent_direction
from exactrelu.losses.training_data import Loss
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class LocalMinimum:
    """Whether no parameters near the given ones have a smaller loss.

    Parameters
    ----------
    verdict, reason
        The decision, and what decided it.
    radius
        If it holds, where known: no parameters within this distance, entry by entry, have a smaller loss.
    is_global
        If it holds: whether no parameters of the same architecture have one.
    better
        If it is refuted: parameters with a smaller loss, on a line (or curve) on which it falls at once.
    """

    verdict: Verdict
    reason: str
    radius: Fraction | None = None
    is_global: bool = False
    better: SamplePass | None = None


def local_minimum(through: SamplePass, loss: Loss, found: PiecewiseGradient) -> LocalMinimum:
    """Decide whether the parameters are a local minimum of the loss, given its gradients there."""
    if through.loss(loss) == through.data.least_loss(loss):
        return LocalMinimum(Verdict.HOLDS, "no function has a smaller loss on the data", is_global=True)
    direction = descent_direction(found)
    if direction is not None:
        return _refuted(through, loss, direction, "the loss falls to first order")
    if is_linear_by_neurons(through.network):
        return _held(
            through, "the loss is convex in the products c_j (w_j, b_j) on each cell that meets here"
        )
    if through.network.depth == 2 and loss is Loss.SQUARED:
        decided = _by_neurons(through, found)
    else:
        decided = _by_paths(through, loss, found)
    if decided is None and loss is Loss.SQUARED:
        line = falling_line(through)
        if line is not None:
            return _refuted(through, loss, line, "the loss falls to second order or higher")
    return decided or LocalMinimum(
        Verdict.UNKNOWN, "first order says nothing against it, and no rule proves it"
    )


def _refuted(through: SamplePass, loss: Loss, direction: Direction, reason: str) -> LocalMinimum:
    return LocalMinimum(Verdict.REFUTED, reason, better=better_parameters(through, loss, direction))


def _held(through: SamplePass, reason: str) -> LocalMinimum:
    radius = _radius(through)
    return LocalMinimum(Verdict.HOLDS, reason, radius, is_global=radius is None)


def _radius(through: SamplePass) -> Fraction | None:
    """Return within which distance all parameters lie in cells that meet here; None if all do (one layer)."""
    distances = []
    if through.network.depth == 2:
        distances += [abs(c) for row in through.network.layers[1].weight for c in row if c]
        for i in through.network.activations[0].bent:
            for x, y in zip(through.data.inputs, through.preactivations[0][i], strict=True):
                reach = sum(map(abs, x)) + through.biases
                if y and reach:
                    distances.append(abs(y) / reach)
    return min(distances, default=None)


# one hidden layer, squared loss -----------------------------------------------------------------------

_NO_KINKS = Piece({}, Cone(()), (), is_reached=True)


def _by_neurons(through: SamplePass, found: PiecewiseGradient) -> LocalMinimum | None:
    slopes = through.slopes_of_loss(Loss.SQUARED)
    for i in range(through.network.layers[0].outputs):
        coefficients = [row[i] for row in through.network.layers[1].weight]
        if through.network.outputs == 1 and coefficients[0]:
            continue
        for piece in _pieces_of(found, i):
            for k, row in enumerate(slopes):
                derivative = _derivative_by_product(through, row, i, piece)
                if derivative:
                    return None if any(coefficients) else _idle_neuron(through, (i, k), piece, derivative)
    return _held(
        through, "the derivative by the products c_j (w_j, b_j) is zero where first order says nothing"
    )


def _pieces_of(found: PiecewiseGradient, neuron: int) -> tuple[Piece, ...]:
    """Return the pieces of the neuron's block, one without signs where it has no kinks."""
    for block in found.blocks:
        if all(isinstance(event, Kink) and event.neuron == neuron for event in block.pieces[0].signs):
            return block.pieces
    return (_NO_KINKS,)


def _derivative_by_product(
    through: SamplePass, row: Sequence[Fraction], neuron: int, piece: Piece
) -> Direction:
    """Return a row of M_j at the places of w_j and b_j, without the bias where it is held."""
    choices = {event: int(sign > 0) for event, sign in piece.signs.items() if isinstance(event, Kink)}
    paid = [u * s for u, s in zip(row, through.slopes(0, choices)[neuron], strict=True)]
    columns = [*zip(*through.data.inputs, strict=True)]
    if through.biases:
        columns.append((Fraction(1),) * through.data.size)
    sums = (sum((u * x for u, x in zip(paid, column, strict=True)), Fraction(0)) for column in columns)
    return {through.place(0, neuron, j): total for j, total in enumerate(sums) if total}


def _idle_neuron(
    through: SamplePass, place: tuple[int, int], piece: Piece, derivative: Direction
) -> LocalMinimum:
    """Return better parameters: (w_j, b_j) moved by t in the cell, c_j by t^2 against M_j, t small enough."""
    neuron, output = place
    direction = _into_cell(piece.cone, derivative)
    gain = sum(m * direction.get(j, Fraction(0)) for j, m in derivative.items())
    coefficient = through.place(1, output, neuron)
    now, step = through.loss(Loss.SQUARED), 1 / max(map(abs, direction.values()))
    while True:
        move = {j: step * entry for j, entry in direction.items()}
        moved = through.moved(move | {coefficient: step * step * (-1 if gain > 0 else 1)})
        if moved.loss(Loss.SQUARED) < now:
            reason = f"neuron {neuron} has no coefficient, and is of use with one"
            return LocalMinimum(Verdict.REFUTED, reason, better=moved)
        step /= 2


def _into_cell(cone: Cone, derivative: Direction) -> Direction:
    """Return a direction in an open cone that is not orthogonal to a vector m: d, or d + t m, t small."""
    inside = cone.direction() or {}
    if sum(m * inside.get(j, Fraction(0)) for j, m in derivative.items()):
        return inside
    step = Fraction(1)
    while True:
        turned = {j: inside.get(j, Fraction(0)) + step * derivative.get(j, 0) for j in {*inside, *derivative}}
        if cone.contains(turned):
            return turned
        step /= 2


# more layers ------------------------------------------------------------------------------------------


def _by_paths(through: SamplePass, loss: Loss, found: PiecewiseGradient) -> LocalMinimum | None:
    pieces = [piece for block in found.blocks for piece in block.pieces] or [_NO_KINKS]
    if not all(isinstance(event, Kink) for event in pieces[0].signs):
        return None
    slopes = through.slopes_of_loss(loss)
    for piece in pieces:
        choices = {event: int(sign > 0) for event, sign in piece.signs.items() if isinstance(event, Kink)}
        if not derivatives_by_paths_vanish(through, slopes, choices):
            return None
    return LocalMinimum(Verdict.HOLDS, "the derivative by the product of weights along each path is zero")
