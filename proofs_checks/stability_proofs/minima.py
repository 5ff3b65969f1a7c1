"""Theorem 1.3: local minima of large architectures are nearly optimal."""

from __future__ import annotations

from functools import cache

from ..kernel.rules import Theorem, restate
from ..proving.certificates import arith
from ..proving.tactics import parts, use
from ..statements.expressions import (
    Expression,
    both,
    exists,
    forall,
    function,
    implies,
)
from ..statements.functions import INVERSE
from .architectures import power_positive, regular
from .large_architectures import minima_of_one_radius, regularized
from .names import epsilon
from .opening import Entry, Given, opened
from .proposition_1_2 import (
    _inverse_of,
    _inverse_positive,
    alpha,
    arc,
    arc2,
    at_most,
    c,
    gamma,
    in_P,
    in_S,
    is_local_minimum,
    is_stable,
    loss,
    mix,
    near,
    norm,
    phi,
    proposition_1_2,
    psi,
    r,
    realization_radius,
    realize,
    s,
)


def theorem_1_3_statement() -> Expression:
    """Return Theorem 1.3."""

    def member(arc: Expression) -> Entry:
        return lambda phi: regular(arc, phi)

    minimum = is_local_minimum(member(arc), realize, near, loss, gamma, r)
    best = forall(psi, implies(regular(arc, psi), loss(realize(gamma)) <= loss(realize(psi)) + epsilon))
    quality = forall(
        arc, implies(at_most(arc2, arc), forall(gamma, implies(regular(arc, gamma), minimum, best)))
    )
    conclusion = forall(epsilon, r, implies(epsilon > 0, r > 0, exists(arc2, quality)))
    stable = forall(arc, is_stable(member(arc), realize, near, norm, s, alpha))
    return forall(
        *(at_most, in_P, realize, near, in_S, mix, norm, loss, c, s, alpha),
        implies(
            *regularized(),
            s > 0,
            alpha > 0,
            stable,
            exists(arc, at_most(arc, arc)),
            conclusion,
        ),
    )


@cache
def theorem_1_3() -> Theorem:
    """Theorem 1.3, by Proposition 1.2: local minima have the radius (r / s)^(1/alpha) among realizations."""

    def build(given: Given) -> Theorem:
        at_most, in_P, realize, near, in_S, mix, norm, loss, c, s, alpha = given[:11]
        spaces = given[11:19]
        s_positive, a_positive, stable, some, epsilon, r, e_positive, r_positive, goal = given[19:]
        ratio = r * INVERSE(s)
        ratio_positive = arith(
            ratio > 0, r_positive, _inverse_positive(s, s_positive, _inverse_of(s, s_positive))
        )
        radius_positive = use(power_positive(), ratio, alpha, ratio_positive, a_positive)
        radius = realization_radius(r, s, alpha)

        def is_regular(arc: Expression, phi: Expression) -> Expression:
            return both(in_P(arc, phi), in_S(realize(phi)))

        minimum = function(
            *(arc, gamma),
            is_local_minimum(lambda phi: is_regular(arc, phi), realize, near, loss, gamma, r),
        )

        def of_radius(given: Given) -> Theorem:
            arc_, gamma_, psi_, regular_gamma, is_minimum, regular_psi, close, _goal = given
            member = function(phi, is_regular(arc_, phi))
            spaces_of = (member, realize, near, norm, loss, s, alpha, r, gamma_)
            least = parts(spaces[1])[0]
            facts = (s_positive, a_positive, r_positive, least, use(stable, arc_), regular_gamma, is_minimum)
            return use(proposition_1_2(), *spaces_of, *facts, psi_, regular_psi, close)

        data = (at_most, in_P, realize, in_S, mix, norm, loss, c, minimum, radius)
        general = use(minima_of_one_radius(), *data, *spaces, some, radius_positive)
        minima = opened(general.conclusion.args[0], 7, of_radius)
        return restate(use(general, minima, epsilon, e_positive), goal)

    return opened(theorem_1_3_statement(), 27, build).called("Theorem 1.3")
