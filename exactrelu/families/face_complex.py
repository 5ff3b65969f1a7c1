"""All faces of the tiling of a domain, by cutting: for each the signs of all forms on it.

The cone over the domain is cut at one form after the other. A face is the set of all points with the same
signs; its closure is the cone over its extreme rays, *generators*, plus the lines on which all forms so far
vanish. A form that does not vanish on a line ends it, and cuts every face; another one cuts the faces that
have generators on both sides of it, and where an edge (a face of dimension 2, which has two generators) is
cut there is a new generator. Only signs decide, and they are exact.

A value of a form at a generator does not need the masks of a cell: it is what the network computes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from exactrelu.families.homogeneous_network import Form, HomogeneousNetwork, Side
from exactrelu.families.ordered_fields import Vector

Signs = tuple[int, int]
"""The forms that are positive, and those that are negative, as bits."""


class Face(NamedTuple):
    """The signs on a face, its generators as bits, and the dimension of the cone without the lines."""

    positive: int
    negative: int
    generators: int
    dimension: int

    @property
    def signs(self) -> Signs:
        """The signs of all forms."""
        return self.positive, self.negative


class Generator:
    """An extreme ray: coordinates (x, w) up to a positive factor, and signs."""

    __slots__ = ("coordinates", "layers", "negative", "positive")

    def __init__(self, coordinates: Vector, positive: int = 0, negative: int = 0) -> None:
        self.coordinates = coordinates
        self.positive = positive
        self.negative = negative
        self.layers: list[Vector] = []
        """y of the first layers, as far as they were asked for."""

    @property
    def signs(self) -> Signs:
        """The signs of all forms."""
        return self.positive, self.negative

    def value(self, network: HomogeneousNetwork, form: Form) -> Any:
        """Return the value of a form."""
        if form.layer < 0:
            return network.scalars.dot(form.row, self.coordinates)
        return self.preactivations(network, form.layer)[form.neuron]

    def preactivations(self, network: HomogeneousNetwork, layer: int) -> Vector:
        """Return y of a layer, from 0; the last one is the output."""
        while len(self.layers) <= layer:
            k = len(self.layers)
            below = network.passed_on(k - 1, self.layers[-1]) if k else self.coordinates[:-1]
            self.layers.append(network.values(k, below, self.coordinates[-1]))
        return self.layers[layer]


class FaceComplex:
    """The faces, generators and lines of the tiling at a place.

    Parameters
    ----------
    network
        The forms at the place.
    sides
        The signs that are kept of each form; left out, those of the forms: all but outside the domain.
    checkpoint
        Called now and then; it may raise.
    """

    def __init__(
        self,
        network: HomogeneousNetwork,
        sides: Sequence[Side] | None = None,
        checkpoint: Callable[[], None] = lambda: None,
    ) -> None:
        self.network = network
        self.faces = [Face(0, 0, 0, 0)]
        self.generators: dict[int, Generator] = {}
        self.lines = [list(_unit(network, j)) for j in range(network.inputs + 1)]
        self.pivots: list[Any] = []
        """Values of forms on lines that ended there: where one of them is zero, lines may be others."""
        self.dropped: list[tuple[Generator, int]] = []
        """Generators that lie outside the domain, and how many forms saw that."""
        self._count = 0
        for j, form in enumerate(network.forms):
            checkpoint()
            self._take(j, form, form.side if sides is None else sides[j])

    def _take(self, j: int, form: Form, side: Side) -> None:
        for k, line in enumerate(self.lines):
            value = self.network.on_line(form, line)
            if value is not None and (sign := self.network.scalars.sign(value)):
                self._end_line(k, value, sign, j, form, side)
                return
        if form.cuts:
            self._cut(j, form, side)

    # a form that does not vanish on a line --------------------------------------------------------

    def _end_line(self, k: int, value: Any, sign: int, j: int, form: Form, side: Side) -> None:
        scalars, line = self.network.scalars, self.lines.pop(k)
        self.pivots.append(value)
        if sign < 0:
            line, value = [-entry for entry in line], -value
        self.lines = [
            scalars.combination(value, other, -self.network.on_line(form, other), line)
            for other in self.lines
        ]
        for generator in self.generators.values():
            moved = -generator.value(self.network, form)
            generator.coordinates = scalars.combination(value, generator.coordinates, moved, line)
            generator.layers = []
        faces = list(self.faces)
        kept = [1, -1] if side is Side.BOTH else [side.value] if side is not Side.ZERO else []
        for direction in kept:
            bit = self._add(Generator([direction * entry for entry in line]))
            up, down = (1 << j, 0) if direction > 0 else (0, 1 << j)
            self._last().positive, self._last().negative = up, down
            self.faces += [
                Face(f.positive | up, f.negative | down, f.generators | bit, f.dimension + 1) for f in faces
            ]

    def _last(self) -> Generator:
        return self.generators[self._count - 1]

    def _add(self, generator: Generator) -> int:
        self.generators[self._count] = generator
        self._count += 1
        return 1 << (self._count - 1)

    # a form that cuts -----------------------------------------------------------------------------

    def _cut(self, j: int, form: Form, side: Side) -> None:
        bit, sign = 1 << j, self.network.scalars.sign
        above, below, values = 0, 0, {}
        for name, generator in self.generators.items():
            values[name] = generator.value(self.network, form)
            found = sign(values[name])
            if found > 0:
                above |= 1 << name
                generator.positive |= bit
            elif found < 0:
                below |= 1 << name
                generator.negative |= bit
        crossings = self._crossings(above, below, values)
        faces: list[Face] = []
        for face in self.faces:
            faces += _parts(face, bit, above, below, crossings)
        self.faces = [face for face in faces if _is_kept(face, bit, side)]
        if side is not Side.BOTH:
            self._drop(j, {Side.POSITIVE: below, Side.NEGATIVE: above}.get(side, above | below))

    def _crossings(self, above: int, below: int, values: dict[int, Any]) -> dict[int, list[tuple[int, int]]]:
        """Make a generator on each edge that is cut; return them by the positive end, with the other one."""
        result: dict[int, list[tuple[int, int]]] = {}
        for face in self.faces:
            if face.dimension != 2:
                continue
            up, down = face.generators & above, face.generators & below
            if up and down:
                a, b = up.bit_length() - 1, down.bit_length() - 1
                ends = self.generators[a].coordinates, self.generators[b].coordinates
                point = self.network.scalars.combination(values[a], ends[1], -values[b], ends[0])
                new = self._add(Generator(point, face.positive, face.negative))
                result.setdefault(up, []).append((down, new))
        return result

    def _drop(self, j: int, names: int) -> None:
        for name in _bits(names):
            self.dropped.append((self.generators.pop(name), j + 1))


def _unit(network: HomogeneousNetwork, j: int) -> Iterator[Any]:
    from flint import fmpz_poly

    return (network.scalars.of(fmpz_poly([int(i == j)])) for i in range(network.inputs + 1))


def _parts(
    face: Face, bit: int, above: int, below: int, crossings: dict[int, list[tuple[int, int]]]
) -> list[Face]:
    """Return the faces that a form makes of one."""
    up, down = face.generators & above, face.generators & below
    if not down:
        return [face._replace(positive=face.positive | bit)] if up else [face]
    if not up:
        return [face._replace(negative=face.negative | bit)]
    new = 0
    for name in _bits(up):
        for other, crossing in crossings.get(1 << name, ()):
            if other & down:
                new |= crossing
    rest = face.generators & ~(up | down)
    return [
        Face(face.positive | bit, face.negative, rest | up | new, face.dimension),
        Face(face.positive, face.negative | bit, rest | down | new, face.dimension),
        Face(face.positive, face.negative, rest | new, face.dimension - 1),
    ]


def _is_kept(face: Face, bit: int, side: Side) -> bool:
    if side is Side.BOTH:
        return True
    return not (side is not Side.NEGATIVE and face.negative & bit) and not (
        side is not Side.POSITIVE and face.positive & bit
    )


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
