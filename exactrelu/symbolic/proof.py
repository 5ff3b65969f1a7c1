"""Proofs of (11) and (12) as identities of polynomials.

The left sides are computed by polynomial matrix products, layer by layer as the network is defined. The
right sides are the statement of a `SymbolicDecomposition`: sums over single paths and outer products. Two
polynomials are equal exactly if all their coefficients are, so equality here is equality for all
weights; with symbolic bits both sides are brought to their normal form modulo theta^2 = theta first, and
equality is equality for all weights and all support patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from exactrelu.errors import NetworkError
from exactrelu.networks.configuration import Configuration
from exactrelu.symbolic.decomposition import SymbolicDecomposition, atom_sum, symbolic_decomposition
from exactrelu.symbolic.matrices import (
    Matrix,
    Vector,
    diagonal,
    dot,
    rows_times,
    times,
    times_vector,
)
from exactrelu.symbolic.network import SymbolicNetwork
from exactrelu.symbolic.ring import Polynomial

_Entry = tuple[tuple[int, ...], Polynomial, Polynomial]  # place, left side, right side


@dataclass(frozen=True)
class Identity:
    """One family of identities: its formula, how many entries and how many monomials were compared."""

    formula: str
    entries: int
    monomials: int


@dataclass(frozen=True)
class Mismatch:
    """An entry of an identity whose sides differ; ``difference`` = left - right, a sympy expression."""

    formula: str
    place: tuple[int, ...]
    difference: Any


@dataclass(frozen=True)
class IdentityReport:
    """What was proved, or where it failed.

    Parameters
    ----------
    widths
        The architecture (N_0, ..., N_L).
    configuration
        The support pattern, None for all at once.
    indeterminates, bits, inputs
        How many indeterminates are weights and biases, symbolic bits, and inputs x (in (12)).
    identities
        The identities that were compared.
    mismatches
        Where they fail; empty if all hold.
    """

    widths: tuple[int, ...]
    configuration: Configuration | None
    indeterminates: int
    bits: int
    inputs: int
    identities: tuple[Identity, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def proved(self) -> bool:
        """Whether all identities hold."""
        return not self.mismatches

    @property
    def monomials(self) -> int:
        """The number of monomials compared in all."""
        return sum(identity.monomials for identity in self.identities)

    def __str__(self) -> str:
        pattern = (
            "all configurations" if self.configuration is None else f"configuration {self.configuration}"
        )
        symbols = f"{self.indeterminates} weights, {self.bits} bits, {self.inputs} inputs as indeterminates"
        verdict = "proved" if self.proved else f"refuted at {len(self.mismatches)} entries"
        lines = [f"{'-'.join(map(str, self.widths))}, {pattern} ({symbols}): {verdict}"]
        lines += [f"  {i.formula}: {i.entries} entries, {i.monomials} monomials" for i in self.identities]
        return "\n".join(lines)


def prove_theorem_5(network: SymbolicNetwork, configuration: Configuration | None = None) -> IdentityReport:
    """Prove (11) and (12) for one support pattern, or for all at once, and for all values of the symbols.

    Parameters
    ----------
    network
        A network with L >= 2 whose weights are polynomials, all, some or none of them rational.
    configuration
        A support pattern; None: the bits are indeterminates with theta^2 = theta.

    Returns
    -------
    IdentityReport
        ``report.proved`` is True: the theorem holds.

    Raises
    ------
    ConfigurationError, NetworkError
        As in `symbolic_decomposition`.

    Examples
    --------
    >>> report = prove_theorem_5(SymbolicNetwork.generic((2, 2, 2, 1)))
    >>> print(report)
    2-2-2-1, all configurations (15 weights, 4 bits, 2 inputs as indeterminates): proved
      W_L diag(theta_{L-1}) ... W_1 = sum of atoms: 2 entries, 8 monomials
      c = diag(theta_{L-1}) W_{L-1} ... W_2 diag(theta_1): 4 entries, 4 monomials
      columns and rows of the atoms: 12 entries, 12 monomials
      alpha(x) = diag(theta_{L-1}) W_{L-1} ... W_1 x: 2 entries, 8 monomials
      b = M(0): 1 entries, 7 monomials
      M(x) = sum of alpha(x) w_L + b: 1 entries, 15 monomials

    References
    ----------
    Heinecke & Hwang, Theorem 5 and (12).
    """
    return check_identities(symbolic_decomposition(network, configuration))


def check_identities(statement: SymbolicDecomposition) -> IdentityReport:
    """Compare what a decomposition states with the network, as polynomials.

    Any statement may be given; one with a wrong coefficient, without an atom, or with swapped indices is
    refused: the report names the entries where it fails, with the difference of the two sides.

    Raises
    ------
    NetworkError
        If an index of the statement names no neuron, or a vector does not have the length it must.

    Examples
    --------
    >>> from dataclasses import replace
    >>> right = symbolic_decomposition(SymbolicNetwork.generic((1, 1, 1, 1), biases=False))
    >>> check_identities(replace(right, atoms=())).mismatches[0].difference
    theta1_0*theta2_0*w1_0_0*w2_0_0*w3_0_0
    """
    network = statement.network
    masks = network.masks(statement.configuration)
    _require_shapes(statement)
    identities, mismatches = [], []
    for formula, side in _SIDES:
        compared, failed = _compare(formula, network, side(statement, masks))
        identities.append(compared)
        mismatches += failed
    return IdentityReport(
        network.widths,
        statement.configuration,
        len(network.indeterminates),
        sum(map(len, network.bits)) if statement.configuration is None else 0,
        len(network.inputs),
        tuple(identities),
        tuple(mismatches),
    )


def _require_shapes(statement: SymbolicDecomposition) -> None:
    widths = statement.network.widths
    neurons = {(atom.last_hidden, atom.first_hidden) for atom in statement.atoms}
    neurons |= {(i, 0) for i, _ in statement.alphas}
    outside = [pair for pair in neurons if not (0 <= pair[0] < widths[-2] and 0 <= pair[1] < widths[1])]
    if outside:
        raise NetworkError(
            f"statement: expected neurons of widths {widths[-2]}, {widths[1]}, got {outside[0]}"
        )
    lengths = {(len(statement.bias), widths[0])}
    lengths |= {(len(atom.column), len(atom.row)) for atom in statement.atoms}
    if lengths != {(widths[-1], widths[0])}:
        raise NetworkError(f"statement: expected vectors of lengths {widths[-1]}, {widths[0]}, got {lengths}")


def _compare(
    formula: str, network: SymbolicNetwork, entries: Iterable[_Entry]
) -> tuple[Identity, list[Mismatch]]:
    ring = network.ring
    number = monomials = 0
    mismatches = []
    for place, left, right in entries:
        one, two = ring.reduced(left), ring.reduced(right)
        number += 1
        monomials += len(one)
        if one != two:
            mismatches.append(Mismatch(formula, place, ring.to_sympy(one - two)))
    return Identity(formula, number, monomials), mismatches


# the identities: each yields (place, left side by matrix products, right side as stated) -----------


def _atom_sums(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    yield from _matrix_entries(_linear_maps(statement.network, masks)[-1], atom_sum(statement))


def _coefficients(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    """Compare the coefficients with the middle product, entry by entry; a missing atom states 0."""
    network, zero = statement.network, statement.network.ring.zero
    product = diagonal(masks[0], zero)
    for weight, mask in zip(network.weights[1:-1], masks[1:], strict=True):
        product = rows_times(mask, times(weight, product, zero))
    stated = [[zero] * len(masks[0]) for _ in masks[-1]]
    for atom in statement.atoms:
        row = stated[atom.last_hidden]
        row[atom.first_hidden] = row[atom.first_hidden] + atom.coefficient
    yield from _matrix_entries(product, stated)


def _factors(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    """Compare columns and rows with those of W_L diag(theta_{L-1}) and diag(theta_1) W_1."""
    weights = statement.network.weights
    for atom in statement.atoms:
        i, j = atom.last_hidden, atom.first_hidden
        for r, entry in enumerate(atom.column):
            yield (i, j, r), weights[-1][r][i] * masks[-1][i], entry
        for s, entry in enumerate(atom.row):
            yield (i, j, s), masks[0][j] * weights[0][j][s], entry


def _alphas(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    network, ring = statement.network, statement.network.ring
    point = tuple(ring.generator(x) for x in network.inputs)
    stated = dict(statement.alphas)
    preactivation = times_vector(_linear_maps(network, masks)[-2], point, ring.zero)
    for i, (bit, y) in enumerate(zip(masks[-1], preactivation, strict=True)):
        yield (i,), bit * y, stated.get(i, ring.zero)


def _biases(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    zero = statement.network.ring.zero
    value = _value(statement.network, masks, (zero,) * statement.network.widths[0])
    for i, (left, right) in enumerate(zip(value, statement.bias, strict=True)):
        yield (i,), left, right


def _values(statement: SymbolicDecomposition, masks: tuple[Vector, ...]) -> Iterator[_Entry]:
    """Compare the network's value at the symbolic point x with (12)."""
    network, ring = statement.network, statement.network.ring
    value = _value(network, masks, tuple(ring.generator(x) for x in network.inputs))
    for r, (left, row, b) in enumerate(zip(value, network.weights[-1], statement.bias, strict=True)):
        columns = [row[i] * masks[-1][i] for i, _ in statement.alphas]
        yield (r,), left, dot(columns, [alpha for _, alpha in statement.alphas], ring.zero) + b


