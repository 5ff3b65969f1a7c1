"""The programs of a stubborn box for two networks' difference: rows that tie the neurons of each pair.

To the rows of `LiftedLeaf` come, for each pair with an open sign, the two lines of
`exactrelu.bounds.pair_relaxation`, over the rationals. Where one neuron of a
pair is split, the bounds of d = y' - y bound the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from exactrelu.bounds.pair_relaxation import Span
from exactrelu.networks.paired_networks import LayerPairs
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.verification.lifted_composition import Neuron
from exactrelu.verification.lifted_leaf import LiftedLeaf, Signs

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, eq=False)
class PairedLeaf(LiftedLeaf):
    """The programs of one box; ``differences`` bounds d of the pairs of each hidden layer there."""

    pairs: Sequence[LayerPairs]
    differences: Sequence[Span]

    @cached_property
    def _variable(self) -> dict[tuple[int, int], int]:
        return {neuron: variable for variable, neuron in enumerate(self.open)}

    @cached_property
    def _partners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The other neuron of the pair and the pair's number, by layer and neuron."""
        found = {}
        for k, pairs in enumerate(self.pairs):
            for p, (first, second) in enumerate(zip(pairs.firsts, pairs.seconds, strict=True)):
                found[k, first], found[k, second] = (second, p), (first, p)
        return found

    @cached_property
    def _base(self) -> list[Row]:
        rows = list(super()._base)
        for k, pairs in enumerate(self.pairs):
            table = self.composition.maps[k].integer_rows() if pairs.firsts else []
            for p, (first, second) in enumerate(zip(pairs.firsts, pairs.seconds, strict=True)):
                if self._may_be_tied((k, first), (k, second)):
                    rows += self._tied(k, p, (first, second), table)
        return rows

    def _may_be_tied(self, *pair: Neuron) -> bool:
        """Whether a pair has a variable, and values of both neurons that variables and signs give."""
        has_value = all(
            neuron not in self.composition.partial
            and (neuron in self._variable or self.signs[neuron[0]][neuron[1]] != -1)
            for neuron in pair
        )
        return has_value and any(neuron in self._variable for neuron in pair)

    def _tied(self, k: int, p: int, pair: tuple[int, int], table: Sequence[IntegerRow]) -> list[Row]:
        """Return s d - t <= r' - r and r' - r <= s d + t."""
        ends = [bound[k][i] for i in pair for bound in (self.lower, self.upper)]
        ends += [self.differences[k].lower[p], self.differences[k].upper[p]]
        if not all(map(math.isfinite, ends)):
            return []
        l1, u1, l2, u2, low, high = (Fraction(float(end)) for end in ends)
        scale = self.composition.maps[k].scale
        y, y2 = (table[i] for i in pair)
        change = [b - a for a, b in zip(self._value(k, pair[0], y), self._value(k, pair[1], y2), strict=True)]
        rows = []
        for sign, p_, q, is_on in (
            (1, min(-low, u1), min(high, -l1), l1 >= 0),
            (-1, min(high, u2), min(-low, -l2), l2 >= 0),
        ):
            slope, shift = _line(max(p_, _ZERO), max(q, _ZERO), is_on=is_on)
            row = [sign * (r - slope * (b - a)) for r, a, b in zip(change, y, y2, strict=True)]
            row[-1] += shift * scale
            rows.append(Row(primitive_from_rationals(row), Relation.AT_LEAST))
        return rows

    def _value(self, k: int, i: int, z: IntegerRow) -> Sequence[int]:
        """Return relu(z) over inputs and variables, times the layer's scale."""
        variable = self._variable.get((k, i))
        if variable is not None:
            return self._unit(variable, self.composition.maps[k].scale)
        return z if self.signs[k][i] % 2 == 1 else [0] * len(z)

    def _bounds(self, variable: int, signs: Signs) -> tuple[Fraction, Fraction]:
        low, high = super()._bounds(variable, signs)
        k, i = self.open[variable]
        other, p = self._partners.get((k, i), (-1, -1))
        bit = signs.get(self._variable.get((k, other), -1))
        if bit is None:
            return low, high
        least, most = (Fraction(float(bound[p])) for bound in self.differences[k])
        if i < other:
            least, most = -most, -least
        return (max(low, least), high) if bit else (low, min(high, most))

    def _relaxed(self, variable: int, signs: Signs) -> list[Row]:
        low, high = self._bounds(variable, signs)
        if low >= 0 or high <= 0:
            return self._split(variable, int(low >= 0))
        return super()._relaxed(variable, signs)


def _line(p: Fraction, q: Fraction, *, is_on: bool) -> tuple[Fraction, Fraction]:
    """Return the slope s with the least t = max((1 - s) p, s q), and t."""
    if not p + q:
        return (_ONE if is_on else _ZERO), _ZERO
    return p / (p + q), p * q / (p + q)
