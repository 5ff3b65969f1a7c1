"""Linear constraints over inputs and outputs: input . x + output . f(x) + offset RELATION 0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.audit.summary_text import number_text
from exactrelu.documents.network import vector_texts
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational, rational_vector
from exactrelu.polyhedra.constraints import LinearConstraint, Relation


@dataclass(frozen=True)
class InputOutputConstraint:
    """The constraint input . x + output . f(x) + offset RELATION 0 for a network f."""

    input: tuple[Fraction, ...]
    output: tuple[Fraction, ...]
    offset: Fraction
    relation: Relation

    def __post_init__(self) -> None:
        object.__setattr__(self, "input", rational_vector(self.input))
        object.__setattr__(self, "output", rational_vector(self.output))
        (offset,) = rational_vector([self.offset])
        object.__setattr__(self, "offset", offset)
        object.__setattr__(self, "relation", Relation(self.relation))

    @classmethod
    def of_input(cls, constraint: LinearConstraint, outputs: int) -> InputOutputConstraint:
        """Return a constraint on the input alone."""
        zeros = (Fraction(0),) * outputs
        return cls(constraint.normal, zeros, constraint.offset, constraint.relation)

    def value(self, x: Point, y: Point) -> Fraction:
        """Return the left side at an input with its output."""
        pairs = zip(self.input + self.output, x + y, strict=True)
        return sum((a * b for a, b in pairs), self.offset)

    def violation(self, x: Point, y: Point) -> Fraction:
        """Return by how much the point violates the constraint, its relation relaxed; 0 if it does not."""
        value = self.value(x, y)
        match self.relation:
            case Relation.LESS | Relation.AT_MOST:
                return max(value, Fraction(0))
            case Relation.EQUAL:
                return abs(value)
            case Relation.AT_LEAST | Relation.GREATER:
                return max(-value, Fraction(0))

    def holds(self, x: Point, y: Point) -> bool:
        """Return whether the constraint holds exactly."""
        strict = self.relation in (Relation.LESS, Relation.GREATER)
        return self.violation(x, y) == 0 and not (strict and self.value(x, y) == 0)

    def on_cell(self, affine_map: AffineMap) -> LinearConstraint:
        """Return the constraint on x where f is an affine map."""
        normal, offset = list(self.input), self.offset
        for factor, row in zip(self.output, affine_map.rows, strict=True):
            normal = [a + factor * b for a, b in zip(normal, row[:-1], strict=True)]
            offset += factor * row[-1]
        return LinearConstraint(tuple(normal), offset, self.relation)

    def document(self) -> dict[str, Any]:
        """Return the constraint as a claims file writes it, exactly."""
        return {
            "input": vector_texts(self.input),
            "output": vector_texts(self.output),
            "offset": format_rational(self.offset),
            "relation": str(self.relation),
        }

    def __str__(self) -> str:
        names = [f" x{j}" for j in range(len(self.input))] + [f" y{j}" for j in range(len(self.output))]
        numbers = (*self.input, *self.output, self.offset)
        terms = [(a, name) for a, name in zip(numbers, [*names, ""], strict=True) if a]
        text = "".join(f" {'-' if a < 0 else '+'} {_term(abs(a), name)}" for a, name in terms)
        return f"{text.removeprefix(' + ').strip() or '0'} {self.relation} 0"


def _term(size: Fraction, name: str) -> str:
    return name.strip() if size == 1 and name else number_text(size) + name
