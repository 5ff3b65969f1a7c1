"""C20. Frobenius norms of at most 1 keep spectral norms at most 1; unit rows of W_1 do not go with that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import norm_at_most
from ..verdicts import by_proof

NAMES = ("a1", "a2", "x1", "x2")
IDENTITY = ((1, 0), (0, 1))


def lagrange_square(a1: Any, a2: Any, x1: Any, x2: Any) -> Any:
    """The slack of the Cauchy-Schwarz inequality for a row (a1, a2): a square."""
    return (a1 * x2 - a2 * x1) ** 2


def check(
    slack: Callable[[Any, Any, Any, Any], Any] = lagrange_square, matrix: Sequence[Sequence[int]] = IDENTITY
) -> Finding:
    """Prove |a|^2 |x|^2 - (a.x)^2 = slack for one row; sum over the rows of A."""
    a1, a2, x1, x2 = fmpz_mpoly_ctx.get(NAMES, Ordering.lex).gens()
    rest = (a1**2 + a2**2) * (x1**2 + x2**2) - (a1 * x1 + a2 * x2) ** 2 - slack(a1, a2, x1, x2)
    frobenius = sum(entry**2 for row in matrix for entry in row)
    return by_proof(
        "all matrices: every product names at most two columns, so two columns are enough; sum over the rows",
        [f"(a1^2 + a2^2)(x1^2 + x2^2) - (a1 x1 + a2 x2)^2 differs from a square by {rest}"]
        if rest != 0
        else [],
        "||A||_F^2 ||x||^2 - ||Ax||^2 is the sum over rows a and columns i < j of (a_i x_j - a_j x_i)^2, "
        "so not negative",
        f"but A = {[list(row) for row in matrix]}, with unit rows and spectral norm at most 1 "
        f"({norm_at_most(matrix, 1)}), has squared Frobenius norm {frobenius}: the condition excludes the "
        "normalisation of Theorem 6 (i), where ||W_1||_F^2 = N_1, as soon as N_1 >= 2",
    )


CLAIM = Claim(
    id="heinecke-hwang/C20",
    title="Frobenius norms <= 1 give spectral norms <= 1",
    sentence=r"""the suffiecient condition of having the spectral norms of the weight matrices not
    exceed 1 can be achieved via optimization techniques by imposing the Frobenius norms of the weight
    matrices to not exceed 1.""",
    source="Section 3.2, after Theorem 6",
    reading="||A||_2 <= ||A||_F for every real matrix A, so ||A||_F <= 1 implies ||A||_2 <= 1.",
    recorded=Verdict.PROVED,
    check=check,
)
