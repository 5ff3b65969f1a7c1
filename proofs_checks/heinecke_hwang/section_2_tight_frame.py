"""Section 2: a tight frame is its own dual only if its bound is 1."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import apply, squared_norm, times, transposed
from ..verdicts import by_counterexample, by_proof, with_hypothesis

# The synthesis matrix F = (2) of R: ||F* y|| = 2 ||y||, so (1) holds with equality and A = B = 2.
TIGHT = ((2,),)
PARSEVAL = ((Fraction(3, 5), Fraction(4, 5), 0), (Fraction(-4, 5), Fraction(3, 5), 0))
Y = (1,)


def check(
    frame: Sequence[Sequence[Fraction | int]] = TIGHT,
    parseval: Sequence[Sequence[Fraction | int]] = PARSEVAL,
    y: Sequence[int] = Y,
) -> Finding:
    """Reconstruct y by F F* y; then decide F F* = I for a frame of bound 1."""
    analysed = apply(transposed(frame), y)
    rebuilt = apply(frame, analysed)
    as_transcribed = by_counterexample(
        f"F = {[list(map(str, row)) for row in frame]}, y = {list(y)}: squared ||F* y|| = "
        f"{squared_norm(analysed)}, "
        f"squared ||y|| = {squared_norm(y)}",
        f"with G = F: F G* y = {[str(entry) for entry in rebuilt]}",
        "corrected form: F F* = A^2 I, with A as in (1), so G = F / A^2 is a dual frame",
        holds=tuple(rebuilt) == tuple(y),
        points=[("y", y)],
    )
    product = times(parseval, transposed(parseval))
    wrong = [(i, j) for i, row in enumerate(product) for j, entry in enumerate(row) if entry != (i == j)]
    repaired = by_proof(
        "tight frames with A = 1: F F* = A^2 I = I", [f"F F* differs from I at {wrong}"] if wrong else []
    )
    return with_hypothesis("A = B = 1 (a Parseval frame)", as_transcribed, repaired)


CLAIM = Claim(
    id="heinecke-hwang/section-2-tight-frame",
    title="a tight frame is its own dual",
    sentence=r"""In case of tight frames, i.e., if [\(1\)](#page-1-1) holds with equality, it is
    possible to choose $G = F$""",
    source="Section 2, after (1)",
    reading="If A ||y|| = ||F* y|| = B ||y|| for all y, then y = F F* y for all y.",
    recorded=Verdict.CONDITIONAL,
    check=check,
)
