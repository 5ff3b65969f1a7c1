"""C24. It is the loss that is assumed to be beta-smooth, not its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq_poly, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, dot, minus
from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, part
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import parts, prove, prove_for, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    eq,
    exists,
    forall,
    function,
    negation,
    number,
    total,
    variable,
)
from ..statements.functions import ABS
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, untried, with_hypothesis
from . import c20_frobenius_norms

# A loss as the coefficients of 1, y, y^2, ...: y^3 / 6. Its gradient y^2 / 2 is 1-smooth: (y^2 / 2)' = y is
# 1-Lipschitz.
LOSS = (Fraction(0), Fraction(0), Fraction(0), Fraction(1, 6))
HALF = Fraction(1, 2)
SMOOTH_LOSS = (Fraction(0), Fraction(1), Fraction(1, 2))
BETAS = (1, 10, 1000)
Slack = Callable[[Any, Any, Any, Any], Any]


def derivative(coefficients: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return the coefficients of the derivative."""
    return tuple(i * c for i, c in enumerate(coefficients))[1:] or (Fraction(0),)


def value(coefficients: Sequence[Fraction], y: Any) -> Any:
    """Return the value of the polynomial at y."""
    return sum((c * y**i for i, c in enumerate(coefficients)), Fraction(0))


def square_of_minor(h1: Any, h2: Any, d1: Any, d2: Any) -> Any:
    """What a row (h1, h2) of H adds to the slack of ||H d||^2 <= ||H||_F^2 ||d||^2."""
    return (h1 * d2 - h2 * d1) ** 2


def quadratic_failures(slack: Slack) -> list[str]:
    """L(y) = y* H y / 2 + g* y on R^2, H symmetric: gradients differ by H d, d = y - y'; bound H d."""
    names = ("h11", "h12", "h22", "g1", "g2", "y1", "y2", "z1", "z2")
    h11, h12, h22, g1, g2, y1, y2, z1, z2 = fmpz_mpoly_ctx.get(names, Ordering.lex).gens()
    h, y, z = [[h11, h12], [h12, h22]], [y1, y2], [z1, z2]
    twice_loss = dot(y, apply(h, y)) + 2 * (g1 * y1 + g2 * y2)
    gradients = [twice_loss.derivative(name) for name in ("y1", "y2")]  # of 2 L, at y
    at_z = [gradient.compose(h11, h12, h22, g1, g2, z1, z2, z1, z2) for gradient in gradients]
    d = minus(y, z)
    moved = apply(h, d)
    failures = []
    if minus(gradients, at_z) != [2 * entry for entry in moved]:
        failures.append(f"2 (gradient at y - gradient at y') is {minus(gradients, at_z)}, not 2 H (y - y')")
    frobenius = dot(h[0], h[0]) + dot(h[1], h[1])
    rest = frobenius * dot(d, d) - dot(moved, moved) - slack(*h[0], *d) - slack(*h[1], *d)
    if rest != 0:
        failures.append(f"||H||_F^2 ||d||^2 - ||H d||^2 differs from the squares by {rest}")
    return failures


beta, point, other = (variable(name, REAL) for name in ("beta", "y", "z"))
# The gradient y^2 / 2 is 1-smooth; that it satisfies the estimate with some beta:
STATEMENT = exists(
    beta,
    forall(point, other, ABS(HALF * point**2 - HALF * other**2) <= beta * ABS(point - other)),
)
size, H = variable("m", NATURAL), variable("H", REAL, NATURAL, NATURAL)
shift, one, two = (variable(name, REAL, NATURAL) for name in ("g", "y", "z"))
i, j = variable("i", NATURAL), variable("j", NATURAL)
CHANGE = total(j, size, H(i, j) * one(j)) + shift(i) - (total(j, size, H(i, j) * two(j)) + shift(i))
# The gradients H y + g of quadratic losses satisfy it with beta = ||H||_F:
QUADRATIC = forall(
    *(size, H, shift, one, two),
    total(i, size, CHANGE**2)
    <= total(i, size, total(j, size, H(i, j) ** 2)) * total(j, size, (one(j) - two(j)) ** 2),
)


def denial() -> Theorem:
    """At y = 2 |beta| + 2 and y' = 0 the gradients differ by more than beta |y - y'|."""

    def build(claim: Theorem, _: Expression) -> Theorem:
        def found(beta: Expression, estimate: Theorem) -> Theorem:
            far = 2 * ABS(beta) + 2
            bounds = parts(use(abs_facts(), beta))
            here = use(estimate, far, 0)
            left = parts(use(abs_facts(), HALF * far**2 - HALF * number(0) ** 2))[1]
            size = use(part(use(axiom("abs"), far - 0), 0), arith(far - 0 >= 0, bounds[0]))
            same = arith(eq(beta * ABS(far - 0), beta * far), size, multipliers=[beta], degree=1)
            positive = arith(far > 0, bounds[0])
            at_most = certificate(beta * far <= ABS(beta) * far, [(bounds[1], positive)])
            whole = arith(HALF * far**2 <= ABS(beta) * far, here, left, same, at_most, degree=1)
            short = certificate(HALF * far <= ABS(beta), [(whole,)], positive)
            return arith(FALSE, short, degree=1)

        return with_witness(claim, found)

    return prove(negation(STATEMENT), build)


