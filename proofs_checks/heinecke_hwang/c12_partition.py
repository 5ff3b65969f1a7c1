"""C12. Proposition 3 (ii): closed cells do not partition the input space, half-open ones do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import (
    Bits,
    Vector,
    all_bits,
    in_closed_cell,
    in_half_open_cell,
    sample_points,
    texts,
    written,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_hypothesis

# M_1 = 0 on R. Two points of one convex cell span an interval of it.
NETWORK = Network.from_rationals([([[0]], [0]), ([[1]], [0])], name="M_1 = 0")
POINTS = ((-1,), (1,))
NETWORKS = tuple(tried_networks("C12", count=24))


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Vector], bool] = in_half_open_cell,
) -> Finding:
    """Find closed cells with common inner points; count the half-open cells that hold a point."""
    both = [theta for theta in all_bits(network) if all(in_closed_cell(network, theta, x) for x in POINTS)]
    as_transcribed = by_counterexample(
        f"closed (convex) cells that hold x = -1 and x = 1, so the points between: {texts(both)}",
        holds=len(both) < 2,
        networks=[network],
        points=[("x", POINTS[0]), ("x'", POINTS[1])],
        cells=both,
    )

    def failure(net: Network) -> Failure | None:
        for x in sample_points(net):
            holding = [theta for theta in all_bits(net) if in_cell(net, theta, x)]
            if len(holding) != 1:
                return f"x = {written(x)} lies in the cells of {texts(holding)}"
        return None

    repaired = by_trial(
        networks, failure, "every sampled point (inner points, vertices, points along rays) lies in one cell"
    )
    return with_hypothesis(
        "the cells are half-open, as (6) and (9) say; then they partition the space exactly",
        as_transcribed,
        repaired,
    )


CLAIM = Claim(
    id="heinecke-hwang/C12",
    title="Proposition 3 (ii): the regions of Theta_k partition the space",
    sentence=r"""Then R^{Θ_k} is a partition of X [...] T$ o be precise (see comment on (9)), here
    partition has to be understood in the sense that the interiors of the participating sets have empty
    intersection.""",
    source="Proposition 3 (ii), with footnote 2",
    reading="""The cells of the display before (10), with (9) neglected as the text says, cover the
    space, and the interiors of cells of different configurations do not meet.""",
    recorded=Verdict.CONDITIONAL,
    check=check,
)
