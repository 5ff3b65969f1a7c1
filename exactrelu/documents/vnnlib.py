"""Writing properties in VNN-LIB 1.0."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from exactrelu.numbers.decimals import decimal_text
from exactrelu.numbers.rationals import format_integer
from exactrelu.verification.distribution import Rows
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet, Property


def property_text(p: Property) -> Iterator[str]:
    """Yield the lines of a VNN-LIB 1.0 file whose unsafe set is that of a property.

    Numbers are decimals where they are finite ones, else ``(/ 1 3)``. Read again, it gives equal groups.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> p = Property.from_bounds(1, 1, Domain.box([(0, "1/2")]), ["y0 <= 1/3"])
    >>> print(*property_text(p), sep="", end="")
    (declare-const X_0 Real)
    (declare-const Y_0 Real)
    (assert (>= X_0 0))
    (assert (<= X_0 0.5))
    (assert (> (+ Y_0 (/ -1 3)) 0))
    """
    yield from (f"(declare-const X_{i} Real)\n" for i in range(p.inputs))
    yield from (f"(declare-const Y_{j} Real)\n" for j in range(p.outputs))
    if not p.groups:
        yield "(assert false)\n"
    elif len(p.groups) == 1:
        formulas = list(_conjuncts(p.groups[0])) or ["true"]
        yield from (f"(assert {formula})\n" for formula in formulas)
    else:
        yield "(assert (or\n"
        yield from (f"  {_all(list(_conjuncts(group)))}\n" for group in p.groups)
        yield "))\n"


def _conjuncts(group: InputSet) -> Iterator[str]:
    """Yield formulas that hold together on the input set, its disjuncts the last of them."""
    for i, interval in enumerate(group.box):
        yield from _sides(f"X_{i}", interval)
    yield from map(_comparison, group.rows)
    if len(group.disjuncts) == 1:
        yield from map(_comparison, group.disjuncts[0])
    else:
        yield f"(or {' '.join(map(_conjunction, group.disjuncts))})"


def _sides(name: str, interval: Interval) -> Iterator[str]:
    if interval.lower is not None:
        yield f"({'>' if interval.open_lower else '>='} {name} {_number(interval.lower)})"
    if interval.upper is not None:
        yield f"({'<' if interval.open_upper else '<='} {name} {_number(interval.upper)})"


def _conjunction(rows: Rows) -> str:
    return _all([_comparison(row) for row in rows])


def _all(formulas: list[str]) -> str:
    return f"(and {' '.join(formulas)})" if formulas else "true"


def _comparison(row: Inequality) -> str:
    terms = [_product(a, f"X_{i}") for i, a in row.x] + [_product(a, f"Y_{j}") for j, a in row.y]
    if row.offset:
        terms.append(_number(row.offset))
    left = terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"
    return f"({row.relation} {left} 0)"


def _product(a: Fraction, name: str) -> str:
    return name if a == 1 else f"(* {_number(a)} {name})"


def _number(value: Fraction) -> str:
    text = decimal_text(value)
    if text is not None:
        return text
    return f"(/ {format_integer(value.numerator)} {format_integer(value.denominator)})"
