"""From a graph to a network: its inputs, its nodes one by one, its outputs."""

from __future__ import annotations

import math
from typing import Any

from exactrelu.formats.affine_tensor import AffineTensor, Shape
from exactrelu.formats.limits import TooLargeError, shown
from exactrelu.formats.onnx.evaluation import Evaluation
from exactrelu.formats.onnx.graph import Graph
from exactrelu.formats.onnx.operators import apply
from exactrelu.formats.onnx.tensors import MAX_RANK, type_name
from exactrelu.formats.onnx.values import FLOAT_TYPES, Tensor, as_affine

MAX_INPUTS = 1_000_000
"""Most entries of all inputs together, and of an output."""


class Inputs:
    """The inputs of a graph, which become the first variables, flattened in the file's order."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.shapes = {value.name: self._shape(value) for value in graph.inputs}
        self.size = sum(math.prod(shape) for shape in self.shapes.values())
        if not graph.inputs:
            raise graph.error("graph", "an input", "none")
        if self.size > MAX_INPUTS:
            place = f"input {shown(graph.inputs[0].name)}" if len(graph.inputs) == 1 else "inputs"
            raise graph.error(place, f"at most {MAX_INPUTS} entries", f"{self.size}")

    def tensors(self) -> dict[str, Tensor]:
        """Return the inputs by their names."""
        first, tensors = 0, {}
        for value in self._graph.inputs:
            shape = self.shapes[value.name]
            element_type = type_name(value.type.tensor_type.elem_type)
            tensors[value.name] = Tensor(element_type, AffineTensor.of_variables(first, shape))
            first += math.prod(shape)
        return tensors

    def _shape(self, value: Any) -> Shape:
        """Return the shape of an input; an unknown first length is a batch, of which one is read."""
        place, kind = f"input {shown(value.name)}", value.type
        if not kind.HasField("tensor_type"):
            raise self._graph.error(place, "a tensor", "another type")
        element_type = type_name(kind.tensor_type.elem_type)
        if element_type not in FLOAT_TYPES:
            raise self._graph.error(place, "a float tensor", element_type)
        if not kind.tensor_type.HasField("shape"):
            raise self._graph.error(place, "a shape", "none")
        dimensions = kind.tensor_type.shape.dim
        if len(dimensions) > MAX_RANK:
            raise self._graph.error(place, f"at most {MAX_RANK} axes", f"{len(dimensions)}")
        return tuple(self._length(place, axis, dimension) for axis, dimension in enumerate(dimensions))

    def _length(self, place: str, axis: int, dimension: Any) -> int:
        known = dimension.HasField("dim_value")
        if not known and axis > 0:
            name = shown(dimension.dim_param or "?")
            raise self._graph.error(f"{place} axis {axis}", "a known length", name)
        if known and dimension.dim_value < 1:
            raise self._graph.error(f"{place} axis {axis}", "a positive length", f"{dimension.dim_value}")
        return int(dimension.dim_value) if known else 1


def evaluate(graph: Graph, evaluation: Evaluation, inputs: Inputs) -> AffineTensor:
    """Return the graph's outputs, one after the other, as affine functions of inputs and units."""
    values = inputs.tensors()
    readers = _readers(graph)
    for node in graph.nodes:
        operands = [_value(graph, evaluation, name, values) if name else None for name in node.proto.input]
        try:
            results = apply(evaluation, node, operands)
        except TooLargeError as error:
            raise node.malformed(error.expected, error.got) from None
        for name, result in zip(node.proto.output, results, strict=False):
            if name in readers:
                values[name] = result
        for name in node.proto.input:
            readers[name] -= 1
            if not readers[name]:
                values.pop(name, None)  # nothing reads it any more
    outputs = []
    for value in graph.outputs:
        result = _value(graph, evaluation, value.name, values)
        _check_output(graph, value, result)
        outputs.append(as_affine(result.content))
    return AffineTensor.stacked(outputs)


def _readers(graph: Graph) -> dict[str, int]:
    """Return how often each name is read, by nodes or as an output."""
    readers = {value.name: 1 for value in graph.outputs}
    for node in graph.nodes:
        for name in node.proto.input:
            readers[name] = readers.get(name, 0) + 1
    return readers


def _value(graph: Graph, evaluation: Evaluation, name: str, values: dict[str, Tensor]) -> Tensor:
    if name not in values:
        values[name] = evaluation.reader.read(graph.initializers[name], name)
    return values[name]


def _check_output(graph: Graph, value: Any, result: Tensor) -> None:
    """Compare what the file declares of an output, if anything, with what was computed."""
    place = f"output {shown(value.name)}"
    if result.element_type not in FLOAT_TYPES:
        raise graph.error(place, "a float tensor", result.element_type)
    tensor_type = value.type.tensor_type
    if tensor_type.elem_type != 0 and type_name(tensor_type.elem_type) != result.element_type:
        raise graph.error(place, type_name(tensor_type.elem_type), result.element_type)
    dimensions = [dimension.dim_value for dimension in tensor_type.shape.dim]
    size = math.prod(result.shape)
    if tensor_type.HasField("shape") and all(d > 0 for d in dimensions) and math.prod(dimensions) != size:
        raise graph.error(place, f"{math.prod(dimensions)} entries as declared", f"{list(result.shape)}")
    if size > MAX_INPUTS:
        raise graph.error(place, f"at most {MAX_INPUTS} entries", f"{size}")
