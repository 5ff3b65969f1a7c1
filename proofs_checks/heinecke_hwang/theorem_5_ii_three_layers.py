"""Theorem 5 (ii): for three layers the coefficients are the entries of W_2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import diagonal, times
from ..indeterminates import Indeterminates, Polynomials, difference
from ..verdicts import by_proof

# Different widths, so that a swapped index does not go unnoticed.
WIDTHS = (2, 3, 2, 2)


def entry(w2: Polynomials, i2: int, i1: int) -> Any:
    """w_{2, i_2 i_1}, the coefficient of w_{3,:i_2} (x) w_{1,i_1:}."""
    return w2[i2][i1]


def check(
    widths: Sequence[int] = WIDTHS, coefficient: Callable[[Polynomials, int, int], Any] = entry
) -> Finding:
    """Compare W_3 diag(theta_2) W_2 diag(theta_1) W_1 with the sum of the atoms."""
    net = Indeterminates(*widths)
    w1, w2, w3 = net.weights[1:]
    linear = times(w3, diagonal(net.bits[2]), w2, diagonal(net.bits[1]), w1)
    total = [[0] * widths[0] for _ in range(widths[3])]
    for i2 in range(widths[2]):
        for i1 in range(widths[1]):
            factor = net.bits[2][i2] * net.bits[1][i1] * coefficient(w2, i2, i1)
            total = [
                [total[i][j] + factor * w3[i][i2] * w1[i1][j] for j in range(widths[0])]
                for i in range(widths[3])
            ]
    found = difference(linear, total)
    return by_proof(
        f"L = 3: all weights and supports, expanded for widths {'-'.join(map(str, widths))}, all widths by "
        "the argument on "
        "widths",
        [] if found is None else [found],
        "the transcription's w_{3,ii_2} is read as the column w_{3,:i_2}",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-ii",
    title="Theorem 5 (ii): w_{2,i_2 i_1} is the coefficient for L = 3",
    sentence=r"""is a linear combination of $|\text{spt } \theta_1||\text{spt } \theta_2|$ atoms and
    w_{2,i_2i_1} is the coefficient for atom $\mathbf{w}_{3,ii_2} \otimes \mathbf{w}_{1,i_1}$.""",
    source="Theorem 5 (ii)",
    reading="""W_3 diag(theta_2) W_2 diag(theta_1) W_1 is the sum over the supports of w_{2,i_2 i_1}
    w_{3,:i_2} (x) w_{1,i_1:}. (Atoms may be zero, see theorem-5-i.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
