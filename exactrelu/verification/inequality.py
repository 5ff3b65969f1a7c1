"""Linear inequalities over a network's inputs and outputs, with few terms out of many variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.networks.affine_map import AffineMap
from exactrelu.polyhedra.constraints import LinearConstraint, Relation

Terms = tuple[tuple[int, Fraction], ...]
"""Pairs (index, coefficient) in the order of the indices, no coefficient zero."""


@dataclass(frozen=True, slots=True)
class Inequality:
    """The inequality x-terms + y-terms + offset >= 0, or > 0 if it is strict, over the rationals.

    ``x`` are terms of inputs and ``y`` of outputs. Coefficients stay as they were written but for the sign of
    the whole row, so the amount of a violation is measured in the units of the file.

    Examples
    --------
    >>> row = Inequality.of({0: Fraction(-2)}, {1: Fraction(1)}, Fraction(3), Relation.AT_MOST)
    >>> str(row), row.holds_at((Fraction(3),), (Fraction(0), Fraction(3)))
    ('2 x0 - y1 - 3 >= 0', True)
    """

    x: Terms
    y: Terms
    offset: Fraction
    strict: bool

    @classmethod
    def of(
        cls, x: Mapping[int, Fraction], y: Mapping[int, Fraction], offset: Fraction, relation: Relation
    ) -> Inequality:
        """Return x-terms + y-terms + offset RELATION 0; an equation is two of these."""
        strict = relation in (Relation.LESS, Relation.GREATER)
        if relation in (Relation.LESS, Relation.AT_MOST):
            return cls(_terms(x, -1), _terms(y, -1), -offset, strict)
        return cls(_terms(x, 1), _terms(y, 1), offset, strict)

    @property
    def relation(self) -> Relation:
        """The relation to zero, ``>=`` or ``>``."""
        return Relation.GREATER if self.strict else Relation.AT_LEAST

    def value(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
        """Return the exact left side at a point (x, y)."""
        value = self.offset
        for i, a in self.x:
            value += a * x[i]
        for j, a in self.y:
            value += a * y[j]
        return value

    def holds_at(self, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
        """Return whether the point (x, y) satisfies the inequality exactly."""
        value = self.value(x, y)
        return value > 0 or (value == 0 and not self.strict)

    def negated(self) -> Inequality:
        """Return the inequality that holds exactly where this one does not."""
        return Inequality(_scaled(self.x), _scaled(self.y), -self.offset, not self.strict)

    def on_inputs(self, inputs: int) -> LinearConstraint:
        """Return an inequality without outputs as a constraint on R^inputs."""
        normal = [Fraction(0)] * inputs
        for i, a in self.x:
            normal[i] = a
        return LinearConstraint(tuple(normal), self.offset, self.relation)

    def through(self, outputs: AffineMap) -> LinearConstraint:
        """Return the inequality on the inputs where the outputs are an affine map of them."""
        normal, offset = [Fraction(0)] * outputs.inputs, self.offset
        for i, a in self.x:
            normal[i] += a
        for j, a in self.y:
            normal = [one + a * two for one, two in zip(normal, outputs.rows[j][:-1], strict=True)]
            offset += a * outputs.rows[j][-1]
        return LinearConstraint(tuple(normal), offset, self.relation)

    def __str__(self) -> str:
        from exactrelu.numbers.rationals import brief

        named = [(a, f"x{i}") for i, a in self.x] + [(a, f"y{j}") for j, a in self.y]
        if self.offset:
            named.append((self.offset, ""))
        text = ""
        for a, name in named:
            size = name if abs(a) == 1 and name else f"{brief(abs(a))} {name}".strip()
            text += f" {'-' if a < 0 else '+'} {size}"
        text = text.removeprefix(" + ").replace(" - ", "-", 1) if text.startswith(" - ") else text[3:]
        return f"{text or '0'} {self.relation} 0"


def _terms(coefficients: Mapping[int, Fraction], sign: int) -> Terms:
    return tuple((i, a if sign > 0 else -a) for i, a in sorted(coefficients.items()) if a)


def _scaled(terms: Terms) -> Terms:
    return tuple((i, -a) for i, a in terms)


def literals(inequalities: Iterable[Inequality]) -> int:
    """Return the number of terms and inequalities, which is what they cost to keep."""
    return sum(1 + len(row.x) + len(row.y) for row in inequalities)
