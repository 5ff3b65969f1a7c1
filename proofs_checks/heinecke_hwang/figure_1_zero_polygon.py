"""Figure 1: the polygon of the zero configuration is never further partitioned."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply
from ..indeterminates import Indeterminates
from ..verdicts import by_proof

BITS = (0, 0)


def check(bits: Sequence[int] = BITS) -> Finding:
    """Show that y_2 on the cell of theta_1 = (0, 0) does not depend on x, for all weights and biases."""
    net = Indeterminates(2, 2, 1)
    y1 = [a + b for a, b in zip(apply(net.weights[1], net.point), net.biases[1], strict=True)]
    (value,) = apply(net.weights[2], [bit * y for bit, y in zip(bits, y1, strict=True)])
    y2 = value + net.biases[2][0]
    return by_proof(
        "all weights and biases of M_1 on R^2 and M_2 to R (and for any widths: diag(0) removes every "
        "weight)",
        [] if y2 == net.biases[2][0] else [f"y_2 = {y2}"],
        f"y_2 = {y2} on the cell of theta_1 = ({', '.join(map(str, bits))}): one sign, so one part",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-1-zero-polygon",
    title="Figure 1: the zero polygon is never split",
    sentence=r"""The polygon corresponding to the zero configuration is never further partitioned.""",
    source="Caption of Figure 1, last sentence",
    reading="""On the cell of theta_1 = 0 the second layer's pre-activation is constant. (C10 shows that
    its bit need not be 0.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
