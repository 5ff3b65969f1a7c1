"""Two networks side by side, neurons that correspond in pairs, and the differences of pairs as coordinates.

The joint network f - g has in each hidden layer the neurons of f, then those of g. A neuron of g that
reads what a neuron of f reads, with the same weights and slopes, is that neuron: it is shared and stands
once. Of the others some are paired with a neuron of f, by likeness of weights (floats choose the pairs; any
pairs are right).

Of a pair with pre-activations y and y' = y + d the values are z = act(y) and z' = act(y'). A second set of
coordinates has in the place of y' the difference d and in the place of z' the difference z' - z: where f and
g are nearly the same, all of these are small, and so are the entries that lead from one to the next.
Source: the differences of Paulsen, Wang & Wang 2020 (ReluDiff), here as an exact change of coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpz_mat

from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.neuron_pairs import matched
from exactrelu.numbers.linear_algebra import RationalMatrix


@dataclass(frozen=True)
class LayerPairs:
    """The pairs of a hidden layer: neuron ``start + p`` of the joint network belongs to ``firsts[p]``."""

    firsts: tuple[int, ...]
    start: int

    @property
    def seconds(self) -> range:
        """The neurons of the second network that are paired."""
        return range(self.start, self.start + len(self.firsts))


@dataclass(frozen=True)
class PairedNetworks:
    """The joint network f - g and the pairs of each of its hidden layers.

    Examples
    --------
    >>> f = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> g = Network.from_rationals([([[1], [-1]], [0, "1/8"]), ([[1, 1]], None)])
    >>> pair = PairedNetworks.of(f, g)
    >>> pair.joint.widths, pair.pairs  # the first neurons are one
    ((1, 3, 1), (LayerPairs(firsts=(1,), start=2),))
    >>> str(pair.differences[0].rows[2]), str(pair.last.rows[0])
    ('(Fraction(0, 1), Fraction(1, 8))', '(Fraction(0, 1), Fraction(0, 1), Fraction(-1, 1), Fraction(0, 1))')
    """

    joint: Network
    pairs: tuple[LayerPairs, ...]

    @classmethod
    def of(cls, one: Network, two: Network) -> PairedNetworks | None:
        """Return the pair of two networks, None where depths differ or no neurons correspond."""
        if one.depth != two.depth or one.depth == 1:
            return None
        joined = _Joining(one, two)
        for k in range(one.depth - 1):
            joined.add_layer(k)
        if not any(joined.corresponding):
            return None
        return cls(joined.network(), tuple(joined.pairs))

    @classmethod
    def single(cls, difference: Network) -> PairedNetworks:
        """Return a network that is a difference already, as one without pairs."""
        return cls(difference, tuple(LayerPairs((), width) for width in difference.hidden_widths))

    def without_unread(self) -> PairedNetworks:
        """Return the pair without the neurons that the difference of the outputs does not depend on.

        A shared neuron that both networks read in the same way cancels; and the second neuron of a pair of
        which z' - z is not read is not needed, the first one then stands alone.

        Examples
        --------
        >>> f = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
        >>> g = Network.from_rationals([([[1], [-1]], [0, "1/8"]), ([[1, 1]], None)])
        >>> pair = PairedNetworks.of(f, g).without_unread()
        >>> pair.joint.widths, pair.pairs
        ((1, 2, 1), (LayerPairs(firsts=(0,), start=1),))
        """
        read = _columns_read(self.last, range(self.last.outputs))
        kept: list[list[int]] = []
        for layer, pairs in zip(self.differences[::-1], self.pairs[::-1], strict=True):
            read |= {i for i, j in zip(pairs.firsts, pairs.seconds, strict=True) if j in read}
            kept.append(sorted(read))
            read = _columns_read(layer, kept[-1])
        kept.reverse()
        return self if self.joint.hidden_widths == tuple(map(len, kept)) else self._restricted(kept)

    def _restricted(self, kept: Sequence[Sequence[int]]) -> PairedNetworks:
        """Return the pair with some neurons of each hidden layer alone."""
        layers, units, pairs = [], [], []
        columns: Sequence[int] = range(self.joint.inputs)
        for k, chosen in enumerate(kept):
            layers.append(_part(self.joint.layers[k], chosen, columns))
            units.append(Activation(tuple(self.joint.activations[k].slopes[i] for i in chosen)))
            pairs.append(_kept_pairs(self.pairs[k], chosen))
            columns = chosen
        last = self.joint.layers[-1]
        layers.append(_part(last, range(last.outputs), columns))
        return PairedNetworks(Network(tuple(layers), activations=tuple(units)), tuple(pairs))

    @cached_property
    def _layers(self) -> tuple[RationalMatrix, ...]:
        """The layers of the joint network as they read the second coordinates, [W | b]."""
        first, *rest = (layer.matrix for layer in self.joint.layers)
        return (first, *(m @ _sums(p, m.shape[1] - 1) for m, p in zip(rest, self.pairs, strict=True)))

    @cached_property
    def differences(self) -> tuple[AffineMap, ...]:
        """The maps of the hidden layers from coordinates to coordinates, d in the place of each paired y'."""
        hidden = zip(self._layers, self.pairs, strict=False)
        return tuple(AffineMap(_differences(p, m.shape[0]) @ m) for m, p in hidden)

    @cached_property
    def last(self) -> AffineMap:
        """The last layer as it reads the second coordinates."""
        return AffineMap(self._layers[-1])

    @cached_property
    def seconds(self) -> tuple[AffineMap | None, ...]:
        """The maps to the pre-activations y' of the pairs of each hidden layer; None where there are none."""
        hidden = zip(self._layers, self.pairs, strict=False)
        return tuple(_rows(m, p.seconds) if p.firsts else None for m, p in hidden)