_SIDES: tuple[tuple[str, Callable[[SymbolicDecomposition, tuple[Vector, ...]], Iterator[_Entry]]], ...] = (
    ("W_L diag(theta_{L-1}) ... W_1 = sum of atoms", _atom_sums),
    ("c = diag(theta_{L-1}) W_{L-1} ... W_2 diag(theta_1)", _coefficients),
    ("columns and rows of the atoms", _factors),
    ("alpha(x) = diag(theta_{L-1}) W_{L-1} ... W_1 x", _alphas),
    ("b = M(0)", _biases),
    ("M(x) = sum of alpha(x) w_L + b", _values),
)


def _linear_maps(network: SymbolicNetwork, masks: tuple[Vector, ...]) -> list[Matrix]:
    """Return W_1, W_2 diag(theta_1) W_1, ..., W_L diag(theta_{L-1}) ... W_1, by matrix products."""
    maps = [network.weights[0]]
    for weight, mask in zip(network.weights[1:], masks, strict=True):
        maps.append(times(weight, rows_times(mask, maps[-1]), network.ring.zero))
    return maps


def _value(network: SymbolicNetwork, masks: tuple[Vector, ...], point: Vector) -> Vector:
    """Return M_L diag(theta_{L-1}) ... diag(theta_1) M_1 at a point, layer by layer."""

    def layer(current: Vector, k: int) -> Vector:
        hidden = tuple(bit * y for bit, y in zip(masks[k - 1], current, strict=True)) if k else current
        linear = times_vector(network.weights[k], hidden, network.ring.zero)
        return tuple(y + b for y, b in zip(linear, network.biases[k], strict=True))

    return reduce(layer, range(network.depth), point)


def _matrix_entries(left: Matrix, right: list[list[Polynomial]]) -> Iterator[_Entry]:
    for i, (mine, theirs) in enumerate(zip(left, right, strict=True)):
        for j, (one, two) in enumerate(zip(mine, theirs, strict=True)):
            yield (i, j), one, two
