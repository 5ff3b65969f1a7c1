"""C27. The spectral norm is at most sqrt(mn) times the largest entry, and that is sharp."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import dot, norm_at_most, squared_norm
from ..kernel.arithmetic import certificate, square
from ..kernel.rules import Theorem, part
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, sum_monotone, sum_not_negative
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.bounds import D
from ..statements.decompositions import A
from ..statements.expressions import NATURAL, REAL, Expression, forall, function, implies, total, variable
from ..statements.functions import ABS
from ..statements.networks import below, i, j, m
from ..tried_networks import tried_networks
from ..verdicts import by_analysis, by_kernel, by_two_roads
from . import c20_frobenius_norms

SIZES = tuple((m, n) for m in range(1, 5) for n in range(1, 5))
MATRICES = tuple(
    layer.weight for net in tried_networks("C27", ((3, 4, 2, 3), (2, 3, 4, 1)), 20) for layer in net.layers
)


def factor_squared(m: int, n: int) -> Fraction:
    """The square of sqrt(mn)."""
    return Fraction(m * n)


columns, g = variable("n", NATURAL), variable("g", REAL, NATURAL)
NAMES = (m, columns, A, g, D)  # an m x n matrix, a vector, and D >= the absolute values of the entries
STATEMENT = forall(
    *NAMES,
    implies(
        below(i, m, below(j, columns, ABS(A(i, j)) <= D)),
        total(i, m, total(j, columns, A(i, j) * g(j)) ** 2)
        <= m * columns * D**2 * total(j, columns, g(j) ** 2),
    ),
)


def proof() -> Theorem:
    """||B g||^2 <= ||B||_F^2 ||g||^2 (C20), and each of the mn squares in ||B||_F^2 is at most D^2."""

    def build(entries: Theorem, goal: Expression) -> Theorem:
        frobenius = part(c20_frobenius_norms.proof().called("C20: ||A g|| <= ||A||_F ||g||"), 0)

        def entry(i: Expression, less: Theorem, j: Expression, less_j: Theorem, goal: Expression) -> Theorem:
            positive, _, _, squared = parts(use(abs_facts(), A(i, j)))
            return arith(goal, use(entries, i, less, j, less_j), positive, squared)

        terms = prove(below(i, m, below(j, columns, A(i, j) ** 2 <= D**2)), entry)

        def row(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            one, two = function(j, A(i, j) ** 2), function(j, D**2)
            return arith(goal, use(sum_monotone(), one, two, columns, use(terms, i, less)), degree=1)

        one, two = function(i, total(j, columns, A(i, j) ** 2)), function(i, columns * D**2)
        sums = use(sum_monotone(), one, two, m, prove(below(i, m, one(i) <= two(i)), row))
        squares = prove(below(j, columns, g(j) ** 2 >= 0), lambda j, _, goal: arith(goal, square(g(j))))
        size = use(sum_not_negative(), function(j, g(j) ** 2), columns, squares)
        bound = certificate(
            goal.args[1] >= total(i, m, one(i)) * total(j, columns, g(j) ** 2), [(sums, size)]
        )
        return arith(goal, use(frobenius, m, columns, A, g), bound, degree=1)

    return prove_for(NAMES, STATEMENT, build)


def check(
    factor: Callable[[int, int], Fraction] = factor_squared, statement: Expression = STATEMENT
) -> Finding:
    """Prove it; and decide each step: on drawn matrices and where equality holds."""
    identity = c20_frobenius_norms.check()
    failures = [] if identity.verdict is ClaimVerdict.PROVED else list(identity.evidence)
    for matrix in MATRICES:
        largest = max(abs(entry) for row in matrix for entry in row)
        frobenius = sum(map(squared_norm, matrix), Fraction(0))
        if not frobenius <= factor(len(matrix), len(matrix[0])) * largest**2 or not norm_at_most(
            matrix, frobenius
        ):
            failures.append(f"B = {[[str(entry) for entry in row] for row in matrix]}")
    for size in SIZES:
        rows, entries_in_row = size
        names = ["M", *(f"b{i}" for i in range(rows * entries_in_row))]
        variables: list[Any] = list(fmpz_mpoly_ctx.get(names, Ordering.lex).gens())
        top, entries, square = variables[0], variables[1:], factor(*size)
        slack = square.numerator * top**2 - square.denominator * dot(entries, entries)
        if slack != square.denominator * sum((top - entry) * (top + entry) for entry in entries):
            failures.append(f"{rows} x {entries_in_row}: {slack} is not the sum of (M - b)(M + b)")
        if not norm_at_most([[Fraction(1)] * entries_in_row] * rows, factor(*size)):
            failures.append(f"the {rows} x {entries_in_row} matrix of ones: ||B||^2 > {factor(*size)}")
    expanded = by_analysis(
        "all m x n matrices: ||B||^2 <= ||B||_F^2 <= mn M^2, M the largest absolute value of an entry",
        failures,
        "||B||_F^2 ||x||^2 - ||Bx||^2 is the sum of squares of C20; mn M^2 - ||B||_F^2 is the sum of "
        "(M - b)(M + b) >= 0 over the mn entries b, an identity in M and the entries: one summand for each, "
        "so the same for every size (expanded up to 4 x 4)",
        f"both steps decided exactly on {len(MATRICES)} matrices; the matrices of ones up to 4 x 4 attain "
        "the bound",
        cases=(SIZES, MATRICES),
    )
    return by_two_roads(by_kernel(statement, proof), expanded)


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
