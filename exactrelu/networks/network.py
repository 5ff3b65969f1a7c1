"""Networks with rational weights: affine maps, and between them an activation for each hidden layer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from exactrelu.errors import ExactReluError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.canonical_text import canonical_text
from exactrelu.networks.configuration import Configuration
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import IntegerPoint, Point, point_of
from exactrelu.numbers.rationals import brief, rational
from exactrelu.writing.html_tables import facts_table


@dataclass(frozen=True, repr=False)
class Network:
    """A network of L affine maps M_l(x) = W_l x + b_l with an activation after each but the last.

    ``layers`` are M_1, ..., M_L, so that ``widths`` = (N_0, ..., N_L) chain. A network is immutable;
    ``==`` and ``hash`` compare the exact weights and slopes (names and descriptions do not count). L = 1,
    an affine map without hidden layers, is a network too.

    Parameters
    ----------
    layers
        The affine maps M_1, ..., M_L, L >= 1.
    name, description, source
        Free text that travels with the network through the native format.
    activations
        What each of the L - 1 hidden layers makes of its pre-activations; left out, ReLU everywhere.

    Raises
    ------
    NetworkError
        If there is no layer, the widths do not chain, or an activation has another width than its
        layer; the message names the layer.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], ["-1/2"])])
    >>> net.widths, net((-3,)), net.configuration((-3,))
    ((1, 2, 1), (Fraction(5, 2),), Configuration.parse('01'))
    """

    layers: tuple[AffineMap, ...]
    name: str | None = field(default=None, compare=False)
    description: str | None = field(default=None, compare=False)
    source: str | None = field(default=None, compare=False)
    activations: tuple[Activation, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        for k, layer in enumerate(self.layers):
            if not isinstance(layer, AffineMap):
                raise NetworkError(f"layers[{k}]: expected an AffineMap, got {type(layer).__name__}")
        if not self.layers:
            raise NetworkError("layers: expected at least one, got none")
        for k, (before, layer) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=1):
            if layer.inputs != before.outputs:
                raise NetworkError(
                    f"layers[{k}].weight: expected {before.outputs} columns, "
                    f"the width of the layer before, got {layer.inputs}"
                )
        self._set_activations()

    def _set_activations(self) -> None:
        widths = self.hidden_widths
        activations = tuple(self.activations) or tuple(map(Activation.relu, widths))
        object.__setattr__(self, "activations", activations)
        if len(activations) != len(widths):
            raise NetworkError(
                f"activations: expected {len(widths)}, one for each hidden layer, got {len(activations)}"
            )
        for k, (width, activation) in enumerate(zip(widths, activations, strict=True)):
            if activation.width != width:
                raise NetworkError(f"activations[{k}]: expected {width} neurons, got {activation.width}")

    @classmethod
    def from_rationals(
        cls,
        layers: Sequence[tuple[Sequence[Sequence[Any]], Sequence[Any] | None]],
        *,
        activations: Sequence[Activation] = (),
        **text: str | None,
    ) -> Network:
        """Return the network of pairs (rows of W_l, entries of b_l or None for zero), all exact rationals.

        Errors name the layer (from 0, as in the file format) and the entry.
        """
        maps = []
        for k, pair in enumerate(layers):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise NetworkError(f"layers[{k}]: expected a pair (weight, bias or None), got {pair!r}")
            weight, bias = pair
            try:
                maps.append(AffineMap.from_rationals(weight, bias))
            except ExactReluError as error:
                raise type(error)(f"layers[{k}].{error}") from None
        return cls(tuple(maps), activations=tuple(activations), **text)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths (N_0, ..., N_L)."""
        return (self.layers[0].inputs, *(layer.outputs for layer in self.layers))

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """The widths (N_1, ..., N_{L-1}) of the hidden layers."""
        return self.widths[1:-1]

    @property
    def bent_widths(self) -> tuple[int, ...]:
        """The numbers of bits that a configuration has for the hidden layers: of neurons with two slopes."""
        return tuple(activation.bent_width for activation in self.activations)

    @property
    def is_relu(self) -> bool:
        """Whether every hidden neuron is a ReLU."""
        return all(activation.is_relu for activation in self.activations)

    def require_relu(self, what: str) -> None:
        """Raise unless every hidden neuron is a ReLU; ``what`` needs it.

        Raises
        ------
        NetworkError
            If there is another neuron; the message names the first one.
        """
        for k, activation in enumerate(self.activations, start=1):
            if not activation.is_relu:
                other = Activation.relu(1).slopes[0]
                i = next(i for i, pair in enumerate(activation.slopes) if pair != other)
                shown = ", ".join(map(brief, activation.slopes[i]))
                raise NetworkError(
                    f"{what}: expected ReLU in all hidden layers, got the slopes ({shown}) "
                    f"of neuron {i} in hidden layer {k}"
                )

    @property
    def depth(self) -> int:
        """The number L of affine maps."""
        return len(self.layers)

    @property
    def inputs(self) -> int:
        """The input dimension N_0."""
        return self.widths[0]

    @property
    def outputs(self) -> int:
        """The output dimension N_L."""
        return self.widths[-1]

    # evaluation -------------------------------------------------------------------------------

    def preactivations(self, x: Sequence[Any]) -> tuple[Point, ...]:
        """Return (y_1(x), ..., y_{L-1}(x)), the exact pre-activations of the hidden layers."""
        return self._forward(IntegerPoint.of(point_of(x, self.inputs)))[:-1]

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return the exact output at a point with N_0 rational coordinates."""
        return self._forward(IntegerPoint.of(point_of(x, self.inputs)))[-1]

    def configuration(self, x: Sequence[Any]) -> Configuration:
        """Return the configuration of a point: bit 1 exactly where the pre-activation is positive."""
        layers = zip(self.activations, self.preactivations(x), strict=True)
        return Configuration(tuple(activation.bits(ys) for activation, ys in layers))

    def traced(self, place: IntegerPoint) -> tuple[Configuration, Point]:
        """Return the configuration of a point and the exact output there."""
        *values, output = self._forward(place)
        layers = zip(self.activations, values, strict=True)
        return Configuration(tuple(activation.bits(ys) for activation, ys in layers)), output

    def _forward(self, place: IntegerPoint) -> tuple[Point, ...]:
        values = [self.layers[0].at(place)]
        for layer, activation in zip(self.layers[1:], self.activations, strict=True):
            values.append(layer(activation(values[-1])))
        return tuple(values)

    # networks from networks -------------------------------------------------------------------

    def first_layers(self, count: int) -> Network:
        """Return the network M_count of the first ``count`` affine maps, 1 <= count <= L."""
        if not 1 <= count <= self.depth:
            raise NetworkError(f"number of layers: expected 1 to {self.depth}, got {count}")
        return Network(self.layers[:count], activations=self.activations[: count - 1])

    def after(self, first: Network) -> Network:
        """Return the composition x -> self(first(x)), a network of depth L + L_first - 1."""
        middle = self.layers[0].after(first.layers[-1])
        layers = (*first.layers[:-1], middle, *self.layers[1:])
        return Network(layers, activations=first.activations + self.activations)

    def scaled(self, factor: Any) -> Network:
        """Return x -> factor * self(x) for a rational factor."""
        return self.with_last(self.layers[-1].scaled(rational(factor)))

    def with_last(self, layer: AffineMap) -> Network:
        """Return the network with another last affine map, on the same hidden layers."""
        return Network((*self.layers[:-1], layer), activations=self.activations)

    def deepened(self, depth: int) -> Network:
        """Return a network of ``depth`` >= L affine maps that computes the same function.

        Identity layers after the last hidden layer pass its values on: ReLU does so where they are not
        negative, linear units elsewhere. An affine map (L = 1) passes its positive and negative parts.
        """
        if depth < self.depth:
            raise NetworkError(f"depth: expected at least {self.depth}, got {depth}")
        if depth == self.depth:
            return self
        *hidden, last = self.layers
        activations = self.activations
        if not hidden:
            hidden, last = [_stacked(last, last.scaled(Fraction(-1)))], _difference(last.outputs)
            activations = (Activation.relu(last.inputs),)
        width = last.inputs
        identity = _linear([[int(i == j) for j in range(width)] for i in range(width)])
        passing = (Activation.relu if activations[-1].is_nonnegative else Activation.linear)(width)
        more = depth - 1 - len(hidden)
        return Network((*hidden, *[identity] * more, last), activations=(*activations, *[passing] * more))

    def __add__(self, other: Network) -> Network:
        """Return x -> self(x) + other(x), the two networks side by side."""
        if not isinstance(other, Network):
            return NotImplemented
        if (self.inputs, self.outputs) != (other.inputs, other.outputs):
            raise NetworkError(
                f"cannot add networks {self.inputs} -> {self.outputs} and {other.inputs} -> {other.outputs}"
            )
        depth = max(self.depth, other.depth)
        left, right = self.deepened(depth), other.deepened(depth)
        one, two = left.layers, right.layers
        if depth == 1:
            return Network((one[0] + two[0],))
        middle = [_block_diagonal(a, b) for a, b in zip(one[1:-1], two[1:-1], strict=True)]
        layers = (_stacked(one[0], two[0]), *middle, _side_by_side(one[-1], two[-1]))
        activations = tuple(a.beside(b) for a, b in zip(left.activations, right.activations, strict=True))
        return Network(layers, activations=activations)

    def __neg__(self) -> Network:
        return self.scaled(-1)

    def __sub__(self, other: Network) -> Network:
        """Return x -> self(x) - other(x)."""
        return self + -other if isinstance(other, Network) else NotImplemented

    # identity ---------------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """``sha256:<hex>`` of the canonical text of the exact weights: equal weights, equal digest.

        A network that is not all ReLU has its slopes in the text too, in the layers that end in them.
        """
        text = hashlib.sha256()
        for piece in canonical_text(self.layers, () if self.is_relu else self.activations):
            text.update(piece)
        return f"sha256:{text.hexdigest()}"

    def __repr__(self) -> str:
        return f"<Network {'-'.join(map(str, self.widths))}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts = [
            ("inputs", self.inputs),
            ("hidden neurons", ", ".join(map(str, self.hidden_widths)) or "none"),
            *([] if self.is_relu else [("of which have a bit", ", ".join(map(str, self.bent_widths)))]),
            ("outputs", self.outputs),
            *((name, text) for name in ("description", "source") if (text := getattr(self, name))),
            ("hash", self.digest),
        ]
        return facts_table(self.name or f"Network {'-'.join(map(str, self.widths))}", facts)


def _linear(rows: Sequence[Sequence[int]]) -> AffineMap:
    return AffineMap.from_rationals(rows)


def _difference(width: int) -> AffineMap:
    """Return (p, q) -> p - q on pairs of vectors of length ``width``."""
    return _linear(
        [[*(int(i == j) for j in range(width)), *(-int(i == j) for j in range(width))] for i in range(width)]
    )


def _stacked(one: AffineMap, two: AffineMap) -> AffineMap:
    """Return x -> (one(x), two(x))."""
    return AffineMap(RationalMatrix.from_rows(one.rows + two.rows, one.inputs + 1))


def _block_diagonal(one: AffineMap, two: AffineMap) -> AffineMap:
    """Return (x, z) -> (one(x), two(z))."""
    left, right = (Fraction(0),) * one.inputs, (Fraction(0),) * two.inputs
    rows = [row[:-1] + right + row[-1:] for row in one.rows] + [left + row for row in two.rows]
    return AffineMap(RationalMatrix.from_rows(rows, one.inputs + two.inputs + 1))


def _side_by_side(one: AffineMap, two: AffineMap) -> AffineMap:
    """Return (x, z) -> one(x) + two(z)."""
    rows = [a[:-1] + b[:-1] + (a[-1] + b[-1],) for a, b in zip(one.rows, two.rows, strict=True)]
    return AffineMap(RationalMatrix.from_rows(rows, one.inputs + two.inputs + 1))
