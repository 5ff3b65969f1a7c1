"""The paper's formulas on rational networks, written out with plain fractions.

A matrix is a list of rows, a configuration a tuple of bits for each hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from exactrelu import Network, Region, regions

from .traces import traced

Bits = tuple[tuple[int, ...], ...]
Matrix = list[list[Any]]
Vector = Sequence[Any]

# matrices and vectors -----------------------------------------------------------------------------


def times(*matrices: Sequence[Vector]) -> Matrix:
    """Return the product of the matrices."""
    result = [list(row) for row in matrices[0]]
    for right in matrices[1:]:
        columns = list(zip(*right, strict=True))
        result = [[dot(row, column) for column in columns] for row in result]
    return result


def dot(one: Vector, two: Vector) -> Any:
    """Return the sum of the products of the entries."""
    return sum(a * b for a, b in zip(one, two, strict=True))


def transposed(matrix: Sequence[Vector]) -> Matrix:
    """Return the transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def diagonal(entries: Vector) -> Matrix:
    """Return the diagonal matrix."""
    return [[entry if i == j else 0 for j in range(len(entries))] for i, entry in enumerate(entries)]


@traced
def apply(matrix: Sequence[Vector], x: Vector) -> list[Any]:
    """Return the matrix times the vector."""
    return [dot(row, x) for row in matrix]


@traced
def minus(one: Vector, two: Vector) -> list[Any]:
    """Return the difference of two vectors."""
    return [a - b for a, b in zip(one, two, strict=True)]


@traced
def squared_norm(x: Vector) -> Fraction:
    """Return the square of the Euclidean norm."""
    return Fraction(dot(x, x))


