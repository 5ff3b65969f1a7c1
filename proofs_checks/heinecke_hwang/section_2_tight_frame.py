"""Section 2: a tight frame is its own dual only if its bound is 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, dot, squared_norm, times, transposed
from ..kernel.arithmetic import square
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.lemmas import term_of_sum, zero_if_square
from ..proving.refutations import denied
from ..proving.tactics import impossible, prove, prove_for, rewrite, use
from ..statements.bounds import D
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
    substitute,
    table,
    total,
    variable,
)
from ..statements.networks import below, i, j
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_hypothesis

# The synthesis matrix F = (2) of R: ||F* y|| = 2 ||y||, so (1) holds with equality and A = B = 2.
TIGHT = ((2,),)
PARSEVAL = ((Fraction(3, 5), Fraction(4, 5), 0), (Fraction(-4, 5), Fraction(3, 5), 0))
Y = (1,)
SIZES = tuple(product((1, 2, 3), repeat=2))
Form = Callable[[list[int]], Any]


def entry_from_form(q: Form, i: int, j: int, size: int) -> Any:
    """Polarisation: twice the entry (i, j) of a symmetric matrix H from the form q(y) = y* H y."""
    one, two = ([int(k == place) for k in range(size)] for place in (i, j))
    return q([a + b for a, b in zip(one, two, strict=True)]) - q(one) - q(two)


rows, columns, inner = (variable(name, NATURAL) for name in ("m", "n", "l"))
F, vector, other = (
    variable("F", REAL, NATURAL, NATURAL),
    variable("y", REAL, NATURAL),
    variable("w", REAL, NATURAL),
)
NAMES = (rows, columns, F, D)
ANALYSED = total(j, columns, total(i, rows, F(i, j) * vector(i)) ** 2)  # ||F* y||^2
TIGHT_FRAME = forall(vector, eq(ANALYSED, D**2 * total(i, rows, vector(i) ** 2)))
REBUILT = total(j, columns, F(i, j) * total(inner, rows, F(inner, j) * vector(inner)))  # (F F* y)_i
STATEMENT = forall(
    *NAMES,
    implies(
        TIGHT_FRAME,
        both(
            forall(vector, below(i, rows, eq(REBUILT, D**2 * vector(i)))),
            implies(eq(D, 1), forall(vector, below(i, rows, eq(REBUILT, vector(i))))),
        ),
    ),
)


# As transcribed: a tight frame is its own dual, whatever its bound.
DENIED = forall(*NAMES, implies(TIGHT_FRAME, forall(vector, below(i, rows, eq(REBUILT, vector(i))))))


def denial() -> Theorem:
    """F = (2) has ||F* y||^2 = 4 y^2 and F F* y = 4 y."""
    two = table({(0, 0): TIGHT[0][0]})

    def build(claim: Theorem) -> Theorem:
        says = use(claim, 1, 1, two, TIGHT[0][0])
        tight = prove(says.conclusion.args[0], lambda _, goal: arith(goal))
        return impossible(use(says, tight, table({(0,): Y[0]}), 0, arith(number(0) < 1)))

    return denied(DENIED, build)


def proof() -> Theorem:
    """Polarise ||F* y||^2 = D^2 ||y||^2 with w = F F* y - D^2 y: then ||w||^2 = 0."""

    def build(tight: Theorem, goal: Expression) -> Theorem:
        def polarised(vector: Expression, other: Expression, goal: Expression) -> Theorem:
            both_ = function(i, vector(i) + other(i))
            return arith(goal, *(use(tight, each) for each in (both_, vector, other)), degree=1)

        rest_of_y = REBUILT - D**2 * vector(i)
        orthogonal = prove(forall(vector, other, eq(total(i, rows, rest_of_y * other(i)), 0)), polarised)

        def rebuilt(y: Expression, place: Expression, small: Theorem, goal: Expression) -> Theorem:
            rest = function(i, substitute(rest_of_y, vector, y))
            nothing = use(orthogonal, y, rest)
            squares = function(j, rest(j) * rest(j))
            terms = prove(below(j, rows, squares(j) >= 0), lambda j, _, __: square(rest(j)))
            at_most = use(term_of_sum(), squares, rows, place, terms, small)
            zero = rewrite(nothing, lambda w: squares(place) <= w, at_most)
            return arith(goal, use(zero_if_square(), rest(place), zero), degree=1)

        first = prove(goal.args[0], rebuilt)

        def parseval(
            one: Theorem, vector: Expression, i: Expression, small: Theorem, goal: Expression
        ) -> Theorem:
            squared = arith(eq(D**2, 1), one, multipliers=[D, number(1)])
            return arith(goal, use(first, vector, i, small), squared, multipliers=[vector(i)], degree=1)

        return together(first, prove(goal.args[1], parseval))

    return prove_for(NAMES, STATEMENT, build)


def check(
    frame: Sequence[Sequence[Fraction | int]] = TIGHT,
    parseval: Sequence[Sequence[Fraction | int]] = PARSEVAL,
    y: Sequence[int] = Y,
    polarise: Callable[[Form, int, int, int], Any] = entry_from_form,
    statement: Expression = STATEMENT,
    refuted: Expression = DENIED,
) -> Finding:
    """Reconstruct y by F F* y; then prove F F* = A^2 I for every F with ||F* y|| = A ||y|| for all y."""
    analysed = apply(transposed(frame), y)
    rebuilt = apply(frame, analysed)
    square = times(frame, transposed(frame))
    tight = square == [[square[0][0] * (i == j) for j in range(len(square))] for i in range(len(square))]
    as_transcribed = by_counterexample(
        f"F = {[list(map(str, row)) for row in frame]}, y = {list(y)}: squared ||F* y|| = "
        f"{squared_norm(analysed)}, "
        f"squared ||y|| = {squared_norm(y)}",
        f"with G = F: F G* y = {[str(entry) for entry in rebuilt]}",
        "corrected form: F F* = A^2 I, with A as in (1), so G = F / A^2 is a dual frame",
        holds=tuple(rebuilt) == tuple(y),
        hypotheses={"the frame is tight (F F* is a multiple of I)": tight},
        points=[("y", y)],
    )
    failures = []
    for m, n in SIZES:
        names = [*(f"f{i}{j}" for i in range(m) for j in range(n)), "A"]
        *entries, bound = fmpz_mpoly_ctx.get(names, Ordering.lex).gens()
        f = [entries[i * n : (i + 1) * n] for i in range(m)]
        gram = times(f, transposed(f))

        def q(y: list[int], f: Any = f, bound: Any = bound) -> Any:
            image = apply(transposed(f), y)
            return dot(image, image) - bound**2 * dot(y, y)

        failures += [
            f"F {m} x {n}: entry ({i}, {j}) of F F* - A^2 I is not half of {polarise(q, i, j, m)}"
            for i, j in product(range(m), repeat=2)
            if polarise(q, i, j, m) != 2 * (gram[i][j] - bound**2 * (i == j))
        ]
    found = times(parseval, transposed(parseval))
    wrong = [(i, j) for i, row in enumerate(found) for j, entry in enumerate(row) if entry != (i == j)]
    failures += [f"the example: F F* differs from I at {wrong}"] if wrong else []
    repaired = by_analysis(
        "all real tight frames with A = 1: F F* = I, so y = F F* y for all y",
        failures,
        "q(y) = ||F* y||^2 - A^2 ||y||^2 is zero for all y. For the unit vectors e_i, e_j the entry "
        "(i, j) of F F* - A^2 I is (q(e_i + e_j) - q(e_i) - q(e_j)) / 2, an identity in A and the entries of "
        "F; so it is zero, and F F* = A^2 I",
        f"expanded for all F up to {max(SIZES)[0]} x {max(SIZES)[1]}; that is enough, as an entry (i, j) has "
        "to do with two rows of F, and a product of variables with one column",
        f"example: F = {[list(map(str, row)) for row in parseval]} has F F* = I",
        cases=(SIZES, PARSEVAL),
    )
    both_ways = by_two_roads(by_kernel(statement, proof), repaired)
    denied_too = by_two_roads(by_kernel(refuted, denial, refutes=True), as_transcribed, refutes=True)
    return with_hypothesis("A = B = 1 (a Parseval frame)", denied_too, both_ways)


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-tight-frame",
    title="a tight frame is its own dual",
    sentence=r"""In case of tight frames, i.e., if [\(1\)](#page-1-1) holds with equality, it is
    possible to choose $G = F$""",
    source="Section 2, after (1)",
    reading="If A ||y|| = ||F* y|| = B ||y|| for all y, then y = F F* y for all y.",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
