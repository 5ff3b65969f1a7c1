"""The operators of ONNX that make constants, or change the type of some: shapes, quantised weights."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from exactrelu.formats.affine_tensor import Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.tensors import MAX_RANK
from exactrelu.formats.onnx.values import (
    FLOAT_TYPES,
    INTEGER_TYPES,
    Operands,
    Tensor,
    axis_of,
    broadcast_shape,
    constant,
    integers,
    optional,
    required,
)
from exactrelu.numbers.integer_arrays import integer_array, longer


def stored(evaluation: Evaluation, node: Node, _: Operands) -> Tensor:
    """Return the constant that the node holds."""
    if len(node.attributes) != 1:
        raise node.malformed("one attribute with the value", f"{len(node.attributes)}")
    ((name, value),) = node.attributes.items()
    if name == "value":
        return evaluation.reader.read(value, node.proto.output[0])
    if name in ("value_int", "value_ints"):
        return Tensor("INT64", ExactArray.of_integers(value))
    if name not in ("value_float", "value_floats"):
        raise node.unsupported(f"attribute {name}")
    floats = np.array(value, dtype=np.float32)
    if floats.size == 0 or not np.isfinite(floats).all():
        raise node.malformed("finite numbers", "none" if floats.size == 0 else "a NaN or an infinity")
    return Tensor("FLOAT", ExactArray.from_floats(floats))


def filled(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return an array of a constant shape whose entries are all one number, 0.0 by default."""
    shape = integers(node, required(node, operands, 0), "shape")
    if len(shape) > MAX_RANK or min(shape, default=1) < 1:
        raise node.malformed("a shape without empty axes", f"{shape}")
    check_array(shape)
    value: Any = node.attributes.get("value")
    one = Tensor("FLOAT", ExactArray.filled((1,), 0))
    if value is not None:
        one = evaluation.reader.read(value, node.proto.output[0])
    if math.prod(one.shape) != 1:
        raise node.malformed("one number as value", f"shape {list(one.shape)}")
    return Tensor(one.element_type, one.content.reshape(()).broadcast_to(tuple(shape)))


def shape_of(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the lengths of the axes, or of those from ``start`` to ``end``."""
    x = required(node, operands, 0)
    part = slice(node.attributes.get("start", 0), node.attributes.get("end"))
    return Tensor("INT64", ExactArray.of_integers(list(x.shape[part])))


def size_of(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the number of entries."""
    return Tensor("INT64", ExactArray.of_integers(math.prod(required(node, operands, 0).shape)))


def equal(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return where two constants are equal."""
    one, two = (required(node, operands, position) for position in range(2))
    if one.element_type != two.element_type:
        raise node.malformed("operands of one type", f"{one.element_type} and {two.element_type}")
    a, b = (constant(node, operand, "comparison") for operand in (one, two))
    broadcast_shape(node, a.shape, b.shape)
    same = np.asarray((a + -b).numerators == 0)
    return Tensor("BOOL", ExactArray(same.astype(np.int64)))


def integer_range(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the integers from a start to a limit, which is left out, by steps."""
    tensors = [required(node, operands, position) for position in range(3)]
    element_type = tensors[0].element_type
    if any(t.element_type != element_type for t in tensors) or element_type not in ("INT64", "INT32"):
        raise node.unsupported("a range of other numbers than integers")
    if any(t.rank for t in tensors):
        raise node.malformed("scalars", " and ".join(str(list(t.shape)) for t in tensors))
    start, limit, step = (int(constant(node, t, "range").numerators) for t in tensors)
    if not step:
        raise node.malformed("a step other than 0", "0")
    numbers = range(start, limit, step)
    check_array((len(numbers) if abs(limit - start) < 2**62 else 2**62,))
    return Tensor(element_type, ExactArray.of_integers(list(numbers)))


# quantised weights ----------------------------------------------------------------------------------


def dequantized(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return (x - zero point) * scale for constant integers x, exactly."""
    x, scale = required(node, operands, 0), required(node, operands, 1)
    values, factors, zero = _quantization(node, operands)
    if x.element_type not in INTEGER_TYPES or scale.element_type not in FLOAT_TYPES:
        raise node.malformed("integers and a scale of floats", f"{x.element_type} and {scale.element_type}")
    return Tensor(scale.element_type, (values + -zero) * factors)


def quantized(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return constant x / scale, rounded to the nearest integer (ties to even), plus the zero point."""
    x, zero_point = required(node, operands, 0), optional(operands, 2)
    values, factors, zero = _quantization(node, operands)
    target = "UINT8" if zero_point is None else zero_point.element_type
    if node.attributes.get("output_dtype", 0) and zero_point is None:
        raise node.unsupported("attribute output_dtype")
    if x.element_type not in FLOAT_TYPES or target not in INTEGER_TYPES:
        raise node.malformed("floats and a zero point of integers", f"{x.element_type} and {target}")
    if any(entry <= 0 for entry in factors.fractions()):
        raise node.malformed("a positive scale", "another")
    exact = values * factors.reciprocal()
    least, most = INTEGER_TYPES[target]
    rounded = [round(Fraction(entry)) for entry in exact.fractions()]  # ties to even
    shifted = longer(integer_array(rounded).reshape(exact.shape)) + longer(zero.numerators)
    return Tensor(target, ExactArray.of_integers(np.clip(shifted, least, most)))


def _quantization(node: Node, operands: Operands) -> tuple[ExactArray, ExactArray, ExactArray]:
    """Return constants, their scale and their zero point, in shapes that broadcast."""
    x, scale, zero = required(node, operands, 0), required(node, operands, 1), optional(operands, 2)
    if not isinstance(x.content, ExactArray):
        raise node.unsupported("it rounds what depends on the input")
    if node.attributes.get("block_size", 0):
        raise node.unsupported("attribute block_size")
    factors = constant(node, scale, "scale")
    offsets = ExactArray.filled((), 0) if zero is None else constant(node, zero, "zero point")
    if zero is not None and zero.shape != scale.shape:
        raise node.malformed(
            "a scale and a zero point of one shape", f"{list(scale.shape)}, {list(zero.shape)}"
        )
    shape = _broadcastable(node, x, scale)
    return x.content, factors.reshape(shape), offsets.reshape(shape) if zero is not None else offsets


def _broadcastable(node: Node, x: Tensor, scale: Tensor) -> Shape:
    if math.prod(scale.shape) == 1 and scale.rank <= 1:
        return ()
    axis = axis_of(node, int(node.attributes.get("axis", 1)), x.rank)
    if scale.shape != x.shape[axis : axis + 1]:
        raise node.malformed(f"a scale of shape {[x.shape[axis]]} or a scalar", f"{list(scale.shape)}")
    return tuple(n if i == axis else 1 for i, n in enumerate(x.shape))
