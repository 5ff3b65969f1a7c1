"""Exact pre-activations at vertices, in machine integers as long as they fit."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.library import address, count
from exactrelu.kernels.vertex_lists import Index, Numbers, grown

_BITS = 63  # of the integers that are kept
_UNKNOWN = -1
_FITS, _MORE_ROOM = 0, 2


_POINTERS = (
    "weights", "widths", "denominators", "slopes", "slope_scales", "births", "place", "coordinates", "owner",
)  # fmt: skip


class _Exact(ctypes.Structure):
    """The structure `exact` in exact_values.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in ("capacity", "layers", "widest", "known", "room")),
    )


@dataclass(frozen=True)
class IntegerLayer:
    """A layer in integers: weights row by row with the bias last, slopes (below, above) of its neurons."""

    weights: Sequence[int]
    denominator: int
    slopes: Sequence[tuple[int, int]]
    slope_denominator: int


@dataclass(frozen=True)
class MachineLayers:
    """Layers whose integers all fit."""

    widths: Index
    weights: Index
    denominators: Index
    slopes: Index
    slope_scales: Index

    @classmethod
    def of(cls, inputs: int, layers: Sequence[IntegerLayer]) -> MachineLayers | None:
        """Return the layers, or None if some number is too long."""
        weights = [w for layer in layers for w in layer.weights]
        slopes = [s for layer in layers for pair in layer.slopes for s in pair]
        denominators = [layer.denominator for layer in layers]
        scales = [layer.slope_denominator for layer in layers]
        if any(abs(number) >> _BITS for number in (*weights, *slopes, *denominators, *scales)):
            return None
        widths = [inputs, *(len(layer.slopes) for layer in layers)]
        return cls(*(np.array(x, dtype=np.int64) for x in (widths, weights, denominators, slopes, scales)))


class MachineCoordinates:
    """The coordinates of the nodes of a pedigree that are known and fit."""

    def __init__(self, layers: MachineLayers, known: Mapping[int, Sequence[int]]) -> None:
        self._layers = layers
        fitting = [(node, x) for node, x in known.items() if not any(abs(entry) >> _BITS for entry in x)]
        size = int(layers.widths[0]) + 1
        self._coordinates: Index = np.array([x for _, x in fitting], dtype=np.int64).reshape(-1, size)
        self._owner: Numbers = np.array([node for node, _ in fitting], dtype=np.int32)
        self._place: Numbers = np.full(max(known, default=0) + 1, _UNKNOWN, dtype=np.int32)
        self._place[self._owner] = np.arange(len(fitting), dtype=np.int32)
        self._place[[node for node in known if self._place[node] == _UNKNOWN]] = -2
        self._known = len(fitting)

    def values(
        self, library: ctypes.CDLL, births: Index, nodes: Index, layer: int
    ) -> tuple[Index, npt.NDArray[np.bool_]]:
        """Return a positive multiple of the exact values of a layer at each node, t last, and which fit.

        Where ``layer`` is -1 the nodes become known, as far as they fit, and there are no values. ``births``
        has rows of positive parents, negative parents, layers and neurons, and smaller numbers for parents.
        """
        work, layers = self._work(births), self._layers
        width = int(layers.widths[layer + 1]) + 1 if layer >= 0 else 0
        values, fits = np.zeros((len(nodes), width), dtype=np.int64), np.zeros(len(nodes), dtype=np.bool_)
        library.exactrelu_exact_values.restype = ctypes.c_int64
        while True:
            self._lend(work)
            status = library.exactrelu_exact_values(
                ctypes.byref(work),
                address("nodes", nodes, "int64", 0),
                count("size", len(nodes)),
                ctypes.c_int64(layer),
                address("values", values, "int64", 0),
                address("fits", fits, "bool", 0),
            )
            self._known = work.known
            if status == _FITS:
                return values, fits
            if status != _MORE_ROOM:
                raise MemoryError("vertices: expected memory for exact values, got none")
            room = 2 * work.room + 64
            self._coordinates, self._owner = grown(self._coordinates, room), grown(self._owner, room)

    def _work(self, births: Index) -> _Exact:
        layers, capacity = self._layers, births.shape[1]
        if len(self._place) < capacity:
            place = np.full(capacity, _UNKNOWN, dtype=np.int32)
            place[: len(self._place)] = self._place
            self._place = place
        sizes = layers.widths
        entries = int(((sizes[:-1] + 1) * sizes[1:]).sum())
        return _Exact(
            weights=address("weights", layers.weights, "int64", entries),
            widths=address("widths", sizes, "int64", 2),
            denominators=address("denominators", layers.denominators, "int64", len(sizes) - 1),
            slopes=address("slopes", layers.slopes, "int64", int(2 * sizes[1:].sum())),
            slope_scales=address("slope_scales", layers.slope_scales, "int64", len(sizes) - 1),
            births=address("births", births, "int64", 4 * capacity),
            capacity=capacity,
            layers=len(sizes) - 1,
            widest=int(sizes.max()),
            known=self._known,
        )

    def _lend(self, work: _Exact) -> None:
        work.room = len(self._owner)
        work.place = address("place", self._place, "int32", work.capacity)
        work.coordinates = address("coordinates", self._coordinates, "int64", 0)
        work.owner = address("owner", self._owner, "int32", 0)

    def found_since(self, start: int) -> Iterable[tuple[int, tuple[int, ...]]]:
        """Yield the nodes that became known after the first ``start``, with their coordinates."""
        owners = self._owner[start : self._known].tolist()
        return zip(owners, map(tuple, self._coordinates[start : self._known].tolist()), strict=True)

    @property
    def known(self) -> int:
        """How many coordinates are known."""
        return self._known
