"""What a float program may compute for an ONNX graph: the exact value and a rigorous error bound.

This is a second road to the function of a graph: it shares no code with the importer, evaluates at one
point instead of composing maps, and computes with `Fraction` entry by entry.

Derivation of the bound. Let u be the unit roundoff of the format and h a bound on what underflow costs one
operation. Each basic operation gives fl(a op b) = (a op b)(1 + d) + e with |d| <= u and |e| <= h. Write
x^ = x + dx for a computed value with |dx| <= E(x), the running bound. Then

* a sum:       |fl(a^ + b^) - (a + b)| <= E(a) + E(b) + u (|a| + E(a) + |b| + E(b)) + h;
* a product:   |fl(a^ b^) - ab| <= P + u (|a| + E(a))(|b| + E(b)) + h,  P = |a| E(b) + E(a)|b| + E(a)E(b);
* a quotient:  |a^/b^ - a/b| <= (E(a)|b| + |a| E(b)) / (|b| (|b| - E(b))) =: Q if E(b) < |b|, and rounding
  adds u (|a/b| + Q) + h;
* an inner product of length k: computed in any order, with or without fused operations or a wider
  accumulator, fl differs from the inner product of the computed values by at most
  g (|a| + E(a)).(|b| + E(b)) + 4 k h, where g = k u / (1 - k u) (Higham, Accuracy and Stability of
  Numerical Algorithms, section 3.1, and 2.8 for underflow; each of at most 2 k operations loses at most h,
  amplified by at most 1 + g <= 2). The term P above, summed, carries the errors of the operands;
* ReLU is 1-Lipschitz and rounds nothing: the bound stays.

NumPy evaluates 16-bit operations in float32 and rounds once more. Double rounding is innocuous for + - * /
as 24 >= 2 p + 2 for p = 11 and p = 8 (Figueroa), so u of the 16-bit format holds. The attributes alpha and
beta are rounded to the format before they are used, which is one more factor (1 + d). Bounds are rounded up
to multiples of 2^-240 to keep their digits few.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from onnx import helper, numpy_helper

# unit roundoff, and a bound on the loss by underflow: the smallest normal number covers flushing to zero;
# float16 is rounded in software, never flushed, and loses at most half its smallest subnormal
ROUNDING = {
    "float64": (Fraction(1, 2**53), Fraction(1, 2**1022)),
    "float32": (Fraction(1, 2**24), Fraction(1, 2**126)),
    "float16": (Fraction(1, 2**11), Fraction(1, 2**25)),
    "bfloat16": (Fraction(1, 2**8), Fraction(1, 2**126)),
}
_GRID = 2**240


def fractions(array):
    """Return the exact values of a float array as an object array of the same shape."""
    wide = np.asarray(array).astype(np.float64)
    result = np.empty(wide.shape, dtype=object)
    for index in np.ndindex(*wide.shape):
        result[index] = Fraction(float(wide[index]))
    return result


def _zeros(shape):
    return np.full(shape, Fraction(0), dtype=object)


def _objects(values):
    return np.asarray(values, dtype=object)


def _up(errors):
    def rounded(error):
        return Fraction(math.ceil(error * _GRID), _GRID)

    return _objects(np.vectorize(rounded, otypes=[object])(errors)) if errors.size else errors


@dataclass
class Bounded:
    """Exact values, and how far computed ones may be from them."""

    value: np.ndarray
    error: np.ndarray

    @classmethod
    def exact(cls, array):
        """Return a float array as it is, without error."""
        value = fractions(array)
        return cls(value, _zeros(value.shape))

    @property
    def size(self):
        """The largest absolute value that may have been computed."""
        return _objects(abs(self.value) + self.error)

    def reshape(self, shape):
        """Return the entries in another shape."""
        return Bounded(self.value.reshape(shape), self.error.reshape(shape))

    def transposed(self):
        """Return the transposed matrix."""
        return Bounded(self.value.T, self.error.T)


class FloatModel:
    """The operations of one float format with their running bounds."""

    def __init__(self, dtype):
        self.unit, self.underflow = ROUNDING[dtype]

    def add(self, a, b):
        """Return a + b."""
        error = a.error + b.error + self.unit * (a.size + b.size) + self.underflow
        return Bounded(_objects(a.value + b.value), _up(_objects(error)))

    def subtract(self, a, b):
        """Return a - b."""
        return self.add(a, Bounded(_objects(-b.value), b.error))

    def multiply(self, a, b):
        """Return a * b, entry by entry."""
        carried = abs(a.value) * b.error + a.error * abs(b.value) + a.error * b.error
        error = carried + self.unit * (a.size * b.size) + self.underflow
        return Bounded(_objects(a.value * b.value), _up(_objects(error)))

    def divide(self, a, b):
        """Return a / b, entry by entry, for divisors that are surely not zero."""
        least = abs(b.value) - b.error
        assert np.all(least > 0)
        value = _objects(a.value / b.value)
        carried = (a.error * abs(b.value) + abs(a.value) * b.error) / (abs(b.value) * least)
        return Bounded(value, _up(_objects(carried + self.unit * (abs(value) + carried) + self.underflow)))

    def matmul(self, a, b):
        """Return the matrix product."""
        length = a.value.shape[-1]
        assert length * self.unit < Fraction(1, 2)  # so that g <= 1
        gamma = length * self.unit / (1 - length * self.unit)
        size_a, size_b = abs(a.value), abs(b.value)
        carried = size_a @ b.error + a.error @ size_b + a.error @ b.error
        error = carried + gamma * (a.size @ b.size) + 4 * length * self.underflow
        return Bounded(_objects(a.value @ b.value), _up(_objects(error)))

    def scaled(self, a, factor):
        """Return the entries times a float that is rounded to the format first."""
        exact = Fraction(float(factor))
        rounded = Bounded(_objects(exact), _objects(self.unit * abs(exact)))
        return self.multiply(a, rounded)

    @staticmethod
    def relu(a):
        """Return max(a, 0)."""
        return Bounded(_objects(np.maximum(a.value, Fraction(0))), a.error)

    def gemm(self, a, b, c=None, *, alpha=1.0, beta=1.0, transA=0, transB=0):  # noqa: N803 (ONNX's names)
        """Return alpha A B + beta C."""
        product = self.matmul(a.transposed() if transA else a, b.transposed() if transB else b)
        scaled = self.scaled(product, alpha)
        return scaled if c is None else self.add(scaled, self.scaled(c, beta))


def sorted_nodes(graph):
    """Return the nodes in an order of evaluation (some writers do not keep to one)."""
    known = {value.name for value in [*graph.input, *graph.initializer]} | {""}
    waiting, order = list(graph.node), []
    while waiting:
        ready = next(node for node in waiting if known.issuperset(node.input))
        waiting.remove(ready)
        order.append(ready)
        known.update(ready.output)
    return order


def bounded_output(model, *points):
    """Return the graph's output as exact values with an error bound, at a float array for each input."""
    return bounded_outputs(model, *points)[0]


