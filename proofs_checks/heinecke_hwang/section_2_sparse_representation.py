"""Section 2, (2): the sparsest representation exists whenever there is one at all."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import identity, natural, next_natural, trichotomy
from ..kernel.rules import Theorem, absurd, excluded_middle, together, weaken, witness
from ..proving.certificates import arith
from ..proving.tactics import by_induction, prove, prove_for, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.networks import below
from ..verdicts import by_argument, by_kernel

rows, columns, k, l = (variable(name, NATURAL) for name in ("m", "n", "k", "l"))
i, j = variable("i", NATURAL), variable("j", NATURAL)
D = variable("D", REAL, NATURAL, NATURAL)
x, y = variable("x", REAL, NATURAL), variable("y", REAL, NATURAL)
support = variable("support", NATURAL, NATURAL)

REPRESENTS = below(i, rows, eq(y(i), total(j, columns, D(i, j) * x(j))))
# support is 0 or 1, and x is zero where it is 0: the sum of support is at least ||x||_0, and can be ||x||_0.
COVERS = below(j, columns, either(both(eq(support(j), 0), eq(x(j), 0)), eq(support(j), 1)))


def with_at_most(count: Expression) -> Expression:
    """Some x with D x = y has at most ``count`` entries that are not zero."""
    return exists(x, support, both(REPRESENTS, COVERS, total(j, columns, support(j)) <= count))


LEAST = exists(k, both(with_at_most(k), forall(l, implies(with_at_most(l), k <= l))))
STATEMENT = forall(rows, columns, D, y, implies(exists(x, REPRESENTS), LEAST))


def proof() -> Theorem:
    """Some number of entries serves, at most n; and of the numbers that serve there is a least one."""

    def build(some: Theorem, goal: Expression) -> Theorem:
        ones = function(j, number(1))

        def all_entries(x: Expression, represents: Theorem) -> Theorem:
            covers = prove(
                below(j, columns, either(both(eq(ones(j), 0), eq(x(j), 0)), eq(ones(j), 1))),
                lambda _, __, goal: weaken(identity(1, 1), goal),
            )
            size = arith(total(j, columns, ones(j)) <= columns)
            return witness(together(represents, covers, size), with_at_most(columns), x, ones)

        serves = with_witness(some, all_entries)
        return use(_least(goal), columns, serves)

    return prove_for((rows, columns, D, y), STATEMENT, build)


def _least(goal: Expression) -> Theorem:
    """If n entries serve, there is a least number: by induction, there is one, or no number < n serves."""

    def claim(n: Expression) -> Expression:
        return either(goal, forall(l, implies(with_at_most(l), n <= l)))

    def base(goal: Expression) -> Theorem:
        never = prove(goal.args[1], lambda l, _, goal: arith(goal, natural(l)))
        return weaken(never, goal)

    def step(n: Expression, before: Theorem, wanted: Expression) -> Theorem:
        def all_larger(larger: Theorem) -> Theorem:
            def now(serves: Theorem) -> Theorem:
                return weaken(witness(together(serves, larger), goal, n), wanted)

            def not_now(fails: Theorem) -> Theorem:
                def later(l: Expression, serves: Theorem, goal: Expression) -> Theorem:
                    def is_n(equal: Theorem) -> Theorem:
                        here = rewrite(arith(eq(l, n), equal), with_at_most, serves)
                        return absurd(use(fails, here), goal)

                    return split(
                        trichotomy(n, l),
                        next_natural,
                        is_n,
                        lambda less: absurd(arith(FALSE, less, use(larger, l, serves)), goal),
                    )

                return weaken(prove(wanted.args[1], later), wanted)

            return split(excluded_middle(with_at_most(n)), now, not_now)

        return split(before, lambda found: weaken(found, wanted), all_larger)

    found = by_induction(claim, base, step)

    def conclude(n: Expression, serves: Theorem, goal: Expression) -> Theorem:
        def none(larger: Theorem) -> Theorem:
            return witness(together(serves, larger), goal, n)

        return split(use(found, n), lambda least: least, none)

    count = variable("count", NATURAL)
    return prove(forall(count, implies(with_at_most(count), goal)), conclude)


def check(statement: Expression = STATEMENT) -> Finding:
    """Prove that the minimum in (2) exists; that it is hard to find is a citation."""
    return by_argument(
        by_kernel(statement, proof, "||x||_0 is the least sum of a 0-1 vector that is 1 where x is not zero"),
        "that (2) is NP-hard, and that it is usually relaxed to the 1-norm, is cited, not checked",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-sparse",
    title="the sparse representation problem (2)",
    sentence=r"""minimize $$ \|\mathbf{x}\|_0$$ subject to $\mathbf{y} = \mathbf{D}\mathbf{x}$, (2) [...] To
    overcome its NP-hardness, this problem is usually relaxed to a convex optimization problem using the ℓ_1
    -norm""",
    source="Section 2, (2)",
    reading="""For every D and every y in the span of its columns, the minimum in (2) exists; finding it is
    NP-hard (cited).""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
