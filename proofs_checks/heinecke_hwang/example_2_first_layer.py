"""Example 2 and Figure 1: a surjective M_1 gives four polygons, all unbounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from flint import Ordering, fmpz_mpoly_ctx

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply
from ..kernel.arithmetic import certificate, identity, square
from ..kernel.rules import Theorem, absurd, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove, prove_for, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    open_binder,
    variable,
)
from ..verdicts import by_analysis, by_kernel, by_two_roads, untried

NAMES = ("a", "b", "c", "d", "p", "q", "r")
SIGNS = tuple(product((-1, 1), (-1, 1)))


a, b, c, d, p, q, size = (variable(name, REAL) for name in ("a", "b", "c", "d", "p", "q", "R"))
x_1, x_2, s, t = (variable(name, REAL) for name in ("x_1", "x_2", "s", "t"))
FIRST, SECOND = a * x_1 + b * x_2 + p, c * x_1 + d * x_2 + q  # M_1 x
ONTO = forall(s, t, exists(x_1, x_2, both(eq(FIRST, s), eq(SECOND, t))))
PATTERNS = tuple(product((False, True), repeat=2))


def in_cell(active: Sequence[bool]) -> Expression:
    """M_1 x has the configuration."""
    return both(
        *(value > 0 if bit else value <= 0 for value, bit in zip((FIRST, SECOND), active, strict=True))
    )


FAR_POINTS = (
    forall(size, exists(x_1, x_2, both(in_cell(active), x_1**2 + x_2**2 >= size))) for active in PATTERNS
)
STATEMENT = forall(a, b, c, d, p, q, implies(ONTO, both(*FAR_POINTS)))


def proof() -> Theorem:
    """Solve M_1 x = y for y in the cell with a large y_1: ||x|| is large, as |y_1 - p| <= ||w|| ||x||."""

    def build(onto: Theorem, goal: Expression) -> Theorem:
        return together(
            *(_unbounded(onto, wanted, active) for wanted, active in zip(goal.args, PATTERNS, strict=True))
        )

    return prove_for((a, b, c, d, p, q), STATEMENT, build)


def _far_from(room: Expression, positive: Theorem, up: bool) -> Theorem:
    """(f - p)^2 > room for f = room + p^2 + 1, or minus that, if room >= 0."""
    r = variable("r", REAL)
    target = (r + p**2 + 1) * (1 if up else -1)
    shifted = p - Fraction(1, 2) if up else p + Fraction(1, 2)
    statement = forall(r, p, implies(r >= 0, (target - p) ** 2 > r))
    far = prove_for(
        (r, p),
        statement,
        lambda known, goal: arith(goal, known, square(shifted), square(shifted**2), square(r)),
    )
    return use(far, room, p, positive)


def _unbounded(onto: Theorem, wanted: Expression, active: Sequence[bool]) -> Theorem:
    """Prove that the cell has points of every size."""

    def far(size: Expression, goal: Expression) -> Theorem:
        room = (a**2 + b**2) * (size**2 + 1)
        first = (room + p**2 + 1) * (1 if active[0] else -1)
        second = number(1 if active[1] else -1)
        positive = arith(room >= 0, square(a), square(b), square(a * size), square(b * size))

        def found(x_1: Expression, x_2: Expression, values: Theorem) -> Theorem:
            inside = open_binder(open_binder(goal, x_1), x_2)
            one, two = parts(values)
            cell, distance = inside.args
            signs = together(*(arith(part, one, two, positive, square(p), degree=1) for part in cell.args))
            length, image = x_1**2 + x_2**2, a * x_1 + b * x_2

            def too_near(near: Theorem) -> Theorem:
                bound = certificate(image**2 <= (a**2 + b**2) * length, [(square(a * x_2 - b * x_1),)])
                small = arith(length <= size**2 + 1, near, square(size - 1), square(size), degree=1)
                within = [
                    certificate(w**2 * length <= w**2 * (size**2 + 1), [(square(w), small)]) for w in (a, b)
                ]
                gap = arith(eq(image, first - p), one, degree=1)
                squared = rewrite(gap, lambda w: eq(image**2, w**2), identity(image**2, image**2))
                beyond = _far_from(room, positive, active[0])
                return absurd(arith(FALSE, bound, *within, squared, beyond, degree=1), distance)

            enough = split(compare(size, length), lambda at_most: restate(at_most, distance), too_near)
            return witness(together(signs, enough), goal, x_1, x_2)

        return with_witness(use(onto, first, second), found)

    return prove(wanted, far)


def check(
    adjugate_sign: int = 1, signs: Sequence[tuple[int, int]] = SIGNS, statement: Expression = STATEMENT
) -> Finding:
    """For W_1 = [[a, b], [c, d]], b_1 = (p, q) and every r, solve M_1 x = r s for each sign vector s.

    With x' = adj(W_1)(r s - b_1) and D = det W_1 not zero, x = x' / D has M_1 x = r s, that is
    W_1 x' + D b_1 = D r s: an identity of polynomials. Every r > 0 gives a point
    of the cell, so it is unbounded.
    """
    w1, w2, w3, w4, b1, b2, r = fmpz_mpoly_ctx.get(NAMES, Ordering.lex).gens()
    determinant = w1 * w4 - w2 * w3
    failures = []
    for one, two in signs:
        target = (r * one - b1, r * two - b2)
        x = apply(((w4, -adjugate_sign * w2), (-adjugate_sign * w3, w1)), target)
        image = apply(((w1, w2), (w3, w4)), x)
        gaps = (
            image[0] + determinant * b1 - determinant * r * one,
            image[1] + determinant * b2 - determinant * r * two,
        )
        failures += [f"signs {(one, two)}: {gap} is not zero" for gap in gaps if gap != 0]
    expanded = by_analysis(
        "all W_1 with det W_1 not zero, all b_1, all r > 0",
        failures,
        f"{len(signs)} sign vectors s, each with the points x(r), r > 0, where M_1 x = r s: a ray in the "
        "cell of s",
        "Theta_1 = {00, 10, 01, 11}, and all four polygons are unbounded, as Figure 1 draws them",
        cases=(SIGNS, PATTERNS),
    )
    if set(signs) != set(SIGNS):
        return untried(f"the claim is about four sign vectors, not {len(set(signs))}")
    return by_two_roads(by_kernel(statement, proof), expanded)


CLAIM = PaperClaim(
    id="heinecke-hwang/example-2-first-layer",
    title="Example 2: Theta_1 has all four vectors, the polygons are unbounded",
    sentence=r"""where $M_1: \mathbb{R}^2 \to \mathbb{R}^2$ is surjective and $M_2: \mathbb{R}^2 \to
    \mathbb{R}$. Then [...] The first layer partitions \mathcal{X} into four unbounded polygons""",
    source="Section 3.1, Example 2, Theta_1; caption of Figure 1",
    reading="""For every surjective affine M_1 of R^2: all four theta_1 have a non-empty, unbounded
    half-open cell.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
