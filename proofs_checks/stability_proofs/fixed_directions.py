"""Networks on fixed directions whose coefficients are near: the parameters are near."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, abs_of_product, root_monotone, sum_equal
from ..proving.tactics import parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    variable,
)
from ..statements.functions import RELU, ROOT
from . import balanced_pairs
from .names import (
    ABS,
    below,
    dot,
    i,
    is_multiple,
    j,
    mu,
    row,
    t,
)
from .opening import Entry
from .restricted_space import is_norm


def is_member(b: Entry, e: Entry, a: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (b, e) is in N^A: b_i = lambda_i a_i, lambda_i >= 0, ||b_i|| = ||e_i||."""
    nu, factor = variable("nu", REAL), mu
    neuron = exists(
        factor,
        nu,
        both(
            factor >= 0,
            is_multiple(row(b, i), factor, row(a, i), d),
            is_norm(nu, row(b, i), d),
            is_norm(nu, row(e, i), D),
        ),
    )
    return below(i, m, neuron)


def _relu_of_row(
    family: Entry, a: Entry, l: Entry, x: Entry, d: Entry, factor: Entry, known: Entry
) -> Theorem:
    """From b_l = lambda a_l, lambda >= 0: relu(<b_l, x>) = lambda relu(<a_l, x>)."""
    at_least, multiple = parts(known)
    left, right = function(j, family(l, j) * x(j)), function(j, factor * a(l, j) * x(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), x(j))]),
    )
    value = restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(family, l), x, d), factor * dot(row(a, l), x, d))
    )
    inner = dot(row(a, l), x, d)
    scaled = use(relu_scaled_weakly(), factor, inner, at_least)
    return rewrite(
        arith(eq(factor * inner, dot(row(family, l), x, d)), value),
        lambda z: eq(RELU(z), factor * RELU(inner)),
        scaled,
    )


@cache
def relu_scaled_weakly() -> Theorem:
    """relu(s t) = s relu(t) for s >= 0."""
    from ..proving.tactics import compare

    s = variable("s", REAL)

    def build(s: Expression, t: Expression, at_least: Theorem, goal: Expression) -> Theorem:
        (up, down), (up_too, down_too) = parts(use(axiom("relu"), t)), parts(use(axiom("relu"), s * t))
        return split(
            compare(number(0), t),
            lambda h: arith(goal, use(up, h), use(up_too, arith(s * t >= 0, h, at_least)), multipliers=[s]),
            lambda h: arith(
                goal,
                use(down, arith(t <= 0, h)),
                use(down_too, arith(s * t <= 0, h, at_least)),
                multipliers=[s],
            ),
        )

    return prove(forall(s, t, implies(s >= 0, eq(RELU(s * t), s * RELU(t)))), build).called(
        "relu(s t) = s relu(t)"
    )


