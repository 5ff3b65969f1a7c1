"""B8. Definition 1.1 with a semi-norm: with biases |.|_W does not see constants, and nothing is stable."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import as_network, written_parametrization
from ..stability_proofs.denials import not_stable_with_biases, stable_with_biases
from ..stability_proofs.equal_functions import equal_functions, equal_functions_statement
from ..statements.expressions import Expression
from ..traced_formulas import canonical_form, gradient_distance
from ..tried_pairs import Pair, restricted_pairs, scalar_pairs
from ..verdicts import (
    Failure,
    by_argument,
    by_cases,
    by_counterexample,
    by_kernel,
    by_two_roads,
    with_hypothesis,
)

ZERO = Parametrization.from_rationals([[0]], [[0]])
CONSTANT = Parametrization.from_rationals([[0]], [[1]], [1])  # g = 1
PAIRS = (*scalar_pairs("B8", 200), *restricted_pairs("B8", 60))

STATEMENT = stable_with_biases()
denial = not_stable_with_biases
# Without biases: gradients that agree on all cells give one function on all cells.
CORRECTED = equal_functions_statement()
WORDS = "the functions are continuous and the cells dense, so that they agree everywhere"


def check(
    gamma: Parametrization = ZERO,
    theta: Parametrization = CONSTANT,
    pairs: Sequence[Pair] = PAIRS,
    statement: Expression = STATEMENT,
    corrected: Expression = CORRECTED,
) -> Finding:
    """Find different functions at distance 0; then, without biases, see that only equal ones are."""
    delta = gradient_distance(theta, gamma).value
    different = canonical_form(theta) != canonical_form(gamma)
    as_transcribed = by_counterexample(
        f"Gamma = {written_parametrization(gamma)}, g = R(Theta) with the bias {theta.neurons[0].bias}: |g "
        "- R(Gamma)|_W "
        f"= {delta}, and g = {theta((0,) * theta.inputs)[0]} at 0, R(Gamma) = "
        f"{gamma((0,) * gamma.inputs)[0]}",
        "g != R(Gamma), so every Phi with R(Phi) = g has ||Phi - Gamma|| > 0 = s delta^alpha, for all s "
        "and alpha",
        holds=not (different and delta == 0),
        networks=[as_network(theta)],
    )
    tried = by_cases(
        pairs, failure, "|R(Theta) - R(Gamma)|_W = 0 exactly for equal functions: they are 0 at 0"
    )
    return with_hypothesis(
        "no biases, as from Section 2 on: then |.|_W is a norm (with biases add the uniform norm)",
        by_two_roads(
            by_kernel(statement, not_stable_with_biases, refutes=True), as_transcribed, refutes=True
        ),
        by_argument(by_two_roads(by_kernel(corrected, equal_functions), tried), WORDS),
    )


def failure(pair: Pair) -> Failure | None:
    """Decide whether distance 0 and equality of functions agree."""
    delta = gradient_distance(*pair).value
    equal = canonical_form(pair[0]) == canonical_form(pair[1])
    return None if (delta == 0) == equal else f"distance {delta}, functions equal: {equal}"


CLAIM = PaperClaim(
    id="berner/B8",
    title="inverse stability with respect to the Sobolev semi-norm, biases or not",
    sentence="""we present a proof for inverse stability w.r.t. the Sobolev semi-norm on a suitably
    regularized space of parametrizations.""",
    source="Section 1.1, Definition 1.1, with Section 1.2",
    reading="""R can be (s, alpha) inverse stable in the sense of (5) with the semi-norm |.|_W on a space
    with biases in which R(Gamma) and R(Gamma) + 1 both are realizations.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
