"""Random fully connected ONNX graphs: many mixes of operators, shapes, float types and operator sets."""

from __future__ import annotations

import math

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    "float32": (TensorProto.FLOAT, np.float32),
    "float64": (TensorProto.DOUBLE, np.float64),
    "float16": (TensorProto.FLOAT16, np.float16),
    "bfloat16": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
}
_SHAPES = [(1, 3), (2, 3), (4,), (1, 1, 4), (2, 1, 3), (1,), (3, 2), (2, 2, 2)]
_LARGEST = 36


def model_of(nodes, inputs, outputs, initializers=(), opset=17, **options):
    """Return a model of one float graph; ``inputs`` and ``outputs`` are (name, type, shape)."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
        list(initializers),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8, **options)


class RandomGraph:
    """A chain of random operators on one current tensor, grown one node at a time."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        # the reference evaluator's Gemm and MatMul know bfloat16 from opset 13 on
        self.dtype = str(self.rng.choice(["float32", "float32", "float64", "float16", "bfloat16"]))
        self.opset = int(self.rng.integers(13 if self.dtype == "bfloat16" else 7, 23))
        self.shape = _SHAPES[self.rng.integers(len(_SHAPES))]
        self.input_shape = self.shape
        self.nodes, self.initializers, self.count = [], [], 0
        self.name, self.branch, self.relus = "x", None, 0

    def model(self, steps=9):
        """Return the model after so many random steps."""
        moves = [
            self.gemm,
            self.matmul,
            self.matmul_left,
            self.elementwise,
            self.elementwise,
            self.relu,
            self.reshape,
            self.flatten,
            self.copy,
            self.join,
        ]
        for _ in range(steps):
            moves[self.rng.integers(len(moves))]()
        element_type = TYPES[self.dtype][0]
        self.emit("Identity", [self.name], self.shape)
        shape = ["batch" if i == 0 and n == 1 else n for i, n in enumerate(self.input_shape)]
        return model_of(
            self.nodes,
            [("x", element_type, shape)],
            [(self.name, element_type, None)],
            self.initializers,
            self.opset,
        )

    def point(self):
        """Return a random input of the graph's type."""
        return (3 * self.rng.standard_normal(self.input_shape)).astype(TYPES[self.dtype][1])

    def emit(self, operator, inputs, shape, **attributes):
        """Append a node whose output is the new current tensor."""
        self.count += 1
        self.name, self.shape = f"t{self.count}", tuple(shape)
        self.nodes.append(helper.make_node(operator, inputs, [self.name], **attributes))

    def constant(self, shape, values=None):
        """Return the name of a random constant: an initializer, a node, or a sum that must be folded."""
        if values is None:
            values = self.rng.standard_normal(shape).astype(TYPES[self.dtype][1])
            if self.rng.random() < 0.1:
                one = self.constant(shape)
                self.count += 1
                name = f"c{self.count}"
                self.nodes.append(helper.make_node("Add", [one, self.constant(shape, values)], [name]))
                return name
        self.count += 1
        name = f"c{self.count}"
        if self.rng.random() < 0.5:
            self.initializers.append(numpy_helper.from_array(values, name))
        else:
            value = numpy_helper.from_array(values)
            self.nodes.append(helper.make_node("Constant", [], [name], value=value))
        return name

    def gemm(self):
        """Append Gemm with random flags, factors and shapes of C."""
        if len(self.shape) != 2:
            return self.flatten()
        outer, options = int(self.rng.integers(1, 4)), {}
        flags = self.rng.integers(0, 2, 3)
        rows, inner = self.shape[::-1] if flags[0] else self.shape
        names = [self.name, self.constant((outer, inner) if flags[1] else (inner, outer))]
        if flags[0]:
            options["transA"] = 1
        if flags[1]:
            options["transB"] = 1
        if flags[2]:
            options |= {"alpha": float(self.rng.standard_normal()), "beta": float(self.rng.standard_normal())}
        if self.opset < 11 or self.rng.random() < 0.8:
            shapes = [(outer,), (rows, outer), (1, outer), (rows, 1), (1,), ()]
            names.append(self.constant(shapes[self.rng.integers(len(shapes))]))
        return self.emit("Gemm", names, (rows, outer), **options)

    def matmul(self):
        """Append a product with a vector, a stack of matrices or a matrix on the right."""
        outer, inner = int(self.rng.integers(1, 4)), self.shape[-1]
        choice = self.rng.integers(3)
        if choice == 0 and len(self.shape) > 1:
            return self.emit("MatMul", [self.name, self.constant((inner,))], self.shape[:-1])
        if choice == 1 and len(self.shape) == 3:
            weight = self.constant((self.shape[0], inner, outer))
            return self.emit("MatMul", [self.name, weight], (*self.shape[:-1], outer))
        weight = self.constant((inner, outer))
        return self.emit("MatMul", [self.name, weight], (*self.shape[:-1], outer))

    def matmul_left(self):
        """Append a product with a matrix on the left."""
        outer = int(self.rng.integers(1, 4))
        inner = self.shape[-1] if len(self.shape) == 1 else self.shape[-2]
        after = self.shape[-1:] if len(self.shape) > 1 else ()
        return self.emit(
            "MatMul", [self.constant((outer, inner)), self.name], (*self.shape[:-2], outer, *after)
        )

    def elementwise(self):
        """Append arithmetic with a constant that broadcasts, or to which the tensor broadcasts."""
        operator = str(self.rng.choice(["Add", "Sub", "Mul", "Div"]))
        shape = [n if self.rng.random() < 0.7 else 1 for n in self.shape]
        shape = tuple(shape[self.rng.integers(0, len(shape) + 1) :])
        if self.rng.random() < 0.2 and math.prod(self.shape) * 2 <= _LARGEST and len(self.shape) < 4:
            shape = (2, *self.shape)
        result = np.broadcast_shapes(shape, self.shape)
        if operator == "Div":
            values = (1 + self.rng.random(shape)).astype(TYPES[self.dtype][1])
            return self.emit(operator, [self.name, self.constant(shape, values)], result)
        names = [self.name, self.constant(shape)]
        return self.emit(operator, names[:: -1 if self.rng.random() < 0.3 else 1], result)

    def relu(self):
        """Append a ReLU, three at most."""
        if self.relus < 3:
            self.relus += 1
            self.emit("Relu", [self.name], self.shape)
            self.branch = (self.name, self.shape)

    def reshape(self):
        """Append Reshape, at times with 0 and -1."""
        size = math.prod(self.shape)
        factors = [n for n in range(1, size + 1) if size % n == 0]
        first = factors[self.rng.integers(len(factors))]
        shapes = [(first, size // first), (size,), (1, first, size // first)]
        shape = list(shapes[self.rng.integers(len(shapes))])
        target = [*shape]
        if self.rng.random() < 0.5:
            target[self.rng.integers(len(target))] = -1
        if shape[0] == self.shape[0] and self.rng.random() < 0.5:
            target[0] = 0
        self.emit("Reshape", [self.name, self.constant(None, np.array(target, dtype=np.int64))], shape)

    def flatten(self):
        """Append Flatten at a random axis."""
        axis = int(self.rng.integers(0, len(self.shape) + 1))
        shape = (math.prod(self.shape[:axis]), math.prod(self.shape[axis:]))
        self.emit("Flatten", [self.name], shape, axis=axis)

    def copy(self):
        """Append a node that changes nothing."""
        self.emit(str(self.rng.choice(["Identity", "Dropout"])), [self.name], self.shape)

    def join(self):
        """Add or subtract what the last ReLU gave, if the shapes allow it: not a skip connection."""
        if self.branch is not None and self.branch[1] == self.shape:
            self.emit(str(self.rng.choice(["Add", "Sub"])), [self.name, self.branch[0]], self.shape)
