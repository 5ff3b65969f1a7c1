"""All that is said of a family: its bifurcations, and functions of the parameter that are tracked exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import NetworkError
from exactrelu.families.bifurcations import (
    Bifurcations,
    ParameterInterval,
    checked,
    strict_forms,
    swept,
)
from exactrelu.families.cell_functions import CellSlopes, Matrix, OutputValues
from exactrelu.families.envelopes import Envelopes
from exactrelu.families.homogeneous_network import form_signature
from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.families.parameter_distances import (
    fibre_distance_bound,
    is_shallow,
    parameter_distance,
    permutation_distance,
)
from exactrelu.families.piecewise_functions import Number, PiecewiseFunction, Step, Value
from exactrelu.families.sweep import Tiling, layout_of
from exactrelu.families.traced_numbers import Trace, TracedNumber, traced_steps
from exactrelu.numbers.places import sign_at
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rational_functions import RationalFunction
from exactrelu.numbers.text import vector_text


@dataclass(frozen=True, repr=False)
class FamilyReport:
    """The bifurcations of a family, and the functions that are tracked, by name.

    ``difference`` are the bifurcations of the difference of two families, None for one family.
    ``breakpoints`` are, for one input, the points where neurons vanish, as functions of the parameter on
    intervals.
    """

    bifurcations: Bifurcations
    functions: dict[str, PiecewiseFunction]
    difference: Bifurcations | None = None
    breakpoints: tuple[Step, ...] = ()

    def __repr__(self) -> str:
        return f"<FamilyReport: {self.bifurcations!r}, functions {', '.join(self.functions)}>"


def family_report(
    family: NetworkFamily,
    interval: ParameterInterval,
    domain: DomainFamily | None = None,
    *,
    other: NetworkFamily | None = None,
    points: Sequence[Sequence[Any]] | None = None,
    search: Search | None = None,
) -> FamilyReport:
    """Return the bifurcations of a family and functions of the parameter, which are rational by pieces.

    ==================================== =================================================================
    name                                 function
    ==================================== =================================================================
    ``min y0``, ``max y0``, ...          infimum and supremum of an output on the domain
    ``lipschitz 1``, ``lipschitz inf``   the Lipschitz constant in a norm
    ``lipschitz 2 squared``              its square in the norm 2, with one input or one output
    ``lipschitz 2 squared at least``,    with more inputs and outputs, where it need not be rational: the
    ``lipschitz 2 squared at most``      longest row or column of a slope, and its Frobenius norm, squared
    ``y0 at (1, 2)``                     an output at a point (``points``)
    ``sup distance``                     the supremum of |f - g|, g the other family
    ``w1inf distance``                   the largest entry of |D(f - g)|
    ``parameter distance``               the largest difference of two weights or biases, as they stand
    ``permutation distance``             the least of these over all orders of g's hidden neurons
    ``fibre distance at least``          a bound of it over all parametrizations that realize g
    ``fibre size squared at least``      a bound of ||Phi||_inf^2 over all parametrizations that realize g
    ``parameter ratio squared``          parameter distance^2 / w1inf distance
    ``permutation ratio squared``        permutation distance^2 / w1inf distance
    ``fibre ratio squared``              (fibre distance at least)^2 / w1inf distance
    ==================================== =================================================================

    Parameters
    ----------
    family, interval, domain, search
        As in `exactrelu.bifurcations`.
    other
        A second family of as many inputs and outputs, and of the same parameter.
    points
        Points with as many rational coordinates as the family has inputs.

    Raises
    ------
    NetworkError
        If the second family has other inputs, outputs or another parameter.
    ArgumentError, DomainError, BudgetExhaustedError
        As in `exactrelu.bifurcations`; `DomainError` for a point with other coordinates, too.

    Notes
    -----
    A function is left out where it makes no sense: slopes on a domain that is not of full dimension anywhere,
    the distance of parameters of other architectures. The ratios are those of inverse stability (Berner,
    Elbraechter & Grohs, Definition 1.1 with the exponent 1/2): s^2 for the least s.

    Examples
    --------
    >>> hat = NetworkFamily.of([([[1], [1]], [0, "-t"]), ([[1, -2]], None)])
    >>> report = family_report(hat, ParameterInterval(0, 1), DomainFamily.box([(0, 1)]))
    >>> for piece in report.functions["min y0"].pieces:
    ...     print(piece.closed, piece.low, piece.high, piece.value)
    (True, True) 0 1/2 2*t - 1
    (True, True) 1/2 1 0
    """
    interval, domain = checked(family, interval, domain)
    limits = started(search)
    own = _Tracker(family, domain, interval)
    for k in range(family.outputs):
        own.follow(f"min y{k}", own.infimum(k))
        own.follow(f"max y{k}", own.supremum([(k, 1)]))
    own.follow_slopes()
    found = swept(family, interval, domain, limits, own.see)
    functions = own.functions()
    for x in points or ():
        functions |= _values_at(family, point_of(x, family.inputs), interval, limits.check_time)
    if other is None:
        return FamilyReport(found, functions, None, tuple(own.breakpoints))
    difference, more = _compared(family, other, interval, domain, limits)
    return FamilyReport(found, functions | more, difference, tuple(own.breakpoints))


class _Tracker:
    """What is read off each tiling, and the steps that were read."""

    def __init__(self, family: NetworkFamily, domain: DomainFamily, interval: ParameterInterval) -> None:
        self._family = family
        self._strict = strict_forms(domain)
        self._first = form_signature(family, domain)[0]
        envelopes = Envelopes(*interval.ends)
        self._values = OutputValues(family, envelopes)
        self._slopes = CellSlopes(family, layout_of(family, domain), self._strict, envelopes)
        self.breakpoints: list[Step] = []
        self._rules: dict[str, Callable[[Tiling], list[Step]]] = {}
        self._steps: dict[str, list[Step]] = {}

    def follow(self, name: str, rule: Callable[[Tiling], list[Step]]) -> None:
        """Read steps by a rule."""
        self._rules[name], self._steps[name] = rule, []

    def see(self, tiling: Tiling) -> None:
        """Take in a tiling; on an empty domain nothing is defined."""
        is_empty = not any(signs[0] & self._strict == self._strict for signs in tiling.faces)
        if self._family.inputs == 1 and not tiling.is_point:
            self.breakpoints += self._values.breakpoints(tiling, self._first)
        for name, rule in self._rules.items():
            self._steps[name] += [(tiling.low, tiling.high, None)] if is_empty else rule(tiling)

    def functions(self) -> dict[str, PiecewiseFunction]:
        """Return what is defined somewhere."""
        found = {name: PiecewiseFunction.of(steps) for name, steps in self._steps.items()}
        return {name: f for name, f in found.items() if any(piece.value is not None for piece in f.pieces)}

    def supremum(self, terms: Sequence[tuple[int, int]]) -> Callable[[Tiling], list[Step]]:
        """Return the rule for the supremum of the largest of +-y_k."""
        return lambda tiling: self._values.supremum(tiling, terms)

    def infimum(self, k: int) -> Callable[[Tiling], list[Step]]:
        """Return the rule for the infimum of an output."""
        return lambda tiling: [
            (low, high, _negative(value)) for low, high, value in self._values.supremum(tiling, [(k, -1)])
        ]

    def follow_slopes(self) -> None:
        """Read the Lipschitz constants."""
        self.follow("lipschitz 1", lambda tiling: self._slopes.largest(tiling, _columns))
        self.follow("lipschitz inf", lambda tiling: self._slopes.largest(tiling, _rows))
        if 1 in (self._family.inputs, self._family.outputs):
            self.follow("lipschitz 2 squared", lambda tiling: self._slopes.largest(tiling, _square))
        else:
            name = "lipschitz 2 squared at"
            self.follow(f"{name} least", lambda tiling: self._slopes.largest(tiling, _line_squares))
            self.follow(f"{name} most", lambda tiling: self._slopes.largest(tiling, _square))

    def follow_entries(self) -> None:
        """Read the largest entry of the derivative."""
        self.follow("w1inf distance", lambda tiling: self._slopes.largest(tiling, _entries))


def _columns(matrix: Matrix) -> list[Sequence[RationalFunction]]:
    return list(zip(*matrix, strict=True))


def _rows(matrix: Matrix) -> list[Sequence[RationalFunction]]:
    return list(matrix)


def _square(matrix: Matrix) -> list[Sequence[RationalFunction]]:
    return [[entry * entry for row in matrix for entry in row]]


def _line_squares(matrix: Matrix) -> list[Sequence[RationalFunction]]:
    return [[entry * entry for entry in line] for line in (*_rows(matrix), *_columns(matrix))]


def _entries(matrix: Matrix) -> list[Sequence[RationalFunction]]:
    return [[entry] for row in matrix for entry in row]


def _negative(value: Value) -> Value:
    return None if value is None else -value


# at points ----------------------------------------------------------------------------------------


def _values_at(
    family: NetworkFamily, x: Point, interval: ParameterInterval, checkpoint: Callable[[], None]
) -> dict[str, PiecewiseFunction]:
    """Return the outputs at a point."""
    poles = tuple(layer.denominator for layer in family.layers)

    def output(k: int) -> PiecewiseFunction:
        return PiecewiseFunction.of(
            traced_steps(lambda trace: _outputs(family, x, trace)[k], *interval.ends, poles, checkpoint)
        )

    return {f"y{k} at {vector_text(x)}": output(k) for k in range(family.outputs)}


def _outputs(family: NetworkFamily, x: Point, trace: Trace) -> list[TracedNumber]:
    values = [trace.number(RationalFunction.constant(entry)) for entry in x]
    zero = trace.number(RationalFunction.constant(0))
    for k, layer in enumerate(family.layers):
        inputs = [*values, trace.number(RationalFunction.constant(1))]
        rows = [[trace.number(entry) * z for entry, z in zip(row, inputs, strict=True)] for row in layer.rows]
        values = [sum(row, zero) for row in rows]
        if k < len(family.activations):
            slopes = [
                above if y > zero else below
                for y, (below, above) in zip(values, family.activations[k].slopes, strict=True)
            ]
            values = [
                trace.number(RationalFunction.constant(slope)) * y
                for slope, y in zip(slopes, values, strict=True)
            ]
    return values


# two families -------------------------------------------------------------------------------------


def _compared(
    family: NetworkFamily,
    other: NetworkFamily,
    interval: ParameterInterval,
    domain: DomainFamily,
    limits: Search,
) -> tuple[Bifurcations, dict[str, PiecewiseFunction]]:
    """Return the bifurcations of the difference, and the distances."""
    if other.parameter != family.parameter:
        raise NetworkError(f"second family: expected the parameter {family.parameter}, got {other.parameter}")
    difference = family - other
    tracker = _Tracker(difference, domain, interval)
    terms = [(k, sign) for k in range(difference.outputs) for sign in (1, -1)]
    tracker.follow("sup distance", tracker.supremum(terms))
    tracker.follow_entries()
    found = swept(difference, interval, domain, limits, tracker.see)
    functions = tracker.functions()
    functions |= _parameters(family, other, interval, limits.check_time)
    slopes = functions.get("w1inf distance")
    for name in _DISTANCES:
        if slopes is not None and name in functions:
            ratio = f"{name.partition(' ')[0]} ratio squared"
            functions[ratio] = functions[name].combined(slopes, _ratio)
    if is_shallow(family) and is_shallow(other):
        functions |= _least_size(family, other, interval, domain, limits)
    return found, functions


def _least_size(
    gamma: NetworkFamily,
    theta: NetworkFamily,
    interval: ParameterInterval,
    domain: DomainFamily,
    limits: Search,
) -> dict[str, PiecewiseFunction]:
    """Return a bound of ||Phi||_inf^2 for all Phi of Gamma's shape with R(Phi) = R(Theta).

    A gradient of m neurons is a sum of at most m products c_i (x) a_i, so |R(Phi)|_W <= m ||Phi||_inf^2.
    """
    tracker = _Tracker(theta, domain, interval)
    tracker.follow_entries()
    swept(theta, interval, domain, limits, tracker.see)
    share = RationalFunction.constant(Fraction(1, gamma.widths[1]))

    def divided(value: Value, _same: Value, _place: Number) -> Value:
        return value * share if isinstance(value, RationalFunction) else value

    slopes = tracker.functions().get("w1inf distance")
    return {} if slopes is None else {"fibre size squared at least": slopes.combined(slopes, divided)}


def _parameters(
    one: NetworkFamily, two: NetworkFamily, interval: ParameterInterval, checkpoint: Callable[[], None]
) -> dict[str, PiecewiseFunction]:
    poles = tuple(layer.denominator for family in (one, two) for layer in family.layers)
    found = {}
    for name, rule in _DISTANCES.items():
        steps = traced_steps(partial(rule, one, two), *interval.ends, poles, checkpoint)
        if any(value is not None for _, _, value in steps):
            found[name] = PiecewiseFunction.of(steps)
    return found


_DISTANCES = {
    "parameter distance": parameter_distance,
    "permutation distance": permutation_distance,
    "fibre distance at least": fibre_distance_bound,
}


def _ratio(distance: Value, slope: Value, number: Number) -> Value:
    """Return distance^2 / slope, which is not defined where the slope is 0."""
    if not isinstance(distance, RationalFunction) or not isinstance(slope, RationalFunction):
        return None
    if slope.is_zero or (number is not None and not sign_at(slope.numerator, number)):
        return None
    return distance * distance / slope
