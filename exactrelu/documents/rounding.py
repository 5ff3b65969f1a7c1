"""Networks whose numbers are floats: which are some, and what others are rounded to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from exactrelu.errors import ArgumentError, NetworkError, NumberSyntaxError
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64, BinaryFormat
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import brief


def first_inexact(network: Network, floats: BinaryFormat) -> str | None:
    """Return the place and value of the first number that the format does not have, None if it has all.

    Examples
    --------
    >>> from exactrelu.formats.binary_rounding import FLOAT32
    >>> first_inexact(Network.from_rationals([([["1/2", "1/3"]], None)]), FLOAT32)
    'layers[0].weight[0][1]: expected a float32, got 1/3'
    """
    for place, value in _numbers(network):
        if not floats.holds(value):
            return f"{place}: expected a {floats.name}, got {brief(value)}"
    return None


def require_floats(network: Network, floats: BinaryFormat) -> None:
    """Raise `NetworkError` unless the format has every number; the message names the first it has not."""
    inexact = first_inexact(network, floats)
    if inexact is not None:
        raise NetworkError(inexact)


def float_format(network: Network, name: str | None = None) -> BinaryFormat:
    """Return the format of a name; without a name float32 if it has all numbers, else float64."""
    if name is None:
        return FLOAT64 if first_inexact(network, FLOAT32) else FLOAT32
    formats = {floats.name: floats for floats in (FLOAT32, FLOAT64)}
    if name not in formats:
        raise ArgumentError(f"floats: expected float32 or float64, got {name!r}")
    return formats[name]


def rounded_network(network: Network, floats: BinaryFormat) -> Network:
    """Return the network with each number rounded to the nearest of the format, ties to even.

    Raises
    ------
    NetworkError
        If a number is beyond the format's range; the message names it.

    Examples
    --------
    >>> from exactrelu.formats.binary_rounding import FLOAT32
    >>> rounded_network(Network.from_rationals([([["1/3"]], None)]), FLOAT32).layers[0].weight
    ((Fraction(11184811, 33554432),),)
    """
    for place, value in _numbers(network):
        try:
            floats.rounded(value)
        except NumberSyntaxError as error:
            raise NetworkError(f"{place}: {error}") from None
    layers = [
        AffineMap.from_rationals(
            [[floats.rounded(entry) for entry in row] for row in layer.weight],
            [floats.rounded(entry) for entry in layer.bias],
        )
        for layer in network.layers
    ]
    activations = [
        Activation(
            tuple((floats.rounded(below), floats.rounded(above)) for below, above in activation.slopes)
        )
        for activation in network.activations
    ]
    texts = {"name": network.name, "description": network.description, "source": network.source}
    return Network(tuple(layers), activations=tuple(activations), **texts)


def _numbers(network: Network) -> Iterator[tuple[str, Fraction]]:
    """Yield all numbers with the places that they have in the native format."""
    for k, layer in enumerate(network.layers):
        for i, row in enumerate(layer.rows):
            yield from ((f"layers[{k}].weight[{i}][{j}]", entry) for j, entry in enumerate(row[:-1]))
        yield from ((f"layers[{k}].bias[{i}]", row[-1]) for i, row in enumerate(layer.rows))
        if k < network.depth - 1 and not network.activations[k].is_relu:
            slopes = enumerate(network.activations[k].slopes)
            yield from (
                (f"layers[{k}].slopes[{i}][{j}]", s) for i, pair in slopes for j, s in enumerate(pair)
            )
