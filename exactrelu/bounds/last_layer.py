"""Bounds of the norm of a Jacobian A D X whose last slopes D are open, tighter than entry by entry.

A is the last layer, D the diagonal of the last hidden layer's slopes, d_k in [l_k, u_k], and X the Jacobian
of its pre-activations, |X - C| <= R. Entry by entry each one may choose its own D; here one D serves many.

*Norm inf.* The sum of |entries| of a row over a group of columns is the largest of s . (a D X) over signs s
of the columns, and for one s the sum over k of the largest a_k d_k (X s)_k. *Norm 1* likewise, with signs of
outputs. *Norm 2.* With D = M + E, M the middle, and C = A M X, |A D X|^2 is at most
|C|^2 + 2 |C (A E X)^T| + |A E X|^2. Here C (A E X)^T = sum E_k (C x_k) a_k^T is bounded term by term, and the
last square by sum |E_k E_l (a_k . a_l) (x_k . x_l)|, the rows of X being x_k and the columns of A a_k.

docs/linear-bounds.md, "Jacobians", has what is charged for roundings.
"""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from exactrelu.bounds.back_substitution import U, gamma
from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.jacobians import Bits, Enclosure, JacobianBounds, norm_at_most

_GROUP = 6  # columns or outputs whose signs are tried together
_MOST_DOUBLES = 1 << 19
_TINY = 1e-290
_ROUND_UP = 1 + 1e-12


def can_refine(widths: tuple[int, ...], norm: str) -> bool:
    """Return whether `refined` can be better for a network of these widths, and is not too slow."""
    inputs, width, outputs = widths[0], widths[-2], widths[-1]
    if norm == "1":
        return outputs > 1
    return norm == "inf" or width * width * inputs <= _MOST_DOUBLES


