"""Lemma A.6. Every network with biases is one of the restricted space on the slice (x, 1, -1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, Neuron, Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.shallow.embedding import embed

from ..stability_proofs.lemma_a_6 import lemma_a_6, lemma_a_6_statement
from ..statements.expressions import Expression
from ..traced_formulas import canonical_form, restricted_space_violations
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

SHAPES = ((1, 1, 1), (1, 4, 1), (2, 3, 1), (2, 4, 2), (3, 4, 3))
NETWORKS = tuple(tried_networks("lemma A.6", SHAPES, count=120))


def construction(gamma: Parametrization) -> Parametrization:
    """Return the neurons ((a, p, q)/n, n c) with p - q = b: balanced, p, q > 0; zero ones are (0, 0)."""
    return embed(gamma).after


def check(
    networks: Sequence[Network] = NETWORKS,
    embedding: Callable[[Parametrization], Parametrization] = construction,
    statement: Expression | None = None,
) -> Finding:
    """Prove it; construct Gamma* for networks, compare canonical forms, decide Definition 3.2."""
    wanted = lemma_a_6_statement() if statement is None else statement
    proved = by_kernel(
        wanted,
        lemma_a_6,
        "y runs over all (x, 1, -1): y_d = 1, y_(d+1) = -1, and D >= 1; h are the biases, e the output bias",
    )
    return by_two_roads(proved, trial(networks, embedding))


def trial(networks: Sequence[Network], embedding: Callable[[Parametrization], Parametrization]) -> Finding:
    """Embed each network."""

    def failure(network: Network) -> Failure | None:
        gamma = Parametrization.of_network(network)
        star = embedding(gamma)
        if (star.inputs, star.width) != (gamma.inputs + 2, gamma.width + 1):
            return f"Gamma* has {star.inputs} inputs and {star.width} neurons"
        violations = restricted_space_violations(star)
        if violations:
            return f"outside the restricted space: {violations[0]}"
        if canonical_form(on_slice(star)) != canonical_form(gamma):
            return "R(Gamma*)(x, 1, -1) is another function"
        return None

    return by_trial(
        networks,
        failure,
        "m + 1 neurons, d + 2 inputs: balanced, distinct directions, last two coordinates positive, rational",
        "R(Gamma*)(x, 1, -1) and R(Gamma)(x) have equal canonical forms, so they agree on all of R^d",
    )


def on_slice(star: Parametrization) -> Parametrization:
    """Return x -> R(Gamma*)(x, 1, -1): a neuron (a, p, q) becomes one with the bias p - q."""
    neurons = tuple(Neuron(n.weight[:-2], n.coefficient, n.weight[-2] - n.weight[-1]) for n in star.neurons)
    return Parametrization(star.inputs - 2, star.outputs, neurons, star.output_bias)


CLAIM = PaperClaim(
    id="berner/lemma-A.6",
    title="Lemma A.6: networks with biases embed into the restricted space",
    sentence="""Since it can be written as and observe that , , and . For let In order to balance the
    network, let and for every . Then the claim follows by direct computation.""",
    source="Appendix A.3.1, Lemma A.6",
    reading="""Our reconstruction: for every Gamma with biases d -> D and m neurons there is Gamma* of the
    space of Definition 3.2, d + 2 -> D with m + 1 neurons, with R(Gamma*)(x, 1, -1) = R(Gamma)(x) for all
    x. The construction is ours and needs no roots.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
