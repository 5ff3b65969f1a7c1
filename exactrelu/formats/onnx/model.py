"""Reading networks from ONNX files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.errors import FormatError
from exactrelu.formats.batchnorm import FOLDED_IN_FLOAT32
from exactrelu.formats.limits import MAX_FILE_BYTES, TooLargeError, printable, read_regular_file, unpacked
from exactrelu.networks.network import Network

if TYPE_CHECKING:
    from exactrelu.formats.batchnorm import BatchNorm


def read_onnx(
    path: str | os.PathLike[str], *, outputs: Sequence[str] | None = None, batchnorm: BatchNorm = "exact"
) -> Network:
    """Return the exact real-valued function of an ONNX file as a network.

    Read are graphs of operators that are affine in the input, and of units with two slopes, in any
    arrangement (docs/formats.md has the list). Every stored float (16, 32 or 64 bits, bfloat16) stands for
    its exact value, and what the graph computes from constants is computed without rounding; a deployed
    program rounds.

    Parameters
    ----------
    path
        The file, plain or gzip. External data is read only from the file's own folder.
    outputs
        The names of the outputs that are read, all if left out.
    batchnorm
        What BatchNormalization is where its square roots are not rational: refused (``exact``), or the
        coefficients that float32 arithmetic gives (``float32``); see
        `exactrelu.formats.onnx.normalization`. The network's ``source`` says that these were taken.

    Returns
    -------
    Network
        A network N_0 -> N_L, where N_0 and N_L are the numbers of entries of the graph's inputs and
        outputs, each in row-major order, in the order of the file. Initializers that are listed as inputs
        too are constants. An input axis of unknown length is accepted as the first one only, and means a
        batch, of which the network is one element. Affine maps with no unit between them are composed; a
        unit without an affine map before it (or none after the last) gets an identity layer. What later
        layers need travels on in linear units (`exactrelu.formats.units`). Nodes on which the output does
        not depend are ignored, and nodes may stand in any order.

    Raises
    ------
    UnsupportedOperatorError
        ``FILE: not supported: OP at NODE (REASON)`` for any other operator, for products and quotients of
        what depends on the input, for rounding, jumps and training.
    FormatError
        If the file is no ONNX file, is inconsistent, holds a NaN or an infinity where the output depends on
        it, or asks for more than `exactrelu.formats.limits`.

    Notes
    -----
    Operator sets 1 to 28 are known, each with its own rules for broadcasting, shapes and defaults.

    Examples
    --------
    >>> read_onnx("no-such-file.onnx")
    Traceback (most recent call last):
    ...
    exactrelu.errors.FormatError: no-such-file.onnx: expected a readable file, got No such file or directory
    """
    file = printable(os.fspath(path))
    data = unpacked(file, read_regular_file(path), MAX_FILE_BYTES)
    try:
        return _network(_parsed(data, file), file, Path(path), outputs, batchnorm)
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


def _network(
    model: Any, file: str, path: Path, outputs: Sequence[str] | None, batchnorm: BatchNorm
) -> Network:
    from exactrelu.formats.onnx.evaluation import Evaluation
    from exactrelu.formats.onnx.graph import Graph
    from exactrelu.formats.onnx.reading import Inputs, evaluate
    from exactrelu.formats.onnx.tensors import TensorReader
    from exactrelu.formats.units import Units

    graph = Graph(model, file, outputs)
    inputs = Inputs(graph)
    evaluation = Evaluation(TensorReader(file, path), Units(inputs.size), batchnorm)
    output = evaluate(graph, evaluation, inputs)
    note = FOLDED_IN_FLOAT32 if evaluation.folded_in_floats else ""
    return evaluation.units.network(
        output,
        description=model.doc_string or model.graph.doc_string or None,
        source=f"onnx: {printable(path.name)}{note}",
    )
