"""Figures 1 and 2: below (1, 0) the second layer's lines are parallel to the first layer's line."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import diagonal, times
from ..indeterminates import Indeterminates, difference
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.tactics import parts, prove_for, rewrite, use
from ..statements.expressions import Expression, both, eq, forall, function, implies, number, total
from ..statements.networks import W, b, below, i, j, masked, n, theta, x, z
from ..verdicts import by_analysis, by_kernel, by_two_roads

# A network 2-2-2 with indeterminate weights; theta_1 = (1, 0).
BITS = (1, 0)


NAMES = (n, W, b, theta, x, z)
ONLY_FIRST = both(eq(n(1), 2), eq(theta(1, 0), 1), eq(theta(1, 1), 0))
NORMAL = W(2, i, 0) * total(j, n(0), W(1, 0, j) * x(j))
STATEMENT = forall(
    *NAMES,
    implies(
        masked(z, x, theta),
        ONLY_FIRST,
        below(
            i,
            n(2),
            both(
                eq(z(2, i), W(2, i, 0) * z(1, 0) + b(2, i)),
                eq(z(2, i), NORMAL + W(2, i, 0) * b(1, 0) + b(2, i)),
            ),
        ),
    ),
)


def proof() -> Theorem:
    """Of the sum over the first layer one term is left."""

    def build(values: Theorem, only: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
        first, later = parts(values)
        width, active, idle = parts(only)
        term = function(j, W(2, i, j) * theta(1, j) * z(1, j))
        layer = rewrite(width, lambda w: eq(z(2, i), total(j, w, term(j)) + b(2, i)), use(later, 0, i, small))
        weights = [W(2, i, 0) * z(1, 0), W(2, i, 1) * z(1, 1)]
        line = arith(goal.args[0], layer, active, idle, multipliers=weights, degree=1)
        of_first = use(first, 0, arith(number(0) < n(1), width))
        return together(line, arith(goal.args[1], line, of_first, multipliers=[W(2, i, 0)], degree=1))

    return prove_for(NAMES, STATEMENT, build)


def check(bits: Sequence[int] = BITS, row: int = 0, statement: Expression = STATEMENT) -> Finding:
    """Prove it; and show W_2 diag(1, 0) W_1 = w_{2,:1} (x) w_{1,1:} and the same of y_2, as polynomials."""
    net = Indeterminates(2, 2, 2)
    w1, w2 = net.weights[1], net.weights[2]
    linear = difference(times(w2, diagonal(bits), w1), [[ws[row] * v for v in w1[row]] for ws in w2])
    y1 = [
        [sum(w * x for w, x in zip(ws, net.point, strict=True)) + b]
        for ws, b in zip(w1, net.biases[1], strict=True)
    ]
    shifted = difference(times(w2, diagonal(bits), y1), [[ws[row] * v for v in y1[row]] for ws in w2])
    expanded = by_analysis(
        "all weights and biases of a network 2-2-2",
        [text for text in (linear, shifted) if text is not None],
        "row i of W_2 diag(1, 0) W_1 is w_{2,i1} w_{1,1:}, a multiple of the normal of the line (M_1 x)_1 "
        "= 0",
        "y_{2,i} = w_{2,i1} y_{1,1} + b_{2,i}: its line is the line y_{1,1} = -b_{2,i} / w_{2,i1}, a "
        "shift by the biases; "
        "there is none if w_{2,i1} = 0",
        "the caption's w_{1,1} is read as the row w_{1,1:}",
        cases=BITS,
    )
    return by_two_roads(by_kernel(statement, proof), expanded)


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
