"""Figure 1: the second layer splits a polygon into at most two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, text
from ..kernel.arithmetic import natural, next_natural
from ..kernel.rules import Theorem, weaken
from ..proving.certificates import arith
from ..proving.tactics import parts as parts_of
from ..proving.tactics import prove, prove_for, rewrite, split, use
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    implies,
    number,
    substitute,
    variable,
)
from ..statements.networks import are_bits, below, i, n
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

SHAPE = ((2, 2, 1, 1),)
NETWORKS = tuple(tried_networks("figure 1 parts", SHAPE, count=40))
PARTS = 2


first, second, third = (variable(name, REAL, NATURAL, NATURAL) for name in ("theta", "eta", "zeta"))
# Of three configurations with one theta_1, where N_2 = 1, two are the same.
BITS = both(are_bits(first), are_bits(second), are_bits(third))


def equal_below(one: Expression, two: Expression) -> Expression:
    """The bits of the second layer are the same."""
    return below(i, n(2), eq(one(2, i), two(2, i)))


STATEMENT = forall(
    *(n, first, second, third),
    implies(
        eq(n(2), 1),
        BITS,
        either(equal_below(first, second), equal_below(first, third), equal_below(second, third)),
    ),
)


def proof() -> Theorem:
    """A bit has two values."""

    def build(width: Theorem, bits: Theorem, goal: Expression) -> Theorem:
        zero = arith(number(0) < n(2), width)
        values = [use(known, 1, 0, zero) for known in parts_of(bits)]

        def agree(formula: Expression, facts: list[Theorem]) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                is_zero = arith(eq(0, i), next_natural(small), natural(i), width)
                here = arith(substitute(goal, i, number(0)), *facts, degree=1)
                return rewrite(is_zero, lambda w: substitute(goal, i, w), here)

            return weaken(prove(formula, build), goal)

        def by_values(left: list[Theorem], facts: list[Theorem]) -> Theorem:
            if left:
                return split(left[0], *[lambda value: by_values(left[1:], [*facts, value])] * 2)
            ones = [fact.conclusion.args[1].data for fact in facts]
            pairs = {(0, 1): goal.args[0], (0, 2): goal.args[1], (1, 2): goal.args[2]}
            chosen = next(pair for pair in pairs if ones[pair[0]] == ones[pair[1]])
            return agree(pairs[chosen], [facts[k] for k in chosen])

        return by_values(values, [])

    return prove_for((n, first, second, third), STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS, parts: int = PARTS, statement: Expression = STATEMENT
) -> Finding:
    """Prove it; and count the configurations below each theta_1."""
    polygons: Counter[int] = Counter()

    def failure(network: Network) -> Failure | None:
        found = configurations(network)
        for bits in {theta[0] for theta in found}:
            extensions = [theta for theta in found if theta[0] == bits]
            polygons[len(extensions)] += 1
            if len(extensions) > parts:
                return f"{len(extensions)} parts below {text((bits,))}: {', '.join(map(text, extensions))}"
        return None

    trial = by_trial(networks, failure, "the bit of the only neuron of the second layer has two values")
    counts = ", ".join(
        f"{number} in {many} part{'s' * (many > 1)}" for many, number in sorted(polygons.items())
    )
    tried = replace(trial, evidence=(*trial.evidence, f"polygons of the first layer: {counts or 'none'}"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-1-two-parts",
    title="Figure 1: at most two parts of each polygon",
    sentence=r"""Since the image of M_2 is one-dimensional, the second layer potentially can further
    partition each polygon of the first layer into maximally two polygons.""",
    source="Caption of Figure 1; Example 2",
    reading="For N_2 = 1, each theta_1 has at most two extensions (half-open).",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
