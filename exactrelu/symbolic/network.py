"""ReLU networks whose weights are polynomials in indeterminates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from exactrelu.errors import ConfigurationError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import rational_at
from exactrelu.symbolic.matrices import Matrix, Vector
from exactrelu.symbolic.ring import PolynomialRing, symbols_of

_Rows = list[list[Any]]


@dataclass(frozen=True, repr=False, eq=False)
class SymbolicNetwork:
    """A network with L >= 2 layers whose weights and biases are polynomials over the rationals.

    `generic` and `from_matrices` make it. Besides the symbols of the weights its ring has a symbol for
    each input (``x0``, ...) and for the bit of each hidden neuron (``theta1_0``, ...: layer from 1,
    neuron from 0).

    Parameters
    ----------
    ring
        The polynomial ring of all these symbols.
    weights
        W_1, ..., W_L, W_l of shape N_l x N_{l-1}.
    biases
        b_1, ..., b_L.
    indeterminates
        The symbols of the weights and biases.
    inputs
        The symbols of the inputs, one for each of N_0.
    bits
        The symbols theta_{k,i} of the bits of each hidden layer.

    Examples
    --------
    >>> from sympy import Matrix, symbols
    >>> a, b = symbols("a b")
    >>> net = SymbolicNetwork.from_matrices([Matrix([[a], [2]]), Matrix([[b, a * b - 1]])])
    >>> net, net.indeterminates
    (<SymbolicNetwork 1-2-1 in 2 indeterminates>, (a, b))
    """

    ring: PolynomialRing
    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...]
    indeterminates: tuple[Any, ...]
    inputs: tuple[Any, ...]
    bits: tuple[tuple[Any, ...], ...]

    @classmethod
    def generic(cls, widths: Sequence[int], *, biases: bool = True) -> SymbolicNetwork:
        """Return the network of widths (N_0, ..., N_L) all of whose weights are indeterminates.

        The entry of W_l in row i and column j is the symbol ``w<l>_<i>_<j>``, that of b_l is
        ``b<l>_<i>``; layers are counted from 1, neurons from 0. Without ``biases`` they are zero.

        Raises
        ------
        NetworkError
            If there are fewer than three widths, or one is not positive.

        Examples
        --------
        >>> SymbolicNetwork.generic((2, 3, 1))
        <SymbolicNetwork 2-3-1 in 13 indeterminates>
        """
        import sympy

        if min(widths, default=1) < 1:
            raise NetworkError(f"widths: expected positive numbers, got {tuple(widths)}")
        symbol = sympy.Symbol
        layers = list(enumerate(pairwise(widths), start=1))
        weights = [
            [[symbol(f"w{k}_{i}_{j}") for j in range(columns)] for i in range(rows)]
            for k, (columns, rows) in layers
        ]
        offsets = [[symbol(f"b{k}_{i}") if biases else 0 for i in range(rows)] for k, (_, rows) in layers]
        return cls.from_matrices(weights, offsets)

    @classmethod
    def from_matrices(cls, weights: Sequence[Any], biases: Sequence[Any] | None = None) -> SymbolicNetwork:
        """Return the network of the given matrices, all or some of whose entries hold indeterminates.

        Parameters
        ----------
        weights
            W_1, ..., W_L, L >= 2, each a sympy Matrix or a list of rows. Entries are exact rationals or
            sympy polynomials with rational coefficients in any symbols; one symbol may occur often.
        biases
            b_1, ..., b_L, each a sympy Matrix with one column or row, a list, or None for zero.

        Raises
        ------
        NetworkError
            If there are fewer than two layers, shapes do not chain, an entry is no polynomial, or a
            symbol has the name of an input or a bit. The message names the layer and the entry.
        InexactNumberError, NumberSyntaxError
            For an entry with a float or that is no rational.
        """
        tables = [_rows_of(weight, f"layers[{k}].weight") for k, weight in enumerate(weights)]
        columns = _columns_of(tables, biases)
        places = _places(tables, columns)
        found = {symbol: None for place, entry in places for symbol in symbols_of(place, entry)}
        inputs, bits = _own_symbols(len(tables[0][0]), [len(table) for table in tables[:-1]])
        own = [*inputs, *(bit for layer in bits for bit in layer)]
        clash = {str(symbol) for symbol in own} & {str(symbol) for symbol in found}
        if clash:
            raise NetworkError(f"symbols: {min(clash)} is the name of an input or a bit; rename the weight")
        ring = PolynomialRing([*found, *own], own[len(inputs) :])
        polynomials = iter([ring.from_sympy(place, entry) for place, entry in places])
        read_weights = tuple(
            tuple(tuple(next(polynomials) for _ in row) for row in table) for table in tables
        )
        read_biases = tuple(tuple(next(polynomials) for _ in column) for column in columns)
        return cls(ring, read_weights, read_biases, tuple(found), inputs, bits)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths (N_0, ..., N_L)."""
        return (len(self.inputs), *(len(weight) for weight in self.weights))

    @property
    def depth(self) -> int:
        """The number L of affine maps."""
        return len(self.weights)

    def masks(self, configuration: Configuration | None) -> tuple[Vector, ...]:
        """Return the diagonals of diag(theta_1), ..., diag(theta_{L-1}): 0 and 1, or the symbols theta.

        Raises
        ------
        ConfigurationError
            If the configuration does not have a bit for each hidden neuron.
        """
        ring = self.ring
        if configuration is None:
            return tuple(tuple(ring.generator(bit) for bit in layer) for layer in self.bits)
        if configuration.widths != self.widths[1:-1]:
            raise ConfigurationError(
                f"configuration: expected widths {self.widths[1:-1]}, got {configuration.widths}"
            )
        layers = configuration.layers
        slopes = [Activation.relu(len(bits)).integer_slopes(bits) for bits in layers]
        return tuple(tuple(ring.one * slope for slope in layer) for layer in slopes)

    def specialised(self, values: Mapping[Any, Any]) -> Network:
        """Return the rational network with the given rationals in place of the indeterminates.

        Raises
        ------
        NetworkError
            If an indeterminate has no value.
        InexactNumberError, NumberSyntaxError
            For a value that is no exact rational.
        """
        missing = [symbol for symbol in self.indeterminates if symbol not in values]
        if missing:
            raise NetworkError(f"values: expected one for each indeterminate, got none for {missing[0]}")
        known = [rational_at(str(s), values[s]) for s in self.indeterminates]
        point = known + [Fraction(0)] * (len(self.ring.symbols) - len(known))
        layers = [
            (
                [[self.ring.value(entry, point) for entry in row] for row in weight],
                [self.ring.value(entry, point) for entry in bias],
            )
            for weight, bias in zip(self.weights, self.biases, strict=True)
        ]
        return Network.from_rationals(layers)

    def __repr__(self) -> str:
        widths = "-".join(map(str, self.widths))
        return f"<SymbolicNetwork {widths} in {len(self.indeterminates)} indeterminates>"


