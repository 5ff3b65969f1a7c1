"""Forms of a property's inequalities on a box, in the checker's integers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer
from exactrelu.checker import Box, Inequalities, Substitution

Weights = Sequence[tuple[int, Fraction]]
"""Pairs (row, positive multiplier), rows ascending."""


class Form(NamedTuple):
    """S target >= N . x / q + C on the box, with the slopes that were flipped; ``value`` is its least."""

    numerators: list[int]
    denominator: int
    constant: int
    strict: bool
    flips: int
    value: int

    @property
    def closes(self) -> bool:
        """Whether the target's rows cannot all hold on the box."""
        return self.value > 0 or (self.value == 0 and self.strict)


class FormMaker:
    """Makes the forms of one input set's inequalities, exactly as the checker will."""

    def __init__(
        self,
        substitution: Substitution,
        inequalities: Inequalities,
        layers: Sequence[FloatLayer],
        *,
        flat: bool = False,
    ) -> None:
        self.substitution, self.inequalities, self.layers = substitution, inequalities, layers
        self.flat = flat
        self._negated: dict[Any, Any] = {}

    def best(self, box: Box, disjunct: int, weights: Weights) -> Form:
        """Return the better of the forms with the usual slopes and with those of its own least corner.

        With ``flat``, also the one with the slope 0 at all open neurons: it keeps ties at zero.
        """
        usual = self.form(box, disjunct, weights, 0)
        if usual.closes or not self.substitution.net.hidden:
            return usual
        witness = self.form(box, disjunct, weights, self._witness_flips(box, usual))
        better = witness if witness.value > usual.value else usual
        if better.closes or not self.flat:
            return better
        flat = self.form(box, disjunct, weights, self._flat_flips(box))
        return flat if flat.value > better.value else better

    def _flat_flips(self, box: Box) -> int:
        """Return the flips by which open neurons get the slope 0."""
        flips, offsets = 0, self.substitution.offsets
        for k, layer in enumerate(box.bounds):
            for i, (low, high) in enumerate(layer):
                if low < 0 < high and high > -low:
                    flips |= 1 << (offsets[k] + i)
        return flips

    def form(self, box: Box, disjunct: int, weights: Weights, flips: int) -> Form:
        """Return the form of -sum m_r g_r with the flipped slopes."""
        hidden, xs, constant, strict = self._terms(disjunct, weights)
        numerators, q, c = self.substitution.of_rows(hidden, xs, constant, box.bounds, flips)
        return Form(numerators, q, c, strict, flips, box.least("form", numerators, q, c))

    def _terms(self, disjunct: int, weights: Weights) -> Any:
        key = (disjunct, tuple(weights))
        if key not in self._negated:
            by = [[row, str(m)] for row, m in weights]
            self._negated[key] = self.inequalities.negated("weights", disjunct, by)
        return self._negated[key]

    def _witness_flips(self, box: Box, form: Form) -> int:
        """Return the flips by which open neurons get the slope 1 where they are on at the least corner."""
        ends = zip(form.numerators, box.low, box.high, strict=True)
        point = np.array([[float(Fraction(low if n > 0 else high, box.grid)) for n, low, high in ends]])
        flips, offsets = 0, self.substitution.offsets
        for k, layer in enumerate(self.layers[:-1]):
            with np.errstate(all="ignore"):  # flips are guesses, whatever overflows
                values = layer.preactivations(point)
            for i, (low, high) in enumerate(box.bounds[k]):
                if low < 0 < high and (values[0, i] > 0) != (high > -low):
                    flips |= 1 << (offsets[k] + i)
            with np.errstate(all="ignore"):
                point = layer.activated(values)
        return flips
