"""B10. Lemma A.3, proof: matching regions and derivatives do not exclude flipped signs."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Neuron, Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.numbers.linear_algebra import primitive_from_rationals, rank

from ..parametrization_texts import as_network, written_parametrization
from ..stability_proofs.denials import no_permutation_for_pairwise, permutation_for_pairwise
from ..stability_proofs.uniqueness import lemma_a_3, lemma_a_3_statement
from ..statements.expressions import Expression
from ..traced_formulas import canonical_form, fibre_of
from ..tried_pairs import scalar_pairs
from ..verdicts import Failure, by_cases, by_counterexample, by_kernel, by_two_roads, with_hypothesis

STAR = Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1]], [[1], [1], [1]])


def is_independent(theta: Parametrization) -> bool:
    """Return whether the a_i are linearly independent and all c_i != 0."""
    if any(n.is_constant or n.has_zero_coefficient for n in theta.neurons):
        return False
    return rank([primitive_from_rationals(n.weight) for n in theta.neurons], theta.inputs) == theta.width


CASES = tuple(filter(is_independent, (p for pair in scalar_pairs("B10", 150) for p in pair)))


# The lemma for pairwise independent rows.
STATEMENT = permutation_for_pairwise()
denial = no_permutation_for_pairwise


def check(
    theta: Parametrization = STAR,
    cases: Sequence[Parametrization] = CASES,
    statement: Expression = STATEMENT,
) -> Finding:
    """Flip all signs of Theta; then, for independent a_i, see that no flip keeps the function."""
    flipped = Parametrization(
        theta.inputs,
        theta.outputs,
        tuple(Neuron(tuple(-a for a in n.weight), n.coefficient) for n in theta.neurons),
        theta.output_bias,
    )
    same = canonical_form(flipped) == canonical_form(theta)
    as_transcribed = by_counterexample(
        f"Theta = {written_parametrization(theta)}, Phi = {written_parametrization(flipped)}: one "
        f"function: {same}",
        "no row of Phi is a positive multiple of one of Theta, so there is no permutation; sum c_i a_i = 0",
        holds=not same,
        hypotheses={
            "all c_i != 0 and no two a_i are parallel": len(canonical_form(theta).kinks) == theta.width,
            "no row of Phi is a positive multiple of one of Theta": not _directions(theta)
            & _directions(flipped),
        },
        networks=[as_network(theta), as_network(flipped)],
    )
    return with_hypothesis(
        "the a_i are linearly independent (the lemma's own hypothesis, which this step has to use)",
        by_two_roads(
            by_kernel(statement, no_permutation_for_pairwise, refutes=True), as_transcribed, refutes=True
        ),
        by_two_roads(
            by_kernel(lemma_a_3_statement(), lemma_a_3),
            by_cases(
                cases,
                failure,
                "independent a_i, c_i != 0: sum_J c_i (x) a_i = 0 for J empty only",
                noun="parametrizations",
            ),
        ),
    )


def failure(theta: Parametrization) -> Failure | None:
    """Return the flips, if there are any."""
    flips = fibre_of(theta).flips
    return None if flips == ((),) else f"{written_parametrization(theta)} has the flips {flips}"


def _directions(theta: Parametrization) -> set[tuple[int, ...]]:
    return {primitive_from_rationals(n.weight) for n in theta.neurons}


CLAIM = PaperClaim(
    id="berner/B10",
    title="Lemma A.3, proof: there must exist a permutation matrix",
    sentence="""In order for to have matching linear regions and matching derivatives on each one of them,
    there must exist a permutation matrix such that for every""",
    source="Appendix A.2.1, proof of Lemma A.3",
    reading="""As the step stands, it uses that Theta has different derivatives on its regions: for c_i != 0
    and pairwise independent a_i, R(Phi) = R(Theta) with as many neurons gives a permutation with positive
    factors.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
