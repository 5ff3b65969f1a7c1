"""Figure 2 (right): without biases only one cone is split, if the first layer has two neurons."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, inner_point, text
from ..kernel.rules import Theorem, together
from ..proving import one_cone
from ..proving.cases import by_cases, finitely_many
from ..proving.certificates import arith
from ..proving.one_cone import NO_BIAS, have_the_signs
from ..proving.refutations import Values, denied, with_pre_activations
from ..proving.tactics import prove, use
from ..proving.witnesses import NetworkWitness, point
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..statements.networks import W, b, n, pre_activations, u, v, w, x, y, z
from ..tried_networks import ENTRIES, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis

# Three neurons x, y, -x; the second layer takes their sum with signs 1, -1, 1.
NETWORK = Network.from_rationals(
    [([[1, 0], [0, 1], [-1, 0]], None), ([[1, -1, 1]], None), ([[1]], None)], name="first layer x, y, -x"
)
SHAPES = ((2, 2, 2, 2), (2, 2, 1, 1))


POINTS = ((2, 1), (1, 2), (-2, 1), (-1, 2))


q, r = variable("q", REAL, NATURAL), variable("r", REAL, NATURAL)
# If x, u lie in one cone of the first layer and q, r in one, and the second layer splits both, they are one.
STATEMENT = forall(
    *(n, W, b, x, u, q, r, y, v, w, z),
    implies(
        both(eq(n(0), 2), NO_BIAS),
        both(pre_activations(y, x), pre_activations(v, u), pre_activations(w, q), pre_activations(z, r)),
        both(have_the_signs(y, v, 1), have_the_signs(w, z, 1)),
        both(negation(have_the_signs(y, v, 2)), negation(have_the_signs(w, z, 2))),
        have_the_signs(y, w, 1),
    ),
)
# With two neurons and the hypothesis: the cone of (1, 1) is split, and no other.
REPAIRED, repair = one_cone.STATEMENT, one_cone.one_cone


def denial() -> Theorem:
    """For x, y, -x the second layer |x| - relu(y) splits the cones x, y > 0 and x < 0 < y."""
    network = NetworkWitness(NETWORK)
    inside = arith(number(0) < 1)

    def build(claim: Theorem) -> Theorem:
        def with_values(values: Values) -> Theorem:
            layers = [network.values(y, p, forward) for (y, forward), p in zip(values, POINTS, strict=True)]
            known = [fact for layer in layers for facts in layer[:2] for fact in facts]
            names, given = zip(*values, strict=True)
            says = use(claim, *network.functions, *map(point, POINTS), *names)
            says = use(says, finitely_many(says.conclusion.args[0]), together(*given))
            says = use(says, finitely_many(says.conclusion.args[0], *known))
            apart = [
                prove(part_, lambda same, _goal: by_cases(FALSE, use(same, 0, inside), *known))
                for part_ in says.conclusion.args[0].args
            ]
            one_cone = use(says, together(*apart))
            return by_cases(FALSE, use(one_cone, 0, arith(number(0) < 3)), *known)

        return with_pre_activations(network.functions, [point(p) for p in POINTS], with_values)

    return denied(STATEMENT, build)


def split_cones(network: Network) -> list[tuple[int, ...]]:
    """Return the theta_1 whose half-open cell the second layer splits."""
    parts = Counter(theta[0] for theta in configurations(network))
    return sorted(first for first, number in parts.items() if number > 1)


def determinant(matrix: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return the determinant of a 2 x 2 matrix."""
    (a, b), (c, d) = matrix
    return a * d - b * c


def satisfies_hypothesis(network: Network) -> bool:
    """Return whether W_1 is 2 x 2 and invertible and a row of W_2 has entries of both signs."""
    first, second = (layer.weight for layer in network.layers[:2])
    square = (network.inputs, len(first)) == (2, 2)
    return square and determinant(first) != 0 and any(min(row) < 0 < max(row) for row in second)


def with_mixed_row(network: Network) -> Network:
    """Return the network with a drawn invertible W_1 and a row of W_2 with entries of opposite sign."""
    layers = [(layer.weight, layer.bias) for layer in network.layers]
    rng = random.Random(network.digest)
    drawn = tuple(tuple(rng.choice(ENTRIES) for _ in range(2)) for _ in range(2))
    while not determinant(drawn):
        drawn = tuple(tuple(rng.choice(ENTRIES) for _ in range(2)) for _ in range(2))
    layers[0] = (drawn, layers[0][1])
    first = layers[1][0][0]
    layers[1] = (((abs(first[0]) + 1, -abs(first[1]) - 1), *layers[1][0][1:]), layers[1][1])
    return Network.from_rationals(layers)


NETWORKS = tuple(map(with_mixed_row, tried_networks("figure 2 right", SHAPES, count=30, hidden_biases=False)))


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    statement: Expression = STATEMENT,
    repaired_statement: Expression = REPAIRED,
) -> Finding:
    """List the split cones: of a network with three first neurons, then, beside the proof, of others."""
    split = split_cones(network)
    parts = [region for region in regions(network) if region.configuration.layers[0] in split]
    as_transcribed = by_counterexample(
        f"{network.hidden_widths[0]} neurons in the first layer; theta_1 of the cones that "
        "the second layer "
        f"splits: {', '.join(text((first,)) for first in split)}",
        holds=len(split) == 1,
        hypotheses={
            "all biases are zero": not any(any(layer.bias) for layer in network.layers),
            "the domain is R^2": network.inputs == 2,
            "there are two hidden layers": network.depth == 3,
        },
        networks=[network],
        points=[(f"in the cell of {region.configuration}", inner_point(region)) for region in parts],
        cells=[region.configuration.layers for region in parts],
    )

    def failure(net: Network) -> Failure | None:
        found = split_cones(net)
        return None if found == [(1, 1)] else f"split cones: {found}"

    fitting = [net for net in networks if satisfies_hypothesis(net)]
    tried = by_trial(
        networks,
        failure,
        "theta_1 = (1, 1) is split, no other: with one active neuron y_2 has one sign",
        f"{len(fitting)} of the networks satisfy the hypothesis, with "
        f"{len({net.layers[0].weight for net in fitting})} different W_1",
    )
    return with_hypothesis(
        "N_1 = 2, W_1 invertible, and a row of W_2 with a positive and a negative entry (else no cone is "
        "split)",
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(by_kernel(repaired_statement, repair), tried),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-2-right",
    title="Figure 2, right: without biases only one cone is split",
    sentence=r"""If, as here, all bias vectors vanish such that on each polygon the data is represented
    via a linear map, the domain partitioning degenerates to a tiling into cones, only one of which is
    being further partitioned by the second layer.""",
    source="Caption of Figure 2, right",
    reading="""As a statement on every network M_3 on R^2 with zero biases (the figure's weights are not
    given): the second layer splits exactly one cone of the first. It is proved for N_1 = 2, W_1 invertible
    and a row of W_2 with entries of both signs: then it splits the cone of (1, 1), and no other.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
