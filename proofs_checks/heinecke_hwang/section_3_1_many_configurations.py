"""Section 3.1: lower estimates of the number of configurations, those that the paper cites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from exactrelu import Network, count
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import Failure, by_trial, untried


def folding(fold: int, folds: int, last: int) -> Network:
    """Return a network on R whose first ``folds`` layers fold [0, 1] ``fold`` times, then ``last`` kinks.

    A layer of p neurons relu(p x), relu(2 p x - 2), relu(2 p x - 4), ... with signs 1, -1, 1, ... is a zigzag
    that maps each of p intervals onto [0, 1].
    """
    slopes = [Fraction(fold if i == 0 else 2 * fold) for i in range(fold)]
    signs = [Fraction((-1) ** i) for i in range(fold)]
    layers: list[tuple[list[list[Fraction]], list[Fraction]]] = []
    inputs: list[Fraction] = [Fraction(1)]
    for _ in range(folds):
        layers.append(
            (
                [[slope * entry for entry in inputs] for slope in slopes],
                [Fraction(-2 * i) for i in range(fold)],
            )
        )
        inputs = signs
    kinks = [Fraction(2 * i + 1, 2 * last) for i in range(last)]
    layers.append(([list(inputs)] * last, [-kink for kink in kinks]))
    layers.append(([[Fraction(1)] * last], [Fraction(0)]))
    return Network.from_rationals(layers, name=f"{folds} foldings of {fold} parts, then {last} kinks")


NETWORKS = tuple(folding(p, k, q) for p, k, q in product((1, 2, 3), (0, 1, 2), (1, 2, 3)))


def estimate(network: Network) -> int:
    """(prod over the layers but the last of floor(N_k / N_0)^N_0) times (1 + N_{L-1}), for N_0 = 1."""
    *earlier, last = network.hidden_widths
    result = 1 + last
    for width in earlier:
        result *= width
    return result


def check(networks: Sequence[Network] = NETWORKS, bound: Callable[[Network], int] = estimate) -> Finding:
    """Count the full-dimensional cells of networks that attain the estimate."""
    ratios = [Fraction(count(network, reading="full"), bound(network)) for network in networks]

    if ratios and min(ratios) > 1:
        return untried("no network attains the estimate, so that a larger one might hold as well")

    def failure(network: Network) -> Failure | None:
        found = count(network, reading="full")
        return None if found >= bound(network) else f"{found} cells, fewer than {bound(network)}"

    return by_trial(
        networks,
        failure,
        "for N_0 = 1: (prod_{k < L-1} N_k) (1 + N_{L-1}), as [4] has it for the largest number of regions",
        f"the tightest ratio of cells to the estimate is {min(ratios, default='-')}; for other weights there "
        "may be fewer: it is an estimate of the largest number",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-1-lower-estimates",
    title="lower estimates of the number of configurations",
    sentence=r"""Lower estimates of the size of Θ_k are given in [\[4\]](#page-10-3).""",
    source="Section 3.1, first paragraph; its reference [4]",
    reading="""For all widths of the hidden layers some network on R has at least (prod_{k < L-1} N_k) (1 +
    N_{L-1}) configurations of full dimension (the estimate of [4] for N_0 = 1).""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
