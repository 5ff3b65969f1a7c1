"""C28. The bound (CN)^(L-2) N does not grow with L exactly when CN <= 1. The true constant may differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import largest_weight, linear_part, norm_at_most
from ..verdicts import by_proof

# Identities of R^2: C = 1, N = 2, so CN = 2, while the Lipschitz constant stays 1 for every L.
IDENTITY = ([[1, 0], [0, 1]], None)
NETWORKS = tuple(Network.from_rationals([IDENTITY] * depth) for depth in (4, 5, 6))
DEPTHS = range(3, 9)


def bound(c: Any, n: Any, depth: int) -> Any:
    """(CN)^(L-2) N."""
    return (c * n) ** (depth - 2) * n


def check(bound_of: Callable[[Any, Any, int], Any] = bound) -> Finding:
    """Show bound(L+1) - bound(L) = (CN - 1) bound(L), with C and N indeterminates."""
    c, n = fmpz_mpoly_ctx.get(("c", "n"), Ordering.lex).gens()
    failures = [
        f"L = {depth}: the next bound exceeds this one by {bound_of(c, n, depth + 1) - bound_of(c, n, depth)}"
        for depth in DEPTHS
        if bound_of(c, n, depth + 1) - bound_of(c, n, depth) != (c * n - 1) * bound_of(c, n, depth)
    ]
    ones = ((1, 1),)
    constant = all(norm_at_most(linear_part(net, ones * (net.depth - 1)), 1) for net in NETWORKS)
    products = {largest_weight(net, 2, net.depth - 1) * max(net.hidden_widths) for net in NETWORKS}
    return by_proof(
        "all C > 0 and N: bound(L+1) - bound(L) = (CN - 1) bound(L) has the sign of CN - 1, so the three "
        "cases "
        "CN < 1, = 1, > 1 decide (L = 3, ..., 8 expanded; the factor is the same for every L)",
        failures,
        "of the true Lipschitz constant nothing follows: identities of R^2 have CN = "
        f"{', '.join(map(str, products))} "
        f"and a constant of at most 1 for L = 4, 5, 6: {constant}",
    )


CLAIM = Claim(
    id="heinecke-hwang/C28",
    title="the bound of (i) does not grow with L exactly when C <= 1/N",
    sentence=r"""We are thus particularly interested in deriving a sufficient condition for the
    Lipschitz bound to not be an increasing function of L. Achieving this for the bound in (i) requires
    $C \leq 1/N$,""",
    source="Section 3.2, after Theorem 6",
    reading="""For C > 0, the bound (CN)^(L-2) N is not increasing in L if and only if CN <= 1. (A
    statement on the bound.)""",
    recorded=Verdict.PROVED,
    check=check,
)
