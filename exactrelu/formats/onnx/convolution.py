"""Convolutions of ONNX as sparse exact matrices."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.formats.affine_tensor import Places, Shape, places_of
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.evaluation import WORK_OF_PRODUCT, WORK_OF_WORD, Evaluation
from exactrelu.formats.onnx.node import Node
from exactrelu.formats.onnx.values import (
    Content,
    Operands,
    Tensor,
    as_affine,
    common_float_type,
    constant,
    in_same_form,
    optional,
    required,
    sum_of,
)
from exactrelu.formats.onnx.windows import AxisWindows, covered, windows_of
from exactrelu.numbers.sparse_matrix import SparseMatrix


def convolution(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the convolution of (N, C, ...) with constant weights (M, C / group, ...), plus a bias."""
    element_type, x, weights = _operands(node, operands)
    groups = _groups(node, x.shape[1], weights.shape[1], outer=weights.shape[0], inner=None)
    axes = windows_of(node, x.shape[2:], _kernel(node, weights.shape))
    counts = tuple(axis.count for axis in axes)
    batch, channels, outer = x.shape[0], weights.shape[1], weights.shape[0]
    terms = (batch, groups, outer // groups, math.prod(counts), channels * math.prod(weights.shape[2:]))
    check_array(terms)
    windows = covered(places_of(x.shape), axes)
    columns = (
        windows.reshape(batch, groups, channels, terms[3], -1)
        .swapaxes(2, 3)
        .reshape(*terms[:2], 1, *terms[3:])
    )
    factors = weights.numerators.reshape(1, groups, terms[2], 1, terms[4])
    result = evaluation.sums(
        x,
        np.broadcast_to(columns, terms).reshape(-1, terms[4]),
        np.broadcast_to(factors, terms).reshape(-1, terms[4]),
        weights.denominator,
        (batch, outer, *counts),
    )
    return Tensor(element_type, _with_bias(node, operands, result))


def transposed_convolution(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the transposed convolution of (N, C, ...) with weights (C, M / group, ...), plus a bias."""
    element_type, x, weights = _operands(node, operands)
    groups = _groups(node, x.shape[1], weights.shape[0], outer=None, inner=x.shape[1])
    axes, counts = _spread(node, x.shape[2:], _kernel(node, weights.shape))
    batch, channels, outer = x.shape[0], x.shape[1] // groups, weights.shape[1]
    sizes = math.prod(x.shape[2:]), math.prod(weights.shape[2:])
    terms = (batch, groups, channels, *sizes, outer)
    check_array(terms)
    spot = _spots(axes, counts)
    inside = np.broadcast_to((spot >= 0)[:, :, None], terms)
    first = np.arange(batch * groups * outer).reshape(batch, groups, 1, 1, 1, outer) * math.prod(counts)
    rows = np.broadcast_to(first + spot[:, :, None], terms)[inside]
    entries = np.arange(math.prod(x.shape)).reshape(batch, groups, channels, sizes[0], 1, 1)
    factors = weights.numerators.reshape(1, groups, channels, 1, outer, sizes[1]).swapaxes(4, 5)
    shape = (batch, groups * outer, *counts)
    matrix = SparseMatrix.from_entries(
        (math.prod(shape), math.prod(x.shape)),
        rows,
        np.broadcast_to(entries, terms)[inside],
        np.broadcast_to(factors, terms)[inside],
        weights.denominator,
    )
    tensor = as_affine(x)
    work = WORK_OF_WORD * math.prod(terms) + WORK_OF_PRODUCT * tensor.multiplications(matrix)
    evaluation.allowance.spend(work)
    result = in_same_form(tensor.product(matrix, shape), x)
    return Tensor(element_type, _with_bias(node, operands, result))


def _operands(node: Node, operands: Operands) -> tuple[str, Content, ExactArray]:
    element_type = common_float_type(node, operands)
    x, weights = (required(node, operands, position) for position in range(2))
    if x.rank < 3 or weights.rank != x.rank:
        raise node.malformed(
            "an input and weights of one rank, 3 or more", f"{list(x.shape)} and {list(weights.shape)}"
        )
    return element_type, x.content, constant(node, weights, "kernel")


def _kernel(node: Node, weights: Shape) -> Shape:
    stated = node.attributes.get("kernel_shape")
    if stated is not None and tuple(stated) != weights[2:]:
        raise node.malformed(f"kernel_shape {list(weights[2:])}, as the weights have", f"{list(stated)}")
    return weights[2:]


def _groups(node: Node, channels: int, weights: int, *, outer: int | None, inner: int | None) -> int:
    """Return the number of groups, which must divide all channels."""
    groups = int(node.attributes.get("group", 1))
    expected = channels if inner is not None else weights * groups
    divided = (channels, outer if outer is not None else channels)
    if (
        groups < 1
        or any(n % groups for n in divided)
        or channels != expected
        or (inner and weights != channels)
    ):
        raise node.malformed(
            "weights that fit the channels and groups",
            f"{channels} channels, {weights} in weights, group {groups}",
        )
    return groups


def _with_bias(node: Node, operands: Operands, result: Content) -> Content:
    bias = optional(operands, 2)
    if bias is None:
        return result
    if bias.shape != result.shape[1:2]:
        raise node.malformed(f"a bias of shape {[result.shape[1]]}", f"{list(bias.shape)}")
    return sum_of(result, bias.content.reshape((-1, *[1] * (len(result.shape) - 2))))


# transposed convolution -----------------------------------------------------------------------------


class _Spread(NamedTuple):
    """An axis of the input, and the window that each of its positions is spread over."""

    windows: AxisWindows
    positions: int


def _spread(node: Node, lengths: Shape, kernel: Shape) -> tuple[list[_Spread], Shape]:
    """Return for each axis the windows that spread the input over the output, and the output's length."""
    rank = len(lengths)
    plain = Node(node.file, node.proto, node.index, node.opset, {**node.attributes, "auto_pad": "VALID"})
    more = [int(value) for value in node.attributes.get("output_padding", [])] or [0] * rank
    stated = [int(value) for value in node.attributes.get("output_shape", [])][-rank:]
    mode, pads = node.attributes.get("auto_pad", "NOTSET"), node.attributes.get("pads") or [0] * 2 * rank
    if len(more) != rank or min(more) < 0 or len(pads) != 2 * rank or min(pads) < 0:
        raise node.malformed(
            f"{rank} output_padding, {2 * rank} pads, none negative", f"{more}, {list(pads)}"
        )
    spread, counts = [], []
    for axis, length in enumerate(lengths):
        # What a convolution of the output's length would read is what this one writes.
        window = windows_of(plain, (_LONG,) * rank, kernel)[axis]
        full = (length - 1) * window.stride + window.span + more[axis]
        before, after = int(pads[axis]), int(pads[axis + rank])
        if stated or mode in ("SAME_UPPER", "SAME_LOWER"):
            target = stated[axis] if stated else length * window.stride
            if (full - target) % 2 or full < target:
                # ONNX changed its mind on which side gets the odd one.
                raise node.unsupported(f"an output of length {target} where {full} is the whole")
            before = after = (full - target) // 2
        if full - before - after < 1:
            raise node.malformed("a result without empty axes", f"{full - before - after}")
        counts.append(full - before - after)
        spread.append(
            _Spread(AxisWindows(counts[-1], window.kernel, window.stride, window.dilation, before, 0), length)
        )
    return spread, tuple(counts)


_LONG = 10**12


def _spots(axes: list[_Spread], counts: Shape) -> Places:
    """Return where element k of the window of input position i lies in the output at [i, k], -1 outside."""
    rank = len(axes)
    lengths, kernels = [axis.positions for axis in axes], [axis.windows.kernel for axis in axes]
    check_array((*lengths, *kernels))
    spot: Places = np.zeros((*lengths, *kernels), dtype=np.int64)
    outside: npt.NDArray[np.bool_] = np.zeros(spot.shape, dtype=bool)
    for d, (windows, length) in enumerate(axes):
        starts = np.arange(length)[:, None] * windows.stride - windows.before
        positions = starts + np.arange(windows.kernel) * windows.dilation
        shape = [1] * (2 * rank)
        shape[d], shape[rank + d] = positions.shape
        outside |= ~windows.are_inside(positions).reshape(shape)
        spot += positions.reshape(shape) * math.prod(counts[d + 1 :])
    spot[outside] = -1
    return spot.reshape(math.prod(lengths), math.prod(kernels))