def refined(bounds: JacobianBounds, bits: Bits, norm: str) -> Floats:
    """Return bounds of the norm (``1``, ``2`` or ``inf``) for each row of bits, -1 where one is open.

    They are often smaller than those of `JacobianBounds.at_most`, but not always.

    Examples
    --------
    >>> from exactrelu.networks.network import Network
    >>> net = Network.from_rationals([([[1, 1], [-1, 1]], None), ([[2, 2]], None)])
    >>> bounds, both = JacobianBounds(net), np.array([[-1, -1]], dtype=np.int8)
    >>> [round(float(bound[0]), 9) for bound in (bounds.at_most(both, "inf"), refined(bounds, both, "inf"))]
    [6.0, 4.0]
    """
    outputs, width = bounds.weights[-1].shape
    inputs = bounds.weights[0].shape[1]
    signs = {"1": 2 ** min(_GROUP, outputs), "2": width, "inf": 2 ** min(_GROUP, inputs)}[norm]
    size = max(1, _MOST_DOUBLES // max(1, (width + outputs) * max(signs, inputs)))
    with np.errstate(all="ignore"):
        parts = [_refined(bounds, bits[i : i + size], norm) for i in range(0, len(bits), size)]
    found = np.concatenate(parts) if parts else np.zeros(0)
    return np.where(np.isnan(found), np.inf, found)


def _refined(bounds: JacobianBounds, bits: Bits, norm: str) -> Floats:
    *_, hidden, _ = bounds.by_layer(bits)
    *_, (low, high) = bounds.slopes(bits)
    shape = (len(bits), *hidden.centre.shape[1:])
    hidden = Enclosure(np.broadcast_to(hidden.centre, shape), np.broadcast_to(hidden.radius, shape))
    last = bounds.weights[-1]
    if norm == "2":
        return _spectral(last, low, high, hidden)
    if norm == "inf":
        return _sums_of_rows(last, low, high, hidden)
    return _sums_of_columns(last, low, high, hidden)


# norms 1 and inf --------------------------------------------------------------------------------------


def _signs(count: int) -> Floats:
    return np.array(list(product((1.0, -1.0), repeat=count)))


def _groups(count: int) -> list[slice]:
    """Return slices of about equal lengths, at most `_GROUP`."""
    parts = -(-count // _GROUP)
    ends = [count * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in pairwise(ends)]


def _sums_of_rows(last: Floats, low: Floats, high: Floats, hidden: Enclosure) -> Floats:
    """Return bounds of the largest sum of |entries| of a row."""
    total = np.zeros((len(low), len(last)))
    for group in _groups(hidden.centre.shape[2]):
        centre, radius = hidden.centre[:, :, group], hidden.radius[:, :, group].sum(axis=2)
        moved = np.matmul(centre, _signs(centre.shape[2]).T)
        size = np.abs(centre).sum(axis=2)
        best = _largest(last, low, high, moved).max(axis=2)
        total += best + _charge(last, low, high, size[:, :, None], radius[:, :, None])[:, :, 0]
    return np.asarray(
        np.maximum(total, 0.0).max(axis=1) * (1 + gamma(total.shape[1] + hidden.centre.shape[2]))
    )


def _sums_of_columns(last: Floats, low: Floats, high: Floats, hidden: Enclosure) -> Floats:
    """Return bounds of the largest sum of |entries| of a column."""
    total = np.zeros((len(low), hidden.centre.shape[2]))
    for group in _groups(len(last)):
        mixed = _signs(len(last[group])) @ last[group]
        size = np.abs(last[group]).sum(axis=0)[None]
        best = _largest(mixed, low, high, hidden.centre).max(axis=1)
        total += best + _charge(size, low, high, np.abs(hidden.centre), hidden.radius)[:, 0]
    return np.asarray(np.maximum(total, 0.0).max(axis=1) * (1 + gamma(len(last))))


def _largest(weights: Floats, low: Floats, high: Floats, values: Floats) -> Floats:
    """Return the largest sum over k of w_k d_k v_k, for each row w of weights and column v of values."""
    a, b = values * low[:, :, None], values * high[:, :, None]
    up, down = np.maximum(weights, 0.0), np.minimum(weights, 0.0)
    return np.asarray(np.matmul(up, np.maximum(a, b)) + np.matmul(down, np.minimum(a, b)))


def _charge(weights: Floats, low: Floats, high: Floats, size: Floats, radius: Floats) -> Floats:
    """Return what the radius and all roundings change `_largest` by, at most."""
    reach = np.maximum(np.abs(low), np.abs(high))[:, :, None]
    terms = 2 * sum(weights.shape) + sum(size.shape[1:]) + 2 * _GROUP + 32
    own = (radius + gamma(terms) * (size + radius)) * reach
    return np.asarray(np.matmul(np.abs(weights), own) * _ROUND_UP + _TINY * (1 + own.sum(axis=1)[:, None]))


# norm 2 -----------------------------------------------------------------------------------------------


def _spectral(last: Floats, low: Floats, high: Floats, hidden: Enclosure) -> Floats:
    """Return bounds of the spectral norm: those of P(E) for the centres, and of all that is left out."""
    middle = (low + high) / 2
    room = np.maximum(high - middle, middle - low) * (1 + 4 * U)
    reach = np.maximum(np.abs(low), np.abs(high))[:, :, None]
    left_out = reach * (hidden.radius + 4 * U * (np.abs(hidden.centre) + hidden.radius)) * _ROUND_UP
    rest = np.matmul(np.abs(last), left_out) * (1 + gamma(2 * len(reach[0])))
    rest = rest + _TINY * (1 + left_out.sum(axis=1))[:, None]
    apart = norm_at_most(Enclosure(np.zeros_like(rest), rest), "2")
    whole = np.sqrt(_square(last, middle, room, hidden.centre)) * _ROUND_UP
    return np.asarray((whole + apart) * _ROUND_UP + _TINY)


def _square(last: Floats, middle: Floats, room: Floats, hidden: Floats) -> Floats:
    """Return bounds of |A (M + E) X|^2 for the doubles A, M and X and all |E| <= room.

    With C = A M X and columns a_k of A it is at most |C|^2 + 2 |sum E_k (C x_k) a_k^T| + |A E X|_F^2.
    """
    slack = gamma(2 * (sum(last.shape) + hidden.shape[2]))
    scaled = middle[:, :, None] * hidden
    centre = np.matmul(last, scaled)
    error = slack * np.matmul(np.abs(last), np.abs(scaled)) + _TINY
    columns, rows = _lengths(last, 0, slack), _lengths(hidden, 2, slack)
    off = slack * _lengths(centre.reshape(len(centre), -1), 1, slack)
    off = off + _lengths(error.reshape(len(error), -1), 1, slack)
    turned = _lengths(np.matmul(centre, np.swapaxes(hidden, 1, 2)), 1, slack) + off[:, None] * rows
    cross = (room * columns * turned).sum(axis=1)
    left = np.abs(last.T @ last) + slack * np.outer(columns, columns) + _TINY
    right = np.abs(np.matmul(hidden, np.swapaxes(hidden, 1, 2)))
    right = right + slack * rows[:, :, None] * rows[:, None, :] + _TINY
    gram = np.matmul((left * right * room[:, None, :]).sum(axis=2)[:, None, :], room[:, :, None])[:, 0, 0]
    first = norm_at_most(Enclosure(centre, error), "2")
    total = first * first + 2 * cross + gram
    return np.asarray(total * (1 + gamma(8 * last.shape[1] ** 2)) + _TINY)


def _lengths(vectors: Floats, axis: int, slack: float) -> Floats:
    """Return bounds of the Euclidean lengths of doubles."""
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=axis) + _TINY) * (1 + slack))
