"""C2. Condition (9) is not the same as both products being zero."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import by_counterexample, by_proof, with_correction

Y, D = 0, 1


def is_zero(y: int, _d: int) -> bool:
    """Return whether y = 0."""
    return y == 0


def check(y: int = Y, d: int = D, corrected: Callable[[int, int], bool] = is_zero) -> Finding:
    """Compare (9) with "dy = 0 and (1 - d)y = 0" at one neuron."""
    nine = d == 0 if y == 0 else True
    both_zero = d * y == 0 and (1 - d) * y == 0
    as_transcribed = by_counterexample(
        f"one neuron with y = {y} and d = {d}",
        f"dy = {d * y} and (1 - d)y = {(1 - d) * y}, so both are zero: {both_zero}",
        f"(9), d = 0 if y = 0: {nine}; the hypothesis y = 0 of (9): {y == 0}",
        holds=nine == both_zero,
        points=[("(y, d)", (y, d))],
    )
    return with_correction(
        as_transcribed,
        "dy = 0 and (1 - d)y = 0 exactly when y = 0, whatever d is",
        by_proof(
            "all y, by its sign, and all d in {0, 1}",
            [
                f"y = {sign}, d = {bit}"
                for sign, bit in product((-1, 0, 1), (0, 1))
                if (bit * sign == 0 and (1 - bit) * sign == 0) != corrected(sign, bit)
            ],
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C2",
    title="(9) happens if and only if both products are zero",
    sentence=r"""We impose [\(9\)](#page-3-5), which thus happens if and only if $(D_k y_k)_i = 0$ and
    $((\mathbf{I} - \mathbf{D}_k)\mathbf{y}_k)_i = 0$.""",
    source="Section 3, after (9)",
    reading="For every y and d in {0, 1}: d satisfies (9) exactly when dy = 0 and (1 - d)y = 0.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
