"""C16. (12): the affine map of a cell, its coefficients alpha and its bias b."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import apply, diagonal, times
from ..indeterminates import Indeterminates, difference
from ..verdicts import by_proof

# Weights, biases, bits and x are indeterminates; two neurons in every layer are enough (indeterminates.py).
WIDTHS = tuple((2,) * (depth + 1) for depth in range(2, 6))
Vector = list[Any]


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
            term = apply(net.weights[k + 1], [t * y for t, y in zip(net.bits[k], term, strict=True)])
        total = [a + b for a, b in zip(total, term, strict=True)]
    return total


def check(
    widths: Sequence[tuple[int, ...]] = WIDTHS,
    alpha_of: Callable[[Indeterminates], Vector] = alphas,
    bias_of: Callable[[Indeterminates], Vector] = bias,
) -> Finding:
    """Compare M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x with (12) as polynomials."""
    failures = []
    for shape in widths:
        net = Indeterminates(*shape)
        value: Vector = net.point
        for k in range(1, net.depth + 1):
            masked = value if k == 1 else [t * y for t, y in zip(net.bits[k - 1], value, strict=True)]
            value = [a + b for a, b in zip(apply(net.weights[k], masked), net.biases[k], strict=True)]
        active = [t * alpha for t, alpha in zip(net.bits[-1], alpha_of(net), strict=True)]
        twelve = [a + b for a, b in zip(apply(net.weights[net.depth], active), bias_of(net), strict=True)]
        found = difference([value], [twelve])
        failures += [] if found is None else [f"L = {net.depth}: {found}"]
    depths = ", ".join(str(len(shape) - 1) for shape in widths)
    return by_proof(
        f"L = {depths}: all weights, biases, supports and x and, by the argument on widths, all widths",
        failures,
        "the right side is b plus a combination of the columns w_{L,:i} with i in spt theta_{L-1}, so the "
        "image lies "
        "in their span plus b",
    )


CLAIM = Claim(
    id="heinecke-hwang/C16",
    title="(12): affine map, coefficients alpha, bias b and span of the image",
    sentence=r"""\sum_{i_{L-1} \in \operatorname{spt} \theta_{L-1}} \alpha_{L, i_{L-1}}(\mathbf{x})
    \mathbf{w}_{L, i_{L-1}} + \mathbf{b}, [...] (12) [...] In particular, the affine transform
    \mathcal{M}_L^{θ} maps its domain R^{θ} into [...] \mathrm{span}\{\mathbf{w}_{L,i_{L-1}}\colon
    i_{L-1}\in\mathrm{spt}\,\theta_{L-1}\}+\mathbf{b}.""",
    source="Section 3.2, (12) and the displays after it",
    reading="""M_L^theta x equals the sum over i in spt theta_{L-1} of alpha_{L,i}(x) w_{L,:i}, plus b,
    with alpha and b as displayed, for all weights, biases, theta and x.""",
    recorded=Verdict.PROVED,
    check=check,
)
