"""Lemma A.7. With fixed directions there is inverse stability in the uniform norm."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Domain, Parametrization, lemma_a7_constant, sup_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.uniform_norm import lemma_a_7, lemma_a_7_statement
from ..statements.expressions import Expression
from ..traced_formulas import gradient_distance, parameter_distance
from ..traces import traced
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads

Rows = Sequence[Sequence[int]]
ROWS: tuple[Rows, ...] = (
    ((1, 1),),
    ((1, 1), (1, 2)),
    ((2, 1), (1, 1), (1, 3)),
    ((1, 1), (100, 101)),  # nearly parallel: a large constant
    ((1, 1, 1), (-1, 1, 2), (2, 1, 1)),
)
PAIRS_PER_ROWS = 8


def check(
    cases: Sequence[Rows] = ROWS, share: Fraction = Fraction(1), statement: Expression | None = None
) -> Finding:
    """Prove it; compute C' by linear programs, decide both inequalities, see that C' is attained.

    ``share`` multiplies C'.
    """
    wanted = lemma_a_7_statement() if statement is None else statement
    return by_two_roads(by_kernel(wanted, lemma_a_7, "d = n + 2; C is C_A"), trial(cases, share))


def trial(cases: Sequence[Rows], share: Fraction) -> Finding:
    """Compute C' and compare."""
    constants = [lemma_a7_constant(rows).gradient_constant for rows in cases]

    def failure(case: tuple[Rows, Fraction]) -> Failure | None:
        rows, constant = case
        return attained_failure(rows, share * constant) or pairs_failure(rows, share * constant)

    return by_cases(
        list(zip(cases, constants, strict=True)),
        failure,
        f"{PAIRS_PER_ROWS} pairs each: |h|_W <= C' ||h||_inf on (-1, 1)^d for h = g - R(Gamma) (137), and "
        "||Phi "
        "- Gamma||^2 <= 4 C' ||g - R(Gamma)||_inf, so C_A = 2 C'^(1/2) serves; pi = id, Phi is the given one",
        *(f"a_i = {tuple(rows)}: C' = {value}" for rows, value in zip(cases, constants, strict=True)),
        "C' is the optimum of linear programs, one for each cell and input; the h of each optimum attains it",
        noun="lists of directions",
    )


def attained_failure(rows: Rows, constant: Fraction) -> Failure | None:
    """See that the h of the optimum has ||h||_inf = 1 and |h|_W = C'."""
    h = Parametrization.from_rationals(rows, [[c] for c in lemma_a7_constant(rows).coefficients])
    zero = Parametrization.from_rationals(rows, [[0]] * len(rows))
    cube = Domain.box([(-1, 1)] * len(rows[0]))
    sup, slope = sup_distance(h, zero, cube).value, gradient_distance(h, zero).value
    return (
        None if sup == 1 and slope == constant else f"{rows}: ||h|| = {sup}, |h|_W = {slope}, C' = {constant}"
    )


def pairs_failure(rows: Rows, constant: Fraction) -> Failure | None:
    """Decide the inequalities for drawn Gamma, Theta with a_i = lambda_i a_i and |c_i| = lambda_i ||a_i||."""
    rng = random.Random(str(rows))
    cube = Domain.box([(-1, 1)] * len(rows[0]))
    for _ in range(PAIRS_PER_ROWS):
        gamma, theta = (balanced_on(rows, rng) for _ in range(2))
        sup = sup_distance(theta, gamma, cube).value
        slope, distance = gradient_distance(theta, gamma).value, parameter_distance(theta, gamma)
        if slope > constant * sup or distance * distance > 4 * constant * sup:
            return f"{rows}: ||h|| = {sup}, |h|_W = {slope}, ||Phi - Gamma|| = {distance}, C' = {constant}"
    return None


@traced
def balanced_on(rows: Rows, rng: random.Random) -> Parametrization:
    """Return a member of the space with the given directions."""
    factors = [Fraction(rng.randint(0, 6), rng.randint(1, 4)) for _ in rows]
    weights = [[factor * entry for entry in row] for row, factor in zip(rows, factors, strict=True)]
    return Parametrization.from_rationals(
        weights, [[rng.choice((1, -1)) * max(map(abs, weight))] for weight in weights]
    )


CLAIM = PaperClaim(
    id="berner/lemma-A.7",
    title="Lemma A.7: inverse stability in the uniform norm for fixed directions",
    sentence="""Then for every there is such that we have uniform inverse stability w.r.t. . That is, for
    all and there exists a parametrization with Note that the non-zero angle between the hyperplanes given
    by the weight vectors establishes that the minimal perimeter inside each linear region intersected with
    is lower bounded.""",
    source="Appendix A.4, Lemma A.7",
    reading="""Our reconstruction: a_1, ..., a_m with different directions and positive last two
    coordinates. For balanced Gamma, Phi with rows lambda_i a_i and g = R(Phi): ||Phi - Gamma||_inf <= C_A
    ||g - R(Gamma)||^(1/2) in L^inf((-1, 1)^d), with C_A that depends on the a_i alone.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
