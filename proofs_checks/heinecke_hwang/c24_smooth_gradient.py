"""C24. It is the loss that is assumed to be beta-smooth, not its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.claims import Claim, Finding, Verdict

from ..verdicts import by_counterexample, by_proof, with_hypothesis

# A loss as the coefficients of 1, y, y^2, ...: y^3 / 6. Its gradient y^2 / 2 is 1-smooth: (y^2 / 2)' = y is
# 1-Lipschitz.
LOSS = (Fraction(0), Fraction(0), Fraction(0), Fraction(1, 6))
SMOOTH_LOSS = (Fraction(0), Fraction(1), Fraction(1, 2))
BETAS = (1, 10, 1000)


def derivative(coefficients: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return the coefficients of the derivative."""
    return tuple(i * c for i, c in enumerate(coefficients))[1:] or (Fraction(0),)


def value(coefficients: Sequence[Fraction], y: int) -> Fraction:
    """Return the value of the polynomial at y."""
    return sum((c * y**i for i, c in enumerate(coefficients)), Fraction(0))


def check(
    loss: Sequence[Fraction] = LOSS,
    smooth_loss: Sequence[Fraction] = SMOOTH_LOSS,
    betas: Sequence[int] = BETAS,
) -> Finding:
    """Compare the estimate with "the gradient is beta-smooth" (its derivative is beta-Lipschitz)."""
    gradient = derivative(loss)
    gaps = [
        (beta, value(gradient, 2 * beta + 2) - value(gradient, 0), beta * (2 * beta + 2)) for beta in betas
    ]
    as_transcribed = by_counterexample(
        f"gradient {' + '.join(f'{c} y^{i}' for i, c in enumerate(gradient) if c)}",
        *(
            f"beta = {b}, y = {2 * b + 2}, y' = 0: gradients differ by {d}, beta |y - y'| = {r}"
            for b, d, r in gaps
        ),
        "for y^2/2 it is 2 (beta + 1)^2 > 2 beta (beta + 1) for every beta >= 0: no beta serves",
        holds=any(abs(found) <= right for _, found, right in gaps),
    )
    slope = derivative(derivative(smooth_loss))
    repaired = by_proof(
        f"a loss with second derivative of at most 1 in absolute value, here constant {value(slope, 0)}",
        [] if not any(slope[1:]) and abs(slope[0]) <= 1 else [f"the second derivative is {slope}"],
    )
    return with_hypothesis(
        "read: the loss is beta-smooth (its gradient is beta-Lipschitz)", as_transcribed, repaired
    )


CLAIM = Claim(
    id="heinecke-hwang/C24",
    title="a beta-smooth gradient is one with the displayed estimate",
    sentence=r"""Assume that there the gradient of the loss function is β_{θ} -smooth, i.e., suppose
    that for all [...] \|\nabla_{\mathbf{y}}\mathcal{L}^{\theta} -
    \nabla_{\mathbf{y}'}\mathcal{L}^{\theta}\| \leq \beta_{\theta} \|\mathbf{y} - \mathbf{y}'\|""",
    source="Section 3.2, before (15)",
    reading="""A function is beta-smooth if its gradient is beta-Lipschitz (the usual meaning). If the
    gradient of the loss is beta-smooth, then the gradient satisfies the displayed estimate with some
    beta. On the network x -> relu(x), R^(1).""",
    recorded=Verdict.CONDITIONAL,
    check=check,
)
