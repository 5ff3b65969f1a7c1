"""The second road: small networks decided without exactrelu's engines, cells, polyhedra or matrices.

Of the package only the *data* are read: weights, biases, slopes and constraints, which are fractions. Rows
are composed with `fractions.Fraction` straight from the definition, every sign pattern is decided, by PPL's
NNC polyhedra (not necessarily closed ones, which the engine does not use) or by z3, and dimensions are
ranks of generators, or of points that z3 finds.
"""

from __future__ import annotations

import importlib
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import z3

from exactrelu.networks.network import Network
from exactrelu.polyhedra import ppl_library
from exactrelu.polyhedra.domain import Domain

_ = ppl_library.C_Polyhedron  # loaded with its care first: pplpy 0.9 changes how floats round
ppl = importlib.import_module("ppl")

Vector = Sequence[Fraction]
Bits = tuple[tuple[int, ...], ...]
ZERO = Fraction(0)


class Constraint(NamedTuple):
    """normal . x + offset RELATION 0, RELATION one of < <= = >= >."""

    normal: tuple[Fraction, ...]
    offset: Fraction
    relation: str

    def value(self, x: Vector) -> Fraction:
        """Return normal . x + offset."""
        return sum((a * b for a, b in zip(self.normal, x, strict=True)), self.offset)

    def holds(self, x: Vector) -> bool:
        """Return whether the point satisfies the constraint."""
        value = self.value(x)
        return {"<": value < 0, "<=": value <= 0, "=": value == 0, ">=": value >= 0, ">": value > 0}[
            str(self.relation)
        ]


def negated(relation: str) -> str:
    """Return the relation that holds where this one does not (for inequalities)."""
    return {"<": ">=", "<=": ">", ">=": "<", ">": "<="}[relation]


# the network, by its definition -----------------------------------------------------------------


def evaluate(network: Network, x: Vector) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Return the pre-activations of the hidden layers and the output, with plain fractions."""
    hidden, current = [], list(x)
    for layer in network.layers:
        hidden.append(
            [
                sum((w * v for w, v in zip(weights, current, strict=True)), bias)
                for weights, bias in zip(layer.weight, layer.bias, strict=True)
            ]
        )
        current = [
            (above if value > 0 else below) * value
            for value, (below, above) in zip(hidden[-1], slopes_after(network, len(hidden)), strict=False)
        ]
    return hidden[:-1], hidden[-1]


def slopes_after(network: Network, layer: int) -> Sequence[tuple[Fraction, Fraction]]:
    """Return the slopes below and above 0 of the neurons of a layer (from 1), none after the last."""
    return network.activations[layer - 1].slopes if layer < len(network.layers) else ()


def bit_widths(network: Network) -> list[int]:
    """Return, for each hidden layer, how many neurons have two different slopes: they have a bit."""
    layers = range(1, len(network.layers))
    return [sum(below != above for below, above in slopes_after(network, k)) for k in layers]


def slopes_on_cell(network: Network, layer: int, bits: Sequence[int]) -> list[Fraction]:
    """Return the slope of each neuron of a layer (from 1), given the bits of those that have one."""
    chosen = iter(bits)
    slopes = [
        below if below == above or not next(chosen) else above
        for below, above in slopes_after(network, layer)
    ]
    assert next(chosen, None) is None
    return slopes


def bent_rows(network: Network, layer: int, rows: Sequence[Any]) -> list[Any]:
    """Return those of the rows of a layer (from 1) whose neurons have a bit."""
    pairs = zip(rows, slopes_after(network, layer), strict=True)
    return [row for row, (below, above) in pairs if below != above]


def rows_on_cell(network: Network, bits: Bits) -> list[list[tuple[tuple[Fraction, ...], Fraction]]]:
    """Return, for each layer up to the output, the rows (normal, offset) that the bits give."""
    n = network.inputs
    current = [(tuple(Fraction(int(i == j)) for j in range(n)), ZERO) for i in range(n)]
    layers = []
    for k, layer in enumerate(network.layers):
        rows = []
        for weights, bias in zip(layer.weight, layer.bias, strict=True):
            normal = tuple(
                sum((w * row[0][j] for w, row in zip(weights, current, strict=True)), ZERO) for j in range(n)
            )
            offset = sum((w * row[1] for w, row in zip(weights, current, strict=True)), bias)
            rows.append((normal, offset))
        layers.append(rows)
        if k < len(bits) or bit_widths(network)[k : k + 1] == [0]:  # the text of no bits says no layers
            slopes = slopes_on_cell(network, k + 1, bits[k] if k < len(bits) else ())
            current = [
                (tuple(slope * entry for entry in normal), slope * offset)
                for slope, (normal, offset) in zip(slopes, rows, strict=True)
            ]
    return layers


def domain_constraints(domain: Domain) -> list[Constraint]:
    """Return the constraints of a domain as they are written."""
    return [Constraint(c.normal, c.offset, str(c.relation)) for c in domain.constraints]


def cell_constraints(network: Network, domain: Domain, bits: Bits, reading: str) -> list[Constraint]:
    """Return the constraints of a cell; in the `full` reading those of the half-open cell."""
    active = ">=" if reading == "closed" else ">"
    constraints = domain_constraints(domain)
    for k, (rows, layer_bits) in enumerate(zip(rows_on_cell(network, bits), bits, strict=False), start=1):
        for (normal, offset), bit in zip(bent_rows(network, k, rows), layer_bits, strict=True):
            constraints.append(Constraint(normal, offset, active if bit else "<="))
    return constraints


def all_bits(widths: Sequence[int]) -> Iterator[Bits]:
    """Yield every sign pattern, in the order of its text."""
    yield from itertools.product(*(tuple(itertools.product((0, 1), repeat=w)) for w in widths))


def text(bits: Bits) -> str:
    """Return the bits as the text of a configuration."""
    return "|".join("".join(map(str, layer)) for layer in bits)


def bits_of(configuration: str) -> Bits:
    """Return the bits of a configuration's text."""
    return tuple(tuple(map(int, layer)) for layer in configuration.split("|")) if configuration else ()


