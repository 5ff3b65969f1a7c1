"""Version 2 of the native network format: shallow networks with irrational parameters.

A balanced network has square or fourth roots in it. Each neuron's parameters are rational up to one
radical, so the file is that of version 1 for L = 2 with one more key::

    {"format": "exactrelu-network", "version": 2,
     "layers": [{"weight": [["1", "1/3"]], "bias": ["0"]}, {"weight": [["3"]], "bias": ["0"]}],
     "scales": ["324"]}

``scales`` holds one rational r > 0 for each hidden neuron: its weights and bias are those of the file times
r^(1/4), its coefficients (its column of the last weight matrix) those of the file divided by r^(1/4). The
function is that of the network without the scales. Where all scales are 1 a file is written in version 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from exactrelu.errors import NetworkError
from exactrelu.formats import NnetNormalization, NnetNumbers, load_network
from exactrelu.formats.batchnorm import BatchNorm
from exactrelu.formats.native import (
    network_from_document,
    read_layer_rows,
)
from exactrelu.formats.strict_json import JsonNumber, Node, read_json, require_format
from exactrelu.numbers.rationals import brief
from exactrelu.shallow.parametrization import Neuron, Parametrization

_TEXTS = ("name", "description", "source")


def load_parametrization(
    path: str | Path,
    *,
    nnet_as: NnetNumbers = "exact",
    nnet_normalization: NnetNormalization = "stored",
    batchnorm: BatchNorm = "exact",
    outputs: Sequence[str] | None = None,
) -> Parametrization:
    """Return the shallow network in a file: native version 2, or any network of ReLUs with L = 2.

    Raises
    ------
    FormatError, UnsupportedOperatorError
        If the file does not hold a network.
    NetworkError
        If the network has another number of layers, or other neurons than ReLU; the message names the file.
    """
    if Path(path).suffix.lower() == ".json":
        document = read_json(path)
        if isinstance(document.value, dict) and document.value.get("version") == JsonNumber("2"):
            return _read_scaled(document)
        require_format(document, "exactrelu-network", 1, 3)
        document.require_keys(("format", "version", "layers"), _TEXTS)
        plain = None if document.value["version"] == JsonNumber("3") else _read_plain(document)
        if plain is not None:
            return plain
    network = load_network(
        path, nnet_as=nnet_as, nnet_normalization=nnet_normalization, batchnorm=batchnorm, outputs=outputs
    )
    try:
        return Parametrization.of_network(network)
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def _read_scaled(document: Node) -> Parametrization:
    require_format(document, "exactrelu-network", 2)
    document.require_keys(("format", "version", "layers", "scales"), _TEXTS)
    plain = _read_plain(document)
    if plain is None:
        depth = network_from_document(document).depth
        raise document.child("layers").fail("2 layers in version 2", str(depth))
    nodes = document.child("scales").items()
    if len(nodes) != plain.width:
        raise document.child("scales").fail(f"{plain.width} scales, one for each neuron", str(len(nodes)))
    neurons = []
    for neuron, node in zip(plain.neurons, nodes, strict=True):
        scale = node.number()
        if scale <= 0:
            raise node.fail("a positive number", brief(scale))
        neurons.append(Neuron(neuron.weight, neuron.coefficient, neuron.bias, scale))
    return Parametrization(plain.inputs, plain.outputs, tuple(neurons), plain.output_bias)


def _read_plain(document: Node) -> Parametrization | None:
    """Return the network without its scales, None if it has no two layers whose widths chain.

    Neuron by neuron: the matrices of a `Network` have one common denominator each, which is very long
    where the denominators of a large file have little in common.
    """
    layers = document.child("layers").items()
    if len(layers) != 2:
        return None
    for key in _TEXTS:
        if key in document.value:
            document.child(key).text()
    (weights, biases), (last, output_bias) = map(read_layer_rows, layers)
    if len(last[0]) != len(weights):
        return None
    columns = zip(*last, strict=True)
    offsets = biases or [Fraction(0)] * len(weights)
    neurons = tuple(Neuron(tuple(a), c, b) for a, c, b in zip(weights, columns, offsets, strict=True))
    final = output_bias or [Fraction(0)] * len(last)
    return Parametrization(len(weights[0]), len(last), neurons, tuple(final))