def _rows_of(weight: Any, place: str) -> _Rows:
    rows = [list(row) for row in (weight.tolist() if hasattr(weight, "tolist") else weight)]
    if not rows or not rows[0]:
        raise NetworkError(f"{place}: expected at least one row and one column, got none")
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise NetworkError(f"{place}[{i}]: expected {len(rows[0])} entries as in row 0, got {len(row)}")
    return rows


def _columns_of(tables: Sequence[_Rows], biases: Sequence[Any] | None) -> _Rows:
    """Return the biases as lists, after a look at all shapes."""
    if len(tables) < 2:
        raise NetworkError(f"layers: expected at least 2, since atoms need a hidden layer, got {len(tables)}")
    for k, (before, table) in enumerate(pairwise(tables), start=1):
        if len(table[0]) != len(before):
            raise NetworkError(f"layers[{k}].weight: expected {len(before)} columns, got {len(table[0])}")
    given = [None] * len(tables) if biases is None else list(biases)
    if len(given) != len(tables):
        raise NetworkError(f"biases: expected {len(tables)}, one for each layer, got {len(given)}")
    columns = [[0] * len(t) if b is None else list(b) for t, b in zip(tables, given, strict=True)]
    for k, (table, column) in enumerate(zip(tables, columns, strict=True)):
        if len(column) != len(table):
            raise NetworkError(f"layers[{k}].bias: expected {len(table)} entries, got {len(column)}")
    return columns


def _places(tables: Sequence[_Rows], columns: _Rows) -> list[tuple[str, Any]]:
    """Return all entries with their places: the weights, then the biases."""
    weights = [
        (f"layers[{k}].weight[{i}][{j}]", entry)
        for k, table in enumerate(tables)
        for i, row in enumerate(table)
        for j, entry in enumerate(row)
    ]
    biases = [
        (f"layers[{k}].bias[{i}]", entry)
        for k, column in enumerate(columns)
        for i, entry in enumerate(column)
    ]
    return weights + biases


def _own_symbols(inputs: int, hidden: Sequence[int]) -> tuple[tuple[Any, ...], tuple[tuple[Any, ...], ...]]:
    import sympy

    bits = tuple(
        tuple(sympy.Symbol(f"theta{k}_{i}") for i in range(width)) for k, width in enumerate(hidden, start=1)
    )
    return tuple(sympy.Symbol(f"x{j}") for j in range(inputs)), bits
