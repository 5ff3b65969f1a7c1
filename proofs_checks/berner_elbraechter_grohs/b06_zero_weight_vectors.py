"""B6. "Each weight vector strictly positive" excludes the zero vectors that the clause before allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Network, Neuron, Parametrization, canonical_form, restricted_space_violations
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.shallow.embedding import embed

from ..kernel.rules import Theorem, assume, discharge, together
from ..parametrization_texts import as_network, written_parametrization
from ..proving.certificates import arith
from ..proving.tactics import parts, use, with_witness
from ..stability_proofs.lemma_a_6 import lemma_a_6, lemma_a_6_statement, strict_lemma_a_6
from ..stability_proofs.names import below, is_zero, row
from ..stability_proofs.restricted_space import is_strictly_restricted
from ..statements.expressions import FALSE, NATURAL, REAL, Expression, both, exists, variable
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

WITH_ZERO = Parametrization.from_rationals([[1, 2], [0, 0]], [[2], [0]])
NETWORKS = tuple(tried_networks("B6", ((1, 3, 1), (2, 3, 1), (2, 2, 2)), count=60))


n, m, i, l = (variable(name, NATURAL) for name in ("n", "m", "i", "l"))
a = variable("a", REAL, NATURAL, NATURAL)
EVERY = below(l, m, both(a(l, n) > 0, a(l, n + 1) > 0))
STATEMENT = exists(n, m, a, i, both(i < m, is_zero(row(a, i), n + 2), EVERY))


def refutation() -> Theorem:
    """The last entry of the zero vector is 0."""

    def found(n: Expression, _m: Expression, _a: Expression, i: Expression, known: Theorem) -> Theorem:
        inside, zero, every = parts(known)
        return arith(FALSE, use(zero, n, arith(n < n + 2)), parts(use(every, i, inside))[0])

    return discharge(STATEMENT, with_witness(assume(STATEMENT), found))


def check(
    gamma: Parametrization = WITH_ZERO,
    networks: Sequence[Network] = NETWORKS,
    statement: Expression = STATEMENT,
    embeddings: Expression | None = None,
) -> Finding:
    """Decide Definition 3.2 in both readings of its last clause; then replace zero neurons by dead ones."""
    support, every = (restricted_space_violations(gamma, reading) for reading in ("support", "all"))
    computed = by_counterexample(
        f"{written_parametrization(gamma)}: last clause for a_i != 0: {_text(support)}",
        f"last clause for all i: {_text(every)}",
        "C.2 speaks of non-zero weight vectors, so it allows zero ones; C.3 as it stands does not",
        holds=not every,
        hypotheses={"C.1 and C.2 hold": not support},
        networks=[as_network(gamma)],
    )
    as_transcribed = by_two_roads(by_kernel(statement, refutation, refutes=True), computed, refutes=True)
    return with_correction(
        as_transcribed,
        "either reading: a zero neuron may be replaced by ((0, ..., 0, p, q), c) with 0 < p < q, which is "
        "dead on the "
        "slice (x, 1, -1), so Lemma A.6 holds in both",
        corrected_finding(networks, embeddings_statement() if embeddings is None else embeddings),
    )


def embeddings_statement() -> Expression:
    """Return Lemma A.6 for both readings of the last clause."""
    return both(lemma_a_6_statement(), lemma_a_6_statement(is_strictly_restricted))


def embeddings_proof() -> Theorem:
    """A neuron that is 0 is embedded as one with the bias -1, in a direction that no row has."""
    return together(lemma_a_6(), strict_lemma_a_6())


def corrected_finding(networks: Sequence[Network], statement: Expression) -> Finding:
    """Prove Lemma A.6 in both readings; construct the embeddings of networks."""
    proved = by_kernel(
        statement,
        embeddings_proof,
        "Lemma A.6 for the space of Definition 3.2, then with the last two coordinates of each weight "
        "vector positive: none is zero then, and q / p of the dead neurons is that of no other row",
    )
    return by_two_roads(proved, by_trial(networks, failure))


def failure(network: Network) -> Failure | None:
    """Embed, replace zero neurons by dead ones, decide the strict reading, compare the functions."""
    gamma = Parametrization.of_network(network)
    star = embed(gamma).after
    neurons, size = list(star.neurons), Fraction(1)
    for i, neuron in enumerate(neurons):
        if neuron.is_constant:
            size += 1
            zeros = (Fraction(0),) * gamma.inputs
            neurons[i] = Neuron((*zeros, Fraction(1), size), (size, *neuron.coefficient[1:]))
    star = replace(star, neurons=tuple(neurons))
    violations = restricted_space_violations(star, "all")
    sliced = [Neuron(n.weight[:-2], n.coefficient, n.weight[-2] - n.weight[-1]) for n in star.neurons]
    on_slice = Parametrization(gamma.inputs, gamma.outputs, tuple(sliced), star.output_bias)
    if violations or canonical_form(on_slice) != canonical_form(gamma):
        return f"{_text(violations)}; or another function on the slice"
    return None


def _text(violations: Sequence[object]) -> str:
    return "; ".join(map(str, violations)) or "satisfied"


CLAIM = PaperClaim(
    id="berner/B6",
    title="Corollary 1.4: conditions C.2 and C.3 agree on zero weight vectors",
    sentence="""no non-zero weight vectors in the first layer are redundant, i.e. , the last two coordinates
    of each weight vector are strictly positive.""",
    source="Section 1.3, Corollary 1.4, C.2 and C.3",
    reading="""A parametrization with a zero weight vector that satisfies C.1 and C.2, which speaks of the
    non-zero ones, can satisfy C.3 for "each weight vector".""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
