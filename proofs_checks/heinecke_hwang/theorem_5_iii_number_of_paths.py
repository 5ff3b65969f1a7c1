"""Theorem 5 (iii): each coefficient is a sum over as many paths as the product of the inner supports says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from math import prod

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, text
from ..kernel.rules import Theorem, restate
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.tactics import by_induction, parts, prove, prove_for, use
from ..statements.expressions import NATURAL, REAL, Expression, both, eq, forall, implies, total, variable
from ..statements.networks import i, k, m, n, p, q, r, theta
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

SHAPES = ((1, 2, 3, 2, 1), (2, 2, 2, 2, 2, 1), (1, 1, 2, 1, 2, 1), (2, 1, 3, 1, 1))
NETWORKS = tuple(tried_networks("theorem 5 (iii)", SHAPES, count=32))


def number_of_paths(theta: Bits) -> int:
    """The product of |spt theta_j| for j = 2, ..., L - 2."""
    return prod(sum(bits) for bits in theta[1:-1])


count, product_ = variable("count", REAL, NATURAL, NATURAL, NATURAL), variable("product", REAL, NATURAL)
NAMES = (n, theta, count, product_)
# count(k, p, q): the paths from q in layer 1 to p in layer k, through the supports of the layers in between.
ONE_STEP = forall(p, q, eq(count(2, p, q), 1))
MORE = forall(k, p, q, eq(count(k + 3, p, q), total(r, n(k + 2), theta(k + 2, r) * count(k + 2, r, q))))
PRODUCTS = both(
    eq(product_(0), 1), forall(k, eq(product_(k + 1), product_(k) * total(i, n(k + 2), theta(k + 2, i))))
)
STATEMENT = forall(
    *NAMES,
    implies(ONE_STEP, MORE, PRODUCTS, forall(m, p, q, eq(count(m + 2, p, q), product_(m)))),
)


def proof() -> Theorem:
    """By induction: a path of one layer more goes through one more neuron of a support."""

    def build(one: Theorem, more: Theorem, products: Theorem, goal: Expression) -> Theorem:
        zeroth, following = parts(products)

        def claim(m: Expression) -> Expression:
            return forall(p, q, eq(count(m + 2, p, q), product_(m)))

        def base(goal: Expression) -> Theorem:
            return prove(goal, lambda p, q, goal: arith(goal, use(one, p, q), zeroth))

        def step(m: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(p: Expression, q: Expression, goal: Expression) -> Theorem:
                def term(r: Expression, _: Theorem, goal: Expression) -> Theorem:
                    return arith(goal, use(before, r, q), multipliers=[theta(m + 2, r)], degree=1)

                bit = theta(m + 2, r)
                equal = equal_terms(r, n(m + 2), bit * count(m + 2, r, q), bit * product_(m), term)
                return arith(goal, use(more, m, p, q), equal, use(following, m), degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, step), goal)

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    number: Callable[[Bits], int] = number_of_paths,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and list the paths i_1, ..., i_{L-1} through active neurons and count by their ends."""
    counted = 0

    def failure(network: Network) -> Failure | None:
        nonlocal counted
        for cell in configurations(network):
            supports = [[i for i, bit in enumerate(bits) if bit] for bits in cell]
            paths = list(product(*supports))
            counted += len(paths)
            for first, last in product(supports[0], supports[-1]):
                found = sum(path[0] == first and path[-1] == last for path in paths)
                if found != number(cell):
                    return f"cell of {text(cell)}: {found} paths, the formula says {number(cell)}"
        return None

    trial = by_trial(
        networks, failure, "L = 4 and L = 5; a path takes exactly one weight of each of W_2, ..., W_{L-1}"
    )
    tried = replace(trial, evidence=(*trial.evidence, f"paths listed: {counted}"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-iii-paths",
    title="Theorem 5 (iii): the number of paths",
    sentence=r"""each of which is the sum of products consisting of at most one weight from each layer
    along $\prod_{j=2}^{L-2} |\text{spt } \theta_j|$ possible paths.""",
    source="Theorem 5 (iii)",
    reading="""For L > 3 there are prod_{j=2}^{L-2} |spt theta_j| paths through active neurons from a
    given active neuron of layer 1 to a given one of layer L - 1.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
