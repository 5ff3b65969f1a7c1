"""Max-min forms as networks: pairs at a time, so that the depth is logarithmic.

max(a, b) = b + relu(a - b) and min(a, b) = b - relu(b - a). What is passed on to the next layer is
b = relu(b) - relu(-b); where a lower bound c of b on the domain is known, b = c + relu(b - c) there, one
neuron that never bends. Neurons of a layer that differ by a positive factor are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from exactrelu.construction.max_min import MaxMinForm
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, primitive_from_rationals
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import Optimum, maximise

_ZERO = Fraction(0)


def max_min_network(form: MaxMinForm) -> Network:
    """Return a network of ReLUs that is a max-min form on its domain.

    It has ceil(log2 s) + ceil(log2 t) hidden layers at most, t the largest number of terms of an output and
    s the largest size of a term; an affine function has none.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> identity = AffineMap.from_rationals([[int(i == j) for j in range(5)] for i in range(5)])
    >>> largest = MaxMinForm(identity, (tuple((j,) for j in range(5)),), Domain.whole_space(5))
    >>> net = max_min_network(largest)
    >>> net.depth - 1, net((3, 1, 4, 1, 5))
    (3, (Fraction(5, 1),))
    """
    leaves = [_Value(row, _floor(row, form.domain)) for row in form.affine.rows]
    outputs = [[[leaves[j] for j in term] for term in terms] for terms in form.terms]
    width = form.inputs
    layers: list[AffineMap] = []
    while any(len(groups) > 1 or len(groups[0]) > 1 for groups in outputs):
        layer = _Layer(width, after_relu=bool(layers))
        grown = [layer.advanced(groups) for groups in outputs]
        layers.append(layer.affine_map())
        width = layers[-1].outputs
        outputs = [[[value.over(width) for value in group] for group in groups] for groups in grown]
    last = [groups[0][0].row for groups in outputs]
    return Network((*layers, AffineMap(RationalMatrix.from_rows(last, width + 1))))


def _floor(row: Sequence[Fraction], domain: Domain) -> Fraction | None:
    """Return the least value of an affine functional on a domain, None if there is none."""
    if not any(row[:-1]):
        return row[-1]
    if domain.is_whole_space:
        return None
    least = maximise(domain.dimension, [-entry for entry in row], domain.rows)
    return -least.value if isinstance(least, Optimum) else None


@dataclass(frozen=True)
class _Value:
    """An affine function of the values of a layer, and a lower bound of it on the domain."""

    row: tuple[Fraction, ...]
    floor: Fraction | None


@dataclass(frozen=True)
class _Sum:
    """A combination of the neurons of a layer that is not complete yet."""

    parts: dict[int, Fraction]
    constant: Fraction
    floor: Fraction | None

    def plus(self, other: _Sum, sign: int, floor: Fraction | None) -> _Sum:
        """Return self + sign * other."""
        parts = dict(self.parts)
        for i, entry in other.parts.items():
            parts[i] = parts.get(i, _ZERO) + sign * entry
        return _Sum(parts, self.constant + sign * other.constant, floor)

    def over(self, width: int) -> _Value:
        """Return the combination as a row, once the width of the layer is known."""
        row = [self.parts.get(i, _ZERO) for i in range(width)]
        return _Value((*row, self.constant), self.floor)


def _paired(groups: Sequence[Sequence[_Value]]) -> list[list[_Value]]:
    """Return the groups, ordered such that pairs which many of them have stand side by side in all of these.

    A pair is one neuron wherever it stands, and few neurons cut few cells.
    """
    places: dict[_Value, int] = {}
    members = [[places.setdefault(value, len(places)) for value in group] for group in groups]
    counts = Counter(pair for group in members for pair in combinations(sorted(set(group)), 2))
    left = [dict.fromkeys(group) for group in members]
    ordered: list[list[int]] = [[] for _ in groups]
    for one, two in sorted(counts, key=lambda pair: (-counts[pair], pair)):
        for group, chosen in zip(left, ordered, strict=True):
            if one in group and two in group:
                chosen += [one, two]
                del group[one], group[two]
    values = list(places)
    return [[values[i] for i in [*chosen, *group]] for chosen, group in zip(ordered, left, strict=True)]


class _Layer:
    """A hidden layer that grows, over ``width`` values of the layer before it."""

    def __init__(self, width: int, *, after_relu: bool) -> None:
        self._width, self._after_relu = width, after_relu
        self._neurons: dict[IntegerRow, int] = {}

    def affine_map(self) -> AffineMap:
        """Return the layer's pre-activations; a layer that would be empty has one neuron, which is zero."""
        rows = [tuple(map(Fraction, row)) for row in self._neurons] or [(_ZERO,) * (self._width + 1)]
        return AffineMap(RationalMatrix.from_rows(rows, self._width + 1))

    def advanced(self, groups: Sequence[Sequence[_Value]]) -> list[list[_Sum]]:
        """Return the groups, each a minimum of its values, with half as many values.

        Groups of one value are paired by maxima.
        """
        single = [group[0] for group in groups if len(group) == 1]
        several = [self._halved(group, -1) for group in _paired([g for g in groups if len(g) > 1])]
        return [*several, *([value] for value in self._halved(single, 1))]

    def _halved(self, values: Sequence[_Value], sign: int) -> list[_Sum]:
        """Return the larger (sign 1) or smaller (sign -1) of each two values; an odd one is passed on."""
        pairs = zip(values[::2], values[1::2], strict=False)
        halved = [self._larger(one, two, sign) for one, two in pairs]
        return halved + [self._passed(value) for value in values[len(halved) * 2 :]]

    def _larger(self, one: _Value, two: _Value, sign: int) -> _Sum:
        if self._cost(one) < self._cost(two):
            one, two = two, one
        difference = tuple(sign * (a - b) for a, b in zip(one.row, two.row, strict=True))
        floors = [value.floor for value in (one, two) if value.floor is not None]
        floor = (max(floors) if sign > 0 else min(floors)) if len(floors) == 2 else None
        if sign > 0 and floors:
            floor = max(floors)
        return self._passed(two).plus(self._relu(difference), sign, floor)

    def _passed(self, value: _Value) -> _Sum:
        """Return the value itself, passed through the layer."""
        if not any(value.row[:-1]):
            return _Sum({}, value.row[-1], value.row[-1])
        total = _Sum({}, self._base(value) or _ZERO, value.floor)
        for row, sign in self._carriers(value):
            total = total.plus(self._relu(row), sign, value.floor)
        return total

    def _base(self, value: _Value) -> Fraction | None:
        """Return a number that the value is known not to be less than on the domain."""
        if value.floor is None and self._after_relu and min(value.row[:-1]) >= 0:
            return value.row[-1]
        return value.floor

    def _carriers(self, value: _Value) -> list[tuple[tuple[Fraction, ...], int]]:
        """Return the neurons that pass a value on, with their signs."""
        base = self._base(value)
        if base is not None:
            return [((*value.row[:-1], value.row[-1] - base), 1)]
        return [(value.row, 1), (tuple(-entry for entry in value.row), -1)]

    def _cost(self, value: _Value) -> int:
        """Return how many new neurons it takes to pass a value on."""
        if not any(value.row[:-1]):
            return 0
        keys = [primitive_from_rationals(row) for row, _ in self._carriers(value)]
        return sum(key not in self._neurons for key in keys)

    def _relu(self, row: tuple[Fraction, ...]) -> _Sum:
        """Return relu of a row, by a neuron that is there or a new one."""
        if not any(row[:-1]):
            return _Sum({}, max(row[-1], _ZERO), None)
        key = primitive_from_rationals(row)
        index = self._neurons.setdefault(key, len(self._neurons))
        entry = next(i for i, value in enumerate(row) if value)
        return _Sum({index: row[entry] / key[entry]}, _ZERO, None)