def _near(goal: Expression, data: Entry, facts: Entry, numbers: Entry) -> Theorem:
    i, a, gamma, c1, theta, e1, d, _D, lam, xi, nu, xi_norm, bounds, length, eta, _top, constant = data
    in_m, of_gamma, of_theta, of_length, of_bounds, known, known_too, products = facts
    at_least, root, root_square, positive, above = numbers
    (_, _, norm_b, norm_c), (_, _, norm_t, norm_e) = known, known_too
    length_positive_, norm_a = parts(use(of_length, i, in_m))
    bound_positive = parts(use(of_bounds, i, in_m))[0]
    gamma_least, gamma_line = parts(use(of_gamma, i, in_m))
    theta_least, theta_line = parts(use(of_theta, i, in_m))
    size = length(i)
    # nu = lambda size, xi = xi_i size
    nu_is = _norm_of_row(gamma, a, i, d, nu, lam(i), size, gamma_least, gamma_line, norm_b, norm_a)
    xi_is = _norm_of_row(theta, a, i, d, xi_norm, xi(i), size, theta_least, theta_line, norm_t, norm_a)
    limit = size * bounds(i) * eta  # t of balanced_pairs

    def sides(k: Expression, in_D: Theorem) -> list[Theorem]:
        found = products(k, in_D)
        inner = found.conclusion.args[0].args[1]
        scaled = arith(size * ABS(inner) <= limit, found, length_positive_)
        signs = parts(use(abs_facts(), inner))
        first = arith(
            size * inner <= limit,
            scaled,
            arith(size * inner <= size * ABS(inner), signs[1], length_positive_),
            degree=1,
        )
        second = arith(
            size * (-1 * inner) <= limit,
            scaled,
            arith(size * (-1 * inner) <= size * ABS(inner), signs[2], length_positive_),
            degree=1,
        )
        x, y, p, q = nu, xi_norm, c1(i, k), e1(i, k)
        return [
            arith(x * p - y * q <= limit, second, nu_is, xi_is, multipliers=[p, q]),
            arith(y * q - x * p <= limit, first, nu_is, xi_is, multipliers=[p, q]),
        ]

    nonneg = [
        arith(nu >= 0, nu_is, gamma_least, length_positive_),
        arith(xi_norm >= 0, xi_is, theta_least, length_positive_),
    ]
    from .restricted_norms import _norm_difference

    def gap(attained: Theorem, other: Theorem, wanted: Expression, ordered: bool) -> Theorem:
        def at_k(k: Expression, found: Theorem) -> Theorem:
            in_k, value = parts(found)
            return _norm_difference(
                wanted,
                value,
                use(other, k, in_k),
                sides(k, in_k),
                nonneg,
                (c1(i, k), e1(i, k), nu, xi_norm),
                ordered,
            )

        return with_witness(attained, at_k)

    first = gap(parts(norm_c)[1], parts(norm_e)[0], nu**2 - xi_norm**2 <= limit, True)
    second = gap(parts(norm_e)[1], parts(norm_c)[0], xi_norm**2 - nu**2 <= limit, False)
    norms = use(balanced_pairs.norms(), nu, xi_norm, limit, *nonneg, first, second)
    limit_at_least = arith(
        limit >= 0, arith(size * bounds(i) >= 0, length_positive_, bound_positive), at_least
    )
    # 4 size B_i <= top <= constant^2
    four = arith(4 * size * bounds(i) <= constant**2, use(above, i, in_m), positive)
    scaled_four = arith(4 * limit <= constant**2 * eta, four, at_least)
    bound = constant * ROOT(eta)
    bound_square = certificate(eq(bound**2, constant**2 * eta), [(root_square, constant**2)])
    bound_at_least = arith(bound >= 0, root, positive)

    def sized(goal: Expression, square_small: Theorem) -> Theorem:
        term = goal.args[0].args[1]
        sizes = parts(use(abs_facts(), term))
        least = arith(ABS(term) ** 2 <= bound**2, sizes[3], square_small, scaled_four, bound_square, degree=1)
        return use(root_monotone(), ABS(term), bound, bound_at_least, least)

    def weight(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        # theta_ij - gamma_ij = (xi - lambda) a_ij: at most |xi - lambda| size = |xi_norm - nu|
        inside = use(parts(norm_a)[0], j, less)
        from .balanced_pairs import _square_at_most

        smaller = _square_at_most(a(i, j), size, inside)
        from ..kernel.arithmetic import square

        factor = xi(i) - lam(i)
        exact = arith(
            eq(theta(i, j) - gamma(i, j), factor * a(i, j)),
            use(theta_line, j, less),
            use(gamma_line, j, less),
        )
        square_exact = certificate(
            eq((theta(i, j) - gamma(i, j)) ** 2, factor**2 * a(i, j) ** 2),
            [(exact, theta(i, j) - gamma(i, j) + factor * a(i, j))],
        )
        grown = arith(factor**2 * a(i, j) ** 2 <= factor**2 * size**2, smaller, square(factor))
        gap_exact = arith(eq(xi_norm - nu, factor * size), nu_is, xi_is)
        gap_square = certificate(
            eq((xi_norm - nu) ** 2, factor**2 * size**2), [(gap_exact, xi_norm - nu + factor * size)]
        )
        return sized(
            goal,
            arith(
                (theta(i, j) - gamma(i, j)) ** 2 <= 4 * limit,
                square_exact,
                grown,
                gap_square,
                norms,
                limit_at_least,
                degree=1,
            ),
        )

    def coefficient(k: Expression, less: Theorem, goal: Expression) -> Theorem:
        one, two = sides(k, less)
        found = use(
            balanced_pairs.coefficients(),
            nu,
            xi_norm,
            c1(i, k),
            e1(i, k),
            limit,
            use(parts(norm_c)[0], k, less),
            use(parts(norm_e)[0], k, less),
            one,
            two,
            norms,
        )
        return sized(goal, found)

    return together(prove(goal.args[0], weight), prove(goal.args[1], coefficient))


def _norm_of_row(*given: Entry) -> Theorem:
    """From b_i = lambda a_i, lambda >= 0: ||b_i|| = lambda ||a_i||."""
    family, a, i, _d, nu, factor, size, at_least, line, norm, norm_a = given
    from ..proving.certificates import equal_if_both

    def value(j: Expression, less: Theorem) -> Theorem:
        absolute = use(parts(use(axiom("abs"), factor))[0], at_least)
        product = use(abs_of_product(), factor, a(i, j))
        scaled = certificate(
            eq(ABS(factor * a(i, j)), factor * ABS(a(i, j))), [(product,), (absolute, ABS(a(i, j)))]
        )
        return rewrite(
            arith(eq(factor * a(i, j), family(i, j)), use(line, j, less)),
            lambda z: eq(ABS(z), factor * ABS(a(i, j))),
            scaled,
        )

    def above(j: Expression, facts: Theorem) -> Theorem:
        less, equal = parts(facts)
        return arith(
            nu <= factor * size,
            equal,
            value(j, less),
            arith(factor * ABS(a(i, j)) <= factor * size, use(parts(norm_a)[0], j, less), at_least),
            degree=1,
        )

    def under(j: Expression, facts: Theorem) -> Theorem:
        less, equal = parts(facts)
        return arith(
            nu >= factor * size, use(parts(norm)[0], j, less), value(j, less), equal, multipliers=[factor]
        )

    return equal_if_both(
        eq(nu, factor * size), with_witness(parts(norm)[1], above), with_witness(parts(norm_a)[1], under)
    )