# feasibility and dimension ------------------------------------------------------------------------


def nnc_polyhedron(dimension: int, constraints: Iterable[Constraint]) -> ppl.NNC_Polyhedron:
    """Return PPL's polyhedron of the constraints, strict ones strict."""
    polyhedron = ppl.NNC_Polyhedron(dimension, "universe")
    for normal, offset, relation in constraints:
        scale = math.lcm(*(entry.denominator for entry in (*normal, offset)))
        expression = ppl.Linear_Expression([int(a * scale) for a in normal], int(offset * scale))
        match relation:
            case "<":
                polyhedron.add_constraint(expression < 0)
            case "<=":
                polyhedron.add_constraint(expression <= 0)
            case "=":
                polyhedron.add_constraint(expression == 0)
            case ">=":
                polyhedron.add_constraint(expression >= 0)
            case ">":
                polyhedron.add_constraint(expression > 0)
    return polyhedron


def is_feasible(dimension: int, constraints: Iterable[Constraint]) -> bool:
    """Return whether the constraints have a common point, by PPL."""
    return not nnc_polyhedron(dimension, constraints).is_empty()


def dimension_of(dimension: int, constraints: Iterable[Constraint]) -> int:
    """Return the dimension of the set, -1 if it is empty: the rank of PPL's generators."""
    polyhedron = nnc_polyhedron(dimension, constraints)
    if polyhedron.is_empty():
        return -1
    points, directions = [], []
    for generator in polyhedron.generators():
        entries = [Fraction(int(entry)) for entry in generator.coefficients()]
        entries += [ZERO] * (dimension - len(entries))
        if generator.is_line() or generator.is_ray():
            directions.append(entries)
        else:
            points.append([entry / int(generator.divisor()) for entry in entries])
    directions += [[a - b for a, b in zip(p, points[0], strict=True)] for p in points[1:]]
    return rank(directions)


def rank(rows: Sequence[Vector]) -> int:
    """Return the rank, by Gauss's elimination on fractions."""
    return len(reduced_echelon(rows))


def reduced_echelon(rows: Sequence[Vector]) -> list[list[Fraction]]:
    """Return the non-zero rows of the reduced row echelon form, pivots 1."""
    left = [list(row) for row in rows]
    done: list[list[Fraction]] = []
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [entry / pivot[column] for entry in pivot]

        def without(row: list[Fraction], pivot: list[Fraction] = pivot, j: int = column) -> list[Fraction]:
            return [a - row[j] * b for a, b in zip(row, pivot, strict=True)]

        left = [without(row) for row in left]
        done = [*(without(row) for row in done), pivot]
    return done


def configurations(network: Network, domain: Domain, reading: str) -> list[tuple[str, int]]:
    """Return all (configuration, dimension) that count, by deciding every sign pattern."""
    n = network.inputs
    whole = dimension_of(n, domain_constraints(domain))
    found = []
    for bits in all_bits(bit_widths(network)):
        size = dimension_of(n, cell_constraints(network, domain, bits, reading))
        if size >= 0 and (reading != "full" or size == whole):
            found.append((text(bits), size))
    return found


# the third road: z3 -------------------------------------------------------------------------------


def _z3_value(normal: Vector, offset: Fraction, variables: list[z3.ArithRef]) -> z3.ArithRef:
    terms = [z3.RealVal(str(a)) * x for a, x in zip(normal, variables, strict=True) if a]
    return z3.Sum(z3.RealVal(str(offset)), *terms)


def _z3_constraint(constraint: Constraint, variables: list[z3.ArithRef]) -> z3.BoolRef:
    value = _z3_value(constraint.normal, constraint.offset, variables)
    return {"<": value < 0, "<=": value <= 0, "=": value == 0, ">=": value >= 0, ">": value > 0}[
        constraint.relation
    ]


