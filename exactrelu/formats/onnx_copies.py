"""The operators of ONNX that only copy entries: Identity, Flatten, Reshape, and Dropout at inference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.onnx_node import Node
from exactrelu.formats.onnx_tensors import MAX_RANK, Content, Tensor

Operands: TypeAlias = Sequence[Tensor | None]
Shape: TypeAlias = tuple[int, ...]


def required(node: Node, operand: Tensor | None) -> Tensor:
    """Return an input that may not be left out."""
    if operand is None:
        raise node.malformed("an input", "an empty name")
    return operand


def third(operands: Operands) -> Content | None:
    """Return the third input, None if it is left out."""
    return None if len(operands) < 3 or operands[2] is None else operands[2].content


def identity(node: Node, operands: Operands) -> Tensor:
    """Return the input."""
    return required(node, operands[0])


def flatten(node: Node, operands: Operands) -> Tensor:
    """Return a matrix with the same entries, rows from the axes before ``axis``."""
    x = required(node, operands[0])
    rank, axis = len(x.shape), int(node.attributes.get("axis", 1))
    least = -rank if node.opset >= 11 else 0
    if not least <= axis <= rank:
        raise node.malformed(f"attribute axis from {least} to {rank}", f"{axis}")
    axis = axis + rank if axis < 0 else axis
    shape = (math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))
    return Tensor(x.element_type, x.content.reshape(shape))


def reshape(node: Node, operands: Operands) -> Tensor:
    """Return the same entries in row-major order in another, constant shape."""
    x = required(node, operands[0])
    shape = _resolved(node, _target(node, operands), x.shape)
    return Tensor(x.element_type, x.content.reshape(shape))


def _target(node: Node, operands: Operands) -> list[int]:
    """Return the shape that Reshape is asked for, with its 0 and -1."""
    if node.opset < 5:
        if len(operands) != 1 or "shape" not in node.attributes:
            raise node.malformed("one input and an attribute shape", f"{len(operands)} inputs")
        target = [int(entry) for entry in node.attributes["shape"]]
    else:
        if len(operands) != 2:
            raise node.malformed("2 inputs", f"{len(operands)}")
        wanted = required(node, operands[1])
        if not isinstance(wanted.content, ExactArray):
            raise node.unsupported("its shape depends on the input")
        if wanted.element_type != "INT64" or len(wanted.shape) != 1:
            raise node.malformed(
                "a list of int64 as shape", f"{wanted.element_type} of rank {len(wanted.shape)}"
            )
        target = wanted.content.numerators.tolist()
    if len(target) > MAX_RANK:
        raise node.malformed(f"at most {MAX_RANK} axes", f"{len(target)}")
    return target


def _resolved(node: Node, target: list[int], old: Shape) -> Shape:
    """Return the shape with 0 (keep the old length) and -1 (what is left) replaced."""
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


def dropout(node: Node, operands: Operands) -> Tensor:
    """Return the input, which is what Dropout gives at inference; refuse it in training mode."""
    if node.opset < 12 and len(operands) != 1:
        raise node.malformed("1 input", f"{len(operands)}")
    if node.opset < 7 and not node.attributes.get("is_test", 0):
        raise node.unsupported("it is in training mode, as is_test is 0")
    mode = third(operands)
    if mode is not None:
        if not isinstance(mode, ExactArray) or math.prod(mode.shape) != 1:
            raise node.unsupported("its training_mode is no constant")
        if mode.numerators.any():
            raise node.unsupported("it is in training mode")
    return required(node, operands[0])
