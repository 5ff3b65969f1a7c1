"""Properties: the unsafe set of inputs and outputs that a network must keep clear of."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from exactrelu.errors import PropertyError
from exactrelu.numbers.points import point_of
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.distribution import Distribution, Formula, InputPart, Rows, join_bound
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.interval import EVERYTHING, Interval, interval_of
from exactrelu.verification.linear_bound import LinearBound

Box: TypeAlias = Sequence[tuple[Fraction, Fraction]]
"""Bounds (lo, hi), one pair for each input."""

MAX_BOX_ENTRIES = 10_000_000
"""Most intervals in all boxes of a property together."""


@dataclass(frozen=True)
class InputSet:
    """A set of inputs, and the conjunctions of which one must hold for a point of it to be unsafe.

    Parameters
    ----------
    box
        One interval for each input; it may be empty (lower above upper) or unbounded.
    rows
        Further inequalities over inputs alone, which hold on the set.
    disjuncts
        Conjunctions of inequalities over inputs and outputs. The empty conjunction always holds: if it stands
        there, every point of the set is unsafe.
    """

    box: tuple[Interval, ...]
    rows: Rows
    disjuncts: tuple[Rows, ...]

    @classmethod
    def of_domain(cls, domain: Domain) -> InputSet:
        """Return a domain as an input set without disjuncts; a constant that is false makes its box empty."""
        bounds: dict[int, Interval] = {}
        rows = []
        for row in (row for constraint in domain.constraints for row in _inequalities(constraint)):
            if not row.x:
                if not row.holds_at((), ()):
                    bounds[0] = Interval(Fraction(1), Fraction(0))
            elif len(row.x) == 1:
                join_bound(bounds, row.x[0][0], interval_of(row))
            else:
                rows.append(row)
        box = tuple(bounds.get(i, EVERYTHING) for i in range(domain.dimension))
        return cls(box, tuple(rows), ())

    @property
    def lower(self) -> tuple[Fraction | None, ...]:
        """The lower bounds, None where there is none."""
        return tuple(interval.lower for interval in self.box)

    @property
    def upper(self) -> tuple[Fraction | None, ...]:
        """The upper bounds, None where there is none."""
        return tuple(interval.upper for interval in self.box)

    @property
    def has_empty_box(self) -> bool:
        """Whether no input lies in the box (the rows are not looked at)."""
        return any(interval.is_empty for interval in self.box)

    @property
    def is_bounded(self) -> bool:
        """Whether each input has a lower and an upper bound."""
        return all(i.lower is not None and i.upper is not None for i in self.box)

    @property
    def is_closed(self) -> bool:
        """Whether no side and no row is strict."""
        return not any(i.open_lower or i.open_upper for i in self.box) and not any(
            r.strict for r in self.rows
        )

    def contains(self, x: Sequence[Fraction]) -> bool:
        """Return whether the input lies in the set."""
        inside = all(interval.contains(t) for interval, t in zip(self.box, x, strict=True))
        return inside and all(row.holds_at(x, ()) for row in self.rows)

    def domain(self) -> Domain:
        """Return the set as a domain: box and rows as linear constraints."""
        n = len(self.box)
        return Domain(
            n,
            tuple(constraint for i, interval in enumerate(self.box) for constraint in _sides(i, interval, n))
            + tuple(row.on_inputs(n) for row in self.rows),
        )


@dataclass(frozen=True)
class Property:
    """An unsafe set: the union over ``groups`` of {x in the input set, and one of its disjuncts holds}.

    A network f has the property if no x with y = f(x) is unsafe. Without groups nothing is unsafe.

    Parameters
    ----------
    inputs, outputs
        The dimensions of x and y.
    digest
        ``sha256:<hex>``: of the bytes of the file, or of a canonical text for a property from elsewhere.
    groups
        The input sets.
    name
        What the property is called in messages: its file.

    Examples
    --------
    >>> p = Property.from_bounds(1, 1, Domain.box([(-1, 1)]), ["y0 <= 1/2"])
    >>> p.holds_at((1,), (1,)), p.holds_at((1,), ("1/2",)), p.holds_at((2,), (1,))
    (True, False, False)
    """

    inputs: int
    outputs: int
    digest: str
    groups: tuple[InputSet, ...]
    name: str = field(default="property", compare=False)

    @classmethod
    def of_formula(cls, shape: tuple[int, int], formula: Formula, digest: str, name: str) -> Property:
        """Return the property whose unsafe set is a formula's, for (inputs, outputs).

        Raises
        ------
        PropertyError
            If its boxes have more than `MAX_BOX_ENTRIES` intervals together.
        """
        inputs, outputs = shape
        if inputs * len(formula) > MAX_BOX_ENTRIES:
            got = f"{len(formula)} boxes in dimension {inputs}"
            raise PropertyError(name, f"at most {MAX_BOX_ENTRIES} bounds in all boxes together", got)
        groups = tuple(
            InputSet(_dense(part, inputs), part.rows, disjuncts) for part, disjuncts in formula.items()
        )
        return cls(inputs, outputs, digest, groups, name)

    @classmethod
    def from_bounds(
        cls, inputs: int, outputs: int, domain: Domain | Box, bounds: Sequence[str | LinearBound]
    ) -> Property:
        """Return the property that all bounds hold on a domain, or on a box given by its (lo, hi) alone.

        A bound such as ``"y0 - 2 y1 <= 5/2"`` is what should hold (`LinearBound.parse`); a point of the
        domain is unsafe where one of them is violated. Without bounds, nothing is unsafe.

        Raises
        ------
        ArgumentError
            For a text that is no bound.
        PropertyError
            If a bound names an input or output that there is not, or the domain lies in another space.
        """
        dimension = domain.dimension if isinstance(domain, Domain) else len(domain)
        if dimension != inputs:
            raise PropertyError("domain", f"one in dimension {inputs}", f"dimension {dimension}")
        parsed = [LinearBound.parse(b) if isinstance(b, str) else b for b in bounds]
        for bound in parsed:
            bound.require_shape(inputs, outputs)
        spread = Distribution()
        on_inputs = _rows_of_domain(domain) if isinstance(domain, Domain) else _rows_of_box(domain)
        constant = [row for row in on_inputs if not row.x]
        rows = [row for row in on_inputs if row.x]
        violated = spread.disjunction([row for bound in parsed for row in bound.violations()])
        unsafe = spread.conjunction([*rows, violated])
        if not all(row.holds_at((), ()) for row in constant):
            unsafe = {}
        text = "\n".join([str(inputs), str(outputs), *map(_exact_text, on_inputs), *map(str, parsed)])
        digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        return cls.of_formula((inputs, outputs), unsafe, digest, "bounds")

    def holds_at(self, x: Sequence[Any], y: Sequence[Any]) -> bool:
        """Return whether (x, y) is unsafe, exactly.

        Raises
        ------
        NetworkError
            If x or y has another number of coordinates.
        """
        point, values = point_of(x, self.inputs, "input"), point_of(y, self.outputs, "output")
        return any(
            group.contains(point)
            and any(all(row.holds_at(point, values) for row in rows) for rows in group.disjuncts)
            for group in self.groups
        )

    def require_shape(self, inputs: int, outputs: int) -> None:
        """Raise `PropertyError` unless the property is about so many inputs and outputs."""
        if (self.inputs, self.outputs) != (inputs, outputs):
            expected = f"{inputs} inputs and {outputs} outputs, the network's"
            raise PropertyError(self.name, expected, f"{self.inputs} and {self.outputs}")


def _dense(part: InputPart, inputs: int) -> tuple[Interval, ...]:
    box = [EVERYTHING] * inputs
    for i, interval in part.bounds:
        box[i] = interval
    return tuple(box)


def _sides(i: int, interval: Interval, n: int) -> list[LinearConstraint]:
    unit = tuple(Fraction(int(i == j)) for j in range(n))
    sides = []
    if interval.lower is not None:
        relation = Relation.GREATER if interval.open_lower else Relation.AT_LEAST
        sides.append(LinearConstraint(unit, -interval.lower, relation))
    if interval.upper is not None:
        relation = Relation.LESS if interval.open_upper else Relation.AT_MOST
        sides.append(LinearConstraint(unit, -interval.upper, relation))
    return sides


def _rows_of_domain(domain: Domain) -> list[Inequality]:
    return [row for constraint in domain.constraints for row in _inequalities(constraint)]


def _rows_of_box(bounds: Box) -> list[Inequality]:
    """Return what `_rows_of_domain` gives for the box, in time and memory linear in its dimension."""
    one, rows = Fraction(1), []
    for i, (low, high) in enumerate(bounds):
        rows.append(Inequality.of({i: one}, {}, -low, Relation.AT_LEAST))
        rows.append(Inequality.of({i: one}, {}, -high, Relation.AT_MOST))
    return rows


def _inequalities(constraint: LinearConstraint) -> list[Inequality]:
    x = {i: constraint.normal[i] for i in constraint.support}
    relations = [constraint.relation]
    if constraint.relation is Relation.EQUAL:
        relations = [Relation.AT_LEAST, Relation.AT_MOST]
    return [Inequality.of(x, {}, constraint.offset, relation) for relation in relations]


def _exact_text(row: Inequality) -> str:
    return " ".join([*(f"{a}*x{i}" for i, a in row.x), str(row.offset), str(row.relation)])
