"""What open signs and widths of inputs do to bounds of a Jacobian: where a search should cut.

The numbers are heuristics: any cut is sound. An open neuron j of layer k counts the difference of its slopes,
times the entries that its row of the enclosed Jacobian has, times what comes from it in the outputs; an
input counts its width, times how much of each open neuron's interval a unit of it moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.jacobians import Bits, JacobianBounds


@np.errstate(all="ignore")
def open_scores(bounds: JacobianBounds, bits: Bits) -> tuple[list[Floats], list[Floats]]:
    """Return for each hidden layer the scores of its neurons, and the centres of its Jacobian.

    Parameters
    ----------
    bits
        Shape (batch, bent neurons), -1 where one is open.

    Returns
    -------
    scores, centres
        Shapes (batch, width) and (batch or 1, width, inputs). The score is 0 where a slope is known.

    Examples
    --------
    >>> from exactrelu.networks.network import Network
    >>> net = Network.from_rationals([([[1], [2], [3]], None), ([[1, -1, 2]], None)])
    >>> open_scores(JacobianBounds(net), np.array([[-1, -1, 1]], dtype=np.int8))[0][0].round(6).tolist()
    [[1.0, 2.0, 0.0]]
    """
    slopes = list(bounds.slopes(bits))
    layers = list(bounds.by_layer(bits))[:-1]
    onwards = np.ones((len(bits), bounds.weights[-1].shape[0]))
    scores = []
    for weight, enclosure, (least, most) in zip(
        reversed(bounds.weights), reversed(layers), reversed(slopes), strict=False
    ):
        onwards = onwards @ np.abs(weight)
        scores.append(np.nan_to_num((most - least) * onwards * enclosure.largest.sum(axis=2)))
        onwards = onwards * np.maximum(np.abs(least), np.abs(most))
    return scores[::-1], [enclosure.centre for enclosure in layers]


@np.errstate(all="ignore")
def input_scores(
    scores: Sequence[Floats], centres: Sequence[Floats], widths: Floats, intervals: Sequence[Floats]
) -> Floats:
    """Return a score of each input, given the widths of boxes and of pre-activations there.

    Parameters
    ----------
    scores, centres
        From `open_scores`.
    widths, intervals
        Shapes (batch, inputs), and (batch, width) for each hidden layer.
    """
    total = np.zeros(widths.shape)
    for score, centre, interval in zip(scores, centres, intervals, strict=True):
        share = np.nan_to_num(score / interval, posinf=0.0)
        moved = np.abs(np.broadcast_to(centre, (len(widths), *centre.shape[1:])))
        total += np.matmul(share[:, None, :], moved)[:, 0]
    return np.asarray(np.nan_to_num(total * widths, nan=0.0, posinf=0.0))
