"""Exact lower bounds of pre-activations, by substitution backwards: for signs that doubles leave open.

Bounds in doubles never prove y >= 0 where y touches zero, as relu(relu(x)) does everywhere off. The same
substitution in integers does. A form A . z_j + C, a lower bound of the target on the domain, goes from layer
to layer, z = sigma(y) with the slopes (s-, s+):

* a neuron with one slope, or of known sign, is that slope times y;
* else its value is s- y + (s+ - s-) relu(y), where relu(y) >= c y for any c in [0, 1], which the caller
  chooses, and relu(y) <= c y + max(-c l, (1 - c) h) on l <= y <= h for any c in [0, 1] too: there c is the
  chord's slope h / (h - l), rounded to a multiple of 2^-16, which costs tightness and not truth. Without l,
  c = 0, without h, c = 1.

The infimum of the last form on the domain is then exact (`Reach`). Nothing is rounded where no sign is open,
so that a tie at zero stays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from flint import fmpz_mat

from exactrelu.deep.reach import Ends, Reach
from exactrelu.networks.activation import Slopes
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import integer_rows
from exactrelu.numbers.rationals import common_denominator

Unders = Sequence[Sequence[Fraction]]

_GRID = 1 << 16
_ZERO = Fraction(0)


def flat(network: Network, layer: int) -> Unders:
    """Return the slopes 0, relu(y) >= 0, for the neurons of the layers before one."""
    return [[_ZERO] * width for width in network.hidden_widths[: layer - 1]]


def steep(lower: Sequence[Ends], upper: Sequence[Ends]) -> Unders:
    """Return the slopes 1 where y reaches further up than down, else 0, given the bounds of layers."""
    return [
        [Fraction(low is not None and (high is None or high > -low)) for low, high in zip(*ends, strict=True)]
        for ends in zip(lower, upper, strict=True)
    ]


class _Form(NamedTuple):
    """The target is at least (coefficients . z + constant) / scale."""

    coefficients: list[int]
    constant: Fraction
    scale: int


def least_value(
    network: Network,
    target: tuple[int, int, int],
    bounds: tuple[Sequence[Ends], Sequence[Ends]],
    unders: Unders,
    reach: Reach,
) -> Fraction | None:
    """Return a lower bound of sign times the pre-activation of a neuron on the domain.

    Parameters
    ----------
    network
        Any network.
    target
        (layer, neuron, sign): the layer from 1, the neuron from 0, and 1 or -1.
    bounds
        What is known of the pre-activations of the layers before: lower and upper ends.
    unders
        For each neuron of these layers the slope c in [0, 1] of relu(y) >= c y.
    reach
        The domain.

    Returns
    -------
    Fraction or None
        None where there is no bound.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 2]], None), ([[1]], None)])
    >>> nothing = [[None, None]]
    >>> least_value(net, (2, 0, 1), (nothing, nothing), flat(net, 2), Reach(Domain.whole_space(1)))
    Fraction(0, 1)
    """
    layer, neuron, sign = target
    matrix = network.layers[layer - 1].matrix
    row = integer_rows(matrix.numerators)[neuron]
    form = _Form([sign * a for a in row[:-1]], Fraction(sign * row[-1]), matrix.denominator)
    for j in range(layer - 1, 0, -1):
        slopes, ends = network.activations[j - 1].slopes, (bounds[0][j - 1], bounds[1][j - 1])
        moved = _through_activation(form, slopes, ends, unders[j - 1])
        if moved is None:
            return None
        form = _through_layer(network, j, moved)
    q = form.constant.denominator
    least = reach.least((*(q * a for a in form.coefficients), form.constant.numerator))
    return None if least is None else least / (q * form.scale)


def _through_activation(
    form: _Form, slopes: Sequence[Slopes], bounds: tuple[Ends, Ends], unders: Sequence[Fraction]
) -> _Form | None:
    """Return a form on the pre-activations, None where it has no bound."""
    constant = form.constant
    moved: list[Fraction] = []
    for a, pair, under, low, high in zip(form.coefficients, slopes, unders, *bounds, strict=True):
        if not a:
            moved.append(_ZERO)
            continue
        part = _relaxed(a, pair, under, low, high)
        if part is None:
            return None
        moved.append(part[0])
        constant += part[1]
    denominator = common_denominator(moved)
    numerators = [entry.numerator * (denominator // entry.denominator) for entry in moved]
    return _Form(numerators, constant * denominator, form.scale * denominator)


def _relaxed(
    a: int, slopes: Slopes, under: Fraction, low: Fraction | None, high: Fraction | None
) -> tuple[Fraction, Fraction] | None:
    """Return (c, t) with a sigma(y) >= c y + t for low <= y <= high."""
    below, above = slopes
    if below == above or (low is not None and low >= 0):
        return a * above, _ZERO
    if high is not None and high <= 0:
        return a * below, _ZERO
    rise = a * (above - below)
    if rise > 0:
        return a * below + rise * under, _ZERO
    if low is None and high is None:
        return None
    c = _chord(low, high)
    shift = max(_ZERO if low is None else -c * low, _ZERO if high is None else (1 - c) * high)
    return a * below + rise * c, rise * shift


def _chord(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        return _ZERO
    if high is None:
        return Fraction(1)
    return Fraction(round(high / (high - low) * _GRID), _GRID)


def _through_layer(network: Network, j: int, form: _Form) -> _Form:
    """Return the form on the values of layer j - 1, y_j being W z + b."""
    matrix = network.layers[j - 1].matrix
    image = fmpz_mat(1, len(form.coefficients), form.coefficients) * matrix.numerators
    (row,) = integer_rows(image)
    q = matrix.denominator
    return _Form(list(row[:-1]), form.constant * q + row[-1], form.scale * q)
