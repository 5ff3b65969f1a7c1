"""Random ONNX graphs of images and vectors: branches, units, windows, rearrangements, shape arithmetic."""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.support.random_onnx import model_of

TYPES = {"float32": (TensorProto.FLOAT, np.float32), "float64": (TensorProto.DOUBLE, np.float64)}
_SHAPES = [(1, 2, 4, 3), (1, 1, 3, 4), (1, 3, 2, 2), (1, 2, 5), (1, 4), (2, 3), (2, 2, 3)]
_LARGEST = 40


class RandomUnitGraph:
    """A graph that grows from one or two inputs; ``has_reference`` tells if onnx.reference is right on it.

    onnx.reference 1.23 is wrong on grouped transposed convolutions, on pooling with pads that differ, with
    ``ceil_mode`` and means, with ``auto_pad`` or in one dimension with pads, and on GlobalMaxPool, whose axes
    it drops; before opset 14 it takes BatchNormalization for training, and before opset 19 it lacks
    DequantizeLinear. There the exact evaluation of the graph is the only
    other road.
    """

    def __init__(self, seed, move=None):
        self.rng = np.random.default_rng(seed)
        self.dtype = str(self.rng.choice(["float32", "float32", "float64"]))
        self.opset = int(self.rng.integers(9, 23))
        self.nodes, self.initializers, self.count = [], [], 0
        self.has_reference = True
        self.inputs = [("x", _SHAPES[self.rng.integers(len(_SHAPES))])]
        if self.rng.random() < 0.3:
            self.inputs.append(("z", _SHAPES[self.rng.integers(len(_SHAPES))]))
        self.known = list(self.inputs)
        self.name, self.shape = self.inputs[0]
        self.grow(move)

    def grow(self, move, steps=6):
        """Append random moves, one of them the given one."""
        chosen = [MOVES[self.rng.integers(len(MOVES))] for _ in range(steps)]
        if move is not None:
            chosen[self.rng.integers(2, steps)] = move
        for name in chosen:
            getattr(self, name)()
            if self.rng.random() < 0.15:
                self.name, self.shape = self.known[self.rng.integers(len(self.known))]

    def model(self):
        """Return the model; the output is the current tensor, and the one before it at times."""
        element_type = TYPES[self.dtype][0]
        self.emit("Identity", [self.name], self.shape)
        outputs = [self.name]
        if self.rng.random() < 0.3:
            other, shape = self.known[self.rng.integers(len(self.known))]
            self.emit("Identity", [other], shape)
            outputs.append(self.name)
        inputs = [
            (name, element_type, ["batch" if d == 0 and n == 1 else n for d, n in enumerate(shape)])
            for name, shape in self.inputs
        ]
        return model_of(
            self.nodes,
            inputs,
            [(name, element_type, None) for name in outputs],
            self.initializers,
            self.opset,
        )

    def points(self):
        """Return a random value for each input."""
        dtype = TYPES[self.dtype][1]
        return [(2 * self.rng.standard_normal(shape)).astype(dtype) for _, shape in self.inputs]

    # pieces

    def fresh(self):
        self.count += 1
        return f"t{self.count}"

    def emit(self, operator, inputs, shape, **attributes):
        """Append a node whose output is the new current tensor."""
        self.name, self.shape = self.fresh(), tuple(shape)
        self.nodes.append(helper.make_node(operator, inputs, [self.name], **attributes))
        self.known.append((self.name, self.shape))

    def constant(self, values):
        """Return the name of a constant, an initializer or a node."""
        name = self.fresh()
        if self.rng.random() < 0.5:
            self.initializers.append(numpy_helper.from_array(np.asarray(values), name))
        else:
            value = numpy_helper.from_array(np.asarray(values))
            self.nodes.append(helper.make_node("Constant", [], [name], value=value))
        return name

    def floats(self, shape):
        return self.constant(self.rng.standard_normal(shape).astype(TYPES[self.dtype][1]))

    def listed(self, name, values, changed):
        """Return inputs and attributes that give a list of integers, as the opset has it."""
        if self.opset < changed:
            return [], {name: values}
        return [self.constant(np.array(values, dtype=np.int64))], {}

    def pick(self, values):
        return values[self.rng.integers(len(values))]

    def image(self):
        """Make the current tensor an image: (1, C, n) or (1, C, n, m)."""
        if len(self.shape) >= 3 and self.shape[0] <= 2:
            return
        size = math.prod(self.shape)
        channels = self.pick([c for c in (1, 2, 3) if size % c == 0])
        self.reshaped((1, channels, size // channels))

    def reshaped(self, shape):
        self.emit("Reshape", [self.name, self.constant(np.array(shape, dtype=np.int64))], shape)

    # units

    def relu(self):
        self.emit("Relu", [self.name], self.shape)

    def leaky(self):
        self.emit("LeakyRelu", [self.name], self.shape, **self.pick([{}, {"alpha": 0.25}, {"alpha": -0.5}]))

    def prelu(self):
        shape = tuple(n if self.rng.random() < 0.6 else 1 for n in self.shape)
        self.emit("PRelu", [self.name, self.floats(shape)], self.shape)

    def absolute(self):
        self.emit("Abs", [self.name], self.shape)

    def clip(self):
        low, high = (float(b) for b in sorted(self.rng.integers(-3, 4, 2)))
        kind = self.rng.integers(4)
        if self.opset < 11:
            bounds = [{"min": low, "max": high}, {"min": low}, {"max": high}, {}][kind]
            return self.emit("Clip", [self.name], self.shape, **bounds)
        dtype = TYPES[self.dtype][1]
        if high <= low and self.opset < 13:
            high = low + 1
        one, two = (self.constant(np.array(b, dtype=dtype)) for b in (low, high))
        names = [[one, two], [one], ["", two], []][kind]
        return self.emit("Clip", [self.name, *names], self.shape)

    def hard_sigmoid(self):
        self.emit("HardSigmoid", [self.name], self.shape, **self.pick([{}, {"alpha": 0.75, "beta": -0.25}]))

    def extremum(self):
        names = [self.name]
        for _ in range(int(self.rng.integers(0, 3))):
            others = [name for name, shape in self.known if shape == self.shape]
            scalar = self.floats(tuple(n if self.rng.random() < 0.7 else 1 for n in self.shape))
            names.append(self.pick([scalar, *others]))
        self.emit(self.pick(["Max", "Min"]), names, self.shape)

    # affine maps

    def skip(self):
        """Add, subtract or concatenate what stands elsewhere in the graph."""
        others = [name for name, shape in self.known if shape == self.shape and name != self.name]
        if others:
            operator = self.pick(["Add", "Sub", "Sum"])
            return self.emit(operator, [self.name, self.pick(others)], self.shape)
        return self.scaling()

    def concat(self):
        others = [
            (name, shape)
            for name, shape in self.known
            if len(shape) == len(self.shape) and shape[:-1] == self.shape[:-1]
        ]
        if others and self.shape and self.shape[-1] < 5:
            other, shape = self.pick(others)
            self.emit("Concat", [other, self.name], (*shape[:-1], shape[-1] + self.shape[-1]), axis=-1)

    def scaling(self):
        shape = tuple(n if self.rng.random() < 0.6 else 1 for n in self.shape)
        operator = self.pick(["Add", "Sub", "Mul", "Div"])
        values = (1 + self.rng.random(shape)) * self.rng.choice([-1, 1], shape)
        self.emit(operator, [self.name, self.constant(values.astype(TYPES[self.dtype][1]))], self.shape)

    def negation(self):
        self.emit("Neg", [self.name], self.shape)

    def matmul(self):
        if not self.shape:
            return
        outer = int(self.rng.integers(1, 4))
        self.emit("MatMul", [self.name, self.floats((self.shape[-1], outer))], (*self.shape[:-1], outer))

    def batch_normalization(self):
        if len(self.shape) < 2:
            return
        self.has_reference &= self.opset >= 14
        channels, dtype = self.shape[1], TYPES[self.dtype][1]
        roots = self.rng.integers(1, 5, channels) / 2
        variance = self.constant((roots * roots - 0.25).astype(dtype))
        if min(roots) < 1:
            variance = self.constant((roots * roots).astype(dtype))
        names = [self.name, *(self.floats((channels,)) for _ in range(3)), variance]
        self.emit("BatchNormalization", names, self.shape, epsilon=0.25 if min(roots) >= 1 else 0.0)

    # windows

    def windows(self, kernels=(1, 2, 3), dilation=(1, 1, 2)):
        """Return attributes and the lengths of the result; self.shape is an image."""
        lengths = self.shape[2:]
        kernel = [int(self.rng.integers(1, min(max(kernels), n) + 1)) for n in lengths]
        dilations = [
            self.pick(dilation) if (k - 1) * 2 < n else 1 for k, n in zip(kernel, lengths, strict=True)
        ]
        strides = [int(self.rng.integers(1, 3)) for _ in lengths]
        before, after = ([int(self.rng.integers(0, k)) for k in kernel] for _ in range(2))
        attributes = {"kernel_shape": kernel, "dilations": dilations, "strides": strides}
        mode = self.pick(["NOTSET", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
        if mode == "NOTSET":
            attributes["pads"] = before + after
        else:
            attributes["auto_pad"] = mode
        return attributes

    def lengths(self, attributes):
        from tests.support.bounded_operators import geometry

        coded = {name: v.encode() if isinstance(v, str) else v for name, v in attributes.items()}
        return [len(p) for p, _ in geometry(self.shape, attributes["kernel_shape"], coded)]

    def conv(self):
        self.image()
        attributes = self.windows()
        groups = self.pick([g for g in (1, 1, 2, 3) if self.shape[1] % g == 0])
        outer = groups * int(self.rng.integers(1, 3))
        weight = self.floats((outer, self.shape[1] // groups, *attributes["kernel_shape"]))
        bias = [self.floats((outer,))] if self.rng.random() < 0.6 else []
        if attributes.get("auto_pad", "NOTSET").startswith("SAME") and max(attributes["dilations"]) > 1:
            self.has_reference = False
        if groups > 1:
            attributes["group"] = groups
        shape = (self.shape[0], outer, *self.lengths(attributes))
        self.emit("Conv", [self.name, weight, *bias], shape, **attributes)
        self.small()

    def conv_transpose(self):
        self.image()
        rank, groups = len(self.shape) - 2, self.pick([g for g in (1, 1, 2) if self.shape[1] % g == 0])
        kernel = [int(self.rng.integers(1, 3)) for _ in range(rank)]
        strides = [int(self.rng.integers(1, 3)) for _ in range(rank)]
        more = [int(self.rng.integers(0, s)) for s in strides]
        pads = [int(self.rng.integers(0, k)) for k in kernel * 2]
        lengths = [
            (n - 1) * s + k + m - pads[d] - pads[rank + d]
            for d, (n, s, k, m) in enumerate(zip(self.shape[2:], strides, kernel, more, strict=True))
        ]
        outer = int(self.rng.integers(1, 3))
        if min(lengths) < 1 or outer * groups * math.prod(lengths) > 2 * _LARGEST:
            return
        weight = self.floats((self.shape[1], outer, *kernel))
        bias = [self.floats((outer * groups,))] if self.rng.random() < 0.5 else []
        attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads, "output_padding": more}
        if groups > 1 or self.shape[0] > 1 or any(more):
            attributes["group"], self.has_reference = groups, False
        shape = (self.shape[0], outer * groups, *lengths)
        self.emit("ConvTranspose", [self.name, weight, *bias], shape, **attributes)
        self.small()

    def pool(self):
        self.image()
        operator = self.pick(["MaxPool", "AveragePool", "AveragePool"])
        attributes = self.windows(kernels=(1, 2))
        if (operator == "AveragePool" and self.opset < 19) or self.opset < 10:
            del attributes["dilations"]
        if self.opset >= 10 and "auto_pad" not in attributes and self.rng.random() < 0.3:
            attributes["ceil_mode"] = 1
        if operator == "AveragePool" and self.rng.random() < 0.5:
            attributes["count_include_pad"] = 1
        plain = not any(attributes.get("pads", [])) and "auto_pad" not in attributes
        self.has_reference &= (
            plain and "ceil_mode" not in attributes and max(attributes.get("dilations", [1])) == 1
        )
        shape = (*self.shape[:2], *self.lengths(attributes))
        self.emit(operator, [self.name], shape, **attributes)

    def global_pool(self):
        self.image()
        shape = (*self.shape[:2], *[1] * (len(self.shape) - 2))
        operator = self.pick(["GlobalAveragePool", "GlobalMaxPool"])
        self.has_reference &= operator == "GlobalAveragePool"
        self.emit(operator, [self.name], shape)

    def reduction(self):
        rank = len(self.shape)
        operator = self.pick(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"])
        axes = sorted(
            int(a) for a in self.rng.choice(rank, int(self.rng.integers(0, rank + 1)), replace=False)
        )
        keep = int(self.rng.integers(0, 2))
        inputs, attributes = ([], {})
        if axes:
            signed = [a - rank if self.opset >= 11 and self.rng.random() < 0.3 else a for a in axes]
            inputs, attributes = self.listed("axes", signed, 13 if operator == "ReduceSum" else 18)
        chosen = axes or range(rank)
        kept = [1 if d in chosen else n for d, n in enumerate(self.shape) if keep or d not in chosen]
        self.emit(operator, [self.name, *inputs], kept, **attributes, keepdims=keep)
        if not kept:
            self.reshaped((1, 1))

    def small(self):
        """Cut the current tensor down if it has grown too large."""
        if math.prod(self.shape) > _LARGEST:
            self.emit("GlobalAveragePool", [self.name], (*self.shape[:2], *[1] * (len(self.shape) - 2)))

    # rearrangements

    def transpose(self):
        order = [int(axis) for axis in self.rng.permutation(len(self.shape))]
        self.emit("Transpose", [self.name], [self.shape[axis] for axis in order], perm=order)

    def unsqueeze(self):
        if len(self.shape) < 4:
            axis = int(self.rng.integers(0, len(self.shape) + 1))
            inputs, attributes = self.listed("axes", [axis], 13)
            shape = (*self.shape[:axis], 1, *self.shape[axis:])
            self.emit("Unsqueeze", [self.name, *inputs], shape, **attributes)

    def squeeze(self):
        ones = [d for d, n in enumerate(self.shape) if n == 1]
        if len(ones) < len(self.shape) and ones:
            inputs, attributes = self.listed("axes", ones[:1], 13)
            shape = [n for d, n in enumerate(self.shape) if d != ones[0]]
            self.emit("Squeeze", [self.name, *inputs], shape, **attributes)

    def slicing(self):
        axis = int(self.rng.integers(len(self.shape)))
        step = self.pick([1, 1, 2, -1]) if self.opset >= 10 else 1
        start, end = (-1, -(2**40)) if step < 0 else (int(self.rng.integers(0, self.shape[axis])), 2**40)
        shape = list(self.shape)
        shape[axis] = len(range(*slice(start, end, step).indices(shape[axis])))
        if self.opset < 10:
            return self.emit("Slice", [self.name], shape, starts=[start], ends=[end], axes=[axis])
        names = [self.constant(np.array([v], dtype=np.int64)) for v in (start, end, axis, step)]
        return self.emit("Slice", [self.name, *names], shape)

    def gather(self):
        axis = int(self.rng.integers(len(self.shape)))
        chosen = self.rng.integers(0, self.shape[axis], self.pick([(2,), (1, 2), ()]))
        if self.opset >= 11:
            chosen = np.where(self.rng.random(chosen.shape) < 0.3, chosen - self.shape[axis], chosen)
        shape = (*self.shape[:axis], *chosen.shape, *self.shape[axis + 1 :])
        if shape and len(shape) < 5 and math.prod(shape) <= _LARGEST:
            self.emit("Gather", [self.name, self.constant(np.asarray(chosen, np.int64))], shape, axis=axis)

    def split(self):
        axis = int(self.rng.integers(len(self.shape)))
        length = self.shape[axis]
        if length < 2:
            return
        inputs, attributes = self.listed("split", [1, length - 1], 13)
        names = [self.fresh(), self.fresh()]
        self.nodes.append(helper.make_node("Split", [self.name, *inputs], names, axis=axis, **attributes))
        for name, part in zip(names, (1, length - 1), strict=True):
            self.name, self.shape = name, (*self.shape[:axis], part, *self.shape[axis + 1 :])
            self.known.append((self.name, self.shape))

    def expand(self):
        target = [2 if n == 1 and self.rng.random() < 0.5 else 1 for n in self.shape]
        shape = np.broadcast_shapes(self.shape, target)
        if math.prod(shape) <= _LARGEST:
            self.emit("Expand", [self.name, self.constant(np.array(target, dtype=np.int64))], shape)

    def padding(self):
        mode = self.pick(["constant", "constant", "reflect", "edge"])
        widths = [(int(self.rng.integers(0, n)), int(self.rng.integers(0, n))) for n in self.shape]
        if mode == "constant" and self.opset >= 11 and self.shape[-1] > 1:
            widths[-1] = (-1, int(self.rng.integers(0, 2)))
            self.has_reference = False  # NumPy's pad takes nothing away
        shape = [n + b + a for n, (b, a) in zip(self.shape, widths, strict=True)]
        if math.prod(shape) > _LARGEST:
            return
        inputs, attributes = self.listed("pads", [b for b, _ in widths] + [a for _, a in widths], 11)
        if mode == "constant" and self.rng.random() < 0.5 and self.opset >= 11:
            inputs.append(self.floats(()))
        self.emit("Pad", [self.name, *inputs], shape, mode=mode, **attributes)

    def where(self):
        others = [name for name, shape in self.known if shape == self.shape]
        condition = self.constant(self.rng.random(self.shape) < 0.5)
        self.emit("Where", [condition, self.name, self.pick([*others, self.floats(self.shape)])], self.shape)

    def dynamic_reshape(self):
        """Flatten by shape arithmetic, as exporters write it: Shape, Gather, Unsqueeze, Concat, Reshape."""
        if not self.shape:
            return
        names = [self.fresh() for _ in range(4)]
        zero, minus = (self.constant(np.array(v, dtype=np.int64)) for v in (0, [-1]))
        axes, attributes = self.listed("axes", [0], 13)
        steps = [("Shape", [self.name]), ("Gather", [names[0], zero]), ("Unsqueeze", [names[1], *axes])]
        for (operator, inputs), name in zip(steps, names, strict=False):
            extra = attributes if operator == "Unsqueeze" else {}
            self.nodes.append(helper.make_node(operator, inputs, [name], **extra))
        self.nodes.append(helper.make_node("Concat", [names[2], minus], [names[3]], axis=0))
        shape = (self.shape[0], math.prod(self.shape[1:]))
        self.emit("Reshape", [self.name, names[3]], shape)

    def quantized_product(self):
        if not self.shape or self.opset < 13:
            return
        outer, zero = int(self.rng.integers(1, 4)), int(self.rng.integers(-3, 4))
        weights = self.constant(self.rng.integers(-127, 128, (self.shape[-1], outer)).astype(np.int8))
        scales = self.constant(np.float32(self.rng.random()))
        name = self.fresh()
        inputs = [weights, scales, self.constant(np.int8(zero))]
        self.nodes.append(helper.make_node("DequantizeLinear", inputs, [name]))
        self.has_reference &= self.opset >= 19
        if self.dtype == "float64":
            wide = self.fresh()
            self.nodes.append(helper.make_node("Cast", [name], [wide], to=TensorProto.DOUBLE))
            name, self.has_reference = wide, False  # the float product is one of float32
        self.emit("MatMul", [self.name, name], (*self.shape[:-1], outer))

    def filled(self):
        shape = self.constant(np.array(self.shape, dtype=np.int64))
        name = self.fresh()
        value = numpy_helper.from_array(np.array([1.5], dtype=TYPES[self.dtype][1]))
        self.nodes.append(helper.make_node("ConstantOfShape", [shape], [name], value=value))
        self.emit("Add", [self.name, name], self.shape)


MOVES = [
    *(
        "relu",
        "relu",
        "leaky",
        "prelu",
        "absolute",
        "clip",
        "hard_sigmoid",
        "extremum",
        "skip",
        "skip",
        "concat",
    ),
    *(
        "scaling",
        "negation",
        "matmul",
        "batch_normalization",
        "conv",
        "conv",
        "conv_transpose",
        "pool",
        "pool",
    ),
    *(
        "global_pool",
        "reduction",
        "transpose",
        "unsqueeze",
        "squeeze",
        "slicing",
        "gather",
        "split",
        "expand",
    ),
    *("padding", "where", "dynamic_reshape", "quantized_product", "filled"),
]
