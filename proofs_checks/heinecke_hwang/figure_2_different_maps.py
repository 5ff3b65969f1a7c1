"""Figure 2 (left): different polygons can carry one affine map."""

from __future__ import annotations

from itertools import combinations

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import by_counterexample

# M_1 = identity, M_2(a) = a - (1, 1), M_3 = identity of R^2.
IDENTITY = [[1, 0], [0, 1]]
NETWORK = Network.from_rationals(
    [(IDENTITY, [0, 0]), (IDENTITY, [-1, -1]), (IDENTITY, [0, 0])],
    name="relu(relu(x) - 1) in each coordinate",
)


def check(network: Network = NETWORK) -> Finding:
    """Look for two cells of full dimension with one affine map."""
    cells = list(regions(network, reading="full"))
    same = [(one, two) for one, two in combinations(cells, 2) if one.affine_map == two.affine_map]
    maps = len({cell.affine_map for cell in cells})
    shown = [
        f"cells of {one.configuration} and {two.configuration}: weight "
        f"{[[str(entry) for entry in row] for row in one.affine_map.weight]}, bias "
        f"{[str(entry) for entry in one.affine_map.bias]} on both"
        for one, two in same[:1]
    ]
    return by_counterexample(
        f"{len(cells)} cells of full dimension, {maps} different affine maps",
        *shown,
        holds=not same,
        networks=[network],
        points=[("inner point of the first", same[0][0].point), ("of the second", same[0][1].point)]
        if same
        else [],
        cells=[cell.configuration.layers for cell in same[0]] if same else [],
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-2-different-maps",
    title="Figure 2: a different affine map on each polygon",
    sentence=r"""On each polygon the data is represented via a different affine linear map.""",
    source="Caption of Figure 2, left",
    reading="""As a statement on every network (the figure's weights are not given): cells of full
    dimension have pairwise different affine maps.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
