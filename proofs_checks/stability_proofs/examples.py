"""Examples 2.1 to 2.3, A.1 and A.4: realizations near, all their parametrizations far.

In two dimensions a point is (x, y), a neuron c relu(a x + b y); kappa is 1/k. Gradients are written out as in
(21), H the step function.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, excluded_middle, restate, together, weaken
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, abs_of_product
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


# Example 2.1 ------------------------------------------------------------------------------------


def example_2_1_statement(factor: Entry = 1) -> Expression:
    """Return Example 2.1 for all k >= 1, kappa = 1/k: g = k relu(k x) - k relu(k x - kappa^2 y)."""
    value = k * RELU(k * x) - k * RELU(k * x - kappa**2 * y)
    small = forall(x, y, implies(ABS(x) <= 1, ABS(y) <= 1, ABS(value) <= factor * kappa))
    same = forall(x, y, eq(c * RELU(a * x + b * y) + e * RELU(p * x + q * y), value))
    entries = [term**2 * 2 >= k**2 for term in (a, c, p, e)]
    fibre = forall(a, b, c, p, q, e, implies(same, either(*entries)))
    return forall(k, kappa, implies(k >= 1, eq(k * kappa, 1), both(small, fibre)))


@cache
def relu_is_lipschitz() -> Theorem:
    """|relu(x) - relu(y)| <= |x - y|."""

    def build(x: Expression, y: Expression, goal: Expression) -> Theorem:
        facts = parts(use(abs_facts(), x - y))[:3]
        one, two = parts(use(axiom("relu"), x)), parts(use(axiom("relu"), y))

        def values(first: Theorem, second: Theorem, signs: list[Theorem]) -> Theorem:
            return _size(goal, first, second, *facts, *signs)

        def with_x(first: Theorem, sign: Theorem) -> Theorem:
            return split(
                compare(y, number(0)),
                lambda down: values(first, use(two[1], down), [sign, down]),
                lambda up: values(first, use(two[0], arith(y >= 0, up)), [sign, up]),
            )

        return split(
            compare(x, number(0)),
            lambda down: with_x(use(one[1], down), down),
            lambda up: with_x(use(one[0], arith(x >= 0, up)), up),
        )

    return prove(forall(x, y, ABS(RELU(x) - RELU(y)) <= ABS(x - y)), build).called("relu is 1-Lipschitz")


@cache
def example_2_1() -> Theorem:
    """Example 2.1: k^2 is an increment of g along the x axis, at most |c a| + |e p| for any network."""

    def build(given: Given) -> Theorem:
        k, kappa, least, product, goal = given
        small, fibre = goal.args
        positive = arith(k > 0, least)
        kappa_positive = split(
            compare(kappa, number(0)),
            lambda less: absurd(arith(FALSE, less, positive, product), kappa > 0),
            lambda more: more,
        )

        def bounded(given: Given) -> Theorem:
            x, y, _, in_y, goal = given
            one, two = k * x, k * x - kappa**2 * y
            lipschitz = use(relu_is_lipschitz(), one, two)
            value = goal.args[0].args[1]
            difference = RELU(one) - RELU(two)
            size = use(abs_scaled(), k, difference, positive)
            gap = use(abs_of_product(), kappa**2, y)
            inner = rewrite(
                arith(eq(kappa**2 * y, one - two)), lambda z: eq(ABS(z), ABS(kappa**2) * ABS(y)), gap
            )
            absolute = use(parts(use(axiom("abs"), kappa**2))[0], arith(kappa**2 >= 0, kappa_positive))
            least_size = arith(
                ABS(kappa**2) * ABS(y) <= kappa**2,
                arith(kappa**2 * ABS(y) <= kappa**2, in_y, arith(kappa**2 >= 0, kappa_positive)),
                absolute,
                multipliers=[ABS(y)],
            )
            grown = arith(k * ABS(difference) <= k * kappa**2, lipschitz, inner, least_size, positive)
            exact = certificate(eq(k * kappa**2, kappa), [(product, kappa)])
            whole = arith(ABS(k * difference) <= kappa, size, grown, exact, degree=1)
            return rewrite(arith(eq(k * difference, value)), lambda z: ABS(z) <= kappa, whole)

        def far(given: Given) -> Theorem:
            a, b, c, p, q, e, same, goal = given
            height = k * k * k
            first, second = use(same, 1, height), use(same, 0, height)
            # g(1, k^3) - g(0, k^3) = k^2
            flat = certificate(eq(kappa**2 * height, k), [(product, k * k * kappa + k)])
            terms = [k * 1, k * 1 - kappa**2 * height, k * 0, k * 0 - kappa**2 * height]
            values = [
                use(parts(use(axiom("relu"), term))[0], arith(term >= 0, flat, least, degree=1))
                if place in (0, 2)
                else use(parts(use(axiom("relu"), term))[1], arith(term <= 0, flat, least, degree=1))
                for place, term in enumerate(terms)
            ]
            increments = [
                (c, use(relu_is_lipschitz(), a * 1 + b * height, a * 0 + b * height), a),
                (e, use(relu_is_lipschitz(), p * 1 + q * height, p * 0 + q * height), p),
            ]
            bounds = []
            for coefficient, lipschitz, weight in increments:
                gap = lipschitz.conclusion.args[0].args[1]
                bounds.append(_increment(coefficient, gap, weight, lipschitz))
            whole = arith(
                k**2 <= _squares(a, c, p, e) * number(Fraction(1, 2)),
                first,
                second,
                *values,
                *bounds,
                multipliers=[k],
                degree=2,
            )
            return _some_large(goal, (a, c, p, e), k, whole)

        return together(opened(small, 4, bounded), opened(fibre, 7, far))

    return opened(example_2_1_statement(), 4, build).called("Example 2.1")


def _squares(a: Entry, c: Entry, p: Entry, e: Entry) -> Expression:
    squares: Expression = a**2 + c**2 + p**2 + e**2
    return squares


def _increment(c: Entry, gap: Entry, a: Entry, lipschitz: Theorem) -> Theorem:
    """From |gap| <= |a|: c gap <= (a^2 + c^2) / 2."""
    from ..kernel.arithmetic import square

    inner = lipschitz.conclusion.args[1].args[1]
    lipschitz = rewrite(arith(eq(inner, a)), lambda z: ABS(gap) <= ABS(z), lipschitz)
    facts, sizes = parts(use(abs_facts(), gap)), parts(use(abs_facts(), a))
    squares = arith(gap**2 <= a**2, lipschitz, facts[0], facts[3], sizes[3])
    return arith(c * gap <= (a**2 + c**2) * number(Fraction(1, 2)), square(c - gap), squares, degree=1)


def _some_large(goal: Expression, terms: Given, k: Expression, whole: Theorem) -> Theorem:
    """From 2 k^2 <= sum of four squares: one of them is at least k^2 / 2."""

    def go(place: int, small: list[Theorem]) -> Theorem:
        if place == len(terms):
            return contradiction(goal, arith(FALSE, whole, *small, degree=1))
        return split(
            compare(k**2, terms[place] ** 2 * 2),
            lambda large: weaken(restate(large, goal.args[place]), goal),
            lambda less: go(place + 1, [*small, less]),
        )

    return go(0, [])


# Example A.1 ------------------------------------------------------------------------------------


def loss_of(first: Expression, second: Expression) -> Expression:
    """Return 1/2 ((g(-1, 1) - 1)^2 + (g(-1, -1) + 1)^2)."""
    return number(Fraction(1, 2)) * ((first - 1) ** 2 + (second + 1) ** 2)


def safe_statement(share: Fraction = Fraction(1, 2), least: int = 1) -> Expression:
    """Return: changing the weights of ((r, 0), 0) by at most share r keeps the loss at least 1."""
    first, second = c * RELU(-1 * a + b), c * RELU(-1 * a - b)
    near = (ABS(a - r) <= number(share) * r, ABS(b) <= number(share) * r)
    return forall(r, a, b, c, implies(r > 0, *near, loss_of(first, second) >= least))


def example_a_1_statement(share: Fraction = Fraction(1, 2)) -> Expression:
    """Return Example A.1: a local minimum of radius r/2, and g_k = kappa relu(y) nearby with less loss."""
    first, second = kappa * RELU(number(1)), kappa * RELU(number(-1))
    near = forall(H, y, implies(is_step(H), ABS(kappa * H(y)) <= kappa))
    better = forall(kappa, implies(kappa > 0, kappa <= 1, both(near, loss_of(first, second) < 1)))
    return both(safe_statement(share), better)


@cache
def safe() -> Theorem:
    """The neuron is dead on both samples."""

    def build(given: Given) -> Theorem:
        r, a, b, c, positive, near_a, near_b, goal = given
        facts = [*parts(use(abs_facts(), a - r))[1:3], *parts(use(abs_facts(), b))[1:3], near_a, near_b]
        terms = (-1 * a + b, -1 * a - b)
        values = [
            use(parts(use(axiom("relu"), term))[1], arith(term <= 0, *facts, positive, degree=1))
            for term in terms
        ]
        outputs = [
            certificate(eq(c * RELU(term), 0), [(value, c)])
            for term, value in zip(terms, values, strict=True)
        ]
        first, second = (c * RELU(term) for term in terms)
        squares = [
            certificate(eq((first - 1) ** 2, 1), [(outputs[0], first - 2)]),
            certificate(eq((second + 1) ** 2, 1), [(outputs[1], second + 2)]),
        ]
        return arith(goal, *squares, degree=1)

    return opened(safe_statement(), 7, build).called("changes of at most r/2 keep the loss")


@cache
def example_a_1() -> Theorem:
    """Example A.1."""
    better = example_a_1_statement().args[1]

    def build(given: Given) -> Theorem:
        kappa, positive, at_most, goal = given

        def near(given: Given) -> Theorem:
            H, y, step, goal = given
            bounds = parts(use(step_bounds(), H, y, step))
            return _size(
                goal,
                arith(kappa * H(y) <= kappa, bounds[1], positive),
                arith(kappa * H(y) >= 0, bounds[0], positive),
                positive,
            )

        one = use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0))
        minus = use(parts(use(axiom("relu"), -1))[1], arith(number(-1) <= 0))
        outputs = [
            certificate(eq(kappa * RELU(number(1)), kappa), [(one, kappa)]),
            certificate(eq(kappa * RELU(number(-1)), 0), [(minus, kappa)]),
        ]
        first, second = kappa * RELU(number(1)), kappa * RELU(number(-1))
        squares = [
            certificate(eq((first - 1) ** 2, (kappa - 1) ** 2), [(outputs[0], first + kappa - 2)]),
            certificate(eq((second + 1) ** 2, 1), [(outputs[1], second + 2)]),
        ]
        less = arith(
            goal.args[1], *squares, arith(kappa * kappa <= kappa, at_most, positive), positive, degree=1
        )
        return together(opened(goal.args[0], 3, near), less)

    return together(safe(), opened(better, 3, build)).called("Example A.1")
