"""Lemma A.3. Independent rows: the parametrization is unique up to order and positive scaling."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

from exactrelu import Neuron, Parametrization, locate_in_fibre
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.numbers.linear_algebra import primitive_from_rationals, rank

from ..kernel.rules import Theorem, together
from ..parametrization_texts import written_parametrization
from ..stability_proofs.uniqueness import lemma_a_3, lemma_a_3_statement, stronger_form, stronger_statement
from ..statements.expressions import Expression, both
from ..traced_formulas import canonical_form, fibre_of
from ..tried_pairs import restricted_pairs, scalar_pairs
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads


def is_independent(theta: Parametrization) -> bool:
    """Return whether the a_i are linearly independent and all c_i != 0."""
    if any(n.is_constant or n.has_zero_coefficient for n in theta.neurons):
        return False
    return rank([primitive_from_rationals(n.weight) for n in theta.neurons], theta.inputs) == theta.width


def is_pairwise_independent(theta: Parametrization) -> bool:
    """Return whether no two a_i are parallel, none is 0, and all c_i != 0."""
    return all(not n.is_constant and not n.has_zero_coefficient for n in theta.neurons) and (
        len(canonical_form(theta).kinks) == theta.width
    )


_DRAWN = [p for pair in (*scalar_pairs("A.3", 150), *restricted_pairs("A.3", 60)) for p in pair]
# Sums that vanish: c_1 a_1 + c_2 a_2 + c_3 a_3 = 0, so flips exist; and no sum vanishes with (1, 2).
STAR = Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1]], [[1], [1], [1]])
STAR_AND_MORE = Parametrization.from_rationals([[1, 0], [0, 1], [-2, -2], [1, 2]], [[2], [2], [1], [1]])
CASES = (STAR, STAR_AND_MORE, *filter(is_pairwise_independent, _DRAWN))


def unique(theta: Parametrization) -> Sequence[tuple[int, ...]]:
    """Return the flips of the lemma as it stands: none but the empty one."""
    return ((),) if is_independent(theta) else fibre_of(theta).flips


STATEMENT = both(lemma_a_3_statement(), stronger_statement())


def proof() -> Theorem:
    """The lemma, and its stronger form."""
    return together(lemma_a_3(), stronger_form())


def check(
    cases: Sequence[Parametrization] = CASES,
    flips: Callable[[Parametrization], Sequence[tuple[int, ...]]] = unique,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove both forms; compare the flips with all 2^m, and find permuted, rescaled, flipped copies again."""
    return by_two_roads(by_kernel(statement, proof), trial(cases, flips))


def trial(
    cases: Sequence[Parametrization], flips: Callable[[Parametrization], Sequence[tuple[int, ...]]]
) -> Finding:
    """Compare the flips with brute force."""

    def failure(theta: Parametrization) -> Failure | None:
        expected = tuple(flips(theta))
        if brute_force_flips(theta) != expected:
            return (
                f"{written_parametrization(theta)}: the flips are {brute_force_flips(theta)}, not {expected}"
            )
        return copies_failure(theta, expected)

    independent = sum(map(is_independent, cases))
    return by_cases(
        cases,
        failure,
        f"{independent} of them with independent a_i, as in the lemma: no flip; the others pairwise "
        "independent: "
        "Phi is a permutation, positive rescaling and flip of J with sum_J c_i (x) a_i = 0",
        "why: g has the kink |lambda| c_i across the i-th hyperplane, so each of the m neurons of Phi lies "
        "on "
        "one, up to sign; the signs -1 on J change the linear part by -sum_J c_i (x) a_i; for independent "
        "a_i "
        "and c_i != 0 that is 0 only for J empty",
        noun="parametrizations",
    )


def brute_force_flips(theta: Parametrization) -> tuple[tuple[int, ...], ...]:
    """Return all J for which -a_i instead of a_i, i in J, gives the same function."""
    form = canonical_form(theta)
    subsets = (chosen for r in range(theta.width + 1) for chosen in combinations(range(theta.width), r))
    return tuple(sorted(chosen for chosen in subsets if canonical_form(turned(theta, chosen)) == form))


def turned(theta: Parametrization, chosen: Sequence[int]) -> Parametrization:
    """Return Theta with -a_i for i in ``chosen``."""
    neurons = [
        Neuron(tuple(-entry for entry in n.weight), n.coefficient) if i in chosen else n
        for i, n in enumerate(theta.neurons)
    ]
    return Parametrization(theta.inputs, theta.outputs, tuple(neurons), theta.output_bias)


def copies_failure(theta: Parametrization, flips: Sequence[tuple[int, ...]]) -> Failure | None:
    """Shuffle, rescale, flip and locate Theta: a_i^Phi = s lambda_i a_pi(i), c_i^Phi = c_pi(i) / lambda_i."""
    rng = random.Random(written_parametrization(theta))
    for chosen in flips:
        order = rng.sample(range(theta.width), theta.width)
        factors = [Fraction(rng.randint(1, 9), rng.randint(1, 9)) for _ in order]
        base = turned(theta, chosen).neurons
        neurons = tuple(base[j].rescaled(factor) for j, factor in zip(order, factors, strict=True))
        phi = Parametrization(theta.inputs, theta.outputs, neurons, theta.output_bias)
        found = locate_in_fibre(phi, theta)
        if (
            found is None
            or (found.permutation, found.flipped) != (tuple(order), chosen)
            or any(p != q for p, q in zip(found.factors, factors, strict=True))
        ):
            return f"{written_parametrization(phi)} was located as {found}"
    return None


CLAIM = PaperClaim(
    id="berner/lemma-A.3",
    title="Lemma A.3: uniqueness of the parametrization, and its stronger form",
    sentence="""with linearly independent weight vectors and and let with . Then there exists a permutation
    such that for every there exist with This means that, up to reordering and rebalancing, is the unique
    parametrization of .""",
    source="Appendix A.2.1, Lemma A.3",
    reading="""Our reconstruction: the a_i of Theta linearly independent, all c_i != 0, R(Phi) = R(Theta)
    with as many neurons: a_i^Phi = lambda_i a_pi(i), c_i^Phi = c_pi(i) / lambda_i, lambda_i > 0. For a_i
    that are only pairwise independent the same up to flips of sets J with sum_J c_i (x) a_i = 0.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
