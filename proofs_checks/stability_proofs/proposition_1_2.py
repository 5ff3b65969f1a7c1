"""Proposition 1.2: local minima of the parameters are local minima of the realizations.

Parametrizations and realizations are elements of sets. Of the normed space of realizations only this is used:
a distance, and mixtures mix(lambda, f, g) = (1 - lambda) f + lambda g.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    TRUTH,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import INVERSE, POWER
from .opening import Entry, Given, opened

PAR, FUN, ARC = "Parametrization", "Realization", "Architecture"
phi, gamma, psi = (variable(name, PAR) for name in ("Phi", "Gamma", "Psi"))
f, g, star, h = (variable(name, FUN) for name in ("f", "g", "g_*", "h"))
omega = variable("Omega", TRUTH, PAR)
realize, loss = variable("R", FUN, PAR), variable("L", REAL, FUN)
near, norm = variable("dist", REAL, PAR, PAR), variable("norm", REAL, FUN, FUN)
s, alpha, r, c, eta, lam, radius, top = (
    variable(name, REAL) for name in ("s", "alpha", "r", "c", "eta", "lambda", "rho", "B")
)
mix = variable("mix", FUN, REAL, FUN, FUN)
in_S, in_A = variable("S", TRUTH, FUN), variable("A", TRUTH, FUN)


def is_stable(member: Entry, R: Entry, near: Entry, norm: Entry, s: Entry, alpha: Entry) -> Expression:
    """Return Definition 1.1: R is (s, alpha) inverse stable on the set."""
    close = near(phi, gamma) <= s * POWER(norm(R(psi), R(gamma)), alpha)
    found = exists(phi, both(member(phi), eq(R(phi), R(psi)), close))
    return forall(gamma, psi, implies(member(gamma), member(psi), found))


def is_local_minimum(member: Entry, R: Entry, near: Entry, loss: Entry, gamma: Entry, r: Entry) -> Expression:
    """Return (10): no member within r of Gamma has less loss."""
    return forall(phi, implies(member(phi), near(phi, gamma) <= r, loss(R(gamma)) <= loss(R(phi))))


def realization_radius(r: Expression, s: Expression, alpha: Expression) -> Expression:
    """Return (r / s)^(1 / alpha)."""
    return POWER(r * INVERSE(s), INVERSE(alpha))


def proposition_1_2_statement() -> Expression:
    """Return Proposition 1.2."""
    conclusion = forall(
        psi,
        implies(
            omega(psi),
            norm(realize(psi), realize(gamma)) <= realization_radius(r, s, alpha),
            loss(realize(gamma)) <= loss(realize(psi)),
        ),
    )
    return forall(
        omega,
        realize,
        near,
        norm,
        loss,
        s,
        alpha,
        r,
        gamma,
        implies(
            s > 0,
            alpha > 0,
            r > 0,
            forall(f, g, norm(f, g) >= 0),
            is_stable(omega, realize, near, norm, s, alpha),
            omega(gamma),
            is_local_minimum(omega, realize, near, loss, gamma, r),
            conclusion,
        ),
    )


@cache
def proposition_1_2() -> Theorem:
    """Proposition 1.2."""

    def build(given: Given) -> Theorem:
        (
            _omega,
            R,
            near,
            norm,
            loss,
            s,
            alpha,
            r,
            gamma,
            s_positive,
            a_positive,
            r_positive,
            at_least,
            stable,
            inside,
            minimum,
            psi,
            member,
            close,
            _goal,
        ) = given
        inverse = _inverse_of(s, s_positive)
        ratio = r * INVERSE(s)
        ratio_at_least = arith(ratio >= 0, r_positive, _inverse_positive(s, s_positive, inverse))
        distance = norm(R(psi), R(gamma))

        def found(phi: Expression, known: Theorem) -> Theorem:
            in_omega, same, bound = parts(known)
            monotone = parts(
                use(
                    axiom("powers are monotone"),
                    distance,
                    realization_radius(r, s, alpha),
                    alpha,
                    use(at_least, R(psi), R(gamma)),
                    close,
                    a_positive,
                )
            )[1]
            power = use(axiom("power of a power"), ratio, alpha, ratio_at_least, a_positive)
            scaled = arith(
                s * POWER(distance, alpha) <= s * ratio, monotone, power, s_positive, multipliers=[s]
            )
            exact = certificate(eq(s * ratio, r), [(inverse, r)])
            inner = use(minimum, phi, in_omega, arith(near(phi, gamma) <= r, bound, scaled, exact, degree=1))
            return rewrite(same, lambda value: loss(R(gamma)) <= loss(value), inner)

        return with_witness(use(stable, gamma, psi, inside, member), found)

    return opened(proposition_1_2_statement(), 19, build).called("Proposition 1.2")


def _inverse_of(s: Expression, positive: Theorem) -> Theorem:
    """From s > 0: s inverse(s) = 1."""
    return split(
        use(axiom("inverse"), s),
        lambda zero: absurd(arith(FALSE, zero, positive), eq(s * INVERSE(s), 1)),
        lambda product: product,
    )


def _inverse_positive(s: Expression, positive: Theorem, product: Theorem) -> Theorem:
    return split(
        compare(INVERSE(s), number(0)),
        lambda less: absurd(arith(FALSE, less, positive, product), INVERSE(s) > 0),
        lambda more: more,
    )


arc, arc2, arc3 = (variable(name, ARC) for name in ("N", "N'", "n"))
at_most = variable("le", TRUTH, ARC, ARC)
in_P = variable("P", TRUTH, ARC, PAR)
centre = variable("F", FUN, NATURAL)
