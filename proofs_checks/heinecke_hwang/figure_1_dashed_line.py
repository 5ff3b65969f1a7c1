"""Figures 1 and 2: below (1, 0) the second layer's lines are parallel to the first layer's line."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import diagonal, times
from ..indeterminates import Indeterminates, difference
from ..verdicts import by_proof

# A network 2-2-2 with indeterminate weights; theta_1 = (1, 0).
BITS = (1, 0)


def check(bits: Sequence[int] = BITS, row: int = 0) -> Finding:
    """Show W_2 diag(1, 0) W_1 = w_{2,:1} (x) w_{1,1:} and y_2 = w_{2,:1} y_{1,1} + b_2 as polynomials."""
    net = Indeterminates(2, 2, 2)
    w1, w2 = net.weights[1], net.weights[2]
    column = [[entries[row]] for entries in w2]
    linear = difference(times(w2, diagonal(bits), w1), times(column, [w1[row]]))
    y1 = [
        [sum(w * x for w, x in zip(ws, net.point, strict=True)) + b]
        for ws, b in zip(w1, net.biases[1], strict=True)
    ]
    shifted = difference(times(w2, diagonal(bits), y1), times(column, [y1[row]]))
    return by_proof(
        "all weights and biases of a network 2-2-2",
        [text for text in (linear, shifted) if text is not None],
        "row i of W_2 diag(1, 0) W_1 is w_{2,i1} w_{1,1:}, a multiple of the normal of the line (M_1 x)_1 "
        "= 0",
        "y_{2,i} = w_{2,i1} y_{1,1} + b_{2,i}: its line is the line y_{1,1} = -b_{2,i} / w_{2,i1}, a "
        "shift by the biases; "
        "there is none if w_{2,i1} = 0",
        "the caption's w_{1,1} is read as the row w_{1,1:}",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-1",
    title="Figure 1: the dashed line is parallel to the solid line",
    sentence=r"""is orthogonal to $\mathbf{W}_2 \text{ diag}(1,0) \mathbf{W}_1 = w_{2,11}
    \mathbf{w}_{1,1}$, thus parallel to the solid line $(M_1\mathbf{x})_1 = 0$ and shifted due to the
    bias terms. [...] determining the partitions of two polygons of the second layer up to a shift.""",
    source="Caption of Figure 1; caption of Figure 2, left",
    reading="""Where only neuron 1 of the first layer is active, y_2 has the normal w_{2,11} w_{1,1:} and
    is a multiple of (M_1 x)_1 plus b_2.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
