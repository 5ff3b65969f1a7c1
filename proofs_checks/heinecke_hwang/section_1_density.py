"""Section 1: piecewise linear networks approximate any function in L^p, if p is finite."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, choice, part, together, witness
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, root_monotone
from ..proving.lipschitz import networks_are_lipschitz
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    open_binder,
    substitute,
    total,
    variable,
)
from ..statements.functions import ABS, INVERSE
from ..statements.networks import W, b, h, i, j, k, n, pre_activations, x, y
from ..verdicts import by_argument, by_kernel, with_correction

X, S, T = (variable(name, REAL) for name in ("x", "s", "t"))
G = variable("g", REAL, REAL)
QUARTER = number(1) * Fraction(1, 4)

BOUNDED = forall(X, ABS(G(X)) <= 1)
# |M_L - g| <= 1/4 somewhere in every interval (s, t), as it is if it holds almost everywhere; L = h + 1.
NEAR = forall(
    *(S, T),
    implies(
        S < T,
        exists(x, y, both(x(0) > S, x(0) < T, pre_activations(y, x), ABS(y(h + 1, 0) - G(x(0))) <= QUARTER)),
    ),
)
# For every bounded function on R there is such a network R -> R.
STATEMENT = forall(G, implies(BOUNDED, exists(n, W, b, h, both(eq(n(0), 1), eq(n(h + 1), 1), NEAR))))


def denial() -> Theorem:
    """The sign: between -d and d the network must rise by 3/2, but it rises by at most 2 K d."""
    jump = _sign_function()

    def build(claim: Theorem, _: Expression) -> Theorem:
        def with_sign(sign: Expression, values: Theorem) -> Theorem:
            positive, negative = parts(values)

            def bounded(x: Expression, _: Expression) -> Theorem:
                def at(value: Theorem) -> Theorem:
                    bound = [arith(sign(x) <= 1, value), arith(-sign(x) <= 1, value)]
                    return use(abs_at_most(), sign(x), 1, *bound)

                return split(
                    compare(x, number(0)),
                    lambda at_most: at(use(negative, x, at_most)),
                    lambda more: at(use(positive, x, more)),
                )

            near = use(claim, sign, prove(substitute(BOUNDED, G, sign), bounded))

            def with_network(
                n: Expression, weights: Expression, biases: Expression, h: Expression, known: Theorem
            ) -> Theorem:
                slope = use(networks_are_lipschitz(), n, weights, biases, h)
                return with_witness(
                    slope, lambda _bound, steepest: _too_steep(n, h, known, steepest, (positive, negative))
                )

            return with_witness(near, with_network)

        return with_witness(jump, with_sign)

    return prove(negation(STATEMENT), build)


def _sign_function() -> Theorem:
    """There is a function that is 1 for x > 0 and -1 for x <= 0."""
    value = variable("v", REAL)

    def rule(x: Expression, value: Expression) -> Expression:
        return both(implies(x > 0, eq(value, 1)), implies(x <= 0, eq(value, -1)))

    def choose(x: Expression, goal: Expression) -> Theorem:
        def take(known: Theorem, chosen: int) -> Theorem:
            wanted = open_binder(goal, number(chosen))
            return witness(by_cases(wanted, known), goal, chosen)

        return split(compare(x, number(0)), lambda at_most: take(at_most, -1), lambda more: take(more, 1))

    chosen = choice(prove(forall(X, exists(value, rule(X, value))), choose))
    wanted = exists(G, both(forall(X, implies(X > 0, eq(G(X), 1))), forall(X, implies(X <= 0, eq(G(X), -1)))))

    def found(sign: Expression, rules: Theorem) -> Theorem:
        def half(formula: Expression, place: int) -> Theorem:
            return prove(formula, lambda x, side, _: use(part(use(rules, x), place), side))

        halves = [half(formula, place) for place, formula in enumerate(open_binder(wanted, sign).args)]
        return witness(together(*halves), wanted, sign)

    return with_witness(chosen, found)


def _small_step(steepest: Expression, not_negative: Theorem) -> tuple[Theorem, Theorem]:
    """0 < d and (4 K + 4) d = 1, so 2 K d < 1/2."""
    base = 4 * steepest + 4
    above = arith(base > 0, not_negative)
    inverse = split(
        use(axiom("inverse"), base),
        lambda zero: absurd(arith(FALSE, zero, above), eq(base * INVERSE(base), 1)),
        lambda one: one,
    )
    small = split(
        compare(INVERSE(base), number(0)),
        lambda at_most: absurd(arith(FALSE, at_most, inverse, above), INVERSE(base) > 0),
        lambda more: more,
    )
    return small, inverse


def _too_steep(
    n: Expression, h: Expression, known: Theorem, steepest: Theorem, signs: Sequence[Theorem]
) -> Theorem:
    """Points right and left of 0, nearer than d: the outputs differ by 3/2 there, and by 2 K d at most."""
    one_input, one_output, near = parts(known)
    not_negative, everywhere = parts(steepest)
    bound = not_negative.conclusion.args[1]
    small, inverse = _small_step(bound, not_negative)
    step = small.conclusion.args[1]

    def rises(right: Expression, y: Expression, of_right: Theorem) -> Theorem:
        after, before, forward, close = parts(of_right)

        def from_left(left: Expression, v: Expression, of_left: Theorem) -> Theorem:
            after_left, before_left, forward_left, close_left = parts(of_left)
            top, bottom, width = y(h + 1, 0), v(h + 1, 0), right(0) - left(0)
            rise = use(everywhere, right, left, y, v, forward, forward_left)
            outputs = total(i, n(h + 1), (y(h + 1, i) - v(h + 1, i)) ** 2)
            inputs = function(k, bound**2 * total(j, k, (right(j) - left(j)) ** 2))
            rise = rewrite(one_input, lambda w: outputs <= inputs(w), rise)
            rise = rewrite(
                one_output, lambda w: total(i, w, (y(h + 1, i) - v(h + 1, i)) ** 2) <= inputs(1), rise
            )
            size = certificate(bound * width >= 0, [(not_negative, arith(width >= 0, after, before_left))])
            square_of = arith((top - bottom) ** 2 <= (bound * width) ** 2, rise, degree=1)
            at_most = use(root_monotone(), top - bottom, bound * width, size, square_of)
            short = arith(width <= 2 * step, before, after_left)
            scaled = certificate(bound * width <= bound * 2 * step, [(not_negative, short)])
            facts = [
                *_near(close, top, use(signs[0], right(0), after)),
                *_near(close_left, bottom, use(signs[1], left(0), arith(left(0) <= 0, before_left))),
            ]
            return arith(FALSE, at_most, scaled, inverse, small, *facts, degree=1)

        return with_witness(use(near, -step, 0, arith(-step < 0, small)), from_left)

    return with_witness(use(near, 0, step, small), rises)


def _near(close: Theorem, output: Expression, sign: Theorem) -> list[Theorem]:
    """From |M - g| <= 1/4 and g = 1 or -1: |M - 1| <= 1/4 or |M + 1| <= 1/4, and bounds without |.|."""
    value = sign.conclusion.args[1]
    bound = rewrite(sign, lambda w: ABS(output - w) <= QUARTER, close)
    return [bound, *parts(use(abs_facts(), output - value))[1:3]]


def check(statement: Expression = STATEMENT) -> Finding:
    """Refute it for p = infinity, by the sign; for finite p it is argued."""
    return with_correction(
        by_kernel(
            statement,
            denial,
            "the sign function on R has a jump: a network R -> R is Lipschitz, so on some interval beside 0 "
            "it is nowhere within 1/4 of the sign",
            refutes=True,
        ),
        "true for 1 <= p < infinity",
        by_argument(
            Finding(ClaimVerdict.CHECKED, ("nothing is computed here",)),
            "step functions on boxes are dense in L^p, p < infinity; each is the L^p limit of continuous "
            "piecewise affine functions with compact support, and these are ReLU networks (the paper cites "
            "[3])",
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-1-density",
    title="piecewise linear networks are dense in L^p, 1 <= p <= infinity",
    sentence=r"""piecewise affine linear functions, affine linear on polytopes that partition the input space
    [...], that can approximate any function in $L^p(\mathbb{R}^n)$ $(1 \leq p \leq \infty)$ arbitrarily
    well.""",
    source="Section 1",
    reading="""For p = infinity and n = 1: for every bounded g there is a ReLU network f: R -> R, of any depth
    and widths, with |f - g| <= 1/4 almost everywhere, so at some point of every interval; the latter is
    denied. Charitably (the corrected form): for finite p.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.ARGUED,
)
