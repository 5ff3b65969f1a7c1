"""Section 2, (1): frames are the systems with which signals can be reconstructed stably."""

from __future__ import annotations

from collections.abc import Callable

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, part, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import sum_not_negative
from ..proving.tactics import compare, parts, prove, prove_for, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
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
from ..statements.functions import INVERSE
from ..statements.networks import below
from ..verdicts import by_kernel
from . import c20_frobenius_norms

rows, columns = variable("m", NATURAL), variable("n", NATURAL)
i, j = variable("i", NATURAL), variable("j", NATURAL)
F = variable("F", REAL, NATURAL, NATURAL)
y, z = variable("y", REAL, NATURAL), variable("z", REAL, NATURAL)
A, B, K = (variable(name, REAL) for name in "ABK")


def analysed(y: Expression) -> Expression:
    """||F* y||^2."""
    return total(j, columns, total(i, rows, F(i, j) * y(i)) ** 2)


def size(y: Expression) -> Expression:
    """||y||^2."""
    return total(i, rows, y(i) ** 2)


# (1), by squares: 0 < A <= B and A ||y|| <= ||F* y|| <= B ||y|| for all y.
FRAME = exists(
    *(A, B),
    both(A > 0, A <= B, forall(y, both(A**2 * size(y) <= analysed(y), analysed(y) <= B**2 * size(y)))),
)
# Its halves: the upper bound always exists.
LOWER = exists(A, both(A > 0, forall(y, A**2 * size(y) <= analysed(y))))
UPPER = exists(A, both(A > 0, forall(y, analysed(y) <= A**2 * size(y))))
# y is found from F* y up to K times the error in F* y.
STABLE = exists(
    K, both(K > 0, forall(y, z, size(function(i, y(i) - z(i))) <= K**2 * analysed(function(i, y(i) - z(i)))))
)
STATEMENT = forall(rows, columns, F, both(implies(FRAME, STABLE), implies(STABLE, FRAME)))


def proof() -> Theorem:
    """K = 1 / A; and A = 1 / K with z = 0, B = A + ||F||_F^2 + 1."""

    def stable(frame: Theorem, goal: Expression) -> Theorem:
        def with_bounds(lower: Expression, _upper: Expression, known: Theorem) -> Theorem:
            positive, _, bounds = parts(known)
            below_ = prove(forall(y, lower**2 * size(y) <= analysed(y)), lambda y, _: part(use(bounds, y), 0))
            return _stable(lower, together(positive, below_), goal)

        return with_witness(frame, with_bounds)

    def frame(stable: Theorem, goal: Expression) -> Theorem:
        lower = with_witness(stable, lambda bound, known: _lower(bound, known, LOWER))
        return with_witness(
            lower,
            lambda least, known: with_witness(
                _upper(UPPER), lambda most, more: _between(least, known, most, more, goal)
            ),
        )

    return prove_for(
        (rows, columns, F),
        STATEMENT,
        lambda goal: together(prove(goal.args[0], stable), prove(goal.args[1], frame)),
    )


def _between(least: Expression, known: Theorem, most: Expression, more: Theorem, goal: Expression) -> Theorem:
    """From a lower and an upper bound: (1), with their sum as upper bound."""
    (positive, below_), (positive_too, above) = parts(known), parts(more)
    upper = least + most

    def bounds(y: Expression, goal: Expression) -> Theorem:
        larger = certificate(
            most**2 * size(y) <= upper**2 * size(y),
            [(positive, positive, _length(y)), (2, positive, positive_too, _length(y))],
        )
        return together(use(below_, y), arith(goal.args[1], use(above, y), larger, degree=1))

    wanted = open_binder(open_binder(goal, least), upper)
    order = arith(wanted.args[1], positive_too)
    return witness(together(positive, order, prove(wanted.args[2], bounds)), goal, least, upper)


def _upper(goal: Expression) -> Theorem:
    """||F* y||^2 <= ||F||_F^2 ||y||^2, C20 for the transpose."""
    frobenius = part(c20_frobenius_norms.proof().called("C20: ||A g|| <= ||A||_F ||g||"), 0)
    square_sum = total(j, columns, total(i, rows, F(i, j) ** 2))
    bound = square_sum + 1
    inner = prove(
        below(j, columns, total(i, rows, F(i, j) ** 2) >= 0), lambda j, _, goal: _sum_of_squares(j, goal)
    )
    positive = use(sum_not_negative(), function(j, total(i, rows, F(i, j) ** 2)), columns, inner)

    def build(y: Expression, goal: Expression) -> Theorem:
        transposed = function(j, i, F(i, j))
        known = use(frobenius, columns, rows, transposed, y)
        more = certificate(
            square_sum * size(y) <= bound**2 * size(y),
            [
                (positive, positive, _length(y)),
                (positive, _length(y)),
                (1, _length(y)),
            ],
        )
        return arith(goal, known, more, degree=1)

    wanted = open_binder(goal, bound)
    return witness(together(arith(wanted.args[0], positive), prove(wanted.args[1], build)), goal, bound)


