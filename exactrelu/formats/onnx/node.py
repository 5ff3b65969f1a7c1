"""One node of an ONNX graph: its name in messages, and its attributes, checked against the operator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.limits import shown

OLDEST_OPSET, NEWEST_OPSET = 1, 28
"""The versions of the default operator set whose definitions of the operators were read."""

_FIELDS = {"FLOAT": "f", "INT": "i", "INTS": "ints", "FLOATS": "floats", "TENSOR": "t", "STRING": "s"}
_LONGEST_LIST = 100_000


@dataclass(frozen=True, eq=False)
class Node:
    """A node of the main graph, with what its messages and its operator need to know."""

    file: str
    proto: Any
    index: int
    opset: int
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def operator(self) -> str:
        """The operator, with its domain unless it is the default one."""
        domain = "" if self.proto.domain in ("", "ai.onnx") else self.proto.domain + "."
        return shown(domain + self.proto.op_type)

    @property
    def label(self) -> str:
        """The node's name, or else its position and first output."""
        if self.proto.name:
            return shown(self.proto.name)
        output = shown(self.proto.output[0]) if self.proto.output else "none"
        return f"node #{self.index} (output {output})"

    def unsupported(self, why: str = "") -> UnsupportedOperatorError:
        """Return the refusal of a node that cannot be read as part of a network."""
        return UnsupportedOperatorError(self.file, self.operator, self.label, why)

    def malformed(self, expected: str, got: str) -> FormatError:
        """Return the refusal of a node that is not what ONNX demands."""
        return FormatError(self.file, f"{self.operator} at {self.label}", expected, got)

    def checked(self, known: frozenset[str]) -> Node:
        """Return the node with its attributes read, after the checks that need no values.

        Parameters
        ----------
        known
            The attributes that the operator's function reads, or that make no difference.
        """
        schema = self._schema()
        least, most = schema.min_input, schema.max_input
        if not least <= len(self.proto.input) <= most or "" in self.proto.input[:least]:
            raise self.malformed(_count(least, most), f"{sum(1 for name in self.proto.input if name)}")
        if not 1 <= len(self.proto.output) <= schema.max_output:
            expected = "one output" if schema.max_output == 1 else f"1 to {schema.max_output} outputs"
            raise self.malformed(expected, f"{len(self.proto.output)}")
        attributes = self._read_attributes(schema.attributes, known)
        return Node(self.file, self.proto, self.index, self.opset, attributes)

    def _schema(self) -> Any:
        """Return ONNX's definition of the operator in the file's operator set."""
        from onnx import defs

        try:
            schema = defs.get_schema(self.proto.op_type, self.opset, "")
        except defs.SchemaError:
            raise self.malformed(f"an operator of opset {self.opset}", "a later one") from None
        if schema.deprecated:
            raise self.unsupported(f"it is deprecated in opset {self.opset}")
        return schema

    def _read_attributes(self, defined: Any, known: frozenset[str]) -> dict[str, Any]:
        from onnx import AttributeProto

        values: dict[str, Any] = {}
        for attribute in self.proto.attribute:
            name = attribute.name
            if name not in defined:
                raise self.malformed(f"no attribute {shown(name)} in opset {self.opset}", "one")
            if name in values:
                raise self.malformed(f"attribute {name} once", "twice")
            kind = defined[name].type.name
            if attribute.type != getattr(AttributeProto, kind) or attribute.ref_attr_name:
                raise self.malformed(f"attribute {name} of type {kind}", "another type")
            if kind not in _FIELDS or name not in known:
                raise self.unsupported(f"attribute {name}")
            values[name] = self._plain(name, getattr(attribute, _FIELDS[kind]))
        return values

    def _plain(self, name: str, value: Any) -> Any:
        """Return a number, a text, a tensor or a list of numbers."""
        if isinstance(value, bytes):
            return shown(value.decode("utf-8", "replace"))
        if isinstance(value, float) and not math.isfinite(value):
            raise self.malformed(f"attribute {name} to be a finite number", f"{value}")
        if isinstance(value, int | float) or hasattr(value, "data_type"):
            return value
        if len(value) > _LONGEST_LIST:
            raise self.malformed(f"attribute {name} with at most {_LONGEST_LIST} entries", f"{len(value)}")
        return list(value)

    def flag(self, name: str, default: int = 0) -> bool:
        """Return an attribute that is 0 or 1."""
        value = self.attributes.get(name, default)
        if value not in (0, 1):
            raise self.malformed(f"attribute {name} to be 0 or 1", f"{value}")
        return bool(value)


def _count(least: int, most: int) -> str:
    if least == most:
        return f"{least} inputs"
    return f"{least} to {most} inputs" if most < _LONGEST_LIST else f"at least {least} inputs"
