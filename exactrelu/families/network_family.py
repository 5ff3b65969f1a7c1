"""Families of networks: the weights are rational functions of one parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpz_poly

from exactrelu.errors import ExactReluError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.numbers.rational_function_text import rational_function
from exactrelu.numbers.rational_functions import RationalFunction, common_multiple
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain

Entries = tuple[RationalFunction, ...]


@dataclass(frozen=True)
class Layer:
    """The affine map x -> W x + b; ``rows`` are those of (W | b)."""

    rows: tuple[Entries, ...]

    @property
    def inputs(self) -> int:
        """The number of columns of W."""
        return len(self.rows[0]) - 1

    @cached_property
    def denominator(self) -> fmpz_poly:
        """A common denominator of all entries."""
        return common_multiple(entry.denominator for row in self.rows for entry in row)

    @cached_property
    def numerators(self) -> tuple[tuple[fmpz_poly, ...], ...]:
        """The entries times the common denominator."""
        whole: Any = self.denominator
        return tuple(
            tuple(entry.numerator * (whole // entry.denominator) for entry in row) for row in self.rows
        )


@dataclass(frozen=True, repr=False)
class NetworkFamily:
    """A network for each value of a parameter that is no pole of an entry.

    Parameters
    ----------
    layers
        The affine maps M_1, ..., M_L, L >= 1, whose widths chain.
    parameter
        The parameter's name.
    activations
        What each of the L - 1 hidden layers does; the slopes are numbers. Left out, ReLU everywhere.

    Raises
    ------
    NetworkError
        If there is no layer or the widths do not chain; the message names the layer.

    Examples
    --------
    >>> family = NetworkFamily.of([([[1], [1]], ["t", "-t"]), ([["1/t", 2]], None)])
    >>> family.widths, family.at("1/2")((3,)), [str(pole) for pole in family.poles]
    ((1, 2, 1), (Fraction(12, 1),), ['t'])
    """

    layers: tuple[Layer, ...]
    parameter: str = "t"
    activations: tuple[Activation, ...] = ()
    name: str | None = field(default=None, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if not self.layers:
            raise NetworkError("layers: expected at least one, got none")
        for k, (before, layer) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=1):
            if layer.inputs != len(before.rows):
                raise NetworkError(
                    f"layers[{k}].weight: expected {len(before.rows)} columns, "
                    f"the width of the layer before, got {layer.inputs}"
                )
        if not self.activations:
            widths = self.widths[1:-1]
            object.__setattr__(self, "activations", tuple(map(Activation.relu, widths)))

    @classmethod
    def of(
        cls,
        layers: Sequence[tuple[Sequence[Sequence[Any]], Sequence[Any] | None]],
        parameter: str = "t",
        activations: Sequence[Activation] = (),
    ) -> NetworkFamily:
        """Return the family of pairs (rows of W, entries of b or None for zero), all rational functions.

        An entry is a `RationalFunction`, an exact rational or a text such as ``"(t^2-1)/3"``. Errors name the
        layer and the entry.
        """
        read = []
        for k, (weight, bias) in enumerate(layers):
            offsets = [0] * len(weight) if bias is None else bias
            if len(offsets) != len(weight) or not weight:
                raise NetworkError(
                    f"layers[{k}].bias: expected {len(weight)} entries, one for each row, got {len(offsets)}"
                )
            rows = [
                _entries([*row, b], parameter, f"layers[{k}], row {i}")
                for i, (row, b) in enumerate(zip(weight, offsets, strict=True))
            ]
            for i, row in enumerate(rows):
                if len(row) != len(rows[0]):
                    raise NetworkError(
                        f"layers[{k}].weight[{i}]: expected {len(rows[0]) - 1} entries as in row 0, "
                        f"got {len(row) - 1}"
                    )
            read.append(Layer(tuple(rows)))
        return cls(tuple(read), parameter, tuple(activations))

    @classmethod
    def of_network(cls, network: Network, parameter: str = "t") -> NetworkFamily:
        """Return the family that is the same network for every value."""
        layers = tuple(
            Layer(tuple(tuple(map(RationalFunction.constant, row)) for row in layer.rows))
            for layer in network.layers
        )
        return cls(layers, parameter, network.activations)

    def __repr__(self) -> str:
        return f"<NetworkFamily {'-'.join(map(str, self.widths))} of {self.parameter}>"

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths (N_0, ..., N_L)."""
        return (self.layers[0].inputs, *(len(layer.rows) for layer in self.layers))

    @property
    def inputs(self) -> int:
        """The input dimension N_0."""
        return self.layers[0].inputs

    @property
    def outputs(self) -> int:
        """The output dimension N_L."""
        return len(self.layers[-1].rows)

    @property
    def bent_widths(self) -> tuple[int, ...]:
        """The numbers of bits of the hidden layers."""
        return tuple(activation.bent_width for activation in self.activations)

    @property
    def poles(self) -> list[RationalFunction]:
        """The denominators that are not constant, each once: where one is zero there is no network."""
        found = {
            RationalFunction(entry.denominator, fmpz_poly([1])): None
            for layer in self.layers
            for row in layer.rows
            for entry in row
            if entry.denominator.degree() > 0
        }
        return list(found)

    def at(self, t: Any) -> Network:
        """Return the network at a rational value of the parameter.

        Raises
        ------
        NetworkError
            At a pole; the message names the layer.
        """
        from exactrelu.numbers.rationals import rational

        value, layers = rational(t), []
        for k, layer in enumerate(self.layers):
            try:
                rows = [[entry(value) for entry in row] for row in layer.rows]
            except ZeroDivisionError:
                raise NetworkError(
                    f"layers[{k}]: expected a value of {self.parameter} that is no pole, got {value}"
                ) from None
            layers.append(([row[:-1] for row in rows], [row[-1] for row in rows]))
        return Network.from_rationals(layers, activations=self.activations)

    def __sub__(self, other: NetworkFamily) -> NetworkFamily:
        """Return t, x -> self(t, x) - other(t, x), the two side by side; the depths must be equal."""
        if self.widths[:: len(self.layers)] != other.widths[:: len(other.layers)]:
            raise NetworkError(
                f"second family: expected {self.inputs} inputs and {self.outputs} outputs, "
                f"got {other.inputs} and {other.outputs}"
            )
        one, two = self._deepened(len(other.layers)), other._deepened(len(self.layers))
        if len(one.layers) == 1:
            rows = zip(one.layers[0].rows, two.layers[0].rows, strict=True)
            only = Layer(tuple(tuple(a - b for a, b in zip(p, q, strict=True)) for p, q in rows))
            return NetworkFamily((only,), self.parameter)
        first = Layer(one.layers[0].rows + two.layers[0].rows)
        middle = tuple(Layer(_beside(a, b)) for a, b in zip(one.layers[1:-1], two.layers[1:-1], strict=True))
        last = Layer(
            tuple(
                (*p[:-1], *(-entry for entry in q[:-1]), p[-1] - q[-1])
                for p, q in zip(one.layers[-1].rows, two.layers[-1].rows, strict=True)
            )
        )
        both = tuple(a.beside(b) for a, b in zip(one.activations, two.activations, strict=True))
        return NetworkFamily((first, *middle, last), self.parameter, both)

    def _deepened(self, depth: int) -> NetworkFamily:
        """Return the same function with at least so many layers: linear units pass the values on."""
        layers, activations = list(self.layers), list(self.activations)
        while len(layers) < depth:
            width = layers[-1].inputs
            identity = [[int(i == j) for j in range(width + 1)] for i in range(width)]
            layers.insert(-1, Layer(tuple(tuple(map(RationalFunction.constant, row)) for row in identity)))
            activations.append(Activation.linear(width))
        return NetworkFamily(tuple(layers), self.parameter, tuple(activations))


