"""Claim 3 of Corollary 1.4: with a regularizer local minima of (17) are nearly optimal, for large widths.

Parametrizations Phi are elements of a set that has all networks n + 2 -> m -> D without biases, of every m;
R(Phi) is an element of a set of functions, and mix(lambda, f, g) is (1 - lambda) f + lambda g.
"""

from __future__ import annotations

from fractions import Fraction

from ..statements.expressions import (
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
    substitute,
    variable,
)
from .architectures import regular
from .corollary import r
from .large_architectures import regularized
from .names import H, a, below, epsilon, i, is_step, j, k, m, n, network, x
from .proposition_1_2 import (
    ARC,
    PAR,
    arc,
    arc2,
    at_most,
    gamma,
    in_P,
    in_S,
    lam,
    loss,
    mix,
    norm,
    phi,
    psi,
    realize,
)
from .proposition_1_2 import c as lipschitz
from .restricted_space import D, c, column, is_restricted, parameters_near, realizations_near

width, size = variable("width", NATURAL, ARC), variable("neurons", NATURAL, PAR)
a_of, c_of = (variable(name, REAL, PAR, NATURAL, NATURAL) for name in ("weight", "coefficient"))
EIGHTH = number(Fraction(1, 8))
chi, delta = variable("Chi", PAR), variable("delta", REAL)


def weights(phi: Expression) -> Expression:
    """Return the weights of Phi."""
    return function(i, j, a_of(phi, i, j))


def coefficients(phi: Expression) -> Expression:
    """Return the coefficients of Phi."""
    return function(i, k, c_of(phi, i, k))


def value(phi: Expression) -> Expression:
    """Return output k of Phi at x."""
    return network(column(coefficients(phi), k), weights(phi), x, size(phi), n + 2)


def has_all_networks() -> Expression:
    """Return: every m, a, c are those of some Phi, and every m is the width of an architecture."""
    entries = both(forall(i, j, eq(a(i, j), a_of(phi, i, j))), forall(i, k, eq(c(i, k), c_of(phi, i, k))))
    networks = forall(*(m, a, c), exists(phi, both(eq(size(phi), m), entries)))
    return both(networks, forall(m, exists(arc, eq(width(arc), m))))


def realizes() -> Expression:
    """Return: R(Phi) is the function of Phi, mix mixes functions, and the norm is at least |.|_W of (21)."""
    same = forall(x, below(k, D, eq(value(phi), value(psi))))
    mixed = forall(x, below(k, D, eq(value(chi), (1 - lam) * value(phi) + lam * value(psi))))
    mixtures = eq(realize(chi), mix(lam, realize(phi), realize(psi)))
    near = realizations_near(
        *(weights(phi), coefficients(phi), weights(psi), coefficients(psi), size(phi), n + 2, D, delta, H)
    )
    close = implies(eq(size(phi), size(psi)), delta >= 0, norm(realize(psi), realize(phi)) <= delta, near)
    return both(
        forall(phi, psi, implies(same, eq(realize(phi), realize(psi)))),
        forall(*(lam, phi, psi, chi), implies(lam >= 0, lam <= 1, mixed, mixtures)),
        forall(*(phi, psi, delta), close),
    )


def member() -> Expression:
    """Return: Phi is in the space of Definition 3.2 of the width of N."""
    space = is_restricted(weights(phi), coefficients(phi), size(phi), n, D)
    return function(arc, phi, both(eq(size(phi), width(arc)), space))


def order() -> Expression:
    """Return: the width of N is at most that of N'."""
    return function(arc, arc2, width(arc) <= width(arc2))


def for_restricted(formula: Expression) -> Expression:
    """Return the formula for the spaces of Definition 3.2, ordered by their widths."""
    return substitute(substitute(formula, in_P, member()), at_most, order())


def is_minimum() -> Expression:
    """Return: Gamma is a local minimum of radius r of the loss on Omega_N, in the parameters."""
    near = parameters_near(
        *(weights(gamma), coefficients(gamma), weights(phi), coefficients(phi), size(gamma), n + 2, D, r)
    )
    return forall(phi, implies(regular(arc, phi), near, loss(realize(gamma)) <= loss(realize(phi))))


def claim_3_statement() -> Expression:
    """Return claim 3: regularized by S = {Lambda <= C}, local minima of large width are nearly optimal."""
    best = forall(psi, implies(regular(arc, psi), loss(realize(gamma)) <= loss(realize(psi)) + epsilon))
    each = forall(gamma, implies(regular(arc, gamma), is_minimum(), best))
    large = exists(arc2, forall(arc, implies(at_most(arc2, arc), each)))
    _, *asked = regularized()
    formula = implies(
        is_step(H),
        number(1) <= D,
        has_all_networks(),
        realizes(),
        *asked,
        forall(epsilon, r, implies(epsilon > 0, r > 0, large)),
    )
    names = (H, n, D, size, a_of, c_of, width, realize, in_S, mix, norm, loss, lipschitz)
    return forall(*names, for_restricted(formula))
