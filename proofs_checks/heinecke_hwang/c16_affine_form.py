"""C16. (12): the affine map of a cell, its coefficients alpha and its bias b.

Weights, biases, bits and x are indeterminates; D_k = diag(theta_k). The proof is an induction on L. If
M_L^theta x = W_L D_{L-1} alpha + b, then for L + 1 it is W_{L+1} D_L alpha' + b' with alpha' = W_L D_{L-1}
alpha and b' = W_{L+1} D_L b + b_{L+1}, which is how alpha and b go on from L to L + 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, diagonal, times
from ..indeterminates import WIDTH_ARGUMENT, Indeterminates, difference, width_failures
from ..verdicts import by_proof

BASE = 2
WIDTHS = tuple((2,) * (depth + 1) for depth in range(BASE, 6))
Vector = list[Any]


def masked(bits: Sequence[Any], vector: Sequence[Any]) -> Vector:
    """diag(theta) y."""
    return [t * y for t, y in zip(bits, vector, strict=True)]


def plus(one: Sequence[Any], two: Sequence[Any]) -> Vector:
    """Return the sum of two vectors."""
    return [a + b for a, b in zip(one, two, strict=True)]


def alphas(net: Indeterminates) -> Vector:
    """alpha_{L,i}(x): the rows of W_{L-1} diag(theta_{L-2}) W_{L-2} ... diag(theta_1) W_1, times x."""
    product: list[list[Any]] = net.weights[1]
    for k in range(2, net.depth):
        product = times(net.weights[k], diagonal(net.bits[k - 1]), product)
    return apply(product, net.point)


def bias(net: Indeterminates) -> Vector:
    """The bias b = sum over j < L of W_L diag(theta_{L-1}) ... W_{j+1} diag(theta_j) b_j, plus b_L."""
    total = net.biases[net.depth]
    for j in range(1, net.depth):
        term = net.biases[j]
        for k in range(j, net.depth):
            term = apply(net.weights[k + 1], masked(net.bits[k], term))
        total = plus(total, term)
    return total


def next_alphas(net: Indeterminates, alpha: Vector) -> Vector:
    """From alpha of L to alpha of L + 1: W_L diag(theta_{L-1}) alpha; the net has L + 1 layers."""
    return apply(net.weights[net.depth - 1], masked(net.bits[net.depth - 2], alpha))


def next_bias(net: Indeterminates, bias: Vector) -> Vector:
    """From b of L to b of L + 1: W_{L+1} diag(theta_L) b + b_{L+1}; the net has L + 1 layers."""
    return plus(apply(net.weights[net.depth], masked(net.bits[net.depth - 1], bias)), net.biases[net.depth])


def value(net: Indeterminates) -> Vector:
    """M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x."""
    y = plus(apply(net.weights[1], net.point), net.biases[1])
    for k in range(2, net.depth + 1):
        y = plus(apply(net.weights[k], masked(net.bits[k - 1], y)), net.biases[k])
    return y


def twelve(net: Indeterminates, alpha: Vector, bias: Vector) -> Vector:
    """(12): W_L diag(theta_{L-1}) alpha + b."""
    return plus(apply(net.weights[net.depth], masked(net.bits[net.depth - 1], alpha)), bias)


def check(
    widths: Sequence[tuple[int, ...]] = WIDTHS,
    alpha_of: Callable[[Indeterminates], Vector] = alphas,
    bias_of: Callable[[Indeterminates], Vector] = bias,
    alpha_step: Callable[[Indeterminates, Vector], Vector] = next_alphas,
    bias_step: Callable[[Indeterminates, Vector], Vector] = next_bias,
) -> Finding:
    """Compare M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x with (12): base, step, widths."""

    # The step. In the networks of three layers here b_1 stands for alpha of L, b_2 for b of L, W_2 for W_L
    # and W_3, b_3 for W_{L+1}, b_{L+1}.
    def next_value(net: Indeterminates) -> Vector:
        of_l = twelve(net.first_layers(2), net.biases[1], net.biases[2])
        return plus(apply(net.weights[3], masked(net.bits[2], of_l)), net.biases[3])

    def next_twelve(net: Indeterminates) -> Vector:
        return twelve(net, alpha_step(net, net.biases[1]), bias_step(net, net.biases[2]))

    def base(net: Indeterminates) -> Vector:
        return twelve(net, alpha_of(net), bias_of(net))

    failures = [] if (2,) * (BASE + 1) in widths else [f"L = {BASE}, the base, is missing"]
    for net in (Indeterminates(*shape) for shape in widths):
        pairs = [("value", value(net), base(net))]
        if net.depth > BASE:
            shorter = net.first_layers(net.depth - 1)
            pairs += [("alpha from L - 1", alpha_of(net), alpha_step(net, alpha_of(shorter)))]
            pairs += [("b from L - 1", bias_of(net), bias_step(net, bias_of(shorter)))]
        found = [(name, difference([left], [right])) for name, left, right in pairs]
        failures += [f"L = {net.depth}, {name}: {text}" for name, text in found if text is not None]
    two = Indeterminates(2, 2, 2, 2)
    step = difference([next_value(two)], [next_twelve(two)])
    failures += [] if step is None else [f"induction step: {step}"]
    if not failures:
        failures += width_failures(lambda net: [value(net)], 3, 3, 3, summed_layers=(0, 1))
        failures += width_failures(lambda net: [base(net)], 3, 3, 3, summed_layers=(0, 1))
        failures += width_failures(lambda net: [next_value(net)], 3, 3, 3, 3)
        failures += width_failures(lambda net: [next_twelve(net)], 3, 3, 3, 3)
    depths = ", ".join(str(len(shape) - 1) for shape in widths)
    return by_proof(
        "all L >= 2, all widths, all weights, biases, supports and x",
        failures,
        f"L = {depths}: the difference of both sides is the zero polynomial; L = {BASE} is the base",
        "step from L to L + 1, for indeterminate alpha and b: W_{L+1} D_L (W_L D_{L-1} alpha + b) + b_{L+1} "
        "= W_{L+1} D_L alpha' + b' with alpha' = W_L D_{L-1} alpha, b' = W_{L+1} D_L b + b_{L+1}",
        "alpha and b as displayed go on in this way: alpha has one more factor, each term of b too, and b_L "
        f"gives a new term; compared for every L up to {max(map(len, widths), default=1) - 1}",
        WIDTH_ARGUMENT,
        "the right side is b plus a combination of the columns w_{L,:i} with i in spt theta_{L-1}, so the "
        "image lies in their span plus b",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C16",
    title="(12): affine map, coefficients alpha, bias b and span of the image",
    sentence=r"""\sum_{i_{L-1} \in \operatorname{spt} \theta_{L-1}} \alpha_{L, i_{L-1}}(\mathbf{x})
    \mathbf{w}_{L, i_{L-1}} + \mathbf{b}, [...] (12) [...] In particular, the affine transform
    \mathcal{M}_L^{θ} maps its domain R^{θ} into [...] \mathrm{span}\{\mathbf{w}_{L,i_{L-1}}\colon
    i_{L-1}\in\mathrm{spt}\,\theta_{L-1}\}+\mathbf{b}.""",
    source="Section 3.2, (12) and the displays after it",
    reading="""M_L^theta x equals the sum over i in spt theta_{L-1} of alpha_{L,i}(x) w_{L,:i}, plus b,
    with alpha and b as displayed, for all weights, biases, theta and x.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
