"""The second road to an atomic decomposition: every part of it, held against other computations.

Nothing here uses the masked products that `exactrelu.atoms.decomposition` computes with. The affine maps come
from the composition (10) of `exactrelu.networks.preactivations`, coefficients from products of submatrices in
the other order and, where there are few, from the single paths; biases are sent through the network one by
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from flint import fmpz_mat

from exactrelu.atoms.path_sums import paths, submatrix
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, integer_rows, rank
from exactrelu.numbers.points import Point

_FEW_PATHS = 10_000


class StatedDecomposition(Protocol):
    """What an `exactrelu.AtomicDecomposition` states, however it was computed."""

    @property
    def network(self) -> Network: ...  # noqa: D102
    @property
    def configuration(self) -> Configuration: ...  # noqa: D102
    @property
    def last_support(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def first_support(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def coefficients(self) -> RationalMatrix: ...  # noqa: D102
    @property
    def paths(self) -> int: ...  # noqa: D102
    @property
    def bias_terms(self) -> tuple[Point, ...]: ...  # noqa: D102
    @property
    def alphas(self) -> RationalMatrix: ...  # noqa: D102
    @property
    def span(self) -> tuple[IntegerRow, ...]: ...  # noqa: D102
    @property
    def linear_part(self) -> RationalMatrix: ...  # noqa: D102
    @property
    def bias(self) -> Point: ...  # noqa: D102


@dataclass(frozen=True)
class Discrepancy:
    """A part of a decomposition that does not agree with the network.

    ``what`` names the part, ``place`` its indices (none for the part as a whole), ``stated`` is what
    the decomposition says and ``expected`` what the second road gives.
    """

    what: str
    place: tuple[int, ...]
    stated: Any
    expected: Any


def discrepancies(decomposition: StatedDecomposition) -> Iterator[Discrepancy]:
    """Yield all places where a decomposition does not agree with its network: none if it is right.

    Compared entry by entry, exactly: supports, number of paths, coefficients, the sum of the atoms with
    the linear part of M_L^theta, the summands of the bias and their sum with its bias, the alphas with
    the linear part of the pre-activations of layer L-1, and the span. If supports or shapes are wrong,
    only these are reported, since nothing else has a meaning then.

    Parameters
    ----------
    decomposition
        Any decomposition, also one that was changed by `dataclasses.replace`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from exactrelu.atoms.decomposition import atomic_decomposition
    >>> from exactrelu.networks.network import Network
    >>> net = Network.from_rationals([([[1]], None), ([[2]], None), ([[3]], None)])
    >>> right = atomic_decomposition(net, net.configuration((1,)))
    >>> wrong = replace(right, coefficients=right.coefficients.scaled(Fraction(2)))
    >>> [(d.what, str(d.stated), str(d.expected)) for d in discrepancies(wrong)]
    [('coefficient', '4', '2'), ('sum of the paths', '4', '2'), ('linear part', '12', '6')]

    References
    ----------
    Heinecke & Hwang, (10), Theorem 5 and (12).
    """
    misfits = list(_shapes(decomposition))
    yield from misfits
    if misfits:
        return
    maps = affine_maps(decomposition.network, decomposition.configuration)
    checks: list[Callable[[], Iterator[Discrepancy]]] = [
        lambda: _path_number(decomposition),
        lambda: _coefficients(decomposition),
        lambda: _linear_part(decomposition, maps[-1]),
        lambda: _biases(decomposition, maps[-1]),
        lambda: _alphas(decomposition, maps[-2]),
        lambda: _span(decomposition, maps[-1]),
    ]
    for check in checks:
        yield from check()


def _active(decomposition: StatedDecomposition, layer: int) -> tuple[int, ...]:
    bits = decomposition.configuration.layers[layer - 1]
    return tuple(i for i in range(len(bits)) if bits[i] == 1)


def _shapes(decomposition: StatedDecomposition) -> Iterator[Discrepancy]:
    network = decomposition.network
    last, first = _active(decomposition, network.depth - 1), _active(decomposition, 1)
    parts: list[tuple[str, Any, Any]] = [
        ("last support", decomposition.last_support, last),
        ("first support", decomposition.first_support, first),
        ("shape of the coefficients", decomposition.coefficients.shape, (len(last), len(first))),
        ("shape of the alphas", decomposition.alphas.shape, (len(last), network.inputs)),
        (
            "lengths of the bias terms",
            [*map(len, decomposition.bias_terms)],
            [network.outputs] * network.depth,
        ),
    ]
    for what, stated, expected in parts:
        if stated != expected:
            yield Discrepancy(what, (), stated, expected)


def _path_number(decomposition: StatedDecomposition) -> Iterator[Discrepancy]:
    """Count the walks from one neuron: every active neuron hands its count to all of the next layer."""
    reached = 1
    for layer in range(2, decomposition.network.depth - 1):
        reached = sum(reached for _ in _active(decomposition, layer))
    if decomposition.paths != reached:
        yield Discrepancy("number of paths", (), decomposition.paths, reached)


def _coefficients(decomposition: StatedDecomposition) -> Iterator[Discrepancy]:
    """Compare with the product of active submatrices from the left, and with the listed paths if few."""
    network = decomposition.network
    last, first = decomposition.last_support, decomposition.first_support
    product, scale = fmpz_mat([[int(i == j) for j in range(len(last))] for i in range(len(last))]), 1
    if not last:
        product = fmpz_mat(0, 0, [])
    for k in range(network.depth - 1, 1, -1):
        layer = network.layers[k - 1].matrix
        product = product * submatrix(
            layer.numerators, _active(decomposition, k), _active(decomposition, k - 1)
        )
        scale *= layer.denominator
    expected = RationalMatrix(product, scale)
    yield from _entries("coefficient", decomposition.coefficients, expected, last, first)
    if decomposition.paths * len(last) * len(first) <= _FEW_PATHS:
        rows = [[_sum_of_paths(decomposition, i, j) for j in first] for i in last]
        listed = RationalMatrix.from_rows(rows, len(first))
        yield from _entries("sum of the paths", decomposition.coefficients, listed, last, first)


def _sum_of_paths(decomposition: StatedDecomposition, last: int, first: int) -> Fraction:
    listed = paths(decomposition.network, decomposition.configuration, last, first)
    return sum((path.product for path in listed), Fraction(0))


def _linear_part(decomposition: StatedDecomposition, expected: AffineMap) -> Iterator[Discrepancy]:
    weight = RationalMatrix.from_rows(expected.weight, expected.inputs)
    yield from _entries("linear part", decomposition.linear_part, weight)


def _biases(decomposition: StatedDecomposition, expected: AffineMap) -> Iterator[Discrepancy]:
    for j in range(1, decomposition.network.depth + 1):
        stated, sent = decomposition.bias_terms[j - 1], _sent_forward(decomposition, j)
        yield from _entries(f"bias term {j}", _column(stated), _column(sent))
    yield from _entries("bias", _column(decomposition.bias), _column(expected.bias))


def _sent_forward(decomposition: StatedDecomposition, j: int) -> Point:
    """Return what b_j alone gives at the output: it is masked and multiplied layer by layer."""
    current = decomposition.network.layers[j - 1].bias
    for k in range(j, decomposition.network.depth):
        bits = decomposition.configuration.layers[k - 1]
        slopes = decomposition.network.activations[k - 1].slopes_of(bits)
        kept = [b * slope for b, slope in zip(current, slopes, strict=True)]
        linear = decomposition.network.layers[k]
        at_zero = linear.bias
        current = tuple(y - z for y, z in zip(linear(kept), at_zero, strict=True))
    return current


def _alphas(decomposition: StatedDecomposition, preactivation: AffineMap) -> Iterator[Discrepancy]:
    rows = [preactivation.weight[i] for i in decomposition.last_support]
    expected = RationalMatrix.from_rows(rows, preactivation.inputs)
    yield from _entries("alpha", decomposition.alphas, expected, decomposition.last_support)


def _span(decomposition: StatedDecomposition, expected: AffineMap) -> Iterator[Discrepancy]:
    """Compare ranks: the span is that of the columns, and holds the columns of the linear part."""
    outputs = decomposition.network.outputs
    stated = list(decomposition.span)
    last = decomposition.network.layers[-1].matrix.numerators
    table = integer_rows(last)
    columns = [tuple(row[i] for row in table) for i in decomposition.last_support]
    size = rank(columns, outputs)
    if [len(stated), rank(stated, outputs), rank(stated + columns, outputs)] != [size] * 3:
        yield Discrepancy("span", (), decomposition.span, tuple(columns))
    image = integer_rows(expected.matrix.numerators.transpose())[:-1]
    if rank(stated + image, outputs) != rank(stated, outputs):
        yield Discrepancy("span of the image", (), decomposition.span, tuple(image))


def _column(values: Sequence[Fraction]) -> RationalMatrix:
    return RationalMatrix.from_rows([[value] for value in values], 1)


def _entries(
    what: str,
    stated: RationalMatrix,
    expected: RationalMatrix,
    rows: Sequence[int] | None = None,
    columns: Sequence[int] | None = None,
) -> Iterator[Discrepancy]:
    """Yield the entries that differ, named by the neurons of their row and column if given."""
    if stated == expected:
        return
    for i, (mine, theirs) in enumerate(zip(stated.rows(), expected.rows(), strict=True)):
        for j, (one, two) in enumerate(zip(mine, theirs, strict=True)):
            if one != two:
                place = (i if rows is None else rows[i], j if columns is None else columns[j])
                yield Discrepancy(what, place, one, two)
