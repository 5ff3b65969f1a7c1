"""C15. Theorem 5 (11): the linear part is a sum of atoms whose coefficients are path sums.

The proof is an induction on L, for all widths at once; a sum over spt theta_k is one with the
factor theta_{k,i}. The second road lists the paths of networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, configurations, linear_part, text
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms, linear_part_by_paths
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.decompositions import T, V, linear_parts, path_sums
from ..statements.expressions import Expression, both, eq, forall, implies, total
from ..statements.networks import W, below, i, j, m, n, p, q, theta
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

# Up to nine layers: there the paths are many, and none may be left out.
SHAPES = ((2, 3, 2), (2, 3, 2, 2), (1, 2, 3, 2, 1), (1, 2, 2, 2, 2, 1), (1, *[2] * 6, 1), (2, *[2] * 8, 2))
NETWORKS = tuple(tried_networks("C15", SHAPES, count=30))


def path_sum(network: Network, theta: Bits, last: int, first: int) -> Fraction:
    """c_{i_{L-1}, i_1}: the sum over i_{L-2}, ..., i_2 of w_{L-1, i_{L-1} i_{L-2}} ... w_{2, i_2 i_1}."""
    if network.depth == 2:
        return Fraction(last == first)  # one index: the sum (11) has an atom for each i_1
    result = Fraction(0)
    supports = [[i for i, bit in enumerate(bits) if bit] for bits in theta[1:-1]]
    for inner in product(*supports):
        path = (first, *inner, last)  # i_1, i_2, ..., i_{L-1}
        term = Fraction(1)
        for layer, (source, target) in enumerate(pairwise(path), start=1):
            term *= network.layers[layer].weight[target][source]
        result += term
    return result


def sum_of_atoms(
    network: Network, theta: Bits, coefficient: Callable[[Network, Bits, int, int], Fraction]
) -> Matrix:
    """(11): the sum over spt theta_{L-1} and spt theta_1 of c w_{L,:i_{L-1}} (x) w_{1,i_1:}."""
    first_weight, last_weight = network.layers[0].weight, network.layers[-1].weight
    active = [
        (last, first, coefficient(network, theta, last, first))
        for last, first in product(range(len(theta[-1])), range(len(theta[0])))
        if theta[-1][last] and theta[0][first]
    ]
    return [
        [
            sum((c * row[last] * first_weight[first][j] for last, first, c in active), Fraction(0))
            for j in range(network.inputs)
        ]
        for row in last_weight
    ]


NAMES = (n, W, theta, V, T)
OF_TWO = below(i, n(2), below(j, n(0), eq(V(2, i, j), total(p, n(1), theta(1, p) * W(2, i, p) * W(1, p, j)))))
ATOM = W(m + 3, i, p) * W(1, q, j)  # entry (i, j) of w_{L,:p} (x) w_{1,q:}, L = m + 3
ELEVEN = total(p, n(m + 2), total(q, n(1), theta(m + 2, p) * theta(1, q) * T(m + 2, p, q) * ATOM))
STATEMENT = forall(
    *NAMES,
    implies(
        linear_parts(V, theta),
        path_sums(T, theta),
        both(OF_TWO, forall(m, below(i, n(m + 3), below(j, n(0), eq(V(m + 3, i, j), ELEVEN))))),
    ),
)


def proof() -> Theorem:
    """By induction V_{L-1} is a sum over paths; W_L diag(theta_{L-1}) makes it (11)."""

    def build(parts_: Theorem, sums: Theorem, goal: Expression) -> Theorem:
        _, later = parts(parts_)
        by_paths = use(linear_part_by_paths(), *NAMES, parts_, sums)

        def of_two(
            i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
        ) -> Theorem:
            def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                entry = use(parts(parts_)[0], p, less, j, small_j)
                return arith(goal, entry, multipliers=[W(2, i, p) * theta(1, p)], degree=1)

            one, two = W(2, i, p) * theta(1, p) * V(1, p, j), theta(1, p) * W(2, i, p) * W(1, p, j)
            equal = equal_terms(p, n(1), one, two, term)
            return arith(goal, use(later, 0, i, small, j, small_j), equal, degree=1)

        def of_more(
            m: Expression, i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
        ) -> Theorem:
            weight = W(m + 3, i, p) * theta(m + 2, p)

            def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                weight = W(m + 3, i, p) * theta(m + 2, p)
                return arith(goal, use(by_paths, m, p, less, j, small_j), multipliers=[weight], degree=1)

            sums = total(q, n(1), theta(1, q) * T(m + 2, p, q) * W(1, q, j))
            equal = equal_terms(p, n(m + 2), weight * V(m + 2, p, j), weight * sums, term)
            return arith(goal, use(later, m + 1, i, small, j, small_j), equal, degree=1)

        return together(prove(goal.args[0], of_two), prove(goal.args[1], of_more))

    return prove_for(NAMES, STATEMENT, build)


def bits_of(network: Network) -> Iterator[Bits]:
    """Yield all ones, and the configurations of a small network."""
    yield tuple((1,) * width for width in network.hidden_widths)
    if network.depth < 6:
        yield from configurations(network)


def check(
    networks: Sequence[Network] = NETWORKS,
    coefficient: Callable[[Network, Bits, int, int], Fraction] = path_sum,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare W_L diag(theta_{L-1}) ... diag(theta_1) W_1 with the sum over all paths."""

    def failure(network: Network) -> Failure | None:
        for bits in bits_of(network):
            if linear_part(network, bits) != sum_of_atoms(network, bits, coefficient):
                return f"L = {network.depth}, theta = {text(bits)}: the sum of the atoms is another matrix"
        return None

    depths = ", ".join(map(str, sorted({network.depth for network in networks})))
    tried = by_trial(
        networks,
        failure,
        f"L = {depths}: all paths listed, for the configurations and for all ones",
        "an atom is w (x) v; it has rank one unless w or v is zero (see theorem-5-i)",
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C15",
    title="Theorem 5 (11): the linear part is the sum of atoms with path sums",
    sentence=r"""the linear part of \mathcal{M}_L^{θ} the linear combination [...] \sum_{i_{L-1}\in
    \operatorname{spt}\theta_{L-1}, i_1\in \operatorname{spt}\theta_1} c_{i_{L-1},i_1}
    \mathbf{w}_{L,i_{L-1}} \otimes \mathbf{w}_{1,i_1},\tag{11}""",
    source="Theorem 5 (iii), (11), with (i) and (ii) as L = 2 and L = 3",
    reading="""W_L diag(theta_{L-1}) ... diag(theta_1) W_1 equals (11), with w_{L,:i} the i-th column of
    W_L and w_{1,i:} the i-th row of W_1 (the transcription leaves out colons), for all weights and all
    theta.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
