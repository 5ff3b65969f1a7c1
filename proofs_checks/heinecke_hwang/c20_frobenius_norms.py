"""C20. Frobenius norms of at most 1 keep spectral norms at most 1; unit rows of W_1 do not go with that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import dot, norm_at_most, squared_norm
from ..kernel.arithmetic import certificate, square
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.lemmas import cauchy_schwarz, sum_equal, sum_monotone, sum_not_negative
from ..proving.tactics import prove, prove_for, use
from ..statements.decompositions import A
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.networks import below, i, j, m
from ..verdicts import by_analysis, by_kernel, by_two_roads

# A first layer W_1 with N_1 = 2 rows of norm 1, as Theorem 6 (i) has it.
IDENTITY = ((1, 0), (0, 1))
COLUMNS = (1, 2, 3, 4)


def lagrange_square(a1: Any, a2: Any, x1: Any, x2: Any) -> Any:
    """What two columns add to the slack of the Cauchy-Schwarz inequality for a row (a1, a2): a square."""
    return (a1 * x2 - a2 * x1) ** 2


columns, g = variable("n", NATURAL), variable("g", REAL, NATURAL)
NAMES = (m, columns, A, g)  # an m x n matrix A and a vector g
image_square = total(i, m, total(j, columns, A(i, j) * g(j)) ** 2)
frobenius_square = total(i, m, total(j, columns, A(i, j) ** 2))
at_most = image_square <= frobenius_square * total(j, columns, g(j) ** 2)
UNIT_ROWS = forall(
    m,
    columns,
    A,
    implies(
        below(i, m, eq(total(j, columns, A(i, j) ** 2), 1)),
        both(eq(frobenius_square, m), implies(m >= 2, frobenius_square > 1)),
    ),
)
STATEMENT = both(
    forall(*NAMES, at_most),
    forall(*NAMES, implies(frobenius_square <= 1, image_square <= total(j, columns, g(j) ** 2))),
    UNIT_ROWS,
)


def proof() -> Theorem:
    """Cauchy-Schwarz row by row; N_1 rows of norm 1 have the square sum N_1."""

    def row(i: Expression, _: Theorem, goal: Expression) -> Theorem:
        return arith(goal, use(cauchy_schwarz(), function(j, A(i, j)), g, columns), degree=1)

    one = function(i, total(j, columns, A(i, j) * g(j)) ** 2)
    two = function(i, total(j, columns, A(i, j) ** 2) * total(j, columns, g(j) ** 2))

    def rows(goal: Expression) -> Theorem:
        terms = prove(below(i, m, one(i) <= two(i)), row)
        return arith(goal, use(sum_monotone(), one, two, m, terms), degree=1)

    first = prove_for(NAMES, STATEMENT.args[0], rows)

    def small(frobenius: Theorem, goal: Expression) -> Theorem:
        squares = prove(below(j, columns, g(j) ** 2 >= 0), lambda j, _, goal: arith(goal, square(g(j))))
        size = use(sum_not_negative(), function(j, g(j) ** 2), columns, squares)
        return arith(
            goal,
            use(first, *NAMES),
            certificate(
                frobenius_square * total(j, columns, g(j) ** 2) <= total(j, columns, g(j) ** 2),
                [(frobenius, size)],
            ),
            degree=1,
        )

    def unit_rows(rows: Theorem, goal: Expression) -> Theorem:
        whole = use(
            sum_equal(), function(i, total(j, columns, A(i, j) ** 2)), function(i, number(1)), m, rows
        )
        number_of_rows = arith(goal.args[0], whole)
        return together(
            number_of_rows, prove(goal.args[1], lambda two, goal: arith(goal, number_of_rows, two))
        )

    return together(
        first,
        prove_for(NAMES, STATEMENT.args[1], small),
        prove_for((m, columns, A), STATEMENT.args[2], unit_rows),
    )


def check(
    slack: Callable[[Any, Any, Any, Any], Any] = lagrange_square,
    matrix: Sequence[Sequence[Fraction | int]] = IDENTITY,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and expand |a|^2 |x|^2 - (a.x)^2 = sum of slacks, row by row; then look at unit rows."""
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
    expanded = by_analysis(
        "all matrices: a product of variables names at most two columns, so no more than two have to be "
        "expanded; sum over the rows",
        failures,
        "||A||_F^2 ||x||^2 - ||Ax||^2 is the sum over rows a and columns i < j of (a_i x_j - a_j x_i)^2, so "
        f"not negative (expanded for {', '.join(map(str, COLUMNS))} columns)",
        f"but W_1 = {[list(map(str, row)) for row in matrix]}: "
        + "; ".join(f"{text}: {so}" for text, so in facts.items()),
        "N_1 rows of norm 1 have ||W_1||_F^2 = N_1: for N_1 >= 2 the condition excludes the normalisation of "
        "Theorem 6 (i)",
        cases=COLUMNS,
    )
    return by_two_roads(by_kernel(statement, proof), expanded)


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
