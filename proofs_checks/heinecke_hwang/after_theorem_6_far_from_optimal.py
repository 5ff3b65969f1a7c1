"""After Theorem 6: the global bound is attained, so it cannot be improved in terms of C, N and L."""

from __future__ import annotations

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import largest_weight, linear_part, text
from ..verdicts import by_counterexample

# All rows of W_1 are (1, 0), all columns of W_4 are (1, 0)^T, W_2 = W_3 = all ones; C = 1, N = 2, L = 4.
NETWORK = Network.from_rationals(
    [([[1, 0], [1, 0]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [0, 0]], None)],
    name="equal rows, ones, equal columns",
)


def check(network: Network = NETWORK) -> Finding:
    """Compare the derivative on the cell of ones in the direction of the first input with the bound."""
    theta = tuple((1,) * width for width in network.hidden_widths)
    weight, width, depth = (
        largest_weight(network, 2, network.depth - 1),
        max(network.hidden_widths),
        network.depth,
    )
    bound = (weight * width) ** (depth - 2) * width
    linear = linear_part(network, theta)
    gain = abs(linear[0][0])
    return by_counterexample(
        f"C = {weight}, N = {width}, L = {depth}: (CN)^(L-2) N = {bound}",
        f"on R^{text(theta)} the linear part is {[[str(entry) for entry in row] for row in linear]}: the "
        "step (1, 0) in the "
        f"input changes the first output by {gain}, so the Lipschitz constant is at least {gain}",
        "W_2 = ... = W_{L-1} = C times the matrix of ones does the same for every C > 0, N and L",
        "corrected form: far from optimal for most networks; best possible as a function of C, N and L",
        holds=gain < bound,
        networks=[network],
        points=[("x_1", (2, 0)), ("x_2", (1, 0))],
    )


CLAIM = Claim(
    id="heinecke-hwang/after-theorem-6-optimality",
    title="the global bound is far from optimal",
    sentence=r"""It is clear that the global Lipschitz bound $(CN)^{L-2}N$ derived for \mathcal{M}_L via
    the above crude estimate from its affine linear pieces is far from being optimal.""",
    source="Section 3.2, after the proof of Theorem 6",
    reading="Every network of Theorem 6 (i) has a Lipschitz constant that is less than (CN)^(L-2) N.",
    recorded=Verdict.REFUTED,
    check=check,
)
