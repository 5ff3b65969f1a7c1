"""Networks from PyTorch modules, known by the names of their classes: torch is not imported.

Each module becomes the operator of `exactrelu.formats.onnx` that it is, on exact affine tensors, so both
readers mean the same by a convolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from exactrelu.errors import ArgumentError, NetworkError, NumberSyntaxError, UnsupportedOperatorError
from exactrelu.formats.affine_tensor import AffineTensor, Shape
from exactrelu.formats.arrays import tensor_values
from exactrelu.formats.batchnorm import FOLDED_IN_FLOAT32, BatchNorm
from exactrelu.formats.binary_rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array, shown
from exactrelu.formats.onnx import convolution, normalization, pooling, products, units
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import NEWEST_OPSET, Node
from exactrelu.formats.onnx.tensors import TensorReader
from exactrelu.formats.onnx.values import Tensor, as_affine, sum_of
from exactrelu.formats.units import Units
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import rational_from_float

_FILE = "torch module"
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_TYPES = {
    "torch.float16": ("FLOAT16", FLOAT16),
    "torch.bfloat16": ("BFLOAT16", BFLOAT16),
    "torch.float32": ("FLOAT", FLOAT32),
    "torch.float64": ("DOUBLE", FLOAT64),
}
_NOTHING = (
    "Identity",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "AlphaDropout",
    "FeatureAlphaDropout",
)
_NORMALISATIONS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")

Operation = Callable[[Evaluation, Node, list[Tensor | None]], Tensor]


def network_from_torch(
    module: Any, *, input_shape: Any = None, batchnorm: BatchNorm = "exact", source: str | None = "torch"
) -> Network:
    """Return the exact real-valued function of a ``torch.nn.Sequential``.

    Modules are known by the names of their classes: Linear, convolutions and transposed convolutions,
    pooling, BatchNorm, ReLU, LeakyReLU, PReLU, Hardtanh, ReLU6, Flatten, Identity, Dropout in evaluation
    mode, and nested Sequential. Layers without a unit between them are composed; pooling by the largest is
    a knock-out by ReLUs, and what waits meanwhile travels on in linear units.

    Parameters
    ----------
    module
        The module. Its parameters are read on the spot, each with its exact value. Numbers that are no
        tensors (``negative_slope``, ``min_val``, ``max_val``, ``eps``) are taken as torch does, rounded to
        the type of the first weight.
    input_shape
        The shape of one input without the batch, such as (3, 32, 32); left out, it is (``in_features``,) of
        the first Linear, before which no image may stand.
    batchnorm
        ``exact`` refuses BatchNorm unless the roots of var + eps are rational; ``float32`` folds the stored
        numbers in float32 arithmetic, as `exactrelu.formats.onnx.normalization` defines, and the source of
        the network says so.
    source
        Free text that travels with the network.

    Returns
    -------
    Network
        The network on one flattened input, with one flattened output.

    Raises
    ------
    UnsupportedOperatorError
        For any other module, named by class and position; for Dropout and BatchNorm in training mode (call
        ``.eval()``), a Flatten that keeps axes apart, and modules with forward hooks, which may compute
        anything.
    FormatError, NetworkError, NumberSyntaxError, InexactNumberError
        If shapes do not fit, or as in `network_from_arrays`; also if nothing says the shape of the input.
    """
    if batchnorm not in ("exact", "float32"):
        raise ArgumentError(f"batchnorm: expected exact or float32, got {batchnorm!r}")
    steps = list(_steps(module, ""))
    shape = _input_shape(steps, input_shape)
    chain = _Chain(shape, _first_type(steps), batchnorm)
    for place, step in steps:
        _APPLIED[_kind(step)](chain, step, place)
    if chain.evaluation.folded_in_floats and source is not None:
        source += FOLDED_IN_FLOAT32
    return chain.network(source)


class _Chain:
    """What was applied so far to one tensor, and the type in which torch computes."""

    def __init__(self, shape: Shape, element_type: str, batchnorm: BatchNorm) -> None:
        size = 1
        for length in shape:
            size *= length
        check_array((size,))
        self.evaluation = Evaluation(TensorReader(_FILE, Path()), Units(size), batchnorm)
        self._type, self._floats = _TYPES[element_type]
        self.value = Tensor(self._type, AffineTensor.of_variables(0, (1, *shape)))

    def number(self, value: Any) -> float:
        """Return a number that is no tensor as torch takes it."""
        rounded = self._floats.rounded(rational_from_float(float(value)))
        return float(rounded)

    def scalar(self, value: Any) -> Tensor:
        """Return such a number as an operand."""
        return Tensor(self._type, ExactArray.from_floats(_array(self.number(value))))

    def apply(self, operation: Operation, node: Node, *operands: Tensor | None) -> None:
        """Replace the tensor by what an operator makes of it."""
        self.value = operation(self.evaluation, node, [self.value, *operands])

    def network(self, source: str | None) -> Network:
        """Return the network with the tensor as its output."""
        output = as_affine(self.value.content)
        return self.evaluation.units.network(output.reshape((output.size,)), source=source)


def _array(value: Any) -> Any:
    import numpy as np

    return np.asarray(value)


def _parameter(tensor: Any, place: str) -> Tensor:
    """Return the exact values of a tensor of a module."""
    values = tensor_values(tensor, place)
    try:
        exact = ExactArray.from_floats(values)
    except NumberSyntaxError as error:
        raise NumberSyntaxError(f"{place}{error}") from None
    return Tensor(_TYPES[str(tensor.dtype)][0], exact)


def _optional(tensor: Any, place: str) -> Tensor | None:
    return None if tensor is None else _parameter(tensor, place)


# the modules in their order -------------------------------------------------------------------------


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
        return
    if kind not in _APPLIED and kind not in _NOTHING:
        _refuse(module, place)
    if (kind in _NORMALISATIONS or (kind in _NOTHING and kind != "Identity")) and module.training:
        _refuse(module, place, "it is in training mode; call .eval() on the module first")
    if kind == "Flatten":
        axes = getattr(module, "start_dim", 1), getattr(module, "end_dim", -1)
        if axes not in ((0, -1), (1, -1)):
            _refuse(module, place, f"start_dim, end_dim = {axes}")
    if kind not in _NOTHING:
        yield place, module


def _input_shape(steps: list[tuple[str, Any]], given: Any) -> Shape:
    if given is not None:
        shape = tuple(given) if not isinstance(given, int) else (given,)
        if not shape or not all(isinstance(n, int) and n > 0 for n in shape):
            raise NetworkError(f"input_shape: expected positive lengths such as (3, 32, 32), got {given!r}")
        return shape
    linear = next((step for _, step in steps if _kind(step) == "Linear"), None)
    imaged = [(place, step) for place, step in steps if _kind(step) in _ON_IMAGES]
    if imaged:
        kind, place = _kind(imaged[0][1]), imaged[0][0]
        raise NetworkError(
            f"input_shape: expected the shape of an input for {kind} at position {place}, got none"
        )
    if linear is None:
        raise NetworkError("torch module: expected at least one Linear, got none")
    shape = tuple(int(length) for length in linear.weight.shape)
    if len(shape) != 2:
        raise NetworkError(f"weight of the first Linear: expected two axes, got shape {shape}")
    return shape[1:]


def _first_type(steps: list[tuple[str, Any]]) -> str:
    types = (str(step.weight.dtype) for _, step in steps if getattr(step, "weight", None) is not None)
    first = next(types, "torch.float32")
    return first if first in _TYPES else "torch.float32"


def _kind(module: Any) -> str:
    return type(module).__name__


def _position(place: str) -> str:
    return f"position {place}" if place else "the top"


def _refuse(module: Any, place: str, why: str = "") -> NoReturn:
    raise UnsupportedOperatorError(_FILE, shown(_kind(module)), _position(place), why)


def _node(module: Any, place: str, operator: str | None = None, **attributes: Any) -> Node:
    """Return the node of a graph that says what a module says."""
    proto = SimpleNamespace(domain="", op_type=operator or _kind(module), name=_position(place), output=[])
    return Node(_FILE, proto, 0, NEWEST_OPSET, attributes)


# what each of them is -------------------------------------------------------------------------------


def _apply_linear(chain: _Chain, linear: Any, place: str) -> None:
    prefix = f"{place}." if place else ""
    weight = _parameter(linear.weight, f"{prefix}weight")
    bias = _optional(linear.bias, f"{prefix}bias")
    width = chain.value.shape[-1]
    if len(weight.shape) != 2 or weight.shape[1] != width or 0 in weight.shape:
        raise NetworkError(
            f"{prefix}weight: expected shape (rows, {width}) after {width} values, got {weight.shape}"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise NetworkError(
            f"{prefix}bias: expected shape {weight.shape[:1]} for a weight of shape {weight.shape}, "
            f"got {bias.shape}"
        )
    turned = weight.rearranged(lambda entries: entries.T)
    chain.apply(products.matmul, _node(linear, place), turned)
    if bias is not None:
        chain.value = chain.value.with_content(sum_of(chain.value.content, bias.content))


def _apply_flatten(chain: _Chain, _: Any, _place: str) -> None:
    size = as_affine(chain.value.content).size
    chain.value = chain.value.with_content(chain.value.content.reshape((1, size)))


def _apply_relu(chain: _Chain, module: Any, place: str) -> None:
    chain.apply(units.relu, _node(module, place))


def _apply_leaky_relu(chain: _Chain, module: Any, place: str) -> None:
    chain.apply(units.leaky_relu, _node(module, place, alpha=chain.number(module.negative_slope)))


def _apply_prelu(chain: _Chain, module: Any, place: str) -> None:
    name = f"{place}.weight" if place else "weight"
    slope, shape = _parameter(module.weight, name), chain.value.shape
    channels = shape[1] if len(shape) > 1 else 1
    (count,) = slope.shape
    if count not in (1, channels):
        raise NetworkError(f"{name}: expected one slope or {channels}, one for each value, got {count}")
    wide = slope.with_content(slope.content.reshape((count, *[1] * (len(shape) - 2))))
    chain.apply(units.prelu, _node(module, place), wide)


def _apply_hardtanh(chain: _Chain, module: Any, place: str) -> None:
    low, high = chain.number(module.min_val), chain.number(module.max_val)
    if low > high:
        _refuse(module, place, f"min_val {Fraction(low)} is larger than max_val {Fraction(high)}")
    chain.apply(units.clip, _node(module, place), chain.scalar(low), chain.scalar(high))


def _lengths(value: Any, rank: int) -> list[int]:
    """Return a number for each axis, from one for all or a tuple."""
    values = [value] * rank if isinstance(value, int) else list(value)
    return [int(entry) for entry in (values * rank if len(values) == 1 else values)]


def _require_rank(chain: _Chain, module: Any, place: str) -> int:
    """Return the number of spatial axes, which is in the name of the class."""
    rank = int(_kind(module)[-2])
    if len(chain.value.shape) != rank + 2:
        expected = f"{_position(place)}: expected an input of {rank + 1} axes for {_kind(module)}"
        raise NetworkError(f"{expected}, got shape {chain.value.shape[1:]}")
    return rank


def _apply_convolution(chain: _Chain, module: Any, place: str) -> None:
    rank, prefix = _require_rank(chain, module, place), f"{place}." if place else ""
    if getattr(module, "padding_mode", "zeros") != "zeros":
        _refuse(module, place, f"padding_mode {shown(str(module.padding_mode))}")
    attributes: dict[str, Any] = {
        "strides": _lengths(module.stride, rank),
        "dilations": _lengths(module.dilation, rank),
        "group": int(module.groups),
    }
    if isinstance(module.padding, str):
        attributes["auto_pad"] = {"same": "SAME_UPPER", "valid": "VALID"}.get(module.padding, module.padding)
    else:
        attributes["pads"] = _lengths(module.padding, rank) * 2
    operation = convolution.convolution
    if "Transpose" in _kind(module):
        operation = convolution.transposed_convolution
        attributes["output_padding"] = _lengths(module.output_padding, rank)
    weight, bias = _parameter(module.weight, f"{prefix}weight"), _optional(module.bias, f"{prefix}bias")
    chain.apply(operation, _node(module, place, **attributes), weight, bias)


def _apply_pooling(chain: _Chain, module: Any, place: str) -> None:
    rank, kind = _require_rank(chain, module, place), _kind(module)
    kernel = _lengths(module.kernel_size, rank)
    attributes: dict[str, Any] = {
        "kernel_shape": kernel,
        "strides": kernel if module.stride is None else _lengths(module.stride, rank),
        "pads": _lengths(module.padding, rank) * 2,
        "ceil_mode": int(module.ceil_mode),
    }
    if kind.startswith("Max"):
        if module.return_indices:
            _refuse(module, place, "return_indices is set")
        attributes["dilations"] = _lengths(module.dilation, rank)
        chain.apply(pooling.max_pool, _node(module, place, **attributes))
        return
    if getattr(module, "divisor_override", None) is not None:
        _refuse(module, place, "divisor_override is set")
    attributes["count_include_pad"] = int(module.count_include_pad)
    chain.apply(pooling.average_pool, _node(module, place, **attributes))


def _apply_global_pooling(chain: _Chain, module: Any, place: str) -> None:
    rank = _require_rank(chain, module, place)
    if set(_lengths(module.output_size, rank)) != {1}:
        _refuse(module, place, f"output_size {module.output_size}, other than 1")
    operator = "GlobalMaxPool" if "Max" in _kind(module) else "GlobalAveragePool"
    chain.apply(pooling.global_pool, _node(module, place, operator))


def _apply_normalisation(chain: _Chain, module: Any, place: str) -> None:
    prefix = f"{place}." if place else ""
    if module.running_mean is None or module.running_var is None:
        _refuse(module, place, "it keeps no running mean and variance")
    mean, variance = (
        _parameter(getattr(module, name), f"{prefix}{name}") for name in ("running_mean", "running_var")
    )
    scale, bias = _optional(module.weight, f"{prefix}weight"), _optional(module.bias, f"{prefix}bias")
    scale = scale or mean.with_content(ExactArray.filled(mean.shape, 1))
    bias = bias or mean.with_content(ExactArray.filled(mean.shape, 0))
    node = _node(module, place, epsilon=chain.number(module.eps))
    chain.apply(normalization.batch_normalization, node, scale, bias, mean, variance)


_Applied = Callable[[_Chain, Any, str], None]
_CONVOLUTIONS: dict[str, _Applied] = {
    f"Conv{kind}{rank}d": _apply_convolution for kind in ("", "Transpose") for rank in (1, 2, 3)
}
_POOLINGS: dict[str, _Applied] = {
    f"{adaptive}{kind}Pool{rank}d": _apply_global_pooling if adaptive else _apply_pooling
    for adaptive in ("", "Adaptive")
    for kind in ("Max", "Avg")
    for rank in (1, 2, 3)
}
_ON_IMAGES = {
    **_CONVOLUTIONS,
    **_POOLINGS,
    "BatchNorm2d": _apply_normalisation,
    "BatchNorm3d": _apply_normalisation,
}
_APPLIED: dict[str, _Applied] = {
    **_ON_IMAGES,
    "Linear": _apply_linear,
    "Flatten": _apply_flatten,
    "BatchNorm1d": _apply_normalisation,
    "ReLU": _apply_relu,
    "LeakyReLU": _apply_leaky_relu,
    "PReLU": _apply_prelu,
    "Hardtanh": _apply_hardtanh,
    "ReLU6": _apply_hardtanh,
}
