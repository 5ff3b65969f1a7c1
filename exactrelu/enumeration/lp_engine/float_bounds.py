"""Rigorous bounds in double precision: which signs, and which Farkas certificates, are proved.

u = 2^-53 is half an ulp of 1. Every row (a, c) is an exact one, times a power of two, rounded entry by entry,
so that its largest entry is at most 1: R_j = r_j + e_j, |e_j| <= u |R_j| + 2^-1074 (the second term where the
rounding underflows). Points are vectors of doubles and have no error. FLOOR = 1e-300 stands for all that may
underflow: an operation loses less than 2^-1022 < 1e-307 so, even where denormal numbers are flushed to zero,
and there are fewer than 10^6 of them in each sum. NaN and infinity fail every comparison, so they leave a
question open and never answer it. gamma_n = n u / (1 - n u) bounds the relative error of a sum of products of
n operations, in any order, with or without fused operations (Higham, *Accuracy and Stability of Numerical
Algorithms*, lemma 3.1); n u < 10^-6 is checked, so gamma_n <= 1.01 n u.

**Values.** For y = r.(x, 1) with n coordinates, and S = 1 + |x_1| + ... + |x_n|: the computed sum of
R.(x, 1) differs from the exact one by at most gamma_{n+1} S, since |R_j| <= 1, and that from y by at most
u S. S itself is computed with a relative error of gamma_{n+1}. So, with a unit to spare for S,
|computed - y| <= (n + 4) u 1.01 S + FLOOR S.

**Farkas.** Given rows s_1, ..., s_k and y, all nonnegative at a point w, and k coordinates, let B be the
k x k matrix of the rows' coefficients there, g that of y. Exact values have a star. Let L* solve
B*^T L* = g*. From any matrix Q (the computed inverse of B^T) and L = fl(Q g) follow, with P* = I - Q B*^T:

* q_i = sum_j |Q_ij|. Each entry of fl(I - Q B^T) differs from that of P* by at most (k + 2) u 1.01 q_i + u
  for the arithmetic and (u + 2^-1074) q_i for the rounding of B, as |B_ij| <= 1. So row i of |P*| has a sum
  of at most p_i := sum_j |fl(..)_ij| + k (k + 6) u 1.01 (1 + q_i) + FLOOR (1 + q_i). If kappa := max p_i <
  1/2, then Q and B* are regular and (B*^T)^-1 = (I - P*)^-1 Q.
* With l = 1 + sum_i |L_i|: the residual r* = g* - B*^T L differs from fl(g - B^T L) by at most
  (k + 2) u 1.01 l for the arithmetic and u l for the rounding of B and g. Let
  rho_j := |fl(..)_j| + (k + 5) u 1.01 l + FLOOR l.
* L* - L = (I - P*)^-1 Q r* =: D solves D = Q r* + P* D. So |D_i| <= t_i + p_i max|D|,
  t := |Q| rho + FLOOR, and max|D| <= max t / (1 - kappa). So |L*_i - L_i| <= d_i, where
  d_i := t_i + p_i max t / (1 - kappa).

All sums of nonnegative numbers here are computed with a relative error below 10^-11; a factor 1 + 10^-9
covers that. If L_i > d_i for all i, then L* > 0. This says that the k coordinates of y agree with those of
sum L*_i s_i. That *all* coordinates do needs rank(s_1, ..., s_k, y) <= k, which no float can prove; it is
known where k = n, and where all these rows are functions of k quantities (`certificates.rank_bounds`).
Then y = c + sum L*_i s_i identically, with a constant c. At w: c >= y(w) - (its bound) - sum (L_i + d_i)
(s_i(w) + its bound). If that is positive, also after the rounding of the sum, then y >= c > 0 on
the cell. If all the constants of rows and y are zero, exactly, then c = 0, exactly, and y >= 0.

**Farkas in a box.** Where the domain is a box, lower_j <= x_j <= upper_j, any doubles L_i >= 0 do, for any k
rows: if h := y - sum L_i s_i is positive on the box, then y is on the cell. With l = 1 + sum L_i, the
computed coefficients of h differ from the exact ones by at most e := (k + 2) u 1.01 l + FLOOR l: each is a
sum of k + 1 terms with k products (gamma_{k+1} l), and the rows were rounded (u l). Let far_j =
max(|lower_j|, |upper_j|), for ends that are rounded outwards. On the box a functional with the computed
coefficients is at least its constant plus the sum of the lesser end of each coordinate; with the exact ones
it is less by at most e (1 + sum far_j), and the sum is computed up to
(n + 2) u 1.01 (|h_c| + sum |h_j| far_j). Nothing is asked of the rank.

`exactrelu/kernels/float_proofs.h` computes the same bounds, one question at a time, in another order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

UNIT = 2.0**-53
FLOOR = 1e-300
_MORE = 1.0 + 1e-9
_MOST_TERMS = 10**6


def value_bounds(points: Floats) -> Floats:
    """Return for each point the bound on the error of a row's value there, for any row.

    Parameters
    ----------
    points
        Shape (points, n + 1): coordinates, then 1.
    """
    terms = points.shape[1]
    if terms > _MOST_TERMS:
        return np.full(len(points), np.inf)
    sizes = np.abs(points).sum(axis=1)
    bounds: Floats = ((terms + 3) * UNIT * 1.01 + FLOOR) * sizes
    return bounds


class Enclosure(NamedTuple):
    """Intervals of Farkas multipliers, ``middle`` +- ``radius``; NaN or infinity where nothing is proved."""

    middle: Floats
    radius: Floats


def enclose_multipliers(basis: Floats, target: Floats) -> Enclosure:
    """Return intervals of the exact solutions L* of B*^T L* = g* (see the module).

    Parameters
    ----------
    basis
        Shape (systems, k, k): B, a row of the system in each row.
    target
        Shape (systems, k): g.
    """
    size = basis.shape[1]
    transposed = basis.transpose(0, 2, 1)
    inverse = _inverses(transposed)
    middle = np.matmul(inverse, target[:, :, None])[:, :, 0]
    absolute = np.abs(inverse)
    norms = 1.0 + absolute.sum(axis=2)
    defect = np.abs(np.eye(size) - np.matmul(inverse, transposed)).sum(axis=2)
    defect = (defect + (size * (size + 6) * UNIT * 1.01 + FLOOR) * norms) * _MORE
    length = 1.0 + np.abs(middle).sum(axis=1, keepdims=True)
    residual = np.abs(target - np.matmul(transposed, middle[:, :, None])[:, :, 0])
    residual = residual + ((size + 5) * UNIT * 1.01 + FLOOR) * length
    first = np.matmul(absolute, residual[:, :, None])[:, :, 0] * _MORE + FLOOR
    kappa = defect.max(axis=1, keepdims=True)
    largest = first.max(axis=1, keepdims=True) / (1.0 - kappa)
    radius = (first + defect * largest) * _MORE
    return Enclosure(middle, np.where(kappa < 0.5, radius, np.inf))


def _inverses(matrices: Floats) -> Floats:
    """Return approximate inverses; NaN for a batch with a matrix that is singular to the last bit."""
    try:
        inverses: Floats = np.linalg.inv(matrices).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        result = np.full(matrices.shape, np.nan, dtype=np.float64)
        regular = np.linalg.slogdet(matrices)[0] != 0
        if not regular.all():
            result[regular] = _inverses(matrices[regular])
        return result
    return inverses


def proves_positive(multipliers: Enclosure, slacks: Floats, slack_bound: Floats, value: Floats) -> Flags:
    """Return where the multipliers are positive and the constant c is as well.

    Parameters
    ----------
    slacks
        Shape (systems, k): the computed values s_i(w) of the rows.
    slack_bound
        Shape (systems,): a bound on the error of each.
    value
        Shape (systems,): the computed y(w), which has the same bound on its error.
    """
    upper = (multipliers.middle + multipliers.radius) * (slacks + slack_bound[:, None])
    spent = upper.sum(axis=1) * _MORE
    proved: Flags = are_positive(multipliers) & ((value - slack_bound) * (1 - 1e-9) > spent + FLOOR)
    return proved


def are_positive(multipliers: Enclosure) -> Flags:
    """Return where all multipliers are positive."""
    positive: Flags = np.all(multipliers.middle > multipliers.radius, axis=1)
    return positive
