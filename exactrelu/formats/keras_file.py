"""Networks in Keras files, read without Keras: chains of dense layers in ``.keras`` and ``.h5``.

A ``.keras`` file is a zip archive with ``config.json``, which describes the layers, and
``model.weights.h5``, an HDF5 file where the n-th layer of a class has the group ``layers/CLASS_n`` (the first
one without a number). An ``.h5`` file has the description in the attribute ``model_config`` and for each
layer a group with the paths of its weights.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.errors import ExactReluError, FormatError, UnsupportedOperatorError
from exactrelu.formats.arrays import affine_map_of_arrays
from exactrelu.formats.binary_rounding import FLOAT32
from exactrelu.formats.hdf5_file import Hdf5File, read_hdf5
from exactrelu.formats.layer_builder import LayerBuilder
from exactrelu.formats.limits import printable, read_regular_file, shown
from exactrelu.formats.strict_json import JsonNumber, Node, parse_json
from exactrelu.formats.zip_archive import open_zip
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network

_NOTHING = ("Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "ActivityRegularization")
_INPUT = "InputLayer"


@dataclass(frozen=True)
class _Layer:
    """A layer of the description: its class, its name, its configuration, and the number in its class."""

    kind: str
    name: str
    config: Node
    number: int

    def place(self) -> str:
        return f"layer {shown(self.name)}"


_Weights = Callable[[_Layer, list[str]], list[Any]]
"""From a layer and the names of its weights to their arrays."""


def read_keras(path: str | os.PathLike[str]) -> Network:
    """Return the network of a ``Sequential`` model of dense layers, each float by its exact value.

    Parameters
    ----------
    path
        A ``.keras`` file, or an ``.h5`` or ``.hdf5`` file of a whole model. Layers may be Dense, ReLU,
        LeakyReLU and Activation, Flatten and those that do nothing at inference; activations ``relu`` and
        ``linear``. Numbers of the description (``negative_slope``, ``max_value``, ``threshold``) are taken
        as float32, as Keras takes them.

    Raises
    ------
    EngineUnavailableError
        If h5py is not installed.
    UnsupportedOperatorError
        For another model, layer or activation, by its name.
    FormatError
        If the file is damaged, or its arrays do not fit each other.
    """
    file = printable(os.fspath(path))
    if Path(path).suffix.lower() == ".keras":
        with open_zip(path, "a .keras file, a zip archive") as archive:
            model = parse_json(f"{file}: config.json", archive.read("config.json"))
            data = archive.read("model.weights.h5")
        numbered = read_hdf5(f"{file}: model.weights.h5", data)
        return _network(file, model, lambda layer, names: _by_number(numbered, layer, names))
    named = read_hdf5(file, read_regular_file(path))
    text = named.text("", "model_config")
    if text is None:
        raise FormatError(file, "", "a whole model, with an attribute model_config", "weights alone")
    model = parse_json(f"{file}: model_config", text.encode(errors="surrogatepass"))
    return _network(file, model, lambda layer, names: _by_name(named, layer, names))


def _by_number(weights: Hdf5File, layer: _Layer, names: list[str]) -> list[Any]:
    group = "dense" + (f"_{layer.number}" if layer.number else "")
    return [weights.array(f"layers/{group}/vars/{i}") for i in range(len(names))]


def _by_name(weights: Hdf5File, layer: _Layer, names: list[str]) -> list[Any]:
    group = f"model_weights/{layer.name}"
    paths = weights.texts(group, "weight_names")
    found = [path.rpartition("/")[2].partition(":")[0] for path in paths]
    if found != names:
        raise FormatError(
            weights.file, shown(group), f"weights {', '.join(names)}", shown(", ".join(found)) or "none"
        )
    return [weights.array(f"{group}/{path}") for path in paths]


def _network(file: str, model: Node, weights: _Weights) -> Network:
    layers = list(_layers(file, model))
    builder: LayerBuilder | None = None
    for layer in layers:
        if layer.kind == "Dense":
            builder = _dense(file, builder, layer, weights)
        elif layer.kind not in (_INPUT, "Flatten", *_NOTHING):
            apply = _UNITS.get(layer.kind)
            if apply is None or builder is None:
                why = "" if apply is None else "before the first Dense"
                raise UnsupportedOperatorError(file, shown(layer.kind), layer.place(), why)
            apply(file, builder, layer)
    if builder is None:
        raise FormatError(file, "", "at least one Dense layer", "none")
    return builder.network(f"keras: {Path(file).name}")


def _layers(file: str, model: Node) -> Iterator[_Layer]:
    """Yield the layers of a Sequential model; what stands before the first Dense must be flat."""
    kind, config = _class_of(model)
    if kind != "Sequential":
        raise UnsupportedOperatorError(file, shown(kind), "the model", "only Sequential is read")
    counted: Counter[str] = Counter()
    is_flat = True
    for node in _child(config, "layers").items():
        kind, config = _class_of(node)
        shape = _input_shape(config)
        is_flat = kind == "Flatten" or (is_flat if shape is None else len(shape) == 2)
        layer = _Layer(kind, _child(config, "name").text(), config, counted[kind])
        if kind == "Dense" and not is_flat:
            raise UnsupportedOperatorError(file, kind, layer.place(), "its input has several axes")
        counted[kind] += 1
        yield layer


def _class_of(node: Node) -> tuple[str, Node]:
    return _child(node, "class_name").text(), _child(node, "config")


def _child(node: Node, key: str) -> Node:
    if not isinstance(node.value, dict) or key not in node.value:
        raise node.fail(f"an object with the key {key!r}")
    return node.child(key)


def _input_shape(config: Node) -> list[Node] | None:
    for key in ("batch_shape", "batch_input_shape"):
        if isinstance(config.value, dict) and config.value.get(key) is not None:
            return config.child(key).items()
    return None


def _dense(file: str, builder: LayerBuilder | None, layer: _Layer, weights: _Weights) -> LayerBuilder:
    has_bias = layer.config.value.get("use_bias", True) is not False
    kernel, *bias = weights(layer, ["kernel", "bias"] if has_bias else ["kernel"])
    try:
        affine = affine_map_of_arrays(kernel.T, bias[0] if bias else None, "kernel, transposed", "bias")
    except ExactReluError as error:
        expected, _, got = str(error).partition(": expected ")[2].rpartition(", got ")
        place = str(error).partition(": expected ")[0]
        raise FormatError(file, f"{layer.place()}: {place}", expected, got) from None
    builder = builder or LayerBuilder(affine.inputs)
    if affine.inputs != builder.width:
        raise FormatError(file, layer.place(), f"a kernel for {builder.width} inputs", f"{affine.inputs}")
    builder.affine(affine)
    _activation(file, builder, layer)
    return builder


def _activation(file: str, builder: LayerBuilder, layer: _Layer) -> None:
    value = layer.config.value.get("activation", "linear")
    name = value.get("config", value.get("class_name")) if isinstance(value, dict) else value
    if name == "relu":
        builder.relu()
    elif name not in ("linear", None):
        text = name if isinstance(name, str) else "of another form"
        raise UnsupportedOperatorError(file, f"activation {shown(text)}", layer.place())


def _relu(file: str, builder: LayerBuilder, layer: _Layer) -> None:
    """Apply min(y, max_value) where y is positive, negative_slope y elsewhere."""
    below, top = _number(layer, "negative_slope"), _number(layer, "max_value")
    if _number(layer, "threshold"):
        raise UnsupportedOperatorError(file, layer.kind, layer.place(), "its threshold is not 0")
    if top is None:
        builder.bent(Activation(((below or Fraction(0), Fraction(1)),) * builder.width))
    elif below or top < 0:
        raise UnsupportedOperatorError(file, layer.kind, layer.place(), "max_value with a slope below 0")
    else:
        builder.clip(Fraction(0), top)


def _leaky(file: str, builder: LayerBuilder, layer: _Layer) -> None:
    slopes = [s for s in (_number(layer, "negative_slope"), _number(layer, "alpha")) if s is not None]
    if len(slopes) != 1:
        raise FormatError(file, layer.place(), "negative_slope or alpha", f"{len(slopes)} of them")
    builder.bent(Activation(((slopes[0], Fraction(1)),) * builder.width))


def _number(layer: _Layer, key: str) -> Fraction | None:
    """Return a number of the description as float32, None without it."""
    value = layer.config.value.get(key)
    if value is None:
        return None
    if not isinstance(value, JsonNumber):
        raise layer.config.child(key).fail("a number")
    return FLOAT32.rounded(layer.config.child(key).number())


_UNITS: dict[str, Callable[[str, LayerBuilder, _Layer], None]] = {
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
}
