"""B4. A rotation-invariant Lambda with compact S allows no kinks, so Theorem 1.3 is empty there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from exactrelu import Parametrization, canonical_form, gradient_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply
from ..tried_pairs import Pair, scalar_pairs
from ..verdicts import by_counterexample

Rotation = Sequence[Sequence[Fraction]]
Q: Rotation = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))
COPIES = 12
PAIRS = tuple(scalar_pairs("B4", 120))


def check(rotation: Rotation = Q, pairs: Sequence[Pair] = PAIRS, copies: int = COPIES) -> Finding:
    """Compute the distances of f(x) = relu(<Q^j e, x>), j < ``copies``; and the bound on jumps for pairs."""
    rows = [[Fraction(1), Fraction(0)]]
    for _ in range(copies - 1):
        rows.append(apply(rotation, rows[-1]))
    functions = [Parametrization.from_rationals([row], [[1]]) for row in rows]
    distances = [gradient_distance(f, g).value for f, g in combinations(functions, 2)]
    least = min(distances, default=Fraction(0))
    return by_counterexample(
        "computed: a jump of the gradient across a hyperplane H changes by at most 2 |f - g|_W, as the "
        "gradients on "
        f"both sides of H change by at most |f - g|_W each; decided for {len(pairs)} pairs and all their "
        "hyperplanes",
        f"computed: f_j(x) = relu(<Q^j e_1, x>), Q = (3/5, -4/5; 4/5, 3/5), j < {copies}: the least |f_i - "
        "f_j|_W is "
        f"{least}, with square at least 1/8",
        "argued: the directions Q^j e_1 are different for all j, up to sign too (3 + 4i = (2 + i)^2, and 2 "
        "+ i, 2 - i "
        "are different primes, so (3 + 4i)/5 is no root of unity); each f_j has on its own hyperplane a "
        "jump of norm "
        "at least 2^(-1/2), the others have none, so |f_i - f_j|_W >= 2^(-3/2) for all i != j",
        "argued: so a set that holds f_0 and with each f all its rotations is not totally bounded in "
        "|.|_W, hence "
        "not compact; likewise with a jump of any size e instead of 1. Norms of the usual Besov spaces "
        "have rotation-"
        "invariant sublevel sets (up to equivalent norms): then S compact holds no f with a kink, "
        "R(Omega_N) is linear",
        "not proved here: anything about a particular Besov norm",
        holds=not all(distance**2 >= Fraction(1, 8) for distance in distances) or not distances,
        hypotheses={
            "Q is a rotation: Q^T Q = 1": is_rotation(rotation),
            "jumps change by at most 2 |f - g|_W": bool(pairs) and all(map(jumps_are_controlled, pairs)),
        },
    )


def is_rotation(matrix: Rotation) -> bool:
    """Return whether the columns are orthonormal."""
    (a, b), (c, d) = matrix
    return a * a + c * c == b * b + d * d == 1 and a * b + c * d == 0


def jumps_are_controlled(pair: Pair) -> bool:
    """Decide |jump of f - jump of g| <= 2 |f - g|_W across each hyperplane of either."""
    delta = gradient_distance(*pair).value
    difference = canonical_form(pair[0]) - canonical_form(pair[1])
    return all(abs(kink.jump[0]) * max(map(abs, kink.functional)) <= 2 * delta for kink in difference.kinks)


CLAIM = PaperClaim(
    id="berner/B4",
    title="suitable Lambda would be Besov norms",
    sentence="""Suitable would be Besov norms which constitute a common regularizer in image and signal
    processing.""",
    source="Section 1.2, after Theorem 1.3",
    reading="""Our reconstruction: for the semi-norm |.|_W of Theorem 3.3, a Lambda whose sublevel sets are
    invariant under rotations gives a compact S that holds realizations with kinks.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
