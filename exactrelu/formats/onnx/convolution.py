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
from exactrelu.formats.onnx.windows import AxisWindows, covered, not_negative, pads_of, positive, windows_of
from exactrelu.numbers.sparse_matrix import SparseMatrix


def convolution(evaluation: Evaluation, node: Node, operands: Operands) -> Tensor:
    """Return the convolution of (N, C, ...) with constant weights (M, C / group, ...), plus a bias."""
    element_type, x, weights = _operands(node, operands)
    groups = _groups(node, x.shape[1], weights.shape, spread=False)
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
    groups = _groups(node, x.shape[1], weights.shape, spread=True)
    axes = _spread(node, x.shape[2:], _kernel(node, weights.shape))
    counts = tuple(axis.windows.length for axis in axes)
    batch, channels, outer = x.shape[0], x.shape[1] // groups, weights.shape[1]
    sizes = math.prod(x.shape[2:]), math.prod(weights.shape[2:])
    terms = (batch, groups, channels, *sizes, outer)
    check_array(terms)
    check_array((batch, groups * outer, *counts))
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


def _groups(node: Node, channels: int, weights: Shape, *, spread: bool) -> int:
    """Return the number of groups: the weights must read all channels, and the groups divide theirs."""
    groups = int(node.attributes.get("group", 1))
    read = weights[0] if spread else weights[1] * groups
    if groups < 1 or weights[0] % groups or read != channels:
        got = f"{channels} channels, weights of shape {list(weights)}, group {groups}"
        raise node.malformed("weights that fit the channels and groups", got)
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
    """An axis of the output, whose windows are those that the ``positions`` of the input are spread over."""

    windows: AxisWindows
    positions: int


def _spread(node: Node, lengths: Shape, kernel: Shape) -> list[_Spread]:
    """Return the axes of the output."""
    rank = len(lengths)
    strides, dilations = positive(node, "strides", rank), positive(node, "dilations", rank)
    more = not_negative(node, "output_padding", rank)
    stated = [int(value) for value in node.attributes.get("output_shape", [])]
    if stated and len(stated) not in (rank, rank + 2):  # files have it with the batch and the channels, too
        raise node.malformed(f"{rank} lengths as output_shape", f"{stated}")
    axes = []
    for d, length in enumerate(lengths):
        span = (kernel[d] - 1) * dilations[d] + 1
        whole = (length - 1) * strides[d] + span + more[d]
        if stated:
            before, after = _halves(node, whole, stated[len(stated) - rank + d])
        elif node.attributes.get("auto_pad") in ("SAME_UPPER", "SAME_LOWER"):
            before, after = _halves(node, whole, length * strides[d])
        else:
            before, after = pads_of(node, d, rank, 0)
        if whole - before - after < 1:
            raise node.malformed("a result without empty axes", f"{whole - before - after}")
        output = AxisWindows(whole - before - after, kernel[d], strides[d], dilations[d], before, after)
        axes.append(_Spread(output, length))
    return axes


def _halves(node: Node, whole: int, target: int) -> tuple[int, int]:
    """Return what is cut off at both ends for a result of a given length."""
    if (whole - target) % 2 or not 1 <= target <= whole:
        # ONNX changed its mind on which end loses the odd one.
        raise node.unsupported(f"an output of length {target} where {whole} is the whole")
    return (whole - target) // 2, (whole - target) // 2


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
