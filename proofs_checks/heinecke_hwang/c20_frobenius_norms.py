"""C20. Frobenius norms of at most 1 keep spectral norms at most 1; unit rows of W_1 do not go with that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import dot, norm_at_most, squared_norm
from ..verdicts import by_proof

# A first layer W_1 with N_1 = 2 rows of norm 1, as Theorem 6 (i) has it.
IDENTITY = ((1, 0), (0, 1))
COLUMNS = (1, 2, 3, 4)


def lagrange_square(a1: Any, a2: Any, x1: Any, x2: Any) -> Any:
    """What two columns add to the slack of the Cauchy-Schwarz inequality for a row (a1, a2): a square."""
    return (a1 * x2 - a2 * x1) ** 2


def check(
    slack: Callable[[Any, Any, Any, Any], Any] = lagrange_square,
    matrix: Sequence[Sequence[Fraction | int]] = IDENTITY,
) -> Finding:
    """Prove |a|^2 |x|^2 - (a.x)^2 = sum of slacks for one row, sum over the rows; then look at unit rows."""
    failures = []
    for n in COLUMNS:
        names = [f"{letter}{i}" for letter in "ax" for i in range(1, n + 1)]
        variables = fmpz_mpoly_ctx.get(names, Ordering.lex).gens()
        a, x = variables[:n], variables[n:]
        squares = sum(slack(a[i], a[j], x[i], x[j]) for i, j in combinations(range(n), 2))
        rest = dot(a, a) * dot(x, x) - dot(a, x) ** 2 - squares
        if rest != 0:
            failures.append(f"{n} columns: |a|^2 |x|^2 - (a.x)^2 differs from the sum by {rest}")
    frobenius = sum(map(squared_norm, matrix), Fraction(0))
    facts = {
        "every row has norm 1": all(squared_norm(row) == 1 for row in matrix),
        "the spectral norm is at most 1": norm_at_most(matrix, 1),
        f"the squared Frobenius norm {frobenius} is N_1 = {len(matrix)}": frobenius == len(matrix),
        "it is more than 1": frobenius > 1,
    }
    failures += [f"second half, on the given W_1: false: {text}" for text, so in facts.items() if not so]
    return by_proof(
        "all matrices: a product of variables names at most two columns, so no more than two have to be "
        "expanded; sum over the rows",
        failures,
        "||A||_F^2 ||x||^2 - ||Ax||^2 is the sum over rows a and columns i < j of (a_i x_j - a_j x_i)^2, so "
        f"not negative (expanded for {', '.join(map(str, COLUMNS))} columns)",
        f"but W_1 = {[list(map(str, row)) for row in matrix]}: "
        + "; ".join(f"{text}: {so}" for text, so in facts.items()),
        "N_1 rows of norm 1 have ||W_1||_F^2 = N_1: for N_1 >= 2 the condition excludes the normalisation of "
        "Theorem 6 (i)",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C20",
    title="Frobenius norms <= 1 give spectral norms <= 1",
    sentence=r"""the suffiecient condition of having the spectral norms of the weight matrices not
    exceed 1 can be achieved via optimization techniques by imposing the Frobenius norms of the weight
    matrices to not exceed 1.""",
    source="Section 3.2, after Theorem 6",
    reading="""||A||_2 <= ||A||_F for every real matrix A, so ||A||_F <= 1 implies ||A||_2 <= 1. Second half:
    the unit rows of W_1 in Theorem 6 (i) do not go with ||W_1||_F <= 1 if N_1 >= 2, though ||W_1||_2 <= 1 is
    possible.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
