"""C28. The bound (CN)^(L-2) N does not grow with L exactly when CN <= 1. The true constant may differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, largest_weight, linear_part, norm_at_most
from ..kernel.arithmetic import certificate
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.tactics import by_induction, parts, prove, prove_for, use
from ..statements.bounds import N
from ..statements.expressions import NATURAL, REAL, Expression, both, eq, forall, implies, variable
from ..statements.networks import C, m
from ..verdicts import by_analysis, by_kernel, by_two_roads

# Identities of R^2: C = 1, N = 2, so CN = 2, while the Lipschitz constant stays 1 for every L.
IDENTITY = ([[1, 0], [0, 1]], None)
NETWORKS = tuple(Network.from_rationals([IDENTITY] * depth) for depth in (4, 5, 6))
DEPTHS = range(2, 9)
CASES = ((Fraction(1, 3), 2), (Fraction(1, 2), 2), (Fraction(2, 3), 2))  # CN < 1, = 1, > 1


def bound(c: Any, n: Any, depth: int) -> Any:
    """(CN)^(L-2) N."""
    return (c * n) ** (depth - 2) * n


def next_bound(c: Any, n: Any, b: Any) -> Any:
    """The bound of L + 1 from the bound b of L: one more factor CN."""
    return c * n * b


def sign(number: Any) -> int:
    """Return -1, 0 or 1."""
    return int(number > 0) - int(number < 0)


bound_ = variable("bound", REAL, NATURAL)  # bound(m) is (CN)^(L-2) N with L = m + 2
NAMES = (C, N, bound_)
IS_BOUND = both(eq(bound_(0), N), forall(m, eq(bound_(m + 1), C * N * bound_(m))))
NOT_INCREASING = forall(m, bound_(m + 1) <= bound_(m))
STATEMENT = forall(
    *NAMES,
    implies(
        both(C > 0, N >= 1),
        IS_BOUND,
        both(implies(C * N <= 1, NOT_INCREASING), implies(NOT_INCREASING, C * N <= 1)),
    ),
)


def proof() -> Theorem:
    """The bounds are positive, and bound(m + 1) - bound(m) = (CN - 1) bound(m)."""

    def build(signs: Theorem, is_bound: Theorem, goal: Expression) -> Theorem:
        (positive, at_least_one), (first, following) = parts(signs), parts(is_bound)
        product = certificate(C * N > 0, [(positive, arith(N > 0, at_least_one))])
        bounds = by_induction(
            lambda m: bound_(m) > 0,
            lambda goal: arith(goal, first, at_least_one),
            lambda m, before, goal: certificate(goal, [(product, before), (use(following, m), -1)]),
        )

        def only_if(small: Theorem, m: Expression, goal: Expression) -> Theorem:
            rest = certificate(C * N * bound_(m) <= bound_(m), [(small, use(bounds, m))])
            return arith(goal, rest, use(following, m), degree=1)

        def if_(steps: Theorem, goal: Expression) -> Theorem:
            facts = [use(steps, 0), use(following, 0)]
            rest = arith(C * N * bound_(0) <= bound_(0), *facts, degree=1)
            return certificate(goal, [(rest,)], use(bounds, 0))

        return together(prove(goal.args[0], only_if), prove(goal.args[1], if_))

    return prove_for(NAMES, STATEMENT, build)


def check(
    bound_of: Callable[[Any, Any, int], Any] = bound,
    step: Callable[[Any, Any, Any], Any] = next_bound,
    networks: Sequence[Network] = NETWORKS,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and expand CN B - B = (CN - 1) B for a variable B; then look at true constants."""
    c, n, b = fmpz_mpoly_ctx.get(("c", "n", "b"), Ordering.lex).gens()
    failures = []
    if step(c, n, b) - b != (c * n - 1) * b:
        failures.append(f"from B the next bound exceeds B by {step(c, n, b) - b}, not by (CN - 1) B")
    if bound_of(c, n, 2) != n:
        failures.append(f"L = 2: the bound is {bound_of(c, n, 2)}, not N")
    for depth in DEPTHS:
        if bound_of(c, n, depth + 1) != step(c, n, bound_of(c, n, depth)):
            failures.append(f"L = {depth}: the next bound, {bound_of(c, n, depth + 1)}, is not CN times this")
        for weight, width in CASES:
            this, following = bound_of(weight, width, depth), bound_of(weight, width, depth + 1)
            if this <= 0 or sign(following - this) != sign(weight * width - 1):
                failures.append(f"L = {depth}, C = {weight}, N = {width}: {this}, then {following}")
    # The second half: CN > 1, the bound grows, and the true constant does not.
    products = {largest_weight(net, 2, net.depth - 1) * max(net.hidden_widths) for net in networks}
    failures += [
        f"second half, L = {net.depth}: W_L diag(theta) ... W_1 has a norm of more than 1 for some theta"
        for net in networks
        if not all(norm_at_most(linear_part(net, theta), 1) for theta in all_bits(net))
    ]
    failures += [
        f"second half, L = {net.depth}: the network shrinks its inputs, so that its constant is less than 1"
        for net in networks
        if norm_at_most(
            linear_part(net, tuple((1,) * width for width in net.hidden_widths)), Fraction(99, 100) ** 2
        )
    ]
    if not networks or min(products) <= 1:
        failures.append(f"second half: needs networks, all with CN > 1; CN = {sorted(map(str, products))}")
    expanded = by_analysis(
        "all C > 0, N >= 1 and L >= 2: B = (CN)^(L-2) N is positive, so bound(L+1) - bound(L) has the sign "
        "of CN - 1",
        failures,
        "CN B - B = (CN - 1) B for a variable B, the bound of any L; the bound of L + 1 has one more "
        f"factor CN (expanded for L = {', '.join(map(str, DEPTHS))})",
        f"the three signs of CN - 1, computed: (C, N) = {', '.join(f'({w}, {m})' for w, m in CASES)}",
        "of the true Lipschitz constant nothing follows: identities of R^2 have CN = "
        f"{', '.join(map(str, sorted(products)))} and a constant of at most 1 for "
        f"L = {', '.join(str(net.depth) for net in networks)} (W_L diag(theta) ... W_1 for every theta)",
        cases=(NETWORKS, DEPTHS, CASES),
    )
    return by_two_roads(by_kernel(statement, proof), expanded)


CLAIM = PaperClaim(
    id="heinecke-hwang/C28",
    title="the bound of (i) does not grow with L exactly when C <= 1/N",
    sentence=r"""We are thus particularly interested in deriving a sufficient condition for the
    Lipschitz bound to not be an increasing function of L. Achieving this for the bound in (i) requires
    $C \leq 1/N$,""",
    source="Section 3.2, after Theorem 6",
    reading="""For C > 0, the bound (CN)^(L-2) N is not increasing in L if and only if CN <= 1. (A
    statement on the bound.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
