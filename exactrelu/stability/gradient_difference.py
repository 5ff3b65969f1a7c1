"""The semi-norm |R(Theta) - R(Gamma)|_{W^{1,inf}} of a difference of two shallow realizations, exactly.

By (21) of Berner, Elbraechter & Grohs, in our reconstruction, it is the largest absolute value of an entry
of the difference of the gradients over the open cells of the arrangement of all neurons' hyperplanes. In the
canonical form f = 1/2 sum_H kappa_H |h_H| + A x + e of the difference the hyperplanes whose kinks agree
have dropped out, and on a cell with signs s_H the gradient is A + 1/2 sum_H s_H kappa_H (x) h_H. So each of
its entries is, up to a constant, a signed sum whose extreme values `largest_sums` finds.

With biases the hyperplanes are affine. Written with a further coordinate t they are central, and their cells
are the cells with t > 0 of the central arrangement that has {t = 0} as one more hyperplane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.configuration import Configuration
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.shallow.canonical_forms import CanonicalForm, HyperplaneKink, canonical_form
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.stability.arrangement_sweep import LargestSum
from exactrelu.stability.central_arrangement import largest_sums
from exactrelu.stability.sign_search import point_off

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class GradientDistance:
    """The semi-norm |R(one) - R(two)|_{W^{1,inf}} and a cell that attains it.

    Attributes
    ----------
    value
        The largest |d(R(one) - R(two))_k / dx_l| over all k, l and all points where it is defined.
    output, input
        k and l, from 0, of an entry that has it.
    point
        A rational point of a cell that attains it, on no hyperplane of either network.
    gradients
        The gradients of R(one) and R(two) there, D rows of d rationals each.
    configurations
        The bits of the two networks' neurons there: the cell's signs.
    hyperplanes
        How many hyperplanes remain after those whose kinks agree have dropped out.
    """

    value: Fraction
    output: int
    input: int
    point: Point
    gradients: tuple[Rows, Rows]
    configurations: tuple[Configuration, Configuration]
    hyperplanes: int


def gradient_distance(
    one: Parametrization, two: Parametrization, *, search: Search | None = None
) -> GradientDistance:
    """Return |R(one) - R(two)|_{W^{1,inf}}, the largest entry of the difference of the gradients.

    Parameters
    ----------
    one, two
        Parametrizations d -> D, of any widths, with or without biases. Scales do not matter.
    search
        Only its seconds count; the work may grow exponentially with the rank of the hyperplanes that differ.

    Raises
    ------
    NetworkError
        If the shapes differ.
    BudgetExhaustedError
        If a limit of the search is reached.

    Notes
    -----
    (21) in Berner, Elbraechter & Grohs, our reconstruction. Without biases it is a norm, and the same on
    every neighbourhood of 0; with biases it is a semi-norm (constants have 0), taken on all of R^d.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[3, 0]], [[0]])
    >>> theta = Parametrization.from_rationals([[0, 1], [1, 0]], [["1/5"], ["1/7"]])
    >>> found = gradient_distance(theta, gamma)
    >>> found.value, found.output, found.input, found.point
    (Fraction(1, 5), 0, 1, (Fraction(1, 1), Fraction(1, 1)))
    """
    difference = canonical_form(one) - canonical_form(two)
    check = started(search).check_time
    value, output, column, point = max(_entries(difference, check), key=lambda entry: entry[0])
    away = [n.functional for shallow in (one, two) for n in shallow.neurons if not n.is_constant]
    return _checked(one, two, (value, output, column), _off(point, away), len(difference.kinks))


def gradient_at(shallow: Parametrization, point: Point) -> Rows:
    """Return sum c_i (x) a_i over the neurons that are positive at a point: its gradient, off all kinks."""
    rows = [[Fraction(0)] * shallow.inputs for _ in range(shallow.outputs)]
    for neuron in shallow.neurons:
        if neuron.preactivation(point) > 0:
            for row, c in zip(rows, neuron.coefficient, strict=True):
                if c:
                    row[:] = [entry + c * a for entry, a in zip(row, neuron.weight, strict=True)]
    return tuple(map(tuple, rows))


def _entries(
    difference: CanonicalForm, checkpoint: Callable[[], None]
) -> Iterator[tuple[Fraction, int, int, Point]]:
    """Yield, for each entry (k, l) of the gradient, its largest absolute value and a point that has it."""
    places = [(k, j) for k in range(difference.outputs) for j in range(difference.inputs)]
    origin = (Fraction(0),) * difference.inputs
    if difference.is_affine:
        yield from ((abs(difference.linear[k][j]), k, j, origin) for k, j in places)
        return
    for (k, j), sums in zip(places, _signed_sums(difference.kinks, places, checkpoint), strict=True):
        constant = difference.linear[k][j]
        for sign, (total, point) in sums:
            yield abs(constant + sign * total / 2), k, j, point


def _signed_sums(
    kinks: Sequence[HyperplaneKink], places: Sequence[tuple[int, int]], checkpoint: Callable[[], None]
) -> Iterator[list[tuple[int, tuple[Fraction, Point]]]]:
    """Yield, for each entry, the largest sum with sign 1 and the negative of the least one with sign -1."""
    columns = [[jump[k] * h[j] for h, jump in kinks] for k, j in places]
    scales = [common_denominator(column) for column in columns]
    integers = [
        [int(entry * scale) for entry in column] for column, scale in zip(columns, scales, strict=True)
    ]
    if any(h[-1] for h, _ in kinks):
        yield from _affine_sums(kinks, integers, scales, checkpoint)
        return
    normals = [h[:-1] for h, _ in kinks]
    found = largest_sums(normals, list(zip(*integers, strict=True)), None, checkpoint)
    for scale, (value, point) in zip(scales, found, strict=True):
        total, at = Fraction(value, scale), tuple(map(Fraction, point))
        yield [(1, (total, at)), (-1, (total, tuple(-x for x in at)))]  # the opposite cell


def _affine_sums(
    kinks: Sequence[HyperplaneKink],
    columns: list[list[int]],
    scales: list[int],
    checkpoint: Callable[[], None],
) -> Iterator[list[tuple[int, tuple[Fraction, Point]]]]:
    normals: list[IntegerRow] = [h for h, _ in kinks]
    infinity = (*(0,) * (len(normals[0]) - 1), 1)
    signed = [[sign * entry for entry in [*column, 0]] for sign in (1, -1) for column in columns]
    found = largest_sums([*normals, infinity], list(zip(*signed, strict=True)), len(normals), checkpoint)
    count = len(columns)
    for scale, high, low in zip(scales, found[:count], found[count:], strict=True):
        yield [(sign, _affine(side, scale)) for sign, side in ((1, high), (-1, low))]


def _affine(found: LargestSum, scale: int) -> tuple[Fraction, Point]:
    *point, t = found.point
    return Fraction(found.value, scale), tuple(Fraction(x, t) for x in point)


def _off(point: Point, functionals: Sequence[tuple[Fraction, ...]]) -> Point:
    """Return a point off all hyperplanes, in the same cell of those that ``point`` does not lie on."""
    rows = [primitive_from_rationals(functional) for functional in functionals]
    size = len(point)
    homogeneous = primitive_from_rationals((*point, Fraction(1)))
    central = not any(row[-1] for row in rows)
    if central:
        return tuple(map(Fraction, point_off(homogeneous[:-1], [row[:-1] for row in rows])))
    *moved, t = point_off(homogeneous, [*rows, (*(0,) * size, 1)])
    return tuple(Fraction(x, t) for x in moved)


def _checked(
    one: Parametrization,
    two: Parametrization,
    found: tuple[Fraction, int, int],
    point: Point,
    hyperplanes: int,
) -> GradientDistance:
    """Return the result, with the value computed again from the neurons that are active at the point."""
    value, k, j = found
    gradients = gradient_at(one, point), gradient_at(two, point)
    if abs(gradients[0][k][j] - gradients[1][k][j]) != value:
        raise ArithmeticError("the gradients at the attaining cell do not differ by the semi-norm")
    bits = tuple(
        Configuration((tuple(int(n.preactivation(point) > 0) for n in shallow.neurons),))
        for shallow in (one, two)
    )
    return GradientDistance(value, k, j, point, gradients, (bits[0], bits[1]), hyperplanes)
