"""Matrix products of ONNX: MatMul and Gemm, with the constant matrix on either side, batched."""

from __future__ import annotations

import math

import numpy as np

from exactrelu.formats.affine_tensor import AffineTensor, Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.evaluation import WORK_OF_WORD, Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.values import (
    Content,
    Operands,
    Tensor,
    broadcast_shape,
    common_float_type,
    float_constant,
    optional,
    required,
    sum_of,
    times_constant,
)

_BROADCAST_CHANGED = 7  # opset in which NumPy's broadcasting came


def gemm(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return alpha A B + beta C for matrices A and B, transposed on request."""
    element_type = common_float_type(node, operands)
    a, b = (required(node, operands, position).content for position in range(2))
    if len(a.shape) != 2 or len(b.shape) != 2:
        raise node.malformed("two matrices", f"shapes {list(a.shape)} and {list(b.shape)}")
    a = a.rearranged(np.transpose) if node.flag("transA") else a
    b = b.rearranged(np.transpose) if node.flag("transB") else b
    result = times_constant(_product(evaluation, node, a, b), _factor(node, "alpha"))
    c = optional(operands, 2)
    if c is not None:
        _check_bias(node, c.shape, result.shape)
        result = sum_of(result, times_constant(c.content, _factor(node, "beta")))
    elif node.opset < 11:
        raise node.malformed("3 inputs", "2")
    return Tensor(element_type, result)


def _factor(node: Node, name: str) -> ExactArray:
    return float_constant(node.attributes.get(name, 1.0))


def _check_bias(node: Node, bias: Shape, product: Shape) -> None:
    legacy = node.opset < _BROADCAST_CHANGED
    if legacy and not node.flag("broadcast"):
        fits = bias == product
    elif legacy:
        fits = (math.prod(bias) == 1 and len(bias) <= 2) or bias in (product, product[1:])
    else:
        fits = len(bias) <= 2 and broadcast_shape(node, bias, product) == product
    if not fits:
        raise node.malformed(f"a third input that broadcasts to {list(product)}", f"shape {list(bias)}")


def matmul(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the product of matrices, stacks of matrices or vectors, as NumPy's ``matmul``."""
    element_type = common_float_type(node, operands)
    a, b = (required(node, operands, position).content for position in range(2))
    if () in (a.shape, b.shape):
        raise node.malformed("operands with axes", "a scalar")
    row, column = len(a.shape) == 1, len(b.shape) == 1
    left = a.reshape((1, *a.shape)) if row else a
    right = b.reshape((*b.shape, 1)) if column else b
    product = _product(evaluation, node, left, right)
    *batch, count, outer = product.shape
    shape = (*batch, *(() if row else (count,)), *(() if column else (outer,)))
    return Tensor(element_type, product.reshape(shape))


def _product(evaluation: Evaluation, node: Node, a: Content, b: Content) -> Content:
    """Return the product of stacks of matrices, at least one of them constant."""
    if a.shape[-1] != b.shape[-2]:
        raise node.malformed("inner dimensions that agree", f"shapes {list(a.shape)} and {list(b.shape)}")
    batch = broadcast_shape(node, a.shape[:-2], b.shape[:-2])
    count, inner, outer = a.shape[-2], a.shape[-1], b.shape[-1]
    if isinstance(a, ExactArray) and isinstance(b, ExactArray):
        words = 1 + (a.bits + b.bits) // 64
        evaluation.allowance.spend(WORK_OF_WORD * words * math.prod((*batch, count, inner, outer)))
        return a.matmul(b)
    if isinstance(a, AffineTensor) and isinstance(b, AffineTensor):
        raise node.unsupported("both operands depend on the input")
    terms = (*batch, count, outer, inner)
    check_array(terms)
    one, two = (c.numerators if isinstance(c, ExactArray) else c.places() for c in (a, b))
    left = np.broadcast_to(one[..., :, None, :], terms).reshape(-1, inner)
    right = np.broadcast_to(two.swapaxes(-1, -2)[..., None, :, :], terms).reshape(-1, inner)
    shape = (*batch, count, outer)
    if isinstance(b, ExactArray):
        return evaluation.sums(a, left, right, b.denominator, shape)
    assert isinstance(a, ExactArray)  # noqa: S101 (the cases before)
    return evaluation.sums(b, right, left, a.denominator, shape)
