"""B3. Theorem 1.3 asks for stability on all of Omega_N, Theorem 3.3 gives it on the restricted space only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..fibre_bounds import line_bound
from ..parametrization_texts import as_network, written_parametrization
from ..stability_proofs.denials import not_stable_on_levels, stable_on_levels
from ..stability_proofs.restricted import theorem_3_3, theorem_3_3_statement
from ..statements.expressions import number
from ..traced_formulas import gradient_distance, restricted_space_violations, theorem_33
from ..tried_pairs import Pair, restricted_pairs
from ..verdicts import Failure, by_cases, by_counterexample, by_kernel, by_two_roads, with_hypothesis

LEVEL = Fraction(1)  # Lambda(f) = |f|_W, a norm, so quasi-convex; Omega_N = {Phi : |R(Phi)|_W <= 1}
GAMMA = Parametrization.from_rationals([[1, 0]], [[0]])
PAIRS = tuple(restricted_pairs("B3", 150))


def check(gamma: Parametrization = GAMMA, pairs: Sequence[Pair] = PAIRS, s: int = 4) -> Finding:
    """Find Gamma and g_k in Omega_N against (s, 1/2); then Theorem 3.3 within the restricted space."""
    k = 4 * s * s  # then s (1/k)^(1/2) = 1/2
    g = Parametrization.from_rationals([[0, 1]], [[Fraction(1, k)]])
    far, near = line_bound(gamma, g), gradient_distance(g, gamma).value
    as_transcribed = by_counterexample(
        f"Lambda(f) = |f|_W, C = {LEVEL}, N = (2, 1, 1), Gamma = {written_parametrization(gamma)}, g = "
        f"R({written_parametrization(g)}): Lambda is {slope(gamma)} and {slope(g)}",
        f"|g - R(Gamma)|_W = {near}, while every Phi with R(Phi) = g has ||Phi - Gamma|| >= {far}; {s} * "
        f"{near}^(1/2) "
        "is less. The same with every s, alpha, for large k (Example 2.2)",
        f"Gamma is not in the restricted space: {'; '.join(map(str, restricted_space_violations(gamma)))}",
        holds=far**2 <= s * s * near,
        hypotheses={"Gamma and g lie in Omega_N and R(Omega_N)": max(slope(gamma), slope(g)) <= LEVEL},
        networks=[as_network(gamma), as_network(g)],
    )
    return with_hypothesis(
        "Omega_N is intersected with the space of Definition 3.2 (Lambda sees R(Phi) only, so the proof is "
        "the same)",
        by_two_roads(
            by_kernel(stable_on_levels(s), lambda: not_stable_on_levels(s), refutes=True),
            as_transcribed,
            refutes=True,
        ),
        by_two_roads(
            by_kernel(
                theorem_3_3_statement(number(s)),
                lambda: theorem_3_3(number(s), s * s),
                "Phi is in Omega_N too, as R(Phi) = g",
            ),
            by_cases(
                list(filter(regular, map(scaled, pairs))),
                lambda pair: stability_failure(pair, s),
                "pairs with |R|_W <= 1 for both",
            ),
        ),
    )


def slope(shallow: Parametrization) -> Fraction:
    """Return Lambda(R(Phi)) = |R(Phi)|_W."""
    zero = Parametrization.from_rationals([[0] * shallow.inputs], [[0] * shallow.outputs])
    return gradient_distance(shallow, zero).value


def scaled(pair: Pair) -> Pair:
    """Return the pair with all parameters divided by one integer, so that |R|_W <= 1."""
    n = 1
    while max(map(slope, pair)) > LEVEL * n * n:
        n += 1
    one, two = (
        Parametrization.from_rationals(
            [[a / n for a in m.weight] for m in p.neurons],
            [[c / n for c in m.coefficient] for m in p.neurons],
        )
        for p in pair
    )
    return one, two


def regular(pair: Pair) -> bool:
    """Return whether both lie in Omega_N and in the restricted space."""
    return not any(map(restricted_space_violations, pair)) and max(map(slope, pair)) <= LEVEL


def stability_failure(pair: Pair, s: int) -> Failure | None:
    """Decide ||Phi - Gamma||^2 <= s^2 delta."""
    found = theorem_33(*pair)
    if found.distance is None or found.distance * found.distance > s * s * found.delta:
        return f"delta = {found.delta}, the nearest Phi is {found.distance} away"
    return None


CLAIM = PaperClaim(
    id="berner/B3",
    title="Theorem 1.3 applies with Theorem 3.3",
    sentence="""note that here it is important to have an inverse stability result, where the parameters do
    not depend on the size of the architecture, which we achieve for and .""",
    source="Section 1.2, after Theorem 1.3",
    reading="""Our reconstruction: for L = 2 the realization map is (4, 1/2) inverse stable w.r.t. |.|_W on
    Omega_N = {Phi : Lambda(R(Phi)) <= C}, the hypothesis of Theorem 1.3.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
