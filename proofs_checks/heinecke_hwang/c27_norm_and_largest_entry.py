"""C27. The spectral norm is at most sqrt(mn) times the largest entry, and that is sharp."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import dot, norm_at_most, squared_norm
from ..tried_networks import tried_networks
from ..verdicts import by_proof
from . import c20_frobenius_norms

SIZES = tuple((m, n) for m in range(1, 5) for n in range(1, 5))
MATRICES = tuple(
    layer.weight for net in tried_networks("C27", ((3, 4, 2, 3), (2, 3, 4, 1)), 20) for layer in net.layers
)


def factor_squared(m: int, n: int) -> Fraction:
    """The square of sqrt(mn)."""
    return Fraction(m * n)


def check(factor: Callable[[int, int], Fraction] = factor_squared) -> Finding:
    """Decide each step of ||B||^2 <= ||B||_F^2 <= mn max^2: on drawn matrices and where equality holds."""
    identity = c20_frobenius_norms.check()
    failures = [] if identity.verdict is ClaimVerdict.PROVED else list(identity.evidence)
    for matrix in MATRICES:
        largest = max(abs(entry) for row in matrix for entry in row)
        frobenius = sum(map(squared_norm, matrix), Fraction(0))
        if not frobenius <= factor(len(matrix), len(matrix[0])) * largest**2 or not norm_at_most(
            matrix, frobenius
        ):
            failures.append(f"B = {[[str(entry) for entry in row] for row in matrix]}")
    for m, n in SIZES:
        names = ["M", *(f"b{i}" for i in range(m * n))]
        variables: list[Any] = list(fmpz_mpoly_ctx.get(names, Ordering.lex).gens())
        top, entries, square = variables[0], variables[1:], factor(m, n)
        slack = square.numerator * top**2 - square.denominator * dot(entries, entries)
        if slack != square.denominator * sum((top - entry) * (top + entry) for entry in entries):
            failures.append(f"{m} x {n}: {slack} is not the sum of (M - b)(M + b)")
        if not norm_at_most([[Fraction(1)] * n] * m, factor(m, n)):
            failures.append(f"the {m} x {n} matrix of ones: ||B||^2 = {m * n} > {factor(m, n)}")
    return by_proof(
        "all m x n matrices: ||B||^2 <= ||B||_F^2 <= mn M^2, M the largest absolute value of an entry",
        failures,
        "||B||_F^2 ||x||^2 - ||Bx||^2 is the sum of squares of C20; mn M^2 - ||B||_F^2 is the sum of "
        "(M - b)(M + b) >= 0 over the mn entries b, an identity in M and the entries: one summand for each, "
        "so the same for every size (expanded up to 4 x 4)",
        f"both steps decided exactly on {len(MATRICES)} matrices; the matrices of ones up to 4 x 4 attain "
        "the bound",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C27",
    title="||B|| <= sqrt(mn) ||B||_max",
    sentence=r"""Using the estimate $||B|| \leq \sqrt{mn} ||B||_{\text{max}}$ for $B \in \mathbb{R}^{m
    \times n}$ on the weight matrices,""",
    source="Section 3.2, before (14)",
    reading="""The spectral norm of an m x n matrix is at most sqrt(mn) times the largest absolute value
    of an entry.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
