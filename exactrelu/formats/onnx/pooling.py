"""Pooling and reductions of ONNX: sums over windows or axes, and their largest entries."""

from __future__ import annotations

import math

import numpy as np

from exactrelu.formats.affine_tensor import Places, places_of
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.units import largest
from exactrelu.formats.onnx.values import (
    Operands,
    Tensor,
    axes_of,
    common_float_type,
    listed,
    negative,
    required,
)
from exactrelu.formats.onnx.windows import AxisWindows, as_rows, covered, windows_of
from exactrelu.numbers.integer_arrays import integer_array


def _image(node: Node, operands: Operands) -> tuple[str, Tensor, Places]:
    """Return the type, the input of shape (N, C, ...), and the numbers of its entries."""
    element_type, x = common_float_type(node, operands), required(node, operands, 0)
    if x.rank < 3:
        raise node.malformed("an input with 3 axes or more", f"shape {list(x.shape)}")
    return element_type, x, places_of(x.shape)


def _windows(node: Node, x: Tensor) -> list[AxisWindows]:
    if "kernel_shape" not in node.attributes:
        raise node.malformed("an attribute kernel_shape", "none")
    return windows_of(node, x.shape[2:], [int(length) for length in node.attributes["kernel_shape"]])


def average_pool(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the mean of each window, over its entries or also over the padding within it."""
    element_type, x, places = _image(node, operands)
    axes = _windows(node, x)
    rows = as_rows(covered(places, axes), len(axes))
    counts = np.ones((1,) * len(axes), dtype=np.int64)
    for d, axis in enumerate(axes):
        inside = axis.are_inside(axis.positions(), padding=node.flag("count_include_pad")).sum(axis=1)
        counts = counts * inside.reshape([-1 if i == d else 1 for i in range(len(axes))])
    common = math.lcm(*map(int, np.unique(counts[counts > 0])))
    weights = integer_array([common // n if n else 0 for n in counts.ravel().tolist()])
    outer = x.shape[0] * x.shape[1]
    shape = (*x.shape[:2], *(axis.count for axis in axes))
    return Tensor(
        element_type, evaluation.sums(x.content, rows, np.tile(weights, outer)[:, None], common, shape)
    )


def max_pool(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the largest entry of each window, by a knock-out in the order of the entries."""
    element_type, x, places = _image(node, operands)
    axes = _windows(node, x)
    rows = as_rows(covered(places, axes), len(axes))
    if (rows < 0).all(axis=1).any():
        raise node.malformed("windows with entries", "a window of padding only")
    shape = (*x.shape[:2], *(axis.count for axis in axes))
    return Tensor(element_type, largest(evaluation, x.content, rows).reshape(shape))


def global_pool(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the mean, or the largest entry, of each channel."""
    element_type, x, places = _image(node, operands)
    rows, shape = places.reshape(x.shape[0] * x.shape[1], -1), (*x.shape[:2], *[1] * (x.rank - 2))
    if node.operator == "GlobalMaxPool":
        return Tensor(element_type, largest(evaluation, x.content, rows).reshape(shape))
    return Tensor(element_type, evaluation.sums(x.content, rows, integer_array([1]), rows.shape[1], shape))


_AXES_ARE_AN_INPUT = {"ReduceSum": 13}  # from opset 18 on in the others


def reduction(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the sum, the mean, the largest or the least entry along some axes, by default along all."""
    x = required(node, operands, 0)
    element_type = common_float_type(node, [x])
    axes = listed(node, operands, "axes", 1, changed=_AXES_ARE_AN_INPUT.get(node.operator, 18))
    if not axes and node.flag("noop_with_empty_axes"):
        return x
    chosen = axes_of(node, axes, x.rank) if axes else list(range(x.rank))
    kept = [axis for axis in range(x.rank) if axis not in chosen]
    places = places_of(x.shape).transpose(kept + sorted(chosen))
    rows = places.reshape(math.prod(x.shape[axis] for axis in kept), -1)
    if node.flag("keepdims", 1):
        shape = tuple(1 if axis in chosen else n for axis, n in enumerate(x.shape))
    else:
        shape = tuple(x.shape[axis] for axis in kept)
    if node.operator == "ReduceMax":
        return Tensor(element_type, largest(evaluation, x.content, rows).reshape(shape))
    if node.operator == "ReduceMin":
        least = negative(largest(evaluation, negative(x.content), rows))
        return Tensor(element_type, least.reshape(shape))
    count = rows.shape[1] if node.operator == "ReduceMean" else 1
    return Tensor(element_type, evaluation.sums(x.content, rows, integer_array([1]), count, shape))