def bounded_outputs(model, *points):
    """Return all outputs of the graph."""
    from tests.support.bounded_operators import Operators

    arithmetic = FloatModel(str(points[0].dtype))
    more = Operators(arithmetic)
    graph = model.graph
    values = {proto.name: _constant(numpy_helper.to_array(proto)) for proto in graph.initializer}
    free = [value.name for value in graph.input if value.name not in values]
    values |= {name: Bounded.exact(point) for name, point in zip(free, points, strict=True)}
    for node in sorted_nodes(graph):
        operands = [values[name] if name else None for name in node.input]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        results = more.apply(node, operands, attributes)
        if results is None:
            results = [_apply(arithmetic, node.op_type, operands, attributes)]
        values |= dict(zip(node.output, results, strict=False))
    return [values[value.name] for value in graph.output]


def _constant(array):
    return Bounded.exact(array) if array.dtype.kind not in "iub" else array


def _apply(arithmetic, operator, operands, attributes):
    binary = {
        "Add": arithmetic.add,
        "Sub": arithmetic.subtract,
        "Mul": arithmetic.multiply,
        "Div": arithmetic.divide,
        "MatMul": arithmetic.matmul,
    }
    if operator in binary and isinstance(operands[0], Bounded):
        return binary[operator](*operands)
    if operator in binary:
        integer = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.floor_divide}
        return integer[operator](*operands)
    if operator == "Gemm":
        return arithmetic.gemm(*operands, **attributes)
    if operator == "Relu":
        return arithmetic.relu(operands[0])
    if operator == "Constant":
        return _constant(numpy_helper.to_array(attributes["value"]))
    if operator == "Flatten":
        axis, shape = attributes.get("axis", 1), operands[0].value.shape
        return operands[0].reshape((math.prod(shape[:axis]), math.prod(shape[axis:])))
    if operator == "Reshape":
        old = operands[0].value.shape
        return operands[0].reshape([old[i] if n == 0 else int(n) for i, n in enumerate(operands[1])])
    assert operator in ("Identity", "Dropout"), operator
    return operands[0]


def assert_within_bound(computed, bounded):
    """Check that a computed float array is within the bound round the exact values."""
    assert computed.shape == bounded.value.shape
    distance = _objects(abs(fractions(computed) - bounded.value))
    assert np.all(distance <= bounded.error), f"{np.max(distance - bounded.error)} beyond the bound"
