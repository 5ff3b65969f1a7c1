"""Questions about networks as SMT-LIB 2 scripts in the logic QF_LRA, for any solver that reads them.

A script declares ``x_j`` (inputs), ``y_k_i`` (pre-activations of hidden layer k from 1, neuron i from 0),
``h_k_i`` (what the neuron makes of it, an ``ite``) and ``out_i`` (outputs); a second network has these names
with the prefix ``b_``. Numbers are exact: ``(/ (- 1) 3)``. Inputs are restricted to the domain. What the
answer means stands on top:

============= =======================================================================================
question      ``sat`` if and only if
============= =======================================================================================
configuration the configuration counts on the domain, in the reading
bounds        some point of the domain violates one of the bounds
equality      the networks differ at some point of the domain
network       the domain is not empty: the script only defines the network, for questions of one's own
============= =======================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.analysis.equality import require_one_shape
from exactrelu.enumeration import Problem
from exactrelu.errors import ArgumentError, NetworkError, PropertyError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import layerwise, rows_with_bits
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import reduce_modulo
from exactrelu.numbers.rationals import format_integer
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.linear_bound import LinearBound

_NEGATED = {
    Relation.LESS: ">=",
    Relation.AT_MOST: ">",
    Relation.AT_LEAST: "<",
    Relation.GREATER: "<=",
    Relation.EQUAL: "distinct",
}


@dataclass(frozen=True)
class OutputBound:
    """The claim that output ``output`` (from 0) stands in ``relation`` to ``value`` on the whole domain."""

    output: int
    relation: Relation
    value: Fraction

    @classmethod
    def parse(cls, text: str) -> OutputBound:
        """Return the bound written as in ``y0 <= 5/2``: a `LinearBound` on one output.

        Raises
        ------
        ArgumentError
            If the text is no bound.

        Examples
        --------
        >>> OutputBound.parse("y1 > -3")
        OutputBound(output=1, relation=<Relation.GREATER: '>'>, value=Fraction(-3, 1))
        """
        bound = LinearBound.parse(text)
        if bound.x or len(bound.y) != 1 or bound.y[0][1] != 1:
            raise ArgumentError(f"bound: expected one such as 'y0 <= 5/2', got {text!r}")
        return cls(bound.y[0][0], bound.relation, -bound.offset)

    @property
    def linear(self) -> LinearBound:
        """The same bound as a linear one."""
        return LinearBound((), ((self.output, Fraction(1)),), -self.value, self.relation)


def configuration_script(
    network: Network,
    configuration: Configuration | str,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
) -> str:
    """Return the script that is satisfiable if and only if the configuration counts on the domain.

    In ``full`` inactive neurons are strictly negative, save those that vanish on the domain's affine hull:
    the rest of the rows is then open relative to the domain, so one point is enough.

    Raises
    ------
    ConfigurationError
        If the configuration does not have a bit for each hidden neuron.
    DomainError
        If the domain lies in another space.

    Examples
    --------
    >>> net = Network.from_rationals([([["-1/3"]], None), ([[1]], None)])
    >>> print(configuration_script(net, "1"))
    ; sat if and only if the configuration 1 counts on the domain, reading half-open
    (set-logic QF_LRA)
    (declare-const x_0 Real)
    (declare-const y_1_0 Real)
    (assert (= y_1_0 (* (/ (- 1) 3) x_0)))
    (declare-const h_1_0 Real)
    (assert (= h_1_0 (ite (> y_1_0 0) y_1_0 0)))
    (declare-const out_0 Real)
    (assert (= out_0 h_1_0))
    (assert (> y_1_0 0))
    (check-sat)
    <BLANKLINE>
    """
    problem = Problem.of(network, domain, reading)
    if isinstance(configuration, str):
        configuration = Configuration.parse(configuration, network.bent_widths)
    relations = _relations(problem, configuration)
    title = f"the configuration {configuration} counts on the domain, reading {problem.reading}"
    claims = [
        f"({relation} y_{k}_{network.activations[k - 1].bent[i]} 0)"
        for (k, i, _), relation in zip(configuration.bits(), relations, strict=True)
    ]
    return _script(title, [("", network)], problem.domain, claims)


def bounds_script(
    network: Network, bounds: Sequence[OutputBound | LinearBound], domain: Domain | None = None
) -> str:
    """Return the script that is satisfiable if and only if a point of the domain violates one of the bounds.

    Raises
    ------
    NetworkError
        If a bound names an input or output that there is not.
    DomainError
        If the domain lies in another space.

    Examples
    --------
    >>> net = Network.from_rationals([([[1]], None)])
    >>> print(bounds_script(net, [OutputBound(0, Relation.AT_MOST, Fraction(1, 2))]).splitlines()[-2])
    (assert (> out_0 (/ 1 2)))
    """
    problem = Problem.of(network, domain)
    linear = [bound.linear if isinstance(bound, OutputBound) else bound for bound in bounds]
    for bound in linear:
        try:
            bound.require_shape(network.inputs, network.outputs)
        except PropertyError as error:
            raise NetworkError(str(error)) from None
    title = "a point of the domain violates one of the bounds "
    title += ", ".join(_comparison(bound, str(bound.relation), infix=True) for bound in linear)
    violated = _any([_comparison(bound, _NEGATED[bound.relation]) for bound in linear])
    return _script(title, [("", network)], problem.domain, [violated])


def inequality_script(one: Network, two: Network, domain: Domain | None = None) -> str:
    """Return the script that is satisfiable if and only if the networks differ at a point of the domain.

    Raises
    ------
    NetworkError
        If the networks have different numbers of inputs or outputs.
    DomainError
        If the domain lies in another space.

    Examples
    --------
    >>> net = Network.from_rationals([([[1]], None)])
    >>> print(inequality_script(net, net).splitlines()[-2])
    (assert (distinct out_0 b_out_0))
    """
    problem = Problem.of(one, domain)
    require_one_shape(one, two)
    differences = [f"(distinct out_{i} b_out_{i})" for i in range(one.outputs)]
    title = "the networks differ at a point of the domain"
    return _script(title, [("", one), ("b_", two)], problem.domain, [_any(differences)])


def network_script(network: Network, domain: Domain | None = None) -> str:
    """Return the script that defines the outputs on the domain, satisfiable unless this is empty.

    Raises
    ------
    DomainError
        If the domain lies in another space.

    Examples
    --------
    >>> net = Network.from_rationals([([["1/2"]], None)])
    >>> print(network_script(net))
    ; sat if and only if the domain is not empty: out_0 to out_0 are the network at x_0 to x_0
    (set-logic QF_LRA)
    (declare-const x_0 Real)
    (declare-const out_0 Real)
    (assert (= out_0 (* (/ 1 2) x_0)))
    (check-sat)
    <BLANKLINE>
    """
    problem = Problem.of(network, domain)
    names = f"out_0 to out_{network.outputs - 1} are the network at x_0 to x_{network.inputs - 1}"
    return _script(f"the domain is not empty: {names}", [("", network)], problem.domain, [])


def _relations(problem: Problem, configuration: Configuration) -> list[str]:
    """Return the relation to 0 of each hidden neuron's pre-activation, in order."""
    maps = layerwise(problem.network, configuration)  # refuses a configuration of other widths
    neurons = list(rows_with_bits(problem.network, configuration, maps))
    if problem.reading is not Reading.FULL:
        return [str(problem.reading.relations[bit]) for _, bit in neurons]
    domain = problem.domain
    equations = domain.equations
    return [">" if bit else "<" if any(reduce_modulo(row, equations)) else "=" for row, bit in neurons]