def quadratic() -> Theorem:
    """||H d||^2 <= ||H||_F^2 ||d||^2 with d = y - y' (C20)."""
    frobenius = part(c20_frobenius_norms.proof().called("C20: ||A g|| <= ||A||_F ||g||"), 0)
    names = (size, H, shift, one, two)
    difference = function(j, one(j) - two(j))
    return prove_for(
        names, QUADRATIC, lambda goal: arith(goal, use(frobenius, size, size, H, difference), degree=1)
    )


def check(
    loss: Sequence[Fraction] = LOSS,
    smooth_loss: Sequence[Fraction] = SMOOTH_LOSS,
    betas: Sequence[int] = BETAS,
    slack: Slack = square_of_minor,
    statements: tuple[Expression, Expression] = (STATEMENT, QUADRATIC),
) -> Finding:
    """Compare the estimate with "the gradient is beta-smooth" (its derivative is beta-Lipschitz)."""
    if not betas:
        return untried("no beta was given")
    gradient = derivative(loss)
    gaps = [
        (beta, value(gradient, 2 * beta + 2) - value(gradient, 0), beta * (2 * beta + 2)) for beta in betas
    ]
    third = derivative(derivative(gradient))
    variable = fmpq_poly([0, 1])  # beta
    y = 2 * variable + 2
    terms = [fmpq_poly([c.numerator]) / c.denominator * y**i for i, c in enumerate(gradient)]
    excess = sum(terms[1:], fmpq_poly([0])) - variable * y
    for_every_beta = excess[0] > 0 and all(c >= 0 for c in excess.coeffs())
    as_transcribed = by_counterexample(
        f"gradient {' + '.join(f'{c} y^{i}' for i, c in enumerate(gradient) if c)}",
        *(
            f"beta = {b}, y = {2 * b + 2}, y' = 0: gradients differ by {d}, beta |y - y'| = {r}"
            for b, d, r in gaps
        ),
        "with beta a variable, y = 2 beta + 2, y' = 0: the difference of the gradients exceeds "
        f"beta |y - y'| by {str(excess).replace('x', 'beta')}; positive for every beta >= 0, so that no "
        f"beta serves: {for_every_beta}",
        hypotheses={"the gradient is 1-smooth": not any(third[1:]) and abs(third[0]) <= 1},
        holds=not for_every_beta or any(abs(found) <= right for _, found, right in gaps),
    )
    slope = derivative(derivative(smooth_loss))
    failures = quadratic_failures(slack)
    if any(slope[1:]) or abs(slope[0]) > 1:
        failures.append(f"the example: the second derivative, {slope}, is not constant and at most 1")
    repaired = by_analysis(
        "all quadratic losses y* H y / 2 + g* y + c, with beta = ||H||_F; for any other loss the estimate is "
        "what beta-smooth means",
        failures,
        "the gradients at y and y' differ by H d with d = y - y', an identity in H, g, y and y'; and "
        "||H||_F^2 ||d||^2 - ||H d||^2 is the sum over the rows of H and i < j of (h_i d_j - h_j d_i)^2, so "
        "not negative (on R^2; a product of variables names two entries of y at most, so R^2 is enough)",
        f"example: a loss with second derivative {value(slope, 0)} and beta = 1",
        cases=(SMOOTH_LOSS, BETAS),
    )
    return with_hypothesis(
        "read: the loss is beta-smooth (its gradient is beta-Lipschitz)",
        by_two_roads(by_kernel(statements[0], denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(by_kernel(statements[1], quadratic), repaired),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C24",
    title="a beta-smooth gradient is one with the displayed estimate",
    sentence=r"""Assume that there the gradient of the loss function is β_{θ} -smooth, i.e., suppose
    that for all [...] \|\nabla_{\mathbf{y}}\mathcal{L}^{\theta} -
    \nabla_{\mathbf{y}'}\mathcal{L}^{\theta}\| \leq \beta_{\theta} \|\mathbf{y} - \mathbf{y}'\|""",
    source="Section 3.2, before (15)",
    reading="""A function is beta-smooth if its gradient is beta-Lipschitz (the usual meaning). If the
    gradient of the loss is beta-smooth, then the gradient satisfies the displayed estimate with some
    beta. On the network x -> relu(x), R^(1). (With "the loss is beta-smooth" the estimate is the
    definition; it is proved for quadratic losses, with their beta.)""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
