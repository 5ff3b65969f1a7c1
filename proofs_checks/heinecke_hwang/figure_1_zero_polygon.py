"""Figure 1: the polygon of the zero configuration is never further partitioned."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply
from ..indeterminates import Indeterminates
from ..kernel.rules import Theorem, part
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.tactics import prove_for, use
from ..statements.expressions import Expression, eq, forall, implies, number
from ..statements.networks import W, b, below, i, j, masked, n, theta, x, z
from ..verdicts import by_analysis, by_kernel, by_two_roads

BITS = (0, 0)


NAMES = (n, W, b, theta, x, z)
STATEMENT = forall(
    *NAMES,
    implies(
        masked(z, x, theta),
        below(j, n(1), eq(theta(1, j), 0)),
        below(i, n(2), eq(z(2, i), b(2, i))),
    ),
)


def proof() -> Theorem:
    """Every term of the sum over the first layer is zero."""

    def build(values: Theorem, zero: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
        def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            return arith(goal, use(zero, j, less), multipliers=[W(2, i, j) * z(1, j)], degree=1)

        one = W(2, i, j) * theta(1, j) * z(1, j)
        equal = equal_terms(j, n(1), one, number(0), term)
        return arith(goal, use(part(values, 1), 0, i, small), equal, degree=1)

    return prove_for(NAMES, STATEMENT, build)


def check(bits: Sequence[int] = BITS, statement: Expression = STATEMENT) -> Finding:
    """Prove it; and show that y_2 on the cell of theta_1 = (0, 0) does not depend on x, as polynomials."""
    net = Indeterminates(2, 2, 1)
    y1 = [a + b for a, b in zip(apply(net.weights[1], net.point), net.biases[1], strict=True)]
    (value,) = apply(net.weights[2], [bit * y for bit, y in zip(bits, y1, strict=True)])
    y2 = value + net.biases[2][0]
    expanded = by_analysis(
        "all weights and biases of M_1 on R^2 and M_2 to R (and for any widths: diag(0) removes every "
        "weight)",
        [] if y2 == net.biases[2][0] else [f"y_2 = {y2}"],
        f"y_2 = {y2} on the cell of theta_1 = ({', '.join(map(str, bits))}): one sign, so one part",
        cases=BITS,
    )
    return by_two_roads(by_kernel(statement, proof), expanded)


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