@traced
def norm_at_most(matrix: Sequence[Vector], bound_squared: Fraction | int) -> bool:
    """Return whether the spectral norm is at most B: B^2 I - A^T A must be positive semidefinite."""
    gram = times(transposed(matrix), matrix)
    slack = [[bound_squared * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(gram)]
    return is_positive_semidefinite(slack)


def is_positive_semidefinite(symmetric: Sequence[Vector]) -> bool:
    """Decide it by symmetric elimination: a pivot is positive, or zero with nothing else in its row."""
    left = [list(row) for row in symmetric]
    while left:
        pivot, *others = left[0]
        if pivot < 0 or (pivot == 0 and any(others)):
            return False
        left = [
            [entry - row[0] * other / pivot for entry, other in zip(row[1:], others, strict=True)]
            if pivot
            else row[1:]
            for row in left[1:]
        ]
    return True


# networks -----------------------------------------------------------------------------------------


@traced
def values_along(network: Network, theta: Bits, x: Vector) -> list[tuple[Fraction, ...]]:
    """Return M_k diag(theta_{k-1}) M_{k-1} ... diag(theta_1) M_1 x for k = 1, ..., L."""
    values = [network.layers[0](x)]
    for layer, bits in zip(network.layers[1:], theta, strict=True):
        values.append(layer([bit * y for bit, y in zip(bits, values[-1], strict=True)]))
    return values


@traced
def in_half_open_cell(network: Network, theta: Bits, x: Vector) -> bool:
    """Return whether y_{k,i} > 0 exactly where theta_{k,i} = 1, y_k = M_k diag(theta_{k-1}) ... M_1 x."""
    signs = zip(theta, values_along(network, theta, x), strict=False)
    return all((y > 0) == bool(bit) for bits, ys in signs for bit, y in zip(bits, ys, strict=True))


@traced
def in_closed_cell(network: Network, theta: Bits, x: Vector) -> bool:
    """Return whether 0 <= diag(theta_k) y_k and (I - diag(theta_k)) y_k <= 0, as the display before (10)."""
    signs = zip(theta, values_along(network, theta, x), strict=False)
    return all(bit * y >= 0 >= (1 - bit) * y for bits, ys in signs for bit, y in zip(bits, ys, strict=True))


@traced
def linear_part(network: Network, theta: Bits) -> Matrix:
    """Return W_L diag(theta_{L-1}) W_{L-1} ... diag(theta_1) W_1."""
    result: Sequence[Vector] = network.layers[0].weight
    for layer, bits in zip(network.layers[1:], theta, strict=True):
        result = times(layer.weight, diagonal(bits), result)
    return [list(row) for row in result]


def all_bits(network: Network) -> Iterator[Bits]:
    """Yield all 2^(N_1 + ... + N_{L-1}) vectors of bits."""
    return product(*(tuple(product((0, 1), repeat=width)) for width in network.hidden_widths))


@traced
def configurations(network: Network, reading: str = "half-open") -> list[Bits]:
    """Return the configurations theta, those whose cell is not empty, in order."""
    return [region.configuration.layers for region in regions(network, reading=reading)]


def text(theta: Bits) -> str:
    """Return the bits as text, layers separated by a bar."""
    return "|".join("".join(map(str, bits)) for bits in theta)


def written(x: Vector) -> str:
    """Return a point or vector as text."""
    return f"({', '.join(map(str, x))})"


def texts(thetas: Sequence[Bits]) -> str:
    """Return a list of configurations as text."""
    return "{" + ", ".join(map(text, thetas)) + "}"


@traced
def directions(region: Region) -> list[Vector]:
    """Return the rays, and the lines both ways, of the closure of a cell."""
    lines = [list(line) for line in region.geometry.lines]
    return [*region.geometry.rays, *lines, *([-entry for entry in line] for line in lines)]


def inner_point(region: Region) -> tuple[Fraction, ...]:
    """Return the mean of the vertices plus the sum of the rays, a point of the relative interior of a cell.

    The set alone determines it: the point that ``regions`` picks may be another one with every engine.
    """
    vertices, rays = region.geometry.vertices, region.geometry.rays
    sums = (sum(column, Fraction(0)) / len(vertices) for column in zip(*vertices, strict=True))
    return tuple(mean + sum(ray[j] for ray in rays) for j, mean in enumerate(sums))


@traced
def sample_points(network: Network) -> list[tuple[Fraction, ...]]:
    """Return an inner point, vertices, and points along the rays and lines of every half-open cell."""
    points: dict[tuple[Fraction, ...], None] = {}
    for region in regions(network):
        geometry = region.geometry
        points[inner_point(region)] = None
        for vertex in geometry.vertices:
            points[vertex] = None
            for step in directions(region):
                points[tuple(v + 2 * s for v, s in zip(vertex, step, strict=True))] = None
    return list(points)


# the bounds of Theorem 6 --------------------------------------------------------------------------


@traced
def largest_weight(network: Network, first: int, last: int) -> Fraction:
    """Return the largest absolute value of the entries of W_first, ..., W_last."""
    layers = network.layers[first - 1 : last]
    return max(abs(entry) for layer in layers for row in layer.weight for entry in row)


def bound_factor(network: Network) -> Fraction:
    """Return N C with the C and N of Theorem 6: C over W_2, ..., W_{L-1}, N over N_1, ..., N_{L-1}."""
    return largest_weight(network, 2, network.depth - 1) * max(network.hidden_widths)


def has_unit_ends(network: Network) -> bool:
    """Return whether all rows of W_1 and all columns of W_L have Euclidean norm 1."""
    columns = transposed(network.layers[-1].weight)
    return all(squared_norm(vector) == 1 for vector in (*network.layers[0].weight, *columns))


def has_full_row_rank(matrix: Sequence[Vector]) -> bool:
    """Return whether x -> A x is onto: then A A^T is positive definite, and elimination has no zero pivot."""
    left = times(matrix, transposed(matrix))
    while left:
        pivot, *others = left[0]
        if pivot == 0:
            return False
        left = [
            [a - row[0] * b / Fraction(pivot) for a, b in zip(row[1:], others, strict=True)]
            for row in left[1:]
        ]
    return True
