"""Section 3.2 in the language of statements: linear parts, sums over paths, coefficients, biases."""

from __future__ import annotations

from .expressions import NATURAL, REAL, Expression, Sort, both, eq, forall, fresh, implies, total, variable
from .networks import W, b, below, n

_i, _j, _k, _l, _p, _r = (fresh(Sort(NATURAL), name) for name in "ijklpr")
V, T, G = (variable(name, REAL, NATURAL, NATURAL, NATURAL) for name in "VTG")
A = variable("A", REAL, NATURAL, NATURAL)


def linear_parts(values: Expression, theta: Expression) -> Expression:
    """V_1 = W_1 and V_{k+2} = W_{k+2} diag(theta_{k+1}) V_{k+1}: V_L is the linear part of M_L^theta."""
    first = below(_i, n(1), below(_j, n(0), eq(values(1, _i, _j), W(1, _i, _j))))
    value = total(_p, n(_k + 1), W(_k + 2, _i, _p) * theta(_k + 1, _p) * values(_k + 1, _p, _j))
    later = below(_i, n(_k + 2), below(_j, n(0), eq(values(_k + 2, _i, _j), value)))
    return both(first, forall(_k, later))


def path_sums(sums: Expression, theta: Expression) -> Expression:
    """T_{k}(p, q): the sum over paths from q in layer 1 to p in layer k, through supports in between.

    T_2 = W_2, and T_{k+3}(p, q) is the sum over r in spt theta_{k+2} of w_{k+3,pr} T_{k+2}(r, q): the sum
    over i_{L-2}, ..., i_2 of Theorem 5, index by index from the outside. c_{i_{L-1}, i_1} is T_{L-1}.
    """
    first = below(_p, n(2), below(_j, n(1), eq(sums(2, _p, _j), W(2, _p, _j))))
    value = total(_r, n(_k + 2), theta(_k + 2, _r) * W(_k + 3, _p, _r) * sums(_k + 2, _r, _j))
    later = below(_p, n(_k + 3), below(_j, n(1), eq(sums(_k + 3, _p, _j), value)))
    return both(first, forall(_k, later))


def coefficients(alphas: Expression, x: Expression, theta: Expression) -> Expression:
    """A_1 = W_1 x, A_{k+2} = W_{k+2} diag(theta_{k+1}) A_{k+1}; alpha_{L,i} of (12) is A_{L-1}(i)."""
    first = below(_i, n(1), eq(alphas(1, _i), total(_j, n(0), W(1, _i, _j) * x(_j))))
    value = total(_p, n(_k + 1), W(_k + 2, _i, _p) * theta(_k + 1, _p) * alphas(_k + 1, _p))
    return both(first, forall(_k, below(_i, n(_k + 2), eq(alphas(_k + 2, _i), value))))


def bias_terms(terms: Expression, theta: Expression) -> Expression:
    """G_{k,j} = W_k diag(theta_{k-1}) ... W_{j+1} diag(theta_j) b_j for j < k, and G_{k,k} = b_k."""
    own = forall(_k, below(_i, n(_k + 1), eq(terms(_k + 1, _k + 1, _i), b(_k + 1, _i))))
    value = total(_p, n(_k + 1), W(_k + 2, _i, _p) * theta(_k + 1, _p) * terms(_k + 1, _l + 1, _p))
    later = forall(_k, _l, implies(_l <= _k, below(_i, n(_k + 2), eq(terms(_k + 2, _l + 1, _i), value))))
    return both(own, later)
