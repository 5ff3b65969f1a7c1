"""Section 2: every frame has a dual frame, and many if it is redundant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Matrix, has_full_row_rank, times, transposed
from ..kernel.arithmetic import square
from ..kernel.rules import Theorem, together, witness
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.lemmas import sum_not_negative
from ..proving.tactics import compare, contradiction, parts, prove, prove_for, split, use, with_witness
from ..redundant_rows import has_another, several
from ..right_inverses import is_dual, is_independent, no_square, right_inverse_exists
from ..stability_proofs.opening import Given, opened
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads
from .section_2_frame_bounds import FRAME, F, analysed, columns, i, j, rows, size

G = variable("G", REAL, NATURAL, NATURAL)
SEVERAL = exists(G, both(is_dual(rows, columns, F, G), has_another(rows, columns, F, G)))
STATEMENT = forall(
    *(rows, columns, F),
    implies(
        FRAME,
        both(
            exists(G, is_dual(rows, columns, F, G)),
            implies(number(1) <= rows, rows < columns, SEVERAL),
        ),
    ),
)


def proof() -> Theorem:
    """With (1) only y = 0 has F* y = 0, so the rows are independent and have a right inverse."""

    def build(frame: Theorem, goal: Expression) -> Theorem:
        existing = use(right_inverse_exists(), columns, F, rows, rows_of_a_frame(frame))

        def found(matrix: Expression, dual: Theorem) -> Theorem:
            def more(some: Theorem, redundant: Theorem, goal: Expression) -> Theorem:
                another = use(several(), rows, columns, F, matrix, dual, some, redundant)
                return witness(together(dual, another), goal, matrix)

            return together(existing, prove(goal.args[1], more))

        return with_witness(existing, found)

    return prove_for([rows, columns, F], STATEMENT, build)


def no_size() -> Theorem:
    """A > 0, A^2 s <= t, t = 0 and s >= 0 give s = 0."""
    bound, s, t = (variable(name, REAL) for name in ("A", "s", "t"))
    statement = forall(*(bound, s, t), implies(bound > 0, bound**2 * s <= t, eq(t, 0), s >= 0, eq(s, 0)))

    def build(given: Given) -> Theorem:
        _, s, _, positive, lower, zero, least, goal = given
        return split(
            compare(s, number(0)),
            lambda small: arith(goal, small, least),
            lambda large: contradiction(goal, arith(FALSE, positive, large, lower, zero, degree=3)),
        )

    return opened(statement, 7, build).called("A^2 ||y||^2 <= 0 only for y = 0")


def rows_of_a_frame(frame: Theorem) -> Theorem:
    """The rows of a matrix with (1) are independent."""

    def with_bounds(lower: Expression, _upper: Expression, bounds: Theorem) -> Theorem:
        positive, _, bounded = parts(bounds)

        def each(y: Expression, zero: Theorem, _goal: Expression) -> Theorem:
            entry = total(i, rows, F(i, j) * y(i))
            nothing = equal_terms(
                *(j, columns, entry**2, number(0)),
                lambda j, less, goal: arith(goal, use(zero, j, less), multipliers=[goal.args[0].args[0]]),
            )
            squares = function(i, y(i) ** 2)
            signs = prove(forall(i, implies(i < rows, squares(i) >= 0)), lambda i, _less, _goal: square(y(i)))
            least = use(sum_not_negative(), squares, rows, signs)
            below = parts(use(bounded, y))[0]
            none = arith(eq(analysed(y), 0), nothing, degree=1)
            size_is_zero = use(no_size(), lower, size(y), analysed(y), positive, below, none, least)
            return use(no_square(), y, rows, size_is_zero)

        return prove(is_independent(rows, columns, F), each)

    return with_witness(frame, with_bounds)


ENTRIES = (-2, -1, 0, 1, 3)
# All frames of R^1 with two vectors, and frames of R^2 with three (one column is fixed, the others run).
FRAMES: tuple[Matrix, ...] = (
    *([[a, b]] for a, b in product(ENTRIES, repeat=2) if a or b),
    *(
        frame
        for a, b, c, d in product(ENTRIES[1:4], repeat=4)
        for frame in ([[a, b, 1], [c, d, 2]],)
        if has_full_row_rank(frame)
    ),
)


def canonical_dual(frame: Matrix) -> Matrix:
    """(F F*)^{-1} F, for one or two rows."""
    gram = times(frame, transposed(frame))
    if len(gram) == 1:
        return [[Fraction(entry) / gram[0][0] for entry in frame[0]]]
    (a, b), (c, d) = gram
    inverse = [[Fraction(d), Fraction(-b)], [Fraction(-c), Fraction(a)]]
    return [[entry / (a * d - b * c) for entry in row] for row in times(inverse, frame)]


def kernel_vector(frame: Matrix) -> list[Fraction]:
    """Return w with F w = 0, for n = m + 1: the minors with alternating signs."""
    if len(frame) == 1:
        return [Fraction(frame[0][1]), Fraction(-frame[0][0])]
    (a, b, c), (d, e, f) = frame
    return [Fraction(b * f - c * e), Fraction(c * d - a * f), Fraction(a * e - b * d)]


def check(
    frames: Sequence[Matrix] = FRAMES,
    dual: Callable[[Matrix], Matrix] = canonical_dual,
    null: Callable[[Matrix], list[Fraction]] = kernel_vector,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and decide F G* = I for the canonical dual G, and for G + v w* with F w = 0, v not zero."""

    def failure(frame: Matrix) -> Failure | None:
        identity = [[int(i == j) for j in range(len(frame))] for i in range(len(frame))]
        first, w = dual(frame), null(frame)
        second = [
            [g + factor * entry for g, entry in zip(row, w, strict=True)]
            for factor, row in enumerate(first, start=1)
        ]
        if times(frame, transposed(first)) != identity or times(frame, transposed(second)) != identity:
            return f"F = {[list(map(str, row)) for row in frame]}: F G* is not the identity"
        return "the second dual frame is the first one" if first == second else None

    tried = by_cases(
        frames,
        failure,
        "G = (F F*)^{-1} F is a dual frame, and so is G + v w* for every v, if F w = 0: for n > m there are "
        "many; for n = m the inverse is the only one",
        noun="frames",
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-dual-frames",
    title="a frame has dual frames, in general many",
    sentence=r"""For any frame there are, in general many, dual frames G, which provide perfect
    reconstruction of the signal from the linear measurements in the sense that $y = FG*y$ for all y.""",
    source="Section 2, after (1)",
    reading="""For every m x n matrix F with the frame bounds (1) there is G with F G* y = y for all y; for
    n > m >= 1 there are several.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