def _script(title: str, networks: list[tuple[str, Network]], domain: Domain, claims: Sequence[str]) -> str:
    lines = [f"; sat if and only if {title}", "(set-logic QF_LRA)"]
    inputs = [f"x_{j}" for j in range(domain.dimension)]
    lines += [f"(declare-const {x} Real)" for x in inputs]
    for constraint in domain.constraints:
        value = _affine(constraint.normal, constraint.offset, inputs)
        lines.append(f"(assert ({constraint.relation} {value} 0))")
    for prefix, network in networks:
        lines += _network_lines(prefix, network, inputs)
    lines += [f"(assert {claim})" for claim in claims]
    return "\n".join([*lines, "(check-sat)", ""])


def _network_lines(prefix: str, network: Network, inputs: list[str]) -> Iterator[str]:
    current = inputs
    hidden = zip(network.layers, network.activations, strict=False)
    for k, (layer, activation) in enumerate(hidden, start=1):
        names = [f"{prefix}y_{k}_{i}" for i in range(layer.outputs)]
        yield from _layer_lines(names, layer, current)
        current = [f"{prefix}h_{k}_{i}" for i in range(layer.outputs)]
        for h, y, (below, above) in zip(current, names, activation.slopes, strict=True):
            low, high = (_affine([slope], Fraction(0), [y]) for slope in (below, above))
            yield f"(declare-const {h} Real)"
            yield f"(assert (= {h} {low if low == high else f'(ite (> {y} 0) {high} {low})'}))"
    outputs = [f"{prefix}out_{i}" for i in range(network.outputs)]
    yield from _layer_lines(outputs, network.layers[-1], current)


def _layer_lines(names: list[str], layer: AffineMap, before: list[str]) -> Iterator[str]:
    for name, row in zip(names, layer.rows, strict=True):
        yield f"(declare-const {name} Real)"
        yield f"(assert (= {name} {_affine(row[:-1], row[-1], before)}))"


def _affine(weights: Sequence[Fraction], offset: Fraction, names: Sequence[str]) -> str:
    """Return the term of the affine function, without zero terms and factors 1."""
    terms = [
        name if weight == 1 else f"(* {_number(weight)} {name})"
        for weight, name in zip(weights, names, strict=True)
        if weight
    ]
    if offset or not terms:
        terms.append(_number(offset))
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _number(value: Fraction) -> str:
    numerator = format_integer(abs(value.numerator))
    signed = f"(- {numerator})" if value < 0 else numerator
    return signed if value.denominator == 1 else f"(/ {signed} {format_integer(value.denominator)})"


def _any(terms: Sequence[str]) -> str:
    """Return the disjunction; of nothing it is false."""
    return f"(or {' '.join(terms)})" if len(terms) > 1 else next(iter(terms), "false")


def _comparison(bound: LinearBound, relation: str, *, infix: bool = False) -> str:
    """Return the terms of a bound in a relation to minus its offset."""
    named = [(f"x_{i}", a) for i, a in bound.x] + [(f"out_{j}", a) for j, a in bound.y]
    left = _affine([a for _, a in named], Fraction(0), [name for name, _ in named])
    right = _number(-bound.offset)
    return f"{left} {relation} {right}" if infix else f"({relation} {left} {right})"
