"""Reading fully connected ReLU networks from ONNX files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import TooLargeError, printable, read_regular_file
from exactrelu.networks.network import Network


def read_onnx(path: str | os.PathLike[str]) -> Network:
    """Return the exact real-valued function of an ONNX file as a network.

    Read are graphs of Gemm, MatMul, Add, Sub, Mul, Div (by constants), Relu, Flatten, Reshape,
    Identity, Constant and Dropout (at inference), in any arrangement that is a chain of affine maps and
    ReLUs. Every stored float (16, 32 or 64 bits, bfloat16) stands for its exact value, and what the
    graph computes from constants is computed without rounding; a deployed program rounds.

    Parameters
    ----------
    path
        The file. External data is read only from the file's own folder.

    Returns
    -------
    Network
        A network N_0 -> N_L, where N_0 and N_L are the numbers of entries of the graph's input and
        output, both in row-major order. Initializers that are listed as inputs too are constants. An
        input axis of unknown length is accepted as the first one only, and means a batch, of which the
        network is one element. Affine maps with no ReLU between them are composed; a ReLU without an
        affine map before it (or none after the last) gets an identity layer. Nodes on which the output
        does not depend are ignored, and nodes may stand in any order.

    Raises
    ------
    UnsupportedOperatorError
        ``FILE: not supported: OP at NODE`` for any other operator, for a skip connection or another
        graph that is no chain of layers, for Dropout in training mode and for integer arithmetic.
    FormatError
        If the file is no ONNX file, is inconsistent, has several inputs or outputs, holds a NaN or an
        infinity where the output depends on it, or asks for more than `exactrelu.formats.limits`.

    Notes
    -----
    Operator sets 1 to 28 are known, each with its own rules for broadcasting, Reshape and Dropout.

    Examples
    --------
    >>> read_onnx("no-such-file.onnx")
    Traceback (most recent call last):
    ...
    exactrelu.errors.FormatError: no-such-file.onnx: expected a readable file, got No such file or directory
    """
    file = printable(os.fspath(path))
    data = read_regular_file(path)
    try:
        return _network(_parsed(data, file), file, Path(path))
    except TooLargeError as error:
        raise FormatError(file, "", error.expected, error.got) from None


def _parsed(data: bytes, file: str) -> Any:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from onnx import ModelProto

    model = ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError):
        raise FormatError(file, "", "an ONNX model", "bytes that are none, or a truncated one") from None
    if not _texts_are_unicode(model):
        raise FormatError(file, "", "an ONNX model", "names that are not UTF-8")
    if not model.HasField("graph"):
        raise FormatError(file, "", "an ONNX model", "no graph")
    return model


def _texts_are_unicode(message: Any) -> bool:
    """Return whether all texts of a parsed message are; protobuf gives those that are not as bytes."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING:
            texts = [value] if isinstance(value, str | bytes) else value
            if not all(isinstance(text, str) for text in texts):
                return False
        elif field.type == field.TYPE_MESSAGE:
            parts = value if hasattr(value, "__len__") else [value]
            if not all(_texts_are_unicode(part) for part in parts):
                return False
    return True


def _network(model: Any, file: str, path: Path) -> Network:
    from exactrelu.formats.onnx_graph import Graph

    output = Graph(model, file, path).evaluate()
    layers = (*output.base.layers, output.affine_map())
    return Network(
        layers,
        description=model.doc_string or model.graph.doc_string or None,
        source=f"onnx: {printable(path.name)}",
    )