def _entries(values: Sequence[Any], parameter: str, place: str) -> Entries:
    result = []
    for j, value in enumerate(values):
        try:
            result.append(rational_function(value, parameter))
        except ExactReluError as error:
            raise type(error)(f"{place}, entry {j}: {error}") from None
    return tuple(result)


def _beside(one: Layer, two: Layer) -> tuple[Entries, ...]:
    zero = RationalFunction.constant(0)
    left, right = (zero,) * one.inputs, (zero,) * two.inputs
    return tuple([(*row[:-1], *right, row[-1]) for row in one.rows] + [(*left, *row) for row in two.rows])


# domains ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DomainRow:
    """The constraint entries . (x, 1) R 0, R one of ``>=``, ``>``, ``=``."""

    entries: Entries
    relation: Relation


@dataclass(frozen=True)
class DomainFamily:
    """A polyhedron for each value of the parameter, given by constraints.

    Examples
    --------
    >>> box = DomainFamily.box([("0", "t"), (-1, 1)])
    >>> box.is_constant, [str(entry) for entry in box.rows[1].entries]
    (False, ['-1', '0', 't'])
    """

    dimension: int
    rows: tuple[DomainRow, ...] = ()

    @classmethod
    def of_domain(cls, domain: Domain) -> DomainFamily:
        """Return the family that is the same domain for every value."""
        rows = (
            DomainRow(tuple(map(RationalFunction.constant, row.entries)), row.relation) for row in domain.rows
        )
        return cls(domain.dimension, tuple(rows))

    @classmethod
    def box(cls, bounds: Sequence[tuple[Any, Any]], parameter: str = "t") -> DomainFamily:
        """Return the closed boxes of bounds (lo, hi) that are rational functions of the parameter."""
        rows = []
        for i, ends in enumerate(bounds):
            low, high = _entries(ends, parameter, f"box, coordinate {i}")
            unit = [RationalFunction.constant(int(i == j)) for j in range(len(bounds))]
            minus = [RationalFunction.constant(-int(i == j)) for j in range(len(bounds))]
            rows.append(DomainRow((*unit, -low), Relation.AT_LEAST))
            rows.append(DomainRow((*minus, high), Relation.AT_LEAST))
        return cls(len(bounds), tuple(rows))

    @property
    def is_constant(self) -> bool:
        """Whether no constraint depends on the parameter."""
        return all(entry.value is not None for row in self.rows for entry in row.entries)

    def at(self, t: Fraction) -> Domain:
        """Return the domain at a value that is no pole."""
        triples = [([e(t) for e in row.entries[:-1]], row.entries[-1](t), row.relation) for row in self.rows]
        return Domain.from_inequalities(self.dimension, triples)
