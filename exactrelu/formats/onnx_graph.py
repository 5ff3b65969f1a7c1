"""An ONNX model as a graph of named values: structure, order, input and output."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.affine_tensor import AffineTensor, Base
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import MAX_ENTRIES, TooLargeError, shown
from exactrelu.formats.onnx_node import NEWEST_OPSET, OLDEST_OPSET, Node
from exactrelu.formats.onnx_operators import Operators
from exactrelu.formats.onnx_tensors import FLOAT_TYPES, MAX_RANK, Tensor, TensorReader, type_name

NEWEST_IR = 14
MAX_INPUTS = 1_000_000


class Graph:
    """The main graph of a model, with the nodes that its outputs depend on in an order of evaluation."""

    def __init__(self, model: Any, file: str, path: Path) -> None:
        self.file = file
        self._proto = model.graph
        self._reader = TensorReader(file, path)
        opset = self._opset(model)
        self._initializers = {proto.name: proto for proto in self._proto.initializer}
        nodes = [Node(file, proto, index, opset) for index, proto in enumerate(self._proto.node)]
        producers = self._producers(nodes)
        needed = self._needed(self._sorted(nodes, producers), producers)
        self.nodes = [node.checked() for node in needed]

    def _error(self, place: str, expected: str, got: str) -> FormatError:
        return FormatError(self.file, place, expected, got)

    # structure --------------------------------------------------------------------------------

    def _opset(self, model: Any) -> int:
        """Return the version of the default operator set, after the checks of the model's header."""
        if not 1 <= model.ir_version <= NEWEST_IR:
            raise self._error("ir_version", f"1 to {NEWEST_IR}", f"{model.ir_version}")
        versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
        if len(versions) != 1:
            raise self._error("opset_import", "one version of the default domain", f"{len(versions)}")
        if not OLDEST_OPSET <= versions[0] <= NEWEST_OPSET:
            raise self._error("opset_import", f"opset {OLDEST_OPSET} to {NEWEST_OPSET}", f"{versions[0]}")
        if any(function.domain in ("", "ai.onnx") for function in model.functions):
            raise self._error("functions", "no functions in the default domain", "one")
        if len(self._proto.sparse_initializer):
            raise self._error("sparse_initializer", "dense initializers", "a sparse one")
        return int(versions[0])

    def _producers(self, nodes: list[Node]) -> dict[str, Node | None]:
        """Return the node that gives each name, None for inputs and initializers."""
        self._check_unique("input", (value.name for value in self._proto.input))
        self._check_unique("initializer", (value.name for value in self._proto.initializer))
        given = [value.name for value in self._proto.input] + list(self._initializers)
        producers: dict[str, Node | None] = dict.fromkeys(given)
        for node in nodes:
            for name in filter(None, node.proto.output):
                if name in producers:
                    raise self._error(f"{node.operator} at {node.label}", "a new name", shown(name))
                producers[name] = node
        return producers

    def _check_unique(self, what: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if not name or name in seen:
                raise self._error(
                    f"{what} {shown(name)}", "one with this name", "several" if name else "none"
                )
            seen.add(name)

    def _sorted(self, nodes: list[Node], producers: dict[str, Node | None]) -> list[Node]:
        """Return the nodes in an order of evaluation.

        ONNX asks writers for such an order, but not all keep to it; since every name has one producer,
        the order changes nothing as long as there is no cycle.
        """
        waiting: dict[int, int] = {}
        readers: dict[int, list[Node]] = {}
        for node in nodes:
            sources = set()
            for name in filter(None, node.proto.input):
                if name not in producers:
                    raise self._error(f"{node.operator} at {node.label}", "a defined input", shown(name))
                producer = producers[name]
                if producer is not None:
                    sources.add(producer.index)
            waiting[node.index] = len(sources)
            for source in sources:
                readers.setdefault(source, []).append(node)
        order = [node for node in nodes if waiting[node.index] == 0]
        for node in order:  # grows while it is read
            for reader in readers.get(node.index, ()):
                waiting[reader.index] -= 1
                if waiting[reader.index] == 0:
                    order.append(reader)
        if len(order) < len(nodes):
            stuck = next(node for node in nodes if waiting[node.index])
            raise self._error(f"{stuck.operator} at {stuck.label}", "a graph without cycles", "a cycle")
        return order

    def _needed(self, order: list[Node], producers: dict[str, Node | None]) -> list[Node]:
        """Return the nodes that some graph output depends on."""
        names = set()
        for value in self._proto.output:
            if value.name not in producers:
                raise self._error(f"graph output {shown(value.name)}", "a defined name", "an undefined one")
            names.add(value.name)
        needed = []
        for node in reversed(order):
            used = names.intersection(node.proto.output)
            if used:
                if used != {node.proto.output[0]} and node.operator == "Dropout":
                    raise node.unsupported("its mask is used")
                needed.append(node)
                names.update(filter(None, node.proto.input))
        return needed[::-1]

    # values -----------------------------------------------------------------------------------

    def evaluate(self) -> AffineTensor:
        """Return the graph's one output as affine functions of the input or of the last ReLU."""
        start, base = self._input()
        output = self._output()
        values: dict[str, Tensor] = {start[0]: start[1]}
        operators = Operators(self._reader)
        for node in self.nodes:
            operands = [self._value(name, values) if name else None for name in node.proto.input]
            try:
                values[node.proto.output[0]] = operators.apply(node, operands)
            except TooLargeError as error:
                raise node.malformed(error.expected, error.got) from None
        result = self._value(output.name, values)
        self._check_output(output, result)
        content = result.content
        return AffineTensor.constant(base, content) if isinstance(content, ExactArray) else content

    def _value(self, name: str, values: dict[str, Tensor]) -> Tensor:
        if name not in values:
            values[name] = self._reader.read(self._initializers[name], name)
        return values[name]

    def _input(self) -> tuple[tuple[str, Tensor], Base]:
        """Return the name and tensor of the one input that is no initializer, and its base."""
        inputs = [value for value in self._proto.input if value.name not in self._initializers]
        if len(inputs) != 1:
            raise self._error("graph", "one input", f"{len(inputs)}")
        value, place = inputs[0], f"input {shown(inputs[0].name)}"
        element_type = self._element_type(value, place)
        shape = self._input_shape(value.type.tensor_type, place)
        base = Base(math.prod(shape))
        return (value.name, Tensor(element_type, AffineTensor.of_base(base, shape))), base

    def _element_type(self, value: Any, place: str) -> str:
        if not value.type.HasField("tensor_type"):
            raise self._error(place, "a tensor", "another type")
        element_type = type_name(value.type.tensor_type.elem_type)
        if element_type not in FLOAT_TYPES:
            raise self._error(place, "a float tensor", element_type)
        return element_type

    def _input_shape(self, tensor_type: Any, place: str) -> tuple[int, ...]:
        """Return the shape of the input; an unknown first length is a batch, of which one is read."""
        if not tensor_type.HasField("shape"):
            raise self._error(place, "a shape", "none")
        dimensions = tensor_type.shape.dim
        if len(dimensions) > MAX_RANK:
            raise self._error(place, f"at most {MAX_RANK} axes", f"{len(dimensions)}")
        shape = []
        for axis, dimension in enumerate(dimensions):
            known = dimension.HasField("dim_value")
            if not known and axis > 0:
                raise self._error(f"{place} axis {axis}", "a known length", shown(dimension.dim_param or "?"))
            if known and dimension.dim_value < 1:
                raise self._error(f"{place} axis {axis}", "a positive length", f"{dimension.dim_value}")
            shape.append(int(dimension.dim_value) if known else 1)
        if math.prod(shape) > MAX_INPUTS:
            raise self._error(place, f"at most {MAX_INPUTS} entries", f"shape {shape}")
        return tuple(shape)

    def _output(self) -> Any:
        if len(self._proto.output) != 1:
            raise self._error("graph", "one output", f"{len(self._proto.output)}")
        return self._proto.output[0]

    def _check_output(self, value: Any, result: Tensor) -> None:
        """Compare what the file declares of its output, if anything, with what was computed."""
        place = f"output {shown(value.name)}"
        if result.element_type not in FLOAT_TYPES:
            raise self._error(place, "a float tensor", result.element_type)
        tensor_type = value.type.tensor_type
        if tensor_type.elem_type != 0 and type_name(tensor_type.elem_type) != result.element_type:
            raise self._error(place, type_name(tensor_type.elem_type), result.element_type)
        dimensions = [dimension.dim_value for dimension in tensor_type.shape.dim]
        size = math.prod(result.shape)
        if tensor_type.HasField("shape") and all(d > 0 for d in dimensions) and math.prod(dimensions) != size:
            raise self._error(place, f"{math.prod(dimensions)} entries as declared", f"{list(result.shape)}")
        if size > MAX_ENTRIES:
            raise self._error(place, f"at most {MAX_ENTRIES} entries", f"{size}")
