"""Theorem 5 (i): a sum of |spt theta_1| atoms, if no active row or column is zero."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, configurations, inner_point, linear_part, text
from ..kernel.arithmetic import axiom, certificate, identity
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.refutations import Values, conclusion_of, denied, known_values, with_masked_values
from ..proving.tactics import below as below_number
from ..proving.tactics import parts, prove, prove_for, rewrite, split, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.decompositions import V, linear_parts
from ..statements.expressions import Expression, both, eq, exists, forall, implies, negation, number, total
from ..statements.functions import INVERSE
from ..statements.networks import W, are_bits, b, below, i, j, masked, n, p, theta, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis

# The neuron y = 0 x + 1 is active everywhere, and its row of W_1 is zero.
NETWORK = Network.from_rationals([([[0]], [1]), ([[1]], [0])], name="an active neuron with weight zero")
THETA = ((1,),)
SHAPES = ((2, 3, 2), (1, 2, 1), (3, 3, 2))


def terms(network: Network, theta: Bits) -> list[Matrix]:
    """Return the matrices w_{2,:i} (x) w_{1,i:} for i in spt theta_1."""
    first, last = (layer.weight for layer in network.layers)
    return [[[w[i] * v for v in first[i]] for w in last] for i, bit in enumerate(theta[0]) if bit]


def without_zeros(network: Network) -> Network:
    """Return the network with every zero weight replaced by 1."""
    return Network.from_rationals(
        [([[entry or 1 for entry in row] for row in layer.weight], layer.bias) for layer in network.layers]
    )


NETWORKS = tuple(map(without_zeros, tried_networks("theorem 5 (i)", SHAPES, count=30)))


TERM = W(2, i, p) * W(1, p, j)  # entry (i, j) of w_{2,:p} (x) w_{1,p:}
NO_ZEROS = below(
    p,
    n(1),
    implies(
        eq(theta(1, p), 1),
        both(
            exists(i, both(i < n(2), negation(eq(W(2, i, p), 0)))),
            exists(j, both(j < n(0), negation(eq(W(1, p, j), 0)))),
        ),
    ),
)
RANK_ONE = below(
    p, n(1), implies(eq(theta(1, p), 1), exists(i, j, both(i < n(2), j < n(0), negation(eq(TERM, 0)))))
)
SUM = below(i, n(2), below(j, n(0), eq(V(2, i, j), total(p, n(1), theta(1, p) * TERM))))
# Every active neuron gives a matrix of rank one, on each cell of a network with L = 2.
STATEMENT = forall(
    *(n, W, b, theta, x, z),
    implies(both(are_bits(theta), masked(z, x, theta), in_cell(theta, z, number(1))), RANK_ONE),
)
CORRECTED = forall(*(n, W, theta, V), implies(linear_parts(V, theta), NO_ZEROS, both(SUM, RANK_ONE)))


def denial() -> Theorem:
    """The neuron 0 x + 1 is active, and its matrix is zero."""
    network, (ones, bits) = MaskedWitness(NETWORK), constant_bits(1)
    inside = arith(number(0) < 1)

    def build(claim: Theorem) -> Theorem:
        def with_values(values: Values) -> Theorem:
            known = known_values(network, THETA, values, [(0,)])
            ((y, masks),) = values
            says = use(claim, *network.functions, ones, point((0,)), y)
            atom = conclusion_of(says, use(bits, network.functions[0]), masks, *known)
            some = use(atom, 0, inside, identity(1, 1))

            def zero(i: Expression, j: Expression, facts: Theorem) -> Theorem:
                less, less_j, differs = parts(facts)
                first, second = (
                    below_number(index, 1, restate(small, index < 1))
                    for index, small in ((i, less), (j, less_j))
                )
                weights = network.of(W)
                product = identity(weights(2, 0, 0) * weights(1, 0, 0), 0)
                turned = [arith(eq(number(0), equal.conclusion.args[0]), equal) for equal in (first, second)]
                one = rewrite(turned[0], lambda w: eq(weights(2, w, 0) * weights(1, 0, 0), 0), product)
                two = rewrite(turned[1], lambda w: eq(weights(2, i, 0) * weights(1, 0, w), 0), one)
                return use(differs, two)

            return with_witness(some, zero)

        return with_masked_values(network.functions, ones, [point((0,))], with_values)

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """The sum is V_2; a product of two numbers that are not zero is not zero."""

    def build(matrices: Theorem, no_zeros: Theorem, goal: Expression) -> Theorem:
        first, later = parts(matrices)

        def entry(
            i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
        ) -> Theorem:
            def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                factor = W(2, i, p) * theta(1, p)
                return arith(goal, use(first, p, less, j, small_j), multipliers=[factor], degree=1)

            one, two = W(2, i, p) * theta(1, p) * V(1, p, j), theta(1, p) * W(2, i, p) * W(1, p, j)
            equal = equal_terms(p, n(1), one, two, term)
            return arith(goal, use(later, 0, i, small, j, small_j), equal, degree=1)

        def atom(p: Expression, less: Theorem, active: Theorem, goal: Expression) -> Theorem:
            column, row = parts(use(no_zeros, p, less, active))

            def with_both(i: Expression, of_column: Theorem, j: Expression, of_row: Theorem) -> Theorem:
                (inside, one), (inside_j, two) = parts(of_column), parts(of_row)
                product = prove(
                    negation(eq(W(2, i, p) * W(1, p, j), 0)),
                    lambda zero, _: _not_both(W(2, i, p), W(1, p, j), zero, one, two),
                )
                return witness(together(inside, inside_j, product), goal, i, j)

            return with_witness(
                column, lambda i, known: with_witness(row, lambda j, other: with_both(i, known, j, other))
            )

        return together(prove(goal.args[0], entry), prove(goal.args[1], atom))

    return prove_for((n, W, theta, V), CORRECTED, build)


def _not_both(one: Expression, two: Expression, zero: Theorem, first: Theorem, second: Theorem) -> Theorem:
    """From s t = 0, s not 0 and t not 0: a contradiction."""
    inverse = use(axiom("inverse"), one)
    return split(
        inverse,
        lambda is_zero: use(first, is_zero),
        lambda known: use(second, certificate(eq(two, 0), [(zero, INVERSE(one)), (known, -two)])),
    )


def check(
    network: Network = NETWORK,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    statement: Expression = STATEMENT,
) -> Finding:
    """Count the terms that are atoms (rank one, so not zero), and compare their sum with the linear part."""
    found = terms(network, theta)
    atoms = [term for term in found if any(map(any, term))]
    as_transcribed = by_counterexample(
        f"theta = {text(theta)}: |spt theta_1| = {sum(theta[0])}, terms of rank one: {len(atoms)}",
        f"the linear part is {[[str(entry) for entry in row] for row in linear_part(network, theta)]}; a "
        "zero matrix is "
        "not a rank one matrix",
        holds=len(atoms) == sum(theta[0]),
        hypotheses={
            f"R^{text(theta)} is not empty": theta in configurations(network),
        },
        networks=[network],
        points=[
            ("x", inner_point(region)) for region in regions(network) if region.configuration.layers == theta
        ],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        for cell in configurations(net):
            parts = [*terms(net, cell), [[0] * net.inputs for _ in range(net.outputs)]]
            total = [
                [sum(entries) for entries in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)
            ]
            if total != linear_part(net, cell) or not all(any(map(any, term)) for term in parts[:-1]):
                return f"cell of {text(cell)}"
        return None

    return with_hypothesis(
        "no row of W_1 and no column of W_L with index in the supports is zero",
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(
            by_kernel(CORRECTED, correction),
            by_trial(networks, failure, "a sum of |spt theta_1| matrices of rank one"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-i",
    title="Theorem 5 (i): a sum of |spt theta_1| atoms",
    sentence=r"""Here we refer to a rank one matrix (the outer product of two vectors) as an atom. [...]
    For $L = 2$ the linear part of \mathcal{M}_L^{θ} is the sum of $|\text{spt } \theta_1|$ atoms.""",
    source="Section 3.2, first paragraph; Theorem 5 (i)",
    reading="""The linear part is the sum of the matrices w_{2,:i} (x) w_{1,i:}, i in spt theta_1, and
    each is of rank one.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
