"""The lines of a chart as exact rows on a cell: what decides where doubles do not."""

from __future__ import annotations

from flint import fmpz, fmpz_mat

from exactrelu.enumeration.generator_engine.plane_chart import FirstPolygon, PlaneChart, Vector, cross, dot
from exactrelu.kernels.plane import Questions
from exactrelu.networks.network import Network


class PlaneRows:
    """Exact rows of neurons on the cells of a first cell, those of common prefixes composed once."""

    def __init__(self, network: Network, chart: PlaneChart, polygon: FirstPolygon) -> None:
        self._network, self._chart, self._positive = network, chart, polygon.positive
        self._bits: list[bytes] = []  # of the layers that are composed
        self._maps: list[tuple[fmpz_mat, int]] = [(chart.first_rows, network.layers[0].matrix.denominator)]

    def signs(self, questions: Questions) -> list[int]:
        """Return the signs that a search asks for."""
        self._follow(questions.bits.tobytes())
        corners: dict[tuple[int, int], Vector] = {}
        signs = []
        for one, two, neuron in questions.asked.tolist():
            corner = corners.get((one, two))
            if corner is None:
                corner = corners[one, two] = self._corner(one, two)
            value = dot(self._row(questions.layer, neuron), corner)
            signs.append((value > 0) - (value < 0))
        return signs

    def _corner(self, one: int, two: int) -> Vector:
        z = cross(self._line(one), self._line(two))
        return z if dot(self._positive, z) > 0 else (-z[0], -z[1], -z[2])

    def _line(self, name: int) -> Vector:
        return self._row(name >> 32, name & 0xFFFFFFFF) if name >= 0 else self._chart.edges[-1 - name]

    def _row(self, layer: int, neuron: int) -> Vector:
        matrix, _ = self._maps[layer]
        return int(matrix[neuron, 0]), int(matrix[neuron, 1]), int(matrix[neuron, 2])

    def _follow(self, bits: bytes) -> None:
        """Compose the maps of the layers after those whose bits are given; the last one has none."""
        parts, start = [], 0
        for layer in self._network.layers[:-1]:
            parts.append(bits[start : start + layer.outputs])
            start += layer.outputs
            if start >= len(bits):
                break
        parts = [part for part in parts if part][: self._network.depth - 2]
        common = 0
        while common < min(len(parts), len(self._bits)) and parts[common] == self._bits[common]:
            common += 1
        if common < len(parts):
            del self._bits[common:], self._maps[common + 1 :]
        for part in parts[common:]:
            self._maps.append(self._next(part))
            self._bits.append(part)

    def _next(self, bits: bytes) -> tuple[fmpz_mat, int]:
        k = len(self._maps) - 1
        (rows, scale), activation = self._maps[-1], self._network.activations[k]
        matrix = self._network.layers[k + 1].matrix
        hidden = activation.masked_rows(rows.tolist(), list(activation.bent_of(bits)))
        scale *= activation.denominator
        hidden.append([fmpz(entry * scale) for entry in self._chart.end])
        return matrix.numerators * fmpz_mat(hidden), scale * matrix.denominator
