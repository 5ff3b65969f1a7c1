"""The operators of ONNX that are read: what evaluates each, and the attributes that it knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from exactrelu.formats.onnx import (
    arithmetic,
    constants,
    convolution,
    normalization,
    pooling,
    products,
    rearrangements,
    units,
)
from exactrelu.formats.onnx.evaluation import WORK_OF_WORD, Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.tensors import MAX_RANK
from exactrelu.formats.onnx.values import Operands, Tensor

Function: TypeAlias = Callable[[Evaluation, Node, Operands], Tensor | list[Tensor]]


class Operator(NamedTuple):
    """What evaluates a node, the attributes that it reads, and those that make no difference to it."""

    function: Function
    attributes: frozenset[str] = frozenset()


def _operator(function: Function, *attributes: str) -> Operator:
    return Operator(function, frozenset(attributes))


_LEGACY = ("axis", "broadcast", "consumed_inputs")
_VALUES = tuple(f"value_{kind}" for kind in ("int", "ints", "float", "floats", "string", "strings"))
_WINDOWS = ("auto_pad", "dilations", "kernel_shape", "pads", "strides")
_REDUCTION = ("axes", "keepdims", "noop_with_empty_axes")

OPERATORS: dict[str, Operator] = {
    # arithmetic
    "Add": _operator(arithmetic.elementwise, *_LEGACY),
    "Sub": _operator(arithmetic.elementwise, *_LEGACY),
    "Mul": _operator(arithmetic.elementwise, *_LEGACY),
    "Div": _operator(arithmetic.elementwise, *_LEGACY),
    "Neg": _operator(arithmetic.negation, "consumed_inputs"),
    "Sum": _operator(arithmetic.variadic_sum, "consumed_inputs"),
    "Mean": _operator(arithmetic.variadic_sum, "consumed_inputs"),
    "Cast": _operator(arithmetic.cast, "to", "saturate", "round_mode"),
    # products and convolutions
    "MatMul": _operator(products.matmul),
    "Gemm": _operator(products.gemm, "alpha", "beta", "transA", "transB", "broadcast"),
    "Conv": _operator(convolution.convolution, *_WINDOWS, "group"),
    "ConvTranspose": _operator(
        convolution.transposed_convolution, *_WINDOWS, "group", "output_padding", "output_shape"
    ),
    "BatchNormalization": _operator(
        normalization.batch_normalization,
        *("epsilon", "momentum", "spatial", "is_test", "consumed_inputs", "training_mode"),
    ),
    # sums over windows and axes
    "AveragePool": _operator(pooling.average_pool, *_WINDOWS, "ceil_mode", "count_include_pad"),
    "GlobalAveragePool": _operator(pooling.global_pool),
    "ReduceSum": _operator(pooling.reduction, *_REDUCTION),
    "ReduceMean": _operator(pooling.reduction, *_REDUCTION),
    # units
    "Relu": _operator(units.relu, "consumed_inputs"),
    "LeakyRelu": _operator(units.leaky_relu, "alpha", "consumed_inputs"),
    "PRelu": _operator(units.prelu, "consumed_inputs"),
    "Abs": _operator(units.absolute_value, "consumed_inputs"),
    "Clip": _operator(units.clip, "min", "max", "consumed_inputs"),
    "HardSigmoid": _operator(units.hard_sigmoid, "alpha", "beta", "consumed_inputs"),
    "Max": _operator(units.extremum, "consumed_inputs"),
    "Min": _operator(units.extremum, "consumed_inputs"),
    "MaxPool": _operator(pooling.max_pool, *_WINDOWS, "ceil_mode", "storage_order"),
    "GlobalMaxPool": _operator(pooling.global_pool),
    "ReduceMax": _operator(pooling.reduction, *_REDUCTION),
    "ReduceMin": _operator(pooling.reduction, *_REDUCTION),
    "Sign": _operator(units.sign),
    # rearrangements
    "Identity": _operator(rearrangements.identity),
    "Dropout": _operator(rearrangements.dropout, "ratio", "is_test", "consumed_inputs", "seed"),
    "Flatten": _operator(rearrangements.flatten, "axis"),
    "Reshape": _operator(rearrangements.reshape, "shape", "consumed_inputs", "allowzero"),
    "Squeeze": _operator(rearrangements.squeeze, "axes"),
    "Unsqueeze": _operator(rearrangements.unsqueeze, "axes"),
    "Transpose": _operator(rearrangements.transpose, "perm"),
    "Expand": _operator(rearrangements.expand),
    "Tile": _operator(rearrangements.tile),
    "Slice": _operator(rearrangements.slice_, "starts", "ends", "axes"),
    "Gather": _operator(rearrangements.gather, "axis"),
    "Split": _operator(rearrangements.split, "axis", "split", "num_outputs"),
    "Concat": _operator(rearrangements.concat, "axis"),
    "Where": _operator(rearrangements.where),
    "Pad": _operator(rearrangements.pad, "mode", "pads", "paddings", "value"),
    # constants
    "Constant": _operator(constants.stored, "value", "sparse_value", *_VALUES),
    "ConstantOfShape": _operator(constants.filled, "value"),
    "Shape": _operator(constants.shape_of, "start", "end"),
    "Size": _operator(constants.size_of),
    "Range": _operator(constants.integer_range, "stash_type"),
    "Equal": _operator(constants.equal, "axis", "broadcast"),
    "QuantizeLinear": _operator(
        constants.quantized, "axis", "saturate", "block_size", "output_dtype", "precision"
    ),
    "DequantizeLinear": _operator(constants.dequantized, "axis", "block_size", "output_dtype"),
}


def checked(node: Node) -> Node:
    """Return a node after the checks that need no values, its attributes read."""
    known = OPERATORS.get(node.operator)
    if known is None or node.proto.overload:
        raise node.unsupported()
    return node.checked(known.attributes)


def apply(evaluation: Evaluation, node: Node, operands: Operands) -> list[Tensor]:
    """Return the outputs of a checked node, exactly.

    Raises
    ------
    UnsupportedOperatorError
        For what ONNX allows and no network of units with two slopes computes, or what may be read in
        several ways.
    FormatError
        For what ONNX does not allow.
    TooLargeError
        If the node asks for too much.
    """
    result = OPERATORS[node.operator].function(evaluation, node, operands)
    outputs = result if isinstance(result, list) else [result]
    for output in outputs:
        if 0 in output.shape and (output.element_type != "INT64" or output.rank != 1):
            raise node.malformed("a result without empty axes", f"shape {list(output.shape)}")
        if output.rank > MAX_RANK:
            raise node.malformed(f"a result with at most {MAX_RANK} axes", f"{output.rank}")
        evaluation.allowance.spend(WORK_OF_WORD * (1000 + output.content.cost))
    return outputs