def _sum_of_squares(place: Expression, goal: Expression) -> Theorem:
    terms = prove(below(i, rows, F(i, place) ** 2 >= 0), lambda i, _, goal: arith(goal, square(F(i, place))))
    return restate(use(sum_not_negative(), function(i, F(i, place) ** 2), rows, terms), goal)


def _length(y: Expression) -> Theorem:
    terms = prove(below(i, rows, y(i) ** 2 >= 0), lambda i, _, goal: arith(goal, square(y(i))))
    return use(sum_not_negative(), function(i, y(i) ** 2), rows, terms)


def _inverse(number_: Expression, positive: Theorem) -> tuple[Theorem, Theorem]:
    """From p > 0: p p^{-1} = 1 and p^{-1} > 0."""
    product = split(
        use(axiom("inverse"), number_),
        lambda zero: absurd(arith(FALSE, zero, positive), eq(number_ * INVERSE(number_), 1)),
        lambda one: one,
    )
    sign = split(
        compare(INVERSE(number_), number(0)),
        lambda at_most: absurd(arith(FALSE, at_most, product, positive), INVERSE(number_) > 0),
        lambda more: more,
    )
    return product, sign


def _swapped(constant: Expression, known: Theorem, goal: Expression, at: Callable[..., Theorem]) -> Theorem:
    """From a bound with p^2 on one side the bound with p^{-2} on the other."""
    positive, bound = parts(known)
    product, sign = _inverse(constant, positive)
    inverse = INVERSE(constant)
    squared = arith(
        eq(constant**2 * inverse**2, 1), product, multipliers=[constant * inverse, number(1)], degree=1
    )
    wanted = open_binder(goal, inverse)

    def scaled(small: Expression, large: Expression, at_most: Theorem, goal: Expression) -> Theorem:
        up = certificate(inverse**2 * small <= inverse**2 * large, [(square(inverse), at_most)])
        return arith(goal, up, squared, multipliers=[size_of(goal)], degree=1)

    def size_of(goal: Expression) -> Expression:
        return goal.args[0] if goal.args[0].op == "sum" else goal.args[1]

    return witness(together(sign, at(bound, scaled, wanted.args[1])), goal, inverse)


def _stable(constant: Expression, known: Theorem, goal: Expression) -> Theorem:
    def at(bound: Theorem, scaled: Callable[..., Theorem], goal: Expression) -> Theorem:
        def build(y: Expression, z: Expression, goal: Expression) -> Theorem:
            difference = function(i, y(i) - z(i))
            at_most = use(bound, difference)
            return scaled(*at_most.conclusion.args, at_most, goal)

        return prove(goal, build)

    return _swapped(constant, known, goal, at)


def _lower(constant: Expression, known: Theorem, goal: Expression) -> Theorem:
    def at(bound: Theorem, scaled: Callable[..., Theorem], goal: Expression) -> Theorem:
        def build(y: Expression, goal: Expression) -> Theorem:
            at_most = use(bound, y, function(i, number(0)))
            return scaled(*at_most.conclusion.args, at_most, goal)

        return prove(goal, build)

    return _swapped(constant, known, goal, at)


def check(statement: Expression = STATEMENT) -> Finding:
    """Prove that (1) and stable reconstruction are the same."""
    return by_kernel(
        statement,
        proof,
        "finitely many columns in R^m: the upper bound always exists, so (1) says that A > 0 exists; then "
        "||y - z|| <= K ||F* y - F* z|| with K = 1/A, and conversely",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-frames",
    title="frames (1) are the systems with stable reconstruction",
    sentence=r"""A matrix F is the synthesis matrix of a *frame*, if there are constants $0 < A \leq B$
    such that $$ A\|\mathbf{y}\|_2 \le \|\mathbf{F}^*\mathbf{y}\|_2 \le B\|\mathbf{y}\|_2 [...] \tag{1} $$
    Frames are thus precisely those systems for which signals can be stably reconstructed from linear
    measurements.""",
    source="Section 2, (1) and the sentence after it",
    reading="""For every real m x n matrix F: (1) holds with some 0 < A <= B if and only if there is K with
    ||y - z|| <= K ||F* y - F* z|| for all y and z.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
