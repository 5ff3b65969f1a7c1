"""How far float programs may be from the real function of a large ONNX graph, bounded in doubles.

For a node that is affine in its first input with constants W and b, let f(x, W, b) be its output. With the
running bound E on the error of x, a sum of k products and b in floats of unit roundoff u is off by at most

    f(E, |W|, 0) + g f(|x| + E, |W|, |b|),    g = (k + 2) u / (1 - (k + 2) u)

(Higham, section 3.1), plus what underflows. The doubles that these bounds are computed in are off by a factor
of at most 1 + 2^-20 for k < 2^30, which 1.01 u in the place of u covers; for float32 it covers as well that x
is a double near the exact value. ReLU rounds nothing and is 1-Lipschitz; the other nodes here copy entries.
"""

from __future__ import annotations

import numpy as np
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FLOAT32, DOUBLE = 1.01 * 2.0**-24, 1.01 * 2.0**-53
_UNDERFLOW = 1e-36
_AFFINE = ("Conv", "Gemm", "MatMul", "Add", "Sub")


def bounds_in_doubles(model, point, unit):
    """Return the graph's output in doubles, and a bound on the error of programs with that roundoff."""
    graph, opsets = model.graph, list(model.opset_import)
    constants = {proto.name: numpy_helper.to_array(proto) for proto in graph.initializer}
    values = {name: _wide(array) for name, array in constants.items()}
    (free,) = [v.name for v in graph.input if v.name not in constants]
    values[free], errors = point.astype(np.float64), {free: np.zeros(point.shape)}
    for node in graph.node:
        names = list(node.input)
        single = helper.make_graph(
            [node],
            "node",
            [helper.make_tensor_value_info(name, 11, None) for name in dict.fromkeys(filter(None, names))],
            [helper.make_tensor_value_info(name, 11, None) for name in node.output],
        )
        run = ReferenceEvaluator(helper.make_model(single, opset_imports=opsets))
        results, bounds = _outputs(node, run, values, errors, unit)
        for name, value, error in zip(node.output, results, bounds, strict=False):
            values[name] = _wide(value)
            if error is not None:
                errors[name] = error
    name = graph.output[0].name
    return values[name], errors[name]


def _wide(array):
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _outputs(node, run, values, errors, unit):
    def at(change):
        return run.run(None, {name: change(name) for name in dict.fromkeys(filter(None, node.input))})

    results = at(values.get)
    if not any(name in errors for name in node.input):
        return results, [None] * len(results)
    if node.op_type == "Relu":
        return results, [errors[node.input[0]]]
    if node.op_type not in _AFFINE:
        return results, at(lambda name: errors.get(name, values[name]))
    zero = {name: np.zeros_like(values[name]) for name in node.input[2:] if name}
    if node.op_type in ("Add", "Sub"):
        one, two = (np.broadcast_to(abs(values[n]) + errors.get(n, 0), results[0].shape) for n in node.input)
        carried = sum(np.broadcast_to(errors.get(n, 0), results[0].shape) for n in node.input)
        return results, [carried + unit * (one + two) + _UNDERFLOW]
    weights = abs(values[node.input[1]])
    inner = weights[0].size if node.op_type == "Conv" else values[node.input[0]].shape[-1]
    terms = inner + 2
    growth = terms * unit / (1 - terms * unit)
    first = node.input[0]
    inputs = {node.input[1]: weights}
    (carried,) = at(lambda name: errors[first] if name == first else inputs.get(name, zero.get(name)))
    (size,) = at(lambda name: abs(values[name]) + errors[first] if name == first else abs(values[name]))
    return results, [carried + growth * size + terms * _UNDERFLOW]