def z3_point(dimension: int, constraints: Sequence[Constraint], *, off: Sequence[Vector] = ()) -> list | None:
    """Return a point of the set, off the hyperplane of at least one row (a, c) of ``off``; None if none."""
    variables = [z3.Real(f"x{j}") for j in range(dimension)]
    solver = z3.SolverFor("QF_LRA")
    solver.add(*(_z3_constraint(constraint, variables) for constraint in constraints))
    if off:
        solver.add(z3.Or(*(_z3_value(row[:-1], row[-1], variables) != 0 for row in off)))
    verdict = solver.check()
    assert verdict != z3.unknown
    if verdict == z3.unsat:
        return None
    values = [solver.model().eval(x, model_completion=True) for x in variables]
    return [Fraction(v.numerator_as_long(), v.denominator_as_long()) for v in values]


def z3_dimension(dimension: int, constraints: Sequence[Constraint]) -> int:
    """Return the dimension of the set, -1 if it is empty: affinely independent points until there is none."""
    point = z3_point(dimension, constraints)
    if point is None:
        return -1
    points = [point]
    while hull := _hull_equations(points):
        point = z3_point(dimension, constraints, off=hull)
        if point is None:
            break
        points.append(point)
    return len(points) - 1


def _hull_equations(points: list[list[Fraction]]) -> list[list[Fraction]]:
    """Return rows (a, c) with a.x + c = 0 exactly on the affine hull of the points."""
    rows = reduced_echelon([[*point, Fraction(1)] for point in points])
    size = len(rows[0])
    pivots = [next(j for j, entry in enumerate(row) if entry) for row in rows]
    kernel = []
    for free in (j for j in range(size) if j not in pivots):
        row = [Fraction(int(j == free)) for j in range(size)]
        for pivot, base in zip(pivots, rows, strict=True):
            row[pivot] = -base[free]
        kernel.append(row)
    return kernel


def z3_configurations(network: Network, domain: Domain, reading: str) -> list[tuple[str, int]]:
    """Return what `configurations` returns, by z3."""
    n = network.inputs
    whole = z3_dimension(n, domain_constraints(domain))
    found = []
    for bits in all_bits(bit_widths(network)):
        size = z3_dimension(n, cell_constraints(network, domain, bits, reading))
        if size >= 0 and (reading != "full" or size == whole):
            found.append((text(bits), size))
    return found


# proofs -------------------------------------------------------------------------------------------


def primitive_entries(normal: Vector, offset: Fraction) -> tuple[int, ...]:
    """Return the primitive integer row that is a positive multiple of (normal, offset)."""
    row = (*normal, offset)
    scale = math.lcm(*(entry.denominator for entry in row))
    integers = [int(entry * scale) for entry in row]
    common = math.gcd(*integers) or 1
    return tuple(entry // common for entry in integers)


def refutes(multipliers: Sequence[Fraction], constraints: Sequence[tuple[Sequence[int], str]]) -> bool:
    """Return whether the multipliers are a Motzkin proof that rows (a, c) R 0, R in > >= =, have no point.

    With f = sum of multiplier times row, non-negative multipliers of the inequalities make f >= 0 at a
    solution, and f > 0 if a strict row takes part. So f constant and negative, or zero with a strict row
    taking part, refutes the system.
    """
    if len(multipliers) != len(constraints):
        return False
    total = [Fraction(0)] * len(constraints[0][0]) if constraints else []
    takes_part = False
    for m, (entries, relation) in zip(multipliers, constraints, strict=True):
        if relation != "=" and m < 0:
            return False
        takes_part = takes_part or (relation == ">" and m > 0)
        total = [t + m * entry for t, entry in zip(total, entries, strict=True)]
    if not total or any(total[:-1]):
        return False
    return total[-1] < 0 or (total[-1] == 0 and takes_part)


_CHILDREN = {"half-open": ("≤>",), "closed": ("≤≥",), "full": ("<>", "<=>")}


def is_complete_tree(reading: str, neurons: int, leaves: Sequence[tuple[str, bool]]) -> bool:
    """Return whether (path, reached) are all leaves, in order, of one case tree of the reading.

    A reached leaf decides every neuron. In `full` the ``=`` child says "zero on the whole cell", so
    its siblings hold no configuration; without it a node has the two open sides.
    """
    position = 0

    def consume(prefix: str) -> bool | None:
        """Read the leaves under ``prefix``; return whether one is reached, None if they are no tree."""
        nonlocal position
        if position == len(leaves):
            return None
        path, reached = leaves[position]
        if path == prefix:
            position += 1
            return None if reached and len(path) != neurons else reached
        if not path.startswith(prefix) or len(prefix) == neurons:
            return None
        start = position
        for codes in _CHILDREN[reading]:
            position = start
            results = {code: consume(prefix + code) for code in codes}
            if None not in results.values():
                lone = "=" not in results or not (results["<"] or results[">"])
                return any(results.values()) if lone else None
        return None

    return consume("") is not None and position == len(leaves)
