"""BatchNormalization at inference: an affine map of each channel, if its square roots are known exactly.

The real function is a x + b with a = scale / sqrt(var + epsilon) and b = bias - mean a. Mostly the root is
irrational, and then no rational network is this function. What programs compute has rational coefficients.
With ``batchnorm="float32"`` they are, each operation rounded to float32 (nearest, ties to even):

    a = scale / sqrt(var + epsilon),    b = bias - mean * a

and the layer is x -> a x + b over the reals. This is how a float32 program folds the stored constants before
it meets an input.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from exactrelu.errors import NumberSyntaxError
from exactrelu.formats.affine_tensor import Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.onnx.evaluation import Evaluation, exact_fractions
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.values import (
    Operands,
    Tensor,
    common_float_type,
    constant,
    float_constant,
    required,
    sum_of,
    times_constant,
)

_PARAMETERS = ("scale", "bias", "mean", "variance")
_REASON = (
    "it divides by a square root that is not rational; --batchnorm float32 takes the coefficients that a "
    "float32 program folds"
)


def batch_normalization(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return (x - mean) / sqrt(var + epsilon) * scale + bias in each channel."""
    element_type = common_float_type(node, operands)
    x = required(node, operands, 0)
    _refuse_other_modes(node, x.shape)
    parameters = [constant(node, required(node, operands, 1 + i), name) for i, name in enumerate(_PARAMETERS)]
    for name, parameter in zip(_PARAMETERS, parameters, strict=True):
        if parameter.shape != x.shape[1:2]:
            raise node.malformed(f"a {name} of shape {[x.shape[1]]}", f"{list(parameter.shape)}")
    epsilon = float_constant(node.attributes.get("epsilon", float(np.float32(1e-5))))
    folded = _exactly_folded(node, parameters, epsilon)
    if folded is None and evaluation.batchnorm == "float32":
        if element_type != "FLOAT":
            raise node.unsupported(f"--batchnorm float32 is for constants of FLOAT, not of {element_type}")
        folded = _float32_folded(node, parameters, epsilon)
        evaluation.folded_in_floats = True
    if folded is None:
        raise node.unsupported(_REASON)
    shape = (-1, *[1] * (len(x.shape) - 2))
    factor, offset = (part.reshape(shape) for part in folded)
    return Tensor(element_type, sum_of(times_constant(x.content, factor), offset))


def _refuse_other_modes(node: Node, shape: Shape) -> None:
    if len(shape) < 2:
        raise node.malformed("an input with 2 axes or more", f"shape {list(shape)}")
    if node.flag("training_mode") or (node.opset < 7 and not node.flag("is_test")):
        raise node.unsupported("it is in training mode")
    if not node.flag("spatial", 1):
        raise node.unsupported("spatial is 0")


def _exactly_folded(
    node: Node, parameters: list[ExactArray], epsilon: ExactArray
) -> tuple[ExactArray, ExactArray] | None:
    """Return the coefficients if all roots are rational."""
    scale, bias, mean, variance = parameters
    squares = (variance + epsilon).fractions()
    if min(squares) <= 0:
        raise node.malformed("a positive variance + epsilon", f"{float(min(squares))}")
    roots = [Fraction(math.isqrt(q.numerator), math.isqrt(q.denominator)) for q in squares]
    if any(root * root != square for root, square in zip(roots, squares, strict=True)):
        return None
    factor = scale * exact_fractions(roots, variance.shape).reciprocal()
    return factor, bias + -(mean * factor)


def _float32_folded(
    node: Node, parameters: list[ExactArray], epsilon: ExactArray
) -> tuple[ExactArray, ExactArray]:
    """Return the coefficients as float32 arithmetic has them."""
    scale, bias, mean, variance = (_float32(parameter) for parameter in parameters)
    with np.errstate(all="ignore"):  # what is no number is refused below
        factor = scale / np.sqrt(variance + _float32(epsilon))
        offset = bias - mean * factor
    try:
        return ExactArray.from_floats(factor), ExactArray.from_floats(offset)
    except NumberSyntaxError as error:
        raise node.malformed("coefficients within float32", str(error).partition("got ")[2]) from None


def _float32(values: ExactArray) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return float32 numbers, which these are, as NumPy's."""
    entries = [float(value) for value in values.fractions()]
    return np.array(entries, dtype=np.float32).reshape(values.shape)
