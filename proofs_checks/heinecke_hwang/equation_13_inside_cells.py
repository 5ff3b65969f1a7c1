"""(13): inside a cell the chain of (13) is the gradient; at the input, W_1^T times it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, linear_part, text, times, transposed, written
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_trial, untried
from .c22_gradient_bound import chain

NETWORKS = tuple(tried_networks("equation 13", ((1, 2, 1), (2, 3, 2), *DEEP_SHAPES), count=32))


def after_layer(
    network: Network, k: int, y: Sequence[Fraction]
) -> tuple[tuple[int, ...], tuple[Fraction, ...]]:
    """Return the later bits and the output of M_L relu ... M_{k+1} relu applied to y in the place of y_k."""
    bits: list[int] = []
    for layer in network.layers[k:]:
        bits += [int(entry > 0) for entry in y]
        y = layer([max(entry, Fraction(0)) for entry in y])
    return tuple(bits), tuple(y)


def check(
    networks: Sequence[Network] = NETWORKS, gradient: Callable[[Network, Bits, int], Matrix] = chain
) -> Finding:
    """Compare (13) for each output with difference quotients in y_k, inside cells where no y is zero."""
    cases = skipped = 0

    def failure(network: Network) -> Failure | None:
        nonlocal cases, skipped
        for region in regions(network, reading="full"):
            theta, ys = region.configuration.layers, network.preactivations(region.point)
            if not all(entry for y in ys for entry in y):
                skipped += 1  # a neuron is zero on the whole cell: there is no derivative to compare with
                continue
            for k in range(1, network.depth):
                cases += 1
                if gradient(network, theta, k) != quotients(network, k, ys[k - 1]):
                    return f"cell of {text(theta)}, k = {k}, x = {written(region.point)}"
            if network.depth > 1 and transposed(linear_part(network, theta)) != times(
                transposed(network.layers[0].weight), gradient(network, theta, 1)
            ):
                return f"cell of {text(theta)}: dL/dx is not W_1^T dL/dy_1"
        return None

    finding = by_trial(networks, failure)
    count = f"cases (a cell and a k): {cases}; cells left out, as a pre-activation is zero there: {skipped}"
    if finding.verdict is ClaimVerdict.CHECKED and not cases:
        return untried(count)
    first = "at inner points of cells with no zero pre-activation, for every k and every output"
    return replace(finding, evidence=(first, count, *finding.evidence))


def quotients(network: Network, k: int, y: Sequence[Fraction]) -> Matrix:
    """Return difference quotients of the outputs by the entries of y_k; the step changes no bit."""
    bits, output = after_layer(network, k, y)
    rows = []
    for i in range(len(y)):
        step = Fraction(1)
        while True:
            moved = [entry + step * (i == j) for j, entry in enumerate(y)]
            new_bits, new_output = after_layer(network, k, moved)
            if new_bits == bits:
                break
            step /= 4
        rows.append([(new - old) / step for new, old in zip(new_output, output, strict=True)])
    return rows


CLAIM = PaperClaim(
    id="heinecke-hwang/equation-13",
    title="(13) is the gradient inside a cell",
    sentence=r"""\frac{\partial \mathcal{L}^{\theta}}{\partial \mathbf{y}_k} =
    \Sigma^{\theta_k}(\mathbf{y}_k) \mathbf{W}_{k+1}^\top \Sigma^{\theta_{k+1}}(\mathbf{y}_{k+1}) \cdots
    \mathbf{W}_L^\top \nabla_{\mathbf{y}_L} \mathcal{L}^{\theta},\tag{13} [...] \frac{\partial
    \mathcal{L}^{\theta}}{\partial \mathbf{x}} = \mathbf{W}_1^{\top} \frac{\partial
    \mathcal{L}^{\theta}}{\partial \mathbf{y}_1},""",
    source="Section 3.2, (13); last page",
    reading="""Where no pre-activation is zero, (13) with L one of the outputs is the derivative by the
    entries of y_k, and dL/dx = W_1^T dL/dy_1. (At kinks see C21.)""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
