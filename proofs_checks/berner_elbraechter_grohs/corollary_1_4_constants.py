"""Corollary 1.4. The radius r^2/16 (and r^2/8), augmented problems, and regularized ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from exactrelu import Network, Parametrization, realization_radius, restricted_space_violations
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.shallow.embedding import embed
from exactrelu.stability.stability_constants import SHARP, THEOREM_3_3

from ..kernel.rules import Theorem, together
from ..stability_proofs.corollary import claim_1, claim_1_statement, claim_2, claim_2_statement
from ..stability_proofs.near_optimality import claim_3
from ..stability_proofs.regularized_problem import claim_3_statement
from ..statements.expressions import Expression, both
from ..traces import traced
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("corollary 1.4", ((1, 2, 1), (2, 3, 1), (2, 2, 2), (3, 4, 2)), count=60))
RADII = (Fraction(1, 9), Fraction(1), Fraction(10))


def check(
    networks: Sequence[Network] = NETWORKS,
    constants: tuple[int, int] = (16, 8),
    more: int = 1,
    third: Expression | None = None,
) -> Finding:
    """Prove the three claims; compare radii and the outputs of embedded networks."""
    first = [claim_1_statement(constant) for constant in constants]
    statement = both(*first, claim_2_statement(more), claim_3_statement() if third is None else third)
    proved = by_kernel(
        statement,
        proof,
        "d = n + 2 in claim 1; X are the samples, Y the labels, the loss is N times the mean squared error; "
        "claim 1 with r^2/16, then with r^2/8; claim 2: the samples are (x, 1, -1), with one neuron more",
        "claim 3: S = {Lambda <= C} and the loss as in theorem-1.3, for any loss of realizations that is "
        "convex and Lipschitz on S; Omega_N = {Phi of width m in the space of Definition 3.2 : R(Phi) in S}; "
        "Phi runs over a set that has all networks, R(Phi) over one in which equal functions are one",
        "what theorem-1.3 asks of architectures and of stability is proved for these spaces: larger ones "
        "realize more, mixtures of their realizations are realizations, and by Theorem 3.3 the radius is "
        "r^2/8 in each",
    )
    return by_two_roads(proved, trial(networks, constants))


def proof() -> Theorem:
    """Claim 1 with both constants, claim 2 and claim 3."""
    return together(claim_1(16), claim_1(8), claim_2(), claim_3())


def trial(networks: Sequence[Network], constants: tuple[int, int]) -> Finding:
    """Compare the radii with Proposition 1.2; then the loss of each network with that of its embedding."""
    wrong = [
        f"r = {r}: the radii are {found}, not r^2/{constants[0]} and r^2/{constants[1]}"
        for r in RADII
        for found in [(THEOREM_3_3.realization_radius(r), SHARP.realization_radius(r))]
        if found != tuple(r * r / constant for constant in constants)
        or realization_radius(r, 4, "1/2") != found[0]
    ]
    if wrong:
        return Finding(ClaimVerdict.REFUTED, tuple(wrong))
    return by_trial(
        networks,
        embedding_failure,
        "claim 1: Theorem 3.3 gives (s, alpha) = (4, 1/2), so by Proposition 1.2 the radius is (r/4)^2 = "
        "r^2/16; "
        "with the sharp s = 2 sqrt(2) it is r^2/8",
        "claim 2: the embedding of Lemma A.6 has one more neuron, satisfies C.1-C.3, and has the same "
        "outputs on "
        "(x, 1, -1), so the same loss on all data",
    )


def embedding_failure(network: Network) -> Failure | None:
    """Compare both losses on a grid of samples with labels that differ."""
    gamma = Parametrization.of_network(network)
    star = embed(gamma).after
    if star.width != gamma.width + 1 or restricted_space_violations(star):
        return f"the embedding has {star.width} neurons, or lies outside: {restricted_space_violations(star)}"
    for x in product((-2, Fraction(1, 3), 5), repeat=network.inputs):
        one, two = outputs(star, gamma, x)
        if one != two:
            return f"at x = {x} the outputs differ: {one}, not {two}"
    return None


@traced
def outputs(star: Parametrization, gamma: Parametrization, x: Sequence[Any]) -> tuple[Any, Any]:
    """Return the outputs of the embedding at (x, 1, -1) and of the network at x."""
    return star((*x, 1, -1)), gamma(x)


CLAIM = PaperClaim(
    id="berner/corollary-1.4",
    title="Corollary 1.4: the radius r^2/16, and the augmented problem is at least as good",
    sentence="""the network is balanced, i.e. , no non-zero weight vectors in the first layer are redundant,
    i.e. , the last two coordinates of each weight vector are strictly positive. The global minimum of (17)
    is at least as good as the global minimum of (15), i.e.""",
    source="Section 1.3, Corollary 1.4; proof in Appendix A.1.2",
    reading="""Our reconstruction: a local minimum of (17) of radius r is one among the realizations of
    radius r^2/16 (here also: r^2/8), and every network with biases has the outputs of some augmented one
    without, with one more neuron, on all data. (Of infima, see B5.) With S = {Lambda <= C} as in
    Theorem 1.3, local minima of radius r on Omega_N are optimal up to eps, for all large widths.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
