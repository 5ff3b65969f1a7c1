"""Recovery of a network with one hidden layer.

A line in general position crosses the hyperplane of each neuron once, so it shows all of them, with the
gains c_i. Which side of its hyperplane a neuron is on, the gains do not say: c relu(h) and c relu(-h) have
the same kink. But far back on the line only the neurons that look backwards are on, so there the Jacobian
is the sum of -c_i (x) w_i over these: which neurons they are is a problem of subset sums over the
rationals.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from exactrelu.errors import NotRecoveredError
from exactrelu.identifiability.bends import BentLine, value_of
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.shallow.subset_sums import subsets_with_sum


def shallow_networks(found: BentLine, width: int) -> Iterator[Network]:
    """Yield the networks with one hidden layer that have the bends of a line and the map before the first.

    Raises
    ------
    NotRecoveredError
        If the line does not show as many hyperplanes as there are neurons.
    BudgetExhaustedError
        If there are too many sides to choose from.

    Examples
    --------
    >>> from exactrelu.identifiability.bends import bent_line
    >>> from exactrelu.identifiability.black_box import BlackBox, Line
    >>> box = BlackBox(lambda x: (max(2 * x[0] + x[1] - 1, 0) + 5,), 2, 1)
    >>> line = bent_line(box, Line((Fraction(0), Fraction(0)), (Fraction(-1), Fraction(0))))
    >>> [network.layers[0].rows for network in shallow_networks(line, 1)]
    [((Fraction(2, 1), Fraction(1, 1), Fraction(-1, 1)),)]
    """
    hyperplanes = len({bend.hyperplane for bend in found.bends})
    if hyperplanes != width or len(found.bends) != width:
        raise NotRecoveredError(
            f"a line shows {len(found.bends)} bends on {hyperplanes} hyperplanes, where {width} neurons "
            "would have one each: some neurons are dead, constant, unread or on one hyperplane, or the "
            "architecture is another"
        )
    back = [[-g * a for g in bend.gain for a in bend.functional[:-1]] for bend in found.bends]
    slope = [entry for row in found.maps[0] for entry in row[:-1]]
    for backwards in subsets_with_sum(back, slope):
        yield _network(found, set(backwards))


def _network(found: BentLine, backwards: set[int]) -> Network:
    rows = [
        [Fraction(-a if i in backwards else a) for a in bend.functional] for i, bend in enumerate(found.bends)
    ]
    x = found.places[0]
    values = [value_of(row, x) for row in found.maps[0]]
    passed = [max(value_of(row, x), Fraction(0)) for row in rows]
    last = []
    for k, value in enumerate(values):
        gains = [bend.gain[k] for bend in found.bends]
        last.append([*gains, value - sum(map(Fraction.__mul__, gains, passed))])
    return Network((_affine(rows), _affine(last)))


def _affine(rows: list[list[Fraction]]) -> AffineMap:
    return AffineMap(RationalMatrix.from_rows(rows, len(rows[0])))