def _rows(matrix: RationalMatrix, chosen: range) -> AffineMap:
    table = matrix.numerators.tolist()
    return AffineMap(RationalMatrix(fmpz_mat([table[i] for i in chosen]), matrix.denominator))


def _columns_read(layer: AffineMap, rows: Iterable[int]) -> set[int]:
    """Return the columns in which some of the rows are not zero, the constant apart."""
    table = layer.matrix.numerators.tolist()
    return {j for i in rows for j, entry in enumerate(table[i][:-1]) if entry}


def _part(layer: AffineMap, rows: Iterable[int], columns: Sequence[int]) -> AffineMap:
    table, kept = layer.matrix.numerators.tolist(), [*columns, layer.inputs]
    entries = [[table[i][j] for j in kept] for i in rows]
    flat = [entry for row in entries for entry in row]
    return AffineMap(RationalMatrix(fmpz_mat(len(entries), len(kept), flat), layer.matrix.denominator))


def _kept_pairs(pairs: LayerPairs, kept: Sequence[int]) -> LayerPairs:
    """Return the pairs of which the second neuron is kept (so is the first), in their new numbers."""
    place = {i: new for new, i in enumerate(kept)}
    both = zip(pairs.firsts, pairs.seconds, strict=True)
    firsts = tuple(place[i] for i, j in both if j in place)
    return LayerPairs(firsts, sum(i < pairs.start for i in kept))


def _sums(pairs: LayerPairs, width: int) -> RationalMatrix:
    """Return the matrix that makes (x, 1) of (coordinates, 1): z' = z + (z' - z)."""
    return _unimodular(pairs, width + 1, 1)


def _differences(pairs: LayerPairs, width: int) -> RationalMatrix:
    """Return the matrix that makes coordinates of pre-activations: d = y' - y."""
    return _unimodular(pairs, width, -1)


def _unimodular(pairs: LayerPairs, size: int, entry: int) -> RationalMatrix:
    table = fmpz_mat(size, size)
    for i in range(size):
        table[i, i] = 1
    for first, second in zip(pairs.firsts, pairs.seconds, strict=True):
        table[second, first] = entry
    return RationalMatrix(table)


class _Joining:
    """The joint network, layer by layer.

    ``place`` has for each neuron of the second network's last layer so far the joint neuron that holds it,
    and ``scale`` its factor c > 0: the second network's value is c times the one that stands there.
    """

    def __init__(self, one: Network, two: Network) -> None:
        self.one, self.two = one, two
        self.width = one.inputs
        self.place: Sequence[int] = range(one.inputs)
        self.scale: Sequence[Fraction] = [Fraction(1)] * one.inputs
        self.partner: Mapping[int, int] = {}  # of a joint neuron of the second network, if it is paired
        self.maps: list[AffineMap] = []
        self.units: list[Activation] = []
        self.pairs: list[LayerPairs] = []
        self.corresponding: list[bool] = []

    def _first_rows(self, k: int) -> list[list[Fraction]]:
        """Return the rows of the first network over the joint neurons and 1."""
        layer = self.one.layers[k]
        more = [Fraction(0)] * (self.width - layer.inputs)
        return [[*row[:-1], *more, row[-1]] for row in layer.rows]

    def _second_rows(self, k: int) -> list[list[Fraction]]:
        """Return the rows of the second network over the joint neurons and 1."""
        rows = []
        for row in self.two.layers[k].rows:
            placed = [Fraction(0)] * (self.width + 1)
            for entry, place, scale in zip(row, self.place, self.scale, strict=False):
                placed[place] += entry * scale
            placed[-1] = row[-1]
            rows.append(placed)
        return rows

    def add_layer(self, k: int) -> None:
        """Join hidden layer k + 1."""
        firsts, seconds = self._first_rows(k), self._second_rows(k)
        slopes = [network.activations[k].slopes for network in (self.one, self.two)]
        matches = matched(firsts, seconds, slopes, self.partner)
        shared = {j: match for j, match in matches.items() if match.is_shared}
        paired = [j for j in matches if j not in shared]
        single = [j for j in range(len(seconds)) if j not in matches]
        own = [*paired, *single]
        start = len(firsts)
        place = {j: match.first for j, match in shared.items()}
        place |= {j: start + position for position, j in enumerate(own)}
        scales = {j: match.scale for j, match in matches.items()}
        scaled = [[entry / scales.get(j, Fraction(1)) for entry in seconds[j]] for j in own]
        self._append([*firsts, *scaled], [*slopes[0], *(slopes[1][j] for j in own)])
        self.pairs.append(LayerPairs(tuple(matches[j].first for j in paired), start))
        self.corresponding.append(bool(matches))
        self.partner = {start + p: matches[j].first for p, j in enumerate(paired)}
        self.place = [place[j] for j in range(len(seconds))]
        self.scale = [scales.get(j, Fraction(1)) for j in range(len(seconds))]

    def _append(self, rows: Sequence[Sequence[Fraction]], slopes: Sequence[Slopes]) -> None:
        self.maps.append(AffineMap(RationalMatrix.from_rows(rows, self.width + 1)))
        self.units.append(Activation.of(slopes))
        self.width = len(rows)

    def network(self) -> Network:
        """Return the joint network, with the difference of the outputs as its output."""
        firsts, seconds = (rows(self.one.depth - 1) for rows in (self._first_rows, self._second_rows))
        rows = [[a - b for a, b in zip(p, q, strict=True)] for p, q in zip(firsts, seconds, strict=True)]
        last = AffineMap(RationalMatrix.from_rows(rows, self.width + 1))
        return Network((*self.maps, last), activations=tuple(self.units))
