"""Sums, differences, products and quotients entry by entry; integers are folded as ONNX computes them."""

from __future__ import annotations

import math

import numpy as np

from exactrelu.formats.affine_tensor import Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.values import (
    FLOAT_TYPES,
    INTEGER_TYPES,
    Content,
    Operands,
    Tensor,
    broadcast_shape,
    common_float_type,
    constant,
    negative,
    required,
    sum_of,
    times_constant,
)
from exactrelu.numbers.integer_arrays import IntegerArray, integer_array, longer

_BROADCAST_CHANGED = 7  # opset in which NumPy's broadcasting came


def elementwise(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the sum, difference, product or quotient of two inputs, with broadcasting."""
    one, two = (required(node, operands, position) for position in range(2))
    a, b = one.content, two.content
    if node.opset < _BROADCAST_CHANGED:
        b = b.reshape(_legacy_shape(node, a.shape, b.shape))
    broadcast_shape(node, a.shape, b.shape)
    if _is_integer_arithmetic(node, operands):
        return one.with_content(_integer_result(node, one.element_type, a, b))
    common_float_type(node, operands)
    if node.operator in ("Add", "Sub"):
        return one.with_content(sum_of(a, negative(b) if node.operator == "Sub" else b))
    return one.with_content(_product(node, a, _reciprocal(node, b) if node.operator == "Div" else b))


def negation(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input with the other sign."""
    x = required(node, operands, 0)
    if _is_integer_arithmetic(node, operands):
        return x.with_content(_checked(node, x.element_type, -longer(constant(node, x, "input").numerators)))
    common_float_type(node, operands)
    return x.with_content(negative(x.content))


def variadic_sum(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the sum (Sum), or the mean (Mean), of all inputs, with broadcasting."""
    element_type = common_float_type(node, operands)
    contents = [required(node, operands, position).content for position in range(len(operands))]
    if node.opset < 8 and len({content.shape for content in contents}) > 1:
        raise node.malformed("equal shapes before opset 8", "others")
    broadcast_shape(node, *(content.shape for content in contents))
    result = contents[0]
    for content in contents[1:]:
        result = sum_of(result, content)
    if node.operator == "Mean":
        result = times_constant(result, ExactArray(integer_array(1), len(contents)))
    return Tensor(element_type, result)


def _product(node: Node, a: Content, b: Content) -> Content:
    if isinstance(b, ExactArray):
        return times_constant(a, b)
    if isinstance(a, ExactArray):
        return times_constant(b, a)
    raise node.unsupported("both operands depend on the input")


def _reciprocal(node: Node, divisor: Content) -> ExactArray:
    if not isinstance(divisor, ExactArray):
        raise node.unsupported("its divisor depends on the input")
    _refuse_zeros(node, divisor.numerators)
    return divisor.reciprocal()


def _refuse_zeros(node: Node, divisors: IntegerArray) -> None:
    zeros = np.argwhere(np.asarray(divisors == 0))
    if len(zeros):
        raise node.malformed("a divisor without zeros", f"a zero at {[int(i) for i in zeros[0]]}")


def _legacy_shape(node: Node, a: Shape, b: Shape) -> Shape:
    """Return the shape in which NumPy broadcasts ``b`` to ``a`` as ONNX did before opset 7."""
    got = f"{list(a)} and {list(b)}"
    if not node.flag("broadcast"):
        if a != b:
            raise node.malformed("equal shapes, as broadcast is 0", got)
        return b
    if math.prod(b) == 1:
        return (1,) * len(a)
    axis = int(node.attributes.get("axis", len(a) - len(b)))
    if axis < 0 or a[axis : axis + len(b)] != b:
        raise node.malformed("the second shape to be a part of the first", got)
    return b + (1,) * (len(a) - axis - len(b))


# integers -------------------------------------------------------------------------------------------


def _is_integer_arithmetic(node: Node, operands: Operands) -> bool:
    """Return whether all inputs are integers of one type."""
    types = dict.fromkeys(operand.element_type for operand in operands if operand is not None)
    if len(types) > 1:
        raise node.malformed("operands of one type", " and ".join(types))
    return set(types) <= set(INTEGER_TYPES)


def _integer_result(node: Node, element_type: str, a: Content, b: Content) -> ExactArray:
    assert isinstance(a, ExactArray)  # noqa: S101 (only floats depend on the input)
    assert isinstance(b, ExactArray)  # noqa: S101
    one, two = longer(a.numerators), longer(b.numerators)
    if node.operator == "Add":
        return _checked(node, element_type, one + two)
    if node.operator == "Sub":
        return _checked(node, element_type, one - two)
    if node.operator == "Mul":
        return _checked(node, element_type, one * two)
    _refuse_zeros(node, two)
    quotients = abs(one) // abs(two)  # ONNX truncates towards zero
    return _checked(node, element_type, np.where(np.asarray((one < 0) == (two < 0)), quotients, -quotients))


def _checked(node: Node, element_type: str, values: IntegerArray) -> ExactArray:
    """Return integers of a type; ONNX leaves open what a result beyond it is."""
    least, most = INTEGER_TYPES[element_type]
    for value in np.asarray(values, dtype=object).ravel().tolist():
        if not least <= value <= most:
            raise node.malformed(f"a result of {element_type}", f"{value}")
    return ExactArray.of_integers(values)


# types ----------------------------------------------------------------------------------------------

_SIGNIFICANT_BITS = {"FLOAT16": (11, -24, 15), "BFLOAT16": (8, -133, 127), "FLOAT": (24, -149, 127)}
_SIGNIFICANT_BITS["DOUBLE"] = (53, -1074, 1023)


def cast(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input in another type, if no value can change by that."""
    x = required(node, operands, 0)
    target = _target(node)
    if isinstance(x.content, ExactArray):
        for value in x.content.fractions():
            if not _is_in(target, value.numerator, value.denominator):
                raise node.unsupported(f"it changes a value: {value} is no {target}")
        return Tensor(target, x.content)
    bits, lowest, highest = _SIGNIFICANT_BITS[x.element_type]
    wide = _SIGNIFICANT_BITS.get(target, (0, 0, 0))
    if not (bits <= wide[0] and lowest >= wide[1] and highest <= wide[2]):
        raise node.unsupported(f"from {x.element_type} to {target} it changes values")
    return Tensor(target, x.content)


def _target(node: Node) -> str:
    from onnx import TensorProto

    number = node.attributes.get("to")
    if isinstance(number, str):  # before opset 6
        return number.upper()
    if number not in TensorProto.DataType.values():
        raise node.malformed("an attribute to with an element type", f"{number}")
    return str(TensorProto.DataType.Name(number))


def _is_in(element_type: str, numerator: int, denominator: int) -> bool:
    """Return whether a rational is a number of a type."""
    if element_type in INTEGER_TYPES:
        least, most = INTEGER_TYPES[element_type]
        return denominator == 1 and least <= numerator <= most
    if element_type == "BOOL":
        return denominator == 1 and numerator in (0, 1)
    if element_type not in FLOAT_TYPES:
        return False
    bits, lowest, highest = _SIGNIFICANT_BITS[element_type]
    exponent = denominator.bit_length() - 1
    odd = abs(numerator)
    trailing = (odd & -odd).bit_length() - 1 if odd else 0
    return (
        denominator == 1 << exponent
        and (odd >> trailing).bit_length() <= bits
        and trailing - exponent >= (lowest if odd else -math.inf)
        and odd.bit_length() - exponent <= highest + 1
    )
