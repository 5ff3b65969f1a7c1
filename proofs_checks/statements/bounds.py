"""What Theorem 6 speaks of, as statements: normalised rows and columns, C, N, powers, supports."""

from __future__ import annotations

from .expressions import NATURAL, REAL, Expression, Operand, Sort, both, eq, forall, fresh, total, variable
from .functions import ABS
from .networks import W, below, n

_i, _j, _k = (fresh(Sort(NATURAL), name) for name in "ijk")
D, sigma = variable("D", REAL), variable("sigma", REAL)
N = variable("N", NATURAL)
power, paths = variable("power", REAL, NATURAL), variable("paths", REAL, NATURAL)


def rows_of_first_weight() -> Expression:
    """The rows of W_1 have Euclidean norm at most 1."""
    return below(_i, n(1), total(_j, n(0), W(1, _i, _j) ** 2) <= 1)


def columns_of_last_weight(hidden: Operand) -> Expression:
    """The columns of W_L have Euclidean norm at most 1; L = hidden + 1."""
    return below(_j, n(hidden), total(_i, n(hidden + 1), W(hidden + 1, _i, _j) ** 2) <= 1)


def weights_at_most(most: Expression, inner: Operand) -> Expression:
    """All |w_{k,ij}| <= most for k = 2, ..., inner + 1."""
    entry = ABS(W(_k + 2, _i, _j)) <= most
    return both(most >= 0, below(_k, inner, below(_i, n(_k + 2), below(_j, n(_k + 1), entry))))


def support_size(theta: Expression, layer: Operand) -> Expression:
    """|spt theta_layer|, the sum of the bits."""
    return total(_i, n(layer), theta(layer, _i))


def powers_of(base: Expression, power: Expression) -> Expression:
    """power(k) = base^k."""
    return both(eq(power(0), 1), forall(_k, eq(power(_k + 1), base * power(_k))))


def products_of_supports(theta: Expression, paths: Expression, first: int = 1) -> Expression:
    """paths(k) = |spt theta_first| ... |spt theta_{first + k - 1}|."""
    following = paths(_k) * support_size(theta, _k + first)
    return both(eq(paths(0), 1), forall(_k, eq(paths(_k + 1), following)))


def is_distance(distance: Expression, x: Expression, u: Expression) -> Expression:
    """The distance is ||x - u||."""
    return both(distance >= 0, eq(distance**2, total(_j, n(0), (x(_j) - u(_j)) ** 2)))


def distance_at_most(one: Expression, two: Expression, size: Operand, bound: Expression) -> Expression:
    """||one - two|| <= bound, for bound >= 0."""
    return total(_i, size, (one(_i) - two(_i)) ** 2) <= bound**2


def within(
    one: Expression, two: Expression, size: Operand, factor: Expression, x: Expression, u: Expression
) -> Expression:
    """||one - two||^2 <= factor ||x - u||^2."""
    return total(_i, size, (one(_i) - two(_i)) ** 2) <= factor * total(_j, n(0), (x(_j) - u(_j)) ** 2)


def norms_at_most(sigma: Expression, layers: Operand) -> Expression:
    """||W_k g|| <= sigma ||g|| for all vectors g and k = 1, ..., layers: the spectral norms are <= sigma."""
    g = variable("g", REAL, NATURAL)
    image = total(_j, n(_k), W(_k + 1, _i, _j) * g(_j))
    bound = total(_i, n(_k + 1), image**2) <= sigma**2 * total(_j, n(_k), g(_j) ** 2)
    return both(sigma >= 0, below(_k, layers, forall(g, bound)))
