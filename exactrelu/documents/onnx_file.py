"""Networks as ONNX files, every number exactly as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.documents.rounding import require_floats
from exactrelu.errors import NetworkError
from exactrelu.formats.binary_rounding import FLOAT32, BinaryFormat
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.writing.atomic_file import write_bytes_atomically

if TYPE_CHECKING:
    import onnx

_OPSET, _IR = 13, 8
_PRODUCER = "exactrelu"


def onnx_model(network: Network, floats: BinaryFormat) -> onnx.ModelProto:
    """Return the graph of Gemm, Relu and PRelu nodes whose real-valued function is that of the network.

    Parameters
    ----------
    network
        A network whose hidden neurons have the slope 1 above 0 (ReLU, leaky ReLU, absolute value, linear
        units).
    floats
        The type of all tensors, float32 or float64.

    Returns
    -------
    onnx.ModelProto
        The model, with one input ``x`` of shape (1, N_0) and one output ``y`` of shape (1, N_L).

    Raises
    ------
    NetworkError
        If the format does not have a number of the network, or a neuron has another slope above 0; the
        message names it.

    Examples
    --------
    >>> from exactrelu.formats.binary_rounding import FLOAT32
    >>> model = onnx_model(Network.from_rationals([([[1], [-1]], None), ([["1/2", 1]], None)]), FLOAT32)
    >>> [node.op_type for node in model.graph.node]
    ['Gemm', 'Relu', 'Gemm']
    """
    from onnx import helper

    require_floats(network, floats)
    graph = _Graph(floats)
    for k, layer in enumerate(network.layers):
        weight = graph.constant(f"weight_{k}", [row[:-1] for row in layer.rows])
        bias = graph.constant(f"bias_{k}", [row[-1] for row in layer.rows])
        graph.node("Gemm", f"y_{k}" if k + 1 < network.depth else "y", weight, bias, transB=1)
        if k + 1 < network.depth:
            _unit(graph, network.activations[k], k)
    made = helper.make_graph(
        graph.nodes,
        network.name or _PRODUCER,
        [graph.value("x", network.inputs)],
        [graph.value("y", network.outputs)],
        graph.constants,
        doc_string=network.description or "",
    )
    opset = helper.make_opsetid("", _OPSET)
    return helper.make_model(made, opset_imports=[opset], ir_version=_IR, producer_name=_PRODUCER)


def write_onnx(network: Network, path: str | Path, floats: BinaryFormat) -> None:
    """Write the network to an ONNX file, atomically (`onnx_model` says how, and what it refuses)."""
    write_bytes_atomically(path, onnx_model(network, floats).SerializeToString())


class _Graph:
    """Nodes that follow one another, and their constants."""

    def __init__(self, floats: BinaryFormat) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._floats = floats
        self._current = "x"

    def constant(self, name: str, values: Any) -> str:
        """Add a tensor of rationals that the format has."""
        import numpy as np
        from onnx import numpy_helper

        # Division of integers rounds correctly, so a float64 comes out as it is; a float32 is one.
        doubles = np.array(_doubles(values), dtype=np.float64)
        array = doubles.astype(np.float32) if self._floats is FLOAT32 else doubles
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, result: str, *constants: str, **attributes: Any) -> None:
        """Add a node that takes the current tensor and constants."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, [self._current, *constants], [result], **attributes))
        self._current = result

    def value(self, name: str, width: int) -> Any:
        """Return the description of an input or output."""
        from onnx import TensorProto, helper

        kind = TensorProto.FLOAT if self._floats is FLOAT32 else TensorProto.DOUBLE
        return helper.make_tensor_value_info(name, kind, [1, width])


def _doubles(values: Any) -> Any:
    return (
        values.numerator / values.denominator if isinstance(values, Fraction) else list(map(_doubles, values))
    )


def _unit(graph: _Graph, activation: Activation, k: int) -> None:
    if activation.is_relu:
        graph.node("Relu", f"z_{k}")
        return
    for i, (_, above) in enumerate(activation.slopes):
        if above != 1:
            raise NetworkError(
                f"layers[{k}].slopes[{i}][1]: expected 1, all that ONNX's PRelu has, got {above}"
            )
    graph.node("PRelu", f"z_{k}", graph.constant(f"slope_{k}", [below for below, _ in activation.slopes]))
