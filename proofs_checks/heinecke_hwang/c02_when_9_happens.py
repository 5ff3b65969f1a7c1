"""C2. Condition (9) is not the same as both products being zero."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import identity
from ..kernel.rules import Theorem, part
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.tactics import prove, prove_for, use
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

Y, D = 0, 1


def is_zero(y: int, _d: int) -> bool:
    """Return whether y = 0."""
    return y == 0


value, bit = variable("y", REAL), variable("d", REAL)
IS_BIT = either(eq(bit, 0), eq(bit, 1))
NINE = implies(eq(value, 0), eq(bit, 0))
BOTH_ZERO = both(eq(bit * value, 0), eq((1 - bit) * value, 0))
STATEMENT = forall(value, bit, implies(IS_BIT, both(implies(NINE, BOTH_ZERO), implies(BOTH_ZERO, NINE))))
CORRECTED = forall(
    value, bit, implies(IS_BIT, both(implies(eq(value, 0), BOTH_ZERO), implies(BOTH_ZERO, eq(value, 0))))
)


def denial() -> Theorem:
    """At y = 0 and d = 1 both products are zero, and (9) does not hold."""

    def build(claim: Theorem, _: Expression) -> Theorem:
        here = use(claim, Y, D, by_cases(either(eq(number(D), 0), eq(number(D), 1))))
        nine = use(part(here, 1), by_cases(both(eq(number(D * Y), 0), eq(number((1 - D) * Y), 0))))
        return arith(FALSE, use(nine, identity(Y, 0)))

    return prove(negation(STATEMENT), build)


def correction() -> Theorem:
    """Three signs of y, two values of d."""
    return prove_for((value, bit), CORRECTED, lambda bit, goal: by_cases(goal, bit, signs=[value]))


def check(
    y: int = Y,
    d: int = D,
    corrected: Callable[[int, int], bool] = is_zero,
    statement: Expression = STATEMENT,
    corrected_statement: Expression = CORRECTED,
) -> Finding:
    """Refute it; and compare (9) with "dy = 0 and (1 - d)y = 0" at one neuron."""
    nine = d == 0 if y == 0 else True
    both_zero = d * y == 0 and (1 - d) * y == 0
    as_transcribed = by_counterexample(
        f"one neuron with y = {y} and d = {d}",
        f"dy = {d * y} and (1 - d)y = {(1 - d) * y}, so both are zero: {both_zero}",
        f"(9), d = 0 if y = 0: {nine}; the hypothesis y = 0 of (9): {y == 0}",
        holds=nine == both_zero,
        points=[("(y, d)", (y, d))],
    )
    listed = by_analysis(
        "all y, by its sign, and all d in {0, 1}",
        [
            f"y = {sign}, d = {bit}"
            for sign, bit in product((-1, 0, 1), (0, 1))
            if (bit * sign == 0 and (1 - bit) * sign == 0) != corrected(sign, bit)
        ],
    )
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "dy = 0 and (1 - d)y = 0 exactly when y = 0, whatever d is",
        by_two_roads(by_kernel(corrected_statement, correction), listed),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C2",
    title="(9) happens if and only if both products are zero",
    sentence=r"""We impose [\(9\)](#page-3-5), which thus happens if and only if $(D_k y_k)_i = 0$ and
    $((\mathbf{I} - \mathbf{D}_k)\mathbf{y}_k)_i = 0$.""",
    source="Section 3, after (9)",
    reading="For every y and d in {0, 1}: d satisfies (9) exactly when dy = 0 and (1 - d)y = 0.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
