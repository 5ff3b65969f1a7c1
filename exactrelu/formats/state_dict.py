"""Networks from the state of PyTorch modules: tensors named ``fc1.weight``, ``fc1.bias``, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.limits import shown
from exactrelu.formats.tensor_chain import in_order, network_of_layers
from exactrelu.networks.network import Network

_ADVICE = "a state holds no graph; export ONNX, or use network_from_torch on the module"


def network_of_state(file: str, tensors: Mapping[str, Any], kind: str, *, listed: bool) -> Network:
    """Return the network of weights (outputs, inputs) and biases by their names.

    Parameters
    ----------
    file
        The file, for messages.
    tensors
        NumPy arrays by name.
    kind
        What the file is.
    listed
        Whether the order of the names is that of the modules.

    Raises
    ------
    FormatError, UnsupportedOperatorError
        If there are other tensors than weights and biases of fully connected layers, or these do not form a
        chain in one certain order.
    """
    weights = [name for name in tensors if _role(name) == "weight"]
    if not weights:
        raise FormatError(file, "", "a tensor whose name ends in .weight", _some(tensors))
    for name in tensors:
        if _role(name) not in ("weight", "bias") or _of(name, "weight") not in tensors:
            raise UnsupportedOperatorError(file, "a tensor that belongs to no layer", shown(name), _ADVICE)
    for name in weights:
        shape = tuple(tensors[name].shape)
        if len(shape) != 2:
            what = f"a weight of shape {list(shape)}"
            raise UnsupportedOperatorError(file, what, shown(name), _ADVICE)
    shapes = [tensors[name].shape for name in weights]
    layers = []
    for i in in_order(file, weights, shapes, listed=listed):
        bias = _of(weights[i], "bias")
        layers.append((weights[i], tensors[weights[i]], bias, tensors.get(bias)))
    return network_of_layers(file, layers, kind)


def _role(name: str) -> str:
    return name.rpartition(".")[2]


def _of(name: str, role: str) -> str:
    """Return the name of another tensor of the same module."""
    module, dot, _ = name.rpartition(".")
    return f"{module}{dot}{role}"


def _some(tensors: Mapping[str, Any]) -> str:
    return ", ".join(shown(name) for name in list(tensors)[:4]) or "no tensor"
