"""An ONNX model as a graph of named values: structure and order of its nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import shown
from exactrelu.formats.onnx.node import NEWEST_OPSET, OLDEST_OPSET, Node
from exactrelu.formats.onnx.operators import checked

NEWEST_IR = 14


class Graph:
    """The main graph of a model, with the nodes that its outputs depend on in an order of evaluation.

    Parameters
    ----------
    model
        A parsed ModelProto.
    file
        Its name, for messages.
    chosen
        The outputs that are read; None for all.
    """

    def __init__(self, model: Any, file: str, chosen: Sequence[str] | None = None) -> None:
        self.file = file
        self._proto = model.graph
        opset = self._opset(model)
        self.initializers = {proto.name: proto for proto in self._proto.initializer}
        nodes = [Node(file, proto, index, opset) for index, proto in enumerate(self._proto.node)]
        producers = self._producers(nodes)
        self.inputs = [value for value in self._proto.input if value.name not in self.initializers]
        self.outputs = self._chosen(chosen, producers)
        self.nodes = [checked(node) for node in self._needed(self._sorted(nodes, producers))]

    def error(self, place: str, expected: str, got: str) -> FormatError:
        """Return the refusal of a place in the file."""
        return FormatError(self.file, place, expected, got)

    # structure --------------------------------------------------------------------------------

    def _opset(self, model: Any) -> int:
        """Return the version of the default operator set, after the checks of the model's header."""
        if not 1 <= model.ir_version <= NEWEST_IR:
            raise self.error("ir_version", f"1 to {NEWEST_IR}", f"{model.ir_version}")
        versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
        if len(set(versions)) != 1:
            raise self.error("opset_import", "one version of the default domain", f"{len(set(versions))}")
        if not OLDEST_OPSET <= versions[0] <= NEWEST_OPSET:
            raise self.error("opset_import", f"opset {OLDEST_OPSET} to {NEWEST_OPSET}", f"{versions[0]}")
        if any(function.domain in ("", "ai.onnx") for function in model.functions):
            raise self.error("functions", "no functions in the default domain", "one")
        if len(self._proto.sparse_initializer):
            raise self.error("sparse_initializer", "dense initializers", "a sparse one")
        return int(versions[0])

    def _producers(self, nodes: list[Node]) -> dict[str, Node | None]:
        """Return the node that gives each name, None for inputs and initializers."""
        self._check_unique("input", (value.name for value in self._proto.input))
        self._check_unique("initializer", (value.name for value in self._proto.initializer))
        given = [value.name for value in self._proto.input] + list(self.initializers)
        producers: dict[str, Node | None] = dict.fromkeys(given)
        for node in nodes:
            for name in filter(None, node.proto.output):
                if name in producers:
                    raise self.error(f"{node.operator} at {node.label}", "a new name", shown(name))
                producers[name] = node
        return producers

    def _check_unique(self, what: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if not name or name in seen:
                raise self.error(f"{what} {shown(name)}", "one with this name", "several" if name else "none")
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
                    raise self.error(f"{node.operator} at {node.label}", "a defined input", shown(name))
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
            raise self.error(f"{stuck.operator} at {stuck.label}", "a graph without cycles", "a cycle")
        return order

    def _chosen(self, names: Sequence[str] | None, producers: dict[str, Node | None]) -> list[Any]:
        """Return the outputs with the given names, or all, in the file's order."""
        defined = [value.name for value in self._proto.output]
        if not defined:
            raise self.error("graph", "an output", "none")
        for name in names or ():
            if name not in defined:
                expected = "one of " + ", ".join(shown(other) for other in defined[:10])
                raise self.error("graph output", expected, shown(name))
        chosen = [value for value in self._proto.output if names is None or value.name in names]
        for value in chosen:
            if value.name not in producers:
                raise self.error(f"graph output {shown(value.name)}", "a defined name", "an undefined one")
        return chosen

    def _needed(self, order: list[Node]) -> list[Node]:
        """Return the nodes that some of the outputs depend on."""
        names = {value.name for value in self.outputs}
        needed = []
        for node in reversed(order):
            used = names.intersection(node.proto.output)
            if used:
                if used != {node.proto.output[0]} and node.operator != "Split":
                    kind = {"Dropout": "mask is", "MaxPool": "list of indices is"}
                    raise node.unsupported(f"its {kind.get(node.operator, 'other outputs are')} used")
                needed.append(node)
                names.update(filter(None, node.proto.input))
        return needed[::-1]
