"""Images, units and rearrangements of ONNX at one point: exact values, and bounds on what floats compute.

It continues `float_error_bound`, with its notation, and shares no code with the importer. Besides:

* maxima and minima, absolute values and clipping to floats are 1-Lipschitz in each operand and round nothing;
* with slopes a and 1 the error of a unit is multiplied by max(1, |a|), and a product is rounded once;
* a convolution or a sum is an inner product with the window, whose padding is zeros without error;
* a mean is a sum, divided once; |sqrt(s^) - sqrt(s)| <= E(s) / sqrt(s), and the root is rounded once.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
from onnx import helper, numpy_helper

from tests.support.float_error_bound import Bounded, FloatModel, _objects, _up, _zeros


def rearranged(x, arrange):
    """Return what a NumPy function that only copies entries gives."""
    if isinstance(x, Bounded):
        return Bounded(_objects(arrange(x.value)), _objects(arrange(x.error)))
    return arrange(x)


def joined(parts, axis):
    """Return arrays one after the other."""
    if not isinstance(parts[0], Bounded):
        return np.concatenate(parts, axis)
    values, errors = zip(*((p.value, p.error) for p in parts), strict=True)
    return Bounded(np.concatenate(values, axis), np.concatenate(errors, axis))


def exact(values):
    """Return exact numbers without error."""
    array = _objects(values)
    return Bounded(array, _zeros(array.shape))


def shape_of(x):
    """Return the lengths of the axes."""
    return x.value.shape if isinstance(x, Bounded) else x.shape


# windows --------------------------------------------------------------------------------------------


def window_positions(length, kernel, stride, dilation, before, after, ceil):
    """Return, for each window, its positions on the axis, padding included."""
    room = length + before + after - (kernel - 1) * dilation - 1
    count = (math.ceil(room / stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= length + before:
        count -= 1
    return [[o * stride + k * dilation - before for k in range(kernel)] for o in range(count)]


def geometry(shape, kernel, attributes):
    """Return the window positions along each spatial axis."""
    rank = len(shape) - 2
    strides = attributes.get("strides", [1] * rank)
    dilations = attributes.get("dilations", [1] * rank)
    pads = list(attributes.get("pads", [0] * 2 * rank))
    mode = attributes.get("auto_pad", b"NOTSET").decode()
    for d in range(rank):
        if mode.startswith("SAME"):
            out = math.ceil(shape[2 + d] / strides[d])
            total = max((out - 1) * strides[d] + (kernel[d] - 1) * dilations[d] + 1 - shape[2 + d], 0)
            small, large = total // 2, total - total // 2
            pads[d], pads[rank + d] = (small, large) if mode == "SAME_UPPER" else (large, small)
    axes, ceil = [], attributes.get("ceil_mode")
    for d, n in enumerate(shape[2:]):
        before, after = pads[d], pads[rank + d]
        positions = window_positions(n, kernel[d], strides[d], dilations[d], before, after, ceil)
        axes.append((positions, (-before, n + after)))
    return axes


def windows(x, axes):
    """Yield (index of the output, list of index or None) for each window of an array of shape (N, C, ...)."""
    lengths = shape_of(x)[2:]
    for outer in np.ndindex(*shape_of(x)[:2]):
        for output in itertools.product(*(range(len(positions)) for positions, _ in axes)):
            inner = []
            for place in itertools.product(*(axes[d][0][o] for d, o in enumerate(output))):
                inside = all(0 <= p < n for p, n in zip(place, lengths, strict=True))
                padded = all(lo <= p < hi for p, (_, (lo, hi)) in zip(place, axes, strict=True))
                inner.append((*outer, *place) if inside else None if padded else False)
            yield (*outer, *output), inner


def pooled(x, axes, combine):
    """Return an array of what ``combine`` makes of each window."""
    shape = (*shape_of(x)[:2], *(len(positions) for positions, _ in axes))
    result = Bounded(np.empty(shape, dtype=object), np.empty(shape, dtype=object))
    for index, inner in windows(x, axes):
        result.value[index], result.error[index] = combine(inner)
    return result


class Operators:
    """What each operator gives, in one float format."""

    def __init__(self, arithmetic: FloatModel):
        self.arithmetic = arithmetic

    def apply(self, node, operands, attributes):
        """Return the list of outputs of a node, or None for an operator that is not here."""
        method = getattr(self, node.op_type.lower(), None)
        if method is None:
            return None
        result = method(*operands, attributes=attributes, count=len(node.output))
        return result if isinstance(result, list) else [result]

    # sums of products

    def _dot(self, x, indices, weights):
        """Return the inner product of entries (None for padding) with a Bounded vector."""
        zero = Fraction(0)
        values = [zero if i is None else x.value[i] for i in indices]
        errors = [zero if i is None else x.error[i] for i in indices]
        row = Bounded(_objects([values]), _objects([errors]))
        result = self.arithmetic.matmul(row, weights.reshape((-1, 1)))
        return result.value[0, 0], result.error[0, 0]

    def conv(self, x, w, b=None, *, attributes, **_):
        groups, kernel = attributes.get("group", 1), w.value.shape[2:]
        axes = geometry(x.value.shape, kernel, attributes)
        outer, channels = w.value.shape[:2]
        shape = (x.value.shape[0], outer, *(len(positions) for positions, _ in axes))
        result = Bounded(np.empty(shape, dtype=object), np.empty(shape, dtype=object))
        covered = dict(windows(x, axes))
        for n, m, *out in np.ndindex(*shape):
            first = m // (outer // groups) * channels
            indices = [i or None for c in range(channels) for i in covered[(n, first + c, *out)]]
            weights = Bounded(w.value[m].ravel(), w.error[m].ravel())
            result.value[(n, m, *out)], result.error[(n, m, *out)] = self._dot(x, indices, weights)
        return self._biased(result, b)

    def convtranspose(self, x, w, b=None, *, attributes, **_):
        rank, groups = x.value.ndim - 2, attributes.get("group", 1)
        kernel, (channels, outer) = w.value.shape[2:], w.value.shape[:2]
        strides, dilations = (attributes.get(name, [1] * rank) for name in ("strides", "dilations"))
        pads, more = attributes.get("pads", [0] * 2 * rank), attributes.get("output_padding", [0] * rank)
        lengths = [
            strides[d] * (x.value.shape[2 + d] - 1) + more[d] + (kernel[d] - 1) * dilations[d] + 1
            - pads[d] - pads[rank + d]
            for d in range(rank)
        ]  # fmt: skip
        shape = (x.value.shape[0], groups * outer, *lengths)
        result = Bounded(np.empty(shape, dtype=object), np.empty(shape, dtype=object))
        for n, m, *out in np.ndindex(*shape):
            first, indices, weights = m // outer * (channels // groups), [], []
            for c in range(first, first + channels // groups):
                for k in np.ndindex(*kernel):
                    place = [out[d] + pads[d] - k[d] * dilations[d] for d in range(rank)]
                    spots = [divmod(p, s) for p, s in zip(place, strides, strict=True)]
                    fits = all(
                        not rest and 0 <= p < n for (p, rest), n in zip(spots, x.value.shape[2:], strict=True)
                    )
                    indices.append((n, c, *(p for p, _ in spots)) if fits else None)
                    weights.append((c, m % outer, *k))
            vector = Bounded(_objects([w.value[i] for i in weights]), _objects([w.error[i] for i in weights]))
            result.value[(n, m, *out)], result.error[(n, m, *out)] = self._dot(x, indices, vector)
        return self._biased(result, b)

    def _biased(self, result, b):
        if b is None:
            return result
        return self.arithmetic.add(result, b.reshape((-1, *[1] * (result.value.ndim - 2))))

    def batchnormalization(self, x, scale, b, mean, var, *, attributes, **_):
        shape, a = (-1, *[1] * (x.value.ndim - 2)), self.arithmetic
        square = a.add(var, exact([Fraction(float(attributes.get("epsilon", np.float32(1e-5))))]))
        roots = _objects([Fraction(math.isqrt(q.numerator), math.isqrt(q.denominator)) for q in square.value])
        assert np.all(roots * roots == square.value)
        carried = square.error / roots
        root = Bounded(roots, _up(_objects(carried + a.unit * (roots + carried) + a.underflow)))
        scale, b, mean, root = (part.reshape(shape) for part in (scale, b, mean, root))
        return a.add(a.divide(a.multiply(scale, a.subtract(x, mean)), root), b)

    # pooling and reductions

    def _mean(self, x, indices, count):
        value, error = self._dot(x, indices, exact([Fraction(1)] * len(indices)))
        result = self.arithmetic.divide(exact([value]), exact([Fraction(count)]))
        return value / count, result.error[0] + error / count

    def averagepool(self, x, *, attributes, **_):
        include = attributes.get("count_include_pad", 0)

        def combine(inner):
            counted = [i for i in inner if i or (include and i is None)]
            return self._mean(x, counted, len(counted))

        return pooled(x, geometry(x.value.shape, attributes["kernel_shape"], attributes), combine)

    def maxpool(self, x, *, attributes, **_):
        def combine(inner):
            present = [i for i in inner if i]
            return max(x.value[i] for i in present), max(x.error[i] for i in present)

        return pooled(x, geometry(x.value.shape, attributes["kernel_shape"], attributes), combine)

    def globalaveragepool(self, x, **_):
        return self._reduced(x, {"axes": list(range(2, x.value.ndim))}, self._mean)

    def globalmaxpool(self, x, **_):
        return self._reduced(x, {"axes": list(range(2, x.value.ndim))}, self._largest)

    def reducesum(self, x, axes=None, *, attributes, **_):
        return self._reduced(x, self._with_axes(attributes, axes), lambda x, i, _: self._mean(x, i, 1))

    def reducemean(self, x, axes=None, *, attributes, **_):
        return self._reduced(x, self._with_axes(attributes, axes), self._mean)

    def reducemax(self, x, axes=None, *, attributes, **_):
        return self._reduced(x, self._with_axes(attributes, axes), self._largest)

    def reducemin(self, x, axes=None, *, attributes, **_):
        return negated(self._reduced(negated(x), self._with_axes(attributes, axes), self._largest))

    @staticmethod
    def _largest(x, indices, _):
        return max(x.value[i] for i in indices), max(x.error[i] for i in indices)

    @staticmethod
    def _with_axes(attributes, axes):
        return attributes if axes is None else {**attributes, "axes": axes.tolist()}

    @staticmethod
    def _reduced(x, attributes, combine):
        rank = x.value.ndim
        axes = [axis % rank for axis in attributes.get("axes") or range(rank)]
        shape = [1 if d in axes else n for d, n in enumerate(x.value.shape)]
        groups = {index: [] for index in np.ndindex(*shape)}
        for index in np.ndindex(*x.value.shape):
            groups[tuple(0 if d in axes else i for d, i in enumerate(index))].append(index)
        result = Bounded(np.empty(shape, dtype=object), np.empty(shape, dtype=object))
        for index, members in groups.items():
            result.value[index], result.error[index] = combine(x, members, len(members))
        if not attributes.get("keepdims", 1):
            return result.reshape([n for d, n in enumerate(x.value.shape) if d not in axes])
        return result

    # entry by entry

    def neg(self, x, **_):
        return negated(x) if isinstance(x, Bounded) else -x

    def sum(self, *operands, **_):
        total = operands[0]
        for operand in operands[1:]:
            total = self.arithmetic.add(total, operand)
        return total

    def leakyrelu(self, x, *, attributes, **_):
        return self.prelu(x, exact([Fraction(float(attributes.get("alpha", np.float32(0.01))))]))

    def prelu(self, x, slope, **_):
        below, positive = slope.value, x.value > 0
        value = np.where(positive, x.value, below * x.value)
        steepest = np.maximum(abs(below), Fraction(1))
        error = steepest * x.error + self.arithmetic.unit * steepest * x.size + self.arithmetic.underflow
        return Bounded(_objects(value), _up(_objects(error)))

    def abs(self, x, **_):
        return Bounded(_objects(abs(x.value)), x.error)

    def clip(self, x, low=None, high=None, *, attributes, **_):
        value = x.value
        low = (
            Fraction(attributes["min"])
            if "min" in attributes
            else None
            if low is None
            else low.value.ravel()[0]
        )
        high = (
            Fraction(attributes["max"])
            if "max" in attributes
            else None
            if high is None
            else high.value.ravel()[0]
        )
        value = value if low is None else np.maximum(value, low)
        value = value if high is None else np.minimum(value, high)
        return Bounded(_objects(value), x.error)

    def hardsigmoid(self, x, *, attributes, **_):
        alpha, beta = (
            exact(Fraction(float(attributes.get(name, np.float32(default)))))
            for name, default in (("alpha", 0.2), ("beta", 0.5))
        )
        line = self.arithmetic.add(self.arithmetic.multiply(x, alpha), beta)
        return Bounded(_objects(np.clip(line.value, Fraction(0), Fraction(1))), line.error)

    def max(self, *operands, **_):
        result = operands[0]
        for other in operands[1:]:
            errors = np.maximum(*np.broadcast_arrays(result.error, other.error))
            result = Bounded(_objects(np.maximum(result.value, other.value)), _objects(errors))
        return result

    def min(self, *operands, **_):
        return negated(self.max(*map(negated, operands)))

    # rearrangements and shapes

    def transpose(self, x, *, attributes, **_):
        return rearranged(x, lambda a: np.transpose(a, attributes.get("perm")))

    def squeeze(self, x, axes=None, *, attributes, **_):
        chosen = attributes.get("axes") if axes is None else axes.tolist()
        return rearranged(x, lambda a: np.squeeze(a, None if chosen is None else tuple(chosen)))

    def unsqueeze(self, x, axes=None, *, attributes, **_):
        chosen = attributes.get("axes") if axes is None else axes.tolist()
        return rearranged(x, lambda a: np.expand_dims(a, tuple(chosen)))

    def expand(self, x, shape, **_):
        return rearranged(
            x, lambda a: np.broadcast_to(a, np.broadcast_shapes(a.shape, tuple(shape.tolist())))
        )

    def slice(self, x, starts=None, ends=None, axes=None, steps=None, *, attributes, **_):
        starts, ends, axes = (
            attributes.get(name) if given is None else given.tolist()
            for name, given in (("starts", starts), ("ends", ends), ("axes", axes))
        )
        parts = [slice(None)] * len(shape_of(x))
        steps = [1] * len(starts) if steps is None else steps.tolist()
        for axis, part in zip(axes or range(len(starts)), zip(starts, ends, steps, strict=True), strict=True):
            parts[axis] = slice(*part)
        return rearranged(x, lambda a: a[tuple(parts)])

    def gather(self, x, indices, *, attributes, **_):
        return rearranged(x, lambda a: np.take(a, indices, axis=attributes.get("axis", 0)))

    def split(self, x, lengths=None, *, attributes, count, **_):
        axis = attributes.get("axis", 0)
        given = attributes.get("split") if lengths is None else lengths.tolist()
        part = -(-shape_of(x)[axis] // count)
        ends = np.cumsum(given)[:-1].tolist() if given else [part * k for k in range(1, count)]
        return [rearranged(x, lambda a, k=k: np.split(a, ends, axis)[k]) for k in range(count)]

    def concat(self, *parts, attributes, **_):
        return joined(parts, attributes["axis"])

    def where(self, condition, x, y, **_):
        value, error = np.where(condition, x.value, y.value), np.where(condition, x.error, y.error)
        return Bounded(_objects(value), _objects(error))

    def pad(self, x, pads=None, value=None, axes=None, *, attributes, **_):
        rank = len(shape_of(x))
        numbers = attributes.get("pads") if pads is None else pads.tolist()
        chosen = list(range(rank)) if axes is None else [axis % rank for axis in axes.tolist()]
        widths = [(0, 0)] * rank
        for k, axis in enumerate(chosen):
            widths[axis] = (numbers[k], numbers[len(chosen) + k])
        mode = attributes.get("mode", b"constant").decode()
        if mode != "constant":
            return rearranged(x, lambda a: np.pad(a, widths, mode=mode))
        filling = Fraction(attributes.get("value", 0)) if value is None else value.value.ravel()[0]
        kept = tuple(slice(max(-b, 0), n - max(-a, 0)) for n, (b, a) in zip(shape_of(x), widths, strict=True))
        added = [(max(b, 0), max(a, 0)) for b, a in widths]
        return Bounded(
            np.pad(x.value[kept], added, constant_values=filling),
            np.pad(x.error[kept], added, constant_values=Fraction(0)),
        )

    def shape(self, x, *, attributes, **_):
        return np.array(shape_of(x)[attributes.get("start", 0) : attributes.get("end")], dtype=np.int64)

    def constantofshape(self, shape, *, attributes, **_):
        value = attributes.get("value")
        number = np.zeros(1, np.float32) if value is None else numpy_helper.to_array(value)
        filled = np.full(tuple(shape.tolist()), number.ravel()[0])
        return filled if filled.dtype.kind == "i" else Bounded.exact(filled)

    def cast(self, x, *, attributes, **_):
        target = helper.tensor_dtype_to_np_dtype(attributes["to"])
        if target.kind in "iu":
            numbers = x.value if isinstance(x, Bounded) else x
            return np.vectorize(int, otypes=[target])(numbers)
        return x if isinstance(x, Bounded) else Bounded.exact(x.astype(np.float64))

    def dequantizelinear(self, x, scale, zero=None, *, attributes, **_):
        axis = attributes.get("axis", 1)
        shape = [-1 if d == axis else 1 for d in range(x.ndim)] if scale.value.size > 1 else []
        values = x.astype(object) - (0 if zero is None else zero.astype(object).reshape(shape))
        integers = exact(np.vectorize(lambda entry: Fraction(int(entry)), otypes=[object])(values))
        return self.arithmetic.multiply(integers, scale.reshape(shape))


def negated(x):
    """Return the entries with the other sign."""
    return Bounded(_objects(-x.value), x.error)
