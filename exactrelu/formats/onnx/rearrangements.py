"""The operators of ONNX that only copy entries: each is a permutation or selection of rows."""

from __future__ import annotations

import math
from operator import itemgetter
from typing import Any

import numpy as np

from exactrelu.formats.affine_tensor import AffineTensor, Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.tensors import MAX_RANK
from exactrelu.formats.onnx.values import (
    Content,
    Operands,
    Tensor,
    as_affine,
    axes_of,
    axis_of,
    broadcast_shape,
    constant,
    integers,
    listed,
    optional,
    required,
)


def identity(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input."""
    return required(node, operands, 0)


def dropout(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input, which is what Dropout gives at inference; refuse it in training mode."""
    if node.opset < 7 and not node.attributes.get("is_test", 0):
        raise node.unsupported("it is in training mode, as is_test is 0")
    mode = optional(operands, 2)
    if mode is not None:
        values = mode.content
        if not isinstance(values, ExactArray) or math.prod(values.shape) != 1:
            raise node.unsupported("its training_mode is no constant")
        if values.numerators.any():
            raise node.unsupported("it is in training mode")
    return required(node, operands, 0)


# shapes ---------------------------------------------------------------------------------------------


def flatten(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return a matrix with the same entries, rows from the axes before ``axis``."""
    x = required(node, operands, 0)
    rank, axis = x.rank, int(node.attributes.get("axis", 1))
    least = -rank if node.opset >= 11 else 0
    if not least <= axis <= rank:
        raise node.malformed(f"attribute axis from {least} to {rank}", f"{axis}")
    axis = axis + rank if axis < 0 else axis
    shape = (math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))
    return x.with_content(x.content.reshape(shape))


def reshape(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the same entries in row-major order in another, constant shape."""
    x = required(node, operands, 0)
    target = listed(node, operands, "shape", 1, changed=5)
    if target is None:
        raise node.malformed("an attribute shape", "none")
    return x.with_content(x.content.reshape(_resolved(node, target, x.shape)))


def _resolved(node: Node, target: list[int], old: Shape) -> Shape:
    """Return the shape with 0 (keep the old length) and -1 (what is left) replaced."""
    if len(target) > MAX_RANK:
        raise node.malformed(f"at most {MAX_RANK} axes", f"{len(target)}")
    shape = list(target)
    for axis, length in enumerate(target):
        if length == 0 and (node.flag("allowzero") or axis >= len(old)):
            raise node.malformed("a shape without empty axes", f"{target} for {list(old)}")
        if length == 0:
            shape[axis] = old[axis]
    if shape.count(-1) > 1 or min(shape, default=1) < -1:
        raise node.malformed("positive lengths and at most one -1", f"{target}")
    size = math.prod(old)
    known = math.prod(length for length in shape if length != -1)
    if size % known or (-1 not in shape and size != known):
        raise node.malformed(f"a shape for the {size} entries of {list(old)}", f"{target}")
    return tuple(size // known if length == -1 else length for length in shape)


def squeeze(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input without axes of length 1: those given, or all."""
    x = required(node, operands, 0)
    given = listed(node, operands, "axes", 1, changed=13)
    axes = axes_of(node, given, x.rank) if given is not None else [i for i, n in enumerate(x.shape) if n == 1]
    if any(x.shape[axis] != 1 for axis in axes):
        raise node.malformed("axes of length 1", f"{axes} of {list(x.shape)}")
    return x.with_content(x.content.reshape(tuple(n for i, n in enumerate(x.shape) if i not in axes)))


def unsqueeze(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input with axes of length 1 added."""
    x = required(node, operands, 0)
    given = listed(node, operands, "axes", 1, changed=13)
    if given is None:
        raise node.malformed("axes", "none")
    rank = x.rank + len(given)
    if rank > MAX_RANK:
        raise node.malformed(f"at most {MAX_RANK} axes", f"{rank}")
    axes, lengths = axes_of(node, given, rank), iter(x.shape)
    return x.with_content(x.content.reshape(tuple(1 if i in axes else next(lengths) for i in range(rank))))


# selections -----------------------------------------------------------------------------------------


def transpose(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input with its axes permuted, reversed by default."""
    x = required(node, operands, 0)
    order = [int(axis) for axis in node.attributes.get("perm", range(x.rank)[::-1])]
    if sorted(order) != list(range(x.rank)):
        raise node.malformed(f"a permutation of {x.rank} axes", f"{order}")
    return x.rearranged(lambda entries: entries.transpose(order))


def expand(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input repeated to the shape that it and a constant one broadcast to."""
    x = required(node, operands, 0)
    target = integers(node, required(node, operands, 1), "shape")
    if len(target) > MAX_RANK or min(target, default=1) < 1:
        raise node.malformed("a shape without empty axes", f"{target}")
    return x.with_content(x.content.broadcast_to(broadcast_shape(node, x.shape, tuple(target))))


def tile(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input repeated along each axis as often as a constant says."""
    x = required(node, operands, 0)
    if node.opset < 6:
        raise node.unsupported("before opset 6 it has another form")
    counts = integers(node, required(node, operands, 1), "list of repeats")
    if len(counts) != x.rank or min(counts, default=1) < 1:
        raise node.malformed(f"{x.rank} positive repeats", f"{counts}")
    check_array([n * count for n, count in zip(x.shape, counts, strict=True)])
    return x.rearranged(lambda entries: np.tile(entries, counts))


def slice_(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return part of the input: along some axes from a start to an end, by steps."""
    x = required(node, operands, 0)
    starts = listed(node, operands, "starts", 1, changed=10)
    ends = listed(node, operands, "ends", 2, changed=10)
    if starts is None or ends is None or len(starts) != len(ends):
        raise node.malformed("as many starts as ends", f"{starts} and {ends}")
    axes = listed(node, operands, "axes", 3, changed=10)
    steps = listed(node, operands, "steps", 4, changed=10) if node.opset >= 10 else None
    axes = axes_of(node, range(len(starts)) if axes is None else axes, x.rank)
    steps = [1] * len(starts) if steps is None else steps
    if not len(axes) == len(steps) == len(starts) or 0 in steps:
        raise node.malformed(f"{len(starts)} axes and steps other than 0", f"axes {axes}, steps {steps}")
    parts = [slice(None)] * x.rank
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        parts[axis] = slice(start, end, step)
    return x.rearranged(lambda entries: entries[tuple(parts)])


def gather(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the slices of an axis with constant numbers, negative ones counted from the end."""
    x, chosen = required(node, operands, 0), required(node, operands, 1)
    if not x.rank:
        raise node.malformed("an input with axes", "a scalar")
    axis = axis_of(node, int(node.attributes.get("axis", 0)), x.rank)
    numbers, length = constant(node, chosen, "list of indices"), x.shape[axis]
    if chosen.element_type not in ("INT64", "INT32"):
        raise node.malformed("indices of int64 or int32", chosen.element_type)
    for number in numbers.numerators.ravel().tolist():
        if not -length <= number < length:
            raise node.malformed(f"indices from {-length} to {length - 1}", f"{number}")
    check_array((*x.shape[:axis], *numbers.shape, *x.shape[axis + 1 :]))
    indices = np.asarray(numbers.numerators, dtype=np.int64)
    return x.rearranged(lambda entries: np.asarray(np.take(entries, indices, axis=axis)))


def split(_: Evaluation, node: Node, operands: Operands) -> list[Tensor]:
    """Return the parts of the input along an axis, of given or of equal lengths."""
    x = required(node, operands, 0)
    axis = axis_of(node, int(node.attributes.get("axis", 0)), x.rank)
    lengths = listed(node, operands, "split", 1, changed=13)
    count, length = len(node.proto.output), x.shape[axis]
    if lengths is None:
        if node.attributes.get("num_outputs", count) != count:
            raise node.malformed(f"num_outputs {count}", f"{node.attributes['num_outputs']}")
        part = -(-length // count)
        if node.opset < 18 and length % count:
            raise node.malformed(f"{count} equal parts", f"an axis of length {length}")
        lengths = [part] * (count - 1) + [length - part * (count - 1)]
    if len(lengths) != count or sum(lengths) != length or min(lengths) < 1:
        raise node.malformed(f"{count} positive lengths that add up to {length}", f"{lengths}")
    ends = np.cumsum(lengths).tolist()
    before = (slice(None),) * axis
    places = [(*before, slice(end - part, end)) for end, part in zip(ends, lengths, strict=True)]
    return [x.rearranged(itemgetter(place)) for place in places]


# several inputs -------------------------------------------------------------------------------------


def concat(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the inputs one after the other along an axis."""
    tensors = [required(node, operands, position) for position in range(len(operands))]
    first, types = tensors[0], {tensor.element_type for tensor in tensors}
    if len(types) > 1:
        raise node.malformed("operands of one type", " and ".join(sorted(types)))
    if node.opset >= 4 and "axis" not in node.attributes:
        raise node.malformed("an attribute axis", "none")
    axis = axis_of(node, int(node.attributes.get("axis", 1)), first.rank)
    others = {(*t.shape[:axis], 0, *t.shape[axis + 1 :]) for t in tensors if t.rank == first.rank}
    if len(others) > 1 or any(t.rank != first.rank for t in tensors):
        shapes = " and ".join(str(list(t.shape)) for t in tensors[:5])
        raise node.malformed(f"shapes that agree but for axis {axis}", shapes)
    return first.with_content(joined([t.content for t in tensors], axis))


def joined(contents: list[Content], axis: int) -> Content:
    """Return arrays one after the other along an axis."""
    filled = [content for content in contents if 0 not in content.shape] or contents[:1]
    if len(filled) == 1:
        return filled[0]
    tensors = [as_affine(content) for content in filled]
    ends = np.cumsum([0, *(t.size for t in tensors)]).tolist()
    numbers = [t.places() + end for t, end in zip(tensors, ends, strict=False)]
    result = AffineTensor.stacked(tensors).chosen(np.concatenate(numbers, axis=axis))
    return result.constants() if all(isinstance(content, ExactArray) for content in filled) else result


def where(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return entries of the second or of the third input, as a constant condition says."""
    condition, x, y = (required(node, operands, position) for position in range(3))
    if x.element_type != y.element_type:
        raise node.malformed("operands of one type", f"{x.element_type} and {y.element_type}")
    shape = broadcast_shape(node, condition.shape, x.shape, y.shape)
    chosen = np.broadcast_to(constant(node, condition, "condition").numerators != 0, shape)
    both = [x.content, y.content]
    one, two = (as_affine(content).broadcast_to(shape) for content in both)
    places = np.where(chosen, one.places(), one.size + two.places())
    result = AffineTensor.stacked([one, two]).chosen(places)
    return x.with_content(result.constants() if all(isinstance(c, ExactArray) for c in both) else result)


# padding --------------------------------------------------------------------------------------------


def pad(_: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the input with entries added at the ends of its axes, or taken away by negative numbers."""
    x = required(node, operands, 0)
    mode = node.attributes.get("mode", "constant")
    if mode not in ("constant", "reflect", "edge", "wrap"):
        raise node.unsupported(f"mode {mode}")
    widths = _pad_widths(node, operands, x.rank)
    lengths = [n + before + after for n, (before, after) in zip(x.shape, widths, strict=True)]
    if min(lengths, default=1) < 1:
        raise node.malformed("a result without empty axes", f"{lengths}")
    check_array(lengths)
    if mode == "constant":
        return x.with_content(_padded_with(_pad_value(node, operands, x.element_type), x.content, widths))
    most = {"reflect": -1, "edge": math.inf, "wrap": 0}[mode]
    for n, ends in zip(x.shape, widths, strict=True):
        if not all(0 <= end <= n + most for end in ends):
            raise node.unsupported(f"mode {mode} with pads {list(ends)} on an axis of length {n}")
    return x.rearranged(lambda entries: np.pad(entries, widths, mode=mode))


def _pad_widths(node: Node, operands: Operands, rank: int) -> list[tuple[int, int]]:
    pads = listed(node, operands, "paddings" if node.opset < 2 else "pads", 1, changed=11)
    axes = listed(node, operands, "axes", 3, changed=0) if node.opset >= 18 else None
    chosen = list(range(rank)) if axes is None else axes_of(node, axes, rank)
    if pads is None or len(pads) != 2 * len(chosen):
        raise node.malformed(f"{2 * len(chosen)} pads", f"{pads}")
    widths = [(0, 0)] * rank
    for axis, before, after in zip(chosen, pads, pads[len(chosen) :], strict=False):
        widths[axis] = (before, after)
    return widths


def _pad_value(node: Node, operands: Operands, element_type: str) -> ExactArray:
    """Return the number that is added, as a scalar."""
    if node.opset < 11:
        return ExactArray.from_floats(np.array(node.attributes.get("value", 0.0)))
    operand = optional(operands, 2)
    if operand is None:
        return ExactArray.filled((), 0)
    if operand.element_type != element_type or math.prod(operand.shape) != 1:
        raise node.malformed(
            f"one {element_type} to pad with", f"{operand.element_type} of shape {list(operand.shape)}"
        )
    return constant(node, operand, "number to pad with").reshape(())


def _padded_with(value: ExactArray, content: Content, widths: list[tuple[int, int]]) -> Content:
    tensor = as_affine(content)
    kept = tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(tensor.shape, widths, strict=True))
    added = [(max(before, 0), max(after, 0)) for before, after in widths]
    stacked = AffineTensor.stacked([tensor, AffineTensor.constant(value)])
    places: Any = np.pad(tensor.places()[kept], added, constant_values=tensor.size)
    result = stacked.chosen(places)
    return result.constants() if isinstance(content, ExactArray) else result
