"""ReLU networks in the language of statements: all depths and widths at once.

A network is n: N -> N (the widths N_0, N_1, ...), W: N^3 -> R (W(k, i, j) is entry (i, j) of W_k, from k = 1
on) and b: N^2 -> R (b(k, i) is entry i of b_k). What stands beyond the widths does not matter, and a network
of L layers uses k = 1, ..., L. It has h = L - 1 hidden layers; statements speak of h, as a difference of
naturals need not be natural. Indices begin with 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .expressions import (
    NATURAL,
    REAL,
    Expression,
    Operand,
    Sort,
    both,
    either,
    eq,
    forall,
    fresh,
    function,
    implies,
    total,
    variable,
)
from .functions import RELU

h, i, j, k, m, p, q, r = (variable(name, NATURAL) for name in "hijkmpqr")
s, t, C = (variable(name, REAL) for name in "stC")
n = variable("n", NATURAL, NATURAL)
W = variable("W", REAL, NATURAL, NATURAL, NATURAL)
b = variable("b", REAL, NATURAL, NATURAL)
theta, eta = (variable(name, REAL, NATURAL, NATURAL) for name in ("theta", "eta"))
x, u = (variable(name, REAL, NATURAL) for name in "xu")
v, w, y, z = (variable(name, REAL, NATURAL, NATURAL) for name in "vwyz")


# The indices that are bound below: no name that a caller could use.
_i, _j, _k = (fresh(Sort(NATURAL), name) for name in "ijk")
_x, _z = fresh(Sort(REAL, (NATURAL,)), "x"), fresh(Sort(REAL, (NATURAL, NATURAL)), "z")


def below(index: Expression, bound: Operand, formula: Expression) -> Expression:
    """Return: for all index < bound, the formula."""
    return forall(index, implies(index < bound, formula))


def first_layer(y: Expression, x: Expression) -> Expression:
    """y_1 = W_1 x + b_1."""
    value = total(_j, n(0), W(1, _i, _j) * x(_j)) + b(1, _i)
    return below(_i, n(1), eq(y(1, _i), value))


def pre_activations(y: Expression, x: Expression) -> Expression:
    """y_1 = W_1 x + b_1, and y_{k+2} = W_{k+2} relu(y_{k+1}) + b_{k+2}: y_L is M_L(x)."""
    value = total(_j, n(_k + 1), W(_k + 2, _i, _j) * RELU(y(_k + 1, _j))) + b(_k + 2, _i)
    return both(first_layer(y, x), forall(_k, below(_i, n(_k + 2), eq(y(_k + 2, _i), value))))


def masked(z: Expression, x: Expression, theta: Expression) -> Expression:
    """z_1 = W_1 x + b_1, and z_{k+2} = W_{k+2} diag(theta_{k+1}) z_{k+1} + b_{k+2}: z_L is M_L^theta(x)."""
    product = W(_k + 2, _i, _j) * theta(_k + 1, _j) * z(_k + 1, _j)
    value = total(_j, n(_k + 1), product) + b(_k + 2, _i)
    return both(first_layer(z, x), forall(_k, below(_i, n(_k + 2), eq(z(_k + 2, _i), value))))


def are_bits(theta: Expression) -> Expression:
    """All theta_{k,i} are 0 or 1."""
    bit = theta(_k + 1, _i)
    return forall(_k, below(_i, n(_k + 1), either(eq(bit, 0), eq(bit, 1))))


def in_closed_cell(theta: Expression, z: Expression, hidden: Operand) -> Expression:
    """0 <= diag(theta_k) z_k and (I - diag(theta_k)) z_k <= 0 for k <= hidden: the display before (10)."""
    bit, value = theta(_k + 1, _i), z(_k + 1, _i)
    signs = both(bit * value >= 0, (1 - bit) * value <= 0)
    return below(_k, hidden, below(_i, n(_k + 1), signs))


def in_half_open_cell(theta: Expression, z: Expression, hidden: Operand) -> Expression:
    """theta_{k,i} = 1 and z_{k,i} > 0, or theta_{k,i} = 0 and z_{k,i} <= 0, for k <= hidden."""
    bit, value = theta(_k + 1, _i), z(_k + 1, _i)
    signs = either(both(eq(bit, 1), value > 0), both(eq(bit, 0), value <= 0))
    return below(_k, hidden, below(_i, n(_k + 1), signs))


def in_cell(theta: Expression, z: Expression, hidden: Operand) -> Expression:
    """The cell of theta in one of the two readings, closed or half-open."""
    return either(in_closed_cell(theta, z, hidden), in_half_open_cell(theta, z, hidden))


def contains_a_box(
    cell: Callable[..., Expression], centre: Expression, radius: Operand, *given: Any
) -> Expression:
    """The cell has all points whose entries are less than the radius away from the centre's.

    ``given`` are theta and the number of hidden layers, as ``cell`` takes them.
    """
    bits, hidden = given
    near = below(_j, n(0), both(_x(_j) - centre(_j) < radius, centre(_j) - _x(_j) < radius))
    return forall(_x, _z, implies(masked(_z, _x, bits), near, cell(bits, _z, hidden)))


def distance_squared(one: Expression, two: Expression, size: Operand) -> Expression:
    """The square of the Euclidean distance of two vectors."""
    return total(_i, size, (one(_i) - two(_i)) ** 2)


def row_of(values: Expression, place: Operand) -> Expression:
    """The vector values(place, .)."""
    return function(_i, values(place, _i))
