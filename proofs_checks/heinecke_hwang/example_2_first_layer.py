"""Example 2 and Figure 1: a surjective M_1 gives four polygons, all unbounded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply
from ..verdicts import by_proof

NAMES = ("a", "b", "c", "d", "p", "q", "r")
SIGNS = tuple(product((-1, 1), (-1, 1)))


def check(adjugate_sign: int = 1, signs: Sequence[tuple[int, int]] = SIGNS) -> Finding:
    """For W_1 = [[a, b], [c, d]], b_1 = (p, q) and every r, solve M_1 x = r s for each sign vector s.

    With x' = adj(W_1)(r s - b_1) and D = det W_1 not zero, x = x' / D has M_1 x = r s, that is
    W_1 x' + D b_1 = D r s: an identity of polynomials. Every r > 0 gives a point
    of the cell, so it is unbounded.
    """
    a, b, c, d, p, q, r = fmpz_mpoly_ctx.get(NAMES, Ordering.lex).gens()
    determinant = a * d - b * c
    failures = []
    for s, t in signs:
        target = (r * s - p, r * t - q)
        x = apply(((d, -adjugate_sign * b), (-adjugate_sign * c, a)), target)
        image = apply(((a, b), (c, d)), x)
        gaps = (
            image[0] + determinant * p - determinant * r * s,
            image[1] + determinant * q - determinant * r * t,
        )
        failures += [f"signs {(s, t)}: {gap} is not zero" for gap in gaps if gap != 0]
    return by_proof(
        "all W_1 with det W_1 not zero, all b_1, all r > 0",
        failures,
        f"{len(signs)} sign vectors s, each with the points x(r), r > 0, where M_1 x = r s: a ray in the "
        "cell of s",
        "Theta_1 = {00, 10, 01, 11}, and all four polygons are unbounded, as Figure 1 draws them",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/example-2-first-layer",
    title="Example 2: Theta_1 has all four vectors, the polygons are unbounded",
    sentence=r"""where $M_1: \mathbb{R}^2 \to \mathbb{R}^2$ is surjective and $M_2: \mathbb{R}^2 \to
    \mathbb{R}$. Then [...] The first layer partitions \mathcal{X} into four unbounded polygons""",
    source="Section 3.1, Example 2, Theta_1; caption of Figure 1",
    reading="""For every surjective affine M_1 of R^2: all four theta_1 have a non-empty, unbounded
    half-open cell.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
