"""The operators of ONNX that bend: each becomes units with two slopes, and linear maps round them.

* max(a, b) = b + relu(a - b); more entries are compared two by two, in order, and the larger ones again;
* min(a, b) = -max(-a, -b);
* clipping to [lo, hi] is lo + relu(x - lo) - relu(x - hi).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from exactrelu.formats.affine_tensor import AffineTensor, Places
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.values import (
    INTEGER_TYPES,
    Content,
    Operands,
    Tensor,
    as_affine,
    broadcast_shape,
    common_float_type,
    constant,
    float_constant,
    in_same_form,
    negative,
    optional,
    required,
    sum_of,
    times_constant,
)
from exactrelu.formats.units import RELU

_ONE = Fraction(1)
_ENTRIES_OF_COMPARISON = 4  # a unit compares two entries, and its value and an entry make the winner
_LARGEST_FLOATS = {
    "FLOAT16": (11, 15),
    "BFLOAT16": (8, 127),
    "FLOAT": (24, 127),
    "DOUBLE": (53, 1023),
}


def relu(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return max(x, 0)."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    return Tensor(element_type, evaluation.bent(x.content, [RELU]))


def absolute_value(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return |x|."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    return Tensor(element_type, evaluation.bent(x.content, [(-_ONE, _ONE)]))


def leaky_relu(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return x where it is positive, alpha x elsewhere."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    (alpha,) = float_constant(node.attributes.get("alpha", float(np.float32(0.01)))).fractions()
    return Tensor(element_type, evaluation.bent(x.content, [(alpha, _ONE)]))


def prelu(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return x where it is positive, a constant slope times x elsewhere."""
    element_type = common_float_type(node, operands)
    x, slope = (required(node, operands, position) for position in range(2))
    below = constant(node, slope, "slope")
    if node.opset < 7 and slope.rank == 1 and x.rank > 1 and math.prod(slope.shape) > 1:
        below = below.reshape((*slope.shape, *[1] * (x.rank - 2)))  # one for each channel
    if broadcast_shape(node, x.shape, below.shape) != x.shape:
        raise node.malformed(f"a slope that broadcasts to {list(x.shape)}", f"shape {list(slope.shape)}")
    slopes = [(entry, _ONE) for entry in below.broadcast_to(x.shape).fractions()]
    return Tensor(element_type, evaluation.bent(x.content, slopes))


def sign(_: Evaluation, node: Node, _operands: Operands) -> Tensor:
    """Refuse Sign: no network of units with two slopes computes a function that jumps."""
    raise node.unsupported("it is not continuous")


# bounds ---------------------------------------------------------------------------------------------


