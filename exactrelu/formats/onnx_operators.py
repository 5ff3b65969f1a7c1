"""The operators of fully connected ONNX graphs, on exact constants and affine tensors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from exactrelu.formats.affine_tensor import Selection
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import WorkAllowance
from exactrelu.formats.onnx_copies import (
    Operands,
    Shape,
    dropout,
    flatten,
    identity,
    required,
    reshape,
    third,
)
from exactrelu.formats.onnx_node import Node
from exactrelu.formats.onnx_tensors import FLOAT_TYPES, Content, Tensor, TensorReader

_WORD_COST = 200  # machine operations for a word that Python handles, not python-flint
_BROADCAST_CHANGED = 7  # opset in which NumPy's broadcasting came


class Operators:
    """Evaluates nodes one by one; what they may cost together is bounded.

    Each result is exact, and each thing that is not (or not surely) a part of a ReLU network is
    refused: `UnsupportedOperatorError` where ONNX allows it, `FormatError` where it does not.
    """

    def __init__(self, reader: TensorReader) -> None:
        self._reader = reader
        self._allowance = WorkAllowance()
        self._table: dict[str, Callable[[Node, Operands], Tensor]] = {
            "Gemm": self._gemm,
            "MatMul": self._matmul,
            "Add": self._elementwise,
            "Sub": self._elementwise,
            "Mul": self._elementwise,
            "Div": self._elementwise,
            "Relu": self._relu,
            "Flatten": flatten,
            "Reshape": reshape,
            "Identity": identity,
            "Constant": self._constant,
            "Dropout": dropout,
        }

    def apply(self, node: Node, operands: Operands) -> Tensor:
        """Return the first output of a checked node."""
        result = self._table[node.operator](node, operands)
        self._allowance.spend(_WORD_COST * (1000 + result.content.cost))
        return result

    def _constant(self, node: Node, _: Operands) -> Tensor:
        if len(node.attributes) != 1:
            raise node.malformed("one attribute with the value", f"{len(node.attributes)}")
        ((name, value),) = node.attributes.items()
        if name == "value":
            return self._reader.read(value, node.proto.output[0])
        if name in ("value_int", "value_ints"):
            return Tensor("INT64", ExactArray.of(np.array(_plain(value), dtype=object)))
        floats = np.array(_plain(value), dtype=np.float32)
        if floats.size == 0 or not np.isfinite(floats).all():
            raise node.malformed("finite numbers", "none" if floats.size == 0 else "a NaN or an infinity")
        return Tensor("FLOAT", ExactArray.from_floats(floats))

    def _gemm(self, node: Node, operands: Operands) -> Tensor:
        element_type = _common_float_type(node, operands)
        a, b, c = (*(required(node, x).content for x in operands[:2]), third(operands))
        if len(a.shape) != 2 or len(b.shape) != 2:
            raise node.malformed("two matrices", f"shapes {list(a.shape)} and {list(b.shape)}")
        a = a.transposed() if node.flag("transA") else a
        b = b.transposed() if node.flag("transB") else b
        result = _scaled(self._product(node, a, b), node.attributes.get("alpha", 1.0))
        if c is not None:
            _check_gemm_bias(node, c.shape, result.shape)
            result = _sum(node, result, _scaled(c, node.attributes.get("beta", 1.0)))
        elif node.opset < 11:
            raise node.malformed("3 inputs", "2")
        return Tensor(element_type, result)

    def _matmul(self, node: Node, operands: Operands) -> Tensor:
        element_type = _common_float_type(node, operands)
        a, b = (required(node, x).content for x in operands)
        if () in (a.shape, b.shape):
            raise node.malformed("operands with axes", "a scalar")
        row, column = len(a.shape) == 1, len(b.shape) == 1
        left = a.reshape((1, *a.shape)) if row else a
        right = b.reshape((*b.shape, 1)) if column else b
        product = self._product(node, left, right)
        *batch, count, outer = product.shape
        shape = (*batch, *(() if row else (count,)), *(() if column else (outer,)))
        return Tensor(element_type, product.reshape(shape))

    def _product(self, node: Node, a: Content, b: Content) -> Content:
        """Return the product of stacks of matrices."""
        if a.shape[-1] != b.shape[-2]:
            raise node.malformed("inner dimensions that agree", f"shapes {list(a.shape)} and {list(b.shape)}")
        batch = _broadcast(node, a.shape[:-2], b.shape[:-2])
        self._spend_product(a, b, math.prod((*batch, a.shape[-2], a.shape[-1], b.shape[-1])))
        if isinstance(b, ExactArray):
            return a.matmul(b)
        if isinstance(a, ExactArray):
            return b.transposed().matmul(a.transposed()).transposed()
        raise node.unsupported("both operands depend on the input")

    def _spend_product(self, a: Content, b: Content, multiplications: int) -> None:
        bits = 0
        for content in (a, b):
            if isinstance(content, ExactArray):
                bits += content.bits
            elif isinstance(content.linear, Selection):
                bits += content.linear.factors.bits
            else:
                multiplications *= content.base.size
                bits += content.linear.entries.bits
        self._allowance.spend(multiplications * (1 + bits // 64))

    def _relu(self, node: Node, operands: Operands) -> Tensor:
        element_type = _common_float_type(node, operands)
        content = required(node, operands[0]).content
        if not isinstance(content, ExactArray):
            self._allowance.spend(_WORD_COST * math.prod(content.shape) * (content.base.size + 1))
        return Tensor(element_type, content.relu())

    def _elementwise(self, node: Node, operands: Operands) -> Tensor:
        element_type = _common_float_type(node, operands)
        a, b = (required(node, x).content for x in operands)
        if node.opset < _BROADCAST_CHANGED:
            b = b.reshape(_legacy_shape(node, a.shape, b.shape))
        _broadcast(node, a.shape, b.shape)
        if node.operator == "Sub":
            b = -b if isinstance(b, ExactArray) else b.times(ExactArray.filled((), -1))
        elif node.operator == "Div":
            b = _reciprocal(node, b)
        combine = _sum if node.operator in ("Add", "Sub") else _times
        return Tensor(element_type, combine(node, a, b))


def _plain(value: object) -> object:
    """Return a repeated field of protobuf as a list, a number as it is."""
    return value if isinstance(value, int | float) else list(value)  # type: ignore[call-overload]


def _common_float_type(node: Node, operands: Operands) -> str:
    """Return the one float type of all operands: integer arithmetic has other rules (Div truncates)."""
    types = [operand.element_type for operand in operands if operand is not None]
    for element_type in types:
        if element_type not in FLOAT_TYPES:
            raise node.unsupported(f"arithmetic on {element_type}")
    if len(set(types)) != 1:
        raise node.malformed("operands of one type", " and ".join(types))
    return types[0]


def _broadcast(node: Node, one: Shape, two: Shape) -> Shape:
    try:
        shape: Shape = np.broadcast_shapes(one, two)
    except ValueError:
        raise node.malformed("shapes that broadcast", f"{list(one)} and {list(two)}") from None
    return shape


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


def _check_gemm_bias(node: Node, bias: Shape, product: Shape) -> None:
    legacy = node.opset < _BROADCAST_CHANGED
    if legacy and not node.flag("broadcast"):
        fits = bias == product
    elif legacy:
        fits = (math.prod(bias) == 1 and len(bias) <= 2) or bias in (product, product[1:])
    else:
        fits = len(bias) <= 2 and _broadcast(node, bias, product) == product
    if not fits:
        raise node.malformed(f"a third input that broadcasts to {list(product)}", f"shape {list(bias)}")


def _scaled(content: Content, factor: float) -> Content:
    """Return the content times the exact value of a float."""
    if factor == 1:
        return content
    exact = ExactArray.from_floats(np.array(factor))
    return content * exact if isinstance(content, ExactArray) else content.times(exact)


def _sum(node: Node, a: Content, b: Content) -> Content:
    if isinstance(a, ExactArray):
        return a + b if isinstance(b, ExactArray) else b.plus_constant(a)
    if isinstance(b, ExactArray):
        return a.plus_constant(b)
    if a.base is not b.base:
        raise node.unsupported("its operands stand behind different ReLUs, as in a skip connection")
    return a.plus(b)


def _times(node: Node, a: Content, b: Content) -> Content:
    if isinstance(a, ExactArray):
        return a * b if isinstance(b, ExactArray) else b.times(a)
    if isinstance(b, ExactArray):
        return a.times(b)
    raise node.unsupported("both operands depend on the input")


def _reciprocal(node: Node, divisor: Content) -> ExactArray:
    if not isinstance(divisor, ExactArray):
        raise node.unsupported("its divisor depends on the input")
    zeros = np.argwhere(np.asarray(divisor.numerators == 0))
    if len(zeros):
        raise node.malformed("a divisor without zeros", f"a zero at {[int(i) for i in zeros[0]]}")
    return divisor.reciprocal()
