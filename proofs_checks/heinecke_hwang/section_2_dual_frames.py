"""Section 2: every frame has a dual frame, and many if it is redundant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Matrix, has_full_row_rank, times, transposed
from ..verdicts import Failure, by_cases

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
) -> Finding:
    """Decide F G* = I for the canonical dual G, and for G + v w* with F w = 0, v not zero."""

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

    return by_cases(
        frames,
        failure,
        "G = (F F*)^{-1} F is a dual frame, and so is G + v w* for every v, if F w = 0: for n > m there are "
        "many; for n = m the inverse is the only one",
        noun="frames",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-dual-frames",
    title="a frame has dual frames, in general many",
    sentence=r"""For any frame there are, in general many, dual frames G, which provide perfect
    reconstruction of the signal from the linear measurements in the sense that $y = FG*y$ for all y.""",
    source="Section 2, after (1)",
    reading="For every m x n matrix F of rank m there is G with F G* = I; for n > m there are several.",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
