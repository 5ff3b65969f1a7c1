"""Facts on sums, absolute values and naturals, each proved by the kernel when it is first used."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity, natural, next_natural, square, trichotomy
from ..kernel.rules import Theorem, restate, together, weaken, witness
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
    open_binder,
    total,
    variable,
)
from ..statements.functions import ABS, RELU
from .certificates import arith, equal_if_both
from .tactics import (
    below,
    by_induction,
    compare,
    contradiction,
    last_term,
    parts,
    prove,
    prove_for,
    rewrite,
    split,
    use,
    with_witness,
)

i, j, k, n, m = (variable(name, NATURAL) for name in "ijknm")
x, y, c = (variable(name, REAL) for name in "xyc")
f, g, a, b = (variable(name, REAL, NATURAL) for name in "fgab")


def all_below(index: Expression, bound: Expression, formula: Expression) -> Expression:
    """Return: for all index < bound, the formula."""
    return forall(index, implies(index < bound, formula))


# naturals


@cache
def last_or_before() -> Theorem:
    """I < n + 1 only if i < n or i = n."""
    statement = forall(i, n, implies(i < n + 1, either(i < n, eq(i, n))))
    return prove(
        statement,
        lambda i, n, h, goal: split(
            trichotomy(i, n),
            lambda less: weaken(less, goal),
            lambda equal: weaken(equal, goal),
            lambda more: contradiction(goal, arith(FALSE, next_natural(more), h)),
        ),
    ).called("i < n + 1 only if i < n or i = n")


@cache
def zero_or_next() -> Theorem:
    """N = 0, or n = m + 1 for some m."""

    def claim(n: Expression) -> Expression:
        return either(eq(n, 0), exists(m, eq(n, m + 1)))

    return by_induction(
        claim,
        lambda goal: weaken(identity(0, 0), goal),
        lambda k, _, goal: weaken(witness(identity(k + 1, k + 1), goal.args[1], k), goal),
    ).called("a natural number is 0 or m + 1")


def step_below(n: Expression, formula_at_last: Theorem, before: Theorem) -> Theorem:
    """From A(n), and A(i) for all i < n: A(i) for all i < n + 1."""
    body = before.conclusion

    def last(index: Expression, equal: Theorem) -> Theorem:
        def claim(value: Expression) -> Expression:
            return open_body(body, value)

        return rewrite(arith(eq(n, index), equal), claim, formula_at_last)

    statement = forall(i, implies(i < n + 1, open_body(body, i)))
    return prove(
        statement,
        lambda i, h, _: split(
            use(last_or_before(), i, n, h), lambda less: use(before, i, less), lambda equal: last(i, equal)
        ),
    )


def open_body(quantified: Expression, value: Expression) -> Expression:
    """Return A(value) of "for all i: i < n => A(i)"."""
    return open_binder(quantified, value).args[1]


# sums


def _before(h: Theorem, k: Expression) -> Theorem:
    """From A(i) for all i < k + 1: A(i) for all i < k."""
    return prove(
        forall(i, implies(i < k, open_body(h.conclusion, i))),
        lambda i, less, _: use(h, i, arith(i < k + 1, less)),
    )


@cache
def sum_not_negative() -> Theorem:
    """A sum of terms >= 0 is >= 0."""

    def build(f: Expression, n: Expression, _: Expression) -> Theorem:
        def claim(k: Expression) -> Expression:
            return implies(all_below(i, k, f(i) >= 0), total(i, k, f(i)) >= 0)

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            return prove(
                goal,
                lambda h, goal: arith(
                    goal,
                    use(before, _before(h, k)),
                    use(h, k, arith(k < k + 1)),
                    last_term(k, f),
                ),
            )

        return use(by_induction(claim, lambda goal: prove(goal, lambda _h, goal: arith(goal)), step), n)

    statement = forall(f, n, implies(all_below(i, n, f(i) >= 0), total(i, n, f(i)) >= 0))
    return prove(statement, build).called("a sum of terms >= 0 is >= 0")


@cache
def sum_monotone() -> Theorem:
    """Larger terms have a larger sum."""
    statement = forall(
        f, g, n, implies(all_below(i, n, f(i) <= g(i)), total(i, n, f(i)) <= total(i, n, g(i)))
    )

    def build(f: Expression, g: Expression, n: Expression, h: Theorem, goal: Expression) -> Theorem:
        gaps = prove(all_below(i, n, g(i) - f(i) >= 0), lambda i, less, goal: arith(goal, use(h, i, less)))
        return arith(goal, use(sum_not_negative(), function(i, g(i) - f(i)), n, gaps))

    return prove(statement, build).called("larger terms have a larger sum")


@cache
def sum_equal() -> Theorem:
    """Equal terms have one sum."""
    statement = forall(
        f, g, n, implies(all_below(i, n, eq(f(i), g(i))), eq(total(i, n, f(i)), total(i, n, g(i))))
    )

    def build(f: Expression, g: Expression, n: Expression, h: Theorem, goal: Expression) -> Theorem:
        def below(f: Expression, g: Expression) -> Theorem:
            smaller = prove(all_below(i, n, f(i) <= g(i)), lambda i, less, goal: arith(goal, use(h, i, less)))
            return use(sum_monotone(), f, g, n, smaller)

        return equal_if_both(goal, below(f, g), below(g, f))

    return prove(statement, build).called("equal terms have one sum")


@cache
def term_of_sum() -> Theorem:
    """A term is at most the sum, if no term is negative."""
    statement = forall(f, n, i, implies(all_below(j, n, f(j) >= 0), i < n, f(i) <= total(j, n, f(j))))

    def build(f: Expression, n: Expression, _: Expression) -> Theorem:
        def claim(k: Expression) -> Expression:
            return forall(i, implies(all_below(j, k, f(j) >= 0), i < k, f(i) <= total(j, k, f(j))))

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def inner(i: Expression, h: Theorem, less: Theorem, goal: Expression) -> Theorem:
                shorter = _before(h, k)
                last, sums = use(h, k, arith(k < k + 1)), last_term(k, f)
                rest = use(sum_not_negative(), f, k, shorter)

                def is_last(equal: Theorem) -> Theorem:
                    at_k = arith(f(k) <= total(j, k + 1, f(j)), rest, sums)
                    turned = arith(eq(k, i), equal)
                    return rewrite(turned, lambda v: f(v) <= total(j, k + 1, f(j)), at_k)

                return split(
                    use(last_or_before(), i, k, less),
                    lambda small: arith(goal, use(before, i, shorter, small), last, sums),
                    is_last,
                )

            return prove(goal, inner)

        def base(goal: Expression) -> Theorem:
            return prove(goal, lambda i, _h, less, goal: contradiction(goal, arith(FALSE, less, natural(i))))

        return use(by_induction(claim, base, step), n)

    return prove(statement, build).called("a term >= 0 is at most the sum of terms >= 0")


@cache
def cauchy_schwarz() -> Theorem:
    """(sum a b)^2 <= sum a^2 sum b^2."""
    statement = forall(
        a,
        b,
        n,
        total(i, n, a(i) * b(i)) ** 2 <= total(i, n, a(i) ** 2) * total(i, n, b(i) ** 2),
    )

    def build(a: Expression, b: Expression, n: Expression, goal: Expression) -> Theorem:
        minors = function(i, total(j, n, (a(i) * b(j) - a(j) * b(i)) ** 2))
        rows = prove(
            all_below(i, n, minors(i) >= 0),
            lambda i, _, goal: arith(
                goal,
                use(
                    sum_not_negative(),
                    function(j, (a(i) * b(j) - a(j) * b(i)) ** 2),
                    n,
                    prove(
                        all_below(j, n, (a(i) * b(j) - a(j) * b(i)) ** 2 >= 0),
                        lambda j, _, goal: arith(goal, square(a(i) * b(j) - a(j) * b(i))),
                    ),
                ),
            ),
        )
        return arith(goal, use(sum_not_negative(), minors, n, rows), degree=1)

    return prove(statement, build).called("Cauchy-Schwarz: (sum a b)^2 <= sum a^2 sum b^2")


# absolute values


@cache
def abs_facts() -> Theorem:
    """|x| >= 0, x <= |x|, -x <= |x|, |x|^2 = x^2."""
    statement = forall(x, both(ABS(x) >= 0, x <= ABS(x), -x <= ABS(x), eq(ABS(x) ** 2, x**2)))

    def build(x: Expression, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("abs"), x))

        def branch(sign: Theorem, value: Theorem) -> Theorem:
            return together(*(arith(part, sign, value) for part in goal.args))

        return split(
            compare(number(0), x),
            lambda sign: branch(sign, use(positive, sign)),
            lambda sign: branch(sign, use(negative, arith(x <= 0, sign))),
        )

    return prove(statement, build).called("|x| >= 0, x, -x and |x|^2 = x^2")


@cache
def abs_at_most() -> Theorem:
    """|x| <= c if x <= c and -x <= c."""
    statement = forall(x, c, implies(x <= c, -x <= c, ABS(x) <= c))

    def build(x: Expression, _: Expression, h: Theorem, k: Theorem, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("abs"), x))
        return split(
            compare(number(0), x),
            lambda sign: arith(goal, h, use(positive, sign)),
            lambda sign: arith(goal, k, use(negative, arith(x <= 0, sign))),
        )

    return prove(statement, build).called("|x| <= c if x <= c and -x <= c")


@cache
def abs_of_product() -> Theorem:
    """|x y| = |x| |y|."""
    statement = forall(x, y, eq(ABS(x * y), ABS(x) * ABS(y)))

    def build(x: Expression, y: Expression, goal: Expression) -> Theorem:
        def signed(of: Expression, rest: list[Theorem], then: list[Expression]) -> Theorem:
            positive, negative = parts(use(axiom("abs"), of))

            def go(sign: Theorem, value: Theorem) -> Theorem:
                known = [*rest, sign, value]
                if then:
                    return signed(then[0], known, then[1:])
                positive, negative = parts(use(axiom("abs"), x * y))
                return split(
                    compare(number(0), x * y),
                    lambda s: _product_goal(goal, x, y, [*known, s, use(positive, s)]),
                    lambda s: _product_goal(goal, x, y, [*known, s, use(negative, arith(x * y <= 0, s))]),
                )

            return split(
                compare(number(0), of),
                lambda s: go(s, use(positive, s)),
                lambda s: go(arith(of <= 0, s), use(negative, arith(of <= 0, s))),
            )

        return signed(x, [], [y])

    return prove(statement, build).called("|x y| = |x| |y|")


def _product_goal(goal: Expression, x: Expression, y: Expression, known: list[Theorem]) -> Theorem:
    sx, vx, sy, vy, sxy, vxy = known
    left, right = goal.args
    value = _signed_product(x, y, vx, vy)
    return equal_if_both(
        goal,
        arith(left <= right, value, vxy, sx, sy, sxy),
        arith(right <= left, value, vxy, sx, sy, sxy),
    )


def _signed_product(x: Expression, y: Expression, vx: Theorem, vy: Theorem) -> Theorem:
    """From |x| = s x and |y| = t y: |x| |y| = s t x y."""
    one, two = vx.conclusion.args[1], vy.conclusion.args[1]
    return certificate(eq(ABS(x) * ABS(y), one * two), [(vx, ABS(y)), (vy, one)])


@cache
def abs_of_sum() -> Theorem:
    """|sum f| <= sum |f|."""
    statement = forall(f, n, ABS(total(i, n, f(i))) <= total(i, n, ABS(f(i))))

    def build(f: Expression, n: Expression, goal: Expression) -> Theorem:
        sizes = function(i, ABS(f(i)))
        above = prove(all_below(i, n, f(i) <= sizes(i)), lambda i, _, goal: arith(goal, _abs(f(i))[1]))
        below = prove(all_below(i, n, -f(i) <= sizes(i)), lambda i, _, goal: arith(goal, _abs(f(i))[2]))
        bound = goal.args[1]
        return use(
            abs_at_most(),
            total(i, n, f(i)),
            bound,
            use(sum_monotone(), f, sizes, n, above),
            arith(-total(i, n, f(i)) <= bound, use(sum_monotone(), function(i, -f(i)), sizes, n, below)),
        )

    return prove(statement, build).called("|sum f| <= sum |f|")


def _abs(term: Expression) -> list[Theorem]:
    return parts(use(abs_facts(), term))


@cache
def relu_facts() -> Theorem:
    """relu(x) >= 0, relu(x) >= x, and relu(x) is 0 or x."""
    statement = forall(x, both(RELU(x) >= 0, RELU(x) >= x, either(eq(RELU(x), 0), eq(RELU(x), x))))

    def build(x: Expression, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("relu"), x))

        def branch(sign: Theorem, value: Theorem) -> Theorem:
            bounds = [arith(part, sign, value) for part in goal.args[:2]]
            return together(*bounds, weaken(value, goal.args[2]))

        return split(
            compare(number(0), x),
            lambda sign: branch(sign, use(positive, sign)),
            lambda sign: branch(sign, use(negative, arith(x <= 0, sign))),
        )

    return prove(statement, build).called("relu(x) >= 0 and x, and it is one of them")


@cache
def root_monotone() -> Theorem:
    """0 <= y and x^2 <= y^2 give x <= y."""
    statement = forall(x, y, implies(y >= 0, x**2 <= y**2, x <= y))

    def build(x: Expression, y: Expression, h: Theorem, k: Theorem, goal: Expression) -> Theorem:
        return split(
            compare(x, y),
            lambda at_most: at_most,
            lambda more: contradiction(goal, arith(FALSE, h, k, more)),
        )

    return prove(statement, build).called("x^2 <= y^2 and y >= 0 give x <= y")


@cache
def zero_if_square() -> Theorem:
    """x^2 <= 0 gives x = 0."""
    statement = forall(x, implies(x * x <= 0, eq(x, 0)))

    def build(x: Expression, h: Theorem, goal: Expression) -> Theorem:
        return split(
            trichotomy(x, number(0)),
            lambda less: contradiction(goal, arith(FALSE, less, h)),
            lambda equal: equal,
            lambda more: contradiction(goal, arith(FALSE, more, h)),
        )

    return prove(statement, build).called("x^2 <= 0 gives x = 0")


@cache
def largest() -> Theorem:
    """A family of n + 1 numbers has a largest one."""

    def claim(n: Expression) -> Expression:
        return forall(f, exists(i, both(i <= n, all_below(j, n + 1, f(j) <= f(i)))))

    def base(goal: Expression) -> Theorem:
        def build(f: Expression, goal: Expression) -> Theorem:
            at_zero = prove(all_below(j, number(1), f(j) <= f(number(0))), lambda j, h, _: _at_zero(f, j, h))
            return witness(together(arith(number(0) <= 0), at_zero), goal, 0)

        return prove(goal, build)

    def _at_zero(f: Expression, j: Expression, h: Theorem) -> Theorem:
        return rewrite(
            arith(eq(0, j), below(j, 1, h)),
            lambda v: f(v) <= f(number(0)),
            arith(f(number(0)) <= f(number(0))),
        )

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(f: Expression, goal: Expression) -> Theorem:
            def found(i: Expression, h: Theorem) -> Theorem:
                inside, largest_before = parts(h)

                def last_is_less(at_most: Theorem) -> Theorem:
                    rest = step_below(k + 1, at_most, largest_before)
                    return witness(together(arith(i <= k + 1, inside), rest), goal, i)

                def last_is_more(more: Theorem) -> Theorem:
                    rest = prove(
                        all_below(j, k + 1, f(j) <= f(k + 1)),
                        lambda j, less, goal: arith(goal, use(largest_before, j, less), more),
                    )
                    all_ = step_below(k + 1, arith(f(k + 1) <= f(k + 1)), rest)
                    return witness(together(arith(k + 1 <= k + 1), all_), goal, k + 1)

                return split(compare(f(k + 1), f(i)), last_is_less, last_is_more)

            return with_witness(use(before, f), found)

        return prove(goal, build)

    return by_induction(claim, base, step).called("n + 1 numbers have a largest one")


@cache
def only_term() -> Theorem:
    """A sum of which all terms but f(j) are zero is f(j)."""
    alone = either(eq(i, j), eq(f(i), 0))
    statement = forall(f, n, j, implies(j < n, all_below(i, n, alone), eq(total(i, n, f(i)), f(j))))

    def claim(k: Expression) -> Expression:
        sums = total(i, k, f(i))
        return implies(
            all_below(i, k, alone), both(implies(j < k, eq(sums, f(j))), implies(k <= j, eq(sums, 0)))
        )

    def base(goal: Expression) -> Theorem:
        def never(less: Theorem, goal: Expression) -> Theorem:
            return contradiction(goal, arith(FALSE, less, natural(j)))

        return prove(
            goal,
            lambda _, goal: together(
                prove(goal.args[0], never), prove(goal.args[1], lambda _, goal: arith(goal))
            ),
        )

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(h: Theorem, goal: Expression) -> Theorem:
            reached, not_yet = parts(use(before, _before(h, k)))
            sums, last = last_term(k, f), use(h, k, arith(k < k + 1))

            def inside(less: Theorem, goal: Expression) -> Theorem:
                def earlier(small: Theorem) -> Theorem:
                    def is_j(equal: Theorem) -> Theorem:
                        return contradiction(goal, arith(FALSE, equal, small))

                    return split(last, is_j, lambda zero: arith(goal, use(reached, small), sums, zero))

                def here(equal: Theorem) -> Theorem:
                    nothing = use(not_yet, arith(k <= j, equal))
                    at_k = arith(eq(total(i, k + 1, f(i)), f(k)), sums, nothing)
                    turned = arith(eq(k, j), equal)
                    return rewrite(turned, lambda v: eq(total(i, k + 1, f(i)), f(v)), at_k)

                return split(use(last_or_before(), j, k, less), earlier, here)

            def outside(at_most: Theorem, goal: Expression) -> Theorem:
                nothing = use(not_yet, arith(k <= j, at_most))

                def is_j(equal: Theorem) -> Theorem:
                    return contradiction(goal, arith(FALSE, equal, at_most))

                return split(last, is_j, lambda zero: arith(goal, nothing, sums, zero))

            return together(prove(goal.args[0], inside), prove(goal.args[1], outside))

        return prove(goal, build)

    def conclude(small: Theorem, h: Theorem, goal: Expression) -> Theorem:
        found = parts(use(by_induction(claim, base, step), n, h))[0]
        return restate(use(found, small), goal)

    return prove_for([f, n, j], statement, conclude).called(
        "a sum with one term that is not zero is that term"
    )