def clip(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return min(max(x, lo), hi), where either bound may be left out."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    low, high = (_bound(node, operands, element_type, position) for position in (1, 2))
    return Tensor(element_type, _clipped(evaluation, x.content, low, high))


def hard_sigmoid(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return min(max(alpha x + beta, 0), 1)."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    alpha = node.attributes.get("alpha", float(np.float32(0.2)))
    beta = node.attributes.get("beta", 0.5)
    line = sum_of(times_constant(x.content, float_constant(alpha)), float_constant(beta))
    return Tensor(element_type, _clipped(evaluation, line, Fraction(0), Fraction(1)))


def _bound(node: Node, operands: Operands, element_type: str, position: int) -> Fraction | None:
    """Return a bound of Clip; the largest float of the type bounds no float, and stands for none."""
    if node.opset < 11:
        value = node.attributes.get("min" if position == 1 else "max")
        bound = None if value is None else Fraction(value)
    else:
        operand = optional(operands, position)
        if operand is not None and math.prod(operand.shape) != 1:
            raise node.malformed("one number as bound", f"shape {list(operand.shape)}")
        bound = None if operand is None else constant(node, operand, "bound").fractions()[0]
    bits, exponent = _LARGEST_FLOATS[element_type]
    largest_float = Fraction(2) ** exponent * (2 - Fraction(1, 2 ** (bits - 1)))
    return None if bound == (-largest_float if position == 1 else largest_float) else bound


def _clipped(evaluation: Evaluation, x: Content, low: Fraction | None, high: Fraction | None) -> Content:
    if low is not None and high is not None and low >= high:
        # ONNX takes the maximum with lo first: all that is left is hi.
        return sum_of(times_constant(x, ExactArray.filled((), 0)), _scalar(high))
    if low is not None:
        above = sum_of(evaluation.bent(sum_of(x, _scalar(-low)), [RELU]), _scalar(low))
        if high is None:
            return above
        return sum_of(above, negative(evaluation.bent(sum_of(x, _scalar(-high)), [RELU])))
    if high is not None:
        return sum_of(_scalar(high), negative(evaluation.bent(sum_of(_scalar(high), negative(x)), [RELU])))
    return x


def _scalar(value: Fraction) -> ExactArray:
    return ExactArray(np.asarray(ExactArray.of_integers(value.numerator).numerators), value.denominator)


# largest entries ------------------------------------------------------------------------------------


def extremum(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the largest (Max) or the least (Min) of all inputs, entry by entry, with broadcasting."""
    tensors = [required(node, operands, position) for position in range(len(operands))]
    element_type = tensors[0].element_type
    if any(t.element_type != element_type for t in tensors) or element_type not in INTEGER_TYPES:
        common_float_type(node, operands)
    shapes = [t.shape for t in tensors]
    if node.opset < 8 and len(set(shapes)) > 1:
        raise node.malformed("equal shapes before opset 8", " and ".join(str(list(s)) for s in shapes))
    shape = broadcast_shape(node, *shapes)
    signed = [negative(t.content) if node.operator == "Min" else t.content for t in tensors]
    parts = [as_affine(content) for content in signed]
    ends = np.cumsum([0, *(part.size for part in parts)]).tolist()
    columns = [
        np.broadcast_to(part.places() + end, shape).ravel() for part, end in zip(parts, ends, strict=False)
    ]
    everything = in_same_form(AffineTensor.stacked(parts), *signed)
    result = largest(evaluation, everything, np.stack(columns, axis=1)).reshape(shape)
    return Tensor(element_type, negative(result) if node.operator == "Min" else result)


def largest(evaluation: Evaluation, content: Content, rows: Places) -> Content:
    """Return the largest of the entries with the numbers in each row, as a vector; negative ones are none.

    In each round the first is compared with the second, the third with the fourth, and so on, by
    max(a, b) = b + relu(a - b); a last one without a partner goes into the next round. Each row must have
    an entry.
    """
    order = np.argsort(rows < 0, axis=1, kind="stable")
    rows = np.take_along_axis(rows, order, axis=1)  # the entries first, in their order
    if isinstance(content, ExactArray):
        values = content.numerators.ravel()
        return ExactArray.of(
            np.where(rows < 0, values[rows[:, :1]], values[rows]).max(axis=1), content.denominator
        )
    tensor = content
    check_array((_ENTRIES_OF_COMPARISON * int((rows >= 0).sum()),))
    while rows.shape[1] > 1:
        tensor, rows = _round(evaluation, tensor, rows)
    return tensor.chosen(rows[:, 0])


def _round(evaluation: Evaluation, tensor: AffineTensor, rows: Places) -> tuple[AffineTensor, Places]:
    """Return the winners of the pairs of each row, and where they stand."""
    if rows.shape[1] % 2:
        rows = np.pad(rows, ((0, 0), (0, 1)), constant_values=-1)
    one, two = rows[:, ::2], rows[:, 1::2]
    paired = two >= 0
    alone = ~paired & (one >= 0)
    a, b = tensor.chosen(one[paired]), tensor.chosen(two[paired])
    winners = b.plus(evaluation.units.bent(a.minus(b), [RELU]))
    left = np.full(one.shape, -1, dtype=np.int64)
    left[paired] = np.arange(winners.size)
    left[alone] = winners.size + np.arange(int(alone.sum()))
    return AffineTensor.stacked([winners, tensor.chosen(one[alone])]), left
