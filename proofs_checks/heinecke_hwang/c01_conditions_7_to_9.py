"""C1. The bit of (6) is the only one that satisfies (7), (8) and (9)."""

from __future__ import annotations

from collections.abc import Callable

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem
from ..proving.cases import by_cases
from ..proving.tactics import prove_for
from ..statements.expressions import REAL, Expression, both, either, eq, forall, implies, variable
from ..verdicts import by_analysis, by_kernel, by_two_roads

# The conditions compare d y, (1 - d) y and y with 0, so only the sign of y matters: three cases of y.
SIGNS, BITS = (-1, 0, 1), (0, 1)


def bit_of_6(y: int) -> int:
    """(6): 1 if y > 0, else 0."""
    return 1 if y > 0 else 0


CONDITIONS: tuple[Callable[[int, int], bool], ...] = (
    lambda d, y: d * y >= 0,  # (7)
    lambda d, y: (1 - d) * y <= 0,  # (8)
    lambda d, y: d == 0 if y == 0 else True,  # (9)
)


y, d = variable("y", REAL), variable("d", REAL)
BIT = either(eq(d, 0), eq(d, 1))
SIX = both(implies(y > 0, eq(d, 1)), implies(y <= 0, eq(d, 0)))
SEVEN, EIGHT, NINE = d * y >= 0, (1 - d) * y <= 0, implies(eq(y, 0), eq(d, 0))
STATEMENT = forall(
    y, d, implies(BIT, both(implies(SIX, both(SEVEN, EIGHT, NINE)), implies(both(SEVEN, EIGHT, NINE), SIX)))
)


def proof() -> Theorem:
    """Three signs of y, two values of d."""
    return prove_for((y, d), STATEMENT, lambda bit, goal: by_cases(goal, bit, signs=[y]))


def check(
    bit: Callable[[int], int] = bit_of_6,
    conditions: tuple[Callable[[int, int], bool], ...] = CONDITIONS,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare d = [y > 0] with (7)-(9) in all six cases."""
    failures = [
        f"y = {s}, d = {one}: (6) says {one == bit(s)}, the conditions {all(c(one, s) for c in conditions)}"
        for s in SIGNS
        for one in BITS
        if (one == bit(s)) != all(condition(one, s) for condition in conditions)
    ]
    listed = by_analysis(
        "all y and all d in {0, 1}: three signs of y, two values of d", failures, cases=(SIGNS, BITS)
    )
    return by_two_roads(by_kernel(statement, proof), listed)


CLAIM = PaperClaim(
    id="heinecke-hwang/C1",
    title="(6) is equivalent to (7), (8) and (9)",
    sentence=r"""Note that for a $\{0,1\}$ -entry diagonal matrix \mathbf{D}_k , (6) is equivalent to
    imposing the conditions $$ 0 \leq D_k y_k, \tag{7} $$ $$ (\mathbf{I} - \mathbf{D}_k)\mathbf{y}_k \le
    \mathbf{0} \text{ and } \tag{8} $$ $$ d_{k,i} = 0 \text{ if } y_{k,i} = 0. \tag{9}""",
    source="Section 3, (6)-(9)",
    reading="""For every real y and d in {0, 1}: d = [y > 0] exactly when dy >= 0, (1 - d)y <= 0 and (y =
    0 => d = 0).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
