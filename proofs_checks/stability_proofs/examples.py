"""Examples 2.2, 2.3 and A.4: realizations near, all their parametrizations far.

In two dimensions a point is (x, y), a neuron c relu(a x + b y); kappa is 1/k. Gradients are written out as in
(21), H the step function.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, excluded_middle, restate, together, weaken
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import ABS, INVERSE, RELU
from .hyperplanes import abs_scaled, nonzero_size
from .names import H, is_step
from .opening import Entry, Given, opened
from .small_steps import positive_inverse

x, y, r, kappa, gamma, delta = (variable(name, REAL) for name in ("x", "y", "r", "kappa", "gamma", "delta"))
a, b, c, p, q, e, k = (variable(name, REAL) for name in ("a", "b", "c", "p", "q", "e", "k"))


def nonzero(term: Expression) -> Expression:
    """Return term != 0."""
    return negation(eq(term, 0))


@cache
def step_bounds() -> Theorem:
    """0 <= H(t) <= 1, and H(1) = 1."""
    statement = forall(H, x, implies(is_step(H), both(H(x) >= 0, H(x) <= 1, eq(H(number(1)), 1))))

    def build(given: Given) -> Theorem:
        _H, x, step, goal = given
        on, off = parts(use(step, x))

        def bound(goal: Expression) -> Theorem:
            return split(
                compare(x, number(0)),
                lambda at_most: arith(goal, use(off, at_most)),
                lambda more: arith(goal, use(on, more)),
            )

        last = use(parts(use(step, 1))[0], arith(number(1) > 0))
        return together(bound(goal.args[0]), bound(goal.args[1]), restate(last, goal.args[2]))

    return opened(statement, 3, build).called("0 <= H <= 1")


def _size(goal: Expression, *known: Theorem) -> Theorem:
    """|t| <= c from facts on t."""
    term, limit = goal.args[0].args[1], goal.args[1]
    return use(abs_at_most(), term, limit, arith(term <= limit, *known), arith(-1 * term <= limit, *known))


def _at_least(goal: Expression, sign: int, *known: Theorem) -> Theorem:
    """|t| >= c from facts on t; the sign of t is given."""
    limit, term = goal.args[0], goal.args[1].args[1]
    del limit
    facts = parts(use(abs_facts(), term))
    return arith(goal, *known, facts[1 if sign > 0 else 2])


# Examples 2.2 and A.4 ---------------------------------------------------------------------------


def one_neuron(length: Entry, coefficient: Entry, bound: Entry, distance: Entry) -> Expression:
    """Return what is said of Gamma = ((length, 0), coefficient) and g = kappa relu(y)."""
    entries = both(ABS(coefficient * length * H(length * x)) <= distance, ABS(kappa * H(y)) <= distance)
    near = forall(x, y, implies(nonzero(x), nonzero(y), entries))
    attained = eq(ABS(kappa * H(number(1))), distance)
    same = forall(x, y, eq(c * RELU(a * x + b * y), kappa * RELU(y)))
    fibre = forall(a, b, c, implies(same, ABS(a - length) >= bound))
    return both(near, attained, fibre)


def example_2_2_statement(factor: Entry = 1, distance: Entry = 1) -> Expression:
    """Return Example 2.2 for all r > 0: distance kappa, all parametrizations at least r away."""
    return forall(
        *(H, r, kappa),
        implies(is_step(H), r > 0, kappa > 0, one_neuron(r, number(0), factor * r, distance * kappa)),
    )


def example_a_4_statement(factor: Entry = 1, distance: Entry = 1) -> Expression:
    """Return Example A.4: r = k, kappa = 1/k, the coefficient 1/k^2."""
    return forall(
        *(H, r, kappa),
        implies(
            is_step(H), r > 0, eq(r * kappa, 1), one_neuron(r, kappa * kappa, factor * r, distance * kappa)
        ),
    )


@cache
def fibre_of_ray() -> Theorem:
    """C relu(a x + b y) = kappa relu(y) for all x, y only if a = 0."""
    same = forall(x, y, eq(c * RELU(a * x + b * y), kappa * RELU(y)))
    statement = forall(a, b, c, kappa, implies(kappa > 0, same, eq(a, 0)))

    def build(given: Given) -> Theorem:
        a, b, c, kappa, positive, same, goal = given
        zero = use(parts(use(axiom("relu"), 0))[1], arith(number(0) <= 0))
        one = use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0))
        right, left, up = use(same, 1, 0), use(same, -1, 0), use(same, 0, 1)

        def none(flat: Theorem) -> Theorem:
            return contradiction(goal, _no_kappa(flat, up, one, positive, (kappa, b)))

        def inverse(product: Theorem) -> Theorem:
            values = [
                certificate(
                    eq(RELU(sign * a), 0),
                    [(fact, INVERSE(c)), (zero, kappa * INVERSE(c)), (product, -1 * RELU(sign * a))],
                )
                for sign, fact in ((1, right), (-1, left))
            ]
            below = [parts(use(relu_at_least(), sign * a)) for sign in (1, -1)]
            return arith(goal, *values, below[0][0], below[1][0])

        return split(use(axiom("inverse"), c), none, inverse)

    return opened(statement, 6, build).called("a neuron with the values of kappa relu(y) has a = 0")


def _no_kappa(flat: Theorem, up: Theorem, one: Theorem, positive: Theorem, terms: Given) -> Theorem:
    kappa, b = terms
    zero = arith(eq(kappa, 0), up, flat, one, multipliers=[RELU(b), kappa])
    return arith(FALSE, zero, positive)


@cache
def relu_at_least() -> Theorem:
    """relu(t) >= t and relu(t) >= 0."""
    from ..proving.lemmas import relu_facts

    def build(x: Expression, _goal: Expression) -> Theorem:
        facts = parts(use(relu_facts(), x))
        return together(facts[1], facts[0])

    return prove(forall(x, both(RELU(x) >= x, RELU(x) >= 0)), build).called("relu(t) >= t, 0")


def _one_neuron(
    goal: Expression, terms: Given, step: Theorem, positive: Theorem, coefficient: Theorem
) -> Theorem:
    """Prove the three parts; ``coefficient``: 0 <= coefficient length <= kappa."""
    H, r, kappa, r_positive = terms
    near, attained, fibre = goal.args

    def entries(given: Given) -> Theorem:
        x, y, _, _, goal = given
        first = goal.args[0].args[0].args[1]
        inner = first.args[1].args[1] if first.op == "*" else first
        del inner
        bounds = parts(use(step_bounds(), H, r * x, step)), parts(use(step_bounds(), H, y, step))
        least, most = parts(coefficient)
        product = least.conclusion.args[1]
        value = H(r * x)
        grown = arith(
            product * value <= kappa, most, arith(product * value <= product, bounds[0][1], least), degree=1
        )
        return together(
            _size(goal.args[0], grown, arith(product * value >= 0, least, bounds[0][0]), positive),
            _size(
                goal.args[1],
                arith(kappa * H(y) <= kappa, bounds[1][1], positive),
                arith(kappa * H(y) >= 0, bounds[1][0], positive),
                positive,
            ),
        )

    one = parts(use(step_bounds(), H, 1, step))[2]
    value = attained.args[0].args[1]
    size = use(parts(use(axiom("abs"), value))[0], arith(value >= 0, one, positive, multipliers=[kappa]))
    equal = arith(attained, size, one, multipliers=[kappa])

    def fibre_far(given: Given) -> Theorem:
        a, b, c, same, goal = given
        zero = use(fibre_of_ray(), a, b, c, kappa, positive, same)
        return _at_least(goal, -1, zero, r_positive)

    return together(opened(near, 4, entries), equal, opened(fibre, 4, fibre_far))


@cache
def example_2_2() -> Theorem:
    """Example 2.2."""

    def build(given: Given) -> Theorem:
        H, r, kappa, step, r_positive, positive, goal = given
        zero = number(0) * r
        coefficient = together(arith(zero >= 0), arith(zero <= kappa, positive))
        return _one_neuron(goal, (H, r, kappa, r_positive), step, positive, coefficient)

    return opened(example_2_2_statement(), 6, build).called("Example 2.2")


@cache
def example_a_4() -> Theorem:
    """Example A.4."""

    def build(given: Given) -> Theorem:
        H, r, kappa, step, r_positive, product, goal = given
        positive = split(
            compare(kappa, number(0)),
            lambda less: absurd(arith(FALSE, less, r_positive, product), kappa > 0),
            lambda more: more,
        )
        equal = certificate(eq(kappa * kappa * r, kappa), [(product, kappa)])
        coefficient = together(
            arith(kappa * kappa * r >= 0, equal, positive, degree=1),
            arith(kappa * kappa * r <= kappa, equal, degree=1),
        )
        return _one_neuron(goal, (H, r, kappa, r_positive), step, positive, coefficient)

    return opened(example_a_4_statement(), 6, build).called("Example A.4")


# Example 2.3 ------------------------------------------------------------------------------------


def example_2_3_statement(bound: Entry = 1, distance: Entry = 1) -> Expression:
    """Return Example 2.3: Gamma = ([(1, 0) | (1, 0)]^T, (1, 1)), g = 2 relu(x) + kappa relu(y)."""
    entries = both(ABS(2 * H(x) - (H(x) + H(x))) <= distance * kappa, ABS(kappa * H(y)) <= distance * kappa)
    near = forall(x, y, implies(nonzero(x), nonzero(y), entries))
    attained = eq(ABS(kappa * H(number(1))), distance * kappa)
    same = forall(x, y, eq(c * RELU(a * x + b * y) + e * RELU(p * x + q * y), 2 * RELU(x) + kappa * RELU(y)))
    fibre = forall(
        *(a, b, c, p, q, e),
        implies(same, either(ABS(a - 1) >= number(1) * bound, ABS(p - 1) >= number(1) * bound)),
    )
    return forall(H, kappa, implies(is_step(H), kappa > 0, both(near, attained, fibre)))


@cache
def no_second_difference() -> Theorem:
    """relu(z + w) + relu(z - w) = 2 relu(z) for |w| <= |z|."""
    z, w = x, y
    statement = forall(z, w, implies(ABS(w) <= ABS(z), eq(RELU(z + w) + RELU(z - w), 2 * RELU(z))))

    def build(given: Given) -> Theorem:
        z, w, inside, goal = given
        sizes = parts(use(abs_facts(), w))[:3]
        positive, negative = parts(use(axiom("abs"), z))
        pairs = [parts(use(axiom("relu"), term)) for term in (z + w, z - w, z)]

        def side(up: bool, known: list[Theorem]) -> Theorem:
            place = 0 if up else 1
            values = [
                use(pair[place], arith(term >= 0 if up else term <= 0, inside, *sizes, *known))
                for pair, term in zip(pairs, (z + w, z - w, z), strict=True)
            ]
            return arith(goal, *values)

        return split(
            compare(z, number(0)),
            lambda down: side(False, [down, use(negative, down)]),
            lambda more: side(True, [more, use(positive, arith(z >= 0, more))]),
        )

    return opened(statement, 3, build).called("no second difference away from the hyperplane")


@cache
def example_2_3() -> Theorem:
    """Example 2.3: a second difference across y = 0, far out on the x axis."""

    def build(given: Given) -> Theorem:
        H, kappa, step, positive, goal = given
        near, attained, fibre = goal.args

        def entries(given: Given) -> Theorem:
            _x, y, _, _, goal = given
            bounds = parts(use(step_bounds(), H, y, step))
            return together(
                _size(goal.args[0], positive),
                _size(
                    goal.args[1],
                    arith(kappa * H(y) <= kappa, bounds[1], positive),
                    arith(kappa * H(y) >= 0, bounds[0], positive),
                    positive,
                ),
            )

        one = parts(use(step_bounds(), H, 1, step))[2]
        value = attained.args[0].args[1]
        size = use(parts(use(axiom("abs"), value))[0], arith(value >= 0, one, positive, multipliers=[kappa]))
        equal = arith(attained, size, one, multipliers=[kappa])
        return together(
            opened(near, 4, entries), equal, opened(fibre, 7, lambda given: _two_rows(given, kappa, positive))
        )

    return opened(example_2_3_statement(), 4, build).called("Example 2.3")


def _two_rows(given: Given, kappa: Expression, positive: Theorem) -> Theorem:
    a, b, c, p, q, e, same, goal = given

    def vertical(zero: Theorem, place: int) -> Theorem:
        return weaken(_at_least(goal.args[place], -1, zero), goal)

    def neither(off_a: Theorem, off_p: Theorem) -> Theorem:
        sizes = [use(nonzero_size(), term, off) for term, off in ((a, off_a), (p, off_p))]

        def with_a(nu: Expression, one: Theorem) -> Theorem:
            def with_p(xi: Expression, two: Theorem) -> Theorem:
                facts = [parts(use(abs_facts(), term))[0] for term in (b, q)]
                far = ABS(b) * nu + ABS(q) * xi + 1
                far_positive = arith(
                    far > 0,
                    arith(ABS(b) * nu >= 0, facts[0], parts(one)[0]),
                    arith(ABS(q) * xi >= 0, facts[1], parts(two)[0]),
                    degree=1,
                )

                def second(first: Expression, height: Expression, inverse: Theorem, rest: Theorem) -> Theorem:
                    """The neuron (first, height) has no second difference at (far, +-1)."""
                    size = use(abs_scaled(), far, first, far_positive)
                    reach = certificate(
                        eq(ABS(height) * ABS(first) * INVERSE_OF[first], ABS(height)),
                        [(parts(inverse)[1], ABS(height))],
                    )
                    least = arith(
                        far * ABS(first) >= ABS(height),
                        arith(
                            (far - ABS(height) * INVERSE_OF[first]) * ABS(first) >= 0,
                            rest,
                            parts(use(abs_facts(), first))[0],
                        ),
                        reach,
                        degree=1,
                    )
                    moved = rewrite(
                        arith(eq(far * first, first * far)), lambda z: eq(ABS(z), far * ABS(first)), size
                    )
                    return use(
                        no_second_difference(),
                        first * far,
                        height,
                        arith(ABS(height) <= ABS(first * far), moved, least, degree=1),
                    )

                INVERSE_OF = {a: nu, p: xi}
                rests = [
                    arith(far - ABS(b) * nu >= 0, arith(ABS(q) * xi >= 0, facts[1], parts(two)[0]), degree=1),
                    arith(far - ABS(q) * xi >= 0, arith(ABS(b) * nu >= 0, facts[0], parts(one)[0]), degree=1),
                ]
                seconds = [second(a, b, one, rests[0]), second(p, q, two, rests[1])]
                values = [use(same, far, height) for height in (1, -1, 0)]
                relus = [
                    use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0)),
                    use(parts(use(axiom("relu"), -1))[1], arith(number(-1) <= 0)),
                    use(parts(use(axiom("relu"), 0))[0], arith(number(0) >= 0)),
                ]
                zero = arith(eq(kappa, 0), *values, *seconds, *relus, multipliers=[c, e, kappa])
                return contradiction(goal, arith(FALSE, zero, positive))

            return with_witness(use(positive_inverse(), ABS(p), sizes[1]), with_p)

        return with_witness(use(positive_inverse(), ABS(a), sizes[0]), with_a)

    return split(
        excluded_middle(eq(a, 0)),
        lambda zero: vertical(zero, 0),
        lambda off_a: split(
            excluded_middle(eq(p, 0)), lambda zero: vertical(zero, 1), lambda off_p: neither(off_a, off_p)
        ),
    )
