"""C21. (13) with derivative 1 at y = 0 is not the gradient there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import diagonal, times
from ..verdicts import by_counterexample

# relu(x) - relu(-x) = x, whose derivative is 1 everywhere.
NETWORK = Network.from_rationals([([[1], [-1]], [0, 0]), ([[1, -1]], [0])], name="relu(x) - relu(-x) = x")
X = (0,)


def check(network: Network = NETWORK, x: Sequence[Any] = X) -> Finding:
    """Compute the derivative of R -> R, with one hidden layer, by (13) and by difference quotients."""
    (y,) = network.preactivations(x)
    first, last = (layer.weight for layer in network.layers)
    by_13 = times(last, diagonal([int(entry >= 0) for entry in y]), first)[0][0]
    by_6 = times(last, diagonal([int(entry > 0) for entry in y]), first)[0][0]
    step = Fraction(1, 1000)
    (here,), (right,), (left,) = network(x), network((x[0] + step,)), network((x[0] - step,))
    return by_counterexample(
        f"x = {x[0]}, y_1 = ({', '.join(map(str, y))})",
        f"W_2 Sigma W_1 with Sigma = 1 at y = 0, as after (13): {by_13}",
        f"W_2 diag(theta_1) W_1 with theta = 0 at y = 0, as in (6): {by_6}",
        f"difference quotients to the right and to the left (step {step}): {(right - here) / step} and "
        f"{(here - left) / step}",
        "corrected form: (13) is the gradient where no pre-activation is zero; the maximum of the "
        "subdifferential is the "
        "derivative of relu in the direction +1 only, and the chain rule does not pass it on",
        holds=by_13 == (right - here) / step == (here - left) / step,
        networks=[network],
        points=[("x", x)],
    )


CLAIM = Claim(
    id="heinecke-hwang/C21",
    title="(13) with derivative 1 at a kink gives the derivative",
    sentence=r"""is a diagonal matrix with entries 0 or 1, corresponding to the value of the directional
    derivative of the rectifier function, which is $\partial a_{l,i}/\partial y_{l,i} = 1$ if $y_{l,i}
    \geq 0$ and 0 otherwise.""",
    source="Section 3.2, after (13)",
    reading="""For L(y) = y and k = 0, the product of (13) with Sigma = 1 where y >= 0 is the derivative
    of the network, at kinks as well (two-sided difference quotients).""",
    recorded=Verdict.REFUTED,
    check=check,
)
