"""A point where a function in canonical form is not zero.

The form of a difference g has a kink, or is affine. Lemma: let p lie on the hyperplane {h = 0} of a kink
and on no other, and let v have h(v) != 0 in its linear part. For small t > 0 no other hyperplane
separates p - tv from p + tv, so g(p + tv) + g(p - tv) - 2 g(p) = t |h(v)| jump, which is not zero: g is not
zero at one of the three points.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional
from exactrelu.polyhedra.subspace import Subspace
from exactrelu.shallow.canonical_forms import CanonicalForm


def point_off_zero(form: CanonicalForm, domain: Domain) -> Point | None:
    """Return a point of the domain where the function of the form is not zero, None if it is zero there.

    Parameters
    ----------
    form
        A canonical form on the domain, the whole space included.
    domain
        The same domain.

    Examples
    --------
    >>> from exactrelu.shallow.canonical_forms import canonical_form
    >>> from exactrelu.shallow.parametrization import Parametrization
    >>> relu, double = (Parametrization.from_rationals([[1]], [[c]]) for c in (1, 2))
    >>> point_off_zero(canonical_form(relu) - canonical_form(double), Domain.whole_space(1))
    (Fraction(1, 1),)
    """
    cell = domain.cell
    if cell is None:
        return None
    directions = domain.directions.basis
    if not form.kinks:
        start = cell.closure.relative_interior_point()
        return _first_off_zero(form, domain, start, directions)
    functional = form.kinks[0].functional
    on_kink = cell.closure.restricted(Functional(functional), Relation.EQUAL).relative_interior_point()
    rows = [kink.functional for kink in form.kinks[1:]]
    inside = Subspace.of_equations(
        [functional[:-1], *(equation for equation in domain.directions.equations)], form.inputs
    )
    start = _off_hyperplanes(on_kink, rows, inside.basis, domain)
    across = [v for v in directions if _slope(functional, v)]
    return _first_off_zero(form, domain, start, across, rows)


def _off_hyperplanes(
    start: Point, rows: Sequence[IntegerRow], directions: Sequence[IntegerRow], domain: Domain
) -> Point:
    """Return a point near ``start`` on none of the hyperplanes, none of which holds all directions."""
    for power in itertools.count(1):
        # On a curve t, t^2, ... each hyperplane has finitely many points, so that a small t is off them.
        for sign in (1, -1):
            t = Fraction(sign, 3**power)
            steps = [t**k for k, _ in enumerate(directions, start=1)]
            point = tuple(
                x + sum((s * v[j] for s, v in zip(steps, directions, strict=True)), Fraction(0))
                for j, x in enumerate(start)
            )
            if domain.contains(point) and all(_value(row, point) for row in rows):
                return point
    raise ArithmeticError("unreachable: the counter has no end")


def _first_off_zero(
    form: CanonicalForm,
    domain: Domain,
    start: Point,
    directions: Sequence[IntegerRow],
    rows: Sequence[IntegerRow] = (),
) -> Point | None:
    if any(form(start)):
        return start
    for direction in directions:
        for point in _beside(domain, start, direction, rows):
            if any(form(point)):
                return point
    return None


def _beside(
    domain: Domain, start: Point, direction: IntegerRow, rows: Sequence[IntegerRow]
) -> Iterator[Point]:
    """Yield a point on either side of ``start``, in the domain and before any of the hyperplanes."""
    t = Fraction(1)
    for row in rows:
        if slope := _slope(row, direction):
            t = min(t, abs(_value(row, start) / slope) / 2)
    for sign in (1, -1):
        length = t
        while True:
            point = tuple(x + sign * length * v for x, v in zip(start, direction, strict=True))
            if domain.contains(point):
                break
            length /= 2
        yield point


def _slope(row: IntegerRow, direction: Sequence[int]) -> int:
    return sum(a * v for a, v in zip(row, direction, strict=False))


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
