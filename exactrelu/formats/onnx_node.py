"""One node of an ONNX graph: its name in messages, and its attributes, checked against the operator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.limits import shown

OLDEST_OPSET, NEWEST_OPSET = 1, 28
"""The versions of the default operator set whose definitions of the operators below were read."""

_LATER = NEWEST_OPSET
_LEGACY_BROADCAST = (("axis", "INT", 1, 6), ("broadcast", "INT", 1, 6), ("consumed_inputs", "INTS", 1, 5))

# operator: (least inputs, most inputs, attributes as (name, type, first opset, last opset))
_OPERATORS: dict[str, tuple[int, int, tuple[tuple[str, str, int, int], ...]]] = {
    "Gemm": (
        2,
        3,
        (
            ("alpha", "FLOAT", 1, _LATER),
            ("beta", "FLOAT", 1, _LATER),
            ("transA", "INT", 1, _LATER),
            ("transB", "INT", 1, _LATER),
            ("broadcast", "INT", 1, 6),
        ),
    ),
    "MatMul": (2, 2, ()),
    "Add": (2, 2, _LEGACY_BROADCAST),
    "Sub": (2, 2, _LEGACY_BROADCAST),
    "Mul": (2, 2, _LEGACY_BROADCAST),
    "Div": (2, 2, _LEGACY_BROADCAST),
    "Relu": (1, 1, (("consumed_inputs", "INTS", 1, 5),)),
    "Flatten": (1, 1, (("axis", "INT", 1, _LATER),)),
    "Reshape": (
        1,
        2,
        (("shape", "INTS", 1, 4), ("consumed_inputs", "INTS", 1, 4), ("allowzero", "INT", 14, _LATER)),
    ),
    "Identity": (1, 1, ()),
    "Constant": (
        0,
        0,
        (
            ("value", "TENSOR", 1, _LATER),
            ("sparse_value", "SPARSE_TENSOR", 11, _LATER),
            *((f"value_{kind.lower()}", kind, 12, _LATER) for kind in ("FLOAT", "FLOATS", "INT", "INTS")),
            *((f"value_{kind.lower()}", kind, 12, _LATER) for kind in ("STRING", "STRINGS")),
        ),
    ),
    "Dropout": (
        1,
        3,
        (
            ("ratio", "FLOAT", 1, 11),
            ("is_test", "INT", 1, 6),
            ("consumed_inputs", "INTS", 1, 5),
            ("seed", "INT", 12, _LATER),
        ),
    ),
}

_FIELDS = {"FLOAT": "f", "INT": "i", "INTS": "ints", "FLOATS": "floats", "TENSOR": "t"}


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
        """Return the refusal of a node that cannot be read as part of a ReLU network."""
        return UnsupportedOperatorError(self.file, self.operator, self.label, why)

    def malformed(self, expected: str, got: str) -> FormatError:
        """Return the refusal of a node that is not what ONNX demands."""
        return FormatError(self.file, f"{self.operator} at {self.label}", expected, got)

    def checked(self) -> Node:
        """Return the node with its attributes read, after the checks that need no values."""
        if self.operator not in _OPERATORS or self.proto.overload:
            raise self.unsupported()
        least, most, _ = _OPERATORS[self.operator]
        if not least <= len(self.proto.input) <= most or "" in self.proto.input[:least]:
            raise self.malformed(
                f"{least} inputs" if least == most else f"{least} to {most} inputs",
                f"{sum(1 for name in self.proto.input if name)}",
            )
        outputs = 2 if self.operator == "Dropout" else 1
        if not 1 <= len(self.proto.output) <= outputs:
            raise self.malformed("one output", f"{len(self.proto.output)}")
        return Node(self.file, self.proto, self.index, self.opset, self._read_attributes())

    def _read_attributes(self) -> dict[str, Any]:
        from onnx import AttributeProto

        known = {
            name: kind
            for name, kind, first, last in _OPERATORS[self.operator][2]
            if first <= self.opset <= last
        }
        values: dict[str, Any] = {}
        for attribute in self.proto.attribute:
            name = attribute.name
            if name not in known:
                raise self.malformed(f"no attribute {shown(name)} in opset {self.opset}", "one")
            if name in values:
                raise self.malformed(f"attribute {name} once", "twice")
            if attribute.type != getattr(AttributeProto, known[name]) or attribute.ref_attr_name:
                raise self.malformed(f"attribute {name} of type {known[name]}", "another type")
            if known[name] not in _FIELDS:
                raise self.unsupported(f"attribute {name}")
            values[name] = self._finite(name, getattr(attribute, _FIELDS[known[name]]))
        return values

    def _finite(self, name: str, value: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            raise self.malformed(f"attribute {name} to be a finite number", f"{value}")
        return value

    def flag(self, name: str) -> bool:
        """Return an attribute that is 0 (the default) or 1."""
        value = self.attributes.get(name, 0)
        if value not in (0, 1):
            raise self.malformed(f"attribute {name} to be 0 or 1", f"{value}")
        return bool(value)
