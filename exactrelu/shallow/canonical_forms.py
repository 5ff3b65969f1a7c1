"""The canonical form of a function that a network with one hidden layer realizes.

A sum of neurons f(x) = sum_i c_i relu(<a_i, x> + b_i) + e is, by relu(t) = (|t| + t) / 2,

    f(x) = 1/2 sum_H kappa_H |h_H(x)| + A x + e',

where h_H runs over primitive integer affine functionals (a and b together; the first non-zero entry of a
is positive) and kappa_H in Q^D collects the neurons with (a_i, b_i) = mu_i h_H: kappa_H = sum |mu_i| c_i.
Functionals with kappa_H = 0 are dropped.

Theorem. On R^d, and on any non-empty polyhedron D once the functionals that do not change their sign in D
are written into A and e', and all functionals are reduced modulo the equations of aff D: two networks
realize the same function if and only if these data agree.

Proof. "If" is clear. Let the data of a difference g = 0 be given. In the relative interior of D, near a
point of one hyperplane {h_H = 0} that lies on no other (there is one: different hyperplanes of aff D
meet in less than a hyperplane), g has the kink kappa_H |h_H|, so kappa_H = 0 for all H. What remains is
an affine map that vanishes on aff D, and reduced modulo its equations it is zero.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from exactrelu.errors import DomainError, NetworkError
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, pivot_column
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import common_denominator, format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.parametrization import Parametrization

Rows = tuple[tuple[Fraction, ...], ...]


class HyperplaneKink(NamedTuple):
    """The kink ``jump`` / 2 times |h(x)| across {h = 0}; ``functional`` is h as the integer row (a, b)."""

    functional: IntegerRow
    jump: Point


@dataclass(frozen=True)
class CanonicalForm:
    """The function x -> 1/2 sum jump |h(x)| + linear x + constant, with sorted kinks and no zero jump.

    ``==`` and ``hash`` are equality of functions on R^d; for forms on one domain, equality there. Make
    forms with `canonical_form`.

    Examples
    --------
    >>> form = canonical_form(Parametrization.from_rationals([[2], [-1]], [[1], [3]], [4, -2]))
    >>> form.kinks, form.linear, form.constant
    ((HyperplaneKink(functional=(1, 2), jump=(Fraction(5, 1),)),), ((Fraction(-1, 2),),), (Fraction(-1, 1),))
    >>> form((1,))
    (Fraction(6, 1),)
    """

    inputs: int
    kinks: tuple[HyperplaneKink, ...]
    linear: Rows
    constant: Point
    realized_by: Parametrization | None = field(default=None, repr=False, compare=False, kw_only=True)
    """The parametrization whose form on R^d this is, which `exactrelu.certify` needs."""

    @property
    def outputs(self) -> int:
        """The output dimension D."""
        return len(self.constant)

    @property
    def is_affine(self) -> bool:
        """Whether there is no kink."""
        return not self.kinks

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return the value at a point (of the domain, if the form is one on a domain)."""
        point = point_of(x, self.inputs)
        bends = [(abs(_value(kink.functional, point)) / 2, kink.jump) for kink in self.kinks]
        return tuple(
            sum((size * jump[k] for size, jump in bends), _value((*row, self.constant[k]), point))
            for k, row in enumerate(self.linear)
        )

    def __sub__(self, other: CanonicalForm) -> CanonicalForm:
        """Return the form of the difference of the functions, both on R^d or both on one domain."""
        if (self.inputs, self.outputs) != (other.inputs, other.outputs):
            raise NetworkError(
                f"difference: expected functions of one shape, got {self.inputs} -> {self.outputs} "
                f"and {other.inputs} -> {other.outputs}"
            )
        negated = [HyperplaneKink(h, tuple(-entry for entry in jump)) for h, jump in other.kinks]
        pairs = zip(self.linear, other.linear, strict=True)
        return CanonicalForm(
            self.inputs,
            _collected([*self.kinks, *negated]),
            tuple(tuple(p - q for p, q in zip(one, two, strict=True)) for one, two in pairs),
            tuple(p - q for p, q in zip(self.constant, other.constant, strict=True)),
        )

    @cached_property
    def digest(self) -> str:
        """``sha256:<hex>`` of the data: equal functions, equal digest."""
        kinks = [[list(map(format_rational, part)) for part in kink] for kink in self.kinks]
        linear = [list(map(format_rational, row)) for row in self.linear]
        data = {"kinks": kinks, "linear": linear, "constant": list(map(format_rational, self.constant))}
        text = json.dumps({"inputs": self.inputs, **data}, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def canonical_form(function: Parametrization | Network, domain: Domain | None = None) -> CanonicalForm:
    """Return the canonical form of a realization on R^d, or on a domain.

    Parameters
    ----------
    function
        A parametrization, or a network with L = 2. Zero, constant, parallel and opposite neurons are
        allowed.
    domain
        A rational polyhedron in R^d. The form says nothing about points outside; on an empty domain it is
        the form of zero, since all functions agree there.

    Returns
    -------
    CanonicalForm
        Equal results mean equal functions, and the other way round. It takes polynomial time.

    Raises
    ------
    NetworkError
        If the network has another number of layers.
    DomainError
        If the domain lies in another space.

    Notes
    -----
    Derived here; Berner, Elbraechter & Grohs state it for linearly independent weights (our
    reconstruction of Lemma A.3).

    Examples
    --------
    >>> relu = Parametrization.from_rationals([[1, 0]], [[1]])
    >>> shifted = Parametrization.from_rationals([[-1, 0], [1, 0], [-1, 0]], [[1], [1], [-1]])
    >>> canonical_form(relu) == canonical_form(shifted)
    True
    >>> canonical_form(relu, Domain.box([(0, 1), (0, 1)])).is_affine
    True
    """
    shallow = Parametrization.of_network(function) if isinstance(function, Network) else function
    form = _on_the_whole_space(shallow)
    if domain is None or domain.is_whole_space:
        return replace(form, realized_by=shallow)
    return _on_domain(form, domain)


def realize_same_function(
    one: Parametrization | Network, two: Parametrization | Network, domain: Domain | None = None
) -> bool:
    """Return whether two shallow networks agree on R^d, or on a domain.

    Networks of different shapes never do.

    Raises
    ------
    NetworkError, DomainError
        As `canonical_form`.

    Examples
    --------
    >>> relu, identity = (Parametrization.from_rationals([[1]], [[1]], [b], [-b]) for b in (0, 1))
    >>> realize_same_function(relu, identity), realize_same_function(relu, identity, Domain.box([(0, 5)]))
    (False, True)
    """
    return canonical_form(one, domain) == canonical_form(two, domain)


def signed_primitive(functional: Sequence[Fraction]) -> tuple[IntegerRow, Fraction]:
    """Return (h, mu) with ``functional`` = mu h: h primitive, the first non-zero entry positive.

    The functional must not be zero.

    Examples
    --------
    >>> signed_primitive((Fraction(0), Fraction(-1, 2), Fraction(3)))
    ((0, 1, -6), Fraction(-1, 2))
    """
    denominator = common_denominator(functional)
    entries = [entry.numerator * (denominator // entry.denominator) for entry in functional]
    content = math.gcd(*entries)
    if next(entry for entry in entries if entry) < 0:
        content = -content
    return tuple(entry // content for entry in entries), Fraction(content, denominator)


def _value(row: Sequence[Fraction | int], x: Point) -> Fraction:
    """Return a.x + b for the row (a, b)."""
    return sum((a * entry for a, entry in zip(row, x, strict=False) if a), Fraction(row[-1]))


def _collected(kinks: Iterable[tuple[IntegerRow, Point]]) -> tuple[HyperplaneKink, ...]:
    """Return the kinks with jumps across one hyperplane added, zero ones dropped, sorted."""
    total: dict[IntegerRow, Point] = {}
    for functional, jump in kinks:
        before = total.get(functional)
        total[functional] = (
            jump if before is None else tuple(p + q for p, q in zip(before, jump, strict=True))
        )
    return tuple(HyperplaneKink(h, total[h]) for h in sorted(total) if any(total[h]))


def _on_the_whole_space(shallow: Parametrization) -> CanonicalForm:
    kinks, terms = [], []
    bias = shallow.output_bias
    for neuron in shallow.neurons:
        if neuron.is_zero:
            continue
        if neuron.is_constant:
            bias = tuple(e + neuron.bias * c for e, c in zip(bias, neuron.coefficient, strict=True))
            continue
        functional, factor = signed_primitive(neuron.functional)
        signed = tuple(factor * entry for entry in neuron.coefficient)
        kinks.append((functional, signed if factor > 0 else tuple(-entry for entry in signed)))
        terms.append((signed, functional))
    affine = _sum_of_products(terms, (shallow.outputs, shallow.inputs + 1)).scaled(Fraction(1, 2)).rows()
    return CanonicalForm(
        shallow.inputs,
        _collected(kinks),
        tuple(row[:-1] for row in affine),
        tuple(row[-1] + entry for row, entry in zip(affine, bias, strict=True)),
    )


_BLOCK = 16


def _sum_of_products(terms: Sequence[tuple[Point, IntegerRow]], shape: tuple[int, int]) -> RationalMatrix:
    """Return sum c (x) h, by products of integer matrices for few terms, by halves for many.

    Each product has one common denominator, so with many different ones it is better to add late.
    """
    outputs, columns = shape
    if len(terms) > _BLOCK:
        half = len(terms) // 2
        return _sum_of_products(terms[:half], shape) + _sum_of_products(terms[half:], shape)
    if not terms:
        return RationalMatrix.from_rows([(Fraction(0),) * columns] * outputs, columns)
    outer = RationalMatrix.from_rows(list(zip(*(c for c, _ in terms), strict=True)), len(terms))
    inner = RationalMatrix.from_rows([tuple(map(Fraction, h)) for _, h in terms], columns)
    return outer @ inner


# on a domain ------------------------------------------------------------------------------------


def _on_domain(form: CanonicalForm, domain: Domain) -> CanonicalForm:
    """Return the form on a domain: kinks that it meets inside, all functionals reduced modulo aff D."""
    from exactrelu.polyhedra.polyhedron import Functional, SignRange

    if domain.dimension != form.inputs:
        raise DomainError(f"domain: expected dimension {form.inputs}, got {domain.dimension}")
    cell = domain.cell
    if cell is None:
        return CanonicalForm(form.inputs, (), *_zero_affine(form))
    equations = domain.equations
    affine = [(*row, entry) for row, entry in zip(form.linear, form.constant, strict=True)]
    kinks = []
    for functional, jump in form.kinks:
        signs = cell.closure.sign_range(Functional(functional))
        if signs is SignRange.MIXED:  # both signs on the closure, so both in the relative interior
            reduced, factor = signed_primitive(_reduced(functional, equations))
            kinks.append((reduced, tuple(abs(factor) * entry for entry in jump)))
        elif signs is not SignRange.ZERO:
            side = 1 if signs in (SignRange.POSITIVE, SignRange.NONNEGATIVE) else -1
            affine = [
                tuple(p + side * size * h / 2 for p, h in zip(row, functional, strict=True))
                for row, size in zip(affine, jump, strict=True)
            ]
    rows = [_reduced(row, equations) for row in affine]
    return CanonicalForm(
        form.inputs, _collected(kinks), tuple(row[:-1] for row in rows), tuple(row[-1] for row in rows)
    )


def _zero_affine(form: CanonicalForm) -> tuple[Rows, Point]:
    zero = Fraction(0)
    return ((zero,) * form.inputs,) * form.outputs, (zero,) * form.outputs


def _reduced(row: Sequence[Fraction | int], equations: Sequence[IntegerRow]) -> tuple[Fraction, ...]:
    """Return the row that is zero in the pivots of the equations and agrees with ``row`` on aff D."""
    current = [Fraction(entry) for entry in row]
    for equation in equations:
        pivot = pivot_column(equation)
        factor = current[pivot] / equation[pivot]
        if factor:
            current = [p - factor * q for p, q in zip(current, equation, strict=True)]
    return tuple(current)
