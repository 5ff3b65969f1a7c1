"""Networks from PyTorch modules, known by the names of their classes: torch is not imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from exactrelu.errors import NetworkError, UnsupportedOperatorError
from exactrelu.formats.arrays import affine_map_of_arrays, rationals_of_array, tensor_values
from exactrelu.formats.binary_rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, BinaryFormat
from exactrelu.formats.layer_builder import LayerBuilder
from exactrelu.formats.limits import shown
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import rational_from_float

_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_TYPES = {f"torch.{floats.name}": floats for floats in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64)}
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")


def network_from_torch(module: Any, *, source: str | None = "torch") -> Network:
    """Return the exact real-valued function of a ``torch.nn.Sequential`` of fully connected layers.

    Modules are known by the names of their classes: Linear, ReLU, LeakyReLU, PReLU, Hardtanh, ReLU6, Flatten,
    Identity, Dropout in evaluation mode, and nested Sequential. Layers without an activation between them
    are composed; an activation at the beginning, at the end or after another one gets an identity layer.
    Hardtanh and ReLU6 are two ReLUs.

    Parameters
    ----------
    module
        The module. Its parameters are read on the spot, each with its exact value. Numbers that are no
        tensors (``negative_slope``, ``min_val``, ``max_val``) are taken as torch does, rounded to the type
        of the first Linear's weight.
    source
        Free text that travels with the network.

    Returns
    -------
    Network
        The network on one flattened input, whose dimension is ``in_features`` of the first Linear.

    Raises
    ------
    UnsupportedOperatorError
        For any other module, named by class and position; for Dropout in training mode (call
        ``.eval()``), a Flatten that keeps axes apart, and modules with forward hooks, which may compute
        anything.
    NetworkError, NumberSyntaxError, InexactNumberError
        As in `network_from_arrays`; also if there is no Linear, which leaves the dimension open.
    """
    steps = list(_steps(module, ""))
    linear = next((step for _, step in steps if _kind(step) == "Linear"), None)
    if linear is None:
        raise NetworkError("torch module: expected at least one Linear, got none")
    floats = _TYPES.get(str(linear.weight.dtype), FLOAT64)
    chain = _Chain(LayerBuilder(_shape_of(linear.weight)[1]), floats)
    for place, step in steps:
        _APPLIED[_kind(step)](chain, step, place)
    return chain.builder.network(source)


@dataclass
class _Chain:
    """What was applied so far, and the type in which torch computes."""

    builder: LayerBuilder
    floats: BinaryFormat

    def number(self, value: Any) -> Fraction:
        """Return a number that is no tensor as torch takes it."""
        return self.floats.rounded(rational_from_float(float(value)))

    def bend(self, below: list[Fraction]) -> None:
        """Apply units with the slope 1 above 0, and the given ones below."""
        self.builder.bent(Activation(tuple((slope, Fraction(1)) for slope in below)))


def _steps(module: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the modules in order of evaluation with their places, such as ``2.0``."""
    for hooks in _HOOKS:
        if getattr(module, hooks, None):
            _refuse(module, place, "it has forward hooks")
    kind = _kind(module)
    if kind == "Sequential":
        # Iterating keeps a module that stands in several places; named_children() drops repetitions.
        for position, child in enumerate(module):
            yield from _steps(child, f"{place}.{position}" if place else str(position))
    elif kind in _DROPOUTS:
        if module.training:
            _refuse(module, place, "it is in training mode; call .eval() on the module first")
    elif kind == "Flatten":
        axes = getattr(module, "start_dim", 1), getattr(module, "end_dim", -1)
        if axes not in ((0, -1), (1, -1)):
            _refuse(module, place, f"start_dim, end_dim = {axes}")
    elif kind in _APPLIED:
        yield place, module
    elif kind != "Identity":
        _refuse(module, place)


def _kind(module: Any) -> str:
    return type(module).__name__


def _refuse(module: Any, place: str, why: str = "") -> NoReturn:
    position = f"position {place}" if place else "the top"
    raise UnsupportedOperatorError("torch module", shown(_kind(module)), position, why)


def _apply_linear(chain: _Chain, linear: Any, place: str) -> None:
    prefix = f"{place}." if place else ""
    bias = None if linear.bias is None else tensor_values(linear.bias, f"{prefix}bias")
    weight = tensor_values(linear.weight, f"{prefix}weight")
    layer = affine_map_of_arrays(weight, bias, f"{prefix}weight", f"{prefix}bias")
    width = chain.builder.width
    if layer.inputs != width:
        raise NetworkError(
            f"{prefix}weight: expected shape (rows, {width}) after {width} values, "
            f"got {(layer.outputs, layer.inputs)}"
        )
    chain.builder.affine(layer)


def _apply_relu(chain: _Chain, _: Any, _place: str) -> None:
    chain.builder.relu()


def _apply_leaky_relu(chain: _Chain, module: Any, _: str) -> None:
    chain.bend([chain.number(module.negative_slope)] * chain.builder.width)


def _apply_prelu(chain: _Chain, module: Any, place: str) -> None:
    name, width = f"{place}.weight" if place else "weight", chain.builder.width
    slopes = rationals_of_array(tensor_values(module.weight, name), name)
    if len(slopes) not in (1, width):
        raise NetworkError(f"{name}: expected one slope or {width}, one for each value, got {len(slopes)}")
    chain.bend(slopes * (width // len(slopes)))


def _apply_hardtanh(chain: _Chain, module: Any, place: str) -> None:
    low, high = chain.number(module.min_val), chain.number(module.max_val)
    if low > high:
        _refuse(module, place, f"min_val {low} is larger than max_val {high}")
    chain.builder.clip(low, high)


_APPLIED: dict[str, Callable[[_Chain, Any, str], None]] = {
    "Linear": _apply_linear,
    "ReLU": _apply_relu,
    "LeakyReLU": _apply_leaky_relu,
    "PReLU": _apply_prelu,
    "Hardtanh": _apply_hardtanh,
    "ReLU6": _apply_hardtanh,
}


def _shape_of(tensor: Any) -> tuple[int, ...]:
    shape = tuple(int(length) for length in tensor.shape)
    if len(shape) != 2:
        raise NetworkError(f"weight of the first Linear: expected two axes, got shape {shape}")
    return shape
