"""C1. The bit of (6) is the only one that satisfies (7), (8) and (9)."""

from __future__ import annotations

from collections.abc import Callable

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import by_proof

# The conditions compare d y, (1 - d) y and y with 0, so only the sign of y matters: three cases of y.
SIGNS, BITS = (-1, 0, 1), (0, 1)


def bit_of_6(y: int) -> int:
    """(6): 1 if y > 0, else 0."""
    return 1 if y > 0 else 0


CONDITIONS: tuple[Callable[[int, int], bool], ...] = (
    lambda d, y: d * y >= 0,  # (7)
    lambda d, y: (1 - d) * y <= 0,  # (8)
    lambda d, y: d == 0 if y == 0 else True,  # (9)
)


def check(
    bit: Callable[[int], int] = bit_of_6, conditions: tuple[Callable[[int, int], bool], ...] = CONDITIONS
) -> Finding:
    """Compare d = [y > 0] with (7)-(9) in all six cases."""
    failures = [
        f"y = {y}, d = {d}: (6) says {d == bit(y)}, the conditions say {all(c(d, y) for c in conditions)}"
        for y in SIGNS
        for d in BITS
        if (d == bit(y)) != all(condition(d, y) for condition in conditions)
    ]
    return by_proof("all y and all d in {0, 1}: three signs of y, two values of d", failures)


CLAIM = PaperClaim(
    id="heinecke-hwang/C1",
    title="(6) is equivalent to (7), (8) and (9)",
    sentence=r"""Note that for a $\{0,1\}$ -entry diagonal matrix \mathbf{D}_k , (6) is equivalent to
    imposing the conditions $$ 0 \leq D_k y_k, \tag{7} $$ $$ (\mathbf{I} - \mathbf{D}_k)\mathbf{y}_k \le
    \mathbf{0} \text{ and } \tag{8} $$ $$ d_{k,i} = 0 \text{ if } y_{k,i} = 0. \tag{9}""",
    source="Section 3, (6)-(9)",
    reading="""For every real y and d in {0, 1}: d = [y > 0] exactly when dy >= 0, (1 - d)y <= 0 and (y =
    0 => d = 0).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
