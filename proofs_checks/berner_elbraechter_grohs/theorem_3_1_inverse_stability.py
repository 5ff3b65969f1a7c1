"""Theorem 3.1. Near Gamma there is a Phi that realizes g: the proof as an algorithm, decided for pairs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Parametrization, theorem_31
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import written_parametrization
from ..stability_proofs.theorem_3_1 import theorem_3_1, theorem_3_1_statement
from ..traced_formulas import canonical_form, gradient_distance
from ..tried_pairs import Pair, restricted_pairs, scalar_pairs
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads, untried

_DRAWN = scalar_pairs("theorem 3.1", 500)
_RESTRICTED = [pair for pair in restricted_pairs("theorem 3.1", 120) if pair[0].outputs == 1]
PAIRS = (*_DRAWN, *_RESTRICTED)


def satisfies_hypotheses(pair: Pair) -> bool:
    """Return whether C.2, C.3a and C.3b hold with the given Theta; C.1 does with the smallest beta."""
    gamma, theta = (directions(shallow.network().layers[0].weight) for shallow in pair)
    opposite = {tuple(-entry for entry in row) for row in (*gamma, *theta)}
    return len(set(gamma)) == len(gamma) and not opposite & {*gamma, *theta}


def directions(rows: Sequence[Sequence[Fraction]]) -> list[tuple[Fraction, ...]]:
    """Return a_i / ||a_i||_inf for i with a_i != 0."""
    return [tuple(entry / max(map(abs, row)) for entry in row) for row in rows if any(row)]


def least_beta(pair: Pair, delta: Fraction) -> Fraction:
    """Return the smallest beta >= |c_i|, ||a_i||_inf for all i with ||c_i a_i||_inf <= 2 delta."""
    sizes = [(max(map(abs, n.weight)), abs(n.coefficient[0])) for n in pair[0].neurons]
    return max((max(a, c) for a, c in sizes if a * c <= 2 * delta), default=Fraction(0))


def check(pairs: Sequence[Pair] = PAIRS, factor: Fraction = Fraction(2)) -> Finding:
    """Prove it; construct Phi for pairs: R(Phi) = g by canonical forms, the bound by squares."""
    proved = by_kernel(
        theorem_3_1_statement(factor),
        theorem_3_1,
        "the steps are (83) to (115) of the proof: merging, matching half-spaces, the permutation, rescaling",
        "Gamma = (a, c), Theta = (b, e), Phi = (a', c'); the conditions in their order: C.1, C.2, C.3a, C.3b",
    )
    return by_two_roads(proved, trial(pairs, factor))


def trial(pairs: Sequence[Pair], factor: Fraction) -> Finding:
    """Decide the conclusion for each pair that satisfies the hypotheses."""
    chosen = [pair for pair in pairs if satisfies_hypotheses(pair)]
    if not chosen:
        return untried("no pair satisfies the hypotheses")
    equal = sum(canonical_form(gamma) == canonical_form(theta) for gamma, theta in chosen)
    return by_cases(
        chosen,
        lambda pair: bound_failure(pair, factor),
        f"C.2 and C.3 hold for these of the {len(pairs)} pairs given; R(Theta) = R(Gamma) for {equal} of "
        "them",
        "beta is the smallest with which C.1 holds; Phi is rational, R(Phi) = g by equal canonical forms, "
        "and "
        "(||Phi - Gamma|| - beta)^2 <= 4 delta is decided, with the distance computed from the parameters",
        "balanced Gamma: beta^2 = 2 delta serves, and ((2 + sqrt(2)) delta^(1/2))^2 <= 16 delta",
    )


def bound_failure(pair: Pair, factor: Fraction) -> Failure | None:
    """Decide the conclusion of the theorem for one pair."""
    gamma, theta = pair
    delta, found = gradient_distance(theta, gamma).value, theorem_31(gamma, theta)
    names = f"Gamma = {written_parametrization(gamma)}, g = R({written_parametrization(theta)})"
    if found.phi is None or canonical_form(found.phi) != canonical_form(theta):
        return f"{names}: no Phi with R(Phi) = g"
    beta = least_beta(pair, delta)
    distance = max(abs(x - y) for x, y in zip(numbers(found.phi), numbers(gamma), strict=True))
    over = distance - beta
    if over > 0 and over * over > factor**2 * delta:
        return f"{names}: delta = {delta}, beta = {beta}, but ||Phi - Gamma|| = {distance}"
    return None


def numbers(shallow: Parametrization) -> list[Fraction]:
    """Return all weights and coefficients of a rational parametrization."""
    return [entry for n in shallow.neurons for entry in (*n.weight, *n.coefficient)]


CLAIM = PaperClaim(
    id="berner/theorem-3.1",
    title="Theorem 3.1: inverse stability under C.1, C.2 and C.3",
    sentence=r"""It holds for all with that . It holds for all with that . There exists a parametrization
    \Theta=\Big{(}\big{[}a_{1}^{\Theta}\big{|}\dots\big{|}a_{m}^{\Theta}\big{]}^{T},c^{\Theta}\Big{)}\in\mathcal{N}_{N}
    such that and it holds for all with that and for all with that , it holds for all , that where . Then
    there exists a parametrization with""",
    source="Section 3, Theorem 3.1; proof in Appendix A.3.2",
    reading="""Our reconstruction: D = 1, delta = |g - R(Gamma)|_W. C.1: |c_i|, ||a_i|| <= beta if ||c_i
    a_i|| <= 2 delta. C.2: no two a_i of Gamma have one direction. C.3: g = R(Theta) with as many neurons,
    (a) no two opposite directions in Gamma nor in Theta, (b) none between them. Then some Phi has R(Phi) =
    g and ||Phi - Gamma||_inf <= beta + 2 delta^(1/2).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
