"""Values that seem to be combinations of others on a domain: found at points, to be proved elsewhere.

At points of the domain the values of a layer, those of the layer before and 1 are the columns of a matrix.
A bent neuron whose column is a combination of columns before it may be that combination on the whole
domain: two neurons that differ only elsewhere, relu(relu(x) - relu(-x)), which is relu(x), constants, and all
else that is linear in what is there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from flint import fmpq_mat, nmod_mat

from exactrelu.deep.exact_solving import PRIME, fraction_of, pivots_of, rational_matrix
from exactrelu.deep.facts import Fact
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator

_ZERO = Fraction(0)


class _Table(NamedTuple):
    """The values at points: columns 1, z_{k-1}, and the bent neurons ``bent`` of layer k."""

    rows: list[Point]
    before: int
    bent: tuple[int, ...]


def supposed_facts(network: Network, layer: int, points: Sequence[Point]) -> list[Fact]:
    """Return what the values of a layer's bent neurons are at all points, in terms of others.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, -1], [1, 1]], None), ([[1, 1]], None)])
    >>> points = [(Fraction(p),) for p in range(-5, 6)]
    >>> [fact.sentence for fact in supposed_facts(net, 2, points)]
    ['equal to z0 of layer 1', 'equal to z0 + z1 of layer 1']
    """
    table = _table(network, layer, points)
    count = 1 + table.before
    pivots = _pivots(table)
    dependent = [j for j in range(count, count + len(table.bent)) if j not in set(pivots)]
    if not dependent:
        return []
    solved = _combinations(table, pivots, dependent)
    if solved is None:
        return []
    pairs = zip(dependent, solved, strict=True)
    facts = [_fact(layer, table, j, dict(zip(pivots, combination, strict=True))) for j, combination in pairs]
    return [fact for fact in facts if not _is_of_opposite(network, fact)]


def _is_of_opposite(network: Network, fact: Fact) -> bool:
    """Return whether a fact says relu(-h) = relu(h) - h: it holds everywhere and saves no neuron."""
    rows = network.layers[fact.layer - 1].rows
    own = primitive_from_rationals(rows[fact.neuron])
    opposite = tuple(-entry for entry in own)
    return len(fact.others) == 1 and primitive_from_rationals(rows[fact.others[0][0]]) == opposite


def points_needed(network: Network, layer: int) -> int:
    """Return how many points show what is no combination, as a rule.

    Examples
    --------
    >>> points_needed(Network.from_rationals([([[1], [-1]], None), ([[1, -1]], None), ([[1]], None)]), 2)
    20
    """
    return 1 + network.widths[layer - 1] + network.widths[layer] + 16


def _table(network: Network, layer: int, points: Sequence[Point]) -> _Table:
    part, activation = network.first_layers(layer), network.activations[layer - 1]
    rows = []
    for x in points:
        before = hidden_values(part, x)[-1]
        values = activation(part.layers[-1](before))
        rows.append((Fraction(1), *before, *activation.bent_of(values)))
    return _Table(rows, network.widths[layer - 1], activation.bent)


def hidden_values(network: Network, x: Point) -> list[Point]:
    """Return z_0 = x, z_1, ..., the values of the hidden layers of a network.

    Examples
    --------
    >>> hidden_values(Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)]), (Fraction(2),))[1]
    (Fraction(2, 1), Fraction(0, 1))
    """
    values = [tuple(x)]
    for activation, y in zip(network.activations, network.preactivations(x), strict=True):
        values.append(activation(y))
    return values


def _pivots(table: _Table) -> list[int]:
    rows = []
    for row in table.rows:
        scale = common_denominator(row)
        rows.append([entry.numerator * (scale // entry.denominator) % PRIME for entry in row])
    return pivots_of(nmod_mat(rows, PRIME))


def _combinations(table: _Table, pivots: list[int], dependent: list[int]) -> list[Point] | None:
    """Return the coefficients of dependent columns in the pivot columns, None if the prime was unlucky."""
    chosen = _rows_that_decide(table, pivots)
    if len(chosen) < len(pivots):
        return None
    square = rational_matrix([[table.rows[i][j] for j in pivots] for i in chosen])
    wanted = rational_matrix([[table.rows[i][j] for j in dependent] for i in chosen])
    solution: fmpq_mat = square.solve(wanted)
    columns = zip(*solution.tolist(), strict=True)
    return [tuple(fraction_of(entry) for entry in column) for column in columns]


def _rows_that_decide(table: _Table, pivots: list[int]) -> list[int]:
    transposed = []
    for j in pivots:
        column = [row[j] for row in table.rows]
        scale = common_denominator(column)
        transposed.append([entry.numerator * (scale // entry.denominator) % PRIME for entry in column])
    return pivots_of(nmod_mat(transposed, PRIME))


def _fact(layer: int, table: _Table, column: int, combination: dict[int, Fraction]) -> Fact:
    count = 1 + table.before
    row = (*(combination.get(j, _ZERO) for j in range(1, count)), combination.get(0, _ZERO))
    others = tuple(
        (table.bent[j - count], factor) for j, factor in sorted(combination.items()) if j >= count and factor
    )
    return Fact(layer, table.bent[column - count], row, others, _sentence(layer, row, others))


def _sentence(layer: int, row: Point, others: Sequence[tuple[int, Fraction]]) -> str:
    """Return the combination for people, shortened where it is long."""
    terms = [(f"z{j}", a) for j, a in enumerate(row[:-1]) if a]
    if not terms and not others:
        return f"the constant {row[-1]}"
    text = _sum_text([*terms, *((f"neuron {j}", a) for j, a in others), ("", row[-1])])
    return f"equal to {text}" + (f" of layer {layer - 1}" if terms else "")


def _sum_text(terms: Sequence[tuple[str, Fraction]]) -> str:
    shown = [(name, a) for name, a in terms if a]
    text = ""
    for name, a in shown[:6]:
        size = name if abs(a) == 1 and name else f"{abs(a)} {name}".strip()
        text += f" {'-' if a < 0 else '+'} {size}"
    text = text[3:] if text.startswith(" + ") else "-" + text[3:]
    return text + (f" + ... ({len(shown)} terms)" if len(shown) > 6 else "")
