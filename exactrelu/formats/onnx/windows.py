"""Windows that move over the axes of an image: which entries of the input each of them covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exactrelu.formats.affine_tensor import Places, Shape
from exactrelu.formats.limits import check_array
from exactrelu.formats.onnx.node import Node

_LARGEST = 10**6  # of a stride, a dilation, a pad: more cannot stand for anything that fits the limits


@dataclass(frozen=True)
class AxisWindows:
    """The windows along one axis.

    Window o covers the positions ``o * stride + k * dilation - before`` for k < ``kernel``; those outside
    of 0..``length`` - 1 are padding, up to ``after`` positions behind the end.
    """

    length: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    ceil: bool = False

    @property
    def span(self) -> int:
        """The distance from the first to the last position of a window, plus 1."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def count(self) -> int:
        """The number of windows; with ``ceil`` the last one may reach beyond the padding, not begin in it."""
        room = self.length + self.before + self.after - self.span
        if room < 0:
            return 0
        count = room // self.stride + 1
        if self.ceil and room % self.stride and count * self.stride < self.length + self.before:
            count += 1
        return count

    def positions(self) -> Places:
        """Return the position of element k of window o at [o, k], padding included."""
        starts = np.arange(self.count, dtype=np.int64) * self.stride - self.before
        return starts[:, None] + np.arange(self.kernel) * self.dilation

    def are_inside(
        self, positions: Places, *, padding: bool = False
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return which positions are on the axis, or on the padding round it."""
        before, after = (self.before, self.after) if padding else (0, 0)
        return (positions >= -before) & (positions < self.length + after)


def windows_of(node: Node, lengths: Shape, kernel: Sequence[int]) -> list[AxisWindows]:
    """Return the windows along each spatial axis that a node's attributes ask for."""
    rank = len(lengths)
    if len(kernel) != rank or min(kernel, default=1) < 1:
        raise node.malformed(f"{rank} positive lengths of a kernel", f"{list(kernel)}")
    strides = positive(node, "strides", rank)
    dilations = positive(node, "dilations", rank)
    ceil = node.flag("ceil_mode")
    axes = []
    for axis in range(rank):
        length, stride, dilation = lengths[axis], strides[axis], dilations[axis]
        before, after = pads_of(node, axis, rank, _overhang(length, kernel[axis], stride, dilation))
        axes.append(AxisWindows(length, kernel[axis], stride, dilation, before, after, ceil))
        if not axes[-1].count:
            raise node.malformed(f"a kernel that fits axis {axis + 2}", f"length {length}, {list(kernel)}")
    return axes


def positive(node: Node, name: str, rank: int) -> list[int]:
    """Return an attribute with one positive number for each axis, 1 by default."""
    values = [int(value) for value in node.attributes.get(name, [])] or [1] * rank
    if len(values) != rank or not all(1 <= value <= _LARGEST for value in values):
        raise node.malformed(f"{rank} positive {name}", f"{values}")
    return values


def not_negative(node: Node, name: str, count: int) -> list[int]:
    """Return an attribute with so many numbers, none negative, 0 by default."""
    values = [int(value) for value in node.attributes.get(name, [])] or [0] * count
    if len(values) != count or not all(0 <= value <= _LARGEST for value in values):
        raise node.malformed(f"{count} {name}, none negative", f"{values}")
    return values


def _overhang(length: int, kernel: int, stride: int, dilation: int) -> int:
    """Return what must be padded for ceil(length / stride) windows."""
    return max((-(-length // stride) - 1) * stride + (kernel - 1) * dilation + 1 - length, 0)


def pads_of(node: Node, axis: int, rank: int, overhang: int) -> tuple[int, int]:
    """Return the padding before and behind an axis."""
    mode = node.attributes.get("auto_pad", "NOTSET")
    if mode == "SAME_UPPER":
        return overhang // 2, overhang - overhang // 2
    if mode == "SAME_LOWER":
        return overhang - overhang // 2, overhang // 2
    if mode not in ("NOTSET", "VALID"):
        raise node.malformed("auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER", f"{mode}")
    if mode == "VALID":
        return 0, 0
    pads = not_negative(node, "pads", 2 * rank)
    return pads[axis], pads[axis + rank]


def covered(places: Places, axes: Sequence[AxisWindows]) -> Places:
    """Return the entries that each window covers, -1 for padding.

    Parameters
    ----------
    places
        Numbers of entries, in the shape (N, C, spatial axes).

    Returns
    -------
    Places
        In the shape (N, C, windows along each axis, elements of a window along each axis).
    """
    rank = len(axes)
    counts, kernels = [axis.count for axis in axes], [axis.kernel for axis in axes]
    check_array((*places.shape[:2], *counts, *kernels))
    bordered = np.pad(places, [(0, 0)] * 2 + [(0, 1)] * rank, constant_values=-1)
    chosen: list[Any] = [slice(None)] * 2
    for d, axis in enumerate(axes):
        positions = axis.positions()
        positions = np.where(axis.are_inside(positions), positions, axis.length)  # the border, which is -1
        shape = [1] * (2 * rank)
        shape[d], shape[rank + d] = positions.shape
        chosen.append(positions.reshape(shape))
    return np.asarray(bordered[tuple(chosen)])


def as_rows(windows: Places, rank: int) -> Places:
    """Return what `covered` gives with one row for each window."""
    return windows.reshape(-1, math.prod(windows.shape[2 + rank :]))
