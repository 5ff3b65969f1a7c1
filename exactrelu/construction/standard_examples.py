"""Standard examples of the literature, as exact networks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.max_min_network import max_min_network
from exactrelu.errors import ArgumentError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain

MOST = 1_000
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class StandardExample:
    """A family of networks: what it is, the size if none is given, and how a size becomes a network."""

    summary: str
    source: str
    default: int
    make: Callable[[int], Network]


def sawtooth(n: int) -> Network:
    """Return the n-fold composition of the tent on [0, 1]: 2^n linear pieces there, widths 1-2-...-2-1.

    The tent is 2 relu(x) - 4 relu(x - 1/2) (Telgarsky 2016).

    Examples
    --------
    >>> [sawtooth(3)((Fraction(k, 8),))[0] for k in range(5)]
    [Fraction(0, 1), Fraction(1, 1), Fraction(0, 1), Fraction(1, 1), Fraction(0, 1)]
    """
    tent = Network.from_rationals([([[1], [1]], [0, "-1/2"]), ([[2, -4]], None)])
    result = tent
    for _ in range(n - 1):
        result = tent.after(result)
    return result


def perturbed_sawtooth(n: int) -> Network:
    """Return the sawtooth with each weight and bias moved by up to 1/10: the teeth are soon gone.

    Hanin & Rolnick (2019) show this to say that exponentially many pieces are not typical; our
    reconstruction, with fixed pseudo-random multiples of 1/1000 in the place of their noise.

    Examples
    --------
    >>> perturbed_sawtooth(2).widths, perturbed_sawtooth(2) == perturbed_sawtooth(2)
    ((1, 2, 2, 1), True)
    """
    noise = random.Random(n)  # noqa: S311 - no secret
    layers = []
    for layer in sawtooth(n).layers:
        rows = [[entry + Fraction(noise.randint(-100, 100), 1000) for entry in row] for row in layer.rows]
        layers.append(AffineMap.from_rationals([row[:-1] for row in rows], [row[-1] for row in rows]))
    return Network(tuple(layers))


def maximum(n: int) -> Network:
    """Return the largest of n numbers, by pairs: ceil(log2 n) hidden layers.

    Examples
    --------
    >>> maximum(5).depth - 1, maximum(5)((2, 7, 1, 8, 2))
    (3, (Fraction(8, 1),))
    """
    form = MaxMinForm(_identity(n), (tuple((j,) for j in range(n)),), Domain.whole_space(n))
    return max_min_network(form)


def hat(n: int) -> Network:
    """Return the hat function at 0 of the Kuhn triangulation of R^n with vertices Z^n.

    It is max(0, 1 + min(0, x_1, ..., x_n) - max(0, x_1, ..., x_n)), so 1 at 0 and 0 at the other vertices;
    for n = 2 the linear finite element on triangulated squares (He, Li, Xu & Zheng 2020).

    Examples
    --------
    >>> [hat(2)(x)[0] for x in ((0, 0), (1, 0), (1, 1), (1, -1), ("1/2", "1/4"))]
    [Fraction(1, 1), Fraction(0, 1), Fraction(0, 1), Fraction(0, 1), Fraction(1, 2)]
    """
    unit = [[int(i == j) for j in range(n)] for i in range(n)] + [[0] * n]
    rows = [
        [a - b for a, b in zip(low, high, strict=True)] for low in unit for high in unit if low is not high
    ]
    affine = AffineMap.from_rationals([*rows, [0] * n], [1] * len(rows) + [0])
    largest = (tuple(range(len(rows))), (len(rows),))
    return max_min_network(MaxMinForm(affine, (largest,), Domain.whole_space(n)))


def montufar(hidden: Sequence[int], inputs: int) -> Network:
    """Return a network whose number of cells on (0, 1)^d is the lower bound of Montufar et al. 2014.

    Each layer but the last folds every coordinate into floor(n_k / d) intervals, which it maps onto (0, 1)
    one by one; the last has hyperplanes in general position with all intersections inside the cube.

    Parameters
    ----------
    hidden
        The widths n_1, ..., n_K, each at least d.
    inputs
        d.

    Raises
    ------
    ArgumentError
        If there is no hidden layer or one is too narrow.

    Examples
    --------
    >>> montufar((4, 4), 2).widths
    (2, 4, 4, 1)
    """
    if not hidden or min(hidden) < inputs or inputs < 1:
        raise ArgumentError(f"hidden widths: expected some, each at least {inputs}, got {tuple(hidden)}")
    read = _identity(inputs)
    layers = []
    for width in hidden[:-1]:
        folds, unread = width // inputs, width - width // inputs * inputs
        layers.append(_folding(folds, inputs, unread).after(read))
        read = _unfolding(folds, inputs, unread)
    layers.append(_general_position(hidden[-1], inputs).after(read))
    return Network((*layers, AffineMap.from_rationals([[2**k for k in range(hidden[-1])]])))


def _folding(folds: int, inputs: int, unread: int) -> AffineMap:
    """Return p x_j, 2 p x_j - 2 k for k = 1, ..., p - 1, for each coordinate, and zero neurons."""
    rows, biases = [], []
    for j in range(inputs):
        for k in range(folds):
            slope = folds if k == 0 else 2 * folds
            rows.append([slope if i == j else 0 for i in range(inputs)])
            biases.append(-2 * k)
    rows += [[0] * inputs] * unread
    return AffineMap.from_rationals(rows, biases + [0] * unread)


def _unfolding(folds: int, inputs: int, unread: int) -> AffineMap:
    """Return the alternating sums of the neurons of each coordinate: a zigzag between 0 and 1."""
    rows = [
        [(-1) ** (k % folds) if k // folds == j else 0 for k in range(folds * inputs)] + [0] * unread
        for j in range(inputs)
    ]
    return AffineMap.from_rationals(rows)


def _general_position(neurons: int, inputs: int) -> AffineMap:
    """Return hyperplanes sum_i t^(i-1) (x_i - 1/2) = e t^d, t = 1, ..., n: all they meet in is in the cube.

    By Vandermonde's determinant any d of them meet in one point and no d + 1 have one. Its coordinates
    are 1/2 +- e times elementary symmetric polynomials of the t's, which are at most (1 + n)^d.

    Left side less right side is a polynomial in t of degree d with the leading coefficient -e. So its signs
    at 1, ..., n do not alternate and end in +, if n > d: with alternating signs of the neurons, some neuron
    is active everywhere, and the output is constant on no cell.
    """
    small = Fraction(1, 3 * (1 + neurons) ** inputs)
    signs = [(-1) ** (neurons - t + 1) for t in range(1, neurons + 1)]
    rows = [[sign * t**i for i in range(inputs)] for t, sign in enumerate(signs, start=1)]
    biases = [
        -_HALF * sum(row) - sign * small * t**inputs
        for t, (row, sign) in enumerate(zip(rows, signs, strict=True), start=1)
    ]
    return AffineMap.from_rationals(rows, biases)


def _identity(n: int) -> AffineMap:
    return AffineMap.from_rationals([[int(i == j) for j in range(n)] for i in range(n)])


EXAMPLES = {
    "sawtooth": StandardExample("2^n linear pieces on [0, 1]", "Telgarsky 2016", 3, sawtooth),
    "hanin-rolnick": StandardExample(
        "the sawtooth, perturbed: most pieces are gone", "Hanin & Rolnick 2019", 5, perturbed_sawtooth
    ),
    "maximum": StandardExample("the largest of n numbers", "Arora et al. 2018", 5, maximum),
    "hat": StandardExample("a hat function on R^n, triangulated", "He et al. 2020", 2, hat),
    "montufar": StandardExample(
        "2-4-...-4-1 with n hidden layers: 4^(n-1) times 11 cells on (0, 1)^2",
        "Montufar et al. 2014",
        2,
        lambda n: montufar((4,) * n, 2),
    ),
}


def standard_example(name: str, n: int | None = None) -> Network:
    """Return a standard example of size n, which has a name, a description and a source.

    Raises
    ------
    ArgumentError
        If there is no example of the name, or n is not between 1 and `MOST`.

    Examples
    --------
    >>> standard_example("sawtooth", 2).widths, standard_example("maximum").inputs
    ((1, 2, 2, 1), 5)
    """
    if name not in EXAMPLES:
        raise ArgumentError(f"name: expected one of {', '.join(sorted(EXAMPLES))}, got {name!r}")
    example = EXAMPLES[name]
    size = example.default if n is None else n
    if not 1 <= size <= MOST:
        raise ArgumentError(f"n: expected 1 to {MOST}, got {size}")
    network = example.make(size)
    return replace(network, name=f"{name} {size}", description=example.summary, source=example.source)
