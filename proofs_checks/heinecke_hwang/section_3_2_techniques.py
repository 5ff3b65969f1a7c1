"""Section 3.2: batch normalisation, dropout and residual connections stay within ReLU representations."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom, identity
from ..kernel.rules import Theorem, restate, together, weaken
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove_for, split, use
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import INVERSE, RELU
from ..verdicts import by_argument, by_kernel

y, d, mean, scale, shift, spread, x_1, c = (
    variable(name, REAL) for name in ("y", "d", "mu", "gamma", "beta", "s", "x", "b")
)
inputs, j = variable("n", NATURAL), variable("j", NATURAL)
w, x = variable("w", REAL, NATURAL), variable("x", REAL, NATURAL)

# At inference a normalised pre-activation gamma (y - mu) / s + beta is the pre-activation of other weights.
NORMALISED = forall(
    *(inputs, w, x, c, mean, scale, shift, spread),
    eq(
        scale * INVERSE(spread) * (total(j, inputs, w(j) * x(j)) + c - mean) + shift,
        total(j, inputs, scale * INVERSE(spread) * w(j) * x(j))
        + (scale * INVERSE(spread) * (c - mean) + shift),
    ),
)
# A dropped neuron is one with another bit: d relu(y) = (d theta) y.
DROPPED = forall(
    y, d, implies(either(eq(d, 0), eq(d, 1)), either(eq(d * RELU(y), d * y), eq(d * RELU(y), 0)))
)
# A connection past a layer is two neurons more: x = relu(x) - relu(-x).
RESIDUAL = forall(y, eq(y, RELU(y) - RELU(-y)))
STATEMENT = both(NORMALISED, DROPPED, RESIDUAL)


def proof() -> Theorem:
    """An identity, and the signs of y."""

    def residual(goal: Expression) -> Theorem:
        rules = [*parts(use(axiom("relu"), y)), *parts(use(axiom("relu"), -y))]
        return by_cases(goal, *rules, signs=[y])

    def dropped(_: Theorem, goal: Expression) -> Theorem:
        one, other = parts(use(axiom("relu"), y))
        return split(
            compare(number(0), y),
            lambda sign: weaken(arith(goal.args[0], use(one, sign), multipliers=[d], degree=1), goal),
            lambda sign: weaken(
                arith(goal.args[1], use(other, arith(y <= 0, sign)), multipliers=[d], degree=1), goal
            ),
        )

    names = (inputs, w, x, c, mean, scale, shift, spread)
    return together(
        prove_for(names, NORMALISED, lambda goal: restate(identity(*goal.args), goal)),
        prove_for((y, d), DROPPED, dropped),
        prove_for((y,), RESIDUAL, residual),
    )


def check(statement: Expression = STATEMENT) -> Finding:
    """Prove that the three techniques lead to ReLU representations; training is not looked at."""
    return by_argument(
        by_kernel(
            statement,
            proof,
            "batch normalisation at inference is another W and b, a mask of dropout another configuration; "
            "x + r(x) is relu(x) - relu(-x) + r(x): so (11) holds with these weights and bits",
        ),
        "that (11) helps to understand or develop these techniques is a hope of the paper, and no claim that "
        "could be checked; the statistics of batch normalisation during training are not affine",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-2-techniques",
    title="batch normalisation, dropout and residual learning",
    sentence=r"""We hope that having precise expressions such as [\(11\)](#page-6-2) for deep representations
    can contribute to paving a way to develop new and to better understand existing regularization techniques
    such as batch normalization, dropout $[6, 25, 26]$ $[6, 25, 26]$ $[6, 25, 26]$ or deep residual learning
    $[7]$.""",
    source="Section 3.2, before the last remark; Section 1",
    reading="""(11) applies to networks with these techniques: each of the three gives a ReLU representation
    again.""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
