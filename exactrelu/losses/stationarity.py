"""Stationary points of the loss, and directions in which it falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.losses.cones import Vector, common_direction, zero_combination
from exactrelu.losses.piecewise_gradient import Block, PiecewiseGradient
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.training_data import Loss
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.verification.verdict import Verdict

Direction = dict[int, Fraction]
"""The entries of a direction in the parameters that are not zero, by their places."""


@dataclass(frozen=True)
class Stationarity:
    """Whether 0 is in Clarke's subdifferential.

    Parameters
    ----------
    verdict
        ``unknown`` where it depends on cells that first order does not decide.
    weights
        If it holds: for each block weights of the pieces with which their gradients add up to 0.
    """

    verdict: Verdict
    weights: tuple[Vector, ...] = ()


def stationarity(found: PiecewiseGradient) -> Stationarity:
    """Decide whether 0 is in Clarke's subdifferential.

    Examples
    --------
    >>> piece = lambda *g: Piece({}, Cone(()), tuple(map(Fraction, g)), True)
    >>> from exactrelu.losses.piecewise_gradient import Piece
    >>> from exactrelu.losses.cones import Cone
    >>> str(stationarity(PiecewiseGradient((Fraction(0),), (Block((piece(-1), piece(2))),))).verdict)
    'holds'
    """
    if any(found.smooth):
        return Stationarity(Verdict.REFUTED)
    weights, is_known = [], True
    for block in found.blocks:
        reached = zero_combination([piece.gradient for piece in block.pieces if piece.is_reached])
        if reached is None:
            if block.is_exact or zero_combination([piece.gradient for piece in block.pieces]) is None:
                return Stationarity(Verdict.REFUTED)
            is_known = False
            continue
        weights.append(reached)
    return Stationarity(Verdict.HOLDS, tuple(weights)) if is_known else Stationarity(Verdict.UNKNOWN)


def descent_direction(found: PiecewiseGradient) -> Direction | None:
    """Return a direction in which the loss falls to first order, None if none is found.

    None is an answer only where all blocks are exact: then the directional derivative of the loss is
    nowhere negative.
    """
    if any(found.smooth):
        return {j: -entry for j, entry in enumerate(found.smooth) if entry}
    return next(filter(None, map(_descent_of, found.blocks)), None)


def _descent_of(block: Block) -> Direction | None:
    for piece in block.pieces:
        if piece.is_reached and any(piece.gradient):
            down = primitive_from_rationals([-entry for entry in piece.gradient])
            direction = common_direction((*piece.cone.rows, down))
            if direction is not None:
                return direction
    rows = [primitive_from_rationals([-entry for entry in piece.gradient]) for piece in block.pieces]
    return common_direction(rows)  # below Clarke's derivative, whatever pieces are reached


def better_parameters(through: SamplePass, loss: Loss, direction: Direction) -> SamplePass:
    """Return parameters with a smaller loss on the ray of a direction of descent: the first of 1, 1/2, ..."""
    now = through.loss(loss)
    return next(moved for moved in _steps(through, direction) if moved.loss(loss) < now)


def _steps(through: SamplePass, direction: Direction) -> Iterator[SamplePass]:
    size = max(map(abs, direction.values()))
    step = 1 / size
    while True:
        yield through.moved({j: step * entry for j, entry in direction.items()})
        step /= 2
