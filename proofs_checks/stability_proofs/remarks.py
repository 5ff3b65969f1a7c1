"""Remarks of the paper: (4), one dimension more, what is used of its reference [34], and the outlook."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, abs_of_product, abs_of_sum, sum_equal, sum_monotone
from ..proving.tactics import compare, last_term, parts, prove, rewrite, split, use, with_witness
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
    negation,
    number,
    total,
    variable,
)
from ..statements.functions import ABS, INVERSE, POWER, RELU
from .architectures import power_positive
from .example_2_1 import example_2_1, relu_is_lipschitz
from .free_directions import bias, out
from .functions import decided
from .names import a, below, d, differs, dot, i, j, k, m, n, network, row, x
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, column
from .restricted_space import c as matrix
from .small_steps import positive_inverse

y = variable("y", REAL, NATURAL)
c = variable("c", REAL, NATURAL)
s, t, alpha, kappa, size, r, q = (
    variable(name, REAL) for name in ("s", "t", "alpha", "kappa", "M", "r", "q")
)
a_new, c_new = variable("a'", REAL, NATURAL, NATURAL), variable("c'", REAL, NATURAL, NATURAL)

# (4) --------------------------------------------------------------------------------------------


def equation_4_statement(last: int = 0) -> Expression:
    """Return (4): the last layer (0, 0) realizes 0 for all hidden values; R is not injective."""
    zero = forall(n, y, eq(total(i, n, number(last) * RELU(y(i))) + number(last), 0))
    two = exists(
        r, q, both(negation(eq(r, q)), forall(t, eq(number(0) * RELU(r * t), number(0) * RELU(q * t))))
    )
    return both(zero, two)


@cache
def equation_4() -> Theorem:
    """Zero times anything."""
    zero, two = equation_4_statement().args
    first = prove(zero, lambda _n, _y, goal: arith(goal))
    body = opened_exists(two, number(0), number(1))
    different = prove(body.args[0], lambda equal, _: arith(FALSE, equal))
    same = prove(body.args[1], lambda _t, goal: arith(goal))
    return together(first, witness(together(different, same), two, 0, 1)).called("(4): R is not injective")


# one dimension more -----------------------------------------------------------------------------


def one_dimension_statement(more: int = 1) -> Expression:
    """Return: networks with biases are networks without on (x, 1), with one input and one neuron more."""
    value = total(i, m, matrix(i, k) * RELU(dot(row(a, i), y, d) + bias(i))) + out(k)
    same = forall(
        y, implies(eq(y(d), 1), below(k, D, eq(network(column(c_new, k), a_new, y, m + more, d + 1), value)))
    )
    return forall(d, m, D, a, bias, matrix, out, exists(a_new, c_new, same))


@cache
def one_dimension() -> Theorem:
    """The biases become weights of the constant input, the output bias a neuron."""

    def build(given: Given) -> Theorem:
        d, m, _, a, h, c, e, goal = given
        rows = decided(eq(i, m), number(0), a(i, j), (i, j))
        biases = decided(eq(i, m), number(1), h(i), (i,))
        columns = decided(eq(i, m), e(j), c(i, j), (i, j))

        def with_rows(g: Expression, of_rows: Theorem) -> Theorem:
            def with_biases(u: Expression, of_biases: Theorem) -> Theorem:
                def with_columns(f: Expression, of_columns: Theorem) -> Theorem:
                    weights = decided(eq(j, d), u(i), g(i, j), (i, j))
                    return with_witness(
                        weights,
                        lambda w, of_w: _augmented(
                            goal, (d, m, a, h, c, e, g, u, f, w), (of_rows, of_biases, of_columns, of_w)
                        ),
                    )

                return with_witness(columns, with_columns)

            return with_witness(biases, with_biases)

        return with_witness(rows, with_rows)

    return opened(one_dimension_statement(), 7, build).called("one dimension more is enough")


def _augmented(goal: Expression, data: Given, known: Given) -> Theorem:
    d, m, a, h, c, e, g, u, f, w = data
    of_rows, of_biases, of_columns, of_w = known

    def inner(i: Expression, y: Expression, at_one: Theorem) -> Theorem:
        """<w_i, y> = <g_i, x> + u_i at y = (x, 1)."""
        term = function(j, w(i, j) * y(j))
        plain = function(j, g(i, j) * y(j))

        def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            off = prove(differs(j, d), lambda equal, _: arith(FALSE, equal, less))
            return certificate(goal, [(use(parts(use(of_w, i, j))[1], off), y(j))])

        equal = use(sum_equal(), term, plain, d, prove(below(j, d, eq(term(j), plain(j))), entry))
        last = certificate(
            eq(w(i, d) * y(d), u(i)),
            [(use(parts(use(of_w, i, d))[0], arith(eq(d, d))), y(d)), (at_one, u(i))],
        )
        return arith(
            eq(dot(row(w, i), y, d + 1), dot(row(g, i), y, d) + u(i)),
            last_term(d, term),
            equal,
            last,
            degree=1,
        )

    def same_relu(one: Expression, two: Expression, equal: Theorem) -> Theorem:
        return rewrite(
            arith(eq(two, one), equal), lambda z: eq(RELU(z), RELU(two)), arith(eq(RELU(two), RELU(two)))
        )

    def values(given: Given) -> Theorem:
        y, at_one, k, _, goal = given
        term = function(i, f(i, k) * RELU(dot(row(w, i), y, d + 1)))
        right = function(i, c(i, k) * RELU(dot(row(a, i), y, d) + h(i)))

        def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            off = prove(differs(i, m), lambda equal, _: arith(FALSE, equal, less))
            left, old = function(j, g(i, j) * y(j)), function(j, a(i, j) * y(j))
            rows_equal = use(
                sum_equal(),
                left,
                old,
                d,
                prove(
                    below(j, d, eq(left(j), old(j))),
                    lambda j, _, goal: certificate(goal, [(use(parts(use(of_rows, i, j))[1], off), y(j))]),
                ),
            )
            equal = arith(
                eq(dot(row(w, i), y, d + 1), dot(row(a, i), y, d) + h(i)),
                inner(i, y, at_one),
                rows_equal,
                use(parts(use(of_biases, i))[1], off),
                degree=1,
            )
            value = same_relu(dot(row(w, i), y, d + 1), dot(row(a, i), y, d) + h(i), equal)
            return certificate(
                goal,
                [
                    (use(parts(use(of_columns, i, k))[1], off), RELU(dot(row(w, i), y, d + 1))),
                    (value, c(i, k)),
                ],
            )

        sums = use(sum_equal(), term, right, m, prove(below(i, m, eq(term(i), right(i))), each))
        same = arith(eq(m, m))
        flat = function(j, g(m, j) * y(j))
        from .independent_jumps import no_terms

        zero = use(
            no_terms(),
            flat,
            d,
            prove(
                below(j, d, eq(flat(j), 0)),
                lambda j, _, goal: certificate(goal, [(use(parts(use(of_rows, m, j))[0], same), y(j))]),
            ),
        )
        one = arith(
            eq(dot(row(w, m), y, d + 1), 1),
            inner(m, y, at_one),
            zero,
            use(parts(use(of_biases, m))[0], same),
            degree=1,
        )
        relu = use(
            parts(use(axiom("relu"), dot(row(w, m), y, d + 1)))[0], arith(dot(row(w, m), y, d + 1) >= 0, one)
        )
        last = certificate(
            eq(term(m), e(k)),
            [
                (use(parts(use(of_columns, m, k))[0], same), RELU(dot(row(w, m), y, d + 1))),
                (relu, e(k)),
                (one, e(k)),
            ],
        )
        return arith(goal, last_term(m, term), sums, last, degree=1)

    body = opened_exists(goal, w, f)
    return witness(opened(body, 4, values), goal, w, f)


# reference [34] ---------------------------------------------------------------------------------


def proposition_5_1_statement(power: int = 2) -> Expression:
    """Return: parameters of at most M give a Lipschitz constant of at most m M^2, in the norm 1."""
    limit = below(i, m, both(ABS(c(i)) <= size, below(j, d, ABS(a(i, j)) <= size)))
    gap = total(j, d, ABS(x(j) - y(j)))
    bound = ABS(network(c, a, x, m, d) - network(c, a, y, m, d)) <= total(i, m, size**power * gap)
    return forall(d, m, a, c, size, implies(size >= 0, limit, forall(x, y, bound)))


@cache
def proposition_5_1() -> Theorem:
    """Each neuron is Lipschitz with |c_i| max |a_ij|."""

    def build(given: Given) -> Theorem:
        d, m, a, c, size, least, limit, x, y, goal = given
        difference = function(i, c(i) * (RELU(dot(row(a, i), x, d)) - RELU(dot(row(a, i), y, d))))
        sizes = function(i, ABS(difference(i)))
        gap = total(j, d, ABS(x(j) - y(j)))
        bounds = function(i, size**2 * gap)

        def neuron(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            of_c, of_a = parts(use(limit, i, less))
            one, two = dot(row(a, i), x, d), dot(row(a, i), y, d)
            lipschitz = use(relu_is_lipschitz(), one, two)
            entry = function(j, a(i, j) * (x(j) - y(j)))
            absolute, grown = function(j, ABS(entry(j))), function(j, size * ABS(x(j) - y(j)))

            def entry_bound(j: Expression, in_d: Theorem, goal: Expression) -> Theorem:
                gap_j = x(j) - y(j)
                return arith(
                    goal,
                    use(abs_of_product(), a(i, j), gap_j),
                    arith(
                        ABS(a(i, j)) * ABS(gap_j) <= size * ABS(gap_j),
                        use(of_a, j, in_d),
                        parts(use(abs_facts(), gap_j))[0],
                    ),
                    degree=1,
                )

            row_bound = use(
                sum_monotone(), absolute, grown, d, prove(below(j, d, absolute(j) <= grown(j)), entry_bound)
            )
            triangle = use(abs_of_sum(), entry, d)
            inner = rewrite(
                arith(eq(total(j, d, entry(j)), one - two)),
                lambda z: ABS(z) <= total(j, d, absolute(j)),
                triangle,
            )
            step = RELU(one) - RELU(two)
            small = arith(ABS(step) <= size * gap, lipschitz, inner, row_bound, degree=1)
            product = use(abs_of_product(), c(i), step)
            first = arith(ABS(c(i)) * ABS(step) <= size * ABS(step), of_c, parts(use(abs_facts(), step))[0])
            second = arith(size * ABS(step) <= size * (size * gap), small, least)
            return arith(goal, product, first, second, degree=1)

        whole = use(sum_monotone(), sizes, bounds, m, prove(below(i, m, sizes(i) <= bounds(i)), neuron))
        triangle = use(abs_of_sum(), difference, m)
        values = network(c, a, x, m, d) - network(c, a, y, m, d)
        moved = rewrite(
            arith(eq(total(i, m, difference(i)), values)), lambda z: ABS(z) <= total(i, m, sizes(i)), triangle
        )
        return arith(goal, moved, whole, degree=1)

    return opened(proposition_5_1_statement(), 9, build).called(
        "bounded parameters, bounded Lipschitz constants"
    )


def theorem_5_2_statement(width: int = 2) -> Expression:
    """Return: in the uniform norm no (s, alpha) serves, not even at Gamma = 0 (two inputs, two neurons)."""
    x0, x1, p, e = (variable(name, REAL) for name in ("x", "y", "p", "e"))
    f, g, h, u = (variable(name, REAL) for name in ("a", "b", "c", "q"))
    first, second = RELU(t * x0), RELU(t * x0 - kappa**2 * x1)
    value = t * first - t * second
    small = forall(x0, x1, implies(ABS(x0) <= 1, ABS(x1) <= 1, ABS(value) <= kappa))
    neurons = [h * RELU(f * x0 + g * x1), e * RELU(p * x0 + u * x1)][:width]
    same = forall(x0, x1, eq(sum(neurons, number(0)), value))
    large = [ABS(term) > s * POWER(kappa, alpha) for term in (f, h, p, e)]
    far = forall(f, g, h, p, u, e, implies(same, either(*large)))
    found = exists(t, kappa, both(kappa > 0, small, far))
    return forall(s, alpha, implies(s > 0, alpha > 0, found))


@cache
def theorem_5_2() -> Theorem:
    """Example 2.1 with k beyond s and the powers of 1/k."""

    def build(given: Given) -> Theorem:
        s, alpha, s_positive, a_positive, goal = given
        unit = POWER(number(1), INVERSE(alpha))
        unit_positive = use(power_positive(), 1, alpha, arith(number(1) > 0), a_positive)
        power = use(axiom("power of a power"), 1, alpha, arith(number(1) >= 0), a_positive)

        def with_unit(nu: Expression, facts: Theorem) -> Theorem:
            nu_positive, product = parts(facts)
            k = 1 + nu + 2 * s
            k_least = arith(k >= 1, nu_positive, s_positive)
            k_positive = arith(k > 0, k_least)

            def with_kappa(kappa: Expression, inverse: Theorem) -> Theorem:
                kappa_positive, k_product = parts(inverse)
                below_unit = split(
                    compare(kappa, unit),
                    lambda h: h,
                    lambda more: _too_large(
                        (kappa, unit, nu, k, s),
                        more,
                        (product, k_product, nu_positive, s_positive, kappa_positive),
                    ),
                )
                monotone = parts(
                    use(
                        axiom("powers are monotone"),
                        kappa,
                        unit,
                        alpha,
                        arith(kappa >= 0, kappa_positive),
                        below_unit,
                        a_positive,
                    )
                )
                small, fibre = parts(use(example_2_1(), k, kappa, k_least, k_product))
                inner = opened_exists(goal, k, kappa)
                bound = s * POWER(kappa, alpha)
                limit = arith(
                    bound <= s,
                    arith(s * POWER(kappa, alpha) <= s * POWER(unit, alpha), monotone[1], s_positive),
                    power,
                    multipliers=[s],
                )

                def far(given: Given) -> Theorem:
                    *terms, same, goal = given
                    found = use(fibre, *terms, same)
                    return split(
                        found,
                        *(
                            _large_case(
                                goal, place, term, (bound, limit, k, s), (k_least, nu_positive, s_positive)
                            )
                            for place, term in enumerate((terms[0], terms[2], terms[3], terms[5]))
                        ),
                    )

                return witness(
                    together(kappa_positive, restate(small, inner.args[1]), opened(inner.args[2], 7, far)),
                    goal,
                    k,
                    kappa,
                )

            return with_witness(use(positive_inverse(), k, k_positive), with_kappa)

        return with_witness(use(positive_inverse(), unit, unit_positive), with_unit)

    return opened(theorem_5_2_statement(), 4, build).called("no inverse stability in the uniform norm")


def _too_large(terms: Given, more: Theorem, facts: Given) -> Theorem:
    """Kappa > unit is impossible: k >= 1 / unit."""
    from ..kernel.rules import absurd

    kappa, unit, nu, k, s = terms
    product, k_product, nu_positive, s_positive, kappa_positive = facts
    grown = arith(kappa * nu > unit * nu, more, nu_positive)
    rest = arith(kappa * (1 + 2 * s) > 0, kappa_positive, arith(1 + 2 * s > 0, s_positive))
    del k
    return absurd(arith(FALSE, grown, rest, product, k_product, degree=1), kappa <= unit)


def _large_case(goal: Expression, place: int, term: Expression, data: Given, facts: Given) -> Entry:
    def case(large: Theorem) -> Theorem:
        bound, limit, k, s = data
        k_least, nu_positive, s_positive = facts
        sizes = parts(use(abs_facts(), term))

        def small(at_most: Theorem) -> Theorem:
            from ..kernel.rules import absurd

            square = arith(
                ABS(term) ** 2 <= s**2, arith(ABS(term) <= s, at_most, limit), sizes[0], s_positive
            )
            bigger = arith(k**2 >= 4 * s**2 + 1, arith(k - 2 * s >= 1, nu_positive), s_positive, k_least)
            return absurd(
                arith(FALSE, large, square, bigger, sizes[3], arith(s**2 >= 0, s_positive), degree=1),
                goal.args[place],
            )

        decided_ = split(compare(ABS(term), bound), small, lambda more: restate(more, goal.args[place]))
        return weaken(decided_, goal)

    return case


# outlook ----------------------------------------------------------------------------------------


def discarded_statement(sign: int = -1) -> Expression:
    """Return: a second neuron may discard all that a first one gives, whatever the first weight."""
    return forall(r, t, eq(RELU(number(sign) * RELU(r * t)), 0))


@cache
def discarded() -> Theorem:
    """relu(-relu(t)) = 0."""
    from ..proving.lemmas import relu_facts

    def build(r: Expression, t: Expression, goal: Expression) -> Theorem:
        inner = RELU(r * t)
        least = parts(use(relu_facts(), r * t))[0]
        value = use(parts(use(axiom("relu"), -1 * inner))[1], arith(-1 * inner <= 0, least))
        return restate(value, goal)

    return prove(discarded_statement(), build).called("a deeper neuron may discard everything")
