"""The fewest neurons of a layer that a search finds, its values being read by linear combinations.

A window z -> y is a sum over hyperplanes h of functions with one bend, up h(z) for h > 0 and low h(z) for
h <= 0, and of a linear part M z + c. For each hyperplane with up != low one bent neuron is needed: relu(h)
leaves low h to the linear part, relu(-h) leaves up h. What the linear part then is passes through rank(M)
linear neurons, and through no fewer.

So neurons that are always on cost their rank and not their number, no more than there are neurons that read
them (Serra, Kumar & Ramalingam, *Lossless Compression of Deep Neural Networks*, 2020); pairs relu(h),
relu(-h) that pass a value on cost at most one; and the choices between relu(h) and relu(-h) are made such
that the rank is small: one after the other, as long as it falls (to make it smallest is a
subset-sum problem).
"""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.deep.bends import RELU, Bend, bends_of
from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.linear_part import LinearPart
from exactrelu.deep.prover import Prover
from exactrelu.deep.windows import Neuron, neurons_of, window_from, window_of, with_window
from exactrelu.networks.network import Network


def fewest(network: Network, layer: int, prover: Prover) -> DeepStep | None:
    """Rewrite a layer with fewer neurons where opposite neurons or the rank of the linear ones allow it.

    Neurons whose row or slopes are zero must have been dropped.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[2], [-2], [1]], [2, -2, 0]), ([[1, -1, 1]], [3])])
    >>> step = fewest(net, 1, Prover(Domain.whole_space(1)))
    >>> print(*step.account, sep="; ")
    layer 1: neurons 0, 1 add up to a linear function; layer 1: rank 1, so 1 linear neuron
    >>> step.after.widths, step.after.layers[0].rows[1]
    ((1, 2, 1), (Fraction(1, 1), Fraction(0, 1)))
    """
    neurons, bias = neurons_of(window_of(network, layer))
    linear = [neuron for neuron in neurons if neuron.is_linear]
    plain = all(neuron.is_linear or neuron.slopes == RELU for neuron in neurons)
    bends = bends_of(neurons, plain=plain)
    if not linear and len(bends) == len(neurons):
        return None
    part = LinearPart(linear, bends, len(bias))
    bent = [bend for bend in bends if not bend.is_flat]
    if len(bent) + part.choose() >= len(neurons):
        return None
    found = part.units(bias)
    if found is None:
        return None
    units, bias = found
    window = window_from(network.layers[layer - 1].inputs, [*(b.neuron for b in bent), *units], bias)
    account = tuple(f"layer {layer}: {text}" for text in _account(neurons, bends, len(units)))
    return DeepStep("linear", network, with_window(network, layer, window), account, prover, layer)


def _account(neurons: Sequence[Neuron], bends: Sequence[Bend], units: int) -> list[str]:
    sentences = []
    for bend in bends:
        if len(bend.members) > 1:
            named = ", ".join(map(str, bend.members))
            what = "a linear function" if bend.is_flat else "one bend and a linear function"
            sentences.append(f"neurons {named} add up to {what}")
    linear = [str(i) for i, neuron in enumerate(neurons) if neuron.is_linear]
    if linear:
        sentences.append(f"neurons {', '.join(linear)} are linear")
    sentences.append(f"rank {units}, so {units} linear {'neuron' if units == 1 else 'neurons'}")
    return sentences
