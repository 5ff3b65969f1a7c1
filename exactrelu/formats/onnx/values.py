"""The values that pass between the nodes of a graph, and what all operators ask of their operands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exactrelu.formats.affine_tensor import AffineTensor, Shape
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.node import Node

FLOAT_TYPES = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
INTEGER_TYPES = {
    name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if name.startswith("INT") else (0, 2**bits - 1)
    for bits in (8, 16, 32, 64)
    for name in (f"INT{bits}", f"UINT{bits}")
}
"""The integer types with their least and largest numbers."""

Content: TypeAlias = ExactArray | AffineTensor


@dataclass(frozen=True, eq=False)
class Tensor:
    """A value in a graph: the ONNX name of its element type, and constants or affine functions."""

    element_type: str
    content: Content

    @property
    def shape(self) -> Shape:
        """The lengths of the axes."""
        return self.content.shape

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def with_content(self, content: Content) -> Tensor:
        """Return a value of the same element type."""
        return Tensor(self.element_type, content)

    def rearranged(self, arrange: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Tensor:
        """Return the entries as ``arrange`` puts an array of them."""
        return self.with_content(self.content.rearranged(arrange))


Operands: TypeAlias = Sequence[Tensor | None]


def required(node: Node, operands: Operands, position: int) -> Tensor:
    """Return an input that may not be left out."""
    operand = optional(operands, position)
    if operand is None:
        raise node.malformed("an input", "an empty name")
    return operand


def optional(operands: Operands, position: int) -> Tensor | None:
    """Return an input, None if it is left out."""
    return operands[position] if position < len(operands) else None


def constant(node: Node, operand: Tensor, what: str) -> ExactArray:
    """Return an input that must be constant."""
    if not isinstance(operand.content, ExactArray):
        raise node.unsupported(f"its {what} depends on the input")
    return operand.content


def integers(node: Node, operand: Tensor, what: str) -> list[int]:
    """Return the entries of an input that must be a constant list of integers."""
    values = constant(node, operand, what)
    if operand.element_type not in ("INT64", "INT32") or len(values.shape) != 1:
        raise node.malformed(
            f"a list of int64 as {what}", f"{operand.element_type} of rank {len(values.shape)}"
        )
    entries: list[int] = values.numerators.ravel().tolist()
    return entries


def listed(node: Node, operands: Operands, name: str, position: int, changed: int) -> list[int] | None:
    """Return integers that are an attribute before the opset ``changed``, and an input from there on."""
    if node.opset < changed:
        values = node.attributes.get(name)
        return None if values is None else [int(value) for value in values]
    operand = optional(operands, position)
    return None if operand is None else integers(node, operand, name)


def axis_of(node: Node, axis: int, rank: int, what: str = "axis") -> int:
    """Return an axis counted from the front."""
    if not -rank <= axis < rank:
        raise node.malformed(f"{what} from {-rank} to {rank - 1}", f"{axis}")
    return axis % rank


def axes_of(node: Node, axes: Sequence[int], rank: int) -> list[int]:
    """Return different axes, counted from the front."""
    found = [axis_of(node, axis, rank, "axes") for axis in axes]
    if len(set(found)) < len(found):
        raise node.malformed("different axes", f"{list(axes)}")
    return found


def common_float_type(node: Node, operands: Operands) -> str:
    """Return the one float type of all operands."""
    types = [operand.element_type for operand in operands if operand is not None]
    for element_type in types:
        if element_type not in FLOAT_TYPES:
            raise node.unsupported(f"arithmetic on {element_type}")
    if len(set(types)) != 1:
        raise node.malformed("operands of one type", " and ".join(types))
    return types[0]


def broadcast_shape(node: Node, *shapes: Shape) -> Shape:
    """Return the shape that NumPy broadcasts all shapes to."""
    try:
        shape: Shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise node.malformed("shapes that broadcast", " and ".join(str(list(s)) for s in shapes)) from None
    check_array(shape)
    return shape


def as_affine(content: Content) -> AffineTensor:
    """Return constants as functions that depend on nothing."""
    return AffineTensor.constant(content) if isinstance(content, ExactArray) else content


def in_same_form(result: AffineTensor, *origins: Content) -> Content:
    """Return constants for a result that was computed from constants only."""
    if all(isinstance(origin, ExactArray) for origin in origins):
        return result.constants()
    return result


def sum_of(a: Content, b: Content) -> Content:
    """Return a + b, with NumPy's broadcasting."""
    if isinstance(a, ExactArray):
        return a + b if isinstance(b, ExactArray) else b.plus_constant(a)
    return a.plus_constant(b) if isinstance(b, ExactArray) else a.plus(b)


def times_constant(content: Content, factor: ExactArray) -> Content:
    """Return a product with constants, with NumPy's broadcasting."""
    return content * factor if isinstance(content, ExactArray) else content.times(factor)


def negative(content: Content) -> Content:
    """Return the entries with the other sign."""
    return times_constant(content, ExactArray.filled((), -1))


def float_constant(value: float) -> ExactArray:
    """Return the exact value of a float, as a scalar."""
    return ExactArray.from_floats(np.array(value))


def entries_of(shape: Shape) -> int:
    """Return the number of entries."""
    return math.prod(shape)
