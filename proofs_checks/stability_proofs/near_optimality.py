"""The proof of claim 3 of Corollary 1.4: what Theorem 1.3 asks of the spaces of Definition 3.2, and it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import root_monotone
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..proving.transport import equal_terms, transported
from ..statements.expressions import (
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    substitute,
)
from ..statements.functions import ROOT
from .architectures import architectures
from .corollary import certificate_of_square, r
from .large_architectures import minima_of_one_radius
from .names import H, below, i, j, k, n, network, x
from .opening import Entry, Given, opened, opened_exists
from .proposition_1_2 import (
    arc,
    gamma,
    in_S,
    loss,
    mix,
    norm,
    realize,
)
from .proposition_1_2 import c as lipschitz
from .regularized_problem import (
    EIGHTH,
    a_of,
    c_of,
    claim_3_statement,
    for_restricted,
    is_minimum,
    member,
    order,
    size,
    width,
)
from .restricted import size_of, theorem_3_3
from .restricted_mixtures import mixture, padded
from .restricted_space import SHARP, D, column, is_restricted, parameters_near


class Networks:
    """The terms and the facts of the hypotheses, by name."""

    def __init__(self, given: Given) -> None:
        self.H, self.n, self.D, self.size, self.a, self.c, self.width, self.realize = given[:8]
        self.in_S, self.mix, self.norm, self.loss, self.constant = given[8:13]
        self.step, self.outputs, all_networks, realizations = given[13:17]
        self.asked = given[17:24]
        self.every, self.widths = parts(all_networks)
        self.same, self.mixed, self.near = parts(realizations)

    def of(self, formula: Expression) -> Expression:
        """Return a formula in the terms of this proof."""
        old = (H, n, D, size, a_of, c_of, width, realize, in_S, mix, norm, loss, lipschitz)
        first = (self.H, self.n, self.D, self.size, self.a, self.c, self.width, self.realize)
        new = (*first, self.in_S, self.mix, self.norm, self.loss, self.constant)
        for before, after in zip(old, new, strict=True):
            formula = substitute(formula, before, after)
        return formula

    def weights(self, phi: Expression) -> Expression:
        """Return the weights of Phi."""
        return function(i, j, self.a(phi, i, j))

    def coefficients(self, phi: Expression) -> Expression:
        """Return the coefficients of Phi."""
        return function(i, k, self.c(phi, i, k))

    def output(self, a: Entry, c: Entry, count: Expression, k: Expression, x: Expression) -> Expression:
        """Return output k of a network at x."""
        return network(column(c, k), a, x, count, self.n + 2)

    def value(self, phi: Expression, k: Expression, x: Expression) -> Expression:
        """Return output k of Phi at x."""
        return self.output(self.weights(phi), self.coefficients(phi), self.size(phi), k, x)

    def member(self, arc: Expression, phi: Expression) -> Expression:
        """Return: Phi is in the space of Definition 3.2 of the width of N."""
        space = is_restricted(self.weights(phi), self.coefficients(phi), self.size(phi), self.n, self.D)
        return both(eq(self.size(phi), self.width(arc)), space)

    def named(
        self, count: Expression, a: Entry, c: Entry, fits: Theorem, build: Callable[..., Theorem]
    ) -> Theorem:
        """Name the Phi of a restricted network: ``build`` gets it, its size, space, values and entries."""

        def found(phi: Expression, known: Theorem) -> Theorem:
            length, entries = parts(known)
            of_a, of_c = parts(entries)
            w, v = self.weights(phi), self.coefficients(phi)
            values = {(a, w): of_a, (c, v): of_c}
            back = certificate(eq(count, self.size(phi)), [(length, -1)])
            moved = transported(fits, is_restricted(w, v, count, self.n, self.D), values)
            inside = rewrite(back, lambda z: is_restricted(w, v, z, self.n, self.D), moved)

            def output(x: Expression, k: Expression) -> Theorem:
                same = equal_terms(self.output(a, c, count, k, x), self.output(w, v, count, k, x), values)
                return rewrite(
                    back, lambda z: eq(self.output(a, c, count, k, x), self.output(w, v, z, k, x)), same
                )

            return build(phi, length, inside, output, values)

        return with_witness(use(self.every, count, a, c), found)


@cache
def claim_3() -> Theorem:
    """By the lemma of minima of one radius, which is r^2 / 8 by Theorem 3.3."""

    def build(given: Given) -> Theorem:
        nets = Networks(given)
        epsilon_, r_, e_positive, r_positive, goal = given[24:]
        radius = r_**2 * EIGHTH
        minimum = substitute(nets.of(function(arc, gamma, for_restricted(is_minimum()))), r, r_)
        arcs = _architectures(nets)
        data = (nets.of(order()), nets.of(member()), nets.realize, nets.in_S, nets.mix, nets.norm, nets.loss)
        some = with_witness(
            use(nets.widths, 0),
            lambda base, _: witness(
                arith(nets.width(base) <= nets.width(base)),
                exists(arc, nets.width(arc) <= nets.width(arc)),
                base,
            ),
        )
        positive = arith(radius > 0, r_positive)
        general = use(
            minima_of_one_radius(), *data, nets.constant, minimum, radius, arcs, *nets.asked, some, positive
        )
        of_radius = opened(
            general.conclusion.args[0], 7, lambda inner: _of_radius(nets, inner, (r_, radius, r_positive))
        )
        return restate(use(general, of_radius, epsilon_, e_positive), goal)

    return opened(claim_3_statement(), 28, build).called("Corollary 1.4, claim 3")


def _architectures(nets: Networks) -> Theorem:
    grows, common, transitive, mixes = nets.of(for_restricted(architectures())).args
    return together(
        opened(grows, 5, lambda given: _grows(nets, given)),
        prove(common, lambda one, two, goal: _common(nets, one, two, goal)),
        opened(transitive, 5, lambda given: arith(given[-1], given[3], given[4])),
        opened(mixes, 7, lambda given: _mixes(nets, given)),
    )


def _grows(nets: Networks, given: Given) -> Theorem:
    """By neurons that are 0."""
    _arc, larger, phi_, more, inside, goal = given
    length, fits = parts(inside)
    count = nets.size(phi_)
    wide = arith(count <= nets.width(larger), length, more)
    data = (nets.n, nets.D, nets.weights(phi_), nets.coefficients(phi_), count)

    def found(rows: Expression, columns: Expression, known: Theorem) -> Theorem:
        member_, values = parts(known)

        def named(psi_: Expression, its_size: Theorem, in_space: Theorem, output: Entry, _: Entry) -> Theorem:
            body = opened_exists(goal, psi_).args[1]
            same = prove(
                forall(x, below(k, nets.D, eq(nets.value(psi_, k, x), nets.value(phi_, k, x)))),
                lambda x, k, less, inner: arith(inner, output(x, k), use(values, x, k, less), degree=1),
            )
            equal = restate(use(nets.same, psi_, phi_, same), body)
            return witness(together(together(its_size, in_space), equal), goal, psi_)

        return nets.named(nets.width(larger), rows, columns, member_, named)

    return with_witness(use(padded(), nets.width(larger), *data, nets.outputs, fits, wide), found)


def _common(nets: Networks, one: Expression, two: Expression, goal: Expression) -> Theorem:
    def of(larger: Expression, fact: Theorem) -> Theorem:
        bounds = opened_exists(goal, larger).args
        return witness(together(*(arith(bound, fact) for bound in bounds)), goal, larger)

    return split(
        compare(nets.width(one), nets.width(two)), lambda less: of(two, less), lambda more: of(one, more)
    )


def _mixes(nets: Networks, given: Given) -> Theorem:
    """Networks side by side, merged where weights are parallel, balanced again."""
    lam_, f_, _g, low, high, real_f, real_g, goal = given

    def with_both(phi_: Expression, of_f: Theorem, psi_: Expression, of_g: Theorem) -> Theorem:
        (in_f, is_f), (in_g, is_g) = parts(of_f), parts(of_g)
        one, two = ((nets.weights(p), nets.coefficients(p), nets.size(p)) for p in (phi_, psi_))
        mixed = use(mixture(), nets.n, nets.D, lam_, *one, *two, nets.outputs, parts(in_f)[1], parts(in_g)[1])

        def found(count: Expression, rows: Expression, columns: Expression, known: Theorem) -> Theorem:
            fits, values = parts(known)

            def named(
                chi_: Expression, _size: Theorem, in_space: Theorem, output: Entry, _: Entry
            ) -> Theorem:
                wanted = (1 - lam_) * nets.value(phi_, k, x) + lam_ * nets.value(psi_, k, x)
                same = prove(
                    forall(x, below(k, nets.D, eq(nets.value(chi_, k, x), wanted))),
                    lambda x, k, less, inner: arith(inner, output(x, k), use(values, x, k, less), degree=1),
                )
                equal = use(nets.mixed, lam_, phi_, psi_, chi_, low, high, same)
                first = rewrite(
                    is_f, lambda z: eq(nets.realize(chi_), nets.mix(lam_, z, nets.realize(psi_))), equal
                )
                second = rewrite(is_g, lambda z: eq(nets.realize(chi_), nets.mix(lam_, f_, z)), first)

                def with_arc(arc_: Expression, its_width: Theorem) -> Theorem:
                    length = arith(eq(nets.size(chi_), nets.width(arc_)), its_width)
                    return witness(together(together(length, in_space), second), goal, arc_, chi_)

                return with_witness(use(nets.widths, nets.size(chi_)), with_arc)

            return nets.named(count, rows, columns, fits, named)

        return with_witness(mixed, found)

    return with_witness(
        real_f,
        lambda _arc, phi_, of_f: with_witness(
            real_g, lambda _other, psi_, of_g: with_both(phi_, of_f, psi_, of_g)
        ),
    )


def _of_radius(nets: Networks, given: Given, numbers: Entry) -> Theorem:
    """A network within r^2 / 8 is one whose parameters are within r, by Theorem 3.3."""
    arc_, gamma_, psi_, of_gamma, minimum, of_psi, close, goal = given
    r_, radius, r_positive = numbers
    (in_gamma, _), (in_psi, s_psi) = parts(of_gamma), parts(of_psi)
    (gamma_size, gamma_fits), (psi_size, psi_fits) = parts(in_gamma), parts(in_psi)
    count = nets.size(gamma_)
    equal = arith(eq(count, nets.size(psi_)), gamma_size, psi_size)
    back = arith(eq(nets.size(psi_), count), equal)
    one, two = ((nets.weights(p), nets.coefficients(p)) for p in (gamma_, psi_))
    least = arith(radius >= 0, r_positive)
    near = use(nets.near, gamma_, psi_, radius, equal, least, close)
    fits = rewrite(back, lambda z: is_restricted(*two, z, nets.n, nets.D), psi_fits)
    stable = use(
        theorem_3_3(SHARP, 8),
        *(nets.H, nets.n, count, nets.D, *one, *two, radius),
        *(nets.step, least, gamma_fits, fits, near),
    )
    bound = _bound(r_, radius, r_positive, least)

    def found(rows: Expression, columns: Expression, known: Theorem) -> Theorem:
        member_, same, small = parts(known)

        def named(
            phi_: Expression, its_size: Theorem, in_space: Theorem, output: Entry, entries: Entry
        ) -> Theorem:
            functions = prove(
                forall(x, below(k, nets.D, eq(nets.value(psi_, k, x), nets.value(phi_, k, x)))),
                lambda x, k, less, inner: arith(
                    inner,
                    output(x, k),
                    _in_size(nets, (rows, columns, count), psi_, (k, x), use(same, x, k, less), equal),
                    degree=1,
                ),
            )
            is_same = use(nets.same, psi_, phi_, functions)
            length = arith(eq(nets.size(phi_), nets.width(arc_)), its_size, gamma_size)
            in_omega = together(together(length, in_space), rewrite(is_same, nets.in_S, s_psi))
            within = _within(nets, (one, (rows, columns), count), small, r_, bound)
            wanted = use(minimum, phi_, in_omega).conclusion.args[0]
            least_loss = use(minimum, phi_, in_omega, transported(within, wanted, entries))
            turned_ = rewrite(
                is_same,
                lambda z: eq(nets.loss(z), nets.loss(nets.realize(psi_))),
                identity(nets.loss(nets.realize(psi_)), nets.loss(nets.realize(psi_))),
            )
            return arith(goal, least_loss, turned_, degree=1)

        return nets.named(count, rows, columns, member_, named)

    return with_witness(stable, found)


def _in_size(
    nets: Networks, net: Entry, psi_: Expression, at: Entry, same: Theorem, equal: Theorem
) -> Theorem:
    """The output of a network is that of Psi, whose size is the same."""
    rows, columns, count = net
    k, x = at
    data = (nets.weights(psi_), nets.coefficients(psi_))
    return rewrite(
        equal, lambda z: eq(nets.output(rows, columns, count, k, x), nets.output(*data, z, k, x)), same
    )


def _within(nets: Networks, pair: Entry, small: Theorem, r_: Expression, bound: Theorem) -> Theorem:
    """From parameters within 2 sqrt(2) delta^(1/2): within r."""
    one, new, count = pair
    wide = parameters_near(*one, *new, count, nets.n + 2, nets.D, r_)

    def entries(i: Expression, less: Theorem, inner: Expression) -> Theorem:
        known = parts(use(small, i, less))
        return together(*(widened(part, fact) for part, fact in zip(inner.args, known, strict=True)))

    def widened(part: Expression, fact: Theorem) -> Theorem:
        return prove(part, lambda j, low, goal: arith(goal, use(fact, j, low), bound, degree=1))

    return prove(wide, entries)


def _bound(r_: Expression, radius: Expression, r_positive: Theorem, least: Theorem) -> Theorem:
    """2 sqrt(2) (r^2 / 8)^(1/2) <= r."""
    root_square = parts(use(axiom("square root"), radius, least))[1]
    limit = SHARP * ROOT(radius)
    square = certificate_of_square(limit, SHARP, 8, size_of(SHARP, 8)[1], root_square, radius)
    at_most = arith(limit**2 <= r_**2, square, degree=1)
    return use(root_monotone(), limit, r_, arith(r_ >= 0, r_positive), at_most)
