"""After (9): the signs of dy and (1 - d)y tell the sign of y and d."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem
from ..proving.cases import by_cases
from ..proving.tactics import prove_for
from ..statements.expressions import REAL, Expression, both, either, eq, forall, implies, negation, variable
from ..verdicts import by_analysis, by_kernel, by_two_roads

# Only signs matter: y in {-1, 0, 1}, d in {0, 1} are all cases.
CASES = tuple(product((-1, 0, 1), (0, 1)))
Statement = Callable[[int, int, int, int], bool]
STATEMENTS: dict[str, Statement] = {
    "never 0 < dy and (1-d)y < 0": lambda _y, _d, dy, rest: not (dy > 0 and rest < 0),
    "y < 0 and d = 0 iff dy = 0 and (1-d)y < 0": lambda y, d, dy, rest: (
        (y < 0 and d == 0) == (dy == 0 and rest < 0)
    ),
    "y > 0 and d = 1 iff dy > 0 and (1-d)y = 0": lambda y, d, dy, rest: (
        (y > 0 and d == 1) == (dy > 0 and rest == 0)
    ),
}


y, d = variable("y", REAL), variable("d", REAL)
BIT = either(eq(d, 0), eq(d, 1))
FIRST = negation(both(d * y > 0, (1 - d) * y < 0))
SECOND = (both(y < 0, eq(d, 0)), both(eq(d * y, 0), (1 - d) * y < 0))
THIRD = (both(y > 0, eq(d, 1)), both(d * y > 0, eq((1 - d) * y, 0)))
STATEMENT = forall(
    y, d, implies(BIT, both(FIRST, *(implies(*pair) for pair in (SECOND, SECOND[::-1], THIRD, THIRD[::-1]))))
)


def proof() -> Theorem:
    """Three signs of y, two values of d."""
    return prove_for((y, d), STATEMENT, lambda bit, goal: by_cases(goal, bit, signs=[y]))


def check(statements: dict[str, Statement] = STATEMENTS, statement: Expression = STATEMENT) -> Finding:
    """Prove them; and decide each statement in each case."""
    failures = [
        f"{name}: fails for y = {sign}, d = {bit}"
        for name, holds in statements.items()
        for sign, bit in CASES
        if not holds(sign, bit, bit * sign, (1 - bit) * sign)
    ]
    listed = by_analysis("all y and d in {0, 1}: six cases", failures, cases=CASES)
    return by_two_roads(by_kernel(statement, proof), listed)


CLAIM = PaperClaim(
    id="heinecke-hwang/after-9-sign-cases",
    title="the sign cases after (9)",
    sentence=r"""Meanwhile, $y_{k,i} < 0$ and $d_{k,i} = 0$ if and only if $0 = (\mathbf{D}_k
    \mathbf{y}_k)_i$ and $((\mathbf{I} - \mathbf{D}_k)\mathbf{y}_k)_i < 0$; as well as $y_{k,i} > 0$ and
    $d_{k,i} = 1$ if and only if $0 < (D_k y_k)_i$ and $((I - D_k)y_k)_i = 0$.""",
    source="Section 3, after (9)",
    reading="""The two equivalences, and that 0 < dy together with (1 - d)y < 0 never happens, for all y
    and d in {0, 1}.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
