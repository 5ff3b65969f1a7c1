"""C21. (13) with derivative 1 at y = 0 is not the gradient there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import linear_part, text, transposed, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import equation_13_inside_cells

# relu(x) - relu(-x) = x, whose derivative is 1 everywhere.
NETWORK = Network.from_rationals([([[1], [-1]], [0, 0]), ([[1, -1]], [0])], name="relu(x) - relu(-x) = x")
X = (0,)
NETWORKS = tuple(tried_networks("C21", count=24))


def one_at_zero(y: Any) -> int:
    """Return the entry of Sigma as after (13): 1 if y >= 0."""
    return int(y >= 0)


def zero_at_zero(y: Any) -> int:
    """Return theta as in (6): 1 if y > 0."""
    return int(y > 0)


def by_13(network: Network, x: Sequence[Any], bit: Callable[[Any], int]) -> list[list[Fraction]]:
    """Return the columns of W_L Sigma_{L-1} ... Sigma_1 W_1 at x."""
    sigma = tuple(tuple(map(bit, y)) for y in network.preactivations(x))
    return transposed(linear_part(network, sigma))


def quotients(network: Network, x: Sequence[Any], step: Fraction) -> list[list[Fraction]]:
    """Return the difference quotients at x, one for each input."""
    moved = [[a + step * (i == j) for j, a in enumerate(x)] for i in range(network.inputs)]
    return [[(a - b) / step for a, b in zip(network(place), network(x), strict=True)] for place in moved]


# In a cell, whose bits are the Sigma of (13) where no pre-activation is zero, (13) is the gradient.
CORRECTED = equation_13_inside_cells.STATEMENT


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    networks: Sequence[Network] = NETWORKS,
    places: Callable[[Network], Iterator[Sequence[Fraction]]] | None = None,
) -> Finding:
    """Compare (13), for L(y) = y and k = 0, with difference quotients to both sides."""
    step = Fraction(1, 1000)
    right, left = quotients(network, x, step)[0], quotients(network, x, -step)[0]
    found = by_13(network, x, one_at_zero)[0]
    sigma = tuple(tuple(map(one_at_zero, y)) for y in network.preactivations(x))
    as_transcribed = by_counterexample(
        *(f"y_{k} = {written(y)}" for k, y in enumerate(network.preactivations(x), start=1)),
        f"W_2 Sigma W_1 with Sigma = 1 at y = 0, as after (13): {written(found)}",
        f"with 0 at y = 0, as in (6): {written(by_13(network, x, zero_at_zero)[0])}",
        f"difference quotients to the right and to the left (step {step}): {written(right)}, {written(left)}",
        holds=found == right == left,
        hypotheses={"the network maps R to R": network.inputs == network.outputs == 1},
        networks=[network],
        points=[("x", x)],
        cells=[sigma],
        loss="L(y) = y, so dL/dy_L = 1 everywhere and beta = 0",
    )

    def failure(net: Network) -> Failure | None:
        for place in (places or smooth_points)(net):
            sides = [quotients(net, place, Fraction(sign, 2**20)) for sign in (1, -1)]
            if not by_13(net, place, one_at_zero) == sides[0] == sides[1]:
                return f"at {written(place)}, Sigma as in {text(net.configuration(place).layers)}"
        return None

    tried = by_trial(
        networks,
        failure,
        "at the inner point of each cell where none is zero, difference quotients with steps +- 2^-20",
    )
    return with_correction(
        as_transcribed,
        "(13) is the gradient where no pre-activation is zero",
        by_two_roads(by_kernel(CORRECTED, equation_13_inside_cells.proof), tried),
    )


def smooth_points(network: Network) -> Iterator[Sequence[Fraction]]:
    """Yield the inner points of cells where no pre-activation is zero."""
    for region in regions(network):
        if all(all(ys) for ys in network.preactivations(region.point)):
            yield region.point


CLAIM = PaperClaim(
    id="heinecke-hwang/C21",
    title="(13) with derivative 1 at a kink gives the derivative",
    sentence=r"""is a diagonal matrix with entries 0 or 1, corresponding to the value of the directional
    derivative of the rectifier function, which is $\partial a_{l,i}/\partial y_{l,i} = 1$ if $y_{l,i}
    \geq 0$ and 0 otherwise.""",
    source="Section 3.2, after (13)",
    reading="""For L(y) = y and k = 0, the product of (13) with Sigma = 1 where y >= 0 is the derivative
    of the network, at kinks as well (two-sided difference quotients).""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
