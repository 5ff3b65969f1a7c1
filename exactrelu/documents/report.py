"""The sections of a report: rows whose quantities are exact and have their evidence; and their JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended, format_rational
from exactrelu.numbers.text import number_text, vector_text


@dataclass(frozen=True)
class Quantity:
    """A number, a point or a text as it is shown, and exactly."""

    shown: str
    exact: str | None = None

    @classmethod
    def of(cls, value: Extended | Fraction | int) -> Quantity:
        """Return a number, rounded with a ``~`` where it is long.

        Examples
        --------
        >>> Quantity.of(Fraction(1, 3)), Quantity.of(Fraction(10**30, 3)).shown
        (Quantity(shown='1/3', exact='1/3'), '~3.33333e+29')
        """
        if not isinstance(value, Fraction | int):
            return cls(str(value), str(value))
        return cls(number_text(value), format_rational(value))

    @classmethod
    def root(cls, value: AlgebraicNumber, power: AlgebraicNumber | None = None) -> Quantity:
        """Return an algebraic number; ``power`` is its square, which says what it is exactly."""
        if value.rational is not None:
            return cls.of(value.rational)
        exact = str(value) if power is None else f"the square root of {power}"
        return cls(f"~{value.decimal(6)}", exact)

    @classmethod
    def point(cls, point: Point) -> Quantity:
        """Return a point."""
        return cls(vector_text(point), "(" + ", ".join(map(format_rational, point)) + ")")


@dataclass(frozen=True)
class Evidence:
    """A certificate: the name of its file, its bytes, and what the checker says of it."""

    name: str
    content: bytes
    says: str


@dataclass(frozen=True)
class EvidenceLeftOut:
    """Why there is no certificate."""

    reason: str


Cell = Quantity | str


@dataclass(frozen=True)
class Row:
    """A row of a table; ``evidence`` proves what stands in it."""

    cells: tuple[Cell, ...]
    evidence: Evidence | EvidenceLeftOut | None = None


@dataclass(frozen=True)
class Figure:
    """A figure as plotly takes it, exact texts on hover."""

    title: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A question with its answer; ``unanswered`` says why there is none."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = field(default=(), repr=False)
    unanswered: str | None = None


def rows_of(facts: Sequence[tuple[str, Cell]]) -> tuple[Row, ...]:
    """Return named facts as rows."""
    return tuple(Row(fact) for fact in facts)


def report_document(digest: str, domain: str, sections: Sequence[Section]) -> dict[str, Any]:
    """Return the sections of a report about a network on a domain, every quantity exact.

    Examples
    --------
    >>> section = Section("Ranges", ("output", "value"), (Row(("y0 max", Quantity.of(Fraction(1, 3)))),))
    >>> report_document("sha256:00", "R^1", [section])["sections"][0]["rows"]
    [{'cells': ['y0 max', '1/3'], 'certificate': None}]
    """
    head = {"format": "exactrelu-report", "version": 1, "network": digest, "domain": domain}
    return head | {"sections": [_section(section) for section in sections]}


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "unanswered": section.unanswered,
        "columns": list(section.columns),
        "rows": [_row(row) for row in section.rows],
        "notes": list(section.notes),
    }


def _row(row: Row) -> dict[str, Any]:
    evidence = row.evidence
    certificate = {"name": evidence.name, "says": evidence.says} if isinstance(evidence, Evidence) else None
    return {"cells": [_cell(cell) for cell in row.cells], "certificate": certificate}


def _cell(cell: Cell) -> str:
    return (cell.exact or cell.shown) if isinstance(cell, Quantity) else cell
