"""Networks in safetensors files, read without any library: a header in JSON, then the numbers.

The first eight bytes are the length of the header, little-endian; the header gives each tensor's type,
shape and the place of its bytes after it.
"""

from __future__ import annotations

import os
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import printable, read_regular_file, shown
from exactrelu.formats.state_dict import network_of_state
from exactrelu.formats.stored_numbers import array_of_bytes, check_shape, item_size
from exactrelu.formats.strict_json import JsonNumber, Node, parse_json
from exactrelu.networks.network import Network

_KINDS = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
}
_METADATA = "__metadata__"
_LONGEST_HEADER = 100_000_000  # the format's own limit


def read_safetensors(path: str | os.PathLike[str]) -> Network:
    """Return the network of the weights and biases in a safetensors file, each float by its exact value.

    The layers are ordered by the numbers in their names, or by their shapes (the format sorts tensors its
    own way); ReLU is taken after each layer but the last.

    Raises
    ------
    FormatError, UnsupportedOperatorError
        If the file is damaged, or does not hold a chain of fully connected layers.

    Warns
    -----
    ReadingWarning
        That the file says nothing of activations, if there are hidden layers.
    """
    file, data = printable(os.fspath(path)), read_regular_file(path)
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(len(data) - 8, _LONGEST_HEADER):
        raise FormatError(file, "byte 0", "the length of a header inside the file", f"{length}")
    header = parse_json(f"{file}: header", data[8 : 8 + length])
    if not isinstance(header.value, dict):
        raise header.fail("an object")
    body = memoryview(data)[8 + length :]
    names = [name for name in header.value if name != _METADATA]
    tensors = {name: _tensor(file, name, header.child(name), body) for name in names}
    return network_of_state(file, tensors, "safetensors", listed=False)


def _tensor(file: str, name: str, entry: Node, body: memoryview) -> Any:
    entry.require_keys(("dtype", "shape", "data_offsets"))
    kind = _KINDS.get(entry.child("dtype").text())
    if kind is None:
        raise entry.child("dtype").fail(f"one of {', '.join(_KINDS)}", shown(entry.value["dtype"]))
    shape = tuple(_count(item) for item in entry.child("shape").items())
    offsets = [_count(item) for item in entry.child("data_offsets").items()]
    size = check_shape(file, name, shape) * item_size(kind)
    if len(offsets) != 2 or offsets[1] - offsets[0] != size or offsets[1] > len(body):
        expected = f"two offsets {size} apart, at most {len(body)}"
        raise entry.child("data_offsets").fail(expected, f"{offsets}")
    return array_of_bytes(body[offsets[0] : offsets[1]], kind).reshape(shape)


def _count(node: Node) -> int:
    text = node.value.text if isinstance(node.value, JsonNumber) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise node.fail("a natural number")
    return int(text)
