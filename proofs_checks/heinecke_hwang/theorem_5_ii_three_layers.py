"""Theorem 5 (ii): for three layers the coefficients are the entries of W_2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, linear_part, text
from ..kernel.rules import Theorem
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.decompositions import V, linear_parts
from ..statements.expressions import Expression, eq, forall, implies, total
from ..statements.networks import W, below, i, j, n, p, q, theta
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads
from . import c15_sum_of_atoms

# Different widths, so that a swapped index does not go unnoticed.
NETWORKS = tuple(tried_networks("theorem 5 (ii)", ((2, 3, 2, 2), (1, 2, 3, 2), (2, 2, 2, 1)), count=18))


def entry(weight: Sequence[Sequence[Fraction]], last: int, first: int) -> Fraction:
    """w_{2, i_2 i_1}, the coefficient of w_{3,:i_2} (x) w_{1,i_1:}."""
    return weight[last][first]


NAMES = (n, W, theta, V)
PRODUCT = theta(2, p) * theta(1, q) * W(2, p, q) * W(3, i, p) * W(1, q, j)
STATEMENT = forall(
    *NAMES,
    implies(
        linear_parts(V, theta),
        below(i, n(3), below(j, n(0), eq(V(3, i, j), total(p, n(2), total(q, n(1), PRODUCT))))),
    ),
)


def proof() -> Theorem:
    """Theorem 5 (11) for L = 3, where the sums over paths are the entries of W_2."""

    def build(parts_: Theorem, goal: Expression) -> Theorem:
        first, later = parts(parts_)

        def entry(
            i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
        ) -> Theorem:
            def outer(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                def inner(q: Expression, less_q: Theorem, goal: Expression) -> Theorem:
                    factor = W(2, p, q) * theta(1, q)
                    return arith(goal, use(first, q, less_q, j, small_j), multipliers=[factor], degree=1)

                factor = W(2, p, q) * theta(1, q)
                inner_sum = equal_terms(q, n(1), factor * V(1, q, j), factor * W(1, q, j), inner)
                weight = W(3, i, p) * theta(2, p)
                return arith(
                    goal, use(later, 0, p, less, j, small_j), inner_sum, multipliers=[weight], degree=1
                )

            weight = W(3, i, p) * theta(2, p)
            two = weight * total(q, n(1), W(2, p, q) * theta(1, q) * W(1, q, j))
            equal = equal_terms(p, n(2), weight * V(2, p, j), two, outer)
            return arith(goal, use(later, 1, i, small, j, small_j), equal, degree=1)

        return prove(goal, entry)

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    coefficient: Callable[[Sequence[Sequence[Fraction]], int, int], Fraction] = entry,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare W_3 diag(theta_2) W_2 diag(theta_1) W_1 with the sum of the atoms."""

    def failure(network: Network) -> Failure | None:
        for bits in all_bits(network):
            found = c15_sum_of_atoms.sum_of_atoms(
                network, bits, lambda net, _, last, first: coefficient(net.layers[1].weight, last, first)
            )
            if found != linear_part(network, bits):
                return f"theta = {text(bits)}: the sum of the atoms is another matrix"
        return None

    tried = by_trial(
        networks, failure, "all bits; the transcription's w_{3,ii_2} is read as the column w_{3,:i_2}"
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-ii",
    title="Theorem 5 (ii): w_{2,i_2 i_1} is the coefficient for L = 3",
    sentence=r"""is a linear combination of $|\text{spt } \theta_1||\text{spt } \theta_2|$ atoms and
    w_{2,i_2i_1} is the coefficient for atom $\mathbf{w}_{3,ii_2} \otimes \mathbf{w}_{1,i_1}$.""",
    source="Theorem 5 (ii)",
    reading="""W_3 diag(theta_2) W_2 diag(theta_1) W_1 is the sum over the supports of w_{2,i_2 i_1}
    w_{3,:i_2} (x) w_{1,i_1:}. (Atoms may be zero, see theorem-5-i.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
